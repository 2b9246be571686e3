//! Event-only sensors and locators as rows and in detail; manufacturers' own records.

use super::value::{COLUMNS, EntityReport, Style};
use crate::cmd::states::{self, SensorIdentity};
use crate::family::Context;
use crate::ipmi::sdr::{EventOnlyRecord, FruLocator, GenericLocator, IdString, McLocator, OemRecord};
use crate::line;
use crate::oem::hooks::sdr::{self, OemSdr};
use crate::out::{Column, List, Page, Report, hex_bytes, text};
use crate::tables::entity::DEVICE_TYPES;
use serde::Serialize;

/// A name as the rows show it. Reference: one byte more than the record says, at most sixteen.
fn short_name(id: &IdString) -> String {
    if id.code == 0 { String::new() } else { text(id.text((id.length() + 1).min(16))) }
}

/// A name as the details show it. Reference: as long as the record has bytes.
fn long_name(id: &IdString) -> String {
    text(id.text(usize::MAX))
}

/// The three forms a locator's row has.
struct Row<'a> {
    name: &'a str,
    entity: &'a EntityReport,
    status: &'static str,
    plain: String,
    extended: String,
    style: Style,
}

impl Row<'_> {
    fn text(&self, page: &mut Page) {
        let EntityReport { id, instance, .. } = self.entity;
        match self.style {
            Style::Plain | Style::Detail => line!(page, "{:<16} | {} | ok", self.name, self.plain),
            Style::Extended => {
                line!(page, "{:<16} | 00h | {:<3} | {id:2}.{instance} | {}", self.name, self.status, self.extended);
            }
        }
    }

    fn csv(&self, page: &mut Page) {
        line!(page, "{},00h,{},{}.{}", self.name, self.status, self.entity.id, self.entity.instance);
    }
}

/// A sensor that only sends events.
#[derive(Serialize)]
pub struct EventOnlyRow {
    name: String,
    sensor: SensorIdentity,
    record_type: &'static str,
    entity: EntityReport,
    sensor_type: u8,
    sensor_type_name: &'static str,
    #[serde(skip)]
    style: Style,
}

/// Shows a sensor that only sends events.
pub async fn show_event_only(context: &Context, rows: &List<'_>, style: Style, sensor: &EventOnlyRecord) {
    let verbose = context.out.verbose() != 0 || context.out.format() != crate::out::Format::Text;
    let sensor_type_name =
        if verbose { states::sensor_type_name(context, sensor.sensor_type).await } else { Default::default() };
    rows.push(&EventOnlyRow {
        name: short_name(&sensor.id),
        sensor: SensorIdentity { owner: sensor.owner, lun: sensor.lun, number: sensor.number },
        record_type: "event_only",
        entity: sensor.entity.into(),
        sensor_type: sensor.sensor_type,
        sensor_type_name,
        style,
    });
}

impl Report for EventOnlyRow {
    const COLUMNS: &'static [Column] = COLUMNS;

    fn text(&self, page: &mut Page) {
        let EntityReport { id, instance, name } = &self.entity;
        let number = self.sensor.number;
        if page.verbose() != 0 {
            line!(page, "Sensor ID              : {} (0x{number:x})", self.name);
            line!(page, "Entity ID              : {id}.{instance} ({name})");
            line!(page, "Sensor Type            : {} (0x{:02x})", self.sensor_type_name, self.sensor_type);
            line!(page);
            return;
        }
        match self.style {
            Style::Plain | Style::Detail => line!(page, "{:<16} | Event-Only        | ns", self.name),
            Style::Extended => {
                line!(page, "{:<16} | {number:02X}h | ns  | {id:2}.{instance} | Event-Only", self.name);
            }
        }
    }

    fn csv(&self, page: &mut Page) {
        if page.verbose() != 0 {
            return self.text(page);
        }
        let EntityReport { id, instance, .. } = &self.entity;
        line!(page, "{},{:02X}h,ns,{id}.{instance},Event-Only", self.name, self.sensor.number);
    }
}

fn device_type(kind: u8, modifier: u8) -> String {
    let name = DEVICE_TYPES.name(u32::from(kind) << 8 | u32::from(modifier));
    format!("{kind:X}h.{modifier:X}h ({name})")
}

/// A device behind the controller.
#[derive(Serialize)]
pub struct GenericRow {
    name: String,
    record_type: &'static str,
    entity: EntityReport,
    access_address: u8,
    slave_address: u8,
    channel: u8,
    lun: u8,
    bus: u8,
    device_type: u8,
    device_type_modifier: u8,
    oem: u8,
    #[serde(skip)]
    address_span: u8,
    #[serde(skip)]
    long_name: String,
    #[serde(skip)]
    style: Style,
}

impl GenericRow {
    pub fn new(device: &GenericLocator, style: Style) -> Self {
        GenericRow {
            name: short_name(&device.id),
            record_type: "generic_locator",
            entity: device.entity.into(),
            access_address: device.access_address,
            slave_address: device.slave_address,
            channel: device.channel,
            lun: device.lun,
            bus: device.bus,
            device_type: device.device_type,
            device_type_modifier: device.modifier,
            oem: device.oem,
            address_span: device.address_span,
            long_name: long_name(&device.id),
            style,
        }
    }

    fn row(&self) -> Row<'_> {
        let (access, slave, oem) = (self.access_address, self.slave_address, self.oem);
        Row {
            name: &self.name,
            entity: &self.entity,
            status: "ns",
            plain: format!("Generic @{access:02X}:{slave:02X}.{oem:<2}"),
            extended: format!("Generic Device @{access:02X}h:{slave:02X}h.{oem}"),
            style: self.style,
        }
    }
}

impl Report for GenericRow {
    const COLUMNS: &'static [Column] = COLUMNS;

    fn text(&self, page: &mut Page) {
        if page.verbose() == 0 {
            return self.row().text(page);
        }
        let EntityReport { id, instance, name } = &self.entity;
        line!(page, "Device ID              : {}", self.long_name);
        line!(page, "Entity ID              : {id}.{instance} ({name})");
        line!(page, "Device Access Address  : {:02X}h", self.access_address);
        line!(page, "Device Slave Address   : {:02X}h", self.slave_address);
        line!(page, "Address Span           : {:02X}h", self.address_span);
        line!(page, "Channel Number         : {:X}h", self.channel);
        line!(page, "LUN.Bus                : {:X}h.{:X}h", self.lun, self.bus);
        line!(page, "Device Type.Modifier   : {}", device_type(self.device_type, self.device_type_modifier));
        line!(page, "OEM                    : {:02X}h", self.oem);
        line!(page);
    }

    fn csv(&self, page: &mut Page) {
        if page.verbose() == 0 { self.row().csv(page) } else { self.text(page) }
    }
}

/// A FRU.
#[derive(Serialize)]
pub struct FruRow {
    name: String,
    record_type: &'static str,
    entity: EntityReport,
    access_address: u8,
    logical: bool,
    device_id: u8,
    channel: u8,
    lun: u8,
    bus: u8,
    device_type: u8,
    device_type_modifier: u8,
    oem: u8,
    #[serde(skip)]
    long_name: String,
    #[serde(skip)]
    style: Style,
}

impl FruRow {
    pub fn new(device: &FruLocator, style: Style) -> Self {
        FruRow {
            name: short_name(&device.id),
            record_type: "fru_locator",
            entity: device.entity.into(),
            access_address: device.access_address,
            logical: device.logical,
            device_id: device.device_id,
            channel: device.channel,
            lun: device.lun,
            bus: device.bus,
            device_type: device.device_type,
            device_type_modifier: device.modifier,
            oem: device.oem,
            long_name: long_name(&device.id),
            style,
        }
    }

    fn row(&self) -> Row<'_> {
        let EntityReport { id, instance, .. } = self.entity;
        let device = self.device_id;
        let (short, long) = if self.logical { ("Log", "Logical") } else { ("Phy", "Physical") };
        Row {
            name: &self.name,
            entity: &self.entity,
            status: "ns",
            plain: format!("{short} FRU @{device:02X}h {id:02x}.{instance:x}"),
            extended: format!("{long} FRU @{device:02X}h"),
            style: self.style,
        }
    }
}

impl Report for FruRow {
    const COLUMNS: &'static [Column] = COLUMNS;

    fn text(&self, page: &mut Page) {
        if page.verbose() == 0 {
            return self.row().text(page);
        }
        let EntityReport { id, instance, name } = &self.entity;
        line!(page, "Device ID              : {}", self.long_name);
        line!(page, "Entity ID              : {id}.{instance} ({name})");
        line!(page, "Device Access Address  : {:02X}h", self.access_address);
        let label = if self.logical { "Logical FRU Device     " } else { "Slave Address          " };
        line!(page, "{label}: {:02X}h", self.device_id);
        line!(page, "Channel Number         : {:X}h", self.channel);
        line!(page, "LUN.Bus                : {:X}h.{:X}h", self.lun, self.bus);
        line!(page, "Device Type.Modifier   : {}", device_type(self.device_type, self.device_type_modifier));
        line!(page, "OEM                    : {:02X}h", self.oem);
        line!(page);
    }

    fn csv(&self, page: &mut Page) {
        if page.verbose() == 0 { self.row().csv(page) } else { self.text(page) }
    }
}

/// Another management controller.
#[derive(Serialize)]
pub struct McRow {
    name: String,
    record_type: &'static str,
    entity: EntityReport,
    slave_address: u8,
    channel: u8,
    r#static: bool,
    device_support: u8,
    #[serde(skip)]
    power_notification: u8,
    #[serde(skip)]
    initialization: u8,
    #[serde(skip)]
    long_name: String,
    #[serde(skip)]
    style: Style,
}

impl McRow {
    pub fn new(device: &McLocator, style: Style) -> Self {
        McRow {
            name: short_name(&device.id),
            record_type: "mc_locator",
            entity: device.entity.into(),
            slave_address: device.slave_address,
            channel: device.channel,
            r#static: device.is_static(),
            device_support: device.support,
            power_notification: device.power_notification,
            initialization: device.initialization,
            long_name: long_name(&device.id),
            style,
        }
    }

    fn row(&self) -> Row<'_> {
        let address = self.slave_address;
        let (kind, blank) = if self.r#static { ("Static", " ") } else { ("Dynamic", "") };
        Row {
            name: &self.name,
            entity: &self.entity,
            status: "ok",
            plain: format!("{kind} MC @ {address:02X}h {blank}"),
            extended: format!("{kind} MC @ {address:02X}h"),
            style: self.style,
        }
    }
}

const CAPABILITIES: [(u8, &str); 8] = [
    (0x80, " Chassis Device        "),
    (0x40, " Bridge                "),
    (0x20, " IPMB Event Generator  "),
    (0x10, " IPMB Event Receiver   "),
    (0x08, " FRU Inventory Device  "),
    (0x04, " SEL Device            "),
    (0x02, " SDR Repository        "),
    (0x01, " Sensor Device         "),
];

impl Report for McRow {
    const COLUMNS: &'static [Column] = COLUMNS;

    fn text(&self, page: &mut Page) {
        if page.verbose() == 0 {
            return self.row().text(page);
        }
        let EntityReport { id, instance, name } = &self.entity;
        let required = |bit: u8| if self.power_notification & bit != 0 { "" } else { "Not " };
        let yes_no = |flag: bool| if flag { "Yes" } else { "No" };
        line!(page, "Device ID              : {}", self.long_name);
        line!(page, "Entity ID              : {id}.{instance} ({name})");
        line!(page, "Device Slave Address   : {:02X}h", self.slave_address);
        line!(page, "Channel Number         : {:X}h", self.channel);
        line!(page, "ACPI System P/S Notif  : {}Required", required(4));
        line!(page, "ACPI Device P/S Notif  : {}Required", required(2));
        line!(page, "Controller Presence    : {}", if self.r#static { "Static" } else { "Dynamic" });
        line!(page, "Logs Init Agent Errors : {}", yes_no(self.initialization & 8 != 0));
        let generation = ["Enable", "Disable", "Do Not Init Controller", "Reserved"];
        line!(page, "Event Message Gen      : {}", generation[usize::from(self.initialization & 3)]);
        line!(page, "Device Capabilities");
        for (bit, label) in CAPABILITIES {
            line!(page, "{label}: {}", yes_no(self.device_support & bit != 0));
        }
        line!(page);
    }

    fn csv(&self, page: &mut Page) {
        if page.verbose() == 0 { self.row().csv(page) } else { self.text(page) }
    }
}

/// A manufacturer's own record. Reference: it is read, and not shown; JSON has it.
#[derive(Serialize)]
pub struct OemRow {
    record_type: &'static str,
    manufacturer: u32,
    manufacturer_name: String,
    data: String,
    decoded: Option<OemSdr>,
}

impl OemRow {
    pub fn new(context: &Context, record: &OemRecord) -> Self {
        OemRow {
            record_type: "oem",
            manufacturer: record.manufacturer,
            manufacturer_name: text(&context.bmc.enterprise_name(record.manufacturer)),
            data: hex_bytes(&record.data),
            decoded: sdr::decode(record),
        }
    }
}

impl Report for OemRow {
    fn text(&self, _page: &mut Page) {}
}
