//! One entry as a row: text, CSV, a block when verbose, JSON.

use super::describe::{describe, event_kind};
use crate::cmd::sdr::row::unit_text;
use crate::cmd::sdr::{listener, unopened};
use crate::cmd::states;
use crate::family::Context;
use crate::ipmi::sdr::{SdrRecord, SensorRecord};
use crate::ipmi::sel::{SelContent, SelEvent, SelRecord};
use crate::out::{Column, Format, List, Page, Report, Severity, fixed, hex_bytes, text, time, until_nul};
use crate::{line, put};
use serde::Serialize;

/// Manufacturers whose memory events are decoded in their own way.
const OWN_MEMORY_DECODING: [u32; 3] = [10_876, 47_488, 7_244];

/// A threshold event's reading and threshold, in single precision as the reference has them.
#[derive(Serialize)]
struct Trigger {
    reading: f32,
    threshold: Option<f32>,
    unit: String,
    #[serde(skip)]
    rising: bool,
}

/// One entry.
#[derive(Serialize)]
pub struct SelRow {
    id: u16,
    record_type: u8,
    time: Option<String>,
    timestamp: Option<u32>,
    generator_id: Option<u16>,
    sensor_name: Option<String>,
    sensor_type: Option<u8>,
    sensor_type_name: Option<&'static str>,
    sensor_number: Option<u8>,
    event_type: Option<u8>,
    event: Option<&'static str>,
    asserted: Option<bool>,
    event_data: Option<String>,
    trigger: Option<Trigger>,
    manufacturer_id: Option<u32>,
    oem_data: Option<String>,
    kernel_panic: Option<String>,
    #[serde(skip)]
    record: SelRecord,
    #[serde(skip)]
    memory: Option<[u8; 2]>,
    #[serde(skip)]
    stamps: [String; 2],
}

const TABLE: &[Column] = &[
    Column { title: "Id", pointer: "/id" },
    Column { title: "Time", pointer: "/time" },
    Column { title: "Sensor type", pointer: "/sensor_type_name" },
    Column { title: "Sensor", pointer: "/sensor_name" },
    Column { title: "Number", pointer: "/sensor_number" },
    Column { title: "Event", pointer: "/event" },
    Column { title: "Asserted", pointer: "/asserted" },
];

/// What a Linux kernel leaves when it panics.
const LINUX_PANIC: u8 = 0xf0;
/// Timestamps below this count from the controller's start.
const SINCE_INIT: u32 = 0x2000_0000;

impl SelRow {
    fn plain(&self, page: &mut Page, csv: bool) {
        let separator = if csv { "," } else { " | " };
        if csv {
            put!(page, "{:x},", self.id);
        } else {
            put!(page, "{:4x} | ", self.id);
        }
        if let Some(panic) = &self.kernel_panic {
            line!(page, "{}Linux kernel panic: {panic}", if csv { ",," } else { "" });
            return;
        }
        match self.timestamp {
            None if csv => put!(page, ",,"),
            None => {}
            Some(stamp) if stamp < SINCE_INIT => {
                let [before, after] = if csv { [",", ","] } else { [" |", "| "] };
                put!(page, " Pre-Init {before}{stamp:010}{after}");
            }
            Some(_) => put!(page, "{}{separator}{}{separator}", self.stamps[0], self.stamps[1]),
        }
        match self.record.content() {
            SelContent::Event(event) => self.event(page, &event, separator),
            SelContent::OemTimestamped { manufacturer, data, .. } => {
                let kind = self.record_type;
                line!(page, "OEM record {kind:02x}{separator}{manufacturer:06x}{separator}{}", hex_bytes(&data));
            }
            SelContent::Oem(data) => line!(page, "OEM record {:02x}{separator}{}", self.record_type, hex_bytes(&data)),
        }
    }

    fn event(&self, page: &mut Page, event: &SelEvent, separator: &str) {
        let type_name = self.sensor_type_name.unwrap_or_default();
        match &self.sensor_name {
            Some(name) => put!(page, "{type_name} {name}"),
            None if event.sensor != 0 => put!(page, "{type_name} #0x{:02x}", event.sensor),
            None => put!(page, "{type_name}"),
        }
        let direction = if event.deasserted { "Deasserted" } else { "Asserted" };
        put!(page, "{separator}{}{separator}{direction}", self.event.unwrap_or_default());
        if let Some(trigger) = &self.trigger {
            let number = |value: f32| fixed(f64::from(value), if is_whole(value) { 0 } else { 2 });
            put!(page, "{separator}Reading {}", number(trigger.reading));
            if let Some(threshold) = trigger.threshold {
                let sign = if trigger.rising { ">" } else { "<" };
                put!(page, " {sign} Threshold {} {}", number(threshold), trigger.unit);
            }
        } else if let Some([cpu, dimm]) = self.memory {
            put!(page, "{separator}CPU {cpu} DIMM {dimm}");
        }
        line!(page);
    }

    fn block(&self, page: &mut Page) {
        line!(page, "SEL Record ID          : {:04x}", self.id);
        if let Some(panic) = &self.kernel_panic {
            line!(page, " Record Type           : Linux kernel panic (OEM record {:02x})", self.record_type);
            line!(page, " Panic string          : {panic}\n");
            return;
        }
        let content = self.record.content();
        let kind = match content {
            SelContent::Event(_) => "",
            SelContent::OemTimestamped { .. } => "  (OEM timestamped)",
            SelContent::Oem(_) => "  (OEM non-timestamped)",
        };
        line!(page, " Record Type           : {:02x}{kind}", self.record_type);
        if self.timestamp.is_some() {
            // Reference: the date is shown twice, in the place of date and time.
            line!(page, " Timestamp             : {0} {0}", self.stamps[0]);
        }
        match content {
            SelContent::Event(event) => {
                line!(page, " Generator ID          : {:04x}", event.generator);
                line!(page, " EvM Revision          : {:02x}", event.revision);
                line!(page, " Sensor Type           : {}", self.sensor_type_name.unwrap_or_default());
                line!(page, " Sensor Number         : {:02x}", event.sensor);
                line!(page, " Event Type            : {}", event_kind(event.event_type));
                let direction = if event.deasserted { "Deassertion Event" } else { "Assertion Event" };
                line!(page, " Event Direction       : {direction}");
                line!(page, " Event Data            : {}", hex_bytes(&event.data));
                line!(page, " Description           : {}", self.event.unwrap_or_default());
                line!(page);
            }
            SelContent::OemTimestamped { manufacturer, data, .. } => {
                line!(page, " Manufactacturer ID    : {manufacturer:06x}");
                line!(page, " OEM Defined           : {} [{}]\n", hex_bytes(&data), visible(&data));
            }
            SelContent::Oem(data) => {
                line!(page, " OEM Defined           : {} [{}]\n", hex_bytes(&data), visible(&data));
            }
        }
    }
}

/// Bytes as text; below 40h and above 7Eh a dot stands for them.
fn visible(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if (0x40..=0x7e).contains(byte) { char::from(*byte) } else { '.' }).collect()
}

fn is_whole(value: f32) -> bool {
    value.is_finite() && value == value.trunc() && value.abs() < 2_147_483_648.0
}

impl Report for SelRow {
    const COLUMNS: &'static [Column] = TABLE;

    fn text(&self, page: &mut Page) {
        if page.verbose() != 0 { self.block(page) } else { self.plain(page, false) }
    }

    fn csv(&self, page: &mut Page) {
        if page.verbose() != 0 { self.block(page) } else { self.plain(page, true) }
    }

    fn severity(&self) -> Severity {
        match self.event {
            Some(event) if event.contains("on-recoverable") || event.contains("Critical going") => Severity::Critical,
            Some(event) if event.contains("Non-critical going") => Severity::Warning,
            _ => Severity::Normal,
        }
    }
}

/// The record of the sensor an event comes from: its name, and what it takes to convert readings.
struct Source {
    name: String,
    sensor: Option<SensorRecord>,
}

async fn source(context: &Context, event: &SelEvent) -> Option<Source> {
    let owner = event.generator.to_le_bytes()[0];
    let fits = |record: &SdrRecord| match record {
        SdrRecord::Sensor(sensor) => {
            (sensor.number, sensor.owner, sensor.sensor_type) == (event.sensor, owner, event.sensor_type)
        }
        SdrRecord::EventOnly(sensor) => {
            (sensor.number, sensor.owner, sensor.sensor_type) == (event.sensor, owner, event.sensor_type)
        }
        _ => false,
    };
    let listener = listener(context);
    let found = match context.bmc.find_sdr(&listener, fits).await {
        Ok(found) => found?,
        Err(fault) => {
            unopened(context, &fault);
            return None;
        }
    };
    // Reference: as long as the record has bytes, not as long as it says.
    let name = text(until_nul(&found.record.id_string()?.bytes));
    let sensor = match &found.record {
        SdrRecord::Sensor(sensor) => Some(sensor.clone()),
        _ => None,
    };
    Some(Source { name, sensor })
}

fn trigger(event: &SelEvent, sensor: &SensorRecord) -> Trigger {
    let value = |raw: u8| sensor.full.as_ref().map_or(0.0, |full| full.factors.value(raw) as f32);
    let [kind, reading, threshold] = event.data;
    Trigger {
        reading: if kind >> 6 == 1 { value(reading) } else { 0.0 },
        threshold: (kind >> 4 & 3 == 1).then(|| value(threshold)),
        unit: unit_text(&sensor.units),
        // Odd offsets are going high; a deassertion turns that round.
        rising: (event.offset() % 2 == 1) != event.deasserted,
    }
}

/// Shows one entry; `extended` looks its sensor up.
pub async fn show(context: &Context, rows: &List<'_>, record: &SelRecord, extended: bool) {
    let text_block = context.out.verbose() != 0 && context.out.format() == Format::Text;
    let mut row = SelRow {
        id: record.id,
        record_type: record.kind,
        time: None,
        timestamp: None,
        generator_id: None,
        sensor_name: None,
        sensor_type: None,
        sensor_type_name: None,
        sensor_number: None,
        event_type: None,
        event: None,
        asserted: None,
        event_data: None,
        trigger: None,
        manufacturer_id: None,
        oem_data: None,
        kernel_panic: None,
        record: *record,
        memory: None,
        stamps: Default::default(),
    };
    let stamp = match record.content() {
        SelContent::Event(event) => {
            fill_event(context, &mut row, &event, extended && !text_block, text_block).await;
            Some(event.timestamp)
        }
        SelContent::OemTimestamped { timestamp, manufacturer, data } => {
            row.manufacturer_id = Some(manufacturer);
            row.oem_data = Some(hex_bytes(&data));
            Some(timestamp)
        }
        SelContent::Oem(_) if record.kind == LINUX_PANIC => {
            // Reference: eleven bytes from the sixth on, before any NUL.
            row.kernel_panic = Some(text(until_nul(&record.bytes[5..])));
            None
        }
        SelContent::Oem(data) => {
            row.oem_data = Some(hex_bytes(&data));
            None
        }
    };
    if let Some(stamp) = stamp {
        row.timestamp = Some(stamp);
        row.time = time::iso8601(stamp);
        row.stamps = [context.out.timestamp_date(stamp), context.out.timestamp_time(stamp)];
    }
    rows.push(&row);
}

async fn fill_event(context: &Context, row: &mut SelRow, event: &SelEvent, extended: bool, block: bool) {
    let source = if extended { source(context, event).await } else { None };
    row.generator_id = Some(event.generator);
    row.sensor_type = Some(event.sensor_type);
    row.sensor_number = Some(event.sensor);
    row.event_type = Some(event.event_type);
    row.asserted = Some(!event.deasserted);
    row.event_data = Some(hex_bytes(&event.data));
    row.sensor_type_name = Some(states::sensor_type_name(context, event.sensor_type).await);
    row.event = describe(context, event).await;
    if let Some(source) = source {
        if event.event_type == 0x01 {
            row.trigger = source.sensor.as_ref().map(|sensor| trigger(event, sensor));
        }
        row.sensor_name = Some(source.name);
    }
    if event.event_type == 0x6f && row.trigger.is_none() && !block {
        let own = OWN_MEMORY_DECODING.contains(&states::manufacturer(context).await);
        let plain_memory = event.sensor_type == 0x0c && event.sensor == 0 && event.data[0] & 0x30 == 0x20;
        row.memory = (plain_memory && !own).then_some([event.data[2] & 0x0f, event.data[2] >> 4]);
    }
}
