//! The options as typed: each acts in the order in which it is written, as in the reference.

use super::getopt::{Event, Scanner};
use super::number::{self, NumberError};
use super::usage::{self, CommandLine, VERSION};
use crate::out::{Level, Output, errno_text, translated};
use std::time::Duration;
use zeroize::Zeroizing;

/// The reference's option letters.
pub const LETTERS: &str = "I:46hVvcgsEKYao:H:d:P:f:U:p:C:L:A:t:T:m:z:S:l:b:B:e:k:y:O:R:N:D:Z";

/// Our own options, which the reference rejects.
pub const LONGS: &[&str] = &["json", "table", "help", "version", "deadline", "secure", "verify", "reconnect", "log"];

/// Those of them that take an argument.
pub const LONGS_WITH_ARGUMENT: &[&str] = &["deadline", "log"];

/// A password or key: bytes that are wiped when dropped and never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over some bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Secret(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// IP versions a host name may resolve to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Either.
    #[default]
    Any,
    /// `-4`.
    V4,
    /// `-6`.
    V6,
}

/// A privilege level as `-L` stores it: 1 (callback) to 5 (OEM), 15 (no access).
///
/// Reference: an unknown word is reported, and stored as 255 all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivilegeLevel(pub u8);

/// An authentication type as `-A` stores it; 255 for an unknown word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthType(pub u8);

const PRIVILEGES: &[(u8, &str)] =
    &[(1, "CALLBACK"), (2, "USER"), (3, "OPERATOR"), (4, "ADMINISTRATOR"), (5, "OEM"), (15, "NO ACCESS")];
const AUTH_TYPES: &[(u8, &str)] = &[(0, "NONE"), (1, "MD2"), (2, "MD5"), (4, "PASSWORD"), (5, "OEM"), (6, "RMCP+")];

fn code(names: &[(u8, &str)], word: &str) -> u8 {
    names.iter().find(|(_, name)| name.eq_ignore_ascii_case(word)).map_or(0xff, |(code, _)| *code)
}

fn name(names: &[(u8, &'static str)], code: u8) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

impl PrivilegeLevel {
    /// Administrator, the default.
    pub const ADMINISTRATOR: Self = PrivilegeLevel(4);

    /// The level a word names; 255 for none.
    pub fn named(word: &str) -> Self {
        PrivilegeLevel(code(PRIVILEGES, word))
    }

    /// What the level is called.
    pub fn name(self) -> Option<&'static str> {
        name(PRIVILEGES, self.0)
    }
}

impl AuthType {
    /// No authentication.
    pub const NONE: Self = AuthType(0);
    /// A manufacturer's own.
    pub const OEM: Self = AuthType(5);

    /// The type a word names; 255 for none.
    pub fn named(word: &str) -> Self {
        AuthType(code(AUTH_TYPES, word))
    }

    /// What the type is called.
    pub fn name(self) -> Option<&'static str> {
        name(AUTH_TYPES, self.0)
    }
}

/// Machines that need special treatment (`-o`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OemType {
    /// Supermicro, IPMI 1.5 with OEM authentication.
    Supermicro,
    /// Intel SE7501WV2.
    Intelwv2,
    /// Intel, IPMI 2.0.
    Intelplus,
    /// The IPMI conformance test suite.
    Icts,
    /// IBM.
    Ibm,
    /// Intel 82571 in super pass-through mode.
    I82571spt,
    /// Kontron.
    Kontron,
    /// Quanta, IPMI 1.5 with OEM authentication.
    Quanta,
}

impl OemType {
    /// All types, as `-o list` orders them.
    pub const ALL: &'static [OemType] = &[
        OemType::Supermicro,
        OemType::Intelwv2,
        OemType::Intelplus,
        OemType::Icts,
        OemType::Ibm,
        OemType::I82571spt,
        OemType::Kontron,
        OemType::Quanta,
    ];

    /// What `-o` takes.
    pub fn name(self) -> &'static str {
        match self {
            OemType::Supermicro => "supermicro",
            OemType::Intelwv2 => "intelwv2",
            OemType::Intelplus => "intelplus",
            OemType::Icts => "icts",
            OemType::Ibm => "ibm",
            OemType::I82571spt => "i82571spt",
            OemType::Kontron => "kontron",
            OemType::Quanta => "quanta",
        }
    }

    /// What `-o list` says of it.
    pub fn description(self) -> &'static str {
        match self {
            OemType::Supermicro => "Supermicro IPMIv1.5 BMC with OEM LAN authentication support",
            OemType::Intelwv2 => "Intel SE7501WV2 IPMIv1.5 BMC with extra LAN communication support",
            OemType::Intelplus => "Intel IPMI 2.0 BMC with RMCP+ communication support",
            OemType::Icts => "IPMI 2.0 ICTS compliance support",
            OemType::Ibm => "IBM OEM support",
            OemType::I82571spt => "Intel 82571 MAC with integrated RMCP+ support in super pass-through mode",
            OemType::Kontron => "Kontron OEM big buffer support",
            OemType::Quanta => "Quanta IPMIv1.5 BMC with OEM LAN authentication support",
        }
    }

    /// The type a word names.
    pub fn named(word: &str) -> Option<Self> {
        OemType::ALL.iter().copied().find(|oem| oem.name() == word)
    }
}

/// A secret that others can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// The password or key is the argument of this option.
    Argument(char),
    /// The password is in this file, which anybody may read.
    File(String),
}

/// Everything the options chose, still unresolved: absent means that the option was not given.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `-I`.
    pub interface: Option<String>,
    /// `-H`.
    pub host: Option<String>,
    /// `-p`; 0 keeps the default.
    pub port: u16,
    /// `-U`.
    pub user: Option<String>,
    /// `-P`, `-f`, `-a` or `-E`, whichever came last.
    pub password: Option<Secret>,
    /// `-k`, `-K`, `-y` or `-Y`: at most 20 bytes.
    pub kg: Secret,
    /// `-d`. Reference: kept in a byte, so 256 is 0 again.
    pub device: u8,
    /// `-C`.
    pub cipher_suite: Option<u8>,
    /// `-S`.
    pub sdr_cache: Option<String>,
    /// `-D`.
    pub device_file: Option<String>,
    /// `-4`, `-6`.
    pub address_family: Family,
    /// `-o`, `-g`, `-s`; the name is checked when the interface is loaded.
    pub oem: Option<String>,
    /// `-L`.
    pub privilege: Option<PrivilegeLevel>,
    /// Whether RAKP 1 asks for the name with the privilege (`-L level+`) instead of the name alone.
    pub lookup_by_privilege: bool,
    /// `-A`.
    pub auth_type: Option<AuthType>,
    /// `-t`.
    pub target_addr: u8,
    /// `-b`.
    pub target_channel: u8,
    /// `-T`.
    pub transit_addr: u8,
    /// `-B`.
    pub transit_channel: u8,
    /// `-l`.
    pub lun: u8,
    /// `-m`; 0 counts as not given.
    pub my_addr: u8,
    /// `--verify`.
    pub verify: bool,
    /// `-e`.
    pub sol_escape: Option<u8>,
    /// `-O`.
    pub sel_oem: Option<String>,
    /// `-z`; 0 counts as not given.
    pub large_buffer: u16,
    /// `-R`; 0 keeps the default.
    pub retry: u32,
    /// `-N`; 0 keeps the default.
    pub timeout: Duration,
    /// `--deadline`: the whole run ends within this time.
    pub deadline: Option<Duration>,
    /// `--secure`: what is weak is refused.
    pub secure: bool,
    /// What the options themselves give away.
    pub exposures: Vec<Exposure>,
    /// `--reconnect`: a lost console comes back by itself.
    pub reconnect: bool,
    /// `--log FILE`: a transcript of the console.
    pub transcript: Option<String>,
    /// `-y` leaves the number of key bytes as the status of a later refusal. Reference: such a run
    /// exits 0 where it should exit 1.
    pub refusal: Option<i32>,
}

/// What remains to be done when the options have been read.
#[derive(Clone, Debug)]
pub enum Action {
    /// Run these words; none at all is an error the reference reports late.
    Run(Vec<String>),
    /// Everything is done, with this return code.
    Done(i32),
}

/// Options and action.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The options as far as they were read.
    pub options: Options,
    /// What to do.
    pub action: Action,
}

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
