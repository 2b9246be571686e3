//! The commands that change a repository (IPMI 2.0 sections 33.14 and 33.16).

use crate::ipmi::{Command, DecodeError, NetFn, Reader};

/// Clear SDR Repository (section 33.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClearSdrRepository {
    /// Reservation id.
    pub reservation: u16,
    /// Whether the erasure is to begin; otherwise its progress is asked for.
    pub initiate: bool,
}

impl Command for ClearSdrRepository {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x27;
    /// Whether the erasure is complete.
    type Reply = bool;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend(self.reservation.to_le_bytes());
        data.extend(b"CLR");
        data.push(if self.initiate { 0xaa } else { 0x00 });
    }

    fn decode(data: &[u8]) -> Result<bool, DecodeError> {
        Ok(Reader::new(data).u8_or_zero() & 1 != 0)
    }
}

/// Partial Add SDR (section 33.14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialAddSdr<'a> {
    /// Reservation id.
    pub reservation: u16,
    /// Record id; 0 with the first part, which is the record's header.
    pub record: u16,
    /// Where the part belongs, from the header on.
    pub offset: u8,
    /// Whether it is the record's last part.
    pub last: bool,
    /// The part.
    pub data: &'a [u8],
}

impl Command for PartialAddSdr<'_> {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x25;
    /// The record's id.
    type Reply = u16;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend(self.reservation.to_le_bytes());
        data.extend(self.record.to_le_bytes());
        data.extend([self.offset, u8::from(self.last)]);
        data.extend(self.data);
    }

    fn decode(data: &[u8]) -> Result<u16, DecodeError> {
        Reader::new(data).u16()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erasing_takes_the_magic_word() {
        let data = |initiate| ClearSdrRepository { reservation: 0x0102, initiate }.request().data;
        assert_eq!(data(true), [2, 1, b'C', b'L', b'R', 0xaa]);
        assert_eq!(data(false), [2, 1, b'C', b'L', b'R', 0x00]);
        assert_eq!(ClearSdrRepository::decode(&[0xf1]), Ok(true));
        assert_eq!(ClearSdrRepository::decode(&[]), Ok(false));
    }

    #[test]
    fn parts_say_where_they_belong() {
        let part = PartialAddSdr { reservation: 0x0102, record: 0x0304, offset: 5, last: true, data: &[9, 8] };
        assert_eq!(part.request().data, [2, 1, 4, 3, 5, 1, 9, 8]);
        assert_eq!(PartialAddSdr::decode(&[4, 3]), Ok(0x0304));
        assert!(PartialAddSdr::decode(&[4]).is_err());
    }
}
