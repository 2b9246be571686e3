//! `dcmi sensors`: the temperature sensors, by their records (DCMI 1.5 section 6.5.2).

use super::ask;
use crate::cmd::sdr;
use crate::family::{Context, Status};
use crate::ipmi::dcmi::GetSensorInfo;
use crate::out::{Format, List, Page, Report};
use crate::{line, put};
use serde::Serialize;

/// The entities that have temperatures (table 6-14).
const ENTITIES: [(u8, &str); 3] = [(0x40, "Inlet"), (0x41, "CPU"), (0x42, "Baseboard")];

/// Sensors that are asked for at once.
const PAGE: u8 = 8;

/// How many sensors an entity has. Reference: with a sign.
#[derive(Serialize)]
struct EntityRow {
    entity_id: u8,
    name: &'static str,
    sensors: i8,
}

impl Report for EntityRow {
    fn text(&self, page: &mut Page) {
        let plural = if self.sensors > 1 { "s" } else { "" };
        line!(page, "\n{}: {} temperature sensor{plural} found:", self.name, self.sensors);
    }
}

/// Which record a sensor has; the record itself comes after it.
#[derive(Serialize)]
struct RecordRow {
    entity_id: u8,
    record_id: u16,
}

impl Report for RecordRow {
    fn text(&self, page: &mut Page) {
        put!(page, "Record ID 0x{:04x}: ", self.record_id);
    }
}

struct Lists<'a> {
    entities: List<'a>,
    records: List<'a>,
    sensors: List<'a>,
}

/// `dcmi sensors`. Reference: its status is that of the last entity.
pub async fn sensors(context: &Context) -> Status {
    let out = &context.out;
    let lists = Lists {
        entities: out.named_list("entities"),
        records: out.named_list("records"),
        sensors: out.named_list("sensors"),
    };
    let mut outcome = Ok(());
    for (entity, name) in ENTITIES {
        outcome = show(context, &lists, entity, name).await;
    }
    outcome.into()
}

async fn show(context: &Context, lists: &Lists<'_>, entity: u8, name: &'static str) -> Result<(), Status> {
    let mut left = ask(context, &GetSensorInfo { entity, start: 0 }).await?.total.cast_signed();
    // A table has room for the sensors alone.
    let beside = context.out.format() != Format::Table;
    if beside {
        lists.entities.push(&EntityRow { entity_id: entity, name, sensors: left });
    }
    let mut start = 0_u8;
    while left > 0 {
        let page = ask(context, &GetSensorInfo { entity, start }).await?;
        for record_id in &page.records {
            if beside {
                lists.records.push(&RecordRow { entity_id: entity, record_id: *record_id });
            }
            sdr::show_by_id(context, &lists.sensors, *record_id).await;
        }
        // A page without records would be asked for again and again.
        if page.count == 0 {
            break;
        }
        start = start.wrapping_add(PAGE);
        left = i8::try_from(i16::from(left) - i16::from(page.count)).unwrap_or(0);
    }
    Ok(())
}
