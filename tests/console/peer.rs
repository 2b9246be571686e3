//! Our program against `ipmi_sim`, a BMC of the OpenIPMI project. The test is the system behind its
//! serial port, over TCP, and loses packets in between. Cipher suite 2 authenticates and does not
//! encrypt, so that the relay can tell what it loses.
//!
//! `PEERS=required` turns a missing peer into a failure; without it the tests say what is missing.

use crate::ipmi_sim::{self, IpmiSim};
use crate::pty::{PATIENCE, Pty};
use crate::relay::{ADDRESS, Relay, Way, lose_every};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The simulator and its serial port.
struct Sim {
    _child: IpmiSim,
    port: u16,
    serial: TcpStream,
}

/// Whether the peer is there; says so when it is not.
fn is_missing() -> bool {
    let missing = ipmi_sim::is_missing();
    if missing {
        assert!(std::env::var_os("PEERS").is_none(), "ipmi_sim is missing");
        eprintln!("NOT RUN: ipmi_sim is missing");
    }
    missing
}

impl Sim {
    fn start(name: &str) -> Sim {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("console-{name}"));
        let serial = TcpListener::bind("127.0.0.1:0").expect("a socket");
        let tcp = serial.local_addr().expect("an address").port();
        // A port that was free just now.
        let port = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let config = format!(
            "name \"console\"\n\
             set_working_mc 0x20\n\
             startlan 1\n\
             addr 127.0.0.1 {port}\n\
             priv_limit admin\n\
             allowed_auths_admin none md2 md5 straight\n\
             guid a123456789abcdefa123456789abcdef\n\
             endlan\n\
             sol \"tcp:127.0.0.1:{tcp}\" 115200\n\
             user 2 true \"ipmiusr\" \"test\" admin 10 none md2 md5 straight\n"
        );
        let child = ipmi_sim::start(&folder, &config);
        let (serial, _) = serial.accept().expect("it connects");
        serial.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Sim { _child: child, port, serial }
    }

    /// A console through a relay.
    fn console(&self, words: &str) -> Pty {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ipmitool"));
        command.args(["-I", "lanplus", "-H", ADDRESS, "-p", &self.port.to_string(), "-U", "ipmiusr"]);
        command.args(["-P", "test", "-C", "2"]).args(words.split(' '));
        let mut pty = Pty::start(&mut command);
        pty.expect(b"for help]\r\n");
        pty.until("raw", Pty::is_raw);
        pty
    }

    /// What comes out of the serial port next.
    fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.serial.read_exact(&mut bytes).expect("characters at the serial port");
        bytes
    }

    /// That nothing more comes out of it.
    fn is_quiet(&mut self) -> bool {
        self.serial.set_read_timeout(Some(Duration::from_millis(1500))).expect("a timeout");
        let quiet = self.serial.read(&mut [0; 16]).is_err();
        self.serial.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        quiet
    }
}

fn lines(count: usize) -> Vec<u8> {
    (1..=count)
        .map(|line| format!("{line:05} all work and no play makes jack a dull boy\r\n"))
        .collect::<String>()
        .into()
}

#[test]
fn typed_text_arrives_once_during_a_flood() {
    if is_missing() {
        return;
    }
    let mut sim = Sim::start("typed");
    let (loses, lost) = lose_every(5, Way::ToBmc);
    let _relay = Relay::new(sim.port, loses);
    let mut pty = sim.console("sol activate");
    let mut serial = sim.serial.try_clone().expect("another descriptor");
    let flood = lines(3000);
    let flooded = flood.clone();
    let flooding = std::thread::spawn(move || {
        // As a busy system prints: in pieces, all the time.
        for piece in flooded.chunks(1200) {
            serial.write_all(piece).expect("it is read");
            std::thread::sleep(Duration::from_millis(15));
        }
    });
    let typed: Vec<u8> = (0..300).flat_map(|word| format!("{word:03}.").into_bytes()).collect();
    for key in typed.chunks(3) {
        pty.send(key);
        std::thread::sleep(Duration::from_millis(3));
    }
    assert_eq!(String::from_utf8_lossy(&sim.read(typed.len())), String::from_utf8_lossy(&typed));
    flooding.join().expect("no panic");
    assert!(pty.take(flood.len()) == flood, "the flood is not whole");
    assert!(sim.is_quiet(), "characters came twice");
    assert!(lost.load(Ordering::Relaxed) >= 10, "{lost:?}");
    pty.send(b"\r~.");
    assert!(pty.wait().success(), "{}", pty.stderr());
}

#[test]
fn output_arrives_whole() {
    if is_missing() {
        return;
    }
    let mut sim = Sim::start("output");
    let (loses, lost) = lose_every(20, Way::ToConsole);
    let _relay = Relay::new(sim.port, loses);
    let mut pty = sim.console("sol activate");
    let text = lines(500);
    // Line by line, so that there are many packets.
    for line in text.chunks(47) {
        sim.serial.write_all(line).expect("it is read");
        std::thread::sleep(Duration::from_millis(4));
    }
    assert_eq!(String::from_utf8_lossy(&pty.take(text.len())), String::from_utf8_lossy(&text));
    sim.serial.write_all(b"end\r\n").expect("it is read");
    pty.expect(b"end\r\n");
    assert_eq!(pty.shown().len() - b"[SOL Session operational.  Use ~? for help]\r\n".len(), text.len() + 5);
    assert!(lost.load(Ordering::Relaxed) >= 3, "{lost:?}");
    pty.send(b"~.");
    assert!(pty.wait().success(), "{}", pty.stderr());
}

#[test]
fn a_large_paste_and_a_break() {
    if is_missing() {
        return;
    }
    let mut sim = Sim::start("paste");
    let _relay = Relay::new(sim.port, |_, _| false);
    let mut pty = sim.console("sol activate");
    let text: Vec<u8> = (0..60_000_u32).map(|index| (index % 94 + 32) as u8).map(|c| c ^ u8::from(c == b'~')).collect();
    let mut keyboard = pty.keyboard();
    let typed = text.clone();
    let typing = std::thread::spawn(move || keyboard.write_all(&typed).expect("it is read"));
    // The system is slow to take it: the BMC has room for 32 characters.
    let start = Instant::now();
    let mut taken = sim.read(1000);
    std::thread::sleep(Duration::from_millis(700));
    taken.extend(sim.read(text.len() - 1000));
    assert!(taken == text, "the paste is not whole");
    assert!(start.elapsed() < PATIENCE);
    typing.join().expect("no panic");
    pty.send(b"\r~Bend");
    pty.expect(b"~B [send break]\n");
    // A break, as telnet writes it.
    assert_eq!(sim.read(6), b"\r\xff\xf3end");
    pty.send(b"\r~.");
    assert!(pty.wait().success(), "{}", pty.stderr());
}
