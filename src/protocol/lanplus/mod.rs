//! The console's side of an RMCP+ session: it is opened (`handshake`), then come requests one after another. A request in flight is answered, or given up when its schedule ends;
//! what does not belong to it is dropped without a word.

mod handshake;

use super::auth::AuthType;
use super::bridge::{self, Unwrapped};
use super::crypt::CipherSuite;
use super::ipmb::{CONSOLE, Message};
use super::rakp::Exchange;
use super::session20::{self, Packet, PayloadType, Protection, Window};
use super::{Effect, Failure, Key, MessageSeq, Numbers, Pace, Quirks, Random, Schedule, Tries, rmcp, session15};
use crate::ipmi::{BMC_ADDRESS, Bridging, CompletionCode, NetFn, Request, Route};
use handshake::Handshakes;
use std::collections::VecDeque;
use std::time::Duration;

/// What a session is opened with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Privilege to ask for, 1 to 5.
    pub privilege: u8,
    /// Whether the user is looked up by name and privilege instead of by name alone.
    pub lookup_by_privilege: bool,
    /// Cipher suite; the best on offer when none is given.
    pub suite: Option<u8>,
    /// User name, at most sixteen bytes.
    pub user: Vec<u8>,
    /// Password, at most twenty bytes.
    pub password: Key,
    /// Kg.
    pub kg: Key,
    /// Schedule of requests; handshake messages are sent once each.
    pub schedule: Schedule,
    /// What the BMC wants otherwise.
    pub quirks: Quirks,
}

/// Close Session.
const CLOSE: u8 = 0x3c;

enum Phase {
    Idle,
    AuthCapabilities { extended: bool, last: bool },
    CipherSuites { part: u8, records: Vec<u8> },
    Opening { suite: CipherSuite },
    Rakp1 { suite: CipherSuite, exchange: Exchange },
    Rakp3 { suite: CipherSuite, exchange: Exchange, keys: [Key; 3] },
    Active(Box<Session>),
    Dead,
}

struct Session {
    console_session: u32,
    bmc_session: u32,
    protection: Protection,
    seq: u32,
    window: Window,
}

impl Session {
    fn new(suite: CipherSuite, exchange: &Exchange, [_, k1, k2]: &[Key; 3], password: &Key) -> Self {
        Session {
            console_session: exchange.console_session,
            bmc_session: exchange.bmc_session,
            protection: Protection {
                suite,
                k1: k1.clone(),
                k2: k2.clone(),
                password: password.clone(),
                quirks: exchange.quirks,
            },
            seq: 0,
            window: Window::default().resuming(),
        }
    }

    /// Wraps a payload. Every packet takes a new number, never 0.
    fn seal(&mut self, random: &mut Random, kind: PayloadType, payload: &[u8]) -> Vec<u8> {
        self.seq = self.seq.checked_add(1).unwrap_or(1);
        let mut iv = [0; 16];
        random(&mut iv);
        session20::encode(&self.protection, self.bmc_session, self.seq, kind, iv, payload)
    }
}

/// How what is in flight is sent.
enum Outgoing {
    /// A message as an IPMI 1.5 packet outside a session.
    Plain15(Message),
    /// A message as an RMCP+ packet outside a session.
    Plain20(Message),
    /// A message of the handshake.
    Handshake(PayloadType, Vec<u8>),
    /// A message inside the session.
    Inside(Message),
}

impl Outgoing {
    fn message(&mut self) -> Option<&mut Message> {
        match self {
            Outgoing::Plain15(message) | Outgoing::Plain20(message) | Outgoing::Inside(message) => Some(message),
            Outgoing::Handshake(..) => None,
        }
    }
}

struct Flight {
    outgoing: Outgoing,
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

/// The machine.
pub struct Machine {
    config: Config,
    random: Random,
    phase: Phase,
    flight: Option<Flight>,
    message_seq: MessageSeq,
    handshakes: Handshakes,
    pace: Pace,
    effects: VecDeque<Effect>,
}

impl Machine {
    /// A machine that has not started.
    pub fn new(config: Config, random: Random) -> Self {
        Machine {
            config,
            random,
            phase: Phase::Idle,
            flight: None,
            message_seq: MessageSeq::default(),
            handshakes: Handshakes::default(),
            pace: Pace::default(),
            effects: VecDeque::new(),
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// The BMC's session id and the cipher suite in force, while the session is open.
    pub fn session(&self) -> Option<(u32, u8)> {
        match &self.phase {
            Phase::Active(session) => Some((session.bmc_session, session.protection.suite.id)),
            _ => None,
        }
    }

    /// Tells the time.
    pub fn set_now(&mut self, now: Duration) {
        self.pace.set_now(now);
    }

    /// Whether the BMC has a session by now, or may have one.
    pub fn is_committed(&self) -> bool {
        matches!(self.phase, Phase::Rakp3 { .. } | Phase::Active(_))
    }

    /// What closes the session, even one whose last message of the handshake has not come yet.
    pub fn farewell(&mut self) -> Vec<Vec<u8>> {
        let close = |id: u32| Request::new(NetFn::APP, CLOSE, id.to_le_bytes());
        match &self.phase {
            Phase::Active(session) => {
                let request = close(session.bmc_session);
                self.submit(&Route::direct(), &request);
                let sent = self.effects.drain(..).filter_map(|effect| match effect {
                    Effect::Transmit(datagram) => Some(datagram),
                    _ => None,
                });
                sent.collect()
            }
            // Before the BMC has shown that it knows Kg, nothing made with it is sent.
            Phase::Rakp3 { suite, exchange, keys } if self.config.kg.is_zero() => {
                let mut session = Session::new(*suite, exchange, keys, &self.config.password);
                let seq = self.message_seq.next();
                let payload = Message::request(BMC_ADDRESS, CONSOLE, seq, &close(session.bmc_session)).encode();
                // Nobody will say that it has arrived.
                (0..2).map(|_| session.seal(&mut self.random, PayloadType::Ipmi, &payload)).collect()
            }
            _ => Vec::new(),
        }
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
        if !matches!(self.phase, Phase::Active(_)) {
            self.effects.push_back(Effect::NoReply);
            return;
        }
        let seq = self.message_seq.next();
        let message = bridge::wrap(route, request, seq, CONSOLE);
        let bridged = bridge::depth(route) != Bridging::None;
        let repeatable = !bridged && request.is_repeatable();
        self.launch(Flight {
            outgoing: Outgoing::Inside(message),
            tries: Tries::new(self.config.schedule, &self.pace, repeatable),
            numbers: Numbers::new(),
            netfn: request.netfn,
            cmd: request.cmd,
            bridged,
            repeatable,
            frozen: None,
        });
    }

    /// The datagram that carries a serial-over-LAN payload; none without a session.
    pub fn sol(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
        let Phase::Active(session) = &mut self.phase else { return None };
        Some(session.seal(&mut self.random, PayloadType::Sol, payload))
    }

    fn launch(&mut self, flight: Flight) {
        self.flight = Some(flight);
        self.transmit();
    }

    /// Sends what is in flight once more, or gives it up.
    fn transmit(&mut self) {
        let Some(flight) = &mut self.flight else { return };
        let Some(wait) = flight.tries.next() else {
            self.flight = None;
            return self.unanswered();
        };
        let repeated = flight.tries.is_repeated();
        self.handshakes.unsure |= repeated;
        let seq = match flight.outgoing.message() {
            Some(message) => {
                if repeated && flight.repeatable && self.config.schedule.paced {
                    message.seq = self.message_seq.next();
                }
                message.seq
            }
            None => self.handshakes.tag,
        };
        flight.numbers.sent(seq, &self.pace);
        let datagram = match (flight.frozen.take(), &flight.outgoing, &mut self.phase) {
            (Some(datagram), ..) => datagram,
            (None, Outgoing::Plain15(message), _) => {
                session15::encode(AuthType::None, &Key::default(), 0, 0, &message.encode())
            }
            (None, Outgoing::Plain20(message), _) => session20::encode_plain(PayloadType::Ipmi, &message.encode()),
            (None, Outgoing::Handshake(kind, payload), _) => session20::encode_plain(*kind, payload),
            (None, Outgoing::Inside(message), Phase::Active(session)) => {
                session.seal(&mut self.random, PayloadType::Ipmi, &message.encode())
            }
            (None, Outgoing::Inside(_), _) => return,
        };
        if !flight.repeatable {
            flight.frozen = Some(datagram.clone());
        }
        self.effects.push_back(Effect::Transmit(datagram));
        self.effects.push_back(Effect::Wait(wait));
    }

    /// The wait is over.
    pub fn deadline(&mut self) {
        self.transmit();
    }

    fn fail(&mut self, failure: Failure) {
        self.phase = Phase::Dead;
        self.flight = None;
        self.effects.push_back(Effect::Failed(failure));
    }

    /// Something has arrived.
    pub fn datagram(&mut self, datagram: &[u8]) {
        let Ok(rmcp::Class::Ipmi(packet)) = rmcp::decode(datagram) else { return };
        if packet.first() == Some(&session20::AUTH_TYPE) {
            let protection = match &self.phase {
                Phase::Active(session) => Some(&session.protection),
                _ => None,
            };
            if let Ok(packet) = session20::decode(packet, protection) {
                self.packet(packet);
            }
        } else if let Phase::AuthCapabilities { extended, last } = self.phase
            && let Ok(packet) = session15::decode(packet)
            && let Some(message) = self.fitting(packet.payload)
        {
            self.capabilities(extended, last, &message);
        }
    }

    /// A message that answers what is in flight.
    fn fitting(&mut self, payload: &[u8]) -> Option<Message> {
        let flight = self.flight.as_ref()?;
        let Unwrapped::Answer(message) = bridge::unwrap(Message::decode(payload).ok()?) else { return None };
        let fits = bridge::fits(&message, (flight.netfn, flight.cmd), flight.bridged);
        (fits && flight.numbers.answered(message.seq, &mut self.pace)).then_some(message)
    }

    fn packet(&mut self, packet: Packet) {
        match (&mut self.phase, packet.kind) {
            (Phase::CipherSuites { .. }, PayloadType::Ipmi) => {
                if let Some(message) = self.fitting(&packet.payload) {
                    self.cipher_suites(&message);
                }
            }
            (Phase::Opening { .. }, PayloadType::OpenSessionResponse) => self.open_response(&packet.payload),
            (Phase::Rakp1 { .. }, PayloadType::Rakp2) => self.rakp2(&packet.payload),
            (Phase::Rakp3 { .. }, PayloadType::Rakp4) => self.rakp4(&packet.payload),
            (Phase::Active(session), PayloadType::Ipmi) => {
                if packet.session != session.console_session || !session.window.accept(packet.seq) {
                    return;
                }
                let Some(reply) = self.fitting(&packet.payload).and_then(Message::into_reply) else { return };
                // The BMC has had this request already: its answer to the first one is on its way.
                if reply.completion != CompletionCode::DUPLICATED {
                    self.flight = None;
                    self.effects.push_back(Effect::Reply(reply));
                }
            }
            (Phase::Active(session), PayloadType::Sol) => {
                if packet.session != session.console_session || !session.window.accept(packet.seq) {
                    return;
                }
                self.effects.push_back(Effect::Sol { order: packet.seq, payload: packet.payload });
            }
            _ => {}
        }
    }
}
