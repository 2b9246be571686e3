//! `mc` and its other name `bmc`: the management controller itself.

mod enables;
mod guid;
mod info;
mod selftest;
mod sysinfo;
mod watchdog;

use super::tree::{self, Choice, Rest};
use crate::bmc::CallError;
use crate::family::{Context, Family, Running, Status, because};
use crate::ipmi::app::{ColdReset, WarmReset};
use clap::Subcommand;

/// The `mc` family.
pub const MC: Family = Family {
    name: "mc",
    summary: Some("Management Controller status and global enables"),
    tree: || tree::bare::<Leaf>("mc"),
    run,
};

/// The same under its old name, which the command table leaves out.
pub const BMC: Family = Family { name: "bmc", summary: None, ..MC };

#[derive(Subcommand)]
enum Leaf {
    /// Restart the controller: cold or warm
    Reset(Rest),
    /// Show what the controller is
    Info(Rest),
    /// Show the system's GUID
    Guid(Rest),
    /// Show or set the watchdog timer
    Watchdog(Rest),
    /// Show the result of the self test
    Selftest(Rest),
    /// Show the global enables
    Getenables(Rest),
    /// Change the global enables
    Setenables(Rest),
    /// Show a system info string
    Getsysinfo(Rest),
    /// Store a system info string
    Setsysinfo(Rest),
    /// List the commands
    Help(Rest),
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Reset(rest)) => reset(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Info(_)) => info::run(context).await,
            Choice::Chosen(Leaf::Guid(rest)) => guid::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Watchdog(rest)) => watchdog::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Selftest(_)) => selftest::run(context).await,
            Choice::Chosen(Leaf::Getenables(_)) => enables::get(context).await,
            Choice::Chosen(Leaf::Setenables(rest)) => enables::set(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Getsysinfo(rest)) => sysinfo::get(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Setsysinfo(rest)) => sysinfo::set(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                usage(context);
                Status::OK
            }
            Choice::Missing => misused(context, "Not enough parameters given."),
            Choice::Unknown(word) => misused(context, &format!("Invalid mc/bmc command: {word}")),
        }
    })
}

const USAGE: [&str; 8] = [
    "MC Commands:",
    "  reset <warm|cold>",
    "  guid [auto|smbios|ipmi|rfc4122|dump]",
    "  info",
    "  watchdog <get|reset|off>",
    "  selftest",
    "  getenables",
    "  setenables <option=on|off> ...",
];

const RESET_USAGE: [&str; 1] = ["usage: mc reset <warm|cold>"];

fn usage(context: &Context) {
    context.out.notices(&USAGE);
    enables::list(context);
    sysinfo::usage(context, false);
}

fn misused(context: &Context, complaint: &str) -> Status {
    context.out.error(complaint);
    usage(context);
    Status::FAILED
}

async fn reset(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    let (name, outcome) = match words.first().map(String::as_str) {
        None => return context.too_few(&RESET_USAGE),
        Some("help") => {
            out.notices(&RESET_USAGE);
            return Status::OK;
        }
        // The controller may be gone before it can answer, and so is its session.
        Some("cold") => {
            let outcome = context.bmc.post(&ColdReset).await;
            context.bmc.transport().abandon();
            (
                "cold",
                match outcome {
                    Err(CallError::Transport(_)) => Ok(()),
                    outcome => outcome,
                },
            )
        }
        Some("warm") => ("warm", context.bmc.call(&WarmReset).await),
        Some(word) => {
            out.error(&format!("Invalid mc/bmc reset command: {word}"));
            return context.misused(&RESET_USAGE);
        }
    };
    match outcome {
        Ok(()) => {
            out.println(&format!("Sent {name} reset command to MC"));
            Status::OK
        }
        Err(CallError::Transport(_)) => {
            out.error("MC reset command failed.");
            Status::FAILED
        }
        Err(error) => {
            out.error(&format!("MC reset command failed{}", because(&error)));
            Status::FAILED
        }
    }
}
