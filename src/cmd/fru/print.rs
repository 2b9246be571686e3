//! `fru print`: one FRU by its id, or the controller's own and every one the SDRs point to.
//!
//! As text every area is shown as soon as it has been read. JSON and tables take one value for a FRU.

use super::area::{Board, Chassis, Product};
use super::multirecord::Multirecord;
use super::{check_size, fru_id, listener, say_absent, unknown_version};
use crate::bmc::fru::{FruDevice, FruEvent};
use crate::bmc::{Bmc, CallError};
use crate::cmd::sdr;
use crate::cmd::spd::{self, SpdReport};
use crate::family::{Context, Status, because};
use crate::ipmi::app::GetDeviceId;
use crate::ipmi::fru::{BoardArea, ChassisArea, CommonHeader, ProductArea, Record, RecordHeader};
use crate::ipmi::sdr::{FruLocator, McLocator, SdrRecord};
use crate::ipmi::{BMC_ADDRESS, Route};
use crate::out::{Column, Format, List, Output, Page, Report, completion_text, text};
use serde::Serialize;
use std::borrow::Cow;

/// What a FRU says of itself, as far as it has been read.
#[derive(Serialize, Default)]
struct Inventory {
    description: Option<String>,
    fru_id: u8,
    /// Slave address of the controller in front of the FRU, where it is not the one that is talked to.
    controller_address: Option<u8>,
    present: bool,
    /// Why it is not there; none where the controller says nothing.
    completion_code: Option<u8>,
    completion_text: Option<Cow<'static, str>>,
    size_bytes: Option<u16>,
    addressed_by_words: Option<bool>,
    header_checksum_ok: Option<bool>,
    /// Where the internal use area begins, in bytes.
    internal_use_offset: Option<u16>,
    chassis: Option<Chassis>,
    board: Option<Board>,
    product: Option<Product>,
    /// None where they have not been read: they are under `-v` only.
    multirecords: Option<Vec<Multirecord>>,
    /// What a memory module says of itself instead.
    spd: Option<SpdReport>,
}

impl Report for Inventory {
    const COLUMNS: &'static [Column] = &[
        Column { title: "FRU", pointer: "/fru_id" },
        Column { title: "Description", pointer: "/description" },
        Column { title: "Present", pointer: "/present" },
        Column { title: "Manufacturer", pointer: "/product/manufacturer" },
        Column { title: "Product", pointer: "/product/name" },
        Column { title: "Serial", pointer: "/product/serial" },
        Column { title: "Board", pointer: "/board/product" },
        Column { title: "Board serial", pointer: "/board/serial" },
    ];

    fn text(&self, page: &mut Page) {
        let Inventory { chassis, board, product, multirecords, .. } = self;
        chassis.iter().for_each(|chassis| chassis.text(page));
        board.iter().for_each(|board| board.text(page));
        product.iter().for_each(|product| product.text(page));
        multirecords.iter().flatten().for_each(|record| record.text(page));
    }
}

/// Text that is shown the moment it is there.
#[derive(Serialize)]
struct Piece<'a, T>(&'a T, #[serde(skip)] fn(&T, &mut Page));

impl<T: Serialize> Report for Piece<'_, T> {
    fn text(&self, page: &mut Page) {
        self.1(self.0, page);
    }
}

fn show<T: Serialize>(out: &Output, value: &T, text: fn(&T, &mut Page)) {
    if out.format() == Format::Text {
        out.report(&Piece(value, text));
    }
}

/// `fru print`.
pub async fn run(context: &Context, words: &[String]) -> Status {
    match words.first() {
        None => all(context).await,
        Some(word) if word == "help" => {
            context.out.notice("fru print [fru id] - print information about FRU(s)");
            Status::OK
        }
        Some(word) => match fru_id(context, word) {
            Ok(id) => {
                let mut inventory = Inventory { fru_id: id, ..Inventory::default() };
                let status = read(context, context.bmc.route(), &mut inventory).await;
                if context.out.format() != Format::Text {
                    context.out.report(&inventory);
                }
                status
            }
            Err(status) => status,
        },
    }
}

fn absent(context: &Context, inventory: &mut Inventory, error: &CallError) {
    say_absent(context, error);
    inventory.present = false;
    inventory.completion_code = error.code().map(|code| code.0);
    inventory.completion_text = error.code().map(|code| completion_text(code.0));
}

/// Reads and shows one FRU. Reference: one that answers the first question but not the second does not fail.
async fn read(context: &Context, route: Route, inventory: &mut Inventory) -> Status {
    let Context { bmc, out, .. } = context;
    let mut device = match bmc.open_fru_at(route, inventory.fru_id).await {
        Ok(device) => device,
        Err(error) => {
            absent(context, inventory, &error);
            return Status::FAILED;
        }
    };
    inventory.present = true;
    inventory.size_bytes = Some(device.info.size);
    inventory.addressed_by_words = Some(device.info.by_words);
    if let Err(status) = check_size(context, device.info.size) {
        return status;
    }
    let header = match device.header(bmc).await {
        Ok(header) => header,
        Err(error) => {
            absent(context, inventory, &error);
            return Status(1);
        }
    };
    if header.version != CommonHeader::VERSION {
        out.error(&unknown_version(header.version));
        return Status::FAILED;
    }
    // Reference: the checksum is not looked at.
    inventory.header_checksum_ok = Some(header.is_sound);
    inventory.internal_use_offset = Some(header.internal).filter(|offset| *offset != 0);
    let listener = listener(context);
    if let Some(bytes) = area(bmc, &mut device, header.chassis, &listener).await {
        inventory.chassis = Some(Chassis::from(&ChassisArea::decode(&bytes)));
        inventory.chassis.iter().for_each(|chassis| show(out, chassis, Chassis::text));
    }
    if let Some(bytes) = area(bmc, &mut device, header.board, &listener).await {
        inventory.board = Some(Board::new(out, &BoardArea::decode(&bytes)));
        inventory.board.iter().for_each(|board| show(out, board, Board::text));
    }
    if let Some(bytes) = area(bmc, &mut device, header.product, &listener).await {
        inventory.product = Some(Product::from(&ProductArea::decode(&bytes)));
        inventory.product.iter().for_each(|product| show(out, product, Product::text));
    }
    if out.verbose() != 0 {
        inventory.multirecords = Some(Vec::new());
        if header.multirecord != 0 {
            multirecords(context, &mut device, header.multirecord, inventory).await;
        }
    }
    Status::OK
}

type Listening<'a> = &'a (dyn Fn(FruEvent) + Send + Sync);

/// A whole area, whose length is its own second byte; none where there is none or it cannot be read.
async fn area(bmc: &Bmc, device: &mut FruDevice, start: u16, listener: Listening<'_>) -> Option<Vec<u8>> {
    if start == 0 {
        return None;
    }
    let start = usize::from(start);
    let head = device.read(bmc, start, 2, listener).await;
    let length = 8 * usize::from(*head.bytes.get(1)?);
    if !head.complete || length == 0 {
        return None;
    }
    let area = device.read(bmc, start, length, listener).await;
    area.complete.then_some(area.bytes)
}

/// Reads and shows record after record.
async fn multirecords(context: &Context, device: &mut FruDevice, start: u16, inventory: &mut Inventory) {
    const HEADER: usize = RecordHeader::LENGTH as usize;
    let Context { bmc, out, .. } = context;
    let listener = listener(context);
    let mut place = usize::from(start);
    // Reference: one buffer for all records. What a short record lacks is what the one before it left there.
    let mut buffer = [0; HEADER + u8::MAX as usize];
    loop {
        if !device.read_into(bmc, place, &mut buffer[..HEADER], &listener).await {
            return;
        }
        let header = RecordHeader::decode(&buffer);
        let end = HEADER + usize::from(header.length);
        if header.length != 0 && !device.read_into(bmc, place + HEADER, &mut buffer[HEADER..end], &listener).await {
            return;
        }
        place += end;
        let record = Record::decode(header.kind, &buffer[HEADER..], header.length);
        let record = Multirecord::new(record, |number| text(&bmc.enterprise_name(number)));
        show(out, &record, Multirecord::text);
        if let Some(records) = &mut inventory.multirecords {
            records.push(record);
        }
        if header.is_last {
            return;
        }
    }
}

/// A FRU among others: a line of its own before it, an empty one after it.
async fn entry(context: &Context, rows: &List<'_>, title: &str, route: Route, mut inventory: Inventory) -> Status {
    let out = &context.out;
    out.println(title);
    let status = read(context, route, &mut inventory).await;
    out.println("");
    if out.format() != Format::Text {
        rows.push(&inventory);
    }
    status
}

const BUILTIN: &str = "Builtin FRU Device";

/// The controller's own FRU, then those of which the SDRs tell.
pub async fn all(context: &Context) -> Status {
    let Context { bmc, out, .. } = context;
    let rows = out.list();
    let title = format!("FRU Device Description : {BUILTIN} (ID 0)");
    let device_id = match bmc.call(&GetDeviceId).await {
        Ok(device_id) => device_id,
        Err(error) => {
            out.println(&title);
            out.error(&format!("Get Device ID command failed{}", because(&error)));
            return Status::FAILED;
        }
    };
    let mut status = Status::OK;
    if device_id.support & 0x08 != 0 {
        let inventory = Inventory { description: Some(BUILTIN.to_owned()), ..Inventory::default() };
        status = entry(context, &rows, &title, bmc.route(), inventory).await;
    } else {
        out.println(&title);
    }
    let listener = sdr::listener(context);
    let mut walk = match bmc.open_sdr(&listener).await {
        Ok(walk) => walk,
        Err(fault) => {
            sdr::unreadable(&context.out, &fault);
            return Status::FAILED;
        }
    };
    while let Some(header) = bmc.next_sdr_header(&mut walk, &listener).await {
        if !matches!(header.kind, 0x11 | 0x12) {
            continue;
        }
        let Some(body) = bmc.sdr_body(&mut walk, header, &listener).await else { continue };
        match SdrRecord::decode(header.kind, &body) {
            Some(SdrRecord::Mc(locator)) if has_fru(bmc, &locator) => {
                status = controller(context, &rows, &locator).await;
            }
            Some(SdrRecord::Fru(locator)) if locator.logical => {
                status = show_located(context, &rows, &locator).await;
            }
            _ => {}
        }
    }
    status
}

/// Whether another controller has a FRU of its own.
fn has_fru(bmc: &Bmc, locator: &McLocator) -> bool {
    locator.support & 0x08 != 0 && bmc.route().target_addr != locator.slave_address
}

async fn controller(context: &Context, rows: &List<'_>, locator: &McLocator) -> Status {
    let name = text(locator.id.text(usize::MAX));
    // Reference: the channel stays what it was.
    let route = Route { target_addr: locator.slave_address, ..context.bmc.route() };
    let title = format!("FRU Device Description : {name:<16}");
    let controller_address = Some(locator.slave_address);
    let inventory = Inventory { description: Some(name), controller_address, ..Inventory::default() };
    entry(context, rows, &title, route, inventory).await
}

/// Device types of serial EEPROMs that hold a FRU inventory.
const EEPROMS: std::ops::RangeInclusive<u8> = 0x08..=0x0f;
/// The device type of a FRU behind a controller.
const LOGICAL: u8 = 0x10;
/// The longest name that is shown.
const NAME_LIMIT: usize = 17;

/// A FRU that a record points to. Records of other devices fail without a word.
pub async fn show_located(context: &Context, rows: &List<'_>, locator: &FruLocator) -> Status {
    let Context { bmc, out, .. } = context;
    let FruLocator { device_type, modifier, device_id: id, access_address: address, .. } = *locator;
    if device_type != LOGICAL && !(modifier == 0x02 && EEPROMS.contains(&device_type)) {
        return Status::FAILED;
    }
    if address == BMC_ADDRESS && id == 0 {
        return Status::OK;
    }
    let name = text(locator.id.text(locator.id.length().min(NAME_LIMIT)));
    let title = format!("FRU Device Description : {name} (ID {id})");
    let inventory = Inventory { description: Some(name), fru_id: id, ..Inventory::default() };
    match modifier {
        0x00 | 0x02 => {
            let route = bmc.route_to(address, locator.channel);
            let controller_address = (route != bmc.route()).then_some(address);
            entry(context, rows, &title, route, Inventory { controller_address, ..inventory }).await
        }
        0x01 => {
            out.println(&title);
            let mut inventory = inventory;
            let status = memory(context, &mut inventory).await;
            out.println("");
            if out.format() != Format::Text {
                rows.push(&inventory);
            }
            status
        }
        _ => {
            out.println(&title);
            out.println(&match out.verbose() {
                0 => " Unsupported device".to_owned(),
                _ => format!(" Unsupported device 0x{id:02x} type 0x{device_type:02x} with modifier 0x{modifier:02x}"),
            });
            out.println("");
            Status::OK
        }
    }
}

/// A memory module, whose inventory is its SPD. Reference: never bridged.
async fn memory(context: &Context, inventory: &mut Inventory) -> Status {
    let Context { bmc, out, .. } = context;
    let mut device = match bmc.open_fru(inventory.fru_id).await {
        Ok(device) => device,
        Err(error) => {
            absent(context, inventory, &error);
            return Status::FAILED;
        }
    };
    inventory.present = true;
    inventory.size_bytes = Some(device.info.size);
    if let Err(status) = check_size(context, device.info.size) {
        return status;
    }
    match device.read_spd(bmc).await {
        Ok(Some(data)) => {
            if out.format() == Format::Text {
                spd::show(context, &data);
            } else {
                inventory.spd = SpdReport::of(&data);
            }
            Status::OK
        }
        Ok(None) => {
            out.print(" Not enough buffer size");
            Status::FAILED
        }
        Err(error) => {
            absent(context, inventory, &error);
            // Reference: an empty socket does not fail.
            if error.code().is_some_and(|code| code.0 == 0xc3) { Status(1) } else { Status::FAILED }
        }
    }
}
