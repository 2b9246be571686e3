//! What `-o TYPE` changes in sessions over the LAN: the reference and our program log in to the same
//! simulated BMC, which wants what such a machine wants, and everything they send is compared. Only
//! what is random is left out; authentication codes are checked instead.

mod net;

use ipmitool::protocol::auth::AuthType;
use ipmitool::protocol::{rmcp, session15, session20};
use ipmitool::sim::session::Wire;
use ipmitool::sim::udp::Server;
use ipmitool::sim::{Profile, SimulatedBmc};
use net::{OURS, REFERENCE, Ran, is_missing, run};
use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A BMC that keeps what consoles have sent, until dropped.
struct Recorder {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<usize>>,
}

impl Recorder {
    fn new(profile: &str) -> Self {
        let profile = Profile::parse(profile).expect("a profile");
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_read_timeout(Some(Duration::from_millis(20))).expect("a socket");
        let port = socket.local_addr().expect("an address").port();
        let (seen, over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (log, end) = (Arc::clone(&seen), Arc::clone(&over));
        let thread = std::thread::spawn(move || serve(profile, &socket, &log, &end));
        Recorder { port, seen, over, thread: Some(thread) }
    }

    /// What was sent, and how many sessions are left.
    fn end(mut self) -> (Vec<String>, usize) {
        self.over.store(true, Ordering::Relaxed);
        let left = self.thread.take().expect("a thread").join().expect("no panic");
        (std::mem::take(&mut *self.seen.lock().expect("no panic")), left)
    }
}

fn serve(profile: Profile, socket: &UdpSocket, log: &Mutex<Vec<String>>, over: &AtomicBool) -> usize {
    let mut server = Server::new(profile.packets.clone());
    let mut bmc = SimulatedBmc::new(profile);
    // The same challenges, session ids and random numbers for each console.
    let mut count = 0_u32;
    bmc.set_random(Box::new(move |bytes| {
        for byte in bytes {
            count = count.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            *byte = (count >> 16) as u8;
        }
    }));
    let before = bmc.state().sessions.active().len();
    let start = Instant::now();
    let mut buffer = [0; 2048];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer) else {
            // Only when nothing is left that was sent before.
            if over.load(Ordering::Relaxed) {
                break;
            }
            continue;
        };
        let mut line = described(&mut bmc, &buffer[..length]);
        for answer in server.datagram(&mut bmc, start.elapsed(), peer, &buffer[..length]) {
            if let Ok(rmcp::Class::Ipmi([session20::AUTH_TYPE, kind @ 0x11..=0x15, rest @ ..])) =
                rmcp::decode(&answer.datagram)
            {
                line += &format!(" -> {kind:02x} status {:02x}", rest[11]);
            }
            std::thread::sleep(answer.after);
            socket.send_to(&answer.datagram, peer).expect("a console");
        }
        log.lock().expect("no panic").push(line);
    }
    bmc.state().sessions.active().len() - before
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes without those of these places, which are random.
fn masked(bytes: &[u8], random: std::ops::Range<usize>) -> String {
    format!("{}{}{}", hex(&bytes[..random.start]), "??".repeat(random.len()), hex(&bytes[random.end..]))
}

/// A datagram from a console, in such a way that two consoles' can be compared.
fn described(bmc: &mut SimulatedBmc, datagram: &[u8]) -> String {
    match rmcp::decode(datagram) {
        Ok(rmcp::Class::Ipmi(packet)) if session20::session_of(packet).is_some() => plus(bmc, packet),
        Ok(rmcp::Class::Ipmi(packet)) => fifteen(bmc, packet),
        Ok(rmcp::Class::Asf(packet)) => format!("asf {}", hex(packet)),
        Err(_) => format!("no RMCP {}", hex(datagram)),
    }
}

fn fifteen(bmc: &mut SimulatedBmc, bytes: &[u8]) -> String {
    let packet = session15::decode(bytes).expect("a packet");
    let sessions = &bmc.state().sessions;
    let key = match (sessions.challenge(packet.session), sessions.get(packet.session).map(|session| &session.wire)) {
        (Some(challenge), _) => Some(challenge.key.clone()),
        (None, Some(Wire::Fifteen(wire))) => Some(wire.key.clone()),
        _ => None,
    };
    let code = match (packet.auth, key) {
        (AuthType::None, _) => "none".to_owned(),
        (AuthType::Oem | AuthType::Password, _) => hex(&packet.code.expect("a code")),
        (_, Some(key)) if packet.is_authentic(&key) => "right".to_owned(),
        _ => "wrong".to_owned(),
    };
    // Activate Session ends with the console's first number and a checksum.
    let (payload, length) = (packet.payload, packet.payload.len());
    let random = if payload[5] == 0x3a { length - 5..length } else { length..length };
    let (auth, seq, session) = (packet.auth, packet.seq, packet.session);
    let rest = bytes.len() - length - if packet.code.is_some() { 26 } else { 10 };
    format!("1.5 {auth:?} {seq:08x} {session:08x} {code} {} +{rest}", masked(payload, random))
}

fn plus(bmc: &mut SimulatedBmc, bytes: &[u8]) -> String {
    let id = session20::session_of(bytes).unwrap_or(0);
    if id == 0 {
        let (header, payload) = bytes.split_at(12);
        // The packet's number counts those outside the session too, in the reference.
        let header = masked(header, 6..10);
        let payload = match header.get(2..4) {
            Some("10") => masked(payload, 4..8),
            Some("12") => masked(payload, 8..24),
            Some("14") => masked(payload, 8..payload.len()),
            _ => hex(payload),
        };
        return format!("2.0 {header} {payload}");
    }
    let Some(Wire::Plus(wire)) = bmc.state().sessions.get(id).map(|session| &session.wire) else {
        return format!("2.0 no session {}", hex(bytes));
    };
    let Ok(packet) = session20::decode(bytes, Some(&wire.protection)) else {
        return format!("2.0 wrong code {}", hex(bytes));
    };
    let length = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
    let trailer = &bytes[12 + length..bytes.len() - wire.protection.suite.integrity.length()];
    format!("2.0 {:02x} {id:08x} {length} {} {}", bytes[1], hex(&packet.payload), hex(trailer))
}

/// What a run with `words` brings and sends, against a fresh BMC.
fn observe(program: &str, profile: &str, words: &str) -> (Ran, Vec<String>, usize) {
    let recorder = Recorder::new(profile);
    // A schedule that a busy machine keeps, unless `words` choose another.
    let ran = run(program, recorder.port, &format!("-N 5 {words}"));
    let (seen, left) = recorder.end();
    (ran, seen, left)
}

/// Both programs send the same and say the same; gives what they sent.
fn alike(profile: &str, words: &str) -> Vec<String> {
    alike_in(profile, &format!("{words} mc guid"))
}

/// The same for a command line with a command.
fn alike_in(profile: &str, words: &str) -> Vec<String> {
    let mut theirs = observe(REFERENCE, profile, words);
    let mut ours = observe(OURS, profile, words);
    // On a busy machine either may have waited in vain and sent something again.
    for _ in 0..2 {
        if ours.1 == theirs.1 {
            break;
        }
        (theirs, ours) = (observe(REFERENCE, profile, words), observe(OURS, profile, words));
    }
    let ((theirs, sent_by_them, left_by_them), (ours, sent_by_us, left_by_us)) = (theirs, ours);
    assert_eq!(sent_by_us.join("\n"), sent_by_them.join("\n"), "{words}");
    assert_eq!((ours.status, &ours.stdout, &ours.stderr), (theirs.status, &theirs.stdout, &theirs.stderr), "{words}");
    assert_eq!(left_by_us, left_by_them, "{words}");
    sent_by_us
}

/// As [`alike`], and the command is carried out.
fn logged_in(profile: &str, words: &str) -> Vec<String> {
    let sent = alike(profile, words);
    let (ran, _, left) = observe(OURS, profile, &format!("{words} mc guid"));
    assert_eq!((ran.status, left), (Some(0), 0), "{words}: {ran:?}\n{}", sent.join("\n"));
    sent
}

const PLAIN: &str = "{}";

#[test]
fn sessions_of_ordinary_machines() {
    if is_missing(REFERENCE) {
        return;
    }
    for words in ["-I lan -A MD5", "-I lan -A PASSWORD", "-I lan -o kontron", "-I lan -o i82571spt", "-I lan -o icts"] {
        let sent = logged_in(PLAIN, words);
        assert!(sent[0].starts_with("asf "), "{words}");
    }
    for words in ["-I lanplus -C 3", "-I lanplus", "-I lanplus -C 3 -o supermicro", "-I lanplus -C 17 -o intelwv2"] {
        logged_in(PLAIN, words);
    }
}

/// What a BMC wants that takes a manufacturer's own authentication type.
const OEM_TYPE: &str = r#"{"auth_types": 32}"#;
const SUPERMICRO: &str = r#"{"auth_types": 37, "quirks": {"no_ping": true, "challenge_key": true}}"#;

#[test]
fn the_oem_authentication_type_carries_the_password() {
    if is_missing(REFERENCE) {
        return;
    }
    let password = format!(" {:0<32} ", hex(b"admin"));
    for words in ["-I lan -A OEM", "-I lan -o quanta", "-I lan", "-I lan -L USER -o quanta"] {
        let sent = logged_in(OEM_TYPE, words);
        assert!(sent[3..].iter().all(|line| line.starts_with("1.5 Oem") && line.contains(&password)), "{sent:#?}");
    }
    logged_in(r#"{"auth_types": 36}"#, "-I lan -o quanta -A MD5");
    // What is not offered is refused.
    for words in ["-I lan -A OEM", "-I lan -o quanta", "-I lan -o supermicro"] {
        alike(PLAIN, words);
    }
}

#[test]
fn supermicro() {
    if is_missing(REFERENCE) {
        return;
    }
    // No ping; the digest of the challenge instead of the password, zeros instead of the challenge.
    for words in ["-I lan -o supermicro", "-I lan -s", "-I lan -o supermicro -A MD5", "-I lan -o supermicro -L USER"] {
        let sent = logged_in(SUPERMICRO, words);
        assert!(!sent.iter().any(|line| line.starts_with("asf ")), "{sent:#?}");
        assert!(sent[2].contains(&"0".repeat(32)), "{sent:#?}");
    }
    // A fixed schedule, so that ours repeats no more often.
    alike(SUPERMICRO, "-I lan -o supermicro -P wrong -N 1 -R 2");
    alike(SUPERMICRO, "-I lan -o supermicro -A NONE");
}

#[test]
fn intelwv2() {
    if is_missing(REFERENCE) {
        return;
    }
    for words in ["-I lan -o intelwv2", "-I lan -g", "-I lan -o intelwv2 -L USER"] {
        let sent = logged_in(PLAIN, words);
        let thumps: Vec<bool> = sent.iter().map(|line| line == "no RMCP 7468756d700000000000").collect();
        assert_eq!(sent[1], "no RMCP 0000000000000000072018c8c201013c");
        assert!(thumps[2..].chunks(2).all(|pair| pair == [false, true]), "{sent:#?}");
    }
}

#[test]
fn intelplus() {
    if is_missing(REFERENCE) {
        return;
    }
    let profile = r#"{"quirks": {"named_privilege": true, "plain_role_in_rakp3": true, "check_by_integrity": true}}"#;
    for suite in [0, 1, 2, 3, 6, 7, 8, 15] {
        for level in ["ADMINISTRATOR", "ADMINISTRATOR+", "OPERATOR"] {
            let words = format!("-I lanplus -o intelplus -C {suite} -L {level}");
            logged_in(profile, &words);
            // Without the quirks the code of RAKP message 3 is a wrong one, unless the role is plain anyway.
            alike(PLAIN, &words);
        }
    }
    // The reference aborts.
    for suite in ["", " -C 11", " -C 12", " -C 16", " -C 17"] {
        let (ran, _, left) = observe(OURS, profile, &format!("-I lanplus -o intelplus{suite} mc guid"));
        assert_eq!((ran.status, left), (Some(0), 0), "{suite}: {ran:?}");
    }
}

/// The request that activates the serial console.
#[test]
fn consoles() {
    if is_missing(REFERENCE) {
        return;
    }
    for (oem, options) in [("icts", "c6"), ("intelplus", "c4"), ("i82571spt", "08")] {
        // Without its lookup bit the role is a plain one.
        let words = format!("-I lanplus -C 1 -L ADMINISTRATOR+ -o {oem} sol activate");
        for program in [REFERENCE, OURS] {
            let (_, sent, _) = observe(program, PLAIN, &words);
            let activation = sent.iter().find_map(|line| line.split(' ').find(|word| word.get(10..12) == Some("48")));
            assert_eq!(activation.map(|payload| &payload[12..24]), Some(&*format!("0101{options}000000")), "{sent:#?}");
        }
    }
}

#[test]
fn icts() {
    if is_missing(REFERENCE) {
        return;
    }
    for profile in [r#"{"quirks": {"pad_before_trailer": true}}"#, PLAIN] {
        for suite in [0, 1, 2, 3, 17] {
            let sent = logged_in(profile, &format!("-I lanplus -o icts -C {suite}"));
            // Sixteen bytes of header count as twelve: an encrypted payload needs no pad.
            let pad = if suite == 2 { "ff0107" } else { "0007" };
            let inside = sent.iter().filter(|line| line.starts_with("2.0 c0") || line.starts_with("2.0 40"));
            assert!(inside.clone().any(|line| line.ends_with(pad)) || suite < 2, "{suite}: {sent:#?}");
        }
    }
}

#[test]
fn i82571spt() {
    if is_missing(REFERENCE) {
        return;
    }
    let profile =
        r#"{"quirks": {"unasked": true, "long_name": true, "plain_role": true, "plain_role_in_rakp3": true}}"#;
    for suite in ["", " -C 0", " -C 1", " -C 2", " -C 3", " -C 6", " -C 17"] {
        for level in ["ADMINISTRATOR", "ADMINISTRATOR+", "USER"] {
            let words = format!("-I lanplus -o i82571spt{suite} -L {level}");
            let sent = logged_in(profile, &words);
            // The handshake, the command, Close Session.
            let asked = if suite.is_empty() { 4 } else { 0 };
            assert_eq!(sent.len(), asked + 5, "{words}: {sent:#?}");
            alike(PLAIN, &words);
        }
    }
}

/// Commands that take more than a question and an answer, and sessions that fail.
#[test]
fn other_commands() {
    if is_missing(REFERENCE) {
        return;
    }
    // What a controller behind the BMC answers.
    let bridged = r#"{"faults": ["06/34:reply=201cc482240100aabbf4"]}"#;
    let cases = [
        (bridged, "-I lan -o intelwv2 -t 0x82 -b 6 raw 6 1"),
        (PLAIN, "-I lan -o intelwv2 mc reset cold"),
        (PLAIN, "-I lan -o intelwv2 sel list"),
        (PLAIN, "-I lan -o intelwv2 -P wrong mc guid -N 1 -R 2"),
        (r#"{"faults": ["06/38:drop"]}"#, "-I lan -o intelwv2 -N 1 -R 2 mc guid"),
        (r#"{"faults": ["06/37#1:drop"]}"#, "-I lan -o intelwv2 -N 1 -R 2 mc guid"),
        (r#"{"faults": ["06/39:cc=81"]}"#, "-I lan -o intelwv2 -N 1 -R 2 mc guid"),
        (r#"{"auth_types": 32, "faults": ["06/39:cc=81"]}"#, "-I lan -o supermicro -N 1 -R 2 mc guid"),
        (r#"{"auth_types": 32, "faults": ["06/3a:cc=85"]}"#, "-I lan -o quanta -N 1 -R 2 mc guid"),
        (PLAIN, "-I lan -o i82571spt raw 6 1"),
        (PLAIN, "-I lanplus -C 3 -o icts mc reset cold"),
        (PLAIN, "-I lanplus -C 3 -o intelplus -P wrong mc guid"),
        (PLAIN, "-I lanplus -C 3 -o intelplus -U nobody mc guid"),
        (PLAIN, "-I lanplus -C 3 -o intelplus -L OEM mc guid"),
        (PLAIN, "-I lanplus -C 3 -o i82571spt -P wrong mc guid"),
        (PLAIN, "-I lanplus -C 3 -o i82571spt -U nobody mc guid"),
        (PLAIN, "-I lanplus -C 3 -L ADMINISTRATOR+ -o i82571spt sel list"),
        (PLAIN, "-I lanplus -C 3 -L ADMINISTRATOR+ -o i82571spt power on"),
        (PLAIN, "-I lanplus -C 3 -L OPERATOR+ -o i82571spt -t 0x82 -b 6 raw 6 1"),
        (PLAIN, "-I lanplus -C 3 -L ADMINISTRATOR+ -o i82571spt -m 0x24 raw 6 1"),
        (r#"{"faults": ["06/54:cc=c1"]}"#, "-I lanplus -o i82571spt -L USER+ mc guid"),
    ];
    for (profile, words) in cases {
        alike_in(profile, words);
    }
}
