//! Application commands about the controller itself (IPMI 2.0 chapters 20 and 22).

use super::registry::Handler;
use super::{Origin, Outcome, State, dcmi};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// The handler for an application command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x01 => |state, _, _| Ok(state.device_id.clone()),
        0x02 | 0x03 => |_, _, _| Ok(Vec::new()),
        0x04 => |_, _, _| Ok(vec![0x55, 0x00]),
        0x08 | 0x37 => |state, _, _| Ok(state.guid.clone()),
        0x2e => set_global_enables,
        0x2f => |state, _, _| Ok(vec![state.global_enables]),
        0x30 | 0x31 => |_, _, _| Ok(vec![0]),
        0x33 => |_, _, _| Err(CompletionCode(0x80)),
        0x58 => set_system_info,
        0x59 => get_system_info,
        _ => return None,
    })
}

/// Answers a group extension: DCMI, and of PICMG and VITA what the profile gives an answer to.
pub fn group(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let answer = match (request.cmd, request.data.first()) {
        (_, Some(&dcmi::GROUP)) => return dcmi::answer(state, request),
        (0x00, Some(0x00)) => state.picmg.clone(),
        (0x00, Some(0x03)) => state.vita.clone(),
        // PICMG Get Address Info: hardware address 41h, IPMB-0 address 82h.
        (0x01, Some(0x00)) => state.picmg.as_ref().map(|_| vec![0x00, 0x41, 0x82, 0xff, 0x00, 0x01, 0x00]),
        // VITA Get FRU Address Info.
        (0x40, Some(0x03)) => state.vita.as_ref().map(|_| vec![0x03, 0x41, 0x82, 0xff, 0x00, 0x01, 0x00]),
        _ => None,
    };
    answer.ok_or(CompletionCode::INVALID_COMMAND)
}

fn set_global_enables(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [enables] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    state.global_enables = enables;
    Ok(Vec::new())
}

/// System info parameters (section 22.14a): a name is spread over sets of 16 bytes, of which the
/// first begins with the encoding and the length.
pub fn default_system_info() -> BTreeMap<(u8, u8), [u8; 16]> {
    let mut parameters = BTreeMap::new();
    for (parameter, text) in
        [(1, "2.4.1"), (2, "sim01.example.org"), (3, "Debian GNU/Linux 12 (bookworm)"), (4, "Linux 6.1")]
    {
        let mut bytes = vec![0, u8::try_from(text.len()).unwrap_or(0)];
        bytes.extend(text.bytes());
        for (set, chunk) in (0..).zip(bytes.chunks(16)) {
            let mut block = [0; 16];
            block[..chunk.len()].copy_from_slice(chunk);
            parameters.insert((parameter, set), block);
        }
    }
    parameters
}

fn get_system_info(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [_, parameter, set, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    if state.system_info.range((parameter, 0)..=(parameter, u8::MAX)).next().is_none() {
        return Err(CompletionCode(0x80));
    }
    let block = state.system_info.get(&(parameter, set)).ok_or(CompletionCode::OUT_OF_RANGE)?;
    Ok([&[0x11, set], &block[..]].concat())
}

fn set_system_info(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [parameter, set, data @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    if !matches!(parameter, 1..=4 | 0xde | 0xe4) {
        return Err(CompletionCode(0x80));
    }
    let block = <[u8; 16]>::try_from(data).map_err(|_| CompletionCode::LENGTH_INVALID)?;
    state.system_info.insert((*parameter, *set), block);
    Ok(Vec::new())
}
