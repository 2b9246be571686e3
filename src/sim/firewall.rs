//! The firmware firewall (IPMI 2.0 chapter 21): which commands there are, which can be switched off, which are on.

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, NetFn, Request};
use std::collections::{BTreeMap, BTreeSet};

/// Commands and sub-functions that have been switched off.
#[derive(Default)]
pub struct Firewall {
    disabled: BTreeSet<(u8, u8)>,
    subfunctions: BTreeMap<(u8, u8), u32>,
}

impl Firewall {
    /// Whether a command has been switched off.
    pub fn is_disabled(&self, netfn: NetFn, cmd: u8) -> bool {
        self.disabled.contains(&(netfn.0, cmd))
    }
}

/// The firewall's own commands, without which nobody could switch anything on again, cannot be switched off.
fn is_configurable(netfn: NetFn, cmd: u8) -> bool {
    let own = netfn == NetFn::APP && matches!(cmd, 0x01 | 0x09..=0x0d | 0x60..=0x63);
    is_supported(netfn, cmd) && !own
}

/// What the firewall says there is: ranges of commands by network function. It is a list of its own, so that a
/// command the simulated BMC learns does not change what the firewall has answered before.
const SUPPORTED: [(NetFn, &[(u8, u8)]); 7] = [
    (NetFn::CHASSIS, &[(0x00, 0x02), (0x04, 0x04), (0x06, 0x09), (0x0f, 0x0f)]),
    (NetFn::SENSOR_EVENT, &[(0x00, 0x02), (0x10, 0x16), (0x20, 0x2b), (0x2d, 0x2d), (0x2f, 0x2f)]),
    (
        NetFn::APP,
        &[
            (0x01, 0x04),
            (0x08, 0x0d),
            (0x22, 0x22),
            (0x24, 0x25),
            (0x2e, 0x31),
            (0x33, 0x33),
            (0x37, 0x3d),
            (0x40, 0x47),
            (0x4c, 0x4d),
            (0x52, 0x52),
            (0x54, 0x54),
            (0x58, 0x59),
            (0x60, 0x63),
        ],
    ),
    (NetFn::STORAGE, &[(0x10, 0x12), (0x20, 0x29), (0x40, 0x44), (0x46, 0x49)]),
    (NetFn::TRANSPORT, &[(0x01, 0x02), (0x04, 0x04), (0x21, 0x22)]),
    (NetFn::GROUP, &[(0x00, 0x01), (0x40, 0x40)]),
    (NetFn::ISOL, &[(0x03, 0x04)]),
];

fn is_supported(netfn: NetFn, cmd: u8) -> bool {
    let ranges = SUPPORTED.iter().find(|(known, _)| *known == netfn).map_or(&[][..], |(_, ranges)| ranges);
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&cmd))
}

/// Sub-functions a command has, one bit each.
fn subfunctions(netfn: NetFn, cmd: u8) -> u32 {
    match (netfn, cmd) {
        // Chassis Control: its six actions.
        (NetFn::CHASSIS, 0x02) => 0x3f,
        // Set System Boot Options: its parameters.
        (NetFn::CHASSIS, 0x08) => 0xff,
        _ => 0,
    }
}

/// The handler for a firewall command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x09 => netfn_support,
        0x0a => |_, _, request| map(request, |netfn, cmd| !is_supported(netfn, cmd)),
        0x0b => |_, _, request| submap(request, |netfn, cmd| !subfunctions(netfn, cmd)),
        0x0c => |_, _, request| map(request, is_configurable),
        0x0d => |_, _, request| submap(request, subfunctions),
        0x60 => set_enables,
        0x61 => |state, _, request| {
            let firewall = &state.firewall;
            map(request, |netfn, cmd| is_supported(netfn, cmd) && !firewall.is_disabled(netfn, cmd))
        },
        0x62 => set_subfunction_enables,
        0x63 => |state, _, request| {
            let off = |netfn: NetFn, cmd| state.firewall.subfunctions.get(&(netfn.0, cmd)).copied().unwrap_or(0);
            submap(request, |netfn, cmd| subfunctions(netfn, cmd) & !off(netfn, cmd))
        },
        _ => return None,
    })
}

/// Logical unit 0 has commands; a bit for each pair of network functions.
fn netfn_support(_: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [_channel] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let mut reply = vec![0; 17];
    reply[0] = 0x01;
    for netfn in (0..0x40).step_by(2) {
        if (0..=0xff).any(|cmd| is_supported(NetFn(netfn), cmd)) {
            reply[1 + usize::from(netfn / 16)] |= 1 << (netfn / 2 % 8);
        }
    }
    Ok(reply)
}

/// Which half of the commands of which network function a request is about.
fn half(netfn: u8, lun: u8) -> Result<(NetFn, u8), CompletionCode> {
    if lun & 0x03 != 0 {
        return Err(CompletionCode::INVALID_FIELD);
    }
    Ok((NetFn(netfn & 0x3e), if netfn & 0x40 != 0 { 0x80 } else { 0 }))
}

fn map(request: &Request, bit: impl Fn(NetFn, u8) -> bool) -> Outcome {
    let [_channel, netfn, lun] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let (netfn, first) = half(netfn, lun)?;
    let mut reply = vec![0; 16];
    for index in 0..0x80_u8 {
        if bit(netfn, first | index) {
            reply[usize::from(index / 8)] |= 1 << (index % 8);
        }
    }
    Ok(reply)
}

fn submap(request: &Request, bits: impl Fn(NetFn, u8) -> u32) -> Outcome {
    let [_channel, netfn, lun, cmd] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let (netfn, _) = half(netfn, lun)?;
    Ok(bits(netfn, cmd).to_le_bytes().to_vec())
}

fn set_enables(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [_channel, netfn, lun, enables @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let enables: &[u8; 16] = enables.try_into().map_err(|_| CompletionCode::LENGTH_INVALID)?;
    let (netfn, first) = half(*netfn, *lun)?;
    for index in 0..0x80_u8 {
        let cmd = first | index;
        if enables[usize::from(index / 8)] & 1 << (index % 8) != 0 {
            state.firewall.disabled.remove(&(netfn.0, cmd));
        } else if is_configurable(netfn, cmd) {
            state.firewall.disabled.insert((netfn.0, cmd));
        }
    }
    Ok(Vec::new())
}

fn set_subfunction_enables(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [_channel, netfn, lun, cmd, enables @ ..] = &request.data[..] else {
        return Err(CompletionCode::LENGTH_INVALID);
    };
    let enables = u32::from_le_bytes(enables.try_into().map_err(|_| CompletionCode::LENGTH_INVALID)?);
    let (netfn, _) = half(*netfn, *lun)?;
    state.firewall.subfunctions.insert((netfn.0, *cmd), !enables & subfunctions(netfn, *cmd));
    Ok(Vec::new())
}
