//! RMCP: the outermost header, and the presence ping (ASF 2.0 section 3.2; IPMI 2.0 section 13.1).

use super::Malformed;

/// What an RMCP message carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class<'a> {
    /// An IPMI session packet.
    Ipmi(&'a [u8]),
    /// A presence ping or pong.
    Asf(&'a [u8]),
}

const VERSION: u8 = 0x06;
const NO_ACKNOWLEDGE: u8 = 0xff;
const IPMI: u8 = 0x07;
const ASF: u8 = 0x06;

/// The header of an IPMI session packet.
pub const IPMI_HEADER: [u8; 4] = [VERSION, 0x00, NO_ACKNOWLEDGE, IPMI];

/// A presence ping.
pub const PING: [u8; 12] = [VERSION, 0x00, NO_ACKNOWLEDGE, ASF, 0x00, 0x00, 0x11, 0xbe, 0x80, 0x00, 0x00, 0x00];

/// Reads the header.
///
/// # Errors
/// [`Malformed`] for other versions and classes.
pub fn decode(datagram: &[u8]) -> Result<Class<'_>, Malformed> {
    match datagram {
        [VERSION, _, _, IPMI, rest @ ..] => Ok(Class::Ipmi(rest)),
        [VERSION, _, _, ASF, rest @ ..] => Ok(Class::Asf(rest)),
        _ => Err(Malformed),
    }
}

/// The answer to a presence ping: IPMI is supported.
pub fn pong(tag: u8) -> Vec<u8> {
    let mut out = vec![VERSION, 0x00, NO_ACKNOWLEDGE, ASF, 0x00, 0x00, 0x11, 0xbe, 0x40, tag, 0x00, 0x10];
    out.extend([0x00, 0x00, 0x11, 0xbe, 0, 0, 0, 0, 0x81, 0x00, 0, 0, 0, 0, 0, 0]);
    out
}

/// Whether an ASF message is a presence pong, and whether it says that IPMI is spoken.
pub fn pong_supports_ipmi(asf: &[u8]) -> Option<bool> {
    match asf {
        [0x00, 0x00, 0x11, 0xbe, 0x40, _, _, _, data @ ..] => data.get(8).map(|entities| entities & 0x80 != 0),
        _ => None,
    }
}

/// Whether an ASF message is a presence ping, and its tag.
pub fn ping_tag(asf: &[u8]) -> Option<u8> {
    match asf {
        [0x00, 0x00, 0x11, 0xbe, 0x80, tag, ..] => Some(*tag),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pong_answers_a_ping() {
        let asf = |datagram: &[u8]| match decode(datagram) {
            Ok(Class::Asf(asf)) => (ping_tag(asf), pong_supports_ipmi(asf)),
            _ => (None, None),
        };
        assert_eq!(asf(&PING), (Some(0), None));
        assert_eq!(asf(&pong(7)), (None, Some(true)));
        let mut other = pong(7);
        other[20] = 0x01;
        assert_eq!(asf(&other), (None, Some(false)));
        assert_eq!(asf(&other[..20]), (None, None));
    }
}
