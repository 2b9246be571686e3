//! `nm threshold`: at what values a policy tells somebody.

use super::{SCOPE_OPTIONS, Scope, ScopeOption, ask, choose, domain_name, offer, refuse};
use crate::cli::choices::Choices;
use crate::cli::number;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::{GetThresholds, PolicyId, SetThresholds};
use crate::line;
use crate::out::{Page, Report};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    Set,
    Get,
}

pub static COMMANDS: Choices<Leaf> = Choices(&[
    ("set", Leaf::Set, "nm thresh set [domain <platform|CPU|Memory>] policy_id <policy> thresh_array"),
    ("get", Leaf::Get, "nm thresh get [domain <platform|CPU|Memory>] policy_id <policy>"),
]);

/// The most a policy has.
const MOST: usize = 3;

#[derive(Serialize)]
struct ThresholdReport {
    domain: u8,
    domain_name: Cow<'static, str>,
    policy_id: u8,
    thresholds: Vec<u16>,
}

impl Report for ThresholdReport {
    fn text(&self, page: &mut Page) {
        line!(page, "    Alert Threshold domain:                   {}", self.domain_name);
        line!(page, "    Alert Threshold Policy ID:                {}", self.policy_id);
        for index in 0..MOST {
            let value = self.thresholds.get(index).copied().unwrap_or(0);
            line!(page, "    Alert Threshold {}:                        {value}", index + 1);
        }
    }
}

/// `nm threshold`.
pub async fn run(context: &Context, words: &[String]) -> Result<(), Status> {
    let refused = || offer(context, &COMMANDS, "Threshold commands");
    let (leaf, words) = choose(&COMMANDS, words).filter(|(_, words)| words.len() >= 2).ok_or_else(refused)?;
    let (scope, values) = read(context, words)?;
    let of = scope.one(context)?;
    match leaf {
        Leaf::Get => get(context, of).await,
        Leaf::Set => ask(context, &SetThresholds { of, values }).await,
    }
}

/// Options with their words, and between them the thresholds.
fn read(context: &Context, words: &[String]) -> Result<(Scope, Vec<u16>), Status> {
    let (mut scope, mut values) = (Scope::default(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(option) = SCOPE_OPTIONS.find(word) else {
            values.push(threshold(context, values.len(), Some(word))?);
            continue;
        };
        let value = words.next();
        scope.take(context, option, value)?;
        // Reference: behind a domain that is not there it takes what is no number for another threshold.
        if option == ScopeOption::Domain && value.is_none() {
            values.push(threshold(context, values.len(), None)?);
        }
    }
    Ok((scope, values))
}

fn threshold(context: &Context, before: usize, word: Option<&String>) -> Result<u16, Status> {
    if before == MOST {
        return Err(refuse(context, "Set Threshold requires 1, 2, or 3 threshold integer values.\n"));
    }
    word.and_then(|word| number::parse_u16(word).ok()).ok_or_else(|| {
        let place = before + 1;
        refuse(context, &format!("threshold value {place} count must be a positive integer.\n"))
    })
}

async fn get(context: &Context, of: PolicyId) -> Result<(), Status> {
    let thresholds = ask(context, &GetThresholds(of)).await?;
    context.out.report(&ThresholdReport {
        domain: of.domain,
        domain_name: domain_name(of.domain),
        policy_id: of.number,
        thresholds,
    });
    Ok(())
}
