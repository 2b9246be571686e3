//! The system event log (IPMI 2.0 chapters 31 and 32).

use super::{Command, DecodeError, NetFn, Reader};

/// Get SEL Info (section 31.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSelInfo;

/// What the log says of itself. Missing bytes read as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelInfo {
    /// 51h for the command set of IPMI 1.5 and 2.0.
    pub version: u8,
    /// Entries.
    pub entries: u16,
    /// Free bytes; FFFFh for that many or more.
    pub free: u16,
    /// When an entry was added last.
    pub last_addition: u32,
    /// When an entry was erased last.
    pub last_erase: u32,
    /// Bit 7 overflow; bits 3:0 delete, partial add, reserve and allocation information.
    pub support: u8,
    /// Length of the reply in bytes.
    pub reply_length: usize,
}

impl Command for GetSelInfo {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x40;
    type Reply = SelInfo;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<SelInfo, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(SelInfo {
            version: reader.u8_or_zero(),
            entries: reader.u16_or_zero(),
            free: reader.u16_or_zero(),
            last_addition: reader.u32_or_zero(),
            last_erase: reader.u32_or_zero(),
            support: reader.u8_or_zero(),
            reply_length: data.len(),
        })
    }
}

/// Get SEL Allocation Info (section 31.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSelAllocationInfo;

/// How the log's space is given out. Missing bytes read as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelAllocation {
    /// Allocation units.
    pub units: u16,
    /// Bytes of a unit.
    pub unit_size: u16,
    /// Free units.
    pub free_units: u16,
    /// Largest free block, in units.
    pub largest_free: u16,
    /// Largest record, in units.
    pub max_record: u8,
}

impl Command for GetSelAllocationInfo {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x41;
    type Reply = SelAllocation;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<SelAllocation, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(SelAllocation {
            units: reader.u16_or_zero(),
            unit_size: reader.u16_or_zero(),
            free_units: reader.u16_or_zero(),
            largest_free: reader.u16_or_zero(),
            max_record: reader.u8_or_zero(),
        })
    }
}

/// Reserve SEL (section 31.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveSel;

impl Command for ReserveSel {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x42;
    /// The reservation id.
    type Reply = u16;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<u16, DecodeError> {
        Ok(Reader::new(data).u16_or_zero())
    }
}

/// Get SEL Entry, whole and without a reservation (section 31.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSelEntry {
    /// Record id; 0 is the first entry, FFFFh the last.
    pub record: u16,
}

impl Command for GetSelEntry {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x43;
    /// Id of the next entry, FFFFh after the last, and this one.
    type Reply = (u16, SelRecord);

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0, 0]);
        data.extend(self.record.to_le_bytes());
        data.extend([0, 0xff]);
    }

    fn decode(data: &[u8]) -> Result<(u16, SelRecord), DecodeError> {
        let mut reader = Reader::new(data);
        Ok((reader.u16_or_zero(), SelRecord::decode(reader.array_or_zero())))
    }
}

/// Add SEL Entry (section 31.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddSelEntry {
    /// The entry; the controller gives it an id and, by its type, a timestamp of its own.
    pub record: SelRecord,
}

impl Command for AddSelEntry {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x44;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend(self.record.bytes);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Delete SEL Entry (section 31.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeleteSelEntry {
    /// Reservation id.
    pub reservation: u16,
    /// Record id.
    pub record: u16,
}

impl Command for DeleteSelEntry {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x46;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend(self.reservation.to_le_bytes());
        data.extend(self.record.to_le_bytes());
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Clear SEL: begins to erase (section 31.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClearSel {
    /// Reservation id.
    pub reservation: u16,
}

impl Command for ClearSel {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x47;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend(self.reservation.to_le_bytes());
        data.extend(*b"CLR\xaa");
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get SEL Time (section 31.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSelTime;

impl Command for GetSelTime {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x48;
    type Reply = u32;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<u32, DecodeError> {
        data.try_into().map(u32::from_le_bytes).map_err(|_| DecodeError { length: data.len() })
    }
}

/// Set SEL Time (section 31.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetSelTime {
    /// Seconds since 1970.
    pub time: u32,
}

impl Command for SetSelTime {
    const NETFN: NetFn = NetFn::STORAGE;
    const CMD: u8 = 0x49;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend(self.time.to_le_bytes());
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// One entry of the log (section 32).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelRecord {
    /// Record id.
    pub id: u16,
    /// Record type: 02h for system events, C0h to DFh and E0h to FFh for the manufacturer's own.
    pub kind: u8,
    /// The sixteen bytes as they came.
    pub bytes: [u8; 16],
}

/// What the bytes of an entry mean, by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelContent {
    /// A system event.
    Event(SelEvent),
    /// The manufacturer's own, with a timestamp.
    OemTimestamped {
        /// When.
        timestamp: u32,
        /// Manufacturer's IANA enterprise number.
        manufacturer: u32,
        /// Six bytes.
        data: [u8; 6],
    },
    /// The manufacturer's own, without a timestamp: thirteen bytes.
    Oem([u8; 13]),
}

/// A system event (section 32.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelEvent {
    /// When.
    pub timestamp: u32,
    /// Generator: slave address or software id in the low byte.
    pub generator: u16,
    /// Revision of the event message format.
    pub revision: u8,
    /// Sensor type.
    pub sensor_type: u8,
    /// Sensor number.
    pub sensor: u8,
    /// Event/reading type.
    pub event_type: u8,
    /// Whether the event went away.
    pub deasserted: bool,
    /// Event data.
    pub data: [u8; 3],
}

impl SelEvent {
    /// Offset of the event, the low nibble of the first data byte.
    pub fn offset(&self) -> u8 {
        self.data[0] & 0x0f
    }
}

impl SelRecord {
    /// Reads an entry.
    pub fn decode(bytes: [u8; 16]) -> Self {
        SelRecord { id: u16::from_le_bytes([bytes[0], bytes[1]]), kind: bytes[2], bytes }
    }

    /// What the bytes mean.
    pub fn content(&self) -> SelContent {
        let mut reader = Reader::new(&self.bytes[3..]);
        match self.kind {
            0x00..=0xbf => SelContent::Event(self.as_event()),
            0xc0..=0xdf => SelContent::OemTimestamped {
                timestamp: reader.u32_or_zero(),
                manufacturer: reader.u24_or_zero(),
                data: reader.array_or_zero(),
            },
            0xe0..=0xff => SelContent::Oem(reader.array_or_zero()),
        }
    }

    /// A system event (type 02h).
    pub fn event(id: u16, event: &SelEvent) -> Self {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&id.to_le_bytes());
        bytes[2] = 0x02;
        bytes[3..7].copy_from_slice(&event.timestamp.to_le_bytes());
        bytes[7..9].copy_from_slice(&event.generator.to_le_bytes());
        let direction = if event.deasserted { 0x80 } else { 0 };
        let [d1, d2, d3] = event.data;
        let type_byte = event.event_type & 0x7f | direction;
        bytes[9..].copy_from_slice(&[event.revision, event.sensor_type, event.sensor, type_byte, d1, d2, d3]);
        SelRecord::decode(bytes)
    }

    /// Reads an entry as `sel writeraw` leaves it in a file; see [`SelRecord::stored`].
    pub fn from_stored(bytes: [u8; 16]) -> Self {
        SelRecord::decode(SelRecord::decode(bytes).stored())
    }

    /// The bytes as `sel writeraw` stores them. Reference: the manufacturer of a timestamped OEM record
    /// (bytes 8 to 10) stands most significant byte first there.
    pub fn stored(&self) -> [u8; 16] {
        let mut bytes = self.bytes;
        if (0xc0..=0xdf).contains(&self.kind) {
            bytes.swap(7, 9);
        }
        bytes
    }

    /// The stored bytes read as a system event, whatever the type.
    pub fn as_event(&self) -> SelEvent {
        let stored = self.stored();
        let mut reader = Reader::new(&stored[3..]);
        let timestamp = reader.u32_or_zero();
        let generator = reader.u16_or_zero();
        let [revision, sensor_type, sensor, event, d1, d2, d3] = reader.array_or_zero();
        SelEvent {
            timestamp,
            generator,
            revision,
            sensor_type,
            sensor,
            event_type: event & 0x7f,
            deasserted: event & 0x80 != 0,
            data: [d1, d2, d3],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_by_type() {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&[1, 0, 2, 4, 3, 2, 1, 0x20]);
        bytes[9..].copy_from_slice(&[4, 1, 0x30, 0x81, 0x57, 0x5a, 0x55]);
        let SelContent::Event(event) = SelRecord::decode(bytes).content() else { panic!("an event") };
        assert_eq!((event.timestamp, event.generator, event.event_type), (0x0102_0304, 0x20, 1));
        assert!(event.deasserted);
        bytes[2] = 0xc1;
        assert!(matches!(SelRecord::decode(bytes).content(), SelContent::OemTimestamped { .. }));
        bytes[2] = 0xe0;
        assert!(matches!(SelRecord::decode(bytes).content(), SelContent::Oem(_)));
    }

    #[test]
    fn stored_records() {
        for kind in 0..=0xff {
            let mut bytes = [0; 16];
            bytes.iter_mut().zip(1..).for_each(|(byte, value)| *byte = value);
            bytes[2] = kind;
            let record = SelRecord::decode(bytes);
            assert_eq!(SelRecord::from_stored(record.stored()), record, "{kind:02x}");
        }
        let mut bytes = [0; 16];
        bytes[2] = 0xc0;
        bytes[7..10].copy_from_slice(&[1, 2, 3]);
        assert_eq!(SelRecord::decode(bytes).stored()[7..10], [3, 2, 1]);
    }

    #[test]
    fn requests() {
        assert_eq!(GetSelEntry { record: 0x0102 }.request().data, [0, 0, 2, 1, 0, 0xff]);
        let event = SelEvent {
            timestamp: 0,
            generator: 0x41,
            revision: 4,
            sensor_type: 1,
            sensor: 2,
            event_type: 3,
            deasserted: true,
            data: [5, 6, 7],
        };
        let record = SelRecord::event(0, &event);
        assert_eq!(record.as_event(), event);
        assert_eq!(AddSelEntry { record }.request().data, [0, 0, 2, 0, 0, 0, 0, 0x41, 0, 4, 1, 2, 0x83, 5, 6, 7]);
        assert_eq!(SetSelTime { time: 0x0102_0304 }.request().data, [4, 3, 2, 1]);
        assert_eq!(ClearSel { reservation: 1 }.request().data, [1, 0, b'C', b'L', b'R', 0xaa]);
    }
}
