//! `--json`: its shapes, held by snapshots, and its validity under every golden case.
//!
//! The snapshots (`*.cases`, `*.golden`, in the golden suite's format) are our own contract, not the
//! reference's, which has no JSON; `RECORD=missing` writes new ones from our binary, to be read
//! before they are committed. Then every golden case is run once more with `--json`: stdout must be
//! JSON documents and nothing else, stderr one JSON object a line, and the status unchanged.

#[allow(dead_code)]
#[path = "../golden/format.rs"]
mod format;
#[allow(dead_code)]
#[path = "../golden/run.rs"]
mod run;

use format::{Case, Recording, Suite};
use run::{Program, Ran};
use serde_json::{Deserializer, Value};
use std::path::Path;
use std::process::ExitCode;

/// Families whose commands talk on stdout beside their reports (prompts, progress, consoles) or
/// whose golden cases choose the form of output themselves; and cases that only show how long
/// something waits.
const NOT_DOCUMENTS: &[&str] = &["globals/", "lan/patience/", "user/prompt/"];

fn main() -> ExitCode {
    let filters: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let program = Program::ours(env!("CARGO_BIN_EXE_ipmitool"));
    let chosen = |id: &str| filters.is_empty() || filters.iter().any(|filter| id.contains(filter.as_str()));
    let record = std::env::var("RECORD").is_ok_and(|word| word == "missing");
    let (mut passed, mut complaints) = (0, Vec::new());
    for path in format::case_files(&tests.join("json")) {
        let mut suite = match Suite::read(&path) {
            Ok(suite) => suite,
            Err(error) => {
                complaints.push(error);
                continue;
            }
        };
        let cases: Vec<Case> = suite.cases.iter().filter(|case| chosen(&suite.id(case))).cloned().collect();
        for case in &cases {
            let outcome = snapshot(&tests, &program, &mut suite, case, record);
            match outcome {
                Ok(()) => passed += 1,
                Err(why) => complaints.push(format!("{}: {why}", suite.id(case))),
            }
        }
        if record && let Err(error) = suite.write() {
            complaints.push(format!("{}: {error}", suite.name));
        }
    }
    let pending = format::pending(&tests.join("golden"));
    for path in format::case_files(&tests.join("golden")) {
        let Ok(suite) = Suite::read(&path) else { continue };
        if NOT_DOCUMENTS.iter().any(|prefix| format!("{}/", suite.name).starts_with(prefix)) {
            continue;
        }
        for case in suite.cases.iter().filter(|case| !case.bare && case.locale.is_none() && chosen(&suite.id(case))) {
            let Some(recording) = suite.recordings.get(&case.name) else { continue };
            if pending.iter().any(|prefix| suite.id(case).starts_with(prefix.as_str())) {
                continue;
            }
            match validity(&tests, &program, case, recording) {
                Ok(()) => passed += 1,
                Err(why) => complaints.push(format!("{}: {why}", suite.id(case))),
            }
        }
    }
    for complaint in complaints.iter().take(40) {
        println!("FAILED {complaint}");
    }
    println!("json: {passed} passed, {} failed", complaints.len());
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_json(tests: &Path, program: &Program, case: &Case) -> Result<Ran, String> {
    let mut case = case.clone();
    case.words.insert(0, b"--json".to_vec());
    run::run(&tests.join("golden"), program, &case, None)
}

fn snapshot(tests: &Path, program: &Program, suite: &mut Suite, case: &Case, record: bool) -> Result<(), String> {
    let ran = run_json(tests, program, case)?;
    documents(&ran)?;
    let got = Recording::of(&ran);
    match suite.recordings.get(&case.name) {
        Some(expected) if *expected == got => Ok(()),
        Some(_) => Err(format!("the shape has changed:\n{}", got.lines().join("\n"))),
        None if record => {
            suite.recordings.insert(case.name.clone(), got);
            Ok(())
        }
        None => Err("no snapshot; RECORD=missing makes one".to_owned()),
    }
}

fn documents(ran: &Ran) -> Result<(), String> {
    for document in Deserializer::from_slice(&ran.stdout).into_iter::<Value>() {
        document.map_err(|error| format!("stdout is not JSON: {error}: {}", String::from_utf8_lossy(&ran.stdout)))?;
    }
    for line in String::from_utf8_lossy(&ran.stderr).lines() {
        serde_json::from_str::<Value>(line).map_err(|_| format!("stderr is not JSON: {line}"))?;
    }
    Ok(())
}

fn validity(tests: &Path, program: &Program, case: &Case, recording: &Recording) -> Result<(), String> {
    let ran = run_json(tests, program, case)?;
    documents(&ran)?;
    let expected = recording.lines().first().map_or("", String::as_str);
    if expected == format!("status {}", ran.status) { Ok(()) } else { Err(format!("{expected} became {}", ran.status)) }
}
