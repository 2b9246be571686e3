//! A pseudo-terminal with a program in it, and a test at its keyboard.

use nix::sys::termios::{LocalFlags, Termios, tcgetattr};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Longer than anything here takes, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(40);

#[derive(Default)]
struct Shown {
    text: Mutex<(Vec<u8>, bool)>,
    grown: Condvar,
}

/// A program in a terminal.
pub struct Pty {
    pub child: Child,
    keyboard: File,
    terminal: OwnedFd,
    shown: Arc<Shown>,
    stderr: Arc<Shown>,
    mark: usize,
}

fn collect(mut from: impl Read + Send + 'static) -> Arc<Shown> {
    let shown = Arc::new(Shown::default());
    let shared = Arc::clone(&shown);
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        loop {
            let length = from.read(&mut buffer).unwrap_or(0);
            let mut text = shared.text.lock().expect("no panic");
            text.0.extend(&buffer[..length]);
            text.1 = length == 0;
            shared.grown.notify_all();
            if length == 0 {
                return;
            }
        }
    });
    shown
}

impl Pty {
    /// Starts a program in a terminal of its own; its stderr is apart. It is a process group of its own
    /// too: one without a parent in the session, which the test's own may be, cannot be suspended.
    pub fn start(command: &mut Command) -> Pty {
        let pair = nix::pty::openpty(None, None).expect("a pseudo-terminal");
        let end = || Stdio::from(pair.slave.try_clone().expect("another descriptor"));
        command.process_group(0);
        let mut child = command.stdin(end()).stdout(end()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let stderr = collect(child.stderr.take().expect("a pipe"));
        let keyboard = File::from(pair.master);
        let shown = collect(keyboard.try_clone().expect("another descriptor"));
        Pty { child, keyboard, terminal: pair.slave, shown, stderr, mark: 0 }
    }

    /// Types.
    pub fn send(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).expect("somebody reads");
    }

    /// A second keyboard, for a thread that types on its own.
    pub fn keyboard(&self) -> File {
        self.keyboard.try_clone().expect("another descriptor")
    }

    /// Waits for a text after everything that was waited for before, and gives what stood before it.
    pub fn expect(&mut self, text: &[u8]) -> Vec<u8> {
        let limit = Instant::now() + PATIENCE;
        let mut shown = self.shown.text.lock().expect("no panic");
        loop {
            let new = &shown.0[self.mark..];
            if let Some(place) = new.windows(text.len()).position(|window| window == text) {
                let before = new[..place].to_vec();
                self.mark += place + text.len();
                return before;
            }
            let left = limit.saturating_duration_since(Instant::now());
            let tail = &new[new.len().saturating_sub(2000)..];
            assert!(
                !left.is_zero() && !shown.1,
                "{:?} does not come after {:?}, {:?}",
                String::from_utf8_lossy(text),
                String::from_utf8_lossy(tail),
                self.stderr()
            );
            shown = self.shown.grown.wait_timeout(shown, left).expect("no panic").0;
        }
    }

    /// Waits for so many bytes, and gives them.
    pub fn take(&mut self, count: usize) -> Vec<u8> {
        let limit = Instant::now() + PATIENCE;
        let mut shown = self.shown.text.lock().expect("no panic");
        while shown.0.len() - self.mark < count {
            let left = limit.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} of {count} bytes come, {:?}", shown.0.len() - self.mark, self.stderr());
            shown = self.shown.grown.wait_timeout(shown, left).expect("no panic").0;
        }
        let taken = shown.0[self.mark..self.mark + count].to_vec();
        self.mark += count;
        taken
    }

    /// Everything shown so far.
    pub fn shown(&self) -> Vec<u8> {
        self.shown.text.lock().expect("no panic").0.clone()
    }

    /// What has been said on stderr so far.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.text.lock().expect("no panic").0).into_owned()
    }

    /// The terminal's settings.
    pub fn settings(&self) -> Termios {
        tcgetattr(&self.terminal).expect("a terminal")
    }

    /// Whether every key is passed on as it is typed.
    pub fn is_raw(&self) -> bool {
        !self.settings().local_flags.intersects(LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG)
    }

    /// Waits until something is so.
    pub fn until(&self, what: &str, mut is_so: impl FnMut(&Pty) -> bool) {
        let limit = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < limit, "not {what}: {:?}", self.stderr());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends a signal.
    pub fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"));
        nix::sys::signal::kill(id, signal).expect("it is there");
    }

    /// Waits for the program's end.
    pub fn wait(&mut self) -> ExitStatus {
        let limit = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(Instant::now() < limit, "no end: {:?}", self.stderr());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
