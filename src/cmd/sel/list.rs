//! `sel list` and `sel elist`: the entries, in the log's own order.

use super::row;
use crate::cli::number;
use crate::family::{Context, Status, because};
use crate::ipmi::sel::{GetSelEntry, GetSelInfo, SelInfo, SelRecord};
use std::collections::HashSet;

/// Entries to show: all for 0, the last so many when negative.
fn count(context: &Context, words: &[String]) -> Result<i32, Status> {
    let out = &context.out;
    let number = |word: &str| {
        number::parse_i32(word).map_err(|_| {
            out.error(&format!("Numeric argument required; got '{word}'"));
            Status::FAILED
        })
    };
    match words {
        [only] => number(only),
        [which, word] => {
            let sign = match which.as_str() {
                "last" => -1,
                "first" => 1,
                _ => {
                    out.error("Unknown sel list option");
                    return Err(Status::FAILED);
                }
            };
            number(word).map(|count| sign * count)
        }
        // Reference: more words than two are all ignored.
        _ => Ok(0),
    }
}

async fn info(context: &Context) -> Result<SelInfo, Status> {
    context.bmc.call(&GetSelInfo).await.map_err(|error| {
        context.out.error(&format!("Get SEL Info command failed{}", because(&error)));
        Status::FAILED
    })
}

/// Reads an entry; a refusal is said. The next entry's id is 0 when there is none.
async fn entry(context: &Context, record: u16) -> (u16, Option<SelRecord>) {
    match context.bmc.call(&GetSelEntry { record }).await {
        Ok((next, record)) => (next, Some(record)),
        Err(error) => {
            context.out.error(&format!("Get SEL Entry {record:x} command failed{}", because(&error)));
            (0, None)
        }
    }
}

/// Reads an entry, once more when its successor is told to be 0: some controllers say so at random.
async fn steady_entry(context: &Context, record: u16, again: u16) -> Option<(u16, SelRecord)> {
    for id in [record, again] {
        if let (next @ 1.., Some(found)) = entry(context, id).await {
            return Some((next, found));
        }
    }
    None
}

/// `sel list` and `sel elist`.
pub async fn run(context: &Context, words: &[String], extended: bool) -> Status {
    match count(context, words) {
        Ok(count) => show(context, count, extended).await.map_or_else(|status| status, |()| Status::OK),
        Err(status) => status,
    }
}

async fn show(context: &Context, count: i32, extended: bool) -> Result<(), Status> {
    let rows = context.out.list();
    if info(context).await?.entries == 0 {
        context.out.error("SEL has no entries");
        return Ok(());
    }
    let mut next = 0;
    if count < 0 {
        let entries = info(context).await?.entries;
        let skipped = u32::from(entries).saturating_sub(count.unsigned_abs());
        for _ in 0..skipped {
            // Reference: the second try begins with the first entry again.
            let Some((following, _)) = steady_entry(context, next, 0).await else { break };
            next = following;
        }
    }
    // Reference: only a positive count ends the list; from the last ones on, it goes to the end.
    let mut left = if count > 0 { count.unsigned_abs() } else { u32::MAX };
    // An entry that comes again closes a circle.
    let mut seen = HashSet::new();
    while next != 0xffff && left > 0 && seen.insert(next) {
        let Some((following, record)) = steady_entry(context, next, next).await else { break };
        row::show(context, &rows, &record, extended).await;
        next = following;
        left -= 1;
    }
    Ok(())
}
