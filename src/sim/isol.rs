//! Serial over LAN as Intel's controllers had it before IPMI 2.0 (network function 34h).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// Parameters: enable, authentication and privilege, bit rate.
pub struct IsolConfiguration(BTreeMap<u8, u8>);

impl Default for IsolConfiguration {
    fn default() -> Self {
        IsolConfiguration([(1, 0x01), (2, 0x82), (5, 0x07)].into())
    }
}

/// The handler for a configuration command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x01 => super::console::activate_fifteen,
        0x03 => set,
        0x04 => get,
        _ => return None,
    })
}

fn get(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [0, parameter, _, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let value = state.isol.0.get(&parameter).ok_or(CompletionCode(0x80))?;
    Ok(vec![0x10, *value])
}

fn set(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [0, parameter, value] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    *state.isol.0.get_mut(&parameter).ok_or(CompletionCode(0x80))? = value;
    Ok(Vec::new())
}
