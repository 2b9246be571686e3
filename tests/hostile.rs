//! The fuzzer's bodies on seeded bytes, so that the everyday suite meets hostile input too.

#[path = "fuzz/bodies.rs"]
mod bodies;

/// Inputs for each body.
const INPUTS: u64 = 3000;

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Bytes of one of several tempers: anything, mostly small numbers, or long runs.
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let length = next(&mut state) % 600;
    (0..length)
        .map(|_| {
            let value = next(&mut state);
            match seed % 3 {
                0 => (value >> 32) as u8,
                1 => (value >> 32) as u8 & if value & 7 == 0 { 0xff } else { 0x1f },
                _ => [0x00, 0x10, 0x3f, 0xff][(value >> 40) as usize & 3] ^ ((value >> 32) as u8 & 1),
            }
        })
        .collect()
}

#[test]
fn no_body_panics_or_runs_on() {
    for (name, body) in bodies::TARGETS {
        for seed in 0..INPUTS {
            let input = bytes(seed);
            if std::panic::catch_unwind(|| body(&input)).is_err() {
                panic!("{name}, seed {seed}: {input:02x?}");
            }
        }
    }
}
