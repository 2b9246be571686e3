//! `sol`: serial over LAN, its configuration and the console itself.

mod activate;
mod deactivate;
pub mod escape;
pub mod fifteen;
mod info;
mod looptest;
mod payload;
pub mod pulse;
pub mod reconnect;
mod set;
mod talk;
pub mod terminal;

use super::tree::{self, Choice, Rest};
use crate::family::{Context, Family, Running};
use clap::Subcommand;

/// The `sol` family.
pub const SOL: Family = Family {
    name: "sol",
    summary: Some("Configure and connect IPMIv2.0 Serial-over-LAN"),
    tree: || tree::bare::<Leaf>("sol"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show the configuration
    Info(Rest),
    /// Change the configuration
    Set(Rest),
    /// Show or change who may use it
    Payload(Rest),
    /// Open a console
    Activate(Rest),
    /// Close a console
    Deactivate(Rest),
    /// Open and close a console again and again
    Looptest(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 6] = [
    "SOL Commands: info [<channel number>]",
    "              set <parameter> <value> [channel]",
    "              payload <enable|disable|status> [channel] [userid]",
    "              activate [<usesolkeepalive|nokeepalive>] [instance=<number>]",
    "              deactivate [instance=<number>]",
    "              looptest [<loop times> [<loop interval(in ms)> [<instance>]]]",
];

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let outcome = match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Info(rest)) => info::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) | Choice::Missing => {
                context.out.notices(&USAGE);
                Ok(())
            }
            Choice::Chosen(Leaf::Payload(rest)) => payload::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Deactivate(rest)) => deactivate::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Set(rest)) => set::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Activate(rest)) => activate::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Looptest(rest)) => looptest::run(context, &tree::rest(rest)).await,
            Choice::Unknown(_) => Err(context.misused(&USAGE)),
        };
        outcome.into()
    })
}
