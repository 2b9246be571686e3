//! Many sessions, commands and consoles in one process, for as long as is wanted, over relays with faults:
//! memory stays where it is, nothing panics, no answer is wrong, everything typed arrives once and in
//! order, no session is left open. Beside it the program itself serves a console of each kind.
//!
//! `SOAK_SECONDS=600 cargo test --release --test soak -- --ignored --nocapture soak`
//!
//! The BMC and the relays live in a process of their own, so that only the consoles' memory is measured.

#![allow(clippy::await_holding_lock, reason = "each thread has a runtime of its own")]

#[path = "soak/console.rs"]
mod console;
mod net;
#[path = "soak/program.rs"]
mod program;
#[allow(dead_code, reason = "the tests of the console use all of it")]
#[path = "console/pty.rs"]
mod pty;

use ipmitool::bmc::Bmc;
use ipmitool::cmd;
use ipmitool::family::{Context, Memory, Settings, Status};
use ipmitool::ipmi::Route;
use ipmitool::out::{Format, Output};
use ipmitool::protocol::Key;
use ipmitool::transport::udp::LanOptions;
use ipmitool::transport::{self, SharedObserver};
use net::{Faults, Relay, Served};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Faults, one relay each.
const WIRES: [Faults; 4] = [
    Faults { seed: 1, drop: 0, double: 0, corrupt: 0, reorder: 0, stale: 0, delay: 0 },
    Faults { seed: 2, drop: 5, double: 5, corrupt: 2, reorder: 5, stale: 5, delay: 5 },
    Faults { seed: 3, drop: 20, double: 0, corrupt: 0, reorder: 0, stale: 0, delay: 10 },
    Faults { seed: 4, drop: 0, double: 100, corrupt: 0, reorder: 20, stale: 20, delay: 2 },
];
/// Commands that say the same each time.
const READS: [&str; 8] = [
    "chassis power status",
    "mc info",
    "user list 1",
    "lan print 1",
    "chassis status",
    "sdr list",
    "sel list",
    "sensor list",
];
/// The first of them, which do not read a whole repository.
const BRIEF: usize = 5;
/// Commands that change something, and back to what it was.
const CHANGES: [&str; 3] = ["chassis identify 1", "chassis policy always-on", "mc reset nonsense"];
const THREADS: usize = 4;
/// How much memory may grow, once it has settled (KiB).
const GROWTH: u64 = 2048;

/// The BMC's process: says its ports, then how many sessions are open for every line it reads.
#[test]
#[ignore = "a part of the soak"]
fn bmc_process() {
    if std::env::var_os("SOAK_BMC").is_none() {
        return;
    }
    let served = Served::new(r#"{"session_slots": 200}"#);
    let relays: Vec<Relay> = WIRES.into_iter().map(|faults| Relay::new(served.port, faults)).collect();
    let ports: Vec<String> = relays.iter().map(|relay| relay.port.to_string()).collect();
    println!("\nports {}", ports.join(" "));
    for _ in std::io::stdin().lines() {
        println!("sessions {}", served.sessions());
    }
}

struct BmcProcess {
    child: Child,
    stdin: ChildStdin,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl BmcProcess {
    fn start() -> (Self, Vec<u16>) {
        let mut child = Command::new(std::env::current_exe().expect("a program"))
            .args(["--ignored", "--exact", "bmc_process", "--nocapture"])
            .env("SOAK_BMC", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let stdin = child.stdin.take().expect("a pipe");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut process = BmcProcess { child, stdin, lines };
        let ports = process.answer("ports ");
        (process, ports.split(' ').map(|port| port.parse().expect("a port")).collect())
    }

    fn answer(&mut self, to: &str) -> String {
        let line = self
            .lines
            .by_ref()
            .map(|line| line.expect("text"))
            .find_map(|line| Some(line.strip_prefix(to)?.to_owned()));
        line.expect("the BMC's process is there")
    }

    fn sessions(&mut self) -> usize {
        writeln!(self.stdin).expect("a pipe");
        self.answer("sessions ").parse().expect("a number")
    }
}

impl Drop for BmcProcess {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Resident memory of a process (KiB).
fn resident(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

#[derive(Default)]
struct Tally {
    sessions: AtomicU64,
    unopened: AtomicU64,
    commands: AtomicU64,
    failed: AtomicU64,
}

#[derive(Default)]
struct Soak {
    tally: Tally,
    expected: Mutex<HashMap<&'static str, Vec<u8>>>,
    over: AtomicBool,
    next: AtomicU64,
    consoles: console::Figures,
    /// There is one serial port.
    port: Mutex<()>,
    /// Consoles that broke off, and why.
    broken: Mutex<Vec<(u64, console::Broken)>>,
}

/// One session with a few commands in it.
async fn round(number: u64, port: u16, soak: &Soak) {
    let lossy = matches!(number % 4, 1 | 2);
    let (tally, expected) = (&soak.tally, &soak.expected);
    let out = Output::memory(Format::Text);
    let observer: SharedObserver = Arc::new(out.clone());
    let options = LanOptions {
        host: Some("127.0.0.1".to_owned()),
        port,
        user: b"admin".to_vec(),
        password: Some(Key::new("admin")),
        privilege: 4,
        auth: None,
        ..LanOptions::default()
    };
    tally.sessions.fetch_add(1, Ordering::Relaxed);
    let fifteen = number.is_multiple_of(3);
    let opened = if fifteen {
        transport::lan::open(&options, observer).await
    } else {
        transport::lanplus::open(&options, observer).await
    };
    let Ok(opened) = opened else {
        tally.unopened.fetch_add(1, Ordering::Relaxed);
        return;
    };
    let bmc = Bmc::new(opened, Route::direct());
    let mut context = Context { bmc, out: out.clone(), settings: Settings::default(), memory: Memory::default() };
    for step in 0..6_u64 {
        if soak.over.load(Ordering::Relaxed) {
            break;
        }
        let choice = number.wrapping_mul(31).wrapping_add(step * 7);
        let change = step == 5;
        // Whole repositories take long over a wire that loses packets: seldom there.
        let reads: &[&str] = if lossy && !number.is_multiple_of(13) { &READS[..BRIEF] } else { &READS };
        let line = if change { CHANGES[choice as usize % 3] } else { reads[choice as usize % reads.len()] };
        let fresh = Output::memory(Format::Text);
        context.out = fresh.clone();
        let told = out.captured().stderr.len();
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let status = cmd::dispatch(&mut context, &words).await;
        tally.commands.fetch_add(1, Ordering::Relaxed);
        let captured = fresh.captured();
        // What the session itself complains about, it tells whom it was opened for.
        let complaints = out.captured().stderr.len();
        if status != Status::OK || !captured.stderr.is_empty() || complaints > told {
            tally.failed.fetch_add(1, Ordering::Relaxed);
        } else if !change {
            let mut expected = expected.lock().expect("no panic");
            let right = expected.entry(line).or_insert_with(|| captured.stdout.clone());
            assert_eq!(String::from_utf8_lossy(&captured.stdout), String::from_utf8_lossy(right), "{line}");
        }
    }
    if !fifteen
        && !soak.over.load(Ordering::Relaxed)
        && let Ok(_port) = soak.port.try_lock()
        && let Err(broken) = console::talk(&context.bmc, &options, number, lossy, &soak.consoles).await
    {
        soak.broken.lock().expect("no panic").push((number, broken));
    }
    // Every now and then somebody walks away.
    if number.is_multiple_of(11) {
        return;
    }
    context.bmc.close().await;
}

#[test]
#[ignore = "takes as long as it is told to"]
fn soak() {
    let seconds = std::env::var("SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(600);
    let (mut bmc, ports) = BmcProcess::start();
    let before = bmc.sessions();
    let programs = program::start(seconds);
    let soak = Soak::default();
    let start = Instant::now();
    let total = Duration::from_secs(seconds);
    let mut samples = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                while !soak.over.load(Ordering::Relaxed) {
                    let number = soak.next.fetch_add(1, Ordering::Relaxed);
                    let port = ports[number as usize % ports.len()];
                    runtime.block_on(round(number, port, &soak));
                }
            });
        }
        while start.elapsed() < total {
            std::thread::sleep((total / 20).min(Duration::from_secs(10)));
            samples.push(resident(std::process::id()));
        }
        soak.over.store(true, Ordering::Relaxed);
    });
    // Whoever walked away said so on the way.
    let programs: Vec<_> = programs.into_iter().map(|mut program| program.wait().expect("an end")).collect();
    let tally = soak.tally;
    let broken = soak.broken.into_inner().expect("no panic");
    println!("{:?}, broken off: {broken:?}", soak.consoles);
    let left = bmc.sessions();
    let settled = samples[samples.len() / 4];
    let most = samples.iter().skip(samples.len() / 4).copied().max().unwrap_or(0);
    println!(
        "{seconds} s: {} sessions ({} not opened), {} commands ({} failed or complained), memory {settled} KiB, at most {most} KiB, {left} sessions left ({before} before)",
        tally.sessions.into_inner(),
        tally.unopened.into_inner(),
        tally.commands.into_inner(),
        tally.failed.into_inner(),
    );
    assert!(most <= settled + GROWTH, "{samples:?}");
    // The simulated BMC's colleague, who says nothing, is logged out after a minute.
    let colleague = usize::from(total > Duration::from_secs(60));
    assert!(left <= before - colleague, "sessions are left open");
    // A BMC repeats itself only so often, and on the wire that loses most it is not heard in the end.
    let excused = |(number, why): &(u64, console::Broken)| number % 4 == 2 && *why == console::Broken::Overrun;
    assert!(broken.iter().all(excused), "consoles broke off: {broken:?}");
    assert!(programs.iter().all(std::process::ExitStatus::success), "a console of the program failed");
}
