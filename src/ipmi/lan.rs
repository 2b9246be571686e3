//! LAN and serial-over-LAN configuration (IPMI 2.0 chapters 23 and 26).

use super::{Command, DecodeError, NetFn, Reader};

/// Get LAN Configuration Parameters (section 23.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetLanConfig {
    /// Channel.
    pub channel: u8,
    /// Parameter selector (table 23-4).
    pub parameter: u8,
}

impl Command for GetLanConfig {
    const NETFN: NetFn = NetFn::TRANSPORT;
    const CMD: u8 = 0x02;
    /// The parameter, without its revision.
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel, self.parameter, 0, 0]);
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Ok(data.get(1..).unwrap_or_default().to_vec())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_their_selectors() {
        let mut data = Vec::new();
        GetLanConfig { channel: 1, parameter: 3 }.encode(&mut data);
        GetLanStatistics { channel: 1, clear: true }.encode(&mut data);
        assert_eq!(data, [1, 3, 0, 0, 1, 1]);
    }

    #[test]
    fn replies_lose_their_revision_and_short_ones_read_as_zero() {
        assert_eq!(GetLanConfig::decode(&[0x11, 1, 2]), Ok(vec![1, 2]));
        assert_eq!(GetLanConfig::decode(&[]), Ok(vec![]));
        let counters = GetLanStatistics::decode(&[0, 1, 2]).expect("counters");
        assert_eq!(counters[..3], [[0, 1], [2, 0], [0, 0]]);
    }
}
