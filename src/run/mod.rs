//! One run of the program: options, the way to the BMC, the command, and the exit code.
//!
//! This is the library's half of `main`, and the only room that joins all the others.

mod absent;
mod connect;
mod ending;
mod oem;
mod process;
mod secure;
mod simulate;
mod startup;

use crate::cli::getopt::{Event, Scanner};
use crate::cli::{self, Action};
use crate::family::Status;
use crate::out::{Format, Output, text};
use crate::{cmd, out};
use ending::Exit;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;
use std::time::Instant;

/// Runs the program on the process's own arguments and streams.
pub fn main() -> ExitCode {
    let started = Instant::now();
    process::prepare();
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some((first, rest)) = words.split_first()
        && first == simulate::WORD
    {
        return simulate::main(rest);
    }
    let mut arguments = std::env::args_os().map(|word: OsString| text(&word.into_vec()));
    let argv0 = arguments.next().unwrap_or_else(|| "ipmitool".to_owned());
    let words: Vec<String> = arguments.collect();
    let out = Output::process(format(&words));
    let exit = run(&argv0, &words, &out, started);
    out.finish();
    out.flush();
    ExitCode::from(match exit {
        Exit::Status(status) => status.exit_code(),
        Exit::Early(code) => code,
    })
}

fn run(argv0: &str, words: &[String], out: &Output, started: Instant) -> Exit {
    process::exit_on_interrupt();
    let commands = cmd::command_lines();
    let parsed = cli::parse(argv0, words, &commands, out, &mut process::Process);
    let words = match parsed.action {
        Action::Done(status) => return Exit::Status(Status(status)),
        Action::Run(words) => words,
    };
    if words.first().is_some_and(|word| word == "help") {
        cmd::print_table(out);
        return Exit::Status(Status::OK);
    }
    if !secure::check(&parsed.options, out) {
        return Exit::Status(Status::FAILED);
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            out.error(&format!("Could not start: {error}"));
            return Exit::Status(Status::FAILED);
        }
    };
    let exit = runtime.block_on(startup::run(argv0, parsed.options, words, out.clone(), started));
    // A resolver that still waits for an answer is not waited for.
    runtime.shutdown_background();
    exit
}

/// The form of output, which has to be known before anything can be said.
fn format(words: &[String]) -> out::Format {
    let posixly_correct = std::env::var_os("POSIXLY_CORRECT").is_some();
    let mut format = Format::Text;
    let mut scanner = Scanner::new(words, cli::LETTERS, cli::LONGS, posixly_correct);
    while let Some(event) = scanner.next() {
        match event {
            Event::Long(long) if long == "json" => format = Format::Json,
            Event::Long(long) if long == "table" => format = Format::Table,
            Event::Long(long) => drop(cli::long_argument(&long, &mut scanner)),
            _ => {}
        }
    }
    format
}
