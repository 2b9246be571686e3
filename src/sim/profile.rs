//! A profile: what kind of machine is simulated. `-D FILE` reads one (JSON).

use super::fault::Faults;
use serde::Deserialize;

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

/// Everything that can be chosen about a simulated machine; absent fields are the default server's.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Data of the Get Device ID reply.
    pub device_id: Vec<u8>,
    /// Faults in force from the start.
    pub faults: Faults,
}

impl Default for Profile {
    fn default() -> Self {
        Profile {
            device_id: vec![0x20, 0x81, 0x03, 0x14, 0x02, 0xbf, 0x57, 0x01, 0x00, 0x3e, 0x00, 0x00, 0x00, 0x00, 0x00],
            faults: Faults::default(),
        }
    }
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
