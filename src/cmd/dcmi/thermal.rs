//! `dcmi thermalpolicy`: what happens when a temperature is too high (DCMI 1.5 section 6.7).

use super::{ask, invalid};
use crate::cli::choices::Choices;
use crate::cli::number;
use crate::family::{Context, Status};
use crate::ipmi::dcmi::{GetThermalLimit, SetThermalLimit, ThermalLimit};
use crate::line;
use crate::out::{Page, Report};
use serde::Serialize;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    Get,
    Set,
}

pub static COMMANDS: Choices<Leaf> =
    Choices(&[("get", Leaf::Get, "Get thermal policy"), ("set", Leaf::Set, "Set thermal policy")]);

/// The words for the three flags of a policy. Reference: any of them may stand for any flag.
static FLAGS: Choices<bool> = Choices(&[
    ("volatile", false, "Current Power Cycle"),
    ("nonvolatile", true, "Set across power cycles"),
    ("poweroff", true, "Hard Power Off system"),
    ("nopoweroff", false, "No 'Hard Power Off' action"),
    ("sel", true, "Log event to SEL"),
    ("nosel", false, "No 'Log event to SEL' action"),
    ("disabled", false, "Disabled"),
]);

/// `dcmi thermalpolicy`. Reference: without a word it is `get`.
pub async fn run(context: &Context, words: &[String]) -> Result<(), Status> {
    let leaf = words.first().map_or(Some(Leaf::Get), |word| COMMANDS.find(word));
    let words = words.get(1..).unwrap_or_default();
    match leaf {
        Some(Leaf::Get) => get(context, words).await,
        Some(Leaf::Set) => set(context, words).await,
        None => {
            COMMANDS.offer(&context.out, "thermalpolicy <command>");
            Err(Status::FAILED)
        }
    }
}

/// The entity and the instance that words name.
fn whose(context: &Context, entity: &str, instance: &str) -> Result<(u8, u8), Status> {
    let byte = |what, word: &str| number::parse_u8(word).map_err(|_| invalid(context, what, word));
    Ok((byte("Entity ID", entity)?, byte("Instance ID", instance)?))
}

#[derive(Serialize)]
struct PolicyReport {
    entity_id: u8,
    instance: u8,
    persistent: bool,
    power_off: bool,
    log: bool,
    limit: u8,
    exception_time_seconds: u16,
}

impl Report for PolicyReport {
    fn text(&self, page: &mut Page) {
        let active = |flag: bool| if flag { "active" } else { "inactive" };
        let persistent = if self.persistent { "set" } else { "notset" };
        line!(page, "\n    Persistence flag is:                      {persistent}");
        line!(page, "    Exception Actions, taken if the Temperature Limit exceeded:");
        line!(page, "        Hard Power Off system and log event:  {}", active(self.power_off));
        line!(page, "        Log event to SEL only:                {}", active(self.log));
        line!(page, "    Temperature Limit                         {} degrees", self.limit);
        line!(page, "    Exception Time                            {} seconds\n\n", self.exception_time_seconds);
    }
}

async fn get(context: &Context, words: &[String]) -> Result<(), Status> {
    let [entity, instance, ..] = words else { return Err(context.misused(&["Get <entityID> <instanceID>"])) };
    let (entity, instance) = whose(context, entity, instance)?;
    let limit = ask(context, &GetThermalLimit { entity, instance }).await?;
    context.out.report(&PolicyReport {
        entity_id: entity,
        instance,
        persistent: limit.persistent,
        power_off: limit.power_off,
        log: limit.log,
        limit: limit.limit,
        exception_time_seconds: limit.seconds,
    });
    Ok(())
}

/// Whose policy has been set.
#[derive(Serialize)]
struct SetReport {
    entity_id: u8,
    instance: u8,
}

impl Report for SetReport {
    fn text(&self, page: &mut Page) {
        line!(page, "\nThermal policy {} for {:X}h entity successfully set.\n", self.instance, self.entity_id);
    }
}

async fn set(context: &Context, words: &[String]) -> Result<(), Status> {
    let [entity, instance, rest @ ..] = words else { return Err(context.misused(&["Set <entityID> <instanceID>"])) };
    let [persistent, power_off, log, limit, seconds, ..] = rest else {
        let title = "Set thermalpolicy instance parameters: <volatile/nonvolatile/disabled> \
                     <poweroff/nopoweroff/disabled> <sel/nosel/disabled> <templimitByte> <exceptionTime>";
        FLAGS.offer(&context.out, title);
        return Err(Status::FAILED);
    };
    let (entity, instance) = whose(context, entity, instance)?;
    // Reference: a word that is no flag clears it.
    let flag = |word: &str| FLAGS.find(word).unwrap_or(false);
    let limit = ThermalLimit {
        persistent: flag(persistent),
        power_off: flag(power_off),
        log: flag(log),
        limit: number::parse_u8(limit).map_err(|_| invalid(context, "Temp Limit", limit))?,
        seconds: number::parse_u16(seconds).map_err(|_| invalid(context, "Sampling Time", seconds))?,
    };
    ask(context, &SetThermalLimit { entity, instance, limit }).await?;
    context.out.report(&SetReport { entity_id: entity, instance });
    Ok(())
}
