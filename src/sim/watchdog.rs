//! The watchdog timer (IPMI 2.0 chapter 27). It never runs down: nothing here has a host to reset.

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};

/// The watchdog timer's settings.
#[derive(Default)]
pub struct Watchdog {
    settings: Option<[u8; 6]>,
    running: bool,
}

/// The handler for a watchdog command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x22 => reset,
        0x24 => set,
        0x25 => get,
        _ => return None,
    })
}

fn reset(state: &mut State, _: &Origin, _: &Request) -> Outcome {
    // 80h: attempt to start an uninitialised watchdog.
    state.watchdog.settings.ok_or(CompletionCode(0x80))?;
    state.watchdog.running = true;
    Ok(Vec::new())
}

fn set(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let settings = <[u8; 6]>::try_from(&request.data[..]).map_err(|_| CompletionCode::LENGTH_INVALID)?;
    // Bit 6: do not stop the timer.
    state.watchdog.running &= settings[0] & 0x40 != 0;
    state.watchdog.settings = Some(settings);
    Ok(Vec::new())
}

fn get(state: &mut State, _: &Origin, _: &Request) -> Outcome {
    let [usage, action, interval, flags, low, high] = state.watchdog.settings.unwrap_or([0x04, 0, 0, 0, 0x64, 0]);
    let running = if state.watchdog.running { 0x40 } else { 0 };
    Ok(vec![usage & 0x87 | running, action, interval, flags, low, high, low, high])
}
