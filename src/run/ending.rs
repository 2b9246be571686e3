//! What ends a run before its command does: signals, and the deadline.

use crate::cli::INTERFACES;
use crate::family::Status;
use crate::out::Output;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How a run ends.
pub enum Exit {
    /// With the command's return code.
    Status(Status),
    /// By a signal or at the deadline, with this exit code.
    Early(u8),
}

/// The exit code of a run that its deadline has ended, as `timeout` has it.
const LATE: u8 = 124;
/// Exit code of an interrupt. Reference: -1. The other signals exit as shells count them.
const INTERRUPTED: u8 = 255;
/// A session that is closed after a signal waits no longer than this for the answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// What of the deadline is kept for closing the session: a tenth, but no more than this.
const RESERVE: Duration = Duration::from_millis(300);

#[derive(Clone, Copy)]
struct Deadline {
    allowed: Duration,
    at: Instant,
}

impl Deadline {
    fn message(&self) -> String {
        format!("Deadline of {} seconds exceeded", self.allowed.as_secs_f64())
    }
}

/// Waits for what ends a run early; the session is closed on every one of them.
pub struct Causes {
    signals: [(u8, Option<Signal>); 3],
    deadline: Option<Deadline>,
}

/// What has ended a run early.
pub enum Cause {
    /// A signal of this exit code.
    Signal(u8),
    /// The deadline is near: its message, and when it is.
    Deadline(String, Instant),
}

impl Causes {
    /// Listens from now on. The deadline counts from the start of the process. A hangup or a termination that
    /// the process was started to ignore (by `nohup`, say) stays ignored. Reference: an interrupt does not.
    pub fn new(deadline: Option<Duration>, started: Instant) -> Self {
        crate::sys::process::default_interrupt();
        let heeded = |kind: SignalKind| {
            let ignored = kind != SignalKind::interrupt() && crate::sys::process::is_ignored(kind.as_raw_value());
            if ignored { None } else { signal(kind).ok() }
        };
        let kinds =
            [(INTERRUPTED, SignalKind::interrupt()), (143, SignalKind::terminate()), (129, SignalKind::hangup())];
        Causes {
            signals: kinds.map(|(code, kind)| (code, heeded(kind))),
            deadline: deadline.and_then(|allowed| Some(Deadline { allowed, at: started.checked_add(allowed)? })),
        }
    }

    /// From now on the process ends at the deadline even where nothing can be interrupted.
    pub fn insist(&self) {
        let Some(deadline) = self.deadline else { return };
        // Without this thread the deadline is kept wherever something is awaited.
        let _ = std::thread::Builder::new().name("deadline".to_owned()).spawn(move || {
            std::thread::sleep(deadline.at.saturating_duration_since(Instant::now()));
            eprintln!("{}", deadline.message());
            std::process::exit(LATE.into());
        });
    }

    /// Waits for the first of them.
    pub async fn next(&mut self) -> Cause {
        let deadline = self.deadline;
        let late = async {
            let Some(deadline) = deadline else { return std::future::pending().await };
            let end = deadline.at.checked_sub(RESERVE.min(deadline.allowed / 10)).unwrap_or(deadline.at);
            tokio::time::sleep_until(end.into()).await;
            Cause::Deadline(deadline.message(), deadline.at)
        };
        let [first, second, third] = &mut self.signals;
        tokio::select! {
            cause = one(first) => cause,
            cause = one(second) => cause,
            cause = one(third) => cause,
            cause = late => cause,
        }
    }
}

async fn one((code, stream): &mut (u8, Option<Signal>)) -> Cause {
    match stream {
        Some(stream) => drop(stream.recv().await),
        None => std::future::pending().await,
    }
    Cause::Signal(*code)
}

impl Cause {
    /// Says that the run ends. Reference: an interrupt names the interface, on stdout.
    pub fn exit(&self, interface: &str, out: &Output) -> Exit {
        match self {
            Cause::Signal(code) => {
                if *code == INTERRUPTED
                    && let Some(interface) = INTERFACES.iter().find(|known| known.name == interface)
                {
                    out.println(&format!("\nSIGN INT: Close Interface {}", interface.description));
                }
                Exit::Early(*code)
            }
            Cause::Deadline(message, _) => {
                out.error(message);
                Exit::Early(LATE)
            }
        }
    }

    /// How long closing the session may take.
    pub fn patience(&self) -> Duration {
        match self {
            Cause::Signal(_) => PATIENCE,
            Cause::Deadline(_, at) => at.saturating_duration_since(Instant::now()) * 3 / 4,
        }
    }
}
