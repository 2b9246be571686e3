//! SOL configuration parameters (IPMI 2.0 section 26.2, 26.3).

use super::channel::{LAN, resolve};
use super::console::Timing;
use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;
use std::time::Duration;

/// The LAN channel's SOL parameters, without the revision.
pub struct SolConfiguration(BTreeMap<u8, Vec<u8>>);

impl Default for SolConfiguration {
    fn default() -> Self {
        SolConfiguration(
            [
                (0, vec![0x00]),
                (1, vec![0x01]),
                (2, vec![0xc3]),
                (3, vec![0x0c, 0x60]),
                (4, vec![0x07, 0x32]),
                (5, vec![0x0a]),
                (6, vec![0x0a]),
                (7, vec![LAN]),
                (8, vec![0x6f, 0x02]),
            ]
            .into(),
        )
    }
}

impl SolConfiguration {
    fn byte(&self, parameter: u8, index: usize) -> u8 {
        self.0.get(&parameter).and_then(|data| data.get(index)).copied().unwrap_or(0)
    }

    /// Whether serial over LAN is enabled at all.
    pub fn is_enabled(&self) -> bool {
        self.byte(1, 0) & 1 != 0
    }

    /// Whether the payload must be encrypted.
    pub fn forces_encryption(&self) -> bool {
        self.byte(2, 0) & 0x80 != 0
    }

    /// The least privilege that may activate it.
    pub fn privilege(&self) -> u8 {
        self.byte(2, 0) & 0x0f
    }

    /// How packets are timed.
    pub fn timing(&self) -> Timing {
        Timing {
            accumulate: Duration::from_millis(5 * u64::from(self.byte(3, 0))),
            threshold: self.byte(3, 1).max(1).into(),
            retries: self.byte(4, 0) & 0x07,
            interval: Duration::from_millis(10 * u64::from(self.byte(4, 1))),
        }
    }

    /// The UDP port of the payload.
    pub fn port(&self) -> u16 {
        u16::from_le_bytes([self.byte(8, 0), self.byte(8, 1)])
    }

    /// Says on which UDP port the sessions are.
    pub fn set_port(&mut self, port: u16) {
        self.0.insert(8, port.to_le_bytes().to_vec());
    }
}

/// The handler for a SOL configuration command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x21 => set,
        0x22 => get,
        _ => return None,
    })
}

fn is_lan(channel: u8, origin: &Origin) -> Result<(), CompletionCode> {
    if resolve(channel, origin) == LAN { Ok(()) } else { Err(CompletionCode::INVALID_FIELD) }
}

fn get(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, parameter, _, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_lan(channel, origin)?;
    let data = state.sol.0.get(&parameter).ok_or(CompletionCode(0x80))?;
    Ok([&[0x11], &data[..]].concat())
}

fn set(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, parameter, data @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_lan(*channel, origin)?;
    if matches!(parameter, 7 | 8) {
        return Err(CompletionCode(0x82));
    }
    let stored = state.sol.0.get_mut(parameter).ok_or(CompletionCode(0x80))?;
    if data.len() != stored.len() {
        return Err(CompletionCode::LENGTH_INVALID);
    }
    if *parameter == 0 && data == [1] && stored == &[1] {
        return Err(CompletionCode(0x81));
    }
    *stored = if *parameter == 0 && data == [2] { vec![0] } else { data.to_vec() };
    Ok(Vec::new())
}
