//! `sol payload`: which users may open a console (IPMI 2.0 sections 24.6 and 24.7).

use crate::bmc::CallError;
use crate::cmd::arguments::{self, THIS_CHANNEL};
use crate::family::{Context, Status, because};
use crate::ipmi::lan::{GetPayloadAccess, PayloadGrant, SetSolPayloadAccess};
use crate::line;
use crate::out::{Page, Report, completion_text};
use serde::Serialize;

/// `sol payload`.
pub async fn run(context: &Context, words: &[String]) -> Result<(), Status> {
    let [verb, rest @ ..] = words else { return Err(context.misused(&super::USAGE)) };
    if rest.len() > 2 {
        return Err(context.misused(&super::USAGE));
    }
    let (mut channel, mut user) = (THIS_CHANNEL, 1);
    if let Some(word) = rest.first() {
        channel = arguments::channel(context, word).ok_or(Status::FAILED)?;
    }
    if let Some(word) = rest.get(1) {
        user = arguments::user(context, word).ok_or(Status::FAILED)?;
    }
    let grant = match verb.as_str() {
        "enable" => PayloadGrant::Enable,
        "disable" => PayloadGrant::Disable,
        "status" => return payload_status(context, channel, user).await,
        _ => return Err(context.misused(&super::USAGE)),
    };
    context.bmc.call(&SetSolPayloadAccess { channel, user, grant }).await.map_err(|error| {
        let doing = if grant == PayloadGrant::Enable { "enabling" } else { "disabling" };
        let why = because(&error);
        context.out.error(&format!("Error {doing} SOL payload for user {user} on channel {channel}{why}"));
        Status::FAILED
    })
}

/// Whether a user may use the console.
#[derive(Serialize)]
struct PayloadStatus {
    user: u8,
    channel: u8,
    enabled: bool,
}

impl Report for PayloadStatus {
    fn text(&self, page: &mut Page) {
        let state = if self.enabled { "enabled" } else { "disabled" };
        line!(page, "User {} on channel {} is {state}", self.user, self.channel);
    }
}

async fn payload_status(context: &Context, channel: u8, user: u8) -> Result<(), Status> {
    let whom = format!("SOL payload status for user {user} on channel {channel}");
    let message = match context.bmc.call(&GetPayloadAccess { channel, user }).await {
        Ok(payloads) => {
            context.out.report(&PayloadStatus { user, channel, enabled: payloads[0] & 0x02 != 0 });
            return Ok(());
        }
        Err(CallError::Decode(_)) => format!("Error parsing {whom}"),
        Err(CallError::Refused(code)) => format!("Error getting {whom}: {}", completion_text(code.0)),
        Err(CallError::Transport(_)) => "Error. No valid response received.".to_owned(),
    };
    context.out.error(&message);
    Err(Status::FAILED)
}
