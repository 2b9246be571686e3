//! A channel's configuration parameters: their names in messages, and what is said when they cannot
//! be read or written.

use crate::bmc::CallError;
use crate::bmc::lan::{LanEvent, LanWriteFault, is_unsupported};
use crate::family::{Context, Status, because};
use crate::ipmi::CompletionCode;
use crate::out::completion_text;

/// Names of the parameters that are read (table 23-4), misspellings included.
const NAMES: [(u8, &str); 25] = [
    (0, "Set in Progress"),
    (1, "Auth Type Support"),
    (2, "Auth Type Enable"),
    (3, "IP Address"),
    (4, "IP Address Source"),
    (5, "MAC Address"),
    (6, "Subnet Mask"),
    (7, "IP Header"),
    (10, "BMC ARP Control"),
    (11, "Gratituous ARP Intrvl"),
    (12, "Default Gateway IP"),
    (13, "Default Gateway MAC"),
    (14, "Backup Gateway IP"),
    (15, "Backup Gateway MAC"),
    (16, "SNMP Community String"),
    (17, "Number of Destinations"),
    (18, "Destination Type"),
    (19, "Destination Addresses"),
    (20, "802.1q VLAN ID"),
    (21, "802.1q VLAN Priority"),
    (22, "RMCP+ Cipher Suite Count"),
    (23, "RMCP+ Cipher Suites"),
    (24, "Cipher Suite Priv Max"),
    (25, "Destination Address VLAN TAGs"),
    (26, "Bad Password Threshold"),
];

/// A parameter's name.
pub fn name(parameter: u8) -> &'static str {
    NAMES.iter().find(|(known, _)| *known == parameter).map_or("", |(_, name)| name)
}

/// What the BMC says of one parameter.
pub enum Answer {
    /// Its bytes.
    Value(Parameter),
    /// It does not have the parameter.
    Unsupported,
    /// It gave no answer, or another refusal.
    Failed,
}

impl Answer {
    /// The value; a BMC that has none ends the command.
    pub fn required(self) -> Result<Parameter, Status> {
        match self {
            Answer::Value(value) => Ok(value),
            Answer::Unsupported | Answer::Failed => Err(Status::FAILED),
        }
    }
}

/// A parameter's bytes; those that did not arrive read as zero.
#[derive(Clone, Debug, Default)]
pub struct Parameter(pub Vec<u8>);

impl Parameter {
    /// One byte.
    pub fn byte(&self, index: usize) -> u8 {
        self.0.get(index).copied().unwrap_or(0)
    }

    /// `N` bytes from the front.
    pub fn array<const N: usize>(&self) -> [u8; N] {
        std::array::from_fn(|index| self.byte(index))
    }

    /// Two bytes, least significant first.
    pub fn u16(&self, index: usize) -> u16 {
        u16::from_le_bytes([self.byte(index), self.byte(index + 1)])
    }
}

/// An IPv4 address with dots.
pub fn dotted(address: [u8; 4]) -> String {
    let [a, b, c, d] = address;
    format!("{a}.{b}.{c}.{d}")
}

/// A MAC address with colons.
pub fn colons(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}

/// Why a request about a parameter failed: what follows the sentence's colon, or nothing.
pub fn why(error: &CallError) -> String {
    match error.code() {
        Some(CompletionCode(0x80)) => ": Unsupported parameter".to_owned(),
        _ => because(error),
    }
}

/// One channel's parameters.
#[derive(Clone, Copy)]
pub struct Parameters<'a> {
    /// Where they are asked for.
    pub context: &'a Context,
    /// Channel.
    pub channel: u8,
}

impl Parameters<'_> {
    fn tell(&self, event: &LanEvent<'_>) {
        let out = &self.context.out;
        let dump = |title: &str, data: &[u8]| {
            if out.verbose() > 1 {
                out.dump(title, data);
            }
        };
        match event {
            LanEvent::Unread(parameter, error) => {
                let name = name(*parameter);
                out.info(&format!("Get LAN Parameter '{name}' command failed{}", why(error)));
            }
            LanEvent::Unanswered => out.error("Set LAN Parameter failed"),
            LanEvent::Refused(code) => {
                let reason = match code.0 {
                    0x80 => "Unsupported parameter".into(),
                    0x81 => "Attempt to set 'in progress' while not in 'complete' state".into(),
                    0x82 => "Parameter is read-only".into(),
                    0x83 => "Parameter is wrote-only".into(),
                    code => completion_text(code),
                };
                out.debug(&format!("Warning: Set LAN Parameter failed: {reason}"));
            }
            LanEvent::Repeating => out.debug("Retrying..."),
            LanEvent::Verifying(data) => {
                out.debug("Waiting for Set LAN Parameter to complete...");
                dump("SET DATA", data);
            }
            LanEvent::ReadBack(data) => dump("READ DATA", data),
        }
    }

    /// Reads one parameter.
    pub async fn get(&self, parameter: u8) -> Answer {
        self.get_set(parameter, 0).await
    }

    /// Reads one set of a parameter.
    pub async fn get_set(&self, parameter: u8, set: u8) -> Answer {
        let tell = |event: LanEvent<'_>| self.tell(&event);
        match self.context.bmc.lan_parameter(self.channel, parameter, set, &tell).await {
            Ok(data) => Answer::Value(Parameter(data)),
            Err(error) if is_unsupported(&error) => Answer::Unsupported,
            Err(_) => Answer::Failed,
        }
    }

    /// Writes a parameter under the lock and waits until it reads as it was written.
    pub async fn set(&self, parameter: u8, data: &[u8]) -> Result<(), Status> {
        self.write(parameter, data, true).await
    }

    /// Writes a parameter under the lock. Reference: a refusal is nothing to speak of.
    pub async fn set_unchecked(&self, parameter: u8, data: &[u8]) -> Result<(), Status> {
        self.write(parameter, data, false).await
    }

    async fn write(&self, parameter: u8, data: &[u8], verify: bool) -> Result<(), Status> {
        let tell = |event: LanEvent<'_>| self.tell(&event);
        let out = &self.context.out;
        let fault = match self.context.bmc.set_lan_parameter(self.channel, parameter, data, verify, &tell).await {
            Ok(()) => return Ok(()),
            Err(fault) => fault,
        };
        match fault {
            LanWriteFault::Length { got, wanted } => {
                out.warning(&format!("Mismatched data lengths: {got} != {wanted}"));
            }
            LanWriteFault::Different => {
                out.warning("LAN Parameter Data does not match!  Write may have failed.");
            }
            // Reference: a refusal is not explained.
            LanWriteFault::Refused(_) | LanWriteFault::Unanswered | LanWriteFault::Unread => {}
        }
        Err(Status::FAILED)
    }
}
