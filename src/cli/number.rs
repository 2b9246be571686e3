//! Numbers as the reference reads them: C's base 0, the whole word, and an empty word is zero.

/// Why a word is not the number that was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a number, or something follows it.
    #[error("not a number")]
    Syntax,
    /// A number, but too large or too small.
    #[error("out of range")]
    Range,
}

/// The value of a C integer constant with optional sign: magnitude, whether it is negative, and what
/// follows it. `None` where no digits were found.
fn scan(word: &str) -> Option<(Option<u64>, bool, &str)> {
    let trimmed = word.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let (negative, unsigned) = match trimmed.as_bytes().first() {
        Some(b'-') => (true, &trimmed[1..]),
        Some(b'+') => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let hexadecimal = unsigned
        .strip_prefix("0x")
        .or_else(|| unsigned.strip_prefix("0X"))
        .filter(|digits| digits.starts_with(|c: char| c.is_ascii_hexdigit()));
    let (base, digits) = match hexadecimal {
        Some(digits) => (16, digits),
        None if unsigned.starts_with('0') => (8, unsigned),
        None => (10, unsigned),
    };
    let end = digits.find(|c: char| !c.is_digit(base)).unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    Some((u64::from_str_radix(&digits[..end], base).ok(), negative, &digits[end..]))
}

fn whole(word: &str) -> Result<(Option<u64>, bool), NumberError> {
    if word.is_empty() {
        return Ok((Some(0), false));
    }
    match scan(word) {
        Some((magnitude, negative, "")) => Ok((magnitude, negative)),
        _ => Err(NumberError::Syntax),
    }
}

/// A signed number, as `strtol` reads it.
///
/// # Errors
/// [`NumberError`].
pub fn signed(word: &str) -> Result<i64, NumberError> {
    let (magnitude, negative) = whole(word)?;
    let magnitude = i128::from(magnitude.ok_or(NumberError::Range)?);
    i64::try_from(if negative { -magnitude } else { magnitude }).map_err(|_| NumberError::Range)
}

/// An unsigned number, as `strtoul` reads it: a minus sign wraps around.
///
/// # Errors
/// [`NumberError`].
pub fn unsigned(word: &str) -> Result<u64, NumberError> {
    let (magnitude, negative) = whole(word)?;
    let magnitude = magnitude.ok_or(NumberError::Range)?;
    Ok(if negative { magnitude.wrapping_neg() } else { magnitude })
}

macro_rules! narrow {
    ($($(#[$doc:meta])* $name:ident, $type:ty, $wide:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// [`NumberError`].
        pub fn $name(word: &str) -> Result<$type, NumberError> {
            <$type>::try_from($wide(word)?).map_err(|_| NumberError::Range)
        }
    )*};
}

narrow! {
    /// A signed byte.
    parse_i8, i8, signed;
    /// A signed 16-bit number.
    parse_i16, i16, signed;
    /// A signed 32-bit number.
    parse_i32, i32, signed;
    /// A byte.
    parse_u8, u8, unsigned;
    /// A 16-bit number.
    parse_u16, u16, unsigned;
    /// A 32-bit number.
    parse_u32, u32, unsigned;
}

#[cfg(test)]
mod tests {
    use super::NumberError::{Range, Syntax};
    use super::*;

    #[test]
    fn bases_and_blanks() {
        for (word, value) in
            [("10", 10), ("0x10", 16), ("010", 8), (" \t7", 7), ("", 0), ("+3", 3), ("0", 0), ("0X0f", 15)]
        {
            assert_eq!(parse_u8(word), Ok(value), "{word:?}");
        }
    }

    #[test]
    fn what_is_not_a_number() {
        for word in ["x", "0x", "08", "1 ", " ", "+", "-", "1.5", "0xg", "--1"] {
            assert_eq!(parse_i32(word), Err(Syntax), "{word:?}");
        }
    }

    #[test]
    fn ranges() {
        assert_eq!(parse_u8("256"), Err(Range));
        assert_eq!(parse_u8("-1"), Err(Range));
        assert_eq!(unsigned("-1"), Ok(u64::MAX));
        assert_eq!(parse_u8("-18446744073709551615"), Ok(1));
        assert_eq!(parse_i32("-2147483648"), Ok(i32::MIN));
        assert_eq!(signed("9223372036854775808"), Err(Range));
        assert_eq!(signed("99999999999999999999999"), Err(Range));
    }
}
