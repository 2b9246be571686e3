//! Which handler answers which (network function, command).

use super::{Origin, State, app};
use crate::ipmi::{CompletionCode, NetFn, Request};

/// Answers one request: reply data on success, the completion code of a refusal otherwise.
pub type Handler = fn(&mut State, &Origin, &Request) -> Result<Vec<u8>, CompletionCode>;

/// The handler for a command, if the simulated BMC knows it.
pub fn find(netfn: NetFn, cmd: u8) -> Option<Handler> {
    match netfn {
        NetFn::APP => app::find(cmd),
        _ => None,
    }
}
