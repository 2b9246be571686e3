//! `pef`: platform event filtering, and the alerts it sends.

mod destination;
mod fields;
mod filter;
mod info;
mod policy;

use super::tree::{self, Choice, Rest};
use crate::family::{Context, Family, Running, Status};
use clap::Subcommand;

/// The `pef` family.
pub const PEF: Family = Family {
    name: "pef",
    summary: Some("Configure Platform Event Filtering (PEF)"),
    tree: || tree::bare::<Leaf>("pef"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Not implemented by the reference either
    Capabilities(Rest),
    /// Not implemented by the reference either
    Event(Rest),
    /// Show, enable or disable event filters
    Filter(Rest),
    /// Show what event filtering can do
    Info(Rest),
    /// Not implemented by the reference either
    Pet(Rest),
    /// Show, enable or disable alert policies
    Policy(Rest),
    /// Show how far event filtering has come
    Status(Rest),
    /// Not implemented by the reference either
    Timer(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 18] = [
    "usage: pef help",
    "       pef capabilities",
    "       pef event <params>",
    "       pef filter list",
    "       pef filter enable <id = 1..n>",
    "       pef filter disable <id = 1..n>",
    "       pef filter create <id = 1..n> <params>",
    "       pef filter delete <id = 1..n>",
    "       pef info",
    "       pef policy list",
    "       pef policy enable <id = 1..n>",
    "       pef policy disable <id = 1..n>",
    "       pef policy create <id = 1..n> <params>",
    "       pef policy delete <id = 1..n>",
    "       pef pet ack <params>",
    "       pef status",
    "       pef timer get",
    "       pef timer set <0x00-0xFF>",
];

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Info(_)) => info::info(context).await,
            Choice::Chosen(Leaf::Status(_)) => info::status(context).await,
            Choice::Chosen(Leaf::Filter(rest)) => filter::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Policy(rest)) => policy::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Capabilities(_) | Leaf::Event(_) | Leaf::Pet(_) | Leaf::Timer(_)) => {
                not_implemented(context)
            }
            Choice::Chosen(Leaf::Help(_)) => {
                context.out.notices(&USAGE);
                Status::OK
            }
            Choice::Missing => context.too_few(&USAGE),
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid PEF command: '{word}'\n"));
                Status::FAILED
            }
        }
    })
}

/// What is done to the filter table and to the policy table.
enum TableVerb<'a> {
    /// Show its entries.
    List,
    /// Enable or disable an entry.
    Enable {
        /// Whether it is enabled.
        on: bool,
        /// The entry's number, as it was typed.
        id: &'a str,
    },
}

/// Reads the words after `filter` and `policy`; the status of what was said instead.
fn table_verb<'a>(
    context: &Context,
    table: &str,
    usage: &[&str],
    words: &'a [String],
) -> Result<TableVerb<'a>, Status> {
    let out = &context.out;
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Err(context.too_few(usage)),
        ["help", ..] => {
            out.notices(usage);
            Err(Status::OK)
        }
        ["list", ..] => Ok(TableVerb::List),
        [verb @ ("enable" | "disable"), id] => Ok(TableVerb::Enable { on: verb == "enable", id }),
        ["enable" | "disable", ..] => {
            out.error("Not enough arguments given.");
            Err(context.misused(usage))
        }
        ["create" | "delete", ..] => Err(not_implemented(context)),
        [word, ..] => {
            out.error(&format!("Invalid PEF {table} command: {word}"));
            out.notices(usage);
            Err(Status(1))
        }
    }
}

/// Reference: these are listed, say so and succeed.
fn not_implemented(context: &Context) -> Status {
    context.out.error("Not implemented.");
    Status(1)
}
