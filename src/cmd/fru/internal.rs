//! `fru internaluse`: the area in which a manufacturer keeps what it likes.

use super::transfer::save;
use super::{check_file_name, check_size, fru_id, listener, say_absent, unknown_version, verify};
use crate::bmc::fru::FruDevice;
use crate::cmd::file::path_of;
use crate::family::{Context, Status};
use crate::ipmi::fru::CommonHeader;
use crate::out::{Page, Report, hex_bytes};
use crate::{line, put};
use serde::Serialize;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

const USAGE: [&str; 4] = [
    "fru internaluse <fru id> info             - get internal use area size",
    "fru internaluse <fru id> print            - print internal use area in hex",
    "fru internaluse <fru id> read  <fru file> - read internal use area to file",
    "fru internaluse <fru id> write <fru file> - write internal use area from file",
];

/// `fru internaluse`.
pub async fn run(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    let refuse = || {
        out.error("Either unknown command or not enough parameters given.");
        context.misused(&USAGE)
    };
    let outcome = match words {
        [word, ..] if word == "help" => {
            out.notices(&USAGE);
            return Status::OK;
        }
        [id, verb, rest @ ..] => match (verb.as_str(), rest) {
            ("info", _) => info(context, id).await,
            ("print", _) => print(context, id).await,
            ("read", [file, ..]) => read(context, id, file).await,
            ("write", [file, ..]) => write(context, id, file).await,
            _ => return refuse(),
        },
        _ => return refuse(),
    };
    outcome.into()
}

/// The area: its device, where it begins and how long it is.
struct Area {
    device: FruDevice,
    start: u16,
    length: u16,
}

/// How large the area is.
#[derive(Serialize)]
struct Size {
    offset: u16,
    size_bytes: u16,
}

impl Report for Size {
    fn text(&self, page: &mut Page) {
        line!(page, "Internal Use Area Size  : {}", self.size_bytes);
    }
}

/// What the area holds.
#[derive(Serialize)]
struct Contents {
    /// Hexadecimal.
    data: String,
    #[serde(skip)]
    bytes: Vec<u8>,
}

impl Report for Contents {
    fn text(&self, page: &mut Page) {
        for (number, row) in self.bytes.chunks(16).enumerate() {
            put!(page, "\n{number:02}- ");
            row.iter().for_each(|byte| put!(page, "{byte:02X} "));
        }
        line!(page);
    }
}

/// Finds the area. Reference: it ends where the next area in the header's order begins, wherever that is.
async fn find(context: &Context, id: u8) -> Option<Area> {
    let bmc = &context.bmc;
    let device = bmc.open_fru(id).await.map_err(|error| say_absent(context, &error)).ok()?;
    check_size(context, device.info.size).ok()?;
    let header = device.header(bmc).await.map_err(|error| say_absent(context, &error)).ok()?;
    if header.version != CommonHeader::VERSION {
        context.out.error(&unknown_version(header.version));
        return None;
    }
    let start = header.internal;
    let others = [header.chassis, header.board, header.product, header.multirecord];
    let end = others.into_iter().find(|other| *other != 0).unwrap_or(device.info.size);
    Some(Area { device, start, length: if start == 0 { 0 } else { end.wrapping_sub(start) } })
}

/// The same, with the size shown. Reference: only `info` fails where the area cannot be reached.
async fn found(context: &Context, id: u8, failed: Status) -> Result<Area, Status> {
    let Some(area) = find(context, id).await else {
        context.out.error("Cannot access internal use area");
        return Err(failed);
    };
    context.out.report(&Size { offset: area.start, size_bytes: area.length });
    Ok(area)
}

async fn info(context: &Context, id: &str) -> Result<(), Status> {
    found(context, fru_id(context, id)?, Status::FAILED).await.map(drop)
}

/// The area's bytes; none where they cannot be read.
async fn contents(context: &Context, mut area: Area) -> Option<Vec<u8>> {
    area.device.read_in_fixed_chunks();
    let listener = listener(context);
    let read = area.device.read(&context.bmc, area.start.into(), area.length.into(), &listener).await;
    read.complete.then_some(read.bytes)
}

async fn print(context: &Context, id: &str) -> Result<(), Status> {
    let area = found(context, fru_id(context, id)?, Status::OK).await?;
    match contents(context, area).await {
        Some(bytes) => context.out.report(&Contents { data: hex_bytes(&bytes), bytes }),
        None => context.out.println(""),
    }
    Ok(())
}

async fn read(context: &Context, id: &str, file: &str) -> Result<(), Status> {
    let id = fru_id(context, id)?;
    check_file_name(context, file)?;
    let area = found(context, id, Status::OK).await?;
    if let Some(bytes) = contents(context, area).await {
        save(context, file, &bytes)?;
    }
    context.out.println("");
    Ok(())
}

async fn write(context: &Context, id: &str, file: &str) -> Result<(), Status> {
    let out = &context.out;
    let id = fru_id(context, id)?;
    check_file_name(context, file)?;
    let mut area = found(context, id, Status::OK).await?;
    // Reference: a file that cannot be opened is passed over in silence.
    let Ok(mut opened) = File::open(path_of(file)) else { return Ok(()) };
    let length = opened.seek(SeekFrom::End(0)).unwrap_or(u64::MAX);
    // Reference: progress, said as errors.
    out.error(&format!("File Size: {}", length as i32));
    out.error(&format!("Area Size: {}", area.length));
    if length as u32 != u32::from(area.length) {
        out.error("File size does not fit Eeprom Size");
        return Ok(());
    }
    let mut bytes = Vec::new();
    let whole = opened.seek(SeekFrom::Start(0)).and_then(|_| opened.take(area.length.into()).read_to_end(&mut bytes));
    if whole.is_err() || bytes.len() != usize::from(area.length) {
        out.error(&format!("Unable to read file: {}\n", bytes.len()));
        return Ok(());
    }
    let listener = listener(context);
    // Reference: "Done" is what is said of a write that failed midway.
    if area.device.write(&context.bmc, area.start.into(), &bytes, &listener).await == Some(false) {
        out.info("Done\n");
    }
    verify(context, &mut area.device, area.start.into(), &bytes).await
}
