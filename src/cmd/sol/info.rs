//! `sol info`: the configuration of a channel (IPMI 2.0 table 26-5).

use crate::bmc::CallError;
use crate::cmd::arguments::{self, THIS_CHANNEL};
use crate::family::{Context, Status};
use crate::ipmi::CompletionCode;
use crate::ipmi::lan::GetSolConfig;
use crate::out::{Page, Report, completion_text};
use crate::tables::codes::{BIT_RATES, PRIVILEGE_LEVELS, SET_IN_PROGRESS};
use crate::{line, put};
use serde::Serialize;
use std::borrow::Cow;

/// The configuration of a channel (table 26-5). What the BMC did not give is zero.
#[derive(Serialize)]
struct SolConfiguration {
    set_in_progress: Cow<'static, str>,
    enabled: bool,
    force_encryption: bool,
    force_authentication: bool,
    privilege_level: Cow<'static, str>,
    character_accumulate_ms: u16,
    character_send_threshold: u8,
    retry_count: u8,
    retry_interval_ms: u16,
    volatile_bit_rate_kbps: Cow<'static, str>,
    non_volatile_bit_rate_kbps: Cow<'static, str>,
    payload_channel: u8,
    payload_port: u16,
}

impl Report for SolConfiguration {
    fn text(&self, page: &mut Page) {
        line!(page, "Set in progress                 : {}", self.set_in_progress);
        line!(page, "Enabled                         : {}", self.enabled);
        line!(page, "Force Encryption                : {}", self.force_encryption);
        line!(page, "Force Authentication            : {}", self.force_authentication);
        line!(page, "Privilege Level                 : {}", self.privilege_level);
        line!(page, "Character Accumulate Level (ms) : {}", self.character_accumulate_ms);
        line!(page, "Character Send Threshold        : {}", self.character_send_threshold);
        line!(page, "Retry Count                     : {}", self.retry_count);
        line!(page, "Retry Interval (ms)             : {}", self.retry_interval_ms);
        line!(page, "Volatile Bit Rate (kbps)        : {}", self.volatile_bit_rate_kbps);
        line!(page, "Non-Volatile Bit Rate (kbps)    : {}", self.non_volatile_bit_rate_kbps);
        line!(page, "Payload Channel                 : {0} (0x{0:02x})", self.payload_channel);
        line!(page, "Payload Port                    : {}", self.payload_port);
    }

    fn csv(&self, page: &mut Page) {
        put!(page, "{},{},", self.set_in_progress, self.enabled);
        // Reference: the encryption's flag stands in the authentication's place too.
        put!(page, "{0},{0},{1},", self.force_encryption, self.privilege_level);
        put!(page, "{},{},", self.character_accumulate_ms, self.character_send_threshold);
        put!(page, "{},{},", self.retry_count, self.retry_interval_ms);
        put!(page, "{},{},", self.volatile_bit_rate_kbps, self.non_volatile_bit_rate_kbps);
        line!(page, "{},{}", self.payload_channel, self.payload_port);
    }
}

/// Parameters by selector: their names in messages, and how many bytes they have.
const PARAMETERS: [(&str, usize); 9] = [
    ("Set In Progress (0)", 1),
    ("Enable (1)", 1),
    ("Authentication (2)", 1),
    ("Character Interval (3)", 2),
    ("Retry (4)", 2),
    ("Nonvolatile Bitrate (5)", 1),
    ("Volatile Bitrate (6)", 1),
    ("Payload Channel (7)", 1),
    ("Payload Port (8)", 2),
];

const PAYLOAD_CHANNEL: usize = 7;
const PAYLOAD_PORT: usize = 8;

/// What stands in for a parameter that the BMC does not have, said as the reference does.
fn substitute(context: &Context, channel: u8, parameter: usize) -> Result<[u8; 2], Status> {
    let message = format!("Info: SOL parameter '{}' not supported", PARAMETERS[parameter].0);
    let (message, outcome) = match (parameter, context.bmc.transport().session()) {
        (PAYLOAD_CHANNEL, _) => (format!("{message} - defaulting to 0x{channel:02x}"), Ok([channel, 0])),
        (PAYLOAD_PORT, Some(session)) => {
            (format!("{message} - defaulting to {}", session.port), Ok(session.port.to_le_bytes()))
        }
        (PAYLOAD_PORT, None) => {
            let why = "can't determine which payload port to use on NULL session";
            (format!("{message} - {why}"), Err(Status::FAILED))
        }
        _ => (message, Ok([0; 2])),
    };
    context.out.error(&message);
    outcome
}

async fn read(context: &Context, channel: u8, parameter: usize) -> Result<[u8; 2], Status> {
    let (name, length) = PARAMETERS[parameter];
    let selector = u8::try_from(parameter).expect("nine parameters");
    match context.bmc.call(&GetSolConfig { channel, parameter: selector }).await {
        Ok(data) if data.len() == 1 + length => Ok([data[1], data.get(2).copied().unwrap_or(0)]),
        Ok(data) => {
            let length = data.len();
            context.out.error(&format!("Error: Unexpected data length ({length}) received for SOL parameter '{name}'"));
            Ok([0; 2])
        }
        Err(CallError::Refused(CompletionCode(0x80))) => substitute(context, channel, parameter),
        Err(CallError::Refused(code)) => {
            let text = completion_text(code.0);
            context.out.error(&format!("Error requesting SOL parameter '{name}': {text}"));
            Err(Status::FAILED)
        }
        Err(_) => {
            context.out.error(&format!("Error: No response requesting SOL parameter '{name}'"));
            Err(Status::FAILED)
        }
    }
}

/// All parameters of a channel by selector; what is wrong has been said when there are none.
pub async fn read_all(context: &Context, channel: u8) -> Result<[[u8; 2]; PARAMETERS.len()], Status> {
    let mut values = [[0; 2]; PARAMETERS.len()];
    for (parameter, value) in values.iter_mut().enumerate() {
        *value = read(context, channel, parameter).await?;
    }
    Ok(values)
}

/// `sol info`.
pub async fn run(context: &Context, words: &[String]) -> Result<(), Status> {
    let channel = match words {
        [] => THIS_CHANNEL,
        [word] => arguments::channel(context, word).ok_or(Status::FAILED)?,
        _ => return Err(context.misused(&super::USAGE)),
    };
    let values = read_all(context, channel).await?;
    let [progress, enabled, access, character, retry, kept_rate, rate, payload_channel, payload_port] = values;
    context.out.report(&SolConfiguration {
        set_in_progress: SET_IN_PROGRESS.name(progress[0] & 3),
        enabled: enabled[0] != 0,
        force_encryption: access[0] & 0x80 != 0,
        force_authentication: access[0] & 0x40 != 0,
        privilege_level: PRIVILEGE_LEVELS.name(access[0] & 0x0f),
        character_accumulate_ms: u16::from(character[0]) * 5,
        character_send_threshold: character[1],
        retry_count: retry[0],
        retry_interval_ms: u16::from(retry[1]) * 10,
        volatile_bit_rate_kbps: BIT_RATES.name(rate[0] & 0x0f),
        non_volatile_bit_rate_kbps: BIT_RATES.name(kept_rate[0] & 0x0f),
        payload_channel: payload_channel[0],
        payload_port: u16::from_le_bytes(payload_port),
    });
    Ok(())
}
