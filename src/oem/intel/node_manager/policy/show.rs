//! `nm policy get`: one policy.

use super::{OPTIONS, Word, ask};
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::{GetPolicy, Policy};
use crate::line;
use crate::oem::intel::node_manager::{DOMAINS, Scope, byte, domain, offer, refuse};
use crate::out::{Page, Report};
use crate::tables::{named, named_in_one_call};
use serde::Serialize;
use std::borrow::Cow;

static TRIGGERS: Choices<u8> = Choices(&[
    ("No trigger, use Power Limit", 0, ""),
    ("Inlet temp trigger", 1, ""),
    ("Missing Power reading trigger", 2, ""),
    ("Time after Host reset trigger", 3, ""),
    ("number of cores to disable at boot time", 4, ""),
]);

static CORRECTIONS: Choices<u8> =
    Choices(&[("no T-state use", 0, ""), ("no T-state use", 1, ""), ("use T-states", 2, "")]);

static EXCEPTIONS: Choices<u8> = Choices(&[("none", 0, ""), ("alert", 1, ""), ("shutdown", 2, "")]);

/// One policy.
#[derive(Serialize)]
struct PolicyReport {
    domain: u8,
    domain_name: Cow<'static, str>,
    policy_id: u8,
    enabled: bool,
    enabled_in_domain: bool,
    enabled_globally: bool,
    enabled_by_dcmi: bool,
    power_control: bool,
    trigger: u8,
    trigger_name: Cow<'static, str>,
    correction: u8,
    correction_name: Cow<'static, str>,
    exception_action: u8,
    exception_action_name: Cow<'static, str>,
    limit_watts: u16,
    correction_time_ms: u32,
    trigger_limit: u16,
    statistics_period_seconds: u16,
    volatile: bool,
    #[serde(skip)]
    flags: u8,
}

impl PolicyReport {
    fn new(policy_id: u8, flags: u8, policy: &Policy) -> Self {
        let (domain, trigger, correction) = (flags & 0x0f, policy.kind & 0x0f, policy.kind >> 5 & 0x03);
        let name = |choices: &Choices<u8>, code: u8| named(choices.word(code), u32::from(code));
        PolicyReport {
            domain,
            domain_name: name(&DOMAINS, domain),
            policy_id,
            enabled: flags & 0x10 != 0,
            enabled_in_domain: flags & 0x20 != 0,
            enabled_globally: flags & 0x40 != 0,
            enabled_by_dcmi: flags & 0x80 != 0,
            power_control: policy.kind & 0x10 != 0,
            trigger,
            trigger_name: name(&TRIGGERS, trigger),
            correction,
            correction_name: name(&CORRECTIONS, correction),
            exception_action: policy.exception,
            exception_action_name: name(&EXCEPTIONS, policy.exception),
            limit_watts: policy.limit,
            correction_time_ms: policy.correction,
            trigger_limit: policy.trigger,
            statistics_period_seconds: policy.period,
            volatile: policy.kind & 0x80 != 0,
            flags,
        }
    }

    fn retention(&self) -> &'static str {
        if self.volatile { "volatile" } else { "non-volatile" }
    }
}

impl Report for PolicyReport {
    fn text(&self, page: &mut Page) {
        let or_nothing = |flag: bool, text: &'static str| if flag { text } else { "" };
        line!(page, "    Power domain:                             {}", self.domain_name);
        line!(
            page,
            "    Policy is {} {}{}{}",
            if self.enabled { "enabled" } else { "not enabled" },
            or_nothing(self.enabled_in_domain, "per Domain "),
            or_nothing(self.enabled_globally, "Globally "),
            or_nothing(self.enabled_by_dcmi, "via DCMI api ")
        );
        line!(page, "    Policy is {}a power control type.", or_nothing(!self.power_control, "not "));
        line!(page, "    Policy Trigger Type:                      {}", self.trigger_name);
        line!(page, "    Correction Aggressiveness:                {}", self.correction_name);
        line!(page, "    Policy Exception Actions:                 {}", self.exception_action_name);
        line!(page, "    Power Limit:                              {} Watts", self.limit_watts);
        line!(page, "    Correction Time Limit:                    {} milliseconds", self.correction_time_ms);
        line!(page, "    Trigger Limit:                            {} units", self.trigger_limit);
        line!(page, "    Statistics Reporting Period:              {} seconds", self.statistics_period_seconds);
        line!(page, "    Policy retention:                         {}", self.retention());
        if self.policy_id == 0 && self.domain == 3 {
            let side = if self.volatile { "Secondary" } else { "Primary" };
            line!(page, "    HW Prot Power domain:                     {side}");
        }
    }

    fn csv(&self, page: &mut Page) {
        let [domain, trigger, exception] = named_in_one_call([
            (DOMAINS.word(self.domain), u32::from(self.domain)),
            (TRIGGERS.word(self.trigger), u32::from(self.trigger)),
            (EXCEPTIONS.word(self.exception_action), u32::from(self.exception_action)),
        ]);
        line!(
            page,
            "{domain},0x{:x},{},{trigger},{exception},{},{},{},{},{}",
            self.flags,
            if self.power_control { "power" } else { "nopower " },
            self.limit_watts,
            self.correction_time_ms,
            self.trigger_limit,
            self.statistics_period_seconds,
            self.retention()
        );
    }
}

/// `nm policy get`.
pub async fn get(context: &Context, words: &[String]) -> Result<(), Status> {
    let refused = || offer(context, &OPTIONS, "Get Policy commands");
    let mut scope = Scope::default();
    for pair in words.chunks(2) {
        match OPTIONS.find(&pair[0]).ok_or_else(refused)? {
            // Reference: domains that are named one after another add up.
            Word::Domain => scope.domain |= domain(context, pair.get(1))?,
            Word::Policy => {
                let number = byte(pair.get(1));
                let why = "    Policy ID must be a positive integer (0-255)\n";
                scope.policy = Some(number.ok_or_else(|| refuse(context, why))?);
            }
            other => context.out.println(&format!("    Unknown command 0x{:x}, skipping.", other.code())),
        }
    }
    // Reference: behind an option without its word it takes what is no option for another one.
    if !words.len().is_multiple_of(2) {
        return Err(refused());
    }
    let of = scope.one(context)?;
    let (flags, policy) = ask(context, &GetPolicy(of)).await?;
    context.out.report(&PolicyReport::new(of.number, flags, &policy));
    Ok(())
}
