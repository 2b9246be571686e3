//! `shell`: commands one after another over one session, from a terminal or from whatever stands
//! behind the standard input.
//!
//! A terminal gets a line editor with history and completion. Everything else gets the reference's
//! bytes: it shows its prompt and what it reads whatever it reads from, so that scripts which feed it
//! through a pipe have both in their output.

mod display;
mod history;
mod piped;
mod terminal;

use super::{FAMILIES, dispatch, print_table};
use crate::cli::script::{shell_parted, shell_words};
use crate::family::{Context, Family, Running, Status};
use std::io::{self, IsTerminal};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// The `shell` family.
pub const SHELL: Family =
    Family { name: "shell", summary: Some("Launch interactive IPMI shell"), tree: || clap::Command::new("shell"), run };

const PROMPT: &str = "ipmitool> ";

/// So long may a session be idle before it is reminded that somebody is there.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// What reading a line came to.
enum Line {
    /// A line, without its newline.
    Text(Vec<u8>),
    /// There will be no more lines.
    End,
    /// Ctrl-C at the prompt.
    Interrupted,
}

/// Where lines come from.
enum Reader {
    Terminal(Box<terminal::Terminal>),
    Piped(piped::Piped),
}

impl Reader {
    fn new(context: &Context) -> Reader {
        let both = io::stdin().is_terminal() && io::stdout().is_terminal();
        match both.then(terminal::Terminal::new).flatten() {
            Some(terminal) => Reader::Terminal(Box::new(terminal)),
            None => Reader::Piped(piped::Piped::new(context.out.clone())),
        }
    }

    fn read(&mut self) -> Line {
        match self {
            Reader::Terminal(terminal) => terminal.read(PROMPT),
            Reader::Piped(piped) => piped.read(PROMPT),
        }
    }
}

fn run<'a>(context: &'a mut Context, _words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        context.out.flush();
        let _settings = terminal::Settings::current();
        let mut reader = Reader::new(context);
        let mut idle = Duration::ZERO;
        let mut status = Status::OK;
        loop {
            let line;
            (reader, line) = match next_line(context, reader, &mut idle).await {
                Some(next) => next,
                None => return Status::FAILED,
            };
            match line {
                Line::Text(line) => match line.as_slice() {
                    b"" => {}
                    b"quit" | b"exit" => return Status::OK,
                    b"help" | b"?" => print_table(&context.out),
                    line => {
                        let words = shell_words(line);
                        // Reference: an empty first word in quotes is no command.
                        if words.first().is_some_and(|word| !word.is_empty()) {
                            context.memory.parted = shell_parted(line);
                            status = dispatch(context, &words).await;
                        }
                    }
                },
                Line::End => {
                    context.out.println("");
                    return status;
                }
                Line::Interrupted => {
                    // As if it had come while a command was running: the session is closed, and the
                    // process ends.
                    if nix::sys::signal::raise(nix::sys::signal::Signal::SIGINT).is_err() {
                        return Status::FAILED;
                    }
                    std::future::pending::<()>().await;
                }
            }
        }
    })
}

/// Waits for a line on a thread of its own, so that signals and the session are attended to.
async fn next_line(context: &Context, mut reader: Reader, idle: &mut Duration) -> Option<(Reader, Line)> {
    let (sender, mut receiver) = oneshot::channel();
    std::thread::Builder::new()
        .spawn(move || {
            let line = reader.read();
            drop(sender.send((reader, line)));
        })
        .ok()?;
    loop {
        let since = Instant::now();
        tokio::select! {
            next = &mut receiver => {
                *idle += since.elapsed();
                return next.ok();
            }
            () = tokio::time::sleep(KEEPALIVE.saturating_sub(*idle)) => {
                *idle = Duration::ZERO;
                // A session that is gone will show with the next command.
                let _ = context.bmc.transport().keepalive().await;
            }
        }
    }
}

/// What a word may be, after the words before it.
fn choices(words: &[&str]) -> Vec<String> {
    let Some((first, words)) = words.split_first() else {
        let own = ["exit", "help", "quit"].map(str::to_owned);
        return FAMILIES.iter().map(|family| family.name.to_owned()).chain(own).collect();
    };
    let Some(family) = FAMILIES.iter().find(|family| family.name == *first) else { return Vec::new() };
    let mut command = (family.tree)();
    for word in words {
        let Some(next) = command.find_subcommand(word) else { return Vec::new() };
        command = next.clone();
    }
    command.get_subcommands().map(|leaf| leaf.get_name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_completed_from_the_trees() {
        assert!(choices(&[]).contains(&"chassis".to_owned()));
        assert!(choices(&["set"]).contains(&"privlvl".to_owned()));
        assert!(choices(&["nothing"]).is_empty());
        assert!(choices(&["raw", "6", "1"]).is_empty());
    }
}
