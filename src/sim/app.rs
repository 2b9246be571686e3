//! Application commands (IPMI 2.0 chapters 20 to 24).

use super::registry::Handler;
use super::{Origin, State};
use crate::ipmi::{CompletionCode, Request};

/// The handler for an application command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x01 => get_device_id,
        _ => return None,
    })
}

/// Get Device ID (section 20.1).
fn get_device_id(state: &mut State, _origin: &Origin, _request: &Request) -> Result<Vec<u8>, CompletionCode> {
    Ok(state.device_id.clone())
}
