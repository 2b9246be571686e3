//! `sol activate`: opens a console (IPMI 2.0 section 24.1).

use super::deactivate;
use super::escape::Escapes;
use super::pulse::Keepalive;
use super::reconnect::{self, Attempt, Ended, Kind, NO_KEEPALIVE, operational};
use super::talk;
use super::terminal::{Terminal, Transcript};
use crate::bmc::{CallError, ConsoleConfig};
use crate::family::{Context, Status};
use crate::ipmi::CompletionCode;
use crate::ipmi::lan::DeactivateSol;
use crate::ipmi::sol::{ActivateSol, GetSolOwner, SolActivation};
use crate::out::completion_text;

/// `sol activate`.
pub async fn run(context: &mut Context, words: &[String]) -> Result<(), Status> {
    let (mut instance, mut keepalive) = (1, Keepalive::DeviceId);
    for word in words {
        match word.as_str() {
            // Reference: without any wins, wherever it stands.
            "nokeepalive" => keepalive = Keepalive::Off,
            "usesolkeepalive" if keepalive != Keepalive::Off => keepalive = Keepalive::Payload,
            "usesolkeepalive" => {}
            word => {
                let Some(value) = word.strip_prefix("instance=") else { return Err(context.misused(&super::USAGE)) };
                instance = deactivate::instance(context, value)?;
            }
        }
    }
    if !context.settings.console.keepalive {
        keepalive = Keepalive::Off;
    }
    check(context, instance)?;
    let transcript = Transcript::open(context)?;
    let activation = activate(context, instance).await?;
    let escape = context.settings.sol_escape;
    operational(context, escape);
    let mut terminal = Terminal::open(context, Escapes::new(escape), transcript)?;
    let none_is_all = context.settings.console.none_is_all;
    let config = ConsoleConfig { inbound: activation.inbound, none_is_all, last_seq: 0 };
    let mut sol = Sol { instance, keepalive, config, former: None };
    let ended = reconnect::run(context, &mut sol, &mut terminal).await;
    terminal.close().await;
    conclude(context, instance, ended).await
}

/// Serial over LAN as a payload of RMCP+.
struct Sol {
    instance: u8,
    keepalive: Keepalive,
    config: ConsoleConfig,
    /// The session the console was lost with, until it has been dealt with.
    former: Option<u32>,
}

impl Kind for Sol {
    async fn serve(&mut self, context: &Context, terminal: &mut Terminal) -> Ended {
        let ended = talk::talk(context, &mut self.config, terminal, self.keepalive).await;
        self.former = context.bmc.transport().session().map(|session| session.id);
        ended
    }

    async fn activate_again(&mut self, context: &Context) -> Attempt {
        let instance = self.instance;
        match context.bmc.call(&request(context, instance)).await {
            Ok(activation) if is_here(context, &activation) => {
                self.config.inbound = activation.inbound;
                Attempt::Active
            }
            Err(CallError::Refused(CompletionCode(0x80))) => {
                // The console may still belong to the session that was lost, and to nobody else.
                let owner = context.bmc.call(&GetSolOwner { instance }).await.ok().filter(|owner| *owner != 0);
                if owner.is_none() || owner != self.former.take() {
                    return Attempt::Refused;
                }
                let _ = context.bmc.call(&DeactivateSol { instance }).await;
                Attempt::Cleared
            }
            Err(CallError::Transport(_)) => Attempt::Silent,
            Ok(_) | Err(_) => Attempt::Refused,
        }
    }
}

/// What the end of the console leaves to be said and done.
async fn conclude(context: &Context, instance: u8, ended: Ended) -> Result<(), Status> {
    match ended {
        Ended::Wanted => {
            // Reference: what comes of it does not matter to the exit status.
            let _ = deactivate::deactivate(context, instance).await;
            return Ok(());
        }
        Ended::GivenUp => {
            context.bmc.transport().abandon();
            return Ok(());
        }
        Ended::Unread => {
            let _ = deactivate::deactivate(context, instance).await;
        }
        Ended::NoKeepalive => {
            context.out.error(NO_KEEPALIVE);
            let _ = deactivate::deactivate(context, instance).await;
            context.bmc.transport().abandon();
        }
        Ended::Lost => {
            context.out.error("Error sending SOL data: FAIL");
            context.out.error("SOL session closed by BMC");
            context.bmc.transport().abandon();
        }
        Ended::Closed => context.out.error("SOL session closed by BMC"),
    }
    Err(Status::FAILED)
}

/// What the reference looks at before it asks the BMC.
pub fn check(context: &Context, instance: u8) -> Result<(), Status> {
    let complaint = if context.bmc.interface() != "lanplus" {
        "Error: This command is only available over the lanplus interface"
    } else if !(1..=15).contains(&instance) {
        "Error: Instance must range from 1 to 15"
    } else {
        return Ok(());
    };
    context.out.error(complaint);
    Err(Status::FAILED)
}

fn request(context: &Context, instance: u8) -> ActivateSol {
    ActivateSol { instance, options: context.settings.console.options }
}

/// Activates the payload, or says why not.
pub async fn activate(context: &Context, instance: u8) -> Result<SolActivation, Status> {
    let mut outcome = context.bmc.call(&request(context, instance)).await;
    if matches!(outcome, Err(CallError::Transport(_))) && is_ours(context, instance).await {
        // Only the answer was lost, and what it said is needed: once more from the beginning.
        let _ = context.bmc.call(&DeactivateSol { instance }).await;
        outcome = context.bmc.call(&request(context, instance)).await;
    }
    let complaint = match outcome {
        Ok(activation) if is_here(context, &activation) => return Ok(activation),
        Ok(_) => "Error: BMC requests SOL session on different port".to_owned(),
        Err(CallError::Refused(CompletionCode(0x80))) => {
            "Info: SOL payload already active on another session".to_owned()
        }
        Err(CallError::Refused(CompletionCode(0x81))) => "Info: SOL payload disabled".to_owned(),
        Err(CallError::Refused(CompletionCode(0x82))) => "Info: SOL payload activation limit reached".to_owned(),
        Err(CallError::Refused(CompletionCode(0x83))) => "Info: cannot activate SOL payload with encryption".to_owned(),
        Err(CallError::Refused(CompletionCode(0x84))) => {
            "Info: cannot activate SOL payload without encryption".to_owned()
        }
        Err(CallError::Refused(code)) => format!("Error activating SOL payload: {}", completion_text(code.0)),
        Err(CallError::Decode(error)) => {
            format!("Error: Unexpected data length ({}) received in payload activation response", error.length)
        }
        Err(CallError::Transport(_)) => "Error: No response activating SOL payload".to_owned(),
    };
    context.out.error(&complaint);
    Err(Status::FAILED)
}

/// Whether the payload belongs to this session.
async fn is_ours(context: &Context, instance: u8) -> bool {
    let session = context.bmc.transport().session().map(|session| session.id);
    let owner = context.bmc.call(&GetSolOwner { instance }).await.ok();
    owner.is_some_and(|owner| owner != 0 && Some(owner) == session)
}

/// Whether the payload is on the session's own port; some BMCs swap the number's bytes.
fn is_here(context: &Context, activation: &SolActivation) -> bool {
    context
        .bmc
        .transport()
        .session()
        .is_some_and(|session| activation.port == session.port || activation.port.swap_bytes() == session.port)
}
