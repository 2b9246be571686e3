//! Floating-point numbers as C's `strtod` reads them: the whole word, and an empty word is zero.

use super::number::NumberError;
use crate::out::time::decimal_point;

/// A number with a decimal point, an exponent, hexadecimal digits, or one of the words for what is
/// no number.
///
/// # Errors
/// [`NumberError::Syntax`], and [`NumberError::Range`] for what is too large, or so small that
/// digits are lost.
pub fn parse_f64(word: &str) -> Result<f64, NumberError> {
    if word.is_empty() {
        return Ok(0.0);
    }
    let trimmed = word.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let (negative, unsigned) = match trimmed.as_bytes().first() {
        Some(b'-') => (true, &trimmed[1..]),
        Some(b'+') => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let lower = unsigned.to_ascii_lowercase();
    let magnitude = if matches!(lower.as_str(), "inf" | "infinity") {
        f64::INFINITY
    } else if is_nan(&lower) {
        f64::NAN
    } else {
        let point = decimal_point();
        if point != '.' && lower.contains('.') {
            return Err(NumberError::Syntax);
        }
        let plain = lower.replace(point, ".");
        match plain.strip_prefix("0x") {
            Some(digits) => hexadecimal(digits)?,
            None => decimal(&plain)?,
        }
    };
    Ok(if negative { -magnitude } else { magnitude })
}

/// `nan`, or `nan(CHARACTERS)`.
fn is_nan(word: &str) -> bool {
    let Some(rest) = word.strip_prefix("nan") else { return false };
    let tag = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    rest.is_empty() || tag.is_some_and(|tag| tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

/// Digits around at most one point, of which there is one at least; then the exponent, marked by `mark`.
fn split(word: &str, radix: u32, mark: char) -> Result<(&str, &str, i64), NumberError> {
    let (digits, exponent) = match word.split_once(mark) {
        Some((digits, exponent)) => {
            let number = exponent.strip_prefix('+').unwrap_or(exponent);
            let unsigned = number.strip_prefix('-').unwrap_or(number);
            if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) || exponent.starts_with("+-")
            {
                return Err(NumberError::Syntax);
            }
            let limit = if number.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
            (digits, number.parse::<i64>().unwrap_or(limit).clamp(i64::MIN / 4, i64::MAX / 4))
        }
        None => (word, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.chars().all(|c| c.is_digit(radix));
    if !is_number(whole) || !is_number(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return Err(NumberError::Syntax);
    }
    Ok((whole, fraction, exponent))
}

fn decimal(word: &str) -> Result<f64, NumberError> {
    let (whole, fraction, _) = split(word, 10, 'e')?;
    let zero = whole.bytes().chain(fraction.bytes()).all(|digit| digit == b'0');
    let value: f64 = word.parse().map_err(|_| NumberError::Syntax)?;
    // A decimal number below the normal range loses digits on the way.
    if value.is_infinite() || (!zero && !value.is_normal()) { Err(NumberError::Range) } else { Ok(value) }
}

fn hexadecimal(word: &str) -> Result<f64, NumberError> {
    let (whole, fraction, exponent) = split(word, 16, 'p')?;
    let mut exponent = exponent - 4 * i64::try_from(fraction.len()).unwrap_or(i64::MAX / 8);
    let (mut mantissa, mut sticky) = (0_u64, false);
    for digit in whole.chars().chain(fraction.chars()).filter_map(|c| c.to_digit(16)) {
        if mantissa >> 58 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
        } else {
            sticky |= digit != 0;
            exponent += 4;
        }
    }
    if mantissa == 0 {
        return Ok(0.0);
    }
    // What is cut off lies below the last bit that counts, and only tips a half.
    mantissa |= u64::from(sticky);
    let exponent = i32::try_from(exponent.clamp(-5000, 5000)).unwrap_or(0);
    // In two steps, so that neither power leaves the range by itself.
    let rounded = mantissa as f64;
    let value = rounded * 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2);
    if value.is_infinite() || !value.is_normal() { Err(NumberError::Range) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::NumberError::{Range, Syntax};
    use super::*;

    #[test]
    fn numbers() {
        let cases = [
            ("", 0.0),
            ("10", 10.0),
            (" \t-2.5e1", -25.0),
            ("+.5", 0.5),
            ("5.", 5.0),
            ("0100", 100.0),
            ("1E+2", 100.0),
            ("0x64", 100.0),
            ("0x1.9p6", 100.0),
            ("0X.8", 0.5),
            ("0x1fffffffffffff8", 144_115_188_075_855_872.0),
            ("0e999999999999999999999", 0.0),
            ("inf", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
        ];
        for (word, value) in cases {
            assert_eq!(parse_f64(word), Ok(value), "{word:?}");
        }
        assert!(parse_f64("nan(12)").is_ok_and(f64::is_nan));
        assert!(parse_f64("-nan").is_ok_and(f64::is_sign_negative));
    }

    #[test]
    fn what_is_not_a_number() {
        for word in
            [" ", "x", "1 ", "1x", ".", "1e", "1e+", "0x", "0x.", "0x1p", "1_0", "nan(", "nan(-)", "infi", "--1"]
        {
            assert_eq!(parse_f64(word).err(), Some(Syntax), "{word:?}");
        }
    }

    #[test]
    fn ranges() {
        for word in ["1e999", "1e-999", "1e-310", "0x1p9999", "0x1p-9999", "1e99999999999999999999"] {
            assert_eq!(parse_f64(word).err(), Some(Range), "{word:?}");
        }
    }
}
