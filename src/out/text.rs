//! Byte strings as `String`s, reversibly.

use std::borrow::Cow;

/// First of the private characters that stand for bytes; byte `b` is `ESCAPE + b`.
const ESCAPE: u32 = 0xf700;

/// A byte string as text: ASCII as it is, every other byte as one private character.
pub fn text(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| match byte {
            0..=0x7f => char::from(byte),
            _ => char::from_u32(ESCAPE + u32::from(byte)).unwrap_or('?'),
        })
        .collect()
}

/// The bytes a text stands for.
pub fn bytes_of(text: &str) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c).checked_sub(ESCAPE).and_then(|byte| u8::try_from(byte).ok()) {
            Some(byte) if byte >= 0x80 => bytes.push(byte),
            _ => bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Cow::Owned(bytes)
}

/// A text as people and JSON read it: its bytes as UTF-8, with replacement characters where they are not.
pub fn readable(text: &str) -> String {
    String::from_utf8_lossy(&bytes_of(text)).into_owned()
}

/// The part of a byte string before its first NUL, as a C program reads it.
pub fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes_of(&text(&all)).as_ref(), &all[..]);
        assert_eq!(text("é".as_bytes()).chars().count(), 2);
        assert_eq!(readable(&text("é".as_bytes())), "é");
    }

    #[test]
    fn padding_counts_bytes() {
        assert_eq!(bytes_of(&format!("{:<4}|", text("é".as_bytes()))).as_ref(), "é  |".as_bytes());
        assert_eq!(until_nul(b"ab\0c"), b"ab");
    }
}
