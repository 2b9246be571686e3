//! Faults: how the simulated BMC can be told to refuse, shorten, garble, delay or drop.
//!
//! A rule is written `NETFN/CMD[/DATA][#N]:ACTION`, all numbers but `N` hexadecimal. `DATA` is a
//! prefix the request data must have; `#N` picks the Nth matching request (from 1) instead of all;
//! `*/*` matches every request. Actions: `cc=HH` (refuse), `code=HH` (the same, but with the data), `cut=N`
//! (keep N bytes), `pad=N` (lengthen with zeros to N bytes), `set=I=HH` (overwrite byte I), `reply=HEX` (answer
//! with these bytes), `seed=S` (answer with pseudo-random bytes of the usual length, drawn from the seed and
//! the request), `seed=S+K` (the same, keeping the first K bytes), `drop`, `delay=MS`. `cut`, `pad` and the
//! index of `set` are decimal.

use crate::ipmi::{CompletionCode, NetFn, Reply, Request};
use bytes::Bytes;
use serde::{Deserialize, Deserializer};
use std::str::FromStr;
use std::time::Duration;

/// A fault rule that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fault rule: {0}")]
pub struct FaultError(String);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    Refuse(CompletionCode),
    Complete(CompletionCode),
    Cut(usize),
    Pad(usize),
    Set(usize, u8),
    Answer(Vec<u8>),
    Seed(u64, usize),
    Drop,
    Delay(Duration),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    netfn: Option<NetFn>,
    cmd: Option<u8>,
    prefix: Vec<u8>,
    nth: Option<u32>,
    action: Action,
    seen: u32,
}

/// The faults in force, applied in the order they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Rule>);

/// What is left of the normal reply after the faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// This goes back.
    Reply(Reply),
    /// This goes back, later.
    Delay(Duration, Reply),
    /// Nothing goes back.
    Drop,
}

/// A reply longer than this is never built: it is what any transport here can carry.
const MAX_REPLY: usize = 1024;

impl FromStr for Rule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let bad = || FaultError(text.to_owned());
        let (matching, action) = text.split_once(':').ok_or_else(bad)?;
        let (matching, nth) = match matching.split_once('#') {
            Some((head, nth)) => (head, Some(nth.parse().map_err(|_| bad())?)),
            None => (matching, None),
        };
        let byte = |word: &str| u8::from_str_radix(word, 16).map_err(|_| bad());
        let mut parts = matching.split('/');
        let mut selector = || match parts.next() {
            Some("*") => Ok(None),
            Some(word) => byte(word).map(Some),
            None => Err(bad()),
        };
        let netfn = selector()?.map(NetFn);
        let cmd = selector()?;
        let prefix = parts.next().map_or(Ok(Vec::new()), hex).map_err(|()| bad())?;
        let (verb, value) = action.split_once('=').unwrap_or((action, ""));
        let count = |word: &str| word.parse::<usize>().ok().filter(|n| *n <= MAX_REPLY).ok_or_else(bad);
        let action = match verb {
            "cc" => Action::Refuse(CompletionCode(byte(value)?)),
            "code" => Action::Complete(CompletionCode(byte(value)?)),
            "cut" => Action::Cut(count(value)?),
            "pad" => Action::Pad(count(value)?),
            "set" => {
                let (index, byte_value) = value.split_once('=').ok_or_else(bad)?;
                Action::Set(count(index)?, byte(byte_value)?)
            }
            "reply" => Action::Answer(hex(value).map_err(|()| bad())?),
            "seed" => {
                let (seed, keep) = value.split_once('+').unwrap_or((value, "0"));
                Action::Seed(seed.parse().map_err(|_| bad())?, count(keep)?)
            }
            "drop" => Action::Drop,
            "delay" => Action::Delay(Duration::from_millis(value.parse().map_err(|_| bad())?)),
            _ => return Err(bad()),
        };
        Ok(Rule { netfn, cmd, prefix, nth, action, seen: 0 })
    }
}

impl Rule {
    fn applies(&mut self, request: &Request) -> bool {
        let matches = self.netfn.is_none_or(|netfn| netfn == request.netfn)
            && self.cmd.is_none_or(|cmd| cmd == request.cmd)
            && request.data.starts_with(&self.prefix);
        if matches {
            self.seen += 1;
        }
        matches && self.nth.is_none_or(|nth| nth == self.seen)
    }
}

impl Faults {
    /// Adds one rule, as text.
    ///
    /// # Errors
    /// [`FaultError`] when the text is not a rule.
    pub fn add(&mut self, rule: &str) -> Result<(), FaultError> {
        self.0.push(rule.parse()?);
        Ok(())
    }

    /// Applies the rules in force to the reply the BMC would give.
    pub fn decide(&mut self, request: &Request, normal: Reply) -> Decision {
        let mut reply = normal;
        let mut delay = None;
        for rule in &mut self.0 {
            if !rule.applies(request) {
                continue;
            }
            match &rule.action {
                Action::Refuse(code) => reply = Reply::refused(*code),
                Action::Complete(code) => reply.completion = *code,
                Action::Cut(length) => reply.data.truncate(*length),
                Action::Pad(length) => {
                    let mut data = reply.data.to_vec();
                    data.resize(data.len().max(*length), 0);
                    reply.data = Bytes::from(data);
                }
                Action::Set(index, value) => {
                    let mut data = reply.data.to_vec();
                    if let Some(byte) = data.get_mut(*index) {
                        *byte = *value;
                    }
                    reply.data = Bytes::from(data);
                }
                Action::Answer(data) => reply = Reply::ok(data.clone()),
                Action::Seed(seed, keep) => reply = seeded(*seed, *keep, request, &reply),
                Action::Drop => return Decision::Drop,
                Action::Delay(time) => delay = Some(*time),
            }
        }
        match delay {
            Some(time) => Decision::Delay(time, reply),
            None => Decision::Reply(reply),
        }
    }
}

impl<'de> Deserialize<'de> for Faults {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut faults = Faults::default();
        for rule in Vec::<String>::deserialize(deserializer)? {
            faults.add(&rule).map_err(serde::de::Error::custom)?;
        }
        Ok(faults)
    }
}

/// A successful reply of pseudo-random bytes: as long as the normal one, or of a length drawn too
/// where the normal reply is a refusal. The same seed and request always give the same bytes.
fn seeded(seed: u64, keep: usize, request: &Request, normal: &Reply) -> Reply {
    let mut random = SplitMix(seed);
    for byte in [request.netfn.0, request.cmd].iter().chain(&request.data) {
        random.0 = (random.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let length = match normal.data.len() {
        0 => 1 + (random.next() % 24) as usize,
        length => length,
    };
    let mut data: Vec<u8> = (0..length).map(|_| (random.next() >> 32) as u8).collect();
    for (byte, kept) in data.iter_mut().zip(normal.data.iter().take(keep)) {
        *byte = *kept;
    }
    Reply::ok(data)
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere.
pub(super) struct SplitMix(pub(super) u64);

impl SplitMix {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn hex(text: &str) -> Result<Vec<u8>, ()> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) || text.len() > 2 * MAX_REPLY {
        return Err(());
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).map_err(|_| ())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(rules: &[&str], request: &Request) -> Decision {
        let mut faults = Faults::default();
        for rule in rules {
            faults.add(rule).expect("a rule");
        }
        faults.decide(request, Reply::ok(vec![1, 2, 3, 4]))
    }

    #[test]
    fn rules_apply_to_what_they_name() {
        let request = Request::new(NetFn::APP, 0x01, [0x05]);
        assert_eq!(decide(&["06/01:cut=2"], &request), Decision::Reply(Reply::ok(vec![1, 2])));
        assert_eq!(decide(&["06/01/05:set=1=ff"], &request), Decision::Reply(Reply::ok(vec![1, 0xff, 3, 4])));
        assert_eq!(decide(&["06/01/06:cut=2"], &request), Decision::Reply(Reply::ok(vec![1, 2, 3, 4])));
        assert_eq!(decide(&["*/*:cc=c1"], &request), Decision::Reply(Reply::refused(CompletionCode(0xc1))));
        let coded = Reply { completion: CompletionCode(0x80), ..Reply::ok(vec![1, 2, 3, 4]) };
        assert_eq!(decide(&["06/01:code=80"], &request), Decision::Reply(coded));
        assert_eq!(decide(&["06/01:drop"], &request), Decision::Drop);
        assert_eq!(decide(&["06/01#2:drop"], &request), Decision::Reply(Reply::ok(vec![1, 2, 3, 4])));
    }

    #[test]
    fn seeded_answers_repeat() {
        let request = Request::new(NetFn::APP, 0x01, []);
        let first = decide(&["06/01:seed=7+1"], &request);
        assert_eq!(first, decide(&["06/01:seed=7+1"], &request));
        assert_ne!(first, decide(&["06/01:seed=8+1"], &request));
        let Decision::Reply(reply) = first else { panic!("a reply") };
        assert_eq!((reply.data.len(), reply.data[0]), (4, 1));
    }

    #[test]
    fn nonsense_is_refused() {
        for rule in ["", "06", "06/01", "06/01:", "06/01:cc", "06/01:cut=99999", "6/1/abc:drop", "06/01:set=1"] {
            assert!(Faults::default().add(rule).is_err(), "{rule}");
        }
    }
}
