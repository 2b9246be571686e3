//! Sensor and event commands (IPMI 2.0 chapters 29 and 35).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// What can change about sensors, by number.
pub struct Sensors {
    readings: BTreeMap<u8, [u8; 4]>,
    thresholds: BTreeMap<u8, [u8; 6]>,
    hysteresis: BTreeMap<u8, [u8; 2]>,
    enables: BTreeMap<u8, [u8; 5]>,
    receiver: [u8; 2],
}

/// Scanning and events enabled.
const ENABLED: u8 = 0xc0;

impl Default for Sensors {
    fn default() -> Self {
        let analog = |raw, state| [raw, ENABLED, state, 0x00];
        let discrete = |low: u8, high: u8| [0x00, ENABLED, low, 0x80 | high];
        let readings = [
            (0x01, analog(0x2d, 0xc0)),
            (0x02, analog(0x57, 0xc8)),
            (0x03, analog(0xbe, 0xc0)),
            (0x04, analog(0xa8, 0xc2)),
            (0x05, analog(0x50, 0xc0)),
            (0x06, analog(0x06, 0xc7)),
            (0x07, analog(0xf1, 0xc0)),
            (0x08, analog(0xf1, 0xc0)),
            (0x0d, [0x00, 0xe0, 0xc0, 0x00]),
            (0x0e, [0x00, 0x80, 0xc0, 0x00]),
            (0x10, discrete(0x01, 0x00)),
            (0x11, discrete(0x0b, 0x00)),
            (0x12, discrete(0x40, 0x00)),
            (0x20, discrete(0x20, 0x00)),
            (0x21, discrete(0x00, 0x00)),
            (0x22, discrete(0x00, 0x00)),
            (0x23, discrete(0x01, 0x00)),
            (0x24, discrete(0x02, 0x01)),
            (0x29, discrete(0x02, 0x00)),
            (0x31, discrete(0x02, 0x00)),
            (0x36, discrete(0x02, 0x00)),
            (0x39, discrete(0x01, 0x00)),
            (0x45, [0x21, ENABLED, 0x04, 0x80]),
        ];
        Sensors {
            readings: readings.into(),
            thresholds: BTreeMap::new(),
            hysteresis: BTreeMap::new(),
            enables: BTreeMap::new(),
            receiver: [0x20, 0x00],
        }
    }
}

/// The handler for a sensor or event command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x00 => set_receiver,
        0x01 => |state, _, _| Ok(state.sensors.receiver.to_vec()),
        0x02 => platform_event,
        0x23 => reading_factors,
        0x24 => set_hysteresis,
        0x25 => get_hysteresis,
        0x26 => set_thresholds,
        0x27 => get_thresholds,
        0x28 => set_event_enable,
        0x29 => get_event_enable,
        0x2a => |state, _, request| record(state, request).map(|_| Vec::new()),
        0x2b => event_status,
        0x2d => reading,
        0x2f => |state, _, request| record(state, request).map(|record| vec![record[12], record[13]]),
        _ => return None,
    })
}

/// The full or compact record of the sensor a request names in its first byte.
fn record(state: &State, request: &Request) -> Result<Vec<u8>, CompletionCode> {
    let number = *request.data.first().ok_or(CompletionCode::LENGTH_INVALID)?;
    let lun = request.lun & 0x03;
    let covers = |record: &&Vec<u8>| match record[..] {
        [_, _, _, kind @ (1 | 2), _, 0x20, owner_lun, first, ..] if owner_lun & 0x03 == lun => {
            let shared = if kind == 2 { record.get(23).map_or(1, |share| (share & 0x0f).max(1)) } else { 1 };
            (first..first.saturating_add(shared)).contains(&number)
        }
        _ => false,
    };
    let record = state.sdr.records().iter().chain(state.device_sdr.records()).find(covers);
    record.filter(|record| record.len() > 24).cloned().ok_or(CompletionCode::NOT_PRESENT)
}

fn is_threshold(record: &[u8]) -> bool {
    record[13] == 0x01
}

fn reading(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let record = record(state, request)?;
    let number = request.data[0];
    let [raw, flags, low, high] = match state.sensors.readings.get(&number) {
        Some(reading) => *reading,
        None if is_threshold(&record) => [0x40_u8.wrapping_add(number), ENABLED, 0xc0, 0],
        None => [0, ENABLED, 0x01, 0x80],
    };
    Ok(if is_threshold(&record) { vec![raw, flags, low] } else { vec![raw, flags, low, high] })
}

/// Thresholds as the command orders them: lower non-critical, critical, non-recoverable, then upper.
fn thresholds_of(state: &State, number: u8, record: &[u8]) -> [u8; 6] {
    state.sensors.thresholds.get(&number).copied().unwrap_or_else(|| match record.get(36..42) {
        // The record has them from the upper non-recoverable one down.
        Some(&[unr, ucr, unc, lnr, lcr, lnc]) if record[3] == 1 => [lnc, lcr, lnr, unc, ucr, unr],
        _ => [0; 6],
    })
}

fn get_thresholds(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let record = record(state, request)?;
    if !is_threshold(&record) {
        return Err(CompletionCode(0xcd));
    }
    let readable = record[18] & 0x3f;
    Ok([&[readable], &thresholds_of(state, request.data[0], &record)[..]].concat())
}

fn set_thresholds(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let record = record(state, request)?;
    let [number, mask, values @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let values = <[u8; 6]>::try_from(values).map_err(|_| CompletionCode::LENGTH_INVALID)?;
    if !is_threshold(&record) || record[19] & mask != *mask {
        return Err(CompletionCode(0xcd));
    }
    let mut now = thresholds_of(state, *number, &record);
    for (bit, (slot, value)) in now.iter_mut().zip(values).enumerate() {
        if mask & 1 << bit != 0 {
            *slot = value;
        }
    }
    state.sensors.thresholds.insert(*number, now);
    Ok(Vec::new())
}

fn reading_factors(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let record = record(state, request)?;
    let [_, reading] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let factors = record.get(24..30).ok_or(CompletionCode(0xcd))?;
    Ok([&[reading.wrapping_add(1)], factors].concat())
}

fn set_hysteresis(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    record(state, request)?;
    let [number, _, positive, negative] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    state.sensors.hysteresis.insert(number, [positive, negative]);
    Ok(Vec::new())
}

fn get_hysteresis(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let record = record(state, request)?;
    let number = request.data[0];
    let stored = match record.get(42..44) {
        Some(&[positive, negative]) if record[3] == 1 => [positive, negative],
        _ => [0, 0],
    };
    Ok(state.sensors.hysteresis.get(&number).copied().unwrap_or(stored).to_vec())
}

fn set_event_enable(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    record(state, request)?;
    let [number, flags, masks @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let mut enables = [flags & 0xc0, 0, 0, 0, 0];
    for (byte, mask) in enables[1..].iter_mut().zip(masks) {
        *byte = *mask;
    }
    state.sensors.enables.insert(*number, enables);
    Ok(Vec::new())
}

fn get_event_enable(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let record = record(state, request)?;
    let defaults = [ENABLED, record[14], record[15], record[16], record[17]];
    Ok(state.sensors.enables.get(&request.data[0]).copied().unwrap_or(defaults).to_vec())
}

/// Sensor event status: what the reading's own state bits say has been asserted.
fn event_status(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let reading = reading(state, origin, request)?;
    let asserted = reading[2] & 0x3f;
    Ok(vec![reading[1], asserted, 0x00, 0x00, 0x00])
}

fn set_receiver(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [address, lun] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    state.sensors.receiver = [address, lun];
    Ok(Vec::new())
}

/// Platform Event Message (section 29.3): over the system interface a generator id comes first.
fn platform_event(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let (generator, event) = match &request.data[..] {
        [generator, event @ ..] if origin.channel == 0x0f && event.len() >= 5 => (*generator, event),
        event if origin.channel != 0x0f && event.len() >= 5 => (0x41, event),
        _ => return Err(CompletionCode::LENGTH_INVALID),
    };
    let now = state.now();
    let mut record = [0; 16];
    record[2] = 0x02;
    record[3..7].copy_from_slice(&now.to_le_bytes());
    record[7] = generator;
    record[10..].fill(0xff);
    for (byte, value) in record[9..].iter_mut().zip(event) {
        *byte = *value;
    }
    state.sel.log(record, now);
    Ok(Vec::new())
}
