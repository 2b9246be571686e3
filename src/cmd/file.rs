//! Files the user names, opened with the reference's caution: a file to write must be new, or a
//! regular file that nobody else has a name for.

use crate::family::{Context, Status};
use crate::out::{Output, bytes_of, errno_text};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The path a word names.
pub fn path_of(word: &str) -> PathBuf {
    Path::new(OsStr::from_bytes(&bytes_of(word))).to_owned()
}

/// Opens a file to write, emptied; what is wrong with it has been said when there is none.
pub fn create(context: &Context, word: &str) -> Option<File> {
    let path = path_of(word);
    let out = &context.out;
    let options = || {
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o666);
        options
    };
    let opened = match fs::symlink_metadata(&path) {
        Err(_) => options().create(true).truncate(true).open(&path),
        Ok(before) => {
            if !before.file_type().is_file() {
                out.error(&format!("File {word} has invalid mode: {}", before.mode()));
                return None;
            }
            if before.nlink() != 1 {
                out.error(&format!("File {word} has invalid link count: {} != 1", before.nlink()));
                return None;
            }
            // Emptied only once it is certain that the open file is the one that was looked at.
            options().open(&path).and_then(|file| {
                let now = file.metadata()?;
                if (now.ino(), now.dev(), now.uid()) != (before.ino(), before.dev(), before.uid()) {
                    return Err(io::Error::other("the file has been replaced"));
                }
                file.set_len(0)?;
                Ok(file)
            })
        }
    };
    opened.map_err(|error| out.error(&format!("Unable to open file {word} for write: {}", errno_text(&error)))).ok()
}

/// Opens a file to read; what is wrong with it has been said when there is none.
pub fn open(out: &Output, word: &str) -> Option<File> {
    let path = path_of(word);
    if fs::symlink_metadata(&path).is_err() {
        out.error(&format!("File {word} does not exist"));
        return None;
    }
    File::open(&path).map_err(|error| out.error(&format!("Unable to open file {word}: {}", errno_text(&error)))).ok()
}

/// Writes a whole file.
pub fn write(context: &Context, word: &str, bytes: &[u8]) -> Status {
    let Some(mut file) = create(context, word) else { return Status::FAILED };
    match file.write_all(bytes) {
        Ok(()) => Status::OK,
        Err(error) => {
            context.out.error(&format!("Error writing to output file {word}: {}", errno_text(&error)));
            Status::FAILED
        }
    }
}

/// Reads a file of at most `limit` bytes; what is wrong with it has been said when there is none.
pub fn read(context: &Context, word: &str, limit: usize) -> Option<Vec<u8>> {
    let out = &context.out;
    let mut bytes = Vec::new();
    // One byte more shows that a file is too large.
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    if let Err(error) = open(out, word)?.take(most).read_to_end(&mut bytes) {
        out.error(&format!("Unable to read file {word}: {}", errno_text(&error)));
        return None;
    }
    if bytes.len() > limit {
        out.error(&format!("File {word} is larger than {limit} bytes"));
        return None;
    }
    Some(bytes)
}
