//! `chassis bootparam get`: one boot option parameter, decoded (IPMI 2.0 table 28-14).

use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Fault, Status};
use crate::ipmi::chassis::{BootOptions, GetBootOptions};
use crate::ipmi::{CompletionCode, Reader};
use crate::out::{Page, Report, completion_text, hex_bytes, text, time, until_nul};
use crate::{line, put};
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
    #[error("no such block: {0:?}")]
    End(CompletionCode),
}

impl Fault for BootParamFault {}

/// The parameter that is the boot initiator mailbox.
const MAILBOX: u8 = 7;

/// A boot option parameter as it stands.
#[derive(Serialize)]
struct BootParameter {
    version: u8,
    parameter: u8,
    locked: bool,
    data: String,
    initiator: Option<Initiator>,
    mailbox: Option<MailboxBlock>,
    #[serde(skip)]
    bytes: Vec<u8>,
    #[serde(skip)]
    layout: Layout,
}

/// How a parameter is shown.
#[derive(Clone, Copy, Debug, Default)]
struct Layout {
    /// Without what all parameters have in common.
    pub bare: bool,
    /// A mailbox block is one of many.
    pub one_of_many: bool,
    /// A mailbox block holds text.
    pub text: bool,
}

/// One block of the boot initiator mailbox (parameter 7).
#[derive(Serialize)]
struct MailboxBlock {
    block: u8,
    /// Whom the mailbox is meant for; only block 0 says so.
    enterprise_number: Option<u32>,
    enterprise_name: Option<String>,
    data: String,
    text: Option<String>,
}

impl MailboxBlock {
    fn new(context: &Context, data: &[u8], layout: Layout) -> Option<Self> {
        let (block, mut rest) = data.split_first()?;
        let mut enterprise_number = None;
        if *block == 0 {
            let mut reader = Reader::new(rest);
            enterprise_number = Some(reader.u24_or_zero());
            rest = reader.rest();
        }
        Some(MailboxBlock {
            block: *block,
            enterprise_number,
            enterprise_name: enterprise_number.map(|number| text(&context.bmc.enterprise_name(number))),
            data: hex_bytes(rest),
            text: layout.text.then(|| text(until_nul(rest))),
        })
    }

    fn show(&self, page: &mut Page, layout: Layout) {
        if !layout.one_of_many {
            line!(page, " Selector       : {}", self.block);
        }
        if let (Some(number), Some(name)) = (self.enterprise_number, &self.enterprise_name) {
            line!(page, " IANA PEN       : {number} [{name}]");
        }
        if layout.one_of_many {
            put!(page, " Block {:3} Data : ", self.block);
        } else {
            put!(page, " Block Data     : ");
        }
        match &self.text {
            Some(text) => line!(page, "'{text}'"),
            None => line!(page, "{}", self.data),
        }
    }
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
        if !self.layout.bare {
            line!(page, "Boot parameter version: {}", self.version);
            let state = if self.locked { "invalid/locked" } else { "valid/unlocked" };
            line!(page, "Boot parameter {} is {state}", self.parameter);
            line!(page, "Boot parameter data: {}", self.data);
        }
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
                if let Some(block) = &self.mailbox {
                    block.show(page, self.layout);
                }
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
    let parameter = number::parse_u8(parameter).map_err(|_| BootParamFault::Parameter(parameter.to_owned()))? & 0x7f;
    let set =
        argument.map_or(Ok(0), |word| number::parse_u8(word).map_err(|_| BootParamFault::Argument(word.to_owned())))?;
    let report = read(context, GetBootOptions { parameter, set }, Layout::default()).await?;
    context.out.report(&report);
    Ok(Status::OK)
}

async fn read(context: &Context, command: GetBootOptions, layout: Layout) -> Result<BootParameter, BootParamFault> {
    let parameter = command.parameter;
    let options = context.bmc.call(&command).await.map_err(|error| match error {
        CallError::Refused(code @ CompletionCode::OUT_OF_RANGE) if layout.bare => BootParamFault::End(code),
        CallError::Refused(CompletionCode(0x80)) => {
            BootParamFault::Refused(parameter, "Unsupported parameter".to_owned())
        }
        CallError::Refused(code) => BootParamFault::Refused(parameter, completion_text(code.0).into_owned()),
        _ => BootParamFault::NoReply(parameter),
    })?;
    let BootOptions { version, parameter, locked, data } = options;
    let initiator = (parameter == 6).then(|| {
        let mut reader = Reader::new(&data);
        let (channel, session_id, time) = (reader.u8_or_zero() & 0x0f, reader.u32_or_zero(), reader.u32_or_zero());
        Initiator { channel, session_id, time: time::iso8601(time), timestamp: context.out.timestamp_numeric(time) }
    });
    let mailbox = if parameter == MAILBOX { MailboxBlock::new(context, &data, layout) } else { None };
    Ok(BootParameter { version, parameter, locked, data: hex_bytes(&data), initiator, mailbox, bytes: data, layout })
}

/// Shows one block of the mailbox.
pub async fn get_block(context: &Context, block: u8, text: bool) -> Status {
    let layout = Layout { text, ..Layout::default() };
    let outcome = read(context, GetBootOptions { parameter: MAILBOX, set: block }, layout).await;
    context.conclude(outcome.map(|report| {
        context.out.report(&report);
        Status::OK
    }))
}

/// Shows the blocks of the mailbox from the first to the last. Reference: once the first is there, no failure
/// counts, and the end of the mailbox is not even mentioned.
pub async fn get_blocks(context: &Context, text: bool) -> Status {
    let rows = context.out.list();
    for block in 0..=u8::MAX {
        let layout = Layout { bare: block != 0, one_of_many: true, text };
        match read(context, GetBootOptions { parameter: MAILBOX, set: block }, layout).await {
            Ok(report) => rows.push(&report),
            Err(BootParamFault::End(_)) => break,
            Err(fault) => {
                context.out.error(&fault.to_string());
                return if block == 0 { Status::FAILED } else { Status::OK };
            }
        }
    }
    Status::OK
}
