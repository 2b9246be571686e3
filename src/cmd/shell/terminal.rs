//! The shell at a terminal: line editing, history, completion.

use super::{Line, choices, history};
use crate::out::keeping_interrupts;
use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{History, MemHistory};
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Editor, Helper};
use std::io;
use std::path::PathBuf;

/// Completes the words of commands from their trees.
struct Words;

impl Completer for Words {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..position).unwrap_or(line);
        let start = before.rfind([' ', '\t']).map_or(0, |blank| blank + 1);
        let (words, begun) = before.split_at(start);
        let words: Vec<&str> = words.split_whitespace().collect();
        let mut found = choices(&words);
        found.retain(|choice| choice.starts_with(begun));
        found.sort();
        found.dedup();
        if let [only] = found.as_mut_slice() {
            only.push(' ');
        }
        Ok((start, found))
    }
}

impl Hinter for Words {
    type Hint = String;
}
impl Highlighter for Words {}
impl Validator for Words {}
impl Helper for Words {}

/// The terminal's settings, put back when it is dropped: a run that ends by a signal leaves the editor
/// in the middle of a line.
pub struct Settings(Option<Termios>);

impl Settings {
    /// The settings of the standard input just now.
    pub fn current() -> Settings {
        Settings(tcgetattr(io::stdin()).ok())
    }
}

impl Drop for Settings {
    fn drop(&mut self) {
        if let Some(settings) = &self.0 {
            let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, settings);
        }
    }
}

/// A line editor with its history.
pub struct Terminal {
    editor: Editor<Words, MemHistory>,
    history: Option<PathBuf>,
}

impl Terminal {
    /// An editor on the standard streams; none where the terminal cannot have one.
    pub fn new() -> Option<Terminal> {
        // Without bracketed paste, so that several lines pasted are several commands.
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .auto_add_history(false)
            .bracketed_paste(false)
            .build();
        let memory = MemHistory::with_config(&config);
        let mut editor = keeping_interrupts(|| Editor::with_history(config, memory)).ok()?;
        editor.set_helper(Some(Words));
        let history = history::path();
        if let Some(path) = &history {
            let lines = history::load(path);
            history::shorten(path, &lines);
            for line in lines {
                let _ = editor.history_mut().add_owned(line);
            }
        }
        Some(Terminal { editor, history })
    }

    /// Reads a line.
    pub fn read(&mut self, prompt: &str) -> Line {
        match self.editor.readline(prompt) {
            Ok(line) => {
                self.keep(&line);
                Line::Text(line.into_bytes())
            }
            Err(ReadlineError::Interrupted) => Line::Interrupted,
            Err(_) => Line::End,
        }
    }

    fn keep(&mut self, line: &str) {
        if line.trim().is_empty() || matches!(line, "quit" | "exit" | "help" | "?") || !history::may_keep(line) {
            return;
        }
        // The history refuses what is the same as the line before.
        let added = self.editor.history_mut().add(line).unwrap_or(false);
        if let Some(path) = self.history.as_deref().filter(|_| added) {
            history::append(path, line);
        }
    }
}
