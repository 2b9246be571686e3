//! Viking: its controllers word their events themselves.

use super::hooks::manufacturers::VIKING;
use crate::bmc::CallError;
use crate::family::Context;
use crate::ipmi::{Command, DecodeError, NetFn};
use crate::out::{completion_text, text, until_nul};

/// Asks for the text of an entry of the event log (Viking's own command).
struct GetEventText {
    record: u16,
}

impl Command for GetEventText {
    const NETFN: NetFn = NetFn(0x2e);
    const CMD: u8 = 0x01;
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0x15, 0x24, 0x00, 0x01]);
        data.extend(self.record.to_le_bytes());
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Ok(data.to_vec())
    }
}

/// The text of an entry.
pub async fn describe(context: &Context, record: u16) -> Option<String> {
    let out = &context.out;
    let reply = match context.bmc.call(&GetEventText { record }).await {
        Ok(reply) => reply,
        Err(error) => {
            if out.verbose() != 0 {
                match error {
                    CallError::Refused(code) => {
                        out.error(&format!("OEM command returned error code: {}", completion_text(code.0)));
                    }
                    _ => out.error("Error issuing OEM command"),
                }
            }
            return None;
        }
    };
    read(&reply).map_err(|complaint| out.error(complaint)).ok()
}

/// The manufacturer's number, the length of the text, the text.
fn read(reply: &[u8]) -> Result<String, &'static str> {
    let [m0, m1, m2, length, words @ ..] = reply else { return Err("Viking OEM response too short") };
    if words.is_empty() {
        return Err("Viking OEM response too short");
    }
    // Reference: a wrong manufacturer is reported as a wrong length.
    let manufacturer = u32::from_le_bytes([*m0, *m1, *m2, 0]);
    if words.len() != usize::from(*length) || manufacturer != VIKING {
        return Err("Viking OEM response has unexpected length");
    }
    Ok(text(until_nul(words)))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn replies() {
        assert_eq!(read(&[0x15, 0x24, 0, 2, b'o', b'k']).as_deref(), Ok("ok"));
        for wrong in [&[][..], &[0x15, 0x24, 0, 0], &[0x15, 0x24, 0, 3, 1, 2], &[0x16, 0x24, 0, 1, b'x']] {
            assert!(read(wrong).is_err());
        }
    }
}
