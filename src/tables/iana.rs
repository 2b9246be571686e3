//! The IANA enterprise registry: which organisation a number belongs to.
//!
//! The names are those of the registry as Debian packages it, compiled in as one blob with an index
//! by number, so that a look-up costs two array accesses and start-up costs nothing. The rules of
//! the registry's text form are here as well, because a machine may carry another edition of it.
//! `tests/registry.rs` makes the blob and proves it against the text.

/// `INDEX[n]..INDEX[n + 1]` are the bounds of number `n`'s name in `NAMES`, as little-endian 32-bit
/// numbers; an empty range means that there is no such entry.
static INDEX: &[u8] = include_bytes!("iana.index");
static NAMES: &[u8] = include_bytes!("iana.names");

/// Length in bytes of the text the blob was made from.
pub const SOURCE_LENGTH: u64 = 4_737_087;
/// The line of that text, within its first 512 bytes, that dates it.
pub const SOURCE_DATE: &[u8] = b"(last updated 2024-05-16)";

/// Names that are the program's own: the first two win over the registry, the last does not.
const UNKNOWN: (u32, &[u8]) = (0, b"Unknown");
const UNSPECIFIED: (u32, &[u8]) = (0x0f_ffff, b"Unspecified");
const DEBUG: (u32, &[u8]) = (0xff_fffe, b"A Debug Assisting Company, Ltd.");

/// The name of an enterprise, with the registry replaced by `registry`.
pub fn name_with<'a>(number: u32, registry: impl FnOnce(u32) -> Option<&'a [u8]>) -> Option<&'a [u8]> {
    match number {
        _ if number == UNKNOWN.0 => Some(UNKNOWN.1),
        _ if number == UNSPECIFIED.0 => Some(UNSPECIFIED.1),
        _ => registry(number).or_else(|| (number == DEBUG.0).then_some(DEBUG.1)),
    }
}

/// The name the compiled-in registry has for a number.
pub fn compiled(number: u32) -> Option<&'static [u8]> {
    let at = usize::try_from(number).ok()?.checked_mul(4)?;
    let bounds = INDEX.get(at..at.checked_add(8)?)?;
    let bound = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_le_bytes).and_then(|at| usize::try_from(at).ok());
    NAMES.get(bound(&bounds[..4])?..bound(&bounds[4..])?).filter(|name| !name.is_empty())
}

/// Reads the registry's text line by line, as the reference does: a line that begins with a digit is
/// a number, and the line after it is its name when it begins with exactly two blanks.
#[derive(Debug, Default)]
pub struct Scanner {
    number: Option<u64>,
}

impl Scanner {
    /// Takes one line, with its newline; gives an entry when the line completes one.
    pub fn line<'a>(&mut self, line: &'a [u8]) -> Option<(u64, &'a [u8])> {
        let Some(number) = self.number.take() else {
            let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
            // More digits than fit are the largest number, which nobody asks for.
            let value = std::str::from_utf8(&line[..digits]).ok().filter(|text| !text.is_empty())?;
            self.number = Some(value.parse().unwrap_or(u64::MAX));
            return None;
        };
        let name = line.strip_prefix(b"  ").filter(|name| !name.starts_with(b" "))?;
        let name = name.split(|byte| *byte == 0).next().unwrap_or(name);
        Some((number, name.strip_suffix(b"\n").unwrap_or(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        assert_eq!(compiled(343), Some(&b"Intel Corporation"[..]));
        assert_eq!(name_with(0, compiled), Some(&b"Unknown"[..]));
        assert_eq!(name_with(0xff_fffe, compiled), Some(&b"A Debug Assisting Company, Ltd."[..]));
        assert_eq!(compiled(u32::MAX), None);
        assert_eq!(compiled(0x00ff_ffff), None);
    }

    #[test]
    fn lines_make_entries() {
        let mut scanner = Scanner::default();
        let text = b"Decimal\n12\n  Name\n    Contact\n13 x\n   indented\n14\n15\n  kept?\n";
        let entries: Vec<_> = text.split_inclusive(|b| *b == b'\n').filter_map(|line| scanner.line(line)).collect();
        assert_eq!(entries, [(12, &b"Name"[..])]);
    }
}
