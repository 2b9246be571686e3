//! `nm power`: the range of what the machine may draw.

use super::{ask, domain, offer, refuse, short};
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::SetPowerRange;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Domain,
    Minimum,
    Maximum,
}

static OPTIONS: Choices<Word> = Choices(&[
    ("domain", Word::Domain, "domain <platform|CPU|Memory> (default is platform)"),
    ("min", Word::Minimum, "min <integer value>"),
    ("max", Word::Maximum, "max <integer value>"),
]);

/// `nm power`.
pub async fn set(context: &Context, words: &[String]) -> Result<(), Status> {
    let refused = || offer(context, &OPTIONS, "power range parameters:");
    // Reference: the largest number there is stands for one that was not given.
    let mut range = SetPowerRange { domain: 0, minimum: u16::MAX, maximum: u16::MAX };
    for pair in words.chunks(2) {
        let word = pair.get(1);
        let watts =
            |why| short(word).ok_or_else(|| refuse(context, &format!("Power {why} must be a positive integer.\n")));
        match OPTIONS.find(&pair[0]).ok_or_else(refused)? {
            Word::Domain => range.domain = domain(context, word)?,
            Word::Minimum => range.minimum = watts("minimum")?,
            Word::Maximum => range.maximum = watts("maximum")?,
        }
    }
    // Reference: behind an option without its word it takes what is no option for another one.
    if !words.len().is_multiple_of(2) {
        return Err(refused());
    }
    if range.minimum == u16::MAX || range.maximum == u16::MAX {
        return Err(refuse(context, "Missing parameters: nm power range min <minimum> max <maximum>.\n"));
    }
    ask(context, &range).await
}
