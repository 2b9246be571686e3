//! Quanta: which memory module an event means.

use super::hooks::sel::device_id;
use crate::family::Context;
use crate::ipmi::sel::SelEvent;
use crate::ipmi::{Command, DecodeError, NetFn, Reader};
use crate::out::completion_text;

/// Asks which platform the board belongs to (Quanta's own command).
struct GetPlatformId;

impl Command for GetPlatformId {
    const NETFN: NetFn = NetFn(0x36);
    const CMD: u8 = 0x65;
    type Reply = u8;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0x4c, 0x1c, 0x00, 0x02]);
    }

    fn decode(data: &[u8]) -> Result<u8, DecodeError> {
        Ok(Reader::new(data).u8_or_zero())
    }
}

/// Intel's Purley.
const PURLEY: u8 = 2;

/// The text for a memory event; empty on platforms that are not known. None for other events.
pub async fn describe(context: &Context, event: &SelEvent) -> Option<String> {
    if event.event_type != 0x6f || event.sensor_type != 0x0c {
        return None;
    }
    device_id(context).await?;
    Some(if platform(context).await == PURLEY { slot(event.data[2]) } else { String::new() })
}

async fn platform(context: &Context) -> u8 {
    match context.bmc.call(&GetPlatformId).await {
        Ok(platform) => platform,
        Err(error) => {
            let why = error.code().map(|code| format!(": {:#x} {}", code.0, completion_text(code.0)));
            context.out.error(&format!("Get Platform ID command failed{}", why.unwrap_or_default()));
            0
        }
    }
}

/// Processor, channel and module, two and three and three bits of a byte.
fn slot(byte: u8) -> String {
    format!("CPU{}_{}{}", byte >> 6, char::from(b'A' + (byte >> 3 & 7)), byte & 7)
}

#[cfg(test)]
mod tests {
    #[test]
    fn slots() {
        assert_eq!(super::slot(0x8a), "CPU2_B2");
        assert_eq!(super::slot(0xff), "CPU3_H7");
    }
}
