//! `chassis bootparam get`: one boot option parameter, decoded (IPMI 2.0 table 28-14).

use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Fault, Status};
use crate::ipmi::Reader;
use crate::ipmi::chassis::{BootOptions, GetBootOptions};
use crate::line;
use crate::out::{Page, Report, completion_text, hex_bytes, text, time};
use serde::Serialize;
use thiserror::Error;

#[derive(Debug, Error)]
enum BootParamFault {
    #[error("Invalid parameter '{0}' given instead of bootparam.")]
    Parameter(String),
    // Reference: it names the argument it has not read yet, which is 0.
    #[error("Invalid argument '{0}' given to bootparam 0")]
    Argument(String),
    #[error("Error Getting Chassis Boot Parameter {0}")]
    NoReply(u8),
    #[error("Get Chassis Boot Parameter {0} failed: {1}")]
    Refused(u8, String),
}

impl Fault for BootParamFault {}

/// A boot option parameter as it stands.
#[derive(Serialize)]
struct BootParameter {
    version: u8,
    parameter: u8,
    locked: bool,
    data: String,
    initiator: Option<Initiator>,
    #[serde(skip)]
    bytes: Vec<u8>,
    #[serde(skip)]
    enterprise: String,
}

/// Who set the boot options (parameter 6).
#[derive(Serialize)]
struct Initiator {
    channel: u8,
    session_id: u32,
    time: Option<String>,
    #[serde(skip)]
    timestamp: String,
}

/// Flags that each make a line of their own.
fn flags(page: &mut Page, bits: u8, lines: &[(u8, &str)]) {
    for (mask, line) in lines.iter().filter(|(mask, _)| bits & mask != 0) {
        debug_assert!(mask.is_power_of_two());
        line!(page, "{line}");
    }
    if lines.iter().all(|(mask, _)| bits & mask == 0) {
        line!(page, "     No flag set");
    }
}

const CLEARING: [(u8, &str); 5] = [
    (0x10, "     - Don't clear valid bit on reset/power cycle cause by PEF"),
    (0x08, "     - Don't automatically clear boot flag valid bit on timeout"),
    (0x04, "     - Don't clear valid bit on reset/power cycle cause by watchdog"),
    (0x02, "     - Don't clear valid bit on push button reset // soft reset"),
    (0x01, "     - Don't clear valid bit on power up via power push button or wake event"),
];

const ACKNOWLEDGED: [(u8, &str); 5] = [
    (0x10, "    - OEM has handled boot info"),
    (0x08, "    - SMS has handled boot info"),
    (0x04, "    - OS // service partition has handled boot info"),
    (0x02, "    - OS Loader has handled boot info"),
    (0x01, "    - BIOS/POST has handled boot info"),
];

impl Report for BootParameter {
    fn text(&self, page: &mut Page) {
        line!(page, "Boot parameter version: {}", self.version);
        let state = if self.locked { "invalid/locked" } else { "valid/unlocked" };
        line!(page, "Boot parameter {} is {state}", self.parameter);
        line!(page, "Boot parameter data: {}", self.data);
        let byte = |index: usize| self.bytes.get(index).copied().unwrap_or(0);
        match self.parameter {
            0 => {
                let states = ["set complete", "set in progress", "commit write", "error, reserved bit"];
                line!(page, " Set In Progress : {}", states[usize::from(byte(0) & 3)]);
            }
            1 => match byte(0) {
                0 => line!(page, " Service Partition Selector : unspecified"),
                selector => line!(page, " Service Partition Selector : {selector}"),
            },
            2 => {
                line!(page, " Service Partition Scan :");
                let lines = [(0x01, "     - Request BIOS to scan"), (0x02, "     - Service Partition Discovered")];
                flags(page, byte(0), &lines);
            }
            3 => {
                line!(page, " BMC boot flag valid bit clearing :");
                flags(page, byte(0), &CLEARING);
            }
            4 => {
                line!(page, " Boot Info Acknowledge :");
                flags(page, byte(1), &ACKNOWLEDGED);
            }
            5 => {
                line!(page, " Boot Flags :");
                boot_flags(page, [byte(0), byte(1), byte(2), byte(3)]);
            }
            6 => {
                if let Some(initiator) = &self.initiator {
                    line!(page, " Boot Initiator Info :");
                    line!(page, "    Channel Number : {}", initiator.channel);
                    line!(page, "    Session Id     : {:08X}h", initiator.session_id);
                    line!(page, "    Timestamp      : {}", initiator.timestamp);
                }
            }
            7 => {
                line!(page, " Selector       : {}", byte(0));
                let block = self.bytes.get(1..).unwrap_or_default();
                // Block 0 begins with the enterprise the mailbox is meant for.
                let block = match (byte(0), block) {
                    (0, [a, b, c, rest @ ..]) => {
                        let number = u32::from_le_bytes([*a, *b, *c, 0]);
                        line!(page, " IANA PEN       : {number} [{}]", self.enterprise);
                        rest
                    }
                    (_, block) => block,
                };
                line!(page, " Block Data     : {}", hex_bytes(block));
            }
            other => line!(page, " Unsupported parameter {other}"),
        }
    }
}

fn boot_flags(page: &mut Page, [first, second, third, fourth]: [u8; 4]) {
    let mut when = |flag: bool, line: &str| {
        if flag {
            line!(page, "   - {line}");
        }
    };
    when(true, if first & 0x80 != 0 { "Boot Flag Valid" } else { "Boot Flag Invalid" });
    when(true, if first & 0x40 != 0 { "Options apply to all future boots" } else { "Options apply to only next boot" });
    when(true, if first & 0x20 != 0 { "BIOS EFI boot " } else { "BIOS PC Compatible (legacy) boot " });
    when(second & 0x80 != 0, "CMOS Clear");
    when(second & 0x40 != 0, "Lock Keyboard");
    let device = match second >> 2 & 0x0f {
        0 => "No override",
        1 => "Force PXE",
        2 => "Force Boot from default Hard-Drive",
        3 => "Force Boot from default Hard-Drive, request Safe-Mode",
        4 => "Force Boot from Diagnostic Partition",
        5 => "Force Boot from CD/DVD",
        6 => "Force Boot into BIOS Setup",
        7 => "Force Boot from remotely connected Floppy/primary removable media",
        8 => "Force Boot from remotely connected CD/DVD",
        9 => "Force Boot from primary remote media",
        11 => "Force Boot from remotely connected Hard-Drive",
        15 => "Force Boot from Floppy/primary removable media",
        _ => "Flag error",
    };
    when(true, &format!("Boot Device Selector : {device}"));
    when(second & 0x02 != 0, "Screen blank");
    when(second & 0x01 != 0, "Lock out Reset buttons");
    when(third & 0x80 != 0, "Lock out (power off/sleep request) via Power Button");
    let verbosity = match third >> 5 & 3 {
        0 => "System Default",
        1 => "Request Quiet Display",
        2 => "Request Verbose Display",
        _ => "Flag error",
    };
    when(true, &format!("BIOS verbosity : {verbosity}"));
    when(third & 0x10 != 0, "Force progress event traps");
    when(third & 0x08 != 0, "User password bypass");
    when(third & 0x04 != 0, "Lock Out Sleep Button");
    let console = match third & 3 {
        0 => "Console redirection occurs per BIOS configuration setting (default)",
        1 => "Suppress (skip) console redirection if enabled",
        2 => "Request console redirection be enabled",
        _ => "Flag error",
    };
    when(true, &format!("Console Redirection control : {console}"));
    when(fourth & 0x08 != 0, "BIOS Shared Mode Override");
    let mux = match fourth & 7 {
        0 => "BIOS uses recommended setting of the mux at the end of POST",
        1 => "Requests BIOS to force mux to BMC at conclusion of POST/start of OS boot",
        2 => "Requests BIOS to force mux to system at conclusion of POST/start of OS boot",
        _ => "Flag error",
    };
    when(true, &format!("BIOS Mux Control Override : {mux}"));
}

/// `bootparam get PARAMETER [ARGUMENT]`.
pub async fn get(context: &Context, parameter: &str, argument: Option<&str>) -> Status {
    let outcome = show(context, parameter, argument).await;
    context.conclude(outcome)
}

async fn show(context: &Context, parameter: &str, argument: Option<&str>) -> Result<Status, BootParamFault> {
    let selector = number::parse_u8(parameter).map_err(|_| BootParamFault::Parameter(parameter.to_owned()))? & 0x7f;
    let set =
        argument.map_or(Ok(0), |word| number::parse_u8(word).map_err(|_| BootParamFault::Argument(word.to_owned())))?;
    let options =
        context.bmc.call(&GetBootOptions { parameter: selector, set }).await.map_err(|error| match error {
            CallError::Refused(code) if code.0 == 0x80 => {
                BootParamFault::Refused(selector, "Unsupported parameter".to_owned())
            }
            CallError::Refused(code) => BootParamFault::Refused(selector, completion_text(code.0).into_owned()),
            _ => BootParamFault::NoReply(selector),
        })?;
    context.out.report(&report(context, options));
    Ok(Status::OK)
}

fn report(context: &Context, options: BootOptions) -> BootParameter {
    let BootOptions { version, parameter, locked, data } = options;
    let initiator = (parameter == 6).then(|| {
        let mut reader = Reader::new(&data);
        let (channel, session_id, time) = (reader.u8_or_zero() & 0x0f, reader.u32_or_zero(), reader.u32_or_zero());
        Initiator { channel, session_id, time: time::iso8601(time), timestamp: context.out.timestamp_numeric(time) }
    });
    let enterprise = match data[..] {
        [0, a, b, c, ..] if parameter == 7 => text(&context.bmc.enterprise_name(u32::from_le_bytes([a, b, c, 0]))),
        _ => String::new(),
    };
    BootParameter { version, parameter, locked, data: hex_bytes(&data), initiator, bytes: data, enterprise }
}
