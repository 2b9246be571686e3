//! What `sel save` keeps, `sel add` restores; what `sel writeraw` keeps, `sel readraw` shows.

use ipmitool::bmc::Bmc;
use ipmitool::cmd::dispatch;
use ipmitool::family::{Context, Memory, Settings, Status};
use ipmitool::ipmi::Route;
use ipmitool::out::{Format, Output};
use ipmitool::sim::{Profile, SimulatedBmc};
use ipmitool::transport::sim::SimTransport;
use std::path::PathBuf;

/// A simulated machine, and what has been shown so far.
struct Machine(Context);

impl Machine {
    fn new() -> Self {
        let profile = Profile::parse(r#"{"clock": 1700000000}"#).expect("a profile");
        let bmc = Bmc::new(Box::new(SimTransport::new(SimulatedBmc::new(profile))), Route::direct());
        Machine(Context {
            bmc,
            out: Output::memory(Format::Text),
            settings: Settings::default(),
            memory: Memory::default(),
        })
    }

    /// Runs a command; gives what it shows on stdout.
    async fn run(&mut self, words: &[&str]) -> String {
        self.0.out = Output::memory(Format::Text);
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(dispatch(&mut self.0, &words).await, Status::OK, "{words:?}");
        String::from_utf8_lossy(&self.0.out.captured().stdout).into_owned()
    }
}

fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("sel-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.join(name)
}

#[tokio::test]
async fn saved_events_are_restored() {
    let mut machine = Machine::new();
    let (before, after) = (file("before"), file("after"));
    let (before_word, after_word) = (before.to_str().expect("a path"), after.to_str().expect("a path"));
    machine.run(&["sel", "save", before_word]).await;
    machine.run(&["sel", "clear"]).await;
    machine.run(&["sel", "add", before_word]).await;
    machine.run(&["sel", "save", after_word]).await;
    let [before, after] = [before, after].map(|path| std::fs::read_to_string(path).expect("a saved log"));
    assert!(before.lines().count() > 30);
    assert_eq!(before, after);
}

#[tokio::test]
async fn raw_entries_are_shown_again() {
    let mut machine = Machine::new();
    let path = file("raw");
    let word = path.to_str().expect("a path");
    let listed = machine.run(&["sel", "writeraw", word]).await;
    assert_eq!(listed, machine.run(&["sel", "list"]).await);
    assert_eq!(listed, machine.run(&["sel", "readraw", word]).await);
    let named = machine.run(&["sel", "elist"]).await;
    assert_ne!(listed, named);
    assert_eq!(named, machine.run(&["sel", "ereadraw", word]).await);
}
