//! IPMI 1.5 session packets (IPMI 2.0 section 13.6, table 13-8).

use super::auth::{self, AuthType};
use super::{Key, Malformed, rmcp};

/// A session packet without its RMCP header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Authentication type.
    pub auth: AuthType,
    /// Session sequence number; 0 outside a session.
    pub seq: u32,
    /// Session id; 0 outside a session.
    pub session: u32,
    /// Authentication code, where the type has one.
    pub code: Option<[u8; 16]>,
    /// The IPMI message.
    pub payload: &'a [u8],
}

/// Wraps a message, RMCP header included.
pub fn encode(auth: AuthType, password: &Key, session: u32, seq: u32, message: &[u8]) -> Vec<u8> {
    let mut out = rmcp::IPMI_HEADER.to_vec();
    out.push(auth.code());
    out.extend(seq.to_le_bytes());
    out.extend(session.to_le_bytes());
    out.extend(auth::code(auth, password, session, seq, message).iter().flatten());
    out.push(u8::try_from(message.len()).unwrap_or(u8::MAX));
    out.extend(message);
    out
}

/// Reads a packet, RMCP header taken off. A trailing legacy pad is allowed.
///
/// # Errors
/// [`Malformed`] for unknown types and lengths that do not fit.
pub fn decode(bytes: &[u8]) -> Result<Packet<'_>, Malformed> {
    let [auth, s0, s1, s2, s3, i0, i1, i2, i3, rest @ ..] = bytes else { return Err(Malformed) };
    let auth = AuthType::from_code(*auth).ok_or(Malformed)?;
    let (code, rest) = match auth {
        AuthType::None => (None, rest),
        _ => {
            let (code, rest) = rest.split_first_chunk::<16>().ok_or(Malformed)?;
            (Some(*code), rest)
        }
    };
    let (length, rest) = rest.split_first().ok_or(Malformed)?;
    let payload = rest.get(..usize::from(*length)).ok_or(Malformed)?;
    Ok(Packet {
        auth,
        seq: u32::from_le_bytes([*s0, *s1, *s2, *s3]),
        session: u32::from_le_bytes([*i0, *i1, *i2, *i3]),
        code,
        payload,
    })
}

impl Packet<'_> {
    /// Whether the code is right for this password; packets without a code are never authentic.
    pub fn is_authentic(&self, password: &Key) -> bool {
        let expected = auth::code(self.auth, password, self.session, self.seq, self.payload);
        match (self.code, expected) {
            (Some(code), Some(expected)) => auth::same(&code, &expected),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_goes_round_and_is_checked() {
        let (right, wrong) = (Key::new(*b"secret"), Key::new(*b"public"));
        for auth in [AuthType::Md2, AuthType::Md5, AuthType::Password] {
            let bytes = encode(auth, &right, 0x1234, 7, b"message");
            let packet = decode(&bytes[4..]).expect("a packet");
            assert_eq!((packet.auth, packet.seq, packet.session, packet.payload), (auth, 7, 0x1234, &b"message"[..]));
            assert!(packet.is_authentic(&right) && !packet.is_authentic(&wrong), "{auth:?}");
        }
    }

    #[test]
    fn lengths_must_fit() {
        let bytes = encode(AuthType::Md5, &Key::default(), 1, 1, b"message");
        for length in 4..bytes.len() {
            assert_eq!(decode(&bytes[4..length]), Err(Malformed), "{length}");
        }
        assert_eq!(decode(&[3; 40]), Err(Malformed));
    }
}
