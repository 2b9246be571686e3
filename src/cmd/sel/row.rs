//! One entry as a row: text, CSV, JSON; `block` has the lines it takes when verbose.

use super::block;
use super::describe::{Description, describe};
use crate::bmc::{EventMessage, StoredRecord};
use crate::cmd::sdr::value::unit_text;
use crate::cmd::sdr::{listener, unopened};
use crate::cmd::states;
use crate::family::Context;
use crate::ipmi::sdr::SdrRecord;
use crate::ipmi::sel::{SelContent, SelEvent, SelRecord};
use crate::oem::hooks;
use crate::out::{Column, Format, Page, Report, Severity, fixed, hex_bytes, text, time, until_nul};
use crate::{line, put};
use serde::Serialize;
use std::sync::Arc;

/// A threshold event's reading and threshold, in single precision as the reference has them.
#[derive(Serialize)]
struct Trigger {
    reading: f32,
    threshold: Option<f32>,
    unit: String,
    #[serde(skip)]
    rising: bool,
}

/// What the user's event map says about an entry.
#[derive(Serialize)]
struct OemMessage {
    message: String,
    values: Vec<LabelledByte>,
}

/// A byte of an entry under the map's label for it.
#[derive(Serialize)]
struct LabelledByte {
    label: String,
    value: u8,
}

impl From<EventMessage<'_>> for OemMessage {
    fn from(message: EventMessage<'_>) -> Self {
        let labelled = |(label, value): (&[u8], u8)| LabelledByte { label: text(label), value };
        OemMessage { message: text(message.text), values: message.labels.into_iter().map(labelled).collect() }
    }
}

/// How an entry is shown.
#[derive(Clone, Debug)]
pub enum Style {
    /// As a line; as a block when verbose.
    Line,
    /// The same, with the name of the sensor in the line.
    Extended,
    /// As a line, however verbose; with the name of the sensor where that is asked for.
    AlwaysLine {
        /// Whether the sensor is named.
        named: bool,
    },
    /// As a block, with what the sensor's record makes of the event, where there is one.
    Detail(Option<Arc<StoredRecord>>),
}

/// One entry.
#[derive(Serialize)]
pub struct SelRow {
    pub(super) id: u16,
    pub(super) record_type: u8,
    time: Option<String>,
    pub(super) timestamp: Option<u32>,
    generator_id: Option<u16>,
    sensor_name: Option<String>,
    sensor_type: Option<u8>,
    sensor_type_name: Option<&'static str>,
    sensor_number: Option<u8>,
    event_type: Option<u8>,
    event: Option<&'static str>,
    event_detail: Option<String>,
    asserted: Option<bool>,
    event_data: Option<String>,
    trigger: Option<Trigger>,
    manufacturer_id: Option<u32>,
    oem_data: Option<String>,
    oem_messages: Vec<OemMessage>,
    pub(super) kernel_panic: Option<String>,
    #[serde(skip)]
    pub(super) record: SelRecord,
    /// The event in words.
    #[serde(skip)]
    pub(super) description: String,
    #[serde(skip)]
    memory: Option<[u8; 2]>,
    /// Date and time.
    #[serde(skip)]
    pub(super) stamps: [String; 2],
    #[serde(skip)]
    pub(super) style: Style,
}

const TABLE: &[Column] = &[
    Column { title: "Id", pointer: "/id" },
    Column { title: "Time", pointer: "/time" },
    Column { title: "Sensor type", pointer: "/sensor_type_name" },
    Column { title: "Sensor", pointer: "/sensor_name" },
    Column { title: "Number", pointer: "/sensor_number" },
    Column { title: "Event", pointer: "/event" },
    Column { title: "Detail", pointer: "/event_detail" },
    Column { title: "Asserted", pointer: "/asserted" },
];

/// What a Linux kernel leaves when it panics.
const LINUX_PANIC: u8 = 0xf0;
/// What stands for a sensor type without a name.
const UNNAMED: &str = "Unknown";
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
                put!(page, "OEM record {kind:02x}{separator}{manufacturer:06x}{separator}{}", hex_bytes(&data));
                self.mapped(page, csv);
                line!(page);
            }
            SelContent::Oem(data) => {
                put!(page, "OEM record {:02x}{separator}{}", self.record_type, hex_bytes(&data));
                self.mapped(page, csv);
                line!(page);
            }
        }
    }

    /// What the event map says, at the end of a line.
    pub(super) fn mapped(&self, page: &mut Page, csv: bool) {
        for OemMessage { message, values } in &self.oem_messages {
            if csv {
                put!(page, ",\"{message}\"");
            } else {
                put!(page, " | {message}");
            }
            for LabelledByte { label, value } in values {
                if csv {
                    put!(page, ",{label}=0x{value:x}");
                } else {
                    put!(page, " {label} = 0x{value:x}");
                }
            }
        }
    }

    fn event(&self, page: &mut Page, event: &SelEvent, separator: &str) {
        let type_name = self.type_name();
        match &self.sensor_name {
            Some(name) => put!(page, "{type_name} {name}"),
            None if event.sensor != 0 => put!(page, "{type_name} #0x{:02x}", event.sensor),
            None => put!(page, "{type_name}"),
        }
        let direction = if event.deasserted { "Deasserted" } else { "Asserted" };
        put!(page, "{separator}{}{separator}{direction}", self.description);
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

    /// The sensor type in the reference's words.
    pub(super) fn type_name(&self) -> &'static str {
        self.sensor_type_name.unwrap_or(UNNAMED)
    }

    fn is_block(&self, page: &Page) -> bool {
        match self.style {
            Style::Line | Style::Extended => page.verbose() != 0,
            Style::AlwaysLine { .. } => false,
            Style::Detail(_) => true,
        }
    }
}

fn is_whole(value: f32) -> bool {
    value.is_finite() && value == value.trunc() && value.abs() < 2_147_483_648.0
}

impl Report for SelRow {
    const COLUMNS: &'static [Column] = TABLE;

    fn text(&self, page: &mut Page) {
        if self.is_block(page) { block::write(self, page, false) } else { self.plain(page, false) }
    }

    fn csv(&self, page: &mut Page) {
        if self.is_block(page) { block::write(self, page, true) } else { self.plain(page, true) }
    }

    fn severity(&self) -> Severity {
        match self.event {
            Some(event) if event.contains("on-recoverable") || event.contains("Critical going") => Severity::Critical,
            Some(event) if event.contains("Non-critical going") => Severity::Warning,
            _ => Severity::Normal,
        }
    }
}

/// The record of the sensor an event comes from.
pub async fn sensor_record(context: &Context, event: &SelEvent) -> Option<Arc<StoredRecord>> {
    let owner = event.generator.to_le_bytes()[0];
    let wanted = (event.sensor, owner, event.sensor_type);
    let fits = |record: &SdrRecord| match record {
        SdrRecord::Sensor(sensor) => (sensor.number, sensor.owner, sensor.sensor_type) == wanted,
        SdrRecord::EventOnly(sensor) => (sensor.number, sensor.owner, sensor.sensor_type) == wanted,
        _ => false,
    };
    let listener = listener(context);
    match context.bmc.find_sdr(&listener, fits).await {
        Ok(found) => found,
        Err(fault) => {
            unopened(context, &fault);
            None
        }
    }
}

/// What a threshold event tells of a sensor. Reference: whatever the record of the sensor is, it is read
/// as a full one.
fn trigger(event: &SelEvent, record: &SdrRecord) -> Option<Trigger> {
    let (units, factors) = match record {
        SdrRecord::Sensor(sensor) => (sensor.units, sensor.overlaid),
        SdrRecord::EventOnly(sensor) => sensor.overlaid(),
        _ => return None,
    };
    let value = |raw: u8| factors.value(raw) as f32;
    let [kind, reading, threshold] = event.data;
    Some(Trigger {
        reading: if kind >> 6 == 1 { value(reading) } else { 0.0 },
        threshold: (kind >> 4 & 3 == 1).then(|| value(threshold)),
        unit: unit_text(&units),
        // Odd offsets are going high; a deassertion turns that round.
        rising: (event.offset() % 2 == 1) != event.deasserted,
    })
}

impl SelRow {
    /// Reads an entry for showing, asking the controller for what it takes.
    pub async fn read(context: &Context, record: &SelRecord, style: Style) -> SelRow {
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
            event_detail: None,
            asserted: None,
            event_data: None,
            trigger: None,
            manufacturer_id: None,
            oem_data: None,
            oem_messages: Vec::new(),
            kernel_panic: None,
            record: *record,
            description: String::new(),
            memory: None,
            stamps: Default::default(),
            style,
        };
        let stamp = match record.content() {
            SelContent::Event(event) => {
                row.read_event(context).await;
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
        if record.kind >= 0xc0 && row.kernel_panic.is_none() {
            let messages = context.settings.event_map.messages(record);
            row.oem_messages = messages.into_iter().map(OemMessage::from).collect();
            // Reference: an OEM record whose bytes name a sensor is shown in detail as an event.
            if matches!(row.style, Style::Detail(Some(_))) {
                row.read_event(context).await;
            }
        }
        if let Some(stamp) = stamp {
            row.timestamp = Some(stamp);
            row.time = time::iso8601(stamp);
            row.stamps = [context.out.timestamp_date(stamp), context.out.timestamp_time(stamp)];
        }
        row
    }

    async fn read_event(&mut self, context: &Context) {
        let event = self.record.as_event();
        let terse = context.out.verbose() == 0 || context.out.format() != Format::Text;
        let in_line = match self.style {
            Style::Line | Style::Extended => terse,
            Style::AlwaysLine { .. } => true,
            Style::Detail(_) => false,
        };
        let source = match &self.style {
            Style::Extended | Style::AlwaysLine { named: true } if in_line => sensor_record(context, &event).await,
            Style::Detail(source) => source.clone(),
            _ => None,
        };
        self.generator_id = Some(event.generator);
        self.sensor_type = Some(event.sensor_type);
        self.sensor_number = Some(event.sensor);
        self.event_type = Some(event.event_type);
        self.asserted = Some(!event.deasserted);
        self.event_data = Some(hex_bytes(&event.data));
        let type_name = states::sensor_type_name(context, event.sensor_type).await;
        self.sensor_type_name = (type_name != UNNAMED).then_some(type_name);
        let Description { name, detail, text: description } = describe(context, &self.record).await;
        // Some names end in a blank, which only the text keeps.
        self.event = name.map(str::trim_end);
        self.event_detail = detail.map(|detail| detail.trim().to_owned());
        self.description = description.unwrap_or_default();
        if let Some(id) = source.as_ref().and_then(|source| source.record.id_string()) {
            // Reference: as long as the record has bytes, not as long as it says.
            self.sensor_name = Some(text(until_nul(&id.bytes)));
        }
        if event.event_type == 0x01 {
            self.trigger = source.as_ref().and_then(|source| trigger(&event, &source.record));
        }
        if event.event_type == 0x6f && in_line {
            let own = hooks::sel::names_memory(hooks::manufacturer(context).await);
            self.memory = memory(&event).filter(|_| !own);
        }
    }
}

/// Processor and module of a memory event, by a convention of Intel's.
pub fn memory(event: &SelEvent) -> Option<[u8; 2]> {
    let plain = event.sensor_type == 0x0c && event.sensor == 0 && event.data[0] & 0x30 == 0x20;
    plain.then_some([event.data[2] & 0x0f, event.data[2] >> 4])
}
