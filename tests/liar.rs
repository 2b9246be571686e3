//! Peers that lie: in every message of a handshake and after it, about lengths, sums, codes, ids,
//! numbers, padding and types; that send too much, too often, or somebody else's packets. No panic, no
//! wait beyond the schedule, no wrong answer, and no secret for who has not shown that they know it.
//! `docs/security.md` lists what is tried here.

mod wire;

use ipmitool::protocol::{Effect, Failure, Machine};
use ipmitool::sim::Profile;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wire::{Tamper, Wire, fifteen, plus, random};

/// Longest time of an opening and four requests: the schedules one after another.
const LIMIT: Duration = Duration::from_secs(100);
/// Cipher suites with integrity, where no lie can pass.
const SUITES: [u8; 3] = [2, 3, 17];
const PASSWORD: &[u8] = b"a secret password";

fn consoles() -> Vec<(String, Box<dyn Machine>)> {
    let mut all: Vec<(String, Box<dyn Machine>)> =
        vec![("type 2".to_owned(), Box::new(fifteen("admin", "admin", 2, 4)))];
    for suite in SUITES {
        all.push((format!("suite {suite}"), Box::new(plus("admin", "admin", suite, 4, &[]))));
    }
    all.push(("the best suite".to_owned(), Box::new(plus("admin", "admin", 255, 4, &[]))));
    all
}

/// A whole conversation whose answers are tampered with. True when it came to its end.
fn converse(name: &str, machine: &mut dyn Machine, tamper: Tamper) -> bool {
    let mut wire = Wire::new(Profile::default());
    let expected = wire.bmc.state().device_id.clone();
    wire.tamper = tamper;
    let opened = wire.open(machine).is_ok();
    if opened {
        for _ in 0..3 {
            if let Some(reply) = wire.ask(machine, 0x06, 0x01, &[]) {
                assert!(reply.completion.is_ok() && reply.data == expected, "{name}: {reply:?}");
            }
        }
        wire.close(machine);
    }
    assert!(wire.now <= LIMIT, "{name}: {:?}", wire.now);
    assert!(wire.sent.len() < 200, "{name}: {} datagrams", wire.sent.len());
    opened
}

/// Answers of a whole conversation: more than there are.
const MESSAGES: usize = 12;

/// The lie is told once, in answer `at`, instead of the truth.
fn once(at: usize, lie: impl Fn(Vec<u8>) -> Vec<Vec<u8>> + 'static) -> Tamper {
    Box::new(move |number, datagram| if number == at { lie(datagram) } else { vec![datagram] })
}

/// The lie is told in every answer from `at` on.
fn always(at: usize, lie: impl Fn(Vec<u8>) -> Vec<Vec<u8>> + 'static) -> Tamper {
    Box::new(move |number, datagram| if number >= at { lie(datagram) } else { vec![datagram] })
}

#[test]
fn every_byte_changed() {
    for index in 0..consoles().len() {
        for at in 0..MESSAGES {
            // Until there is no such byte any more.
            for place in 0.. {
                let touched = Rc::new(Cell::new(false));
                for bits in [0x01, 0xff] {
                    let (name, mut machine) = consoles().swap_remove(index);
                    let mark = Rc::clone(&touched);
                    let lie = move |mut datagram: Vec<u8>| {
                        if let Some(byte) = datagram.get_mut(place) {
                            *byte ^= bits;
                            mark.set(true);
                        }
                        vec![datagram]
                    };
                    converse(&format!("{name}, message {at}, byte {place}"), &mut *machine, once(at, lie));
                }
                if !touched.get() {
                    break;
                }
            }
        }
    }
}

#[test]
fn every_length() {
    for at in 0..MESSAGES {
        for length in (0..110).step_by(3).chain([200, 1500, 2048]) {
            for (name, mut machine) in consoles() {
                let lie = move |mut datagram: Vec<u8>| {
                    datagram.resize(length, 0xa5);
                    vec![datagram]
                };
                let tamper = if length % 2 == 0 { always(at, lie) } else { once(at, lie) };
                converse(&format!("{name}, message {at}, length {length}"), &mut *machine, tamper);
            }
        }
    }
}

#[test]
fn lengths_that_lie() {
    // Payload lengths of RMCP+ (16 bits) and of IPMI 1.5, with and without an authentication code.
    for at in 0..MESSAGES {
        for (place, value) in [(14, 0), (14, 1), (14, 0xff), (15, 0xff), (13, 0), (13, 0xff), (29, 0), (29, 0xff)] {
            for (name, mut machine) in consoles() {
                let lie = move |mut datagram: Vec<u8>| {
                    if let Some(byte) = datagram.get_mut(place) {
                        *byte = value;
                    }
                    vec![datagram]
                };
                converse(&format!("{name}, message {at}"), &mut *machine, always(at, lie));
            }
        }
    }
}

#[test]
fn types_ids_and_numbers_that_lie() {
    // Authentication type, payload type and flags, session id, sequence number.
    let lies: [(usize, &[u8]); 5] = [
        (4, &[0, 1, 2, 4, 5, 6, 7, 0xff]),
        (5, &[0x00, 0x01, 0x02, 0x10, 0x11, 0x13, 0x15, 0x20, 0x3f, 0x40, 0x80, 0xc0, 0xc1, 0xd1]),
        (6, &[0, 1, 0xff]),
        (10, &[0, 0x10, 0x7f, 0xff]),
        (13, &[0x7f, 0xff]),
    ];
    for at in 0..MESSAGES {
        for (place, values) in lies {
            for value in values.iter().copied() {
                for (name, mut machine) in consoles() {
                    let lie = move |mut datagram: Vec<u8>| {
                        if let Some(byte) = datagram.get_mut(place) {
                            *byte = value;
                        }
                        vec![datagram]
                    };
                    converse(&format!("{name}, message {at}, byte {place}"), &mut *machine, always(at, lie));
                }
            }
        }
    }
}

#[test]
fn old_and_foreign_packets_before_the_true_one() {
    for (name, mut machine) in consoles() {
        let mut heard: Vec<Vec<u8>> = Vec::new();
        let mut noise = random(5);
        let tamper: Tamper = Box::new(move |_, datagram| {
            let mut all = heard.clone();
            all.push(datagram.clone());
            let mut junk = vec![0; 60];
            noise(&mut junk);
            junk[..4].copy_from_slice(&[6, 0, 0xff, 7]);
            all.insert(0, junk);
            heard.push(datagram);
            all
        });
        assert!(converse(&name, &mut *machine, tamper), "{name}");
    }
    // Another session's packets, of the same BMC at the same time.
    for suite in SUITES {
        let mut other = Wire::new(Profile::default());
        let heard = Rc::new(RefCell::new(Vec::new()));
        let tap = Rc::clone(&heard);
        other.tamper = Box::new(move |_, datagram| {
            tap.borrow_mut().push(datagram.clone());
            vec![datagram]
        });
        let mut machine = plus("user", "user", suite, 2, &[]);
        other.open(&mut machine).expect("a session");
        other.ask(&mut machine, 0x06, 0x01, &[]);
        let foreign = heard.borrow().clone();
        let tamper: Tamper = Box::new(move |_, datagram| foreign.iter().cloned().chain([datagram]).collect());
        converse("foreign", &mut plus("admin", "admin", suite, 4, &[]), tamper);
    }
}

#[test]
fn floods_leave_nothing_behind() {
    for (name, mut machine) in consoles() {
        let mut wire = Wire::new(Profile::default());
        wire.open(&mut *machine).expect("a session");
        wire.ask(&mut *machine, 0x06, 0x01, &[]).expect("a reply");
        let mut noise = random(9);
        let headers: [&[u8]; 4] =
            [&[6, 0, 0xff, 7, 6, 0xc0], &[6, 0, 0xff, 7, 2], &[6, 0, 0xff, 6], &[6, 0, 0xff, 7, 6, 0x11]];
        for round in 0..50_000_usize {
            let mut datagram = vec![0; 20 + round % 80];
            noise(&mut datagram);
            let header = headers[round % headers.len()];
            datagram[..header.len()].copy_from_slice(header);
            machine.datagram(&datagram);
            assert_eq!(machine.poll(), None, "{name}");
        }
        assert!(wire.ask(&mut *machine, 0x06, 0x01, &[]).is_some(), "{name}");
    }
}

#[test]
fn endless_suites_end() {
    let mut wire = Wire::new(wire::profile(r#"{"faults": ["06/54:reply=01c003014181c0030141810000000000000000"]}"#));
    wire.open(&mut plus("admin", "admin", 255, 4, &[])).expect("a session");
    let asked = wire.bmc.requests().iter().filter(|request| request.cmd == 0x54).count();
    assert_eq!(asked, 64);
}

/// What is sent to a peer that lies from answer `at` on.
fn sent_to(
    machine: &mut dyn Machine,
    at: usize,
    lie: impl Fn(Vec<u8>) -> Vec<Vec<u8>> + 'static,
) -> (Result<(), Failure>, Vec<Vec<u8>>) {
    let mut wire = Wire::new(Profile::default());
    wire.tamper = always(at, lie);
    let outcome = wire.open(machine);
    (outcome, wire.sent)
}

fn change(place: usize, value: u8) -> impl Fn(Vec<u8>) -> Vec<Vec<u8>> + 'static {
    move |mut datagram| {
        if let Some(byte) = datagram.get_mut(place) {
            *byte = value;
        }
        vec![datagram]
    }
}

fn of_type(sent: &[Vec<u8>], kind: u8) -> usize {
    sent.iter().filter(|datagram| datagram.get(4..6) == Some(&[0x06, kind])).count()
}

#[test]
fn nothing_is_told_to_who_has_not_proved_itself() {
    // Agreeing to weaker algorithms than were asked for: authentication, integrity, confidentiality.
    for place in [16 + 16, 16 + 24, 16 + 32] {
        let (outcome, sent) = sent_to(&mut plus("admin", "admin", 17, 4, &[]), 1, change(place, 0));
        assert_eq!(outcome, Err(Failure::OpenMismatch));
        assert_eq!(of_type(&sent, 0x12), 0, "a user's name was sent");
    }
    // RAKP message 2 without the password: no RAKP message 3.
    let (outcome, sent) = sent_to(&mut plus("admin", "admin", 17, 4, &[]), 2, change(16 + 40, 0));
    assert_eq!(outcome, Err(Failure::RakpForged(2)));
    assert_eq!(of_type(&sent, 0x14), 0);
    // RAKP message 4 without Kg: nothing inside the session, not even its end.
    let (outcome, sent) = sent_to(&mut plus("admin", "admin", 3, 4, b"key"), 3, |datagram| vec![datagram]);
    assert_eq!(outcome, Err(Failure::RakpForged(4)));
    assert!(sent.iter().all(|datagram| datagram.get(5).is_none_or(|flags| flags & 0xc0 == 0)));
    let (outcome, sent) = sent_to(&mut plus("admin", "admin", 3, 4, b"key"), 3, |_| Vec::new());
    assert_eq!(outcome, Err(Failure::Unfinished));
    assert!(sent.iter().all(|datagram| datagram.get(5).is_none_or(|flags| flags & 0xc0 == 0)));
    // The password itself is in nothing that is sent, unless that is what the protocol is.
    for suite in [0, 1, 2, 3, 17] {
        let (_, sent) = sent_to(&mut plus("admin", "a secret password", suite, 4, &[]), 9, |datagram| vec![datagram]);
        assert!(sent.iter().all(|datagram| !datagram.windows(8).any(|window| window == &PASSWORD[..8])), "{suite}");
    }
    let (_, sent) = sent_to(&mut fifteen("admin", "a secret passwor", 2, 4), 9, |datagram| vec![datagram]);
    assert!(sent.iter().all(|datagram| !datagram.windows(8).any(|window| window == &PASSWORD[..8])));
}

#[test]
fn an_answer_counts_once_and_only_in_its_window() {
    for (name, mut machine) in consoles() {
        let mut wire = Wire::new(Profile::default());
        let heard = Rc::new(RefCell::new(Vec::new()));
        let tap = Rc::clone(&heard);
        wire.tamper = Box::new(move |_, datagram| {
            tap.borrow_mut().push(datagram.clone());
            vec![datagram]
        });
        wire.open(&mut *machine).expect("a session");
        // The sequence numbers of messages come round after 64, those of the session do not.
        for _ in 0..64 {
            wire.ask(&mut *machine, 0x06, 0x01, &[]).expect("a reply");
        }
        let old = heard.borrow()[heard.borrow().len() - 64].clone();
        machine
            .submit(&ipmitool::ipmi::Route::direct(), &ipmitool::ipmi::Request::new(ipmitool::ipmi::NetFn::APP, 1, []));
        while machine.poll().is_some() {}
        machine.datagram(&old);
        assert!(!matches!(machine.poll(), Some(Effect::Reply(_))), "{name}: a replayed answer counts");
    }
}
