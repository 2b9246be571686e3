//! `sel clear`, `sel delete` and `sel time`: what changes the log.

use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Status, because};
use crate::ipmi::sel::{ClearSel, DeleteSelEntry, GetSelTime, ReserveSel, SetSelTime};
use crate::line;
use crate::out::time::{self, iso8601};
use crate::out::{Page, Report, completion_text};
use serde::Serialize;

/// A reservation; what is wrong has been said when there is none.
///
/// Reference: reservation 0 counts as a failure, without a word.
async fn reserve(context: &Context) -> Option<u16> {
    match context.bmc.call(&ReserveSel).await {
        Ok(0) => None,
        Ok(reservation) => Some(reservation),
        Err(CallError::Refused(code)) => {
            context.out.print(&format!("Unable to reserve SEL: {}", completion_text(code.0)));
            None
        }
        Err(_) => {
            context.out.warning("Unable to reserve SEL");
            None
        }
    }
}

/// `sel clear`.
pub async fn clear(context: &Context) -> Status {
    let Some(reservation) = reserve(context).await else { return Status::FAILED };
    match context.bmc.call(&ClearSel { reservation }).await {
        Ok(()) => {
            context.out.println("Clearing SEL.  Please allow a few seconds to erase.");
            Status::OK
        }
        Err(error) => {
            context.out.error(&format!("Unable to clear SEL{}", because(&error)));
            Status::FAILED
        }
    }
}

/// `sel delete`. Reference: the last id goes first, and one that fails does not stop the others.
pub async fn delete(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    match words.first().map(String::as_str) {
        None => {
            out.error("usage: sel delete <id>...<id>");
            return Status::OK;
        }
        Some("help") => {
            out.error("usage: delete <id>...<id>\n");
            return Status::FAILED;
        }
        Some(_) => {}
    }
    let Some(reservation) = reserve(context).await else { return Status::FAILED };
    let mut status = Status::OK;
    for word in words.iter().rev() {
        let Ok(record) = number::parse_u16(word) else {
            out.error(&format!("Given SEL ID '{word}' is invalid."));
            status = Status::FAILED;
            continue;
        };
        match context.bmc.call(&DeleteSelEntry { reservation, record }).await {
            Ok(()) => out.println(&format!("Deleted entry {record}")),
            Err(error) => {
                out.error(&format!("Unable to delete entry {record}{}", because(&error)));
                status = Status::FAILED;
            }
        }
    }
    status
}

/// The log's clock.
#[derive(Serialize)]
struct SelClock {
    time: Option<String>,
    timestamp: u32,
    #[serde(skip)]
    shown: String,
}

impl Report for SelClock {
    fn text(&self, page: &mut Page) {
        line!(page, "{}", self.shown);
    }
}

/// `sel time`.
pub async fn time(context: &Context, words: &[String]) -> Status {
    match words.first().map(String::as_str) {
        Some("get") => get_time(context).await,
        Some("set") if words.len() < 2 => {
            context.out.error("usage: sel time set \"mm/dd/yyyy hh:mm:ss\"");
            Status::OK
        }
        Some("set") => set_time(context, &words[1]).await,
        _ => {
            context.out.error("sel time commands: get set");
            Status::OK
        }
    }
}

/// Reference: a clock that cannot be read is no failure.
async fn get_time(context: &Context) -> Status {
    let out = &context.out;
    match context.bmc.call(&GetSelTime).await {
        Ok(timestamp) => {
            let shown = out.timestamp_numeric(timestamp);
            out.report(&SelClock { time: iso8601(timestamp), timestamp, shown });
        }
        Err(CallError::Refused(code)) => {
            out.error(&format!("Get SEL Time command failed: {}", completion_text(code.0)));
        }
        Err(CallError::Decode(error)) => {
            out.error(&format!("Get SEL Time command failed: Invalid data length {}", error.length));
        }
        Err(CallError::Transport(_)) => out.error("Get SEL Time command failed: Unknown"),
    }
    Status::OK
}

/// `sel time set`. Reference: the zone's offset is taken off twice, of a time that is given unless dates
/// are in UTC, and of the host's clock always; only in UTC does the clock get the time that was meant.
async fn set_time(context: &Context, word: &str) -> Status {
    let out = &context.out;
    let time = if word.eq_ignore_ascii_case("now") {
        time::as_if_local(time::now())
    } else {
        let Some(time) = time::parse_numeric(word) else {
            out.error("Specified time could not be parsed");
            return Status::FAILED;
        };
        if out.utc() { time } else { time::as_if_local(time) }
    };
    // The controller's clock has 32 bits.
    let command = SetSelTime { time: (time & 0xffff_ffff) as u32 };
    match context.bmc.call(&command).await {
        Ok(()) => {
            get_time(context).await;
            Status::OK
        }
        Err(error) => {
            let why = error.code().map_or("Unknown".into(), |code| completion_text(code.0));
            out.error(&format!("Set SEL Time command failed: {why}"));
            Status::FAILED
        }
    }
}
