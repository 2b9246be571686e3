//! Intel's Node Manager: power policies of a machine, behind the manufacturer's own network function
//! (Intel Node Manager 2.0 External Interface Specification).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// Intel's enterprise number, with which every request and reply begins.
const INTEL: [u8; 3] = [0x57, 0x01, 0x00];

const NO_POLICY: CompletionCode = CompletionCode(0x80);
const NO_DOMAIN: CompletionCode = CompletionCode(0x81);
const NO_MODE: CompletionCode = CompletionCode(0x88);
const NOT_LIMITING: CompletionCode = CompletionCode(0xa1);

/// The domain and the number of a policy.
type PolicyKey = (u8, u8);

/// What the machine knows of power policies.
pub struct NodeManager {
    /// Enabled (10h), then type, exception action, limit, correction time, trigger and period.
    policies: BTreeMap<PolicyKey, (u8, [u8; 12])>,
    thresholds: BTreeMap<PolicyKey, Vec<u8>>,
    suspended: BTreeMap<PolicyKey, Vec<u8>>,
    alert: [u8; 3],
}

impl Default for NodeManager {
    fn default() -> Self {
        NodeManager {
            policies: [
                ((0, 1), (0x10, [0x30, 0x01, 0x5e, 0x01, 0x70, 0x17, 0, 0, 0, 0, 0x1e, 0])),
                ((0, 2), (0x00, [0x91, 0x02, 0, 0, 0xe8, 0x03, 0, 0, 35, 0, 0x0a, 0])),
            ]
            .into(),
            thresholds: [((0, 1), vec![0x02, 0x2c, 0x01, 0x5e, 0x01])].into(),
            suspended: [((0, 1), vec![0x01, 0x28, 0xa0, 0x1f])].into(),
            alert: [0x01, 0x02, 0x83],
        }
    }
}

/// The handler for a command of Node Manager.
pub fn find(cmd: u8) -> Option<Handler> {
    matches!(cmd, 0xc0..=0xcb | 0xce | 0xcf | 0xf2).then_some(handle)
}

fn handle(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let Some(data) = request.data.strip_prefix(&INTEL) else { return Err(CompletionCode::INVALID_COMMAND) };
    let now = state.now();
    let manager = &mut state.node_manager;
    let body = match request.cmd {
        0xc0 => control(data),
        0xc1 => manager.set_policy(data),
        0xc2 => manager.policy(data),
        0xc3 => manager.set_thresholds(data),
        0xc4 => manager.listed(&manager.thresholds, data),
        0xc5 => manager.suspend(data),
        0xc6 => manager.listed(&manager.suspended, data),
        0xc7 => reset(data),
        0xc8 => manager.statistics(data, now),
        0xc9 => capabilities(data),
        // Node Manager 2.0, IPMI 2.0, patch, major and minor revision.
        0xca => Ok(vec![0x03, 0x02, 0x07, 0x02, 0x13]),
        0xcb => range(data),
        0xce => manager.set_alert(data),
        0xcf => Ok(manager.alert.to_vec()),
        _ => manager.limiting(data),
    }?;
    Ok([&INTEL, &body[..]].concat())
}

fn domain(domain: u8) -> Result<u8, CompletionCode> {
    if domain & 0x0f <= 4 { Ok(domain & 0x0f) } else { Err(NO_DOMAIN) }
}

fn fixed<const N: usize>(data: &[u8]) -> Result<[u8; N], CompletionCode> {
    data.try_into().map_err(|_| CompletionCode::LENGTH_INVALID)
}

fn control(data: &[u8]) -> Outcome {
    let [scope, of, _] = fixed(data)?;
    domain(of)?;
    if scope > 5 { Err(CompletionCode::INVALID_FIELD) } else { Ok(Vec::new()) }
}

fn reset(data: &[u8]) -> Outcome {
    let [mode, of, _] = fixed(data)?;
    domain(of)?;
    if matches!(mode, 0 | 1 | 0x1b..=0x1f) { Ok(Vec::new()) } else { Err(NO_MODE) }
}

fn range(data: &[u8]) -> Outcome {
    let [of, low, high, top_low, top_high] = fixed(data)?;
    domain(of)?;
    if u16::from_le_bytes([low, high]) > u16::from_le_bytes([top_low, top_high]) {
        return Err(CompletionCode(0x84));
    }
    Ok(Vec::new())
}

fn capabilities(data: &[u8]) -> Outcome {
    let [of, kind] = fixed(data)?;
    let of = domain(of)?;
    // The largest and the smallest value: watts, degrees or tenths of seconds.
    let [most, least]: [u16; 2] = match kind & 0x0f {
        0 => [750, 120],
        1 => [45, 20],
        2 | 3 => [600, 10],
        4 => [0, 0],
        _ => return Err(CompletionCode(0x82)),
    };
    let mut body = vec![16];
    body.extend([most, least].map(u16::to_le_bytes).concat());
    body.extend([6_000_u32, 60_000].map(u32::to_le_bytes).concat());
    body.extend([1_u16, 3_600].map(u16::to_le_bytes).concat());
    body.push(of);
    Ok(body)
}

impl NodeManager {
    fn key(&self, of: u8, id: u8) -> Result<PolicyKey, CompletionCode> {
        let key = (domain(of)?, id);
        if self.policies.contains_key(&key) { Ok(key) } else { Err(NO_POLICY) }
    }

    fn set_policy(&mut self, data: &[u8]) -> Outcome {
        let [of, id, policy @ ..] = fixed::<14>(data)?;
        let key = (domain(of)?, id);
        // A policy without a power control or a trigger is none, and is taken away.
        if policy[0] == 0 {
            self.policies.remove(&key).ok_or(NO_POLICY)?;
        } else {
            self.policies.insert(key, (of & 0x10, policy));
        }
        Ok(Vec::new())
    }

    fn policy(&self, data: &[u8]) -> Outcome {
        let [of, id] = fixed(data)?;
        let key = self.key(of, id)?;
        let (enabled, policy) = self.policies.get(&key).ok_or(NO_POLICY)?;
        // Enabled in its domain and globally.
        Ok([&[key.0 | enabled | 0x60], &policy[..]].concat())
    }

    fn set_thresholds(&mut self, data: &[u8]) -> Outcome {
        let [of, id, list @ ..] = data else { return Err(CompletionCode::LENGTH_INVALID) };
        let key = self.key(*of, *id)?;
        self.thresholds.insert(key, list.to_vec());
        Ok(Vec::new())
    }

    fn suspend(&mut self, data: &[u8]) -> Outcome {
        let [of, id, periods @ ..] = data else { return Err(CompletionCode::LENGTH_INVALID) };
        let key = self.key(*of, *id)?;
        self.suspended.insert(key, periods.to_vec());
        Ok(Vec::new())
    }

    /// A policy's list: how many entries, and the entries.
    fn listed(&self, lists: &BTreeMap<PolicyKey, Vec<u8>>, data: &[u8]) -> Outcome {
        let [of, id] = fixed(data)?;
        let key = self.key(of, id)?;
        Ok(lists.get(&key).cloned().unwrap_or_else(|| vec![0]))
    }

    fn set_alert(&mut self, data: &[u8]) -> Outcome {
        self.alert = fixed(data)?;
        Ok(Vec::new())
    }

    fn statistics(&self, data: &[u8], now: u32) -> Outcome {
        let [mode, of, id] = fixed(data)?;
        let of = domain(of)?;
        let values: [u16; 4] = match mode {
            0x01 | 0x11 => [214, 98, 457, 231],
            0x02 | 0x12 => [24, 19, 31, 23],
            0x13 | 0x1b..=0x1f => [3, 0, 12, 1],
            _ => return Err(NO_MODE),
        };
        if matches!(mode, 0x11..=0x13) {
            self.key(of, id)?;
        }
        let values = values.map(u16::to_le_bytes).concat();
        Ok([&values[..], &now.to_le_bytes(), &3_600_u32.to_le_bytes(), &[of | 0x70]].concat())
    }

    fn limiting(&self, data: &[u8]) -> Outcome {
        let [of] = fixed(data)?;
        let of = domain(of)?;
        let limiting = self.policies.iter().find(|((domain, _), (enabled, _))| *domain == of && *enabled != 0);
        limiting.map(|((_, id), _)| vec![*id]).ok_or(NOT_LIMITING)
    }
}
