//! `channel`: the channels' media, access and cipher suites.

mod access;
mod authcap;
mod ciphers;
mod info;

use super::arguments::{self, THIS_CHANNEL};
use super::tree::{self, Choice, Rest};
use crate::family::{Context, Family, Running, Status};
use clap::Subcommand;

/// The `channel` family.
pub const CHANNEL: Family = Family {
    name: "channel",
    summary: Some("Configure Management Controller channels"),
    tree: || tree::bare::<Leaf>("channel"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show how one may log in on a channel
    Authcap(Rest),
    /// Show users' access to a channel
    Getaccess(Rest),
    /// Set a user's access to a channel
    Setaccess(Rest),
    /// Show what a channel is
    Info(Rest),
    /// List a channel's cipher suites
    Getciphers(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 13] = [
    "Channel Commands: authcap   <channel number> <max privilege>",
    "                  getaccess <channel number> [user id]",
    "                  setaccess <channel number> <user id> [callin=on|off] [ipmi=on|off] [link=on|off] [privilege=level]",
    "                  info      [channel number]",
    "                  getciphers <ipmi | sol> [channel]",
    "",
    "Possible privilege levels are:",
    "   1   Callback level",
    "   2   User level",
    "   3   Operator level",
    "   4   Administrator level",
    "   5   OEM Proprietary level",
    "  15   No access",
];

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let outcome = match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Authcap(rest)) => authcap::authcap(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Getaccess(rest)) => access::get(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Info(rest)) => info::info(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Getciphers(rest)) => ciphers::getciphers(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Setaccess(rest)) => access::set(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                context.out.notices(&USAGE);
                Ok(())
            }
            Choice::Missing => Err(context.too_few(&USAGE)),
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid CHANNEL command: {word}\n"));
                Err(context.misused(&USAGE))
            }
        };
        outcome.into()
    })
}

/// The channel a word names, or the one in use.
fn channel_of(context: &Context, word: Option<&String>) -> Result<u8, Status> {
    word.map_or(Ok(THIS_CHANNEL), |word| arguments::channel(context, word).ok_or(Status::FAILED))
}

fn enabled(flag: bool) -> &'static str {
    if flag { "enabled" } else { "disabled" }
}
