//! LAN configuration parameters and statistics (IPMI 2.0 chapter 23).

use super::channel::{LAN, resolve};
use super::lan_data::{self, Key};
use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// The LAN channel's parameters, without the revision.
pub struct LanConfiguration {
    parameters: BTreeMap<Key, Vec<u8>>,
    statistics: [u16; 9],
}

impl Default for LanConfiguration {
    fn default() -> Self {
        let statistics = [120, 3, 1, 117, 114, 2000, 4, 1990, 12];
        LanConfiguration { parameters: lan_data::parameters(), statistics }
    }
}

impl LanConfiguration {
    /// Ids of the cipher suites on offer (parameter 23).
    pub fn cipher_suites(&self) -> &[u8] {
        self.parameters.get(&(23, 0, 0)).and_then(|list| list.get(1..)).unwrap_or_default()
    }

    /// The highest privilege a cipher suite may be used for (parameter 24, half a byte each in the
    /// order of parameter 23); none for a suite that is not on offer or not to be used.
    pub fn suite_limit(&self, id: u8) -> Option<u8> {
        let position = self.cipher_suites().iter().position(|suite| *suite == id)?;
        let limits = self.parameters.get(&(24, 0, 0))?;
        let pair = limits.get(1 + position / 2)?;
        Some(pair >> (4 * (position % 2)) & 0x0f).filter(|limit| *limit != 0)
    }
}

/// The handler for a LAN command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x01 => set,
        0x02 => get,
        0x04 => statistics,
        _ => return None,
    })
}

/// Parameter not supported.
const UNSUPPORTED: CompletionCode = CompletionCode(0x80);
/// Attempt to set in progress while it is.
const IN_PROGRESS: CompletionCode = CompletionCode(0x81);
/// Attempt to write a read-only parameter.
const READ_ONLY: CompletionCode = CompletionCode(0x82);

fn is_lan(channel: u8, origin: &Origin) -> Result<(), CompletionCode> {
    if resolve(channel, origin) == LAN { Ok(()) } else { Err(CompletionCode::INVALID_FIELD) }
}

/// Whether a parameter has set selectors, and whether it has block selectors.
fn selectors(parameter: u8) -> (bool, bool) {
    match parameter {
        18 | 19 | 56 | 59 | 74..=77 => (true, false),
        58 | 61 | 63 | 80 => (true, true),
        _ => (false, false),
    }
}

fn get(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, parameter, set, block] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_lan(channel, origin)?;
    if channel & 0x80 != 0 {
        return Ok(vec![0x11]);
    }
    let parameters = &state.lan.parameters;
    if !parameters.keys().any(|(known, ..)| *known == parameter) {
        return Err(UNSUPPORTED);
    }
    let (has_sets, has_blocks) = selectors(parameter);
    let key = (parameter, if has_sets { set } else { 0 }, if has_blocks { block } else { 0 });
    let data = parameters.get(&key).ok_or(CompletionCode::OUT_OF_RANGE)?;
    Ok([&[0x11], &data[..]].concat())
}

fn set(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, parameter, data @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_lan(*channel, origin)?;
    if matches!(parameter, 1 | 17 | 22 | 23 | 50 | 55 | 57 | 59 | 60 | 62 | 73..=79) {
        return Err(READ_ONLY);
    }
    let key = match (selectors(*parameter), data) {
        ((true, false), [set, ..]) => (*parameter, set & 0x0f, 0),
        ((true, true), [set, block, ..]) => (*parameter, *set, *block),
        _ => (*parameter, 0, 0),
    };
    let stored = state.lan.parameters.get_mut(&key).ok_or(UNSUPPORTED)?;
    if data.len() != stored.len() {
        return Err(CompletionCode::LENGTH_INVALID);
    }
    if *parameter == 0 && data == [1] && stored == &[1] {
        return Err(IN_PROGRESS);
    }
    // "Commit write" is done as soon as it is asked for.
    *stored = if *parameter == 0 && data == [2] { vec![0] } else { data.to_vec() };
    if *parameter == 56 {
        // An address's status is the controller's own: active, or disabled.
        stored[19] = u8::from(stored[1] & 0x80 == 0);
    }
    Ok(Vec::new())
}

fn statistics(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, clear] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_lan(channel, origin)?;
    if clear & 1 != 0 {
        state.lan.statistics = [0; 9];
    }
    Ok(state.lan.statistics.iter().flat_map(|count| count.to_le_bytes()).collect())
}
