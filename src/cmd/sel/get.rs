//! `sel get`: entries by id, with the sensors they come from and those sensors' FRU devices.

use super::list;
use super::row::{SelRow, Style, sensor_record};
use crate::bmc::StoredRecord;
use crate::cli::number;
use crate::cmd::{fru, sdr, sensor};
use crate::family::{Context, Status};
use crate::ipmi::sdr::{Entity, SdrRecord};
use crate::ipmi::sel::SelRecord;
use crate::out::Format;

/// `sel get`.
pub async fn run(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    match words.first().map(String::as_str) {
        None => {
            out.error("usage: sel get <entry>");
            return Status::OK;
        }
        Some("help") => {
            out.error("usage: sel get <id>...<id>");
            return Status::FAILED;
        }
        Some(_) => {}
    }
    out.named_list("entries");
    let mut status = Status::OK;
    for (index, word) in words.iter().enumerate() {
        let Some(record) = entry(context, word).await else {
            status = Status::FAILED;
            continue;
        };
        // Reference: a line goes between entries, but only after one whose sensor is known.
        if show(context, &record).await && index + 1 < words.len() {
            out.print("----------------------\n\n");
        }
    }
    status
}

/// The entry a word names; what is wrong has been said when there is none.
async fn entry(context: &Context, word: &str) -> Option<SelRecord> {
    let Ok(id) = number::parse_u16(word) else {
        context.out.error(&format!("Given SEL ID '{word}' is invalid."));
        return None;
    };
    let listener = list::listener(context);
    // Reference: an entry without a successor is none, and nothing is said.
    let (_, record) = context.bmc.sel_entry(id, &listener).await?;
    let event = record.as_event();
    if record.kind == 0 && event.sensor_type == 0 && event.sensor == 0 {
        context.out.warning(&format!("SEL Entry {id:#x} not found"));
        return None;
    }
    Some(record)
}

/// Shows an entry and what belongs to it. Whether its sensor is known.
async fn show(context: &Context, record: &SelRecord) -> bool {
    let event = record.as_event();
    let source = sensor_record(context, &event).await;
    let row = SelRow::read(context, record, Style::Detail(source)).await;
    context.out.named_list("entries").push(&row);
    // Reference: the record is looked up once more, so that a failure is told once more.
    let Some(source) = sensor_record(context, &event).await else { return false };
    show_sensor(context, &source).await;
    show_devices(context, &source).await;
    true
}

/// The sensor, in detail. Reference: whether it can be read does not matter.
async fn show_sensor(context: &Context, source: &StoredRecord) {
    let out = &context.out;
    let verbose = out.verbose();
    if verbose == 0 && out.format() == Format::Text {
        out.set_verbose(1);
    }
    let rows = out.named_list("sensors");
    match &source.record {
        SdrRecord::Sensor(sensor) => drop(sensor::list::show(context, &rows, sensor).await),
        other => sdr::show(context, &rows, sdr::Style::Plain, other).await,
    }
    out.set_verbose(verbose);
}

/// The FRU devices of the sensor's entity.
async fn show_devices(context: &Context, source: &StoredRecord) {
    let Some(entity) = source.record.entity() else { return };
    let listener = sdr::listener(context);
    let fits = |record: &SdrRecord| {
        // Reference: instance 7Fh stands for all of them.
        let fits = |other: Entity| entity.instance == 0x7f || other.instance == entity.instance;
        record.entity().is_some_and(|other| other.id == entity.id && fits(other))
    };
    let Ok(found) = context.bmc.find_sdrs(&listener, fits).await else { return };
    let rows = context.out.named_list("frus");
    for stored in found {
        if let SdrRecord::Fru(locator) = &stored.record {
            fru::show_located(context, &rows, locator).await;
        }
    }
}
