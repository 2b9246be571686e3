//! The consoles' session machines and the simulated BMC's under a clock of their own.

#![allow(dead_code, reason = "each test crate uses a part of it")]

use ipmitool::ipmi::{Reply, Request, Route};
use ipmitool::protocol::{Effect, Failure, Key, Machine, Quirks, Random, Schedule, lan, lanplus};
use ipmitool::sim::udp::{Outgoing, Server};
use ipmitool::sim::{Profile, SimulatedBmc};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// The reference's schedule over RMCP+.
pub const SCHEDULE: Schedule =
    Schedule { tries: 4, timeout: Duration::from_secs(1), backoff: Duration::from_secs(1), paced: true };
/// Cipher suites both sides speak.
pub const SUITES: [u8; 12] = [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17];
/// IPMI 1.5 authentication types on offer: MD2, MD5, password.
pub const TYPES: [u8; 3] = [1, 2, 4];
/// Longer than any exchange may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Random numbers that repeat themselves.
pub fn random(seed: u64) -> Random {
    let mut state = seed;
    Box::new(move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
    })
}

/// A profile of this JSON.
pub fn profile(json: &str) -> Profile {
    Profile::parse(json).expect("a profile")
}

/// What becomes of an answer: nothing, itself, something else, or more of it.
pub type Tamper = Box<dyn FnMut(usize, Vec<u8>) -> Vec<Vec<u8>>>;

/// A BMC and what is on the wire.
pub struct Wire {
    /// The BMC.
    pub bmc: SimulatedBmc,
    server: Server,
    /// The time.
    pub now: Duration,
    /// How long a datagram is under way, in each direction.
    pub delay: Duration,
    /// Chance in per cent that a datagram is lost, in either direction, and the luck that decides.
    pub loss: (u64, Random),
    /// What becomes of the answers: number (from 0) and datagram.
    pub tamper: Tamper,
    /// To the console, by the time of arrival.
    coming: BTreeMap<(Duration, u64), Vec<u8>>,
    count: u64,
    deadline: Option<Duration>,
    /// Every datagram the console has sent.
    pub sent: Vec<Vec<u8>>,
    /// When it did.
    pub times: Vec<Duration>,
    answers: usize,
}

const PEER: ([u8; 4], u16) = ([127, 0, 0, 1], 40_000);

impl Wire {
    /// A BMC of this profile.
    pub fn new(profile: Profile) -> Self {
        let faults = profile.packets.clone();
        let mut bmc = SimulatedBmc::new(profile);
        bmc.set_random(random(99));
        let server = Server::new(faults);
        Wire {
            bmc,
            server,
            now: Duration::ZERO,
            delay: Duration::ZERO,
            loss: (0, random(0)),
            tamper: Box::new(|_, datagram| vec![datagram]),
            coming: BTreeMap::new(),
            count: 0,
            deadline: None,
            sent: vec![],
            times: vec![],
            answers: 0,
        }
    }

    /// Hands the BMC a datagram.
    pub fn send(&mut self, datagram: &[u8]) -> Vec<Outgoing> {
        self.server.datagram(&mut self.bmc, self.now, SocketAddr::from(PEER), datagram)
    }

    fn is_lost(&mut self) -> bool {
        let mut luck = [0; 4];
        (self.loss.1)(&mut luck);
        u64::from(u32::from_le_bytes(luck) >> 8) % 100 < self.loss.0
    }

    /// Lets time pass until the machine has something to tell.
    pub fn run(&mut self, machine: &mut dyn Machine) -> Effect {
        loop {
            while let Some(effect) = machine.poll() {
                match effect {
                    Effect::Transmit(datagram) => {
                        self.sent.push(datagram.clone());
                        self.times.push(self.now);
                        if self.is_lost() {
                            continue;
                        }
                        for answer in self.send(&datagram) {
                            if self.is_lost() {
                                continue;
                            }
                            self.answers += 1;
                            for datagram in (self.tamper)(self.answers - 1, answer.datagram) {
                                self.count += 1;
                                self.coming.insert((self.now + answer.after + self.delay * 2, self.count), datagram);
                            }
                        }
                    }
                    Effect::Wait(time) => self.deadline = Some(self.now + time),
                    Effect::Note(_) => {}
                    end => return end,
                }
            }
            let arrival = self.coming.keys().next().copied();
            match (arrival, self.deadline) {
                (Some(key), deadline) if deadline.is_none_or(|deadline| key.0 <= deadline) => {
                    self.now = self.now.max(key.0);
                    let datagram = self.coming.remove(&key).expect("it is there");
                    machine.set_now(self.now);
                    machine.datagram(&datagram);
                }
                (_, Some(deadline)) => {
                    self.now = deadline;
                    self.deadline = None;
                    machine.set_now(self.now);
                    machine.deadline();
                }
                _ => panic!("the machine waits for nothing"),
            }
            assert!(self.now < PATIENCE, "the machine does not come to an end");
        }
    }

    /// Opens the machine's session.
    pub fn open(&mut self, machine: &mut dyn Machine) -> Result<(), Failure> {
        machine.start();
        match self.run(machine) {
            Effect::Opened => Ok(()),
            Effect::Failed(failure) => Err(failure),
            other => panic!("{other:?}"),
        }
    }

    /// Asks something inside it.
    pub fn ask(&mut self, machine: &mut dyn Machine, netfn: u8, cmd: u8, data: &[u8]) -> Option<Reply> {
        let request = Request::new(ipmitool::ipmi::NetFn(netfn), cmd, data);
        machine.set_now(self.now);
        machine.submit(&Route::direct(), &request);
        match self.run(machine) {
            Effect::Reply(reply) => Some(reply),
            Effect::NoReply => None,
            other => panic!("{other:?}"),
        }
    }

    /// Sessions that are open.
    pub fn sessions(&mut self) -> usize {
        self.bmc.state().sessions.active().len()
    }

    /// Closes it.
    pub fn close(&mut self, machine: &mut dyn Machine) -> Option<Reply> {
        let (id, _) = machine.session().expect("a session");
        self.ask(machine, 0x06, 0x3c, &id.to_le_bytes())
    }
}

/// A console's machine over IPMI 1.5.
pub fn fifteen(user: &str, password: &str, auth: u8, privilege: u8) -> lan::Machine {
    fifteen_with(Quirks::default(), user, password, auth, privilege)
}

/// The same, for a BMC that wants something otherwise.
pub fn fifteen_with(quirks: Quirks, user: &str, password: &str, auth: u8, privilege: u8) -> lan::Machine {
    let config = lan::Config {
        privilege,
        user: user.into(),
        password: Some(Key::new(password)),
        auth: Some(auth),
        schedule: SCHEDULE,
        quirks,
    };
    lan::Machine::new(config, random(u64::from(auth)))
}

/// A console's machine over RMCP+; suite 255 takes the best on offer.
pub fn plus(user: &str, password: &str, suite: u8, privilege: u8, kg: &[u8]) -> lanplus::Machine {
    plus_with(Quirks::default(), user, password, suite, privilege, kg)
}

/// The same, for a BMC that wants something otherwise.
pub fn plus_with(quirks: Quirks, user: &str, password: &str, suite: u8, privilege: u8, kg: &[u8]) -> lanplus::Machine {
    let config = lanplus::Config {
        privilege,
        lookup_by_privilege: false,
        suite: Some(suite).filter(|suite| *suite != 255),
        user: user.into(),
        password: Key::new(password),
        kg: Key::new(kg),
        schedule: SCHEDULE,
        quirks,
    };
    lanplus::Machine::new(config, random(u64::from(suite)))
}

/// Every way to log in.
pub fn machines() -> Vec<(String, Box<dyn Machine>)> {
    let mut all: Vec<(String, Box<dyn Machine>)> = Vec::new();
    for auth in TYPES {
        all.push((format!("type {auth}"), Box::new(fifteen("admin", "admin", auth, 4))));
    }
    for suite in SUITES {
        all.push((format!("suite {suite}"), Box::new(plus("admin", "admin", suite, 4, &[]))));
    }
    all
}
