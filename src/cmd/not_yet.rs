//! Families that are listed, as in the reference, but not built yet. `docs/coverage.md` names them.

use crate::family::{Context, Family, Running, Status};

/// A family that only says that it is not there.
pub const fn family(name: &'static str, summary: &'static str) -> Family {
    Family { name, summary: Some(summary), tree: || clap::Command::new("not-yet"), run }
}

fn run<'a>(context: &'a mut Context, _words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        context.out.error("This command is not implemented yet.");
        Status::FAILED
    })
}
