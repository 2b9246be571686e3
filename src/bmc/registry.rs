//! Enterprise names: from the machine's own registry where it differs from the compiled-in one.
//!
//! Nothing is read before a name is wanted, and then as a rule only the first few hundred bytes of
//! the registry's text, to see whether it is the edition that is compiled in.

use crate::tables::{iana, unknown};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::OnceLock;

/// Where the registry lies below the user's home and in the system.
const USER_FILE: &str = ".local/usr/share/misc/enterprise-numbers.txt";
const SYSTEM_FILE: &str = "/usr/share/misc/enterprise-numbers.txt";

/// Longer lines than this are no registry's.
const MAX_LINE: u64 = 64 * 1024;

/// Looks enterprise names up.
#[derive(Debug, Default)]
pub struct Registry {
    /// The text to search, once it is known; none when the compiled-in table serves.
    text: OnceLock<Option<PathBuf>>,
}

impl Registry {
    /// The name of an enterprise as bytes, or `Unknown (0x..)`.
    pub fn name(&self, number: u32) -> Vec<u8> {
        let found = match self.text.get_or_init(other_edition) {
            None => iana::name_with(number, iana::compiled).map(<[u8]>::to_vec),
            Some(path) => {
                let name = search(path, number);
                iana::name_with(number, |_| name.as_deref()).map(<[u8]>::to_vec)
            }
        };
        found.unwrap_or_else(|| unknown(number).into_owned().into_bytes())
    }
}

/// The machine's own registry, when it is not the edition that is compiled in.
fn other_edition() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(USER_FILE));
    let path = home.into_iter().chain([PathBuf::from(SYSTEM_FILE)]).find(|path| File::open(path).is_ok())?;
    let mut file = File::open(&path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut start = Vec::new();
    file.by_ref().take(512).read_to_end(&mut start).ok()?;
    let dated = start.windows(iana::SOURCE_DATE.len()).any(|window| window == iana::SOURCE_DATE);
    (length != iana::SOURCE_LENGTH || !dated).then_some(path)
}

fn search(path: &PathBuf, number: u32) -> Option<Vec<u8>> {
    let mut reader = BufReader::with_capacity(64 * 1024, File::open(path).ok()?);
    let mut scanner = iana::Scanner::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        if let Some((found, name)) = scanner.line(&line)
            && found == u64::from(number)
        {
            return Some(name.to_vec());
        }
    }
}
