//! The BMC's side of RMCP+ sessions (IPMI 2.0 sections 13.17 to 13.24).

use super::super::session::{Plus, Session, Wire, session_limit};
use super::super::{Origin, SimulatedBmc, State, channel, privilege};
use super::{Outgoing, ask, request_of};
use crate::ipmi::NetFn;
use crate::protocol::Key;
use crate::protocol::auth::AuthType;
use crate::protocol::crypt::CipherSuite;
use crate::protocol::lan::SOL_SESSION;
use crate::protocol::rakp::{self, Exchange, OpenRequest, OpenResponse, Rakp1, Rakp2, Rakp3, Rakp4};
use crate::protocol::session15;
use crate::protocol::session20::{self, PayloadType, Protection, Window};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

/// RMCP+ status codes (table 13-15).
mod status {
    pub const NO_RESOURCES: u8 = 0x01;
    pub const INVALID_SESSION: u8 = 0x02;
    pub const INVALID_AUTHENTICATION: u8 = 0x04;
    pub const INVALID_INTEGRITY: u8 = 0x05;
    pub const INVALID_ROLE: u8 = 0x09;
    pub const UNAUTHORIZED_ROLE: u8 = 0x0a;
    pub const INVALID_NAME_LENGTH: u8 = 0x0c;
    pub const UNAUTHORIZED_NAME: u8 = 0x0d;
    pub const INVALID_CHECK: u8 = 0x0f;
    pub const INVALID_CONFIDENTIALITY: u8 = 0x10;
    pub const NO_SUITE: u8 = 0x11;
    pub const ILLEGAL_PARAMETER: u8 = 0x12;
}

/// Handshakes that may be under way; the oldest gives way.
const MAX_HANDSHAKES: usize = 16;
/// RAKP message 1 with a user name of the greatest length.
const LONG_RAKP1: usize = 44;
/// The longest message that goes into a packet here.
const LONGEST: usize = 1024;

/// The handshakes that are under way.
#[derive(Default)]
pub struct Handshakes(VecDeque<Handshake>);

struct Handshake {
    console_session: u32,
    bmc_session: u32,
    suite: CipherSuite,
    limit: u8,
    asked: Option<Asked>,
}

/// What is known once RAKP message 1 has come.
struct Asked {
    /// The message and what it was answered: it gets the same answer when it comes again.
    rakp: (Vec<u8>, Vec<u8>),
    exchange: Exchange,
    user: u8,
    key: Key,
    level: u8,
}

/// Whether a packet, RMCP header taken off, is an RMCP+ packet.
pub fn is_plus(packet: &[u8]) -> bool {
    session20::session_of(packet).is_some()
}

impl Handshakes {
    /// Answers a packet, RMCP header taken off.
    pub fn packet(&mut self, bmc: &mut SimulatedBmc, origin: Origin, bytes: &[u8]) -> Option<Outgoing> {
        if session20::session_of(bytes) != Some(0) {
            return inside(bmc, origin, bytes);
        }
        let packet = session20::decode(bytes, None).ok()?;
        let (kind, after, payload) = match packet.kind {
            PayloadType::Ipmi => {
                let message = request_of(&packet.payload)?;
                let request = message.as_request();
                // Sessions of IPMI 1.5 are opened in packets of IPMI 1.5.
                let fifteen = request.netfn == NetFn::APP && matches!(request.cmd, 0x39 | 0x3a);
                if fifteen || !privilege::is_public(request.netfn, request.cmd) {
                    return None;
                }
                let (after, payload) = ask(bmc, &origin, &message, LONGEST)?;
                (PayloadType::Ipmi, after, payload)
            }
            PayloadType::OpenSessionRequest => {
                (PayloadType::OpenSessionResponse, Duration::ZERO, self.open(bmc.state(), &packet.payload)?)
            }
            PayloadType::Rakp1 => (PayloadType::Rakp2, Duration::ZERO, self.rakp1(bmc.state(), &packet.payload)?),
            PayloadType::Rakp3 => {
                (PayloadType::Rakp4, Duration::ZERO, self.rakp3(bmc.state(), &origin, &packet.payload)?)
            }
            _ => return None,
        };
        Some(Outgoing { after, datagram: session20::encode_plain(kind, &payload) })
    }

    fn position(&self, bmc_session: u32) -> Option<usize> {
        self.0.iter().position(|handshake| handshake.bmc_session == bmc_session)
    }

    fn open(&mut self, state: &mut State, payload: &[u8]) -> Option<Vec<u8>> {
        let refusal = |tag, console_session, status| {
            let response = OpenResponse { tag, status, console_session, bmc_session: 0, algorithms: [0; 3] };
            Some(response.encode(0))
        };
        let request = match (OpenRequest::decode(payload), payload) {
            (Ok(request), _) => request,
            (Err(_), [tag, _, _, _, i0, i1, i2, i3, ..]) => {
                return refusal(*tag, u32::from_le_bytes([*i0, *i1, *i2, *i3]), status::ILLEGAL_PARAMETER);
            }
            (Err(_), _) => return None,
        };
        let (suite, limit) = match choose(state, &request) {
            Ok(choice) => choice,
            Err(status) => return refusal(request.tag, request.console_session, status),
        };
        let bmc_session = state.sessions.fresh_id();
        if self.0.len() >= MAX_HANDSHAKES {
            self.0.pop_front();
        }
        let console_session = request.console_session;
        self.0.push_back(Handshake { console_session, bmc_session, suite, limit, asked: None });
        let algorithms = suite.codes();
        Some(OpenResponse { tag: request.tag, status: 0, console_session, bmc_session, algorithms }.encode(limit))
    }

    fn rakp1(&mut self, state: &mut State, payload: &[u8]) -> Option<Vec<u8>> {
        let message = Rakp1::decode(payload).ok()?;
        let answer = |console_session, status| Rakp2 {
            tag: message.tag,
            status,
            console_session,
            bmc_random: [0; 16],
            guid: [0; 16],
            code: Vec::new(),
        };
        let position = self.position(message.bmc_session);
        let Some(handshake) = position.and_then(|position| self.0.get_mut(position)) else {
            return Some(answer(0, status::INVALID_SESSION).encode());
        };
        if let Some(asked) = handshake.asked.as_ref().filter(|asked| asked.rakp.0 == payload) {
            return Some(asked.rakp.1.clone());
        }
        let refusal = |status| Some(answer(handshake.console_session, status).encode());
        let level = message.role & 0x0f;
        let short = state.quirks.long_name && payload.len() < LONG_RAKP1;
        let Some(name) = message.user.as_ref().filter(|_| !short) else {
            return refusal(status::INVALID_NAME_LENGTH);
        };
        if !(1..=5).contains(&level) {
            return refusal(status::INVALID_ROLE);
        }
        // Bit 4: by name alone; otherwise the first user of the name who may have the privilege.
        let least = if message.role & 0x10 != 0 { 0 } else { level };
        let padded = *Key::new(name.clone()).padded::<16>();
        let Some((user, key)) = state.users.find(&padded, least).map(|(id, user)| (id, Key::new(user.password))) else {
            return refusal(status::UNAUTHORIZED_NAME);
        };
        if level > handshake.limit.min(session_limit(state, user)) {
            return refusal(status::UNAUTHORIZED_ROLE);
        }
        let exchange = Exchange {
            console_session: handshake.console_session,
            bmc_session: handshake.bmc_session,
            console_random: message.console_random,
            bmc_random: state.sessions.random(),
            guid: *Key::new(state.guid.clone()).padded::<16>(),
            role: message.role,
            user: name.clone(),
            quirks: state.quirks,
        };
        let rakp2 = Rakp2 {
            bmc_random: exchange.bmc_random,
            guid: exchange.guid,
            code: exchange.rakp2_code(handshake.suite.authentication, &key),
            ..answer(handshake.console_session, 0)
        };
        let rakp2 = rakp2.encode();
        handshake.asked = Some(Asked { rakp: (payload.to_vec(), rakp2.clone()), exchange, user, key, level });
        Some(rakp2)
    }

    fn rakp3(&mut self, state: &mut State, origin: &Origin, payload: &[u8]) -> Option<Vec<u8>> {
        let message = Rakp3::decode(payload).ok()?;
        if let Some(Session { wire: Wire::Plus(wire), .. }) = state.sessions.get(message.bmc_session) {
            return (wire.rakp.0 == payload).then(|| wire.rakp.1.clone());
        }
        // Whatever comes of it, there is no second try.
        let handshake = self.0.remove(self.position(message.bmc_session)?)?;
        let asked = handshake.asked?;
        if message.status != 0 {
            return None;
        }
        let console_session = handshake.console_session;
        let refusal = |status| Some(Rakp4 { tag: message.tag, status, console_session, check: Vec::new() }.encode());
        let algorithm = handshake.suite.authentication;
        if !rakp::same(&asked.exchange.rakp3_code(algorithm, &asked.key), &message.code) {
            return refusal(status::INVALID_CHECK);
        }
        let [sik, k1, k2] = asked.exchange.keys(algorithm, &asked.key, &state.kg);
        let check = asked.exchange.rakp4_check(&handshake.suite, &sik);
        let rakp4 = Rakp4 { tag: message.tag, status: 0, console_session, check }.encode();
        let wire = Wire::Plus(Box::new(Plus {
            console_session,
            protection: Protection { suite: handshake.suite, k1, k2, password: asked.key, quirks: state.quirks },
            inbound: Window::default(),
            outbound: 1,
            rakp: (payload.to_vec(), rakp4.clone()),
        }));
        let session = Session {
            id: handshake.bmc_session,
            handle: 0,
            user: asked.user,
            limit: asked.level,
            // A session begins as a user's; Set Session Privilege Level raises it.
            privilege: asked.level.min(2),
            peer: origin.peer,
            mac: [0; 6],
            wire,
            heard: origin.now,
        };
        match state.sessions.admit(session) {
            Ok(()) => Some(rakp4),
            Err(_) => refusal(status::NO_RESOURCES),
        }
    }
}

/// What the serial port has for its console now, and where that is.
pub fn serial(state: &mut State, now: Duration) -> Vec<(SocketAddr, Outgoing)> {
    let timing = state.sol.timing();
    let mut out = Vec::new();
    for (id, payload) in state.serial.poll(now, &timing) {
        let iv = state.sessions.random();
        let Some(session) = state.sessions.get_mut(id) else { continue };
        let wire = match &mut session.wire {
            Wire::Plus(wire) => wire,
            Wire::Fifteen(wire) => {
                let (header, data) = payload.split_at(payload.len().min(4));
                let message = [header, &[0], data].concat();
                let id = id.wrapping_add(SOL_SESSION);
                let datagram = session15::encode(AuthType::None, &wire.key, id, wire.outbound, &message);
                wire.outbound = wire.outbound.checked_add(1).unwrap_or(1);
                out.push((session.peer, Outgoing { after: Duration::ZERO, datagram }));
                continue;
            }
            Wire::Elsewhere => continue,
        };
        let seq = wire.outbound;
        wire.outbound = wire.outbound.checked_add(1).unwrap_or(1);
        let datagram = session20::encode(&wire.protection, wire.console_session, seq, PayloadType::Sol, iv, &payload);
        out.push((session.peer, Outgoing { after: Duration::ZERO, datagram }));
    }
    out
}

/// The cipher suite for a request and the highest privilege in it; a status where there is none.
fn choose(state: &State, request: &OpenRequest) -> Result<(CipherSuite, u8), u8> {
    if request.console_session == 0 {
        return Err(status::INVALID_SESSION);
    }
    if request.privilege > 5 || request.privilege == 0 && state.quirks.named_privilege {
        return Err(status::INVALID_ROLE);
    }
    let offered: Vec<CipherSuite> = state
        .lan
        .cipher_suites()
        .iter()
        .filter_map(|id| CipherSuite::from_id(*id))
        .filter(CipherSuite::is_spoken)
        .collect();
    let statuses = [status::INVALID_AUTHENTICATION, status::INVALID_INTEGRITY, status::INVALID_CONFIDENTIALITY];
    for (position, status) in statuses.into_iter().enumerate() {
        let wanted = request.algorithms[position];
        if !offered.iter().any(|suite| wanted.is_none_or(|code| suite.codes()[position] == code)) {
            return Err(status);
        }
    }
    let fits = |suite: &&CipherSuite| {
        suite.codes().iter().zip(request.algorithms).all(|(code, wanted)| wanted.is_none_or(|wanted| wanted == *code))
    };
    // Where the choice is left to the BMC, the strongest, which is the last one.
    let suite = offered.iter().rev().find(fits).ok_or(status::NO_SUITE)?;
    let limit = state.lan.suite_limit(suite.id).ok_or(status::NO_SUITE)?;
    let limit = limit.min(state.channels.privilege_limit(channel::LAN));
    if request.privilege > limit {
        return Err(status::UNAUTHORIZED_ROLE);
    }
    Ok((*suite, limit))
}

/// A packet inside a session.
fn inside(bmc: &mut SimulatedBmc, mut origin: Origin, bytes: &[u8]) -> Option<Outgoing> {
    let id = session20::session_of(bytes)?;
    let sessions = &mut bmc.state().sessions;
    let iv = sessions.random();
    let session = sessions.get_mut(id)?;
    let Wire::Plus(wire) = &mut session.wire else { return None };
    let packet = session20::decode(bytes, Some(&wire.protection)).ok()?;
    if !wire.inbound.accept(packet.seq) {
        return None;
    }
    if packet.kind == PayloadType::Sol {
        session.heard = origin.now;
        // What the port has to say about it is fetched by `serial`.
        bmc.state().serial.packet(origin.now, id, packet.seq, &packet.payload);
        return None;
    }
    if packet.kind != PayloadType::Ipmi {
        return None;
    }
    let message = request_of(&packet.payload)?;
    let (protection, console_session, seq) = (wire.protection.clone(), wire.console_session, wire.outbound);
    wire.outbound = wire.outbound.checked_add(1).unwrap_or(1);
    session.heard = origin.now;
    (origin.session, origin.privilege) = (id, session.privilege);
    let (after, payload) = ask(bmc, &origin, &message, LONGEST)?;
    let datagram = session20::encode(&protection, console_session, seq, PayloadType::Ipmi, iv, &payload);
    Some(Outgoing { after, datagram })
}
