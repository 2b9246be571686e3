//! Dates as the reference shows them: C's `strftime`, in the locale and zone of the environment.
//!
//! An IPMI timestamp (IPMI 2.0 section 37) counts seconds since 1970. The value FFFFFFFFh is
//! unspecified; values below 20000000h count from the controller's own start.

use super::{Output, bytes_of, text};
use crate::sys::time::{self, Zone, strftime};
use chrono::Datelike;

/// Timestamps up to here count from the controller's start.
const SINCE_INIT: u32 = 0x2000_0000;
const UNSPECIFIED: u32 = 0xffff_ffff;
const DAY: u32 = 24 * 60 * 60;

impl Output {
    fn zone_for(&self, timestamp: u32) -> Zone {
        // Reference: the boundary itself is shown as a date, but in universal time.
        if self.utc() || timestamp <= SINCE_INIT { Zone::Utc } else { Zone::Local }
    }

    fn stamp(&self, timestamp: u32, special: [&str; 2], format: &str) -> String {
        let format = match timestamp {
            UNSPECIFIED => return "Unspecified".to_owned(),
            0..DAY => special[0],
            DAY..SINCE_INIT => special[1],
            _ => format,
        };
        text(&strftime(format, i64::from(timestamp), self.zone_for(timestamp)))
    }

    /// Date and time in figures (`%x %X %Z`).
    pub fn timestamp_numeric(&self, timestamp: u32) -> String {
        self.stamp(timestamp, ["S+ %H:%M:%S", "S+ %y/%j %H:%M:%S"], "%x %X %Z")
    }

    /// Date and time in words (`%c %Z`).
    pub fn timestamp_string(&self, timestamp: u32) -> String {
        self.stamp(timestamp, ["S+ %H:%M:%S", "S+ %y years %j days %H:%M:%S"], "%c %Z")
    }

    /// The date alone (`%x`).
    pub fn timestamp_date(&self, timestamp: u32) -> String {
        self.stamp(timestamp, ["S+ %y/%j", "S+ %y/%j"], "%x")
    }

    /// The time of day alone (`%X %Z`).
    pub fn timestamp_time(&self, timestamp: u32) -> String {
        self.stamp(timestamp, ["%X %Z", "%X %Z"], "%X %Z")
    }
}

/// A timestamp for JSON: ISO 8601 in UTC; none for what is unspecified or counts from the start.
pub fn iso8601(timestamp: u32) -> Option<String> {
    if timestamp == UNSPECIFIED || timestamp < SINCE_INIT {
        return None;
    }
    let time = chrono::DateTime::from_timestamp(i64::from(timestamp), 0)?;
    Some(time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The UNIX time of a local date and time in figures, as the locale writes them (`%x %X`); what follows
/// does not matter. None for what is no time since 1970.
pub fn parse_numeric(words: &str) -> Option<i64> {
    time::parse_start(&bytes_of(words), "%x %X").map(|(time, _)| time).filter(|time| *time >= 0)
}

/// A UNIX time less the local zone's offset: the moment at which the local clock shows what the clock
/// of universal time shows at `seconds`.
pub fn as_if_local(seconds: i64) -> i64 {
    time::as_if_local(seconds)
}

/// The host's clock, as a UNIX time.
pub fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.ok().and_then(|now| i64::try_from(now.as_secs()).ok()).unwrap_or(0)
}

/// The year of a UNIX time, in UTC.
pub fn year(seconds: i64) -> i32 {
    chrono::DateTime::from_timestamp(seconds, 0).map_or(i32::MAX, |time| time.year())
}

/// The year on the host's clock, in UTC.
pub fn this_year() -> i32 {
    year(now())
}

/// The locale's decimal point.
pub fn decimal_point() -> char {
    char::from(crate::sys::locale::decimal_point())
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    #[test]
    fn special_timestamps() {
        let out = Output::memory(Format::Text);
        assert_eq!(out.timestamp_numeric(0xffff_ffff), "Unspecified");
        assert_eq!(out.timestamp_numeric(0), "S+ 00:00:00");
        assert_eq!(out.timestamp_numeric(0x0010_0000), "S+ 70/013 03:16:16");
        assert_eq!(out.timestamp_date(1), "S+ 70/001");
        assert_eq!(iso8601(5), None);
        assert_eq!(iso8601(1_700_000_000).as_deref(), Some("2023-11-14T22:13:20Z"));
    }
}
