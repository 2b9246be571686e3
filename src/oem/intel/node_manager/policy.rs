//! `nm policy`: what policies say.

mod change;
mod show;

use super::{ask, choose, offer};
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::CompletionCode;
use crate::ipmi::node_manager::GetLimitingPolicy;
use crate::line;
use crate::out::{Page, Report};
use serde::Serialize;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    Get,
    Add,
    Remove,
    Limiting,
}

pub static COMMANDS: Choices<Leaf> = Choices(&[
    ("get", Leaf::Get, "nm policy get policy_id <0-255> [domain <platform|CPU|Memory>]"),
    (
        "add",
        Leaf::Add,
        "nm policy add policy_id <0-255> [domain <platform|CPU|Memory>] correction auto|soft|hard \
         power <watts> | inlet <temp> trig_lim <param> stats <seconds> enable|disable",
    ),
    ("remove", Leaf::Remove, "nm policy remove policy_id <0-255> [domain <platform|CPU|Memory>]"),
    ("limiting", Leaf::Limiting, "nm policy limiting [domain <platform|CPU|Memory>]"),
]);

/// An option of any of these commands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Enable,
    Disable,
    Domain,
    Inlet,
    Correction,
    Power,
    TriggerLimit,
    Statistics,
    Policy,
    Volatile,
    CoresOff,
}

impl Word {
    /// Its number, as it is told to somebody who has no use for it.
    fn code(self) -> u8 {
        match self {
            Word::Enable => 0x01,
            Word::Disable => 0x02,
            Word::Domain => 0x03,
            Word::Inlet => 0x04,
            Word::Correction => 0x06,
            Word::Power => 0x08,
            Word::TriggerLimit => 0x09,
            Word::Statistics => 0x0a,
            Word::Policy => 0x0b,
            Word::Volatile => 0x0c,
            Word::CoresOff => 0x0d,
        }
    }
}

static OPTIONS: Choices<Word> = Choices(&[
    ("enable", Word::Enable, ""),
    ("disable", Word::Disable, ""),
    ("domain", Word::Domain, ""),
    ("inlet", Word::Inlet, "inlet air temp full limiting (SCRAM)"),
    ("correction", Word::Correction, "auto, soft, hard"),
    ("power", Word::Power, "power limit in watts"),
    ("trig_lim", Word::TriggerLimit, "time to send alert"),
    ("stats", Word::Statistics, "moving window averaging time"),
    ("policy_id", Word::Policy, "policy number"),
    ("volatile", Word::Volatile, "save policy in volatiel memory"),
    ("cores_off", Word::CoresOff, "at boot time, disable N cores"),
]);

/// `nm policy`.
pub async fn run(context: &Context, words: &[String]) -> Result<(), Status> {
    let (leaf, words) = choose(&COMMANDS, words).ok_or_else(|| offer(context, &COMMANDS, "Policy commands"))?;
    match leaf {
        Leaf::Get => show::get(context, words).await,
        Leaf::Add => change::add(context, words).await,
        Leaf::Remove => change::remove(context, words).await,
        Leaf::Limiting => limiting(context, words).await,
    }
}

/// No policy limits the domain just now.
const NOT_LIMITING: CompletionCode = CompletionCode(0xa1);

/// Which policy limits a domain just now.
#[derive(Serialize)]
struct LimitingReport {
    policy_id: Option<u8>,
}

impl Report for LimitingReport {
    fn text(&self, page: &mut Page) {
        // Reference: shows the outcome of a comparison in the place of the policy.
        line!(page, "limit 0");
    }
}

async fn limiting(context: &Context, words: &[String]) -> Result<(), Status> {
    let draft = change::Draft::read(context, words, true)?;
    let command = GetLimitingPolicy { domain: draft.last_domain };
    let policy_id = match context.bmc.ask(&command).await {
        Ok(policy) => Some(policy),
        Err(error) if super::refused_with(&error, NOT_LIMITING) => None,
        Err(error) => return Err(super::failed(context, &error)),
    };
    context.out.report(&LimitingReport { policy_id });
    Ok(())
}
