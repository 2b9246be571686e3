//! The commands: every family, the table they are listed in, and the dispatch that `shell`, `exec`
//! and the command line share.

mod chassis;
mod not_yet;
pub mod tree;

use crate::cli::{self, CommandLine};
use crate::family::{Context, Family, Status};
use crate::out::Output;

/// Every family, in the order of the reference's command table.
static FAMILIES: &[Family] = &[
    not_yet::family("raw", "Send a RAW IPMI request and print response"),
    not_yet::family("i2c", "Send an I2C Master Write-Read command and print response"),
    not_yet::family("spd", "Print SPD info from remote I2C device"),
    not_yet::family("lan", "Configure LAN Channels"),
    chassis::CHASSIS,
    chassis::POWER,
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
