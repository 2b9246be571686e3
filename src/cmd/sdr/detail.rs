//! A sensor in detail (`-v`, `sdr get`): reading, thresholds, ranges, events.

use super::value::{Comparison, EntityReport, Style, short_value_text, unit_text, value_text};
use crate::bmc::Reading;
use crate::cmd::states;
use crate::family::Context;
use crate::ipmi::sdr::{AnalogFormat, FullSensor, SensorRecord};
use crate::ipmi::sensor::SensorEvents;
use crate::out::{List, Page, Report, fixed, text};
use crate::tables::entity::ENTITY_IDS;
use crate::{line, put};
use serde::Serialize;

/// Threshold bits by name, in the order of a mask.
const THRESHOLDS: [(u8, &str); 6] = [(0, "lnc"), (1, "lcr"), (2, "lnr"), (3, "unc"), (4, "ucr"), (5, "unr")];
/// The order in which masks are shown, as positions in a mask.
const SHOWN: [u8; 6] = [2, 1, 0, 3, 4, 5];

/// Asserted states below the name of the sensor's type.
pub struct StateBlock {
    type_name: &'static str,
    states: Vec<&'static str>,
}

impl StateBlock {
    /// Looks up what is asserted: nothing where no bit is set, or where no state of the sensor has a name.
    ///
    /// Reference: the states and the type are looked up anew for every block; on some transports each costs
    /// a request where the names are the manufacturer's.
    pub async fn of(context: &Context, sensor: &SensorRecord, bits: [u8; 2]) -> Option<Self> {
        if !states::any(bits) {
            return None;
        }
        let names = states::state_names(context, sensor.sensor_type, sensor.event_type).await;
        if names.iter().all(|name| name.data.is_some()) {
            return None;
        }
        let type_name = states::sensor_type_name(context, sensor.sensor_type).await;
        Some(StateBlock { type_name, states: states::asserted(&names, bits) })
    }

    /// Writes the block: the type on the label's line, then a state a line.
    pub fn write(&self, page: &mut Page, label: &str) {
        labelled(page, label, self.type_name);
        for state in &self.states {
            line!(page, "                         [{state}]");
        }
    }
}

/// Event status or enables, with the states that are asserted.
struct EventBlock {
    events: SensorEvents,
    states: [Option<StateBlock>; 2],
}

impl EventBlock {
    async fn of(context: &Context, sensor: &SensorRecord, events: SensorEvents, looked_at: bool) -> Self {
        let mut block = EventBlock { events, states: [None, None] };
        if looked_at && !sensor.is_threshold() {
            for (states, bits) in block.states.iter_mut().zip([events.assertion, events.deassertion]) {
                if let [Some(low), high] = bits {
                    *states = StateBlock::of(context, sensor, [low, high.unwrap_or(0)]).await;
                }
            }
        }
        block
    }
}

/// Event status and enables, as far as they can be read.
#[derive(Default)]
pub struct Events {
    status: Option<EventBlock>,
    enable: Option<EventBlock>,
}

impl Events {
    /// Asks for both.
    pub async fn read(context: &Context, sensor: &SensorRecord) -> Self {
        let mut found = Events::default();
        if let Ok(events) = context.bmc.sensor_event_status(sensor).await {
            let looked_at = events.flags & UNAVAILABLE == 0;
            found.status = Some(EventBlock::of(context, sensor, events, looked_at).await);
        }
        if let Ok(events) = context.bmc.sensor_event_enable(sensor).await {
            found.enable = Some(EventBlock::of(context, sensor, events, true).await);
        }
        found
    }

    /// Writes both, as `sdr -v` and `sensor get` show them.
    pub fn write(&self, page: &mut Page, sensor: &SensorRecord) {
        let replies = [
            (&self.status, "Event Status", ["Assertion Events", "Deassertion Events"], true),
            (&self.enable, "Event Enable", ["Assertions Enabled", "Deassertions Enabled"], false),
        ];
        for (block, label, labels, is_status) in replies {
            let Some(EventBlock { events, states }) = block else { continue };
            if is_status && events.flags & UNAVAILABLE != 0 {
                labelled(page, label, "Unavailable");
                continue;
            }
            if events.flags & 0x80 == 0 {
                labelled(page, label, "Event Messages Disabled");
            }
            if sensor.is_threshold() {
                threshold_events(page, events, labels, is_status);
                continue;
            }
            for (label, states) in labels.iter().zip(states) {
                if let Some(states) = states {
                    states.write(page, label);
                }
            }
        }
    }
}

/// Event status: the reading, and so its comparison, is unavailable.
const UNAVAILABLE: u8 = 0x20;

/// A sensor whose details are text alone: JSON comes from the row.
#[derive(Serialize)]
struct SensorDetail<'a> {
    name: String,
    #[serde(skip)]
    record: &'a SensorRecord,
    #[serde(skip)]
    values: Reading,
    #[serde(skip)]
    type_name: &'static str,
    #[serde(skip)]
    asserted: Option<StateBlock>,
    #[serde(skip)]
    events: Events,
}

/// Shows a sensor in detail, asking for its events on the way.
pub async fn show(context: &Context, rows: &List<'_>, sensor: &SensorRecord, values: Reading) {
    let type_name = states::sensor_type_name(context, sensor.sensor_type).await;
    let asserted = if sensor.is_threshold() { None } else { StateBlock::of(context, sensor, values.states).await };
    let events = Events::read(context, sensor).await;
    let name = text(sensor.name());
    rows.push(&SensorDetail { name, record: sensor, values, type_name, asserted, events });
}

fn raw_or_value(full: &FullSensor, raw: u8, discrete: bool) -> String {
    if discrete { format!("0x{raw:02X}") } else { fixed(full.factors.value(raw), 3) }
}

/// What `-v` adds to a threshold sensor's CSV row.
pub fn csv_tail(page: &mut Page, sensor: &SensorRecord, entity: &EntityReport, type_name: &str) {
    put!(page, ",{}.{},{},{type_name},", entity.id, entity.instance, entity.name);
    let Some(full) = &sensor.full else {
        put!(page, ",,,,,,,,,,");
        return;
    };
    let discrete = sensor.is_discrete();
    let mut field = |present: bool, raw: u8| {
        if present {
            put!(page, "{}", raw_or_value(full, raw, discrete));
        }
        put!(page, ",");
    };
    field(full.analog_flags & 1 != 0, full.nominal);
    field(full.analog_flags & 4 != 0, full.normal_min);
    field(full.analog_flags & 2 != 0, full.normal_max);
    // In the record's own order: upper, then lower, from the gravest on.
    for (bit, raw) in [5, 4, 3, 2, 1, 0].iter().zip(full.thresholds) {
        field(sensor.masks.readable & 1 << bit != 0, raw);
    }
    let [min, max] = [full.sensor_min, full.sensor_max].map(|raw| raw_or_value(full, raw, discrete));
    put!(page, "{min},{max}");
}

/// A line of a block: label, then value.
fn labelled(page: &mut Page, label: &str, value: &str) {
    line!(page, " {label:<21} : {value}");
}

fn event_control(sensor: &SensorRecord) -> &'static str {
    match sensor.capabilities & 3 {
        0 => "Per-threshold",
        1 => "Entire Sensor Only",
        2 => "Global Disable Only",
        _ => "No Events From Sensor",
    }
}

fn mask_text(mask: u8) -> String {
    SHOWN
        .iter()
        .filter(|bit| mask & 1 << **bit != 0)
        .map(|bit| format!("{} ", THRESHOLDS[usize::from(*bit)].1))
        .collect()
}

/// Threshold events of two mask bytes: lower thresholds and upper non-critical, then the other upper ones.
fn event_text(bits: [Option<u8>; 2]) -> String {
    const LOW: [&str; 8] = ["lnc-", "lnc+", "lcr-", "lcr+", "lnr-", "lnr+", "unc-", "unc+"];
    const HIGH: [&str; 4] = ["ucr-", "ucr+", "unr-", "unr+"];
    let pick = |bits: Option<u8>, names: &'static [&'static str]| {
        let bits = bits.unwrap_or(0);
        names.iter().enumerate().filter(move |(bit, _)| bits & 1 << bit != 0).map(|(_, name)| format!("{name} "))
    };
    pick(bits[0], &LOW).chain(pick(bits[1], &HIGH)).collect()
}

fn threshold_events(page: &mut Page, events: &SensorEvents, labels: [&str; 2], both: bool) {
    // Reference: the upper half of the assertions counts only in a reply that has it.
    labelled(page, labels[0], &event_text(events.assertion));
    if events.assertion[1].is_none() {
        return;
    }
    let shown = match events.deassertion {
        [Some(low), None] => low != 0,
        // Reference: the status wants both bytes, the enables either.
        [Some(low), Some(high)] if both => low != 0 && high != 0,
        [Some(low), Some(high)] => low != 0 || high != 0,
        [None, _] => false,
    };
    if shown {
        labelled(page, labels[1], &event_text(events.deassertion));
    }
}

/// A hysteresis, as `sdr -v` and `sensor get` show it.
pub fn hysteresis(page: &mut Page, sensor: &SensorRecord) {
    for (label, raw) in
        [("Positive Hysteresis", sensor.positive_hysteresis), ("Negative Hysteresis", sensor.negative_hysteresis)]
    {
        let value = match &sensor.full {
            Some(full) if !sensor.is_discrete() => {
                let value = full.factors.hysteresis_value(raw);
                (value != 0.0).then(|| fixed(value, 3))
            }
            _ => Some(format!("0x{raw:02X}")),
        };
        let value = value.filter(|_| raw != 0 && raw != 0xff);
        labelled(page, label, value.as_deref().unwrap_or("Unspecified"));
    }
}

fn range(page: &mut Page, sensor: &SensorRecord, full: &FullSensor) {
    // The end of the raw range stands for "unspecified", in each format its own.
    let (lowest, highest) = match sensor.units.format {
        AnalogFormat::Unsigned => (Some(0x00), Some(0xff)),
        AnalogFormat::OnesComplement => (Some(0xff), Some(0x00)),
        AnalogFormat::TwosComplement => (Some(0x80), Some(0x7f)),
        AnalogFormat::None => (None, None),
    };
    let ends = [("Minimum sensor range", full.sensor_min, lowest), ("Maximum sensor range", full.sensor_max, highest)];
    for (label, raw, unspecified) in ends {
        let value = full.factors.value(raw);
        if Some(raw) == unspecified || (!sensor.is_discrete() && value == 0.0) {
            labelled(page, label, "Unspecified");
        } else {
            labelled(page, label, &raw_or_value(full, raw, sensor.is_discrete()));
        }
    }
}

impl SensorDetail<'_> {
    fn discrete(&self, page: &mut Page) {
        let sensor = self.record;
        line!(page, " Sensor Type (Discrete): {} (0x{:02x})", self.type_name, sensor.sensor_type);
        let reading = match (self.values.raw, self.values.analog) {
            (Some(_), Some(value)) => format!("{} {}", short_value_text(value, 2), unit_text(&sensor.units)),
            (Some(raw), None) => format!("{raw:x}h"),
            (None, _) if self.values.scanning_disabled => "Disabled".to_owned(),
            (None, _) => "No Reading".to_owned(),
        };
        labelled(page, "Sensor Reading", &reading);
        labelled(page, "Event Message Control", event_control(sensor));
        if let Some(asserted) = &self.asserted {
            asserted.write(page, "States Asserted");
        }
        self.events.write(page, sensor);
        line!(page, " OEM                   : {:X}", sensor.oem);
        line!(page);
    }

    fn threshold(&self, page: &mut Page) {
        let sensor = self.record;
        line!(page, " Sensor Type (Threshold)  : {} (0x{:02x})", self.type_name, sensor.sensor_type);
        let unit = if self.values.is_analog { unit_text(&sensor.units) } else { String::new() };
        let reading = match (self.values.raw, &sensor.full) {
            (Some(raw), Some(full)) if sensor.is_discrete() => {
                format!("0x{raw:02X} (+/- 0x{:02X}) {unit}", full.factors.tolerance)
            }
            (Some(_), Some(full)) => {
                let value = self.values.analog.unwrap_or(0.0);
                let tolerance = full.factors.tolerance_value(full.factors.tolerance);
                format!("{} (+/- {}) {unit}", value_text(value, 3), value_text(tolerance, 3))
            }
            (Some(raw), None) => format!("0x{raw:02X} {unit}"),
            (None, _) if self.values.scanning_disabled => "Disabled".to_owned(),
            (None, _) => "No Reading".to_owned(),
        };
        labelled(page, "Sensor Reading", &reading);
        let status = Comparison::of(&self.values).word(true, Style::Plain, "Not Available");
        labelled(page, "Status", status);
        if let Some(full) = &sensor.full {
            self.nominal(page, full);
        }
        hysteresis(page, sensor);
        if let Some(full) = &sensor.full {
            range(page, sensor, full);
        }
        labelled(page, "Event Message Control", event_control(sensor));
        for (label, mask) in
            [("Readable Thresholds", sensor.masks.readable), ("Settable Thresholds", sensor.masks.settable)]
        {
            match sensor.capabilities >> 2 & 3 {
                0 => labelled(page, label, "No Thresholds"),
                3 => labelled(page, label, "Thresholds Fixed"),
                _ => labelled(page, label, &mask_text(mask & 0x3f)),
            }
        }
        let compared = (sensor.masks.assertion >> 12 & 7) as u8 | ((sensor.masks.deassertion >> 12 & 7) as u8) << 3;
        if compared != 0 {
            labelled(page, "Threshold Read Mask", &mask_text(compared));
        }
        self.events.write(page, sensor);
        line!(page);
    }

    fn nominal(&self, page: &mut Page, full: &FullSensor) {
        let sensor = self.record;
        let discrete = sensor.is_discrete();
        let specified = [
            (1, "Nominal Reading", full.nominal),
            (4, "Normal Minimum", full.normal_min),
            (2, "Normal Maximum", full.normal_max),
        ];
        for (flag, label, raw) in specified {
            if full.analog_flags & flag != 0 {
                labelled(page, label, &raw_or_value(full, raw, discrete));
            }
        }
        let labels = [
            "Upper non-recoverable",
            "Upper critical",
            "Upper non-critical",
            "Lower non-recoverable",
            "Lower critical",
            "Lower non-critical",
        ];
        for ((label, raw), bit) in labels.iter().zip(full.thresholds).zip([5, 4, 3, 2, 1, 0]) {
            if sensor.initialization & 0x10 != 0 && sensor.masks.readable & 1 << bit != 0 {
                labelled(page, label, &raw_or_value(full, raw, discrete));
            }
        }
    }
}

impl Report for SensorDetail<'_> {
    fn text(&self, page: &mut Page) {
        let sensor = self.record;
        line!(page, "Sensor ID              : {} (0x{:x})", self.name, sensor.number);
        let entity = sensor.entity;
        line!(page, " Entity ID             : {}.{} ({})", entity.id, entity.instance, ENTITY_IDS.name(entity.id));
        if sensor.is_threshold() {
            self.threshold(page);
        } else {
            self.discrete(page);
        }
    }
}
