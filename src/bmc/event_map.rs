//! What OEM entries of the event log mean, from a file of the user's (`-O`, or IBM's under `-o ibm`).
//!
//! A line has fifteen fields in double quotes, with commas between them: bytes 3 to 16 of an entry,
//! then the message. A byte is `0xNN` to match, `XX` or `R` for any, or a label under which its value
//! is shown. The file may hold anything: what cannot be read is told, and nothing of it is kept.

use crate::ipmi::sel::SelRecord;

/// Fields of a line.
const FIELDS: usize = 15;
/// Bytes of an entry a line speaks of, from the third on.
const BYTES: usize = 14;
/// The bytes that are compared beside the record type (byte 3), counted as the file counts them.
const COMPARED: [usize; 6] = [4, 5, 6, 7, 11, 12];

/// Why a file is no event map: the line, from 1 on, that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} cannot be read")]
pub struct EventMapFault {
    /// The line.
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Field {
    Any,
    Value(i32),
    Label(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    fields: Vec<Field>,
    message: Vec<u8>,
}

/// What a map says about an entry. Strings are bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventMessage<'a> {
    /// The message.
    pub text: &'a [u8],
    /// Labels and the values that go with them.
    pub labels: Vec<(&'a [u8], u8)>,
}

/// Messages for OEM entries, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventMap {
    lines: Vec<Line>,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !is_blank(*byte)).unwrap_or(text.len());
    &text[start..]
}

/// Lines of a file. Blank ones do not count, except that nothing is skipped before the first.
fn count_lines(text: &[u8]) -> usize {
    let mut rest = text;
    let mut count = 0;
    // Reference: it never ends where the file begins with an empty line.
    while let Some(first) = rest.iter().position(|byte| *byte != b'\n') {
        rest = &rest[first..];
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        rest = skip_blanks(&rest[end..]);
        count += 1;
    }
    count
}

/// `0x%x` of `sscanf`; what follows the digits does not matter.
fn hexadecimal(text: &[u8]) -> Option<i32> {
    let rest = skip_blanks(text.strip_prefix(b"0x")?);
    let (negative, digits) = match rest.first() {
        Some(b'-') => (true, &rest[1..]),
        Some(b'+') => (false, &rest[1..]),
        _ => (false, rest),
    };
    let digits = digits.strip_prefix(b"0x").or_else(|| digits.strip_prefix(b"0X")).unwrap_or(digits);
    let end = digits.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(digits.len());
    let digits = std::str::from_utf8(&digits[..end]).ok().filter(|digits| !digits.is_empty())?;
    // Too large a number is the largest there is, cut like every other.
    let value = u64::from_str_radix(digits, 16).unwrap_or(u64::MAX);
    let value = if negative && value != u64::MAX { value.wrapping_neg() } else { value };
    Some((value & 0xffff_ffff) as u32 as i32)
}

impl Field {
    fn parse(text: &[u8]) -> Field {
        // A C string ends at its first NUL.
        let text = text.split(|byte| *byte == 0).next().unwrap_or(text);
        match text {
            b"XX" | b"R" => Field::Any,
            _ => match hexadecimal(text) {
                // Reference: these numbers mean what the words mean.
                Some(-2 | -1) => Field::Any,
                Some(-3) | None => Field::Label(text.to_vec()),
                Some(value) => Field::Value(value),
            },
        }
    }

    /// Whether a byte fits. Reference: labels and negative numbers fit every byte.
    fn fits(&self, byte: u8) -> bool {
        match self {
            Field::Value(value) if *value >= 0 => *value == i32::from(byte),
            _ => true,
        }
    }
}

/// One line of quoted fields, and what follows it. Reference: a field may hold newlines, and the last
/// quote may be missing.
fn parse_line(text: &[u8]) -> Option<(Line, &[u8])> {
    let mut rest = text;
    let mut fields = Vec::with_capacity(FIELDS);
    for index in 0..FIELDS {
        rest = rest.strip_prefix(if index == 0 { b"\"".as_slice() } else { b"\",\"" })?;
        let end = rest.iter().position(|byte| *byte == b'"').unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        fields.push(&rest[..end]);
        rest = &rest[end..];
    }
    if let Some(after) = rest.strip_prefix(b"\"") {
        rest = skip_blanks(after);
    }
    let (message, bytes) = fields.split_last()?;
    let message = message.split(|byte| *byte == 0).next().unwrap_or(message).to_vec();
    Some((Line { fields: bytes.iter().map(|field| Field::parse(field)).collect(), message }, rest))
}

impl EventMap {
    /// Reads a file. Gives the number of its lines, whether they can be read or not.
    pub fn parse(text: &[u8]) -> (usize, Result<EventMap, EventMapFault>) {
        let count = count_lines(text);
        let mut lines = Vec::new();
        let mut rest = text;
        for number in 1..=count {
            match parse_line(rest) {
                Some((line, after)) => {
                    lines.push(line);
                    rest = after;
                }
                None => return (count, Err(EventMapFault { line: number })),
            }
        }
        (count, Ok(EventMap { lines }))
    }

    /// What the map says about an entry; several lines may fit.
    pub fn messages(&self, record: &SelRecord) -> Vec<EventMessage<'_>> {
        let bytes = record.stored();
        let fits = |line: &Line| {
            // Reference: only the record type has to be a number.
            line.fields[0] == Field::Value(i32::from(bytes[2]))
                && COMPARED.iter().all(|byte| line.fields[byte - 3].fits(bytes[byte - 1]))
        };
        self.lines
            .iter()
            .filter(|line| fits(line))
            .map(|line| EventMessage {
                text: &line.message,
                labels: (1..BYTES)
                    .filter_map(|index| match &line.fields[index] {
                        // Reference: the value is the one two bytes before the label's.
                        Field::Label(label) => Some((label.as_slice(), bytes[index])),
                        _ => None,
                    })
                    .collect(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, RngCore, SeedableRng};

    const LINE: &[u8] =
        br#""0xC1","XX","XX","XX","XX","XX","XX","XX","0x01","0x02","Chassis","R","R","0x00","CPU shutdown"
"#;

    fn record() -> SelRecord {
        SelRecord::decode([0x26, 0, 0xc1, 4, 3, 2, 1, 0x57, 1, 0, 1, 2, 3, 4, 5, 6])
    }

    #[test]
    fn a_line_fits_and_tells() {
        let (count, map) = EventMap::parse(LINE);
        let map = map.expect("a map");
        assert_eq!(count, 1);
        let messages = map.messages(&record());
        assert_eq!(messages, [EventMessage { text: b"CPU shutdown", labels: vec![(b"Chassis", 1)] }]);
        let other = SelRecord::decode([0x26, 0, 0xc1, 4, 3, 2, 1, 0x57, 1, 0, 2, 2, 3, 4, 5, 6]);
        assert!(map.messages(&other).is_empty());
    }

    #[test]
    fn numbers() {
        for (text, value) in
            [("0x1f", Some(0x1f)), ("0x 1", Some(1)), ("0x0x1", Some(1)), ("0x", None), ("1", None), ("0xzz", None)]
        {
            assert_eq!(hexadecimal(text.as_bytes()), value, "{text}");
        }
        assert_eq!(hexadecimal(b"0xffffffffffffffffffff"), Some(-1));
        assert_eq!(hexadecimal(b"0x-1"), Some(-1));
    }

    #[test]
    fn what_is_no_map() {
        assert_eq!(EventMap::parse(b""), (0, Ok(EventMap::default())));
        assert_eq!(EventMap::parse(b"junk"), (1, Err(EventMapFault { line: 1 })));
        assert_eq!(EventMap::parse(b"\n\n"), (0, Ok(EventMap::default())));
        assert_eq!(EventMap::parse(&[LINE, b"x\n"].concat()).1, Err(EventMapFault { line: 2 }));
    }

    #[test]
    fn any_file_is_read_or_refused() {
        let mut random = StdRng::seed_from_u64(1);
        for _ in 0..3000 {
            let mut text = vec![0; random.random_range(0..400)];
            random.fill_bytes(&mut text);
            if random.random() {
                // A map with a few bytes of it changed.
                text = [LINE, LINE].concat();
                for _ in 0..random.random_range(1..4) {
                    let at = random.random_range(0..text.len());
                    text[at] = random.random();
                }
            }
            if let (_, Ok(map)) = EventMap::parse(&text) {
                map.messages(&record());
            }
        }
    }
}
