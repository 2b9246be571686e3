//! The console's side of serial over LAN (IPMI 2.0 sections 15.9 to 15.11).
//!
//! Typed text goes out one packet at a time, and a packet goes out again under the same number, with
//! the same characters, until the BMC acknowledges that number: nothing else counts as an answer.
//! What the BMC did not accept goes out again under a new number. What the BMC sends is shown once and
//! acknowledged as often as it comes. Time is handed in, as the time since any fixed moment.

use super::Malformed;
use std::collections::VecDeque;
use std::time::Duration;

/// What the fourth byte says on the way to the BMC (table 15-3).
pub mod operation {
    /// The packet that is acknowledged was not taken.
    pub const NACK: u8 = 0x40;
    /// Rings the bell of the port.
    pub const RING: u8 = 0x20;
    /// Sends a break.
    pub const BREAK: u8 = 0x10;
    /// Holds CTS back.
    pub const CTS_PAUSE: u8 = 0x08;
    /// Drops DCD and DSR.
    pub const DROP_DCD: u8 = 0x04;
    /// Forgets what the BMC has not written to the port yet.
    pub const FLUSH_INBOUND: u8 = 0x02;
    /// Forgets what the BMC has not sent to the console yet.
    pub const FLUSH_OUTBOUND: u8 = 0x01;
}

/// What the fourth byte says on the way to the console (table 15-2).
pub mod status {
    /// The packet that is acknowledged was not taken, or not whole; the console is to wait.
    pub const NACK: u8 = 0x40;
    /// Characters cannot be taken now: the system sleeps, or somebody else has the port.
    pub const UNAVAILABLE: u8 = 0x20;
    /// Serial over LAN is deactivated, or about to be.
    pub const INACTIVE: u8 = 0x10;
    /// Characters of the system were lost before this packet.
    pub const OVERRUN: u8 = 0x08;
    /// The system sent a break.
    pub const BREAK: u8 = 0x04;
}

/// A payload, in either direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packet {
    /// Its number, 1 to 15; 0 when it only acknowledges.
    pub seq: u8,
    /// The number it acknowledges; 0 for none.
    pub ack: u8,
    /// Characters of that packet that were taken.
    pub accepted: u8,
    /// [`operation`] or [`status`].
    pub flags: u8,
    /// Characters.
    pub data: Vec<u8>,
}

impl Packet {
    /// The payload in wire form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.seq & 0x0f, self.ack & 0x0f, self.accepted, self.flags];
        out.extend(&self.data);
        out
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// [`Malformed`] when it is shorter than its header.
    pub fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let [seq, ack, accepted, flags, data @ ..] = payload else { return Err(Malformed) };
        Ok(Packet { seq: seq & 0x0f, ack: ack & 0x0f, accepted: *accepted, flags: *flags, data: data.to_vec() })
    }
}

/// The number after another: 1 to 15, and 1 again.
pub fn next_seq(seq: u8) -> u8 {
    if seq >= 15 { 1 } else { seq + 1 }
}

/// How a console talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Characters that go into one packet, 1 to 255.
    pub chunk: usize,
    /// Wait for an acknowledgement as long as none has come yet.
    pub first_wait: Duration,
    /// The shortest and the longest wait once it is known how quickly the BMC answers.
    pub waits: (Duration, Duration),
    /// A packet that is not acknowledged for so long means that the session is lost.
    pub patience: Duration,
    /// Whether a packet of which no character was accepted counts as accepted whole (some Intel BMCs).
    pub none_is_all: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            chunk: 28,
            first_wait: Duration::from_millis(500),
            waits: (Duration::from_millis(40), Duration::from_secs(1)),
            patience: Duration::from_secs(20),
            none_is_all: false,
        }
    }
}

/// What the machine wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send this payload.
    Transmit(Vec<u8>),
    /// Show these characters.
    Text(Vec<u8>),
    /// Something happened.
    Notice(Notice),
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The BMC has lost characters of the system.
    Overrun,
    /// The system sent a break.
    Break,
    /// The BMC answered a probe.
    Answered,
    /// The BMC did not answer a probe.
    Unanswered,
    /// The BMC does not acknowledge any more; nothing more will be sent.
    Lost,
    /// The BMC has ended serial over LAN; nothing more will be sent.
    Closed,
}

/// What is waiting to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Text(VecDeque<u8>),
    Break,
    Probe,
}

/// What has been sent and not been acknowledged.
struct Flight {
    packet: Packet,
    what: Sent,
    since: Duration,
    again: bool,
    wait: Duration,
    due: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Text,
    Break,
    Probe,
}

/// The BMC wants the console to wait.
struct Pause {
    wait: Duration,
    due: Duration,
}

/// How quickly the BMC answers, as TCP reckons it (RFC 6298).
#[derive(Default)]
struct RoundTrip {
    known: Option<(Duration, Duration)>,
}

impl RoundTrip {
    fn measured(&mut self, time: Duration) {
        self.known = Some(match self.known {
            None => (time, time / 2),
            Some((mean, spread)) => ((mean * 7 + time) / 8, (spread * 3 + mean.abs_diff(time)) / 4),
        });
    }

    fn wait(&self, config: &Config) -> Duration {
        let (shortest, longest) = config.waits;
        self.known
            .map_or(config.first_wait, |(mean, spread)| (mean + spread * 4).max(shortest))
            .min(longest.max(shortest))
    }
}

/// The machine.
pub struct Machine {
    config: Config,
    queue: VecDeque<Item>,
    backlog: usize,
    flight: Option<Flight>,
    pause: Option<Pause>,
    round_trip: RoundTrip,
    seq: u8,
    /// Number and length of the last packet that was taken.
    taken: (u8, usize),
    /// The session's number of the newest packet, and of the newest that was taken.
    newest: Option<u32>,
    newest_data: Option<u32>,
    accepting: bool,
    ended: bool,
    progress: Duration,
    effects: VecDeque<Effect>,
}

impl Machine {
    /// A machine that begins when the payload has just been activated.
    pub fn new(config: Config, now: Duration) -> Self {
        Machine {
            config: Config { chunk: config.chunk.clamp(1, 255), ..config },
            queue: VecDeque::new(),
            backlog: 0,
            flight: None,
            pause: None,
            round_trip: RoundTrip::default(),
            seq: 0,
            taken: (0, 0),
            newest: None,
            newest_data: None,
            accepting: true,
            ended: false,
            progress: now,
            effects: VecDeque::new(),
        }
    }

    /// Goes on counting after a number, so that no BMC takes the first packet for one it has had.
    pub fn continuing(mut self, seq: u8) -> Self {
        self.seq = seq;
        self
    }

    /// The number of the last packet that was sent; 0 when there was none.
    pub fn last_seq(&self) -> u8 {
        self.seq
    }

    /// Takes characters somebody typed.
    pub fn typed(&mut self, now: Duration, text: &[u8]) {
        if text.is_empty() || self.ended {
            return;
        }
        if self.is_idle() {
            self.progress = now;
        }
        self.backlog += text.len();
        match self.queue.back_mut() {
            Some(Item::Text(waiting)) => waiting.extend(text),
            _ => self.queue.push_back(Item::Text(text.iter().copied().collect())),
        }
        self.advance(now);
    }

    /// Sends a break after what was typed before.
    pub fn send_break(&mut self, now: Duration) {
        self.push(now, Item::Break);
    }

    /// Asks the BMC for a sign of life, with a packet that holds nothing.
    pub fn probe(&mut self, now: Duration) {
        self.push(now, Item::Probe);
    }

    fn push(&mut self, now: Duration, item: Item) {
        if !self.ended {
            if self.is_idle() {
                self.progress = now;
            }
            self.queue.push_back(item);
            self.advance(now);
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Machine::deadline`] is to be called, unless something else happens before.
    pub fn due(&self) -> Option<Duration> {
        let flight = self.flight.as_ref().map(|flight| flight.due);
        flight.or_else(|| self.pause.as_ref().map(|pause| pause.due))
    }

    /// Characters that were typed and not yet accepted.
    pub fn backlog(&self) -> usize {
        self.backlog
    }

    /// Whether everything has been sent and acknowledged.
    pub fn is_idle(&self) -> bool {
        self.ended || (self.queue.is_empty() && self.flight.is_none())
    }

    /// How long nothing has come forward although something is waiting.
    pub fn stalled(&self, now: Duration) -> Duration {
        if self.is_idle() { Duration::ZERO } else { now.saturating_sub(self.progress) }
    }

    /// Whether there is room for what the BMC sends. Without it packets with characters count as lost:
    /// the BMC sends them again.
    pub fn set_accepting(&mut self, accepting: bool) {
        self.accepting = accepting;
    }

    /// Time has come.
    pub fn deadline(&mut self, now: Duration) {
        if self.pause.as_ref().is_some_and(|pause| pause.due <= now) {
            // The BMC's word that it is ready again may have got lost: ask with the next characters. The
            // wait stays in place, in case they are refused too.
            if let Some(pause) = &mut self.pause {
                pause.wait = (pause.wait * 2).min(self.config.waits.1);
                pause.due = now + pause.wait;
            }
            if self.flight.is_none() {
                self.launch(now);
            }
        }
        let Some(flight) = &mut self.flight else { return };
        if flight.due > now {
            return;
        }
        if now.saturating_sub(flight.since) >= self.config.patience {
            return self.give_up(now);
        }
        flight.again = true;
        flight.wait = (flight.wait * 2).min(self.config.waits.1);
        flight.due = now + flight.wait;
        let payload = flight.packet.encode();
        self.effects.push_back(Effect::Transmit(payload));
    }

    fn give_up(&mut self, now: Duration) {
        let probe = self.flight.take().is_some_and(|flight| flight.what == Sent::Probe);
        if probe {
            self.effects.push_back(Effect::Notice(Notice::Unanswered));
            self.advance(now);
        } else {
            self.end(Notice::Lost);
        }
    }

    fn end(&mut self, notice: Notice) {
        if !std::mem::replace(&mut self.ended, true) {
            (self.flight, self.pause) = (None, None);
            self.queue.clear();
            self.backlog = 0;
            self.effects.push_back(Effect::Notice(notice));
        }
    }

    /// Sends what is next, unless something has to be waited for.
    fn advance(&mut self, now: Duration) {
        if self.flight.is_none() && self.pause.is_none() {
            self.launch(now);
        }
    }

    fn launch(&mut self, now: Duration) {
        let (what, data) = match self.queue.front_mut() {
            None => return,
            Some(Item::Text(text)) => (Sent::Text, text.drain(..text.len().min(self.config.chunk)).collect()),
            Some(Item::Break) => (Sent::Break, Vec::new()),
            Some(Item::Probe) => (Sent::Probe, Vec::new()),
        };
        if !matches!(self.queue.front(), Some(Item::Text(text)) if !text.is_empty()) {
            self.queue.pop_front();
        }
        self.seq = next_seq(self.seq);
        let flags = if what == Sent::Break { operation::BREAK } else { 0 };
        let packet = Packet { seq: self.seq, flags, data, ..Packet::default() };
        self.effects.push_back(Effect::Transmit(packet.encode()));
        let wait = self.round_trip.wait(&self.config);
        self.flight = Some(Flight { packet, what, since: now, again: false, wait, due: now + wait });
    }

    /// A payload has arrived in the session's packet number `order`.
    pub fn packet(&mut self, now: Duration, order: u32, payload: &[u8]) {
        let Ok(packet) = Packet::decode(payload) else { return };
        if self.ended {
            return;
        }
        // Packets may overtake each other; what an older one says of the port's state is out of date.
        let is_after = |newest: Option<u32>| newest.is_none_or(|newest| order.wrapping_sub(newest).cast_signed() > 0);
        let fresh = is_after(self.newest);
        let takes = packet.seq == 0 || packet.data.is_empty() || self.accepting;
        let held = self.acknowledged(now, &packet);
        if packet.seq != 0 && takes {
            // Acknowledgements may well have overtaken characters that nobody has seen yet.
            let new = is_after(self.newest_data);
            self.received(&packet, new);
            if new {
                self.newest_data = Some(order);
            }
        }
        if !fresh {
            return self.advance(now);
        }
        if takes {
            self.newest = Some(order);
        }
        if !held && packet.ack != 0 && packet.flags & (status::NACK | status::UNAVAILABLE) == 0 {
            // Ready again.
            self.pause = None;
        }
        if takes && packet.flags & status::OVERRUN != 0 {
            self.effects.push_back(Effect::Notice(Notice::Overrun));
        }
        if takes && packet.flags & status::BREAK != 0 {
            self.effects.push_back(Effect::Notice(Notice::Break));
        }
        if packet.flags & status::INACTIVE != 0 {
            return self.end(Notice::Closed);
        }
        self.advance(now);
    }

    /// What the packet says of the one in flight; true when it asks to wait.
    fn acknowledged(&mut self, now: Duration, packet: &Packet) -> bool {
        let Some(flight) = self.flight.take_if(|flight| packet.ack != 0 && flight.packet.seq == packet.ack) else {
            return false;
        };
        if !flight.again {
            self.round_trip.measured(now.saturating_sub(flight.since));
        }
        let refused = packet.flags & (status::NACK | status::UNAVAILABLE) != 0;
        match flight.what {
            Sent::Break => self.progress = now,
            Sent::Probe => {
                self.progress = now;
                self.effects.push_back(Effect::Notice(Notice::Answered));
            }
            Sent::Text => {
                let length = flight.packet.data.len();
                let all = self.config.none_is_all && packet.accepted == 0 && !refused;
                let accepted = if all { length } else { usize::from(packet.accepted).min(length) };
                self.backlog -= accepted;
                if accepted > 0 {
                    self.progress = now;
                }
                let rest = flight.packet.data.get(accepted..).unwrap_or_default();
                self.put_back(rest);
                if refused || (accepted == 0 && length > 0 && !all) {
                    let wait = match &self.pause {
                        Some(pause) if accepted == 0 => pause.wait,
                        _ => self.round_trip.wait(&self.config),
                    };
                    self.pause = Some(Pause { wait, due: now + wait });
                    return true;
                }
            }
        }
        self.pause = None;
        false
    }

    /// Characters that were not accepted are the next to go.
    fn put_back(&mut self, rest: &[u8]) {
        if rest.is_empty() {
            return;
        }
        match self.queue.front_mut() {
            Some(Item::Text(text)) => {
                for byte in rest.iter().rev() {
                    text.push_front(*byte);
                }
            }
            _ => self.queue.push_front(Item::Text(rest.iter().copied().collect())),
        }
    }

    /// Shows what is new in a packet and acknowledges all of it.
    fn received(&mut self, packet: &Packet, fresh: bool) {
        // A count of accepted characters has eight bits; the BMC sends the others again.
        let data = packet.data.get(..255).unwrap_or(&packet.data);
        let (seq, length) = self.taken;
        let known = if packet.seq == seq { length.min(data.len()) } else { 0 };
        if !fresh && packet.seq != seq {
            // Overtaken by a packet that was sent because this one had been acknowledged.
            return;
        }
        if let Some(new) = data.get(known..).filter(|new| fresh && !new.is_empty()) {
            self.effects.push_back(Effect::Text(new.to_vec()));
        }
        if fresh {
            self.taken = (packet.seq, data.len().max(known));
        }
        let accepted = u8::try_from(data.len()).unwrap_or(u8::MAX);
        self.effects.push_back(Effect::Transmit(Packet { ack: packet.seq, accepted, ..Packet::default() }.encode()));
    }
}

#[cfg(test)]
mod tests;
