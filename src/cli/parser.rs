//! From words to options: each option acts in the order in which it is written, as in the reference.

use super::authentication::{AuthType, Exposure, PrivilegeLevel, Secret};
use super::getopt::{Event, Scanner};
use super::number::{self, NumberError};
use super::options::{Action, Family, Options, Parsed};
use super::usage::{self, CommandLine, VERSION};
use crate::out::{Level, Output, errno_text, translated};
use std::time::Duration;

/// The reference's option letters.
pub const LETTERS: &str = "I:46hVvcgsEKYao:H:d:P:f:U:p:C:L:A:t:T:m:z:S:l:b:B:e:k:y:O:R:N:D:Z";

/// Our own options, which the reference rejects.
pub const LONGS: &[&str] = &["json", "table", "help", "version", "deadline", "secure", "verify", "reconnect", "log"];

/// Those of them that take an argument.
pub const LONGS_WITH_ARGUMENT: &[&str] = &["deadline", "log"];

/// Why a file could not be opened.
#[derive(Debug)]
pub enum Unopened {
    /// It cannot even be looked at.
    Absent,
    /// It is there, but opening it brings this.
    Refused(std::io::Error),
}

/// What parsing needs from the process: environment, files, the terminal.
pub trait Surroundings {
    /// An environment variable's bytes.
    fn env(&self, name: &str) -> Option<Vec<u8>>;
    /// Asks for a secret on the terminal.
    fn prompt(&mut self, prompt: &str) -> Option<Secret>;
    /// Reads at most the first `limit` bytes of a file; what cannot be read is its end.
    ///
    /// # Errors
    /// There is no such file, or it cannot be opened.
    fn read_start(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, Unopened>;
    /// Whether everybody may read a file.
    fn is_world_readable(&self, _path: &str) -> bool {
        false
    }
    /// Hides a word of the command line from other processes' eyes, from byte `offset` on.
    fn scrub(&mut self, word: usize, offset: usize);
}

/// Reads a command line. `words` is without the program's name, which is `argv0` as it was typed.
pub fn parse(
    argv0: &str,
    words: &[String],
    commands: &[CommandLine],
    out: &Output,
    surroundings: &mut dyn Surroundings,
) -> Parsed {
    let program = argv0.rsplit('/').next().unwrap_or(argv0);
    let posixly_correct = surroundings.env("POSIXLY_CORRECT").is_some();
    let mut parser = Parser { program, commands, out, surroundings, options: Options::default() };
    let mut scanner = Scanner::new(words, LETTERS, LONGS, posixly_correct);
    let mut status = None;
    while status.is_none()
        && let Some(event) = scanner.next()
    {
        status = match event {
            Event::Option { letter, value, place } => parser.option(letter, value, place),
            Event::Long(long) => {
                let argument = long_argument(&long, &mut scanner);
                parser.long(&long, argument)
            }
            Event::Unknown(letter) => {
                parser.complain(argv0, "%s: invalid option -- '%c'\n", letter);
                parser.usage()
            }
            Event::MissingArgument(letter) => {
                parser.complain(argv0, "%s: option requires an argument -- '%c'\n", letter);
                parser.usage()
            }
        };
    }
    let action = match status {
        Some(status) => Action::Done(status),
        None => Action::Run(scanner.into_operands()),
    };
    Parsed { options: parser.options, action }
}

/// The argument of a long option that takes one: after `=`, or the next word.
pub fn long_argument(long: &str, scanner: &mut Scanner<'_>) -> Option<String> {
    match long.split_once('=') {
        Some((_, value)) => Some(value.to_owned()),
        None if LONGS_WITH_ARGUMENT.contains(&long) => scanner.take_word(),
        None => None,
    }
}

/// Seconds, whole or with a decimal point; none for anything else or more than `u32` holds.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u32>().ok()? };
    // Nanoseconds: nine digits, the rest is too fine.
    let nanos = format!("{fraction:0<9.9}").parse().ok()?;
    Some(Duration::new(whole.into(), nanos))
}

struct Parser<'a> {
    program: &'a str,
    commands: &'a [CommandLine],
    out: &'a Output,
    surroundings: &'a mut dyn Surroundings,
    options: Options,
}

/// The process ends with this return code.
type Ended = Option<i32>;

const FAILED: Ended = Some(-1);

impl Parser<'_> {
    fn usage(&self) -> Ended {
        self.lines(&usage::usage(self.program, self.commands));
        self.refused()
    }

    /// What the C library's getopt says of an option, in the user's language.
    fn complain(&self, argv0: &str, sentence: &str, letter: char) {
        let sentence = translated(sentence).replacen("%s", argv0, 1);
        self.out.error_text(&sentence.replacen("%c", &letter.to_string(), 1));
    }

    /// Prints a text that is many messages in the reference, so that no limit cuts it.
    fn lines(&self, text: &str) {
        for line in text.lines() {
            self.out.notice(line);
        }
    }

    fn refused(&self) -> Ended {
        Some(self.options.refusal.unwrap_or(-1))
    }

    fn long(&mut self, long: &str, argument: Option<String>) -> Ended {
        match long.split('=').next().unwrap_or(long) {
            "secure" => {
                self.options.secure = true;
                None
            }
            "deadline" => {
                let value = argument.unwrap_or_default();
                let whole = value.parse::<u32>().ok().map(|whole| Duration::from_secs(whole.into()));
                match whole.or_else(|| seconds(&value)).filter(|time| !time.is_zero()) {
                    Some(time) => {
                        self.options.deadline = Some(time);
                        None
                    }
                    None => {
                        self.out.error("Invalid parameter given or out of range for '--deadline'.");
                        FAILED
                    }
                }
            }
            "help" => {
                self.out.print(&usage::help(self.program, self.commands));
                Some(0)
            }
            "version" => {
                self.out.println(&format!(
                    "{} {} ({} {VERSION} compatible)",
                    self.program,
                    env!("CARGO_PKG_VERSION"),
                    "ipmitool"
                ));
                Some(0)
            }
            "verify" => {
                self.options.verify = true;
                None
            }
            "reconnect" => {
                self.options.reconnect = true;
                None
            }
            "log" => self.transcript(argument),
            // The form of output is chosen before the options are read.
            _ => None,
        }
    }

    fn transcript(&mut self, path: Option<String>) -> Ended {
        if path.as_deref().is_none_or(str::is_empty) {
            self.out.error("The option --log needs the name of a file.");
            return FAILED;
        }
        self.options.transcript = path;
        None
    }

    fn option(&mut self, letter: char, value: String, place: (usize, usize)) -> Ended {
        match letter {
            'I' => self.options.interface = Some(value),
            'h' => {
                self.lines(&usage::usage(self.program, self.commands));
                return Some(0);
            }
            'V' => {
                self.out.println(&format!("{} version {VERSION}", self.program));
                return Some(0);
            }
            'd' => match number::parse_i32(&value) {
                Err(_) => return self.invalid(letter),
                Ok(device) if device < 0 => {
                    self.out.error(&format!("Device number {device} is out of range."));
                    return FAILED;
                }
                Ok(device) => self.options.device = device.to_le_bytes()[0],
            },
            'p' => match number::parse_i32(&value) {
                Err(_) => return self.invalid(letter),
                Ok(port) => match u16::try_from(port) {
                    Ok(port) => self.options.port = port,
                    Err(_) => {
                        self.out.error(&format!("Port number {port} is out of range."));
                        return FAILED;
                    }
                },
            },
            'C' => match number::parse_u8(&value) {
                Ok(suite) => self.options.cipher_suite = Some(suite),
                Err(_) => {
                    self.out.error("Invalid parameter given or out of range [0-255] for '-C'.");
                    return FAILED;
                }
            },
            'v' => {
                self.out.raise_verbosity();
                if self.out.verbose() == 2 {
                    self.out.debug(&format!("{} version {VERSION}\n", self.program));
                }
            }
            'c' => self.out.set_csv(1),
            'H' => self.options.host = Some(value),
            'U' => {
                if value.chars().count() > 16 {
                    self.out.error("Username is too long (> 16 bytes)");
                    return self.refused();
                }
                self.options.user = Some(value);
            }
            'S' => self.options.sdr_cache = Some(value),
            'D' => self.options.device_file = Some(value),
            '4' | '6' => return self.address_family(letter),
            'o' if value == "list" || value == "help" => {
                self.lines(&usage::oem_list());
                return Some(0);
            }
            'o' => self.options.oem = Some(value),
            'g' => self.options.oem = Some("intelwv2".to_owned()),
            's' => self.options.oem = Some("supermicro".to_owned()),
            'P' => {
                self.options.password = Some(Secret::new(crate::out::bytes_of(&value).into_owned()));
                self.options.exposures.push(Exposure::Argument(letter));
                self.surroundings.scrub(place.0, place.1);
            }
            'f' => self.password_file(&value),
            'a' => {
                if let Some(password) = self.surroundings.prompt("Password: ") {
                    self.options.password = Some(password);
                }
            }
            'E' => {
                match self.surroundings.env("IPMITOOL_PASSWORD").or_else(|| self.surroundings.env("IPMI_PASSWORD")) {
                    Some(password) => self.options.password = Some(Secret::new(password)),
                    None => self.out.warning("Unable to read password from environment"),
                }
            }
            'k' => {
                self.set_kg(&crate::out::bytes_of(&value));
                self.options.exposures.push(Exposure::Argument(letter));
                self.surroundings.scrub(place.0, place.1);
            }
            'K' => match self.surroundings.env("IPMI_KGKEY") {
                Some(key) => self.set_kg(&key),
                None => self.out.warning("Unable to read kgkey from environment"),
            },
            'y' => {
                let ended = self.hex_kg(&value);
                self.options.exposures.push(Exposure::Argument(letter));
                self.surroundings.scrub(place.0, place.1);
                return ended;
            }
            'Y' => {
                if let Some(key) = self.surroundings.prompt("Key: ") {
                    self.set_kg(key.expose());
                }
            }
            'L' => {
                let level = match value.strip_suffix('+') {
                    Some(level) => {
                        self.options.lookup_by_privilege = true;
                        level
                    }
                    None => &value,
                };
                let privilege = PrivilegeLevel::named(level);
                if privilege.0 == 0xff {
                    self.out.warning(&format!("Invalid privilege level {level}"));
                }
                self.options.privilege = Some(privilege);
            }
            'A' => self.options.auth_type = Some(AuthType::named(&value)),
            't' | 'b' | 'T' | 'B' | 'l' | 'm' => return self.byte(letter, &value),
            'e' => self.options.sol_escape = Some(crate::out::bytes_of(&value).first().copied().unwrap_or(0)),
            'O' => self.options.sel_oem = Some(value),
            'z' => match number::parse_u16(&value) {
                Ok(size) => self.options.large_buffer = size,
                Err(_) => return self.invalid(letter),
            },
            'R' => match number::parse_i32(&value).map(u32::try_from) {
                Ok(Ok(retry)) => self.options.retry = retry,
                _ => return self.invalid(letter),
            },
            'N' => match number::parse_u32(&value).ok().map(|whole| Duration::from_secs(whole.into())) {
                Some(timeout) => self.options.timeout = timeout,
                // The reference knows whole seconds only.
                None => match seconds(&value) {
                    Some(timeout) => self.options.timeout = timeout,
                    None => return self.invalid(letter),
                },
            },
            'Z' => self.out.set_utc(true),
            _ => return self.usage(),
        }
        None
    }

    fn invalid(&self, letter: char) -> Ended {
        self.out.error(&format!("Invalid parameter given or out of range for '-{letter}'."));
        // Reference: the refusal of a logical unit exits 0.
        if letter == 'l' { Some(1) } else { FAILED }
    }

    fn byte(&mut self, letter: char, value: &str) -> Ended {
        let parsed: Result<u8, NumberError> = number::parse_u8(value);
        let Ok(byte) = parsed else { return self.invalid(letter) };
        let options = &mut self.options;
        let field = match letter {
            't' => &mut options.target_addr,
            'b' => &mut options.target_channel,
            'T' => &mut options.transit_addr,
            'B' => &mut options.transit_channel,
            'l' => &mut options.lun,
            _ => &mut options.my_addr,
        };
        *field = byte;
        None
    }

    fn address_family(&mut self, letter: char) -> Ended {
        let wanted = if letter == '4' { Family::V4 } else { Family::V6 };
        match self.options.address_family {
            Family::Any => {
                self.options.address_family = wanted;
                return None;
            }
            given if given == wanted => self.out.error(&format!("Multiple -{letter} parameters given.")),
            Family::V6 => self.out.error("Parameter is mutually exclusive with -6."),
            Family::V4 => self.out.error("Parameter is mutually exclusive with -4."),
        }
        FAILED
    }

    /// `-f`: the first line, at most 20 bytes, up to a carriage return, newline or tab.
    fn password_file(&mut self, path: &str) {
        self.options.password = None;
        match self.surroundings.read_start(path, 20) {
            Err(error) => {
                match error {
                    Unopened::Absent => self.out.error(&format!("File {path} does not exist")),
                    Unopened::Refused(error) => {
                        self.out.error(&format!("Unable to open file {path}: {}", errno_text(&error)));
                    }
                }
                self.out.error(&format!("Unable to open password file {path}"));
            }
            Ok(start) if start.is_empty() => self.out.error(&format!("Unable to read password from file {path}")),
            Ok(start) => {
                let line_end = start.iter().position(|byte| *byte == b'\n').map_or(start.len(), |end| end + 1);
                let line = crate::out::until_nul(&start[..line_end]);
                // Reference: an empty first line is the password "\n".
                let end = line.iter().position(|byte| matches!(byte, b'\r' | b'\n' | b'\t')).filter(|end| *end > 0);
                if self.surroundings.is_world_readable(path) {
                    self.options.exposures.push(Exposure::File(path.to_owned()));
                }
                self.options.password = Some(Secret::new(line[..end.unwrap_or(line.len())].to_vec()));
                return;
            }
        }
        self.out.log(Level::Error, &format!("Unable to read password from file {path}"));
    }

    fn set_kg(&mut self, key: &[u8]) {
        self.options.kg = Secret::new(crate::out::until_nul(key).iter().copied().take(20).collect());
    }

    fn hex_kg(&mut self, value: &str) -> Ended {
        self.options.kg = Secret::default();
        let digits: Vec<char> = value.chars().collect();
        if !digits.len().is_multiple_of(2) {
            self.out.error("Number of Kg key characters is not even");
            return FAILED;
        }
        let bytes = digits.chunks(2).map(|pair| match pair {
            [high, low] => Some(u8::try_from(high.to_digit(16)? << 4 | low.to_digit(16)?).unwrap_or(0)),
            _ => None,
        });
        let Some(key) = bytes.collect::<Option<Vec<u8>>>() else {
            self.out.error("Kg key is not hexadecimal number");
            return Some(-3);
        };
        if key.len() > 20 {
            // Reference: the length of the key is the return code, so this exits 0.
            self.out.error("Kg key is too long");
            return Some(i32::try_from(key.len()).unwrap_or(i32::MAX));
        }
        self.options.refusal = Some(i32::try_from(key.len()).unwrap_or(0));
        self.options.kg = Secret::new(key);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::out::Format;

    struct Nothing;

    impl Surroundings for Nothing {
        fn env(&self, _: &str) -> Option<Vec<u8>> {
            None
        }
        fn prompt(&mut self, _: &str) -> Option<Secret> {
            None
        }
        fn read_start(&mut self, _: &str, _: usize) -> Result<Vec<u8>, Unopened> {
            Ok(b"secret\n".to_vec())
        }
        fn is_world_readable(&self, path: &str) -> bool {
            path == "public"
        }
        fn scrub(&mut self, _: usize, _: usize) {}
    }

    fn options(line: &str) -> Option<(Options, Vec<String>)> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let parsed = parse("ipmitool", &words, &[], &Output::memory(Format::Text), &mut Nothing);
        match parsed.action {
            Action::Run(words) => Some((parsed.options, words)),
            Action::Done(_) => None,
        }
    }

    #[test]
    fn times_may_have_fractions() {
        for (text, millis) in [("1", 1000), ("0x10", 16_000), ("0.25", 250), (".5", 500), ("2.", 2000), ("0", 0)] {
            assert_eq!(options(&format!("-N {text} x")).expect("options").0.timeout, Duration::from_millis(millis));
        }
        for text in ["1.x", ".", "-1.5", "1e3", "4294967296.0", "nan"] {
            assert!(options(&format!("-N {text} x")).is_none(), "{text}");
        }
        for line in ["--deadline 1.5 mc info", "--deadline=1.5 mc info", "mc --deadline 1.5 info"] {
            let (options, words) = options(line).expect("options");
            assert_eq!(
                (options.deadline, words),
                (Some(Duration::from_millis(1500)), vec!["mc".into(), "info".into()])
            );
        }
        for line in ["--deadline", "--deadline 0 x", "--deadline=x mc", "--deadline -1 mc"] {
            assert!(options(line).is_none(), "{line}");
        }
    }

    #[test]
    fn what_is_given_away_is_noted() {
        let found = |line: &str| options(line).expect("options").0.exposures;
        assert_eq!(found("-P x -k y mc"), [Exposure::Argument('P'), Exposure::Argument('k')]);
        assert_eq!(found("-f public mc"), [Exposure::File("public".to_owned())]);
        assert!(found("-f private mc").is_empty());
    }
}
