//! `sel`: the system event log.

mod describe;
mod edit;
mod info;
mod list;
mod row;

use super::tree::{self, Choice, Rest};
use crate::family::{Context, Family, Running, Status};
use clap::Subcommand;

/// The `sel` family.
pub const SEL: Family =
    Family { name: "sel", summary: Some("Print System Event Log (SEL)"), tree: || tree::bare::<Leaf>("sel"), run };

#[derive(Subcommand)]
enum Leaf {
    /// Show the log itself
    Info(Rest),
    /// Erase all entries
    Clear(Rest),
    /// Delete entries by id
    Delete(Rest),
    /// List entries: all, or the first or last so many
    List(Rest),
    /// List entries with the names of their sensors
    Elist(Rest),
    /// Show entries by id, in detail
    Get(Rest),
    /// Add entries from a file
    Add(Rest),
    /// Show or set the log's clock
    Time(Rest),
    /// List entries, and save them as text
    Save(Rest),
    /// Show entries from a file of raw records
    Readraw(Rest),
    /// Show entries from a file of raw records, with the names of their sensors
    Ereadraw(Rest),
    /// List entries, and save them as raw records
    Writeraw(Rest),
    /// Decode entries from a file in another tool's format
    Interpret(Rest),
    /// List the commands
    Help(Rest),
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Missing | Choice::Chosen(Leaf::Info(_)) => info::run(context).await,
            Choice::Chosen(Leaf::Clear(_)) => edit::clear(context).await,
            Choice::Chosen(Leaf::Delete(rest)) => edit::delete(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::List(rest)) => list::run(context, &tree::rest(rest), false).await,
            Choice::Chosen(Leaf::Elist(rest)) => list::run(context, &tree::rest(rest), true).await,
            Choice::Chosen(Leaf::Time(rest)) => edit::time(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                context.out.error(COMMANDS);
                Status::OK
            }
            Choice::Chosen(
                Leaf::Get(_)
                | Leaf::Add(_)
                | Leaf::Save(_)
                | Leaf::Readraw(_)
                | Leaf::Ereadraw(_)
                | Leaf::Writeraw(_)
                | Leaf::Interpret(_),
            ) => {
                context.out.error("This command is not implemented yet.");
                Status::FAILED
            }
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid SEL command: {word}"));
                Status::FAILED
            }
        }
    })
}

const COMMANDS: &str = "SEL Commands:  info clear delete list elist get add time save readraw writeraw interpret";
