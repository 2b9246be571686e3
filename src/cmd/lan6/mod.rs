//! `lan6`: the IPv6 configuration of LAN channels.

mod parameter;
mod read;
mod set;
mod value;

use super::lan::first_lan;
use super::tree::{self, Choice, Rest};
use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Family, Running, Status};
use crate::out::{Output, completion_text};
use crate::tables::lan6::{COMPLETION_CODES, PARAMETERS};
use clap::Subcommand;

/// The `lan6` family.
pub const LAN6: Family =
    Family { name: "lan6", summary: Some("Configure IPv6 LAN Channels"), tree: || tree::bare::<Leaf>("lan6"), run };

#[derive(Subcommand)]
enum Leaf {
    /// List the commands
    Help(Rest),
    /// Write the configuration as commands
    Save(Rest),
    /// Change the configuration
    Set(Rest),
    /// Show the configuration
    Print(Rest),
    /// Begin to change the configuration
    Lock(Rest),
    /// Put changes into force
    Commit(Rest),
    /// Give changes up
    Discard(Rest),
}

/// The commands with their syntax, in the order of the help.
const SYNTAX: [(&str, &str); 7] = [
    ("help", "  help [command]"),
    ("save", "  save <channel> [<parameter> [<set_sel> [<block_sel>]]]"),
    ("set", "  set <channel> [nolock] <parameter> [<set_sel> [<block_sel>]] <values...>"),
    ("print", "  print <channel> [<parameter> [<set_sel> [<block_sel>]]]"),
    ("lock", "  lock <channel>"),
    ("commit", "  commit <channel>"),
    ("discard", "  discard <channel>"),
];

/// The help of one command; of all of them for a word that is none. Reference: on stdout.
fn help(out: &Output, command: &str) {
    let known = SYNTAX.iter().any(|(name, _)| *name == command);
    for (name, syntax) in SYNTAX {
        if !known || name == command {
            out.println(syntax);
        }
    }
    if matches!(command, "save" | "set" | "print") {
        out.println("");
        out.println("   available parameters:");
        syntax_of_all(out, command != "print");
    }
}

/// The syntax of the parameters; `values` for those that can be written.
fn syntax_of_all(out: &Output, values: bool) {
    parameter::PARAMETERS.iter().for_each(|parameter| parameter.print_syntax(out, values));
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let mut words = words.to_vec();
        if let Some(first) = words.first_mut() {
            first.make_ascii_lowercase();
        }
        let out = &context.out;
        let outcome = match tree::choose::<Leaf>(&words) {
            Choice::Chosen(Leaf::Help(rest)) => {
                let command = tree::rest(rest).first().map(|word| word.to_ascii_lowercase());
                help(out, command.as_deref().unwrap_or(""));
                Ok(())
            }
            Choice::Chosen(Leaf::Save(rest)) => read::save(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Print(rest)) => read::print(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Set(rest)) => set::set(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Lock(rest)) => set::lock(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Commit(rest)) => set::commit(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Discard(rest)) => set::discard(context, &tree::rest(rest)).await,
            Choice::Missing => {
                help(out, "");
                Ok(())
            }
            Choice::Unknown(_) => {
                help(out, "");
                Err(Status::FAILED)
            }
        };
        outcome.into()
    })
}

/// A channel number. Reference: not looked at further; its low byte is sent.
fn channel_word(context: &Context, word: &str) -> Result<i32, Status> {
    number::parse_i32(word).map_err(|_| {
        context.out.error(&format!("Invalid channel: {word}"));
        Status::FAILED
    })
}

/// The first LAN channel there is.
async fn any_channel(context: &Context) -> Result<i32, Status> {
    match first_lan(context).await {
        0 => {
            context.out.error("No LAN channel found");
            Err(Status::FAILED)
        }
        channel => Ok(i32::from(channel)),
    }
}

/// The byte of a number that goes over the wire.
fn low_byte(number: i32) -> u8 {
    number.to_le_bytes()[0]
}

/// Says that a request about a parameter failed, and gives the reference's return code for that.
fn complain(context: &Context, doing: &str, parameter: u8, error: &CallError) -> Status {
    let (reason, status) = match error.code() {
        Some(code) if code.0 >= 0xc0 => (completion_text(code.0), Status(i32::from(code.0))),
        Some(code) => (COMPLETION_CODES.name(code.0), Status(i32::from(code.0))),
        None => ("No response".into(), Status::FAILED),
    };
    context.out.error(&format!("Failed to {doing} {}: {reason}", PARAMETERS.name(parameter)));
    status
}
