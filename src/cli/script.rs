//! The words of a line of `exec`'s file or of the shell.
//!
//! Reference: quotes work by a detour. Blanks between quotes become `~`, the line is cut at what
//! blanks are left, and in a word that begins with a quote every `~` turns into a blank again. Hence a
//! `~` of the user's own between quotes becomes a blank, a quote in mid-word keeps its `~`, and what
//! follows a closing quote in the same word is lost.

use crate::out::{text, until_nul};

/// The longest line `exec` takes, in bytes; the rest of a longer one is a line of its own.
pub const LINE_LIMIT: usize = 2047;

/// What separates the shell's words.
const SHELL_SEPARATORS: &[u8] = b" \t";

/// Words beyond these are dropped.
pub const MOST_WORDS: usize = 64;

/// The words of a line of a script: separated by blanks, up to a `#`, wherever it stands. None at all
/// for a line that holds nothing.
pub fn exec_words(line: &[u8]) -> Vec<String> {
    let line = until_nul(line);
    let line = line.split(|byte| *byte == b'#').next().unwrap_or(line);
    let line = join_quoted(line);
    // Reference: tabs and the like are cut off at both ends, but do not separate words.
    words(trim(&line), b" ")
}

/// The words of a line typed into the shell: separated by blanks and tabs.
pub fn shell_words(line: &[u8]) -> Vec<String> {
    words(&join_quoted(until_nul(line)), SHELL_SEPARATORS)
}

/// Which of the shell's words have something else right behind them than the next word. Reference: it cuts
/// words out of the line where they stand, and moves those in quotes away from their ends.
pub fn shell_parted(line: &[u8]) -> Vec<bool> {
    let line = join_quoted(until_nul(line));
    let mut pieces = line.split(|byte| SHELL_SEPARATORS.contains(byte)).peekable();
    let mut parted = Vec::new();
    while let Some(piece) = pieces.next() {
        let Some(first) = piece.first() else { continue };
        let near = pieces.peek().is_some_and(|next| !next.is_empty());
        parted.push(is_quote(*first) || !near);
    }
    parted.truncate(MOST_WORDS);
    parted
}

/// C's `isspace` in the C locale.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | 0x09..=0x0d)
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

fn trim(line: &[u8]) -> &[u8] {
    let start = line.iter().position(|byte| !is_space(*byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !is_space(*byte)).map_or(start, |last| last + 1);
    &line[start..end.max(start)]
}

/// Blanks between quotes as `~`.
fn join_quoted(line: &[u8]) -> Vec<u8> {
    let mut quote = None;
    line.iter()
        .map(|&byte| {
            match quote {
                None if is_quote(byte) => quote = Some(byte),
                Some(open) if byte == open => quote = None,
                Some(_) if is_space(byte) => return b'~',
                _ => {}
            }
            byte
        })
        .collect()
}

fn words(line: &[u8], separators: &[u8]) -> Vec<String> {
    line.split(|byte| separators.contains(byte))
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .map(|word| text(&unquote(word)))
        .collect()
}

fn unquote(word: &[u8]) -> Vec<u8> {
    match word.split_first() {
        Some((quote, rest)) if is_quote(*quote) => {
            let inside = rest.split(|byte| byte == quote).next().unwrap_or(rest);
            inside.iter().map(|&byte| if byte == b'~' { b' ' } else { byte }).collect()
        }
        _ => word.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_group_by_a_detour() {
        for (line, expected) in [
            ("echo a b\n", vec!["echo", "a", "b"]),
            ("  echo \"a b\" 'c d'\r\n", vec!["echo", "a b", "c d"]),
            ("echo \"a~b\" a~b", vec!["echo", "a b", "a~b"]),
            ("echo a\"b c\"d", vec!["echo", "a\"b~c\"d"]),
            ("echo \"abc  \n", vec!["echo", "abc   "]),
            ("echo \"a\"b 'x\"y z'", vec!["echo", "a", "x\"y z"]),
            ("echo \"\" x", vec!["echo", "", "x"]),
        ] {
            assert_eq!(exec_words(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn comments_and_separators_differ() {
        assert_eq!(exec_words(b"echo \"c # d\"\n"), ["echo", "c "]);
        assert_eq!(exec_words(b"\techo\tx\t\n"), ["echo\tx"]);
        assert_eq!(shell_words(b"\techo\tx # y"), ["echo", "x", "#", "y"]);
        assert!(exec_words(b" \t# nothing").is_empty());
        assert!(exec_words(b"\0echo").is_empty());
        assert!(shell_words(b" \t ").is_empty());
    }

    #[test]
    fn words_may_be_parted() {
        for (line, expected) in [
            ("a b", vec![false, true]),
            (" a  b\tc ", vec![true, false, true]),
            ("'a' \"b c\" d 'e'", vec![true, true, false, true]),
            ("", vec![]),
        ] {
            assert_eq!(shell_parted(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn words_have_a_limit_and_any_bytes_are_words() {
        assert_eq!(exec_words(&b"a ".repeat(80)).len(), MOST_WORDS);
        for first in 0..=255 {
            for second in [b'"', b'\'', b'~', b' ', b'#', 0, 0xff] {
                let line = [first, second, b'x', first, b' ', second];
                assert!(exec_words(&line).len() <= 6 && shell_words(&line).len() <= 6);
            }
        }
    }
}
