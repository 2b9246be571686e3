//! `nm capability`: what policies may say.

use super::{ask, domain, domain_name, offer};
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::GetCapabilities;
use crate::line;
use crate::out::{Page, Report};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Trigger {
    None,
    InletTemperature,
    MissingPowerReading,
    TimeAfterReset,
    BootTime,
}

impl Trigger {
    fn code(self) -> u8 {
        match self {
            Trigger::None => 0,
            Trigger::InletTemperature => 1,
            Trigger::MissingPowerReading => 2,
            Trigger::TimeAfterReset => 3,
            Trigger::BootTime => 4,
        }
    }

    /// The unit of values under this trigger, and what many of it make one of: text shows whole ones.
    fn unit(self) -> Option<Unit> {
        Some(match self {
            Trigger::None => Unit { quantity: "power", name: "Watts", parts: 1 },
            Trigger::InletTemperature => Unit { quantity: "temp", name: "C", parts: 1 },
            Trigger::MissingPowerReading | Trigger::TimeAfterReset => {
                Unit { quantity: "time", name: "Secs", parts: 10 }
            }
            Trigger::BootTime => return None,
        })
    }
}

struct Unit {
    quantity: &'static str,
    name: &'static str,
    parts: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Domain,
    Trigger(Trigger),
}

static OPTIONS: Choices<Word> = Choices(&[
    ("domain", Word::Domain, "<platform|CPU|Memory> (default is platform)"),
    ("inlet", Word::Trigger(Trigger::InletTemperature), "Inlet temp trigger"),
    ("missing", Word::Trigger(Trigger::MissingPowerReading), "Missing Power reading trigger"),
    ("reset", Word::Trigger(Trigger::TimeAfterReset), "Time after Host reset trigger"),
    ("boot", Word::Trigger(Trigger::BootTime), "Boot time policy"),
]);

/// What policies of a trigger may say.
#[derive(Serialize)]
struct CapabilityReport {
    trigger: Trigger,
    policies: u8,
    /// In watts, degrees Celsius or tenths of seconds.
    maximum: u16,
    minimum: u16,
    min_correction_time_ms: u32,
    max_correction_time_ms: u32,
    min_statistics_period_seconds: u16,
    max_statistics_period_seconds: u16,
    domain: u8,
    domain_name: Cow<'static, str>,
}

impl Report for CapabilityReport {
    fn text(&self, page: &mut Page) {
        line!(page, "    power policies:\t\t{}", self.policies);
        if let Some(Unit { quantity, name, parts }) = self.trigger.unit() {
            line!(page, "    max_{quantity}\t\t{:7} {name}", self.maximum / parts);
            line!(page, "    min_{quantity}\t\t{:7} {name}", self.minimum / parts);
        }
        line!(page, "    min_corr\t\t{:7} secs", self.min_correction_time_ms / 1000);
        line!(page, "    max_corr\t\t{:7} secs", self.max_correction_time_ms / 1000);
        line!(page, "    min_stats\t\t{:7} secs", self.min_statistics_period_seconds);
        line!(page, "    max_stats\t\t{:7} secs", self.max_statistics_period_seconds);
        line!(page, "    domain scope:\t{}", self.domain_name);
    }

    fn csv(&self, page: &mut Page) {
        line!(
            page,
            "{},{},{},{},{},{},{},{}",
            self.policies,
            self.maximum,
            self.minimum,
            self.min_correction_time_ms / 1000,
            self.max_correction_time_ms / 1000,
            self.min_statistics_period_seconds,
            self.max_statistics_period_seconds,
            self.domain_name
        );
    }
}

/// `nm capability`.
pub async fn capability(context: &Context, words: &[String]) -> Result<(), Status> {
    let (mut of, mut trigger) = (0, Trigger::None);
    for pair in words.chunks(2) {
        match OPTIONS.find(&pair[0]).ok_or_else(|| offer(context, &OPTIONS, "Capability commands"))? {
            Word::Domain => of = domain(context, pair.get(1))?,
            Word::Trigger(chosen) => trigger = chosen,
        }
    }
    let capabilities = ask(context, &GetCapabilities { domain: of, trigger: trigger.code() }).await?;
    let scope = capabilities.scope & 0x0f;
    context.out.report(&CapabilityReport {
        trigger,
        policies: capabilities.policies,
        maximum: capabilities.maximum,
        minimum: capabilities.minimum,
        min_correction_time_ms: capabilities.minimum_correction,
        max_correction_time_ms: capabilities.maximum_correction,
        min_statistics_period_seconds: capabilities.minimum_period,
        max_statistics_period_seconds: capabilities.maximum_period,
        domain: scope,
        domain_name: domain_name(scope),
    });
    Ok(())
}
