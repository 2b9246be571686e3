//! `dcmi power`: what the machine draws (DCMI 1.5 section 6.6).

use super::{ask, limit};
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::dcmi::{ActivatePowerLimit, GetPowerReading};
use crate::line;
use crate::out::{Page, Report, time};
use crate::tables::named;
use serde::Serialize;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    Reading,
    Limit,
    SetLimit,
    Activate,
    Deactivate,
}

pub static COMMANDS: Choices<Leaf> = Choices(&[
    ("reading", Leaf::Reading, "Get power related readings from the system"),
    ("get_limit", Leaf::Limit, "Get the configured power limits"),
    ("set_limit", Leaf::SetLimit, "Set a power limit option"),
    ("activate", Leaf::Activate, "Activate the set power limit"),
    ("deactivate", Leaf::Deactivate, "Deactivate the set power limit"),
]);

/// Periods of rolling averages: unit and duration.
static PERIODS: Choices<u8> = Choices(&[
    ("5_sec", 0x05, ""),
    ("15_sec", 0x0f, ""),
    ("30_sec", 0x1e, ""),
    ("1_min", 0x41, ""),
    ("3_min", 0x43, ""),
    ("7_min", 0x47, ""),
    ("15_min", 0x4f, ""),
    ("30_min", 0x5e, ""),
    ("1_hour", 0x81, ""),
]);

/// `dcmi power`.
pub async fn run(context: &Context, words: &[String]) -> Result<Status, Status> {
    let offer = || COMMANDS.offer(&context.out, "power <command>");
    let Some((word, words)) = words.split_first() else {
        offer();
        return Err(Status::FAILED);
    };
    let outcome = match COMMANDS.find(word) {
        Some(Leaf::Reading) => reading(context, words.first()).await,
        Some(Leaf::Limit) => limit::show(context).await,
        Some(Leaf::SetLimit) => limit::set(context, words).await,
        Some(Leaf::Activate) => activate(context, true).await,
        Some(Leaf::Deactivate) => activate(context, false).await,
        // Reference: a word that is none of these does not fail.
        None => {
            offer();
            Ok(())
        }
    };
    Ok(outcome.into())
}

/// What the machine draws.
#[derive(Serialize)]
struct PowerReport {
    instantaneous_watts: u16,
    minimum_watts: u16,
    maximum_watts: u16,
    average_watts: u16,
    time: Option<String>,
    /// The average that was asked for, by its word.
    averaging_period: Option<&'static str>,
    /// Milliseconds, or what the controller says of an average.
    sampling_period: u32,
    active: bool,
    #[serde(skip)]
    timestamp: String,
}

impl Report for PowerReport {
    fn text(&self, page: &mut Page) {
        line!(page);
        line!(page, "    Instantaneous power reading:              {:8} Watts", self.instantaneous_watts);
        line!(page, "    Minimum during sampling period:           {:8} Watts", self.minimum_watts);
        line!(page, "    Maximum during sampling period:           {:8} Watts", self.maximum_watts);
        line!(page, "    Average power reading over sample period: {:8} Watts", self.average_watts);
        // Reference: the line with the time does not end.
        let sampled = "    Sampling period:                          ";
        let stamp = format!("    IPMI timestamp:                           {}{sampled}", self.timestamp);
        match self.averaging_period {
            // Reference: takes the low half of a period for the code of an average.
            Some(_) => {
                let code = self.sampling_period & 0xffff;
                let name = u8::try_from(code).ok().and_then(|code| PERIODS.word(code));
                line!(page, "{stamp}{} ", named(name, code));
            }
            None => line!(page, "{stamp}{:08} Seconds.", self.sampling_period / 1000),
        }
        let state = if self.active { "activated" } else { "deactivated" };
        line!(page, "    Power reading state is:                   {state}\n");
    }
}

async fn reading(context: &Context, period: Option<&String>) -> Result<(), Status> {
    let average = match period {
        None => None,
        Some(word) => Some(PERIODS.find(word).ok_or_else(|| wrong_period(context))?),
    };
    let reading = ask(context, &GetPowerReading { average }).await?;
    context.out.report(&PowerReport {
        instantaneous_watts: reading.current,
        minimum_watts: reading.minimum,
        maximum_watts: reading.maximum,
        average_watts: reading.average,
        time: time::iso8601(reading.timestamp),
        averaging_period: average.and_then(|code| PERIODS.word(code)),
        sampling_period: reading.period,
        active: reading.active,
        timestamp: context.out.timestamp_numeric(reading.timestamp),
    });
    Ok(())
}

/// Reference: the periods are listed on stderr, and what should stand between them is on stdout.
fn wrong_period(context: &Context) -> Status {
    PERIODS.list(&context.out, "Invalid sample time. Valid times are: ");
    context.out.println(&" | ".repeat(PERIODS.0.len() - 1));
    Status::FAILED
}

/// Whether the limit is in force now.
#[derive(Serialize)]
struct Activated {
    power_limit_active: bool,
}

impl Report for Activated {
    fn text(&self, page: &mut Page) {
        let what = if self.power_limit_active { "activated" } else { "deactivated" };
        line!(page, "\n    Power limit successfully {what}");
    }
}

async fn activate(context: &Context, on: bool) -> Result<(), Status> {
    ask(context, &ActivatePowerLimit(on)).await?;
    context.out.report(&Activated { power_limit_active: on });
    Ok(())
}
