//! The terminal: secrets are asked for as `getpass` asks, on `/dev/tty` or else on the standard streams.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

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

/// Asks for a secret: a line without its newline. At the end of input the secret is empty.
///
/// # Errors
/// What reading or writing the terminal brings.
pub fn ask_secret(prompt: &[u8]) -> io::Result<Vec<u8>> {
    match OpenOptions::new().read(true).write(true).open("/dev/tty") {
        Ok(tty) => {
            let mut writer: File = tty.try_clone()?;
            ask(&tty, tty.as_fd(), &mut writer, prompt)
        }
        Err(_) => {
            let stdin = io::stdin();
            let handle = File::from(stdin.as_fd().try_clone_to_owned()?);
            ask(&handle, handle.as_fd(), &mut io::stderr(), prompt)
        }
    }
}

fn ask(mut input: &File, terminal: BorrowedFd<'_>, output: &mut dyn Write, prompt: &[u8]) -> io::Result<Vec<u8>> {
    let silent = Silent::new(terminal);
    output.write_all(prompt)?;
    output.flush()?;
    let mut secret = Vec::new();
    // Byte by byte: what follows the line belongs to somebody else.
    let mut byte = [0];
    let mut ended = false;
    while !ended && input.read(&mut byte)? == 1 {
        ended = byte[0] == b'\n';
        if !ended && secret.len() < 4096 {
            secret.push(byte[0]);
        }
    }
    // In place of the newline that was not echoed, if one was typed.
    if ended && silent.before.is_some() {
        output.write_all(b"\n")?;
    }
    Ok(secret)
}
