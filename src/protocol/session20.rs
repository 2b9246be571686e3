//! RMCP+ session packets (IPMI 2.0 section 13.6, table 13-8).

use super::crypt::{CipherSuite, Confidentiality, Integrity};
use super::{Key, Malformed, Quirks, rmcp};

/// Marks a packet as RMCP+.
pub const AUTH_TYPE: u8 = 0x06;

/// Payload types (table 13-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PayloadType {
    /// An IPMI message.
    Ipmi = 0x00,
    /// Serial over LAN.
    Sol = 0x01,
    /// RMCP+ Open Session Request.
    OpenSessionRequest = 0x10,
    /// RMCP+ Open Session Response.
    OpenSessionResponse = 0x11,
    /// RAKP Message 1.
    Rakp1 = 0x12,
    /// RAKP Message 2.
    Rakp2 = 0x13,
    /// RAKP Message 3.
    Rakp3 = 0x14,
    /// RAKP Message 4.
    Rakp4 = 0x15,
}

impl PayloadType {
    fn from_code(code: u8) -> Option<Self> {
        use PayloadType as P;
        [P::Ipmi, P::Sol, P::OpenSessionRequest, P::OpenSessionResponse, P::Rakp1, P::Rakp2, P::Rakp3, P::Rakp4]
            .into_iter()
            .find(|kind| *kind as u8 == code)
    }
}

/// What protects the packets of an open session.
#[derive(Clone, Debug)]
pub struct Protection {
    /// Algorithms.
    pub suite: CipherSuite,
    /// Integrity key.
    pub k1: Key,
    /// Confidentiality key.
    pub k2: Key,
    /// The password, which keys MD5-128.
    pub password: Key,
    /// What the BMC wants otherwise.
    pub quirks: Quirks,
}

const ENCRYPTED: u8 = 0x80;
const AUTHENTICATED: u8 = 0x40;
const NEXT_HEADER: u8 = 0x07;

/// A packet as far as it can be read without keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Payload type.
    pub kind: PayloadType,
    /// Session id of the receiver; 0 outside a session.
    pub session: u32,
    /// Session sequence number; 0 outside a session.
    pub seq: u32,
    /// The payload in the clear.
    pub payload: Vec<u8>,
}

/// Wraps a payload outside a session, RMCP header included.
pub fn encode_plain(kind: PayloadType, payload: &[u8]) -> Vec<u8> {
    let mut out = rmcp::IPMI_HEADER.to_vec();
    out.extend([AUTH_TYPE, kind as u8, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.extend(u16::try_from(payload.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend(payload);
    out
}

/// Wraps a payload inside a session, RMCP header included.
pub fn encode(
    protection: &Protection,
    session: u32,
    seq: u32,
    kind: PayloadType,
    iv: [u8; 16],
    payload: &[u8],
) -> Vec<u8> {
    let suite = &protection.suite;
    let body = suite.confidentiality.encrypt(&protection.k2, iv, payload);
    let mut kind = kind as u8;
    if suite.confidentiality != Confidentiality::None {
        kind |= ENCRYPTED;
    }
    if suite.integrity != Integrity::None {
        kind |= AUTHENTICATED;
    }
    let mut out = rmcp::IPMI_HEADER.to_vec();
    out.extend([AUTH_TYPE, kind]);
    out.extend(session.to_le_bytes());
    out.extend(seq.to_le_bytes());
    out.extend(u16::try_from(body.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend(body);
    if suite.integrity != Integrity::None {
        // What the code covers begins after the RMCP header and is a multiple of four bytes long.
        let trailer = if protection.quirks.pad_before_trailer { 0 } else { 2 };
        let pad = (4 - (out.len() - 4 + trailer) % 4) % 4;
        out.extend(std::iter::repeat_n(0xff, pad));
        out.extend([u8::try_from(pad).unwrap_or(0), NEXT_HEADER]);
        let code = suite.integrity.code_of(&protection.k1, &protection.password, &out[4..]);
        out.extend(code);
    }
    out
}

/// The session id a packet names, RMCP header taken off, for whoever has many sessions.
pub fn session_of(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [AUTH_TYPE, _, i0, i1, i2, i3, ..] => Some(u32::from_le_bytes([*i0, *i1, *i2, *i3])),
        _ => None,
    }
}

/// Reads a packet, RMCP header taken off. With `protection`, a packet of a session must have the
/// protection that was agreed on; without it, only packets outside a session are read.
///
/// # Errors
/// [`Malformed`] for everything else.
pub fn decode(bytes: &[u8], protection: Option<&Protection>) -> Result<Packet, Malformed> {
    let [AUTH_TYPE, flags, i0, i1, i2, i3, s0, s1, s2, s3, l0, l1, rest @ ..] = bytes else { return Err(Malformed) };
    let kind = PayloadType::from_code(flags & 0x3f).ok_or(Malformed)?;
    let session = u32::from_le_bytes([*i0, *i1, *i2, *i3]);
    let seq = u32::from_le_bytes([*s0, *s1, *s2, *s3]);
    let length = usize::from(u16::from_le_bytes([*l0, *l1]));
    let body = rest.get(..length).ok_or(Malformed)?;
    let (encrypted, authenticated) = (flags & ENCRYPTED != 0, flags & AUTHENTICATED != 0);
    if session == 0 {
        if encrypted || authenticated {
            return Err(Malformed);
        }
        return Ok(Packet { kind, session, seq, payload: body.to_vec() });
    }
    let protection = protection.ok_or(Malformed)?;
    let suite = &protection.suite;
    if authenticated != (suite.integrity != Integrity::None)
        || encrypted != (suite.confidentiality != Confidentiality::None)
    {
        return Err(Malformed);
    }
    if authenticated {
        let covered = bytes.len().checked_sub(suite.integrity.length()).ok_or(Malformed)?;
        let (data, code) = bytes.split_at(covered);
        if data.len() < 12 + length + 2 || !suite.integrity.verify(&protection.k1, &protection.password, data, code) {
            return Err(Malformed);
        }
    }
    let payload = suite.confidentiality.decrypt(&protection.k2, body)?;
    Ok(Packet { kind, session, seq, payload })
}

/// Which sequence numbers have been seen: a sliding window (IPMI 2.0 sections 6.12.12 and 6.12.13).
#[derive(Clone, Debug)]
pub struct Window {
    highest: u32,
    seen: u32,
    /// How far behind and ahead of the highest number a packet may be.
    behind: u32,
    ahead: u32,
    /// Whether numbers further ahead are looked at, and the last of them.
    resuming: bool,
    stray: Option<u32>,
    /// Whether the numbers come with their bytes the wrong way round.
    swapped: bool,
}

impl Default for Window {
    /// An RMCP+ session's window, whose first number is whatever comes first.
    fn default() -> Self {
        Window { highest: 0, seen: 0, behind: 15, ahead: 16, resuming: false, stray: None, swapped: false }
    }
}

impl Window {
    /// A window in which `seq` is the next number.
    pub fn expecting(seq: u32) -> Self {
        Window { highest: seq.wrapping_sub(1), seen: 1, ..Window::default() }
    }

    /// An IPMI 1.5 session's window, whose first number is whatever comes first.
    pub fn of_fifteen() -> Self {
        Window { behind: 8, ahead: 8, ..Window::default() }
    }

    /// A window that outlives an outage in which more packets were lost than it is wide: of two numbers in a
    /// row that are too far ahead, and follow upon each other, the second one counts. One alone may be damage.
    /// It also bears a BMC that sends the numbers' bytes the wrong way round, as some of Sun's do.
    pub fn resuming(self) -> Self {
        Window { resuming: true, ..self }
    }

    /// Takes a number, unless it is a duplicate or too far off.
    pub fn accept(&mut self, seq: u32) -> bool {
        // The second number tells in which order the bytes are.
        if self.resuming && self.seen == 1 && !self.swapped && !self.is_next(self.highest, seq) {
            self.swapped = self.is_next(self.highest.swap_bytes(), seq.swap_bytes());
            self.highest = if self.swapped { self.highest.swap_bytes() } else { self.highest };
        }
        let seq = if self.swapped { seq.swap_bytes() } else { seq };
        let ahead = seq.wrapping_sub(self.highest);
        if self.seen == 0 || self.is_next(self.highest, seq) || self.has_resumed(seq) {
            self.seen = if self.seen == 0 { 1 } else { self.seen.checked_shl(ahead).unwrap_or(0) | 1 };
            (self.highest, self.stray) = (seq, None);
            return true;
        }
        let behind = self.highest.wrapping_sub(seq);
        let bit = 1_u32.checked_shl(behind).filter(|_| behind <= self.behind);
        match bit {
            Some(bit) if self.seen & bit == 0 => {
                (self.seen, self.stray) = (self.seen | bit, None);
                true
            }
            _ => false,
        }
    }

    /// Whether a number follows upon another that was too far ahead as well.
    fn has_resumed(&mut self, seq: u32) -> bool {
        if !self.resuming || seq.wrapping_sub(self.highest).cast_signed() <= 0 {
            return false;
        }
        let before = self.stray.replace(seq);
        before.is_some_and(|before| self.is_next(before, seq))
    }

    fn is_next(&self, before: u32, seq: u32) -> bool {
        (1..=self.ahead).contains(&seq.wrapping_sub(before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protection(id: u8) -> Protection {
        Protection {
            suite: CipherSuite::from_id(id).expect("a suite"),
            k1: Key::new([1; 20]),
            k2: Key::new([2; 20]),
            password: Key::new(*b"secret"),
            quirks: Quirks::default(),
        }
    }

    #[test]
    fn pads_fill_up_to_four_bytes() {
        let (plain, mut odd) = (protection(2), protection(2));
        odd.quirks.pad_before_trailer = true;
        for (protection, expected) in [(plain, [2, 1, 0, 3]), (odd, [0, 3, 2, 1])] {
            for (length, pad) in (8..).zip(expected) {
                let bytes = encode(&protection, 1, 1, PayloadType::Ipmi, [0; 16], &vec![0; length]);
                let trailer = &bytes[4 + 12 + length..bytes.len() - 12];
                assert_eq!(trailer.split_last_chunk::<2>(), Some((&vec![0xff; pad][..], &[pad as u8, 0x07])));
                assert!(decode(&bytes[4..], Some(&protection)).is_ok());
            }
        }
    }

    #[test]
    fn every_suite_goes_round_and_forgeries_do_not() {
        for id in [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17] {
            let protection = protection(id);
            for length in 0..40_u8 {
                let payload: Vec<u8> = (0..length).collect();
                let bytes = encode(&protection, 0x0102_0304, 9, PayloadType::Ipmi, [5; 16], &payload);
                let packet = decode(&bytes[4..], Some(&protection)).expect("a packet");
                assert_eq!((packet.session, packet.seq, packet.payload), (0x0102_0304, 9, payload), "{id}");
                if protection.suite.integrity != Integrity::None {
                    let mut forged = bytes.clone();
                    let last = forged.len() - 1;
                    forged[last] ^= 1;
                    assert_eq!(decode(&forged[4..], Some(&protection)), Err(Malformed));
                }
                for cut in 4..bytes.len() {
                    let _ = decode(&bytes[4..cut], Some(&protection));
                }
            }
        }
    }

    #[test]
    fn protection_cannot_be_left_off() {
        let bytes = encode(&protection(0), 7, 1, PayloadType::Ipmi, [0; 16], b"payload");
        assert_eq!(decode(&bytes[4..], Some(&protection(3))), Err(Malformed));
        assert_eq!(decode(&bytes[4..], None), Err(Malformed));
    }

    #[test]
    fn the_window_slides() {
        let mut window = Window::default();
        assert!(window.accept(5) && !window.accept(5));
        assert!(window.accept(7) && window.accept(6) && !window.accept(6));
        assert!(window.accept(20) && !window.accept(4) && !window.accept(100));
        let mut window = Window::expecting(7);
        assert!(!window.accept(6) && !window.accept(30) && window.accept(7) && window.accept(8));
        let mut window = Window::of_fifteen();
        assert!(window.accept(100) && !window.accept(109) && window.accept(108) && window.accept(101));
        assert!(!window.accept(99) && !window.accept(108));
    }

    #[test]
    fn the_window_resumes_where_two_agree() {
        let mut strict = Window::expecting(7);
        assert!(strict.accept(7) && !strict.accept(100) && !strict.accept(101));
        let mut window = Window::expecting(7).resuming();
        // One alone may be damage, and so may two that have nothing to do with each other.
        assert!(window.accept(7) && !window.accept(100) && window.accept(8));
        assert!(!window.accept(101) && !window.accept(200) && !window.accept(200) && !window.accept(199));
        assert!(!window.accept(500) && window.accept(502) && window.accept(501) && !window.accept(502));
        // What is behind stays behind.
        assert!(!window.accept(9) && !window.accept(10) && !window.accept(11));
        let mut window = Window::expecting(u32::MAX).resuming();
        assert!(window.accept(u32::MAX) && !window.accept(40) && window.accept(41));
    }

    #[test]
    fn numbers_the_wrong_way_round_are_understood() {
        for first in [1_u32, 0xff, 0xfffe, 0x1234_5678, u32::MAX - 1] {
            let swapped = |step: u32| first.wrapping_add(step).swap_bytes();
            let mut window = Window::of_fifteen().resuming();
            assert!((0..600).all(|step| window.accept(swapped(step))), "{first:#x}");
            assert!(!window.accept(swapped(599)) && window.accept(swapped(602)) && window.accept(swapped(601)));
            let mut strict = Window::of_fifteen();
            assert!(strict.accept(swapped(0)) && !strict.accept(swapped(1)));
        }
    }
}
