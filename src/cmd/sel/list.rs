//! `sel list` and `sel elist`: the entries, in the log's own order; `sel save` and `sel writeraw`, which
//! keep them in a file besides.

use super::describe::describe;
use super::row::{SelRow, Style};
use crate::bmc::{CallError, SelWalk};
use crate::cli::number;
use crate::cmd::{file, states};
use crate::family::{Context, Status, because};
use crate::ipmi::sel::{GetSelInfo, SelInfo, SelRecord};
use crate::out::{bytes_of, errno_text};
use std::fs::File;
use std::io::{self, BufWriter, Write};

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
            let sign: i32 = match which.as_str() {
                "last" => -1,
                "first" => 1,
                _ => {
                    out.error("Unknown sel list option");
                    return Err(Status::FAILED);
                }
            };
            number(word).map(|count| count.wrapping_mul(sign))
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

/// Says which entry could not be read.
pub fn listener(context: &Context) -> impl Fn(u16, CallError) + Send + Sync + use<> {
    let out = context.out.clone();
    move |record, error| out.error(&format!("Get SEL Entry {record:x} command failed{}", because(&error)))
}

/// `sel list` and `sel elist`.
pub async fn run(context: &Context, words: &[String], style: Style) -> Status {
    match count(context, words) {
        Ok(count) => show(context, count, style, None).await.unwrap_or_else(|status| status),
        Err(status) => status,
    }
}

/// How entries are kept in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line of seven bytes for each, which `sel add` reads.
    Text,
    /// Sixteen bytes for each, which `sel readraw` reads.
    Raw,
}

/// `sel save` and `sel writeraw`. Reference: a file that cannot be opened does not end the listing, and
/// is no failure.
pub async fn save(context: &Context, words: &[String], form: Form, style: Style) -> Status {
    let Some(word) = words.first() else {
        let verb = if form == Form::Text { "save" } else { "writeraw" };
        context.out.notice(&format!("usage: sel {verb} <filename>"));
        return Status::OK;
    };
    show(context, 0, style, Some((word, form))).await.unwrap_or_else(|status| status)
}

/// The file entries are kept in, and what went wrong with it.
struct Keeper<'a> {
    word: &'a str,
    form: Form,
    file: BufWriter<File>,
    outcome: io::Result<()>,
}

impl Keeper<'_> {
    async fn keep(&mut self, context: &Context, record: &SelRecord) {
        let bytes = match self.form {
            Form::Text => bytes_of(&line_of(context, record).await).into_owned(),
            Form::Raw => record.stored().to_vec(),
        };
        if self.outcome.is_ok() {
            self.outcome = self.file.write_all(&bytes);
        }
    }

    /// Says what went wrong: entries that are lost without a word would be missed too late.
    fn finish(mut self, context: &Context) -> Status {
        match self.outcome.and_then(|()| self.file.flush()) {
            Ok(()) => Status::OK,
            Err(error) => {
                context.out.error(&format!("Error writing to output file {}: {}", self.word, errno_text(&error)));
                Status::FAILED
            }
        }
    }
}

/// An entry as `sel add` reads it. Reference: records of other types are read as events.
async fn line_of(context: &Context, record: &SelRecord) -> String {
    let event = record.as_event();
    let description = describe(context, record).await.text;
    let type_name = states::sensor_type_name(context, event.sensor_type).await;
    let type_byte = event.event_type | if event.deasserted { 0x80 } else { 0 };
    let [d1, d2, d3] = event.data;
    let bytes: Vec<String> = [event.revision, event.sensor_type, event.sensor, type_byte, d1, d2, d3]
        .iter()
        .map(|byte| format!("0x{byte:02x}"))
        .collect();
    let description = description.as_deref().unwrap_or("Unknown");
    format!("{} # {type_name} #0x{:02x} {description}\n", bytes.join(" "), event.sensor)
}

async fn show(context: &Context, count: i32, style: Style, file: Option<(&str, Form)>) -> Result<Status, Status> {
    let rows = context.out.list();
    if info(context).await?.entries == 0 {
        context.out.error("SEL has no entries");
        return Ok(Status::OK);
    }
    let bmc = &context.bmc;
    let listener = listener(context);
    let mut walk = SelWalk::default();
    if count < 0 {
        let entries = info(context).await?.entries;
        bmc.skip_sel_entries(&mut walk, u32::from(entries).saturating_sub(count.unsigned_abs()), &listener).await;
    }
    let mut keeper = file.and_then(|(word, form)| {
        let file = BufWriter::new(file::create(context, word)?);
        Some(Keeper { word, form, file, outcome: Ok(()) })
    });
    // Reference: only a positive count ends the list; from the last ones on, it goes to the end.
    let mut left = if count > 0 { count.unsigned_abs() } else { u32::MAX };
    while left > 0
        && let Some(record) = bmc.next_sel_entry(&mut walk, &listener).await
    {
        rows.push(&SelRow::read(context, &record, style.clone()).await);
        if let Some(keeper) = &mut keeper {
            keeper.keep(context, &record).await;
        }
        left -= 1;
    }
    Ok(keeper.map_or(Status::OK, |keeper| keeper.finish(context)))
}
