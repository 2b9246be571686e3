//! The console's machines against the simulated BMC's on a wire that loses, delays, repeats, reorders
//! and damages packets, under a clock of its own.

use ipmitool::ipmi::sol::ActivateSol;
use ipmitool::ipmi::{Command, NetFn, Reply, Request, Route};
use ipmitool::protocol::lanplus::{Config, Machine as Session};
use ipmitool::protocol::sol::{self, Machine as Console, Notice};
use ipmitool::protocol::{Effect, Key, Quirks, Random, Schedule};
use ipmitool::sim::udp::{PacketFaults, Server};
use ipmitool::sim::{Profile, SimulatedBmc};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

const SCHEDULE: Schedule =
    Schedule { tries: 4, timeout: Duration::from_secs(1), backoff: Duration::from_secs(1), paced: false };
const PEER: ([u8; 4], u16) = ([127, 0, 0, 1], 40_000);
/// Longer than any of this may take.
const PATIENCE: Duration = Duration::from_secs(3600);

fn random(seed: u64) -> Random {
    let mut state = seed;
    Box::new(move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
    })
}

fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    random(seed)(&mut bytes);
    bytes
}

/// A session, its console, and the BMC at the other end.
struct Wire {
    session: Session,
    console: Console,
    bmc: SimulatedBmc,
    server: Server,
    now: Duration,
    /// What is under way, by the time of arrival: to the BMC, or to the console.
    flying: BTreeMap<(Duration, u64), (bool, Vec<u8>)>,
    count: u64,
    deadline: Option<Duration>,
    faults: PacketFaults,
    jitter: Random,
    shown: Vec<u8>,
    notices: Vec<Notice>,
    ended: Option<Effect>,
}

impl Wire {
    /// A console that has just been activated, on a wire that turns bad now.
    fn new(suite: u8, chunk: usize, faults: PacketFaults) -> Wire {
        let config = Config {
            privilege: 4,
            lookup_by_privilege: false,
            suite: Some(suite),
            user: b"admin".into(),
            password: Key::new("admin"),
            kg: Key::default(),
            schedule: SCHEDULE,
            quirks: Quirks::default(),
        };
        let mut bmc = SimulatedBmc::new(Profile::default());
        bmc.set_random(random(99));
        let console_config = sol::Config { chunk, ..sol::Config::default() };
        let mut wire = Wire {
            session: Session::new(config, random(3)),
            console: Console::new(console_config, Duration::ZERO),
            bmc,
            server: Server::new(PacketFaults::default()),
            now: Duration::ZERO,
            flying: BTreeMap::new(),
            count: 0,
            deadline: None,
            jitter: random(faults.seed),
            faults: PacketFaults::default(),
            shown: Vec::new(),
            notices: Vec::new(),
            ended: None,
        };
        wire.session.start();
        assert_eq!(wire.end(), Effect::Opened);
        assert!(wire.ask(&Request::new(NetFn::APP, 0x3b, [4])).is_some_and(|reply| reply.completion.is_ok()));
        let activated = wire.ask(&ActivateSol { instance: 1, options: 0xc6 }.request()).expect("a reply");
        assert!(activated.completion.is_ok(), "{activated:?}");
        wire.faults = faults.clone();
        wire.server.set_faults(faults);
        wire
    }

    fn launch(&mut self, to_bmc: bool, after: Duration, datagram: Vec<u8>) {
        self.count += 1;
        self.flying.insert((self.now + after, self.count), (to_bmc, datagram));
    }

    /// What the console sends suffers delay and repetition here; loss and damage are the server's to do.
    fn transmit(&mut self, datagram: Vec<u8>) {
        let mut draw = [0; 3];
        (self.jitter)(&mut draw);
        let delay = |draw: u8| Duration::from_millis(u64::from(draw) * u64::from(self.faults.delay) / 255);
        let (first, second) = (delay(draw[0]), delay(draw[1]));
        if u16::from(draw[2]) * 100 / 255 < u16::from(self.faults.duplicate) {
            self.launch(true, second, datagram.clone());
        }
        self.launch(true, first, datagram);
    }

    /// Does everything that is to be done now, then lets time pass to whatever comes next.
    fn step(&mut self) {
        let mut busy = false;
        loop {
            if let Some(effect) = self.console.poll() {
                busy = true;
                match effect {
                    sol::Effect::Transmit(payload) => {
                        if let Some(datagram) = self.session.sol(&payload) {
                            self.transmit(datagram);
                        }
                    }
                    sol::Effect::Text(text) => self.shown.extend(text),
                    sol::Effect::Notice(notice) => self.notices.push(notice),
                }
            } else if let Some(effect) = self.session.poll() {
                busy = true;
                match effect {
                    Effect::Transmit(datagram) => self.transmit(datagram),
                    Effect::Wait(time) => self.deadline = Some(self.now + time),
                    Effect::Sol { order, payload } => self.console.packet(self.now, order, &payload),
                    Effect::Note(_) => {}
                    end => {
                        self.deadline = None;
                        self.ended = Some(end);
                    }
                }
            } else {
                break;
            }
        }
        for (_, answer) in self.server.poll(&mut self.bmc, self.now) {
            self.launch(false, answer.after, answer.datagram);
        }
        let arrival = self.flying.keys().next().copied();
        let server = self.server.due(&mut self.bmc, self.now);
        let next = [arrival.map(|key| key.0), self.deadline, self.console.due(), server];
        let next = next.into_iter().flatten().min();
        let Some(next) = next else {
            assert!(busy, "there is nothing to wait for");
            return;
        };
        self.now = self.now.max(next);
        assert!(self.now < PATIENCE, "no end: {} characters are waiting", self.console.backlog());
        if let Some(key) = arrival.filter(|key| key.0 <= self.now)
            && let Some((to_bmc, datagram)) = self.flying.remove(&key)
        {
            if to_bmc {
                for answer in self.server.datagram(&mut self.bmc, self.now, SocketAddr::from(PEER), &datagram) {
                    self.launch(false, answer.after, answer.datagram);
                }
            } else {
                self.session.datagram(&datagram);
            }
        }
        if self.deadline.is_some_and(|due| due <= self.now) {
            self.deadline = None;
            self.session.deadline();
        }
        if self.console.due().is_some_and(|due| due <= self.now) {
            self.console.deadline(self.now);
        }
    }

    fn end(&mut self) -> Effect {
        while self.ended.is_none() {
            self.step();
        }
        self.ended.take().expect("it is there")
    }

    fn ask(&mut self, request: &Request) -> Option<Reply> {
        self.session.submit(&Route::direct(), request);
        match self.end() {
            Effect::Reply(reply) => Some(reply),
            _ => None,
        }
    }

    fn typed(&mut self, text: &[u8]) {
        self.console.typed(self.now, text);
    }

    /// Waits until a text has been shown, and forgets everything up to it.
    fn expect(&mut self, text: &[u8]) {
        loop {
            if let Some(place) = self.shown.windows(text.len()).position(|window| window == text) {
                self.shown.drain(..place + text.len());
                return;
            }
            self.step();
        }
    }

    fn log_in(&mut self) {
        self.typed(b"\r");
        self.expect(b"login: ");
        self.typed(b"root\rsecret\r");
        self.expect(b":~# ");
    }
}

/// Echoes some bytes and looks at every one of them.
fn echo(wire: &mut Wire, text: &[u8], what: &str) {
    wire.log_in();
    wire.typed(b"raw\r");
    wire.expect(b"raw\r\nraw\r\n");
    wire.typed(text);
    while wire.shown.len() < text.len() {
        wire.step();
    }
    let place = wire.shown.iter().zip(text).position(|(shown, typed)| shown != typed);
    assert_eq!(place, None, "the first difference, {what}");
    while !wire.console.is_idle() {
        wire.step();
    }
    assert_eq!(wire.shown.len(), text.len());
    assert_eq!(wire.notices, [], "{what}");
}

#[test]
fn a_bad_wire_delays_and_never_lies() {
    let all = PacketFaults { seed: 0, drop: 10, duplicate: 10, corrupt: 5, delay: 300 };
    let kinds = [
        PacketFaults { drop: 10, ..PacketFaults::default() },
        PacketFaults { duplicate: 50, ..PacketFaults::default() },
        PacketFaults { delay: 800, ..PacketFaults::default() },
        PacketFaults { corrupt: 10, ..PacketFaults::default() },
        all.clone(),
        all,
    ];
    for seed in 0..8 {
        for (index, kind) in kinds.iter().enumerate() {
            let chunk = [255, 28, 1, 200, 60, 7][(index + seed) % 6];
            let seed = u64::try_from(seed).expect("small") * 10 + u64::try_from(index).expect("small");
            let mut wire = Wire::new([3, 17][index % 2], chunk, PacketFaults { seed, ..kind.clone() });
            let text = noise(seed, if chunk < 10 { 200 } else { 4000 });
            echo(&mut wire, &text, &format!("{kind:?}, seed {seed}, {chunk} characters"));
        }
    }
}

#[test]
fn a_megabyte_goes_through() {
    for drop in [0, 5] {
        let mut wire = Wire::new(3, 255, PacketFaults { seed: 4, drop, ..PacketFaults::default() });
        echo(&mut wire, &noise(9, 1 << 20), &format!("{drop} per cent lost"));
    }
}

#[test]
fn output_that_nobody_waits_for_is_whole() {
    for seed in 0..5 {
        let mut wire = Wire::new(3, 255, PacketFaults { seed, drop: 10, duplicate: 10, corrupt: 5, delay: 200 });
        wire.log_in();
        wire.typed(b"flood 500\r");
        wire.expect(b"flood 500\r\n");
        // Typed during the flood, and a request beside it.
        wire.typed(b"echo one two three\r");
        assert!(wire.ask(&Request::new(NetFn::APP, 0x01, [])).is_some_and(|reply| reply.completion.is_ok()));
        for line in 1..=500 {
            let text = format!("{line:06} The quick brown fox jumps over the lazy dog.\r\n");
            while wire.shown.len() < text.len() {
                wire.step();
            }
            assert_eq!(String::from_utf8_lossy(&wire.shown[..text.len()]), text, "seed {seed}");
            wire.shown.drain(..text.len());
        }
        wire.expect(b"\r\none two three\r\n");
    }
}

#[test]
fn breaks_and_probes_get_through() {
    let mut wire = Wire::new(3, 255, PacketFaults { seed: 5, drop: 30, ..PacketFaults::default() });
    wire.log_in();
    wire.typed(b"raw\r");
    wire.expect(b"raw\r\nraw\r\n");
    wire.typed(b"before");
    let now = wire.now;
    wire.console.send_break(now);
    wire.typed(b"echo after\r");
    wire.expect(b"before\r\n[break]\r\n");
    wire.expect(b"\r\nafter\r\n");
    wire.console.probe(now);
    while wire.notices.is_empty() {
        wire.step();
    }
    assert_eq!(wire.notices, [Notice::Answered]);
}

#[test]
fn another_session_may_take_the_console() {
    let mut wire = Wire::new(3, 255, PacketFaults::default());
    wire.log_in();
    // By the system interface.
    let origin = ipmitool::sim::Origin::system_interface();
    wire.bmc.handle(&origin, &Request::new(NetFn::APP, 0x49, [1, 1, 0, 0, 0, 0]));
    while wire.notices.is_empty() {
        wire.step();
    }
    assert_eq!(wire.notices, [Notice::Closed]);
}

#[test]
fn a_bmc_that_falls_silent_is_noticed() {
    let mut wire = Wire::new(3, 255, PacketFaults::default());
    wire.log_in();
    wire.server.set_faults(PacketFaults { drop: 100, ..PacketFaults::default() });
    wire.typed(b"hello");
    let start = wire.now;
    while wire.notices.is_empty() {
        wire.step();
    }
    assert_eq!(wire.notices, [Notice::Lost]);
    assert!((20..23).contains(&(wire.now - start).as_secs()));
}

/// Far more packets are lost in a row than a window is wide.
#[test]
fn an_outage_ends_no_console() {
    for suite in [3, 17] {
        let mut wire = Wire::new(suite, 255, PacketFaults::default());
        wire.log_in();
        wire.typed(b"flood 3000\r");
        wire.expect(b"000100 The");
        wire.server.set_faults(PacketFaults { drop: 100, ..PacketFaults::default() });
        let end = wire.now + Duration::from_secs(40);
        while wire.now < end {
            wire.step();
        }
        wire.server.set_faults(PacketFaults::default());
        wire.expect(b"003000 The quick brown fox jumps over the lazy dog.\r\n");
        wire.expect(b":~# ");
        // What the BMC has given up is not passed over in silence.
        assert_eq!(wire.notices, [Notice::Overrun]);
        wire.typed(b"echo here\r");
        wire.expect(b"\r\nhere\r\n");
        assert!(wire.ask(&Request::new(NetFn::APP, 0x01, [])).is_some_and(|reply| reply.completion.is_ok()));
    }
}
