//! Other people's consoles log in to the simulated BMC over UDP: the reference, and FreeIPMI, for
//! each authentication type and cipher suite they speak.
//!
//! `PEERS=required` turns a missing peer into a failure; without it the test says what is missing.

use ipmitool::sim::{Profile, SimulatedBmc, udp};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

const REFERENCE: &str = "/usr/bin/ipmitool";
const FREEIPMI: &str = "/usr/sbin/bmc-info";

/// A simulated BMC on a port of its own, until dropped.
struct Served {
    port: u16,
    bmc: Arc<Mutex<SimulatedBmc>>,
    shutdown: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    fn new() -> Self {
        let profile = Profile::parse(r#"{"session_slots": 40, "clock": 1700000000}"#).expect("a profile");
        let bmc = Arc::new(Mutex::new(SimulatedBmc::new(profile)));
        let (shutdown, wanted) = tokio::sync::oneshot::channel();
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_nonblocking(true).expect("a socket of its own mind");
        let port = socket.local_addr().expect("an address").port();
        let shared = Arc::clone(&bmc);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let socket = tokio::net::UdpSocket::from_std(socket).expect("a socket");
                udp::serve(socket, shared, async { drop(wanted.await) }).await.expect("no error");
            });
        });
        Served { port, bmc, shutdown: Some(shutdown), thread: Some(thread) }
    }

    fn sessions(&self) -> usize {
        self.bmc.lock().expect("no panic").state().sessions.active().len()
    }

    fn reference(&self, words: &str) -> (bool, String) {
        run(Command::new(REFERENCE).args(["-H", "127.0.0.1", "-p", &self.port.to_string()]).args(words.split(' ')))
    }

    fn freeipmi(&self, program: &str, words: &str) -> (bool, String) {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("freeipmi");
        std::fs::create_dir_all(&home).expect("a folder");
        let program = Path::new(FREEIPMI).with_file_name(program);
        let host = format!("127.0.0.1:{}", self.port);
        run(Command::new(program)
            .env("HOME", home)
            .args(["-h", &host, "-u", "admin", "-p", "admin", "-l", "ADMIN"])
            .args(words.split(' ')))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(shutdown) = self.shutdown.take() {
            shutdown.send(()).ok();
        }
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn is_missing(peer: &str) -> bool {
    let missing = !Path::new(peer).exists();
    if missing {
        assert!(std::env::var_os("PEERS").is_none(), "{peer} is missing");
        eprintln!("NOT RUN: {peer} is missing");
    }
    missing
}

#[test]
fn the_reference_logs_in() {
    if is_missing(REFERENCE) {
        return;
    }
    let served = Served::new();
    let before = served.sessions();
    let mut cases: Vec<String> = ["MD5", "PASSWORD"].map(|auth| format!("-I lan -A {auth}")).into();
    // Suites 11 and 12 end the reference with an assertion.
    cases.extend([0, 1, 2, 3, 6, 7, 8, 15, 16, 17].map(|suite| format!("-I lanplus -C {suite}")));
    cases.push("-I lanplus".to_owned());
    for case in cases {
        let (well, text) = served.reference(&format!("{case} -U admin -P admin chassis power status"));
        assert!(well && text == "Chassis Power is on\n", "{case}: {text}");
        assert_eq!(served.sessions(), before, "{case}: the session is not closed");
    }
    for interface in ["lan", "lanplus"] {
        let (well, text) = served.reference(&format!("-I {interface} -U user -P user -L USER chassis power off"));
        assert!(!well && text.ends_with("Insufficient privilege level\n"), "{interface}: {text}");
        let (well, text) = served.reference(&format!("-I {interface} -U admin -P admin sel elist"));
        assert!(well && text.lines().count() > 30, "{interface}: {text}");
    }
    let (_, text) = served.reference("-I lanplus -C 3 -U admin -P admin session info active");
    assert!(text.contains("console ip                    : 127.0.0.1"), "{text}");
}

#[test]
fn freeipmi_logs_in() {
    if is_missing(FREEIPMI) {
        return;
    }
    let served = Served::new();
    let before = served.sessions();
    let mut cases: Vec<String> =
        ["none", "straight_password_key", "md2", "md5"].map(|a| format!("-D LAN -a {a}")).into();
    cases.extend([0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17].map(|suite| format!("-D LAN_2_0 -I {suite}")));
    for case in cases {
        let (well, text) = served.freeipmi("bmc-info", &case);
        assert!(well && text.contains("Firmware Revision"), "{case}: {text}");
        assert_eq!(served.sessions(), before, "{case}: the session is not closed");
    }
    for driver in ["LAN", "LAN_2_0"] {
        let (well, text) = served.freeipmi("ipmipower", &format!("-D {driver} --stat"));
        assert!(well && text.ends_with(": on\n"), "{driver}: {text}");
        let (well, text) = served.freeipmi("ipmi-sel", &format!("-D {driver} --ignore-sdr-cache"));
        assert!(well && text.lines().count() > 30, "{driver}: {text}");
        let (well, text) = served.freeipmi("ipmi-sensors", &format!("-D {driver} --quiet-cache --sdr-cache-recreate"));
        assert!(well && text.contains("CPU1 Temp"), "{driver}: {text}");
    }
}

/// `ipmitool simulate` with both faces, until it is told to stop.
#[test]
fn the_simulate_command_serves_both_faces() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let socket = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulate.socket");
    std::fs::remove_file(&socket).ok();
    let ours = env!("CARGO_BIN_EXE_ipmitool");
    let mut server = Command::new(ours)
        .args(["simulate", "--listen", "127.0.0.1:0", "--user", "root", "--password", "calvin"])
        .arg("--socket")
        .arg(&socket)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
    let first = lines.next().expect("a line").expect("text");
    let port = first.rsplit(':').next().expect("a port").to_owned();
    lines.next().expect("the socket's line").expect("text");

    let words = ["-I", "lanplus", "-H", "127.0.0.1", "-p", &port, "-U", "root", "-P", "calvin", "power", "status"];
    assert_eq!(run(Command::new(ours).args(words)), (true, "Chassis Power is on\n".to_owned()));
    let off = ["-I", "dummy", "power", "off"];
    let mut tries = 0..50;
    while !socket.exists() && tries.next().is_some() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let (well, text) = run(Command::new(ours).env("IPMI_DUMMY_SOCK", &socket).args(off));
    assert!(well, "{text}");
    // One machine behind both faces.
    assert_eq!(run(Command::new(ours).args(words)), (true, "Chassis Power is off\n".to_owned()));

    let server_id = nix::unistd::Pid::from_raw(i32::try_from(server.id()).expect("a process id"));
    nix::sys::signal::kill(server_id, nix::sys::signal::Signal::SIGTERM).expect("a signal");
    assert!(server.wait().expect("an end").success());
    assert!(!socket.exists());
}

#[test]
fn the_simulate_command_refuses_what_it_cannot_do() {
    for (words, complaint) in [
        ("simulate", "required arguments"),
        ("simulate --listen nowhere", "invalid value"),
        ("simulate --listen 127.0.0.1:0 --profile /nonexistent", "/nonexistent: No such file"),
        ("simulate --listen 127.0.0.1:0 --user a-name-that-is-too-long", "longer than 16 bytes"),
    ] {
        let (well, text) = run(Command::new(env!("CARGO_BIN_EXE_ipmitool")).args(words.split(' ')));
        assert!(!well && text.contains(complaint), "{words}: {text}");
    }
}
