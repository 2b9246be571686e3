//! FRU inventory devices (IPMI 2.0 chapter 34) and what is stored in them (Platform Management FRU
//! Information Storage Definition 1.0).

mod area;
mod image;
mod multirecord;
mod picmg;

pub use area::{BoardArea, ChassisArea, END_OF_FIELDS, ProductArea, field_at};
pub use image::{ImageFault, check_image};
pub use multirecord::{Compatibility, DcLoad, DcOutput, PowerSupply, Record, RecordHeader};
pub use picmg::{
    ActivationDescriptor, AddressEntry, AmcChannel, AmcGroup, AmcLink, BackplaneChannel, BackplaneSlot, BoardLink,
    CarrierPort, CarrierResource, ClockChannel, ClockDescriptor, ClockResource, DirectClock, IndirectClock,
    PicmgRecord, PowerFeed, ShelfActivation,
};

use super::{Command, DecodeError, NetFn, Reader};

/// Get FRU Inventory Area Info (section 34.1).
#[derive(Clone, Copy, Debug)]
pub struct GetFruInventoryAreaInfo {
    /// FRU device id.
    pub id: u8,
}

/// How large a FRU device is, and how it is addressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FruAreaInfo {
    /// Size in bytes.
    pub size: u16,
    /// Whether offsets and counts are in words of two bytes.
    pub by_words: bool,
}

impl Command for GetFruInventoryAreaInfo {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x10;
    type Reply = FruAreaInfo;

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.id);
    }

    fn decode(data: &[u8]) -> Result<FruAreaInfo, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(FruAreaInfo { size: reader.u16_or_zero(), by_words: reader.u8_or_zero() & 1 != 0 })
    }
}

/// Read FRU Data (section 34.2). Offset and count are in the device's own units.
#[derive(Clone, Copy, Debug)]
pub struct ReadFruData {
    /// FRU device id.
    pub id: u8,
    /// Where to begin.
    pub offset: u16,
    /// How many.
    pub count: u8,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FruData {
    /// How many the device says it returns, in its own units.
    pub count: u8,
    /// The bytes that came.
    pub bytes: Vec<u8>,
}

impl Command for ReadFruData {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x11;
    type Reply = FruData;

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.id);
        data.extend(self.offset.to_le_bytes());
        data.push(self.count);
    }

    fn decode(data: &[u8]) -> Result<FruData, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(FruData { count: reader.u8()?, bytes: reader.rest().to_vec() })
    }
}

/// Write FRU Data (section 34.3). The offset is in the device's own units.
#[derive(Clone, Debug)]
pub struct WriteFruData<'a> {
    /// FRU device id.
    pub id: u8,
    /// Where to begin.
    pub offset: u16,
    /// What to write.
    pub bytes: &'a [u8],
}

impl Command for WriteFruData<'_> {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x12;
    /// The count of bytes or words that the device has written is nobody's concern.
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.id);
        data.extend(self.offset.to_le_bytes());
        data.extend(self.bytes);
    }

    fn decode(_: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// The common header (FRU specification, chapter 8): where each area begins, in bytes; 0 where there
/// is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommonHeader {
    /// Format version; 1 is the only one there is.
    pub version: u8,
    /// Internal use area.
    pub internal: u16,
    /// Chassis info area.
    pub chassis: u16,
    /// Board info area.
    pub board: u16,
    /// Product info area.
    pub product: u16,
    /// Multirecord area.
    pub multirecord: u16,
    /// Whether the bytes sum to zero.
    pub is_sound: bool,
}

impl CommonHeader {
    /// Bytes of a header.
    pub const LENGTH: u8 = 8;
    /// The format version of the specification.
    pub const VERSION: u8 = 1;

    /// Reads a header; missing bytes are zero.
    pub fn decode(bytes: &[u8]) -> Self {
        let header: [u8; 8] = Reader::new(bytes).array_or_zero();
        let [version, internal, chassis, board, product, multirecord, _, _] = header;
        let offset = |units: u8| u16::from(units) * 8;
        CommonHeader {
            version,
            internal: offset(internal),
            chassis: offset(chassis),
            board: offset(board),
            product: offset(product),
            multirecord: offset(multirecord),
            is_sound: checksum(&header) == 0,
        }
    }
}

/// The sum of all bytes; 0 where a checksum byte among them is right.
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        assert_eq!(GetFruInventoryAreaInfo { id: 3 }.request().data, [3]);
        assert_eq!(GetFruInventoryAreaInfo::decode(&[0, 4, 1]), Ok(FruAreaInfo { size: 1024, by_words: true }));
        assert_eq!(ReadFruData { id: 1, offset: 0x0203, count: 23 }.request().data, [1, 3, 2, 23]);
        assert_eq!(ReadFruData::decode(&[2, 0xaa, 0xbb]), Ok(FruData { count: 2, bytes: vec![0xaa, 0xbb] }));
        assert!(ReadFruData::decode(&[]).is_err());
        assert_eq!(WriteFruData { id: 1, offset: 0x0203, bytes: &[9, 8] }.request().data, [1, 3, 2, 9, 8]);
    }

    #[test]
    fn headers() {
        let header = CommonHeader::decode(&[1, 0, 1, 2, 3, 4, 0, 0xf5]);
        assert!(header.is_sound);
        assert_eq!((header.internal, header.chassis, header.multirecord), (0, 8, 32));
        assert!(!CommonHeader::decode(&[1]).is_sound);
    }

    /// Bytes of three tempers: anything, mostly small numbers, long fields and counts.
    fn hostile(seed: u64, length: usize) -> Vec<u8> {
        let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut byte = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let value = (state >> 32) as u8;
            match seed % 3 {
                0 => value,
                1 => value & 0x0f,
                _ => [0x3f, 0x7f, 0xbf, 0xff][usize::from(value & 3)],
            }
        };
        (0..length).map(|_| byte()).collect()
    }

    #[test]
    fn no_area_is_worse_than_its_bytes() {
        for seed in 0..600 {
            let area = hostile(seed, seed as usize * 7 % 300);
            let chassis = ChassisArea::decode(&area);
            let board = BoardArea::decode(&area);
            let product = ProductArea::decode(&area);
            for extra in [chassis.extra, board.extra, product.extra] {
                // A field takes a byte at least, and a byte makes two characters; the last field may end beyond.
                assert!(extra.len() <= area.len());
                assert!(extra.concat().len() <= 2 * (area.len() + 64));
            }
            for place in [0, area.len() / 2, area.len(), area.len() + 1000] {
                let (next, field) = field_at(&area, place);
                assert!(next > place && next <= place + 64 && field.len() <= 2 * 63, "{seed}");
            }
        }
    }

    #[test]
    fn no_record_is_worse_than_its_bytes() {
        for seed in 0..600 {
            for kind in [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0xc0, 0x7f] {
                let mut data = hostile(seed, 255);
                if seed % 2 == 0 {
                    data[..4].copy_from_slice(&[0x5a, 0x31, 0x00, (seed % 0x30) as u8]);
                }
                let length = (seed * 31 % 256) as u8;
                for data in [&data[..], &data[..usize::from(length)]] {
                    let record = Record::decode(kind, data, length);
                    assert!(format!("{record:?}").len() < 40_000, "{seed} {kind}");
                }
            }
        }
    }
}
