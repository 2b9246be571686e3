//! The files: cases as they are written by hand, recordings as they are kept.
//!
//! A line of a `.cases` file is `name: [directives] words`. Words are separated by blanks; double
//! quotes group, and inside or outside of them `\n`, `\t`, `\\`, `\"` and `\xNN` stand for bytes.
//! Directives come first:
//!
//! - `@fault=RULE`: a fault of the simulated BMC (`sim::fault`), any number of them
//! - `@profile=NAME`: `profiles/NAME.json` instead of the default server
//! - `@env=NAME=VALUE`, `@stdin=TEXT`, `@file=NAME=TEXT` (written before the run)
//! - `@locale=NAME`: a locale such as `de_DE` in `LC_ALL`, built from its definition (package `locales`)
//! - `@out=NAME`: a file the command writes, recorded too
//! - `@bare`: the words are the whole command line; otherwise `-I dummy` goes before them
//!
//! A line that starts with a directive and has no name sets it for all cases below it in the file.

use crate::run::Ran;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One case.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub name: String,
    pub words: Vec<Vec<u8>>,
    pub faults: Vec<String>,
    pub profile: Option<String>,
    pub locale: Option<String>,
    pub env: Vec<(String, String)>,
    pub stdin: Vec<u8>,
    pub files: Vec<(String, Vec<u8>)>,
    pub outputs: Vec<String>,
    pub bare: bool,
}

/// A file of cases with its recordings.
pub struct Suite {
    pub name: String,
    pub cases: Vec<Case>,
    pub recordings: BTreeMap<String, Recording>,
    path: PathBuf,
}

impl Suite {
    pub fn read(path: &Path) -> Result<Suite, String> {
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let topic = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{folder}/{topic}");
        let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        let mut defaults = Case::default();
        let mut cases: Vec<Case> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let at = |why: String| format!("{name}.cases:{}: {why}", number + 1);
            if line.starts_with('@') {
                defaults.apply(line).map_err(at)?;
                if !defaults.words.is_empty() {
                    return Err(at("a case needs a name".to_owned()));
                }
                continue;
            }
            let (case_name, rest) = line.split_once(':').ok_or_else(|| at("no name".to_owned()))?;
            let mut case = Case { name: case_name.trim().to_owned(), ..defaults.clone() };
            case.apply(rest).map_err(at)?;
            if cases.iter().any(|other| other.name == case.name) {
                return Err(at(format!("{} is there twice", case.name)));
            }
            cases.push(case);
        }
        let golden = std::fs::read_to_string(path.with_extension("golden")).unwrap_or_default();
        let recordings = Recording::parse_all(&golden);
        Ok(Suite { name, cases, recordings, path: path.with_extension("golden") })
    }

    pub fn id(&self, case: &Case) -> String {
        format!("{}/{}", self.name, case.name)
    }

    /// Writes the recordings in the order of the cases.
    pub fn write(&self) -> std::io::Result<()> {
        let mut text = String::new();
        for case in &self.cases {
            if let Some(recording) = self.recordings.get(&case.name) {
                let _ = writeln!(text, "=== {}", case.name);
                for line in recording.lines() {
                    let _ = writeln!(text, "{line}");
                }
            }
        }
        std::fs::write(&self.path, text)
    }
}

impl Case {
    /// The case as a line of a file.
    pub fn line(&self) -> String {
        let mut parts = vec![format!("{}:", self.name)];
        parts.extend(self.profile.iter().map(|name| format!("@profile={name}")));
        parts.extend(self.locale.iter().map(|name| format!("@locale={name}")));
        parts.extend(self.env.iter().map(|(name, value)| quote(format!("@env={name}={value}").as_bytes())));
        parts.extend(self.faults.iter().map(|rule| format!("@fault={rule}")));
        let files = self.files.iter().map(|(name, content)| [format!("@file={name}=").as_bytes(), content].concat());
        parts.extend(files.map(|file| quote(&file)));
        if !self.stdin.is_empty() {
            parts.push(quote(&[b"@stdin=", self.stdin.as_slice()].concat()));
        }
        parts.extend(self.outputs.iter().map(|name| format!("@out={name}")));
        parts.extend(self.bare.then(|| "@bare".to_owned()));
        parts.extend(self.words.iter().map(|word| quote(word)));
        parts.join(" ")
    }

    fn apply(&mut self, text: &str) -> Result<(), String> {
        let mut words = split(text)?.into_iter();
        let mut next = words.next();
        while let Some(word) = next.clone().filter(|word| word.starts_with(b"@")) {
            let directive = String::from_utf8_lossy(&word[1..]).into_owned();
            let (key, value) = directive.split_once('=').unwrap_or((&directive, ""));
            let pair = || value.split_once('=').ok_or_else(|| format!("@{key} takes NAME=VALUE"));
            match key {
                "fault" => self.faults.push(value.to_owned()),
                "locale" => self.locale = Some(value.to_owned()),
                "profile" => self.profile = Some(value.to_owned()),
                "env" => self.env.push(pair().map(|(name, value)| (name.to_owned(), value.to_owned()))?),
                "stdin" => self.stdin = word["@stdin=".len()..].to_vec(),
                "file" => {
                    let name = pair()?.0.to_owned();
                    let content = word["@file=".len() + name.len() + 1..].to_vec();
                    self.files.push((name, content));
                }
                "out" => self.outputs.push(value.to_owned()),
                "bare" => self.bare = true,
                _ => return Err(format!("@{key} is no directive")),
            }
            next = words.next();
        }
        self.words = next.into_iter().chain(words).collect();
        Ok(())
    }
}

/// A word as [`split`] reads it.
fn quote(word: &[u8]) -> String {
    let plain = !word.is_empty() && word.iter().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(byte));
    let mut text = String::new();
    for byte in word {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'"' | b'\\' => text.extend(['\\', char::from(*byte)]),
            0x20..=0x7e => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    if plain { text } else { format!("\"{text}\"") }
}

fn split(text: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quoted = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            b' ' | b'\t' if !quoted => words.extend(word.take()),
            b'\\' => {
                let escaped = match bytes.next() {
                    Some(b'n') => b'\n',
                    Some(b't') => b'\t',
                    Some(b'x') => {
                        let digits = [bytes.next().unwrap_or(b'!'), bytes.next().unwrap_or(b'!')];
                        let digits = std::str::from_utf8(&digits).unwrap_or("!");
                        u8::from_str_radix(digits, 16).map_err(|_| "bad \\x".to_owned())?
                    }
                    Some(other) => other,
                    None => return Err("a lone backslash at the end".to_owned()),
                };
                word.get_or_insert_default().push(escaped);
            }
            _ => word.get_or_insert_default().push(byte),
        }
    }
    if quoted {
        return Err("an open quote".to_owned());
    }
    words.extend(word);
    Ok(words)
}

/// What a run did, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    lines: Vec<String>,
}

/// So many requests are kept one by one; a longer conversation keeps a digest of the rest.
const REQUESTS_SHOWN: usize = 48;

impl Recording {
    pub fn of(ran: &Ran) -> Recording {
        let mut lines = vec![format!("status {}", ran.status)];
        lines.push("--- requests".to_owned());
        lines.extend(ran.requests.iter().take(REQUESTS_SHOWN).cloned());
        if ran.requests.len() > REQUESTS_SHOWN {
            let rest = &ran.requests[REQUESTS_SHOWN..];
            lines.push(format!("... {} more, digest {:016x}", rest.len(), digest(rest)));
        }
        let streams = [("stdout".to_owned(), &ran.stdout), ("stderr".to_owned(), &ran.stderr)];
        let files = ran.files.iter().map(|(name, content)| (format!("file {name}"), content));
        for (title, content) in streams.into_iter().chain(files) {
            lines.push(format!("--- {title}"));
            lines.extend(content.split_inclusive(|byte| *byte == b'\n').map(|line| match line.strip_suffix(b"\n") {
                Some(line) => format!("|{}", escape(line)),
                None => format!(":{}", escape(line)),
            }));
        }
        Recording { lines }
    }

    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    fn parse_all(text: &str) -> BTreeMap<String, Recording> {
        let mut all = BTreeMap::new();
        let mut name = None;
        for line in text.lines() {
            if let Some(next) = line.strip_prefix("=== ") {
                name = Some(next.to_owned());
                all.insert(next.to_owned(), Recording { lines: Vec::new() });
            } else if let Some(recording) = name.as_ref().and_then(|name| all.get_mut(name)) {
                recording.lines.push(line.to_owned());
            }
        }
        all
    }
}

/// FNV-1a: it only has to notice a change.
fn digest(lines: &[String]) -> u64 {
    lines
        .iter()
        .flat_map(|line| line.bytes().chain([b'\n']))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn escape(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len()), |mut text, byte| {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\t' => text.push_str("\\t"),
            0x20..=0x7e => text.push(char::from(*byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
        text
    })
}

/// The `*.cases` files below a folder, in order.
pub fn case_files(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "cases") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// What the ids of cases begin with that are known to fail.
pub fn pending(root: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(root.join("pending.txt")).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}
