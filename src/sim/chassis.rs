//! Chassis state and control (IPMI 2.0 chapter 28).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};

/// The chassis.
pub struct Chassis {
    power_on: bool,
    restore_policy: u8,
    last_event: u8,
    restart_cause: u8,
    identify: Option<u8>,
}

impl Default for Chassis {
    fn default() -> Self {
        Chassis { power_on: true, restore_policy: 2, last_event: 0, restart_cause: 1, identify: None }
    }
}

/// The handler for a chassis command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        // Capabilities: intrusion sensor and diagnostic interrupt; all devices at the BMC.
        0x00 => |_, _, _| Ok(vec![0x05, 0x20, 0x20, 0x20, 0x20, 0x20]),
        0x01 => status,
        0x02 => control,
        0x04 => identify,
        0x06 => restore_policy,
        0x07 => |state, _, _| Ok(vec![state.chassis.restart_cause, 0x01]),
        // Minutes a count stands for, and the count.
        0x0f => |_, _, _| Ok(vec![0x3c, 0x39, 0x30, 0x00, 0x00]),
        _ => return None,
    })
}

fn status(state: &mut State, _: &Origin, _: &Request) -> Outcome {
    let chassis = &state.chassis;
    let identify = chassis.identify.map_or(0x40, |seconds| if seconds == 0xff { 0x60 } else { 0x50 });
    Ok(vec![u8::from(chassis.power_on) | chassis.restore_policy << 5, chassis.last_event, identify, 0xf0])
}

fn control(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [action] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let chassis = &mut state.chassis;
    match action & 0x0f {
        0 | 5 => chassis.power_on = false,
        1 => {
            chassis.power_on = true;
            chassis.last_event = 0x10;
            chassis.restart_cause = 1;
        }
        // Cycle and reset need the power on.
        2 | 3 if !chassis.power_on => return Err(CompletionCode(0xd5)),
        2 | 3 => chassis.restart_cause = 1,
        4 => {}
        _ => return Err(CompletionCode::INVALID_FIELD),
    }
    Ok(Vec::new())
}

fn identify(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    state.chassis.identify = match request.data[..] {
        [] => Some(15),
        [0] | [0, 0] => None,
        [seconds] | [seconds, 0] => Some(seconds),
        [_, 1] => Some(0xff),
        [_, _] => return Err(CompletionCode::INVALID_FIELD),
        _ => return Err(CompletionCode::LENGTH_INVALID),
    };
    Ok(Vec::new())
}

fn restore_policy(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [policy] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    match policy & 0x07 {
        policy @ 0..=2 => state.chassis.restore_policy = policy,
        3 => {}
        _ => return Err(CompletionCode::INVALID_FIELD),
    }
    Ok(vec![0x07])
}
