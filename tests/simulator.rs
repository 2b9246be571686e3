//! Other people's consoles log in to the simulated BMC over UDP: the reference, and FreeIPMI, for
//! each authentication type and cipher suite they speak.
//!
//! `PEERS=required` turns a missing peer into a failure; without it the test says what is missing.

mod net;

use net::{REFERENCE, Served, is_missing};
use std::path::Path;
use std::process::Command;

const FREEIPMI: &str = "/usr/sbin/bmc-info";

trait Consoles {
    fn reference(&self, words: &str) -> (bool, String);
    fn freeipmi(&self, program: &str, words: &str) -> (bool, String);
}

impl Consoles for Served {
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

fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn the_reference_logs_in() {
    if is_missing(REFERENCE) {
        return;
    }
    let served = Served::new("{}");
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
    let served = Served::new("{}");
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

/// What is seldom asked for: both programs say the same, and end the same.
#[test]
fn both_programs_treat_odd_sessions_alike() {
    if is_missing(REFERENCE) {
        return;
    }
    let served = Served::new("{}");
    for words in [
        // Suites with xRC4, which this BMC refuses.
        "-I lanplus -C 4 mc guid",
        "-I lanplus -C 14 mc guid",
        "-I lanplus -C 99 mc guid",
        // Only Intel's controllers open a session for this one; with RAKP 4 unchecked, any does.
        "-I lanplus -C 3 -o intelplus mc guid",
        "-I lanplus -C 1 -L OPERATOR+ -o intelplus mc guid",
        "-I lanplus -C 3 -L OPERATOR+ -o intelplus mc guid",
        "-I lanplus -C 17 -o icts user list 1",
        "-I lanplus -C 3 -o i82571spt mc guid",
        "-I lanplus -C 0 -o i82571spt mc guid",
        "-I lan -o intelwv2 mc guid",
        // Bridges that do not pass requests on, and the address of this side.
        "-I lan -t 0x2c raw 6 1",
        "-I lanplus -t 0x2c raw 6 1",
        "-I lan -t 0x72 -b 7 -T 0x82 raw 6 1",
        "-I lan -t 0x2c power cycle",
        "-I lan -t 0x2c -T 0x2c -B 0 raw 6 1",
        "-I lan -m 0x24 raw 6 1",
        "-I lanplus -m 0x24 raw 6 1",
    ] {
        let of = |program: &str| {
            let output = Command::new(program)
                .args(["-H", "127.0.0.1", "-p", &served.port.to_string(), "-U", "admin", "-P", "admin"])
                .args(words.split(' '))
                .output()
                .expect("the program runs");
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (output.status.code(), text(&output.stdout), text(&output.stderr))
        };
        assert_eq!(of(env!("CARGO_BIN_EXE_ipmitool")), of(REFERENCE), "{words}");
    }
}

/// Each on a machine of its own, because the reference leaves its session open.
#[test]
fn both_programs_ping() {
    if is_missing(REFERENCE) {
        return;
    }
    for words in ["-I lan dcmi oob_discover", "-I lan -v dcmi oob_discover", "-I lanplus -v dcmi oob_discover"] {
        let of = |program: &str| {
            let served = Served::new("{}");
            let before = served.sessions();
            let output = Command::new(program)
                .args(["-H", "127.0.0.1", "-p", &served.port.to_string(), "-U", "admin", "-P", "admin"])
                .args(words.split(' '))
                .output()
                .expect("the program runs");
            let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
            (output.status.code(), stdout, served.sessions() == before)
        };
        let (status, stdout, is_closed) = of(env!("CARGO_BIN_EXE_ipmitool"));
        let (expected_status, expected, _) = of(REFERENCE);
        assert_eq!((status, stdout), (expected_status, expected), "{words}");
        assert!(is_closed, "{words}: the session is not closed");
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
