//! `chassis bootmbox`: the boot initiator mailbox (IPMI 2.0 table 28-14, parameter 7), blocks of sixteen bytes
//! of which the first begins with the number of the enterprise they are meant for.

use super::boot::{COMMIT, COMPLETE, IN_PROGRESS, ReturnCode, Setter};
use super::bootparam;
use crate::cli::number;
use crate::family::{Context, Status};
use crate::out::{bytes_of, hex_bytes};

const MAILBOX: u8 = 7;
const BLOCK: usize = 16;
/// Bytes of the enterprise number in block 0.
const ENTERPRISE: usize = 3;
const MAX_BLOCKS: usize = 256;

/// Acknowledged by the BIOS and by the loader of the operating system.
const BIOS_AND_LOADER: u8 = 0x03;

/// One message in the reference.
const USAGE: &str = "bootmbox get [text] [block <block>]
  Read the entire Boot Initiator Mailbox or the specified <block>.
  If 'text' option is specified, the data is output as plain text, otherwise
  hex dump mode is used.

bootmbox set text [block <block>] <IANA_PEN> \"<data_string>\"
bootmbox set [block <block>] <IANA_PEN> <data_byte> [<data_byte> ...]
  Write the specified <block> or the entire Boot Initiator Mailbox.
  It is required to specify a decimal IANA Enterprise Number recognized
  by the boot initiator on the target system. Refer to your target system
  manufacturer for details. The rest of the arguments are either separate
  data byte values separated by spaces, or a single text string argument.

  When single block write is requested, the total length of <data> may not
  exceed 13 bytes for block 0, or 16 bytes otherwise.

bootmbox help
  Show this help.";

/// What most refusals of this command return: it counts as success.
const REFUSED: Status = Status(0xff);

fn usage(context: &Context) {
    context.out.notice(USAGE);
}

/// Runs the words after `bootmbox`. Reference: an unknown word is passed over in silence.
pub async fn run(context: &mut Context, words: &[String]) -> Status {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((verb, mut rest)) = words.split_first() else {
        usage(context);
        return REFUSED;
    };
    if *verb == "help" {
        usage(context);
        return REFUSED;
    }
    let text = rest.first() == Some(&"text");
    if text {
        rest = &rest[1..];
    }
    let mut block = None;
    if let ["block", after @ ..] = rest {
        let [word, after @ ..] = after else {
            usage(context);
            return REFUSED;
        };
        let Ok(number) = number::parse_i16(word) else {
            context.out.error(&format!("Invalid block {word}"));
            return REFUSED;
        };
        // Reference: a negative number means all blocks.
        block = u16::try_from(number).ok();
        rest = after;
    }
    match (*verb, block) {
        ("get", None) => bootparam::get_blocks(context, text).await,
        // Reference: the number of the block is cut to eight bits.
        ("get", Some(block)) => bootparam::get_block(context, block.to_le_bytes()[0], text).await,
        ("set", block) => set(context, block, text, rest).await,
        _ => REFUSED,
    }
}

async fn set(context: &mut Context, block: Option<u16>, text: bool, words: &[&str]) -> Status {
    let out = context.out.clone();
    out.info("Writing Boot Mailbox...");
    let Some((enterprise, words)) = words.split_first().and_then(|(word, rest)| {
        let number = number::parse_i32(word).ok()?;
        Some((number, rest))
    }) else {
        out.error("No valid IANA PEN specified!\n");
        usage(context);
        return Status::FAILED;
    };
    let Some(first) = words.first() else {
        out.error("No data provided!\n");
        usage(context);
        return Status::FAILED;
    };
    let string: Vec<u8> = if text { bytes_of(first).iter().copied().chain([0]).collect() } else { Vec::new() };
    let size = if text { string.len() } else { words.len() };
    out.info(&format!("Data size: {size}"));
    let blocks = if block.is_some() { 1 } else { (ENTERPRISE + size).div_ceil(BLOCK) };
    out.info(&format!("Blocks to write: {blocks}"));
    if blocks > MAX_BLOCKS {
        let limit = BLOCK * MAX_BLOCKS - ENTERPRISE;
        out.error(&format!("Data size {size} exceeds maximum ({limit})"));
        return Status::FAILED;
    }
    let mut setter = Setter::new(context);
    setter.progress(IN_PROGRESS).await;
    let mut done = 0;
    for number in (block.unwrap_or(0)..).take(blocks) {
        // Reference: block 256 goes to block 0, but without an enterprise number.
        let mut data = vec![number.to_le_bytes()[0]];
        if number == 0 {
            data.extend(&enterprise.to_le_bytes()[..ENTERPRISE]);
        }
        let room = (1 + BLOCK - data.len()).min(size - done);
        let content = if text {
            string[done..done + room].to_vec()
        } else {
            bytes(&words[done..done + room], |word| out.error(&format!("Bad byte value: {word}")))
        };
        done += room;
        let spaced: Vec<String> = content.iter().map(|byte| hex_bytes(&[*byte])).collect();
        out.info(&format!("Block {number:3}: {}", spaced.join(" ")));
        data.extend(content);
        let code = setter.write(MAILBOX, &data).await;
        if code == 0xc9 {
            out.error(&format!("Hit end of mailbox writing block {number}"));
        }
        if code != 0 {
            setter.progress(COMPLETE).await;
            return Status(code);
        }
    }
    out.info(&format!("Wrote {blocks} blocks of Boot Initiator Mailbox"));
    setter.progress(COMMIT).await;
    let code: ReturnCode = setter.acknowledge(BIOS_AND_LOADER).await;
    setter.progress(COMPLETE).await;
    Status(code)
}

/// The bytes of a block. Reference: the first word that is none is said, and zeros stand for it and the rest.
fn bytes(words: &[&str], refuse: impl Fn(&str)) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(words.len());
    for word in words {
        match number::parse_u8(word) {
            Ok(byte) => bytes.push(byte),
            Err(_) => {
                refuse(word);
                break;
            }
        }
    }
    bytes.resize(words.len(), 0);
    bytes
}
