//! The terminal: secrets are asked for as `getpass` asks, on `/dev/tty` or else on the standard streams.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Mutex, PoisonError};

/// Switches echo off until it is dropped, so that it comes back on every way out.
struct Silent<'a> {
    terminal: BorrowedFd<'a>,
    before: Option<nix::sys::termios::Termios>,
}

impl<'a> Silent<'a> {
    fn new(terminal: BorrowedFd<'a>) -> Self {
        use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
        let before = tcgetattr(terminal).ok();
        if let Some(before) = &before {
            let mut silent = before.clone();
            silent.local_flags.remove(LocalFlags::ECHO | LocalFlags::ISIG);
            // A terminal that will not be silent is no reason not to ask.
            let _ = tcsetattr(terminal, SetArg::TCSAFLUSH, &silent);
        }
        Silent { terminal, before }
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        use nix::sys::termios::{SetArg, tcsetattr};
        if let Some(before) = &self.before {
            let _ = tcsetattr(self.terminal, SetArg::TCSAFLUSH, before);
        }
    }
}

/// The standard input as a stream of the C library: read by the buffer, not by the byte.
///
/// Reference: what a prompt has read beyond its line waits for the next prompt. Whoever reads the input past the stream,
/// as the shell does, never sees it.
struct Stream {
    buffer: [u8; 4096],
    from: usize,
    to: usize,
}

/// There is one standard input, and so one buffer in front of it.
static STANDARD_INPUT: Mutex<Stream> = Mutex::new(Stream { buffer: [0; 4096], from: 0, to: 0 });

impl Stream {
    fn byte(&mut self, mut input: &File) -> io::Result<Option<u8>> {
        if self.from == self.to {
            self.from = 0;
            self.to = input.read(&mut self.buffer)?;
        }
        if self.from == self.to {
            return Ok(None);
        }
        self.from += 1;
        // It is a secret's: nothing stays behind.
        Ok(Some(std::mem::take(&mut self.buffer[self.from - 1])))
    }
}

/// Asks for a secret: a line without its newline. At the end of input the secret is empty.
///
/// # Errors
/// What reading or writing the terminal brings.
pub fn ask_secret(prompt: &[u8]) -> io::Result<Vec<u8>> {
    match OpenOptions::new().read(true).write(true).open("/dev/tty") {
        Ok(tty) => {
            let mut writer: File = tty.try_clone()?;
            let mut byte = [0];
            ask(tty.as_fd(), &mut writer, prompt, || Ok((&tty).read(&mut byte)?.eq(&1).then_some(byte[0])))
        }
        Err(_) => {
            let stdin = io::stdin();
            let handle = File::from(stdin.as_fd().try_clone_to_owned()?);
            let mut stream = STANDARD_INPUT.lock().unwrap_or_else(PoisonError::into_inner);
            ask(handle.as_fd(), &mut io::stderr(), prompt, || stream.byte(&handle))
        }
    }
}

fn ask(
    terminal: BorrowedFd<'_>,
    output: &mut dyn Write,
    prompt: &[u8],
    mut next: impl FnMut() -> io::Result<Option<u8>>,
) -> io::Result<Vec<u8>> {
    let silent = Silent::new(terminal);
    output.write_all(prompt)?;
    output.flush()?;
    let mut secret = Vec::new();
    let mut ended = false;
    while !ended && let Some(byte) = next()? {
        ended = byte == b'\n';
        if !ended && secret.len() < 4096 {
            secret.push(byte);
        }
    }
    // In place of the newline that was not echoed, if one was typed.
    if ended && silent.before.is_some() {
        output.write_all(b"\n")?;
    }
    Ok(secret)
}
