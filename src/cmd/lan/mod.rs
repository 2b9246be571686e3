//! `lan`: the configuration, alert destinations and counters of LAN channels.

mod access;
mod alert;
mod parameter;
mod print;
mod set;
mod stats;
mod usage;

use super::tree::{self, Choice, Rest};
use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Family, Running, Status, eval_failure};
use crate::ipmi::CompletionCode;
use crate::ipmi::user::GetChannelInfo;
use crate::out::completion_text;
use crate::tables::codes::CHANNEL_MEDIA;
use clap::Subcommand;

/// The `lan` family.
pub const LAN: Family =
    Family { name: "lan", summary: Some("Configure LAN Channels"), tree: || tree::bare::<Leaf>("lan"), run };

#[derive(Subcommand)]
enum Leaf {
    /// Show a channel's configuration
    #[command(alias = "printconf")]
    Print(Rest),
    /// Change a channel's configuration
    Set(Rest),
    /// Show or change alert destinations
    Alert(Rest),
    /// Show or clear a channel's counters
    Stats(Rest),
    /// List the commands
    Help(Rest),
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let outcome = match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Print(rest)) => print::print(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Set(rest)) => set::set(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Alert(rest)) => alert::alert(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Stats(rest)) => stats::stats(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                context.out.notices(&usage::LAN);
                Ok(())
            }
            Choice::Missing => Err(context.misused(&usage::LAN)),
            Choice::Unknown(word) => {
                context.out.notice(&format!("Invalid LAN command: {word}"));
                Err(Status::FAILED)
            }
        };
        outcome.into()
    })
}

/// Whether a channel is a LAN. What is wrong with the answer is said, unless there is no such channel.
async fn is_lan(context: &Context, channel: u8) -> bool {
    if !(1..=14).contains(&channel) {
        return false;
    }
    match context.bmc.call(&GetChannelInfo { channel }).await {
        Ok(info) => {
            context.out.debug(&format!("Channel type: {}", CHANNEL_MEDIA.name(info.medium)));
            info.is_lan()
        }
        Err(CallError::Refused(CompletionCode::INVALID_FIELD)) => false,
        Err(CallError::Refused(code)) => {
            context.out.error(&format!("Get Channel Info command failed: {}", completion_text(code.0)));
            false
        }
        Err(error) => {
            eval_failure(context, &error);
            false
        }
    }
}

/// The first LAN channel; 0 when there is none.
pub async fn first_lan(context: &Context) -> u8 {
    for candidate in 1..14 {
        if is_lan(context, candidate).await {
            return candidate;
        }
    }
    0
}

/// A channel number. What is wrong with it has been said when there is none.
fn channel_word(context: &Context, word: &str) -> Result<u8, Status> {
    number::parse_u8(word).map_err(|_| {
        context.out.error(&format!("Invalid channel: {word}"));
        Status::FAILED
    })
}

/// The LAN channel the word names, or the first there is.
async fn find(context: &Context, word: Option<&String>) -> Result<u8, Status> {
    let channel = match word {
        Some(word) => channel_word(context, word)?,
        None => first_lan(context).await,
    };
    // Reference: a channel that was found is asked again.
    if is_lan(context, channel).await {
        return Ok(channel);
    }
    context.out.error(&format!("Invalid channel: {channel}"));
    Err(Status::FAILED)
}

/// Reference: most leaves ask the channel once more.
async fn still_lan(context: &Context, channel: u8) -> Result<(), Status> {
    if is_lan(context, channel).await {
        return Ok(());
    }
    context.out.error(&format!("Channel {channel} is not a LAN channel"));
    Err(Status::FAILED)
}
