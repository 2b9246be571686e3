//! The one reader of the system event log.
//!
//! A walk follows the links from entry to entry, in the log's own order, without a reservation. What
//! fails on the way is told to a listener, which has the words.

use super::trail::Trail;
use super::{Bmc, CallError};
use crate::ipmi::sel::{GetSelEntry, SelRecord};

/// Told which entry could not be read, and why.
pub type SelListener<'a> = &'a (dyn Fn(u16, CallError) + Send + Sync);

/// A walk over the log, from its first entry on.
#[derive(Debug, Default)]
pub struct SelWalk {
    next: u16,
    trail: Trail,
}

/// What stands for "after the last entry".
const END: u16 = 0xffff;

impl Bmc {
    /// An entry and the id of the next one; none when it cannot be read, or when its successor is told
    /// to be 0, which no entry's is.
    pub async fn sel_entry(&self, record: u16, listener: SelListener<'_>) -> Option<(u16, SelRecord)> {
        match self.call(&GetSelEntry { record }).await {
            Ok((0, _)) => None,
            Ok(found) => Some(found),
            Err(error) => {
                listener(record, error);
                None
            }
        }
    }

    /// The same, with a second try: some controllers tell the successor 0 at random.
    async fn steady_entry(&self, record: u16, again: u16, listener: SelListener<'_>) -> Option<(u16, SelRecord)> {
        match self.sel_entry(record, listener).await {
            Some(found) => Some(found),
            None => self.sel_entry(again, listener).await,
        }
    }

    /// Passes over entries without looking at them; to the first one again where that fails.
    pub async fn skip_sel_entries(&self, walk: &mut SelWalk, count: u32, listener: SelListener<'_>) {
        for _ in 0..count {
            // Reference: the second try begins with the first entry again, and so does the walk after it.
            let Some((following, _)) = self.steady_entry(walk.next, 0, listener).await else {
                walk.next = 0;
                break;
            };
            walk.next = following;
        }
    }

    /// The next entry; none at the end, and when it cannot be read.
    pub async fn next_sel_entry(&self, walk: &mut SelWalk, listener: SelListener<'_>) -> Option<SelRecord> {
        if walk.next == END {
            return None;
        }
        let (following, record) = self.steady_entry(walk.next, walk.next, listener).await?;
        walk.next = if walk.trail.follow(walk.next, following) { following } else { END };
        Some(record)
    }
}
