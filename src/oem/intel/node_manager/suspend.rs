//! `nm suspend`: when a policy rests.

use super::{SCOPE_OPTIONS, Scope, ask, byte, choose, domain_name, offer, refuse};
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::{ClearSuspendPeriods, GetSuspendPeriods, PolicyId, SuspendPeriod};
use crate::out::{Page, Report};
use crate::{line, put};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    Set,
    Get,
}

pub static COMMANDS: Choices<Leaf> = Choices(&[
    ("set", Leaf::Set, "nm suspend set [domain <platform|CPU|Memory]> policy_id <policy> <start> <stop> <pattern>"),
    ("get", Leaf::Get, "nm suspend get [domain <platform|CPU|Memory]> policy_id <policy>"),
]);

const DAYS: [&str; 7] = ["M", "Tu", "W", "Th", "F", "Sa", "Su"];

/// Periods that are read from the words.
const MOST: usize = 5;

/// A time of day, from units of six minutes.
fn clock(units: u8) -> String {
    let minutes = u16::from(units) * 6;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn days(bits: u8) -> impl Iterator<Item = &'static str> {
    DAYS.into_iter().enumerate().filter(move |(day, _)| bits & 1 << day != 0).map(|(_, name)| name)
}

/// One period.
#[derive(Serialize)]
struct PeriodReport {
    start: String,
    stop: String,
    days: Vec<&'static str>,
}

/// When a policy rests.
#[derive(Serialize)]
struct SuspendReport {
    domain: u8,
    domain_name: Cow<'static, str>,
    policy_id: u8,
    periods: Vec<PeriodReport>,
    #[serde(skip)]
    raw: Vec<SuspendPeriod>,
}

impl Report for SuspendReport {
    fn text(&self, page: &mut Page) {
        line!(page, "    Suspend Policy domain:                    {}", self.domain_name);
        line!(page, "    Suspend Policy Policy ID:                 {}", self.policy_id);
        if self.raw.is_empty() {
            line!(page, "    No suspend Periods.");
        }
        // Reference: counts bytes where it should count periods, and has only a third of them.
        let known = self.raw.len().div_ceil(3);
        for (index, period) in self.raw.iter().enumerate() {
            let period = if index < known { *period } else { SuspendPeriod::default() };
            let (start, stop) = (clock(period.start), clock(period.stop));
            put!(page, "    Suspend Period {index}:                         {start} to {stop}");
            if period.days != 0 {
                put!(page, ", ");
            }
            days(period.days).for_each(|day| put!(page, "{day}"));
            line!(page);
        }
    }
}

/// `nm suspend`.
pub async fn run(context: &Context, words: &[String]) -> Result<(), Status> {
    let refused = || offer(context, &COMMANDS, "Suspend commands");
    let (leaf, words) = choose(&COMMANDS, words).filter(|(_, words)| words.len() >= 2).ok_or_else(refused)?;
    let of = read(context, words)?.one(context)?;
    match leaf {
        Leaf::Get => get(context, of).await,
        // Reference: reads the periods, and sends none.
        Leaf::Set => ask(context, &ClearSuspendPeriods(of)).await,
    }
}

/// Options with their words; periods end them.
fn read(context: &Context, words: &[String]) -> Result<Scope, Status> {
    let mut scope = Scope::default();
    let mut rest = words;
    while let Some((word, behind)) = rest.split_first() {
        let Some(option) = SCOPE_OPTIONS.find(word) else {
            check_periods(context, rest)?;
            break;
        };
        scope.take(context, option, behind.first())?;
        rest = behind.get(1..).unwrap_or_default();
    }
    Ok(scope)
}

/// Reads the periods, which are of no further use. Reference: what follows the fifth is passed over.
fn check_periods(context: &Context, words: &[String]) -> Result<(), Status> {
    for (index, period) in words.chunks(3).take(MOST).enumerate() {
        let [start, stop, repeat] = period else {
            let why = "Error: suspend period requires a start, stop, and repeat values.\n";
            return Err(refuse(context, why));
        };
        let wrong = |why: String| move || refuse(context, &why);
        byte(Some(start)).ok_or_else(wrong(format!("suspend start value {index} must be 0-239.\n")))?;
        byte(Some(stop)).ok_or_else(wrong(format!("suspend stop value {index}  must be 0-239.\n")))?;
        byte(Some(repeat)).ok_or_else(wrong(format!("suspend repeat value {index} unable to convert.\n")))?;
    }
    Ok(())
}

async fn get(context: &Context, of: PolicyId) -> Result<(), Status> {
    let raw = ask(context, &GetSuspendPeriods(of)).await?;
    let report = |period: &SuspendPeriod| PeriodReport {
        start: clock(period.start),
        stop: clock(period.stop),
        days: days(period.days).collect(),
    };
    context.out.report(&SuspendReport {
        domain: of.domain,
        domain_name: domain_name(of.domain),
        policy_id: of.number,
        periods: raw.iter().map(report).collect(),
        raw,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days() {
        assert_eq!(
            [clock(0), clock(9), clock(10), clock(239), clock(255)],
            ["00:00", "00:54", "01:00", "23:54", "25:30"]
        );
        assert_eq!(days(0x83).collect::<Vec<_>>(), ["M", "Tu"]);
    }
}
