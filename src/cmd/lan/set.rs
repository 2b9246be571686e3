//! `lan set`: a channel's configuration parameters.

use super::parameter::{Answer, Parameters, colons, dotted, name};
use super::{access, channel_word, is_lan, usage};
use crate::cli::{number, scan};
use crate::family::{Context, Status};
use crate::line;
use crate::out::{Page, Report, bytes_of, fixed, text};
use serde::Serialize;

/// `lan set CHANNEL COMMAND ...`.
pub async fn set(context: &Context, words: &[String]) -> Result<(), Status> {
    let [channel, command, values @ ..] = words else { return Err(misused(context)) };
    if channel == "help" || command == "help" {
        misused(context);
        return Ok(());
    }
    let channel = channel_word(context, channel)?;
    if !is_lan(context, channel).await {
        context.out.error(&format!("Channel {channel} is not a LAN channel!"));
        return Err(misused(context));
    }
    let channel_of = Parameters { context, channel };
    match command.as_str() {
        "user" => access::user(context, channel).await,
        "access" => access::access(context, channel, values).await,
        "password" => access::password(context, values.first()).await,
        "alert" => access::alert(context, channel, values).await,
        "arp" => arp(channel_of, values).await,
        "auth" => auth(channel_of, values).await,
        "ipsrc" => ip_source(channel_of, values).await,
        "snmp" => snmp(channel_of, values).await,
        "ipaddr" => only_address(channel_of, IP_ADDRESS, values).await,
        "netmask" => only_address(channel_of, SUBNET_MASK, values).await,
        "macaddr" => only_address(channel_of, MAC_ADDRESS, values).await,
        "defgw" => gateway(channel_of, &usage::DEFAULT_GATEWAY, DEFAULT_GATEWAY, values).await,
        "bakgw" => gateway(channel_of, &usage::BACKUP_GATEWAY, BACKUP_GATEWAY, values).await,
        "vlan" => vlan(channel_of, values).await,
        "cipher_privs" => cipher_privileges(channel_of, values).await,
        "bad_pass_thresh" => bad_password(channel_of, values).await,
        _ => Err(misused(context)),
    }
}

fn misused(context: &Context) -> Status {
    context.out.notices(&usage::SET);
    Status::FAILED
}

const AUTH_TYPE_ENABLE: u8 = 2;
const IP_ADDRESS: u8 = 3;
const IP_ADDRESS_SOURCE: u8 = 4;
const MAC_ADDRESS: u8 = 5;
const SUBNET_MASK: u8 = 6;
const BMC_ARP_CONTROL: u8 = 10;
const GRATUITOUS_ARP_INTERVAL: u8 = 11;
/// A gateway's IP address; its MAC address is the next parameter.
const DEFAULT_GATEWAY: u8 = 12;
const BACKUP_GATEWAY: u8 = 14;
const COMMUNITY_STRING: u8 = 16;
const VLAN_ID: u8 = 20;
const VLAN_PRIORITY: u8 = 21;
const CIPHER_SUITE_PRIVILEGES: u8 = 24;
const BAD_PASSWORD_THRESHOLD: u8 = 26;

/// An IPv4 address; what is wrong with it has been said when there is none.
pub fn ip_word(context: &Context, word: &str) -> Option<[u8; 4]> {
    let address = scan::ipv4(word);
    if address.is_none() {
        context.out.error(&format!("Invalid IP address: {word}"));
    }
    address
}

/// A MAC address; what is wrong with it has been said when there is none.
pub fn mac_word(context: &Context, word: &str) -> Option<[u8; 6]> {
    let address = scan::mac(word);
    if address.is_none() {
        context.out.error(&format!("Invalid MAC address: {word}"));
    }
    address
}

/// Writes an address; none where the word is not one.
async fn address(channel: Parameters<'_>, parameter: u8, is_mac: bool, word: &str) -> Option<Result<(), Status>> {
    let (shown, bytes) = if is_mac {
        let address = mac_word(channel.context, word)?;
        (colons(address), address.to_vec())
    } else {
        let address = ip_word(channel.context, word)?;
        (dotted(address), address.to_vec())
    };
    channel.context.out.println(&format!("Setting LAN {} to {shown}", name(parameter)));
    Some(channel.set(parameter, &bytes).await)
}

async fn only_address(channel: Parameters<'_>, parameter: u8, values: &[String]) -> Result<(), Status> {
    let [word] = values else { return Err(misused(channel.context)) };
    address(channel, parameter, parameter == MAC_ADDRESS, word).await.unwrap_or(Err(Status::FAILED))
}

async fn gateway(channel: Parameters<'_>, usage: &[&str], ip: u8, values: &[String]) -> Result<(), Status> {
    let context = channel.context;
    let [kind, word, ..] = values else {
        context.out.notices(usage);
        return Err(Status::FAILED);
    };
    let outcome = match kind.as_str() {
        "help" => {
            context.out.notices(usage);
            return Ok(());
        }
        "ipaddr" => address(channel, ip, false, word).await,
        "macaddr" => address(channel, ip + 1, true, word).await,
        _ => None,
    };
    outcome.unwrap_or_else(|| Err(misused(context)))
}

/// The first value; without one, and for `help`, the usage is shown and the command ends.
fn value<'a>(context: &Context, usage: &[&str], values: &'a [String]) -> Result<&'a str, Status> {
    match values.first().map(String::as_str) {
        None => {
            context.out.notices(usage);
            Err(Status::FAILED)
        }
        Some("help") => {
            context.out.notices(usage);
            Err(Status::OK)
        }
        Some(word) => Ok(word),
    }
}

async fn ip_source(channel: Parameters<'_>, values: &[String]) -> Result<(), Status> {
    let word = value(channel.context, &usage::IP_SOURCE, values)?;
    let Some(code) = ["none", "static", "dhcp", "bios"].iter().zip(0..).find(|(known, _)| **known == word) else {
        channel.context.out.notices(&usage::IP_SOURCE);
        return Err(Status::FAILED);
    };
    channel.set(IP_ADDRESS_SOURCE, &[code.1]).await
}

/// The longest community string.
const COMMUNITY_LENGTH: usize = 18;

async fn snmp(channel: Parameters<'_>, values: &[String]) -> Result<(), Status> {
    let word = bytes_of(value(channel.context, &usage::SNMP, values)?).into_owned();
    let mut bytes = word[..word.len().min(COMMUNITY_LENGTH)].to_vec();
    channel.context.out.println(&format!("Setting LAN {} to {}", name(COMMUNITY_STRING), text(&bytes)));
    bytes.resize(COMMUNITY_LENGTH, 0);
    channel.set(COMMUNITY_STRING, &bytes).await
}

async fn arp(channel: Parameters<'_>, values: &[String]) -> Result<(), Status> {
    let out = &channel.context.out;
    let (what, mask) = match values.first().map(String::as_str) {
        None => {
            out.notices(&usage::ARP);
            return Err(Status::FAILED);
        }
        Some("interval") => return arp_interval(channel, values.get(1)).await,
        Some("generate") => ("Gratuitous ARPs", 0x01),
        Some("respond") => ("ARP responses", 0x02),
        // Reference: a word that it does not know is as good as `help`.
        Some(_) => {
            out.notices(&usage::ARP);
            return Ok(());
        }
    };
    let on = match values.get(1).map(String::as_str) {
        Some("on") => true,
        Some("off") => false,
        _ => {
            out.notices(&usage::ARP);
            return Err(Status::FAILED);
        }
    };
    let flags = channel.get(BMC_ARP_CONTROL).await.required()?.byte(0);
    out.println(&format!("{}abling BMC-generated {what}", if on { "En" } else { "Dis" }));
    channel.set(BMC_ARP_CONTROL, &[if on { flags | mask } else { flags & !mask }]).await
}

/// The interval of gratuitous ARPs.
#[derive(Serialize)]
struct ArpInterval {
    gratuitous_arp_interval_seconds: f64,
}

impl Report for ArpInterval {
    fn text(&self, page: &mut Page) {
        // Reference: half a second is cut off before a decimal is shown.
        let seconds = fixed(self.gratuitous_arp_interval_seconds.floor(), 1);
        line!(page, "BMC-generated Gratuitous ARP interval:  {seconds} seconds");
    }
}

async fn arp_interval(channel: Parameters<'_>, word: Option<&String>) -> Result<(), Status> {
    let out = &channel.context.out;
    let invalid = |word: &str| {
        out.error(&format!("Given ARP interval '{word}' is invalid."));
        Status::FAILED
    };
    // Reference: a missing word is C's null string.
    let word = word.ok_or_else(|| invalid("(null)"))?;
    let seconds = number::parse_u8(word).map_err(|_| invalid(word))?;
    let mut interval = channel.get(GRATUITOUS_ARP_INTERVAL).await.required()?.byte(0);
    let mut outcome = Ok(());
    if seconds != 0 {
        if seconds > 127 {
            out.error(&format!("Given ARP interval '{seconds}' is too big."));
            return Err(Status::FAILED);
        }
        interval = seconds * 2 - 1;
        outcome = channel.set(GRATUITOUS_ARP_INTERVAL, &[interval]).await;
    }
    out.report(&ArpInterval { gratuitous_arp_interval_seconds: (f64::from(interval) + 1.0) / 2.0 });
    outcome
}

const TYPES: [(&str, u8); 6] =
    [("none", 0x01), ("md2", 0x02), ("md5", 0x04), ("password", 0x10), ("key", 0x10), ("oem", 0x20)];
const LEVELS: [&str; 4] = ["callback", "user", "operator", "admin"];

/// Each item of a list with all that follows it. Reference: that is what is looked up, so only the
/// last item can be found.
fn tails(list: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(list), |rest| rest.split_once(',').map(|(_, rest)| rest))
}

async fn auth(channel: Parameters<'_>, values: &[String]) -> Result<(), Status> {
    let out = &channel.context.out;
    let levels = value(channel.context, &usage::AUTH, values)?;
    let types = values.get(1).ok_or(Status::FAILED)?;
    let mut enabled: [u8; 5] = channel.get(AUTH_TYPE_ENABLE).await.required()?.array();
    let [callback, user, operator, admin, oem] = enabled;
    out.debug(&format!(
        "{:<24}: callback=0x{callback:02x} user=0x{user:02x} operator=0x{operator:02x} admin=0x{admin:02x} oem=0x{oem:02x}",
        name(AUTH_TYPE_ENABLE)
    ));
    let mut mask = 0;
    for word in tails(types) {
        match TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
            Some((_, bit)) => mask |= bit,
            None => out.warning(&format!("Invalid authentication type: {word}")),
        }
    }
    for word in tails(levels) {
        match LEVELS.iter().position(|name| name.eq_ignore_ascii_case(word)) {
            Some(level) => enabled[level] = mask,
            None => out.warning(&format!("Invalid authentication level: {word}")),
        }
    }
    if mask == 0 {
        // Not one type was understood. Nobody has asked for a level without any.
        return Ok(());
    }
    if out.verbose() > 1 {
        out.dump("authtype data", &enabled);
    }
    channel.set(AUTH_TYPE_ENABLE, &enabled).await
}

async fn vlan(channel: Parameters<'_>, values: &[String]) -> Result<(), Status> {
    let context = channel.context;
    let [what, word, ..] = values else {
        context.out.notices(&usage::VLAN);
        return Err(Status::FAILED);
    };
    // Reference: whatever becomes of the write, the command has not failed.
    match what.as_str() {
        "help" => context.out.notices(&usage::VLAN),
        "id" if word == "off" => drop(vlan_off(channel).await),
        "id" => drop(vlan_id(channel, word).await),
        "priority" => drop(vlan_priority(channel, word).await),
        _ => {
            context.out.notices(&usage::VLAN);
            return Err(Status::FAILED);
        }
    }
    Ok(())
}

async fn vlan_off(channel: Parameters<'_>) -> Result<(), Status> {
    let out = &channel.context.out;
    out.debug("Get current VLAN ID from BMC.");
    let mut bytes = [0, 0];
    if let Answer::Value(value) = channel.get(VLAN_ID).await
        && value.0.len() > 1
    {
        bytes = [value.byte(0), value.byte(1) & 0x0f];
        match u16::from_le_bytes(bytes) {
            0 => {
                out.println(&format!("VLAN is already disabled for channel {}", channel.channel));
                return Ok(());
            }
            1..=4094 => {}
            id => {
                out.error(&format!("Retrieved VLAN ID {id} is out of range <1..4094>."));
                return Err(Status::FAILED);
            }
        }
    }
    channel.set(VLAN_ID, &bytes).await
}

async fn vlan_id(channel: Parameters<'_>, word: &str) -> Result<(), Status> {
    let out = &channel.context.out;
    let Ok(id) = number::parse_i32(word) else {
        out.error(&format!("Given VLAN ID '{word}' is invalid."));
        return Err(Status::FAILED);
    };
    let Some([low, high]) = u16::try_from(id).ok().filter(|id| (1..=4094).contains(id)).map(u16::to_le_bytes) else {
        out.notice("VLAN ID must be between 1 and 4094.");
        return Err(Status::FAILED);
    };
    channel.set(VLAN_ID, &[low, high | 0x80]).await
}

async fn vlan_priority(channel: Parameters<'_>, word: &str) -> Result<(), Status> {
    let out = &channel.context.out;
    let Ok(priority) = number::parse_i32(word) else {
        out.error(&format!("Given VLAN priority '{word}' is invalid."));
        return Err(Status::FAILED);
    };
    let Some(priority) = u8::try_from(priority).ok().filter(|priority| *priority <= 7) else {
        out.notice("VLAN priority must be between 0 and 7.");
        return Err(Status::FAILED);
    };
    channel.set(VLAN_PRIORITY, &[priority]).await
}

/// Fifteen letters as a reserved byte and a nibble each, the first suite's lowest.
fn privilege_letters(context: &Context, word: &str) -> Option<[u8; 9]> {
    let letters = bytes_of(word);
    if letters.len() != 15 {
        context.out.error(&format!("Invalid privilege specification length: {}", letters.len()));
        return None;
    }
    let mut bytes = [0; 9];
    for (suite, letter) in letters.iter().enumerate() {
        let Some((_, level)) = b"XcuoaO".iter().zip(0_u8..).find(|(known, _)| *known == letter) else {
            let letter = text(&[*letter]);
            context.out.error(&format!("Invalid privilege specification char: {letter}"));
            return None;
        };
        bytes[1 + suite / 2] |= level << (4 * (suite % 2));
    }
    Some(bytes)
}

async fn cipher_privileges(channel: Parameters<'_>, values: &[String]) -> Result<(), Status> {
    let out = &channel.context.out;
    let [word] = values else {
        out.notices(&usage::CIPHER_PRIVILEGES);
        return Err(Status::FAILED);
    };
    let bytes = if word == "help" { None } else { privilege_letters(channel.context, word) };
    let Some(bytes) = bytes else {
        // Reference: letters that cannot be read are no failure.
        out.notices(&usage::CIPHER_PRIVILEGES);
        return Ok(());
    };
    channel.set(CIPHER_SUITE_PRIVILEGES, &bytes).await
}

fn threshold(values: &[String]) -> Option<[u8; 6]> {
    let [threshold, flag, reset, lockout, ..] = values else { return None };
    let threshold = number::parse_u8(threshold).ok()?;
    let flag = number::parse_u8(flag).ok().filter(|flag| *flag <= 1)?;
    let [reset_low, reset_high] = number::parse_u16(reset).ok()?.to_le_bytes();
    let [lockout_low, lockout_high] = number::parse_u16(lockout).ok()?.to_le_bytes();
    Some([flag, threshold, reset_low, reset_high, lockout_low, lockout_high])
}

async fn bad_password(channel: Parameters<'_>, values: &[String]) -> Result<(), Status> {
    let Some(bytes) = threshold(values) else {
        channel.context.out.notices(&usage::BAD_PASSWORD);
        let asked = values.len() == 1 && values[0] == "help";
        return Err(if asked { Status::OK } else { Status::FAILED });
    };
    channel.set(BAD_PASSWORD_THRESHOLD, &bytes).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_looked_up_with_their_tails() {
        assert_eq!(tails("a,b,").collect::<Vec<_>>(), ["a,b,", "b,", ""]);
        assert_eq!(tails("").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn thresholds_have_four_numbers() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(threshold(&words("4 1 0x102 65535 more")), Some([1, 4, 2, 1, 0xff, 0xff]));
        for line in ["4 1 2", "4 2 3 4", "256 1 3 4", "4 1 65536 4", "4 1 3 x"] {
            assert_eq!(threshold(&words(line)), None, "{line}");
        }
    }
}
