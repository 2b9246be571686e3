//! The LAN face: IPMI 1.5 and RMCP+ on one UDP port.
//!
//! [`Server`] is a machine: a datagram goes in, datagrams come out; time and random numbers are handed
//! in. [`serve`] gives it a socket. Packets that are no part of a session, or that come twice, or
//! whose codes are wrong, are dropped without a word, as the specification asks.

mod face;
mod faults;
mod fifteen;
mod plus;

pub use face::serve;
pub use faults::PacketFaults;

use super::{Answer, Origin, SimulatedBmc, channel};
use crate::ipmi::{BMC_ADDRESS, CompletionCode, Reply};
use crate::protocol::ipmb::Message;
use crate::protocol::rmcp;
use std::net::SocketAddr;
use std::time::Duration;

/// A datagram to send back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// How long it is to wait before it is sent.
    pub after: Duration,
    /// The datagram.
    pub datagram: Vec<u8>,
}

/// The server's side of every session over UDP.
pub struct Server {
    handshakes: plus::Handshakes,
    faults: PacketFaults,
}

impl Server {
    /// A server without sessions, whose packets suffer these faults.
    pub fn new(faults: PacketFaults) -> Self {
        Server { handshakes: plus::Handshakes::default(), faults }
    }

    /// Changes what goes wrong with packets from now on.
    pub fn set_faults(&mut self, faults: PacketFaults) {
        self.faults = faults;
    }

    /// Takes a datagram that came from `peer` at `now`, a time since the server started.
    pub fn datagram(
        &mut self,
        bmc: &mut SimulatedBmc,
        now: Duration,
        peer: SocketAddr,
        datagram: &[u8],
    ) -> Vec<Outgoing> {
        let Some(datagram) = self.faults.incoming(datagram) else { return Vec::new() };
        bmc.state().sessions.expire(now);
        let origin = Origin { channel: channel::LAN, privilege: 0, session: 0, peer, now };
        let answer = match rmcp::decode(&datagram) {
            Ok(rmcp::Class::Asf(message)) => {
                let tag = rmcp::ping_tag(message).filter(|_| !bmc.state().quirks.no_ping);
                tag.map(|tag| Outgoing { after: Duration::ZERO, datagram: rmcp::pong(tag) })
            }
            // A channel that is switched off answers nothing but pings.
            Ok(rmcp::Class::Ipmi(_)) if !super::session::is_open(bmc.state(), &origin) => None,
            Ok(rmcp::Class::Ipmi(packet)) if plus::is_plus(packet) => self.handshakes.packet(bmc, origin, packet),
            Ok(rmcp::Class::Ipmi(packet)) => fifteen::packet(bmc, origin, packet),
            Err(_) => None,
        };
        answer.map(|answer| self.faults.outgoing(answer)).unwrap_or_default()
    }
}

impl Server {
    /// What the BMC sends by itself at `now`: the console's share. To be asked for after every datagram,
    /// and when [`Server::due`] says so.
    pub fn poll(&mut self, bmc: &mut SimulatedBmc, now: Duration) -> Vec<(SocketAddr, Outgoing)> {
        let state = bmc.state();
        super::console::settle(state);
        let mut sent = plus::serial(state, now);
        if let Some((receiver, packets)) = state.serial.poll_tyan() {
            let outgoing = |datagram| (receiver, Outgoing { after: Duration::ZERO, datagram });
            sent.extend(packets.into_iter().map(outgoing));
        }
        let mut out = Vec::new();
        for (peer, datagram) in sent {
            out.extend(self.faults.outgoing(datagram).into_iter().map(|datagram| (peer, datagram)));
        }
        out
    }

    /// When [`Server::poll`] has something next, if nothing arrives before.
    pub fn due(&self, bmc: &mut SimulatedBmc, now: Duration) -> Option<Duration> {
        let state = bmc.state();
        let timing = state.sol.timing();
        state.serial.due(now, &timing)
    }
}

/// A request to the BMC itself, when a message is one.
fn request_of(payload: &[u8]) -> Option<Message> {
    Message::decode(payload).ok().filter(|message| message.to == BMC_ADDRESS && message.netfn & 1 == 0)
}

/// Asks the BMC; the answering message and how long it takes.
fn ask(bmc: &mut SimulatedBmc, origin: &Origin, message: &Message, longest: usize) -> Option<(Duration, Vec<u8>)> {
    let (after, mut reply) = match bmc.handle(origin, &message.as_request()) {
        Answer::Reply(reply) => (Duration::ZERO, reply),
        Answer::Delayed(after, reply) => (after, reply),
        Answer::Silence => return None,
    };
    // Seven bytes of addresses and sums, and the completion code.
    if reply.data.len() + 8 > longest {
        reply = Reply::refused(CompletionCode::CANNOT_RETURN);
    }
    Some((after, message.answer(&reply).encode()))
}
