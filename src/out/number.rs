//! Numbers as C's printf writes them.

use std::fmt::Write;

/// `%.*f`: fixed decimals, with C's words for what is not a number.
///
/// The decimal point is the locale's; pass the result to a width of your own.
pub fn fixed(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return if value.is_sign_negative() { "-nan" } else { "nan" }.to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    let text = format!("{value:.decimals$}");
    match super::time::decimal_point() {
        '.' => text,
        point => text.chars().map(|c| if c == '.' { point } else { c }).collect(),
    }
}

/// Bytes as lower-case hexadecimal without separators.
pub fn hex_bytes(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_like_printf() {
        assert_eq!(fixed(0.125, 2), "0.12");
        assert_eq!(fixed(2.5, 0), "2");
        assert_eq!(fixed(-0.0, 3), "-0.000");
        assert_eq!(fixed(f64::NEG_INFINITY, 3), "-inf");
        assert_eq!(hex_bytes(&[0, 0xab]), "00ab");
    }
}
