//! What a family of commands is, and what it is handed.

use crate::bmc::{Bmc, CallError, EventMap, ExtensionError};
use crate::out::{Output, completion_text};
use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

/// A command's return code. Reference: the process fails when it is negative, and only then; some
/// refusals are positive and count as success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub i32);

impl Status {
    /// Success.
    pub const OK: Status = Status(0);
    /// Failure.
    pub const FAILED: Status = Status(-1);

    /// The status of the process.
    pub fn exit_code(self) -> u8 {
        u8::from(self.0 < 0)
    }
}

/// What ends a command early: its `Display` is the reference's sentence for that call site.
pub trait Fault: std::fmt::Display {
    /// The return code that goes with it.
    fn status(&self) -> Status {
        Status::FAILED
    }
}

/// Everything a command works with: one BMC, one pair of streams, what the user chose, and what earlier
/// commands of the process left behind.
pub struct Context {
    /// The conversation with the BMC.
    pub bmc: Bmc,
    /// The streams.
    pub out: Output,
    /// What the options chose for the commands; it stays as it is.
    pub settings: Settings,
    /// What commands remember for those that follow in `shell` and `exec`.
    pub memory: Memory,
}

/// Options that concern commands rather than the way to the BMC.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Logical unit for `raw` (`-l`).
    pub lun: u8,
    /// The character that introduces an escape in a SOL session (`-e`).
    pub sol_escape: u8,
    /// Whether what is written to a FRU is checked, with requests of its own (`--verify`).
    pub verify: bool,
    /// How consoles are opened.
    pub console: ConsoleSettings,
    /// The program's name as the user called it, without its path.
    pub program: String,
    /// What OEM entries of the event log mean (`-O`, `-o ibm`).
    pub event_map: EventMap,
}

/// What commands remember during the life of a process. Reference: what it keeps in variables of its own
/// modules, so that a command in `shell` or `exec` may act otherwise than alone.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Whether `user list` has shown its heading: it does so once.
    pub user_heading_shown: bool,
    /// Whether rows of the event log name their sensors: as the last command that chose left it.
    pub sel_names: bool,
    /// Whether rows of sensors are extended ones where a command does not choose: as the last listing left it.
    pub sdr_extended: bool,
    /// Whether `pef` has shown a field: only the first one of all stands without a separator.
    pub pef_begun: bool,
    /// Whether the controller has refused to have its boot options "in progress"; it is not asked again.
    pub boot_progress_refused: bool,
    /// Which words of the command in hand have something else right behind them than the next word, wherever
    /// the reference keeps them; none of those on the command line.
    pub parted: Vec<bool>,
    /// The files `exec` is running just now, each by device and inode; the innermost is last.
    pub scripts: Vec<(u64, u64)>,
}

impl Memory {
    /// Whether the word that so many more follow is parted from the first of them.
    pub fn is_parted(&self, following: usize) -> bool {
        self.parted.iter().rev().nth(following).is_some_and(|parted| *parted)
    }
}

/// Options that concern consoles.
#[derive(Clone, Debug, Default)]
pub struct ConsoleSettings {
    /// What the BMC is asked for when the payload is activated (IPMI 2.0 table 24-2, byte 3).
    pub options: u8,
    /// Whether a packet of which no character was accepted counts as accepted whole (`-o intelplus`).
    pub none_is_all: bool,
    /// Whether the session may be kept alive by requests (not with `-o i82571spt`).
    pub keepalive: bool,
    /// Whether a lost console comes back by itself (`--reconnect`).
    pub reconnect: bool,
    /// File for a transcript (`--log`).
    pub transcript: Option<String>,
}

impl From<Result<(), Status>> for Status {
    /// The status of a command of which only the ways to end it early have one of their own.
    fn from(outcome: Result<(), Status>) -> Status {
        outcome.err().unwrap_or(Status::OK)
    }
}

impl Context {
    /// Says why a command ended early, and turns its outcome into a return code.
    pub fn conclude<F: Fault>(&self, outcome: Result<Status, F>) -> Status {
        outcome.unwrap_or_else(|fault| {
            self.out.error(&fault.to_string());
            fault.status()
        })
    }

    /// Shows how a command is used to somebody who used it otherwise, and fails.
    pub fn misused(&self, usage: &[&str]) -> Status {
        self.out.notices(usage);
        Status::FAILED
    }

    /// Says that words are missing, shows how the command is used, and fails.
    pub fn too_few(&self, usage: &[&str]) -> Status {
        self.out.error("Not enough parameters given.");
        self.misused(usage)
    }
}

/// What running a command gives back.
pub type Running<'a> = Pin<Box<dyn Future<Output = Status> + Send + 'a>>;

/// One family: a first word of the command line and all that it leads to.
pub struct Family {
    /// The word.
    pub name: &'static str,
    /// Its line in the command table; none where the reference does not list it.
    pub summary: Option<&'static str>,
    /// The subcommands as data, for help and completion.
    pub tree: fn() -> clap::Command,
    /// Runs the words after the family's own.
    pub run: for<'a> fn(&'a mut Context, &'a [String]) -> Running<'a>,
}

/// What most sentences about a failed request end with: a colon and the completion code's text, or
/// nothing where the BMC did not answer at all.
pub fn because(error: &CallError) -> String {
    match error.code() {
        Some(code) => format!(": {}", completion_text(code.0)),
        None => String::new(),
    }
}

/// Says why a request failed in the words most configuration commands use, and fails.
pub fn eval_failure(context: &Context, error: &CallError) -> Status {
    match error {
        CallError::Transport(_) => context.out.error("IPMI response is NULL."),
        CallError::Decode(_) => context.out.error("Unexpected data length received."),
        CallError::Refused(code) => {
            context.out.error(&format!("IPMI command failed: {}", completion_text(code.0)));
        }
    }
    Status::FAILED
}

/// The words of a family whose commands are a body's or a manufacturer's own, when they bring nothing.
pub struct Owned {
    /// What the commands are called.
    pub name: &'static str,
    /// What is said when nothing answers.
    pub silence: &'static str,
    /// What completion codes mean to these commands.
    pub reason: fn(u8) -> Cow<'static, str>,
}

impl Owned {
    /// Says why a request failed, and fails. Reference: an answer of somebody else's is told on stdout.
    pub fn failure(&self, context: &Context, error: &ExtensionError) -> Status {
        let (out, name) = (&context.out, self.name);
        match error {
            ExtensionError::Foreign(first) => {
                out.print(&format!("\n    A valid {name} command was not returned! ({first:x})"));
            }
            ExtensionError::Call(CallError::Refused(code)) => {
                let reason = (self.reason)(code.0);
                out.error(&format!("\n    {name} request failed because: {reason} ({:x})", code.0));
            }
            ExtensionError::Call(_) => out.error(&format!("\n    {}", self.silence)),
        }
        Status::FAILED
    }
}
