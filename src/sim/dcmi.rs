//! DCMI: capabilities, identification, temperatures and power (DCMI 1.5 chapter 6).

use super::{Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// The group these commands belong to; their requests and replies begin with it.
pub const GROUP: u8 = 0xdc;

/// Conformance with DCMI 1.5.
const CONFORMANCE: [u8; 2] = [0x01, 0x05];
/// Get Power Limit: what is answered is not in force.
const NO_ACTIVE_LIMIT: CompletionCode = CompletionCode(0x80);
const NOT_SUPPORTED: CompletionCode = CompletionCode(0x80);
const LIMIT_OUT_OF_RANGE: CompletionCode = CompletionCode(0x84);
/// Bytes of a string that one command carries.
const CHUNK: usize = 16;
/// Sensors that one reply carries.
const PAGE: usize = 8;
/// Temperatures, among the types of sensors.
const TEMPERATURE: u8 = 0x01;
/// The largest limit the power supplies allow (watts).
const MAX_LIMIT: u16 = 1000;

/// What the machine knows of DCMI.
pub struct Dcmi {
    asset_tag: Vec<u8>,
    controller_id: Vec<u8>,
    /// Action, watts, correction time, two reserved bytes, sampling period.
    limit: [u8; 11],
    limit_active: bool,
    /// By entity and instance: actions, limit and time.
    thermal: BTreeMap<(u8, u8), [u8; 4]>,
    parameters: BTreeMap<u8, Vec<u8>>,
}

impl Default for Dcmi {
    fn default() -> Self {
        Dcmi {
            asset_tag: b"SIM-2023-0042, rack 7".to_vec(),
            controller_id: b"DCMI52:54:00:12:34:56".to_vec(),
            limit: [0x01, 0xf4, 0x01, 0x70, 0x17, 0, 0, 0, 0, 0x1e, 0],
            limit_active: true,
            thermal: [((0x37, 1), [0x60, 45, 0x3c, 0])].into(),
            parameters: [(1, vec![0]), (2, vec![0x01]), (3, vec![4]), (4, vec![120, 0]), (5, vec![64, 1])].into(),
        }
    }
}

/// One temperature sensor: its SDR and what it reads, sign in bit 7.
struct Sensor {
    record: u16,
    celsius: u8,
}

/// The sensors of an entity, in the order of their instances. The entities have numbers of DCMI's own
/// beside those of IPMI (table 6-14).
fn sensors(entity: u8) -> &'static [Sensor] {
    match entity {
        0x40 | 0x37 => &[Sensor { record: 7, celsius: 0x8f }],
        0x41 | 0x03 => &[Sensor { record: 1, celsius: 45 }, Sensor { record: 2, celsius: 87 }],
        0x42 | 0x07 => &[Sensor { record: 8, celsius: 0x8e }, Sensor { record: 15, celsius: 79 }],
        _ => &[],
    }
}

/// Answers a command of the group; `data` is what follows the group's number.
pub fn answer(state: &mut State, request: &Request) -> Outcome {
    let data = request.data.get(1..).unwrap_or_default();
    let now = state.now();
    let dcmi = &mut state.dcmi;
    let body = match request.cmd {
        0x01 => capabilities(data),
        0x02 => power_reading(data, now),
        0x03 => Ok([&[0, 0], &dcmi.limit[..]].concat()),
        0x04 => dcmi.set_limit(data),
        0x05 => dcmi.activate(data),
        0x06 => get_text(&dcmi.asset_tag, data),
        0x07 => sensor_info(data),
        0x08 => set_text(&mut dcmi.asset_tag, data),
        0x09 => get_text(&dcmi.controller_id, data),
        0x0a => dcmi.set_controller_id(data),
        0x0b => dcmi.set_thermal_limit(data),
        0x0c => dcmi.thermal_limit(data),
        0x10 => temperatures(data),
        0x12 => dcmi.set_parameter(data),
        0x13 => dcmi.parameter(data),
        _ => Err(CompletionCode::INVALID_COMMAND),
    }?;
    Ok([&[GROUP], &body[..]].concat())
}

/// The completion code of an answer. Get Power Limit tells with it whether the limit is in force.
pub fn completion(state: &State, request: &Request) -> CompletionCode {
    let asks_for_limit = request.cmd == 0x03 && request.data.first() == Some(&GROUP);
    if asks_for_limit && !state.dcmi.limit_active { NO_ACTIVE_LIMIT } else { CompletionCode::OK }
}

fn capabilities(data: &[u8]) -> Outcome {
    let [parameter] = data else { return Err(CompletionCode::LENGTH_INVALID) };
    let body: &[u8] = match parameter {
        // Power management; system interface, terminal mode, primary and secondary LAN.
        1 => &[0x0f, 0x01, 0x0f],
        // Rollover and 512 SEL entries; all identification; all temperatures; sampled every second.
        2 => &[0x00, 0x82, 0x07, 0x07, 0x01],
        // The controller's own address, channel and revision.
        3 => &[0x20, 0x01],
        // Primary LAN on channel 1, no second one, serial on channel 3.
        4 => &[0x01, 0xff, 0x03],
        // Rolling averages over 5 seconds, 1 minute and 1 hour.
        5 => &[0x03, 0x05, 0x41, 0x81],
        _ => return Err(NOT_SUPPORTED),
    };
    Ok([&CONFORMANCE, &[0x02][..], body].concat())
}

fn power_reading(data: &[u8], now: u32) -> Outcome {
    let period: u32 = match data {
        [0x01, _, _] => 3_600_000,
        // Periods of the capabilities alone, in milliseconds.
        [0x02, 0x05, _] => 5_000,
        [0x02, 0x41, _] => 60_000,
        [0x02, 0x81, _] => 3_600_000,
        [0x02, _, _] => return Err(CompletionCode::OUT_OF_RANGE),
        _ => return Err(CompletionCode::LENGTH_INVALID),
    };
    let watts = [214_u16, 98, 457, 231].map(u16::to_le_bytes).concat();
    Ok([&watts[..], &now.to_le_bytes(), &period.to_le_bytes(), &[0x40]].concat())
}

/// A part of a text: offset and length wanted.
fn get_text(text: &[u8], data: &[u8]) -> Outcome {
    let [offset, length] = data else { return Err(CompletionCode::LENGTH_INVALID) };
    let (offset, length) = (usize::from(*offset), usize::from(*length));
    if length > CHUNK || offset > 63 {
        return Err(CompletionCode::OUT_OF_RANGE);
    }
    let part = text.get(offset..).unwrap_or_default();
    let total = u8::try_from(text.len()).unwrap_or(u8::MAX);
    Ok([&[total], &part[..part.len().min(length)]].concat())
}

/// Writes a part of a text; what was behind it is gone.
fn set_text(text: &mut Vec<u8>, data: &[u8]) -> Outcome {
    let [offset, length, part @ ..] = data else { return Err(CompletionCode::LENGTH_INVALID) };
    let (offset, length) = (usize::from(*offset), usize::from(*length));
    if length != part.len() {
        return Err(CompletionCode::LENGTH_INVALID);
    }
    if length > CHUNK || offset > text.len() || offset + length > 64 {
        return Err(CompletionCode::OUT_OF_RANGE);
    }
    text.truncate(offset);
    text.extend(part);
    Ok(vec![u8::try_from(text.len()).unwrap_or(u8::MAX)])
}

/// Sensors of an entity: how many there are, and some of them with their instances.
struct Instances {
    total: usize,
    shown: Vec<(u8, &'static Sensor)>,
}

/// The instances one request asks for: one, or a page of all from a first one on.
fn instances(data: &[u8]) -> Result<Instances, CompletionCode> {
    let [kind, entity, instance, start] = data else { return Err(CompletionCode::LENGTH_INVALID) };
    if *kind != TEMPERATURE {
        return Err(CompletionCode::INVALID_FIELD);
    }
    let all = (1_u8..).zip(sensors(*entity));
    let wanted = all.filter(|(number, _)| if *instance == 0 { number >= start } else { number == instance });
    Ok(Instances { total: sensors(*entity).len(), shown: wanted.take(PAGE).collect() })
}

fn counted(total: usize, shown: usize) -> Vec<u8> {
    [total, shown].map(|count| u8::try_from(count).unwrap_or(u8::MAX)).to_vec()
}

fn sensor_info(data: &[u8]) -> Outcome {
    let Instances { total, shown } = instances(data)?;
    let records = shown.iter().flat_map(|(_, sensor)| sensor.record.to_le_bytes());
    Ok(counted(total, shown.len()).into_iter().chain(records).collect())
}

fn temperatures(data: &[u8]) -> Outcome {
    let Instances { total, shown } = instances(data)?;
    let readings = shown.iter().flat_map(|(number, sensor)| [sensor.celsius, *number]);
    Ok(counted(total, shown.len()).into_iter().chain(readings).collect())
}

impl Dcmi {
    fn set_limit(&mut self, data: &[u8]) -> Outcome {
        let [_, _, _, limit @ ..] = data else { return Err(CompletionCode::LENGTH_INVALID) };
        let limit = <[u8; 11]>::try_from(limit).map_err(|_| CompletionCode::LENGTH_INVALID)?;
        if u16::from_le_bytes([limit[1], limit[2]]) > MAX_LIMIT {
            return Err(LIMIT_OUT_OF_RANGE);
        }
        self.limit = limit;
        Ok(Vec::new())
    }

    fn activate(&mut self, data: &[u8]) -> Outcome {
        let [on @ (0 | 1), _, _] = data else { return Err(CompletionCode::INVALID_FIELD) };
        self.limit_active = *on == 1;
        Ok(Vec::new())
    }

    /// The controller's name ends with a zero byte on its way in, which does not count as part of it.
    fn set_controller_id(&mut self, data: &[u8]) -> Outcome {
        let answer = set_text(&mut self.controller_id, data)?;
        if let Some(end) = self.controller_id.iter().position(|byte| *byte == 0) {
            self.controller_id.truncate(end);
        }
        Ok(answer)
    }

    fn thermal_limit(&self, data: &[u8]) -> Outcome {
        let [entity, instance] = data else { return Err(CompletionCode::LENGTH_INVALID) };
        Ok(self.thermal.get(&(*entity, *instance)).copied().unwrap_or_default().to_vec())
    }

    fn set_thermal_limit(&mut self, data: &[u8]) -> Outcome {
        let [entity, instance, limit @ ..] = data else { return Err(CompletionCode::LENGTH_INVALID) };
        let limit = <[u8; 4]>::try_from(limit).map_err(|_| CompletionCode::LENGTH_INVALID)?;
        if !matches!(entity, 0x37 | 0x40) {
            return Err(CompletionCode::INVALID_FIELD);
        }
        self.thermal.insert((*entity, *instance), limit);
        Ok(Vec::new())
    }

    fn parameter(&self, data: &[u8]) -> Outcome {
        let [parameter, _] = data else { return Err(CompletionCode::LENGTH_INVALID) };
        let value = self.parameters.get(parameter).ok_or(NOT_SUPPORTED)?;
        Ok([&CONFORMANCE, &[0x01][..], value].concat())
    }

    fn set_parameter(&mut self, data: &[u8]) -> Outcome {
        let [parameter, _, value @ ..] = data else { return Err(CompletionCode::LENGTH_INVALID) };
        let known = self.parameters.get_mut(parameter).ok_or(NOT_SUPPORTED)?;
        if value.len() != known.len() {
            return Err(CompletionCode::LENGTH_INVALID);
        }
        // The first one starts DHCP anew, and reads as zero always.
        if *parameter != 1 {
            *known = value.to_vec();
        }
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipmi::NetFn;
    use crate::sim::Profile;

    fn ask(state: &mut State, cmd: u8, data: &[u8]) -> Outcome {
        answer(state, &Request::new(NetFn::GROUP, cmd, [&[GROUP], data].concat()))
    }

    #[test]
    fn texts_are_written_and_read_in_parts() {
        let mut state = State::new(Profile::default());
        assert_eq!(ask(&mut state, 0x08, &[0, 16, b'a', b'b']), Err(CompletionCode::LENGTH_INVALID));
        assert_eq!(ask(&mut state, 0x08, &[0, 2, b'a', b'b']), Ok(vec![GROUP, 2]));
        assert_eq!(ask(&mut state, 0x08, &[4, 1, b'c']), Err(CompletionCode::OUT_OF_RANGE));
        assert_eq!(ask(&mut state, 0x06, &[1, 16]), Ok(vec![GROUP, 2, b'b']));
        assert_eq!(ask(&mut state, 0x0a, &[0, 3, b'm', b'c', 0]), Ok(vec![GROUP, 3]));
        assert_eq!(ask(&mut state, 0x09, &[0, 1]), Ok(vec![GROUP, 2, b'm']));
    }

    #[test]
    fn a_limit_that_is_not_in_force_is_told_by_its_code() {
        let mut state = State::new(Profile::default());
        let get = Request::new(NetFn::GROUP, 0x03, [GROUP, 0, 0]);
        assert_eq!(completion(&state, &get), CompletionCode::OK);
        assert_eq!(ask(&mut state, 0x05, &[0, 0, 0]), Ok(vec![GROUP]));
        assert_eq!(completion(&state, &get), NO_ACTIVE_LIMIT);
    }
}
