//! `sdr get`, `type` and `entity`: records by name, by sensor type, by entity.

use super::{Style, listener, show, unopened};
use crate::bmc::StoredRecord;
use crate::cli::number;
use crate::family::{Context, Status};
use crate::ipmi::sdr::{Entity, SdrRecord};
use crate::line;
use crate::out::{Column, Format, List, Page, Report, bytes_of};
use crate::tables::entity::ENTITY_IDS;
use crate::tables::sensor::SENSOR_TYPES;
use serde::Serialize;
use std::sync::Arc;

/// A record by name; none when there is no such name or, which is said, no walk over the records.
pub async fn named(context: &Context, word: &str) -> Option<Arc<StoredRecord>> {
    let name = bytes_of(word);
    let listener = listener(context);
    match context.bmc.find_sdr(&listener, |record| record.id_string().is_some_and(|id| id.is(&name))).await {
        Ok(found) => found,
        Err(fault) => {
            unopened(context, &fault);
            None
        }
    }
}

/// Shows the sensor that has a record of this id, from a walk of its own. Reference: nothing where there is
/// none, or where the record cannot be read.
pub async fn show_by_id(context: &Context, rows: &List<'_>, id: u16) {
    let listener = listener(context);
    let mut walk = match context.bmc.open_sdr(&listener).await {
        Ok(walk) => walk,
        Err(fault) => {
            unopened(context, &fault);
            return;
        }
    };
    while let Some(header) = context.bmc.next_sdr_header(&mut walk, &listener).await {
        if header.id != id {
            continue;
        }
        let body = context.bmc.sdr_body(&mut walk, header, &listener).await;
        let record = body.and_then(|body| SdrRecord::decode(header.kind, &body));
        if let Some(record @ SdrRecord::Sensor(_)) = record {
            show(context, rows, super::lasting_style(context), &record).await;
        }
        return;
    }
}

/// `sdr get`. Reference: a name that is not found does not fail, and the details stay verbose.
pub async fn by_name(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    if words.is_empty() {
        out.error("No Sensor ID supplied");
        return Status::FAILED;
    }
    let verbose = out.verbose();
    if out.format() == Format::Text {
        out.set_verbose(1);
    }
    let rows = out.list();
    for word in words {
        match named(context, word).await {
            Some(stored) => show(context, &rows, Style::Detail, &stored.record).await,
            None => out.error(&format!("Unable to find sensor id '{word}'")),
        }
    }
    out.set_verbose(verbose);
    Status::OK
}

/// A code and its name. Text has them in pairs, which are no rows.
#[derive(Serialize)]
struct Named {
    code: u32,
    name: &'static str,
}

impl Report for Named {
    const COLUMNS: &'static [Column] =
        &[Column { title: "Code", pointer: "/code" }, Column { title: "Name", pointer: "/name" }];

    fn text(&self, page: &mut Page) {
        line!(page, "{:4}  {}", self.code, self.name);
    }
}

/// Shows a table of names: in text two a line.
fn show_names(context: &Context, names: &[Named], heading: &[&str], line: impl Fn(&[Named]) -> String) {
    let out = &context.out;
    if out.format() == Format::Text {
        heading.iter().for_each(|text| out.println(text));
        names.chunks(2).for_each(|pair| out.println(&line(pair)));
        return;
    }
    let rows = out.list();
    names.iter().for_each(|name| rows.push(name));
}

fn list_types(context: &Context) {
    let names: Vec<Named> =
        (0_u32..).zip(SENSOR_TYPES.iter().copied()).skip(1).map(|(code, name)| Named { code, name }).collect();
    show_names(context, &names, &["Sensor Types:"], |pair| {
        let cells: Vec<String> = pair.iter().map(|Named { code, name }| format!("{name:<25} (0x{code:02x})")).collect();
        format!("\t{}", cells.join("   "))
    });
}

/// `sdr type`.
pub async fn by_type(context: &Context, word: Option<&String>) -> Status {
    let out = &context.out;
    let word = match word.map(String::as_str) {
        None => return types(context),
        Some(word) if word.eq_ignore_ascii_case("help") || word.eq_ignore_ascii_case("list") => return types(context),
        Some(word) => word,
    };
    let code = if word.starts_with("0x") {
        match number::parse_u8(word) {
            Ok(code) => code,
            Err(_) => {
                out.error(&format!("Given type of sensor \"{word}\" is either invalid or out of range."));
                return Status::FAILED;
            }
        }
    } else {
        match SENSOR_TYPES.iter().skip(1).position(|name| name.eq_ignore_ascii_case(word)) {
            Some(position) => u8::try_from(position + 1).unwrap_or(u8::MAX),
            None => {
                // Reference: this does not fail.
                out.error(&format!("Sensor Type \"{word}\" not found."));
                list_types(context);
                return Status::OK;
            }
        }
    };
    found(context, |record| match record {
        SdrRecord::Sensor(sensor) => sensor.sensor_type == code,
        SdrRecord::EventOnly(sensor) => sensor.sensor_type == code,
        _ => false,
    })
    .await
}

fn types(context: &Context) -> Status {
    list_types(context);
    Status::OK
}

/// `sdr entity`.
pub async fn by_entity(context: &Context, word: Option<&String>) -> Status {
    let word = match word.map(String::as_str) {
        None => return entities(context),
        Some(word) if word.eq_ignore_ascii_case("help") || word.eq_ignore_ascii_case("list") => {
            return entities(context);
        }
        Some(word) => word,
    };
    let Some((id, instance)) = parse_entity(word) else {
        context.out.error(&format!("Invalid entity: {word}"));
        return Status::FAILED;
    };
    found(context, |record| {
        let fits = |entity: Entity| entity.id == id && instance.is_none_or(|instance| entity.instance == instance);
        record.entity().is_some_and(fits)
    })
    .await
}

fn entities(context: &Context) -> Status {
    let names: Vec<Named> = ENTITY_IDS.iter().map(|(code, name)| Named { code, name }).collect();
    show_names(context, &names, &["\nEntity IDs:\n"], |pair| {
        let cells: Vec<String> = pair.iter().map(|Named { code, name }| format!("  {code:4}  {name:<32}")).collect();
        cells.join("  ")
    });
    context.out.println("");
    Status::OK
}

/// `ID`, `ID.INSTANCE` (decimal, cut to their widths) or a name, of which the last one counts.
fn parse_entity(word: &str) -> Option<(u8, Option<u8>)> {
    let (id, rest) = unsigned(word).map(|(id, rest)| (Some(id), rest)).unwrap_or((None, word));
    match id {
        Some(id) => {
            // Reference: instance 7Fh stands for all of them.
            let instance = rest.strip_prefix('.').and_then(unsigned).map_or(0x7f, |(instance, _)| instance & 0x7f);
            Some((id, (instance != 0x7f).then_some(instance)))
        }
        None => {
            let found = ENTITY_IDS.iter().filter(|(_, name)| name.eq_ignore_ascii_case(word)).last();
            found.map(|(code, _)| (u8::try_from(code).unwrap_or(u8::MAX), None))
        }
    }
}

/// `%u` of `sscanf`: blanks, a sign, decimal digits; cut to a byte. Gives what follows as well.
fn unsigned(text: &str) -> Option<(u8, &str)> {
    let text = text.trim_start();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let value = digits[..end].bytes().fold(0_u8, |value, digit| value.wrapping_mul(10).wrapping_add(digit - b'0'));
    Some((if negative { value.wrapping_neg() } else { value }, &digits[end..]))
}

async fn found(context: &Context, fits: impl Fn(&SdrRecord) -> bool) -> Status {
    let rows = context.out.list();
    let listener = listener(context);
    match context.bmc.find_sdrs(&listener, fits).await {
        Ok(records) => {
            for stored in records {
                show(context, &rows, Style::Extended, &stored.record).await;
            }
            Status::OK
        }
        Err(fault) => {
            // Reference: nothing is found then, which is no failure.
            unopened(context, &fault);
            Status::OK
        }
    }
}
