//! `sdr fill` reads its source before it erases the repository; the reference erases first. So golden
//! cases cannot hold these runs: here the same things are said and asked, the erasure at another time.

#[allow(dead_code)]
#[path = "golden/format.rs"]
mod format;
#[allow(dead_code)]
#[path = "golden/run.rs"]
mod run;

use format::{Case, Suite};
use run::{Program, Ran};
use std::path::Path;

const ERASE: &str = "0a/27";

fn case(line: &str) -> Case {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "fill-{:016x}",
        line.bytes().fold(7_u64, |hash, byte| { (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3) })
    ));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("one.cases");
    std::fs::write(&path, format!("one: {line}\n")).expect("a file");
    Suite::read(&path).expect("a case").cases.remove(0)
}

fn run(program: &Program, line: &str) -> Ran {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    run::run(&root, program, &case(line), None).expect("an answer")
}

fn ours(line: &str) -> Ran {
    run(&Program::ours(env!("CARGO_BIN_EXE_ipmitool")), line)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The requests, without those of the start.
fn requests(ran: &Ran) -> Vec<String> {
    ran.requests.iter().filter(|request| !request.starts_with("2c/")).cloned().collect()
}

#[test]
fn a_source_that_cannot_be_read_costs_nothing() {
    let lines = [
        "sdr fill nosat",
        "@fault=06/01:cc=c1 sdr fill sensors",
        "@fault=06/01:cc=c1 sdr fill range 0x28",
        "sdr fill range 0x29",
        "sdr fill file nothing",
        "sdr fill file .",
        r#"@file=d="\x08\x00\x51\xc0\x09abc" sdr fill file d"#,
        "@profile=built-in @fault=04/20:cc=c1 sdr fill nosat",
        "@profile=built-in @fault=04/22:cc=c1 sdr fill nosat",
        "@profile=built-in @fault=04/21:cc=c1 sdr fill nosat",
        "@profile=built-in @fault=04/21#2:cc=cb sdr fill nosat",
        "@profile=built-in @fault=04/21#3:drop @fault=04/21#4:cc=c0 sdr fill nosat",
        "@profile=built-in @fault=06/01:cc=c1 sdr fill range 0x28",
    ];
    for line in lines {
        let ran = ours(line);
        assert_eq!(ran.status, "1", "{line}");
        assert!(!ran.stderr.is_empty(), "{line}");
        assert!(!ran.requests.iter().any(|request| request.starts_with(ERASE)), "{line}");
    }
}

#[test]
fn the_reference_says_and_asks_the_same() {
    let reference = Program::reference();
    if !reference.exists() {
        eprintln!("skipped: the reference is not installed (package ipmitool)");
        return;
    }
    let alone = "@fault=06/01:cc=c1 @fault=06/01#1:reply=20810314 02bfb91e000110".replace(' ', "");
    let alone = alone.replace("@fault", " @fault");
    let lines = [
        "@profile=built-in sdr fill nosat".to_owned(),
        "@profile=built-in @fault=0a/27#1:set=0=00 sdr fill nosat".to_owned(),
        "@profile=built-in @fault=0a/25#1:cc=c1 sdr fill nosat".to_owned(),
        "@profile=built-in @fault=0a/25#6:cc=c1 sdr fill nosat".to_owned(),
        "@profile=built-in @fault=0a/22#3:cc=c1 sdr fill nosat".to_owned(),
        format!("@profile=built-in {alone} sdr fill sensors"),
        format!("@profile=built-in {alone} sdr fill range 0x28"),
        format!("@profile=built-in {alone} sdr fill range 0x28,0x30-0x34"),
        format!("@profile=built-in {alone} sdr fill range 0x29,0x30"),
        format!("@profile=built-in {alone} @fault=0a/25#6:cc=c1 sdr fill range 0x28,0x30"),
    ];
    for line in lines {
        let (theirs, ours) = (run(&reference, &line), ours(&line));
        assert_eq!(text(&ours.stdout), text(&theirs.stdout), "{line}");
        assert_eq!(ours.status, theirs.status, "{line}");
        assert_eq!(text(&ours.stderr), text(&theirs.stderr), "{line}");
        let (mut ours, mut theirs) = (requests(&ours), requests(&theirs));
        ours.sort();
        theirs.sort();
        // The reference does not read the others when a record of the first cannot be added.
        if line.contains("0a/25#6:cc=c1") && line.contains("range") {
            ours.retain(|request| request != "06/01");
            theirs.retain(|request| request != "06/01");
        }
        assert_eq!(ours, theirs, "{line}");
    }
}

#[test]
fn a_file_is_added_record_by_record() {
    let line = r#"@profile=few @file=d="\x08\x00\x51\xc0\x14ABCDEFGHIJKLMNOPQRST\x09\x00\x51\xc0\x00\x0a\x01\x51\xc0\x01a" sdr fill file d"#;
    let ran = ours(line);
    let expected = [
        "0a/22",
        "0a/27 01 00 43 4c 52 aa",
        "0a/22",
        "0a/25 02 00 00 00 00 00 08 00 51 c0 14",
        "0a/25 02 00 04 00 05 00 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50 51 52 53",
        "0a/25 02 00 04 00 18 01 54",
        "0a/22",
        "0a/25 03 00 00 00 00 00 0a 01 51 c0 01",
        "0a/25 03 00 05 00 05 01 61",
    ];
    assert_eq!(requests(&ran), expected);
    assert_eq!((ran.status.as_str(), text(&ran.stdout).as_str()), ("0", "SDRR successfully erased\n"));
    assert_eq!(text(&ran.stderr), "ipmitool: bad record , skipped\n");
}

#[test]
fn what_is_not_added_is_told() {
    let file = r#"@profile=few @file=d="\x08\x00\x51\xc0\x03abc\x09\x00\x51\xc0\x01a""#;
    let told = |fault: &str| {
        let ran = ours(&format!("{file} @fault={fault} sdr fill file d"));
        (ran.status, text(&ran.stderr))
    };
    let message = |why: &str, id: u8| format!("ipmitool: {why}\nCannot add SDR ID 0x{id:04x} to repository...\n");
    assert_eq!(told("0a/22#2:cc=c1"), ("0".to_owned(), message("reservation failed", 8)));
    assert_eq!(told("0a/25#1:cc=c1"), ("0".to_owned(), message("partial send error", 8)));
    assert_eq!(told("0a/25#2:cut=1"), ("0".to_owned(), message("partial add failed", 8)));
    assert_eq!(told("0a/25#4:cc=80"), ("1".to_owned(), message("partial add failed", 9)));
}

/// What one program dumps, the other takes as its cache.
#[test]
fn caches_are_interchangeable() {
    let reference = Program::reference();
    if !reference.exists() {
        eprintln!("skipped: the reference is not installed (package ipmitool)");
        return;
    }
    let (theirs, ours) = (run(&reference, "@out=d sdr dump d"), ours("@out=d sdr dump d"));
    assert_eq!(theirs.files, ours.files);
    let content: String = ours.files[0].1.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    let line = format!("@file=d=\"{content}\" -S d sdr elist all");
    let (theirs, ours) = (run(&reference, &line), run(&Program::ours(env!("CARGO_BIN_EXE_ipmitool")), &line));
    assert_eq!(text(&ours.stdout), text(&theirs.stdout));
    assert_eq!((ours.requests, ours.stderr), (theirs.requests, theirs.stderr));
}
