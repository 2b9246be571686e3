//! LAN and serial-over-LAN configuration (IPMI 2.0 chapters 23, 24 and 26).

use super::{Command, DecodeError, NetFn, Reader};

/// Get LAN Configuration Parameters (section 23.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetLanConfig {
    /// Channel.
    pub channel: u8,
    /// Parameter selector (table 23-4).
    pub parameter: u8,
    /// Set selector, 0 for parameters that have one set.
    pub set: u8,
    /// Block selector, 0 for parameters that have one block.
    pub block: u8,
}

impl Command for GetLanConfig {
    const NETFN: NetFn = NetFn::TRANSPORT;
    const CMD: u8 = 0x02;
    /// The parameter, without its revision.
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel, self.parameter, self.set, self.block]);
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Ok(data.get(1..).unwrap_or_default().to_vec())
    }
}

/// Set LAN Configuration Parameters (section 23.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetLanConfig<'a> {
    /// Channel.
    pub channel: u8,
    /// Parameter selector (table 23-4).
    pub parameter: u8,
    /// The parameter, its set and block selectors first where it has them.
    pub data: &'a [u8],
}

impl Command for SetLanConfig<'_> {
    const NETFN: NetFn = NetFn::TRANSPORT;
    const CMD: u8 = 0x01;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel, self.parameter]);
        data.extend(self.data);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get IP/UDP/RMCP Statistics (section 23.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetLanStatistics {
    /// Channel.
    pub channel: u8,
    /// Clear them, instead of reading.
    pub clear: bool,
}

impl Command for GetLanStatistics {
    const NETFN: NetFn = NetFn::TRANSPORT;
    const CMD: u8 = 0x04;
    /// Nine counters as they arrive.
    type Reply = [[u8; 2]; 9];

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel, u8::from(self.clear)]);
    }

    fn decode(data: &[u8]) -> Result<[[u8; 2]; 9], DecodeError> {
        let mut reader = Reader::new(data);
        Ok(std::array::from_fn(|_| reader.array_or_zero()))
    }
}

/// Get SOL Configuration Parameters (section 26.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSolConfig {
    /// Channel, 14 for the one in use.
    pub channel: u8,
    /// Parameter selector (table 26-5).
    pub parameter: u8,
}

impl Command for GetSolConfig {
    const NETFN: NetFn = NetFn::TRANSPORT;
    const CMD: u8 = 0x22;
    /// The parameter, its revision first.
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel, self.parameter, 0, 0]);
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Ok(data.to_vec())
    }
}

/// Set SOL Configuration Parameters (section 26.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetSolConfig<'a> {
    /// Channel, 14 for the one in use.
    pub channel: u8,
    /// Parameter selector (table 26-5).
    pub parameter: u8,
    /// The parameter's data.
    pub data: &'a [u8],
}

impl Command for SetSolConfig<'_> {
    const NETFN: NetFn = NetFn::TRANSPORT;
    const CMD: u8 = 0x21;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel, self.parameter]);
        data.extend(self.data);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// What is done to a user's right to use the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadGrant {
    /// Take it away.
    Disable,
    /// Give it.
    Enable,
}

/// Set User Payload Access (section 24.6), for the serial-over-LAN payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetSolPayloadAccess {
    /// Channel.
    pub channel: u8,
    /// User id.
    pub user: u8,
    /// What to do.
    pub grant: PayloadGrant,
}

impl Command for SetSolPayloadAccess {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x4c;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        let operation = if self.grant == PayloadGrant::Disable { 0x40 } else { 0 };
        data.extend([self.channel & 0x0f, operation | self.user & 0x3f, 0x02, 0, 0, 0]);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get User Payload Access (section 24.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetPayloadAccess {
    /// Channel.
    pub channel: u8,
    /// User id.
    pub user: u8,
}

impl Command for GetPayloadAccess {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x4d;
    /// Two bytes for the standard payload types, two for the vendor's; a bit for each type.
    type Reply = [u8; 4];

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel & 0x0f, self.user & 0x3f]);
    }

    fn decode(data: &[u8]) -> Result<[u8; 4], DecodeError> {
        data.try_into().map_err(|_| DecodeError { length: data.len() })
    }
}

/// Deactivate Payload (section 24.2), for the serial-over-LAN payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeactivateSol {
    /// Payload instance, 1 to 15.
    pub instance: u8,
}

impl Command for DeactivateSol {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x49;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0x01, self.instance, 0, 0, 0, 0]);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_their_selectors() {
        let mut data = Vec::new();
        GetLanConfig { channel: 1, parameter: 58, set: 2, block: 3 }.encode(&mut data);
        SetLanConfig { channel: 1, parameter: 4, data: &[2] }.encode(&mut data);
        GetLanStatistics { channel: 1, clear: true }.encode(&mut data);
        assert_eq!(data, [1, 58, 2, 3, 1, 4, 2, 1, 1]);
    }

    #[test]
    fn replies_lose_their_revision_and_short_ones_read_as_zero() {
        assert_eq!(GetLanConfig::decode(&[0x11, 1, 2]), Ok(vec![1, 2]));
        assert_eq!(GetLanConfig::decode(&[]), Ok(vec![]));
        let counters = GetLanStatistics::decode(&[0, 1, 2]).expect("counters");
        assert_eq!(counters[..3], [[0, 1], [2, 0], [0, 0]]);
    }
}
