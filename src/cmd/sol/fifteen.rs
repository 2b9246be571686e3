//! `isol activate`: a console in an IPMI 1.5 session, as Intel's controllers have it.

use super::escape::Escapes;
use super::pulse::Keepalive;
use super::reconnect::{self, Attempt, Ended, Kind, NO_KEEPALIVE, operational};
use super::talk;
use super::terminal::{Terminal, Transcript};
use crate::bmc::{CallError, ConsoleConfig};
use crate::family::{Context, Status, because};
use crate::ipmi::CompletionCode;
use crate::ipmi::isol::SwitchIsol;
use crate::out::completion_text;
use std::time::Duration;

/// Largest payload: 250 characters and the header of four bytes.
const INBOUND: u16 = 254;

/// What introduces an escape. Reference: `-e` is for `sol` alone.
const ESCAPE: u8 = b'~';

/// Idle time after which the session is kept alive.
const IDLE: Duration = Duration::from_secs(10);

/// The length of the reply to an activation.
const ACTIVATED: usize = 4;

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
    let transcript = Transcript::open(context)?;
    let refusal = match context.bmc.call(&SwitchIsol { active: true }).await {
        Ok(ACTIVATED) => None,
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
    let mut terminal = Terminal::open(context, Escapes::new(ESCAPE), transcript)?.speaking_fifteen();
    let mut isol = Isol(ConsoleConfig { inbound: INBOUND, none_is_all: true, last_seq: 0 });
    let ended = reconnect::run(context, &mut isol, &mut terminal).await;
    terminal.close().await;
    conclude(context, ended).await
}

/// Serial over LAN as packets beside those of an IPMI 1.5 session.
struct Isol(ConsoleConfig);

impl Kind for Isol {
    async fn serve(&mut self, context: &Context, terminal: &mut Terminal) -> Ended {
        talk::talk(context, &mut self.0, terminal, Keepalive::idle(context, IDLE)).await
    }

    /// What the session that was lost still holds, the BMC frees in time; nobody can tell whose it is.
    async fn activate_again(&mut self, context: &Context) -> Attempt {
        match context.bmc.call(&SwitchIsol { active: true }).await {
            Ok(ACTIVATED) => Attempt::Active,
            Err(CallError::Transport(_)) => Attempt::Silent,
            Ok(_) | Err(_) => Attempt::Refused,
        }
    }
}

/// What the end of the console leaves to be said and done. Reference: the status is success.
async fn conclude(context: &Context, ended: Ended) -> Result<(), Status> {
    match ended {
        Ended::Wanted | Ended::Unread => {
            if let Err(error) = context.bmc.call(&SwitchIsol { active: false }).await {
                context.out.error(&format!("Error deactivating ISOL{}", because(&error)));
            }
        }
        Ended::GivenUp => context.bmc.transport().abandon(),
        Ended::NoKeepalive => {
            context.out.error(NO_KEEPALIVE);
            // In case the BMC still hears what it does not answer; the session is given up with it.
            let _ = context.bmc.post(&SwitchIsol { active: false }).await;
            return Err(Status::FAILED);
        }
        Ended::Lost => {
            context.out.error("Error sending SOL data");
            context.out.error("SOL session closed by BMC");
            context.bmc.transport().abandon();
        }
        Ended::Closed => context.out.error("SOL session closed by BMC"),
    }
    Ok(())
}
