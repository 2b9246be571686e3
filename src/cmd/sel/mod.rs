//! `sel`: the system event log.

mod block;
mod describe;
mod edit;
mod file;
mod get;
mod info;
mod interpret;
mod list;
pub mod row;

use super::tree::{self, Choice, Rest};
use crate::family::{Context, Family, Running, Status};
use clap::Subcommand;
use list::Form;
use row::Style;

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
            Choice::Chosen(Leaf::List(rest)) => {
                context.memory.sel_names = false;
                list::run(context, &tree::rest(rest), Style::Line).await
            }
            Choice::Chosen(Leaf::Elist(rest)) => {
                context.memory.sel_names = true;
                list::run(context, &tree::rest(rest), Style::Extended).await
            }
            Choice::Chosen(Leaf::Get(rest)) => get::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Add(rest)) => file::add(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Save(rest)) => {
                list::save(context, &tree::rest(rest), Form::Text, style(context)).await
            }
            Choice::Chosen(Leaf::Writeraw(rest)) => {
                list::save(context, &tree::rest(rest), Form::Raw, style(context)).await
            }
            Choice::Chosen(Leaf::Readraw(rest)) => {
                file::read_raw(context, &tree::rest(rest), "readraw", style(context)).await
            }
            Choice::Chosen(Leaf::Ereadraw(rest)) => {
                let words = tree::rest(rest);
                context.memory.sel_names |= !words.is_empty();
                file::read_raw(context, &words, "ereadraw", Style::Extended).await
            }
            Choice::Chosen(Leaf::Interpret(rest)) => interpret::run(context, &tree::rest(rest), style(context)).await,
            Choice::Chosen(Leaf::Time(rest)) => edit::time(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                context.out.error(COMMANDS);
                Status::OK
            }
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid SEL command: {word}"));
                Status::FAILED
            }
        }
    })
}

/// How rows are shown by commands that do not choose. Reference: as `elist`, `list` or `ereadraw` left
/// it, in the life of a process.
fn style(context: &Context) -> Style {
    if context.memory.sel_names { Style::Extended } else { Style::Line }
}

const COMMANDS: &str = "SEL Commands:  info clear delete list elist get add time save readraw writeraw interpret";
