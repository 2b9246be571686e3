//! `sdr fill`: build the repository anew from sensors, a file or a range of addresses.
//!
//! Everything that is to go into the repository is read before the repository is erased: a source that
//! cannot be read costs nobody their records. The requests are the reference's otherwise, and so is what
//! is said, in its order.

use super::words::{listener, loading, not_erased, unreadable};
use crate::bmc::SdrFault;
use crate::bmc::sdr::SdrSourceImage;
use crate::cmd::file;
use crate::family::{Context, Status};
use crate::ipmi::Route;
use crate::ipmi::sdr::{Dump, DumpError, LARGEST_DUMP, RawRecord};
use crate::out::Output;

/// Slots for satellite controllers (PICMG 2.9), and the address of the first.
const SLOTS: u8 = 21;
const FIRST_SLOT: u8 = 0xb0;
/// PICMG 2.9 has a hole here.
const NO_SLOT: u8 = 0xc2;
/// Reference: it has room for so many addresses.
const MOST_ADDRESSES: usize = 128;

/// `sdr fill`.
pub async fn run(context: &Context, words: &[String]) -> Status {
    match words.first().map(String::as_str) {
        None => context.too_few(&[
            "usage: sdr fill sensors",
            "usage: sdr fill file <file>",
            "usage: sdr fill range <range>",
        ]),
        Some(verb @ ("file" | "range")) if words.len() < 2 => {
            context.too_few(&[&format!("usage: sdr fill {verb} <{verb}>")])
        }
        Some("sensors") => sensors(context, &slots()).await,
        Some("nosat") => sensors(context, &[]).await,
        Some("file") => from_file(context, &words[1]).await,
        Some("range") => range(context, &words[1]).await,
        Some(word) => {
            context.out.error(&format!("Invalid SDR fill command: {word}"));
            context.misused(&["usage: sdr fill <sensors|nosat|file|range> [options]"])
        }
    }
}

/// Reference: past the hole, the numbering goes on with the address after it.
fn slots() -> Vec<u8> {
    let addresses = (FIRST_SLOT..).step_by(2).filter(|address| *address != NO_SLOT);
    addresses.take(SLOTS.into()).collect()
}

/// What one controller had to give.
struct Source {
    address: u8,
    image: Result<SdrSourceImage, SdrFault>,
}

/// Reads the controller's own device SDRs, then what those at `addresses` offer. None when that is not
/// enough to erase a repository for; why has been said.
async fn read(context: &Context, addresses: &[u8]) -> Option<Vec<Source>> {
    let (bmc, out, listener) = (&context.bmc, &context.out, listener(context));
    let own = bmc.route();
    let image = bmc.read_sdr_source(own, true, &listener).await;
    let mut sources = vec![Source { address: own.target_addr, image }];
    for address in addresses {
        let route = Route { target_addr: *address, ..own };
        let image = bmc.read_sdr_source(route, false, &listener).await;
        sources.push(Source { address: *address, image });
    }
    let readable = || sources.iter().filter_map(|source| source.image.as_ref().ok().map(|image| (source, image)));
    let broken = readable().find(|(_, image)| !image.complete);
    if broken.is_none() && readable().any(|(_, image)| !image.records.is_empty()) {
        return Some(sources);
    }
    for source in &sources {
        if let Err(fault) = &source.image {
            unreadable(out, fault);
        }
    }
    out.error(&match broken {
        Some((source, _)) => {
            format!("The records of 0x{:x} cannot all be read; the repository is left as it is.", source.address)
        }
        None => "There are no records to be read; the repository is left as it is.".to_owned(),
    });
    None
}

/// Erases the repository.
async fn erase(context: &Context, end: &str) -> bool {
    let outcome = context.bmc.clear_sdr_repository(context.bmc.route(), &listener(context)).await;
    if let Err(fault) = &outcome {
        not_erased(&context.out, fault, end);
    }
    outcome.is_ok()
}

/// Adds what a controller had to give. Reference: one that could not be read is no failure, and the last
/// record alone decides.
async fn add(context: &Context, source: &Source) -> bool {
    match &source.image {
        Err(fault) => {
            unreadable(&context.out, fault);
            true
        }
        Ok(image) => {
            loading(&context.out, source.address);
            context.bmc.add_sdrs(context.bmc.route(), &image.records, &listener(context)).await
        }
    }
}

fn status(good: bool) -> Status {
    if good { Status::OK } else { Status::FAILED }
}

async fn sensors(context: &Context, satellites: &[u8]) -> Status {
    let Some(sources) = read(context, satellites).await else { return Status::FAILED };
    if !erase(context, "Give up.").await {
        return Status::FAILED;
    }
    let mut good = true;
    for source in &sources {
        good &= add(context, source).await;
    }
    status(good)
}

async fn range(context: &Context, words: &str) -> Status {
    let out = &context.out;
    let Some(addresses) = addresses(out, words) else {
        out.error("Range - List invalid, cannot be parsed.");
        return Status::FAILED;
    };
    let listed: String = addresses.iter().map(|address| format!("{address:02x} ")).collect();
    out.println(&format!("List to scan: (Built-in) {listed}"));
    let Some(sources) = read(context, &addresses).await else { return Status::FAILED };
    out.println("Clearing SDR Repository");
    if !erase(context, "Give up.").await {
        return Status::FAILED;
    }
    out.println("Sanning built-in sensors..");
    for (index, source) in sources.iter().enumerate() {
        if index > 0 {
            out.println(&format!("Scanning {:02X}h..", source.address));
        }
        if !add(context, source).await {
            return Status::FAILED;
        }
    }
    Status::OK
}

/// The addresses of a list such as `0x28,0x32` or `0x40-0x44`; what is wrong with it has been said.
/// Reference: only the first comma separates, so that a list of three is none; an address of 0 ends the list.
fn addresses(out: &Output, list: &str) -> Option<Vec<u8>> {
    if list.is_empty() || list.starts_with(',') {
        return None;
    }
    let mut addresses = Vec::new();
    for item in list.splitn(2, ',') {
        let (first, last) = match item.split_once('-') {
            Some((first, last)) => (first, Some(last)),
            None => (item, None),
        };
        let first = address(out, first)?;
        let last = match last {
            Some(last) => Some(address(out, last)?),
            None => None,
        };
        if first % 2 != 0 || last.is_some_and(|last| last % 2 != 0) {
            // Reference: this does not end it.
            out.error("I2C address provided value must be even.");
            continue;
        }
        addresses.push(first);
        let mut next = first;
        while let Some(last) = last
            && next != last
            && addresses.len() < MOST_ADDRESSES
        {
            // A range that ends before it begins runs on through 0, which ends the list.
            next = next.wrapping_add(2);
            addresses.push(next);
        }
    }
    let end = addresses.iter().position(|address| *address == 0).unwrap_or(addresses.len());
    addresses.truncate(end);
    Some(addresses)
}

/// `0x` and two hexadecimal digits.
fn address(out: &Output, word: &str) -> Option<u8> {
    let digits = word.strip_prefix("0x").filter(|digits| digits.len() == 2 && !digits.starts_with('+'));
    let address = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
    if address.is_none() {
        out.error("Must be Hex value of 4 characters (Ex.: 0x24)");
    }
    address
}

/// The records of a file; none when it cannot be read whole, which has been said.
fn records(context: &Context, word: &str) -> Option<Vec<RawRecord>> {
    let image = file::read(context, word, LARGEST_DUMP)?;
    let mut records = Vec::new();
    for record in Dump::new(&image) {
        match record {
            Ok(record) => records.push(record),
            // Reference: less than a header at the end is not looked at.
            Err(DumpError::Header(_)) => {}
            Err(DumpError::Body { .. }) => {
                context.out.error(&format!("SDR from '{word}' truncated"));
                return None;
            }
        }
    }
    Some(records)
}

async fn from_file(context: &Context, word: &str) -> Status {
    let Some(records) = records(context, word) else { return Status::FAILED };
    if !erase(context, "Giving up.").await {
        return Status::FAILED;
    }
    status(context.bmc.add_sdrs(context.bmc.route(), &records, &listener(context)).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::out::Format;

    fn parse(list: &str) -> (Option<Vec<u8>>, String) {
        let out = Output::memory(Format::Text);
        let parsed = addresses(&out, list);
        (parsed, String::from_utf8_lossy(&out.captured().stderr).into_owned())
    }

    #[test]
    fn lists_of_addresses() {
        assert_eq!(parse("0x28").0, Some(vec![0x28]));
        assert_eq!(parse("0x28,0x3E").0, Some(vec![0x28, 0x3e]));
        assert_eq!(parse("0x40-0x44,0x20").0, Some(vec![0x40, 0x42, 0x44, 0x20]));
        assert_eq!(parse("0x29").0, Some(vec![]));
        assert_eq!(parse("0xfc-0x10").0, Some(vec![0xfc, 0xfe]));
        assert_eq!(parse("0x40-0x40").0, Some(vec![0x40]));
        for bad in ["", ",0x28", "0x28,", "0x28,0x30,0x32", "28", "0x+8", "0x028", "0X28", "0x28-", "-0x28"] {
            assert_eq!(parse(bad).0, None, "{bad}");
        }
    }

    #[test]
    fn slots_skip_the_hole() {
        let slots = slots();
        assert_eq!((slots.len(), slots[8], slots[9], slots[20]), (21, 0xc0, 0xc4, 0xda));
    }
}
