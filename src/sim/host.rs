//! The host behind the serial port: a login prompt, and a shell with the few commands a console is
//! tried with.

/// The host, as its serial port sees it.
pub struct Host {
    mode: Mode,
    line: Vec<u8>,
    output: Vec<u8>,
}

enum Mode {
    /// Asks for a name.
    Login,
    /// Asks for a password, whatever it is.
    Password,
    /// Takes commands.
    Shell,
    /// Gives every byte back as it came, until a break.
    Raw,
}

const LOGIN: &str = "server login: ";
const PROMPT: &str = "root@server:~# ";
const HELP: &str = "echo WORDS    print the words\n\
                    flood LINES   print so many lines\n\
                    raw           give every byte back until a break\n\
                    reboot        start again\n\
                    exit          log out\n";
const BOOT: &str = "Restarting system.\n\n\
                    BIOS 1.2.3\n\
                    Loading Linux ...\n\
                    [    0.000000] Command line: console=ttyS1,115200n8\n\
                    [    1.234567] systemd[1]: Hostname set to <server>.\n\n";
/// Characters of a line that are kept.
const LINE_LIMIT: usize = 4096;
/// Lines `flood` prints at most.
const FLOOD_LIMIT: u32 = 100_000;

impl Default for Host {
    fn default() -> Self {
        Host { mode: Mode::Login, line: Vec::new(), output: Vec::new() }
    }
}

impl Host {
    /// Characters from the serial port.
    pub fn input(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match (&self.mode, byte) {
                (Mode::Raw, byte) => self.output.push(*byte),
                (_, b'\r' | b'\n') => self.enter(),
                (mode, 0x08 | 0x7f) => {
                    let shown = !matches!(mode, Mode::Password);
                    let erased = self.line.pop().is_some();
                    self.print(if shown && erased { "\u{8} \u{8}" } else { "" });
                }
                (_, 0x20..) if self.line.len() < LINE_LIMIT => {
                    self.line.push(*byte);
                    if !matches!(self.mode, Mode::Password) {
                        self.output.push(*byte);
                    }
                }
                _ => {}
            }
        }
    }

    /// A break on the line.
    pub fn serial_break(&mut self) {
        if matches!(self.mode, Mode::Raw) {
            self.mode = Mode::Shell;
            self.print("\n[break]\n");
            self.print(PROMPT);
        } else {
            self.print("\n[  123.456789] sysrq: HELP : loglevel(0-9) reboot(b) crash(c) sync(s)\n");
        }
    }

    /// What the host has printed since the last time.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    /// Prints as a terminal driver does: a newline returns the carriage too.
    fn print(&mut self, text: &str) {
        for byte in text.bytes() {
            if byte == b'\n' {
                self.output.push(b'\r');
            }
            self.output.push(byte);
        }
    }

    fn enter(&mut self) {
        self.print("\n");
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
        match self.mode {
            Mode::Login if line.trim().is_empty() => self.print(LOGIN),
            Mode::Login => {
                self.mode = Mode::Password;
                self.print("Password: ");
            }
            Mode::Password => {
                self.mode = Mode::Shell;
                self.print("Welcome to the simulated server; try help.\n");
                self.print(PROMPT);
            }
            Mode::Shell => self.command(line.trim()),
            Mode::Raw => {}
        }
    }

    fn command(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "" => {}
            "help" => self.print(HELP),
            "echo" => self.print(&format!("{rest}\n")),
            "flood" => {
                let lines = rest.trim().parse().unwrap_or(100_u32).min(FLOOD_LIMIT);
                for line in 1..=lines {
                    self.print(&format!("{line:06} The quick brown fox jumps over the lazy dog.\n"));
                }
            }
            "raw" => {
                self.mode = Mode::Raw;
                return self.print("raw\n");
            }
            "exit" | "logout" => {
                self.mode = Mode::Login;
                return self.print(&format!("\n{LOGIN}"));
            }
            "reboot" => {
                self.mode = Mode::Login;
                self.print(BOOT);
                return self.print(LOGIN);
            }
            _ => self.print(&format!("-sh: {verb}: command not found\n")),
        }
        self.print(PROMPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(host: &mut Host, input: &[u8]) -> String {
        host.input(input);
        String::from_utf8(host.take_output()).expect("text")
    }

    #[test]
    fn a_session() {
        let mut host = Host::default();
        assert_eq!(say(&mut host, b"\r"), "\r\nserver login: ");
        assert_eq!(say(&mut host, b"rooz\x7ft\r"), "rooz\u{8} \u{8}t\r\nPassword: ");
        assert!(say(&mut host, b"secret\r").ends_with("help.\r\nroot@server:~# "));
        assert_eq!(say(&mut host, b"echo a  b\r"), "echo a  b\r\na  b\r\nroot@server:~# ");
        assert_eq!(say(&mut host, b"flood 3\r").lines().count(), 5);
        assert!(say(&mut host, b"nonsense\r").contains("nonsense: command not found"));
        say(&mut host, b"raw\r");
        assert_eq!(say(&mut host, b"\x00\x03\r\n\x7f"), "\u{0}\u{3}\r\n\u{7f}");
        host.serial_break();
        assert_eq!(say(&mut host, b"exit\r"), "\r\n[break]\r\nroot@server:~# exit\r\n\r\nserver login: ");
    }
}
