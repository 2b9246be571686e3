//! `event SENSOR STATE`: an event as one of the controller's sensors would send it.

use super::{Message, REVISION, send};
use crate::bmc::CallError;
use crate::cmd::sdr;
use crate::cmd::states::state_names;
use crate::family::{Context, Status};
use crate::ipmi::sdr::{SdrRecord, SensorRecord};
use crate::ipmi::sensor::GetSensorHysteresis;
use crate::line;
use crate::out::{Page, Report, completion_text};
use serde::Serialize;

/// Thresholds by their words, in the order in which a controller lists them and numbers their events.
const THRESHOLDS: [&str; 6] = ["lnc", "lcr", "lnr", "unc", "ucr", "unr"];

/// Words for the second and the first state of a sensor with two.
const ON: [&str; 7] = ["present", "assert", "limit", "fail", "yes", "on", "up"];
const OFF: [&str; 7] = ["absent", "deassert", "nolimit", "nofail", "no", "off", "down"];

/// Event data 2 and 3 hold the reading and the threshold (IPMI 2.0 table 29-6).
const READING_AND_THRESHOLD: u8 = 0x50;

/// The states of a sensor.
#[derive(Serialize)]
struct SensorStates {
    states: Vec<&'static str>,
    #[serde(skip)]
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Threshold,
    Digital,
    Discrete,
}

impl Report for SensorStates {
    fn text(&self, page: &mut Page) {
        if self.kind == Kind::Threshold {
            line!(page, "Sensor States:");
            line!(page, "  lnr : Lower Non-Recoverable ");
            line!(page, "  lcr : Lower Critical");
            line!(page, "  lnc : Lower Non-Critical");
            line!(page, "  unc : Upper Non-Critical");
            line!(page, "  ucr : Upper Critical");
            line!(page, "  unr : Upper Non-Recoverable");
            return;
        }
        line!(page, "Sensor States: \n  {}", self.states.join("\n  "));
        if self.kind == Kind::Digital {
            line!(page, "Sensor State Shortcuts:");
            for (on, off) in ON.iter().zip(OFF) {
                line!(page, "  {on:<9}  {off:<9}");
            }
        }
    }
}

/// Sends an event of a sensor, or lists its states.
pub async fn run(context: &Context, name: &str, state: Option<&str>, direction: Option<&str>) -> Status {
    let out = &context.out;
    let deasserted = match direction {
        None | Some("assert") => false,
        Some("deassert") => true,
        Some(word) => {
            out.error(&format!("Invalid event direction {word}.  Must be 'assert' or 'deassert'"));
            return Status::FAILED;
        }
    };
    out.print(&format!("Finding sensor {name}... "));
    let Some(stored) = sdr::named(context, name).await else {
        out.println("not found!");
        return Status::FAILED;
    };
    out.println("ok");
    let SdrRecord::Sensor(sensor) = &stored.record else {
        out.error(&format!("Unknown sensor type for id '{name}'"));
        return Status::FAILED;
    };
    // Reference: the highest bit, which no event type has, is passed over.
    let event_type = sensor.event_type & 0x7f;
    let kind = match event_type {
        0x01 => Kind::Threshold,
        0x03..=0x06 | 0x08 | 0x09 => Kind::Digital,
        0x02 | 0x07 | 0x0a..=0x0c | 0x6f => Kind::Discrete,
        _ => return Status::FAILED,
    };
    let data = match kind {
        Kind::Threshold => threshold(context, sensor, state, deasserted).await,
        kind => discrete(context, sensor.sensor_type, event_type, kind, state).await,
    };
    let [first, second, third] = match data {
        Ok(data) => data,
        Err(status) => return status,
    };
    let event = u8::from(deasserted) << 7 | event_type;
    let message: Message = [REVISION, sensor.sensor_type, sensor.number, event, first, second, third];
    send(context, message).await
}

/// Event data of a threshold event: it goes up through an upper threshold when it is asserted, and down through
/// a lower one; deasserted, it is the other way round.
async fn threshold(
    context: &Context,
    sensor: &SensorRecord,
    state: Option<&str>,
    deasserted: bool,
) -> Result<[u8; 3], Status> {
    let out = &context.out;
    let Some(state) = state.filter(|state| *state != "list") else {
        out.report(&SensorStates { states: THRESHOLDS.to_vec(), kind: Kind::Threshold });
        // Reference: this list fails, the others do not.
        return Err(Status::FAILED);
    };
    let Some(index) = THRESHOLDS.iter().position(|word| *word == state) else {
        out.error(&format!("Invalid threshold identifier {state}"));
        return Err(Status::FAILED);
    };
    let rising = (index >= 3) != deasserted;
    let thresholds = match context.bmc.sensor_thresholds(sensor).await {
        Ok(thresholds) => thresholds.raw,
        Err(CallError::Decode(_)) => [0; 6],
        Err(CallError::Refused(code)) => {
            out.error(&format!("Command Get Sensor Thresholds failed: {}", completion_text(code.0)));
            return Err(Status::FAILED);
        }
        Err(CallError::Transport(_)) => {
            out.error("Command Get Sensor Thresholds failed: invalid response.");
            return Err(Status::FAILED);
        }
    };
    let hysteresis = GetSensorHysteresis { number: sensor.number, lun: sensor.lun };
    let [up, down] = context.bmc.call_owner(sensor, &hysteresis).await.unwrap_or([1, 1]);
    let limit = thresholds[index];
    let reading = if rising { limit.saturating_add(up.max(1)) } else { limit.saturating_sub(down.max(1)) };
    let offset = 2 * index as u8 + u8::from(rising);
    Ok([READING_AND_THRESHOLD | offset, reading, limit])
}

async fn discrete(
    context: &Context,
    sensor_type: u8,
    event_type: u8,
    kind: Kind,
    state: Option<&str>,
) -> Result<[u8; 3], Status> {
    let Some(state) = state.filter(|state| !state.eq_ignore_ascii_case("list")) else {
        let names = state_names(context, sensor_type, event_type).await;
        let plain = names.iter().filter(|name| name.data.is_none() && name.offset < 15);
        context.out.report(&SensorStates { states: plain.map(|name| name.name).collect(), kind });
        return Err(Status::OK);
    };
    let is = |word: &&str| word.eq_ignore_ascii_case(state);
    let offset = match kind {
        Kind::Digital if ON.iter().any(is) => 1,
        Kind::Digital if OFF.iter().any(is) => 0,
        _ if sensor_type == 0 || event_type == 0 => 0,
        _ => {
            let names = state_names(context, sensor_type, event_type).await;
            let Some(found) = names.iter().find(|name| name.name.eq_ignore_ascii_case(state)) else {
                context.out.warning(&format!("Unable to find matching event offset for '{state}'"));
                return Err(Status::FAILED);
            };
            found.offset
        }
    };
    Ok([offset, 0xff, 0xff])
}
