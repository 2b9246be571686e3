//! Which handler answers which (network function, command).

use super::{
    Origin, Outcome, State, app, boot, channel, chassis, console, firewall, fru, i2c, isol, lan, node_manager, pef,
    sdr, sel, sensor, session, sol, user, watchdog,
};
use crate::ipmi::{NetFn, Request};

/// Answers one request: reply data on success, the completion code of a refusal otherwise.
pub type Handler = fn(&mut State, &Origin, &Request) -> Outcome;

/// The handler for a command, if the simulated BMC knows it.
pub fn find(netfn: NetFn, cmd: u8) -> Option<Handler> {
    match netfn {
        NetFn::CHASSIS => chassis::find(cmd).or_else(|| boot::find(cmd)),
        NetFn::SENSOR_EVENT => sensor::find(cmd).or_else(|| pef::find(cmd)).or_else(|| sdr::find_device(cmd)),
        NetFn::APP => app::find(cmd)
            .or_else(|| watchdog::find(cmd))
            .or_else(|| firewall::find(cmd))
            .or_else(|| channel::find(cmd))
            .or_else(|| session::find(cmd))
            .or_else(|| user::find(cmd))
            .or_else(|| i2c::find(cmd))
            .or_else(|| console::find(cmd)),
        NetFn::STORAGE => fru::find(cmd).or_else(|| sdr::find(cmd)).or_else(|| sel::find(cmd)),
        NetFn::TRANSPORT => lan::find(cmd).or_else(|| sol::find(cmd)),
        NetFn(0x30) => console::find_tyan(cmd),
        NetFn::ISOL => isol::find(cmd),
        NetFn::GROUP => Some(app::group),
        NetFn::OEM => node_manager::find(cmd),
        _ => None,
    }
}
