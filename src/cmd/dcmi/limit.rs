//! `dcmi power get_limit` and `set_limit`: the limit to what the machine may draw.

use super::{ask, failed, invalid};
use crate::cli::choices::Choices;
use crate::cli::number;
use crate::family::{Context, Status};
use crate::ipmi::CompletionCode;
use crate::ipmi::dcmi::{GetPowerLimit, PowerLimit, SetPowerLimit};
use crate::line;
use crate::out::{Page, Report};
use crate::tables::named;
use serde::Serialize;
use std::borrow::Cow;

/// What a limit is told with when it is not in force.
const NOT_ACTIVE: CompletionCode = CompletionCode(0x80);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Parameter {
    Action,
    Limit,
    Correction,
    Sample,
}

static PARAMETERS: Choices<Parameter> = Choices(&[
    ("action", Parameter::Action, "<no_action | sel_logging | power_off>"),
    ("limit", Parameter::Limit, "<number in Watts>"),
    ("correction", Parameter::Correction, "<number in milliseconds>"),
    ("sample", Parameter::Sample, "<number in seconds>"),
]);

/// What can be done when the limit cannot be kept.
static ACTIONS: Choices<u8> = Choices(&[
    ("no_action", 0x00, "No Action"),
    ("power_off", 0x01, "Hard Power Off & Log Event to SEL"),
    ("sel_logging", 0x11, "Log Event to SEL"),
    ("oem_02", 0x02, "OEM reserved (02h)"),
    ("oem_03", 0x03, "OEM reserved (03h)"),
    ("oem_04", 0x04, "OEM reserved (04h)"),
    ("oem_05", 0x05, "OEM reserved (05h)"),
    ("oem_06", 0x06, "OEM reserved (06h)"),
    ("oem_07", 0x07, "OEM reserved (07h)"),
    ("oem_08", 0x08, "OEM reserved (08h)"),
    ("oem_09", 0x09, "OEM reserved (09h)"),
    ("oem_0a", 0x0a, "OEM reserved (0ah)"),
    ("oem_0b", 0x0b, "OEM reserved (0bh)"),
    ("oem_0c", 0x0c, "OEM reserved (0ch)"),
    ("oem_0d", 0x0d, "OEM reserved (0dh)"),
    ("oem_0e", 0x0e, "OEM reserved (0eh)"),
    ("oem_0f", 0x0f, "OEM reserved (0fh)"),
    ("oem_10", 0x10, "OEM reserved (10h)"),
]);

/// The limit, and whether it is in force.
#[derive(Serialize)]
struct LimitReport {
    active: bool,
    exception_action: u8,
    exception_action_name: Cow<'static, str>,
    limit_watts: u16,
    correction_time_ms: u32,
    sampling_period_seconds: u16,
}

impl Report for LimitReport {
    fn text(&self, page: &mut Page) {
        let state = if self.active { "Power Limit Active" } else { "No Active Power Limit" };
        line!(page, "\n    Current Limit State: {state}");
        line!(page, "    Exception actions:   {}", self.exception_action_name);
        line!(page, "    Power Limit:         {} Watts", self.limit_watts);
        // Reference: with a sign.
        line!(page, "    Correction time:     {} milliseconds", self.correction_time_ms.cast_signed());
        line!(page, "    Sampling period:     {} seconds\n", self.sampling_period_seconds);
    }
}

/// The limit, and whether it is in force.
async fn get(context: &Context) -> Result<(PowerLimit, bool), Status> {
    let answer = context.bmc.ask_despite(&GetPowerLimit, &[NOT_ACTIVE]).await;
    let (code, limit) = answer.map_err(|error| failed(context, &error))?;
    Ok((limit, code.is_ok()))
}

/// `dcmi power get_limit`.
pub async fn show(context: &Context) -> Result<(), Status> {
    let (limit, active) = get(context).await?;
    let name = ACTIONS.0.iter().find(|(_, code, _)| *code == limit.action).map(|(.., name)| *name);
    context.out.report(&LimitReport {
        active,
        exception_action: limit.action,
        exception_action_name: named(name, u32::from(limit.action)),
        limit_watts: limit.watts,
        correction_time_ms: limit.correction,
        sampling_period_seconds: limit.sample,
    });
    Ok(())
}

/// `dcmi power set_limit`: every pair of words is a change of its own, but a whole limit is set at once.
pub async fn set(context: &Context, words: &[String]) -> Result<(), Status> {
    if words.len() < 2 {
        PARAMETERS.offer(&context.out, "set_limit <parameter> <value>");
        return Err(Status::FAILED);
    }
    // Reference: of eight words only the values are looked at, whatever is between them.
    if let [_, action, _, watts, _, correction, _, sample] = words {
        set_whole(context, [action, watts, correction, sample]).await?;
    } else {
        // Reference: what has failed is forgotten when a later one succeeds.
        let mut outcome = Ok(());
        for pair in words.chunks_exact(2) {
            outcome = change(context, &pair[0], &pair[1]).await;
        }
        outcome?;
    }
    show(context).await
}

async fn set_whole(context: &Context, [action, watts, correction, sample]: [&String; 4]) -> Result<(), Status> {
    let given = |what, word: &str| invalid(context, what, word);
    let action = ACTIONS.find(action).ok_or_else(|| given("Action", action))?;
    let limit = PowerLimit {
        // Reference: a manufacturer's own action is none here.
        action: if matches!(action, 0x02..=0x10) { 0 } else { action },
        watts: number::parse_u16(watts).map_err(|_| given("Limit", watts))?,
        correction: number::parse_u32(correction).map_err(|_| given("Correction", correction))?,
        sample: number::parse_u16(sample).map_err(|_| given("Sample", sample))?,
    };
    ask(context, &SetPowerLimit(limit)).await
}

/// Changes one part of the limit.
async fn change(context: &Context, option: &str, word: &str) -> Result<(), Status> {
    let (mut limit, _) = get(context).await?;
    log(context, "IN ", &limit);
    let number = || number::parse_u32(word).map_err(|_| invalid(context, option, word));
    match PARAMETERS.find(option) {
        Some(Parameter::Action) => {
            limit.action = ACTIONS.find(word).ok_or_else(|| invalid(context, option, word))?;
        }
        // Reference: what is too large loses its upper half.
        Some(Parameter::Limit) => limit.watts = number()? as u16,
        Some(Parameter::Correction) => limit.correction = number()?,
        Some(Parameter::Sample) => limit.sample = number()? as u16,
        // Reference: fails without a word.
        None => return Err(Status::FAILED),
    }
    log(context, "OUT", &limit);
    ask(context, &SetPowerLimit(limit)).await
}

fn log(context: &Context, way: &str, limit: &PowerLimit) {
    let PowerLimit { action, watts, correction, sample } = limit;
    let correction = correction.cast_signed();
    context.out.info(&format!("DCMI {way} Limit={watts} Correction={correction} Action={action} Sample={sample}\n"));
}
