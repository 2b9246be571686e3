//! `chassis`, and `power`, its shortcut.

mod boot;
mod bootparam;
mod control;
mod mailbox;
mod power;
mod status;

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
    /// Show power, faults and front panel
    Status(Rest),
    /// Show or change the power state
    Power(Rest),
    /// Show or change what happens when power returns
    Policy(Rest),
    /// Show why the system restarted
    #[command(name = "restart_cause")]
    RestartCause(Rest),
    /// Show for how long the power has been on
    Poh(Rest),
    /// Turn the identification light on or off
    Identify(Rest),
    /// Show the result of the self test
    Selftest(Rest),
    /// Choose what the system boots from next
    Bootdev(Rest),
    /// Show or change boot option parameters
    Bootparam(Rest),
    /// Read or write the boot initiator mailbox
    Bootmbox(Rest),
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
            Choice::Chosen(Leaf::Status(_)) => status::status(context).await,
            Choice::Chosen(Leaf::Policy(rest)) => control::policy(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::RestartCause(_)) => status::restart_cause(context).await,
            Choice::Chosen(Leaf::Poh(_)) => status::poh(context).await,
            Choice::Chosen(Leaf::Identify(rest)) => control::identify(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Selftest(_)) => status::selftest(context).await,
            Choice::Chosen(Leaf::Bootdev(rest)) => boot::bootdev(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Bootparam(rest)) => boot::bootparam(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Bootmbox(rest)) => mailbox::run(context, &tree::rest(rest)).await,
            // Reference: help fails here, unlike in most families.
            Choice::Chosen(Leaf::Help(_)) | Choice::Missing => {
                context.out.notices(&COMMANDS);
                Status::FAILED
            }
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid chassis command: {word}"));
                Status::FAILED
            }
        }
    })
}
