//! Our program against the simulated BMC.

use crate::pty::Pty;
use ipmitool::sim::udp::PacketFaults;
use ipmitool::sim::{Profile, SimulatedBmc, udp};
use nix::sys::signal::Signal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A simulated BMC on a port, until dropped.
pub struct Served {
    pub port: u16,
    shutdown: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    pub fn new(faults: PacketFaults) -> Self {
        Served::on(0, faults)
    }

    pub fn on(port: u16, packets: PacketFaults) -> Self {
        Served::machine(port, Profile { packets, ..Profile::default() })
    }

    pub fn machine(port: u16, profile: Profile) -> Self {
        let bmc = Arc::new(Mutex::new(SimulatedBmc::new(profile)));
        let (shutdown, wanted) = tokio::sync::oneshot::channel();
        let socket = std::net::UdpSocket::bind(("127.0.0.1", port)).expect("a socket");
        socket.set_nonblocking(true).expect("a socket of its own mind");
        let port = socket.local_addr().expect("an address").port();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let socket = tokio::net::UdpSocket::from_std(socket).expect("a socket");
                udp::serve(socket, bmc, async { drop(wanted.await) }).await.expect("no error");
            });
        });
        Served { port, shutdown: Some(shutdown), thread: Some(thread) }
    }

    fn command(&self, program: &str, words: &str) -> Command {
        let mut command = Command::new(program);
        command.args(["-I", "lanplus", "-H", "127.0.0.1", "-p", &self.port.to_string(), "-U", "admin", "-P", "admin"]);
        command.args(words.split_whitespace());
        command
    }

    fn ours(&self, words: &str) -> Command {
        self.command(env!("CARGO_BIN_EXE_ipmitool"), words)
    }

    fn run(&self, words: &str) {
        let output = self.ours(words).output().expect("the program runs");
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A console, open and raw.
    fn console(&self, words: &str) -> Pty {
        let mut pty = Pty::start(&mut self.ours(words));
        pty.expect(b"for help]\r\n");
        pty.until("raw", Pty::is_raw);
        pty
    }

    /// A console at the shell's prompt.
    fn shell(&self, words: &str) -> Pty {
        let mut pty = self.console(words);
        log_in(&mut pty);
        pty
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

pub const PROMPT: &[u8] = b"root@server:~# ";

pub fn log_in(pty: &mut Pty) {
    pty.send(b"\r");
    pty.expect(b"login: ");
    pty.send(b"root\r");
    pty.expect(b"Password: ");
    pty.send(b"secret\r");
    pty.expect(PROMPT);
}

/// Bytes of every value but the escape character, the same every time.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).map(|byte| if byte == b'~' { b'-' } else { byte }).collect()
}

/// A large paste, echoed while it goes on.
fn paste(faults: PacketFaults) {
    let served = Served::new(faults);
    // A BMC that repeats itself as quickly as it may: the retry interval is 20 ms.
    served.run("raw 0x0c 0x21 1 4 7 2");
    let mut pty = served.shell("sol activate");
    pty.send(b"raw\r");
    pty.expect(b"raw\r\nraw\r\n");
    let text = noise(1 << 20);
    let mut keyboard = pty.keyboard();
    let typed = text.clone();
    let typing = std::thread::spawn(move || std::io::Write::write_all(&mut keyboard, &typed).expect("it is read"));
    let echoed = pty.take(text.len());
    typing.join().expect("no panic");
    let place = echoed.iter().zip(&text).position(|(echoed, typed)| echoed != typed);
    assert_eq!(place, None, "the first difference");
    pty.send(b"\r~B");
    pty.expect(b"~B [send break]\n");
    pty.expect(b"[break]\r\n");
    pty.expect(PROMPT);
    pty.send(b"\r~.");
    assert!(pty.wait().success(), "{}", pty.stderr());
}

#[test]
fn a_megabyte_is_pasted() {
    paste(PacketFaults::default());
}

#[test]
fn a_megabyte_is_pasted_on_a_bad_wire() {
    paste(PacketFaults { seed: 1, drop: 5, ..PacketFaults::default() });
}

#[test]
fn every_byte_goes_through() {
    let served = Served::new(PacketFaults { seed: 2, duplicate: 10, delay: 20, ..PacketFaults::default() });
    let mut pty = served.shell("-e \x01 sol activate");
    pty.send(b"raw\r");
    pty.expect(b"raw\r\nraw\r\n");
    let bytes: Vec<u8> = (0..=255).rev().filter(|byte| *byte != 1).chain(0..=0).collect();
    pty.send(&bytes);
    assert_eq!(pty.take(bytes.len()), bytes);
    pty.send(b"\r\x01.");
    pty.expect(b"\x01. [terminated ipmitool]\n");
    assert!(pty.wait().success());
}

#[test]
fn escapes_are_obeyed() {
    let served = Served::new(PacketFaults::default());
    let before = Pty::start(&mut Command::new("true")).settings();
    let mut pty = served.shell("sol activate");
    pty.send(b"echo ~. ~?\r");
    pty.expect(b"\r\n~. ~?\r\n");
    pty.send(b"\r~?");
    pty.expect(b"~?\n\tSupported escape sequences:\n\t~.  - terminate connection\n");
    pty.expect(b"(Note that escapes are only recognized immediately after newline.)\n");
    pty.send(b"\r~~\r~x\r");
    pty.expect(b"-sh: ~: command not found\r\n");
    pty.expect(b"-sh: ~x: command not found\r\n");
    pty.send(b"~B");
    pty.expect(b"sysrq: HELP");
    // Keys that mean something to a terminal mean nothing to a raw one.
    pty.send(b"echo a\x03\x1a\x11\x13b\r");
    pty.expect(b"\r\nab\r\n");
    pty.send(b"~.");
    pty.expect(b"~. [terminated ipmitool]\n");
    assert!(pty.wait().success());
    assert_eq!((pty.stderr(), pty.settings()), (String::new(), before));
}

#[test]
fn the_terminal_is_put_right_on_every_way_out() {
    let served = Served::new(PacketFaults::default());
    let before = Pty::start(&mut Command::new("true")).settings();
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 255), (Signal::SIGHUP, 129)] {
        let mut pty = served.console("sol activate");
        assert_ne!(pty.settings(), before);
        pty.signal(signal);
        assert_eq!(pty.wait().code(), Some(code), "{signal}: {}", pty.stderr());
        assert_eq!(pty.settings(), before, "{signal}");
    }
    // Nobody reads any more.
    let pair = nix::pty::openpty(None, None).expect("a pseudo-terminal");
    let mut command = served.ours("sol activate");
    command.stdin(pair.slave.try_clone().expect("another descriptor")).stdout(std::process::Stdio::piped());
    let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("the program starts");
    let mut stdout = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    std::io::BufRead::read_line(&mut stdout, &mut String::new()).expect("a line");
    drop(stdout);
    nix::unistd::write(&pair.master, b"\r").expect("a key");
    assert_eq!(child.wait().expect("an end").code(), Some(1));
    assert_eq!(nix::sys::termios::tcgetattr(&pair.slave).expect("a terminal"), before);
}

/// Takes the terminal over and panics, in a process of its own. Nothing is dropped on the way: the program is
/// built without unwinding.
#[test]
#[ignore = "a part of another test"]
fn panicking_process() {
    let raw = ipmitool::out::terminal::RawMode::enter(false).expect("a terminal");
    std::mem::forget(raw);
    println!("raw");
    std::io::stdin().read_line(&mut String::new()).expect("a line");
    panic!("as told");
}

#[test]
fn a_panic_puts_the_terminal_right() {
    let before = Pty::start(&mut Command::new("true")).settings();
    let mut command = Command::new(std::env::current_exe().expect("a program"));
    let mut pty = Pty::start(command.args(["--ignored", "--exact", "simulated::panicking_process", "--nocapture"]));
    pty.expect(b"raw");
    pty.until("raw", Pty::is_raw);
    pty.send(b"\n");
    assert_eq!(pty.wait().code(), Some(101));
    pty.until("the end of what it says", |pty| pty.stderr().contains("as told"));
    assert_eq!(pty.settings(), before);
}

fn state(pty: &Pty) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pty.child.id())).expect("a process");
    stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()).expect("a state")
}

#[test]
fn it_can_be_suspended() {
    let served = Served::new(PacketFaults::default());
    let mut pty = served.shell("sol activate");
    pty.send(b"\r~\x1a");
    pty.expect(b"~^Z [suspend ipmitool]\n");
    pty.until("stopped", |pty| state(pty) == 'T');
    assert!(!pty.is_raw());
    pty.signal(Signal::SIGCONT);
    pty.until("raw again", Pty::is_raw);
    pty.send(b"echo here\r");
    pty.expect(b"\r\nhere\r\n");
    // Without the terminal being raw again.
    pty.send(b"~\x18");
    pty.expect(b"~^Z [suspend ipmitool]\n");
    pty.until("stopped", |pty| state(pty) == 'T');
    pty.signal(Signal::SIGCONT);
    pty.send(b"echo still here\n");
    // Newlines are the terminal's affair again.
    pty.expect(b"\r\r\nstill here\r\r\n");
    assert!(!pty.is_raw());
    pty.send(b"~.\n");
    assert!(pty.wait().success());
}

pub fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_file(&path).ok();
    path
}

#[test]
fn a_transcript_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let served = Served::new(PacketFaults::default());
    let path = scratch("transcript");
    for round in 1..=2 {
        let mut pty = served.console(&format!("--log {} sol activate", path.display()));
        pty.send(format!("\recho round {round}\r").as_bytes());
        pty.expect(b"Password: ");
        pty.send(b"\r");
        pty.expect(PROMPT);
        pty.send(b"exit\r~.");
        assert!(pty.wait().success());
        let metadata = std::fs::metadata(&path).expect("a file");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        let shown = pty.shown();
        let from = shown.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
        let text = std::fs::read(&path).expect("a file");
        // Our own words are no part of it.
        let end = shown.len() - b"~. [terminated ipmitool]\n".len();
        assert!(text.ends_with(&shown[from..end]), "round {round}");
    }
    let output = served.ours("--log=/nonexistent/file sol activate").output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "Unable to open file /nonexistent/file for write: No such file or directory\n"
    );
}

#[test]
fn the_bmc_may_end_it() {
    let served = Served::new(PacketFaults::default());
    let mut pty = served.shell("sol activate");
    let refused = served.ours("sol activate").output().expect("the program runs");
    assert_eq!(
        (refused.status.code(), String::from_utf8_lossy(&refused.stderr).into_owned()),
        (Some(1), "Info: SOL payload already active on another session\n".to_owned())
    );
    served.run("sol deactivate");
    assert_eq!(pty.wait().code(), Some(1));
    assert_eq!(pty.stderr(), "SOL session closed by BMC\n");
}

/// Consoles one after another in one session, the first left in the middle of a flood.
#[test]
fn the_next_console_begins_afresh() {
    let served = Served::new(PacketFaults::default());
    // What has not been acknowledged comes again, and again.
    served.run("raw 0x0c 0x21 1 4 7 2");
    let mut pty = Pty::start(&mut served.ours("shell"));
    for round in 0..3 {
        pty.expect(b"ipmitool> ");
        pty.send(b"sol activate\r");
        pty.expect(b"for help]\r\n");
        pty.until("raw", Pty::is_raw);
        pty.send(b"\r");
        if round == 0 {
            pty.expect(b"login: ");
            pty.send(b"root\r");
            pty.expect(b"Password: ");
            pty.send(b"secret\r");
        } else {
            assert_eq!(text(&pty.expect(PROMPT)), "\r\n", "console {round}");
            pty.send(b"\r");
        }
        pty.expect(PROMPT);
        pty.send(b"flood 5000\r");
        pty.expect(b"000100 The");
        pty.send(b"\r~.");
        pty.expect(b"~. [terminated ipmitool]\n");
    }
    pty.expect(b"ipmitool> ");
    pty.send(b"exit\r");
    assert!(pty.wait().success(), "{}", pty.stderr());
}

#[test]
fn the_answer_to_the_activation_may_be_lost() {
    let profile = Profile::parse(r#"{"faults": ["06/48#1:drop"]}"#).expect("a profile");
    let served = Served::machine(0, profile);
    let mut pty = served.shell("-N 1 -R 1 sol activate");
    pty.send(b"\r~.");
    assert!(pty.wait().success(), "{}", pty.stderr());
}

#[test]
fn a_silent_bmc_is_noticed() {
    let served = Served::new(PacketFaults::default());
    let mut pty = served.shell("-N 1 -R 1 sol activate");
    drop(served);
    pty.send(b"x");
    assert_eq!(pty.wait().code(), Some(1));
    assert_eq!(pty.stderr(), "Error sending SOL data: FAIL\nSOL session closed by BMC\n");
    assert!(!pty.is_raw());
}

#[test]
fn a_lost_console_comes_back() {
    let served = Served::new(PacketFaults::default());
    let mut pty = served.shell("-N 1 -R 1 --reconnect sol activate");
    // Somebody else takes it away.
    served.run("sol deactivate");
    pty.expect(b"[SOL Session operational.  Use ~? for help]\n");
    pty.send(b"\recho again\r");
    pty.expect(b"\r\nagain\r\n");
    // The BMC starts again, and knows nothing of the session.
    let port = served.port;
    drop(served);
    let served = Served::on(port, PacketFaults::default());
    pty.send(b"lost");
    pty.expect(b"[SOL Session operational.  Use ~? for help]\n");
    log_in(&mut pty);
    assert_eq!(pty.stderr(), "[SOL session lost.  Reconnecting.]\n".repeat(2));
    // It is waited for until it is given up.
    drop(served);
    pty.send(b"lost\r");
    pty.until("lost", |pty| pty.stderr().lines().count() == 3);
    pty.send(b"\r~.");
    assert!(pty.wait().success());
    assert!(!pty.is_raw());
}

#[test]
fn keepalives_share_the_session() {
    let served = Served::new(PacketFaults::default());
    let mut consoles: Vec<Pty> = vec![served.shell("sol activate usesolkeepalive")];
    // Longer than the time between keepalives.
    std::thread::sleep(Duration::from_millis(16_500));
    for pty in &mut consoles {
        pty.send(b"echo alive\r");
        pty.expect(b"\r\nalive\r\n");
        pty.send(b"~.");
        assert!(pty.wait().success());
    }
}

/// Both programs, fed from a pipe.
#[test]
fn both_programs_show_the_same() {
    const REFERENCE: &str = "/usr/bin/ipmitool";
    if !Path::new(REFERENCE).exists() {
        assert!(std::env::var_os("PEERS").is_none(), "{REFERENCE} is missing");
        eprintln!("NOT RUN: {REFERENCE} is missing");
        return;
    }
    let script: [&[u8]; 7] = [b"\r", b"root\r", b"pw\r", b"echo hello\r", b"~?", b"~B", b"\r~.rest"];
    let run = |program: &str, words: &str, keys: &[&[u8]]| {
        let served = Served::new(PacketFaults::default());
        let mut command = served.command(program, words);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        for keys in keys {
            std::thread::sleep(Duration::from_millis(400));
            std::io::Write::write_all(&mut stdin, keys).ok();
        }
        std::thread::sleep(Duration::from_millis(200));
        drop(stdin);
        let output = child.wait_with_output().expect("an end");
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let ours = env!("CARGO_BIN_EXE_ipmitool");
    let cases: [(&str, &[&[u8]]); 9] = [
        ("sol activate", &script),
        ("-e % sol activate nokeepalive", &[b"\r%?", b"%.", b""]),
        ("sol activate", &[b"\r"]),
        ("sol activate instance=2", &[]),
        ("-C 1 sol activate", &[]),
        ("-L USER -U user -P user sol activate", &[b"\r"]),
        ("sol looptest 2 50", &[]),
        ("sol looptest 1 0 2", &[]),
        ("sol deactivate", &[]),
    ];
    for (words, keys) in cases {
        assert_eq!(run(ours, words, keys), run(REFERENCE, words, keys), "{words}");
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Somebody else's console against the simulated BMC.
#[test]
fn freeipmi_opens_a_console() {
    const FREEIPMI: &str = "/usr/sbin/ipmiconsole";
    if !Path::new(FREEIPMI).exists() {
        assert!(std::env::var_os("PEERS").is_none(), "{FREEIPMI} is missing");
        eprintln!("NOT RUN: {FREEIPMI} is missing");
        return;
    }
    // It takes only short port numbers.
    let free = (9700..9800).find(|port| std::net::UdpSocket::bind(("127.0.0.1", *port)).is_ok());
    let served = Served::on(free.expect("a port"), PacketFaults::default());
    let host = format!("127.0.0.1:{}", served.port);
    let mut command = Command::new(FREEIPMI);
    command.env("HOME", env!("CARGO_TARGET_TMPDIR")).args(["-h", &host, "-u", "admin", "-p", "admin"]);
    let mut pty = Pty::start(&mut command);
    pty.expect(b"[SOL established]");
    log_in(&mut pty);
    pty.send(b"flood 50\r");
    pty.expect(b"000050 The quick brown fox jumps over the lazy dog.\r\n");
    pty.send(b"&.");
    pty.expect(b"[closing the connection]");
    assert!(pty.wait().success());
}
