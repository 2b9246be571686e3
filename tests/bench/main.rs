//! What the program costs, beside the reference in the same run: instructions, memory, requests, size.
//!
//! `cargo test --release --test bench -- --ignored --nocapture`

#[path = "../net/mod.rs"]
mod net;

use net::{OURS, REFERENCE, Served, command, is_missing, run};
use std::process::{Command, Stdio};

/// Ours, at most, in thousandths of the reference's instructions.
const INSTRUCTIONS: u64 = 30;
/// Bytes of the stripped release binary, at most.
const SIZE: u64 = 8 << 20;

/// Instructions of a run, as callgrind counts them.
fn instructions(program: &str, port: u16, words: &str) -> u64 {
    let plain = command(program, port, words);
    let mut counted = Command::new("valgrind");
    counted.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", program]).args(plain.get_args());
    let output = counted.stdin(Stdio::null()).output().expect("valgrind runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    let count = text.lines().find_map(|line| line.split_once("Collected :")?.1.split_whitespace().next()?.parse().ok());
    count.unwrap_or_else(|| panic!("{text}"))
}

/// The most memory a run had at once (KiB).
#[expect(clippy::zombie_processes, reason = "`wait4` waits for it, and tells what it used")]
fn peak(program: &str, port: u16, words: &str) -> i64 {
    let child = command(program, port, words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    let id = i32::try_from(child.id()).expect("a process id");
    let mut status = 0;
    // SAFETY: all zeros is a valid `rusage`, and both pointers are to variables that outlive the call.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        assert_eq!(libc::wait4(id, &mut status, 0, &mut usage), id);
        usage
    };
    assert_eq!(status, 0, "{program} {words}");
    usage.ru_maxrss
}

#[test]
#[ignore = "needs valgrind and a release build"]
fn figures() {
    if is_missing(REFERENCE) || is_missing("/usr/bin/valgrind") {
        return;
    }
    let served = Served::new("{}");
    println!("over lanplus                    reference         ours");
    for words in ["mc info", "chassis power status"] {
        let words = format!("-I lanplus {words}");
        let [theirs, ours] = [REFERENCE, OURS].map(|program| instructions(program, served.port, &words));
        println!("instructions, {:18}{theirs:9}  {ours:11}", &words[11..]);
        assert!(ours * 1000 <= theirs * INSTRUCTIONS || cfg!(debug_assertions), "{words}: {ours} of {theirs}");
        let [theirs, ours] = [REFERENCE, OURS].map(|program| peak(program, served.port, &words));
        println!("peak memory (KiB), {:13}{theirs:9}  {ours:11}", &words[11..]);
        assert!(ours * 2 <= theirs || cfg!(debug_assertions), "{words}: {ours} of {theirs} KiB");
    }
    let all = [
        "chassis power status",
        "mc info",
        "mc guid",
        "sdr list",
        "sdr elist full",
        "sensor list",
        "sel list",
        "sel elist",
        "sel info",
        "lan print 1",
        "user list 1",
        "channel info 1",
        "chassis status",
        "fru print",
        "sol info 1",
        "session info active",
    ];
    for words in all {
        let words = format!("-I lanplus {words}");
        let asked = |program: &str| {
            let before = served.requests();
            run(program, served.port, &words);
            served.requests() - before
        };
        let (theirs, ours) = (asked(REFERENCE), asked(OURS));
        println!("requests, {:22}{theirs:9}  {ours:11}", &words[11..]);
        assert!(ours <= theirs, "{words}: {ours}, the reference {theirs}");
    }
    let size = std::fs::metadata(OURS).expect("the program").len();
    println!("size of our binary (bytes)                 {size:11}");
    assert!(size < SIZE || cfg!(debug_assertions), "{size}");
}
