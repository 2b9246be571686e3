//! Consoles of the program itself, each in a pseudo-terminal for as long as the soak lasts, with a BMC and a
//! relay of its own: what it shows is looked at byte by byte, and the program's memory is measured.

use crate::console::{flood, noise, same};
use crate::net::{Faults, OURS, Relay, Served, command};
use crate::pty::{PATIENCE, Pty};
use crate::{GROWTH, WIRES, resident};
use nix::sys::signal::Signal;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROMPT: &[u8] = b"root@server:~# ";
/// Time between two rounds, for the others' sake.
const PAUSE: Duration = Duration::from_millis(100);

/// The consoles, and the faults of their wires. The packets of IPMI 1.5's are neither authenticated nor
/// numbered by the session, so that nobody can tell a damaged one, or one that comes again much later.
/// Tyan's have no numbers at all: what is lost is lost.
const KINDS: [(&str, Faults); 3] = [
    ("sol", WIRES[1]),
    ("isol", Faults { seed: 5, drop: 10, double: 10, corrupt: 0, reorder: 0, stale: 0, delay: 5 }),
    ("tsol", WIRES[0]),
];

/// What may be said when an answer to the last requests is lost.
const FAREWELLS: [&str; 4] = [
    "No answer: the request may have been carried out, or not.",
    "Error: No response de-activating SOL payload",
    "Error deactivating ISOL",
    "Close Session command failed",
];

/// Starts a process for each of them.
pub fn start(seconds: u64) -> Vec<Child> {
    let processes = KINDS.iter().map(|(kind, _)| {
        let mut command = Command::new(std::env::current_exe().expect("a program"));
        command.args(["--ignored", "--exact", "program::program_process", "--nocapture"]);
        command.env("SOAK_PROGRAM", kind).env("SOAK_SECONDS", seconds.to_string());
        command.stdin(Stdio::null()).spawn().expect("it starts")
    });
    processes.collect()
}

fn words(kind: &str) -> String {
    match kind {
        "sol" => "-I lanplus sol activate".to_owned(),
        "isol" => "-I lan isol activate".to_owned(),
        _ => {
            let free = std::net::UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
            format!("-I lan tsol port={}", free.port())
        }
    }
}

/// A console at the shell's prompt.
fn open(kind: &str, port: u16) -> Pty {
    const READY: &[u8] = b"for help]";
    let mut pty = Pty::start(&mut command(OURS, port, &words(kind)));
    // The answer to the activation may be lost, and that of IPMI 1.5 is not asked for twice.
    let end = Instant::now() + PATIENCE;
    while !pty.shown().windows(READY.len()).any(|window| window == READY) {
        assert!(Instant::now() < end, "{kind}: {}", pty.stderr());
        if pty.child.try_wait().expect("a child").is_some() {
            pty = Pty::start(&mut command(OURS, port, &words(kind)));
        }
        std::thread::sleep(PAUSE);
    }
    pty.expect(READY);
    pty.until("raw", Pty::is_raw);
    pty.send(b"\r");
    pty.expect(b"login: ");
    pty.send(b"root\r");
    pty.expect(b"Password: ");
    pty.send(b"secret\r");
    pty.expect(PROMPT);
    pty
}

/// Types, and looks at what comes back; gives the number of characters.
fn round(pty: &mut Pty, kind: &str, number: u64) -> usize {
    let (text, lines) = if kind == "tsol" {
        // Fourteen keys go into a request, and no packet is sent again.
        let text = format!("number {number} and a few words more than one request can hold");
        pty.send(format!("echo {text}\r").as_bytes());
        pty.expect(format!("echo {text}\r\n").as_bytes());
        (format!("{text}\r\n").into_bytes(), 10)
    } else {
        pty.send(b"raw\r");
        pty.expect(b"raw\r\nraw\r\n");
        let text: Vec<u8> = noise(number, 3000).iter().map(|byte| if *byte == b'~' { b'-' } else { *byte }).collect();
        pty.send(&text);
        (text, 100)
    };
    same(&pty.take(text.len()), &text, kind);
    if kind != "tsol" {
        pty.send(b"\r~B");
        pty.expect(b"[send break]\n");
        pty.expect(b"[break]\r\n");
    }
    pty.expect(PROMPT);
    let flood = flood(lines);
    pty.send(format!("flood {lines}\r").as_bytes());
    pty.expect(format!("flood {lines}\r\n").as_bytes());
    same(&pty.take(flood.len()), &flood, kind);
    pty.expect(PROMPT);
    text.len() + flood.len()
}

#[test]
#[ignore = "a part of the soak"]
fn program_process() {
    let Ok(kind) = std::env::var("SOAK_PROGRAM") else { return };
    let total: u64 = std::env::var("SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).expect("a time");
    let faults = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, faults)| *faults).expect("a console");
    let served = Served::new("{}");
    let relay = Relay::new(served.port, faults);
    // The BMC is to name the port that consoles know, once it has found out its own.
    while served.bmc.lock().expect("no panic").state().sol.port() != served.port {
        std::thread::sleep(Duration::from_millis(1));
    }
    served.bmc.lock().expect("no panic").state().sol.set_port(relay.port);
    let before = served.sessions();
    let start = Instant::now();
    let mut pty = open(&kind, relay.port);
    let (mut rounds, mut characters, mut samples) = (0, 0, Vec::new());
    while start.elapsed().as_secs() < total {
        characters += round(&mut pty, &kind, rounds);
        rounds += 1;
        samples.push((start.elapsed(), resident(pty.child.id())));
        std::thread::sleep(PAUSE);
    }
    pty.send(b"exit\r");
    pty.expect(b"login: ");
    pty.send(b"\r~.");
    assert!(pty.wait().success(), "{kind}: {}", pty.stderr());
    // An answer may be lost then too, and is complained about.
    let farewell = pty.stderr();
    assert!(farewell.lines().all(|line| FAREWELLS.contains(&line)), "{kind}: {farewell}");
    // Another one, ended by a signal in the middle of its output.
    let mut pty = open(&kind, relay.port);
    pty.send(b"flood 5000\r");
    pty.expect(b"000010 ");
    pty.signal(Signal::SIGTERM);
    pty.wait();
    assert!(served.sessions() <= before, "{kind}: a session is left open");
    let quarter = Duration::from_secs(total) / 4;
    let settled = samples.iter().find(|(time, _)| *time >= quarter).map_or(0, |(_, memory)| *memory);
    let most = samples.iter().filter(|(time, _)| *time >= quarter).map(|(_, memory)| *memory).max().unwrap_or(0);
    println!("{kind}: {rounds} rounds, {characters} characters, memory {settled} KiB, at most {most} KiB");
    assert!(most <= settled + GROWTH, "{kind}: {samples:?}");
}
