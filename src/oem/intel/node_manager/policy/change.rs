//! `nm policy add` and `remove`.

use super::{OPTIONS, Word, ask};
use crate::cli::choices::Choices;
use crate::cli::number;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::{Policy, SetPolicy};
use crate::oem::intel::node_manager::{SCOPE_OPTIONS, byte, domain, offer, short};

static CORRECTIONS: Choices<u8> = Choices(&[("auto", 0, ""), ("soft", 1, ""), ("hard", 2, "")]);

/// The policy is enabled.
const ENABLED: u8 = 0x10;
/// It controls power; it is triggered by the inlet's temperature, or at boot time; it is kept in memory only.
const POWER_CONTROL: u8 = 0x10;
const INLET: u8 = 0x01;
const BOOT_TIME: u8 = 0x04;
const VOLATILE: u8 = 0x80;

/// A policy in the making.
#[derive(Default)]
pub struct Draft {
    /// The domains that were named, added up, and whether it is enabled.
    domain: u8,
    /// The domain that was named last.
    pub last_domain: u8,
    number: Option<u8>,
    policy: Policy,
}

/// Says what is wrong with a value. Reference: on stdout.
fn wrong(context: &Context, why: &str) -> Status {
    context.out.println(why);
    Status::FAILED
}

impl Draft {
    /// Reads the options; `corrects` where the one about corrections is looked at.
    pub fn read(context: &Context, words: &[String], corrects: bool) -> Result<Draft, Status> {
        let mut draft = Draft::default();
        for pair in words.chunks(2) {
            let option = OPTIONS.find(&pair[0]).ok_or_else(|| offer(context, &OPTIONS, "Policy options"))?;
            if corrects || option != Word::Correction {
                draft.take(context, option, pair.get(1))?;
            }
        }
        Ok(draft)
    }

    fn take(&mut self, context: &Context, option: Word, word: Option<&String>) -> Result<(), Status> {
        let wrong = |why: &'static str| move || wrong(context, why);
        let policy = &mut self.policy;
        match option {
            Word::Enable => self.domain |= ENABLED,
            Word::Disable => {}
            Word::Domain => {
                self.last_domain = domain(context, word)?;
                self.domain |= self.last_domain;
            }
            Word::Inlet => {
                policy.trigger = short(word).ok_or_else(wrong("Inlet Temp value must be 20-45."))?;
                policy.kind |= INLET;
                policy.limit = 0;
            }
            Word::Correction => {
                let code = word.map_or(Some(0), |word| CORRECTIONS.find(word));
                policy.kind |= code.ok_or_else(|| offer(context, &CORRECTIONS, "Correction Actions"))? << 5;
            }
            Word::Power => policy.limit = short(word).ok_or_else(wrong("Power limit value must be 0-500."))?,
            // Reference: it becomes the time for corrections.
            Word::TriggerLimit => {
                let limit = word.and_then(|word| number::parse_u32(word).ok());
                policy.correction = limit.ok_or_else(wrong("Trigger Limit value must be positive integer."))?;
            }
            Word::Statistics => {
                let period = short(word);
                policy.period = period.ok_or_else(wrong("Statistics Reporting Period must be positive integer."))?;
            }
            Word::Policy => {
                let number = byte(word);
                self.number = Some(number.ok_or_else(wrong("Policy ID must be a positive integer (0-255)"))?);
            }
            Word::Volatile => policy.kind |= VOLATILE,
            Word::CoresOff => {
                let cores = short(word).filter(|cores| (1..=127).contains(cores));
                policy.limit = cores.ok_or_else(wrong("number of cores disabled must be 1-127."))? << 1;
                policy.kind |= BOOT_TIME;
            }
        }
        Ok(())
    }

    async fn send(self, context: &Context) -> Result<(), Status> {
        let Draft { domain, number, policy, .. } = self;
        let number = number.ok_or_else(|| offer(context, &SCOPE_OPTIONS, "Missing policy_id parameter:"))?;
        ask(context, &SetPolicy { domain, number, policy }).await
    }
}

/// `nm policy add`.
pub async fn add(context: &Context, words: &[String]) -> Result<(), Status> {
    let mut draft = Draft::read(context, words, true)?;
    draft.policy.kind |= POWER_CONTROL;
    draft.send(context).await
}

/// `nm policy remove`. Reference: options that `add` takes are sent here as well.
pub async fn remove(context: &Context, words: &[String]) -> Result<(), Status> {
    Draft::read(context, words, false)?.send(context).await
}
