//! Ours and the reference against `ipmi_sim`, a BMC of the OpenIPMI project: the same bytes over
//! `lan` and `lanplus`, for each authentication type and cipher suite that both sides speak.
//!
//! `PEERS=required` turns a missing peer into a failure; without it the test says what is missing.

#[path = "peers/ipmi_sim.rs"]
mod ipmi_sim;

use ipmi_sim::IpmiSim;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const REFERENCE: &str = "/usr/bin/ipmitool";
/// Ports of the BMC without a key, of the one with a key, and of none.
const PORT: u16 = 9731;
const KEYED: u16 = 9733;
const DEAD: u16 = 9735;
/// This BMC reads no more than sixteen bytes of it.
const KEY: &str = "sixteen-byte-key";

/// A BMC on a port, with more lines of configuration for its channel.
fn start(folder: &Path, port: u16, more: &str) -> IpmiSim {
    let config = format!(
        "name \"peer\"\n\
         set_working_mc 0x20\n\
         startlan 1\n\
         addr 127.0.0.1 {port}\n\
         {more}\
         priv_limit admin\n\
         allowed_auths_callback none md2 md5 straight\n\
         allowed_auths_user none md2 md5 straight\n\
         allowed_auths_operator none md2 md5 straight\n\
         allowed_auths_admin none md2 md5 straight\n\
         guid a123456789abcdefa123456789abcdef\n\
         endlan\n\
         user 1 true \"\" \"test\" user 10 none md2 md5 straight\n\
         user 2 true \"ipmiusr\" \"test\" admin 10 none md2 md5 straight\n"
    );
    ipmi_sim::start(folder, &config)
}

fn run(program: &str, words: &str) -> (Option<i32>, String, String) {
    run_on(PORT, program, words)
}

fn run_on(port: u16, program: &str, words: &str) -> (Option<i32>, String, String) {
    let port = port.to_string();
    let access = ["-H", "127.0.0.1", "-p", &port, "-U", "ipmiusr"];
    let output = Command::new(program).args(access).args(words.split(' ')).output().expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn are_missing() -> bool {
    if ipmi_sim::is_missing() || !Path::new(REFERENCE).exists() {
        assert!(std::env::var_os("PEERS").is_none(), "ipmi_sim or the reference is missing");
        eprintln!("NOT RUN: ipmi_sim or {REFERENCE} is missing");
        return true;
    }
    false
}

/// Waits until the BMC answers such a command.
fn wait_for(port: u16, words: &str) {
    let limit = Instant::now() + Duration::from_secs(20);
    while run_on(port, REFERENCE, words).0 != Some(0) {
        assert!(Instant::now() < limit, "the simulator does not answer");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn the_bmc_key_and_who_does_not_answer() {
    if are_missing() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peer-key");
    let _sim = start(&folder, KEYED, &format!("bmc_key \"{KEY}\"\n"));
    let ours = env!("CARGO_BIN_EXE_ipmitool");
    wait_for(KEYED, &format!("-I lanplus -C 3 -P test -N 1 -R 1 -k {KEY} mc guid"));
    let keyed = [
        (format!("-I lanplus -C 3 -P test -k {KEY} mc info"), 0),
        ("-I lanplus -C 3 -P test -N 1 -R 1 mc info".to_owned(), 1),
        ("-I lanplus -C 3 -P test -N 1 -R 1 -k another mc info".to_owned(), 1),
        (format!("-I lanplus -C 1 -P test -k {KEY} raw 6 1"), 0),
        // A suite it does not have.
        (format!("-I lanplus -C 17 -P test -k {KEY} mc info"), 1),
        (format!("-I lanplus -C 8 -P test -k {KEY} mc info"), 1),
        // IPMI 1.5 has no such key.
        ("-I lan -P test mc guid".to_owned(), 0),
        ("-I lan -A NONE mc guid".to_owned(), 0),
    ];
    for (words, status) in &keyed {
        let theirs = run_on(KEYED, REFERENCE, words);
        assert_eq!(theirs.0, Some(*status), "the reference on {words}: {theirs:?}");
        assert_eq!(run_on(KEYED, ours, words), theirs, "{words}");
    }
    for words in ["-I lanplus -C 3 -P test -N 1 -R 1 mc info", "-I lan -P test -N 1 -R 1 mc info"] {
        assert_eq!(run_on(DEAD, ours, words), run_on(DEAD, REFERENCE, words), "{words}");
    }
}

#[test]
fn lan_and_lanplus_answer_as_the_reference() {
    if are_missing() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peer");
    let _sim = start(&folder, PORT, "");
    let ours = env!("CARGO_BIN_EXE_ipmitool");
    wait_for(PORT, "-I lanplus -P test -N 1 -R 1 mc guid");
    let mut cases: Vec<String> = Vec::new();
    for suite in [0, 1, 2, 3] {
        cases.push(format!("-I lanplus -P test -C {suite} mc info"));
    }
    for auth in ["MD5", "PASSWORD"] {
        cases.push(format!("-I lan -P test -A {auth} mc info"));
    }
    for words in ["-I lanplus -P wrong mc info", "-I lanplus -P test -U nobody mc info", "-I lanplus -P test sel list"]
    {
        cases.push(words.to_owned());
    }
    for words in [
        // A satellite controller, one that is not there, and transit controllers that are either side itself.
        "lanplus -C 3 -t 0x30",
        "lan -t 0x30",
        "lan -t 0x40 -N 1 -R 1",
        "lanplus -C 3 -t 0x30 -T 0x20 -B 7",
        "lan -t 0x30 -T 0x20 -B 7",
        "lanplus -C 3 -t 0x30 -T 0x30",
        "lan -m 0x24 -t 0x30",
        "lanplus -C 3 -m 0x24",
        // xRC4, which this BMC refuses.
        "lanplus -C 4",
    ] {
        let words = format!("-P test -I {words} raw 6 1");
        assert_eq!(run(ours, &words), run(REFERENCE, &words), "{words}");
    }
    for words in &cases {
        let mut theirs = run(REFERENCE, words);
        // A deviation: this BMC ignores the question for its suites, which costs the reference ten seconds
        // and a complaint.
        theirs.2 = theirs.2.replace("Unable to Get Channel Cipher Suites\n", "");
        assert_eq!(run(ours, words), theirs, "{words}");
        let refused = words.contains("wrong") || words.contains("nobody");
        assert_eq!(theirs.0 == Some(0), !refused, "the reference on {words}: {theirs:?}");
    }
    // A deviation: the reference is built without MD2.
    assert_eq!(run(ours, "-I lan -P test -A MD2 mc info"), run(REFERENCE, "-I lan -P test -A MD5 mc info"));
}
