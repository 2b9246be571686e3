//! What the fuzzer and the seeded test run: each body takes arbitrary bytes for what a hostile party
//! controls, and must come to an end without a panic.

use ipmitool::bmc::{Bmc, EventMap};
use ipmitool::cli::{Secret, Surroundings, Unopened, script};
use ipmitool::cmd;
use ipmitool::family::{Context, Memory, Settings};
use ipmitool::ipmi::sdr::{Dump, SdrRecord};
use ipmitool::ipmi::sel::SelRecord;
use ipmitool::ipmi::{CompletionCode, NetFn, Reply, Request, Route};
use ipmitool::out::{self, Format, Output};
use ipmitool::protocol::{Effect, Key, Machine, Quirks, Random, Schedule, lan, lanplus};
use ipmitool::sim::udp::Server;
use ipmitool::sim::{Profile, SimulatedBmc};
use ipmitool::transport::{BoxFuture, Limits, Transport, TransportError};
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// What takes the bytes.
pub type Body = fn(&[u8]);

/// Every body by its name.
pub const TARGETS: &[(&str, Body)] = &[
    ("lan", lan_packets),
    ("lanplus", lanplus_packets),
    ("server", server_packets),
    ("console", console_packets),
    ("sdr", sdr_records),
    ("sdr-files", sdr_files),
    ("sel", sel_records),
    ("vendors", vendor_events),
    ("maps", event_maps),
    ("fru", fru_records),
    ("replies", any_replies),
    ("options", options),
    ("script", script_lines),
];

/// No single command has a reason to ask more often than this.
const MOST_REQUESTS: usize = 1 << 17;
const SCHEDULE: Schedule = Schedule { tries: 4, timeout: Duration::from_secs(1), backoff: Duration::ZERO, paced: true };

/// The bytes, handed out in pieces.
struct Source<'a>(&'a [u8]);

impl<'a> Source<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A piece with its length before it.
    fn piece(&mut self) -> Option<&'a [u8]> {
        let length = self.byte()?;
        Some(self.take(usize::from(length)))
    }
}

/// Random numbers that are the same in every run.
fn counting() -> Random {
    let mut state = 1_u64;
    Box::new(move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
    })
}

/// Both ends of a console: pieces arrive at either, in any order, while somebody types.
fn console_packets(bytes: &[u8]) {
    use ipmitool::protocol::sol::{Config, Machine};
    let mut source = Source(bytes);
    let chunk = source.byte().unwrap_or(0).into();
    let mut machine = Machine::new(Config { chunk, ..Config::default() }, Duration::ZERO);
    let mut now = Duration::ZERO;
    while let Some(what) = source.byte() {
        now += Duration::from_millis(u64::from(what) * 4);
        let piece = source.piece().unwrap_or_default();
        match what % 8 {
            0 => machine.typed(now, piece),
            1 => machine.send_break(now),
            2 => machine.probe(now),
            3 => machine.deadline(now),
            4 => machine.set_accepting(what & 8 == 0),
            _ => machine.packet(now, u32::from(what), piece),
        }
        while machine.poll().is_some() {}
        let _ = (machine.due(), machine.stalled(now));
    }
}

/// A console's session machine whose peer is the simulated BMC, until the bytes want otherwise: each
/// piece says whether an answer arrives as it was sent, altered, or is replaced.
fn session(machine: &mut dyn Machine, bytes: &[u8]) {
    let mut source = Source(bytes);
    let mut bmc = SimulatedBmc::new(Profile::default());
    bmc.set_random(counting());
    let mut server = Server::new(Default::default());
    let peer = SocketAddr::from(([127, 0, 0, 1], 40_000));
    let mut now = Duration::ZERO;
    let mut steps = 0;
    let mut asked = 0;
    machine.start();
    loop {
        let mut waits = None;
        let mut arriving = Vec::new();
        while let Some(effect) = machine.poll() {
            steps += 1;
            assert!(steps < 10_000, "the machine does not come to an end");
            match effect {
                Effect::Transmit(datagram) => {
                    let answers = server.datagram(&mut bmc, now, peer, &datagram);
                    arriving.extend(answers.into_iter().map(|answer| answer.datagram));
                }
                Effect::Wait(time) => waits = Some(time),
                Effect::Note(_) | Effect::Sol { .. } => {}
                Effect::Opened | Effect::Reply(_) | Effect::NoReply | Effect::NotPassedOn if asked < 4 => {
                    asked += 1;
                    machine.submit(&Route::direct(), &Request::new(NetFn::APP, 0x01, []));
                }
                Effect::Opened | Effect::Reply(_) | Effect::NoReply | Effect::NotPassedOn | Effect::Failed(_) => return,
            }
        }
        for mut datagram in arriving {
            match source.byte() {
                None | Some(0..=127) => {}
                Some(128..=159) => datagram.clear(),
                Some(160..=199) => {
                    let place = usize::from(source.byte().unwrap_or(0)) % datagram.len().max(1);
                    if let Some(byte) = datagram.get_mut(place) {
                        *byte = source.byte().unwrap_or(0xff);
                    }
                }
                Some(200..=219) => datagram.truncate(usize::from(source.byte().unwrap_or(0))),
                Some(220..=239) => datagram.extend(source.piece().unwrap_or_default()),
                Some(240..=255) => datagram = source.piece().unwrap_or_default().to_vec(),
            }
            machine.set_now(now);
            machine.datagram(&datagram);
            steps += 1;
        }
        if let Some(time) = waits {
            now += time;
            machine.set_now(now);
            machine.deadline();
        }
        steps += 1;
        assert!(steps < 10_000, "the machine does not come to an end");
    }
}

fn lan_packets(bytes: &[u8]) {
    let config = lan::Config {
        privilege: 4,
        user: "admin".into(),
        password: Some(Key::new("admin")),
        auth: None,
        schedule: SCHEDULE,
        quirks: Quirks::default(),
    };
    session(&mut lan::Machine::new(config, counting()), bytes);
}

fn lanplus_packets(bytes: &[u8]) {
    let config = lanplus::Config {
        privilege: 4,
        user: "admin".into(),
        password: Key::new("admin"),
        kg: Key::default(),
        suite: None,
        lookup_by_privilege: false,
        schedule: SCHEDULE,
        quirks: Quirks::default(),
    };
    session(&mut lanplus::Machine::new(config, counting()), bytes);
}

/// The simulated BMC's own side of the wire.
fn server_packets(bytes: &[u8]) {
    let mut source = Source(bytes);
    let mut bmc = SimulatedBmc::new(Profile::default());
    bmc.set_random(counting());
    let mut server = Server::new(Default::default());
    let peer = SocketAddr::from(([127, 0, 0, 1], 40_000));
    let mut now = Duration::ZERO;
    while let Some(datagram) = source.piece() {
        now += Duration::from_millis(100);
        for answer in server.datagram(&mut bmc, now, peer, datagram) {
            assert!(answer.datagram.len() < 2048, "an answer does not outgrow its question without bound");
        }
    }
}

/// A BMC that answers with the bytes, one piece for each request; after them comes silence, or the same
/// again and again.
struct Script {
    all: Vec<u8>,
    repeats: bool,
    manufacturer: Option<u32>,
    /// Where the next piece begins, and how many have been asked for.
    place: Mutex<(usize, usize)>,
}

impl Script {
    fn answer(&self) -> Result<Reply, TransportError> {
        let mut place = self.place.lock().map_err(|_| TransportError::Closed)?;
        place.1 += 1;
        assert!(place.1 < MOST_REQUESTS, "the command does not come to an end");
        if self.repeats && place.0 == self.all.len() {
            place.0 = 0;
        }
        let mut source = Source(self.all.get(place.0..).unwrap_or_default());
        let code = source.byte().ok_or(TransportError::NoResponse)?;
        // Most answers are answers.
        let completion = CompletionCode(if code < 0xc0 { 0 } else { code });
        let data = source.piece().unwrap_or_default().to_vec();
        place.0 = self.all.len() - source.0.len();
        Ok(Reply { completion, data: data.into() })
    }
}

impl Transport for Script {
    fn name(&self) -> &'static str {
        "open"
    }

    fn transact<'a>(&'a self, _: &'a Route, _: &'a Request) -> BoxFuture<'a, Result<Reply, TransportError>> {
        Box::pin(async { self.answer() })
    }

    fn limits(&self) -> Limits {
        Limits { request: 0, response: 0 }
    }

    fn set_limits(&self, _: Limits) {}

    fn manufacturer(&self) -> Option<u32> {
        self.manufacturer
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

thread_local! {
    /// Waits take no time.
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
}

/// Runs one command against the bytes.
fn run(lines: &[&str], bytes: &[u8]) {
    run_at(None, lines, bytes);
}

/// The same, against a manufacturer's controller.
fn run_at(manufacturer: Option<u32>, lines: &[&str], bytes: &[u8]) {
    let mut source = Source(bytes);
    let Some(choice) = source.byte().map(usize::from) else { return };
    let format = if choice & 0x80 == 0 { Format::Text } else { Format::Json };
    let line = lines[(choice & 0x7f) % lines.len()];
    let out = Output::memory(format);
    let style = source.byte().unwrap_or(0);
    out.set_csv(i32::from(style & 1));
    out.set_verbose(i32::from(style >> 1 & 1));
    let (all, repeats) = (source.0.to_vec(), style & 0x1c == 0x1c);
    let script = Script { all, repeats, manufacturer, place: Mutex::new((0, 0)) };
    let bmc = Bmc::new(Box::new(script), Route::direct());
    let mut context = Context { bmc, out, settings: Settings::default(), memory: Memory::default() };
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    RUNTIME.with(|runtime| runtime.block_on(cmd::dispatch(&mut context, &words)));
}

fn sdr_records(bytes: &[u8]) {
    let lines = [
        "sdr elist all",
        "sdr list full",
        "sdr get x",
        "sdr type Temperature",
        "sdr info",
        "sensor list",
        "sensor get x",
        "sensor thresh x unr 5",
        "sdr fill nosat",
        "sdr fill range 0x20-0x30",
    ];
    run(&lines, bytes);
}

/// A file of records, as `sdr dump` writes them and `-S` reads them: no more comes out than went in.
fn sdr_files(bytes: &[u8]) {
    let mut length = 0;
    for record in Dump::new(bytes).flatten() {
        length += 5 + record.body.len();
        let _ = SdrRecord::decode(record.header.kind, &record.body);
    }
    assert!(length <= bytes.len());
}

fn sel_records(bytes: &[u8]) {
    run(&["sel list", "sel elist", "sel info", "sel get 1", "sel list last 3", "sel list first 2"], bytes);
}

/// Manufacturers whose events are decoded.
const VENDORS: [u32; 6] = [674, 7_244, 9_237, 10_876, 15_000, 47_488];

fn vendor_events(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let vendor = VENDORS[usize::from(*first) % VENDORS.len()];
    run_at(Some(vendor), &["sel list", "sel elist", "sel get 1"], rest);
}

fn event_maps(bytes: &[u8]) {
    if let (_, Ok(map)) = EventMap::parse(bytes) {
        for kind in [0xc0, 0xdf, 0xe0, 0xff] {
            let mut record = [0xa5; 16];
            record[2] = kind;
            map.messages(&SelRecord::decode(record));
        }
    }
}

fn fru_records(bytes: &[u8]) {
    let lines = [
        "fru print",
        "fru print 0",
        "fru print 1",
        "fru edit 0",
        "fru edit 0 field c 1 x",
        "fru edit 0 field b 2 longer-than-most-fields-are",
        "fru edit 0 field p z xyz",
        "fru get 0 oem 15000 3 0 a 0",
        "fru internaluse 0 print",
        "fru read 0 /dev/null",
    ];
    run(&lines, bytes);
}

fn any_replies(bytes: &[u8]) {
    let lines = [
        "mc info",
        "mc guid",
        "mc watchdog get",
        "mc getsysinfo system_name",
        "mc selftest",
        "chassis status",
        "chassis bootparam get 5",
        "chassis poh",
        "lan print 1",
        "lan stats get 1",
        "user list 1",
        "user summary 1",
        "channel info 1",
        "channel getaccess 1",
        "channel getciphers ipmi 1",
        "channel authcap 1 4",
        "session info all",
        "sol info 1",
        "sol payload status 1 2",
        "raw 6 1",
        "lan6 print 1",
        "pef status",
        "pef policy list",
        "pef info",
        "event 1",
        "dcmi discover",
        "dcmi power reading",
        "dcmi power get_limit",
        "dcmi sensors",
        "dcmi asset_tag",
        "dcmi get_mc_id_string",
        "dcmi thermalpolicy get 55 1",
        "dcmi get_temp_reading",
        "dcmi get_conf_param",
        "nm discover",
        "nm capability",
        "nm policy get policy_id 1",
        "nm policy limiting",
        "nm statistics power",
        "nm suspend get policy_id 1",
        "nm alert get",
        "nm threshold get policy_id 1",
        "firewall info",
    ];
    run(&lines, bytes);
}

/// A process that has nothing.
struct Nothing;

impl Surroundings for Nothing {
    fn env(&self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn prompt(&mut self, _: &str) -> Option<Secret> {
        None
    }

    fn read_start(&mut self, _: &str, _: usize) -> Result<Vec<u8>, Unopened> {
        Err(Unopened::Absent)
    }

    fn scrub(&mut self, _: usize, _: usize) {}
}

/// A command line: words that end with a zero.
fn options(bytes: &[u8]) {
    let words: Vec<String> = bytes.split(|byte| *byte == 0).map(out::text).collect();
    let commands = cmd::command_lines();
    ipmitool::cli::parse("ipmitool", &words, &commands, &Output::memory(Format::Text), &mut Nothing);
}

/// Lines of a script and of the shell: every byte is a word's or separates words.
fn script_lines(bytes: &[u8]) {
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (executed, typed) = (script::exec_words(line), script::shell_words(line));
        assert!(executed.len().max(typed.len()) <= script::MOST_WORDS);
        let letters: usize = executed.iter().map(|word| word.chars().count()).sum();
        assert!(letters <= line.len(), "no byte is there twice");
    }
}
