//! `lan`: the configuration and counters of LAN channels.

use super::tree::{self, Choice, Rest};
use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Family, Running, Status, eval_failure};
use crate::ipmi::CompletionCode;
use crate::ipmi::lan::{GetLanConfig, GetLanStatistics};
use crate::ipmi::user::GetChannelInfo;
use crate::line;
use crate::out::{Page, Report, completion_text, text, until_nul};
use clap::Subcommand;
use serde::Serialize;

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

const USAGE: [&str; 7] = [
    "LAN Commands:",
    "\t\t   print [<channel number>]",
    "\t\t   set <channel number> <command> <parameter>",
    "\t\t   alert print <channel number> <alert destination>",
    "\t\t   alert set <channel number> <alert destination> <command> <parameter>",
    "\t\t   stats get [<channel number>]",
    "\t\t   stats clear [<channel number>]",
];

fn usage(context: &Context) -> Status {
    context.out.notices(&USAGE);
    Status::FAILED
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let outcome = match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Print(rest)) => print(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Stats(rest)) => stats(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Set(_) | Leaf::Alert(_)) => {
                context.out.error("This command is not implemented yet.");
                Err(Status::FAILED)
            }
            Choice::Chosen(Leaf::Help(_)) => {
                usage(context);
                Ok(())
            }
            Choice::Missing => Err(usage(context)),
            Choice::Unknown(word) => {
                context.out.notice(&format!("Invalid LAN command: {word}"));
                Err(Status::FAILED)
            }
        };
        outcome.map_or_else(|status| status, |()| Status::OK)
    })
}

/// Whether a channel is a LAN. What is wrong with the answer is said, unless there is no such channel.
async fn is_lan(context: &Context, channel: u8) -> bool {
    if !(1..=14).contains(&channel) {
        return false;
    }
    match context.bmc.call(&GetChannelInfo { channel }).await {
        Ok(info) => info.is_lan(),
        Err(CallError::Refused(CompletionCode(0xcc))) => false,
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

/// The LAN channel the word names, or the first there is.
async fn channel(context: &Context, word: Option<&String>) -> Result<u8, Status> {
    let fail = |what: &str| {
        context.out.error(&format!("Invalid channel: {what}"));
        Status::FAILED
    };
    let mut channel = 0;
    if let Some(word) = word {
        channel = number::parse_u8(word).map_err(|_| fail(word))?;
    } else {
        for candidate in 1..14 {
            if is_lan(context, candidate).await {
                channel = candidate;
                break;
            }
        }
    }
    // Reference: a channel that was found is asked again.
    if is_lan(context, channel).await { Ok(channel) } else { Err(fail(&channel.to_string())) }
}

/// Reference: each leaf asks the channel once more.
async fn still_lan(context: &Context, channel: u8) -> Result<(), Status> {
    if is_lan(context, channel).await {
        return Ok(());
    }
    context.out.error(&format!("Channel {channel} is not a LAN channel"));
    Err(Status::FAILED)
}

/// What the BMC says of one parameter.
enum Answer {
    Value(Value),
    /// It does not have the parameter.
    Unsupported,
    Failed,
}

/// A parameter's bytes; those that did not arrive read as zero.
struct Value(Vec<u8>);

impl Value {
    fn byte(&self, index: usize) -> u8 {
        self.0.get(index).copied().unwrap_or(0)
    }

    fn ip(&self) -> String {
        let [a, b, c, d] = std::array::from_fn(|index| self.byte(index));
        format!("{a}.{b}.{c}.{d}")
    }

    fn mac(&self) -> String {
        let bytes: Vec<String> = (0..6).map(|index| format!("{:02x}", self.byte(index))).collect();
        bytes.join(":")
    }

    fn u16(&self, index: usize) -> u32 {
        u32::from(u16::from_le_bytes([self.byte(index), self.byte(index + 1)]))
    }
}

/// One line of the configuration, as its label and its text; further lines have an empty label.
#[derive(Serialize)]
struct Setting {
    parameter: u8,
    name: &'static str,
    value: String,
}

impl Report for Setting {
    fn text(&self, page: &mut Page) {
        line!(page, "{:<24}: {}", self.name, self.value);
    }
}

fn auth_types(mask: u8) -> String {
    let names = [(0x01, "NONE "), (0x02, "MD2 "), (0x04, "MD5 "), (0x10, "PASSWORD "), (0x20, "OEM ")];
    names.iter().filter(|(bit, _)| mask & bit != 0).map(|(_, name)| *name).collect()
}

fn able(flag: bool) -> &'static str {
    if flag { "Enabled" } else { "Disabled" }
}

fn set_in_progress(value: &Value) -> String {
    ["Set Complete", "Set In Progress", "Commit Write", "Reserved"][usize::from(value.byte(0) & 3)].to_owned()
}

fn ip_source(value: &Value) -> String {
    let names = ["Unspecified", "Static Address", "DHCP Address", "BIOS Assigned Address"];
    (*names.get(usize::from(value.byte(0) & 0x0f)).unwrap_or(&"Other")).to_owned()
}

fn ip_header(value: &Value) -> String {
    let [ttl, flags, service] = std::array::from_fn(|index| value.byte(index));
    format!(
        "TTL=0x{ttl:02x} Flags=0x{:02x} Precedence=0x{:02x} TOS=0x{:02x}",
        flags & 0xe0,
        service & 0xe0,
        service & 0x1e
    )
}

fn arp_control(value: &Value) -> String {
    let flags = value.byte(0);
    format!("ARP Responses {}, Gratuitous ARP {}", able(flags & 2 != 0), able(flags & 1 != 0))
}

/// Reference: half seconds are cut off before they are shown with a decimal.
fn arp_interval(value: &Value) -> String {
    format!("{}.0 seconds", u16::from(value.byte(0)).div_ceil(2))
}

fn vlan_id(value: &Value) -> String {
    let (low, high) = (value.byte(0), value.byte(1));
    if high & 0x80 == 0 { "Disabled".to_owned() } else { u16::from_le_bytes([low, high & 0x0f]).to_string() }
}

/// How a parameter's bytes become the text of its line.
type Show = fn(&Value) -> String;

/// The parameters of one line each that come first, in the order in which they are shown.
const FIRST: [(u8, &str, Show); 12] = [
    (4, "IP Address Source", ip_source),
    (3, "IP Address", Value::ip),
    (6, "Subnet Mask", Value::ip),
    (5, "MAC Address", Value::mac),
    (16, "SNMP Community String", |value| text(until_nul(&value.0))),
    (7, "IP Header", ip_header),
    (10, "BMC ARP Control", arp_control),
    (11, "Gratituous ARP Intrvl", arp_interval),
    (12, "Default Gateway IP", Value::ip),
    (13, "Default Gateway MAC", Value::mac),
    (14, "Backup Gateway IP", Value::ip),
    (15, "Backup Gateway MAC", Value::mac),
];

/// Reads the parameters of a channel one after the other, and shows each as it arrives.
struct Listing<'a> {
    context: &'a Context,
    channel: u8,
    rows: crate::out::List<'a>,
}

impl Listing<'_> {
    async fn get(&self, parameter: u8, name: &str) -> Answer {
        let error = match self.context.bmc.call(&GetLanConfig { channel: self.channel, parameter }).await {
            Ok(data) => return Answer::Value(Value(data)),
            Err(error) => error,
        };
        let why = match error.code() {
            Some(CompletionCode(0x80)) => ": Unsupported parameter".to_owned(),
            _ => crate::family::because(&error),
        };
        self.context.out.info(&format!("Get LAN Parameter '{name}' command failed{why}"));
        match error.code() {
            Some(CompletionCode(0x80 | 0xc9 | 0xcc)) => Answer::Unsupported,
            _ => Answer::Failed,
        }
    }

    /// A parameter without which there is no going on; none where the BMC does not have it.
    async fn need(&self, parameter: u8, name: &str) -> Result<Option<Value>, Status> {
        match self.get(parameter, name).await {
            Answer::Value(value) => Ok(Some(value)),
            Answer::Unsupported => Ok(None),
            Answer::Failed => Err(Status::FAILED),
        }
    }

    fn show(&self, parameter: u8, name: &'static str, value: String) {
        self.rows.push(&Setting { parameter, name, value });
    }

    async fn line(&self, parameter: u8, name: &'static str, show: Show) -> Result<(), Status> {
        if let Some(value) = self.need(parameter, name).await? {
            self.show(parameter, name, show(&value));
        }
        Ok(())
    }

    async fn auth_type_enable(&self) -> Result<(), Status> {
        let Some(value) = self.need(2, "Auth Type Enable").await? else { return Ok(()) };
        let levels = ["Callback", "User", "Operator", "Admin", "OEM"];
        for (index, level) in levels.iter().enumerate() {
            let name = if index == 0 { "Auth Type Enable" } else { "" };
            self.show(2, name, format!("{level:<9}: {}", auth_types(value.byte(index))));
        }
        Ok(())
    }

    async fn cipher_suites(&self) -> Result<(), Status> {
        let Some(count) = self.need(22, "RMCP+ Cipher Suite Count").await? else { return Ok(()) };
        let suites = match self.need(23, "RMCP+ Cipher Suites").await? {
            Some(value) if value.0.len() <= 17 => {
                let ids = (0..usize::from(count.byte(0)).min(16)).map(|index| value.byte(index + 1).to_string());
                ids.collect::<Vec<_>>().join(",")
            }
            _ => "None".to_owned(),
        };
        self.show(23, "RMCP+ Cipher Suites", suites);
        Ok(())
    }

    async fn cipher_privileges(&self) -> Result<(), Status> {
        let name = "Cipher Suite Priv Max";
        let Some(value) = self.need(24, name).await?.filter(|value| value.0.len() == 9) else {
            self.show(24, name, "Not Available".to_owned());
            return Ok(());
        };
        let level = |suite: usize| {
            let pair = value.byte(1 + suite / 2);
            let nibble = if suite.is_multiple_of(2) { pair & 0x0f } else { pair >> 4 };
            *['X', 'c', 'u', 'o', 'a', 'O'].get(usize::from(nibble)).unwrap_or(&'X')
        };
        self.show(24, name, (0..15).map(level).collect());
        for legend in ["X=Cipher Suite Unused", "c=CALLBACK", "u=USER", "o=OPERATOR", "a=ADMIN", "O=OEM"] {
            self.show(24, "", format!("    {legend}"));
        }
        Ok(())
    }

    async fn bad_password(&self) -> Result<(), Status> {
        let name = "Bad Password Threshold";
        let Some(value) = self.need(26, name).await?.filter(|value| value.0.len() == 6) else {
            self.show(26, name, "Not Available".to_owned());
            return Ok(());
        };
        let disable = if value.byte(0) & 1 == 0 { "no" } else { "yes" };
        self.show(26, name, value.byte(1).to_string());
        self.show(26, "Invalid password disable", disable.to_owned());
        self.show(26, "Attempt Count Reset Int.", (value.u16(2) * 10).to_string());
        self.show(26, "User Lockout Interval", (value.u16(4) * 10).to_string());
        Ok(())
    }

    async fn all(&self) -> Result<(), Status> {
        self.line(0, "Set in Progress", set_in_progress).await?;
        self.line(1, "Auth Type Support", |value| auth_types(value.byte(0))).await?;
        self.auth_type_enable().await?;
        for (parameter, name, show) in FIRST {
            self.line(parameter, name, show).await?;
        }
        // Reference: these two are passed over whatever the BMC answers.
        let vlan: [(u8, &'static str, Show); 2] =
            [(20, "802.1q VLAN ID", vlan_id), (21, "802.1q VLAN Priority", |value| (value.byte(0) & 7).to_string())];
        for (parameter, name, show) in vlan {
            self.line(parameter, name, show).await.ok();
        }
        self.cipher_suites().await?;
        self.cipher_privileges().await?;
        self.bad_password().await
    }
}

async fn print(context: &Context, words: &[String]) -> Result<(), Status> {
    if words.len() > 1 {
        return Err(usage(context));
    }
    let channel = channel(context, words.first()).await?;
    still_lan(context, channel).await?;
    Listing { context, channel, rows: context.out.list() }.all().await
}

/// The counters of a channel.
#[derive(Serialize)]
struct Statistics {
    ip_rx_packet: u16,
    ip_rx_header_errors: u16,
    ip_rx_address_errors: u16,
    ip_rx_fragmented: u16,
    ip_tx_packet: u16,
    udp_rx_packet: u16,
    rmcp_rx_valid: u16,
    udp_proxy_packet_received: u16,
    udp_proxy_packet_dropped: u16,
}

impl Report for Statistics {
    fn text(&self, page: &mut Page) {
        line!(page, "IP Rx Packet              : {}", self.ip_rx_packet);
        line!(page, "IP Rx Header Errors       : {}", self.ip_rx_header_errors);
        line!(page, "IP Rx Address Errors      : {}", self.ip_rx_address_errors);
        line!(page, "IP Rx Fragmented          : {}", self.ip_rx_fragmented);
        line!(page, "IP Tx Packet              : {}", self.ip_tx_packet);
        line!(page, "UDP Rx Packet             : {}", self.udp_rx_packet);
        line!(page, "RMCP Rx Valid             : {}", self.rmcp_rx_valid);
        line!(page, "UDP Proxy Packet Received : {}", self.udp_proxy_packet_received);
        line!(page, "UDP Proxy Packet Dropped  : {}", self.udp_proxy_packet_dropped);
    }
}

async fn stats(context: &Context, words: &[String]) -> Result<(), Status> {
    let Some(verb) = words.first() else { return Err(usage(context)) };
    // Reference: with further words the channel is not read.
    let word = words.get(1).filter(|_| words.len() == 2);
    let clear = match verb.as_str() {
        "get" => Some(false),
        "clear" => Some(true),
        _ => None,
    };
    let channel = channel(context, word).await?;
    let Some(clear) = clear else { return Err(usage(context)) };
    still_lan(context, channel).await?;
    match context.bmc.call(&GetLanStatistics { channel, clear }).await {
        Ok(_) if clear => Ok(()),
        Ok(counters) => {
            // Reference: reads the counters high byte first, against the specification.
            let [a, b, c, d, e, f, g, h, i] = counters.map(u16::from_be_bytes);
            context.out.report(&Statistics {
                ip_rx_packet: a,
                ip_rx_header_errors: b,
                ip_rx_address_errors: c,
                ip_rx_fragmented: d,
                ip_tx_packet: e,
                udp_rx_packet: f,
                rmcp_rx_valid: g,
                udp_proxy_packet_received: h,
                udp_proxy_packet_dropped: i,
            });
            Ok(())
        }
        Err(error) => {
            let why = match error.code() {
                Some(CompletionCode(0x80)) => ": Unsupported parameter".to_owned(),
                _ => crate::family::because(&error),
            };
            let message = format!("Get LAN Stats command failed{why}");
            if clear {
                context.out.info(&message)
            } else {
                context.out.error(&message)
            }
            Err(Status::FAILED)
        }
    }
}
