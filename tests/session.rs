//! The consoles' session machines against the simulated BMC's, under a clock of their own: what takes
//! minutes on a bad wire takes no time here.

mod wire;

use ipmitool::protocol::{Failure, Machine, Quirks};
use ipmitool::sim::Profile;
use ipmitool::sim::udp::PacketFaults;
use std::time::Duration;
use wire::{SUITES, TYPES, Wire, fifteen, fifteen_with, machines, plus, plus_with, profile, random};

#[test]
fn every_type_and_suite_logs_in_and_out() {
    for (name, mut machine) in machines() {
        let mut wire = Wire::new(Profile::default());
        let before = wire.sessions();
        wire.open(&mut *machine).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert_eq!(wire.sessions(), before + 1, "{name}");
        let reply = wire.ask(&mut *machine, 0x06, 0x01, &[]).expect("a reply");
        assert!(reply.completion.is_ok() && reply.data.len() == 15, "{name}");
        // More than the window is wide.
        for _ in 0..100 {
            assert!(wire.ask(&mut *machine, 0x06, 0x01, &[]).is_some(), "{name}");
        }
        assert!(wire.close(&mut *machine).is_some_and(|reply| reply.completion.is_ok()), "{name}");
        assert_eq!(wire.sessions(), before, "{name}");
        assert_eq!(wire.now, Duration::ZERO, "{name}: something was waited for");
    }
}

#[test]
fn a_bad_wire_delays_and_never_lies() {
    let (mut opened, mut answered) = (0, 0);
    for seed in 0..60 {
        for (name, mut machine) in machines() {
            let faults = PacketFaults { seed, drop: 10, duplicate: 10, corrupt: 5, delay: 1500 };
            let mut wire = Wire::new(Profile { packets: faults, ..Profile::default() });
            if wire.open(&mut *machine).is_err() {
                continue;
            }
            opened += 1;
            // Suites without integrity have the message's own sums, which one changed byte cannot pass.
            let expected = Wire::new(Profile::default()).bmc.state().device_id.clone();
            if let Some(reply) = wire.ask(&mut *machine, 0x06, 0x01, &[]) {
                assert!(reply.completion.is_ok() && reply.data == expected, "{name}, seed {seed}: {reply:?}");
                answered += 1;
            }
        }
    }
    // Handshakes are not repeated message by message, so a bad wire costs some of them.
    assert!(opened > 400, "{opened}");
    assert!(answered > opened * 9 / 10, "{answered} of {opened}");
}

#[test]
fn who_may_not_is_refused() {
    let refused = |machine: &mut dyn Machine| Wire::new(Profile::default()).open(machine).expect_err("a refusal");
    assert_eq!(refused(&mut plus("admin", "wrong", 3, 4, &[])), Failure::RakpForged(2));
    assert_eq!(refused(&mut plus("nobody", "admin", 3, 4, &[])), Failure::RakpRefused(2, 0x0d));
    assert_eq!(refused(&mut plus("user", "user", 17, 4, &[])), Failure::RakpRefused(2, 0x0a));
    assert_eq!(refused(&mut fifteen("admin", "wrong", 2, 4)), Failure::Activate(None));
    let code = |code| Some(ipmitool::ipmi::CompletionCode(code));
    assert_eq!(refused(&mut fifteen("nobody", "x", 2, 4)), Failure::Challenge(code(0x81)));
    assert_eq!(refused(&mut fifteen("", "x", 2, 4)), Failure::Challenge(code(0x82)));
    assert_eq!(refused(&mut fifteen("user", "user", 2, 4)), Failure::Activate(code(0x86)));
    assert_eq!(refused(&mut fifteen("admin", "admin", 5, 4)), Failure::AuthType(Some(5)));
}

/// Opens, asks and closes; how the session could not be opened.
fn visit(profile: Profile, mut machine: impl Machine, name: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let mut wire = Wire::new(profile);
    let before = wire.sessions();
    wire.open(&mut machine)?;
    for _ in 0..20 {
        assert!(wire.ask(&mut machine, 0x06, 0x01, &[]).is_some(), "{name}");
    }
    assert!(wire.close(&mut machine).is_some_and(|reply| reply.completion.is_ok()), "{name}");
    assert_eq!(wire.sessions(), before, "{name}");
    Ok(wire.sent)
}

#[test]
fn who_wants_it_otherwise_gets_it_otherwise() {
    let none = Quirks::default();
    for quirks in [
        Quirks { unasked: true, long_name: true, plain_role: true, plain_role_in_rakp3: true, ..none },
        Quirks { named_privilege: true, plain_role_in_rakp3: true, check_by_integrity: true, ..none },
        Quirks { pad_before_trailer: true, ..none },
        Quirks { long_name: true, ..none },
        Quirks { plain_role: true, ..none },
        Quirks { check_by_integrity: true, ..none },
    ] {
        for suite in SUITES {
            let name = format!("{quirks:?}, suite {suite}");
            let bmc = || Profile { quirks, ..Profile::default() };
            let machine = plus_with(quirks, "admin", "admin", suite, 4, &[]);
            visit(bmc(), machine, &name).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        }
    }
    let role = Profile { quirks: Quirks { plain_role: true, ..none }, ..Profile::default() };
    assert_eq!(visit(role, plus("admin", "admin", 3, 4, &[]), "role"), Err(Failure::RakpForged(2)));
    let name = Profile { quirks: Quirks { long_name: true, ..none }, ..Profile::default() };
    assert_eq!(visit(name, plus("admin", "admin", 3, 4, &[]), "name"), Err(Failure::RakpRefused(2, 0x0c)));
    let level = Profile { quirks: Quirks { named_privilege: true, ..none }, ..Profile::default() };
    assert_eq!(visit(level, plus("admin", "admin", 3, 4, &[]), "level"), Err(Failure::OpenRefused(0x09)));
    // Message 4 has a hash of another length.
    let check = Profile { quirks: Quirks { check_by_integrity: true, ..none }, ..Profile::default() };
    assert_eq!(visit(check, plus("admin", "admin", 1, 4, &[]), "check"), Err(Failure::RakpForged(4)));
}

#[test]
fn keys_may_be_made_of_the_challenge() {
    let quirks = Quirks { no_ping: true, challenge_key: true, ..Quirks::default() };
    let bmc = || Profile { quirks, auth_types: Some(0x37), ..Profile::default() };
    for auth in TYPES.into_iter().chain([5]) {
        let name = format!("type {auth}");
        let sent = visit(bmc(), fifteen_with(quirks, "admin", "admin", auth, 4), &name);
        let sent = sent.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert!(sent.iter().all(|datagram| datagram[3] == 0x07), "{name}: nothing was pinged");
        let wrong = visit(bmc(), fifteen_with(quirks, "admin", "wrong", auth, 4), &name);
        assert_eq!(wrong, Err(Failure::Activate(None)), "{name}");
        let plain = visit(bmc(), fifteen("admin", "admin", auth, 4), &name);
        assert_eq!(plain, Err(Failure::Activate(None)), "{name}");
    }
}

#[test]
fn the_oem_type_is_not_held_to_a_code() {
    let bmc = || Profile { auth_types: Some(0x20), ..Profile::default() };
    let (mut wire, mut machine) = (Wire::new(bmc()), fifteen("admin", "admin", 5, 4));
    wire.tamper = Box::new(|_, mut datagram| {
        // Another code, or none.
        if datagram.get(4) == Some(&5) {
            datagram[13..29].fill(0x5a);
        }
        vec![datagram]
    });
    assert_eq!(wire.open(&mut machine), Ok(()));
    assert!(wire.ask(&mut machine, 0x06, 0x01, &[]).is_some());
}

#[test]
fn a_thump_follows_every_request() {
    let quirks = Quirks { thump: true, ..Quirks::default() };
    let sent = visit(Profile::default(), fifteen_with(quirks, "admin", "admin", 2, 4), "thump").expect("a session");
    assert_eq!(sent[1][..9], [0, 0, 0, 0, 0, 0, 0, 0, 7]);
    assert!(sent[2..].chunks(2).all(|pair| pair[0][0] == 6 && &pair[1] == b"thump\0\0\0\0\0"), "{sent:x?}");
}

#[test]
fn the_bmc_key_counts() {
    let with_key = || profile(r#"{"kg": "00112233445566778899aabbccddeeff00112233"}"#);
    let kg: Vec<u8> = (0..20_u8).map(|i| (i % 16) * 0x11).collect();
    let mut wire = Wire::new(with_key());
    assert_eq!(wire.open(&mut plus("admin", "admin", 3, 4, &kg)), Ok(()));
    assert_eq!(wire.open(&mut plus("admin", "admin", 3, 4, &[])), Err(Failure::RakpForged(4)));
}

#[test]
fn sessions_begin_as_a_users() {
    let (mut wire, mut machine) = (Wire::new(Profile::default()), plus("operator", "operator", 3, 3, &[]));
    wire.open(&mut machine).expect("a session");
    let power_on = |wire: &mut Wire, machine: &mut dyn Machine| wire.ask(machine, 0x00, 0x02, &[1]).expect("a reply");
    assert_eq!(power_on(&mut wire, &mut machine).completion.0, 0xd4);
    assert_eq!(wire.ask(&mut machine, 0x06, 0x3b, &[4]).expect("a reply").completion.0, 0x80);
    assert_eq!(wire.ask(&mut machine, 0x06, 0x3b, &[3]).expect("a reply").data[..], [3]);
    assert_eq!(power_on(&mut wire, &mut machine).completion.0, 0x00);
    // An operator changes no users.
    assert_eq!(wire.ask(&mut machine, 0x06, 0x45, &[3; 17]).expect("a reply").completion.0, 0xd4);
}

#[test]
fn sessions_fall_silent_and_slots_run_out() {
    let (mut wire, mut first) = (Wire::new(profile(r#"{"session_slots": 2}"#)), plus("admin", "admin", 3, 4, &[]));
    wire.open(&mut first).expect("a session");
    assert_eq!(wire.open(&mut plus("admin", "admin", 3, 4, &[])), Err(Failure::RakpRefused(4, 0x01)));
    wire.now += Duration::from_secs(61);
    wire.open(&mut plus("admin", "admin", 3, 4, &[])).expect("a session");
    assert_eq!(wire.ask(&mut first, 0x06, 0x01, &[]), None, "the first session is over");
}

/// The BMC has started again, and knows nothing of the session; nor is there anything of it in the next one.
#[test]
fn a_lost_session_is_opened_anew() {
    for (name, mut machine) in machines() {
        let mut wire = Wire::new(Profile::default());
        wire.open(&mut *machine).expect("a session");
        for _ in 0..30 {
            assert!(wire.ask(&mut *machine, 0x06, 0x01, &[]).is_some(), "{name}");
        }
        for round in 1..=8 {
            wire.bmc = Wire::new(Profile::default()).bmc;
            wire.bmc.set_random(random(round));
            assert_eq!(wire.ask(&mut *machine, 0x06, 0x01, &[]), None, "{name}, round {round}");
            machine.abandon();
            wire.open(&mut *machine).unwrap_or_else(|failure| panic!("{name}, round {round}: {failure:?}"));
            for _ in 0..10 {
                assert!(wire.ask(&mut *machine, 0x06, 0x01, &[]).is_some(), "{name}, round {round}");
            }
        }
    }
}

#[test]
fn a_packet_counts_once() {
    for (name, mut machine) in machines() {
        let mut wire = Wire::new(Profile::default());
        wire.open(&mut *machine).expect("a session");
        wire.ask(&mut *machine, 0x06, 0x01, &[]).expect("a reply");
        let asked = wire.bmc.requests().len();
        for datagram in wire.sent.clone() {
            wire.send(&datagram);
        }
        // Questions outside a session, and the activation, may be asked again.
        let again: Vec<u8> = wire.bmc.requests()[asked..].iter().map(|request| request.cmd).collect();
        assert!(again.iter().all(|cmd| matches!(cmd, 0x38 | 0x39 | 0x3a | 0x54)), "{name}: {again:x?}");
    }
}

#[test]
fn noise_is_borne() {
    let mut wire = Wire::new(Profile::default());
    let mut machine = plus("admin", "admin", 3, 4, &[]);
    wire.open(&mut machine).expect("a session");
    let mut noise = random(1);
    let headers: [&[u8]; 5] = [&[], &[6, 0, 0xff, 7], &[6, 0, 0xff, 7, 6], &[6, 0, 0xff, 6], &[6, 0, 0xff, 7, 6, 0x12]];
    for round in 0..20_000_usize {
        let mut datagram = vec![0; round % 90];
        noise(&mut datagram);
        let header = headers[round % headers.len()];
        let length = header.len().min(datagram.len());
        datagram[..length].copy_from_slice(&header[..length]);
        assert!(wire.send(&datagram).len() <= 1);
    }
    for datagram in wire.sent.clone() {
        for index in 0..datagram.len() {
            let mut damaged = datagram.clone();
            damaged[index] ^= 0xff;
            wire.send(&damaged);
            wire.send(&datagram[..index]);
        }
    }
    assert!(wire.ask(&mut machine, 0x06, 0x01, &[]).is_some(), "the session is still there");
}
