//! `dcmi get_temp_reading`: temperatures without sensor records (DCMI 1.5 section 6.7.3).

use super::ask;
use crate::family::{Context, Status};
use crate::ipmi::dcmi::{GetTemperatures, Temperature, TemperaturePage};
use crate::out::{Column, List, Page, Report};
use crate::put;
use serde::Serialize;

/// The entities that have temperatures (table 6-14).
const ENTITIES: [(u8, &str); 3] = [
    (0x40, "Inlet air temperature(40h)"),
    (0x41, "CPU temperature sensors(41h)"),
    (0x42, "Baseboard temperature sensors(42h)"),
];

/// Temperatures that are asked for at once.
const PAGE: u8 = 8;
/// How often they are asked for. Reference: for ever.
const TRIES: usize = 3;

/// One temperature.
#[derive(Serialize)]
struct TemperatureRow {
    entity_id: u8,
    entity_name: &'static str,
    instance: u8,
    celsius: i16,
    #[serde(skip)]
    reading: Temperature,
}

impl Report for TemperatureRow {
    const COLUMNS: &'static [Column] = &[
        Column { title: "Entity", pointer: "/entity_name" },
        Column { title: "Instance", pointer: "/instance" },
        Column { title: "Celsius", pointer: "/celsius" },
    ];

    fn text(&self, page: &mut Page) {
        // Reference: a sign of its own, also before zero.
        let sign = if self.reading.negative { '-' } else { '+' };
        put!(page, "\n{}\t\t{}\t\t{sign}{} C", self.entity_name, self.instance, self.reading.degrees);
    }
}

/// `dcmi get_temp_reading`. Reference: never fails.
pub async fn readings(context: &Context) -> Status {
    context.out.print("\n\tEntity ID\t\t\tEntity Instance\t   Temp. Readings");
    let rows = context.out.list();
    for (entity, name) in ENTITIES {
        // What was wrong has been said; the next entity may do better.
        let _ = show(context, &rows, entity, name).await;
    }
    Status::OK
}

async fn show(context: &Context, rows: &List<'_>, entity: u8, name: &'static str) -> Result<(), Status> {
    let total = ask(context, &GetTemperatures { entity, start: 0 }).await?.total;
    for first in (0..total).step_by(usize::from(PAGE)) {
        // Instances count from one.
        let page = page(context, &GetTemperatures { entity, start: first.wrapping_add(1) }).await?;
        for reading in page.readings {
            let degrees = i16::from(reading.degrees);
            rows.push(&TemperatureRow {
                entity_id: entity,
                entity_name: name,
                instance: reading.instance,
                celsius: if reading.negative { -degrees } else { degrees },
                reading,
            });
        }
    }
    Ok(())
}

/// Some of an entity's temperatures, asked for again where they are refused.
async fn page(context: &Context, command: &GetTemperatures) -> Result<TemperaturePage, Status> {
    for _ in 1..TRIES {
        if let Ok(page) = ask(context, command).await {
            return Ok(page);
        }
    }
    ask(context, command).await
}
