//! Authentication of IPMI 1.5 packets (IPMI 2.0 section 22.17.1).

use super::Key;
use md2::Md2;
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

/// Authentication types (section 13.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthType {
    /// No authentication.
    None,
    /// MD2.
    Md2,
    /// MD5.
    Md5,
    /// The password itself.
    Password,
    /// The manufacturer's own; carries the key itself, as far as is known here.
    Oem,
}

impl AuthType {
    /// The type of a code in a packet.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => AuthType::None,
            1 => AuthType::Md2,
            2 => AuthType::Md5,
            4 => AuthType::Password,
            5 => AuthType::Oem,
            _ => return None,
        })
    }

    /// Its code in a packet.
    pub fn code(self) -> u8 {
        match self {
            AuthType::None => 0,
            AuthType::Md2 => 1,
            AuthType::Md5 => 2,
            AuthType::Password => 4,
            AuthType::Oem => 5,
        }
    }

    /// Its bit in Get Channel Authentication Capabilities.
    pub fn mask(self) -> u8 {
        1 << self.code()
    }
}

/// The authentication code of a message; none for [`AuthType::None`].
pub fn code(auth: AuthType, password: &Key, session: u32, seq: u32, message: &[u8]) -> Option<[u8; 16]> {
    let password = password.padded::<16>();
    Some(match auth {
        AuthType::None => return None,
        AuthType::Password | AuthType::Oem => *password,
        AuthType::Md5 => digest::<Md5>(&password, session, seq, message),
        AuthType::Md2 => digest::<Md2>(&password, session, seq, message),
    })
}

fn digest<D: Digest>(password: &[u8; 16], session: u32, seq: u32, message: &[u8]) -> [u8; 16] {
    let mut digest = D::new();
    for part in [&password[..], &session.to_le_bytes(), message, &seq.to_le_bytes(), &password[..]] {
        digest.update(part);
    }
    let mut out = [0; 16];
    out.copy_from_slice(&digest.finalize()[..16]);
    out
}

/// The key some controllers want instead of the password ([`super::Quirks::challenge_key`]).
pub fn challenge_key(password: &Key, challenge: &[u8; 16]) -> Key {
    // Reference: the password ends with its first NUL.
    let text = password.bytes().split(|byte| *byte == 0).next().unwrap_or_default();
    let mixed: Vec<u8> = Md5::digest(text).iter().zip(challenge).map(|(a, b)| a ^ b).collect();
    Key::new(Md5::digest(&mixed).to_vec())
}

/// Whether two codes are the same, in time that does not depend on where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_of_the_challenge() {
        // MD5("admin"), as a challenge, leaves nothing: the key is that of sixteen zeros.
        let mut challenge = [0; 16];
        challenge.copy_from_slice(&Md5::digest(b"admin"));
        let zeros = [0x4a, 0xe7, 0x13, 0x36, 0xe4, 0x4b, 0xf9, 0xbf, 0x79, 0xd2, 0x75, 0x2e, 0x23, 0x48, 0x18, 0xa5];
        assert_eq!(challenge_key(&Key::new(*b"admin"), &challenge).bytes(), zeros);
        assert_eq!(challenge_key(&Key::new(*b"admin\0\0\0"), &challenge).bytes(), zeros);
        assert_ne!(challenge_key(&Key::new(*b"other"), &challenge).bytes(), zeros);
    }
}
