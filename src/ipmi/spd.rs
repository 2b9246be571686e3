//! Serial presence detect: what a memory module says of itself (JEDEC standard 21-C section 4.1.2).

use std::ops::Range;

/// A module's SPD, decoded as far as its kind is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spd {
    /// Byte 2: kind of memory.
    pub memory_type: u8,
    /// The rest; none where there are too few bytes for this kind of memory.
    pub module: Option<Module>,
}

/// What the layouts of SPD say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Module {
    /// DDR3 (annex K).
    Ddr3(Ddr3),
    /// DDR4 (annex L).
    Ddr4(Ddr4),
    /// The layouts before DDR3.
    Legacy(Legacy),
}

/// Chips, and how they make a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Capacity of a chip (Mbit).
    pub chip_capacity: i32,
    /// Width of the module's bus without error correction (bits).
    pub bus_width: i32,
    /// Width of a chip (bits).
    pub chip_width: i32,
    /// Ranks.
    pub ranks: i32,
}

impl Geometry {
    /// Capacity of the module (MB). Reference: in 32 bits, whatever the fields say.
    pub fn module_capacity(&self) -> i32 {
        (self.chip_capacity / 8).wrapping_mul(self.bus_width / self.chip_width.max(1)).wrapping_mul(self.ranks)
    }
}

/// A manufacturer in JEDEC's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manufacturer {
    /// Bank, from 0.
    pub bank: u8,
    /// Code, with its parity bit.
    pub id: u8,
}

/// DDR3 modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ddr3 {
    /// Chips and ranks. Reference: the ranks are two to the power of the field, which counts from one.
    pub geometry: Geometry,
    /// Banks of a chip, as coded.
    pub banks: u8,
    /// Byte 6: bit 0 is set where 1.5 V will not do, bits 1 and 2 where 1.35 V and 1.2 V will.
    pub voltages: u8,
    /// Extension of the bus for error correction, as coded.
    pub ecc: u8,
    /// Who made the module.
    pub manufacturer: Manufacturer,
    /// Year and week, in BCD.
    pub date: [u8; 2],
    /// Serial number.
    pub serial: [u8; 4],
    /// Part number (18 bytes).
    pub part: Vec<u8>,
}

/// DDR4 modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ddr4 {
    /// Chips and logical ranks.
    pub geometry: Geometry,
    /// Whether the chip is anything but one die.
    pub package: u8,
    /// Kind of module, as coded.
    pub module: u8,
    /// Dies of a chip.
    pub dies: u8,
    /// Bank groups, as coded.
    pub bank_groups: u8,
    /// Banks of a group, as coded.
    pub banks: u8,
    /// Capacity of a die, as coded.
    pub density: u8,
    /// Byte 11: two bits each for 1.2 V and two voltages to be determined; 3 means operable and endurant.
    pub voltages: u8,
    /// Extension of the bus for error correction, as coded.
    pub ecc: u8,
    /// Who made the module.
    pub manufacturer: Manufacturer,
    /// Year and week, in BCD.
    pub date: [u8; 2],
    /// Serial number.
    pub serial: [u8; 4],
    /// Part number (20 bytes).
    pub part: Vec<u8>,
}

/// Modules before DDR3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Legacy {
    /// Row and column addresses, ranks, banks: bytes 3, 4, 5 and 17.
    pub addressing: [u8; 4],
    /// Voltage of the interface, as coded.
    pub voltage: u8,
    /// Error detection, as coded.
    pub configuration: u8,
    /// Who made the module.
    pub manufacturer: Manufacturer,
    /// Part number, where there is one (18 bytes).
    pub part: Option<Vec<u8>>,
    /// Serial number.
    pub serial: [u8; 4],
}

impl Legacy {
    /// Capacity of the module (MB), where the addressing makes sense.
    pub fn capacity(&self) -> Option<u32> {
        let [rows, columns, ranks, banks] = self.addressing;
        let exponent = (rows & 0x0f) + (columns & 0x0f);
        let factor = (u32::from(ranks & 0x07) + 1) * u32::from(banks);
        ((18..=29).contains(&exponent) && factor > 0).then(|| (1 << (exponent - 17)) * factor)
    }
}

/// Bytes without which nothing is said.
const LEAST: usize = 92;
/// Bytes each layout needs.
const DDR3_LENGTH: usize = 148;
const DDR4_LENGTH: usize = 348;
const LEGACY_LENGTH: usize = 100;
/// What a manufacturer's code begins with where it is in a later bank.
const CONTINUATION: u8 = 0x7f;

impl Spd {
    /// Reads an SPD; none where there are too few bytes to say anything.
    pub fn decode(data: &[u8]) -> Option<Spd> {
        if data.len() < LEAST {
            return None;
        }
        let bytes = Bytes(data);
        let memory_type = bytes.at(2);
        let module = match memory_type {
            0x0b => (data.len() >= DDR3_LENGTH).then(|| Module::Ddr3(bytes.ddr3())),
            0x0c => (data.len() >= DDR4_LENGTH).then(|| Module::Ddr4(bytes.ddr4())),
            _ => (data.len() >= LEGACY_LENGTH).then(|| Module::Legacy(bytes.legacy())),
        };
        Some(Spd { memory_type, module })
    }
}

/// Bytes by their numbers in the standard; what is not there is zero.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn at(&self, place: usize) -> u8 {
        self.0.get(place).copied().unwrap_or(0)
    }

    fn four(&self, place: usize) -> [u8; 4] {
        std::array::from_fn(|index| self.at(place + index))
    }

    fn range(&self, range: Range<usize>) -> Vec<u8> {
        range.map(|place| self.at(place)).collect()
    }

    fn ddr3(&self) -> Ddr3 {
        Ddr3 {
            geometry: Geometry {
                chip_capacity: 256 << (self.at(4) & 0x0f),
                bus_width: 8 << (self.at(8) & 0x07),
                chip_width: 4 << (self.at(7) & 0x07),
                ranks: 1 << ((self.at(7) & 0x3f) >> 3),
            },
            banks: self.at(4) >> 4,
            voltages: self.at(6),
            ecc: self.at(8) >> 3,
            manufacturer: Manufacturer { bank: self.at(117) & 0x7f, id: self.at(118) },
            date: [self.at(120), self.at(121)],
            serial: self.four(122),
            part: self.range(128..146),
        }
    }

    fn ddr4(&self) -> Ddr4 {
        let dies = (self.at(6) >> 4 & 0x03) + 1;
        let package_ranks = i32::from(self.at(12) >> 3 & 0x03) + 1;
        // Only dies stacked with one load have ranks of their own.
        let stacked = self.at(6) & 0x03 == 0x02;
        Ddr4 {
            geometry: Geometry {
                chip_capacity: 256 << (self.at(4) & 0x0f),
                bus_width: 8 << (self.at(13) & 0x07),
                chip_width: 4 << (self.at(12) & 0x07),
                ranks: if stacked { package_ranks * i32::from(dies) } else { package_ranks },
            },
            package: self.at(6) >> 7,
            module: self.at(3) & 0x0f,
            dies,
            bank_groups: self.at(4) >> 6,
            banks: self.at(4) >> 4 & 0x03,
            density: self.at(4) & 0x0f,
            voltages: self.at(11),
            ecc: self.at(13) >> 3,
            manufacturer: Manufacturer { bank: self.at(320) & 0x7f, id: self.at(321) },
            date: [self.at(323), self.at(324)],
            serial: self.four(325),
            part: self.range(329..349),
        }
    }

    fn legacy(&self) -> Legacy {
        let bank = (0..8).take_while(|bank| self.at(64 + bank) == CONTINUATION).count();
        Legacy {
            addressing: [self.at(3), self.at(4), self.at(5), self.at(17)],
            voltage: self.at(8),
            configuration: self.at(11),
            manufacturer: Manufacturer { bank: u8::try_from(bank).unwrap_or(0), id: self.at(64 + bank) },
            part: (self.at(73) != 0).then(|| self.range(73..91)),
            serial: self.four(95),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_short_says_less() {
        assert_eq!(Spd::decode(&[0; 91]), None);
        assert_eq!(Spd::decode(&[0; 99]), Some(Spd { memory_type: 0, module: None }));
        let mut ddr4 = vec![0; 347];
        ddr4[2] = 0x0c;
        assert_eq!(Spd::decode(&ddr4).map(|spd| spd.module), Some(None));
    }

    #[test]
    fn ddr3_geometry() {
        let mut data = vec![0; 148];
        data[2..9].copy_from_slice(&[0x0b, 0x01, 0x04, 0x21, 0x00, 0x09, 0x0b]);
        let Some(Spd { module: Some(Module::Ddr3(module)), .. }) = Spd::decode(&data) else { panic!("DDR3") };
        let geometry = Geometry { chip_capacity: 4096, bus_width: 64, chip_width: 8, ranks: 2 };
        assert_eq!((module.geometry, module.geometry.module_capacity(), module.ecc), (geometry, 8192, 1));
    }

    #[test]
    fn capacities_before_ddr3() {
        let mut data = vec![0; 128];
        data[2..6].copy_from_slice(&[0x08, 0x0e, 0x0a, 0x61]);
        data[17] = 8;
        data[64..67].copy_from_slice(&[0x7f, 0x98, 0x00]);
        let Some(Spd { module: Some(Module::Legacy(module)), .. }) = Spd::decode(&data) else { panic!("DDR2") };
        assert_eq!(module.capacity(), Some(2048));
        assert_eq!(module.manufacturer, Manufacturer { bank: 1, id: 0x98 });
        let odd = Legacy { addressing: [0, 0, 0, 0], ..module };
        assert_eq!(odd.capacity(), None);
    }

    #[test]
    fn any_bytes_are_borne() {
        for kind in 0..=0xff_u8 {
            for length in [0, 91, 92, 99, 100, 148, 347, 348, 512, 1024] {
                let mut data = vec![0xff; length];
                if let Some(byte) = data.get_mut(2) {
                    *byte = kind;
                }
                drop(Spd::decode(&data));
            }
        }
    }
}
