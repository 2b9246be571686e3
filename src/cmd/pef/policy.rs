//! `pef policy`: the alert policy table (IPMI 2.0 section 17.11).

use super::destination::{self, Destination};
use super::fields::Fields;
use super::info::policy_count;
use super::{TableVerb, table_verb};
use crate::cli::number;
use crate::family::{Context, Status, eval_failure};
use crate::ipmi::pef::{GetPefParameter, SetPefParameter};
use crate::ipmi::user::GetChannelInfo;
use crate::line;
use crate::out::{Column, Page, Report};
use crate::tables::pef::{CHANNEL_MEDIA, POLICY_RULES};
use serde::Serialize;

/// Configuration parameter (table 30-6).
const POLICY: u8 = 9;
const ENABLED: u8 = 0x08;

const USAGE: [&str; 6] = [
    "usage: pef policy help",
    "       pef policy list",
    "       pef policy enable <id = 1..n>",
    "       pef policy disable <id = 1..n>",
    "       pef policy create <id = 1..n> <params>",
    "       pef policy delete <id = 1..n>",
];

/// Runs the words after `policy`.
pub async fn run(context: &mut Context, words: &[String]) -> Status {
    match table_verb(context, "Policy", &USAGE, words) {
        Ok(TableVerb::List) => list(context).await,
        Ok(TableVerb::Enable { on, id }) => enable(context, on, id).await,
        Err(status) => status,
    }
}

/// One entry of the table.
#[derive(Serialize)]
struct PolicyRow {
    id: u8,
    policy_set: u8,
    enabled: bool,
    rule: Option<&'static str>,
    event_specific: bool,
    /// None where the channel could not be asked for.
    channel: Option<Channel>,
}

/// Where an alert goes.
#[derive(Serialize)]
struct Channel {
    number: u8,
    medium: u8,
    medium_name: Option<&'static str>,
    destination: Option<Destination>,
}

impl Report for PolicyRow {
    const COLUMNS: &'static [Column] = &[
        Column { title: "Id", pointer: "/id" },
        Column { title: "Set", pointer: "/policy_set" },
        Column { title: "Enabled", pointer: "/enabled" },
        Column { title: "Rule", pointer: "/rule" },
        Column { title: "Channel", pointer: "/channel/number" },
        Column { title: "Medium", pointer: "/channel/medium_name" },
    ];

    fn text(&self, page: &mut Page) {
        let mut fields = Fields::new(page, false);
        fields.field("Alert policy table entry", self.id);
        fields.field("Policy set", self.policy_set);
        fields.field("State", if self.enabled { "enabled" } else { "disabled" });
        fields.field("Policy entry rule", self.rule.unwrap_or("None"));
        if self.event_specific {
            fields.field("Event-specific", "true");
        }
        // Reference: an entry whose channel cannot be asked for does not end its line.
        let Some(channel) = &self.channel else { return };
        fields.field("Channel number", channel.number);
        fields.field("Channel medium", channel.medium_name.unwrap_or("None"));
        if let Some(destination) = &channel.destination {
            destination.show(&mut fields);
        }
        line!(page);
    }
}

async fn list(context: &mut Context) -> Status {
    let count = match policy_count(context).await {
        Ok(count) => count,
        Err(error) => return eval_failure(context, &error),
    };
    if count == 0 {
        context.out.error("PEF Alert Policy isn't supported.");
        return Status::FAILED;
    }
    let rows = context.out.list();
    for set in 1..=count {
        match context.bmc.call(&GetPefParameter { parameter: POLICY, set }).await {
            Ok(data) => rows.push(&row(context, data).await),
            Err(error) => drop(eval_failure(context, &error)),
        }
    }
    context.memory.pef_begun = true;
    Status::OK
}

async fn row(context: &Context, [id, policy, target, string]: [u8; 4]) -> PolicyRow {
    let channel = match context.bmc.call(&GetChannelInfo { channel: target >> 4 }).await {
        Ok(info) => Some(Channel {
            number: info.channel,
            medium: info.medium,
            medium_name: CHANNEL_MEDIA.get(info.medium),
            destination: destination::read(context, &info, target & 0x0f).await,
        }),
        Err(error) => {
            eval_failure(context, &error);
            None
        }
    };
    PolicyRow {
        id: id & 0x7f,
        policy_set: policy >> 4,
        enabled: policy & ENABLED != 0,
        rule: POLICY_RULES.get(policy & 0x07),
        event_specific: string & 0x80 != 0,
        channel,
    }
}

async fn enable(context: &Context, enable: bool, word: &str) -> Status {
    let out = &context.out;
    let id = match number::parse_u8(word) {
        Ok(id @ 1..=127) => id,
        Ok(_) => {
            out.error("PEF Policy ID out of range. Valid range is <1..127>.");
            return Status::FAILED;
        }
        Err(_) => {
            out.error(&format!("Invalid PEF Policy ID given: {word}"));
            return Status::FAILED;
        }
    };
    let count = match policy_count(context).await {
        Ok(count) => count,
        Err(error) => return eval_failure(context, &error),
    };
    if count == 0 {
        out.error("PEF Policy isn't supported.");
        return Status::FAILED;
    }
    if id > count {
        out.error(&format!("PEF Policy ID out of range. Valid range is (1..{count})."));
        return Status::FAILED;
    }
    let [_, policy, target, string] = match context.bmc.call(&GetPefParameter { parameter: POLICY, set: id }).await {
        Ok(entry) => entry,
        Err(error) => return eval_failure(context, &error),
    };
    let policy = if enable { policy | ENABLED } else { policy & !ENABLED };
    let entry = SetPefParameter { parameter: POLICY, data: vec![id, policy, target, string] };
    if let Err(error) = context.bmc.call(&entry).await {
        eval_failure(context, &error);
        let verb = if enable { "enable" } else { "disable" };
        out.error(&format!("Failed to {verb} PEF Policy ID {id}."));
        return Status::FAILED;
    }
    out.println(&format!("PEF Policy ID {id} is {} now.", if enable { "enabled" } else { "disabled" }));
    Status::OK
}
