//! System boot options (IPMI 2.0 section 28.12 to 28.14).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// Boot option parameters, and the blocks of the boot initiator mailbox.
pub struct BootOptions {
    parameters: BTreeMap<u8, Vec<u8>>,
    mailbox: BTreeMap<u8, Vec<u8>>,
}

/// Blocks of sixteen bytes in the mailbox.
const MAILBOX_BLOCKS: u8 = 5;

impl Default for BootOptions {
    fn default() -> Self {
        let parameters = [
            (0, vec![0x00]),
            (1, vec![0x00]),
            (2, vec![0x00]),
            (3, vec![0x00]),
            (4, vec![0x00, 0x00]),
            (5, vec![0x00, 0x00, 0x00, 0x00, 0x00]),
            (6, vec![0x01, 0x78, 0x56, 0x34, 0x12, 0x00, 0x60, 0x53, 0x65]),
        ];
        let mailbox = (0..MAILBOX_BLOCKS).map(|block| (block, vec![0; 16]));
        BootOptions { parameters: parameters.into(), mailbox: mailbox.collect() }
    }
}

/// The handler for a boot option command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x08 => set,
        0x09 => get,
        _ => return None,
    })
}

/// Parameter not supported.
const UNSUPPORTED: CompletionCode = CompletionCode(0x80);
/// Attempt to set in progress while it is.
const IN_PROGRESS: CompletionCode = CompletionCode(0x81);

fn set(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [selector, data @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let boot = &mut state.boot;
    match (selector & 0x7f, data) {
        (0, [1]) if boot.parameters.get(&0).is_some_and(|now| now == &[1]) => return Err(IN_PROGRESS),
        (7, [block, data @ ..]) => {
            let stored = boot.mailbox.get_mut(block).ok_or(CompletionCode::OUT_OF_RANGE)?;
            stored.clear();
            stored.extend(data.iter().take(16));
            stored.resize(16, 0);
        }
        // Boot info acknowledge: a write mask, then the bits.
        (4, [mask, bits]) => {
            if let Some([_, now]) = boot.parameters.get_mut(&4).and_then(|now| now.first_chunk_mut::<2>()) {
                *now = *now & !mask | bits & mask;
            }
        }
        (parameter, data) => {
            let stored = boot.parameters.get_mut(&parameter).ok_or(UNSUPPORTED)?;
            if data.len() != stored.len() && !data.is_empty() {
                return Err(CompletionCode::LENGTH_INVALID);
            }
            if !data.is_empty() {
                *stored = data.to_vec();
            }
        }
    }
    Ok(Vec::new())
}

fn get(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [parameter, selector, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let parameter = parameter & 0x7f;
    let data = if parameter == 7 {
        let block = state.boot.mailbox.get(&selector).ok_or(CompletionCode::OUT_OF_RANGE)?;
        [&[selector], &block[..]].concat()
    } else {
        state.boot.parameters.get(&parameter).ok_or(UNSUPPORTED)?.clone()
    };
    Ok([&[0x01, parameter], &data[..]].concat())
}
