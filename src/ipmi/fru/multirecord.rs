//! The multirecord area (FRU specification, chapters 16 to 18).

use super::PicmgRecord;
use crate::ipmi::Reader;

/// What stands before each record (section 16.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordHeader {
    /// Record type.
    pub kind: u8,
    /// Whether it is the last one.
    pub is_last: bool,
    /// Bytes of data after the header.
    pub length: u8,
    /// Whether the header's bytes sum to zero.
    pub is_sound: bool,
}

impl RecordHeader {
    /// Bytes of a header.
    pub const LENGTH: u8 = 5;

    /// Reads a header; missing bytes are zero.
    pub fn decode(bytes: &[u8]) -> Self {
        let header: [u8; 5] = Reader::new(bytes).array_or_zero();
        let [kind, format, length, _, _] = header;
        RecordHeader { kind, is_last: format & 0x80 != 0, length, is_sound: super::checksum(&header) == 0 }
    }
}

/// A power supply (section 18.1). Voltages are in hundredths of volts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PowerSupply {
    /// Overall capacity in watts.
    pub capacity: u16,
    /// Peak volt-amperes.
    pub peak_va: u16,
    /// Inrush current in amperes.
    pub inrush_current: u8,
    /// Inrush interval in milliseconds.
    pub inrush_interval: u8,
    /// Two ranges of input voltage, low end and high end.
    pub input_voltages: [[u16; 2]; 2],
    /// Range of input frequency in hertz.
    pub input_frequency: [u8; 2],
    /// Dropout tolerance in milliseconds.
    pub dropout_tolerance: u8,
    /// Flags: bit 0 predictive fail, 1 power factor correction, 2 autoswitch, 3 hot swap, 4 tachometer.
    pub flags: u8,
    /// Peak capacity in watts.
    pub peak_capacity: u16,
    /// Holdup of the peak in seconds.
    pub peak_holdup: u8,
    /// The two voltages that are combined, as codes.
    pub combined_voltages: [u8; 2],
    /// Combined capacity in watts; 0 is not specified.
    pub combined_capacity: u16,
    /// Lower threshold of the fan, in rotations per second.
    pub fan_threshold: u8,
}

impl PowerSupply {
    fn decode(data: &[u8]) -> Self {
        let mut reader = Reader::new(data);
        let capacity = reader.u16_or_zero() & 0x0fff;
        let peak_va = reader.u16_or_zero();
        let [inrush_current, inrush_interval] = reader.array_or_zero();
        let mut range = || [reader.u16_or_zero(), reader.u16_or_zero()];
        let input_voltages = [range(), range()];
        let [low, high, dropout_tolerance, flags] = reader.array_or_zero();
        let peak = reader.u16_or_zero();
        let combined = reader.u8_or_zero();
        PowerSupply {
            capacity,
            peak_va,
            inrush_current,
            inrush_interval,
            input_voltages,
            input_frequency: [low, high],
            dropout_tolerance,
            flags,
            peak_capacity: peak & 0x0fff,
            peak_holdup: (peak >> 12) as u8,
            combined_voltages: [combined >> 4, combined & 0x0f],
            combined_capacity: reader.u16_or_zero(),
            fan_threshold: reader.u8_or_zero(),
        }
    }
}

/// A DC output (section 18.2). Voltages are in units of 10 mV, currents in milliamperes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DcOutput {
    /// Output number.
    pub number: u8,
    /// Whether it is on in standby.
    pub standby: bool,
    /// Nominal voltage.
    pub nominal_voltage: i16,
    /// Largest negative deviation.
    pub negative_deviation: i16,
    /// Largest positive deviation.
    pub positive_deviation: i16,
    /// Ripple and noise, peak to peak, in millivolts.
    pub ripple: u16,
    /// Smallest current draw.
    pub minimum_current: u16,
    /// Largest current draw.
    pub maximum_current: u16,
}

/// A DC load (section 18.2). Voltages are in units of 10 mV, currents in milliamperes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DcLoad {
    /// Output number.
    pub number: u8,
    /// Nominal voltage.
    pub nominal_voltage: i16,
    /// Smallest voltage allowed.
    pub minimum_voltage: i16,
    /// Largest voltage allowed.
    pub maximum_voltage: i16,
    /// Ripple and noise, peak to peak, in millivolts.
    pub ripple: u16,
    /// Smallest current.
    pub minimum_current: u16,
    /// Largest current.
    pub maximum_current: u16,
}

/// What a FRU is compatible with (sections 18.4 and 18.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compatibility {
    /// Whether it is an extended record; a base record otherwise.
    pub is_extended: bool,
    /// Manufacturer (IANA enterprise number).
    pub manufacturer: u32,
    /// Entity id.
    pub entity: u8,
    /// Compatibility base.
    pub base: u8,
    /// Where the code range starts, seven bits.
    pub code_start: u8,
    /// Codes from there on, one bit for each.
    pub code_mask: Vec<u8>,
}

impl Compatibility {
    fn decode(is_extended: bool, data: &[u8]) -> Self {
        let mut reader = Reader::new(data);
        let manufacturer = reader.u24_or_zero();
        let [entity, base, code_start] = reader.array_or_zero();
        let code_mask = reader.rest().to_vec();
        Compatibility { is_extended, manufacturer, entity, base, code_start: code_start & 0x7f, code_mask }
    }
}

/// The fields that outputs and loads have in common, in their order.
fn dc(data: &[u8]) -> (u8, [i16; 3], [u16; 3]) {
    let mut reader = Reader::new(data);
    let number = reader.u8_or_zero();
    let mut signed = || i16::from_le_bytes(reader.array_or_zero());
    let voltages = [signed(), signed(), signed()];
    let mut unsigned = || reader.u16_or_zero();
    (number, voltages, [unsigned(), unsigned(), unsigned()])
}

/// One record, as far as it is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Type 00h.
    PowerSupply(PowerSupply),
    /// Type 01h.
    DcOutput(DcOutput),
    /// Type 02h.
    DcLoad(DcLoad),
    /// Type 03h (section 18.3).
    ManagementAccess {
        /// What the data is: 1 system URL, 2 system name, 3 system ping address, 4 component URL, 5 component
        /// name, 6 component ping address, 7 system unique id.
        kind: u8,
        /// Text, or the id's 16 bytes.
        data: Vec<u8>,
    },
    /// Types 04h and 05h (sections 18.4 and 18.5).
    Compatibility(Compatibility),
    /// Type C0h of PICMG.
    Picmg(PicmgRecord),
    /// Type C0h of another manufacturer (IANA enterprise number).
    Oem(u32),
    /// Another type.
    Other(u8),
}

/// PICMG's enterprise number.
const PICMG: u32 = 12634;

impl Record {
    /// Reads a record of a type from its data. What is beyond `length` may be read where the reference
    /// does not look at the length; what is beyond `data` is zero.
    pub fn decode(kind: u8, data: &[u8], length: u8) -> Self {
        let own = data.get(..usize::from(length)).unwrap_or(data);
        match kind {
            0x00 => Record::PowerSupply(PowerSupply::decode(data)),
            0x01 => {
                let (number, [nominal, negative, positive], [ripple, minimum, maximum]) = dc(data);
                Record::DcOutput(DcOutput {
                    number: number & 0x0f,
                    standby: number & 0x80 != 0,
                    nominal_voltage: nominal,
                    negative_deviation: negative,
                    positive_deviation: positive,
                    ripple,
                    minimum_current: minimum,
                    maximum_current: maximum,
                })
            }
            0x02 => {
                let (number, [nominal, low, high], [ripple, minimum, maximum]) = dc(data);
                Record::DcLoad(DcLoad {
                    number: number & 0x0f,
                    nominal_voltage: nominal,
                    minimum_voltage: low,
                    maximum_voltage: high,
                    ripple,
                    minimum_current: minimum,
                    maximum_current: maximum,
                })
            }
            0x03 => match own.split_first() {
                Some((kind, data)) => Record::ManagementAccess { kind: *kind, data: data.to_vec() },
                None => Record::Other(kind),
            },
            0x04 | 0x05 => Record::Compatibility(Compatibility::decode(kind == 0x05, own)),
            0xc0 => match Reader::new(data).u24_or_zero() {
                PICMG => Record::Picmg(PicmgRecord::decode(data, length)),
                other => Record::Oem(other),
            },
            other => Record::Other(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        let header = RecordHeader::decode(&[0x00, 0x82, 24, 0x11, 0x55]);
        assert!(header.is_last && header.length == 24 && header.is_sound);
        match Record::decode(0, &[0xff, 0xff, 1, 0, 2, 3], 6) {
            Record::PowerSupply(supply) => assert_eq!((supply.capacity, supply.peak_va), (0x0fff, 1)),
            other => panic!("{other:?}"),
        }
        match Record::decode(1, &[0x81, 0xff, 0xff], 3) {
            Record::DcOutput(output) => {
                assert_eq!((output.number, output.standby, output.nominal_voltage), (1, true, -1));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(Record::decode(0xc0, &[0x57, 1, 0], 3), Record::Oem(343));
        assert_eq!(Record::decode(0x03, &[], 0), Record::Other(3));
        assert_eq!(
            Record::decode(0x03, &[2, b'a', b'b', 9], 3),
            Record::ManagementAccess { kind: 2, data: b"ab".to_vec() }
        );
        match Record::decode(0x05, &[0x5a, 0x31, 0, 7, 1, 0x82, 0xf0, 9], 7) {
            Record::Compatibility(found) => {
                assert_eq!((found.is_extended, found.manufacturer, found.entity), (true, 12634, 7));
                assert_eq!((found.base, found.code_start, found.code_mask), (1, 2, vec![0xf0]));
            }
            other => panic!("{other:?}"),
        }
    }
}
