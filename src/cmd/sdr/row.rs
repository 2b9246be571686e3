//! One record as a row: text in three styles, CSV, JSON.

use super::facts::SensorFacts;
use super::value::{COLUMNS, Comparison, EntityReport, Style, VALUE_BYTES, short_value_text, unit_text, value_text};
use super::{detail, locator, words};
use crate::bmc::Reading;
use crate::cmd::states::{self, SensorIdentity};
use crate::family::Context;
use crate::ipmi::sdr::{SdrRecord, SensorRecord};
use crate::out::{Column, List, Page, Report, Severity, text};
use crate::{line, put};
use serde::Serialize;

/// Shows one record.
pub async fn show(context: &Context, rows: &List<'_>, style: Style, record: &SdrRecord) {
    match record {
        SdrRecord::Sensor(sensor) => show_sensor(context, rows, style, sensor).await,
        SdrRecord::EventOnly(sensor) => locator::show_event_only(context, rows, style, sensor).await,
        SdrRecord::Generic(device) => rows.push(&locator::LocatorRow::generic(device, style)),
        SdrRecord::Fru(device) => rows.push(&locator::LocatorRow::fru(device, style)),
        SdrRecord::Mc(device) => rows.push(&locator::LocatorRow::mc(device, style)),
        SdrRecord::Oem(record) => rows.push(&locator::OemRow::new(context, record)),
        SdrRecord::EntityAssociation => {}
    }
}

/// A sensor with its reading.
#[derive(Serialize)]
struct SensorRow {
    pub name: String,
    pub sensor: SensorIdentity,
    pub record_type: &'static str,
    pub entity: EntityReport,
    pub sensor_type: u8,
    pub sensor_type_name: &'static str,
    pub event_type: u8,
    pub reading: Option<f64>,
    pub unit: Option<String>,
    pub raw_reading: Option<u8>,
    pub status: Comparison,
    pub state_bits: u16,
    pub states: Vec<&'static str>,
    pub scanning: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<SensorFacts>,
    #[serde(skip)]
    record: SensorRecord,
    #[serde(skip)]
    values: Reading,
    #[serde(skip)]
    style: Style,
}

impl SensorRow {
    fn new(
        sensor: &SensorRecord,
        values: Reading,
        style: Style,
        type_name: &'static str,
        states: Vec<&'static str>,
    ) -> Self {
        SensorRow {
            name: text(sensor.name()),
            sensor: SensorIdentity { owner: sensor.owner, lun: sensor.lun, number: sensor.number },
            record_type: if sensor.full.is_some() { "full" } else { "compact" },
            entity: sensor.entity.into(),
            sensor_type: sensor.sensor_type,
            sensor_type_name: type_name,
            event_type: sensor.event_type,
            reading: values.analog.filter(|value| value.is_finite()),
            unit: values.is_analog.then(|| unit_text(&sensor.units)),
            raw_reading: values.raw,
            status: if sensor.is_threshold() || values.raw.is_none() {
                Comparison::of(&values)
            } else {
                Comparison::Ok
            },
            state_bits: values.state_bits(sensor),
            states,
            scanning: !values.scanning_disabled,
            details: None,
            record: sensor.clone(),
            values,
            style,
        }
    }

    fn analog_text(&self, decimals: usize) -> Option<String> {
        let value = self.values.analog?;
        Some(format!("{} {}", short_value_text(value, decimals), self.unit.as_deref().unwrap_or_default()))
    }

    fn plain(&self, page: &mut Page) {
        let compact = self.record.full.is_none();
        let value = match (self.values.raw, self.analog_text(2)) {
            (Some(_), Some(text)) => text,
            // Reference: Debian shows the first state byte here, not the reading.
            (Some(_), None) => format!("0x{:02x}", self.values.states[0]),
            (None, _) if compact => "Not Readable".to_owned(),
            (None, _) if self.values.scanning_disabled => "disabled".to_owned(),
            (None, _) => "no reading".to_owned(),
        };
        let status = if self.record.is_threshold() || self.values.raw.is_none() {
            self.status.word(false, Style::Plain, "ns")
        } else {
            "ok"
        };
        line!(page, "{:<16} | {:<17} | {status}", self.name, format!("{value:.VALUE_BYTES$}"));
    }

    fn extended(&self, page: &mut Page) {
        let status = if self.record.is_threshold() || self.values.raw.is_none() {
            self.status.word(false, Style::Extended, "ns")
        } else {
            "ok"
        };
        let (id, instance) = (self.entity.id, self.entity.instance);
        put!(page, "{:<16} | {:02X}h | {status:<3} | {id:2}.{instance} | ", self.name, self.sensor.number);
        match (self.values.raw, self.analog_text(2)) {
            (None, _) if self.values.scanning_disabled => put!(page, "Disabled"),
            (None, _) => put!(page, "No Reading"),
            (Some(_), Some(value)) if self.record.is_threshold() => put!(page, "{value:.VALUE_BYTES$}"),
            (Some(_), value) => {
                if let Some(value) = value {
                    let separator = if states::any(self.values.states) { ", " } else { "" };
                    put!(page, "{value}{separator}");
                }
                put!(page, "{}", self.states.join(", "));
            }
        }
        line!(page);
    }

    /// Number, status, entity and states, as the CSV form of what is not an analog threshold sensor.
    fn csv_states(&self, page: &mut Page) {
        let (id, instance) = (self.entity.id, self.entity.instance);
        match (self.values.raw, self.values.analog) {
            (None, _) => put!(page, "{:02X}h,ns,{id}.{instance},No Reading", self.sensor.number),
            (Some(_), analog) => {
                match analog {
                    Some(value) => {
                        put!(page, "{},{},", short_value_text(value, 2), self.unit.as_deref().unwrap_or_default())
                    }
                    None => put!(page, "{:02X}h,", self.sensor.number),
                }
                put!(page, "ok,{id}.{instance},{}", self.states.join(", "));
            }
        }
    }
}

impl Report for SensorRow {
    const COLUMNS: &'static [Column] = COLUMNS;

    fn text(&self, page: &mut Page) {
        match self.style {
            Style::Plain | Style::Detail => self.plain(page),
            Style::Extended => self.extended(page),
        }
    }

    fn csv(&self, page: &mut Page) {
        put!(page, "{},", self.name);
        if !self.record.is_threshold() {
            self.csv_states(page);
            line!(page);
            return;
        }
        let verbose = page.verbose() != 0;
        match (self.values.raw, self.values.analog) {
            (None, _) => put!(page, ",,ns"),
            (Some(_), Some(value)) => {
                let status = self.status.word(verbose, self.style, "ns");
                put!(page, "{},{},{status}", value_text(value, 3), self.unit.as_deref().unwrap_or_default());
            }
            (Some(_), None) => self.csv_states(page),
        }
        if verbose {
            detail::csv_tail(page, &self.record, &self.entity, self.sensor_type_name);
        }
        line!(page);
    }

    fn severity(&self) -> Severity {
        self.status.severity()
    }
}

/// Whether the states' names are shown, so that they have to be looked up: it may cost a request.
fn shows_states(context: &Context, style: Style, sensor: &SensorRecord, values: &Reading) -> bool {
    let structured = context.out.format() != crate::out::Format::Text;
    let plain_text = style != Style::Extended && context.out.csv() == 0;
    let analog = sensor.is_threshold() && values.is_analog;
    // A comparison with thresholds is the status; its bits are no states.
    (structured && !sensor.is_threshold())
        || (!structured && values.raw.is_some() && states::any(values.states) && !plain_text && !analog)
}

async fn show_sensor(context: &Context, rows: &List<'_>, style: Style, sensor: &SensorRecord) {
    let (values, sensor) = &words::reading(context, sensor).await;
    let values = *values;
    let structured = context.out.format() != crate::out::Format::Text;
    let csv = context.out.csv() != 0;
    if context.out.verbose() != 0 && !csv && !structured {
        detail::show(context, rows, sensor, values).await;
        return;
    }
    let names = if shows_states(context, style, sensor, &values) {
        states::state_names(context, sensor.sensor_type, sensor.event_type).await
    } else {
        Vec::new()
    };
    let asserted = states::asserted(&names, values.states);
    let type_name = if structured || (csv && context.out.verbose() != 0 && sensor.is_threshold()) {
        states::sensor_type_name(context, sensor.sensor_type).await
    } else {
        ""
    };
    let mut row = SensorRow::new(sensor, values, style, type_name, asserted);
    let detailed = style == Style::Detail || context.out.verbose() != 0;
    if detailed && context.out.format() == crate::out::Format::Json {
        row.details = Some(SensorFacts::read(context, sensor).await);
    }
    rows.push(&row);
}
