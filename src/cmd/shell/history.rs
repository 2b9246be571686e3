//! The lines typed into the shell, kept from one run to the next in a file only its user may read.
//! A line that holds a password is not kept.

use crate::cli::number;
use crate::cli::script::shell_words;
use crate::tables::codes::NET_FNS;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Lines kept in the file.
const MOST_LINES: usize = 1000;

/// The file: `ipmitool/history` in the user's state folder. `None` for a user without a home.
pub fn path() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(state.join("ipmitool/history"))
}

/// Whether a line may be kept.
pub fn may_keep(line: &str) -> bool {
    let words = shell_words(line.as_bytes());
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    let secret = words.iter().any(|word| {
        let word = word.to_ascii_lowercase();
        word == "pass" || word.contains("passw")
    });
    // `user test` takes a password, and so does Set User Password as a raw request (06/47).
    let tested = word(0) == "user" && word(1) == "test";
    let application = number::parse_u8(word(1)).ok() == Some(6) || NET_FNS.code(word(1)) == Some(6);
    let raw = word(0) == "raw" && application && number::parse_u8(word(2)).ok() == Some(0x47);
    !secret && !tested && !raw
}

/// The lines of earlier runs, oldest first. What cannot be read is no history.
pub fn load(path: &Path) -> Vec<String> {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let surplus = lines.len().saturating_sub(MOST_LINES);
    lines[surplus..].to_vec()
}

/// Writes the lines that are left of a file that has grown too long.
pub fn shorten(path: &Path, lines: &[String]) {
    if lines.len() < MOST_LINES {
        return;
    }
    let beside = path.with_extension("new");
    let mut text = lines.join("\n");
    text.push('\n');
    let written = open(&beside, true).and_then(|mut file| file.write_all(text.as_bytes()));
    // Where it cannot be shortened it stays long.
    let _ = written.and_then(|()| fs::rename(&beside, path));
}

/// Adds a line. A history that cannot be written is no reason to fail.
pub fn append(path: &Path, line: &str) {
    if let Some(folder) = path.parent() {
        let _ = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    }
    let _ = open(path, false).and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
}

fn open(path: &Path, empty: bool) -> std::io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    let options = if empty { options.write(true).truncate(true) } else { options.append(true) };
    let file = options.open(path)?;
    // It may be there already, with the mode somebody else gave it.
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_kept() {
        for line in [
            "set password secret",
            "set pass secret",
            "user set password 2 secret",
            "lan set 1 password secret",
            "user test 2 20 secret",
            "raw 6 0x47 2 2 0x73",
            "raw application 71 2 2",
            "mc setsysinfo \"my Password\"",
        ] {
            assert!(!may_keep(line), "{line}");
        }
        for line in ["chassis power status", "raw 6 1", "user list", "echo"] {
            assert!(may_keep(line), "{line}");
        }
    }

    #[test]
    fn the_file_is_its_users_alone() {
        let folder = std::env::temp_dir().join(format!("history-{}", std::process::id()));
        let path = folder.join("state/history");
        append(&path, "mc info");
        append(&path, "sel list");
        assert_eq!(load(&path), ["mc info", "sel list"]);
        let mode = fs::metadata(&path).map(|metadata| metadata.permissions().mode() & 0o777);
        assert_eq!(mode.ok(), Some(0o600));
        let many: Vec<String> = (0..2 * MOST_LINES).map(|number| number.to_string()).collect();
        assert!(fs::write(&path, many.join("\n")).is_ok());
        let kept = load(&path);
        assert_eq!((kept.len(), kept[0].as_str()), (MOST_LINES, "1000"));
        shorten(&path, &kept);
        assert_eq!(load(&path), kept);
        drop(fs::remove_dir_all(&folder));
    }
}
