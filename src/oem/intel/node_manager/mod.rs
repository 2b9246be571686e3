//! `nm`: Intel's Node Manager, which holds what a machine draws within policies.
//!
//! Every option takes the word behind it, also where it has no use for one.

mod alert;
mod capability;
mod control;
mod policy;
mod range;
mod statistics;
mod suspend;
mod threshold;
mod version;

use crate::bmc::{CallError, ExtensionError};
use crate::cli::choices::Choices;
use crate::cli::number;
use crate::family::{Context, Family, Owned, Running, Status};
use crate::ipmi::CompletionCode;
use crate::ipmi::extension::Extension;
use crate::ipmi::node_manager::PolicyId;
use crate::out::completion_text;
use crate::tables::named;
use crate::tables::node_manager::COMPLETION_CODES;
use std::borrow::Cow;

/// The `nm` family.
pub const NM: Family = Family { name: "nm", summary: Some("Node Manager Interface"), tree, run };

#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaf {
    Discover,
    Capability,
    Control,
    Policy,
    Statistics,
    Power,
    Suspend,
    Reset,
    Alert,
    Threshold,
}

static COMMANDS: Choices<Leaf> = Choices(&[
    ("discover", Leaf::Discover, "Discover Node Manager"),
    ("capability", Leaf::Capability, "Get Node Manager Capabilities"),
    ("control", Leaf::Control, "Enable/Disable Policy Control"),
    ("policy", Leaf::Policy, "Add/Remove Policies"),
    ("statistics", Leaf::Statistics, "Get Statistics"),
    ("power", Leaf::Power, "Set Power Draw Range"),
    ("suspend", Leaf::Suspend, "Set/Get Policy suspend periods"),
    ("reset", Leaf::Reset, "Reset Statistics"),
    ("alert", Leaf::Alert, "Set/Get/Clear Alert destination"),
    ("threshold", Leaf::Threshold, "Set/Get Alert Thresholds"),
]);

/// What is managed.
static DOMAINS: Choices<u8> =
    Choices(&[("platform", 0, ""), ("CPU", 1, ""), ("Memory", 2, ""), ("protection", 3, ""), ("I/O", 4, "")]);

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScopeOption {
    Domain,
    Policy,
}

static SCOPE_OPTIONS: Choices<ScopeOption> = Choices(&[
    ("domain", ScopeOption::Domain, "<platform|CPU|Memory> (default is platform)"),
    ("policy_id", ScopeOption::Policy, "<0-255>"),
]);

fn tree() -> clap::Command {
    COMMANDS
        .tree("nm")
        .mut_subcommand("control", |control| control.subcommands(control::COMMANDS.commands()))
        .mut_subcommand("policy", |policy| policy.subcommands(policy::COMMANDS.commands()))
        .mut_subcommand("statistics", |statistics| statistics.subcommands(statistics::MODES.commands()))
        .mut_subcommand("suspend", |suspend| suspend.subcommands(suspend::COMMANDS.commands()))
        .mut_subcommand("reset", |reset| reset.subcommands(statistics::RESET_MODES.commands()))
        .mut_subcommand("alert", |alert| alert.subcommands(alert::COMMANDS.commands()))
        .mut_subcommand("threshold", |threshold| threshold.subcommands(threshold::COMMANDS.commands()))
}

const WORDS: Owned = Owned { name: "NM", silence: "No response to NM request", reason };

/// What a completion code means. Reference: of the codes from 80h to D6h only Node Manager's own have a name.
fn reason(code: u8) -> Cow<'static, str> {
    if (0x80..=0xd6).contains(&code) { COMPLETION_CODES.name(code) } else { completion_text(code) }
}

/// Says why a request failed.
fn failed(context: &Context, error: &ExtensionError) -> Status {
    WORDS.failure(context, error)
}

/// Sends a command; what is wrong with its answer has been said when there is none.
async fn ask<E: Extension>(context: &Context, command: &E) -> Result<E::Reply, Status> {
    context.bmc.ask(command).await.map_err(|error| failed(context, &error))
}

/// Whether a controller refused with this completion code.
fn refused_with(error: &ExtensionError, code: CompletionCode) -> bool {
    matches!(error, ExtensionError::Call(CallError::Refused(given)) if *given == code)
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move { run_leaf(context, words).await.into() })
}

async fn run_leaf(context: &Context, words: &[String]) -> Result<(), Status> {
    let offer = || COMMANDS.offer(&context.out, "Node Manager Interface commands");
    let Some((word, words)) = words.split_first().filter(|(word, _)| *word != "help") else {
        offer();
        return Err(Status::FAILED);
    };
    match COMMANDS.find(word) {
        Some(Leaf::Discover) => version::discover(context).await,
        Some(Leaf::Capability) => capability::capability(context, words).await,
        Some(Leaf::Control) => control::control(context, words).await,
        Some(Leaf::Policy) => policy::run(context, words).await,
        Some(Leaf::Statistics) => statistics::show(context, words).await,
        Some(Leaf::Power) => range::set(context, words).await,
        Some(Leaf::Suspend) => suspend::run(context, words).await,
        Some(Leaf::Reset) => statistics::reset(context, words).await,
        Some(Leaf::Alert) => alert::run(context, words).await,
        Some(Leaf::Threshold) => threshold::run(context, words).await,
        // Reference: a word that is none of these does not fail.
        None => {
            offer();
            Ok(())
        }
    }
}

/// The words to choose from, shown to somebody who has chosen none of them; fails.
fn offer<T: Copy + PartialEq>(context: &Context, choices: &Choices<T>, title: &str) -> Status {
    choices.offer(&context.out, title);
    Status::FAILED
}

/// Says something on stderr, and fails.
fn refuse(context: &Context, why: &str) -> Status {
    context.out.error(why);
    Status::FAILED
}

/// The choice a leaf's first word makes, and the words behind it.
fn choose<'a, T: Copy + PartialEq>(choices: &Choices<T>, words: &'a [String]) -> Option<(T, &'a [String])> {
    let (word, rest) = words.split_first()?;
    Some((choices.find(word)?, rest))
}

/// The name of a domain's code.
fn domain_name(code: u8) -> Cow<'static, str> {
    named(DOMAINS.word(code), u32::from(code))
}

/// The domain a word names. Reference: without a word it is the platform.
fn domain(context: &Context, word: Option<&String>) -> Result<u8, Status> {
    match word {
        None => Ok(0),
        Some(word) => DOMAINS.find(word).ok_or_else(|| offer(context, &DOMAINS, "Domain Scope:")),
    }
}

/// A byte; none where the word is missing or is no byte.
fn byte(word: Option<&String>) -> Option<u8> {
    number::parse_u8(word?).ok()
}

/// A number of sixteen bits; none where the word is missing or is none.
fn short(word: Option<&String>) -> Option<u16> {
    number::parse_u16(word?).ok()
}

fn policy_number(context: &Context, word: Option<&String>) -> Result<u8, Status> {
    byte(word).ok_or_else(|| refuse(context, "Policy ID must be a positive integer (0-255)\n"))
}

/// Whose a request is: a domain's, or one policy's in it.
#[derive(Clone, Copy, Default)]
struct Scope {
    domain: u8,
    policy: Option<u8>,
}

impl Scope {
    /// Reads options that name nothing else; `title` is what their list is called.
    fn read(context: &Context, words: &[String], title: &str) -> Result<Scope, Status> {
        let mut scope = Scope::default();
        for pair in words.chunks(2) {
            let option = SCOPE_OPTIONS.find(&pair[0]).ok_or_else(|| offer(context, &SCOPE_OPTIONS, title))?;
            scope.take(context, option, pair.get(1))?;
        }
        Ok(scope)
    }

    fn take(&mut self, context: &Context, option: ScopeOption, word: Option<&String>) -> Result<(), Status> {
        match option {
            ScopeOption::Domain => self.domain = domain(context, word)?,
            ScopeOption::Policy => self.policy = Some(policy_number(context, word)?),
        }
        Ok(())
    }

    /// The policy; all of the domain's where none is named.
    fn id(self) -> PolicyId {
        PolicyId { domain: self.domain, number: self.policy.unwrap_or(0xff) }
    }

    /// The policy, which has to be named.
    fn one(self, context: &Context) -> Result<PolicyId, Status> {
        match self.policy {
            Some(_) => Ok(self.id()),
            None => Err(offer(context, &SCOPE_OPTIONS, "Missing policy_id parameter:")),
        }
    }
}
