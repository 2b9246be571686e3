//! `nm statistics` and `reset`: what was measured.

use super::{Scope, ask, choose, domain_name, offer};
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::{GetStatistics, ResetStatistics};
use crate::line;
use crate::out::{Page, Report, time};
use serde::Serialize;
use std::borrow::Cow;

/// What is measured, by its code.
pub static MODES: Choices<u8> = Choices(&[
    ("power", 0x01, "global power"),
    ("temps", 0x02, "inlet temperature"),
    ("policy_power", 0x11, "per policy power"),
    ("policy_temps", 0x12, "per policy inlet temp"),
    ("policy_throt", 0x13, "per policy throttling stats"),
    ("requests", 0x1b, "unhandled requests"),
    ("response", 0x1c, "response time"),
    ("cpu_throttling", 0x1d, "CPU throttling"),
    ("mem_throttling", 0x1e, "memory throttling"),
    ("comm_fail", 0x1f, "host communication failures"),
]);

pub static RESET_MODES: Choices<u8> = Choices(&[
    ("global", 0x00, ""),
    ("per_policy", 0x01, ""),
    ("requests", 0x1b, ""),
    ("response", 0x1c, ""),
    ("throttling", 0x1d, ""),
    ("memory", 0x1e, ""),
    ("comm", 0x1f, ""),
]);

fn unit(mode: u8) -> &'static str {
    match mode {
        0x01 | 0x11 => "Watts",
        0x02 | 0x12 => "Celsius",
        0x13 => " %",
        _ => "",
    }
}

/// Whether a mode is about one policy.
fn is_policys(mode: u8) -> bool {
    matches!(mode, 0x11..=0x13)
}

/// What was measured.
#[derive(Serialize)]
struct StatisticsReport {
    mode: Option<&'static str>,
    domain: u8,
    domain_name: Cow<'static, str>,
    enabled: bool,
    active: bool,
    measuring: bool,
    triggered: bool,
    current: u16,
    minimum: u16,
    maximum: u16,
    average: u16,
    unit: Option<&'static str>,
    time: Option<String>,
    sampling_period_seconds: u32,
    #[serde(skip)]
    code: u8,
    #[serde(skip)]
    timestamp: String,
}

impl StatisticsReport {
    /// Enabled, active, measuring and triggered, in the reference's words.
    fn states(&self) -> [&'static str; 4] {
        let enabled = if is_policys(self.code) { "Policy Enabled" } else { "Globally Enabled" };
        [
            if self.enabled { enabled } else { "Disabled" },
            if self.active { "active" } else { "suspended" },
            if self.measuring { "in progress" } else { "suspended" },
            if self.triggered { "triggered" } else { "not triggered" },
        ]
    }
}

impl Report for StatisticsReport {
    fn text(&self, page: &mut Page) {
        let [enabled, active, measuring, triggered] = self.states();
        line!(page, "    Power domain:                             {}", self.domain_name);
        line!(page, "    Policy/Global Admin state                 {enabled}");
        line!(page, "    Policy/Global Operational state           {active}");
        line!(page, "    Policy/Global Measurement state           {measuring}");
        line!(page, "    Policy Activation state                   {triggered}");
        for (name, value) in [
            ("Instantaneous reading:             ", self.current),
            ("Minimum during sampling period:    ", self.minimum),
            ("Maximum during sampling period:    ", self.maximum),
            ("Average reading over sample period:", self.average),
        ] {
            line!(page, "    {name}       {value:8} {}", unit(self.code));
        }
        line!(page, "    IPMI timestamp:                           {}", self.timestamp);
        // Reference: with a sign.
        let seconds = self.sampling_period_seconds.cast_signed();
        line!(page, "    Sampling period:                          {seconds:08} Seconds.\n");
    }

    fn csv(&self, page: &mut Page) {
        let states = self.states().join(",");
        let values = [self.current, self.minimum, self.maximum, self.average].map(|value| value.to_string()).join(",");
        let seconds = self.sampling_period_seconds.cast_signed();
        line!(page, "{},{states},{values},{},{seconds}", self.domain_name, self.timestamp);
    }
}

/// `nm statistics`.
pub async fn show(context: &Context, words: &[String]) -> Result<(), Status> {
    let (mode, words) = choose(&MODES, words).ok_or_else(|| offer(context, &MODES, "Statistics commands"))?;
    let scope = Scope::read(context, words, "Control Scope options")?;
    let of = if is_policys(mode) { scope.one(context)? } else { scope.id() };
    let statistics = ask(context, &GetStatistics { mode, of }).await?;
    let domain = statistics.state & 0x0f;
    context.out.report(&StatisticsReport {
        mode: MODES.word(mode),
        domain,
        domain_name: domain_name(domain),
        enabled: statistics.state & 0x10 != 0,
        active: statistics.state & 0x20 != 0,
        measuring: statistics.state & 0x40 != 0,
        triggered: statistics.state & 0x80 != 0,
        current: statistics.current,
        minimum: statistics.minimum,
        maximum: statistics.maximum,
        average: statistics.average,
        unit: Some(unit(mode).trim()).filter(|unit| !unit.is_empty()),
        time: time::iso8601(statistics.timestamp),
        sampling_period_seconds: statistics.period,
        code: mode,
        timestamp: context.out.timestamp_numeric(statistics.timestamp),
    });
    Ok(())
}

/// `nm reset`. Reference: everything but `global` needs a policy, also where none is meant.
pub async fn reset(context: &Context, words: &[String]) -> Result<(), Status> {
    let refused = || offer(context, &RESET_MODES, "Reset Statistics Modes:");
    let (mode, words) = choose(&RESET_MODES, words).ok_or_else(refused)?;
    let scope = Scope::read(context, words, "Reset Scope options")?;
    let of = if mode == 0 { scope.id() } else { scope.one(context)? };
    ask(context, &ResetStatistics { mode, of }).await
}
