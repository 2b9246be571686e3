//! `sensor thresh`: set thresholds.

use crate::cli::float::parse_f64;
use crate::cmd::sdr::named;
use crate::family::{Context, Status, because};
use crate::ipmi::sdr::{FullSensor, SdrRecord, SensorRecord};
use crate::ipmi::sensor::{SensorThresholds, SetSensorThresholds};
use crate::out::{fixed, text};

const USAGE: [&str; 17] = [
    "sensor thresh <id> <threshold> <setting>",
    "   id        : name of the sensor for which threshold is to be set",
    "   threshold : which threshold to set",
    "                 unr = upper non-recoverable",
    "                 ucr = upper critical",
    "                 unc = upper non-critical",
    "                 lnc = lower non-critical",
    "                 lcr = lower critical",
    "                 lnr = lower non-recoverable",
    "   setting   : the value to set the threshold to",
    "",
    "sensor thresh <id> lower <lnr> <lcr> <lnc>",
    "   Set all lower thresholds at the same time",
    "",
    "sensor thresh <id> upper <unc> <ucr> <unr>",
    "   Set all upper thresholds at the same time",
    "",
];

/// A threshold by its position in the command: lower non-critical, critical, non-recoverable, then upper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Threshold(usize);

const LNC: Threshold = Threshold(0);
const LCR: Threshold = Threshold(1);
const LNR: Threshold = Threshold(2);
const UNC: Threshold = Threshold(3);
const UCR: Threshold = Threshold(4);
const UNR: Threshold = Threshold(5);

const WORDS: [&str; 6] = ["lnc", "lcr", "lnr", "unc", "ucr", "unr"];
const NAMES: [&str; 6] = [
    "Lower Non-Critical",
    "Lower Critical",
    "Lower Non-Recoverable",
    "Upper Non-Critical",
    "Upper Critical",
    "Upper Non-Recoverable",
];

impl Threshold {
    fn named(word: &str) -> Option<Self> {
        WORDS.iter().position(|name| *name == word).map(Threshold)
    }

    fn is_in(self, mask: u8) -> bool {
        mask & 1 << self.0 != 0
    }

    /// The thresholds a new value has to stay below, and those it has to stay above.
    fn neighbours(self) -> (&'static [Threshold], &'static [Threshold]) {
        match self {
            UNR => (&[], &[UCR, UNC]),
            UCR => (&[UNR], &[UNC]),
            UNC => (&[UNR, UCR], &[LNC]),
            LNC => (&[UNC], &[LCR, LNR]),
            LCR => (&[LNC], &[LNR]),
            _ => (&[LNC, LCR], &[]),
        }
    }
}

/// What the words ask for.
enum Wanted {
    /// One threshold, compared with those in force.
    One(Threshold, f64),
    /// Three thresholds, in this order, as they are.
    Three([(Threshold, f64); 3]),
}

fn wanted(context: &Context, words: &[String]) -> Option<Wanted> {
    let out = &context.out;
    let (id, word) = (&words[0], words[1].as_str());
    // Reference: the names of the lower values are told in the wrong order.
    let (order, told, usage) = match word {
        "upper" => ([UNC, UCR, UNR], ["unc", "ucr", "unr"], "<unc> <ucr> <unr>"),
        "lower" => ([LNR, LCR, LNC], ["lnc", "lcr", "lnr"], "<lnr> <lcr> <lnc>"),
        _ => {
            let Some(threshold) = Threshold::named(word) else {
                out.error(&format!("Valid threshold '{word}' for sensor '{id}' not specified!"));
                return None;
            };
            let Ok(value) = parse_f64(&words[2]) else {
                out.error(&format!("Given {word} threshold value '{}' is invalid.", words[2]));
                return None;
            };
            return Some(Wanted::One(threshold, value));
        }
    };
    if words.len() < 5 {
        out.error(&format!("usage: sensor thresh <id> {word} {usage}"));
        return None;
    }
    let mut settings = order.map(|threshold| (threshold, 0.0));
    for ((setting, value), told) in settings.iter_mut().zip(&words[2..]).zip(told) {
        match parse_f64(value) {
            Ok(number) => setting.1 = number,
            Err(_) => {
                out.error(&format!("Given {told} '{value}' is invalid."));
                return None;
            }
        }
    }
    Some(Wanted::Three(settings))
}

/// Whether a value keeps its distance from the thresholds in force. Reference: only where its own
/// threshold is readable, and as if those below zero were zero.
fn fits(full: &FullSensor, now: &SensorThresholds, threshold: Threshold, value: f64) -> bool {
    if !threshold.is_in(now.readable) {
        return true;
    }
    let (above, below) = threshold.neighbours();
    let readable = |neighbour: &&Threshold| neighbour.is_in(now.readable);
    let current = |neighbour: &Threshold| {
        let value = full.factors.value(now.raw[neighbour.0]);
        if value < 0.0 { 0.0 } else { value }
    };
    !above.iter().filter(readable).any(|neighbour| value >= current(neighbour))
        && !below.iter().filter(readable).any(|neighbour| value <= current(neighbour))
}

/// The raw form of a value: of a sensor without numbers, the value itself.
fn raw(sensor: &SensorRecord, full: &FullSensor, value: f64) -> u8 {
    // A conversion from a float saturates, and is zero for what is not a number.
    if sensor.is_discrete() { value as u8 } else { full.factors.raw(value) }
}

/// `sensor thresh`.
pub async fn run(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    if words.len() < 3 || words[0] == "help" {
        out.notices(&USAGE);
        return Status::OK;
    }
    let Some(wanted) = wanted(context, words) else { return Status::FAILED };
    let id = &words[0];
    out.println(&format!("Locating sensor record '{id}'..."));
    let Some(stored) = named(context, id).await else {
        out.error("Sensor data record not found!");
        return Status::FAILED;
    };
    let (sensor, full) = match &stored.record {
        SdrRecord::Sensor(sensor) => match sensor.full {
            Some(full) => (sensor, full),
            None => return invalid_type(context, stored.kind),
        },
        _ => return invalid_type(context, stored.kind),
    };
    if !sensor.is_threshold() {
        out.error(&format!("Invalid sensor event type {:02x}", sensor.event_type));
        return Status::FAILED;
    }
    match wanted {
        Wanted::One(threshold, value) => {
            // Reference: the reading is asked for, and nobody looks at it.
            let _reading = context.bmc.sensor_reading_reply(sensor).await;
            let Ok(now) = context.bmc.sensor_thresholds(sensor).await else {
                out.error("Sensor data record not found!");
                return Status::FAILED;
            };
            if !fits(&full, &now, threshold, value) {
                out.error("Invalid Threshold data values. Cannot Set Threshold Data.");
                return Status::FAILED;
            }
            set(context, sensor, &full, threshold, value).await
        }
        Wanted::Three(settings) => {
            let mut status = Status::OK;
            for (threshold, value) in settings {
                // Reference: the last one alone decides.
                status = set(context, sensor, &full, threshold, value).await;
            }
            status
        }
    }
}

fn invalid_type(context: &Context, kind: u8) -> Status {
    context.out.error(&format!("Invalid sensor type {kind:02x}"));
    Status::FAILED
}

async fn set(context: &Context, sensor: &SensorRecord, full: &FullSensor, threshold: Threshold, value: f64) -> Status {
    let out = &context.out;
    let name = text(sensor.id.text(usize::MAX));
    out.println(&format!("Setting sensor \"{name}\" {} threshold to {}", NAMES[threshold.0], fixed(value, 3)));
    let mut values = [0; 6];
    values[threshold.0] = raw(sensor, full, value);
    let command = SetSensorThresholds { number: sensor.number, lun: sensor.lun, mask: 1 << threshold.0, values };
    match context.bmc.call_owner(sensor, &command).await {
        Ok(()) => Status::OK,
        Err(error) => {
            out.error(&format!("Error setting threshold{}", because(&error)));
            Status::FAILED
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_mutual() {
        for position in 0..6 {
            let (above, below) = Threshold(position).neighbours();
            assert!(above.iter().all(|other| other.0 != position) && below.iter().all(|other| other.0 != position));
        }
        assert_eq!(Threshold::named("ucr"), Some(UCR));
        assert_eq!(Threshold::named("UCR"), None);
    }
}
