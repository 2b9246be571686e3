//! An open console: what is typed goes to the BMC, what the BMC sends goes to the terminal, and the
//! session is kept alive meanwhile.

use super::escape::{self, Key};
use super::pulse::{Keepalive, Pulse, Reply};
use super::reconnect::Ended;
use super::terminal::Terminal;
use crate::bmc::{Console, ConsoleConfig, ConsoleEvent, ConsoleNotice};
use crate::family::Context;
use crate::ipmi::Command;
use crate::ipmi::app::GetDeviceId;
use std::time::Duration;

/// Characters that may wait for the BMC before nothing more is read, and for the terminal before nothing
/// more is taken from the BMC. Far more than a paste, so that an escape is seen in time.
const BACKLOG: usize = 8 << 20;
/// Once the console is to end, how long nothing may come forward: when the input is at its end, and when
/// the user has asked for the end.
const LAST_INPUT: Duration = Duration::from_secs(20);
const LAST_WORD: Duration = Duration::from_secs(1);
/// How often that is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// Serves a console until it is over. The number of its last packet is left in its configuration, for the
/// next one.
pub async fn talk(
    context: &Context,
    config: &mut ConsoleConfig,
    terminal: &mut Terminal,
    keepalive: Keepalive,
) -> Ended {
    let Some(mut console) = context.bmc.transport().console(*config).await else { return Ended::Closed };
    let ended = serve(context, &mut *console, terminal, keepalive).await;
    config.last_seq = console.last_seq();
    ended
}

async fn serve(context: &Context, console: &mut dyn Console, terminal: &mut Terminal, keepalive: Keepalive) -> Ended {
    let mut pulse = Pulse::new(keepalive);
    // How long nothing may come forward before the console ends; none as long as it need not end.
    let mut leaving: Option<Duration> = None;
    loop {
        if terminal.screen().is_broken() {
            return Ended::Unread;
        }
        if leaving.is_some_and(|patience| console.is_idle() || console.stalled() >= patience) {
            return Ended::Wanted;
        }
        console.set_accepting(terminal.screen().pending() < BACKLOG);
        let reading = leaving.is_none() && console.backlog() < BACKLOG;
        let written = terminal.screen().changed();
        tokio::select! {
            event = console.event() => match event {
                Ok(ConsoleEvent::Text(text)) => {
                    terminal.show(context, &text);
                    pulse.beats();
                }
                Ok(ConsoleEvent::Reply(reply)) if reply.completion.is_ok() => pulse.answered(Reply::Well),
                Ok(ConsoleEvent::Reply(_)) => pulse.answered(Reply::Refused),
                Ok(ConsoleEvent::NoReply) => pulse.answered(Reply::None),
                Ok(ConsoleEvent::Notice(notice)) => match notice {
                    ConsoleNotice::Answered => pulse.answered(Reply::Well),
                    ConsoleNotice::Unanswered => pulse.answered(Reply::None),
                    ConsoleNotice::Overrun => context.out.info("SOL: characters of the system were lost"),
                    ConsoleNotice::Break => context.out.info("SOL: break from the system"),
                    ConsoleNotice::Lost => return Ended::Lost,
                    ConsoleNotice::Closed => return Ended::Closed,
                },
                // There may be room for more keys.
                Ok(ConsoleEvent::Accepted) => {}
                Err(_) => return Ended::Closed,
            },
            keys = terminal.keys(), if reading => {
                for key in keys {
                    if !obey(console, terminal, key).await {
                        leaving = Some(LAST_WORD);
                    }
                }
                if !terminal.is_open() {
                    leaving = Some(LAST_INPUT);
                }
            },
            () = tokio::time::sleep_until(pulse.due()), if pulse.may_ask() => {
                pulse.asked();
                match keepalive {
                    Keepalive::DeviceId | Keepalive::Idle { .. } => console.request(&GetDeviceId.request()),
                    Keepalive::Payload => console.probe(),
                    Keepalive::Off => {}
                }
            },
            () = written => {}
            () = tokio::time::sleep(GLANCE), if leaving.is_some() => {}
        }
        if pulse.has_stopped() {
            return Ended::NoKeepalive;
        }
    }
}

/// Does what a key is for; false when it ends the console.
async fn obey(console: &mut dyn Console, terminal: &mut Terminal, key: Key) -> bool {
    let fifteen = terminal.speaks_fifteen();
    match key {
        Key::Text(text) => console.typed(&text),
        Key::Terminate => {
            terminal.say(b". [terminated ipmitool]\n");
            return false;
        }
        Key::Suspend { raw_again } => {
            // Reference: `sol` announces both by the same words.
            let other = fifteen && !raw_again;
            terminal.say(if other { b"^X [suspend ipmitool]\n" } else { b"^Z [suspend ipmitool]\n" });
            terminal.suspend(raw_again).await;
        }
        Key::Break => {
            terminal.say(if fifteen { b"b [send break]\n" } else { b"B [send break]\n" });
            console.send_break();
        }
        Key::Help => terminal.screen().write(&escape::help(terminal.escape())),
    }
    true
}
