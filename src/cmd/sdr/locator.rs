//! Event-only sensors and locators as rows and in detail; manufacturers' own records.

use super::value::{COLUMNS, EntityReport, Style};
use crate::cmd::states::{self, SensorIdentity};
use crate::family::Context;
use crate::ipmi::sdr::{Entity, EventOnlyRecord, FruLocator, GenericLocator, IdString, McLocator, OemRecord};
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

/// A sensor that only sends events.
#[derive(Serialize)]
struct EventOnlyRow {
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

/// A device, a FRU or another management controller.
#[derive(Serialize)]
pub struct LocatorRow {
    name: String,
    record_type: &'static str,
    entity: EntityReport,
    #[serde(flatten)]
    located: Located,
    #[serde(skip)]
    long_name: String,
    #[serde(skip)]
    style: Style,
}

/// What a locator tells beyond a name and an entity.
#[derive(Serialize)]
#[serde(untagged)]
enum Located {
    Generic(Generic),
    Fru(Fru),
    Mc(Mc),
}

/// A device behind the controller.
#[derive(Serialize)]
struct Generic {
    access_address: u8,
    slave_address: u8,
    #[serde(flatten)]
    attachment: Attachment,
    #[serde(skip)]
    address_span: u8,
}

/// A FRU.
#[derive(Serialize)]
struct Fru {
    access_address: u8,
    logical: bool,
    device_id: u8,
    #[serde(flatten)]
    attachment: Attachment,
}

/// Another management controller.
#[derive(Serialize)]
struct Mc {
    slave_address: u8,
    channel: u8,
    r#static: bool,
    device_support: u8,
    #[serde(skip)]
    power_notification: u8,
    #[serde(skip)]
    initialization: u8,
}

/// How a device is reached, and what it is.
#[derive(Serialize)]
struct Attachment {
    channel: u8,
    lun: u8,
    bus: u8,
    device_type: u8,
    device_type_modifier: u8,
    oem: u8,
}

impl Attachment {
    fn details(&self, page: &mut Page) {
        let (kind, modifier) = (self.device_type, self.device_type_modifier);
        let name = DEVICE_TYPES.name(u32::from(kind) << 8 | u32::from(modifier));
        line!(page, "Channel Number         : {:X}h", self.channel);
        line!(page, "LUN.Bus                : {:X}h.{:X}h", self.lun, self.bus);
        line!(page, "Device Type.Modifier   : {kind:X}h.{modifier:X}h ({name})");
        line!(page, "OEM                    : {:02X}h", self.oem);
    }
}

impl LocatorRow {
    fn new(record_type: &'static str, entity: Entity, id: &IdString, style: Style, located: Located) -> Self {
        LocatorRow {
            name: short_name(id),
            record_type,
            entity: entity.into(),
            located,
            long_name: long_name(id),
            style,
        }
    }

    /// The row of a device behind the controller.
    pub fn generic(device: &GenericLocator, style: Style) -> Self {
        let located = Located::Generic(Generic {
            access_address: device.access_address,
            slave_address: device.slave_address,
            attachment: Attachment {
                channel: device.channel,
                lun: device.lun,
                bus: device.bus,
                device_type: device.device_type,
                device_type_modifier: device.modifier,
                oem: device.oem,
            },
            address_span: device.address_span,
        });
        LocatorRow::new("generic_locator", device.entity, &device.id, style, located)
    }

    /// The row of a FRU.
    pub fn fru(device: &FruLocator, style: Style) -> Self {
        let located = Located::Fru(Fru {
            access_address: device.access_address,
            logical: device.logical,
            device_id: device.device_id,
            attachment: Attachment {
                channel: device.channel,
                lun: device.lun,
                bus: device.bus,
                device_type: device.device_type,
                device_type_modifier: device.modifier,
                oem: device.oem,
            },
        });
        LocatorRow::new("fru_locator", device.entity, &device.id, style, located)
    }

    /// The row of another management controller.
    pub fn mc(device: &McLocator, style: Style) -> Self {
        let located = Located::Mc(Mc {
            slave_address: device.slave_address,
            channel: device.channel,
            r#static: device.is_static(),
            device_support: device.support,
            power_notification: device.power_notification,
            initialization: device.initialization,
        });
        LocatorRow::new("mc_locator", device.entity, &device.id, style, located)
    }

    /// What extended rows and CSV call its state. Reference: a controller is well, the others have no reading.
    fn status(&self) -> &'static str {
        if matches!(self.located, Located::Mc(_)) { "ok" } else { "ns" }
    }
}

impl Located {
    /// What a plain row says of it.
    fn plain(&self, entity: &EntityReport) -> String {
        match self {
            Located::Generic(device) => {
                let Generic { access_address: access, slave_address: slave, attachment, .. } = device;
                format!("Generic @{access:02X}:{slave:02X}.{:<2}", attachment.oem)
            }
            Located::Fru(fru) => {
                let kind = if fru.logical { "Log" } else { "Phy" };
                format!("{kind} FRU @{:02X}h {:02x}.{:x}", fru.device_id, entity.id, entity.instance)
            }
            Located::Mc(mc) => {
                let (kind, blank) = if mc.r#static { ("Static", " ") } else { ("Dynamic", "") };
                format!("{kind} MC @ {:02X}h {blank}", mc.slave_address)
            }
        }
    }

    /// What an extended row says of it.
    fn extended(&self) -> String {
        match self {
            Located::Generic(device) => {
                let Generic { access_address: access, slave_address: slave, attachment, .. } = device;
                format!("Generic Device @{access:02X}h:{slave:02X}h.{}", attachment.oem)
            }
            Located::Fru(fru) => {
                format!("{} FRU @{:02X}h", if fru.logical { "Logical" } else { "Physical" }, fru.device_id)
            }
            Located::Mc(mc) => {
                format!("{} MC @ {:02X}h", if mc.r#static { "Static" } else { "Dynamic" }, mc.slave_address)
            }
        }
    }

    fn details(&self, page: &mut Page) {
        match self {
            Located::Generic(device) => {
                line!(page, "Device Access Address  : {:02X}h", device.access_address);
                line!(page, "Device Slave Address   : {:02X}h", device.slave_address);
                line!(page, "Address Span           : {:02X}h", device.address_span);
                device.attachment.details(page);
            }
            Located::Fru(fru) => {
                line!(page, "Device Access Address  : {:02X}h", fru.access_address);
                let label = if fru.logical { "Logical FRU Device     " } else { "Slave Address          " };
                line!(page, "{label}: {:02X}h", fru.device_id);
                fru.attachment.details(page);
            }
            Located::Mc(mc) => mc.details(page),
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

impl Mc {
    fn details(&self, page: &mut Page) {
        let required = |bit: u8| if self.power_notification & bit != 0 { "" } else { "Not " };
        let yes_no = |flag: bool| if flag { "Yes" } else { "No" };
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
    }
}

impl Report for LocatorRow {
    const COLUMNS: &'static [Column] = COLUMNS;

    fn text(&self, page: &mut Page) {
        let EntityReport { id, instance, name: entity } = &self.entity;
        let (name, status, located) = (&self.name, self.status(), &self.located);
        if page.verbose() != 0 {
            line!(page, "Device ID              : {}", self.long_name);
            line!(page, "Entity ID              : {id}.{instance} ({entity})");
            located.details(page);
            return line!(page);
        }
        match self.style {
            Style::Plain | Style::Detail => line!(page, "{name:<16} | {} | ok", located.plain(&self.entity)),
            Style::Extended => {
                line!(page, "{name:<16} | 00h | {status:<3} | {id:2}.{instance} | {}", located.extended());
            }
        }
    }

    fn csv(&self, page: &mut Page) {
        if page.verbose() != 0 {
            return self.text(page);
        }
        line!(page, "{},00h,{},{}.{}", self.name, self.status(), self.entity.id, self.entity.instance);
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
