//! `i2c`: one transaction with a device on the controller's I2C buses. Other families that speak to
//! such devices call [`transfer`].

use super::arguments::byte;
use super::raw::as_hex;
use super::tree::{self, Rest};
use crate::bmc::CallError;
use crate::family::{Context, Family, Running, Status};
use crate::ipmi::i2c::{MAX_TRANSFER, MasterWriteRead};
use crate::out::{Page, Report, completion_text};
use crate::{line, put};
use clap::Subcommand;
use serde::Serialize;

/// The `i2c` family. Its words are numbers; help is the only leaf.
pub const I2C: Family = Family {
    name: "i2c",
    summary: Some("Send an I2C Master Write-Read command and print response"),
    tree: || tree::bare::<Leaf>("i2c"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show how a transaction is written
    Help(Rest),
}

const USAGE: [&str; 3] = [
    "usage: i2c [bus=public|# [chan=#] <i2caddr> <read bytes> [write data]",
    "            bus=public is default",
    "            chan=0 is default, bus= must be specified to use chan=",
];

/// So few bytes are shown in binary too.
const FEW: usize = 4;

/// What a transaction did.
#[derive(Serialize)]
struct Transaction {
    address: u8,
    /// Bytes that were written.
    written: usize,
    /// Bytes that were asked for.
    wanted: u8,
    #[serde(serialize_with = "as_hex")]
    data: Vec<u8>,
}

impl Transaction {
    fn is_short(&self) -> bool {
        self.data.len() < usize::from(self.wanted)
    }
}

impl Report for Transaction {
    fn text(&self, page: &mut Page) {
        let verbose = page.verbose() != 0;
        if self.written > 0 && (verbose || self.wanted == 0) {
            line!(page, "Wrote {} bytes to I2C device {:02X}h", self.written, self.address);
        }
        if self.wanted == 0 {
            return;
        }
        if verbose || self.written == 0 {
            line!(page, "Read {} bytes from I2C device {:02X}h", self.data.len(), self.address);
        }
        if self.is_short() {
            return;
        }
        for (index, byte) in self.data.iter().enumerate() {
            if index % 16 == 0 && index != 0 {
                line!(page);
            }
            put!(page, " {byte:02x}");
        }
        line!(page);
        if self.data.len() <= FEW {
            for byte in &self.data {
                put!(page, "{byte:08b} ");
            }
            line!(page);
        }
    }
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let (bus, numbers) = bus(words);
        if numbers.len() < 2 || words[0] == "help" {
            context.out.notices(&USAGE);
            return Status::OK;
        }
        if numbers.len() - 2 > usize::from(MAX_TRANSFER) {
            context.out.error(&format!("Raw command input limit ({MAX_TRANSFER} bytes) exceeded"));
            return Status::FAILED;
        }
        exchange(context, bus, numbers).await.unwrap_or(Status::FAILED)
    })
}

/// The bus and channel in front of the numbers. Reference: what is no number is the public bus, and a
/// channel counts only behind a bus.
fn bus(words: &[String]) -> (u8, &[String]) {
    let Some(bus) = words.first().filter(|_| words.len() > 2).and_then(|word| word.strip_prefix("bus=")) else {
        return (0, words);
    };
    let bus = decimal(bus).map_or(0, |number| (number & 7) << 1 | 1);
    match words[1].strip_prefix("chan=").filter(|_| words.len() > 3) {
        // Reference: what does not fit into the byte is cut off, and joins the bus.
        Some(channel) => (decimal(channel).map_or(bus, |channel| bus | channel << 4), &words[2..]),
        None => (bus, &words[1..]),
    }
}

/// The low byte of a decimal number, as `scanf` reads it: what follows the digits does not matter.
fn decimal(word: &str) -> Option<u8> {
    let word = word.trim_start();
    let (negative, digits) = match word.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let digits = &digits[..end];
    if digits.is_empty() {
        return None;
    }
    let value = digits.parse::<u64>().map_or(u64::MAX, |value| if negative { value.wrapping_neg() } else { value });
    Some(value.to_le_bytes()[0])
}

async fn exchange(context: &Context, bus: u8, numbers: &[String]) -> Option<Status> {
    let address = byte(context, "i2caddr", &numbers[0])?;
    let read = byte(context, "read size", &numbers[1])?;
    if address == 0 {
        context.out.error("Invalid I2C address 0");
        context.out.notices(&USAGE);
        return None;
    }
    let write = numbers[2..].iter().map(|word| byte(context, "parameter", word)).collect::<Option<Vec<u8>>>()?;
    let written = write.len();
    context.out.info(&format!("RAW I2C REQ (i2caddr={address:x} readbytes={read} writebytes={written})"));
    context.out.dump("WRITE DATA", &write);
    let data = transfer(context, MasterWriteRead { bus, address, read, write }).await?;
    let transaction = Transaction { address, written, wanted: read, data };
    context.out.report(&transaction);
    Some(if read > 0 && transaction.is_short() { Status::FAILED } else { Status::OK })
}

/// One transaction. Why there is no answer has been said, and that there is none.
pub async fn transfer(context: &Context, command: MasterWriteRead) -> Option<Vec<u8>> {
    let answer = attempt(context, command).await;
    if answer.is_none() {
        context.out.error("Unable to perform I2C Master Write-Read");
    }
    answer
}

/// One transaction that may be tried again. Why there is no answer has been said.
pub async fn attempt(context: &Context, command: MasterWriteRead) -> Option<Vec<u8>> {
    let out = &context.out;
    if command.read > MAX_TRANSFER {
        out.error(&format!("Master Write-Read: Too many bytes ({}) to read", command.read));
        None
    } else {
        for (verb, preposition, count) in
            [("Writing", "to", command.write.len()), ("Reading", "from", usize::from(command.read))]
        {
            if count > 0 {
                out.debug(&format!("{verb} {count} bytes {preposition} i2cdev {:02X}h", command.address));
            }
        }
        match context.bmc.call(&command).await {
            Ok(data) => Some(data),
            Err(error) => {
                out.error(&format!("I2C Master Write-Read command failed{}", reason(&error)));
                None
            }
        }
    }
}

/// The bus's own reasons have completion codes of their own (IPMI 2.0 section 22.11).
fn reason(error: &CallError) -> String {
    match error.code().map(|code| code.0) {
        Some(0x81) => ": Lost Arbitration".to_owned(),
        Some(0x82) => ": Bus Error".to_owned(),
        Some(0x83) => ": NAK on Write".to_owned(),
        Some(0x84) => ": Truncated Read".to_owned(),
        Some(code) => format!(": {}", completion_text(code)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bus_of(line: &str) -> (u8, usize) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let (bus, numbers) = bus(&words);
        (bus, numbers.len())
    }

    #[test]
    fn buses_and_channels() {
        assert_eq!(bus_of("0xa0 1"), (0, 2));
        assert_eq!(bus_of("bus=public 0xa0 1"), (0, 2));
        assert_eq!(bus_of("bus=1 0xa0 1"), (0x03, 2));
        assert_eq!(bus_of("bus=9 chan=17 0xa0 1"), (0x13, 2));
        assert_eq!(bus_of("bus=x 0xa0 1"), (0, 2));
        assert_eq!(bus_of("bus=1 0xa0"), (0, 2));
        assert_eq!(bus_of("bus=1 chan=2 0xa0"), (0x03, 2));
    }

    #[test]
    fn numbers_as_scanf_reads_them() {
        assert_eq!(
            [decimal("12x"), decimal(" +3"), decimal("-1"), decimal("x"), decimal("99999999999999999999")],
            [Some(12), Some(3), Some(0xff), None, Some(0xff)]
        );
    }
}
