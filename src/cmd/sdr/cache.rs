//! `-S FILE`: records from a file instead of the controller, in the form `sdr dump` writes.

use crate::bmc::Bmc;
use crate::cmd::file;
use crate::ipmi::sdr::{Dump, DumpError, LARGEST_DUMP, RawRecord, SdrHeader};
use crate::out::Output;
use std::io::Read;

/// Takes records from a file. What is wrong with it is said, and ends no run: of a file that turns bad
/// half-way the records before that count, and one that cannot be opened leaves the controller in charge.
pub fn load_cache(bmc: &Bmc, out: &Output, word: &str) {
    let Some(file) = file::open(out, word) else {
        out.error(&format!("Unable to open SDR cache {word} for reading"));
        return;
    };
    let mut image = Vec::new();
    let limit = u64::try_from(LARGEST_DUMP).unwrap_or(u64::MAX);
    // Reference: what cannot be read, as of a folder, is the end of the file.
    let _ = file.take(limit).read_to_end(&mut image);
    bmc.preload_sdrs(&records(out, &image));
}

fn records(out: &Output, image: &[u8]) -> Vec<RawRecord> {
    let mut records = Vec::new();
    let mut dump = Dump::new(image);
    while let Some(header) = dump.header() {
        let header = match header {
            Ok(SdrHeader { length: 0, .. }) => continue,
            Ok(header @ SdrHeader { version: 0x51 | 0x01 | 0x02, .. }) => header,
            Ok(header) => {
                out.warning(&format!("invalid sdr header version {:02x}", header.version));
                break;
            }
            Err(error) => {
                complain(out, error);
                break;
            }
        };
        match dump.body(header) {
            Ok(body) => records.push(RawRecord { header, body: body.to_vec() }),
            Err(error) => {
                complain(out, error);
                break;
            }
        }
    }
    records
}

fn complain(out: &Output, error: DumpError) {
    out.error(&match error {
        DumpError::Header(length) => format!("header read {length} bytes, expected 5"),
        DumpError::Body { id, length, expected } => {
            format!("record {id:04x} read {length} bytes, expected {expected}")
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::out::Format;

    #[test]
    fn no_file_is_too_strange() {
        let mut seed = 77_u32;
        for length in 0..600_usize {
            let image: Vec<u8> = (0..length)
                .map(|position| {
                    seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                    let byte = (seed >> 16) as u8;
                    // Versions that are let through, so that the bodies are reached as well.
                    if position % 5 == 2 || byte & 1 == 0 { 0x51 } else { byte }
                })
                .collect();
            let found = records(&Output::memory(Format::Text), &image);
            assert!(found.iter().map(|record| 5 + record.body.len()).sum::<usize>() <= length);
        }
    }
}
