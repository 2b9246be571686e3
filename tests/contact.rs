//! First contact, and when something is sent again: the session machines under a clock of their own.

mod wire;

use ipmitool::ipmi::{NetFn, Request};
use ipmitool::protocol::{Failure, Machine, Schedule};
use ipmitool::sim::{Origin, Profile};
use std::time::Duration;
use wire::{SCHEDULE, Wire, fifteen, plus, profile, random};

const SUITES: [[u8; 4]; 12] = [
    [0, 0, 0, 0],
    [1, 1, 0, 0],
    [2, 1, 1, 0],
    [3, 1, 1, 1],
    [6, 2, 0, 0],
    [7, 2, 2, 0],
    [8, 2, 2, 1],
    [11, 2, 3, 0],
    [12, 2, 3, 1],
    [15, 3, 0, 0],
    [16, 3, 4, 0],
    [17, 3, 4, 1],
];
/// Chosen by the console itself.
const BEST: u8 = 255;
const MILLI: Duration = Duration::from_millis(1);

/// A BMC that says it has some suites (or, with none, says nothing), and lets others in.
fn bmc(told: Option<&[u8]>, real: &[u8]) -> Wire {
    let mut faults = Vec::new();
    match told {
        None => faults.push("\"06/54:drop\"".to_owned()),
        Some(told) => {
            let told = SUITES.iter().filter(|suite| told.contains(&suite[0]));
            let records: Vec<u8> = told.flat_map(|[id, a, i, c]| [0xc0, *id, *a, 0x40 | i, 0x80 | c]).collect();
            for (part, chunk) in records.chunks(16).enumerate() {
                let hex: String = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
                faults.push(format!("\"06/54/0e00{:02x}:reply=01{hex}\"", 0x80 | part));
            }
        }
    }
    let mut wire = Wire::new(profile(&format!("{{\"faults\": [{}]}}", faults.join(", "))));
    let mut limits = vec![0x01, 0x18, 0x00];
    let nibble = |suite: &[u8; 4]| if real.contains(&suite[0]) { 4 } else { 0 };
    limits.extend(SUITES.chunks(2).map(|pair| nibble(&pair[0]) | nibble(&pair[1]) << 4));
    limits.resize(2 + 9, 0);
    wire.bmc.handle(&Origin::system_interface(), &Request::new(NetFn::TRANSPORT, 0x01, limits));
    wire
}

fn suite_of(machine: &dyn Machine) -> Option<u8> {
    machine.session().and_then(|(_, suite)| suite)
}

/// Algorithms asked for in the open session requests that were sent.
fn asked(wire: &Wire) -> Vec<[u8; 3]> {
    let requests = wire.sent.iter().filter(|datagram| datagram.get(5) == Some(&0x10));
    requests.map(|datagram| [28, 36, 44].map(|at| datagram[at])).collect()
}

#[test]
fn the_best_suite_on_offer_is_taken() {
    let all: Vec<u8> = SUITES.iter().map(|suite| suite[0]).collect();
    for (told, suite) in
        [(&[3][..], 3), (&[17], 17), (&[3, 17], 17), (&[0, 1, 2, 3], 3), (&all, 17), (&[0, 8], 8), (&[12, 2], 12)]
    {
        let (mut wire, mut machine) = (bmc(Some(told), told), plus("admin", "admin", BEST, 4, &[]));
        assert_eq!(wire.open(&mut machine), Ok(()), "{told:?}");
        assert_eq!(suite_of(&machine), Some(suite), "{told:?}");
        assert_eq!(wire.now, Duration::ZERO);
        assert_eq!(asked(&wire).len(), 1, "{told:?}");
    }
}

#[test]
fn a_bmc_that_does_not_tell_costs_a_second() {
    for real in [&[3][..], &[17], &[3, 17]] {
        for delay in [0, 10, 100] {
            let (mut wire, mut machine) = (bmc(None, real), plus("admin", "admin", BEST, 4, &[]));
            wire.delay = delay * MILLI;
            assert_eq!(wire.open(&mut machine), Ok(()), "{real:?}");
            assert_eq!(suite_of(&machine), Some(real[0]), "{real:?}");
            assert!(wire.now <= Duration::from_secs(1) + 12 * wire.delay, "{real:?}: {:?}", wire.now);
        }
    }
}

#[test]
fn a_refused_suite_makes_way_for_the_next_and_never_for_a_weak_one() {
    for (told, real, suite) in
        [(&[3, 17][..], &[3][..], 3), (&[17], &[3], 3), (&[3], &[17], 17), (&[17, 8, 12], &[12], 12)]
    {
        let (mut wire, mut machine) = (bmc(Some(told), real), plus("admin", "admin", BEST, 4, &[]));
        assert_eq!(wire.open(&mut machine), Ok(()), "{told:?} {real:?}");
        assert_eq!((suite_of(&machine), wire.now), (Some(suite), Duration::ZERO), "{told:?} {real:?}");
    }
    for told in [None, Some(&[0, 1, 2, 6, 7, 15, 16][..]), Some(&[0, 1, 2, 3, 17])] {
        let (mut wire, mut machine) = (bmc(told, &[0, 1, 2, 6, 7, 11, 15, 16]), plus("admin", "admin", BEST, 4, &[]));
        assert!(matches!(wire.open(&mut machine), Err(Failure::OpenRefused(_))), "{told:?}");
        let asked = asked(&wire);
        assert!(asked.len() == 2 && asked.iter().all(|suite| [[1, 1, 1], [3, 4, 1]].contains(suite)), "{asked:?}");
    }
}

#[test]
fn a_suite_that_was_asked_for_is_the_only_one() {
    for suite in [0, 1, 2, 3, 17] {
        let (mut wire, mut machine) = (bmc(Some(&[3, 17, suite]), &[8]), plus("admin", "admin", suite, 4, &[]));
        assert!(matches!(wire.open(&mut machine), Err(Failure::OpenRefused(_))), "{suite}");
        assert_eq!(asked(&wire).len(), 1, "{suite}");
        let (mut wire, mut machine) = (bmc(Some(&[3, 17]), &[suite]), plus("admin", "admin", suite, 4, &[]));
        assert_eq!((wire.open(&mut machine), suite_of(&machine)), (Ok(()), Some(suite)));
    }
}

/// When the transmissions of one request happened, counted from its first, and whether they were the
/// same datagram; nothing of it is answered.
fn transmissions(machine: &mut dyn Machine, round_trip: u32, request: (u8, u8)) -> (Vec<u128>, bool, u128) {
    let mut wire = Wire::new(Profile::default());
    wire.delay = round_trip * MILLI / 2;
    wire.open(machine).expect("a session");
    wire.tamper = Box::new(|_, _| Vec::new());
    let (start, first) = (wire.now, wire.sent.len());
    assert_eq!(wire.ask(machine, request.0, request.1, &[1]), None);
    let times = wire.times[first..].iter().map(|time| (*time - start).as_millis()).collect();
    let same = wire.sent[first..].iter().all(|datagram| *datagram == wire.sent[first]);
    (times, same, (wire.now - start).as_millis())
}

const READ: (u8, u8) = (0x06, 0x37);
const CHANGE: (u8, u8) = (0x0a, 0x22);

#[test]
fn reads_are_repeated_by_the_round_trip_and_changes_by_the_reference() {
    let console = |schedule: Schedule| {
        let mut machine = plus("admin", "admin", 3, 4, &[]);
        machine.set_schedule(schedule);
        machine
    };
    let own = vec![0, 1000, 3000, 6000];
    let fixed = Schedule { paced: false, ..SCHEDULE };
    let paced = transmissions(&mut console(SCHEDULE), 20, READ);
    assert_eq!(paced, (vec![0, 250, 625, 1187, 2031, 3296, 5195], false, 10_000));
    assert_eq!(transmissions(&mut console(SCHEDULE), 100, READ).0[..3], [0, 400, 1000]);
    assert_eq!(transmissions(&mut console(SCHEDULE), 300, READ), (own.clone(), false, 10_000));
    assert_eq!(transmissions(&mut console(fixed), 20, READ), (own.clone(), false, 10_000));
    // The same number each time, so that the BMC can tell.
    assert_eq!(transmissions(&mut console(SCHEDULE), 20, CHANGE), (own.clone(), true, 10_000));
    assert_eq!(transmissions(&mut console(fixed), 20, CHANGE), (own, true, 10_000));

    let lan = Schedule { timeout: Duration::from_secs(2), backoff: Duration::ZERO, ..SCHEDULE };
    let console = |schedule: Schedule| {
        let mut machine = fifteen("admin", "admin", 2, 4);
        machine.set_schedule(schedule);
        machine
    };
    let paced = transmissions(&mut console(lan), 20, READ);
    assert_eq!(paced, (vec![0, 250, 625, 1187, 2031, 3296, 5195], false, 8_000));
    let own = vec![0, 2000, 4000, 6000];
    assert_eq!(transmissions(&mut console(Schedule { paced: false, ..lan }), 20, READ), (own.clone(), false, 8_000));
    assert_eq!(transmissions(&mut console(lan), 20, CHANGE), (own, true, 8_000));
}

#[test]
fn a_change_is_carried_out_once_however_often_it_is_sent() {
    for mut machine in
        [Box::new(plus("admin", "admin", 17, 4, &[])) as Box<dyn Machine>, Box::new(fifteen("admin", "admin", 2, 4))]
    {
        let mut wire = Wire::new(Profile::default());
        wire.open(&mut *machine).expect("a session");
        wire.ask(&mut *machine, 0x06, 0x3b, &[4]).expect("the privilege");
        let first = wire.sent.len();
        // Every answer is lost.
        wire.tamper = Box::new(|_, _| Vec::new());
        assert_eq!(wire.ask(&mut *machine, 0x00, 0x02, &[2]), None);
        assert_eq!(wire.sent.len() - first, 4);
        let cycles = wire.bmc.requests().iter().filter(|request| (request.netfn.0, request.cmd) == (0, 2)).count();
        assert_eq!(cycles, 1);
        // The session goes on.
        wire.tamper = Box::new(|_, datagram| vec![datagram]);
        assert!(wire.ask(&mut *machine, 0x06, 0x01, &[]).is_some());
    }
}

#[test]
fn a_slow_bmc_is_not_asked_twice_for_ever() {
    let mut wire = Wire::new(profile(r#"{"faults": ["06/37:delay=600"]}"#));
    wire.delay = 5 * MILLI;
    let mut machine = plus("admin", "admin", 3, 4, &[]);
    wire.open(&mut machine).expect("a session");
    let sent: Vec<usize> = (0..6)
        .map(|_| {
            let before = wire.sent.len();
            assert!(wire.ask(&mut machine, 0x06, 0x37, &[]).is_some());
            wire.sent.len() - before
        })
        .collect();
    assert_eq!((sent[0], &sent[3..]), (2, &[1, 1, 1][..]), "{sent:?}");
}

#[test]
fn a_session_whose_last_message_is_lost_is_not_left_open() {
    let mut wire = Wire::new(Profile::default());
    let before = wire.sessions();
    wire.delay = 10 * MILLI;
    let mut lost = 0;
    // RAKP message 4, as often as the first handshake asks for it.
    wire.tamper = Box::new(move |_, datagram| {
        if datagram.get(5) == Some(&0x15) && lost < 3 {
            lost += 1;
            return Vec::new();
        }
        vec![datagram]
    });
    let mut machine = plus("admin", "admin", 3, 4, &[]);
    assert_eq!(wire.open(&mut machine), Ok(()));
    assert_eq!(wire.sessions(), before + 1);
    wire.close(&mut machine);
    assert_eq!(wire.sessions(), before);
}

#[test]
fn the_silent_are_given_up_in_the_references_time() {
    // Answers from this one on are lost: nobody; a BMC without handshakes; one that ends them midway.
    for (from, limit) in [(0, 20), (1, 4), (2, 8), (3, 12)] {
        let mut wire = Wire::new(Profile::default());
        wire.tamper = Box::new(move |number, datagram| if number < from { vec![datagram] } else { Vec::new() });
        let failure = wire.open(&mut plus("admin", "admin", 3, 4, &[])).expect_err("a failure");
        assert_eq!(failure, if from == 0 { Failure::NoResponse } else { Failure::Unfinished });
        assert_eq!(wire.now, Duration::from_secs(limit).min(wire.now), "{from}");
    }
    for (from, limit) in [(0, 10), (1, 8), (2, 8), (3, 8)] {
        let mut wire = Wire::new(Profile::default());
        wire.tamper = Box::new(move |number, datagram| if number < from { vec![datagram] } else { Vec::new() });
        let mut machine = fifteen("admin", "admin", 2, 4);
        machine.set_schedule(Schedule { timeout: Duration::from_secs(2), backoff: Duration::ZERO, ..SCHEDULE });
        assert!(wire.open(&mut machine).is_err());
        assert_eq!(wire.now, Duration::from_secs(limit), "{from}");
    }
}

/// `chassis power status` as the program does it, on a wire of 20 ms that loses this much. Whether the
/// answer came, and when the session was closed.
fn power_status(machine: &mut dyn Machine, loss: u64, seed: u64) -> (bool, Duration, bool) {
    let mut wire = Wire::new(Profile::default());
    let before = wire.sessions();
    wire.delay = 10 * MILLI;
    let question = Request::new(NetFn::CHASSIS, 0x01, []);
    let expected = match wire.bmc.handle(&Origin::system_interface(), &question) {
        ipmitool::sim::Answer::Reply(reply) => Some(reply),
        _ => None,
    };
    wire.loss = (loss, random(seed));
    if wire.open(machine).is_err() {
        return (false, wire.now, wire.sessions() == before);
    }
    // The session's own questions; the privilege is the only one that has to be answered.
    let raised = wire.ask(machine, 0x06, 0x3b, &[4]).is_some();
    for (netfn, cmd, data) in [(0x2c, 0x3e, &[0, 2][..]), (6, 1, &[]), (0x2c, 0, &[0]), (0x2c, 0, &[3])] {
        wire.ask(machine, netfn, cmd, data);
    }
    let status = wire.ask(machine, 0x00, 0x01, &[]);
    if let Some(status) = &status {
        assert_eq!(Some(&status.data), expected.as_ref().map(|reply| &reply.data), "a wrong answer");
    }
    wire.close(machine);
    (raised && status.is_some(), wire.now, wire.sessions() == before)
}

#[test]
fn loss_costs_time_and_seldom_the_command() {
    let runs = 500;
    // Per cent lost each way; failures allowed, in tenths of a per cent.
    for (loss, limit) in [(5, 1), (10, 4), (20, 25)] {
        for interface in ["lanplus", "lan"] {
            let (mut failed, mut left, mut time) = (0, 0, Duration::ZERO);
            for seed in 0..runs {
                let mut machine: Box<dyn Machine> = match interface {
                    "lanplus" => Box::new(plus("admin", "admin", BEST, 4, &[])),
                    _ => {
                        let mut machine = fifteen("admin", "admin", 2, 4);
                        machine.set_schedule(Schedule {
                            timeout: 2 * SCHEDULE.timeout,
                            backoff: Duration::ZERO,
                            ..SCHEDULE
                        });
                        Box::new(machine)
                    }
                };
                let (well, took, closed) = power_status(&mut *machine, loss, seed * 7 + 1);
                failed += u32::from(!well);
                left += u32::from(!closed);
                time += took;
            }
            println!("{interface} {loss}%: {failed} of {runs} failed, {left} sessions left, {:?} each", time / 500);
            assert!(failed <= limit * 500 / 1000, "{interface} {loss}%: {failed} failed");
        }
    }
}
