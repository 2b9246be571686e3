//! Names for codes, as ordered data. The first match wins, as in the reference.

pub mod codes;
pub mod completion;
pub mod dcmi;
pub mod entity;
pub mod events;
pub mod fru;
pub mod iana;
pub mod jedec;
pub mod lan6;
pub mod node_manager;
pub mod pef;
pub mod products;
pub mod sensor;
pub mod spd;

use std::borrow::Cow;

/// An ordered table of codes and names.
#[derive(Clone, Copy, Debug)]
pub struct Names(&'static [(u32, &'static str)]);

impl Names {
    /// The name of a code, if it has one.
    pub fn get(&self, code: impl Into<u32>) -> Option<&'static str> {
        let code = code.into();
        self.0.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
    }

    /// The name of a code, or `Unknown (0x..)`.
    pub fn name(&self, code: impl Into<u32>) -> Cow<'static, str> {
        let code = code.into();
        self.get(code).map_or_else(|| unknown(code), Cow::Borrowed)
    }

    /// The code of a name, whatever its case.
    pub fn code(&self, name: &str) -> Option<u32> {
        self.0.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(code, _)| *code)
    }

    /// Codes and names in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &'static str)> + use<> {
        self.0.iter().copied()
    }
}

/// Names that the reference shows with one call. Codes without a name share one buffer there, which
/// the leftmost of them is the last to write: all of them read as that one.
pub fn in_one_call<const N: usize>(codes: [(Names, u32); N]) -> [Cow<'static, str>; N] {
    let leftmost = codes.iter().find(|(names, code)| names.get(*code).is_none()).map(|(_, code)| unknown(*code));
    codes.map(|(names, code)| match (names.get(code), &leftmost) {
        (None, Some(leftmost)) => leftmost.clone(),
        _ => names.name(code),
    })
}

/// What stands for a code without a name.
pub fn unknown(code: u32) -> Cow<'static, str> {
    Cow::Owned(format!("Unknown (0x{code:02X})"))
}

/// A name, or what stands for a code without one where the reference writes it in lower case.
pub fn named(name: Option<&'static str>, code: u32) -> Cow<'static, str> {
    name.map_or_else(|| Cow::Owned(format!("Unknown (0x{code:x})")), Cow::Borrowed)
}

/// The same for names that the reference shows with one call; see [`in_one_call`].
pub fn named_in_one_call<const N: usize>(names: [(Option<&'static str>, u32); N]) -> [Cow<'static, str>; N] {
    let leftmost = names.iter().find(|(name, _)| name.is_none()).map(|(_, code)| *code);
    names.map(|(name, code)| named(name, leftmost.unwrap_or(code)))
}

/// A name that belongs to one manufacturer's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OemName {
    /// The manufacturer's IANA enterprise number.
    pub oem: u32,
    /// The code.
    pub code: u32,
    /// Its name.
    pub name: &'static str,
}

/// Defines [`Names`] tables.
macro_rules! names {
    ($($(#[$doc:meta])* $table:ident { $($code:expr => $name:literal,)* })*) => {$(
        $(#[$doc])*
        pub static $table: super::Names = super::Names(&[$(($code, $name)),*]);
    )*};
}
use names;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names() {
        assert_eq!(completion::COMPLETION_CODES.name(0xd1_u8), "Device firmeware in update mode");
        assert_eq!(completion::COMPLETION_CODES.name(0x91_u8), "Unknown (0x91)");
        assert_eq!(codes::PRIVILEGE_LEVELS.code("administrator"), Some(4));
    }

    #[test]
    fn unknown_codes_in_one_call_read_as_the_leftmost() {
        let names = codes::AUTH_ALGORITHMS;
        let shown = in_one_call([(names, 1), (names, 0x35), (names, 0x24)]);
        assert_eq!(shown, ["hmac_sha1", "Unknown (0x35)", "Unknown (0x35)"]);
    }

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(events::GENERIC.len(), 57);
        assert_eq!(events::SENSOR_SPECIFIC.len(), 335);
        assert_eq!(events::KONTRON.len(), 45);
        assert_eq!(events::VITA.len(), 16);
        assert_eq!(products::PRODUCTS.len(), 831);
        assert_eq!(sensor::UNITS.len(), 93);
        assert_eq!(sensor::SENSOR_TYPES.len(), 0x2d);
    }
}
