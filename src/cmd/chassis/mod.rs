//! `chassis`, and `power`, its shortcut.

mod power;

use super::tree::{self, Choice, Rest};
use crate::family::{Context, Family, Running, Status};
use clap::Subcommand;

/// The `chassis` family.
pub const CHASSIS: Family = Family {
    name: "chassis",
    summary: Some("Get chassis status and set power state"),
    tree: || tree::bare::<Leaf>("chassis").mut_subcommand("power", |_| tree::bare::<power::Leaf>("power")),
    run,
};

/// The `power` family.
pub const POWER: Family = Family {
    name: "power",
    summary: Some("Shortcut to chassis power commands"),
    tree: || tree::bare::<power::Leaf>("power"),
    run: |context, words| Box::pin(power::run(context, words)),
};

#[derive(Subcommand)]
enum Leaf {
    /// Show or change the power state
    Power(Rest),
    /// List the commands
    Help(Rest),
}

const COMMANDS: [&str; 4] = [
    "Chassis Commands:",
    "  status, power, policy, restart_cause",
    "  poh, identify, selftest,",
    "  bootdev, bootparam, bootmbox",
];

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Power(rest)) => power::run(context, &tree::rest(rest)).await,
            // Reference: help fails here, unlike in most families.
            Choice::Chosen(Leaf::Help(_)) | Choice::Missing => {
                COMMANDS.iter().for_each(|line| context.out.notice(line));
                Status::FAILED
            }
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid chassis command: {word}"));
                Status::FAILED
            }
        }
    })
}
