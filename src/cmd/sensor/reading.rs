//! `sensor get` and `sensor reading`: sensors by name.

use super::list;
use crate::cmd::sdr::value::{short_value_text, unit_text};
use crate::cmd::sdr::{self, Style};
use crate::family::{Context, Status};
use crate::ipmi::sdr::SdrRecord;
use crate::line;
use crate::out::{Column, Format, Page, Report};
use serde::Serialize;

const GET_USAGE: [&str; 2] = ["sensor get <id> ... [id]", "   id        : name of desired sensor"];

/// `sensor get`: details, whatever the verbosity.
pub async fn get(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    match words.first().map(String::as_str) {
        None => return context.too_few(&GET_USAGE),
        Some("help") => {
            out.notices(&GET_USAGE);
            return Status::OK;
        }
        Some(_) => {}
    }
    out.println("Locating sensor record...");
    let rows = out.list();
    let mut status = Status::OK;
    for word in words {
        let Some(stored) = sdr::named(context, word).await else {
            out.error(&format!("Sensor data record \"{word}\" not found!"));
            status = Status::FAILED;
            continue;
        };
        let verbose = out.verbose();
        if out.format() == Format::Text {
            out.set_verbose(1);
        }
        match &stored.record {
            SdrRecord::Sensor(sensor) => {
                if list::show(context, &rows, sensor).await != Status::OK {
                    status = Status::FAILED;
                }
            }
            other => sdr::show(context, &rows, Style::Detail, other).await,
        }
        out.set_verbose(verbose);
    }
    status
}

/// A reading by name.
#[derive(Serialize)]
struct NamedReading<'a> {
    name: &'a str,
    reading: Option<f64>,
    unit: String,
    #[serde(skip)]
    value: f64,
}

impl NamedReading<'_> {
    fn value(&self) -> String {
        short_value_text(self.value, 3)
    }
}

impl Report for NamedReading<'_> {
    const COLUMNS: &'static [Column] = &[
        Column { title: "Sensor", pointer: "/name" },
        Column { title: "Reading", pointer: "/reading" },
        Column { title: "Unit", pointer: "/unit" },
    ];

    fn text(&self, page: &mut Page) {
        line!(page, "{:<16} | {}", self.name, self.value());
    }

    fn csv(&self, page: &mut Page) {
        line!(page, "{},{}", self.name, self.value());
    }
}

/// `sensor reading`. Reference: help fails.
pub async fn reading(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    if words.first().is_none_or(|word| word == "help") {
        out.notice("sensor reading <id> ... [id]");
        out.notice("   id        : name of desired sensor");
        return Status::FAILED;
    }
    let rows = out.list();
    let mut status = Status::OK;
    for word in words {
        let Some(stored) = sdr::named(context, word).await else {
            out.error(&format!("Sensor \"{word}\" not found!"));
            status = Status::FAILED;
            continue;
        };
        let SdrRecord::Sensor(sensor) = &stored.record else { continue };
        let (values, sensor) = sdr::reading(context, sensor).await;
        if sensor.full.is_none() || values.raw.is_none() {
            continue;
        }
        let Some(value) = values.analog else {
            out.error(&format!("Sensor \"{word}\" is a discrete sensor!"));
            continue;
        };
        let reading = Some(value).filter(|value| value.is_finite());
        rows.push(&NamedReading { name: word, reading, unit: unit_text(&sensor.units), value });
    }
    status
}
