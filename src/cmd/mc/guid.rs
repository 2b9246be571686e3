//! `mc guid`: the system's GUID, in whichever order of bytes the controller keeps it.

use crate::family::{Context, Status, eval_failure};
use crate::ipmi::app::GetSystemGuid;
use crate::out::{Page, Report, hex_bytes, time};
use crate::{line, put};
use serde::Serialize;

/// How the sixteen bytes are laid out. In the order in which they are tried; the last that fits wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    /// All fields most significant byte first (RFC 4122).
    Rfc4122,
    /// All bytes reversed (IPMI 2.0 section 20.8).
    Ipmi,
    /// The first three fields least significant byte first (SMBIOS 2.6 and up).
    Smbios,
}

const ENCODINGS: [Encoding; 3] = [Encoding::Rfc4122, Encoding::Ipmi, Encoding::Smbios];

/// The fields of a GUID (RFC 4122 section 4.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Guid {
    time_low: u32,
    time_mid: u16,
    time_high: u16,
    clock: u16,
    node: [u8; 6],
}

/// From 15 October 1582 to 1970, in seconds.
const GREGORIAN_TO_UNIX: i64 = 12_219_292_800;

impl Guid {
    fn decode(bytes: [u8; 16], encoding: Encoding) -> Self {
        let mut bytes = bytes;
        match encoding {
            Encoding::Rfc4122 => {}
            Encoding::Ipmi => bytes.reverse(),
            Encoding::Smbios => {
                bytes[..4].reverse();
                bytes[4..6].reverse();
                bytes[6..8].reverse();
            }
        }
        let [a, b, c, d, e, f, g, h, i, j, node @ ..] = bytes;
        Guid {
            time_low: u32::from_be_bytes([a, b, c, d]),
            time_mid: u16::from_be_bytes([e, f]),
            time_high: u16::from_be_bytes([g, h]),
            clock: u16::from_be_bytes([i, j]),
            node,
        }
    }

    fn version(&self) -> u8 {
        (self.time_high >> 12) as u8
    }

    /// When a time-based GUID was made, in seconds since 1970.
    fn unix_time(&self) -> i64 {
        let intervals =
            u64::from(self.time_high & 0x0fff) << 48 | u64::from(self.time_mid) << 32 | u64::from(self.time_low);
        // 60 bits divided by ten million fit easily.
        i64::try_from(intervals / 10_000_000).unwrap_or(0) - GREGORIAN_TO_UNIX
    }

    /// The encoding that makes sense of the bytes: one with a known version, at best a time-based one
    /// whose year is neither before 1970 nor in the future.
    fn detect(bytes: [u8; 16], this_year: i32) -> Option<Encoding> {
        let mut found = None;
        for encoding in ENCODINGS {
            let guid = Guid::decode(bytes, encoding);
            if !(1..=5).contains(&guid.version()) {
                continue;
            }
            found = Some(encoding);
            if guid.version() == 1 && (1970..=this_year).contains(&time::year(guid.unix_time())) {
                break;
            }
        }
        found
    }

    fn dashed(&self) -> String {
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{}",
            self.time_low,
            self.time_mid,
            self.time_high,
            self.clock,
            hex_bytes(&self.node)
        )
    }
}

#[derive(Serialize)]
struct GuidReport {
    guid: String,
    encoding: Option<Encoding>,
    /// Whether the encoding was found out rather than asked for.
    detected: bool,
    version: Option<u8>,
    created: Option<String>,
    #[serde(skip)]
    timestamp: Option<String>,
}

impl Report for GuidReport {
    fn text(&self, page: &mut Page) {
        line!(page, "System GUID   : {}", self.guid);
        let (Some(encoding), Some(version)) = (self.encoding, self.version) else { return };
        if self.detected {
            match encoding {
                Encoding::Ipmi => line!(page, "GUID Encoding : IPMI"),
                Encoding::Rfc4122 => line!(page, "GUID Encoding : RFC4122 (WARNING: IPMI Specification violation!)"),
                Encoding::Smbios => line!(page, "GUID Encoding : SMBIOS (WARNING: IPMI Specification violation!)"),
            }
        }
        put!(page, "GUID Version  : ");
        match version {
            1 => line!(page, "Time-based"),
            2 => line!(page, "DCE Security with POSIX UIDs (not for IPMI)"),
            3 => line!(page, "Name-based using MD5"),
            4 => line!(page, "Random or pseudo-random"),
            5 => line!(page, "Name-based using SHA-1"),
            other => line!(page, "Unknown/unsupported ({other})"),
        }
        if let Some(timestamp) = &self.timestamp {
            line!(page, "Timestamp     : {timestamp}");
        }
    }
}

/// Runs the words after `guid`. Reference: a word it does not know means automatic, `help` too.
pub async fn run(context: &Context, words: &[String]) -> Status {
    let bytes = match context.bmc.call(&GetSystemGuid).await {
        Ok(bytes) => bytes,
        Err(error) => return eval_failure(context, &error),
    };
    let asked = match words.first().map(String::as_str) {
        Some("rfc") => Some(Encoding::Rfc4122),
        Some("smbios") => Some(Encoding::Smbios),
        Some("ipmi") => Some(Encoding::Ipmi),
        _ => None,
    };
    let dump = words.first().is_some_and(|word| word == "dump");
    let encoding = if dump { None } else { asked.or_else(|| Guid::detect(bytes, time::this_year())) };
    let detected = asked.is_none();
    context.out.report(&match encoding {
        None => {
            let guid = hex_bytes(&bytes).to_uppercase();
            GuidReport { guid, encoding: None, detected, version: None, created: None, timestamp: None }
        }
        Some(encoding) => {
            let guid = Guid::decode(bytes, encoding);
            // Reference: the time is cut to 32 bits on its way to the page.
            let stamp = (guid.version() == 1).then(|| guid.unix_time() as u32);
            GuidReport {
                guid: guid.dashed(),
                encoding: Some(encoding),
                detected,
                version: Some(guid.version()),
                created: stamp.and_then(time::iso8601),
                timestamp: stamp.map(|stamp| context.out.timestamp_numeric(stamp)),
            }
        }
    });
    Status::OK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let rfc = [0x7e, 0x3c, 0xd0, 0x1f, 0x83, 0x6a, 0x11, 0xee, 0x80, 0x9b, 0xfe, 0x00, 0x54, 0x52, 0x01, 0x5a];
        assert_eq!(Guid::detect(rfc, 2026), Some(Encoding::Rfc4122));
        assert_eq!(Guid::decode(rfc, Encoding::Rfc4122).dashed(), "7e3cd01f-836a-11ee-809b-fe005452015a");
        let mut ipmi = rfc;
        ipmi.reverse();
        assert_eq!(Guid::detect(ipmi, 2026), Some(Encoding::Ipmi));
        assert_eq!(Guid::decode(ipmi, Encoding::Ipmi), Guid::decode(rfc, Encoding::Rfc4122));
        assert_eq!(Guid::detect([0xff; 16], 2026), None);
    }
}
