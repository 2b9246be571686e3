//! `fru upgEkey`: the multirecord area (electronic keying) of an image in a file takes the place of a FRU's.

use super::{id_and_file, listener, verify};
use crate::bmc::fru::FruDevice;
use crate::cmd::file::path_of;
use crate::family::{Context, Status};
use crate::ipmi::fru::{CommonHeader, RecordHeader, checksum};
use crate::out::errno_text;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

const USAGE: [&str; 3] = [
    "fru upgEkey <fru id> <fru file>",
    "Note: FRU ID and file(incl. full path) must be specified.",
    "Example: ipmitool fru upgEkey 0 /root/fru.bin",
];

/// A FRU device and where its multirecord area begins.
pub struct Location {
    /// The device.
    pub device: FruDevice,
    /// Bytes from the beginning; 0 where there is no such area.
    pub start: u16,
}

/// Finds a FRU's multirecord area; why it cannot be found is said, if at all, on stdout.
pub async fn locate(context: &Context, id: u8) -> Option<Location> {
    /// The completion code of a device that is not there.
    const TIMEOUT: u8 = 0xc3;
    let Context { bmc, out, .. } = context;
    let device = match bmc.open_fru(id).await {
        Ok(device) => device,
        Err(error) => {
            match error.code().map(|code| code.0) {
                Some(TIMEOUT) => out.println("  Timeout accessing FRU info. (Device not present?)"),
                Some(code) => out.println(&format!("   CCODE = 0x{code:02x}")),
                None => {}
            }
            return None;
        }
    };
    if device.info.size == 0 {
        return None;
    }
    match device.header(bmc).await {
        Ok(header) if header.version == CommonHeader::VERSION => Some(Location { device, start: header.multirecord }),
        Ok(header) => {
            out.println(&format!("  Unknown FRU header version {:02x}.", header.version));
            None
        }
        Err(error) => {
            if error.code().is_some_and(|code| code.0 == TIMEOUT) {
                out.println("  Timeout while reading FRU data. (Device not present?)");
            }
            None
        }
    }
}

/// `fru upgEkey`.
pub async fn run(context: &Context, words: &[String]) -> Status {
    let (id, file) = match id_and_file(context, words, &USAGE) {
        Ok(found) => found,
        Err(status) => return status,
    };
    let fail = |message: &str| {
        context.out.error(message);
        Status::FAILED
    };
    let Some(Location { mut device, start }) = locate(context, id).await else {
        return fail("Failed to get multirec location from FRU.");
    };
    let Some((place, length)) = measure(context, file) else {
        return fail(&format!("Failed to get multirec size from file '{file}'."));
    };
    let Some(mut bytes) = load(context, file, place, length) else {
        return fail(&format!("Failed to get multirec from file '{file}'."));
    };
    let Some(length) = records(context, &bytes) else { return fail("Failed to adjust size from buffer.") };
    if length > bytes.len() {
        // A record that the file does not hold cannot be written, even where there is room for it.
        if usize::from(start) + length <= usize::from(device.info.size) {
            context.out.error(UNSOUND);
            return fail("Failed to adjust size from buffer.");
        }
        bytes.resize(length, 0);
    }
    // Reference: success counts as failure, and a write that failed midway as success.
    let outcome = device.write(&context.bmc, start.into(), &bytes[..length], &listener(context)).await;
    if outcome.is_some()
        && let Err(status) = verify(context, &mut device, start.into(), &bytes[..length]).await
    {
        return status;
    }
    match outcome {
        Some(false) => {
            context.out.info("Done upgrading Ekey.");
            Status::OK
        }
        _ => fail("Failed to write FRU area."),
    }
}

/// Said of a record whose header does not sum to zero.
const UNSOUND: &str = "Bad checksum in Multi Records";

/// Where the multirecord area of an image begins and how long it is. Reference: to the end of the file,
/// whatever comes after it; an area beyond the end has a length that nobody could read.
fn measure(context: &Context, file: &str) -> Option<(u16, Option<u64>)> {
    let mut head = Vec::new();
    let mut end = 0;
    if let Ok(mut opened) = File::open(path_of(file)) {
        let _ = (&mut opened).take(CommonHeader::LENGTH.into()).read_to_end(&mut head);
        end = opened.seek(SeekFrom::End(0)).unwrap_or(0);
    }
    if head.len() < usize::from(CommonHeader::LENGTH) {
        context.out.println(&format!("Error with file {file} in getting size"));
        return None;
    }
    let header = CommonHeader::decode(&head);
    if header.version != CommonHeader::VERSION {
        context.out.println(&format!("Unknown FRU header version {:02x}.", header.version));
        return None;
    }
    Some((header.multirecord, end.checked_sub(header.multirecord.into())))
}

/// The largest area that is worth loading: a FRU device is smaller.
const LARGEST: u64 = 1 << 16;

fn load(context: &Context, file: &str, place: u16, length: Option<u64>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let outcome = File::open(path_of(file)).and_then(|mut opened| {
        opened.seek(SeekFrom::Start(place.into()))?;
        opened.take(LARGEST).read_to_end(&mut bytes)
    });
    match outcome {
        Err(error) if bytes.is_empty() => {
            let number = error.raw_os_error().unwrap_or(0);
            context.out.error(&format!("Error opening file '{file}': {number} -> {}.", errno_text(&error)));
            None
        }
        _ if length.is_none_or(|length| length == 0) => {
            context.out.error(&format!("Error in file '{file}'."));
            None
        }
        _ => Some(bytes),
    }
}

/// How many bytes the records take, up to the one that says that it is the last, which may end beyond the
/// bytes; none where a header does not sum to zero.
fn records(context: &Context, bytes: &[u8]) -> Option<usize> {
    const HEADER: usize = RecordHeader::LENGTH as usize;
    let out = &context.out;
    let verbose = out.verbose();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!(" {byte:02X}")).collect::<String>();
    let mut place = 0;
    loop {
        let header = bytes.get(place..place + HEADER);
        if verbose > 0 {
            out.print(&format!("Adding ({})", hex(header.unwrap_or_default())));
        }
        let Some(header) = header.filter(|header| checksum(header) == 0) else {
            out.error(UNSOUND);
            if verbose > 0 {
                out.print("--> FAIL\n");
            }
            return None;
        };
        let header = RecordHeader::decode(header);
        let end = place + HEADER + usize::from(header.length);
        if verbose > 0 {
            let data = bytes.get(place + HEADER..end).filter(|_| verbose > 1).unwrap_or_default();
            out.print(&format!("--> OK{}\n", hex(data)));
        }
        place = end;
        if header.is_last {
            return Some(place);
        }
    }
}
