//! The shell without a terminal: the reference's line editor reads a pipe as it reads a keyboard, and
//! shows what it reads on stdout.
//!
//! The keys that may well turn up in a pipe work (erasing, moving, the end of input); the others do
//! nothing, where the reference has a command for almost each.

use super::Line;
use super::display::{Display, Screen};
use crate::out::{Format, Output, text};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;

/// Bytes of a line; what follows is dropped. No command is that long.
const MOST_BYTES: usize = 1 << 16;

/// Lines from the standard input.
pub struct Piped {
    input: Option<File>,
    out: Output,
    screen: Screen,
}

impl Piped {
    /// Reads the process's standard input.
    pub fn new(out: Output) -> Piped {
        // A handle without a buffer: what follows a line may be for the command in it.
        let input = io::stdin().as_fd().try_clone_to_owned().ok().map(File::from);
        Piped { input, out, screen: Screen::of_the_process() }
    }

    /// Shows the prompt, reads a line and shows it.
    pub fn read(&mut self, prompt: &str) -> Line {
        let out = self.out.clone();
        out.print(prompt);
        out.flush();
        let mut keys = Keys::new(self.screen, prompt);
        let mut shown = Vec::new();
        let ended = loop {
            // Like a key that has been pressed, a character is shown while the next one is waited for.
            if !self.is_ready() {
                keys.show(&mut shown);
                out.print(&text(&std::mem::take(&mut shown)));
                out.flush();
            }
            match self.byte() {
                Some(byte) => {
                    let ended = keys.key(byte, &mut shown);
                    self.ring(std::mem::take(&mut keys.bells));
                    if let Some(ended) = ended {
                        break ended;
                    }
                }
                None if keys.line.bytes.is_empty() => break Ended::Input,
                None => break Ended::Line,
            }
        };
        keys.show(&mut shown);
        if matches!(ended, Ended::Line) {
            keys.display.leave(&mut shown);
        }
        out.print(&text(&shown));
        out.flush();
        match ended {
            // The reference's line ends where a C string does.
            Ended::Line => Line::Text(keys.line.bytes),
            Ended::Input => Line::End,
        }
    }

    /// Reference: the bell is on stderr.
    fn ring(&self, times: usize) {
        if times > 0 && self.out.format() == Format::Text {
            self.out.error_text(&"\x07".repeat(times));
        }
    }

    /// Whether there is something to read, or nothing to wait for.
    fn is_ready(&self) -> bool {
        let Some(input) = &self.input else { return true };
        let mut watched = [PollFd::new(input.as_fd(), PollFlags::POLLIN)];
        poll(&mut watched, PollTimeout::ZERO) != Ok(0)
    }

    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        loop {
            match self.input.as_mut()?.read(&mut byte) {
                Ok(1) => return Some(byte[0]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ => return None,
            }
        }
    }
}

/// What ended the reading of a line.
enum Ended {
    Line,
    Input,
}

/// A line under construction.
struct Buffer {
    bytes: Vec<u8>,
    cursor: usize,
    utf8: bool,
}

impl Buffer {
    fn new(utf8: bool) -> Self {
        Buffer { bytes: Vec::new(), cursor: 0, utf8 }
    }

    fn insert(&mut self, byte: u8) {
        if self.bytes.len() < MOST_BYTES {
            self.bytes.insert(self.cursor, byte);
            self.cursor += 1;
        }
    }

    /// Where the character before the cursor begins.
    fn before(&self) -> usize {
        let mut start = self.cursor.saturating_sub(1);
        while self.utf8 && start > 0 && self.bytes[start] & 0xc0 == 0x80 {
            start -= 1;
        }
        start
    }

    /// Where the character at the cursor ends.
    fn after(&self) -> usize {
        let mut end = (self.cursor + 1).min(self.bytes.len());
        while self.utf8 && end < self.bytes.len() && self.bytes[end] & 0xc0 == 0x80 {
            end += 1;
        }
        end
    }

    fn erase_before(&mut self, start: usize) {
        self.bytes.drain(start..self.cursor);
        self.cursor = start;
    }

    /// Where the word before the cursor begins, blanks behind it included.
    fn word(&self) -> usize {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let end = self.bytes[..self.cursor].iter().rposition(|byte| !blank(byte)).map_or(0, |last| last + 1);
        self.bytes[..end].iter().rposition(blank).map_or(0, |last| last + 1)
    }
}

/// What a byte means, which may depend on the bytes before it.
struct Keys {
    line: Buffer,
    display: Display,
    /// Whether the byte before was a character.
    inserting: bool,
    /// How often a key was refused.
    bells: usize,
}

impl Keys {
    fn new(screen: Screen, prompt: &str) -> Keys {
        Keys { line: Buffer::new(screen.utf8), display: Display::new(screen, prompt), inserting: false, bells: 0 }
    }
}

/// Whether a key does something together with Meta. What it does matters to nobody who feeds a pipe;
/// the others are refused.
fn bound_with_meta(key: u8) -> bool {
    matches!(key, 0x00..0x20 | b' ' | b'#' | b'&' | b'*' | b'-'..=b'9' | b'<'..=b'?' | b'\\' | b'_' | b'~' | 0x7f)
        || matches!(key.to_ascii_lowercase(), b'b'..=b'd' | b'f' | b'l' | b'n' | b'p' | b'r' | b't' | b'u' | b'y')
}

impl Keys {
    fn show(&mut self, shown: &mut Vec<u8>) {
        self.display.update(&self.line.bytes, self.line.cursor, shown);
    }

    /// Takes one byte in. Characters are shown only when something else follows, as they are when a
    /// whole line is waiting to be read.
    fn key(&mut self, byte: u8, shown: &mut Vec<u8>) -> Option<Ended> {
        let line = &mut self.line;
        // Reference: outside UTF-8 such a byte is a key with Meta, unless it follows a character at once.
        let meta = byte >= 0x80 && !line.utf8 && !self.inserting;
        if matches!(byte, b'\t' | 0x20..=0x7e | 0x80..) {
            if meta {
                self.bells += usize::from(!bound_with_meta(byte & 0x7f));
            } else {
                line.insert(byte);
                self.inserting = true;
            }
            return None;
        }
        self.inserting = false;
        self.show(shown);
        let line = &mut self.line;
        match byte {
            b'\n' | b'\r' => return Some(Ended::Line),
            0x01 => line.cursor = 0,
            0x02 => line.cursor = line.before(),
            0x04 if line.bytes.is_empty() => return Some(Ended::Input),
            0x04 if line.cursor == line.bytes.len() => self.bells += 1,
            0x04 => drop(line.bytes.drain(line.cursor..line.after())),
            0x05 => line.cursor = line.bytes.len(),
            0x06 => line.cursor = line.after(),
            0x08 | 0x7f if line.cursor == 0 => self.bells += 1,
            0x08 | 0x7f => line.erase_before(line.before()),
            0x0b => line.bytes.truncate(line.cursor),
            0x15 => line.erase_before(0),
            0x17 => line.erase_before(line.word()),
            _ => return None,
        }
        self.show(shown);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(input: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let screen = Screen { width: 80, wraps: false, utf8: false };
        let mut keys = Keys::new(screen, "ipmitool> ");
        let mut shown = Vec::new();
        for byte in input {
            if keys.key(*byte, &mut shown).is_some() {
                break;
            }
        }
        keys.show(&mut shown);
        (keys.line.bytes, shown)
    }

    #[test]
    fn keys_edit_the_line() {
        for (input, line, shown) in [
            (&b"echo ab\x7fc"[..], &b"echo ac"[..], &b"echo ab\x08 \x08c"[..]),
            (b"ab\x01c", b"cab", b"ab\x08\x08cab\x08\x08"),
            (b"ab\x15c", b"c", b"ab\x08\x08  \x08\x08c"),
            (b"a\x04b", b"ab", b"ab"),
            (b"a\tb", b"a\tb", b"a     b"),
            (b"a\0b\x1b", b"ab", b"ab"),
        ] {
            assert_eq!(typed(input), (line.to_vec(), shown.to_vec()), "{input:?}");
        }
    }

    #[test]
    fn any_keys_are_survived() {
        for seed in 0..2000_u32 {
            let mut state = seed.wrapping_mul(2_654_435_761);
            let input: Vec<u8> = (0..60)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    [b'a', 0x01, 0x02, 0x04, 0x06, 0x08, 0x0b, 0x17, 0x15, b' ', 0xc3, 0xa9]
                        [(state >> 24) as usize % 12]
                })
                .collect();
            typed(&input);
        }
    }
}
