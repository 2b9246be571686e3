//! `sol`: serial over LAN. Its configuration; the console itself is not there yet.

use super::arguments::{self, THIS_CHANNEL};
use super::tree::{self, Choice, Rest};
use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Family, Running, Status, because};
use crate::ipmi::CompletionCode;
use crate::ipmi::lan::{DeactivateSol, GetPayloadAccess, GetSolConfig, PayloadGrant, SetSolPayloadAccess};
use crate::out::{Page, Report, completion_text};
use crate::tables::codes::{BIT_RATES, PRIVILEGE_LEVELS, SET_IN_PROGRESS};
use crate::{line, put};
use clap::Subcommand;
use serde::Serialize;
use std::borrow::Cow;

/// The `sol` family.
pub const SOL: Family = Family {
    name: "sol",
    summary: Some("Configure and connect IPMIv2.0 Serial-over-LAN"),
    tree: || tree::bare::<Leaf>("sol"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show the configuration
    Info(Rest),
    /// Change the configuration
    Set(Rest),
    /// Show or change who may use it
    Payload(Rest),
    /// Open a console
    Activate(Rest),
    /// Close a console
    Deactivate(Rest),
    /// Open and close a console again and again
    Looptest(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 6] = [
    "SOL Commands: info [<channel number>]",
    "              set <parameter> <value> [channel]",
    "              payload <enable|disable|status> [channel] [userid]",
    "              activate [<usesolkeepalive|nokeepalive>] [instance=<number>]",
    "              deactivate [instance=<number>]",
    "              looptest [<loop times> [<loop interval(in ms)> [<instance>]]]",
];

fn usage(context: &Context) -> Status {
    context.out.notices(&USAGE);
    Status::FAILED
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let outcome = match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Info(rest)) => info(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) | Choice::Missing => {
                usage(context);
                Ok(())
            }
            Choice::Chosen(Leaf::Payload(rest)) => payload(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Deactivate(rest)) => deactivate(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Set(_) | Leaf::Activate(_) | Leaf::Looptest(_)) => {
                context.out.error("This command is not implemented yet.");
                Err(Status::FAILED)
            }
            Choice::Unknown(_) => Err(usage(context)),
        };
        outcome.map_or_else(|status| status, |()| Status::OK)
    })
}

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

async fn info(context: &Context, words: &[String]) -> Result<(), Status> {
    let channel = match words {
        [] => THIS_CHANNEL,
        [word] => arguments::channel(context, word).ok_or(Status::FAILED)?,
        _ => return Err(usage(context)),
    };
    let mut values = [[0; 2]; PARAMETERS.len()];
    for (parameter, value) in values.iter_mut().enumerate() {
        *value = read(context, channel, parameter).await?;
    }
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

async fn payload(context: &Context, words: &[String]) -> Result<(), Status> {
    let [verb, rest @ ..] = words else { return Err(usage(context)) };
    if rest.len() > 2 {
        return Err(usage(context));
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
        _ => return Err(usage(context)),
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

async fn deactivate(context: &Context, words: &[String]) -> Result<(), Status> {
    let mut instance = 1;
    for word in words {
        let Some(value) = word.strip_prefix("instance=") else { return Err(usage(context)) };
        instance = number::parse_u8(value).map_err(|_| {
            context.out.error(&format!("Given instance '{value}' is invalid."));
            usage(context)
        })?;
    }
    if !(1..=15).contains(&instance) {
        context.out.error("Error: Instance must range from 1 to 15");
        return Err(Status::FAILED);
    }
    context.bmc.call(&DeactivateSol { instance }).await.map_err(|error| {
        context.out.error(&match error {
            CallError::Refused(CompletionCode(0x80)) => "Info: SOL payload already de-activated".to_owned(),
            CallError::Refused(CompletionCode(0x81)) => "Info: SOL payload type disabled".to_owned(),
            CallError::Refused(code) => format!("Error de-activating SOL payload: {}", completion_text(code.0)),
            _ => "Error: No response de-activating SOL payload".to_owned(),
        });
        Status::FAILED
    })
}
