//! The user's side of a console: keyboard, screen and transcript.

use super::escape::{Escapes, Key};
use crate::cmd::file;
use crate::family::{Context, Status};
use crate::out::errno_text;
use crate::out::terminal::{Keyboard, RawMode, Screen};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

/// A copy of what the console shows, in a file that only its owner reads.
pub struct Transcript(Option<File>);

impl Transcript {
    /// Opens the file the options name, if they do.
    pub fn open(context: &Context) -> Result<Self, Status> {
        let Some(path) = &context.settings.console.transcript else { return Ok(Transcript(None)) };
        let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(file::path_of(path));
        let opened = opened.and_then(|file| {
            if file.metadata()?.is_file() {
                file.set_permissions(Permissions::from_mode(0o600))?;
            }
            Ok(file)
        });
        opened.map(|file| Transcript(Some(file))).map_err(|error| {
            context.out.error(&format!("Unable to open file {path} for write: {}", errno_text(&error)));
            Status::FAILED
        })
    }

    fn write(&mut self, context: &Context, text: &[u8]) {
        if let Some(file) = &mut self.0
            && let Err(error) = file.write_all(text)
        {
            context.out.error(&format!("The transcript ends here: {}", errno_text(&error)));
            self.0 = None;
        }
    }
}

/// Keyboard and screen, and what a console shows on it.
pub struct Terminal {
    keyboard: Keyboard,
    open: bool,
    escapes: Escapes,
    /// Whether the words of `isol` are used.
    fifteen: bool,
    screen: Screen,
    transcript: Transcript,
    // Dropped after the others.
    raw: Option<RawMode>,
}

impl Terminal {
    /// Takes the terminal over. Reference: stdin that is no terminal is complained about and used.
    pub fn open(context: &Context, escapes: Escapes, transcript: Transcript) -> Result<Self, Status> {
        let complain = |what: &str, error: &io::Error| {
            context.out.error_text(&format!("{what}: {}\n", errno_text(error)));
        };
        let raw = RawMode::enter(false).map_err(|error| complain("tcgetattr", &error)).ok();
        Terminal::new(raw, escapes, transcript).map_err(|error| {
            complain("Error in SOL session", &error);
            Status::FAILED
        })
    }

    /// One that has been taken over, as far as it is one.
    ///
    /// # Errors
    /// The system has no pipe or thread left.
    pub fn new(raw: Option<RawMode>, escapes: Escapes, transcript: Transcript) -> io::Result<Self> {
        let (keyboard, screen) = (Keyboard::new()?, Screen::new()?);
        Ok(Terminal { keyboard, open: true, escapes, fifteen: false, screen, transcript, raw })
    }

    /// Uses the words of `isol`.
    pub fn speaking_fifteen(self) -> Self {
        Terminal { fifteen: true, ..self }
    }

    /// Whether the words of `isol` are used.
    pub fn speaks_fifteen(&self) -> bool {
        self.fifteen
    }

    /// Gives the terminal back, when everything has been shown.
    pub async fn close(self) {
        self.screen.flush().await;
    }

    /// The character that introduces an escape.
    pub fn escape(&self) -> u8 {
        self.escapes.character()
    }

    /// Whether there may be more keys.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Looks at the keys while there is no console: false when the user gives it up.
    pub async fn is_wanted(&mut self) -> bool {
        !self.keys().await.contains(&Key::Terminate) && self.open
    }

    /// Reads keys, while there may be some. Nothing is lost when this is cancelled.
    pub async fn keys(&mut self) -> Vec<Key> {
        if let Some(keys) = self.keyboard.read().await {
            return self.escapes.read(&keys);
        }
        self.open = false;
        Vec::new()
    }

    /// Shows what the system prints, and keeps it.
    pub fn show(&mut self, context: &Context, text: &[u8]) {
        self.screen.write(text);
        self.transcript.write(context, text);
    }

    /// Shows words of our own, with the escape character before them.
    pub fn say(&self, text: &[u8]) {
        self.screen.write(&[&[self.escape()], text].concat());
    }

    /// The screen.
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// Stops the program as job control does, when everything has been shown.
    pub async fn suspend(&mut self, raw_again: bool) {
        self.screen.flush().await;
        if let Some(raw) = &mut self.raw {
            // A terminal that will not be raw again is still one to talk by.
            drop(raw.suspend(raw_again));
        }
    }
}
