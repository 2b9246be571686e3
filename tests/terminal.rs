//! What only shows at a terminal, or while the program runs: prompts for secrets, the shell's line
//! editor and its history, what other processes see of the arguments, and interrupts.

use nix::pty::{OpenptyResult, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder of its own for a test.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Home {
        let path = std::env::temp_dir().join(format!("terminal-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Home(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn command(home: &Home, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ipmitool"));
    command.args(words).env_clear().env("HOME", &home.0).env("TERM", "xterm").env("LC_ALL", "C");
    command.env("IPMI_DUMMY_SOCK", home.0.join("bmc")).current_dir(&home.0);
    command
}

/// What a stream has said so far, read by a thread.
struct Said {
    pieces: Receiver<Vec<u8>>,
    text: String,
}

impl Said {
    fn of(mut stream: impl Read + Send + 'static) -> Said {
        let (sender, pieces) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 1024];
            // A terminal whose other side is gone is an error, not an end.
            while let Ok(length @ 1..) = stream.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Said { pieces, text: String::new() }
    }

    /// Waits until `text` has been said since the last time.
    fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(place) = self.text.find(text) {
                self.text.drain(..place + text.len());
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.pieces.recv_timeout(left) {
                Ok(piece) => self.text.push_str(&String::from_utf8_lossy(&piece)),
                Err(error) => panic!("{text:?} was not said ({error}), but {:?}", self.text),
            }
        }
    }

    /// All that is said until the end.
    fn rest(mut self) -> String {
        while let Ok(piece) = self.pieces.recv_timeout(PATIENCE) {
            self.text.push_str(&String::from_utf8_lossy(&piece));
        }
        self.text
    }
}

/// A program at a terminal of its own.
struct Session {
    child: Child,
    keyboard: File,
    screen: Said,
    /// Kept open, so that the terminal's settings can be looked at afterwards.
    terminal: OwnedFd,
}

impl Session {
    fn start(mut command: Command) -> Session {
        let OpenptyResult { master, slave } = openpty(None, None).expect("a pseudo-terminal");
        let stream = || Stdio::from(slave.try_clone().expect("a handle"));
        command.stdin(stream()).stdout(stream()).stderr(stream());
        let controlling = slave.as_raw_fd();
        // SAFETY: between fork and exec two system calls are made, and nothing else.
        unsafe {
            command.pre_exec(move || {
                nix::unistd::setsid()?;
                match libc::ioctl(controlling, libc::TIOCSCTTY, 0) {
                    0 => Ok(()),
                    _ => Err(std::io::Error::last_os_error()),
                }
            });
        }
        let child = command.spawn().expect("the program");
        let keyboard = File::from(master);
        let screen = Said::of(keyboard.try_clone().expect("a handle"));
        Session { child, keyboard, screen, terminal: slave }
    }

    fn type_in(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).expect("a keyboard");
    }

    fn echoes(&self) -> bool {
        let flags = tcgetattr(&self.terminal).expect("a terminal").local_flags;
        flags.contains(LocalFlags::ECHO | LocalFlags::ISIG)
    }
}

fn wait(child: &mut Child) -> ExitStatus {
    let end = Instant::now() + PATIENCE;
    loop {
        match child.try_wait().expect("a child") {
            Some(status) => return status,
            None if Instant::now() > end => {
                drop(child.kill());
                panic!("it does not end");
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// A simulated BMC behind `-I dummy`, until it is dropped.
struct Bmc(Child);

impl Bmc {
    fn start(home: &Home) -> Bmc {
        let socket = home.0.join("bmc");
        let mut command = command(home, &["simulate", "--socket"]);
        let child = command.arg(&socket).stdout(Stdio::null()).spawn().expect("a simulated BMC");
        let end = Instant::now() + PATIENCE;
        while !socket.exists() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        Bmc(child)
    }
}

impl Drop for Bmc {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn secrets_are_not_shown_while_they_are_typed() {
    let home = Home::new("prompts");
    let prompts: [(&[&str], &str); 3] = [
        (&["-I", "sim", "-H", "host", "raw", "6", "1"], "Password: "),
        (&["-I", "sim", "-a", "raw", "6", "1"], "Password: "),
        (&["-I", "sim", "-Y", "raw", "6", "1"], "Key: "),
    ];
    for (words, prompt) in prompts {
        let mut session = Session::start(command(&home, words));
        session.screen.wait_for(prompt);
        let end = Instant::now() + PATIENCE;
        while session.echoes() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(!session.echoes(), "{words:?}");
        session.type_in("gEhEiM\n");
        session.screen.wait_for(" 20 ");
        assert!(wait(&mut session.child).success(), "{words:?}");
        assert!(session.echoes(), "the terminal is as it was after {words:?}");
        assert!(!session.screen.text.contains("gEhEiM"), "{:?}", session.screen.text);
    }
}

#[test]
fn other_processes_do_not_see_secrets() {
    let home = Home::new("arguments");
    for words in [
        vec!["-I", "sim", "-P", "gEhEiM", "-k", "sChLuEsSeL", "-y", "abcdef12", "shell"],
        vec!["-Isim", "-PgEhEiM", "-ksChLuEsSeL", "-yabcdef12", "shell"],
        vec!["shell", "-I", "sim", "-cPgEhEiM", "-vk", "sChLuEsSeL", "-y", "abcdef12"],
    ] {
        let mut command = command(&home, &words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program");
        let mut said = Said::of(child.stdout.take().expect("a pipe"));
        said.wait_for("ipmitool> ");
        let seen = std::fs::read(format!("/proc/{}/cmdline", child.id())).expect("the arguments");
        let seen = String::from_utf8_lossy(&seen).replace('\0', " ");
        for secret in ["gEhEiM", "sChLuEsSeL", "abcdef12"] {
            assert!(!seen.contains(secret), "{seen}");
            assert!(seen.contains(&"X".repeat(secret.len())), "{seen}");
        }
        assert!(seen.contains("shell"), "{seen}");
        drop(child.stdin.take());
        assert!(wait(&mut child).success());
    }
}

#[test]
fn the_shell_keeps_its_lines_but_no_passwords() {
    let home = Home::new("history");
    let history: &Path = &home.0.join(".local/state/ipmitool/history");
    let mut session = Session::start(command(&home, &["-I", "sim", "shell"]));
    for line in ["raw 6 1", "set password gEhEiM", "user set password 2 gEhEiM", "echo done"] {
        session.screen.wait_for("ipmitool> ");
        session.type_in(&format!("{line}\r"));
    }
    session.screen.wait_for("done \r\n");
    // What is typed before the prompt is there is for the terminal, not for the editor.
    session.screen.wait_for("ipmitool> ");
    session.type_in("exit\r");
    assert!(wait(&mut session.child).success());
    assert_eq!(std::fs::read_to_string(history).expect("a history"), "raw 6 1\necho done\n");
    let mode = std::fs::metadata(history).expect("a history").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // The next run has them, and completes words.
    let mut session = Session::start(command(&home, &["-I", "sim", "shell"]));
    session.screen.wait_for("ipmitool> ");
    session.type_in("\x1b[A\x1b[A\r");
    session.screen.wait_for(" 20 ");
    session.screen.wait_for("ipmitool> ");
    session.type_in("chas\tst\t\r");
    session.screen.wait_for("System Power");
    session.screen.wait_for("ipmitool> ");
    session.type_in("\x04");
    assert!(wait(&mut session.child).success());
    assert!(session.echoes(), "the terminal is as it was");
}

#[test]
fn an_interrupt_closes_the_interface() {
    let home = Home::new("interrupt");
    let _bmc = Bmc::start(&home);
    let mut session = Session::start(command(&home, &["-I", "dummy", "shell"]));
    session.screen.wait_for("ipmitool> ");
    session.type_in("echo a\r");
    session.screen.wait_for("a \r\n");
    session.screen.wait_for("ipmitool> ");
    session.type_in("\x03");
    session.screen.wait_for("\r\nSIGN INT: Close Interface Linux DummyIPMI Interface\r\n");
    assert_eq!(wait(&mut session.child).code(), Some(255));
    assert!(session.echoes(), "the terminal is as it was");

    // The same from another process, which must leave the terminal usable, too.
    let mut session = Session::start(command(&home, &["-I", "dummy", "shell"]));
    session.screen.wait_for("ipmitool> ");
    interrupt(&session.child);
    session.screen.wait_for("SIGN INT: Close Interface Linux DummyIPMI Interface\r\n");
    assert_eq!(wait(&mut session.child).code(), Some(255));
    assert!(session.echoes(), "the terminal is as it was");

    let mut command = command(&home, &["-I", "dummy", "shell"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    let mut said = Said::of(child.stdout.take().expect("a pipe"));
    said.wait_for("ipmitool> ");
    interrupt(&child);
    assert_eq!(wait(&mut child).code(), Some(255));
    assert_eq!(said.rest(), "\nSIGN INT: Close Interface Linux DummyIPMI Interface\n");
}

#[test]
fn an_interrupt_ends_what_waits_for_input() {
    let home = Home::new("waiting");
    let _bmc = Bmc::start(&home);
    let closed = "\nSIGN INT: Close Interface Linux DummyIPMI Interface\n";
    // Nothing is open yet while a secret is asked for.
    for (words, sign, rest) in [
        (&["-I", "dummy", "-a", "raw", "6", "1"][..], "Password: ", ""),
        (&["-I", "dummy", "-H", "host", "raw", "6", "1"][..], "Password: ", ""),
        (&["-I", "dummy", "-v", "exec", "/dev/stdin"][..], "Discovered IPMB address 0x0\n", closed),
    ] {
        let mut command = command(&home, words);
        // Without a terminal of its own the prompt is on stderr.
        // SAFETY: between fork and exec one system call is made.
        unsafe {
            command.pre_exec(|| nix::unistd::setsid().map(drop).map_err(std::io::Error::from));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        let said = Said::of(child.stdout.take().expect("a pipe"));
        let mut errors = Said::of(child.stderr.take().expect("a pipe"));
        errors.wait_for(sign);
        interrupt(&child);
        assert_eq!(wait(&mut child).code(), Some(255), "{words:?}");
        assert_eq!(said.rest(), rest, "{words:?}");
    }
}

fn interrupt(child: &Child) {
    let id = i32::try_from(child.id()).expect("a process");
    kill(Pid::from_raw(id), Signal::SIGINT).expect("a signal");
}
