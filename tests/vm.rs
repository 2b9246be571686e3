//! Ours and the reference on a real kernel's `/dev/ipmi0`, in a virtual machine whose BMC is QEMU's:
//! the same bytes on both streams and the same status for every line of `tests/peers/vm/commands`.
//!
//! It needs `qemu-system-x86`, a kernel in `/boot` with its IPMI modules, and busybox; KVM is not
//! used. `PEERS=required` or `CI=true` turns a missing piece into a failure; without them the test
//! says what is missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const REFERENCE: &str = "/usr/bin/ipmitool";
/// What `run.sh` says by its status when a piece is missing.
const MISSING: i32 = 2;

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/vm")
}

fn required() -> bool {
    std::env::var_os("PEERS").is_some() || std::env::var_os("CI").is_some_and(|value| value == "true")
}

/// What one program said to one line.
#[derive(PartialEq, Eq)]
struct Said {
    status: String,
    out: String,
    err: String,
}

impl Said {
    fn read(results: &Path, number: usize, who: &str) -> Said {
        let part = |part: &str| {
            let path = results.join(format!("{number}.{who}.{part}"));
            let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Said { status: part("status"), out: part("out"), err: part("err") }
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "status {}stdout:\n{}stderr:\n{}", self.status, self.out, self.err)
    }
}

/// Boots the machine with this interface between kernel and BMC, and compares.
fn compare(interface: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("vm-{interface}"));
    let run = Command::new("sh")
        .arg(peers().join("run.sh"))
        .args([env!("CARGO_BIN_EXE_ipmitool"), REFERENCE, interface])
        .arg(&folder)
        .output()
        .expect("sh runs");
    let said = String::from_utf8_lossy(&run.stdout);
    if run.status.code() == Some(MISSING) {
        assert!(!required(), "missing: {said}");
        eprintln!("NOT RUN: missing: {said}");
        return;
    }
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));

    let commands = fs::read_to_string(peers().join("commands")).expect("the commands");
    let mut wrong = Vec::new();
    let (mut compared, mut succeeded) = (0, 0);
    for (index, line) in commands.lines().enumerate() {
        if line.is_empty() || line.starts_with(['#', '+']) {
            continue;
        }
        let results = folder.join("results");
        let theirs = Said::read(&results, index + 1, "reference");
        let ours = Said::read(&results, index + 1, "ours");
        compared += 1;
        succeeded += usize::from(theirs.status.trim() == "0");
        match (line.starts_with("? "), ours == theirs) {
            (false, true) | (true, false) => {}
            (false, false) => wrong.push(format!("== {line}\n-- the reference: {theirs}-- ours: {ours}")),
            (true, true) => wrong.push(format!("== {line}\nis marked as pending, but passes")),
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} lines differ:\n{}", wrong.len(), wrong.join("\n"));
    // A machine without a BMC would make both programs say the same, too.
    assert!(succeeded > compared / 2, "the reference itself has succeeded in only {succeeded} of {compared} lines");
}

#[test]
fn a_kcs_interface_answers_as_the_reference() {
    compare("kcs");
}

#[test]
fn a_bt_interface_answers_as_the_reference() {
    compare("bt");
}
