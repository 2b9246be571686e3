//! LAN configuration parameters and statistics (IPMI 2.0 chapter 23).

use super::channel::{LAN, resolve};
use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// The LAN channel's parameters: (parameter, set selector) to data without the revision.
pub struct LanConfiguration {
    parameters: BTreeMap<(u8, u8), Vec<u8>>,
    statistics: [u16; 9],
}

/// Alert destinations after the volatile one.
const DESTINATIONS: u8 = 3;

impl Default for LanConfiguration {
    fn default() -> Self {
        let mut community = b"public".to_vec();
        community.resize(18, 0);
        let suites: Vec<u8> = super::channel::CIPHER_SUITES.iter().map(|suite| suite[0]).collect();
        let mut parameters: BTreeMap<(u8, u8), Vec<u8>> = [
            (0, vec![0x00]),
            (1, vec![0x17]),
            (2, vec![0x04, 0x14, 0x14, 0x16, 0x00]),
            (3, vec![192, 0, 2, 42]),
            (4, vec![0x01]),
            (5, vec![0x52, 0x54, 0x00, 0xab, 0xcd, 0xef]),
            (6, vec![255, 255, 255, 0]),
            (7, vec![0x40, 0x40, 0x10]),
            (8, vec![0x6f, 0x02]),
            (9, vec![0x98, 0x02]),
            (10, vec![0x02]),
            (11, vec![0x03]),
            (12, vec![192, 0, 2, 1]),
            (13, vec![0x52, 0x54, 0x00, 0x00, 0x00, 0x01]),
            (14, vec![0, 0, 0, 0]),
            (15, vec![0, 0, 0, 0, 0, 0]),
            (16, community),
            (17, vec![DESTINATIONS]),
            (20, vec![0x64, 0x80]),
            (21, vec![0x03]),
            (22, vec![u8::try_from(suites.len()).unwrap_or(0)]),
            (23, [&[0], &suites[..]].concat()),
            (24, vec![0x00, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x04, 0x00]),
            (26, vec![0x01, 0x05, 0x06, 0x00, 0x1e, 0x00]),
        ]
        .into_iter()
        .map(|(parameter, data)| ((parameter, 0), data))
        .collect();
        for set in 0..=DESTINATIONS {
            parameters.insert((18, set), vec![set, 0x80 * (set & 1), 0x05, 0x03]);
            parameters.insert((19, set), vec![set, 0x00, set & 1, 192, 0, 2, 100 + set, 0x52, 0x54, 0, 0, 1, set]);
        }
        LanConfiguration { parameters, statistics: [120, 3, 1, 117, 114, 2000, 4, 1990, 12] }
    }
}

impl LanConfiguration {
    /// Ids of the cipher suites on offer (parameter 23).
    pub fn cipher_suites(&self) -> &[u8] {
        self.parameters.get(&(23, 0)).and_then(|list| list.get(1..)).unwrap_or_default()
    }

    /// The highest privilege a cipher suite may be used for (parameter 24, half a byte each in the
    /// order of parameter 23); none for a suite that is not on offer or not to be used.
    pub fn suite_limit(&self, id: u8) -> Option<u8> {
        let position = self.cipher_suites().iter().position(|suite| *suite == id)?;
        let limits = self.parameters.get(&(24, 0))?;
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

fn get(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, parameter, set, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_lan(channel, origin)?;
    if channel & 0x80 != 0 {
        return Ok(vec![0x11]);
    }
    let parameters = &state.lan.parameters;
    if !parameters.keys().any(|(known, _)| *known == parameter) {
        return Err(UNSUPPORTED);
    }
    let set = if matches!(parameter, 18 | 19) { set } else { 0 };
    let data = parameters.get(&(parameter, set)).ok_or(CompletionCode::OUT_OF_RANGE)?;
    Ok([&[0x11], &data[..]].concat())
}

fn set(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, parameter, data @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_lan(*channel, origin)?;
    let set = match (parameter, data) {
        (1 | 17 | 22 | 23, _) => return Err(READ_ONLY),
        (18 | 19, [set, ..]) => set & 0x0f,
        _ => 0,
    };
    let stored = state.lan.parameters.get_mut(&(*parameter, set)).ok_or(UNSUPPORTED)?;
    if data.len() != stored.len() {
        return Err(CompletionCode::LENGTH_INVALID);
    }
    if *parameter == 0 && data == [1] && stored == &[1] {
        return Err(IN_PROGRESS);
    }
    // "Commit write" is done as soon as it is asked for.
    *stored = if *parameter == 0 && data == [2] { vec![0] } else { data.to_vec() };
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
