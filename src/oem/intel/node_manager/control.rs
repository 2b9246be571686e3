//! `nm control`: whether policies are in force.

use super::{SCOPE_OPTIONS, Scope, ScopeOption, ask, choose, offer};
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::Control;

pub static COMMANDS: Choices<bool> =
    Choices(&[("enable", true, "<control scope>"), ("disable", false, "<control scope>")]);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Global,
    Domain,
    Policy,
}

static REACHES: Choices<Reach> = Choices(&[
    ("global", Reach::Global, ""),
    ("per_domain", Reach::Domain, "<platform|CPU|Memory> (default is platform)"),
    ("per_policy", Reach::Policy, "<0-255>"),
]);

/// `nm control`. Reference: the scope is said to be required, and is global without one.
pub async fn control(context: &Context, words: &[String]) -> Result<(), Status> {
    let Some((on, words)) = choose(&COMMANDS, words) else {
        COMMANDS.offer(&context.out, "Control parameters:");
        return Err(offer(context, &REACHES, "control Scope (required):"));
    };
    let (mut reach, mut scope) = (Reach::Global, Scope::default());
    for pair in words.chunks(2) {
        reach = REACHES.find(&pair[0]).ok_or_else(|| offer(context, &REACHES, "Control Scope (required):"))?;
        let Some(word) = pair.get(1) else { break };
        match reach {
            Reach::Global => {}
            Reach::Domain => scope.take(context, ScopeOption::Domain, Some(word))?,
            Reach::Policy => {
                scope.take(context, ScopeOption::Policy, Some(word))?;
                break;
            }
        }
    }
    if reach == Reach::Policy && scope.policy.is_none() {
        return Err(offer(context, &SCOPE_OPTIONS, "Missing policy_id parameter:"));
    }
    let code = match reach {
        Reach::Global => 0,
        Reach::Domain => 2,
        Reach::Policy => 4,
    };
    ask(context, &Control { scope: code, on, of: scope.id() }).await
}
