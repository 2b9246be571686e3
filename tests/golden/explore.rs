//! Exploration: stored cases, changed at random, run by both programs.
//!
//! What the recordings hold was thought of by somebody; this looks for the rest. A case is drawn, its
//! words or the BMC's answers are changed, and the reference runs it twice with different bytes in
//! fresh memory. Where it agrees with itself and ends by itself, our program has to agree with it.
//! What is found is printed as a case, ready to be kept.
//!
//! ```text
//! EXPLORE=SEED:COUNT cargo test --test golden [-- FILTER...]
//! ```

use crate::difference;
use crate::format::{Case, Recording, Suite};
use crate::run::{self, Program};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// A run that takes longer says nothing; some of the reference's loops never end.
const PATIENCE: Duration = Duration::from_secs(6);

/// Words that numbers, names and options are mistaken for.
const WORDS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "5",
    "7",
    "8",
    "14",
    "15",
    "16",
    "63",
    "64",
    "255",
    "256",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "-1",
    "-5",
    "0x0",
    "0x1",
    "0x1f",
    "0xff",
    "0x100",
    "017",
    "08",
    "+1",
    " 1",
    "1 ",
    "1x",
    "x",
    "",
    "foo",
    "help",
    "on",
    "off",
    "enable",
    "disable",
    "list",
    "all",
    "get",
    "set",
    "info",
    "print",
    "1.5",
    "-1.5",
    "none",
    "1.2.3.4",
    "1.2.3.256",
    "00:11:22:33:44:55",
    "::1",
    "fe80::1",
    "a/b",
    "%s",
    "0x",
    "0xfg",
    "1,2",
    "-h",
    "-v",
    "--",
];

/// Completion codes: the generic ones, and the first of the command-specific ones.
const CODES: &[u8] = &[
    0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xce, 0xd1,
    0xd3, 0xd4, 0xd5, 0xd6, 0xff, 0x01, 0xbf,
];

/// SplitMix64: enough to choose with.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) % sides.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

pub fn explore(root: &Path, suites: &[Suite], ours: &str, plan: &str, chosen: impl Fn(&str) -> bool) -> ExitCode {
    let Some((seed, count)) =
        plan.split_once(':').and_then(|(seed, count)| Some((seed.parse::<u64>().ok()?, count.parse::<usize>().ok()?)))
    else {
        eprintln!("EXPLORE is SEED:COUNT, not {plan}");
        return ExitCode::FAILURE;
    };
    let (ours, reference) = (Program::ours(ours).patient(PATIENCE), Program::reference().patient(PATIENCE));
    let pool: Vec<(&Suite, &Case)> = suites
        .iter()
        .flat_map(|suite| suite.cases.iter().map(move |case| (suite, case)))
        // The words of a bare case may name hosts and devices.
        .filter(|(suite, case)| !case.bare && suite.recordings.contains_key(&case.name) && chosen(&suite.id(case)))
        .collect();
    if pool.is_empty() {
        eprintln!("no recorded case is chosen");
        return ExitCode::FAILURE;
    }
    let mut dice = Dice(seed);
    let tries: Vec<(String, Case)> = (0..count)
        .map(|number| {
            let (suite, case) = *dice.pick(&pool);
            let mut case = case.clone();
            let requests = requests_of(&suite.recordings[&case.name]);
            for _ in 0..=dice.roll(2) {
                change(&mut dice, &mut case, &requests);
            }
            if dice.roll(20) == 0 && run::can_build_locales() {
                case.locale.get_or_insert_with(|| "de_DE".to_owned());
            }
            case.name = format!("{}-x{seed}-{number}", case.name);
            (suite.name.clone(), case)
        })
        .collect();
    let outcomes = crate::in_parallel(&tries, |(suite, case)| {
        (format!("{suite}/{}", case.line()), compare(root, &reference, &ours, case))
    });
    let (mut same, mut unusable, mut different) = (0, 0, 0);
    for (line, outcome) in outcomes {
        match outcome {
            Ok(true) => same += 1,
            Ok(false) => unusable += 1,
            Err(why) => {
                different += 1;
                println!("DIFFERENT {line}\n{why}");
            }
        }
    }
    println!("explored: {same} same, {different} different, {unusable} without a stable answer of the reference");
    if different == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether there was something to compare; the difference, if there is one.
fn compare(root: &Path, reference: &Program, ours: &Program, case: &Case) -> Result<bool, String> {
    let answer = |perturb| run::run(root, reference, case, Some(perturb)).ok();
    let (Some(first), Some(second)) = (answer("85"), answer("170")) else { return Ok(false) };
    let crashed = first.status.starts_with("signal");
    let (first, second) = (Recording::of(&first), Recording::of(&second));
    if first != second || crashed {
        return Ok(false);
    }
    difference(&first, &run::run(root, ours, case, None)?).map(|()| true)
}

/// The requests a recorded run made: network function and command.
fn requests_of(recording: &Recording) -> Vec<String> {
    let lines = recording.lines().iter().skip_while(|line| *line != "--- requests").skip(1);
    let mut requests: Vec<String> = lines
        .take_while(|line| !line.starts_with("---"))
        .filter(|line| !line.starts_with("..."))
        .filter_map(|line| line.split([' ', '.']).next().map(str::to_owned))
        .collect();
    requests.sort();
    requests.dedup();
    requests
}

fn change(dice: &mut Dice, case: &mut Case, requests: &[String]) {
    let words = case.words.len();
    match dice.roll(10) {
        0 if words > 1 => drop(case.words.remove(1 + dice.roll(words - 1))),
        1 => case.words.insert(1 + dice.roll(words), dice.pick(WORDS).as_bytes().to_vec()),
        2 | 3 if words > 1 => case.words[1 + dice.roll(words - 1)] = dice.pick(WORDS).as_bytes().to_vec(),
        4 => case.words.insert(0, dice.pick(&["-v", "-c"]).as_bytes().to_vec()),
        _ if !requests.is_empty() => {
            let mut rule = dice.pick(requests).clone();
            if dice.roll(3) == 0 {
                rule.push_str(&format!("#{}", 1 + dice.roll(4)));
            }
            rule.push_str(&match dice.roll(8) {
                0 => format!(":cc={:02x}", dice.pick(CODES)),
                1 | 2 => format!(":cut={}", dice.roll(20)),
                3 => format!(":pad={}", 1 + dice.roll(40)),
                4 => format!(":set={}={:02x}", dice.roll(20), dice.roll(256)),
                5 => format!(":seed={}", dice.roll(100_000)),
                _ => format!(":seed={}+{}", dice.roll(100_000), 1 + dice.roll(12)),
            });
            case.faults.push(rule);
        }
        _ => {}
    }
    case.words.truncate(64);
}
