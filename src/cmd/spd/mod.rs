//! `spd`: reads a memory module's SPD over I2C. How it is shown serves inventories of modules too.

mod module;

pub use module::SpdReport;

use super::arguments::byte;
use super::i2c::transfer;
use super::tree::{self, Rest};
use crate::family::{Context, Family, Running, Status};
use crate::ipmi::i2c::{MAX_TRANSFER, MasterWriteRead};
use clap::Subcommand;

/// The `spd` family. Its words are numbers; help is the only leaf.
pub const SPD: Family = Family {
    name: "spd",
    summary: Some("Print SPD info from remote I2C device"),
    tree: || tree::bare::<Leaf>("spd"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show how a module is named
    Help(Rest),
}

/// Bytes of SPD that are read.
const SIZE: usize = 512;

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        if words.len() < 2 || words[0] == "help" {
            context.out.notice("usage: spd <i2cbus> <i2caddr> [channel] [maxread]");
            return Status::OK;
        }
        match read(context, words).await {
            Some(data) => {
                show(context, &data);
                Status::OK
            }
            None => Status::FAILED,
        }
    })
}

/// Shows an SPD; nothing where there are too few bytes.
pub fn show(context: &Context, data: &[u8]) {
    if let Some(report) = SpdReport::of(data) {
        context.out.report(&report);
        // The dump goes past stdout's buffer in the reference too, but behind what was printed there.
        if report.is_whole() {
            context.out.dump("SPD DATA", data);
        }
    }
}

async fn read(context: &Context, words: &[String]) -> Option<Vec<u8>> {
    let bus = byte(context, "i2cbus", &words[0])?;
    let address = byte(context, "i2caddr", &words[1])?;
    let channel = words.get(2).map_or(Some(0), |word| byte(context, "channel", word))?;
    let chunk = words.get(3).map_or(Some(MAX_TRANSFER), |word| byte(context, "maxread", word))?;
    let bus = (channel & 0x0f) << 4 | (bus & 0x07) << 1 | 1;
    let mut data = Vec::with_capacity(SIZE + usize::from(MAX_TRANSFER));
    while data.len() < SIZE {
        // Reference: the offset is one byte, so that the second half shows the first one again.
        let offset = data.len().to_le_bytes()[0];
        let command = MasterWriteRead { bus, address, read: chunk, write: vec![offset] };
        let mut part = transfer(context, command).await?;
        if chunk == 0 {
            // The reference goes on asking for nothing as long as it is answered.
            context.out.error("Given maxread \"0\" is invalid.");
            return None;
        }
        part.resize(chunk.into(), 0);
        data.append(&mut part);
    }
    Some(data)
}
