//! Supermicro: which memory module an event means, and why the controller restarted.

mod boards;

use super::hooks::sel::device_id;
use crate::family::Context;
use crate::ipmi::sel::SelEvent;
use crate::ipmi::{Command, DecodeError, NetFn, Reader};
use crate::out::completion_text;
use boards::{Slots, slots_of};

/// Asks which board it is (Supermicro's own command). Missing bytes read as zero.
struct GetBoardId;

impl Command for GetBoardId {
    const NETFN: NetFn = NetFn(0x30);
    const CMD: u8 = 0x21;
    type Reply = u16;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<u16, DecodeError> {
        Ok(Reader::new(data).u16_or_zero())
    }
}

/// Memory; and the sensor type of the controller's own restarts.
const MEMORY: u8 = 0x0c;
const RESTART: u8 = 0xd0;

/// The text for a sensor-specific event; empty when there is nothing to say. None for other events,
/// and where the board does not tell which it is.
pub async fn describe(context: &Context, event: &SelEvent) -> Option<String> {
    if event.event_type != 0x6f {
        return None;
    }
    match (event.sensor_type, event.data) {
        (MEMORY, [_, d2, d3]) => {
            device_id(context).await?;
            let board = board(context).await?;
            Some(slot(slots_of(board), d2, d3))
        }
        (RESTART, [0x80, cause, 0xff]) => Some(
            match cause {
                0 => "BMC unexpected reset",
                1 => "BMC cold reset",
                2 => "BMC warm reset",
                _ => "",
            }
            .to_owned(),
        ),
        _ => Some(String::new()),
    }
}

/// The board's number; none for 0, which is no board.
async fn board(context: &Context) -> Option<u16> {
    match context.bmc.call(&GetBoardId).await {
        Ok(board) => (board != 0).then_some(board),
        Err(error) => {
            let why = error.code().map(|code| format!(": {:#x} {}", code.0, completion_text(code.0)));
            context.out.error(&format!("Get Board ID command failed{}", why.unwrap_or_default()));
            None
        }
    }
}

fn slot(slots: Slots, d2: u8, d3: u8) -> String {
    let (high, low) = (d2 >> 4, d2 & 0x0f);
    let letter = |first: u8| char::from(b'@' + high + first);
    // Slots count from Ah on in the byte, and from 1 on in the text.
    let digit = char::from(0x27 + low);
    let processor = (d3 & 3) + 1;
    match slots {
        Slots::Numbered => format!("@DIMM{d2:2X}(CPU{processor})"),
        Slots::LettersByProcessor(each) => format!("@DIMM{}{digit}(CPU{processor})", letter((d3 & 3) * each)),
        Slots::Modules => {
            let module = if high > 4 { 2 } else { 1 };
            format!("@DIMM{}{}(P{}M{module})", letter(0), i16::from(low) - 9, (d3 & 0x0f) + 1)
        }
        Slots::Letters => format!("@DIMM{}{digit}(CPU{processor})", letter(0)),
        Slots::LettersOfEight => format!("@DIMM{}{digit}(CPU{})", letter(0), (d3 & 7) + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots() {
        assert_eq!(slot(Slots::Numbered, 5, 1), "@DIMM 5(CPU2)");
        assert_eq!(slot(Slots::LettersByProcessor(4), 0x1a, 1), "@DIMME1(CPU2)");
        assert_eq!(slot(Slots::Modules, 0x5a, 0x10), "@DIMME1(P1M2)");
        assert_eq!(slot(Slots::LettersOfEight, 0x1a, 7), "@DIMMA1(CPU8)");
    }
}
