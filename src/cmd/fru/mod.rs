//! `fru`: what field-replaceable units say of themselves.

mod area;
mod ekeying;
mod field;
mod internal;
mod multirecord;
mod oem;
mod picmg;
mod print;
mod resize;
mod transfer;

pub use print::show_located;

use super::tree::{self, Choice, Rest};
use crate::bmc::CallError;
use crate::bmc::fru::{FruDevice, FruEvent};
use crate::cli::number;
use crate::family::{Context, Family, Running, Status, because};
use crate::out::{bytes_of, completion_text};
use clap::Subcommand;

/// The `fru` family.
pub const FRU: Family = Family {
    name: "fru",
    summary: Some("Print built-in FRU and scan SDR for FRU locators"),
    tree: || tree::bare::<Leaf>("fru"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show one FRU, or all of them
    #[command(alias = "list")]
    Print(Rest),
    /// Save a FRU's whole image in a file
    Read(Rest),
    /// Write a FRU's image from a file
    Write(Rest),
    /// Replace the multirecord area by that of an image in a file
    #[command(name = "upgEkey")]
    UpgEkey(Rest),
    /// Change a text field, or a multirecord
    Edit(Rest),
    /// Show, save or write the internal use area
    Internaluse(Rest),
    /// Show a manufacturer's multirecord
    Get(Rest),
    /// List the commands
    Help(Rest),
}

/// What `fru help` and every mistake in the first word say.
const COMMANDS: &str = "FRU Commands:  print read write upgEkey edit internaluse get";

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Missing => print::all(context).await,
            Choice::Chosen(Leaf::Print(rest)) => print::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Read(rest)) => transfer::read(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Write(rest)) => transfer::write(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::UpgEkey(rest)) => ekeying::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Edit(rest)) => edit(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Internaluse(rest)) => internal::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Get(rest)) => get(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                context.out.notice(COMMANDS);
                Status::OK
            }
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid FRU command: {word}"));
                context.out.notice(COMMANDS);
                Status::FAILED
            }
        }
    })
}

/// A FRU device id; what is wrong with it has been said when there is none.
fn fru_id(context: &Context, word: &str) -> Result<u8, Status> {
    number::parse_u8(word).map_err(|_| {
        context.out.error(&format!("FRU ID '{word}' is either invalid or out of range."));
        Status::FAILED
    })
}

/// Reference: file names are at most so long, less one.
const NAME_LIMIT: usize = 512;

/// Refuses file names that are none.
fn check_file_name(context: &Context, word: &str) -> Result<(), Status> {
    match bytes_of(word).len() {
        0 => context.out.error("File/path is invalid."),
        NAME_LIMIT.. => context.out.error("File/path must be shorter than 512 bytes."),
        _ => return Ok(()),
    }
    Err(Status::FAILED)
}

/// The device id and the file of `read`, `write` and `upgEkey`; or how that ends early.
fn id_and_file<'a>(context: &Context, words: &'a [String], usage: &[&str]) -> Result<(u8, &'a str), Status> {
    match words {
        [word, ..] if word == "help" => {
            context.out.notices(usage);
            Err(Status::OK)
        }
        [id, file, ..] => {
            let id = fru_id(context, id)?;
            check_file_name(context, file)?;
            Ok((id, file))
        }
        _ => Err(context.too_few(usage)),
    }
}

const EDIT_USAGE: [&str; 2] = [
    "fru edit <fruid> field <section> <index> <string> - edit FRU string",
    "fru edit <fruid> oem iana <record> <format> <args> - limited OEM support",
];

async fn edit(context: &Context, words: &[String]) -> Status {
    let [id, rest @ ..] = words else { return context.too_few(&EDIT_USAGE) };
    if id == "help" {
        context.out.notices(&EDIT_USAGE);
        return Status::OK;
    }
    let id = match verbose_id(context, id) {
        Ok(id) => id,
        Err(status) => return status,
    };
    match rest {
        [] => oem::edit(context, id).await,
        [verb, ..] if verb == "oem" => oem::edit(context, id).await,
        [verb, rest @ ..] if verb == "field" => match rest {
            [area, index, text] => field::edit(context, id, area, index, text).await,
            _ => context.too_few(&EDIT_USAGE),
        },
        [verb, ..] => {
            context.out.error(&format!("Invalid command: {verb}"));
            context.out.notices(&EDIT_USAGE);
            Status::FAILED
        }
    }
}

const GET_USAGE: [&str; 1] = ["fru get <fruid> oem iana <record> <format> <args> - limited OEM support"];

async fn get(context: &Context, words: &[String]) -> Status {
    let [id, rest @ ..] = words else { return context.too_few(&GET_USAGE) };
    if id == "help" {
        context.out.notices(&GET_USAGE);
        return Status::OK;
    }
    let id = match verbose_id(context, id) {
        Ok(id) => id,
        Err(status) => return status,
    };
    match rest {
        [] => oem::get(context, id, None).await,
        [verb, rest @ ..] if verb == "oem" => oem::get(context, id, Some(rest)).await,
        [verb, ..] => {
            context.out.error(&format!("Invalid command: {verb}"));
            context.out.notices(&GET_USAGE);
            Status::FAILED
        }
    }
}

/// A device id that is repeated under `-v`.
fn verbose_id(context: &Context, word: &str) -> Result<u8, Status> {
    let id = fru_id(context, word)?;
    if context.out.verbose() != 0 {
        context.out.println(&format!("FRU ID           : {id}"));
    }
    Ok(id)
}

/// Says why a device cannot be asked, on stdout as the reference does.
fn say_absent(context: &Context, error: &CallError) {
    context.out.println(&absent_text(error));
}

fn absent_text(error: &CallError) -> String {
    match error.code() {
        Some(code) => format!(" Device not present ({})", completion_text(code.0)),
        None => " Device not present (No Response)".to_owned(),
    }
}

/// Says what happens while a FRU is read or written, in the reference's words.
fn listener(context: &Context) -> impl Fn(FruEvent) + Send + Sync + use<> {
    let out = context.out.clone();
    move |event| match event {
        FruEvent::Beyond(place, size) => {
            out.error(&format!("Read FRU Area offset incorrect: {place} > {size}"));
        }
        FruEvent::Adjusted(end, left) => {
            out.notice(&format!("Read FRU Area length {end} too large, Adjusting to {left}"));
        }
        FruEvent::NoRoomToRead => out.error("Maximum response size is too small to send a read request"),
        FruEvent::NoRoomToWrite => out.error("Maximum request size is too small to send a write request"),
        FruEvent::SmallerRead(size) => out.info(&format!("Retrying FRU read with request size {size}")),
        FruEvent::SmallerWrite(size) => out.info(&format!("Retrying FRU write with request size {size}")),
        FruEvent::Unread(error) => out.notice(&format!("FRU Read failed{}", because(&error))),
        // Reference: on stdout, and without the end of its line.
        FruEvent::WrongAmount => out.print(" Not enough buffer size"),
        FruEvent::DoesNotFit => out.error("Return error"),
        FruEvent::Odd => out.error("Odd offset or length specified"),
        FruEvent::HeaderUnread(error) => out.error(&absent_text(&error)),
        FruEvent::HeaderUnsound => out.error(" Bad header checksum"),
        FruEvent::HeaderVersion(version) => out.error(&unknown_version(version)),
        FruEvent::Unaligned(place) => out.error(&format!(" Unaligned offset for a block: {place}")),
        FruEvent::Writing(count, None) => out.info(&format!("Writing {count} bytes")),
        FruEvent::Writing(count, Some((number, name))) => {
            out.info(&format!("Writing {count} bytes (Bloc #{number}: {name})"));
        }
        FruEvent::Wrote(count) => out.info(&format!("Wrote {count} bytes")),
        FruEvent::Protected(Ok((name, start, size))) => {
            out.info(&format!("Bloc [{name}] protected at offset: {start} (size {size} bytes)"));
            out.info("Jumping over this bloc");
        }
        FruEvent::Protected(Err(place)) => {
            out.info(&format!("Remaining FRU is protected following offset: {place}"));
        }
    }
}

fn unknown_version(version: u8) -> String {
    format!(" Unknown FRU header version 0x{version:02x}")
}

/// Under `--verify`, reads back what has been written. What differs has been said when this fails.
async fn verify(context: &Context, device: &mut FruDevice, start: usize, written: &[u8]) -> Result<(), Status> {
    if !context.settings.verify {
        return Ok(());
    }
    let read = device.read(&context.bmc, start, written.len(), &listener(context)).await;
    let differs = read.bytes.iter().zip(written).position(|(read, written)| read != written);
    match differs {
        None if read.complete => return Ok(()),
        Some(place) if read.complete => {
            context.out.error(&format!("The FRU differs from what was written from byte {} on.", start + place));
        }
        _ => context.out.error("What was written to the FRU cannot be read back."),
    }
    Err(Status::FAILED)
}

/// Refuses a device without a byte.
fn check_size(context: &Context, size: u16) -> Result<(), Status> {
    if size == 0 {
        context.out.error(&format!(" Invalid FRU size {size}"));
        return Err(Status::FAILED);
    }
    Ok(())
}
