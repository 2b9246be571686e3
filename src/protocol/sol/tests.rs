use super::*;

const MS: Duration = Duration::from_millis(1);

fn machine(chunk: usize) -> Machine {
    Machine::new(Config { chunk, ..Config::default() }, Duration::ZERO)
}

fn effects(machine: &mut Machine) -> Vec<Effect> {
    std::iter::from_fn(|| machine.poll()).collect()
}

/// What was sent, decoded; anything else fails the test.
fn sent(machine: &mut Machine) -> Vec<Packet> {
    let packet = |effect| match effect {
        Effect::Transmit(payload) => Packet::decode(&payload).expect("a packet"),
        other => panic!("{other:?}"),
    };
    effects(machine).into_iter().map(packet).collect()
}

fn text(seq: u8, data: &[u8]) -> Packet {
    Packet { seq, data: data.to_vec(), ..Packet::default() }
}

fn ack(ack: u8, accepted: u8, flags: u8) -> Vec<u8> {
    Packet { ack, accepted, flags, ..Packet::default() }.encode()
}

#[test]
fn packets_go_round() {
    let packet = Packet { seq: 15, ack: 3, accepted: 200, flags: 0x54, data: b"\x00\xff".to_vec() };
    assert_eq!(packet.encode(), [15, 3, 200, 0x54, 0, 0xff]);
    assert_eq!(Packet::decode(&packet.encode()), Ok(packet));
    assert_eq!(Packet::decode(&[1, 2, 3]), Err(Malformed));
    assert_eq!([next_seq(0), next_seq(14), next_seq(15)], [1, 15, 1]);
}

#[test]
fn one_packet_at_a_time() {
    let mut machine = machine(4);
    machine.typed(MS, b"abcdef");
    assert_eq!(sent(&mut machine), [text(1, b"abcd")]);
    machine.typed(MS, b"gh");
    assert_eq!(sent(&mut machine), []);
    machine.packet(MS * 3, 1, &ack(1, 4, 0));
    assert_eq!(sent(&mut machine), [text(2, b"efgh")]);
    machine.packet(MS * 5, 2, &ack(2, 4, 0));
    assert!(machine.is_idle() && machine.backlog() == 0 && machine.due().is_none());
}

#[test]
fn the_same_packet_goes_out_until_it_is_acknowledged() {
    let mut machine = machine(10);
    machine.typed(MS, b"ab");
    assert_eq!(sent(&mut machine), [text(1, b"ab")]);
    machine.typed(MS, b"cd");
    // Neither output nor an acknowledgement of something else counts.
    machine.packet(MS * 2, 1, &text(7, b"flood").encode());
    machine.packet(MS * 3, 2, &ack(15, 2, 0));
    assert_eq!(effects(&mut machine).len(), 2);
    let mut now = MS;
    for _ in 0..5 {
        now = machine.due().expect("a wait");
        machine.deadline(now);
        assert_eq!(sent(&mut machine), [text(1, b"ab")]);
    }
    machine.packet(now, 3, &ack(1, 2, 0));
    assert_eq!(sent(&mut machine), [text(2, b"cd")]);
    // The late answers to the repetitions mean nothing.
    machine.packet(now, 4, &ack(1, 2, 0));
    assert_eq!(sent(&mut machine), []);
}

#[test]
fn what_is_not_accepted_takes_a_new_number() {
    let mut machine = machine(6);
    machine.typed(MS, b"abcdefgh");
    assert_eq!(sent(&mut machine), [text(1, b"abcdef")]);
    machine.packet(MS, 1, &ack(1, 2, 0));
    assert_eq!(sent(&mut machine), [text(2, b"cdefgh")]);
    // A refusal, and the word that the port is ready again.
    machine.packet(MS, 2, &ack(2, 1, status::NACK));
    assert_eq!((sent(&mut machine), machine.backlog()), (vec![], 5));
    machine.typed(MS, b"i");
    assert_eq!(sent(&mut machine), []);
    machine.packet(MS, 3, &ack(2, 1, 0));
    assert_eq!(sent(&mut machine), [text(3, b"defghi")]);
    // A count that is too high is as good as all.
    machine.packet(MS, 4, &ack(3, 99, 0));
    assert!(machine.is_idle());
}

#[test]
fn a_refusal_is_asked_about_again() {
    let mut machine = machine(6);
    machine.typed(Duration::ZERO, b"abc");
    let mut now = Duration::ZERO;
    let mut waits = Vec::new();
    for seq in 1..8 {
        assert_eq!(sent(&mut machine), [text(seq, b"abc")]);
        let flags = if seq % 2 == 0 { status::NACK } else { status::NACK | status::UNAVAILABLE };
        machine.packet(now, seq.into(), &ack(seq, 0, flags));
        let due = machine.due().expect("a wait");
        waits.push(due - now);
        now = due;
        machine.deadline(now);
    }
    assert!(waits.is_sorted() && waits[6] == Duration::from_secs(1), "{waits:?}");
    // A stray old packet does not lift the refusal.
    assert_eq!(sent(&mut machine), [text(8, b"abc")]);
    machine.packet(now, 8, &ack(8, 0, status::NACK));
    machine.packet(now, 3, &ack(3, 0, 0));
    assert_eq!(sent(&mut machine), []);
}

#[test]
fn none_accepted_is_not_all() {
    let mut strict = machine(6);
    strict.typed(MS, b"abc");
    strict.packet(MS, 1, &ack(1, 0, 0));
    assert_eq!((sent(&mut strict).len(), strict.backlog()), (1, 3));
    let due = strict.due().expect("a wait");
    strict.deadline(due);
    assert_eq!(sent(&mut strict), [text(2, b"abc")]);

    let mut intel = Machine::new(Config { none_is_all: true, ..Config::default() }, MS);
    intel.typed(MS, b"abc");
    intel.packet(MS, 1, &ack(1, 0, 0));
    assert!(intel.is_idle() && intel.backlog() == 0);
}

#[test]
fn output_is_shown_once_and_acknowledged_as_often_as_it_comes() {
    let mut machine = machine(6);
    let show = |machine: &mut Machine, order, packet: &Packet| {
        machine.packet(MS, order, &packet.encode());
        let mut shown = Vec::new();
        let mut acks = Vec::new();
        for effect in effects(machine) {
            match effect {
                Effect::Text(text) => shown.extend(text),
                Effect::Transmit(payload) => {
                    let packet = Packet::decode(&payload).expect("a packet");
                    assert_eq!((packet.seq, packet.flags, packet.data.len()), (0, 0, 0));
                    acks.push((packet.ack, packet.accepted));
                }
                Effect::Notice(notice) => panic!("{notice:?}"),
            }
        }
        (String::from_utf8(shown).expect("text"), acks)
    };
    assert_eq!(show(&mut machine, 1, &text(5, b"one")), ("one".into(), vec![(5, 3)]));
    assert_eq!(show(&mut machine, 2, &text(5, b"one")), (String::new(), vec![(5, 3)]));
    // A repetition that has grown: only its tail is new, and all of it is acknowledged.
    assert_eq!(show(&mut machine, 3, &text(5, b"one two")), (" two".into(), vec![(5, 7)]));
    assert_eq!(show(&mut machine, 4, &text(5, b"one")), (String::new(), vec![(5, 3)]));
    assert_eq!(show(&mut machine, 6, &text(6, b"!")), ("!".into(), vec![(6, 1)]));
    // Overtaken on the way.
    assert_eq!(show(&mut machine, 5, &text(5, b"one two")), (String::new(), vec![]));
    assert_eq!(show(&mut machine, 7, &text(6, b"!")), (String::new(), vec![(6, 1)]));
    // More than a count can say.
    let long = [b'x'; 300];
    let (shown, acks) = show(&mut machine, 8, &text(7, &long));
    assert_eq!((shown.len(), acks), (255, vec![(7, 255)]));
    // Every byte there is.
    let bytes: Vec<u8> = (0..=255).collect();
    machine.packet(MS, 9, &text(8, &bytes[..255]).encode());
    assert_eq!(effects(&mut machine)[0], Effect::Text(bytes[..255].to_vec()));
}

#[test]
fn without_room_output_counts_as_lost() {
    let mut machine = machine(6);
    machine.typed(MS, b"a");
    machine.set_accepting(false);
    effects(&mut machine);
    machine.packet(MS, 1, &Packet { ack: 1, accepted: 1, ..text(1, b"out") }.encode());
    assert_eq!((effects(&mut machine), machine.is_idle()), (vec![], true));
    machine.set_accepting(true);
    machine.packet(MS, 2, &text(1, b"out").encode());
    assert_eq!(effects(&mut machine)[0], Effect::Text(b"out".to_vec()));
}

#[test]
fn breaks_and_probes_keep_their_place() {
    let mut machine = machine(6);
    machine.typed(MS, b"ab");
    machine.send_break(MS);
    machine.typed(MS, b"cd");
    machine.probe(MS);
    let flag = |seq, flags| Packet { seq, flags, ..Packet::default() };
    assert_eq!(sent(&mut machine), [text(1, b"ab")]);
    machine.packet(MS, 1, &ack(1, 2, 0));
    assert_eq!(sent(&mut machine), [flag(2, operation::BREAK)]);
    // A break is done when its number is acknowledged, even by a refusal.
    machine.packet(MS, 2, &ack(2, 0, status::NACK));
    assert_eq!(sent(&mut machine), [text(3, b"cd")]);
    machine.packet(MS, 3, &ack(3, 2, 0));
    assert_eq!(sent(&mut machine), [flag(4, 0)]);
    machine.packet(MS, 4, &ack(4, 0, 0));
    assert_eq!(effects(&mut machine), [Effect::Notice(Notice::Answered)]);
}

#[test]
fn silence_ends_the_session_and_no_probe_does() {
    let mut machine = machine(6);
    machine.probe(Duration::ZERO);
    let mut seen = Vec::new();
    while let Some(due) = machine.due() {
        machine.deadline(due);
        seen.extend(effects(&mut machine).into_iter().filter(|effect| !matches!(effect, Effect::Transmit(_))));
    }
    assert_eq!(seen, [Effect::Notice(Notice::Unanswered)]);
    let start = Duration::from_secs(100);
    machine.typed(start, b"x");
    let mut now = start;
    while let Some(due) = machine.due() {
        assert!(machine.stalled(due) == due - start);
        now = due;
        machine.deadline(due);
        seen.extend(effects(&mut machine).into_iter().filter(|effect| !matches!(effect, Effect::Transmit(_))));
    }
    assert_eq!(seen.last(), Some(&Effect::Notice(Notice::Lost)));
    assert!((20..=22).contains(&(now - start).as_secs()), "{now:?}");
    machine.typed(now, b"y");
    assert_eq!((effects(&mut machine), machine.backlog()), (vec![], 0));
}

#[test]
fn the_bmc_may_end_it() {
    let mut machine = machine(6);
    machine.typed(MS, b"abc");
    effects(&mut machine);
    let last = Packet { flags: status::INACTIVE | status::OVERRUN | status::BREAK, ..text(1, b"bye") };
    machine.packet(MS, 1, &last.encode());
    let seen: Vec<Effect> =
        effects(&mut machine).into_iter().filter(|effect| !matches!(effect, Effect::Transmit(_))).collect();
    let notice = Effect::Notice;
    let expected =
        [Effect::Text(b"bye".to_vec()), notice(Notice::Overrun), notice(Notice::Break), notice(Notice::Closed)];
    assert_eq!(seen, expected);
    assert!(machine.is_idle() && machine.due().is_none());
}

#[test]
fn quick_bmcs_are_asked_again_quickly() {
    let mut machine = machine(1);
    machine.typed(Duration::ZERO, &[b'x'; 40]);
    assert_eq!(machine.due(), Some(Duration::from_millis(500)));
    let mut now = Duration::ZERO;
    for round in 0..20_u8 {
        now += MS;
        machine.packet(now, u32::from(round) + 1, &ack(round % 15 + 1, 1, 0));
    }
    assert_eq!(machine.due(), Some(now + MS * 40));
}

#[test]
fn any_bytes_are_borne() {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    let mut machine = machine(3);
    let mut now = Duration::ZERO;
    for _ in 0..50_000 {
        match next() % 5 {
            0 => machine.typed(now, &next().to_le_bytes()),
            1 => machine.send_break(now),
            2 => machine.deadline(now),
            _ => {
                let length = (next() % 12) as usize;
                let payload: Vec<u8> = (0..length).map(|_| next() as u8 & 0xef).collect();
                machine.packet(now, next() % 64, &payload);
            }
        }
        now += Duration::from_millis(u64::from(next() % 30));
        effects(&mut machine);
    }
}
