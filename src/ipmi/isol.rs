//! Serial over LAN as Intel's controllers had it before IPMI 2.0.

use super::{Command, DecodeError, NetFn};

/// Get ISOL Configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetIsolConfig {
    /// Parameter: 1 enable, 2 authentication and privilege, 5 bit rate.
    pub parameter: u8,
}

impl Command for GetIsolConfig {
    const NETFN: NetFn = NetFn::ISOL;
    const CMD: u8 = 0x04;
    /// The parameter; zero where it is missing.
    type Reply = u8;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0, self.parameter, 0, 0]);
    }

    fn decode(data: &[u8]) -> Result<u8, DecodeError> {
        Ok(data.get(1).copied().unwrap_or(0))
    }
}

/// Set ISOL Configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetIsolConfig {
    /// Parameter, as in [`GetIsolConfig`].
    pub parameter: u8,
    /// Its new value.
    pub value: u8,
}

impl Command for SetIsolConfig {
    const NETFN: NetFn = NetFn::ISOL;
    const CMD: u8 = 0x03;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0, self.parameter, self.value]);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Activate ISOL, or deactivate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwitchIsol {
    /// Whether the console is to be active.
    pub active: bool,
}

impl Command for SwitchIsol {
    const NETFN: NetFn = NetFn::ISOL;
    const CMD: u8 = 0x01;
    /// How long the reply is (bytes); nobody knows what it says.
    type Reply = usize;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([u8::from(self.active), 0, 0, 0, 0]);
    }

    fn decode(data: &[u8]) -> Result<usize, DecodeError> {
        Ok(data.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_forms() {
        assert_eq!(GetIsolConfig { parameter: 5 }.request().data, [0, 5, 0, 0]);
        assert_eq!(SetIsolConfig { parameter: 1, value: 1 }.request().data, [0, 1, 1]);
        assert_eq!(GetIsolConfig::decode(&[0x11, 7]), Ok(7));
        assert_eq!(GetIsolConfig::decode(&[0x11]), Ok(0));
    }
}
