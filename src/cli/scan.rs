//! Addresses as C's `sscanf` reads them: blanks and a sign may stand before each number, and what
//! follows the last one is ignored.

/// The front of a text, taken number by number.
struct Scanner<'a>(&'a str);

impl Scanner<'_> {
    /// An unsigned number of at most `width` characters, sign included, reduced to 32 bits.
    fn number(&mut self, base: u32, width: usize) -> Option<u32> {
        let text = self.0.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
        let mut rest = text;
        let mut left = width;
        let mut take = |wanted: &dyn Fn(char) -> bool| {
            let first = rest.chars().next().filter(|c| left > 0 && wanted(*c))?;
            rest = &rest[first.len_utf8()..];
            left -= 1;
            Some(first)
        };
        let negative = take(&|c| matches!(c, '+' | '-')) == Some('-');
        let mut digits = String::new();
        if base == 16
            && let Some(zero) = take(&|c| c == '0')
        {
            digits.push(zero);
            take(&|c| matches!(c, 'x' | 'X'));
        }
        while let Some(digit) = take(&|c| c.is_digit(base)) {
            digits.push(digit);
        }
        if digits.is_empty() {
            return None;
        }
        self.0 = rest;
        // Too large is the largest there is, as with `strtoul`.
        let magnitude = u64::from_str_radix(&digits, base).unwrap_or(u64::MAX);
        let saturated = magnitude == u64::MAX;
        let value = if negative && !saturated { magnitude.wrapping_neg() } else { magnitude };
        Some(u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX))
    }

    fn literal(&mut self, wanted: char) -> Option<()> {
        self.0 = self.0.strip_prefix(wanted)?;
        Some(())
    }

    fn bytes<const N: usize>(mut self, base: u32, width: usize, between: char) -> Option<[u8; N]> {
        let mut numbers = [0; N];
        for (index, number) in numbers.iter_mut().enumerate() {
            if index > 0 {
                self.literal(between)?;
            }
            *number = self.number(base, width)?;
        }
        let mut bytes = [0; N];
        for (byte, number) in bytes.iter_mut().zip(numbers) {
            *byte = u8::try_from(number).ok()?;
        }
        Some(bytes)
    }
}

/// An IPv4 address: four decimal numbers with dots between them.
pub fn ipv4(word: &str) -> Option<[u8; 4]> {
    Scanner(word).bytes(10, usize::MAX, '.')
}

/// A MAC address: six hexadecimal numbers of at most two digits with colons between them.
pub fn mac(word: &str) -> Option<[u8; 6]> {
    Scanner(word).bytes(16, 2, ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(ipv4("192.0.2.7"), Some([192, 0, 2, 7]));
        assert_eq!(ipv4(" 1.+2. 3.4x"), Some([1, 2, 3, 4]));
        assert_eq!(ipv4("4294967297.010.3.4"), Some([1, 10, 3, 4]));
        for word in ["", "1.2.3", "1.2.3.256", "-1.2.3.4", "0x1.2.3.4", "99999999999999999999999.2.3.4", "1 .2.3.4"] {
            assert_eq!(ipv4(word), None, "{word}");
        }
        assert_eq!(mac("00:11:22:33:44:AA:x"), Some([0, 0x11, 0x22, 0x33, 0x44, 0xaa]));
        assert_eq!(mac("+1: 2:0x:3:4:5"), Some([1, 2, 0, 3, 4, 5]));
        for word in ["", "0:1:2:3:4", "000:1:2:3:4:5", "0-1-2-3-4-5", "-1:1:2:3:4:5", "0:1:2:3:4:g"] {
            assert_eq!(mac(word), None, "{word}");
        }
    }

    #[test]
    fn arbitrary_text_never_panics() {
        let letters = ['0', '1', '9', 'f', 'x', '-', '+', ' ', '.', ':', '\u{f7e9}'];
        let mut seed = 1_usize;
        for _ in 0..20_000 {
            let mut word = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                word.push(letters[(seed >> 33) % letters.len()]);
            }
            let _ = (ipv4(&word), mac(&word));
        }
    }
}
