//! Files of entries: raw records (`sel readraw`), events to add (`sel add`). Whatever they hold, nothing
//! but what can be read is shown or sent.

use super::row::{SelRow, Style};
use crate::cli::number;
use crate::cmd::file;
use crate::family::{Context, Status, because};
use crate::ipmi::sel::{AddSelEntry, SelEvent, SelRecord};
use crate::out::{errno_text, hex_bytes, text};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

/// `sel readraw` and `sel ereadraw`.
pub async fn read_raw(context: &Context, words: &[String], verb: &str, style: Style) -> Status {
    let out = &context.out;
    let Some(word) = words.first() else {
        out.notice(&format!("usage: sel {verb} <filename>"));
        return Status::OK;
    };
    let Some(file) = file::open(out, word) else {
        out.error("ipmitool: could not open input file.");
        return Status::FAILED;
    };
    let mut reader = BufReader::new(file);
    let rows = out.list();
    loop {
        let mut bytes = [0; 16];
        match fill(&mut reader, &mut bytes) {
            16 => rows.push(&SelRow::read(context, &SelRecord::from_stored(bytes), style.clone()).await),
            0 => return Status::OK,
            _ => {
                out.error("ipmitool: incomplete record found in file.");
                return Status::FAILED;
            }
        }
    }
}

/// Fills a buffer from a file, and tells how far. Reference: what cannot be read counts as the end.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    filled
}

/// A line of a file as C's `fgets` reads it: at most so many bytes, with its newline. None at the end.
pub fn line(reader: &mut BufReader<File>, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    reader.take(limit).read_until(b'\n', &mut line)?;
    Ok((!line.is_empty()).then_some(line))
}

/// Bytes of a line at most. Reference: what is longer counts as several lines.
const LINE: u64 = 1023;
/// Words of a line that make an event.
const WORDS: usize = 7;

/// Reads the seven bytes of an event from a line, which may end in a comment.
///
/// The buffer keeps what earlier lines left in it, as in the reference, whose complaint shows it. A number that
/// is too large leaves its byte alone, a word that is none clears it.
/// `Ok(false)` is a line without anything, `Err` one that is no event.
fn parse_event(line: &[u8], bytes: &mut [u8; WORDS]) -> Result<bool, ()> {
    let line = line.split(|byte| matches!(byte, 0 | b'#')).next().unwrap_or(line);
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let Some(start) = line.iter().position(|byte| !is_blank(byte)) else { return Ok(false) };
    let end = line.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    let mut words = line[start..end].split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    for byte in bytes.iter_mut() {
        let word = words.next().ok_or(())?;
        let value = number::unsigned(&text(word)).map_err(|_| *byte = 0)?;
        *byte = u8::try_from(value).map_err(|_| ())?;
    }
    Ok(true)
}

/// `sel add`. Reference: a line that is no event is passed over; an event that is refused ends it.
pub async fn add(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    let Some(word) = words.first() else {
        out.notice("usage: sel add <filename>");
        return Status::OK;
    };
    let Some(file) = file::open(out, word) else { return Status::FAILED };
    let mut reader = BufReader::new(file);
    let rows = out.list();
    let style = Style::AlwaysLine { named: context.memory.sel_names };
    let mut bytes = [0; WORDS];
    loop {
        let line = match line(&mut reader, LINE) {
            Ok(Some(line)) => line,
            Ok(None) => return Status::OK,
            Err(error) => {
                out.error(&format!("Error reading from input file {word}: {}", errno_text(&error)));
                return Status::FAILED;
            }
        };
        match parse_event(&line, &mut bytes) {
            Ok(false) => {}
            Ok(true) => {
                let record = SelRecord::event(0, &event(bytes));
                // Reference: the entry is shown before it is sent.
                rows.push(&SelRow::read(context, &record, style.clone()).await);
                if let Err(error) = context.bmc.call(&AddSelEntry { record }).await {
                    out.error(&format!("Add SEL Entry failed{}", because(&error)));
                    return Status::FAILED;
                }
            }
            // Reference: it shows eight bytes, of which an event has seven.
            Err(()) => out.error(&format!("Invalid Event: {}00", hex_bytes(&bytes))),
        }
    }
}

/// System management software (IPMI 2.0 table 5-4), as a generator of events.
const SOFTWARE: u16 = 0x41;

fn event([revision, sensor_type, sensor, type_byte, d1, d2, d3]: [u8; WORDS]) -> SelEvent {
    SelEvent {
        timestamp: 0,
        generator: SOFTWARE,
        revision,
        sensor_type,
        sensor,
        event_type: type_byte & 0x7f,
        deasserted: type_byte & 0x80 != 0,
        data: [d1, d2, d3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, RngCore, SeedableRng};

    #[test]
    fn lines() {
        let mut bytes = [0; WORDS];
        for (line, outcome) in [
            ("0x04 1 010 4 5 6 7 # text\n", Ok(true)),
            (" 1  2 3 4 5 6 7 8 \r\n", Ok(true)),
            ("# 1 2 3 4 5 6 7\n", Ok(false)),
            (" \t\n", Ok(false)),
            ("1 2 3 4 5 6\n", Err(())),
            ("1 2 3 4 5 6 x\n", Err(())),
            ("1 2 3 4 5 6 256\n", Err(())),
            ("1\t2 3 4 5 6 7\n", Err(())),
        ] {
            assert_eq!(parse_event(line.as_bytes(), &mut bytes), outcome, "{line:?}");
        }
        assert_eq!(parse_event(b"0x04 1 010 4 5 6 7", &mut bytes), Ok(true));
        assert_eq!(bytes, [4, 1, 8, 4, 5, 6, 7]);
        assert_eq!(parse_event(b"9 256", &mut bytes), Err(()));
        assert_eq!(bytes, [9, 1, 8, 4, 5, 6, 7]);
        assert_eq!(parse_event(b"9 x", &mut bytes), Err(()));
        assert_eq!(bytes, [9, 0, 8, 4, 5, 6, 7]);
    }

    #[test]
    fn any_line_is_read_or_refused() {
        let mut random = StdRng::seed_from_u64(2);
        for _ in 0..3000 {
            let mut line = vec![0; random.random_range(0..64)];
            random.fill_bytes(&mut line);
            if random.random() {
                line.iter_mut().for_each(|byte| *byte = b"0123 9x#\t\n\0-"[usize::from(*byte) % 12]);
            }
            let _ = parse_event(&line, &mut [0; WORDS]);
        }
    }
}
