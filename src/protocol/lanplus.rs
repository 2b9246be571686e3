//! The console's side of an RMCP+ session.
//!
//! Get Channel Authentication Capabilities, the choice of a cipher suite, Open Session and RAKP, then
//! requests one after another. A request in flight is answered, or given up when its schedule ends;
//! what does not belong to it is dropped without a word.

use super::bridge::{self, Unwrapped};
use super::crypt::CipherSuite;
use super::ipmb::{CONSOLE, Message};
use super::rakp::{self, Exchange, OpenResponse, Rakp2, Rakp4};
use super::session20::{self, Packet, PayloadType, Protection, Window};
use super::{Effect, Failure, Key, MessageSeq, Note, Numbers, Pace, Quirks, Random, Schedule, Tries, auth::AuthType};
use super::{rmcp, session15, suites};
use crate::ipmi::{BMC_ADDRESS, Bridging, CompletionCode, NetFn, Request, Route};
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

/// Handshakes in all, before a silent BMC is given up.
const HANDSHAKES: u32 = 4;
/// A BMC that does not tell is given no more time than this, unless the schedule is fixed.
const PATIENCE: Duration = Duration::from_secs(1);
/// Administrator, which an open session request leaves to the BMC.
const ADMINISTRATOR: u8 = 4;
/// Close Session.
const CLOSE: u8 = 0x3c;
/// RMCP+ status codes (table 13-15) that speak of the suite, or of the privilege it may be used with.
const UNSUITABLE: [u8; 8] = [0x04, 0x05, 0x06, 0x07, 0x09, 0x0a, 0x10, 0x11];
/// Statuses a repeated handshake message may bring although nothing is wrong: the BMC has done with
/// the session of the first one, or has chosen another random number since.
const OUTDATED: [u8; 3] = [0x02, 0x08, 0x0f];

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

    /// Wraps a message. Every packet takes a new number, never 0.
    fn seal(&mut self, random: &mut Random, payload: &[u8]) -> Vec<u8> {
        self.seq = self.seq.checked_add(1).unwrap_or(1);
        let mut iv = [0; 16];
        random(&mut iv);
        session20::encode(&self.protection, self.bmc_session, self.seq, PayloadType::Ipmi, iv, payload)
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
    handshakes: u32,
    /// This handshake's number, which its messages carry as their tag, and its session id.
    tag: u8,
    rounds: u8,
    console_session: u32,
    /// Whether a message of this handshake was sent more than once.
    unsure: bool,
    /// Suites that are still to be tried, and how the first one was refused.
    candidates: VecDeque<u8>,
    refusal: Option<Failure>,
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
            handshakes: 0,
            tag: 0,
            rounds: 0,
            console_session: 0,
            unsure: false,
            candidates: VecDeque::new(),
            refusal: None,
            pace: Pace::default(),
            effects: VecDeque::new(),
        }
    }

    /// Begins to open the session; a session there was before is forgotten.
    pub fn start(&mut self) {
        self.abandon();
        self.effects.clear();
        self.candidates.clear();
        (self.handshakes, self.refusal, self.unsure) = (0, None, false);
        if self.config.quirks.unasked {
            self.choose_suite();
        } else {
            self.ask_capabilities(true, false);
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
                (0..2).map(|_| session.seal(&mut self.random, &payload)).collect()
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
        session.seq = session.seq.checked_add(1).unwrap_or(1);
        let mut iv = [0; 16];
        (self.random)(&mut iv);
        let (id, seq) = (session.bmc_session, session.seq);
        Some(session20::encode(&session.protection, id, seq, PayloadType::Sol, iv, payload))
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
        self.unsure |= repeated;
        let seq = match flight.outgoing.message() {
            Some(message) => {
                if repeated && flight.repeatable && self.config.schedule.paced {
                    message.seq = self.message_seq.next();
                }
                message.seq
            }
            None => self.tag,
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
                session.seal(&mut self.random, &message.encode())
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

    fn unanswered(&mut self) {
        match &self.phase {
            Phase::AuthCapabilities { last: true, .. } => self.fail(Failure::NoRmcpPlus),
            Phase::AuthCapabilities { extended: true, .. } => {
                self.unsure = true;
                self.ask_capabilities(false, false);
            }
            Phase::AuthCapabilities { .. } => self.fail(Failure::NoResponse),
            // What has been told so far counts.
            Phase::CipherSuites { records, .. } => {
                let offered = suites::ids(records);
                self.open_one_of(&offered);
            }
            Phase::Opening { suite } => self.handshake_again(suite.id),
            Phase::Rakp1 { suite, .. } => {
                self.effects.push_back(Effect::Note(Note::RakpUnanswered(1)));
                self.handshake_again(suite.id);
            }
            Phase::Rakp3 { suite, .. } => {
                let id = suite.id;
                self.effects.push_back(Effect::Note(Note::RakpUnanswered(3)));
                self.leave_half_open();
                self.handshake_again(id);
            }
            Phase::Active(_) => self.effects.push_back(Effect::NoReply),
            Phase::Idle | Phase::Dead => {}
        }
    }

    /// The BMC may have opened a session whose last message was lost; it is not to be kept waiting.
    fn leave_half_open(&mut self) {
        let farewell = self.farewell();
        self.effects.extend(farewell.into_iter().map(Effect::Transmit));
    }

    fn handshake_again(&mut self, suite: u8) {
        if self.handshakes < HANDSHAKES { self.open(suite) } else { self.fail(Failure::Unfinished) }
    }

    /// Opens with the best of the suites the BMC offers.
    fn open_one_of(&mut self, offered: &[u8]) {
        self.candidates = suites::candidates(offered);
        if let Some(best) = self.candidates.front().filter(|_| !offered.is_empty()) {
            self.effects.push_back(Effect::Note(Note::BestSuite(*best)));
        }
        self.open_next();
    }

    /// Opens with the next suite, or fails as the first one did.
    fn open_next(&mut self) {
        match (self.candidates.pop_front(), self.refusal) {
            (Some(id), _) => self.open(id),
            (None, Some(refusal)) => self.fail(refusal),
            (None, None) => self.fail(Failure::Unfinished),
        }
    }

    /// This suite will not do.
    fn refuse_suite(&mut self, failure: Failure) {
        self.refusal.get_or_insert(failure);
        // An answer costs no time: only silence uses the handshakes up.
        self.handshakes = self.handshakes.saturating_sub(1);
        self.open_next();
    }

    /// An IPMI message outside the session; not every answer is worth a whole schedule.
    fn ask(&mut self, brief: bool, plus: bool, seq: u8, cmd: u8, data: Vec<u8>) {
        let message = Message::request(BMC_ADDRESS, CONSOLE, seq, &Request { netfn: NetFn::APP, lun: 0, cmd, data });
        let outgoing = if plus { Outgoing::Plain20(message) } else { Outgoing::Plain15(message) };
        let own = self.config.schedule;
        let short = Schedule { tries: 1, timeout: own.timeout.min(PATIENCE), ..own };
        let schedule = if brief && own.paced { short } else { own };
        let tries = Tries::new(schedule, &self.pace, true);
        let (netfn, numbers) = (NetFn::APP, Numbers::new());
        self.launch(Flight { outgoing, tries, numbers, netfn, cmd, bridged: false, repeatable: true, frozen: None });
    }

    fn ask_capabilities(&mut self, extended: bool, last: bool) {
        self.phase = Phase::AuthCapabilities { extended, last };
        // This channel; bit 7 asks for what there is beyond IPMI 1.5.
        let channel = if extended { 0x8e } else { 0x0e };
        self.ask(last, false, 0, 0x38, vec![channel, self.config.privilege]);
    }

    fn ask_cipher_suites(&mut self, part: u8, records: Vec<u8>) {
        self.phase = Phase::CipherSuites { part, records };
        let seq = self.message_seq.next();
        // By cipher suite, not by algorithm.
        self.ask(true, true, seq, 0x54, vec![0x0e, 0x00, 0x80 | part]);
    }

    /// A handshake message: as much time as a first try has.
    fn handshake(&mut self, kind: PayloadType, payload: Vec<u8>) {
        let schedule = Schedule { tries: 1, ..self.config.schedule };
        self.launch(Flight {
            outgoing: Outgoing::Handshake(kind, payload),
            tries: Tries::new(schedule, &self.pace, true),
            numbers: Numbers::new(),
            netfn: NetFn::APP,
            cmd: kind as u8,
            bridged: false,
            repeatable: true,
            frozen: None,
        });
    }

    /// The answer to a handshake message has come.
    fn landed(&mut self) {
        if let Some(flight) = self.flight.take() {
            flight.numbers.answered(self.tag, &mut self.pace);
        }
    }

    fn open(&mut self, id: u8) {
        let Some(suite) = CipherSuite::from_id(id) else { return self.fail(Failure::UnsupportedSuite(id)) };
        // What is still under way from an earlier handshake must not be taken for this one's.
        self.tag = self.rounds;
        self.rounds = self.rounds.wrapping_add(1);
        let mut id = [0; 4];
        (self.random)(&mut id);
        self.console_session = u32::from_le_bytes(id).max(1);
        self.unsure = false;
        self.handshakes += 1;
        self.phase = Phase::Opening { suite };
        let unnamed = self.config.privilege == ADMINISTRATOR && !self.config.quirks.named_privilege;
        let privilege = if unnamed { 0 } else { self.config.privilege };
        let request = rakp::open_request(self.tag, privilege, self.console_session, &suite);
        self.handshake(PayloadType::OpenSessionRequest, request);
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

    fn capabilities(&mut self, extended: bool, last: bool, message: &Message) {
        self.flight = None;
        match message.data[..] {
            // Bit 7 of the authentication types: there is more than IPMI 1.5.
            [0, _, types, ..] if types & 0x80 != 0 => self.choose_suite(),
            // The BMC is there: if only its answers to the first question were lost, it will tell now.
            [0, ..] if !extended && self.unsure && self.config.schedule.paced => self.ask_capabilities(true, true),
            [0, ..] => self.fail(Failure::NoRmcpPlus),
            _ if extended && !last => self.ask_capabilities(false, false),
            _ => self.fail(Failure::NoRmcpPlus),
        }
    }

    /// Opens with the suite that is wanted, or asks which there are.
    fn choose_suite(&mut self) {
        match self.config.suite {
            Some(suite) => self.open(suite),
            None => self.ask_cipher_suites(0, Vec::new()),
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

    fn cipher_suites(&mut self, message: &Message) {
        let Phase::CipherSuites { part, records } = std::mem::replace(&mut self.phase, Phase::Idle) else { return };
        self.flight = None;
        let mut records = records;
        match &message.data[..] {
            [0, _channel, chunk @ ..] => {
                records.extend(chunk);
                if chunk.len() >= 16 && part + 1 < suites::MAX_PARTS {
                    return self.ask_cipher_suites(part + 1, records);
                }
                self.open_one_of(&suites::ids(&records));
            }
            data => {
                let code = data.first().copied().unwrap_or(0xff);
                self.effects.push_back(Effect::Note(Note::NoCipherSuites(CompletionCode(code))));
                self.open_one_of(&[]);
            }
        }
    }

    fn open_response(&mut self, payload: &[u8]) {
        let Phase::Opening { suite } = &self.phase else { return };
        let suite = *suite;
        let Ok(response) = OpenResponse::decode(payload) else { return };
        // A refusal need not name the session.
        let ours = response.console_session == self.console_session;
        if response.tag != self.tag || !(ours || response.status != 0 && response.console_session == 0) {
            return;
        }
        self.landed();
        match response.status {
            0 => {}
            status if UNSUITABLE.contains(&status) && self.config.suite.is_none() => {
                return self.refuse_suite(Failure::OpenRefused(status));
            }
            status => return self.fail(Failure::OpenRefused(status)),
        }
        if response.algorithms != suite.codes() || response.bmc_session == 0 {
            return self.fail(Failure::OpenMismatch);
        }
        if !suite.is_spoken() {
            return self.fail(Failure::UnsupportedSuite(suite.id));
        }
        let mut console_random = [0; 16];
        (self.random)(&mut console_random);
        let lookup = if self.config.lookup_by_privilege { 0 } else { 0x10 };
        let exchange = Exchange {
            console_session: self.console_session,
            bmc_session: response.bmc_session,
            console_random,
            bmc_random: [0; 16],
            guid: [0; 16],
            role: self.config.privilege | lookup,
            user: self.config.user.clone(),
            quirks: self.config.quirks,
        };
        let message = rakp::rakp1(self.tag, &exchange);
        self.phase = Phase::Rakp1 { suite, exchange };
        self.handshake(PayloadType::Rakp1, message);
    }

    fn rakp2(&mut self, payload: &[u8]) {
        let Phase::Rakp1 { suite, exchange } = &mut self.phase else { return };
        let Ok(message) = Rakp2::decode(payload) else { return };
        if message.tag != self.tag || message.console_session != exchange.console_session {
            return;
        }
        let id = suite.id;
        match message.status {
            0 => {}
            status if self.unsure && OUTDATED.contains(&status) => return self.handshake_again(id),
            status => return self.fail(Failure::RakpRefused(2, status)),
        }
        (exchange.bmc_random, exchange.guid) = (message.bmc_random, message.guid);
        let algorithm = suite.authentication;
        if !rakp::same(&exchange.rakp2_code(algorithm, &self.config.password), &message.code) {
            return self.fail(Failure::RakpForged(2));
        }
        let keys = exchange.keys(algorithm, &self.config.password, &self.config.kg);
        let code = exchange.rakp3_code(algorithm, &self.config.password);
        let (suite, exchange) = (*suite, exchange.clone());
        let message = rakp::rakp3(self.tag, 0, exchange.bmc_session, &code);
        self.landed();
        self.phase = Phase::Rakp3 { suite, exchange, keys };
        self.handshake(PayloadType::Rakp3, message);
    }

    fn rakp4(&mut self, payload: &[u8]) {
        let Phase::Rakp3 { suite, exchange, keys } = &self.phase else { return };
        let Ok(message) = Rakp4::decode(payload) else { return };
        if message.tag != self.tag || message.console_session != exchange.console_session {
            return;
        }
        let (id, status) = (suite.id, message.status);
        if status != 0 {
            let outdated = self.unsure && OUTDATED.contains(&status);
            return if outdated { self.handshake_again(id) } else { self.fail(Failure::RakpRefused(4, status)) };
        }
        if !exchange.is_checked(suite, &keys[0], &message.check) {
            return self.fail(Failure::RakpForged(4));
        }
        let session = Session::new(*suite, exchange, keys, &self.config.password);
        self.landed();
        self.phase = Phase::Active(Box::new(session));
        self.effects.push_back(Effect::Opened);
    }
}
