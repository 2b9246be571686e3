//! `sensor list`, and the rows and blocks that `sensor get` shares with it.

use crate::bmc::Reading;
use crate::cmd::sdr::detail::{self, Events, StateBlock};
use crate::cmd::sdr::value::{Comparison, EntityReport, Style, short_value_text, unit_text, value_text};
use crate::cmd::sdr::{self, listener, unopened};
use crate::cmd::states::{self, SensorIdentity};
use crate::family::{Context, Status};
use crate::ipmi::sdr::{SdrRecord, SensorRecord};
use crate::ipmi::sensor::SensorThresholds;
use crate::out::{Column, Format, List, Page, Report, Severity, fixed, text};
use crate::{line, put};
use serde::Serialize;

/// Threshold positions in the command's order: lower non-critical, critical, non-recoverable, then upper.
const LNC: usize = 0;
const LCR: usize = 1;
const LNR: usize = 2;
const UNC: usize = 3;
const UCR: usize = 4;
const UNR: usize = 5;
/// The order of the columns.
const COLUMNS: [usize; 6] = [LNR, LCR, LNC, UNC, UCR, UNR];

/// The thresholds of a sensor, converted.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Thresholds {
    lower_non_recoverable: Option<f64>,
    lower_critical: Option<f64>,
    lower_non_critical: Option<f64>,
    upper_non_critical: Option<f64>,
    upper_critical: Option<f64>,
    upper_non_recoverable: Option<f64>,
}

/// A sensor with its reading and the thresholds in force.
#[derive(Serialize)]
struct ThresholdRow {
    name: String,
    sensor: SensorIdentity,
    entity: EntityReport,
    sensor_type: u8,
    sensor_type_name: &'static str,
    reading: Option<f64>,
    unit: Option<String>,
    raw_reading: Option<u8>,
    status: Comparison,
    state_bits: u16,
    states: Vec<&'static str>,
    thresholds: Thresholds,
    #[serde(skip)]
    record: SensorRecord,
    #[serde(skip)]
    values: Reading,
    #[serde(skip)]
    limits: Option<SensorThresholds>,
    #[serde(skip)]
    asserted: Option<StateBlock>,
    #[serde(skip)]
    events: Events,
    #[serde(skip)]
    style: Style,
}

const TABLE: &[Column] = &[
    Column { title: "Sensor", pointer: "/name" },
    Column { title: "Reading", pointer: "/reading" },
    Column { title: "Unit", pointer: "/unit" },
    Column { title: "Status", pointer: "/status" },
    Column { title: "LNR", pointer: "/thresholds/lower_non_recoverable" },
    Column { title: "LCR", pointer: "/thresholds/lower_critical" },
    Column { title: "LNC", pointer: "/thresholds/lower_non_critical" },
    Column { title: "UNC", pointer: "/thresholds/upper_non_critical" },
    Column { title: "UCR", pointer: "/thresholds/upper_critical" },
    Column { title: "UNR", pointer: "/thresholds/upper_non_recoverable" },
    Column { title: "States", pointer: "/states" },
];

impl ThresholdRow {
    fn threshold_raw(&self, position: usize) -> Option<u8> {
        let limits = self.limits.filter(|limits| limits.readable & 1 << position != 0)?;
        self.record.full.as_ref().map(|_| limits.raw[position])
    }

    /// A threshold as text: a value, or raw where the sensor has no numbers.
    fn threshold_text(&self, position: usize) -> Option<String> {
        let raw = self.threshold_raw(position)?;
        let full = self.record.full.as_ref()?;
        Some(if self.record.is_discrete() { format!("0x{raw:x}") } else { fixed(full.factors.value(raw), 3) })
    }

    fn is_discrete(&self) -> bool {
        !self.record.is_threshold()
    }

    /// An analog value of a sensor without thresholds: whole, or with three decimals.
    fn plain_value(&self) -> Option<String> {
        self.values.analog.map(|value| short_value_text(value, 3))
    }

    fn state_word(&self) -> String {
        format!("0x{:02x}{:02x}", self.values.states[0], self.values.states[1])
    }

    fn unit_text(&self) -> &str {
        self.unit.as_deref().unwrap_or_default()
    }

    fn row(&self, page: &mut Page) {
        put!(page, "{:<16} ", self.name);
        let comparison = self.status.word(page.verbose() != 0, self.style, "ns");
        if self.is_discrete() {
            match (self.values.raw, self.plain_value()) {
                (Some(_), Some(value)) => put!(page, "| {value:<10} | {:<10} | {:<6}", self.unit_text(), "ok"),
                // Reference: Debian shows the first state byte here; the CSV form has the reading.
                (Some(_), None) => {
                    put!(page, "| 0x{:<8x} | {:<10} | {}", self.values.states[0], "discrete", self.state_word());
                }
                (None, _) => put!(page, "| {:<10} | {:<10} | {:<6}", "na", "discrete", "na"),
            }
            COLUMNS.iter().for_each(|_| put!(page, "| {:<10}", "na"));
            return line!(page);
        }
        match (self.values.raw, self.values.analog) {
            (Some(_), Some(value)) => {
                put!(page, "| {:<10} | {:<10} | {comparison:<6}", fixed(value, 3), self.unit_text());
            }
            (Some(raw), None) => put!(page, "| 0x{raw:<8x} | {:<10} | {comparison:<6}", self.unit_text()),
            (None, _) => put!(page, "| {:<10} | {:<10} | {:<6}", "na", self.unit_text(), "na"),
        }
        for position in COLUMNS {
            match (self.threshold_raw(position), self.record.is_discrete()) {
                (Some(raw), true) => put!(page, "| 0x{raw:<8x}"),
                _ => put!(page, "| {:<10}", self.threshold_text(position).as_deref().unwrap_or("na")),
            }
        }
        line!(page);
    }

    fn block(&self, page: &mut Page) {
        line!(page, "Sensor ID              : {} (0x{:x})", self.name, self.sensor.number);
        line!(page, " Entity ID             : {}.{}", self.entity.id, self.entity.instance);
        if self.is_discrete() {
            line!(page, " Sensor Type (Discrete): {}", self.sensor_type_name);
            if self.values.raw.is_none() {
                line!(page, " Unable to read sensor: Device Not Present\n");
                return;
            }
            if let Some(value) = self.plain_value() {
                line!(page, " Sensor Reading        : {value} {}", self.unit_text());
            }
            if let Some(asserted) = &self.asserted {
                asserted.write(page, "States Asserted");
            }
            return line!(page);
        }
        line!(page, " Sensor Type (Threshold)  : {}", self.sensor_type_name);
        put!(page, " Sensor Reading        : ");
        if let Some(raw) = self.values.raw {
            self.threshold_block(page, raw);
        } else {
            line!(page, " Unable to read sensor: Device Not Present\n");
        }
        self.events.write(page, &self.record);
        line!(page);
    }

    fn threshold_block(&self, page: &mut Page, raw: u8) {
        let unit = self.unit_text();
        match (&self.record.full, self.values.analog) {
            (Some(full), Some(value)) => {
                let tolerance = full.factors.tolerance_value(full.factors.tolerance);
                line!(page, "{} (+/- {}) {unit}", value_text(value, 3), value_text(tolerance, 3));
            }
            (Some(full), None) => line!(page, "0x{raw:x} (+/- 0x{:x}) {unit}", full.factors.tolerance),
            (None, _) => line!(page, "0x{raw:x} {unit}"),
        }
        line!(page, " Status                : {}", self.status.word(true, Style::Plain, "ns"));
        if self.limits.is_none() {
            return line!(page, " Sensor Threshold Settings not available");
        }
        if self.record.full.is_some() {
            let labels = [
                (LNR, " Lower Non-Recoverable : "),
                (LCR, " Lower Critical        : "),
                (LNC, " Lower Non-Critical    : "),
                (UNC, " Upper Non-Critical    : "),
                (UCR, " Upper Critical        : "),
                (UNR, " Upper Non-Recoverable : "),
            ];
            for (position, label) in labels {
                line!(page, "{label}{}", self.threshold_text(position).as_deref().unwrap_or("na"));
            }
        }
        detail::hysteresis(page, &self.record);
    }
}

impl Report for ThresholdRow {
    const COLUMNS: &'static [Column] = TABLE;

    fn text(&self, page: &mut Page) {
        if page.verbose() == 0 { self.row(page) } else { self.block(page) }
    }

    fn csv(&self, page: &mut Page) {
        put!(page, "{}", self.name);
        let comparison = self.status.word(page.verbose() != 0, self.style, "ns");
        if self.is_discrete() {
            match (self.values.raw, self.plain_value()) {
                (Some(_), Some(value)) => put!(page, ",{value},{},ok", self.unit_text()),
                (Some(raw), None) => put!(page, ",0x{raw:x},discrete,{}", self.state_word()),
                (None, _) => put!(page, ",na,discrete,na"),
            }
            return line!(page, ",na,na,na,na,na,na");
        }
        match (self.values.raw, self.values.analog) {
            (Some(_), Some(value)) => put!(page, ",{},{},{comparison}", fixed(value, 3), self.unit_text()),
            (Some(raw), None) => put!(page, ",0x{raw:x},{},{comparison}", self.unit_text()),
            (None, _) => put!(page, ",na,{},na", self.unit_text()),
        }
        for position in COLUMNS {
            put!(page, ",{}", self.threshold_text(position).as_deref().unwrap_or("na"));
        }
        line!(page);
    }

    fn severity(&self) -> Severity {
        self.status.severity()
    }
}

/// Reads one sensor and shows it. Fails when it has no reading.
pub async fn show(context: &Context, rows: &List<'_>, sensor: &SensorRecord) -> Status {
    let bmc = &context.bmc;
    let (values, sensor) = &sdr::reading(context, sensor).await;
    let values = *values;
    let limits = if sensor.is_threshold() { bmc.sensor_thresholds(sensor).await.ok() } else { None };
    let structured = context.out.format() != Format::Text;
    let block = context.out.verbose() != 0 && context.out.csv() == 0 && !structured;
    let type_name = if block || structured {
        states::sensor_type_name(context, sensor.sensor_type).await
    } else {
        Default::default()
    };
    let names = if structured && !sensor.is_threshold() {
        states::state_names(context, sensor.sensor_type, sensor.event_type).await
    } else {
        Vec::new()
    };
    let asserted = if block && !sensor.is_threshold() && values.raw.is_some() {
        StateBlock::of(context, sensor, values.states).await
    } else {
        None
    };
    let events = if block && sensor.is_threshold() { Events::read(context, sensor).await } else { Events::default() };
    let converted = |position: usize| {
        let limits = limits.filter(|limits| limits.readable & 1 << position != 0)?;
        let full = sensor.full.filter(|_| !sensor.is_discrete())?;
        Some(full.factors.value(limits.raw[position])).filter(|value| value.is_finite())
    };
    rows.push(&ThresholdRow {
        name: text(sensor.name()),
        sensor: SensorIdentity { owner: sensor.owner, lun: sensor.lun, number: sensor.number },
        entity: sensor.entity.into(),
        sensor_type: sensor.sensor_type,
        sensor_type_name: type_name,
        reading: values.analog.filter(|value| value.is_finite()),
        unit: values.is_analog.then(|| unit_text(&sensor.units)),
        raw_reading: values.raw,
        status: if sensor.is_threshold() || values.raw.is_none() { Comparison::of(&values) } else { Comparison::Ok },
        state_bits: values.state_bits(sensor),
        states: states::asserted(&names, values.states),
        thresholds: Thresholds {
            lower_non_recoverable: converted(LNR),
            lower_critical: converted(LCR),
            lower_non_critical: converted(LNC),
            upper_non_critical: converted(UNC),
            upper_critical: converted(UCR),
            upper_non_recoverable: converted(UNR),
        },
        record: sensor.clone(),
        values,
        limits,
        asserted,
        events,
        style: sdr::lasting_style(context),
    });
    if values.raw.is_some() { Status::OK } else { Status::FAILED }
}

/// `sensor list`. Reference: it reads the records anew, and no sensor's failure is its own.
pub async fn run(context: &Context) -> Status {
    let listener = listener(context);
    let mut walk = match context.bmc.open_sdr(&listener).await {
        Ok(walk) => walk,
        Err(fault) => return unopened(context, &fault),
    };
    let rows = context.out.list();
    while let Some(next) = context.bmc.next_sdr(&mut walk, &listener).await {
        let Ok(raw) = next else { continue };
        if let Some(SdrRecord::Sensor(sensor)) = SdrRecord::decode(raw.header.kind, &raw.body) {
            show(context, &rows, &sensor).await;
        }
    }
    Status::OK
}
