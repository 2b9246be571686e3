//! What a sensor's record and its events say beyond the row, for JSON when commands are verbose: the
//! details that the text form shows as a block.

use crate::family::Context;
use crate::ipmi::sdr::{FullSensor, SensorRecord};
use crate::ipmi::sensor::SensorEvents;
use serde::Serialize;

/// Threshold names in the order of a mask, from bit 0.
const THRESHOLDS: [&str; 6] = [
    "lower_non_critical",
    "lower_critical",
    "lower_non_recoverable",
    "upper_non_critical",
    "upper_critical",
    "upper_non_recoverable",
];

/// Thresholds, in the sensor's unit, or raw where it has no numbers.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct RecordThresholds {
    upper_non_recoverable: Option<f64>,
    upper_critical: Option<f64>,
    upper_non_critical: Option<f64>,
    lower_non_recoverable: Option<f64>,
    lower_critical: Option<f64>,
    lower_non_critical: Option<f64>,
}

/// Event status or enables.
#[derive(Clone, Copy, Debug, Serialize)]
struct EventFacts {
    messages_enabled: bool,
    scanning_enabled: bool,
    unavailable: bool,
    assertions: Option<u16>,
    deassertions: Option<u16>,
}

impl From<SensorEvents> for EventFacts {
    fn from(events: SensorEvents) -> Self {
        let word = |bits: [Option<u8>; 2]| Some(u16::from_le_bytes([bits[0]?, bits[1].unwrap_or(0)]));
        EventFacts {
            messages_enabled: events.flags & 0x80 != 0,
            scanning_enabled: events.flags & 0x40 != 0,
            unavailable: events.flags & 0x20 != 0,
            assertions: word(events.assertion),
            deassertions: word(events.deassertion),
        }
    }
}

/// What only full records tell. Values are in the sensor's unit; absent where they are not specified.
#[derive(Clone, Copy, Debug, Serialize)]
struct FullFacts {
    linearization: u8,
    tolerance: Option<f64>,
    nominal_reading: Option<f64>,
    normal_minimum: Option<f64>,
    normal_maximum: Option<f64>,
    sensor_minimum: Option<f64>,
    sensor_maximum: Option<f64>,
    positive_hysteresis: Option<f64>,
    negative_hysteresis: Option<f64>,
    /// As the record initializes them; those in force are `sensor get`'s.
    initial_thresholds: RecordThresholds,
}

impl FullFacts {
    fn new(sensor: &SensorRecord, full: &FullSensor) -> Self {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let value = |raw: u8| {
            if sensor.is_discrete() { Some(f64::from(raw)) } else { finite(full.factors.value(raw)) }
        };
        let flagged = |flag: u8, raw: u8| value(raw).filter(|_| full.analog_flags & flag != 0);
        let hysteresis = |raw: u8| {
            let value = if sensor.is_discrete() { f64::from(raw) } else { full.factors.hysteresis_value(raw) };
            finite(value).filter(|_| raw != 0 && raw != 0xff)
        };
        let initialized = sensor.initialization & 0x10 != 0;
        let threshold = |position: usize, bit: u8| {
            value(full.thresholds[position]).filter(|_| initialized && sensor.masks.readable & 1 << bit != 0)
        };
        FullFacts {
            linearization: full.factors.linearization & 0x7f,
            tolerance: if sensor.is_discrete() {
                Some(f64::from(full.factors.tolerance))
            } else {
                finite(full.factors.tolerance_value(full.factors.tolerance))
            },
            nominal_reading: flagged(1, full.nominal),
            normal_minimum: flagged(4, full.normal_min),
            normal_maximum: flagged(2, full.normal_max),
            sensor_minimum: value(full.sensor_min),
            sensor_maximum: value(full.sensor_max),
            positive_hysteresis: hysteresis(sensor.positive_hysteresis),
            negative_hysteresis: hysteresis(sensor.negative_hysteresis),
            initial_thresholds: RecordThresholds {
                upper_non_recoverable: threshold(0, 5),
                upper_critical: threshold(1, 4),
                upper_non_critical: threshold(2, 3),
                lower_non_recoverable: threshold(3, 2),
                lower_critical: threshold(4, 1),
                lower_non_critical: threshold(5, 0),
            },
        }
    }
}

/// The details of a sensor.
#[derive(Debug, Serialize)]
pub struct SensorFacts {
    event_message_control: &'static str,
    readable_thresholds: Vec<&'static str>,
    settable_thresholds: Vec<&'static str>,
    oem: u8,
    full: Option<FullFacts>,
    event_status: Option<EventFacts>,
    event_enable: Option<EventFacts>,
}

impl SensorFacts {
    /// Collects the details, asking for the sensor's events on the way.
    pub async fn read(context: &Context, sensor: &SensorRecord) -> Self {
        let status = context.bmc.sensor_event_status(sensor).await.ok();
        let enable = context.bmc.sensor_event_enable(sensor).await.ok();
        let control = ["per_threshold", "entire_sensor", "global_disable", "none"];
        let access = sensor.capabilities >> 2 & 3;
        let named = |mask: u8| -> Vec<&'static str> {
            let accessible = sensor.is_threshold() && matches!(access, 1 | 2);
            let bits = (0..6_usize).filter(|bit| accessible && mask & 1 << bit != 0);
            bits.map(|bit| THRESHOLDS[bit]).collect()
        };
        SensorFacts {
            event_message_control: control[usize::from(sensor.capabilities & 3)],
            readable_thresholds: named(sensor.masks.readable),
            settable_thresholds: named(sensor.masks.settable),
            oem: sensor.oem,
            full: sensor.full.as_ref().filter(|_| sensor.is_threshold()).map(|full| FullFacts::new(sensor, full)),
            event_status: status.map(EventFacts::from),
            event_enable: enable.map(EventFacts::from),
        }
    }
}
