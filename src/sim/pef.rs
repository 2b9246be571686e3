//! Platform event filtering (IPMI 2.0 chapter 30).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// PEF parameters: (parameter, set selector) to data without the revision and the selector.
pub struct Pef {
    parameters: BTreeMap<(u8, u8), Vec<u8>>,
    postpone: u8,
}

/// Event filters and alert policies the machine has room for.
const FILTERS: u8 = 4;
const POLICIES: u8 = 3;

impl Default for Pef {
    fn default() -> Self {
        let mut parameters: BTreeMap<(u8, u8), Vec<u8>> = [
            (0, vec![0x00]),
            (1, vec![0x0f]),
            (2, vec![0x3f]),
            (3, vec![60]),
            (4, vec![60]),
            (5, vec![FILTERS]),
            (8, vec![POLICIES]),
            (10, [&[0x01], &[0x5a; 16][..]].concat()),
            (11, vec![2]),
        ]
        .into_iter()
        .map(|(parameter, data)| ((parameter, 0), data))
        .collect();
        // Configuration, action, policy, severity, generator, type, number, trigger, offsets and masks.
        let filters: [[u8; 20]; 4] = [
            [0x80, 0x01, 0x01, 0x10, 0xff, 0xff, 0x01, 0xff, 0x01, 0x95, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0xc0, 0x02, 0x00, 0x20, 0xff, 0xff, 0x23, 0xff, 0x6f, 0x0f, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0x00, 0x04, 0x02, 0x08, 0x20, 0x00, 0x04, 0x05, 0x01, 0x04, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0x80, 0x28, 0x03, 0x04, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ];
        for (set, filter) in (1..).zip(filters) {
            parameters.insert((6, set), filter.to_vec());
        }
        for set in 1..=POLICIES {
            parameters.insert((9, set), vec![set << 4 | 0x08, 0x10 | set, 0x00]);
        }
        Pef { parameters, postpone: 0 }
    }
}

/// The handler for a PEF command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        // PEF version 1.5; all actions; entries in the filter table.
        0x10 => |_, _, _| Ok(vec![0x51, 0x3f, FILTERS]),
        0x11 => postpone,
        0x12 => set,
        0x13 => get,
        0x14 => |_, _, _| Ok(Vec::new()),
        // Last SEL addition, last record id, last software and BMC processed ids.
        0x15 => |_, _, _| Ok(vec![0x00, 0xf1, 0x53, 0x65, 0x29, 0x00, 0x10, 0x00, 0x20, 0x00]),
        0x16 => |_, _, _| Ok(vec![0]),
        _ => return None,
    })
}

fn postpone(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [timeout] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    if timeout != 0xff {
        state.pef.postpone = timeout;
    }
    Ok(vec![state.pef.postpone])
}

/// Parameters whose data begin with their set selector.
fn is_set(parameter: u8) -> bool {
    matches!(parameter, 6 | 7 | 9 | 12 | 13)
}

fn get(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [parameter, set, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let parameter = parameter & 0x7f;
    let pef = &state.pef.parameters;
    // The first byte of a filter is a parameter of its own.
    if parameter == 7 {
        let filter = pef.get(&(6, set)).ok_or(CompletionCode::OUT_OF_RANGE)?;
        return Ok(vec![0x11, set, filter[0]]);
    }
    if !pef.keys().any(|(known, _)| *known == parameter) {
        return Err(CompletionCode(0x80));
    }
    let selector = if is_set(parameter) { set } else { 0 };
    let data = pef.get(&(parameter, selector)).ok_or(CompletionCode::OUT_OF_RANGE)?;
    let mut reply = vec![0x11];
    if is_set(parameter) {
        reply.push(set);
    }
    reply.extend(data);
    Ok(reply)
}

fn set(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [parameter, data @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let parameter = parameter & 0x7f;
    let pef = &mut state.pef.parameters;
    if parameter == 7 {
        let [set, configuration] = data else { return Err(CompletionCode::LENGTH_INVALID) };
        let filter = pef.get_mut(&(6, *set)).ok_or(CompletionCode::OUT_OF_RANGE)?;
        filter[0] = *configuration;
        return Ok(Vec::new());
    }
    let (selector, data) = match data {
        [selector, data @ ..] if is_set(parameter) => (selector & 0x7f, data),
        data => (0, data),
    };
    if matches!(parameter, 5 | 8 | 11) {
        return Err(CompletionCode(0x82));
    }
    let stored = pef.get_mut(&(parameter, selector)).ok_or(CompletionCode(0x80))?;
    if data.len() != stored.len() {
        return Err(CompletionCode::LENGTH_INVALID);
    }
    *stored = data.to_vec();
    Ok(Vec::new())
}
