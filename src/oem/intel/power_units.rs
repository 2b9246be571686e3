//! The power unit map of Intel's older servers.

use crate::ipmi::Reader;
use serde::Serialize;

/// Record subtype of a power unit map.
const POWER_UNIT_MAP: u8 = 0x02;

/// The power unit map in the SDRs of SR1300 and SR2300: the sensors of the supplies that are present.
///
/// Reference: it can show this record, but drops records of the type before it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PowerUnitMap {
    /// The redundancy sensor's number.
    pub sensor_number: u8,
    /// Flags.
    pub flags: u8,
    /// Supplies that make the unit redundant.
    pub redundant_supplies: u8,
    /// Numbers of the supplies' sensors.
    pub supply_sensors: Vec<u8>,
}

impl PowerUnitMap {
    /// Reads a record's data, from its subtype on; none of another subtype, or without the fixed part.
    pub fn decode(data: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(data);
        let [subtype, sensor_number, flags, redundant_supplies] = reader.array().ok()?;
        (subtype == POWER_UNIT_MAP).then(|| PowerUnitMap {
            sensor_number,
            flags,
            redundant_supplies,
            supply_sensors: reader.rest().to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_maps_are_read() {
        let map = PowerUnitMap::decode(&[2, 0x10, 0, 1, 0x20, 0x21]).expect("a map");
        assert_eq!((map.sensor_number, map.redundant_supplies, map.supply_sensors), (0x10, 1, vec![0x20, 0x21]));
        assert_eq!(PowerUnitMap::decode(&[3, 0x10, 0, 1]), None);
        assert_eq!(PowerUnitMap::decode(&[2, 0x10, 0]), None);
    }
}
