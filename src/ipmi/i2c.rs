//! Master Write-Read: devices on the controller's I2C buses (IPMI 2.0 section 22.11).

use super::{Command, DecodeError, NetFn};

/// Bytes one transaction may write or read.
pub const MAX_TRANSFER: u8 = 64;

/// Master Write-Read. The reply is what was read, which may be less than was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterWriteRead {
    /// Channel in bits 7:4, bus in bits 3:1, bit 0 set for a private bus.
    pub bus: u8,
    /// Slave address, in bits 7:1.
    pub address: u8,
    /// Bytes to read.
    pub read: u8,
    /// Bytes to write.
    pub write: Vec<u8>,
}

impl Command for MasterWriteRead {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x52;
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.bus, self.address, self.read]);
        data.extend(&self.write);
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Ok(data.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_order() {
        let command = MasterWriteRead { bus: 0x13, address: 0xa0, read: 4, write: vec![0x10, 0x20] };
        assert_eq!(command.request().data, [0x13, 0xa0, 4, 0x10, 0x20]);
        assert_eq!(MasterWriteRead::decode(&[1, 2]), Ok(vec![1, 2]));
    }
}
