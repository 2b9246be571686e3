//! `chassis identify` and `chassis policy`: the light on the front, and what happens when power returns.

use crate::bmc::CallError;
use crate::cli::number::{self, NumberError};
use crate::family::{Context, Fault, Status, because};
use crate::ipmi::chassis::{ChassisIdentify, SetPowerRestorePolicy};
use crate::out::{Page, Report};
use crate::{line, put};
use serde::Serialize;
use thiserror::Error;

#[derive(Debug, Error)]
enum ControlFault {
    #[error("Invalid interval given.")]
    Interval,
    #[error("Given interval is too big.")]
    IntervalRange,
    #[error("Unable to set Chassis Identify")]
    NoIdentify,
    #[error("Set Chassis Identify failed{}", because(.0))]
    Identify(CallError),
    #[error("Invalid chassis policy: {0}")]
    UnknownPolicy(String),
    #[error("Error in Power Restore Policy command")]
    NoPolicy,
    #[error("Power Restore Policy command failed{}", because(.0))]
    Policy(CallError),
}

impl Fault for ControlFault {}

/// How long the chassis identifies itself.
#[derive(Serialize)]
struct Identify {
    seconds: Option<u8>,
    indefinite: bool,
}

impl Report for Identify {
    fn text(&self, page: &mut Page) {
        put!(page, "Chassis identify interval: ");
        match (self.indefinite, self.seconds) {
            (true, _) => line!(page, "indefinite"),
            (false, None) => line!(page, "default (15 seconds)"),
            (false, Some(0)) => line!(page, "off"),
            (false, Some(seconds)) => line!(page, "{seconds} seconds"),
        }
    }
}

const IDENTIFY_USAGE: [&str; 4] = [
    "chassis identify <interval>",
    "                 default is 15 seconds",
    "                 0 to turn off",
    "                 force to turn on indefinitely",
];

/// `chassis identify`. Reference: help fails.
pub async fn identify(context: &Context, words: &[String]) -> Status {
    if words.first().is_some_and(|word| word == "help") {
        context.out.notices(&IDENTIFY_USAGE);
        return Status::FAILED;
    }
    let outcome = set_identify(context, words.first().map(String::as_str)).await;
    context.conclude(outcome)
}

async fn set_identify(context: &Context, word: Option<&str>) -> Result<Status, ControlFault> {
    let command = match word {
        None => ChassisIdentify::Default,
        Some("force") => ChassisIdentify::Force,
        Some(word) => ChassisIdentify::Seconds(number::parse_u8(word).map_err(|error| match error {
            NumberError::Syntax => ControlFault::Interval,
            NumberError::Range => ControlFault::IntervalRange,
        })?),
    };
    let indefinite = command == ChassisIdentify::Force;
    match context.bmc.call(&command).await {
        Ok(()) => {}
        Err(CallError::Transport(_)) => return Err(ControlFault::NoIdentify),
        Err(error) => {
            let status = context.conclude(Err::<Status, _>(ControlFault::Identify(error)));
            if indefinite {
                // Forcing is optional, and older controllers know nothing of it.
                context.out.warning("Chassis may not support Force Identify On\n");
            }
            return Ok(status);
        }
    }
    let seconds = match command {
        ChassisIdentify::Seconds(seconds) => Some(seconds),
        _ => None,
    };
    context.out.report(&Identify { seconds, indefinite });
    Ok(Status::OK)
}

/// Which restore policies there are.
#[derive(Serialize)]
struct SupportedPolicies {
    supported: Vec<&'static str>,
}

impl Report for SupportedPolicies {
    fn text(&self, page: &mut Page) {
        put!(page, "Supported chassis power policy:  ");
        for policy in &self.supported {
            put!(page, "{policy}{}", if *policy == "previous" { "" } else { " " });
        }
        line!(page);
    }
}

/// The restore policy that has been set.
#[derive(Serialize)]
struct Policy {
    policy: &'static str,
}

impl Report for Policy {
    fn text(&self, page: &mut Page) {
        line!(page, "Set chassis power restore policy to {}", self.policy);
    }
}

const POLICY_USAGE: [&str; 5] = [
    "chassis policy <state>",
    "   list        : return supported policies",
    "   always-on   : turn on when power is restored",
    "   previous    : return to previous state when power is restored",
    "   always-off  : stay off after power is restored",
];

/// `chassis policy`. Reference: help fails.
pub async fn policy(context: &Context, words: &[String]) -> Status {
    let (policy, name) = match words.first().map(String::as_str) {
        None | Some("help") => {
            context.out.notices(&POLICY_USAGE);
            return Status::FAILED;
        }
        Some("list") => (SetPowerRestorePolicy::NoChange, ""),
        Some("always-on") => (SetPowerRestorePolicy::AlwaysOn, "always-on"),
        Some("previous") => (SetPowerRestorePolicy::Previous, "previous"),
        Some("always-off") => (SetPowerRestorePolicy::AlwaysOff, "always-off"),
        Some(word) => return context.conclude(Err(ControlFault::UnknownPolicy(word.to_owned()))),
    };
    let outcome = context.bmc.call(&policy).await.map_err(|error| match error {
        CallError::Transport(_) => ControlFault::NoPolicy,
        error => ControlFault::Policy(error),
    });
    context.conclude(outcome.map(|bits| {
        if policy == SetPowerRestorePolicy::NoChange {
            // In the reference's order: off, on, previous.
            let known = [(0x01, "always-off"), (0x04, "always-on"), (0x02, "previous")];
            let supported = known.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect();
            context.out.report(&SupportedPolicies { supported });
        } else {
            context.out.report(&Policy { policy: name });
        }
        Status::OK
    }))
}
