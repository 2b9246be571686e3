//! The serial port and serial over LAN, the BMC's side (IPMI 2.0 sections 15.9 to 15.11, 24.1 to 24.9).
//!
//! One instance. What the host prints is gathered, sent packet by packet and sent again until it is
//! acknowledged, as the SOL parameters say; a repetition takes along what was printed meanwhile. A
//! host that prints faster than the console listens is held back: the BMC takes no more characters
//! for it, in whole or in part, and says so.

use super::host::Host;
use super::registry::Handler;
use super::session::Wire;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use crate::protocol::crypt::Confidentiality;
use crate::protocol::sol::{Packet, next_seq, operation, status};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

/// The payload type, and its only instance.
const SOL: u8 = 1;
const INSTANCE: u8 = 1;
/// Largest payload in either direction, the header of four bytes included.
const PAYLOAD: u16 = 4 + CHARACTERS as u16;
/// Characters that a packet may hold: as many as can be acknowledged.
const CHARACTERS: usize = 255;
/// The same for IPMI 1.5, whose packets say their length in a byte.
const FIFTEEN: usize = 250;
/// Characters that wait for the console before the host is held back.
const CROWDED: usize = 8192;

/// Repetitions that may take along more characters.
const GROWTHS: usize = 2;

/// How packets are timed: the SOL parameters in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long characters are gathered.
    pub accumulate: Duration,
    /// Characters that go out at once.
    pub threshold: usize,
    /// Repetitions of a packet.
    pub retries: u8,
    /// Wait between them.
    pub interval: Duration,
}

/// The serial port: the host behind it, and the console in front of it when there is one.
#[derive(Default)]
pub struct SerialPort {
    host: Host,
    active: Option<Active>,
    outgoing: Vec<(u32, Vec<u8>)>,
    tyan: Option<Tyan>,
}

/// Tyan's console: where it is, and what it is to be told.
struct Tyan {
    receiver: SocketAddr,
    seq: u8,
    packets: Vec<Vec<u8>>,
}

impl Tyan {
    fn printed(&mut self, text: &[u8]) {
        for piece in text.chunks(1000) {
            self.seq = self.seq.wrapping_add(1);
            self.packets.push([&[0, 0, 0, self.seq][..], piece].concat());
        }
    }
}

/// An active payload.
#[derive(Default)]
struct Active {
    session: u32,
    /// Characters that go into a packet.
    most: usize,
    waiting: VecDeque<u8>,
    gathering_since: Option<Duration>,
    seq: u8,
    flight: Option<Flight>,
    /// The last packet that was taken: number, and characters accepted.
    taken: (u8, u8),
    /// The session's number of the newest packet.
    newest: Option<u32>,
    refusing: bool,
    overrun: bool,
}

/// A packet that has not been acknowledged.
struct Flight {
    /// Characters in each transmission, the last one's last; they only grow.
    lengths: Vec<usize>,
    due: Duration,
    /// Whether it says that characters before it were lost: in every transmission, since any may be lost too.
    overrun: bool,
}

impl SerialPort {
    /// The session that has the console.
    pub fn owner(&self) -> Option<u32> {
        self.active.as_ref().map(|active| active.session)
    }

    /// Gives the console to a session.
    pub fn activate(&mut self, session: u32, most: usize) {
        self.active = Some(Active { session, most, ..Active::default() });
    }

    /// Takes the console away. Another than the owner may have asked for it: then the owner is told.
    pub fn deactivate(&mut self, by: u32) {
        if let Some(active) = self.active.take()
            && active.session != by
        {
            let farewell = Packet { flags: status::INACTIVE, ..Packet::default() };
            self.outgoing.push((active.session, farewell.encode()));
        }
    }

    /// What Tyan's console is to be sent, and where it is.
    pub fn poll_tyan(&mut self) -> Option<(SocketAddr, Vec<Vec<u8>>)> {
        let tyan = self.tyan.as_mut().filter(|tyan| !tyan.packets.is_empty())?;
        Some((tyan.receiver, std::mem::take(&mut tyan.packets)))
    }

    /// A payload from a session, in its packet number `order`.
    pub fn packet(&mut self, now: Duration, session: u32, order: u32, payload: &[u8]) {
        let Ok(packet) = Packet::decode(payload) else { return };
        let Some(active) = self.active.as_mut().filter(|active| active.session == session) else { return };
        active.acknowledged(&packet);
        if packet.flags & operation::FLUSH_OUTBOUND != 0 {
            active.waiting.clear();
            active.flight = None;
        }
        if packet.seq == 0 {
            return;
        }
        let fresh = active.newest.is_none_or(|newest| order.wrapping_sub(newest).cast_signed() > 0);
        if packet.seq != active.taken.0 {
            if !fresh {
                // Overtaken by a packet that was sent because this one had been acknowledged.
                return;
            }
            active.newest = Some(order);
            if packet.flags & operation::BREAK != 0 {
                self.host.serial_break();
            }
            let room = CROWDED.saturating_sub(active.waiting.len());
            let accepted = packet.data.len().min(room).min(CHARACTERS);
            self.host.input(packet.data.get(..accepted).unwrap_or_default());
            active.taken = (packet.seq, u8::try_from(accepted).unwrap_or(u8::MAX));
            active.refusing = accepted < packet.data.len();
            active.printed(now, self.host.take_output());
        }
        let answer = active.acknowledgement();
        self.outgoing.push((session, answer));
    }

    /// What is due now: payloads and the sessions they go to.
    pub fn poll(&mut self, now: Duration, timing: &Timing) -> Vec<(u32, Vec<u8>)> {
        let mut out = std::mem::take(&mut self.outgoing);
        if let Some(active) = &mut self.active {
            let session = active.session;
            out.extend(active.poll(now, timing).into_iter().map(|payload| (session, payload)));
        }
        out
    }

    /// When [`SerialPort::poll`] has something next.
    pub fn due(&self, now: Duration, timing: &Timing) -> Option<Duration> {
        if !self.outgoing.is_empty() || self.tyan.as_ref().is_some_and(|tyan| !tyan.packets.is_empty()) {
            return Some(now);
        }
        self.active.as_ref()?.due(timing)
    }
}

impl Active {
    fn printed(&mut self, now: Duration, text: Vec<u8>) {
        if !text.is_empty() && self.waiting.is_empty() {
            self.gathering_since = Some(now);
        }
        self.waiting.extend(text);
    }

    fn acknowledgement(&self) -> Vec<u8> {
        let flags = if self.refusing { status::NACK } else { 0 };
        Packet { ack: self.taken.0, accepted: self.taken.1, flags, ..Packet::default() }.encode()
    }

    /// The console's word about the packet in flight.
    fn acknowledged(&mut self, packet: &Packet) {
        let Some(flight) = self.flight.as_ref().filter(|_| packet.ack != 0 && packet.ack == self.seq) else { return };
        let count = usize::from(packet.accepted);
        let (last, earlier) = flight.lengths.split_last().map_or((0, &[][..]), |(last, rest)| (*last, rest));
        // A word about a transmission before it grew: the console has, or will have, more to say.
        if packet.flags & operation::NACK != 0 || (count < last && earlier.contains(&count)) {
            return;
        }
        self.waiting.drain(..count.min(last).min(self.waiting.len()));
        self.flight = None;
    }

    fn due(&self, timing: &Timing) -> Option<Duration> {
        match (&self.flight, self.gathering_since) {
            (Some(flight), _) => Some(flight.due),
            (None, _) if self.waiting.is_empty() => None,
            (None, Some(since)) if self.waiting.len() < timing.threshold => Some(since + timing.accumulate),
            (None, since) => Some(since.unwrap_or_default()),
        }
    }

    fn poll(&mut self, now: Duration, timing: &Timing) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        if self.due(timing).is_some_and(|due| due <= now) {
            out.extend(self.transmit(now, timing));
        }
        if self.refusing && self.waiting.len() <= CROWDED / 2 {
            self.refusing = false;
            out.push(self.acknowledgement());
        }
        out
    }

    fn transmit(&mut self, now: Duration, timing: &Timing) -> Option<Vec<u8>> {
        let (mut lengths, told) = self.flight.take().map(|flight| (flight.lengths, flight.overrun)).unwrap_or_default();
        if lengths.len() > usize::from(timing.retries) {
            // Nobody listens: what the packet held is lost.
            self.waiting.drain(..lengths.pop().unwrap_or(0).min(self.waiting.len()));
            self.overrun = true;
            return None;
        }
        if lengths.is_empty() {
            self.seq = next_seq(self.seq);
        }
        // It may grow, but not for ever: the console's word is always about an earlier one.
        let length = if lengths.len() > GROWTHS { lengths.last().copied().unwrap_or(0) } else { self.most };
        let data: Vec<u8> = self.waiting.iter().copied().take(length).collect();
        lengths.push(data.len());
        let overrun = std::mem::take(&mut self.overrun) || told;
        self.flight = Some(Flight { lengths, due: now + timing.interval.max(Duration::from_millis(10)), overrun });
        let flags = if overrun { status::OVERRUN } else { 0 } | if self.refusing { status::NACK } else { 0 };
        Some(Packet { seq: self.seq, flags, data, ..Packet::default() }.encode())
    }
}

/// The handler for a payload command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x48 => activate,
        0x49 => deactivate,
        0x4a => activation_status,
        0x4b => instance_info,
        // Get Channel Payload Support (section 24.8): IPMI messages, serial over LAN, and what opens sessions.
        0x4e => |_, _, _| Ok(vec![0x03, 0x00, 0x3f, 0x00, 0x00, 0x00, 0x00, 0x00]),
        // Get Channel Payload Version (section 24.9): 1.0 of every one of them.
        0x4f => |_, _, request| match request.data[..] {
            [_, 0x00 | 0x01 | 0x10..=0x15] => Ok(vec![0x10]),
            [_, _] => Err(CompletionCode(0x80)),
            _ => Err(CompletionCode::LENGTH_INVALID),
        },
        _ => return None,
    })
}

/// Activates (1) or deactivates (0) Intel's serial over LAN for IPMI 1.5.
pub fn activate_fifteen(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [what, _, _, _, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    settle(state);
    let session = state.sessions.get(origin.session).ok_or(CompletionCode::INVALID_COMMAND)?;
    if !matches!(session.wire, Wire::Fifteen(_)) {
        return Err(CompletionCode::INVALID_COMMAND);
    }
    match (what, state.serial.owner()) {
        (1, Some(owner)) if owner != origin.session => return Err(CompletionCode(0x80)),
        (1, _) => state.serial.activate(origin.session, FIFTEEN),
        _ => state.serial.deactivate(origin.session),
    }
    Ok(vec![0x80, what, 0x32, 0xff])
}

/// The handler for one of Tyan's commands.
pub fn find_tyan(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x02 | 0x06 => start_or_stop,
        0x03 => keystrokes,
        _ => return None,
    })
}

/// Start (06h) and stop (02h): address and port of the receiver.
fn start_or_stop(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [a, b, c, d, high, low] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    // Nobody is flooded at somebody else's wish.
    let receiver = SocketAddr::from(([a, b, c, d], u16::from_be_bytes([high, low])));
    if origin.peer.ip() != receiver.ip() {
        return Err(CompletionCode::INVALID_FIELD);
    }
    let starts = request.cmd == 0x06;
    state.serial.tyan = starts.then(|| Tyan { receiver, seq: 0, packets: Vec::new() });
    Ok(Vec::new())
}

/// Keys: their number and one more, the keys, and the packet's number.
fn keystrokes(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [count, keys @ .., _] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    if usize::from(*count) != keys.len() + 1 {
        return Err(CompletionCode::INVALID_FIELD);
    }
    let serial = &mut state.serial;
    serial.host.input(keys);
    let printed = serial.host.take_output();
    if let Some(tyan) = &mut serial.tyan {
        tyan.printed(&printed);
    }
    Ok(Vec::new())
}

fn is_sol(payload: u8, instance: u8) -> Result<(), CompletionCode> {
    if (payload & 0x3f, instance & 0x0f) == (SOL, INSTANCE) { Ok(()) } else { Err(CompletionCode::INVALID_FIELD) }
}

/// Frees the console of a session that is over.
pub fn settle(state: &mut State) {
    if let Some(owner) = state.serial.owner()
        && state.sessions.get(owner).is_none()
    {
        state.serial.deactivate(owner);
    }
}

/// Activate Payload (section 24.1).
fn activate(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    const ENCRYPTED: u8 = 0x80;
    let [payload, instance, options, _, _, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_sol(payload, instance)?;
    settle(state);
    let session = state.sessions.get(origin.session).ok_or(CompletionCode::INVALID_COMMAND)?;
    // Serial over LAN is a payload of RMCP+.
    let Wire::Plus(wire) = &session.wire else { return Err(CompletionCode::INVALID_COMMAND) };
    let can_encrypt = wire.protection.suite.confidentiality != Confidentiality::None;
    if !state.sol.is_enabled() {
        return Err(CompletionCode(0x81));
    }
    if !state.users.may_use_sol(session.user) || origin.privilege < state.sol.privilege() {
        return Err(CompletionCode::INSUFFICIENT_PRIVILEGE);
    }
    match state.serial.owner() {
        Some(owner) if owner != origin.session => return Err(CompletionCode(0x80)),
        _ => {}
    }
    match (options & ENCRYPTED != 0, can_encrypt, state.sol.forces_encryption()) {
        (true, false, _) => return Err(CompletionCode(0x83)),
        (false, _, true) => return Err(CompletionCode(0x84)),
        _ => {}
    }
    state.serial.activate(origin.session, CHARACTERS);
    let size = PAYLOAD.to_le_bytes();
    let port = state.sol.port().to_le_bytes();
    Ok([&[0; 4][..], &size, &size, &port, &[0xff, 0xff]].concat())
}

/// Deactivate Payload (section 24.2).
fn deactivate(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [payload, instance, _, _, _, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_sol(payload, instance)?;
    settle(state);
    state.serial.owner().ok_or(CompletionCode(0x80))?;
    state.serial.deactivate(origin.session);
    Ok(Vec::new())
}

/// Get Payload Activation Status (section 24.4).
fn activation_status(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [payload] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_sol(payload, INSTANCE)?;
    settle(state);
    // One instance, and whether it is active.
    Ok(vec![0x01, u8::from(state.serial.owner().is_some()), 0x00])
}

/// Get Payload Instance Info (section 24.5): whose it is, and the port's number.
fn instance_info(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [payload, instance] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    is_sol(payload, instance)?;
    settle(state);
    let owner = state.serial.owner().unwrap_or(0);
    Ok([&owner.to_le_bytes()[..], &[1, 0, 0, 0, 0, 0, 0, 0]].concat())
}
