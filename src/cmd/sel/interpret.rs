//! `sel interpret`: entries from the log of a PPS shelf manager, in its own words.
//!
//! A line reads `0x001F: Event: at Mar 27 06:41:10 2007;from:(0x9a,0,7); sensor:(0xc3,119);
//! event:0x6f(asserted): 0xA3 0x00 0x88`, or, where a FRU's state changes, ends in `HotSwap: FRU 3 M2->M3,
//! Cause=0x1`. Its time is not read.

use super::file::line;
use super::row::{SelRow, Style};
use crate::cli::number;
use crate::cmd::file;
use crate::family::{Context, Status};
use crate::ipmi::sel::{SelEvent, SelRecord};
use std::io::BufReader;

/// Bytes of a line at most. Reference: what is longer counts as several lines.
const LINE: u64 = 255;
/// FRU hot swap, whose data come in words.
const HOT_SWAP: u8 = 0xf0;

/// Why a line makes no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// A number is too large; this one ends the whole command.
    Number(&'static str),
    /// A part is missing.
    Form,
}

/// Where the reading of a line stands.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    /// Goes on after the next such byte.
    fn after(&mut self, byte: u8) -> Result<(), Fault> {
        let at = self.0.iter().position(|other| *other == byte).ok_or(Fault::Form)?;
        self.0 = &self.0[at + 1..];
        Ok(())
    }

    /// The number that stands here, as C's `strtol` reads it: 0 where there is none.
    fn number(&self, base: u32, what: &'static str) -> Result<i64, Fault> {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
        let start = self.0.iter().position(|byte| !is_blank(byte)).unwrap_or(self.0.len());
        let rest = &self.0[start..];
        let (negative, rest) = match rest.first() {
            Some(b'-') => (true, &rest[1..]),
            Some(b'+') => (false, &rest[1..]),
            _ => (false, rest),
        };
        let is_digit = |byte: &u8| char::from(*byte).is_digit(base);
        let digits = match rest {
            [b'0', b'x' | b'X', digits @ ..] if base == 16 && digits.first().is_some_and(is_digit) => digits,
            _ => rest,
        };
        let value = digits.iter().take_while(|byte| is_digit(byte)).try_fold(0_i64, |value, byte| {
            let digit = i64::from(char::from(*byte).to_digit(base).unwrap_or(0));
            let value = value.checked_mul(i64::from(base))?;
            if negative { value.checked_sub(digit) } else { value.checked_add(digit) }
        });
        value.ok_or(Fault::Number(what))
    }

    /// The same, cut to a byte.
    fn byte(&self, base: u32, what: &'static str) -> Result<u8, Fault> {
        Ok(self.number(base, what)?.to_le_bytes()[0])
    }
}

/// Reads a line into an event, of which the data bytes stay as they are when they cannot be read: then
/// the flag is false. Gives the record's id.
fn parse(line: &[u8], event: &mut SelEvent) -> Result<(u16, bool), Fault> {
    let line = line.split(|byte| *byte == 0).next().unwrap_or(line);
    let mut cursor = Cursor(line);
    let [low, high, ..] = cursor.number(16, "Invalid record ID.")?.to_le_bytes();
    cursor.after(b';')?;
    cursor.after(b';')?;
    cursor.after(b'(')?;
    event.sensor_type = cursor.byte(16, "Invalid Sensor Type.")?;
    cursor.after(b',')?;
    event.sensor = cursor.byte(10, "Invalid Sensor Number.")?;
    cursor.after(b':')?;
    event.event_type = cursor.byte(16, "Invalid Event Type.")? & 0x7f;
    cursor.after(b'(')?;
    event.deasserted = cursor.0.first() != Some(&b'a');
    cursor.after(b' ')?;
    let mut understood = true;
    if event.sensor_type == HOT_SWAP {
        let digit = cursor.0.iter().position(u8::is_ascii_digit).ok_or(Fault::Form)?;
        cursor.0 = &cursor.0[digit..];
        event.data[2] = cursor.byte(10, "Invalid Event Data#2.")?;
        cursor.after(b'M')?;
        event.data[1] = cursor.byte(10, "Invalid Event Data#1.")?;
        cursor.after(b'M')?;
        event.data[0] = 0xa0 | cursor.byte(10, "Invalid Event Data#0.")?;
        cursor.after(b'=')?;
        event.data[1] |= cursor.byte(16, "Invalid Event Data#1.")? << 4;
    } else if cursor.0.first() == Some(&b'0') {
        event.data[0] = cursor.byte(16, "Invalid Event Data#0.")?;
        cursor.after(b' ')?;
        event.data[1] = cursor.byte(16, "Invalid Event Data#1.")?;
        cursor.after(b' ')?;
        event.data[2] = cursor.byte(16, "Invalid Event Data#2.")?;
    } else {
        understood = false;
    }
    Ok((u16::from_le_bytes([low, high]), understood))
}

/// `sel interpret`. Reference: the manufacturer that is given counts for nothing where there is a
/// controller to ask, and the end of the file is a failure.
pub async fn run(context: &Context, words: &[String], style: Style) -> Status {
    let out = &context.out;
    let [iana, word, format, ..] = words else {
        out.notice("usage: sel interpret iana filename format(pps)");
        return Status::OK;
    };
    if number::parse_u32(iana).is_err() {
        out.error(&format!("Given IANA '{iana}' is invalid."));
        return Status::FAILED;
    }
    if format != "pps" {
        out.error(&format!("Given format '{format}' is unknown."));
        return Status::FAILED;
    }
    let Some(file) = file::open(out, word) else {
        out.error(&format!("Failed to open file '{word}' for reading."));
        return Status::FAILED;
    };
    let mut reader = BufReader::new(file);
    let rows = out.list();
    let mut event = SelEvent {
        timestamp: 0,
        generator: 0x20,
        revision: 4,
        sensor_type: 0,
        sensor: 0,
        event_type: 0,
        deasserted: false,
        data: [0; 3],
    };
    while let Ok(Some(line)) = line(&mut reader, LINE) {
        match parse(&line, &mut event) {
            Ok((id, understood)) => {
                if !understood {
                    out.error("ipmitool: can't guess format.");
                }
                rows.push(&SelRow::read(context, &SelRecord::event(id, &event), style.clone()).await);
            }
            Err(Fault::Form) => out.error("ipmitool: invalid entry found in file."),
            Err(Fault::Number(complaint)) => {
                out.error(complaint);
                break;
            }
        }
    }
    Status::FAILED
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    const PLAIN: &[u8] = b"0x001F: Event: at Mar 27 06:41:10 2007;from:(0x9a,0,7); sensor:(0xc3,119); \
        event:0x6f(asserted): 0xA3 0x00 0x88";
    const SWAP: &[u8] = b"0x0020: Event: at Mar 27 06:41:10 2007;from:(0x9a,0,7); sensor:(0xf0,119); \
        event:0x6f(deasserted): HotSwap: FRU 3 M2->M4, Cause=0x1";

    fn blank() -> SelEvent {
        SelRecord::decode([0; 16]).as_event()
    }

    #[test]
    fn both_forms() {
        let mut event = blank();
        assert_eq!(parse(PLAIN, &mut event), Ok((0x1f, true)));
        assert_eq!((event.sensor_type, event.sensor, event.event_type), (0xc3, 119, 0x6f));
        assert_eq!((event.data, event.deasserted), ([0xa3, 0, 0x88], false));
        assert_eq!(parse(SWAP, &mut event), Ok((0x20, true)));
        assert_eq!((event.data, event.deasserted), ([0xa4, 0x12, 3], true));
    }

    #[test]
    fn what_is_no_line() {
        for line in ["", "x", "1;2", "1;2;(3,4:5(a 6"] {
            assert!(matches!(parse(line.as_bytes(), &mut blank()), Err(Fault::Form) | Ok((_, false))), "{line}");
        }
        let complaint = parse(b"0xffffffffffffffffff;", &mut blank());
        assert_eq!(complaint, Err(Fault::Number("Invalid record ID.")));
    }

    #[test]
    fn any_line_is_read_or_refused() {
        let mut random = StdRng::seed_from_u64(3);
        for _ in 0..5000 {
            let mut line = if random.random() { PLAIN.to_vec() } else { SWAP.to_vec() };
            for _ in 0..random.random_range(0..6) {
                let at = random.random_range(0..line.len());
                line[at] = random.random();
            }
            line.truncate(random.random_range(0..=line.len()));
            let _ = parse(&line, &mut blank());
        }
    }
}
