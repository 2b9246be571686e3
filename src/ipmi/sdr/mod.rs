//! Sensor data records and the commands that read them (IPMI 2.0 chapters 33, 35 and 43).

mod convert;
mod dump;
mod edit;
mod locator;
mod sensor;

pub use convert::{AnalogFormat, Factors};
pub use dump::{Dump, DumpError, LARGEST_DUMP, RawRecord};
pub use edit::{ClearSdrRepository, PartialAddSdr};
pub use locator::{EventOnlyRecord, FruLocator, GenericLocator, McLocator, OemRecord};
pub use sensor::{Entity, FullSensor, SensorMasks, SensorRecord, Units};

use super::{Command, DecodeError, NetFn, Reader};

/// Where records are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SdrSource {
    /// The SDR repository.
    Repository,
    /// The controller's own device SDRs.
    Device,
}

/// Get SDR Repository Info (section 33.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSdrRepositoryInfo;

/// What a repository says of itself. Missing bytes read as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SdrRepositoryInfo {
    /// 51h for the command set of IPMI 1.5 and 2.0, 01h for 1.0.
    pub version: u8,
    /// Records.
    pub count: u16,
    /// Free bytes; FFFFh unspecified, FFFEh more than can be said.
    pub free: u16,
    /// When a record was added last.
    pub last_addition: u32,
    /// When a record was erased last.
    pub last_erase: u32,
    /// Operation support, one bit for each.
    pub support: u8,
    /// Whether the reply has the number of records at all.
    pub tells_count: bool,
}

impl Command for GetSdrRepositoryInfo {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x20;
    type Reply = SdrRepositoryInfo;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<SdrRepositoryInfo, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(SdrRepositoryInfo {
            version: reader.u8_or_zero(),
            count: reader.u16_or_zero(),
            free: reader.u16_or_zero(),
            last_addition: reader.u32_or_zero(),
            last_erase: reader.u32_or_zero(),
            support: reader.u8_or_zero(),
            tells_count: data.len() >= 3,
        })
    }
}

/// Get Device SDR Info (section 35.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetDeviceSdrInfo;

impl Command for GetDeviceSdrInfo {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x20;
    /// Sensors on the logical unit.
    type Reply = u8;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<u8, DecodeError> {
        Reader::new(data).u8()
    }
}

/// Reserve SDR Repository (section 33.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveSdrRepository;

/// Reserve Device SDR Repository (section 35.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveDeviceSdrRepository;

macro_rules! reserve {
    ($name:ident, $netfn:expr) => {
        impl Command for $name {
            const NETFN: NetFn = $netfn;
            const CMD: u8 = 0x22;
            /// The reservation id.
            type Reply = u16;

            fn encode(&self, _data: &mut Vec<u8>) {}

            fn decode(data: &[u8]) -> Result<u16, DecodeError> {
                Ok(Reader::new(data).u16_or_zero())
            }
        }
    };
}

reserve!(ReserveSdrRepository, NetFn::STORAGE);
reserve!(ReserveDeviceSdrRepository, NetFn::SENSOR_EVENT);

/// What both commands that read a record ask for (sections 33.12 and 35.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPart {
    /// Reservation id.
    pub reservation: u16,
    /// Record id; 0 is the first record.
    pub record: u16,
    /// First byte wanted, from the record's header on.
    pub offset: u8,
    /// Bytes wanted.
    pub length: u8,
}

impl RecordPart {
    fn encode(&self, data: &mut Vec<u8>) {
        data.extend(self.reservation.to_le_bytes());
        data.extend(self.record.to_le_bytes());
        data.extend([self.offset, self.length]);
    }
}

/// Part of a record, and the id of the record after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordData {
    /// Id of the next record, FFFFh after the last.
    pub next: u16,
    /// The bytes asked for, or fewer.
    pub bytes: Vec<u8>,
    /// Length of the whole reply.
    pub reply_length: usize,
}

/// Get SDR (section 33.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSdr(pub RecordPart);

/// Get Device SDR (section 35.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetDeviceSdr(pub RecordPart);

macro_rules! get_record {
    ($name:ident, $netfn:expr, $cmd:literal) => {
        impl Command for $name {
            const NETFN: NetFn = $netfn;
            const CMD: u8 = $cmd;
            type Reply = RecordData;

            fn encode(&self, data: &mut Vec<u8>) {
                self.0.encode(data);
            }

            fn decode(data: &[u8]) -> Result<RecordData, DecodeError> {
                let mut reader = Reader::new(data);
                let next = reader.u16_or_zero();
                Ok(RecordData { next, bytes: reader.rest().to_vec(), reply_length: data.len() })
            }
        }
    };
}

get_record!(GetSdr, NetFn::STORAGE, 0x23);
get_record!(GetDeviceSdr, NetFn::SENSOR_EVENT, 0x21);

/// The header every record begins with (section 43).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SdrHeader {
    /// Record id.
    pub id: u16,
    /// SDR version.
    pub version: u8,
    /// Record type.
    pub kind: u8,
    /// Bytes after the header.
    pub length: u8,
}

impl SdrHeader {
    /// Bytes of a header.
    pub const LENGTH: u8 = 5;

    /// Reads a header; missing bytes read as zero.
    pub fn decode(data: &[u8]) -> Self {
        let mut reader = Reader::new(data);
        SdrHeader {
            id: reader.u16_or_zero(),
            version: reader.u8_or_zero(),
            kind: reader.u8_or_zero(),
            length: reader.u8_or_zero(),
        }
    }
}

/// A record that is understood, without its header.
#[derive(Clone, Debug, PartialEq)]
pub enum SdrRecord {
    /// Types 01h and 02h: sensors with readings.
    Sensor(SensorRecord),
    /// Type 03h: a sensor that only sends events.
    EventOnly(EventOnlyRecord),
    /// Type 08h: an entity made of others. Its contents are nobody's concern here.
    EntityAssociation,
    /// Type 10h: a device behind the controller.
    Generic(GenericLocator),
    /// Type 11h: a FRU.
    Fru(FruLocator),
    /// Type 12h: another controller.
    Mc(McLocator),
    /// Type C0h: a manufacturer's own.
    Oem(OemRecord),
}

impl SdrRecord {
    /// Reads the body of a record; `None` for types that are not understood. Missing bytes read as zero.
    pub fn decode(kind: u8, body: &[u8]) -> Option<Self> {
        Some(match kind {
            0x01 | 0x02 => SdrRecord::Sensor(SensorRecord::decode(kind, body)),
            0x03 => SdrRecord::EventOnly(EventOnlyRecord::decode(body)),
            0x08 => SdrRecord::EntityAssociation,
            0x10 => SdrRecord::Generic(GenericLocator::decode(body)),
            0x11 => SdrRecord::Fru(FruLocator::decode(body)),
            0x12 => SdrRecord::Mc(McLocator::decode(body)),
            0xc0 => SdrRecord::Oem(OemRecord::decode(body)),
            _ => return None,
        })
    }

    /// The entity a record belongs to.
    pub fn entity(&self) -> Option<Entity> {
        Some(match self {
            SdrRecord::Sensor(record) => record.entity,
            SdrRecord::EventOnly(record) => record.entity,
            SdrRecord::EntityAssociation | SdrRecord::Oem(_) => return None,
            SdrRecord::Generic(record) => record.entity,
            SdrRecord::Fru(record) => record.entity,
            SdrRecord::Mc(record) => record.entity,
        })
    }

    /// The record's id string: its type/length byte and what follows it.
    pub fn id_string(&self) -> Option<&IdString> {
        Some(match self {
            SdrRecord::Sensor(record) => &record.id,
            SdrRecord::EventOnly(record) => &record.id,
            SdrRecord::EntityAssociation | SdrRecord::Oem(_) => return None,
            SdrRecord::Generic(record) => &record.id,
            SdrRecord::Fru(record) => &record.id,
            SdrRecord::Mc(record) => &record.id,
        })
    }
}

/// An id string: a type/length byte, then text (section 43.15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdString {
    /// Type in bits 7:6, length in bits 4:0.
    pub code: u8,
    /// Everything after that byte, to the record's end.
    pub bytes: Vec<u8>,
}

impl IdString {
    fn read(reader: &mut Reader<'_>) -> Self {
        IdString { code: reader.u8_or_zero(), bytes: reader.rest().to_vec() }
    }

    /// Length the type/length byte tells.
    pub fn length(&self) -> usize {
        usize::from(self.code & 0x1f)
    }

    /// At most `limit` bytes of text, before any NUL.
    pub fn text(&self, limit: usize) -> &[u8] {
        let end = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(self.bytes.len());
        &self.bytes[..end.min(limit)]
    }

    /// Whether a name is this one. Reference: as `strncmp` over the longer of the two lengths.
    pub fn is(&self, name: &[u8]) -> bool {
        let count = self.length().max(name.len());
        let mine = self.text(count.min(16).max(count));
        let (mine, name) = (&mine[..mine.len().min(count)], &name[..name.len().min(count)]);
        mine == name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_six_bytes() {
        let part = RecordPart { reservation: 0x0102, record: 0x0304, offset: 5, length: 6 };
        assert_eq!(GetSdr(part).request().data, [2, 1, 4, 3, 5, 6]);
    }

    #[test]
    fn names_match_whole() {
        let id = IdString { code: 0xc4, bytes: b"Temp".to_vec() };
        assert!(id.is(b"Temp"));
        assert!(!id.is(b"Tem"));
        assert!(!id.is(b"Temp2"));
        assert!(!IdString { code: 0xc4, bytes: b"Te".to_vec() }.is(b"Temp"));
    }

    #[test]
    fn any_bytes_make_a_record() {
        let mut seed = 1_u32;
        for length in 0..80_usize {
            let body: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                    (seed >> 16) as u8
                })
                .collect();
            for kind in 0..=255 {
                let _ = SdrRecord::decode(kind, &body);
            }
        }
    }
}
