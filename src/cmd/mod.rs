//! The commands: every family, the table they are listed in, and the dispatch that `shell`, `exec`
//! and the command line share.

mod arguments;
mod channel;
mod chassis;
mod dcmi;
mod event;
mod exec;
mod file;
mod firewall;
mod fru;
mod gendev;
mod i2c;
mod isol;
mod lan;
mod lan6;
mod mc;
mod not_yet;
mod pef;
mod raw;
mod sdr;
mod sel;
mod sensor;
mod session;
mod set;
mod shell;
mod sol;
mod spd;
mod states;
pub mod tree;
mod tsol;
mod user;

pub use file::open as open_file;
pub use sdr::load_cache as load_sdr_cache;

use crate::cli::{self, CommandLine};
use crate::family::{Context, Family, Status};
use crate::oem::node_manager;
use crate::out::Output;

/// Every family, in the order of the reference's command table.
static FAMILIES: &[Family] = &[
    raw::RAW,
    i2c::I2C,
    spd::SPD,
    lan::LAN,
    chassis::CHASSIS,
    chassis::POWER,
    event::EVENT,
    mc::MC,
    sdr::SDR,
    sensor::SENSOR,
    fru::FRU,
    gendev::GENDEV,
    sel::SEL,
    pef::PEF,
    sol::SOL,
    tsol::TSOL,
    isol::ISOL,
    user::USER,
    channel::CHANNEL,
    session::SESSION,
    dcmi::DCMI,
    node_manager::NM,
    not_yet::family("sunoem", "OEM Commands for Sun servers"),
    not_yet::family("kontronoem", "OEM Commands for Kontron devices"),
    not_yet::family("picmg", "Run a PICMG/ATCA extended cmd"),
    not_yet::family("fwum", "Update IPMC using Kontron OEM Firmware Update Manager"),
    firewall::FIREWALL,
    not_yet::family("delloem", "OEM Commands for Dell systems"),
    shell::SHELL,
    exec::EXEC,
    set::SET,
    set::ECHO,
    not_yet::family("hpm", "Update HPM components using PICMG HPM.1 file"),
    not_yet::family("ekanalyzer", "run FRU-Ekeying analyzer using FRU files"),
    not_yet::family("ime", "Update Intel Manageability Engine Firmware"),
    not_yet::family("vita", "Run a VITA 46.11 extended cmd"),
    lan6::LAN6,
    mc::BMC,
];

/// The command table's rows.
pub fn command_lines() -> Vec<CommandLine> {
    FAMILIES.iter().filter_map(|family| Some(CommandLine { name: family.name, summary: family.summary? })).collect()
}

/// Prints the command table, as `help` does.
pub fn print_table(out: &Output) {
    for line in cli::command_table(&command_lines()).lines() {
        out.notice(line);
    }
}

/// Runs one command: the first word chooses the family. One JSON document or table is complete
/// when it returns.
pub async fn dispatch(context: &mut Context, words: &[String]) -> Status {
    let Some((name, words)) = words.split_first() else {
        context.out.error("No command provided!");
        print_table(&context.out);
        return Status::FAILED;
    };
    let status = match FAMILIES.iter().find(|family| family.name == name) {
        Some(family) => (family.run)(context, words).await,
        None => {
            context.out.error(&format!("Invalid command: {name}"));
            print_table(&context.out);
            Status::FAILED
        }
    };
    context.out.finish();
    status
}
