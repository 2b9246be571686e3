//! Both LAN interfaces on a bad wire: our program, the simulated BMC, and a relay between them. What
//! arrives late, twice, out of order or damaged changes nothing but the time; what is lost is asked for
//! again, unless asking twice would do harm.

mod net;

use net::{Faults, OURS, REFERENCE, Ran, Relay, Served, command, is_missing, run, several};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const INTERFACES: [&str; 2] = ["lanplus", "lan"];
const POWER: &str = "Chassis Power is on\n";

/// The same words with and without faults bring the same.
fn assert_same(served: &Served, faults: Faults, words: &[&str]) {
    let before = served.sessions();
    let relay = Relay::new(served.port, faults);
    let mut jobs = Vec::new();
    for interface in INTERFACES {
        jobs.extend(words.iter().map(|words| format!("-I {interface} {words}")));
    }
    let results = several(jobs.clone(), 4, |words| (run(OURS, served.port, &words), run(OURS, relay.port, &words)));
    for (words, (good, bad)) in jobs.iter().zip(results) {
        assert_eq!(good.status, Some(0), "{words}: {good:?}");
        assert_eq!(
            (bad.status, &bad.stdout, &bad.stderr),
            (good.status, &good.stdout, &good.stderr),
            "{words}: {faults:?}"
        );
    }
    assert_eq!(served.sessions(), before, "sessions are left open");
}

#[test]
fn doubled_datagrams_change_nothing() {
    let served = Served::new("{}");
    assert_same(&served, Faults { double: 100, ..Faults::default() }, &["sdr list", "chassis status", "sel list"]);
}

#[test]
fn late_and_stale_datagrams_change_nothing() {
    let served = Served::new("{}");
    let faults = Faults { seed: 3, delay: 5, reorder: 20, stale: 30, double: 20, ..Faults::default() };
    assert_same(&served, faults, &["sel list", "mc info", "user list 1"]);
}

#[test]
fn damage_and_loss_bring_no_wrong_answer() {
    let served = Served::new("{}");
    let before = served.sessions();
    // The messages that open an RMCP+ session have no checksum: a BMC refuses a damaged one, and that refusal is
    // as final as a true one. More damage than this would be a test of luck.
    let faults = Faults { seed: 11, drop: 10, corrupt: 3, double: 10, reorder: 10, stale: 10, delay: 10 };
    let relay = Relay::new(served.port, faults);
    let jobs: Vec<String> = (0..12).map(|n| format!("-I {} chassis power status", INTERFACES[n % 2])).collect();
    let results = several(jobs, 6, |words| run(OURS, relay.port, &words));
    let right = results.iter().filter(|ran| ran.status == Some(0)).count();
    for ran in &results {
        assert_eq!(ran.stdout, if ran.status == Some(0) { POWER } else { "" }, "{ran:?}");
    }
    assert!(right >= 9, "{right} of {}: {results:?}", results.len());
    assert_eq!(served.sessions(), before, "sessions are left open");
}

#[test]
fn what_changes_something_is_never_done_twice() {
    for interface in INTERFACES {
        // It is carried out, and its answer is lost each time.
        let served = Served::new(r#"{"faults": ["00/02:drop"]}"#);
        let before = served.sessions();
        let ran = run(OURS, served.port, &format!("-I {interface} -N 1 -R 3 chassis power cycle"));
        assert_eq!(served.count(0x00, 0x02), 1, "{interface}: {ran:?}");
        assert_eq!(ran.status, Some(1), "{interface}: {ran:?}");
        assert!(ran.stderr.starts_with("No answer: the request may have been carried out, or not.\n"), "{ran:?}");
        assert_eq!(served.sessions(), before, "{interface}");
        // What only reads may be.
        let served = Served::new(r#"{"faults": ["00/01#1:drop"]}"#);
        let ran = run(OURS, served.port, &format!("-I {interface} chassis power status"));
        assert_eq!((ran.status, ran.stdout.as_str(), served.count(0, 1)), (Some(0), POWER, 2), "{interface}");
        assert!(ran.time < Duration::from_millis(900), "{interface}: {ran:?}");
    }
}

#[test]
fn sessions_are_closed_on_every_way_out() {
    let served = Served::new("{}");
    let before = served.sessions();
    let relay = Relay::new(served.port, Faults { delay: 25, ..Faults::default() });
    let mut jobs = Vec::new();
    for (index, after) in (20..1400).step_by(60).enumerate() {
        let signal = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP][index % 3];
        jobs.push((INTERFACES[index % 2], signal, Duration::from_millis(after)));
    }
    let ends = several(jobs, 8, |(interface, signal, after)| {
        let words = format!("-I {interface} sel list");
        let mut child = command(OURS, relay.port, &words);
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        std::thread::sleep(after);
        let id = Pid::from_raw(i32::try_from(child.id()).expect("a process id"));
        kill(id, signal).ok();
        let start = Instant::now();
        let status = child.wait().expect("an end").code();
        (signal, status, start.elapsed())
    });
    for (signal, status, time) in ends {
        let expected = match signal {
            Signal::SIGINT => 255,
            Signal::SIGTERM => 143,
            _ => 129,
        };
        // Before it listens, a signal just ends it; afterwards it may be done already.
        assert!(status == Some(expected) || status.is_none() || status == Some(0), "{signal}: {status:?}");
        assert!(time < Duration::from_secs(2), "{signal}: {time:?}");
    }
    // Refused by the BMC, and by the program itself once the session is open.
    for words in ["-L USER chassis power off", "nonsense", "-T 0x82 mc info", "sdr get nothing", "chassis power wrong"]
    {
        for interface in INTERFACES {
            run(OURS, relay.port, &format!("-I {interface} {words}"));
        }
    }
    assert_eq!(served.sessions(), before, "sessions are left open");
}

#[test]
fn the_deadline_is_kept() {
    let quiet = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let quiet = quiet.local_addr().expect("an address").port();
    let served = Served::new(r#"{"faults": ["0a/43:delay=300"]}"#);
    let before = served.sessions();
    for interface in INTERFACES {
        let silent = Served::new(r#"{"faults": ["0a/43#3:drop", "06/3c:drop"]}"#);
        // Before a session, in its midst, with a BMC that does not even close it, and one that is quick enough.
        let jobs = [
            (quiet, "--deadline 0.4 mc info", 0.4, Some(124)),
            (quiet, "--deadline=1 mc info", 1.0, Some(124)),
            (served.port, "--deadline 1.2 sel list", 1.2, Some(124)),
            (silent.port, "-N 5 --deadline 1.5 sel list", 1.5, Some(124)),
            (served.port, "--deadline 5 chassis power status", 5.0, Some(0)),
        ];
        for (port, words, seconds, status) in jobs {
            let ran = run(OURS, port, &format!("-I {interface} {words}"));
            assert_eq!(ran.status, status, "{interface} {words}: {ran:?}");
            // Starting a process takes a moment on a busy machine.
            assert!(ran.time < Duration::from_secs_f64(seconds + 0.4), "{interface} {words}: {ran:?}");
            let said = format!("Deadline of {seconds} seconds exceeded\n");
            assert_eq!(ran.stderr.contains(&said), status == Some(124), "{interface} {words}: {ran:?}");
        }
    }
    assert_eq!(served.sessions(), before, "sessions are left open");
}

#[test]
fn a_name_that_is_not_found_in_time_ends_too() {
    let mut command = std::process::Command::new(OURS);
    let words = ["-I", "lanplus", "-U", "admin", "-P", "x", "-H", "nowhere.invalid", "--deadline", "0.5", "mc", "info"];
    let start = Instant::now();
    let status = command.args(words).stdin(Stdio::null()).output().expect("it runs").status.code();
    // A resolver may know at once that there is no such name.
    assert!(status == Some(124) || status == Some(1), "{status:?}");
    assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
}

#[test]
fn what_is_weak_is_refused_before_anything_is_sent() {
    use std::os::unix::fs::PermissionsExt;
    let served = Served::new("{}");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = |name: &str, mode: u32| {
        let path = folder.join(name);
        std::fs::write(&path, "admin\n").expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("its mode");
        path.display().to_string()
    };
    let (private, public) = (file("private", 0o600), file("public", 0o644));
    let run = |words: &str| {
        let access = ["-H", "127.0.0.1", "-p", &served.port.to_string(), "-U", "admin"];
        let mut command = std::process::Command::new(OURS);
        let output = command.args(access).args(words.split(' ')).stdin(Stdio::null()).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let status = "chassis power status";
    let good = (Some(0), POWER.to_owned());
    assert_eq!(run(&format!("--secure -I lanplus -f {private} {status}")), good);
    for (words, word) in [
        ("-I lanplus -C 0 -f private", "suite 0"),
        ("-I lanplus -C 2 -f private", "suite 2"),
        ("-I lan -f private", "-I lan"),
        ("-I lan -A MD5 -f private", "-I lan"),
        ("-I lanplus -A NONE -f private", "-A NONE"),
        ("-I lanplus -f public", "everybody"),
        ("-I lanplus -P admin", "-P"),
        ("-I lanplus -f private -k key", "-k"),
    ] {
        let words = words.replace("private", &private).replace("public", &public);
        let asked = served.requests();
        let (code, text) = run(&format!("{words} {status} --secure"));
        assert!(code == Some(1) && text.starts_with("Refused by --secure: ") && text.contains(word), "{words}: {text}");
        assert_eq!(served.requests(), asked, "{words}");
        // Without the option, and without a terminal, nothing is said.
        if !words.contains("NONE") && !words.contains(" -k ") {
            assert_eq!(run(&format!("{words} {status}")), good, "{words}");
        }
    }
}

/// `nohup` and systemd have their programs ignore signals; both programs go on doing so.
#[test]
fn what_is_ignored_stays_ignored() {
    let served = Served::new("{}");
    let deaf = |program: &str, port: u16| {
        let shell = ["-c", r#"trap "" HUP TERM PIPE; exec "$0" "$@""#, program];
        let inner = command(program, port, "-I lanplus chassis status");
        let mut command = std::process::Command::new("/bin/sh");
        command.args(shell).args(inner.get_args()).stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    for program in [OURS, REFERENCE] {
        if program == REFERENCE && is_missing(REFERENCE) {
            continue;
        }
        let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
        silent.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        let port = silent.local_addr().expect("an address").port();
        let mut child = deaf(program, port).stdout(Stdio::null()).spawn().expect("it runs");
        // It has begun to ask, so it has long taken its signals over.
        silent.recv(&mut [0; 512]).expect("a question");
        let id = Pid::from_raw(i32::try_from(child.id()).expect("a process id"));
        for signal in [Signal::SIGHUP, Signal::SIGTERM] {
            kill(id, signal).expect("it is there");
        }
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(child.try_wait().expect("a child"), None, "{program}");
        child.kill().expect("it is there");
        child.wait().expect("an end");
        // Nobody reads, and nobody minds.
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let status = deaf(program, served.port).stdout(writer).status().expect("it runs");
        assert_eq!(status.code(), Some(0), "{program}");
    }
}

/// When a console's datagrams arrive at a host that is silent, from the first one on, and how it ends.
fn heard_by_the_silent(program: &str, words: &str) -> (Vec<Duration>, Ran) {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let port = silent.local_addr().expect("an address").port();
    silent.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
    let mut times = Vec::new();
    let ran = std::thread::scope(|scope| {
        let running = scope.spawn(|| run(program, port, words));
        while !running.is_finished() {
            if silent.recv(&mut [0; 512]).is_ok() {
                times.push(Instant::now());
            }
        }
        running.join().expect("no panic")
    });
    let first = times.first().copied();
    (times.iter().filter_map(|time| Some(*time - first?)).collect(), ran)
}

#[test]
fn the_dead_are_given_up_as_by_the_reference() {
    if is_missing(REFERENCE) {
        return;
    }
    let mut jobs = Vec::new();
    for words in
        ["-I lanplus -N 1 -R 2 mc info", "-I lan -N 1 -R 3 mc info", "-I lanplus -R 1 mc info", "-I lan mc info"]
    {
        jobs.extend([(REFERENCE, words), (OURS, words)]);
    }
    let results = several(jobs.clone(), 8, |(program, words)| heard_by_the_silent(program, words));
    for (index, pair) in results.chunks(2).enumerate() {
        let ([(their_times, theirs), (our_times, ours)], (_, words)) = (pair, jobs[index * 2]) else { panic!("pairs") };
        assert_eq!(
            (ours.status, &ours.stdout, &ours.stderr),
            (theirs.status, &theirs.stdout, &theirs.stderr),
            "{words}"
        );
        assert_eq!(our_times.len(), their_times.len(), "{words}: {our_times:?}, {their_times:?}");
        for (our, their) in our_times.iter().zip(their_times) {
            let off = our.abs_diff(*their);
            assert!(off < Duration::from_millis(150), "{words}: {our_times:?}, {their_times:?}");
        }
        assert!(ours.time < theirs.time + Duration::from_millis(200), "{words}: {ours:?}, {theirs:?}");
    }
}

#[test]
fn no_command_asks_more_than_the_reference() {
    if is_missing(REFERENCE) {
        return;
    }
    let words = ["chassis power status", "sdr list", "user list 1", "chassis power off", "nonsense"];
    for interface in INTERFACES {
        for words in words {
            let asked = |program: &str| {
                let served = Served::new("{}");
                let relay = Relay::new(served.port, Faults { delay: 10, ..Faults::default() });
                run(program, relay.port, &format!("-I {interface} {words}"));
                (relay.seen.load(Ordering::Relaxed), served.requests())
            };
            let (theirs, ours) = (asked(REFERENCE), asked(OURS));
            assert!(
                ours.0 <= theirs.0 && ours.1 <= theirs.1,
                "{interface} {words}: {ours:?}, the reference {theirs:?}"
            );
        }
    }
}

/// `cargo test --release --test lossy -- --ignored --nocapture loss_of`: both programs, 100 runs each.
#[test]
#[ignore = "takes minutes"]
fn loss_of_both_programs_in_one_run() {
    if is_missing(REFERENCE) {
        return;
    }
    let at_once = std::env::var("AT_ONCE").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    println!(
        "failed of 100 runs of `chassis power status`, 20 ms round trip; wrong answers; mean and longest time (s)"
    );
    for interface in INTERFACES {
        for (drop, limit) in [(5, 0), (10, 1), (20, 5)] {
            for program in [REFERENCE, OURS] {
                let served = Served::new(r#"{"session_slots": 255}"#);
                let relay = Relay::new(served.port, Faults { seed: 1, drop, delay: 10, ..Faults::default() });
                let words = format!("-I {interface} chassis power status");
                let results = several(vec![words; 100], at_once, |words| run(program, relay.port, &words));
                let failed = results.iter().filter(|ran| ran.status != Some(0) || ran.stdout != POWER).count();
                let wrong = results.iter().filter(|ran| !ran.stdout.is_empty() && ran.stdout != POWER).count();
                let mean = results.iter().map(|ran| ran.time.as_secs_f64()).sum::<f64>() / 100.0;
                let longest = results.iter().map(|ran| ran.time.as_secs_f64()).fold(0.0, f64::max);
                let name = if program == OURS { "ours" } else { "reference" };
                // The colleague of the simulated BMC is logged out after a minute.
                let left = served.sessions().saturating_sub(1);
                println!(
                    "{interface:8} {drop:2}%  {name:9}  {failed:3}  {wrong}  {mean:5.2} {longest:6.2}  sessions left {left}"
                );
                if program == OURS {
                    assert!(failed <= limit && wrong == 0, "{failed} failed: {results:?}");
                }
            }
        }
    }
}

/// The reference leaves the record out without a word.
#[test]
fn a_renewal_of_a_reservation_that_gets_lost_costs_no_record() {
    let whole = Served::new("{}");
    let served = Served::new(r#"{"faults": ["0a/23#3:cc=c5", "0a/22#2:drop", "0a/23#4:cc=c5"]}"#);
    let [whole, ran] = [&whole, &served].map(|served| run(OURS, served.port, "-I lanplus -N 1 -R 1 sensor list"));
    assert_eq!(ran.stdout, whole.stdout);
    let told = "No answer: the request may have been carried out, or not.\n";
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), told));
    assert_eq!(served.count(0x0a, 0x22), 3);
}
