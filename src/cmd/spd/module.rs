//! How the SPD of a memory module is shown.

use crate::ipmi::spd::{Ddr3, Ddr4, Geometry, Legacy, Manufacturer, Module, Spd};
use crate::out::{Page, Report, hex_bytes, text, until_nul};
use crate::tables::{jedec, spd as names, unknown};
use crate::{line, put};
use serde::Serialize;
use std::borrow::Cow;

/// A memory module, as its SPD describes it.
#[derive(Serialize)]
pub struct SpdReport {
    memory_type: u8,
    memory_type_name: Option<&'static str>,
    #[serde(flatten)]
    module: Option<ModuleReport>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ModuleReport {
    Ddr3(Ddr3Report),
    Ddr4(Ddr4Report),
    Legacy(LegacyReport),
}

#[derive(Serialize)]
struct Ddr3Report {
    #[serde(flatten)]
    geometry: GeometryReport,
    voltages_v: Vec<f64>,
    #[serde(flatten)]
    identity: Identity,
    manufactured: Option<Date>,
    #[serde(skip)]
    spd: Ddr3,
}

#[derive(Serialize)]
struct Ddr4Report {
    #[serde(flatten)]
    geometry: GeometryReport,
    module_type: Cow<'static, str>,
    dies: u8,
    voltages_v: Vec<f64>,
    #[serde(flatten)]
    identity: Identity,
    manufactured: Option<Date>,
    #[serde(skip)]
    spd: Ddr4,
}

#[derive(Serialize)]
struct LegacyReport {
    capacity_mb: Option<u32>,
    voltage_interface: Cow<'static, str>,
    error_detection: Cow<'static, str>,
    #[serde(flatten)]
    identity: Identity,
    #[serde(skip)]
    spd: Legacy,
}

#[derive(Serialize)]
struct GeometryReport {
    chip_capacity_mbit: i32,
    bus_width_bits: i32,
    chip_width_bits: i32,
    ranks: i32,
    capacity_mb: i32,
}

/// Who made a module, and which one it is.
#[derive(Serialize)]
struct Identity {
    manufacturer: Option<&'static str>,
    part_number: Option<String>,
    serial_number: String,
}

#[derive(Serialize)]
struct Date {
    year: u16,
    week: u8,
}

impl From<Geometry> for GeometryReport {
    fn from(geometry: Geometry) -> Self {
        GeometryReport {
            chip_capacity_mbit: geometry.chip_capacity,
            bus_width_bits: geometry.bus_width,
            chip_width_bits: geometry.chip_width,
            ranks: geometry.ranks,
            capacity_mb: geometry.module_capacity(),
        }
    }
}

impl Identity {
    fn new(manufacturer: Manufacturer, part: Option<&[u8]>, serial: [u8; 4]) -> Self {
        let part = part.map(|part| String::from_utf8_lossy(until_nul(part)).trim_end().to_owned());
        Identity {
            manufacturer: jedec::manufacturer(manufacturer.bank, manufacturer.id),
            part_number: part.filter(|part| !part.is_empty()),
            serial_number: hex_bytes(&serial),
        }
    }
}

/// Year and week, where they can be.
fn date([year, week]: [u8; 2]) -> Option<Date> {
    let decimal = |byte: u8| (byte >> 4 < 10 && byte & 0x0f < 10).then(|| (byte >> 4) * 10 + (byte & 0x0f));
    Some(Date { year: 2000 + u16::from(decimal(year)?), week: decimal(week).filter(|week| *week > 0)? })
}

impl SpdReport {
    /// Reads an SPD; none where there are too few bytes to say anything.
    pub fn of(data: &[u8]) -> Option<SpdReport> {
        let spd = Spd::decode(data)?;
        let module = spd.module.map(|module| match module {
            Module::Ddr3(spd) => ModuleReport::Ddr3(Ddr3Report {
                geometry: spd.geometry.into(),
                // The first bit says that 1.5 V will not do, the others that 1.35 V and 1.2 V will.
                voltages_v: operable(&[
                    (1.5, spd.voltages & 1 == 0),
                    (1.35, spd.voltages & 2 != 0),
                    (1.2, spd.voltages & 4 != 0),
                ]),
                identity: Identity::new(spd.manufacturer, Some(&spd.part), spd.serial),
                manufactured: date(spd.date),
                spd,
            }),
            Module::Ddr4(spd) => ModuleReport::Ddr4(Ddr4Report {
                geometry: spd.geometry.into(),
                module_type: names::DDR4_MODULES.name(spd.module),
                dies: spd.dies,
                voltages_v: operable(&[(1.2, spd.voltages & 1 != 0)]),
                identity: Identity::new(spd.manufacturer, Some(&spd.part), spd.serial),
                manufactured: date(spd.date),
                spd,
            }),
            Module::Legacy(spd) => ModuleReport::Legacy(LegacyReport {
                capacity_mb: spd.capacity(),
                voltage_interface: names::VOLTAGES.name(spd.voltage),
                error_detection: names::CONFIGURATIONS.name(spd.configuration),
                identity: Identity::new(spd.manufacturer, spd.part.as_deref(), spd.serial),
                spd,
            }),
        });
        Some(SpdReport {
            memory_type: spd.memory_type,
            memory_type_name: names::MEMORY_TYPES.get(spd.memory_type),
            module,
        })
    }

    /// Whether there were bytes enough for this kind of memory.
    pub fn is_whole(&self) -> bool {
        self.module.is_some()
    }
}

/// The voltages a module can be run at.
fn operable(voltages: &[(f64, bool)]) -> Vec<f64> {
    voltages.iter().filter(|(_, operable)| *operable).map(|(voltage, _)| *voltage).collect()
}

fn yes(flag: bool) -> &'static str {
    if flag { "Yes" } else { "No" }
}

/// A manufacturer's name as it is printed. Reference: only the later layouts know where its list ends.
fn manufacturer(manufacturer: Manufacturer) -> String {
    if manufacturer.bank >= jedec::BANK_COUNT {
        return "JEDEC JEP106 update required".to_owned();
    }
    match jedec::manufacturer(manufacturer.bank, manufacturer.id) {
        Some(name) => text(name.as_bytes()),
        None => unknown(manufacturer.id.into()).into_owned(),
    }
}

impl Report for SpdReport {
    fn text(&self, page: &mut Page) {
        line!(page, " Memory Type           : {}", names::MEMORY_TYPES.name(self.memory_type));
        match &self.module {
            Some(ModuleReport::Ddr3(module)) => ddr3(page, &module.spd),
            Some(ModuleReport::Ddr4(module)) => ddr4(page, &module.spd),
            Some(ModuleReport::Legacy(module)) => legacy(page, &module.spd),
            None => return,
        }
        if page.verbose() != 0 {
            line!(page);
        }
    }
}

fn ddr3(page: &mut Page, spd: &Ddr3) {
    let geometry = spd.geometry;
    line!(page, " SDRAM Capacity        : {} MB", geometry.chip_capacity);
    line!(page, " Memory Banks          : {}", names::DDR3_BANKS.name(spd.banks));
    line!(page, " Primary Bus Width     : {} bits", geometry.bus_width);
    line!(page, " SDRAM Device Width    : {} bits", geometry.chip_width);
    line!(page, " Number of Ranks       : {}", geometry.ranks);
    line!(page, " Memory size           : {} MB", geometry.module_capacity());
    // Reference: the last two answers are the wrong way round.
    line!(page, " 1.5 V Nominal Op      : {}", yes(spd.voltages & 1 == 0));
    line!(page, " 1.35 V Nominal Op     : {}", yes(spd.voltages & 2 == 0));
    line!(page, " 1.2X V Nominal Op     : {}", yes(spd.voltages & 4 == 0));
    line!(page, " Error Detect/Cor      : {}", names::ECC_WIDTHS.name(spd.ecc));
    line!(page, " Manufacturer          : {}", manufacturer(spd.manufacturer));
    // Reference: a digit that is none becomes the character that many places behind `0`.
    let [year, week] = spd.date.map(|byte| [byte >> 4, byte & 0x0f].map(|digit| char::from(b'0' + digit)));
    line!(page, " Manufacture Date      : year {}{} week {}{}", year[0], year[1], week[0], week[1]);
    line!(page, " Serial Number         : {}", hex_bytes(&spd.serial));
    line!(page, " Part Number           : {}", text(&spd.part));
}

fn ddr4(page: &mut Page, spd: &Ddr4) {
    let geometry = spd.geometry;
    let operable = |place: u8| yes(spd.voltages >> place & 3 == 3);
    line!(page, " SDRAM Package Type    : {}", names::DDR4_PACKAGES.name(spd.package));
    line!(page, " Technology            : {}", names::DDR4_MODULES.name(spd.module));
    line!(page, " SDRAM Die Count       : {}", spd.dies);
    line!(page, " SDRAM Capacity        : {} Mb", geometry.chip_capacity);
    line!(page, " Memory Bank Group     : {}", names::DDR4_BANK_GROUPS.name(spd.bank_groups));
    line!(page, " Memory Banks          : {}", names::DDR4_BANKS.name(spd.banks));
    line!(page, " Primary Bus Width     : {} bits", geometry.bus_width);
    line!(page, " SDRAM Device Width    : {} bits", geometry.chip_width);
    line!(page, " Logical Rank per DIMM : {}", geometry.ranks);
    line!(page, " Memory size           : {} MB", geometry.module_capacity());
    line!(page, " Memory Density        : {}", names::DDR4_DENSITIES.name(spd.density));
    line!(page, " 1.2 V Nominal Op      : {}", operable(0));
    line!(page, " TBD1 V Nominal Op     : {}", operable(2));
    line!(page, " TBD2 V Nominal Op     : {}", operable(4));
    line!(page, " Error Detect/Cor      : {}", names::ECC_WIDTHS.name(spd.ecc));
    line!(page, " Manufacturer          : {}", manufacturer(spd.manufacturer));
    let [year, week] = spd.date.map(|byte| u16::from(byte >> 4) * 10 + u16::from(byte & 0x0f));
    line!(page, " Manufacture Date      : year {:4} week {week:2}", 2000 + year);
    line!(page, " Serial Number         : {}", hex_bytes(&spd.serial));
    line!(page, " Part Number           : {}", text(&spd.part));
}

fn legacy(page: &mut Page, spd: &Legacy) {
    match spd.capacity() {
        Some(capacity) => line!(page, " Memory Size           : {capacity} MB"),
        None => {
            let [rows, columns, ranks, banks] = spd.addressing;
            line!(page, " Memory Size    INVALID: {rows}, {columns}, {ranks}, {banks}");
        }
    }
    line!(page, " Voltage Intf          : {}", names::VOLTAGES.name(spd.voltage));
    line!(page, " Error Detect/Cor      : {}", names::CONFIGURATIONS.name(spd.configuration));
    put!(page, " Manufacturer          : ");
    line!(page, "{}", manufacturer(spd.manufacturer));
    if let Some(part) = &spd.part {
        line!(page, " Part Number           : {}", text(until_nul(part)));
    }
    line!(page, " Serial Number         : {}", hex_bytes(&spd.serial));
}
