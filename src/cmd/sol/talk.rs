//! An open console: what is typed goes to the BMC, what the BMC sends goes to the terminal, and the
//! session is kept alive meanwhile.

use super::escape::{self, Escapes, Key};
use crate::bmc::{Console, ConsoleEvent, ConsoleNotice};
use crate::cmd::file;
use crate::family::{Context, Status};
use crate::ipmi::Command;
use crate::ipmi::app::GetDeviceId;
use crate::out::errno_text;
use crate::out::terminal::{Keyboard, RawMode, Screen};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::time::Duration;
use tokio::time::Instant;

/// How the session is kept alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keepalive {
    /// By asking for the device id.
    DeviceId,
    /// By packets that hold nothing.
    Payload,
    /// By asking for the device id when it has been idle; nobody looks at what comes of it.
    Idle,
    /// Not at all.
    Off,
}

/// Why a console is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The user wanted it, or there is nothing more to type.
    Wanted,
    /// The user no longer waits for it to come back.
    GivenUp,
    /// Nobody reads stdout any more.
    Unread,
    /// Keepalives are not answered.
    NoKeepalive,
    /// What was typed is not acknowledged.
    Lost,
    /// The BMC said so.
    Closed,
}

impl Ended {
    /// Whether the console may come back by itself.
    pub fn may_come_back(self) -> bool {
        matches!(self, Ended::NoKeepalive | Ended::Lost | Ended::Closed)
    }
}

/// Time between keepalives. Reference: more than fifteen seconds of a clock that counts whole ones.
const KEEPALIVE: Duration = Duration::from_secs(16);
/// The same for IPMI 1.5, where only idle time counts.
const IDLE: Duration = Duration::from_secs(10);
/// Keepalives that may stay unanswered in a row.
const MISSING: u32 = 6;
/// Pause before a keepalive that was not answered is repeated.
const MISSED: Duration = Duration::from_millis(500);
/// Characters that may wait for the BMC before nothing more is read, and for the terminal before nothing
/// more is taken from the BMC. Far more than a paste, so that an escape is seen in time.
const BACKLOG: usize = 8 << 20;
/// Once the console is to end, how long nothing may come forward: when the input is at its end, and when
/// the user has asked for the end.
const LAST_INPUT: Duration = Duration::from_secs(20);
const LAST_WORD: Duration = Duration::from_secs(1);
/// How often that is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// A copy of what the console shows, in a file that only its owner reads.
pub struct Transcript(Option<File>);

impl Transcript {
    /// Opens the file the options name, if they do.
    pub fn open(context: &Context) -> Result<Self, Status> {
        let Some(path) = &context.settings.console.transcript else { return Ok(Transcript(None)) };
        let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(file::path_of(path));
        let opened = opened.and_then(|file| {
            if file.metadata()?.is_file() {
                file.set_permissions(Permissions::from_mode(0o600))?;
            }
            Ok(file)
        });
        opened.map(|file| Transcript(Some(file))).map_err(|error| {
            context.out.error(&format!("Unable to open file {path} for write: {}", errno_text(&error)));
            Status::FAILED
        })
    }

    fn write(&mut self, context: &Context, text: &[u8]) {
        if let Some(file) = &mut self.0
            && let Err(error) = file.write_all(text)
        {
            context.out.error(&format!("The transcript ends here: {}", errno_text(&error)));
            self.0 = None;
        }
    }
}

/// The user's side: keyboard and screen.
pub struct Terminal {
    keyboard: Keyboard,
    open: bool,
    /// Whether the words of `isol` are used.
    fifteen: bool,
    screen: Screen,
    // Dropped after the others.
    raw: Option<RawMode>,
}

impl Terminal {
    /// Takes the terminal over. Reference: stdin that is no terminal is complained about and used.
    pub fn open(context: &Context) -> Result<Self, Status> {
        let complain = |what: &str, error: &io::Error| {
            context.out.error_text(&format!("{what}: {}\n", errno_text(error)));
        };
        let raw = RawMode::enter(false).map_err(|error| complain("tcgetattr", &error)).ok();
        let failed = |error: io::Error| {
            complain("Error in SOL session", &error);
            Status::FAILED
        };
        let keyboard = Keyboard::new().map_err(failed)?;
        let screen = Screen::new().map_err(failed)?;
        Ok(Terminal { keyboard, open: true, fifteen: false, screen, raw })
    }

    /// Uses the words of `isol`.
    pub fn speaking_fifteen(self) -> Self {
        Terminal { fifteen: true, ..self }
    }

    /// Gives the terminal back, when everything has been shown.
    pub async fn close(self) {
        self.screen.flush().await;
    }

    /// Looks at the keys while there is no console: false when the user gives it up.
    pub async fn is_wanted(&mut self, escapes: &mut Escapes) -> bool {
        match self.keyboard.read().await {
            Some(keys) => !escapes.read(&keys).contains(&Key::Terminate),
            None => false,
        }
    }

    /// Reads keys, while there may be some.
    async fn keys(&mut self) -> Vec<u8> {
        if let Some(keys) = self.keyboard.read().await {
            return keys;
        }
        self.open = false;
        Vec::new()
    }

    async fn suspend(&mut self, raw_again: bool) {
        self.screen.flush().await;
        if let Some(raw) = &mut self.raw {
            // A terminal that will not be raw again is still one to talk by.
            drop(raw.suspend(raw_again));
        }
    }
}

/// Serves a console until it is over.
pub async fn talk(
    context: &Context,
    console: &mut dyn Console,
    terminal: &mut Terminal,
    escapes: &mut Escapes,
    transcript: &mut Transcript,
    keepalive: Keepalive,
) -> Ended {
    let mut pulse = Pulse::new(keepalive);
    // How long nothing may come forward before the console ends; none as long as it need not end.
    let mut leaving: Option<Duration> = None;
    loop {
        if terminal.screen.is_broken() {
            return Ended::Unread;
        }
        if leaving.is_some_and(|patience| console.is_idle() || console.stalled() >= patience) {
            return Ended::Wanted;
        }
        console.set_accepting(terminal.screen.pending() < BACKLOG);
        let reading = leaving.is_none() && console.backlog() < BACKLOG;
        let written = terminal.screen.changed();
        tokio::select! {
            event = console.event() => match event {
                Ok(ConsoleEvent::Text(text)) => {
                    terminal.screen.write(&text);
                    transcript.write(context, &text);
                    pulse.beats();
                }
                Ok(ConsoleEvent::Reply(reply)) => pulse.answered(reply.completion.is_ok()),
                Ok(ConsoleEvent::NoReply) => pulse.answered(false),
                Ok(ConsoleEvent::Notice(notice)) => match notice {
                    ConsoleNotice::Answered => pulse.answered(true),
                    ConsoleNotice::Unanswered => pulse.answered(false),
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
                for key in escapes.read(&keys) {
                    if !obey(escapes.character(), console, terminal, key).await {
                        leaving = Some(LAST_WORD);
                    }
                }
                if !terminal.open {
                    leaving = Some(LAST_INPUT);
                }
            },
            () = tokio::time::sleep_until(pulse.due), if pulse.may_ask() => {
                pulse.asking = true;
                match keepalive {
                    Keepalive::DeviceId | Keepalive::Idle => console.request(&GetDeviceId.request()),
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
async fn obey(escape: u8, console: &mut dyn Console, terminal: &mut Terminal, key: Key) -> bool {
    let say = |terminal: &Terminal, text: &[u8]| terminal.screen.write(&[&[escape], text].concat());
    match key {
        Key::Text(text) => console.typed(&text),
        Key::Terminate => {
            say(terminal, b". [terminated ipmitool]\n");
            return false;
        }
        Key::Suspend { raw_again } => {
            // Reference: `sol` announces both by the same words.
            let other = terminal.fifteen && !raw_again;
            say(terminal, if other { b"^X [suspend ipmitool]\n" } else { b"^Z [suspend ipmitool]\n" });
            terminal.suspend(raw_again).await;
        }
        Key::Break => {
            say(terminal, if terminal.fifteen { b"b [send break]\n" } else { b"B [send break]\n" });
            console.send_break();
        }
        Key::Help => terminal.screen.write(&escape::help(escape)),
    }
    true
}

fn period(keepalive: Keepalive) -> Duration {
    if keepalive == Keepalive::Idle { IDLE } else { KEEPALIVE }
}

/// When to ask for a sign of life, and how many have been missed.
struct Pulse {
    keepalive: Keepalive,
    due: Instant,
    asking: bool,
    missed: u32,
}

impl Pulse {
    fn new(keepalive: Keepalive) -> Self {
        Pulse { keepalive, due: Instant::now() + period(keepalive), asking: false, missed: 0 }
    }

    fn may_ask(&self) -> bool {
        self.keepalive != Keepalive::Off && !self.asking
    }

    /// The BMC sends something: it lives.
    fn beats(&mut self) {
        self.missed = 0;
        if self.keepalive == Keepalive::Idle {
            self.due = Instant::now() + IDLE;
        }
    }

    fn answered(&mut self, well: bool) {
        self.asking = false;
        let well = well || self.keepalive == Keepalive::Idle;
        self.missed = if well { 0 } else { self.missed + 1 };
        self.due = Instant::now() + if well { period(self.keepalive) } else { MISSED };
    }

    fn has_stopped(&self) -> bool {
        self.missed > MISSING
    }
}
