//! Golden cases: what the reference printed, byte for byte, and what it asked of the BMC.
//!
//! A case is one line of a `*.cases` file; its recording stands in the `*.golden` file beside it and
//! always comes from the reference. Both programs talk to the same simulated BMC over the `dummy`
//! socket, so that they get the same answers.
//!
//! ```text
//! cargo test --test golden [-- FILTER...]                 compare our binary with the recordings
//! UNDER_TEST=reference cargo test --test golden           compare the installed reference with them
//! RECORD=missing cargo test --test golden [-- FILTER...]  record new cases from the reference
//! RECORD=all ...                                          record all of them again
//! EXPLORE=SEED:COUNT ...                                  look for differences the cases do not show
//! ```
//!
//! A filter is a part of `family/topic/name`. See `format.rs` for the files' syntax.

mod explore;
mod format;
mod run;

use format::{Case, Recording, Suite};
use run::{Program, Ran};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

fn main() -> ExitCode {
    let filters: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let record = std::env::var("RECORD").ok();
    let reference = record.is_some() || std::env::var("UNDER_TEST").is_ok_and(|word| word == "reference");
    let program = if reference { Program::reference() } else { Program::ours(env!("CARGO_BIN_EXE_ipmitool")) };
    if !program.exists() {
        eprintln!("the reference is not installed (package ipmitool)");
        return ExitCode::FAILURE;
    }
    let suites: Vec<Suite> = match format::case_files(&root).iter().map(|path| Suite::read(path)).collect() {
        Ok(suites) => suites,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let chosen = |id: &str| filters.is_empty() || filters.iter().any(|filter| id.contains(filter.as_str()));
    if let Ok(plan) = std::env::var("EXPLORE") {
        return explore::explore(&root, &suites, env!("CARGO_BIN_EXE_ipmitool"), &plan, chosen);
    }
    match record.as_deref() {
        Some("missing") => record_suites(&root, suites, &program, |suite, case| {
            chosen(&suite.id(case)) && !suite.recordings.contains_key(&case.name)
        }),
        Some("all") => record_suites(&root, suites, &program, |suite, case| chosen(&suite.id(case))),
        Some(other) => {
            eprintln!("RECORD is missing or all, not {other}");
            ExitCode::FAILURE
        }
        None => compare(&root, &suites, &program, chosen),
    }
}

/// Runs the jobs on all cores, in no particular order.
fn in_parallel<T: Sync, R: Send>(jobs: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from) * 2;
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = work(job);
                    results.lock().expect("no worker panics").push(result);
                }
            });
        }
    });
    results.into_inner().expect("no worker panics")
}

fn compare(root: &Path, suites: &[Suite], program: &Program, chosen: impl Fn(&str) -> bool) -> ExitCode {
    let pending = format::pending(root);
    let required = std::env::var("PEERS").is_ok_and(|word| word == "required");
    let mut jobs: Vec<(&Suite, &Case)> = Vec::new();
    let mut complaints = Vec::new();
    for suite in suites {
        for case in &suite.cases {
            if !chosen(&suite.id(case)) {
                continue;
            }
            if case.locale.is_none() || run::can_build_locales() {
                jobs.push((suite, case));
            } else if required {
                complaints.push(format!("{}: localedef is missing (package locales)", suite.id(case)));
            } else {
                println!("SKIPPED {}: localedef is missing (package locales)", suite.id(case));
            }
        }
        for name in suite.recordings.keys().filter(|name| suite.cases.iter().all(|case| case.name != **name)) {
            complaints.push(format!("{}/{name}: a recording without its case", suite.name));
        }
    }
    let outcomes = in_parallel(&jobs, |(suite, case)| {
        let Some(expected) = suite.recordings.get(&case.name) else {
            return (suite.id(case), Err("no recording; RECORD=missing makes one".to_owned()));
        };
        let got = run::run(root, program, case, None);
        (suite.id(case), got.and_then(|ran| difference(expected, &ran)))
    });
    let (mut passed, mut waiting) = (0, 0);
    let mut outcomes = outcomes;
    outcomes.sort_by(|a, b| a.0.cmp(&b.0));
    for (id, outcome) in outcomes {
        let expected_to_fail = program.is_ours() && pending.iter().any(|pattern| id.starts_with(pattern.as_str()));
        match (outcome, expected_to_fail) {
            (Ok(()), false) => passed += 1,
            (Err(_), true) => waiting += 1,
            (Ok(()), true) => complaints.push(format!("{id}: listed as pending, but it passes")),
            (Err(why), false) => complaints.push(format!("{id}:\n{why}")),
        }
    }
    let shown = std::env::var("SHOW").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    for complaint in complaints.iter().take(shown) {
        println!("FAILED {complaint}");
    }
    if complaints.len() > shown {
        println!("... and {} more; SHOW=1000 shows them", complaints.len() - shown);
        let mut by_suite: BTreeMap<&str, usize> = BTreeMap::new();
        for complaint in &complaints {
            let suite = complaint.split(':').next().and_then(|id| id.rsplit_once('/')).map_or("", |(suite, _)| suite);
            *by_suite.entry(suite).or_default() += 1;
        }
        for (suite, count) in by_suite {
            println!("  {suite}: {count} failed");
        }
    }
    if waiting > 0 {
        println!("{waiting} pending");
    }
    println!("golden: {passed} passed, {} failed", complaints.len());
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn difference(expected: &Recording, got: &Ran) -> Result<(), String> {
    let got = Recording::of(got);
    if *expected == got {
        return Ok(());
    }
    let (expected, got) = (expected.lines(), got.lines());
    let same_start = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    let rest = expected.len().min(got.len()) - same_start;
    let same_end = expected.iter().rev().zip(got.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let mut text = String::new();
    for line in expected[same_start.saturating_sub(2)..same_start].iter() {
        text.push_str(&format!("      {line}\n"));
    }
    for (mark, lines) in [('-', expected), ('+', got)] {
        let changed = &lines[same_start..lines.len() - same_end];
        for line in changed.iter().take(12) {
            text.push_str(&format!("    {mark} {line}\n"));
        }
        if changed.len() > 12 {
            text.push_str(&format!("    {mark} ... {} more lines\n", changed.len() - 12));
        }
    }
    Err(text)
}

fn record_suites(
    root: &Path,
    suites: Vec<Suite>,
    program: &Program,
    wanted: impl Fn(&Suite, &Case) -> bool,
) -> ExitCode {
    let mut failures = 0;
    for mut suite in suites {
        let cases: Vec<&Case> = suite.cases.iter().filter(|case| wanted(&suite, case)).collect();
        let recorded = in_parallel(&cases, |case| {
            // Twice, with different bytes in fresh memory: an answer that depends on them is no answer.
            let first = run::run(root, program, case, Some("85")).map(|ran| Recording::of(&ran));
            let second = run::run(root, program, case, Some("170")).map(|ran| Recording::of(&ran));
            let outcome = match (first, second) {
                (Ok(first), Ok(second)) if first == second => Ok(first),
                (Ok(_), Ok(_)) => Err("the reference's answer is not stable".to_owned()),
                (Err(why), _) | (_, Err(why)) => Err(why),
            };
            (case.name.clone(), outcome)
        });
        let known: Vec<String> = suite.cases.iter().map(|case| case.name.clone()).collect();
        suite.recordings.retain(|name, _| known.contains(name));
        for (name, outcome) in recorded {
            match outcome {
                Ok(recording) => drop(suite.recordings.insert(name, recording)),
                Err(why) => {
                    failures += 1;
                    println!("NOT RECORDED {}/{name}: {why}", suite.name);
                }
            }
        }
        if let Err(error) = suite.write() {
            println!("{}: {error}", suite.name);
            failures += 1;
        }
    }
    println!("{failures} not recorded");
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
