//! The simulated BMC: a believable server that anybody can try every command on, and the test
//! double of the whole suite.
//!
//! State and handlers are keyed by (network function, command), one file for each noun. The faces
//! through which it is reached are apart: in process (`transport::sim`), a unix socket and UDP (here).

mod app;
mod boot;
mod channel;
mod chassis;
mod console;
mod dcmi;
pub mod fault;
mod firewall;
mod fru;
mod fru_data;
mod host;
mod i2c;
mod isol;
mod lan;
mod lan_data;
mod node_manager;
mod pef;
pub mod privilege;
mod profile;
mod registry;
mod sdr;
mod sdr_data;
mod sel;
mod sel_data;
mod sensor;
pub mod session;
pub mod socket;
mod sol;
mod spd_data;
mod state;
pub mod udp;
mod user;
mod watchdog;

pub use profile::{Clock, Profile, ProfileError};
pub use state::State;

use crate::ipmi::{CompletionCode, Reply, Request};
use crate::protocol::Random;
use fault::{Decision, Faults};
use std::net::SocketAddr;
use std::time::Duration;

/// Where a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Channel number the request arrived on (15 is the system interface, 1 the LAN).
    pub channel: u8,
    /// Privilege in force, 1 (callback) to 5 (OEM).
    pub privilege: u8,
    /// Id of the session, or of a challenge that is to become one; 0 without.
    pub session: u32,
    /// Address of the console; the unspecified one where there is none.
    pub peer: SocketAddr,
    /// Time since whoever serves the session began to.
    pub now: Duration,
}

impl Origin {
    /// The system interface: no session, no limit.
    pub fn system_interface() -> Self {
        let peer = SocketAddr::from(([0, 0, 0, 0], 0));
        Origin { channel: 0x0f, privilege: 4, session: 0, peer, now: Duration::ZERO }
    }
}

/// What the simulated BMC does about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Answers at once.
    Reply(Reply),
    /// Answers after a while.
    Delayed(Duration, Reply),
    /// Says nothing.
    Silence,
}

/// Reply data, or the completion code of a refusal.
type Outcome = Result<Vec<u8>, CompletionCode>;

/// A simulated BMC: its state, its faults and what it has been asked.
pub struct SimulatedBmc {
    state: State,
    faults: Faults,
    log: Vec<Request>,
}

/// A console left open for weeks must not fill memory with what it asked.
const LOG_LIMIT: usize = 1 << 16;

impl SimulatedBmc {
    /// A BMC as the profile describes it.
    pub fn new(profile: Profile) -> Self {
        let faults = profile.faults.clone();
        SimulatedBmc { state: State::new(profile), faults, log: Vec::new() }
    }

    /// Answers one request.
    pub fn handle(&mut self, origin: &Origin, request: &Request) -> Answer {
        if self.log.len() < LOG_LIMIT {
            self.log.push(request.clone());
        }
        let normal = match registry::find(request.netfn, request.cmd) {
            _ if origin.privilege < privilege::required(request.netfn, request.cmd) => {
                Reply::refused(CompletionCode::INSUFFICIENT_PRIVILEGE)
            }
            Some(_) if self.state.firewall.is_disabled(request.netfn, request.cmd) => {
                Reply::refused(CompletionCode::DISABLED)
            }
            Some(handler) => match handler(&mut self.state, origin, request) {
                Ok(data) => Reply { completion: dcmi::completion(&self.state, request), data: data.into() },
                Err(code) => Reply::refused(code),
            },
            None => Reply::refused(CompletionCode::INVALID_COMMAND),
        };
        match self.faults.decide(request, normal) {
            Decision::Reply(reply) => Answer::Reply(reply),
            Decision::Delay(delay, reply) => Answer::Delayed(delay, reply),
            Decision::Drop => Answer::Silence,
        }
    }

    /// Every request so far, oldest first (the first 65,536 of them).
    pub fn requests(&self) -> &[Request] {
        &self.log
    }

    /// Takes random bytes (session ids, challenges) from here instead of the operating system.
    pub fn set_random(&mut self, random: Random) {
        self.state.sessions.set_random(random);
    }

    /// The state, for a face that needs to look at it (users, channels, sessions).
    pub fn state(&mut self) -> &mut State {
        &mut self.state
    }
}
