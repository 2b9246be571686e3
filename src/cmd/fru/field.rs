//! `fru edit <id> field`: changes one text field of the chassis, board or product area.

use super::resize::{self, Resize};
use super::{listener, say_absent, unknown_version, verify};
use crate::bmc::fru::FruDevice;
use crate::family::{Context, Status};
use crate::ipmi::fru::{CommonHeader, checksum, field_at};
use crate::out::{bytes_of, text};

/// The area a field is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Chassis info area.
    Chassis,
    /// Board info area.
    Board,
    /// Product info area.
    Product,
}

impl Area {
    /// Reference: the first character counts.
    fn parse(word: &str) -> Option<Self> {
        match word.bytes().next() {
            Some(b'c') => Some(Area::Chassis),
            Some(b'b') => Some(Area::Board),
            Some(b'p') => Some(Area::Product),
            _ => None,
        }
    }

    /// Where its first field stands, from its beginning.
    pub fn first_field(self) -> usize {
        if self == Area::Board { 6 } else { 3 }
    }
}

/// `fru edit <id> field <area> <index> <text>`.
pub async fn edit(context: &Context, id: u8, area: &str, index: &str, value: &str) -> Status {
    let out = &context.out;
    let bmc = &context.bmc;
    let mut device = match bmc.open_fru(id).await {
        Ok(device) => device,
        Err(error) => {
            say_absent(context, &error);
            return Status::FAILED;
        }
    };
    let size = usize::from(device.info.size);
    if size == 0 {
        // Reference: this and the next two without the end of their line.
        out.print(&format!(" Invalid FRU size {size}"));
        return Status::FAILED;
    }
    let header = match device.header(bmc).await {
        Ok(header) => header,
        Err(error) => {
            say_absent(context, &error);
            return Status::FAILED;
        }
    };
    if header.version != CommonHeader::VERSION {
        out.print(&unknown_version(header.version));
        return Status::FAILED;
    }
    let Some(area) = Area::parse(area) else {
        out.print("Wrong field type.");
        return Status::FAILED;
    };
    let start = usize::from(match area {
        Area::Chassis => header.chassis,
        Area::Board => header.board,
        Area::Product => header.product,
    });
    let listener = listener(context);
    let head = device.read(bmc, start, 3, &listener).await;
    let length = 8 * usize::from(head.bytes[1]);
    // Fields are looked for in as much as the device could hold.
    let read = device.read(bmc, start, length, &listener).await;
    if !read.complete {
        return Status::FAILED;
    }
    let mut image = read.bytes;
    image.resize(length.max(size), 0);
    // Reference: the first character counts, and need not be a digit.
    let index = bytes_of(index).first().copied().unwrap_or(0).wrapping_sub(b'0');
    let mut place = area.first_field();
    let mut found = (place, Vec::new());
    for _ in 0..=index {
        let (next, field) = field_at(&image, place);
        found = (place, field);
        place = next;
    }
    let (place, old) = found;
    if old.is_empty() {
        out.println("Field not found !");
        return Status::FAILED;
    }
    let new = bytes_of(value);
    if old.len() == new.len() {
        out.println(&format!("Updating Field '{}' with '{value}' ...", text(&old)));
        // Reference: the text goes over the field's bytes, whatever their encoding.
        image.iter_mut().skip(place + 1).zip(new.iter()).for_each(|(byte, new)| *byte = *new);
        image.truncate(length);
        if let Some((last, rest)) = image.split_last_mut() {
            *last = checksum(rest).wrapping_neg();
        }
        return match device.write(bmc, start, &image, &listener).await {
            None => {
                out.println("Write to FRU data failed.");
                Status::FAILED
            }
            Some(_) => verify(context, &mut device, start, &image).await.map_or_else(|status| status, |()| Status(1)),
        };
    }
    out.println("String size are not equal, resizing fru to fit new string");
    rebuild(context, &mut device, &header, area, index, &new).await;
    // Reference: fails, whether or not it has succeeded.
    Status::FAILED
}

/// Reads the whole image, makes room in it, and writes all of it.
async fn rebuild(
    context: &Context,
    device: &mut FruDevice,
    header: &CommonHeader,
    area: Area,
    index: u8,
    value: &[u8],
) {
    let out = &context.out;
    let listener = listener(context);
    let size = usize::from(device.info.size);
    out.println("Read All FRU area");
    out.println(&format!("Fru Size       : {size} bytes"));
    let image = device.read(&context.bmc, 0, size, &listener).await.bytes;
    out.println("Copy to new FRU");
    let mut progress = |line: &str| out.print(line);
    let change = Resize { header, area, index, value };
    let Some(image) = resize::resize(&image, &change, &mut progress) else { return };
    out.println("Writing new FRU.");
    match device.write(&context.bmc, 0, &image, &listener).await {
        None => out.println("Write to FRU data failed."),
        Some(_) => {
            out.println("Done.");
            // Whoever asked for it has been told; the command fails anyway.
            let _ = verify(context, device, 0, &image).await;
        }
    }
}
