//! `fru read` and `fru write`: a FRU's whole image, from and to a file.

use super::{id_and_file, listener, verify};
use crate::bmc::fru::FruDevice;
use crate::cmd::file::path_of;
use crate::family::{Context, Status};
use crate::ipmi::fru::check_image;
use crate::out::errno_text;
use std::fs::File;
use std::io::{IsTerminal, Read, Write};

const READ_USAGE: [&str; 3] = [
    "fru read <fru id> <fru file>",
    "Note: FRU ID and file(incl. full path) must be specified.",
    "Example: ipmitool fru read 0 /root/fru.bin",
];

const WRITE_USAGE: [&str; 3] = [
    "fru write <fru id> <fru file>",
    "Note: FRU ID and file(incl. full path) must be specified.",
    "Example: ipmitool fru write 0 /root/fru.bin",
];

/// Asks a device for its size. Reference: a failure is hardly ever said, and never fails the command.
async fn open(context: &Context, id: u8, file: &str) -> Option<FruDevice> {
    let out = &context.out;
    let verbose = out.verbose() != 0;
    if verbose {
        out.println(&format!("FRU ID           : {id}"));
        out.println(&format!("FRU File         : {file}"));
    }
    match context.bmc.open_fru(id).await {
        Ok(device) => {
            if verbose {
                out.println(&format!("Fru Size   = {} bytes", device.info.size));
                out.println(&format!("Fru Access = {:x}h", u8::from(device.info.by_words)));
            }
            Some(device)
        }
        Err(error) => {
            if error.code().is_some_and(|code| code.0 == 0xc3) {
                out.println("  Timeout accessing FRU info. (Device not present?)");
            }
            None
        }
    }
}

/// Says that a file cannot be opened. Reference: with an empty line after it.
fn say_unopened(context: &Context, file: &str) {
    context.out.error(&format!("Error opening file {file}\n"));
}

/// Writes bytes to a file as C's `fopen` does: whatever stands there is replaced.
pub fn save(context: &Context, file: &str, bytes: &[u8]) -> Result<(), Status> {
    match File::create(path_of(file)) {
        Ok(mut opened) => {
            // Reference: a full disk is not noticed.
            let _ = opened.write_all(bytes);
            context.out.println("Done");
            Ok(())
        }
        Err(_) => {
            say_unopened(context, file);
            Err(Status::FAILED)
        }
    }
}

/// `fru read`.
pub async fn read(context: &Context, words: &[String]) -> Status {
    let (id, file) = match id_and_file(context, words, &READ_USAGE) {
        Ok(found) => found,
        Err(status) => return status,
    };
    let Some(mut device) = open(context, id, file).await else { return Status::OK };
    let size = device.info.size;
    context.out.println(&format!("Fru Size         : {size} bytes"));
    let image = device.read(&context.bmc, 0, size.into(), &listener(context)).await;
    // Reference: what could be read is saved, and nothing fails.
    let _ = save(context, file, &image.bytes);
    Status::OK
}

/// Under `--verify`, before anything is written: the image has to be one, and the old one is kept in a
/// file beside the new one's.
async fn prepare(context: &Context, device: &mut FruDevice, file: &str, image: &[u8]) -> Result<(), Status> {
    let out = &context.out;
    let fail = |message: &str| {
        out.error(message);
        Status::FAILED
    };
    let size = usize::from(device.info.size);
    check_image(image, size).map_err(|fault| fail(&format!("{file} is no FRU image: {fault}.")))?;
    let old = device.read(&context.bmc, 0, size, &listener(context)).await;
    if !old.complete {
        return Err(fail("The old image cannot be read, so that nothing is written."));
    }
    let kept = format!("{file}.bak");
    std::fs::write(path_of(&kept), &old.bytes).map_err(|error| {
        fail(&format!("The old image cannot be kept in {kept}: {}; nothing is written.", errno_text(&error)))
    })?;
    if std::io::stderr().is_terminal() {
        out.notice(&format!("The old image is kept in {kept}."));
    }
    Ok(())
}

/// `fru write`.
pub async fn write(context: &Context, words: &[String]) -> Status {
    let (id, file) = match id_and_file(context, words, &WRITE_USAGE) {
        Ok(found) => found,
        Err(status) => return status,
    };
    let Some(mut device) = open(context, id, file).await else { return Status::OK };
    let out = &context.out;
    let mut image = Vec::new();
    match File::open(path_of(file)) {
        Ok(opened) => {
            // Reference: as much as fits; an error in the middle ends the file.
            let _ = opened.take(device.info.size.into()).read_to_end(&mut image);
            out.println(&format!("Fru Size         : {} bytes", device.info.size));
            out.println(&format!("Size to Write    : {} bytes", image.len()));
        }
        Err(_) => say_unopened(context, file),
    }
    if !image.is_empty() {
        if context.settings.verify
            && let Err(status) = prepare(context, &mut device, file, &image).await
        {
            return status;
        }
        // Reference: the outcome is nobody's concern.
        let _ = device.write(&context.bmc, 0, &image, &listener(context)).await;
        out.info("Done");
        if let Err(status) = verify(context, &mut device, 0, &image).await {
            return status;
        }
    }
    Status::OK
}
