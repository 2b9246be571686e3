//! `fru edit` without a field, and `fru get`: manufacturers' multirecords.

use super::ekeying::{Location, locate};
use super::{check_size, listener, say_absent};
use crate::cli::number;
use crate::family::{Context, Status};
use crate::ipmi::fru::RecordHeader;
use crate::line;
use crate::oem::hooks::manufacturers::KONTRON;
use crate::out::{Page, Report, text, until_nul};
use serde::Serialize;

/// A FRU whose multirecords are to be looked at. Reference: a failure to find them is none.
async fn open(context: &Context, id: u8) -> Result<Location, Status> {
    let location = locate(context, id).await.ok_or(Status::OK)?;
    let device = context.bmc.open_fru(id).await.map_err(|error| {
        say_absent(context, &error);
        Status::FAILED
    })?;
    check_size(context, device.info.size)?;
    Ok(Location { device, start: location.start })
}

/// `fru edit <id>` and `fru edit <id> oem ...`.
///
/// Reference: the device's size is forgotten before its records are read, so that nothing is ever found
/// and nothing changed.
pub async fn edit(context: &Context, id: u8) -> Status {
    let Location { mut device, start } = match open(context, id).await {
        Ok(location) => location,
        Err(status) => return status,
    };
    device.info.size = 0;
    device.info.by_words = false;
    device.read(&context.bmc, start.into(), 0, &listener(context)).await;
    Status::OK
}

/// The record id of Kontron's information record, the only one that is understood.
const INFORMATION: u8 = 3;
/// Record type of manufacturers' records.
const OEM: u8 = 0xc0;
/// The most that is read at once.
const CHUNK: usize = 260;

/// What `fru get` was given after `oem`.
struct Wanted<'a> {
    words: Option<&'a [String]>,
    /// Whether a mistake in them has been said: once is enough.
    is_bad: bool,
}

/// `fru get <id>` and `fru get <id> oem ...`.
///
/// Reference: what is read goes to the beginning of a buffer, but is looked for as far from there as the
/// records are from the device's beginning.
pub async fn get(context: &Context, id: u8, words: Option<&[String]>) -> Status {
    let Location { mut device, start } = match open(context, id).await {
        Ok(location) => location,
        Err(status) => return status,
    };
    let size = usize::from(device.info.size);
    let mut buffer = vec![0; room(size)];
    let mut wanted = Wanted { words, is_bad: false };
    let mut read = usize::from(start);
    let mut place = read;
    let listener = listener(context);
    loop {
        let length = buffer.get(place + 2).map_or(0, |byte| usize::from(*byte));
        if read < place + usize::from(RecordHeader::LENGTH) || read < place + length {
            // Beyond the device's end the reference asks for more than it has room for.
            let count = size.saturating_sub(read).min(CHUNK);
            if !device.read_into(&context.bmc, read, &mut buffer[..count], &listener).await {
                break;
            }
            read += count;
        }
        let header = RecordHeader::decode(buffer.get(place..).unwrap_or_default());
        let data = place + usize::from(RecordHeader::LENGTH);
        if header.kind == OEM && !record(context, &mut wanted, buffer.get(data..).unwrap_or_default()) {
            break;
        }
        // Reference: walks on behind the buffer, until a byte there passes for the mark of the last record. That is
        // the first of the allocator's word, or the one behind it; where it is another, nobody knows where it ends.
        let is_behind = place + 1 == buffer.len();
        place = data + usize::from(header.length);
        if header.is_last || is_behind || place >= buffer.len() + WORD {
            break;
        }
    }
    Status::OK
}

/// The word an allocator keeps behind the room it gives.
const WORD: usize = 8;

/// Room for a device's image as the reference gets it: a byte more than it needs, in steps of the allocator's.
fn room(size: usize) -> usize {
    (size + 1 + WORD).next_multiple_of(16).max(32) - WORD
}

/// Looks at one record; whether the next one is to be looked at.
fn record(context: &Context, wanted: &mut Wanted<'_>, data: &[u8]) -> bool {
    let out = &context.out;
    let byte = |place: usize| data.get(place).copied().unwrap_or(0);
    let manufacturer = u32::from_le_bytes([byte(0), byte(1), byte(2), 0]);
    let mut goes_on = true;
    let supplied = match wanted.words {
        // Reference: crashes here.
        None => return true,
        Some([]) => {
            out.error("oem iana <record> <format>");
            goes_on = false;
            0
        }
        Some([word, ..]) => number::parse_u32(word).unwrap_or_else(|_| {
            out.error(&format!("Given IANA '{word}' is invalid."));
            goes_on = false;
            0
        }),
    };
    if supplied != manufacturer {
        return goes_on;
    }
    if manufacturer != KONTRON {
        let name = text(&context.bmc.enterprise_name(manufacturer));
        out.println(&format!("  OEM IANA ({name}) Record not supported in this mode"));
        return false;
    }
    if !wanted.is_bad {
        information(context, wanted, data);
    }
    goes_on
}

/// Kontron's information record.
fn information(context: &Context, wanted: &mut Wanted<'_>, data: &[u8]) {
    let out = &context.out;
    let words = wanted.words.unwrap_or_default();
    if words.len() < 2 {
        out.println("usage: oem <iana> <recordid>");
        out.println("usage: oem 15000 3");
        wanted.is_bad = true;
        return;
    }
    let byte = |place: usize| data.get(place).copied().unwrap_or(0);
    if byte(3) != INFORMATION {
        return;
    }
    out.println("Kontron OEM Information Record");
    // Reference: the word that stands where an instance stands in `fru edit`, if it is there.
    let instance = words.get(4).map_or("(null)", String::as_str);
    if words.len() < 5 || number::parse_u8(instance).is_err() {
        out.error(&format!("Instance argument '{instance}' is either invalid or out of range."));
        wanted.is_bad = true;
        return;
    }
    let version = byte(4);
    let rows = out.named_list("components");
    let mut place = 6;
    for _ in 0..byte(5) {
        let length = usize::from(byte(place) & 0x3f);
        let field = |start: usize, width: usize| {
            let bytes: Vec<u8> = (start..start + width).map(byte).collect();
            format!("{:>width$}", text(until_nul(&bytes)))
        };
        let name = field(place + 1, length);
        place += 1 + length;
        let width = if version == 0 { 8 } else { 10 };
        let mut details = None;
        if version < 2 {
            let mut at = place + 1;
            let mut next = |width: usize| {
                let value = field(at, width);
                at += width + 1;
                value
            };
            details =
                Some(Details { version: next(width), build_date: next(8), update_date: next(8), checksum: next(8) });
            // Reference: a byte further than the fields reach.
            place = at;
        }
        rows.push(&Component { name, record_version: version, details });
        if place >= data.len() {
            break;
        }
    }
}

/// One component of which Kontron's record tells.
#[derive(Serialize)]
struct Component {
    name: String,
    record_version: u8,
    /// None where the record's version is unknown.
    details: Option<Details>,
}

/// What is known of a component.
#[derive(Serialize)]
struct Details {
    version: String,
    build_date: String,
    update_date: String,
    checksum: String,
}

impl Report for Component {
    fn text(&self, page: &mut Page) {
        line!(page, "  Name: {}", self.name);
        line!(page, "  Record Version: {}", self.record_version);
        match &self.details {
            Some(Details { version, build_date, update_date, checksum }) => {
                line!(page, "  Version: {version}");
                line!(page, "  Build Date: {build_date}");
                line!(page, "  Update Date: {update_date}");
                line!(page, "  Checksum: {checksum}\n");
            }
            None => line!(page, "  Unsupported version {}", self.record_version),
        }
    }
}
