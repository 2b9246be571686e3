//! `lan alert`: where alerts of a channel go.

use super::parameter::{Answer, Parameter, Parameters, colons, dotted};
use super::set::{ip_word, mac_word};
use super::{channel_word, first_lan, still_lan, usage};
use crate::cli::number;
use crate::family::{Context, Status};
use crate::line;
use crate::out::{Column, Page, Report};
use serde::Serialize;

const NUMBER_OF_DESTINATIONS: u8 = 17;
const DESTINATION_TYPE: u8 = 18;
const DESTINATION_ADDRESS: u8 = 19;

/// Bytes of a parameter that are ever written: what the longest request has room for.
const LONGEST: usize = 30;

/// `lan alert ...`.
pub async fn alert(context: &Context, words: &[String]) -> Result<(), Status> {
    let Some((verb, rest)) = words.split_first() else {
        context.out.notices(&usage::ALERT_PRINT);
        return Err(misused(context));
    };
    match verb.to_ascii_lowercase().as_str() {
        "help" => {
            context.out.notices(&usage::ALERT_PRINT);
            misused(context);
            Ok(())
        }
        "print" => print(context, rest).await,
        "set" => set(context, rest).await,
        // Reference: not a word about a word that it does not know.
        _ => Ok(()),
    }
}

fn misused(context: &Context) -> Status {
    context.out.notices(&usage::ALERT_SET);
    Status::FAILED
}

fn is_help(word: &str) -> bool {
    word.eq_ignore_ascii_case("help")
}

/// A destination's number, which the channel has.
async fn destination(channel: Parameters<'_>, word: &str) -> Result<u8, Status> {
    let fail = |message: &str| {
        channel.context.out.error(message);
        Status::FAILED
    };
    let alert = number::parse_u8(word).map_err(|_| fail(&format!("Invalid alert: {word}")))?;
    match channel.get(NUMBER_OF_DESTINATIONS).await {
        Answer::Value(count) if alert <= count.byte(0) & 0x0f => Ok(alert),
        _ => Err(fail(&format!("Alert {alert} is not a valid destination"))),
    }
}

/// One alert destination (table 23-4, parameters 18 and 19).
#[derive(Serialize)]
struct Destination {
    destination: u8,
    acknowledged: bool,
    destination_type: u8,
    destination_type_name: Option<&'static str>,
    /// Time to wait for an acknowledgement, or between tries when none is expected.
    timeout_seconds: u8,
    retries: u8,
    /// None where it is not an IPv4 address.
    address: Option<Ipv4Destination>,
}

#[derive(Serialize)]
struct Ipv4Destination {
    backup_gateway: bool,
    ip_address: String,
    mac_address: String,
}

impl Destination {
    fn new(kind: [u8; 4], address: [u8; 13]) -> Self {
        let [_, format, gateway, i0, i1, i2, i3, mac @ ..] = address;
        let destination_type = kind[1] & 0x07;
        Destination {
            destination: kind[0],
            acknowledged: kind[1] & 0x80 != 0,
            destination_type,
            destination_type_name: match destination_type {
                0 => Some("PET Trap"),
                6 => Some("OEM 1"),
                7 => Some("OEM 2"),
                _ => None,
            },
            timeout_seconds: kind[2],
            retries: kind[3] & 0x07,
            address: (format & 0xf0 == 0).then(|| Ipv4Destination {
                backup_gateway: gateway & 1 != 0,
                ip_address: dotted([i0, i1, i2, i3]),
                mac_address: colons(mac),
            }),
        }
    }
}

const TABLE: &[Column] = &[
    Column { title: "Destination", pointer: "/destination" },
    Column { title: "Type", pointer: "/destination_type_name" },
    Column { title: "Acknowledged", pointer: "/acknowledged" },
    Column { title: "Timeout (s)", pointer: "/timeout_seconds" },
    Column { title: "Retries", pointer: "/retries" },
    Column { title: "IP address", pointer: "/address/ip_address" },
    Column { title: "MAC address", pointer: "/address/mac_address" },
];

impl Report for Destination {
    const COLUMNS: &'static [Column] = TABLE;

    fn text(&self, page: &mut Page) {
        let mut row = |label: &str, value: &dyn std::fmt::Display| line!(page, "{label:<24}: {value}");
        row("Alert Destination", &self.destination);
        row("Alert Acknowledge", &if self.acknowledged { "Acknowledged" } else { "Unacknowledged" });
        row("Destination Type", &self.destination_type_name.unwrap_or("Unknown"));
        row(if self.acknowledged { "Acknowledge Timeout" } else { "Retry Interval" }, &self.timeout_seconds);
        row("Number of Retries", &self.retries);
        if let Some(address) = &self.address {
            row("Alert Gateway", &if address.backup_gateway { "Backup" } else { "Default" });
            row("Alert IP Address", &address.ip_address);
            row("Alert MAC Address", &address.mac_address);
        }
        line!(page);
    }
}

/// The bytes of a parameter that has at least `N` of them.
fn whole<const N: usize>(answer: Answer) -> Result<[u8; N], Status> {
    answer.required().ok().filter(|value| value.0.len() >= N).map(|value| value.array()).ok_or(Status::FAILED)
}

async fn read(channel: Parameters<'_>, alert: u8) -> Result<Destination, Status> {
    let kind = whole(channel.get_set(DESTINATION_TYPE, alert).await)?;
    let address = whole(channel.get_set(DESTINATION_ADDRESS, alert).await)?;
    Ok(Destination::new(kind, address))
}

async fn print(context: &Context, words: &[String]) -> Result<(), Status> {
    let channel = match words.first() {
        None => first_lan(context).await,
        Some(word) if is_help(word) => {
            context.out.notices(&usage::ALERT_PRINT);
            return Ok(());
        }
        Some(word) => channel_word(context, word)?,
    };
    still_lan(context, channel).await?;
    let channel = Parameters { context, channel };
    if let Some(word) = words.get(1) {
        let alert = destination(channel, word).await?;
        context.out.report(&read(channel, alert).await?);
        return Ok(());
    }
    let last = channel.get(NUMBER_OF_DESTINATIONS).await.required()?.byte(0) & 0x0f;
    let rows = context.out.list();
    for alert in 0..=last {
        // Reference: a destination that cannot be read is passed over.
        if let Ok(destination) = read(channel, alert).await {
            rows.push(&destination);
        }
    }
    Ok(())
}

async fn set(context: &Context, words: &[String]) -> Result<(), Status> {
    let [channel, alert, command, value, ..] = words else { return Err(misused(context)) };
    if is_help(channel) {
        misused(context);
        return Ok(());
    }
    let channel = channel_word(context, channel)?;
    still_lan(context, channel).await?;
    let channel = Parameters { context, channel };
    let alert = destination(channel, alert).await?;
    if command == "help" || value == "help" {
        misused(context);
        return Ok(());
    }
    let change = Change { channel, alert };
    match command.to_ascii_lowercase().as_str() {
        "ipaddr" => {
            let address = ip_word(context, value).ok_or_else(|| misused(context))?;
            let bytes = change.current(DESTINATION_ADDRESS).await?;
            change.write(DESTINATION_ADDRESS, bytes, 3, &address, &format!("IP Address to {}", dotted(address))).await
        }
        "macaddr" => {
            let address = mac_word(context, value).ok_or_else(|| misused(context))?;
            let bytes = change.current(DESTINATION_ADDRESS).await?;
            change.write(DESTINATION_ADDRESS, bytes, 7, &address, &format!("MAC Address to {}", colons(address))).await
        }
        "gateway" => change.gateway(value).await,
        "ack" => change.acknowledge(value).await,
        "type" => change.kind(value).await,
        "time" => {
            let bytes = change.current(DESTINATION_TYPE).await?;
            let time = change.number("time", value)?;
            change.write(DESTINATION_TYPE, bytes, 2, &[time], &format!("timeout/retry to {time} seconds")).await
        }
        "retry" => {
            let bytes = change.current(DESTINATION_TYPE).await?;
            let retries = change.number("retry", value)? & 0x07;
            change.write(DESTINATION_TYPE, bytes, 3, &[retries], &format!("number of retries to {retries}")).await
        }
        _ => Err(misused(context)),
    }
}

/// A change to one destination.
struct Change<'a> {
    channel: Parameters<'a>,
    alert: u8,
}

impl Change<'_> {
    /// What the parameter is now. Reference: one that the BMC does not have is one without bytes.
    async fn current(&self, parameter: u8) -> Result<Parameter, Status> {
        match self.channel.get_set(parameter, self.alert).await {
            Answer::Value(value) => Ok(value),
            Answer::Unsupported => Ok(Parameter::default()),
            Answer::Failed => Err(Status::FAILED),
        }
    }

    fn number(&self, what: &str, word: &str) -> Result<u8, Status> {
        number::parse_u8(word).map_err(|_| {
            self.channel.context.out.error(&format!("Invalid {what}: {word}"));
            Status::FAILED
        })
    }

    /// Puts bytes into the parameter, as far as it has room for them, and writes it.
    async fn write(
        &self,
        parameter: u8,
        mut value: Parameter,
        at: usize,
        bytes: &[u8],
        what: &str,
    ) -> Result<(), Status> {
        for (index, byte) in bytes.iter().enumerate() {
            if let Some(room) = value.0.get_mut(at + index) {
                *room = *byte;
            }
        }
        self.channel.context.out.println(&format!("Setting LAN Alert {} {what}", self.alert));
        value.0.truncate(LONGEST);
        self.channel.set_unchecked(parameter, &value.0).await
    }

    async fn gateway(&self, word: &str) -> Result<(), Status> {
        let value = self.current(DESTINATION_ADDRESS).await?;
        let (byte, what) = match word.to_ascii_lowercase().as_str() {
            "def" | "default" => (0, "to use Default Gateway"),
            "bak" | "backup" => (1, "to use Backup Gateway"),
            _ => return Err(misused(self.channel.context)),
        };
        self.write(DESTINATION_ADDRESS, value, 2, &[byte], what).await
    }

    async fn acknowledge(&self, word: &str) -> Result<(), Status> {
        let value = self.current(DESTINATION_TYPE).await?;
        let kind = value.byte(1);
        let (byte, what) = match word.to_ascii_lowercase().as_str() {
            "on" | "yes" => (kind | 0x80, "to Acknowledged"),
            "off" | "no" => (kind & !0x80, "to Unacknowledged"),
            _ => return Err(misused(self.channel.context)),
        };
        self.write(DESTINATION_TYPE, value, 1, &[byte], what).await
    }

    async fn kind(&self, word: &str) -> Result<(), Status> {
        let value = self.current(DESTINATION_TYPE).await?;
        let kind = value.byte(1) & !0x07;
        let (byte, what) = match word.to_ascii_lowercase().as_str() {
            "pet" => (kind, "destination to PET Trap"),
            "oem1" => (kind | 0x06, "destination to OEM 1"),
            "oem2" => (kind | 0x07, "destination to OEM 2"),
            _ => return Err(misused(self.channel.context)),
        };
        self.write(DESTINATION_TYPE, value, 1, &[byte], what).await
    }
}
