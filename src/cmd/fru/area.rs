//! The chassis, board and product areas as they are shown.

use crate::ipmi::fru::{BoardArea, ChassisArea, ProductArea};
use crate::line;
use crate::out::{Output, Page, text, time};
use crate::tables::fru::CHASSIS_TYPES;
use serde::Serialize;

/// A field's text; none where there is no field, or an empty one.
fn field(bytes: &[u8]) -> Option<String> {
    (!bytes.is_empty()).then(|| text(bytes))
}

fn fields(list: &[Vec<u8>]) -> Vec<String> {
    list.iter().map(|bytes| text(bytes)).collect()
}

fn row(page: &mut Page, label: &str, value: Option<&String>) {
    if let Some(value) = value {
        line!(page, " {label:<21} : {value}");
    }
}

fn rows(page: &mut Page, label: &str, values: &[String]) {
    values.iter().for_each(|value| row(page, label, Some(value)));
}

/// Chassis info area.
#[derive(Serialize)]
pub struct Chassis {
    chassis_type: u8,
    chassis_type_name: &'static str,
    part_number: Option<String>,
    serial: Option<String>,
    extra: Vec<String>,
}

impl From<&ChassisArea> for Chassis {
    fn from(area: &ChassisArea) -> Self {
        Chassis {
            chassis_type: area.chassis_type,
            chassis_type_name: CHASSIS_TYPES.get(area.chassis_type).unwrap_or("Unknown"),
            part_number: field(&area.part_number),
            serial: field(&area.serial),
            extra: fields(&area.extra),
        }
    }
}

impl Chassis {
    pub fn text(&self, page: &mut Page) {
        line!(page, " Chassis Type          : {}", self.chassis_type_name);
        row(page, "Chassis Part Number", self.part_number.as_ref());
        row(page, "Chassis Serial", self.serial.as_ref());
        rows(page, "Chassis Extra", &self.extra);
    }
}

/// Board info area.
#[derive(Serialize)]
pub struct Board {
    /// ISO 8601, UTC; none where it is unspecified.
    manufacturing_time: Option<String>,
    manufacturer: Option<String>,
    product: Option<String>,
    serial: Option<String>,
    part_number: Option<String>,
    file_id: Option<String>,
    extra: Vec<String>,
    #[serde(skip)]
    manufacturing_text: String,
}

impl Board {
    pub fn new(out: &Output, area: &BoardArea) -> Self {
        Board {
            manufacturing_time: time::iso8601(area.timestamp()),
            manufacturer: field(&area.manufacturer),
            product: field(&area.product),
            serial: field(&area.serial),
            part_number: field(&area.part_number),
            file_id: field(&area.file_id),
            extra: fields(&area.extra),
            manufacturing_text: out.timestamp_string(area.timestamp()),
        }
    }

    pub fn text(&self, page: &mut Page) {
        line!(page, " Board Mfg Date        : {}", self.manufacturing_text);
        row(page, "Board Mfg", self.manufacturer.as_ref());
        row(page, "Board Product", self.product.as_ref());
        row(page, "Board Serial", self.serial.as_ref());
        row(page, "Board Part Number", self.part_number.as_ref());
        if page.verbose() > 0 {
            row(page, "Board FRU ID", self.file_id.as_ref());
        }
        rows(page, "Board Extra", &self.extra);
    }
}

/// Product info area.
#[derive(Serialize)]
pub struct Product {
    manufacturer: Option<String>,
    name: Option<String>,
    part_number: Option<String>,
    version: Option<String>,
    serial: Option<String>,
    asset_tag: Option<String>,
    file_id: Option<String>,
    extra: Vec<String>,
}

impl From<&ProductArea> for Product {
    fn from(area: &ProductArea) -> Self {
        Product {
            manufacturer: field(&area.manufacturer),
            name: field(&area.name),
            part_number: field(&area.part_number),
            version: field(&area.version),
            serial: field(&area.serial),
            asset_tag: field(&area.asset_tag),
            file_id: field(&area.file_id),
            extra: fields(&area.extra),
        }
    }
}

impl Product {
    pub fn text(&self, page: &mut Page) {
        row(page, "Product Manufacturer", self.manufacturer.as_ref());
        row(page, "Product Name", self.name.as_ref());
        row(page, "Product Part Number", self.part_number.as_ref());
        row(page, "Product Version", self.version.as_ref());
        row(page, "Product Serial", self.serial.as_ref());
        row(page, "Product Asset Tag", self.asset_tag.as_ref());
        if page.verbose() > 0 {
            row(page, "Product FRU ID", self.file_id.as_ref());
        }
        rows(page, "Product Extra", &self.extra);
    }
}
