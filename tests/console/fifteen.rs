//! The consoles of IPMI 1.5, Intel's (`isol`) and Tyan's (`tsol`), with the simulated BMC at the other end.

use crate::pty::Pty;
use crate::simulated::{PROMPT, Served, log_in, noise, scratch};
use ipmitool::sim::Profile;
use ipmitool::sim::udp::PacketFaults;
use nix::sys::termios::Termios;
use std::process::Command;
use std::time::Duration;

const OPERATIONAL: &[u8] = b"[SOL Session operational.  Use ~? for help]";
const SILENT: &str = "Error: No response to keepalive - Terminating session\n";
const LOST: &str = "[SOL session lost.  Reconnecting.]\n";

fn served() -> Served {
    Served::new(PacketFaults::default())
}

/// The words of Tyan's console, with a free port.
fn tsol() -> String {
    let free = std::net::UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    format!("tsol port={}", free.port())
}

fn ours(served: &Served, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ipmitool"));
    command.args(["-I", "lan", "-H", "127.0.0.1", "-p", &served.port.to_string(), "-U", "admin", "-P", "admin"]);
    command.args(words.split_whitespace());
    command
}

/// A console, open and raw.
fn console(served: &Served, words: &str) -> Pty {
    let mut pty = Pty::start(&mut ours(served, words));
    pty.expect(OPERATIONAL);
    pty.expect(b"\n");
    pty.until("raw", Pty::is_raw);
    pty
}

/// How a terminal is before anything has changed it.
fn untouched() -> Termios {
    Pty::start(&mut Command::new("true")).settings()
}

/// The console has said that its BMC gives no sign of life, and left the terminal as it was.
fn has_noticed_silence(pty: &mut Pty, before: &Termios) {
    assert_eq!(pty.wait().code(), Some(1), "{}", pty.stderr());
    pty.until("the end of what it says", |pty| pty.stderr().ends_with(SILENT));
    assert_eq!(pty.settings(), *before);
}

#[test]
fn a_console_of_intels() {
    let (served, before) = (served(), untouched());
    let mut pty = console(&served, "-e x isol activate");
    log_in(&mut pty);
    pty.send(b"raw\r");
    pty.expect(b"raw\r\nraw\r\n");
    let text = noise(5000);
    let mut keyboard = pty.keyboard();
    let typed = text.clone();
    let typing = std::thread::spawn(move || std::io::Write::write_all(&mut keyboard, &typed).expect("it is read"));
    assert!(pty.take(text.len()) == text, "not what was typed");
    typing.join().expect("no panic");
    pty.send(b"\r~B");
    pty.expect(b"~b [send break]\n");
    pty.expect(PROMPT);
    pty.send(b"\r~.");
    pty.expect(b"~. [terminated ipmitool]\n");
    assert!(pty.wait().success(), "{}", pty.stderr());
    assert_eq!(pty.stderr(), "");
    assert_eq!(pty.settings(), before);
}

/// What the system prints comes to a port of ours, keys go out in requests.
#[test]
fn a_console_of_tyans() {
    let (served, before, words) = (served(), untouched(), tsol());
    let mut pty = Pty::start(&mut ours(&served, &words));
    let port = words.trim_start_matches("tsol port=");
    pty.expect(format!("[Starting SOL with receiving address 127.0.0.1:{port}]\r\n").as_bytes());
    pty.expect(OPERATIONAL);
    log_in(&mut pty);
    pty.send(b"echo more than fourteen characters\r");
    pty.expect(b"\r\nmore than fourteen characters\r\n");
    pty.send(b"~?");
    pty.expect(b"~? [ipmitool help]\n");
    pty.send(b"~.");
    pty.expect(b"~. [terminated ipmitool]\n");
    assert!(pty.wait().success(), "{}", pty.stderr());
    assert!(pty.stderr().starts_with("       ~.  - terminate connection\n       ~^Z - suspend ipmitool\n"));
    assert_eq!(pty.settings(), before);
}

/// Nobody listens any more: the host refuses what is sent.
#[test]
fn an_idle_console_notices_that_nobody_is_there() {
    let before = untouched();
    let (one, other) = (served(), served());
    let mut isol = console(&one, "-N 1 -R 1 isol activate");
    let mut tsol = console(&other, &format!("-N 1 -R 1 {}", tsol()));
    drop((one, other));
    has_noticed_silence(&mut isol, &before);
    assert_eq!(isol.stderr(), SILENT);
    // Its time between keepalives is longer.
    std::thread::sleep(Duration::from_secs(10));
    has_noticed_silence(&mut tsol, &before);
    assert_eq!(tsol.stderr(), SILENT);
}

/// The BMC has started again, and drops what belongs to a session it does not know.
#[test]
fn an_idle_console_notices_that_the_bmc_has_started_again() {
    let before = untouched();
    let (one, other) = (served(), served());
    let mut isol = console(&one, "-N 1 -R 1 isol activate");
    let mut tsol = console(&other, &format!("-N 1 -R 1 {} ro", tsol()));
    let ports = [one.port, other.port];
    drop((one, other));
    let _again = ports.map(|port| Served::on(port, PacketFaults::default()));
    has_noticed_silence(&mut isol, &before);
    std::thread::sleep(Duration::from_secs(10));
    has_noticed_silence(&mut tsol, &before);
}

/// Keys are no keepalives, but where not even they are answered nobody needs to wait for one.
#[test]
fn an_unanswered_key_is_a_missed_sign_of_life() {
    let (served, before) = (served(), untouched());
    let mut pty = console(&served, &format!("-N 1 -R 1 -v {}", tsol()));
    log_in(&mut pty);
    drop(served);
    let start = std::time::Instant::now();
    pty.send(b"x");
    pty.until("unanswered", |pty| pty.stderr().contains("Unable to send keystroke\n"));
    // This one waits.
    pty.send(b"y");
    has_noticed_silence(&mut pty, &before);
    assert!(start.elapsed() < Duration::from_secs(25), "{:?}", start.elapsed());
    assert_eq!(pty.stderr().matches("Unable to send keystroke\n").count(), 1, "{}", pty.stderr());
}

/// Who ends a console need not wait for its BMC, nor for the keys it has not taken.
#[test]
fn a_silent_console_can_be_left() {
    let (served, before) = (served(), untouched());
    let mut pty = console(&served, &format!("-N 3 -R 1 -v {}", tsol()));
    drop(served);
    pty.send(b"x");
    pty.until("unanswered", |pty| pty.stderr().contains("Unable to send keystroke\n"));
    pty.send(b"\rwaiting\r~.");
    pty.expect(b"~. [terminated ipmitool]\n");
    assert_eq!(pty.wait().code(), Some(1));
    assert!(pty.stderr().contains("Unable to perform TSOL command\n"), "{}", pty.stderr());
    assert_eq!(pty.stderr().matches("Unable to send keystroke\n").count(), 1, "{}", pty.stderr());
    assert_eq!(pty.settings(), before);
}

/// The BMC types them and does not say so. It lives, and none is typed twice.
#[test]
fn keys_that_are_not_answered_are_sent_once() {
    let profile = Profile::parse(r#"{"faults": ["30/03/0278:drop"]}"#).expect("a profile");
    let served = Served::machine(0, profile);
    let mut pty = console(&served, &format!("-N 0.3 -R 3 -v {}", tsol()));
    pty.send(b"\r");
    pty.expect(b"login: ");
    pty.send(b"root\r");
    pty.expect(b"Password: ");
    let mut unanswered = 0;
    let mut press = |pty: &mut Pty| {
        pty.send(b"x");
        unanswered += 1;
        pty.until("unanswered", |pty| pty.stderr().matches("Unable to send keystroke\n").count() == unanswered);
    };
    // Without an echo, and more than may be missed.
    (0..8).for_each(|_| press(&mut pty));
    pty.send(b"\r");
    pty.expect(PROMPT);
    (0..3).for_each(|_| press(&mut pty));
    pty.send(b"\r");
    pty.expect(b"\r\n-sh: xxx: command not found\r\n");
    pty.send(b"~.");
    assert!(pty.wait().success(), "{}", pty.stderr());
}

fn comes_back(words: &str) {
    let (served, before) = (served(), untouched());
    let mut pty = console(&served, &format!("-N 1 -R 1 --reconnect {words}"));
    log_in(&mut pty);
    // The BMC starts again, and knows nothing of the session.
    let port = served.port;
    drop(served);
    let served = Served::on(port, PacketFaults::default());
    pty.send(b"lost");
    pty.expect(OPERATIONAL);
    log_in(&mut pty);
    pty.send(b"echo again\r");
    pty.expect(b"\r\nagain\r\n");
    assert_eq!(pty.stderr().matches(LOST).count(), 1, "{}", pty.stderr());
    // It is waited for until it is given up.
    drop(served);
    pty.send(b"lost\r");
    pty.until("lost", |pty| pty.stderr().matches(LOST).count() == 2);
    std::thread::sleep(Duration::from_secs(3));
    pty.send(b"\r~.");
    assert!(pty.wait().success());
    assert_eq!(pty.settings(), before);
}

#[test]
fn a_lost_console_of_intels_comes_back() {
    comes_back("isol activate");
}

#[test]
fn a_lost_console_of_tyans_comes_back() {
    comes_back(&tsol());
}

/// The console is somebody else's at first: it is waited for.
#[test]
fn a_console_that_is_refused_comes_back_later() {
    let served = served();
    let mut pty = console(&served, "-N 1 -R 1 --reconnect isol activate");
    let port = served.port;
    drop(served);
    let profile = Profile::parse(r#"{"faults": ["34/01#1:cc=80", "34/01#2:cc=c0"]}"#).expect("a profile");
    let _served = Served::machine(port, profile);
    pty.send(b"lost");
    pty.expect(OPERATIONAL);
    log_in(&mut pty);
    assert_eq!(pty.stderr(), LOST);
    pty.send(b"~.");
    assert!(pty.wait().success(), "{}", pty.stderr());
}

/// What the system prints is kept, and nothing else.
#[test]
fn a_transcript_is_kept_of_tyans_console() {
    use std::os::unix::fs::PermissionsExt;
    let (served, path) = (served(), scratch("tyans-transcript"));
    let mut pty = console(&served, &format!("--log {} {}", path.display(), tsol()));
    log_in(&mut pty);
    pty.send(b"echo kept\r");
    pty.expect(b"\r\nkept\r\n");
    pty.expect(PROMPT);
    pty.send(b"~?");
    pty.expect(b"~? [ipmitool help]\n");
    pty.send(b"~.");
    assert!(pty.wait().success(), "{}", pty.stderr());
    let metadata = std::fs::metadata(&path).expect("a file");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let shown = pty.shown();
    let text = std::fs::read(&path).expect("a file");
    let operational = [OPERATIONAL, b"\n"].concat();
    let place = shown.windows(operational.len()).position(|window| window == operational).expect("our words");
    let end = shown.len() - b"~? [ipmitool help]\n~. [terminated ipmitool]\n".len();
    let printed = &shown[place + operational.len()..end];
    assert_eq!(String::from_utf8_lossy(&text), String::from_utf8_lossy(printed));
    let output = ours(&served, &format!("--log=/nonexistent/file {}", tsol())).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "Unable to open file /nonexistent/file for write: No such file or directory\n"
    );
}
