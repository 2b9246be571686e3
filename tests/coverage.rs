//! Ticks the checklist in `docs/coverage.md` from the golden cases, so that no tick is anybody's opinion.
//!
//! A leaf is ticked when a recorded case that is not pending runs it to success as it is written
//! there, and another one shows it refused: by the BMC, or for its words. A leaf marked `refused` has
//! no success to show, one `never refused` nothing else; one marked with the name of a test file is shown there, because it needs a
//! terminal or a network. `UPDATE=1 cargo test --test coverage` rewrites the ticks.

#[allow(dead_code)]
#[path = "golden/format.rs"]
mod format;
#[allow(dead_code)]
#[path = "golden/run.rs"]
mod run;

use format::{Case, Suite};
use std::path::{Path, PathBuf};

/// One recorded case, as far as a leaf asks.
struct Shown {
    words: Vec<String>,
    succeeded: bool,
    refused: bool,
}

/// One word of a leaf.
enum Token {
    /// One of these words.
    Literal(Vec<String>),
    /// Any word.
    Any,
    /// Anything from here on.
    Tail,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The words of the command itself, without the options before it.
fn command_of(case: &Case) -> Vec<String> {
    let words: Vec<String> = case.words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    let mut rest = words.as_slice();
    while let [option, tail @ ..] = rest {
        if !option.starts_with('-') {
            break;
        }
        // Of the options the cases use in front of a command, these take no value.
        let alone = option.starts_with("--") || option[1..].chars().all(|letter| "vcZgsaEKYhV".contains(letter));
        rest = if alone { tail } else { tail.get(1..).unwrap_or_default() };
    }
    rest.to_vec()
}

fn shown() -> Vec<Shown> {
    let golden = root().join("tests/golden");
    let pending = std::fs::read_to_string(golden.join("pending.txt")).unwrap_or_default();
    let pending: Vec<&str> = pending.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut all = Vec::new();
    for folder in std::fs::read_dir(&golden).expect("tests/golden").flatten() {
        for file in std::fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            if file.path().extension().is_none_or(|extension| extension != "cases") {
                continue;
            }
            let suite = Suite::read(&file.path()).expect("a file of cases");
            for case in &suite.cases {
                let Some(recording) = suite.recordings.get(&case.name) else { continue };
                if pending.iter().any(|prefix| suite.id(case).starts_with(prefix)) {
                    continue;
                }
                let succeeded = recording.lines().first().is_some_and(|line| line == "status 0");
                // An answer that is given in full is an answer, whoever made it up.
                let spoilt =
                    case.faults.iter().any(|rule| ["cc=", "cut=", "drop"].iter().any(|what| rule.contains(what)));
                all.push(Shown {
                    words: command_of(case),
                    succeeded: succeeded && !spoilt,
                    refused: !succeeded || spoilt,
                });
            }
        }
    }
    all
}

fn tokens(leaf: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for word in leaf.split_whitespace() {
        if word.starts_with('[') {
            tokens.push(Token::Tail);
            break;
        }
        let alternatives = || word.split('|').map(str::to_owned).collect();
        tokens.push(if word.contains('<') { Token::Any } else { Token::Literal(alternatives()) });
        if word.ends_with("...") {
            tokens.push(Token::Tail);
        }
    }
    tokens
}

/// Whether a case runs the whole leaf.
fn runs(tokens: &[Token], words: &[String]) -> bool {
    let mut words = words.iter();
    for token in tokens {
        match token {
            Token::Tail => return true,
            Token::Any if words.next().is_none() => return false,
            Token::Literal(names) if !words.next().is_some_and(|word| names.contains(word)) => return false,
            _ => {}
        }
    }
    words.next().is_none()
}

/// Whether a case names the leaf: its literal words are in their places. A choice of values at the
/// end is no part of the name, since a wrong value is one way to be refused.
fn names(tokens: &[Token], words: &[String]) -> bool {
    let is_value = |place: usize, names: &[String]| place > 2 && place + 1 == tokens.len() && names.len() > 1;
    tokens.iter().enumerate().all(|(place, token)| match token {
        Token::Literal(names) => is_value(place, names) || words.get(place).is_some_and(|word| names.contains(word)),
        Token::Any | Token::Tail => true,
    })
}

fn is_proved(leaf: &str, note: &str, shown: &[Shown]) -> bool {
    if let Some(file) = note.split_whitespace().find(|word| word.starts_with("`tests/")) {
        return root().join(file.trim_matches('`')).exists();
    }
    let tokens = tokens(leaf);
    let success = shown.iter().any(|case| case.succeeded && runs(&tokens, &case.words));
    let refusal = shown.iter().any(|case| case.refused && names(&tokens, &case.words));
    let refused_whole = shown.iter().any(|case| case.refused && runs(&tokens, &case.words));
    match note {
        note if note.contains("never refused") => success,
        note if note.contains("refused") => refused_whole,
        _ => success && refusal,
    }
}

#[test]
fn the_ticks_are_what_the_cases_show() {
    let path = root().join("docs/coverage.md");
    let text = std::fs::read_to_string(&path).expect("docs/coverage.md");
    let shown = shown();
    assert!(shown.len() > 500, "the golden cases were not found");
    let (mut leaves, mut ticked, mut wrong) = (0, 0, Vec::new());
    let mut renewed = String::new();
    for line in text.lines() {
        let leaf = line.strip_prefix("- [x] `").or_else(|| line.strip_prefix("- [ ] `"));
        let Some((leaf, note)) = leaf.and_then(|rest| rest.split_once('`')) else {
            renewed.push_str(line);
            renewed.push('\n');
            continue;
        };
        let proved = is_proved(leaf, note, &shown);
        leaves += 1;
        ticked += usize::from(proved);
        let mark = if proved { 'x' } else { ' ' };
        let right = format!("- [{mark}] `{leaf}`{note}");
        if right != line {
            wrong.push(right.clone());
        }
        renewed.push_str(&right);
        renewed.push('\n');
    }
    println!("{ticked} of {leaves} leaves are proved by {} cases", shown.len());
    assert!(leaves > 200, "the checklist was not found");
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(&path, renewed).expect("docs/coverage.md");
    } else {
        assert!(wrong.is_empty(), "UPDATE=1 sets these right:\n{}", wrong.join("\n"));
    }
}
