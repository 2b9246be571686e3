//! What `lan6 save` writes, `lan6 set` sets: the script is played back to another machine, which then
//! shows the same configuration.

use ipmitool::sim::{Profile, SimulatedBmc, socket};
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// A simulated BMC behind a socket of its own.
struct Machine(PathBuf);

impl Machine {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("lan6-{}-{name}", std::process::id()));
        std::fs::remove_file(&path).ok();
        let listener = UnixListener::bind(&path).expect("a socket");
        let bmc = Arc::new(Mutex::new(SimulatedBmc::new(Profile::default())));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                drop(socket::serve(&mut stream, &bmc));
            }
        });
        Machine(path)
    }

    fn run(&self, line: &str) -> String {
        self.run_with(line, "")
    }

    fn run_with(&self, line: &str, stdin: &str) -> String {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ipmitool"))
            .args(["-I", "dummy"])
            .args(line.split(' '))
            .env("IPMI_DUMMY_SOCK", &self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        child.stdin.take().expect("a pipe").write_all(stdin.as_bytes()).expect("somebody reads");
        let output = child.wait_with_output().expect("an end");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !stderr.contains("Failed"), "{line}: {stderr}");
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

const CHANGES: [&str; 11] = [
    "lan6 set 1 enables ipv6",
    "lan6 set 1 traffic_class 0x2e",
    "lan6 set 1 static_hops 17",
    "lan6 set 1 static_addr 0 disable ::ffff:192.0.2.9 96",
    "lan6 set 1 static_addr 1 enable fe80::1 10",
    "lan6 set 1 static_duid 0 0 0a00030001525400000001",
    "lan6 set 1 static_duid 0 1 000102030405060708090a0b0c0d0e0f",
    "lan6 set 1 dhcp6_cfg 0 0102030405060708090a0b0c0d0e0f10 111213141516",
    "lan6 set 1 rtr_cfg static",
    "lan6 set 1 static_rtr 2 2001:db8::fe 02:00:00:00:00:fe 2001:db8:: 48",
    "lan6 set 1 ndslaac_cfg 0 0102030405060708090a0b0c0d0e0f10",
];

#[test]
fn a_saved_configuration_can_be_played_back() {
    let (original, copy) = (Machine::new("original"), Machine::new("copy"));
    for change in CHANGES {
        original.run(change);
    }
    let script = original.run("lan6 save 1");
    assert!(script.starts_with("lan6 lock 1\n") && script.ends_with("lan6 commit 1\nlan6 discard 1\nexit\n"));
    // Without the one line that sets another value than it was read from.
    let script: String = script.split_inclusive('\n').filter(|line| !line.contains(" flow_label ")).collect();
    copy.run_with("shell", &script);
    let shown = original.run("lan6 print 1");
    assert_eq!(copy.run("lan6 print 1"), shown);
    assert_ne!(Machine::new("untouched").run("lan6 print 1"), shown);
}
