//! The console's side of an IPMI 1.5 session (IPMI 2.0 sections 13.14 and 22.15 to 22.19).

use super::auth::AuthType;
use super::bridge::{self, Unwrapped};
use super::ipmb::{CONSOLE, Message};
use super::session20::Window;
use super::{Effect, Failure, Key, MessageSeq, Numbers, Pace, Quirks, Random, Schedule, Tries};
use super::{auth, rmcp, session15};
use crate::ipmi::{BMC_ADDRESS, Bridging, CompletionCode, NetFn, Request, Route};
use std::collections::VecDeque;
use std::time::Duration;

/// What a session is opened with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Privilege to ask for, 1 to 5.
    pub privilege: u8,
    /// User name, at most sixteen bytes.
    pub user: Vec<u8>,
    /// Password, at most sixteen bytes; none for no authentication.
    pub password: Option<Key>,
    /// Authentication type asked for, as a code; the best on offer when none is given (or 0).
    pub auth: Option<u8>,
    /// Schedule of requests.
    pub schedule: Schedule,
    /// What the BMC wants otherwise.
    pub quirks: Quirks,
}

enum Phase {
    Idle,
    Ping,
    AuthCapabilities,
    Challenge(AuthType),
    Activate(AuthType),
    Active { per_message: bool },
    Dead,
}

struct Flight {
    message: Message,
    tries: Tries,
    numbers: Numbers,
    netfn: NetFn,
    cmd: u8,
    bridged: bool,
    /// Whether carrying the request out twice would not matter.
    repeatable: bool,
    /// Where it would: the datagram, which is sent again as it is. The BMC drops a session sequence
    /// number it has seen.
    frozen: Option<Vec<u8>>,
}

/// Challenges asked for, at most: each lost answer may leave the BMC with another one in mind.
const CHALLENGES: u32 = 4;
/// Invalid session id in a request to activate a session.
const UNKNOWN_CHALLENGE: u8 = 0x85;
/// Close Session.
const CLOSE: u8 = 0x3c;
/// What precedes the first request and what follows each, where that is wanted ([`Quirks::thump`]).
const FIRST_THUMP: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0x07, 0x20, 0x18, 0xc8, 0xc2, 0x01, 0x01, 0x3c];
const THUMP: [u8; 10] = *b"thump\0\0\0\0\0";

/// What serial over LAN adds to the session's id (Intel's, before IPMI 2.0).
pub const SOL_SESSION: u32 = 0x1000_0000;

/// The machine.
pub struct Machine {
    config: Config,
    random: Random,
    phase: Phase,
    flight: Option<Flight>,
    message_seq: MessageSeq,
    /// Session id, 0 outside a session, and whether its packets are authenticated yet.
    session: u32,
    auth: AuthType,
    /// What keys the authentication codes.
    key: Key,
    /// Next session sequence number; 0 until the BMC has given one.
    seq: u32,
    disabled_per_message: bool,
    window: Window,
    ping: Numbers,
    /// Serial-over-LAN packets that have come.
    sol_order: u32,
    pace: Pace,
    /// Challenges asked for, and whether the last one was asked for more than once.
    challenges: u32,
    unsure: bool,
    effects: VecDeque<Effect>,
}

impl Machine {
    /// A machine that has not started.
    pub fn new(config: Config, random: Random) -> Self {
        Machine {
            key: config.password.clone().unwrap_or_default(),
            config,
            random,
            phase: Phase::Idle,
            flight: None,
            message_seq: MessageSeq::default(),
            session: 0,
            auth: AuthType::None,
            seq: 0,
            disabled_per_message: false,
            window: Window::of_fifteen().resuming(),
            ping: Numbers::new(),
            sol_order: 0,
            pace: Pace::default(),
            challenges: 0,
            unsure: false,
            effects: VecDeque::new(),
        }
    }

    /// Begins to open the session. Nothing of an earlier one is left: neither its id, under which a BMC that
    /// has started again would not be asked anything, nor its numbers.
    pub fn start(&mut self) {
        self.forget();
        self.window = Window::of_fifteen().resuming();
        (self.seq, self.challenges, self.unsure) = (0, 0, false);
        (self.flight, self.disabled_per_message) = (None, false);
        self.effects.clear();
        if !self.config.quirks.no_ping {
            // The ping is sent once; whether it is answered does not matter.
            self.phase = Phase::Ping;
            self.ping.sent(0, &self.pace);
            self.effects.push_back(Effect::Transmit(rmcp::PING.to_vec()));
            self.effects.push_back(Effect::Wait(self.config.schedule.timeout));
        } else {
            self.ask_capabilities();
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// The BMC's session id, while the session is open.
    pub fn session(&self) -> Option<u32> {
        matches!(self.phase, Phase::Active { .. }).then_some(self.session)
    }

    /// Tells the time.
    pub fn set_now(&mut self, now: Duration) {
        self.pace.set_now(now);
    }

    /// Whether the BMC has a session by now, or may have one.
    pub fn is_committed(&self) -> bool {
        matches!(self.phase, Phase::Activate(_) | Phase::Active { .. })
    }

    /// What closes the session, once there is one.
    pub fn farewell(&mut self) -> Vec<Vec<u8>> {
        if !matches!(self.phase, Phase::Active { .. }) {
            return Vec::new();
        }
        self.submit(&Route::direct(), &Request::new(NetFn::APP, CLOSE, self.session.to_le_bytes()));
        let sent = self.effects.drain(..).filter_map(|effect| match effect {
            Effect::Transmit(datagram) => Some(datagram),
            _ => None,
        });
        sent.collect()
    }

    /// Changes the schedule of the requests to come.
    pub fn set_schedule(&mut self, schedule: Schedule) {
        self.config.schedule = schedule;
    }

    /// Forgets the session.
    pub fn abandon(&mut self) {
        self.phase = Phase::Dead;
        self.flight = None;
    }

    /// Sends a request inside the session; the effects bring its reply, or say that there is none.
    pub fn submit(&mut self, route: &Route, request: &Request) {
        if !matches!(self.phase, Phase::Active { .. }) {
            self.effects.push_back(Effect::NoReply);
            return;
        }
        let seq = self.message_seq.next();
        let message = bridge::wrap(route, request, seq, route.my_addr);
        let bridged = bridge::depth(route) != Bridging::None;
        let again = !bridged && request.is_repeatable();
        self.flight = Some(Flight {
            message,
            tries: Tries::new(self.config.schedule, &self.pace, again),
            numbers: Numbers::new(),
            netfn: request.netfn,
            cmd: request.cmd,
            bridged,
            repeatable: again,
            frozen: None,
        });
        self.transmit();
    }

    /// The datagram that carries a serial-over-LAN payload; none without a session. Its session id tells
    /// it from a message, and a byte more of header.
    pub fn sol(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
        let (header, data) = payload.split_at_checked(4)?;
        if !matches!(self.phase, Phase::Active { .. }) {
            return None;
        }
        let id = self.session.wrapping_add(SOL_SESSION);
        let message = [header, &[0], data].concat();
        let datagram = session15::encode(AuthType::None, &Key::default(), id, self.seq, &message);
        if self.seq != 0 {
            self.seq = self.seq.checked_add(1).unwrap_or(1);
        }
        Some(datagram)
    }

    fn transmit(&mut self) {
        let Some(flight) = &mut self.flight else { return };
        let Some(wait) = flight.tries.next() else {
            self.flight = None;
            return self.unanswered();
        };
        if flight.repeatable && self.config.schedule.paced && flight.tries.is_repeated() {
            flight.message.seq = self.message_seq.next();
        }
        flight.numbers.sent(flight.message.seq, &self.pace);
        let datagram = flight.frozen.take().unwrap_or_else(|| {
            let message = flight.message.encode();
            let datagram = session15::encode(self.auth, &self.key, self.session, self.seq, &message);
            if self.seq != 0 {
                self.seq = self.seq.checked_add(1).unwrap_or(1);
            }
            datagram
        });
        if !flight.repeatable {
            flight.frozen = Some(datagram.clone());
        }
        self.effects.push_back(Effect::Transmit(datagram));
        if self.config.quirks.thump {
            self.effects.push_back(Effect::Transmit(THUMP.to_vec()));
        }
        self.effects.push_back(Effect::Wait(wait));
    }

    /// The wait is over.
    pub fn deadline(&mut self) {
        if matches!(self.phase, Phase::Ping) { self.ask_capabilities() } else { self.transmit() }
    }

    fn fail(&mut self, failure: Failure) {
        self.phase = Phase::Dead;
        self.flight = None;
        self.effects.push_back(Effect::Failed(failure));
    }

    fn unanswered(&mut self) {
        match self.phase {
            Phase::AuthCapabilities => self.fail(Failure::NoResponse),
            Phase::Challenge(_) => self.fail(Failure::Challenge(None)),
            Phase::Activate(_) => self.fail(Failure::Activate(None)),
            Phase::Active { .. } => self.effects.push_back(Effect::NoReply),
            Phase::Idle | Phase::Ping | Phase::Dead => {}
        }
    }

    fn ask(&mut self, cmd: u8, data: Vec<u8>) {
        let seq = self.message_seq.next();
        let request = Request { netfn: NetFn::APP, lun: 0, cmd, data };
        self.flight = Some(Flight {
            message: Message::request(BMC_ADDRESS, CONSOLE, seq, &request),
            tries: Tries::new(self.config.schedule, &self.pace, true),
            numbers: Numbers::new(),
            netfn: NetFn::APP,
            cmd,
            bridged: false,
            repeatable: true,
            frozen: None,
        });
        self.transmit();
    }

    fn ask_capabilities(&mut self) {
        if self.config.quirks.thump {
            self.effects.push_back(Effect::Transmit(FIRST_THUMP.to_vec()));
        }
        self.phase = Phase::AuthCapabilities;
        self.ask(0x38, vec![0x0e, self.config.privilege]);
    }

    /// Something has arrived.
    pub fn datagram(&mut self, datagram: &[u8]) {
        match rmcp::decode(datagram) {
            Ok(rmcp::Class::Asf(_)) if matches!(self.phase, Phase::Ping) => {
                self.ping.answered(0, &mut self.pace);
                self.ask_capabilities();
            }
            Ok(rmcp::Class::Ipmi(packet)) => self.packet(packet),
            _ => {}
        }
    }

    fn packet(&mut self, bytes: &[u8]) {
        let Ok(packet) = session15::decode(bytes) else { return };
        if matches!(self.phase, Phase::Active { .. }) && packet.session == self.session.wrapping_add(SOL_SESSION) {
            if let [seq, ack, accepted, flags, _, data @ ..] = packet.payload {
                // These packets are not numbered reliably: they count as they come.
                self.sol_order = self.sol_order.wrapping_add(1);
                // Where they are, they take numbers that replies will not have.
                if packet.seq != 0 {
                    self.window.accept(packet.seq);
                }
                let payload = [&[*seq, *ack, *accepted, *flags], data].concat();
                self.effects.push_back(Effect::Sol { order: self.sol_order, payload });
            }
            return;
        }
        if let Phase::Active { per_message } = self.phase {
            if packet.session != self.session {
                return;
            }
            let open = !per_message || self.auth == AuthType::Oem;
            let authentic = packet.auth == AuthType::None && open || self.is_authentic(&packet);
            // Without authentication anybody can write numbers, and some controllers write none.
            let counted = open && packet.seq == 0;
            if !authentic || !(counted || self.window.accept(packet.seq)) {
                return;
            }
        } else if packet.auth != AuthType::None && !self.is_authentic(&packet) {
            return;
        }
        let Some(message) = self.fitting(packet.payload) else { return };
        match self.phase {
            Phase::AuthCapabilities => self.capabilities(&message),
            Phase::Challenge(auth) => self.challenge(auth, &message),
            Phase::Activate(auth) => self.activated(auth, &message),
            Phase::Active { .. } => {
                let refused = message.cmd == bridge::SEND_MESSAGE && message.data.len() == 1;
                if let Some(reply) = message.into_reply()
                    && reply.completion != CompletionCode::DUPLICATED
                {
                    let bridged = self.flight.take().is_some_and(|flight| flight.bridged);
                    // Reference: over IPMI 1.5 a bridge's refusal is no answer (over RMCP+ it is the target's).
                    self.effects.push_back(if bridged && refused { Effect::NotPassedOn } else { Effect::Reply(reply) });
                }
            }
            Phase::Idle | Phase::Ping | Phase::Dead => {}
        }
    }

    /// Whether a packet with a code can be the BMC's. What a manufacturer's own type puts into answers
    /// is not known, so that they are not held to it.
    fn is_authentic(&self, packet: &session15::Packet<'_>) -> bool {
        packet.auth == AuthType::Oem && self.auth == AuthType::Oem || packet.is_authentic(&self.key)
    }

    fn fitting(&mut self, payload: &[u8]) -> Option<Message> {
        let flight = self.flight.as_ref()?;
        let Unwrapped::Answer(message) = bridge::unwrap(Message::decode(payload).ok()?) else { return None };
        let fits = bridge::fits(&message, (flight.netfn, flight.cmd), flight.bridged);
        (fits && flight.numbers.answered(message.seq, &mut self.pace)).then_some(message)
    }

    fn capabilities(&mut self, message: &Message) {
        self.flight = None;
        let [0, _, types, status, ..] = message.data[..] else { return self.fail(Failure::NoResponse) };
        self.disabled_per_message = status & 0x10 != 0;
        let wanted = self.config.auth.filter(|code| *code != 0);
        let offered = |auth: &AuthType| types & auth.mask() != 0;
        let allowed = |auth: &AuthType| wanted.is_none_or(|code| code == auth.code());
        let with_password = [AuthType::Md5, AuthType::Md2, AuthType::Password, AuthType::Oem];
        let choice = if self.config.password.is_some() {
            with_password.into_iter().find(|auth| offered(auth) && allowed(auth))
        } else {
            None
        };
        let none = Some(AuthType::None).filter(|auth| wanted.is_none() && offered(auth));
        let Some(auth) = choice.or(none) else { return self.fail(Failure::AuthType(wanted)) };
        self.ask_challenge(auth);
    }

    /// Nothing of an earlier challenge's session is left.
    fn forget(&mut self) {
        (self.session, self.auth) = (0, AuthType::None);
        self.key = self.config.password.clone().unwrap_or_default();
    }

    fn ask_challenge(&mut self, auth: AuthType) {
        self.challenges += 1;
        self.phase = Phase::Challenge(auth);
        self.forget();
        let mut data = vec![auth.code()];
        data.extend(*Key::new(self.config.user.clone()).padded::<16>());
        self.ask(0x39, data);
    }

    fn challenge(&mut self, auth: AuthType, message: &Message) {
        self.unsure = self.flight.take().is_some_and(|flight| flight.tries.is_repeated());
        let [0, s0, s1, s2, s3, challenge @ ..] = &message.data[..] else {
            return self.fail(Failure::Challenge(message.data.first().map(|code| CompletionCode(*code))));
        };
        let Some(challenge) = challenge.first_chunk::<16>() else {
            return self.fail(Failure::Challenge(Some(CompletionCode::UNSPECIFIED)));
        };
        // From here on packets carry the session's id and authentication, with sequence number 0.
        self.session = u32::from_le_bytes([*s0, *s1, *s2, *s3]);
        self.auth = auth;
        let mut initial = [0; 4];
        (self.random)(&mut initial);
        let mut data = vec![auth.code(), self.config.privilege];
        if self.config.quirks.challenge_key {
            self.key = auth::challenge_key(&self.key, challenge);
            data.extend([0; 16]);
        } else {
            data.extend(challenge);
        }
        data.extend(initial);
        self.phase = Phase::Activate(auth);
        self.ask(0x3a, data);
    }

    fn activated(&mut self, auth: AuthType, message: &Message) {
        self.flight = None;
        let [0, kind, s0, s1, s2, s3, q0, q1, q2, q3, ..] = message.data[..] else {
            // Asked twice, the BMC may know its second challenge only, and this was the first.
            if self.unsure && self.challenges < CHALLENGES && message.data.first() == Some(&UNKNOWN_CHALLENGE) {
                return self.ask_challenge(auth);
            }
            return self.fail(Failure::Activate(message.data.first().map(|code| CompletionCode(*code))));
        };
        self.session = u32::from_le_bytes([s0, s1, s2, s3]);
        self.seq = u32::from_le_bytes([q0, q1, q2, q3]).max(1);
        if self.disabled_per_message {
            self.auth = AuthType::None;
        } else if kind & 0x0f != auth.code() {
            return self.fail(Failure::ActivatedType(kind & 0x0f));
        }
        self.phase = Phase::Active { per_message: self.auth != AuthType::None };
        self.effects.push_back(Effect::Opened);
    }
}
