//! `session`: who is logged in.

use super::tree::{self, Choice, Rest};
use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Family, Running, Status, because};
use crate::ipmi::user::GetSessionInfo;
use crate::ipmi::{Command, CompletionCode, Reader};
use crate::out::{List, Page, Report};
use crate::tables::codes::{CHANNEL_ACTIVITIES, PRIVILEGE_LEVELS};
use crate::{line, put};
use clap::Subcommand;
use serde::Serialize;
use std::borrow::Cow;

/// The `session` family.
pub const SESSION: Family =
    Family { name: "session", summary: Some("Print session information"), tree: || tree::bare::<Leaf>("session"), run };

#[derive(Subcommand)]
enum Leaf {
    /// Show sessions: active, all, by id, by handle
    Info(Rest),
    /// Show the usage
    Help(Rest),
}

const USAGE: [&str; 1] = ["Session Commands: info <active | all | id 0xnnnnnnnn | handle 0xnn>"];

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Info(rest)) => info(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) | Choice::Missing => {
                context.out.notices(&USAGE);
                Status::OK
            }
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid SESSION command: {word}"));
                context.misused(&USAGE)
            }
        }
    })
}

/// A session, or how many there are.
#[derive(Serialize)]
struct SessionReport {
    handle: u8,
    slots: u8,
    active_sessions: u8,
    details: Option<Details>,
}

#[derive(Serialize)]
struct Details {
    user_id: u8,
    privilege: u8,
    privilege_name: Cow<'static, str>,
    rmcp_plus: bool,
    channel: u8,
    lan: Option<Lan>,
    modem: Option<Modem>,
}

#[derive(Serialize)]
struct Lan {
    ip: String,
    mac: String,
    port: u16,
}

#[derive(Serialize)]
struct Modem {
    activity: Cow<'static, str>,
    destination: u8,
    ip: String,
    port: Option<u16>,
}

fn dotted(bytes: [u8; 4]) -> String {
    std::net::Ipv4Addr::from(bytes).to_string()
}

impl SessionReport {
    fn new(data: &[u8]) -> Self {
        let mut reader = Reader::new(data);
        let [handle, slots, active] = reader.array_or_zero();
        let details = (data.len() != 3).then(|| {
            let [user, privilege, channel] = reader.array_or_zero();
            let lan = (data.len() == 18).then(|| {
                let mut reader = reader.clone();
                let ip = dotted(reader.array_or_zero());
                let mac: [u8; 6] = reader.array_or_zero();
                let mac = mac.map(|byte| format!("{byte:02x}")).join(":");
                Lan { ip, mac, port: reader.u16_or_zero() }
            });
            let modem = matches!(data.len(), 12 | 14).then(|| {
                let [activity, destination] = reader.array_or_zero();
                let ip = dotted(reader.array_or_zero());
                // Reference: the port is looked for behind the end of the answer.
                let port = (data.len() == 14).then_some(0);
                Modem { activity: CHANNEL_ACTIVITIES.name(activity), destination: destination & 0x0f, ip, port }
            });
            Details {
                user_id: user & 0x3f,
                privilege: privilege & 0x0f,
                privilege_name: PRIVILEGE_LEVELS.name(privilege & 0x0f),
                rmcp_plus: channel >> 4 != 0,
                channel: channel & 0x0f,
                lan,
                modem,
            }
        });
        SessionReport { handle, slots: slots & 0x3f, active_sessions: active & 0x3f, details }
    }
}

impl Report for SessionReport {
    fn text(&self, page: &mut Page) {
        line!(page, "session handle                : {}", self.handle);
        line!(page, "slot count                    : {}", self.slots);
        line!(page, "active sessions               : {}", self.active_sessions);
        if let Some(details) = &self.details {
            line!(page, "user id                       : {}", details.user_id);
            line!(page, "privilege level               : {}", details.privilege_name);
            let kind = if details.rmcp_plus { "IPMIv2/RMCP+" } else { "IPMIv1.5" };
            line!(page, "session type                  : {kind}");
            line!(page, "channel number                : 0x{:02x}", details.channel);
            if let Some(lan) = &details.lan {
                line!(page, "console ip                    : {}", lan.ip);
                line!(page, "console mac                   : {}", lan.mac);
                line!(page, "console port                  : {}", lan.port);
            }
            if let Some(modem) = &details.modem {
                line!(page, "Session/Channel Activity Type : {}", modem.activity);
                line!(page, "Destination selector          : {}", modem.destination);
                line!(page, "console ip                    : {}", modem.ip);
                if let Some(port) = modem.port {
                    line!(page, "console port                  : {port}");
                }
            }
        }
        line!(page);
    }

    fn csv(&self, page: &mut Page) {
        put!(page, "{},{},{}", self.handle, self.slots, self.active_sessions);
        if let Some(details) = &self.details {
            let kind = if details.rmcp_plus { "IPMIv2/RMCP+" } else { "IPMIv1.5" };
            put!(page, ",{},{},{kind},0x{:02x}", details.user_id, details.privilege_name, details.channel);
            if let Some(lan) = &details.lan {
                put!(page, ",{},{},{}", lan.ip, lan.mac, lan.port);
            }
            if let Some(modem) = &details.modem {
                put!(page, ",{},{},{}", modem.activity, modem.destination, modem.ip);
                if let Some(port) = modem.port {
                    put!(page, ",{port}");
                }
            }
        }
        line!(page);
    }
}

async fn info(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    let refused = |message: &str| {
        out.error(message);
        context.misused(&USAGE)
    };
    let number = |what: &str, word: Option<&String>| match word {
        None => Err(refused(&format!("Missing {what} argument"))),
        Some(word) => {
            number::parse_u32(word).map_err(|_| refused(&format!("HEX number expected, but '{word}' given.")))
        }
    };
    let command = match words.first().map(String::as_str) {
        None | Some("help") => {
            context.out.notices(&USAGE);
            return Status::OK;
        }
        Some("active") => Ok(GetSessionInfo::Current),
        Some("all") => return all(context).await,
        Some("id") => number("id", words.get(1)).map(GetSessionInfo::Id),
        // Reference: cut to a byte without a word.
        Some("handle") => number("handle", words.get(1)).map(|n| GetSessionInfo::Handle(n.to_le_bytes()[0])),
        Some(word) => Err(refused(&format!("Invalid SESSION info parameter: {word}"))),
    };
    let command = match command {
        Ok(command) => command,
        Err(status) => return status,
    };
    match context.bmc.call(&command).await {
        Ok(data) => {
            out.report(&SessionReport::new(&data));
            Status::OK
        }
        Err(error) => {
            out.error(&format!("Get Session Info command failed{}", because(&error)));
            if command == GetSessionInfo::Current && context.bmc.interface() != "lan" {
                out.error("It is likely that the channel in use does not support sessions");
            }
            Status::FAILED
        }
    }
}

async fn all(context: &Context) -> Status {
    let rows: List<'_> = context.out.list();
    let mut index = 1;
    loop {
        let reply = match context.bmc.send(&GetSessionInfo::Index(index).request()).await {
            Ok(reply) => reply,
            Err(error) => {
                let error = CallError::from(error);
                context.out.error(&format!("Get Session Info command failed{}", because(&error)));
                return Status::FAILED;
            }
        };
        // A slot without a session is refused, and still tells how many there are.
        if !reply.completion.is_ok()
            && !matches!(reply.completion, CompletionCode::INVALID_FIELD | CompletionCode::NOT_PRESENT)
        {
            let error = CallError::Refused(reply.completion);
            context.out.error(&format!("Get Session Info command failed{}", because(&error)));
            return Status::FAILED;
        }
        if reply.data.len() < 3 {
            return Status::FAILED;
        }
        let report = SessionReport::new(&reply.data[..reply.data.len().min(18)]);
        let slots = report.slots;
        rows.push(&report);
        index += 1;
        if index > slots {
            return Status::OK;
        }
    }
}
