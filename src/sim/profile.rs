//! A profile: what kind of machine is simulated. `-D FILE` reads one (JSON).

use super::fault::Faults;
use super::udp::PacketFaults;
use crate::protocol::Quirks;
use serde::{Deserialize, Deserializer};
use std::time::{SystemTime, UNIX_EPOCH};

/// Why a profile file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("cannot read the profile: {0}")]
    Read(#[from] std::io::Error),
    /// The file is not a profile.
    #[error("not a profile: {0}")]
    Malformed(#[from] serde_json::Error),
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Option<u32>")]
pub enum Clock {
    /// The host's clock.
    System,
    /// A clock that stands still, at this UNIX time.
    Fixed(u32),
}

impl From<Option<u32>> for Clock {
    fn from(seconds: Option<u32>) -> Self {
        seconds.map_or(Clock::System, Clock::Fixed)
    }
}

impl Clock {
    /// Seconds since 1970.
    pub fn now(self) -> u32 {
        match self {
            Clock::Fixed(seconds) => seconds,
            Clock::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|time| u32::try_from(time.as_secs()).ok())
                .unwrap_or(u32::MAX),
        }
    }
}

/// Bytes, written as hexadecimal; blanks may stand between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hex(pub Vec<u8>);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits: Vec<u32> = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_digit(16).ok_or_else(|| serde::de::Error::custom("not hexadecimal")))
            .collect::<Result<_, _>>()?;
        if !digits.len().is_multiple_of(2) {
            return Err(serde::de::Error::custom("half a byte at the end"));
        }
        Ok(Hex(digits.chunks(2).filter_map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()))
    }
}

/// Everything that can be chosen about a simulated machine; absent fields are the default server's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Data of the Get Device ID reply.
    pub device_id: Option<Hex>,
    /// Data of the Get System GUID reply.
    pub guid: Option<Hex>,
    /// SEL records of 16 bytes; their ids are given anew.
    pub sel: Option<Vec<Hex>>,
    /// SDR records with their headers; their ids are given anew.
    pub sdr: Option<Vec<Hex>>,
    /// Whether the SDRs are the controller's own (device SDRs) instead of a repository's.
    pub device_sdr: bool,
    /// Device SDRs the controller has beside those in its repository, if its device id promises any.
    pub built_in_sdr: Option<Vec<Hex>>,
    /// FRU images, by device id from 0.
    pub fru: Option<Vec<Hex>>,
    /// Data of the Get PICMG Properties reply.
    pub picmg: Option<Hex>,
    /// Data of the Get VSO Capabilities reply.
    pub vita: Option<Hex>,
    /// The BMC key (Kg), at most twenty bytes.
    pub kg: Option<Hex>,
    /// Sessions there are slots for.
    pub session_slots: Option<u8>,
    /// Authentication types on offer (bits, IPMI 2.0 table 22-15).
    pub auth_types: Option<u8>,
    /// What sessions with the machine have of their own.
    pub quirks: Quirks,
    /// What goes wrong with packets of the UDP face.
    pub packets: PacketFaults,
    /// The clock; the host's when absent.
    pub clock: Option<u32>,
    /// Faults in force from the start.
    pub faults: Faults,
}

impl Profile {
    /// Reads a profile from JSON.
    ///
    /// # Errors
    /// [`ProfileError::Malformed`] when the text is not a profile.
    pub fn parse(json: &str) -> Result<Self, ProfileError> {
        Ok(serde_json::from_str(json)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_checked() {
        let profile =
            Profile::parse(r#"{"device_id": "20 81", "clock": 5, "faults": ["06/01:cc=c1"]}"#).expect("a profile");
        assert_eq!(profile.device_id, Some(Hex(vec![0x20, 0x81])));
        for bad in ["", r#"{"device_id": "2"}"#, r#"{"device_id": "xx"}"#, r#"{"x": 1}"#, r#"{"faults": ["x"]}"#] {
            assert!(Profile::parse(bad).is_err(), "{bad}");
        }
    }
}
