//! Where an alert policy sends its alerts: LAN and serial destinations (IPMI 2.0 tables 23-4 and 25-4).

use super::fields::Fields;
use super::info::retrieval_failure;
use crate::family::Context;
use crate::ipmi::Reader;
use crate::ipmi::pef::{GetLanDestination, GetSerialDestination, Selector};
use crate::ipmi::user::ChannelInfo;
use crate::oem::hooks;
use crate::out::{text, until_nul};
use crate::tables::pef::{LAN_DESTINATIONS, SERIAL_DESTINATIONS, TAP_CONFIRMATIONS};
use serde::Serialize;

/// Media with destinations of their own kind.
const LAN: u8 = 4;
const SERIAL: u8 = 5;

/// LAN parameters.
const COMMUNITY: u8 = 16;
const LAN_COUNT: u8 = 17;
const LAN_TYPE: u8 = 18;
const LAN_ADDRESS: u8 = 19;
const PET: u8 = 0;

/// Serial parameters.
const SERIAL_COUNT: u8 = 16;
const SERIAL_INFO: u8 = 17;
const DIAL_STRING_COUNT: u8 = 20;
const DIAL_STRING: u8 = 21;
const TAP_ACCOUNT_COUNT: u8 = 24;
const TAP_ACCOUNT: u8 = 25;
const TAP: u8 = 1;

/// One destination. What could not be read is absent.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// On a LAN.
    Lan(Lan),
    /// On a serial line.
    Serial(Serial),
    /// An IPv6 destination, which only some manufacturers have.
    Ipv6 {
        /// As the controller writes it.
        address: Option<String>,
    },
    /// Somewhere else: a number.
    Other {
        /// The number.
        id: u8,
    },
}

/// A destination on a LAN.
#[derive(Serialize)]
pub struct Lan {
    destination_type: Option<&'static str>,
    community: Option<String>,
    ack_timeout_seconds: u8,
    retries: u8,
    ip_address: Option<String>,
    mac_address: Option<String>,
}

/// A destination on a serial line.
#[derive(Serialize)]
pub struct Serial {
    destination_type: Option<&'static str>,
    ack_timeout_seconds: u8,
    retries: u8,
    tap_dial_string: Option<String>,
    /// Present where the paging service could be asked for.
    tap_confirmation: Option<Option<&'static str>>,
}

impl Destination {
    /// Shows it among a policy's fields.
    pub fn show(&self, fields: &mut Fields<'_>) {
        match self {
            Destination::Lan(lan) => {
                fields.field("Alert destination type", lan.destination_type.unwrap_or("None"));
                if let Some(community) = &lan.community {
                    fields.field("PET Community", community);
                }
                fields.field("ACK timeout/retry (secs)", lan.ack_timeout_seconds);
                fields.field("Retries", lan.retries);
                if let Some(address) = &lan.ip_address {
                    fields.field("IP address", address);
                }
                if let Some(address) = &lan.mac_address {
                    fields.field("MAC address", address);
                }
            }
            Destination::Serial(serial) => {
                fields.field("Alert destination type", serial.destination_type.unwrap_or("None"));
                fields.field("ACK timeout (secs)", serial.ack_timeout_seconds);
                fields.field("Retries", serial.retries);
                if let Some(string) = &serial.tap_dial_string {
                    fields.field("TAP Dial string", string);
                }
                if let Some(confirmation) = serial.tap_confirmation {
                    fields.field("TAP confirmation", confirmation.unwrap_or("None"));
                }
            }
            Destination::Ipv6 { address } => {
                fields.field("Alert destination type", "xxx");
                fields.field("PET Community", "xxx");
                fields.field("ACK timeout/retry (secs)", 0);
                fields.field("Retries", 0);
                if let Some(address) = address {
                    fields.field("IPv6 Address", address);
                }
            }
            Destination::Other { id } => fields.field("Destination ID", id),
        }
    }
}

/// Reads a destination; what fails is said, and leaves it out.
pub async fn read(context: &Context, channel: &ChannelInfo, destination: u8) -> Option<Destination> {
    match channel.medium {
        LAN => lan(context, channel.channel, destination).await.map(Destination::Lan),
        SERIAL => serial(context, channel.channel, destination).await,
        _ => Some(Destination::Other { id: destination }),
    }
}

/// A part of the LAN configuration; what is wrong with it has been said when there is none.
async fn lan_part(context: &Context, selector: Selector, what: &str) -> Option<Vec<u8>> {
    let read = context.bmc.call(&GetLanDestination(selector)).await;
    read.map_err(|error| retrieval_failure(context, what, &error)).ok()
}

async fn serial_part(context: &Context, selector: Selector, what: &str) -> Option<Vec<u8>> {
    let read = context.bmc.call(&GetSerialDestination(selector)).await;
    read.map_err(|error| retrieval_failure(context, what, &error)).ok()
}

/// A count that may be missing without a word; anything but "not supported" is said.
async fn optional_count(context: &Context, parameter: u8, what: &str) -> u8 {
    let selector = Selector { channel: 0, parameter, set: 0, block: 0 };
    match context.bmc.call(&GetSerialDestination(selector)).await {
        Ok(data) => first(&data) & 0x0f,
        Err(error) => {
            if let Some(code) = error.code().filter(|code| code.0 != 0x80) {
                context.out.error(&format!(" **Error {:x} in '{what}' command", code.0));
            }
            0
        }
    }
}

/// Says that a reply is about something else.
fn astray(context: &Context, what: &str) {
    context.out.error(&format!(" **Error retrieving {what}"));
}

fn first(data: &[u8]) -> u8 {
    data.first().copied().unwrap_or(0)
}

async fn lan(context: &Context, channel: u8, destination: u8) -> Option<Lan> {
    let selector = |parameter, set| Selector { channel, parameter, set, block: 0 };
    lan_part(context, selector(LAN_COUNT, 0), "Alert destination count").await?;
    let what = "Alert destination type";
    let data = lan_part(context, selector(LAN_TYPE, destination), what).await?;
    if first(&data) != destination {
        astray(context, what);
        return None;
    }
    let [_, kind, timeout, retries] = Reader::new(&data).array_or_zero();
    let mut lan = Lan {
        destination_type: LAN_DESTINATIONS.get(kind & 0x07),
        community: None,
        ack_timeout_seconds: timeout,
        retries: retries & 0x07,
        ip_address: None,
        mac_address: None,
    };
    if kind & 0x07 == PET {
        let community = lan_part(context, selector(COMMUNITY, 0), "PET community").await;
        lan.community = community.map(|name| text(until_nul(&name[..name.len().min(18)])));
    }
    let what = "Alert destination info";
    if let Some(data) = lan_part(context, selector(LAN_ADDRESS, destination), what).await {
        if first(&data) == destination {
            let [_, _, _, a, b, c, d, mac @ ..] = Reader::new(&data).array_or_zero::<13>();
            lan.ip_address = Some(format!("{a}.{b}.{c}.{d}"));
            lan.mac_address = Some(mac.map(|byte| format!("{byte:02x}")).join(":"));
        } else {
            astray(context, what);
        }
    }
    Some(lan)
}

async fn serial(context: &Context, channel: u8, destination: u8) -> Option<Destination> {
    let selector = |parameter, set| Selector { channel, parameter, set, block: 0 };
    let count = serial_part(context, selector(SERIAL_COUNT, 0), "Alert destination count").await?;
    let count = first(&count) & 0x0f;
    if destination == 0 || count == 0 {
        return None;
    }
    if destination > count {
        let address = hooks::pef::ipv6_destination(context, destination - count).await?;
        return Some(Destination::Ipv6 { address });
    }
    let what = "Alert destination info";
    let data = serial_part(context, selector(SERIAL_INFO, destination), what).await?;
    if first(&data) != destination {
        astray(context, what);
        return None;
    }
    // Reference: the fields are read one byte early, so that the selector stands for the type.
    let [kind, timeout, retries] = Reader::new(&data).array_or_zero();
    let mut serial = Serial {
        destination_type: SERIAL_DESTINATIONS.get(kind & 0x0f),
        ack_timeout_seconds: timeout,
        retries: retries & 0x77,
        tap_dial_string: None,
        tap_confirmation: None,
    };
    if kind & 0x0f == TAP {
        tap(context, channel, destination, &mut serial).await;
    }
    Some(Destination::Serial(serial))
}

/// The paging account of a destination. Reference: the counts are those of channel 0, and the service is asked
/// for among the accounts.
async fn tap(context: &Context, channel: u8, destination: u8, serial: &mut Serial) {
    if optional_count(context, TAP_ACCOUNT_COUNT, "Number of TAP accounts").await == 0 {
        return;
    }
    let account = |set| Selector { channel, parameter: TAP_ACCOUNT, set, block: 0 };
    let what = "TAP account info";
    let Some(data) = serial_part(context, account(destination), what).await else { return };
    let [set, ids] = Reader::new(&data).array_or_zero();
    if set != destination {
        return astray(context, what);
    }
    serial.tap_dial_string = dial_string(context, channel, ids >> 4).await;
    let what = "TAP service settings";
    let Some(data) = serial_part(context, account(ids & 0x0f), what).await else { return };
    let [set, confirmation] = Reader::new(&data).array_or_zero();
    if set != ids & 0x0f {
        return astray(context, what);
    }
    serial.tap_confirmation = Some(TAP_CONFIRMATIONS.get(confirmation));
}

async fn dial_string(context: &Context, channel: u8, set: u8) -> Option<String> {
    if optional_count(context, DIAL_STRING_COUNT, "Dial string count").await == 0 {
        return None;
    }
    let what = "TAP Dial string";
    let selector = Selector { channel, parameter: DIAL_STRING, set, block: 1 };
    let data = serial_part(context, selector, what).await?;
    // Reference: the reply is held against the account's parameter, and one block is all.
    if !data.starts_with(&[TAP_ACCOUNT, 1]) {
        astray(context, what);
        return None;
    }
    Some(text(until_nul(data.get(2..).map_or(&[], |string| &string[..string.len().min(16)]))))
}
