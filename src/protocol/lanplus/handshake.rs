//! How an RMCP+ session is opened (IPMI 2.0 sections 13.15 to 13.24): Get Channel Authentication
//! Capabilities, the choice of a cipher suite, Open Session and RAKP.
//!
//! Each message of a handshake has the time of a first try; when that is over, the next handshake begins,
//! with a session id and a tag of its own.

use super::{Flight, Machine, Outgoing, Phase, Session};
use crate::ipmi::{BMC_ADDRESS, CompletionCode, NetFn, Request};
use crate::protocol::crypt::CipherSuite;
use crate::protocol::ipmb::{CONSOLE, Message};
use crate::protocol::rakp::{self, Exchange, OpenResponse, Rakp2, Rakp4};
use crate::protocol::session20::PayloadType;
use crate::protocol::{Effect, Failure, Note, Numbers, Schedule, Tries, suites};
use std::collections::VecDeque;
use std::time::Duration;

/// Handshakes in all, before a silent BMC is given up.
const HANDSHAKES: u32 = 4;
/// A BMC that does not tell is given no more time than this, unless the schedule is fixed.
const PATIENCE: Duration = Duration::from_secs(1);
/// Administrator, which an open session request leaves to the BMC.
const ADMINISTRATOR: u8 = 4;
/// RMCP+ status codes (table 13-15) that speak of the suite, or of the privilege it may be used with.
const UNSUITABLE: [u8; 8] = [0x04, 0x05, 0x06, 0x07, 0x09, 0x0a, 0x10, 0x11];
/// Statuses a repeated handshake message may bring although nothing is wrong: the BMC has done with
/// the session of the first one, or has chosen another random number since.
const OUTDATED: [u8; 3] = [0x02, 0x08, 0x0f];

/// What is known of the handshakes of one opening.
#[derive(Default)]
pub(super) struct Handshakes {
    /// Those that silence has used up, and the one under way.
    count: u32,
    /// This handshake's number, which its messages carry as their tag, and its session id.
    pub(super) tag: u8,
    console_session: u32,
    /// The number of the next one, also of another opening's.
    next_tag: u8,
    /// Whether a message of this handshake was sent more than once.
    pub(super) unsure: bool,
    /// Suites that are still to be tried, and how the first one was refused.
    candidates: VecDeque<u8>,
    refusal: Option<Failure>,
}

impl Machine {
    /// Begins to open the session; a session there was before is forgotten.
    pub fn start(&mut self) {
        self.abandon();
        self.effects.clear();
        self.handshakes = Handshakes { next_tag: self.handshakes.next_tag, ..Handshakes::default() };
        if self.config.quirks.unasked {
            self.choose_suite();
        } else {
            self.ask_capabilities(true, false);
        }
    }

    fn ask_capabilities(&mut self, extended: bool, last: bool) {
        self.phase = Phase::AuthCapabilities { extended, last };
        // This channel; bit 7 asks for what there is beyond IPMI 1.5.
        let channel = if extended { 0x8e } else { 0x0e };
        self.ask(last, false, 0, 0x38, vec![channel, self.config.privilege]);
    }

    pub(super) fn capabilities(&mut self, extended: bool, last: bool, message: &Message) {
        self.flight = None;
        match message.data[..] {
            // Bit 7 of the authentication types: there is more than IPMI 1.5.
            [0, _, types, ..] if types & 0x80 != 0 => self.choose_suite(),
            // The BMC is there: if only its answers to the first question were lost, it will tell now.
            [0, ..] if !extended && self.handshakes.unsure && self.config.schedule.paced => {
                self.ask_capabilities(true, true)
            }
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

    fn ask_cipher_suites(&mut self, part: u8, records: Vec<u8>) {
        self.phase = Phase::CipherSuites { part, records };
        let seq = self.message_seq.next();
        // By cipher suite, not by algorithm.
        self.ask(true, true, seq, 0x54, vec![0x0e, 0x00, 0x80 | part]);
    }

    pub(super) fn cipher_suites(&mut self, message: &Message) {
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

    /// Opens with the best of the suites the BMC offers.
    fn open_one_of(&mut self, offered: &[u8]) {
        self.handshakes.candidates = suites::candidates(offered);
        if let Some(best) = self.handshakes.candidates.front().filter(|_| !offered.is_empty()) {
            self.effects.push_back(Effect::Note(Note::BestSuite(*best)));
        }
        self.open_next();
    }

    /// Opens with the next suite, or fails as the first one did.
    fn open_next(&mut self) {
        match (self.handshakes.candidates.pop_front(), self.handshakes.refusal) {
            (Some(id), _) => self.open(id),
            (None, Some(refusal)) => self.fail(refusal),
            (None, None) => self.fail(Failure::Unfinished),
        }
    }

    /// This suite will not do.
    fn refuse_suite(&mut self, failure: Failure) {
        self.handshakes.refusal.get_or_insert(failure);
        // An answer costs no time: only silence uses the handshakes up.
        self.handshakes.count = self.handshakes.count.saturating_sub(1);
        self.open_next();
    }

    fn open(&mut self, id: u8) {
        let Some(suite) = CipherSuite::from_id(id) else { return self.fail(Failure::UnsupportedSuite(id)) };
        // What is still under way from an earlier handshake must not be taken for this one's.
        self.handshakes.tag = self.handshakes.next_tag;
        self.handshakes.next_tag = self.handshakes.next_tag.wrapping_add(1);
        let mut id = [0; 4];
        (self.random)(&mut id);
        self.handshakes.console_session = u32::from_le_bytes(id).max(1);
        self.handshakes.unsure = false;
        self.handshakes.count += 1;
        self.phase = Phase::Opening { suite };
        let unnamed = self.config.privilege == ADMINISTRATOR && !self.config.quirks.named_privilege;
        let privilege = if unnamed { 0 } else { self.config.privilege };
        let request = rakp::open_request(self.handshakes.tag, privilege, self.handshakes.console_session, &suite);
        self.send(PayloadType::OpenSessionRequest, request);
    }

    pub(super) fn open_response(&mut self, payload: &[u8]) {
        let Phase::Opening { suite } = &self.phase else { return };
        let suite = *suite;
        let Ok(response) = OpenResponse::decode(payload) else { return };
        // A refusal need not name the session.
        let ours = response.console_session == self.handshakes.console_session;
        if response.tag != self.handshakes.tag || !(ours || response.status != 0 && response.console_session == 0) {
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
            console_session: self.handshakes.console_session,
            bmc_session: response.bmc_session,
            console_random,
            bmc_random: [0; 16],
            guid: [0; 16],
            role: self.config.privilege | lookup,
            user: self.config.user.clone(),
            quirks: self.config.quirks,
        };
        let message = rakp::rakp1(self.handshakes.tag, &exchange);
        self.phase = Phase::Rakp1 { suite, exchange };
        self.send(PayloadType::Rakp1, message);
    }

    pub(super) fn rakp2(&mut self, payload: &[u8]) {
        let Phase::Rakp1 { suite, exchange } = &mut self.phase else { return };
        let Ok(message) = Rakp2::decode(payload) else { return };
        if message.tag != self.handshakes.tag || message.console_session != exchange.console_session {
            return;
        }
        let id = suite.id;
        match message.status {
            0 => {}
            status if self.handshakes.unsure && OUTDATED.contains(&status) => return self.handshake_again(id),
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
        let message = rakp::rakp3(self.handshakes.tag, 0, exchange.bmc_session, &code);
        self.landed();
        self.phase = Phase::Rakp3 { suite, exchange, keys };
        self.send(PayloadType::Rakp3, message);
    }

    pub(super) fn rakp4(&mut self, payload: &[u8]) {
        let Phase::Rakp3 { suite, exchange, keys } = &self.phase else { return };
        let Ok(message) = Rakp4::decode(payload) else { return };
        if message.tag != self.handshakes.tag || message.console_session != exchange.console_session {
            return;
        }
        let (id, status) = (suite.id, message.status);
        if status != 0 {
            let outdated = self.handshakes.unsure && OUTDATED.contains(&status);
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

    pub(super) fn unanswered(&mut self) {
        match &self.phase {
            Phase::AuthCapabilities { last: true, .. } => self.fail(Failure::NoRmcpPlus),
            Phase::AuthCapabilities { extended: true, .. } => {
                self.handshakes.unsure = true;
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
        if self.handshakes.count < HANDSHAKES { self.open(suite) } else { self.fail(Failure::Unfinished) }
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

    /// A handshake message: as much time as a first try has.
    fn send(&mut self, kind: PayloadType, payload: Vec<u8>) {
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
            flight.numbers.answered(self.handshakes.tag, &mut self.pace);
        }
    }
}
