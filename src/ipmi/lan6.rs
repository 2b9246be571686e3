//! IPv6 LAN parameters (IPMI 2.0 table 23-4, parameters 50 to 80) as they stand in Get and Set LAN
//! Configuration Parameters. Bytes that a short reply leaves out read as zero.

use super::Reader;
use std::net::Ipv6Addr;

/// An address with its set (parameters 56 and 59).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressEntry {
    /// Set selector.
    pub set: u8,
    /// Static addresses: 80h when enabled. Dynamic ones: source in the low half.
    pub kind: u8,
    /// The address.
    pub address: Ipv6Addr,
    /// Prefix length in bits.
    pub prefix_length: u8,
    /// Status.
    pub status: u8,
}

impl AddressEntry {
    /// Reads twenty bytes.
    pub fn decode(data: &[u8]) -> Self {
        let mut reader = Reader::new(data);
        let [set, kind] = reader.array_or_zero();
        let address = Ipv6Addr::from(reader.array_or_zero::<16>());
        let [prefix_length, status] = reader.array_or_zero();
        AddressEntry { set, kind, address, prefix_length, status }
    }

    /// Twenty bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut data = vec![self.set, self.kind];
        data.extend(self.address.octets());
        data.extend([self.prefix_length, self.status]);
        data
    }
}

/// Sixteen bytes with their set and block (parameters 58, 61, 63 and 80).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Set selector.
    pub set: u8,
    /// Block selector.
    pub block: u8,
    /// The bytes.
    pub data: [u8; 16],
}

impl Block {
    /// Reads eighteen bytes.
    pub fn decode(data: &[u8]) -> Self {
        let mut reader = Reader::new(data);
        let [set, block] = reader.array_or_zero();
        Block { set, block, data: reader.array_or_zero() }
    }

    /// Eighteen bytes.
    pub fn encode(&self) -> Vec<u8> {
        [&[self.set, self.block], &self.data[..]].concat()
    }
}

/// A flow label: twenty bits in three bytes, most significant first (parameter 54). The top four
/// bits are read as they arrive.
pub fn decode_flow_label(data: &[u8]) -> u32 {
    let [high, middle, low] = Reader::new(data).array_or_zero();
    u32::from_be_bytes([0, high, middle, low])
}

/// Three bytes of a flow label.
pub fn encode_flow_label(label: u32) -> Vec<u8> {
    let [_, high, middle, low] = label.to_be_bytes();
    vec![high & 0x0f, middle, low]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_as_they_went() {
        let bytes: Vec<u8> = (0..20).collect();
        let entry = AddressEntry::decode(&bytes);
        assert_eq!((entry.set, entry.kind, entry.prefix_length, entry.status), (0, 1, 18, 19));
        assert_eq!(entry.encode(), bytes);
        let block = Block::decode(&bytes[..18]);
        assert_eq!((block.set, block.block, block.data[15]), (0, 1, 17));
        assert_eq!(block.encode(), bytes[..18]);
    }

    #[test]
    fn short_entries_end_in_zeros() {
        assert_eq!(AddressEntry::decode(&[3, 0x80, 0xfe]).encode()[..4], [3, 0x80, 0xfe, 0]);
        assert_eq!(Block::decode(&[]).encode(), [0; 18]);
        assert_eq!([decode_flow_label(&[0xf1]), decode_flow_label(&[1, 2, 3, 4])], [0xf1_0000, 0x01_0203]);
        assert_eq!(encode_flow_label(0xff12_3456), [0x02, 0x34, 0x56]);
    }
}
