//! `isol activate`: a console in an IPMI 1.5 session, as Intel's controllers have it.

use super::activate::operational;
use super::escape::Escapes;
use super::talk::{self, Ended, Keepalive, Terminal, Transcript};
use crate::bmc::{CallError, ConsoleConfig};
use crate::family::{Context, Status, because};
use crate::ipmi::CompletionCode;
use crate::ipmi::isol::SwitchIsol;
use crate::out::completion_text;

/// Largest payload: 250 characters and the header of four bytes.
const INBOUND: u16 = 254;

/// What introduces an escape. Reference: `-e` is for `sol` alone.
const ESCAPE: u8 = b'~';

/// Opens the console of a controller whose serial over LAN is enabled.
///
/// # Errors
/// The status of a console that could not be opened.
pub async fn activate(context: &Context) -> Result<(), Status> {
    if context.bmc.interface() != "lan" {
        context.out.error("Error: ISOL is only available over lan interface");
        return Err(Status::FAILED);
    }
    open(context).await
}

async fn open(context: &Context) -> Result<(), Status> {
    let mut transcript = Transcript::open(context)?;
    let refusal = match context.bmc.call(&SwitchIsol { active: true }).await {
        Ok(4) => None,
        Ok(length) => Some(format!("Error: Unexpected data length ({length}) received in ISOL activation response")),
        Err(CallError::Refused(CompletionCode(0x80))) => Some("Info: ISOL already active on another session".into()),
        Err(CallError::Refused(CompletionCode(0x81))) => Some("Info: ISOL disabled".into()),
        Err(CallError::Refused(CompletionCode(0x82))) => Some("Info: ISOL activation limit reached".into()),
        Err(CallError::Refused(code)) => Some(format!("Error activating ISOL: {}", completion_text(code.0))),
        Err(_) => Some("Error: No response activating ISOL".to_owned()),
    };
    if let Some(refusal) = refusal {
        context.out.error(&refusal);
        return Err(Status::FAILED);
    }
    operational(context, ESCAPE);
    let mut terminal = Terminal::open(context)?.speaking_fifteen();
    let mut escapes = Escapes::new(ESCAPE);
    let config = ConsoleConfig { inbound: INBOUND, none_is_all: true, last_seq: 0 };
    let Some(mut console) = context.bmc.transport().console(config).await else { return Err(Status::FAILED) };
    let idle = Keepalive::Idle;
    let ended = talk::talk(context, &mut *console, &mut terminal, &mut escapes, &mut transcript, idle).await;
    drop(console);
    terminal.close().await;
    // Reference: whatever ends the console, the status is success.
    if ended == Ended::Lost {
        context.out.error("Error sending SOL data");
    }
    if matches!(ended, Ended::Lost | Ended::Closed) {
        context.out.error("SOL session closed by BMC");
        if ended == Ended::Lost {
            context.bmc.transport().abandon();
        }
    } else if let Err(error) = context.bmc.call(&SwitchIsol { active: false }).await {
        context.out.error(&format!("Error deactivating ISOL{}", because(&error)));
    }
    Ok(())
}
