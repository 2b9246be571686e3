//! `sol looptest`: opens and closes a console again and again.

use super::reconnect::operational;
use super::{activate, deactivate};
use crate::cli::number;
use crate::family::{Context, Status};
use std::time::Duration;

/// Rounds and pause of the loop test, unless chosen otherwise.
const TIMES: i32 = 200;
const INTERVAL_MS: i32 = 100;

/// `sol looptest`.
pub async fn run(context: &mut Context, words: &[String]) -> Result<(), Status> {
    if words.len() > 3 {
        return Err(context.misused(&super::USAGE));
    }
    let number = |what: &str, word: &String| {
        number::parse_i32(word).map_err(|_| {
            context.out.error(&format!("Given {what} '{word}' is invalid."));
            Status::FAILED
        })
    };
    let times = words.first().map_or(Ok(TIMES), |word| number("cnt", word))?;
    let times = if times <= 0 { TIMES } else { times };
    let interval = words.get(1).map_or(Ok(INTERVAL_MS), |word| number("interval", word))?;
    let interval = Duration::from_millis(u64::try_from(interval).unwrap_or(0));
    let instance = words.get(2).map_or(Ok(1), |word| deactivate::instance(context, word))?;
    for left in (1..=times).rev() {
        context.out.println(&format!("remain loop test counter: {left}"));
        let opened = match activate::check(context, instance) {
            Ok(()) => activate::activate(context, instance).await.map(drop),
            Err(status) => Err(status),
        };
        if let Err(status) = opened {
            context.out.println(&format!("SOL looptest failed: {}", status.0));
            return Err(status);
        }
        operational(context, context.settings.sol_escape);
        let _ = deactivate::deactivate(context, instance).await;
        tokio::time::sleep(interval).await;
    }
    Ok(())
}
