//! The fuzzer's entry. `FUZZ` names the body; libFuzzer's own options follow on the command line.
//! `tests/fuzz/run` builds it with coverage and runs every body for a while.

#![no_main]

#[allow(dead_code)]
mod bodies;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static BODY: LazyLock<bodies::Body> = LazyLock::new(|| {
    let name = std::env::var("FUZZ").unwrap_or_default();
    match bodies::TARGETS.iter().find(|(known, _)| *known == name) {
        Some((_, body)) => *body,
        None => {
            let names: Vec<&str> = bodies::TARGETS.iter().map(|(name, _)| *name).collect();
            eprintln!("FUZZ is one of {}", names.join(", "));
            std::process::exit(2)
        }
    }
});

fuzz_target!(|bytes: &[u8]| BODY(bytes));
