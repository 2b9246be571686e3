//! `sensor`: readings with the thresholds in force.

pub mod list;
mod reading;
mod thresh;

use super::tree::{self, Choice, Rest};
use crate::family::{Context, Family, Running, Status};
use clap::Subcommand;

/// The `sensor` family.
pub const SENSOR: Family = Family {
    name: "sensor",
    summary: Some("Print detailed sensor information"),
    tree: || tree::bare::<Leaf>("sensor"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// List sensors with readings and thresholds
    List(Rest),
    /// Set thresholds
    Thresh(Rest),
    /// Show sensors by name, in detail
    Get(Rest),
    /// Show readings by name
    Reading(Rest),
    /// List the commands
    Help(Rest),
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Missing | Choice::Chosen(Leaf::List(_)) => list::run(context).await,
            Choice::Chosen(Leaf::Thresh(rest)) => thresh::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Get(rest)) => reading::get(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Reading(rest)) => reading::reading(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                context.out.notice("Sensor Commands:  list thresh get reading");
                Status::OK
            }
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid sensor command: {word}"));
                Status::FAILED
            }
        }
    })
}
