//! What the simulated BMC remembers.

use super::Profile;

/// The whole state of the simulated machine.
pub struct State {
    /// Data of the Get Device ID reply.
    pub device_id: Vec<u8>,
}

impl State {
    /// The state a machine of this profile starts with.
    pub fn new(profile: Profile) -> Self {
        State { device_id: profile.device_id }
    }
}
