//! A console's view of a session: serial over LAN, and requests beside it.
//!
//! The console has the session to itself while it is open, so that what is typed, what is shown and
//! the requests that keep the session alive share one socket and one machine without waiting for each
//! other. Nothing is sent before [`Console::event`] is awaited.

use super::udp::Core;
use super::{BoxFuture, TransportError};
use crate::ipmi::{Reply, Request, Route};
use crate::protocol::{Effect, Machine, Schedule, sol};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::MutexGuard;
use tokio::time::Instant;

pub use crate::protocol::sol::Notice;

/// What the activation of the payload has settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Largest payload the BMC takes, its header of four bytes included.
    pub inbound: u16,
    /// Whether a packet of which no character was accepted counts as accepted whole.
    pub none_is_all: bool,
    /// The number of the last packet of an earlier console; 0 when there was none.
    pub last_seq: u8,
}

/// What happens in a console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Characters to show.
    Text(Vec<u8>),
    /// Something about the console itself.
    Notice(Notice),
    /// Less is waiting than when this event was asked for: typed characters, or all of what was to be sent.
    Accepted,
    /// The request that was sent has this reply.
    Reply(Reply),
    /// The request that was sent has no reply.
    NoReply,
}

/// An open console. Object-safe.
pub trait Console: Send {
    /// Takes characters somebody typed.
    fn typed(&mut self, text: &[u8]);
    /// Sends a break after them.
    fn send_break(&mut self);
    /// Asks for a sign of life with a packet that holds nothing.
    fn probe(&mut self);
    /// Sends a request; its reply, or that there is none, is an event. One at a time.
    fn request(&mut self, request: &Request);
    /// Whether there is room for more characters to show.
    fn set_accepting(&mut self, accepting: bool);
    /// Characters that were typed and not yet accepted.
    fn backlog(&self) -> usize;
    /// Whether everything that was typed has been accepted.
    fn is_idle(&self) -> bool;
    /// How long nothing has come forward although something is waiting.
    fn stalled(&self) -> Duration;
    /// The number of the last packet; see [`Config::last_seq`].
    fn last_seq(&self) -> u8;
    /// The next event. Nothing is lost when this is cancelled.
    fn event(&mut self) -> BoxFuture<'_, Result<Event, TransportError>>;
}

/// A console in a session over UDP.
pub(super) struct LanConsole<'a, M: Machine> {
    core: MutexGuard<'a, Core<M>>,
    sol: sol::Machine,
    start: Instant,
    events: VecDeque<Event>,
}

/// The header of a payload (bytes).
const HEADER: u16 = 4;

impl<'a, M: Machine> LanConsole<'a, M> {
    pub(super) fn new(mut core: MutexGuard<'a, Core<M>>, config: Config, schedule: Schedule) -> Self {
        // Reference: a size that leaves no room for the header is taken for the characters alone.
        let chunk = if config.inbound > HEADER { config.inbound - HEADER } else { config.inbound };
        // As long as two requests in a row would be waited for.
        let patience =
            (0..schedule.tries).map(|round| schedule.timeout + schedule.backoff * round).sum::<Duration>() * 2;
        let defaults = sol::Config::default();
        let config_of = sol::Config {
            chunk: chunk.into(),
            waits: (defaults.waits.0, schedule.timeout),
            patience,
            none_is_all: config.none_is_all,
            ..defaults
        };
        let mut sol = sol::Machine::new(config_of, Duration::ZERO).continuing(config.last_seq);
        for (order, payload) in std::mem::take(&mut core.early) {
            sol.packet(Duration::ZERO, order, &payload);
        }
        core.deadline = None;
        LanConsole { core, sol, start: Instant::now(), events: VecDeque::new() }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Does what both machines want done.
    async fn work(&mut self) {
        loop {
            if let Some(effect) = self.sol.poll() {
                match effect {
                    sol::Effect::Transmit(payload) => {
                        if let Some(datagram) = self.core.machine.sol(&payload) {
                            self.core.link.send(&datagram).await;
                        }
                    }
                    sol::Effect::Text(text) => self.events.push_back(Event::Text(text)),
                    sol::Effect::Notice(notice) => self.events.push_back(Event::Notice(notice)),
                }
                continue;
            }
            match self.core.machine.poll() {
                None => return,
                Some(Effect::Transmit(datagram)) => self.core.link.send(&datagram).await,
                Some(Effect::Wait(time)) => self.core.deadline = Instant::now().checked_add(time),
                Some(Effect::Sol { order, payload }) => self.sol.packet(self.start.elapsed(), order, &payload),
                Some(Effect::Reply(reply)) => {
                    self.core.deadline = None;
                    self.events.push_back(Event::Reply(reply));
                }
                Some(Effect::NoReply | Effect::NotPassedOn) => {
                    self.core.deadline = None;
                    self.events.push_back(Event::NoReply);
                }
                Some(Effect::Note(_) | Effect::Opened | Effect::Failed(_)) => {}
            }
        }
    }

    async fn next(&mut self) -> Result<Event, TransportError> {
        /// Without anything to wait for but the BMC.
        const LONG: Duration = Duration::from_secs(3600);
        let (backlog, idle) = (self.sol.backlog(), self.sol.is_idle());
        loop {
            self.work().await;
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            if self.sol.backlog() < backlog || (self.sol.is_idle() && !idle) {
                return Ok(Event::Accepted);
            }
            let console = self.sol.due().and_then(|due| self.start.checked_add(due));
            let deadline =
                [console, self.core.deadline].into_iter().flatten().min().unwrap_or_else(|| Instant::now() + LONG);
            let core = &mut *self.core;
            let received = tokio::time::timeout_at(deadline, core.link.receive(&mut core.buffer)).await;
            core.tell_time();
            match received {
                Ok(Ok(length)) => core.machine.datagram(core.buffer.get(..length).unwrap_or_default()),
                // The host is there and nobody listens: a BMC that reboots, perhaps. Not so fast.
                Ok(Err(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
                Err(_) => {}
            }
            // Packets may come faster than any deadline, and must not put it off.
            let now = Instant::now();
            if self.core.deadline.is_some_and(|due| due <= now) {
                self.core.deadline = None;
                self.core.machine.deadline();
            }
            if console.is_some_and(|due| due <= now) {
                self.sol.deadline(now.duration_since(self.start));
            }
        }
    }
}

impl<M: Machine> Console for LanConsole<'_, M> {
    fn typed(&mut self, text: &[u8]) {
        let now = self.now();
        self.sol.typed(now, text);
    }

    fn send_break(&mut self) {
        let now = self.now();
        self.sol.send_break(now);
    }

    fn probe(&mut self) {
        let now = self.now();
        self.sol.probe(now);
    }

    fn request(&mut self, request: &Request) {
        self.core.tell_time();
        self.core.machine.submit(&Route::direct(), request);
    }

    fn set_accepting(&mut self, accepting: bool) {
        self.sol.set_accepting(accepting);
    }

    fn backlog(&self) -> usize {
        self.sol.backlog()
    }

    fn is_idle(&self) -> bool {
        self.sol.is_idle()
    }

    fn stalled(&self) -> Duration {
        self.sol.stalled(self.now())
    }

    fn last_seq(&self) -> u8 {
        self.sol.last_seq()
    }

    fn event(&mut self) -> BoxFuture<'_, Result<Event, TransportError>> {
        Box::pin(self.next())
    }
}
