//! What somebody types into a console: text, and escapes that are for this program.
//!
//! An escape is the escape character after a newline, and one more. Anything else after it is text,
//! both characters of it.

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Text for the other side.
    Text(Vec<u8>),
    /// Ends the console.
    Terminate,
    /// Stops this program; whether the terminal is raw again when it continues.
    Suspend {
        /// Whether it is.
        raw_again: bool,
    },
    /// Sends a break.
    Break,
    /// Lists the escapes.
    Help,
}

/// Tells escapes from text, however the keys are grouped.
#[derive(Clone, Copy, Debug)]
pub struct Escapes {
    escape: u8,
    pending: bool,
    after_newline: bool,
    tyan: bool,
}

impl Escapes {
    /// At the beginning of a line.
    pub fn new(escape: u8) -> Self {
        Escapes { escape, pending: false, after_newline: true, tyan: false }
    }

    /// The same, with the manners of `tsol`: it knows no break, and what is no escape is forgotten.
    pub fn tyan(escape: u8) -> Self {
        Escapes { tyan: true, ..Escapes::new(escape) }
    }

    /// The character that introduces an escape.
    pub fn character(&self) -> u8 {
        self.escape
    }

    /// What some more bytes mean. Nothing that follows the end of the console is looked at.
    pub fn read(&mut self, bytes: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        for byte in bytes.iter().copied() {
            if !std::mem::take(&mut self.pending) {
                if self.after_newline && byte == self.escape {
                    self.pending = true;
                } else {
                    self.text(&mut keys, byte);
                }
                continue;
            }
            match byte {
                b'.' => {
                    keys.push(Key::Terminate);
                    return keys;
                }
                0x1a => keys.push(Key::Suspend { raw_again: true }),
                0x18 => keys.push(Key::Suspend { raw_again: false }),
                b'B' if !self.tyan => keys.push(Key::Break),
                b'?' => keys.push(Key::Help),
                byte if byte == self.escape => {
                    let after_newline = self.after_newline;
                    self.text(&mut keys, byte);
                    // Reference: `tsol` does not look at the character it lets through.
                    self.after_newline = self.tyan && after_newline;
                }
                _ if self.tyan => {}
                byte => {
                    self.text(&mut keys, self.escape);
                    self.text(&mut keys, byte);
                }
            }
        }
        keys
    }

    fn text(&mut self, keys: &mut Vec<Key>, byte: u8) {
        self.after_newline = matches!(byte, b'\r' | b'\n');
        match keys.last_mut() {
            Some(Key::Text(text)) => text.push(byte),
            _ => keys.push(Key::Text(vec![byte])),
        }
    }
}

/// What `help` shows.
pub fn help(escape: u8) -> Vec<u8> {
    const TEXT: &str = "E?\n\
        \tSupported escape sequences:\n\
        \tE.  - terminate connection\n\
        \tE^Z - suspend ipmitool\n\
        \tE^X - suspend ipmitool, but don't restore tty on restart\n\
        \tEB  - send break\n\
        \tE?  - this message\n\
        \tEE  - send the escape character by typing it twice\n\
        \t(Note that escapes are only recognized immediately after newline.)\n";
    TEXT.bytes().map(|byte| if byte == b'E' { escape } else { byte }).collect()
}

/// What `help` shows in `tsol`.
pub fn tyan_help(escape: u8) -> Vec<u8> {
    const TEXT: &str = "       E.  - terminate connection\n       \
        E^Z - suspend ipmitool\n       \
        E^X - suspend ipmitool, but don't restore tty on restart\n       \
        E?  - this message\n       \
        EE  - send the escape character by typing it twice\n       \
        (Note that escapes are only recognized immediately after newline.)";
    TEXT.bytes().map(|byte| if byte == b'E' { escape } else { byte }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &[u8]) -> Key {
        Key::Text(text.to_vec())
    }

    #[test]
    fn escapes_follow_newlines() {
        let read = |bytes: &[u8]| Escapes::new(b'~').read(bytes);
        assert_eq!(read(b"~."), [Key::Terminate]);
        assert_eq!(read(b"a~.\r~.rest"), [text(b"a~.\r"), Key::Terminate]);
        assert_eq!(read(b"\n~?~B\r"), [text(b"\n"), Key::Help, Key::Break, text(b"\r")]);
        assert_eq!(read(b"~~~."), [text(b"~~.")]);
        assert_eq!(read(b"~a~b"), [text(b"~a~b")]);
        assert_eq!(read(b"~\r~."), [text(b"~\r"), Key::Terminate]);
        let suspended = [Key::Suspend { raw_again: true }, Key::Suspend { raw_again: false }];
        assert_eq!(read(b"~\x1a~\x18"), suspended);
        assert_eq!(Escapes::new(0xe4).read(b"~.\n\xe4\xe4\n\xe4."), [text(b"~.\n\xe4\n"), Key::Terminate]);
    }

    #[test]
    fn grouping_does_not_matter() {
        let typed = b"one\r~?two~.\r~~x\n~B~y\r\r~ z\r~.";
        let whole = Escapes::new(b'~').read(typed);
        let mut escapes = Escapes::new(b'~');
        let mut pieces: Vec<Key> = Vec::new();
        for byte in typed {
            for key in escapes.read(&[*byte]) {
                match (pieces.last_mut(), key) {
                    (Some(Key::Text(text)), Key::Text(more)) => text.extend(more),
                    (_, key) => pieces.push(key),
                }
            }
        }
        assert_eq!(pieces, whole);
        assert_eq!(whole.last(), Some(&Key::Terminate));
    }
}
