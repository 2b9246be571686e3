//! Who somebody is and what he may: passwords and keys, privilege levels, authentication types.

use zeroize::Zeroizing;

/// A password or key: bytes that are wiped when dropped and never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over some bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Secret(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A secret that others can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// The password or key is the argument of this option.
    Argument(char),
    /// The password is in this file, which anybody may read.
    File(String),
}

/// A privilege level as `-L` stores it: 1 (callback) to 5 (OEM), 15 (no access).
///
/// Reference: an unknown word is reported, and stored as 255 all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivilegeLevel(pub u8);

/// An authentication type as `-A` stores it; 255 for an unknown word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthType(pub u8);

const PRIVILEGES: &[(u8, &str)] =
    &[(1, "CALLBACK"), (2, "USER"), (3, "OPERATOR"), (4, "ADMINISTRATOR"), (5, "OEM"), (15, "NO ACCESS")];
const AUTH_TYPES: &[(u8, &str)] = &[(0, "NONE"), (1, "MD2"), (2, "MD5"), (4, "PASSWORD"), (5, "OEM"), (6, "RMCP+")];

fn code(names: &[(u8, &str)], word: &str) -> u8 {
    names.iter().find(|(_, name)| name.eq_ignore_ascii_case(word)).map_or(0xff, |(code, _)| *code)
}

fn name(names: &[(u8, &'static str)], code: u8) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

impl PrivilegeLevel {
    /// Administrator, the default.
    pub const ADMINISTRATOR: Self = PrivilegeLevel(4);

    /// The level a word names; 255 for none.
    pub fn named(word: &str) -> Self {
        PrivilegeLevel(code(PRIVILEGES, word))
    }

    /// What the level is called.
    pub fn name(self) -> Option<&'static str> {
        name(PRIVILEGES, self.0)
    }
}

impl AuthType {
    /// No authentication.
    pub const NONE: Self = AuthType(0);
    /// A manufacturer's own.
    pub const OEM: Self = AuthType(5);

    /// The type a word names; 255 for none.
    pub fn named(word: &str) -> Self {
        AuthType(code(AUTH_TYPES, word))
    }

    /// What the type is called.
    pub fn name(self) -> Option<&'static str> {
        name(AUTH_TYPES, self.0)
    }
}
