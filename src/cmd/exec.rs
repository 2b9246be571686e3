//! `exec`: the commands of a file, one a line, over one session.

use super::{dispatch, file};
use crate::cli::script::{LINE_LIMIT, exec_words};
use crate::family::{Context, Family, Running, Status};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use tokio::sync::oneshot;

/// The `exec` family.
pub const EXEC: Family =
    Family { name: "exec", summary: Some("Run list of commands from file"), tree: || clap::Command::new("exec"), run };

/// A file, whatever name it goes by: device and inode.
type Identity = (u64, u64);

/// Files one may name another; more are a circle that changes its names.
const MOST_FILES: usize = 64;

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let Some(name) = words.first() else {
            context.out.error("Usage: exec <filename>");
            return Status::FAILED;
        };
        let Some((script, identity)) = open(context, name) else { return Status::FAILED };
        // Nothing in a script is conditional: a file that runs itself would run for ever.
        if context.memory.scripts.len() >= MOST_FILES || context.memory.scripts.contains(&identity) {
            context.out.error(&format!("File {name} is being executed already"));
            return Status::FAILED;
        }
        context.memory.scripts.push(identity);
        let status = execute(context, script).await;
        context.memory.scripts.pop();
        status
    })
}

fn open(context: &Context, name: &str) -> Option<(File, Identity)> {
    let script = file::open(&context.out, name)?;
    let identity = script.metadata().map_or((0, 0), |metadata| (metadata.dev(), metadata.ino()));
    Some((script, identity))
}

/// Runs every line. Reference: a failure does not end the script; the last one is its outcome.
async fn execute(context: &mut Context, script: File) -> Status {
    let waits = script.metadata().is_ok_and(|metadata| !metadata.is_file());
    let mut script = BufReader::new(script);
    let mut outcome = Status::OK;
    loop {
        let line;
        (script, line) = if waits {
            match next_line_of_a_pipe(script).await {
                Some(next) => next,
                None => return Status::FAILED,
            }
        } else {
            let line = next_line(&mut script);
            // Nothing below may ever wait, and a signal wants to be noticed.
            tokio::task::yield_now().await;
            (script, line)
        };
        // What cannot be read (a folder) is an empty script.
        let Ok(Some(line)) = line else { return outcome };
        let words = exec_words(&line);
        if words.is_empty() {
            continue;
        }
        // Reference: it copies each word to a place of its own.
        context.memory.parted = vec![true; words.len()];
        let status = dispatch(context, &words).await;
        if status != Status::OK {
            outcome = status;
        }
    }
}

/// A line, and what it was read from.
type Next = (BufReader<File>, io::Result<Option<Vec<u8>>>);

/// Reads on a thread of its own: there may be nothing to read for a long time.
async fn next_line_of_a_pipe(mut script: BufReader<File>) -> Option<Next> {
    let (sender, receiver) = oneshot::channel();
    let reading = move || {
        let line = next_line(&mut script);
        drop(sender.send((script, line)));
    };
    std::thread::Builder::new().spawn(reading).ok()?;
    receiver.await.ok()
}

fn next_line(script: &mut BufReader<File>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let limit = u64::try_from(LINE_LIMIT).unwrap_or(u64::MAX);
    script.take(limit).read_until(b'\n', &mut line)?;
    Ok((!line.is_empty()).then_some(line))
}
