//! The process around a run: environment, files, terminal.

use crate::cli::{Secret, Surroundings, Unopened};
use crate::out::bytes_of;
use crate::sys::{process, terminal};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;

/// What has to be set right before anything else.
pub fn prepare() {
    process::inherit_sigpipe();
}

/// Lets an interrupt end the process without a word. Reference: so it is while options are read and
/// secrets asked for.
pub fn exit_on_interrupt() {
    process::exit_on_interrupt();
}

/// Hides from the process list what an option was given, as its own word or after `=`. The first of
/// `words` is the process's argument `first`.
pub fn scrub_values(words: &[OsString], option: &str, first: usize) {
    for (index, word) in words.iter().enumerate() {
        if word == option {
            process::scrub_argument(first + index + 1, 0);
        } else if word.as_bytes().starts_with(format!("{option}=").as_bytes()) {
            process::scrub_argument(first + index, option.len() + 1);
        }
    }
}

/// The process's own surroundings.
pub struct Process;

impl Surroundings for Process {
    fn env(&self, name: &str) -> Option<Vec<u8>> {
        std::env::var_os(name).map(OsString::into_vec)
    }

    fn prompt(&mut self, prompt: &str) -> Option<Secret> {
        terminal::ask_secret(&bytes_of(prompt)).ok().map(Secret::new)
    }

    fn read_start(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, Unopened> {
        let mut start = Vec::new();
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let bytes = bytes_of(path);
        let path = OsStr::from_bytes(&bytes);
        fs::symlink_metadata(path).map_err(|_| Unopened::Absent)?;
        let file = File::open(path).map_err(Unopened::Refused)?;
        drop(file.take(limit).read_to_end(&mut start));
        Ok(start)
    }

    fn is_world_readable(&self, path: &str) -> bool {
        let permissions = std::fs::metadata(OsStr::from_bytes(&bytes_of(path))).map(|found| found.permissions().mode());
        permissions.is_ok_and(|mode| mode & 0o004 != 0)
    }

    fn scrub(&mut self, word: usize, offset: usize) {
        // The words are counted without the program's name.
        process::scrub_argument(word + 1, offset);
    }
}
