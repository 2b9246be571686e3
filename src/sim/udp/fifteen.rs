//! The BMC's side of IPMI 1.5 sessions (IPMI 2.0 section 6.12, 13.6).

use super::super::session::Wire;
use super::super::{Origin, SimulatedBmc, privilege};
use super::{Outgoing, ask, request_of};
use crate::protocol::auth::AuthType;
use crate::protocol::lan::SOL_SESSION;
use crate::protocol::session15::{self, Packet};
use crate::protocol::{Key, ipmb::Message};

/// Get Session Challenge and Activate Session.
const ACTIVATE: u8 = 0x3a;
/// A message's length is one byte.
const LONGEST: usize = 255;
/// Privilege up to which authentication can be waived for commands (channel access, bit 3).
const USER_LEVEL: u8 = 2;

/// How the answer to a packet goes out.
struct Seal {
    auth: AuthType,
    key: Key,
    session: u32,
    seq: u32,
}

/// Answers a packet, RMCP header taken off.
pub fn packet(bmc: &mut SimulatedBmc, mut origin: Origin, bytes: &[u8]) -> Option<Outgoing> {
    let packet = session15::decode(bytes).ok()?;
    if let [seq, ack, accepted, flags, _, data @ ..] = packet.payload
        && let id = packet.session.wrapping_sub(SOL_SESSION)
        && let Some(session) = bmc.state().sessions.get_mut(id).filter(|_| packet.auth == AuthType::None)
        && let Wire::Fifteen(wire) = &mut session.wire
    {
        if !wire.inbound.accept(packet.seq) {
            return None;
        }
        session.heard = origin.now;
        let payload = [&[*seq, *ack, *accepted, *flags], data].concat();
        bmc.state().serial.packet(origin.now, id, packet.seq, &payload);
        return None;
    }
    let message = request_of(packet.payload)?;
    let seal = if packet.session == 0 {
        let request = message.as_request();
        let public = privilege::is_public(request.netfn, request.cmd) && !activates(&message);
        if packet.auth != AuthType::None || !public {
            return None;
        }
        Some(Seal { auth: AuthType::None, key: Key::default(), session: 0, seq: 0 })
    } else {
        origin.session = packet.session;
        admit(bmc, &mut origin, &packet, &message)?
    };
    let (after, payload) = ask(bmc, &origin, &message, LONGEST)?;
    let seal = match seal {
        Some(seal) => seal,
        None => after_activation(bmc, &packet)?,
    };
    Some(Outgoing { after, datagram: session15::encode(seal.auth, &seal.key, seal.session, seal.seq, &payload) })
}

fn activates(message: &Message) -> bool {
    let request = message.as_request();
    (request.netfn, request.cmd) == (crate::ipmi::NetFn::APP, ACTIVATE)
}

/// Whether a packet belongs to its session, and how its answer goes out; that of an activation is
/// known only afterwards.
fn admit(bmc: &mut SimulatedBmc, origin: &mut Origin, packet: &Packet<'_>, message: &Message) -> Option<Option<Seal>> {
    let state = bmc.state();
    if let Some(challenge) = state.sessions.challenge(packet.session) {
        return (activates(message) && is_authentic(packet, challenge.auth, &challenge.key)).then_some(None);
    }
    let request = message.as_request();
    let light =
        !state.channels.user_level_authentication() && privilege::required(request.netfn, request.cmd) <= USER_LEVEL;
    let session = state.sessions.get_mut(packet.session)?;
    let Wire::Fifteen(wire) = &mut session.wire else { return None };
    let unauthenticated = packet.auth == AuthType::None && (light || !wire.per_message);
    if activates(message) {
        // Its first answer was lost: numbers begin only after it.
        return is_authentic(packet, wire.auth, &wire.key).then_some(None);
    }
    if !(unauthenticated || is_authentic(packet, wire.auth, &wire.key)) || !wire.inbound.accept(packet.seq) {
        return None;
    }
    let auth = if unauthenticated { AuthType::None } else { wire.auth };
    let seal = Seal { auth, key: wire.key.clone(), session: packet.session, seq: wire.outbound };
    wire.outbound = wire.outbound.checked_add(1).unwrap_or(1);
    session.heard = origin.now;
    origin.privilege = session.privilege;
    Some(Some(seal))
}

fn is_authentic(packet: &Packet<'_>, auth: AuthType, key: &Key) -> bool {
    packet.auth == auth && (auth == AuthType::None || packet.is_authentic(key))
}

/// The answer to an activation is part of the session it opens; a refusal is numbered 0.
fn after_activation(bmc: &mut SimulatedBmc, packet: &Packet<'_>) -> Option<Seal> {
    let sessions = &mut bmc.state().sessions;
    if let Some(session) = sessions.get_mut(packet.session) {
        let Wire::Fifteen(wire) = &mut session.wire else { return None };
        let seal = Seal { auth: wire.auth, key: wire.key.clone(), session: packet.session, seq: wire.outbound };
        wire.outbound = wire.outbound.checked_add(1).unwrap_or(1);
        return Some(seal);
    }
    let challenge = sessions.challenge(packet.session)?;
    Some(Seal { auth: challenge.auth, key: challenge.key.clone(), session: packet.session, seq: 0 })
}
