//! The console's side of an RMCP+ session.
//!
//! Get Channel Authentication Capabilities, the choice of a cipher suite, Open Session and RAKP, then
//! requests one after another. A request in flight is answered, or given up when its schedule ends;
//! what does not belong to it is dropped without a word.

use super::bridge::{self, Unwrapped};
use super::crypt::CipherSuite;
use super::ipmb::{CONSOLE, Message};
use super::rakp::{self, Exchange, OpenResponse, Rakp2, Rakp4};
use super::session15;
use super::session20::{self, Packet, PayloadType, Protection, Window};
use super::{Effect, Failure, Key, MessageSeq, Note, Random, Schedule, Tries, auth::AuthType, rmcp};
use crate::ipmi::{BMC_ADDRESS, Bridging, CompletionCode, NetFn, Request, Route};
use std::collections::VecDeque;

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
}

/// Session id of the console.
const CONSOLE_SESSION: u32 = 0xa0a2_a3a4;
/// Handshakes in all, before a silent BMC is given up.
const HANDSHAKES: u32 = 4;
/// The suites chosen by themselves, best first.
const PREFERRED: [u8; 2] = [17, 3];
/// Suite where the BMC does not tell.
const DEFAULT_SUITE: u8 = 3;
/// Administrator, which an open session request leaves to the BMC.
const ADMINISTRATOR: u8 = 4;
/// Parts a list of cipher suites may have (section 22.15).
const MAX_CIPHER_PARTS: u8 = 64;

enum Phase {
    Idle,
    AuthCapabilities { extended: bool },
    CipherSuites { part: u8, records: Vec<u8> },
    Opening { suite: CipherSuite },
    Rakp1 { suite: CipherSuite, exchange: Exchange },
    Rakp3 { suite: CipherSuite, exchange: Exchange, keys: [Key; 3] },
    Active(Box<Session>),
    Dead,
}

struct Session {
    bmc_session: u32,
    protection: Protection,
    seq: u32,
    window: Window,
}

/// How the payload in flight is sent.
enum Outgoing {
    /// As an IPMI 1.5 packet outside a session.
    Plain15(Vec<u8>),
    /// As an RMCP+ packet outside a session.
    Plain20(PayloadType, Vec<u8>),
    /// Inside the session.
    Inside(Vec<u8>),
}

struct Flight {
    outgoing: Outgoing,
    tries: Tries,
    seq: u8,
    cmd: u8,
    bridged: bool,
}

/// The machine.
pub struct Machine {
    config: Config,
    random: Random,
    phase: Phase,
    flight: Option<Flight>,
    message_seq: MessageSeq,
    handshakes: u32,
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
            handshakes: 0,
            effects: VecDeque::new(),
        }
    }

    /// Begins to open the session.
    pub fn start(&mut self) {
        self.ask_capabilities(true);
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
        self.launch(Flight {
            outgoing: Outgoing::Inside(message.encode()),
            tries: Tries::new(self.config.schedule),
            seq,
            cmd: request.cmd,
            bridged: route.bridging() != Bridging::None,
        });
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
        let datagram = match (&flight.outgoing, &mut self.phase) {
            (Outgoing::Plain15(message), _) => session15::encode(AuthType::None, &Key::default(), 0, 0, message),
            (Outgoing::Plain20(kind, payload), _) => session20::encode_plain(*kind, payload),
            (Outgoing::Inside(payload), Phase::Active(session)) => {
                // Every transmission takes a new number, never 0.
                session.seq = session.seq.checked_add(1).unwrap_or(1);
                let mut iv = [0; 16];
                (self.random)(&mut iv);
                session20::encode(&session.protection, session.bmc_session, session.seq, PayloadType::Ipmi, iv, payload)
            }
            (Outgoing::Inside(_), _) => return,
        };
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

    fn unanswered(&mut self) {
        match &self.phase {
            Phase::AuthCapabilities { extended: true } => self.ask_capabilities(false),
            Phase::AuthCapabilities { extended: false } => self.fail(Failure::NoResponse),
            Phase::CipherSuites { .. } => {
                self.effects.push_back(Effect::Note(Note::NoCipherSuites(None)));
                self.open(DEFAULT_SUITE);
            }
            Phase::Opening { suite } => self.handshake_again(*suite),
            Phase::Rakp1 { suite, .. } => {
                self.effects.push_back(Effect::Note(Note::RakpUnanswered(1)));
                self.handshake_again(*suite);
            }
            Phase::Rakp3 { suite, .. } => {
                self.effects.push_back(Effect::Note(Note::RakpUnanswered(3)));
                self.handshake_again(*suite);
            }
            Phase::Active(_) => self.effects.push_back(Effect::NoReply),
            Phase::Idle | Phase::Dead => {}
        }
    }

    fn handshake_again(&mut self, suite: CipherSuite) {
        if self.handshakes < HANDSHAKES { self.open(suite.id) } else { self.fail(Failure::NoResponse) }
    }

    /// An IPMI message outside the session.
    fn ask(&mut self, plus: bool, seq: u8, cmd: u8, data: Vec<u8>) {
        let message =
            Message::request(BMC_ADDRESS, CONSOLE, seq, &Request { netfn: NetFn::APP, lun: 0, cmd, data }).encode();
        let outgoing = if plus { Outgoing::Plain20(PayloadType::Ipmi, message) } else { Outgoing::Plain15(message) };
        self.launch(Flight { outgoing, tries: Tries::new(self.config.schedule), seq, cmd, bridged: false });
    }

    fn ask_capabilities(&mut self, extended: bool) {
        self.phase = Phase::AuthCapabilities { extended };
        // This channel; bit 7 asks for what there is beyond IPMI 1.5.
        let channel = if extended { 0x8e } else { 0x0e };
        self.ask(false, 0, 0x38, vec![channel, self.config.privilege]);
    }

    fn ask_cipher_suites(&mut self, part: u8, records: Vec<u8>) {
        self.phase = Phase::CipherSuites { part, records };
        let seq = self.message_seq.next();
        // By cipher suite, not by algorithm.
        self.ask(true, seq, 0x54, vec![0x0e, 0x00, 0x80 | part]);
    }

    /// A handshake message: sent once, waited for as long as a first try.
    fn handshake(&mut self, kind: PayloadType, payload: Vec<u8>) {
        let schedule = Schedule { tries: 1, ..self.config.schedule };
        let outgoing = Outgoing::Plain20(kind, payload);
        self.launch(Flight { outgoing, tries: Tries::new(schedule), seq: 0, cmd: 0, bridged: false });
    }

    fn open(&mut self, id: u8) {
        let Some(suite) = CipherSuite::from_id(id) else { return self.fail(Failure::UnsupportedSuite(id)) };
        self.handshakes += 1;
        self.phase = Phase::Opening { suite };
        let privilege = if self.config.privilege == ADMINISTRATOR { 0 } else { self.config.privilege };
        self.handshake(PayloadType::OpenSessionRequest, rakp::open_request(0, privilege, CONSOLE_SESSION, &suite));
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
        } else if let Phase::AuthCapabilities { extended } = self.phase
            && let Ok(packet) = session15::decode(packet)
            && let Some(message) = self.fitting(packet.payload)
        {
            self.capabilities(extended, &message);
        }
    }

    /// A message that answers what is in flight.
    fn fitting(&self, payload: &[u8]) -> Option<Message> {
        let flight = self.flight.as_ref()?;
        let Unwrapped::Answer(message) = bridge::unwrap(Message::decode(payload).ok()?) else { return None };
        let expected = message.cmd == flight.cmd || (flight.bridged && message.cmd == 0x34);
        (message.seq == flight.seq && expected && message.netfn & 1 == 1 && !message.data.is_empty()).then_some(message)
    }

    fn capabilities(&mut self, extended: bool, message: &Message) {
        self.flight = None;
        match message.data[..] {
            // Bit 7 of the authentication types: there is more than IPMI 1.5.
            [0, _, types, ..] if types & 0x80 != 0 => match self.config.suite {
                Some(suite) => self.open(suite),
                None => self.ask_cipher_suites(0, Vec::new()),
            },
            [0, ..] => self.fail(Failure::NoRmcpPlus),
            _ if extended => self.ask_capabilities(false),
            _ => self.fail(Failure::NoRmcpPlus),
        }
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
                if packet.session != CONSOLE_SESSION || !session.window.accept(packet.seq) {
                    return;
                }
                let Some(reply) = self.fitting(&packet.payload).and_then(Message::into_reply) else { return };
                // The BMC has had this request already: its answer to the first one is on its way.
                if reply.completion != CompletionCode::DUPLICATED {
                    self.flight = None;
                    self.effects.push_back(Effect::Reply(reply));
                }
            }
            _ => {}
        }
    }

    fn cipher_suites(&mut self, message: &Message) {
        let Phase::CipherSuites { part, records } = std::mem::replace(&mut self.phase, Phase::Idle) else { return };
        self.flight = None;
        let mut records = records;
        match &message.data[..] {
            [0, _channel, chunk @ ..] => {
                records.extend(chunk);
                if chunk.len() >= 16 && part + 1 < MAX_CIPHER_PARTS {
                    return self.ask_cipher_suites(part + 1, records);
                }
                let offered = suite_ids(&records);
                let best = PREFERRED.into_iter().find(|id| offered.contains(id));
                self.open(best.unwrap_or(DEFAULT_SUITE));
            }
            data => {
                let code = data.first().copied().unwrap_or(0xff);
                self.effects.push_back(Effect::Note(Note::NoCipherSuites(Some(CompletionCode(code)))));
                self.open(DEFAULT_SUITE);
            }
        }
    }

    fn open_response(&mut self, payload: &[u8]) {
        let Phase::Opening { suite } = &self.phase else { return };
        let suite = *suite;
        let Ok(response) = OpenResponse::decode(payload) else { return };
        if response.tag != 0 {
            return;
        }
        if response.status != 0 {
            return self.fail(Failure::OpenRefused(response.status));
        }
        if response.console_session != CONSOLE_SESSION
            || response.algorithms != suite.codes()
            || response.bmc_session == 0
        {
            return self.fail(Failure::OpenMismatch);
        }
        let mut console_random = [0; 16];
        (self.random)(&mut console_random);
        let lookup = if self.config.lookup_by_privilege { 0 } else { 0x10 };
        let exchange = Exchange {
            console_session: CONSOLE_SESSION,
            bmc_session: response.bmc_session,
            console_random,
            bmc_random: [0; 16],
            guid: [0; 16],
            role: self.config.privilege | lookup,
            user: self.config.user.clone(),
        };
        let message = rakp::rakp1(0, &exchange);
        self.phase = Phase::Rakp1 { suite, exchange };
        self.handshake(PayloadType::Rakp1, message);
    }

    fn rakp2(&mut self, payload: &[u8]) {
        let Phase::Rakp1 { suite, exchange } = &mut self.phase else { return };
        let Ok(message) = Rakp2::decode(payload) else { return };
        if message.tag != 0 || message.console_session != CONSOLE_SESSION {
            return;
        }
        if message.status != 0 {
            let status = message.status;
            return self.fail(Failure::RakpRefused(2, status));
        }
        (exchange.bmc_random, exchange.guid) = (message.bmc_random, message.guid);
        let algorithm = suite.authentication;
        if !rakp::same(&exchange.rakp2_code(algorithm, &self.config.password), &message.code) {
            return self.fail(Failure::RakpForged(2));
        }
        let keys = exchange.keys(algorithm, &self.config.password, &self.config.kg);
        let code = exchange.rakp3_code(algorithm, &self.config.password);
        let (suite, exchange) = (*suite, exchange.clone());
        let message = rakp::rakp3(0, 0, exchange.bmc_session, &code);
        self.phase = Phase::Rakp3 { suite, exchange, keys };
        self.handshake(PayloadType::Rakp3, message);
    }

    fn rakp4(&mut self, payload: &[u8]) {
        let Phase::Rakp3 { suite, exchange, keys } = &self.phase else { return };
        let Ok(message) = Rakp4::decode(payload) else { return };
        if message.tag != 0 || message.console_session != CONSOLE_SESSION {
            return;
        }
        if message.status != 0 {
            let status = message.status;
            return self.fail(Failure::RakpRefused(4, status));
        }
        let [sik, k1, k2] = keys;
        if !rakp::same(&exchange.rakp4_check(suite.authentication, sik), &message.check) {
            return self.fail(Failure::RakpForged(4));
        }
        let protection =
            Protection { suite: *suite, k1: k1.clone(), k2: k2.clone(), password: self.config.password.clone() };
        let bmc_session = exchange.bmc_session;
        self.flight = None;
        self.phase = Phase::Active(Box::new(Session { bmc_session, protection, seq: 0, window: Window::default() }));
        self.effects.push_back(Effect::Opened);
    }
}

/// Ids in a list of cipher suite records (table 22-18); what cannot be read ends the list.
fn suite_ids(records: &[u8]) -> Vec<u8> {
    let mut ids = Vec::new();
    let mut rest = records;
    loop {
        let (id, tail) = match rest {
            [0xc0, id, tail @ ..] => (*id, tail),
            [0xc1, id, _, _, _, tail @ ..] => (*id, tail),
            _ => return ids,
        };
        ids.push(id);
        // The algorithms follow, up to the next start of a record.
        let next = tail.iter().position(|byte| byte & 0xc0 == 0xc0).unwrap_or(tail.len());
        rest = &tail[next..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cipher_records() {
        let records = [0xc0, 3, 1, 0x41, 0x81, 0xc1, 0x80, 1, 2, 3, 0, 0x40, 0x80, 0xc0, 17, 3, 0x44, 0x81];
        assert_eq!(suite_ids(&records), [3, 0x80, 17]);
        assert!(suite_ids(&[0x55]).is_empty());
    }
}
