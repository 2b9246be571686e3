//! `mc getenables` and `mc setenables`: the BMC global enables (IPMI 2.0 section 22.1).

use crate::bmc::CallError;
use crate::family::{Context, Fault, Status, because};
use crate::ipmi::app::{GetGlobalEnables, SetGlobalEnables};
use crate::line;
use crate::out::{Page, Report};
use serde::Serialize;
use thiserror::Error;

/// One enable: its word, what it is, its bit.
struct Enable {
    name: &'static str,
    description: &'static str,
    mask: u8,
}

const ENABLES: [Enable; 7] = [
    Enable { name: "recv_msg_intr", description: "Receive Message Queue Interrupt", mask: 0x01 },
    Enable { name: "event_msg_intr", description: "Event Message Buffer Full Interrupt", mask: 0x02 },
    Enable { name: "event_msg", description: "Event Message Buffer", mask: 0x04 },
    Enable { name: "system_event_log", description: "System Event Logging", mask: 0x08 },
    Enable { name: "oem0", description: "OEM 0", mask: 0x20 },
    Enable { name: "oem1", description: "OEM 1", mask: 0x40 },
    Enable { name: "oem2", description: "OEM 2", mask: 0x80 },
];

#[derive(Debug, Error)]
enum EnablesFault {
    #[error("Get Global Enables command failed{}", because(.0))]
    Get(CallError),
    #[error("Set Global Enables command failed{}", because(.0))]
    Set(CallError),
}

impl Fault for EnablesFault {}

/// The enables by name.
#[derive(Serialize)]
struct GlobalEnables {
    recv_msg_intr: bool,
    event_msg_intr: bool,
    event_msg: bool,
    system_event_log: bool,
    oem0: bool,
    oem1: bool,
    oem2: bool,
    #[serde(skip)]
    bits: u8,
}

impl GlobalEnables {
    fn new(bits: u8) -> Self {
        let on = |index: usize| bits & ENABLES[index].mask != 0;
        GlobalEnables {
            recv_msg_intr: on(0),
            event_msg_intr: on(1),
            event_msg: on(2),
            system_event_log: on(3),
            oem0: on(4),
            oem1: on(5),
            oem2: on(6),
            bits,
        }
    }
}

impl Report for GlobalEnables {
    fn text(&self, page: &mut Page) {
        for enable in &ENABLES {
            let state = if self.bits & enable.mask != 0 { "enabled" } else { "disabled" };
            line!(page, "{:<40} : {state}", enable.description);
        }
    }
}

/// Lists the enables for the usage text.
pub fn list(context: &Context) {
    for enable in &ENABLES {
        context.out.notice(&format!("    {:<20}  {}", enable.name, enable.description));
    }
}

/// `getenables`.
pub async fn get(context: &Context) -> Status {
    let outcome = show(context).await;
    context.conclude(outcome)
}

async fn show(context: &Context) -> Result<Status, EnablesFault> {
    let bits = context.bmc.call(&GetGlobalEnables).await.map_err(EnablesFault::Get)?;
    context.out.report(&GlobalEnables::new(bits));
    Ok(Status::OK)
}

/// `setenables`.
///
/// Reference: it compares the whole word `name=on` with the name, so that only the two words `name on`
/// do anything, by reading on past the name's end into the next word, where that stands right behind it.
pub async fn set(context: &Context, words: &[String]) -> Status {
    match words.first().map(String::as_str) {
        None => {
            super::usage(context);
            Status::FAILED
        }
        Some("help") => {
            super::usage(context);
            Status::OK
        }
        Some(_) => {
            let outcome = change(context, words).await;
            context.conclude(outcome)
        }
    }
}

async fn change(context: &Context, words: &[String]) -> Result<Status, EnablesFault> {
    let out = &context.out;
    let before = context.bmc.call(&GetGlobalEnables).await.map_err(EnablesFault::Get)?;
    let mut bits = before;
    for (index, word) in words.iter().enumerate() {
        let Some(enable) = ENABLES.iter().find(|enable| enable.name == word) else { continue };
        let rest = &words[index + 1..];
        match rest.first().filter(|_| !context.memory.is_parted(rest.len())).map(String::as_str) {
            Some("on") => {
                out.println(&format!("Enabling {}", enable.description));
                bits |= enable.mask;
            }
            Some("off") => {
                out.println(&format!("Disabling {}", enable.description));
                bits &= !enable.mask;
            }
            _ => out.error(&format!("Unrecognized option: {word}")),
        }
    }
    if bits == before {
        out.println("\nNothing to change...");
        get(context).await;
        return Ok(Status::OK);
    }
    context.bmc.call(&SetGlobalEnables(bits)).await.map_err(EnablesFault::Set)?;
    out.println("\nVerifying...");
    get(context).await;
    Ok(Status::OK)
}
