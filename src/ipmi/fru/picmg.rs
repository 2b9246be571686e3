//! PICMG's multirecords (PICMG 3.0 section 3.7, AMC.0 section 3.9). Codes stay codes here; their names
//! are the printer's affair.

use crate::ipmi::Reader;
use serde::Serialize;

/// A PICMG record, by its record id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PicmgRecord {
    /// 04h: the backplane's channels.
    BackplanePointToPoint {
        /// Slots with their channels.
        slots: Vec<BackplaneSlot>,
    },
    /// 10h: the shelf's addresses.
    AddressTable {
        /// Type/length byte of the shelf's address.
        type_length: u8,
        /// The shelf's address.
        shelf_address: Vec<u8>,
        /// How many entries there ought to be.
        count: u8,
        /// Hardware addresses and their sites.
        entries: Vec<AddressEntry>,
    },
    /// 11h: the shelf's power feeds.
    ShelfPowerDistribution {
        /// How many feeds there ought to be.
        count: u8,
        /// Feeds.
        feeds: Vec<PowerFeed>,
    },
    /// 12h: what the shelf may activate.
    ShelfActivation {
        /// Allowance for readiness in seconds.
        #[serde(rename = "readiness_allowance_seconds")]
        readiness_allowance: u8,
        /// How many entries there ought to be.
        count: u8,
        /// FRUs that may be activated.
        entries: Vec<ShelfActivation>,
    },
    /// 13h: the shelf manager's connection; not decoded.
    ShelfManagerConnection,
    /// 14h: the board's links.
    BoardPointToPoint {
        /// How many OEM link types there ought to be.
        count: u8,
        /// OEM link types, 16 bytes each.
        guids: Vec<[u8; 16]>,
        /// Links.
        links: Vec<BoardLink>,
    },
    /// 16h: the module's current at 12 V, in tenths of amperes.
    AmcCurrent {
        /// Current draw.
        #[serde(rename = "current_deciamperes")]
        current: u8,
    },
    /// 17h: what the carrier may activate.
    AmcActivation {
        /// Largest internal current at 12 V, in tenths of amperes.
        #[serde(rename = "maximum_current_deciamperes")]
        maximum_current: u16,
        /// Allowance for readiness in seconds.
        #[serde(rename = "readiness_allowance_seconds")]
        readiness_allowance: u8,
        /// How many descriptors there ought to be.
        count: u8,
        /// Modules.
        descriptors: Vec<ActivationDescriptor>,
    },
    /// 18h: the carrier's connections.
    CarrierPointToPoint {
        /// Resources with their ports.
        resources: Vec<CarrierResource>,
    },
    /// 19h: the module's links.
    AmcPointToPoint(AmcGroup),
    /// 1Ah: the carrier's sites.
    CarrierInformation {
        /// AMC.0 extension version; the major part is in the low nibble.
        extension_version: u8,
        /// How many sites there ought to be.
        count: u8,
        /// Site numbers.
        sites: Vec<u8>,
    },
    /// 2Ch: the carrier's clocks.
    ClockCarrierPointToPoint {
        /// Resources with their channels.
        resources: Vec<ClockResource>,
    },
    /// 2Dh: the clocks' configuration.
    ClockConfiguration {
        /// Resource id.
        resource: u8,
        /// How many clocks there ought to be.
        count: u8,
        /// Clocks.
        descriptors: Vec<ClockDescriptor>,
    },
    /// 20h to 2Bh: MicroTCA; not decoded.
    MicroTca {
        /// Record id.
        id: u8,
    },
    /// Another id.
    Unknown {
        /// Record id.
        id: u8,
    },
}

/// A slot of the backplane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackplaneSlot {
    /// Channel type.
    pub channel_type: u8,
    /// Slot address.
    pub address: u8,
    /// How many channels there ought to be.
    pub count: u8,
    /// Channels.
    pub channels: Vec<BackplaneChannel>,
}

/// One channel between two slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BackplaneChannel {
    /// Channel here.
    pub local_channel: u8,
    /// Channel there.
    pub remote_channel: u8,
    /// Slot there.
    pub remote_slot: u8,
}

/// A row of the shelf's address table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AddressEntry {
    /// Hardware address.
    pub hardware_address: u8,
    /// Site number.
    pub site_number: u8,
    /// Site type.
    pub site_type: u8,
}

/// A power feed of the shelf. Currents are in tenths of amperes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PowerFeed {
    /// Largest external current.
    #[serde(rename = "maximum_external_current_deciamperes")]
    pub maximum_external_current: u16,
    /// Largest internal current; FFFFh is not specified.
    #[serde(rename = "maximum_internal_current_deciamperes")]
    pub maximum_internal_current: u16,
    /// Smallest expected voltage, negative, in units of 0.5 V.
    #[serde(rename = "minimum_voltage_half_volts")]
    pub minimum_voltage: u8,
    /// Hardware address and FRU id of what it feeds.
    pub frus: Vec<[u8; 2]>,
}

/// A FRU that the shelf may activate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ShelfActivation {
    /// Hardware address.
    pub hardware_address: u8,
    /// FRU device id.
    pub fru_id: u8,
    /// Largest power in watts.
    #[serde(rename = "maximum_power_watts")]
    pub maximum_power: u16,
    /// Configuration flags.
    pub configuration: u8,
}

/// A link of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BoardLink {
    /// Channel number.
    pub channel: u8,
    /// Interface: base, fabric, update channel, reserved.
    pub interface: u8,
    /// Port flags.
    pub ports: u8,
    /// Link type.
    pub link_type: u8,
    /// Link type extension.
    pub extension: u8,
    /// Grouping id.
    pub grouping: u8,
}

/// A module that the carrier may activate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ActivationDescriptor {
    /// IPMB address.
    pub address: u8,
    /// Largest current, in tenths of amperes.
    #[serde(rename = "maximum_current_deciamperes")]
    pub maximum_current: u8,
}

/// A resource of the carrier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CarrierResource {
    /// Resource id; bit 7 tells a module from a device of the carrier.
    pub resource: u8,
    /// How many ports there ought to be.
    pub count: u8,
    /// Ports.
    pub ports: Vec<CarrierPort>,
}

/// A connection of the carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CarrierPort {
    /// Port here.
    pub local_port: u8,
    /// Port there.
    pub remote_port: u8,
    /// Resource there; bit 7 tells a module.
    pub remote_resource: u8,
}

/// A module's links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AmcGroup {
    /// How many OEM link types there ought to be.
    pub count: u8,
    /// OEM link types, 16 bytes each.
    pub guids: Vec<[u8; 16]>,
    /// Whether it is a module, or a device of the carrier.
    pub is_module: bool,
    /// Resource id.
    pub resource: u8,
    /// Channels.
    pub channels: Vec<AmcChannel>,
    /// Links.
    pub links: Vec<AmcLink>,
    /// What the reference takes for the first OEM link type: one byte, then every seventeenth.
    #[serde(skip)]
    pub strides: [u8; 16],
}

/// The ports of a module's channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AmcChannel {
    /// Port of each lane.
    pub lanes: [u8; 4],
}

/// A link of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AmcLink {
    /// Channel.
    pub channel: u8,
    /// Port flags, one bit for each lane.
    pub ports: u8,
    /// Link type.
    pub link_type: u8,
    /// Link type extension.
    pub extension: u8,
    /// Grouping id.
    pub grouping: u8,
    /// Asymmetric match.
    pub asymmetric_match: u8,
}

/// A resource with clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockResource {
    /// Resource id; its type is in bits 7:6.
    pub resource: u8,
    /// How many channels there ought to be.
    pub count: u8,
    /// Channels.
    pub channels: Vec<ClockChannel>,
}

/// A clock's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClockChannel {
    /// Clock here.
    pub local_clock: u8,
    /// Clock there.
    pub remote_clock: u8,
    /// Resource there; its type is in bits 7:6.
    pub remote_resource: u8,
}

/// A clock's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockDescriptor {
    /// Clock id.
    pub clock: u8,
    /// Control: bit 0 tells the application from the carrier's controller.
    pub control: u8,
    /// How many clocks there ought to be: dependent ones, and others.
    pub counts: [u8; 2],
    /// Clocks that depend on another one.
    pub indirect: Vec<IndirectClock>,
    /// Clocks of their own.
    pub direct: Vec<DirectClock>,
}

/// A clock that depends on another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IndirectClock {
    /// Features.
    pub features: u8,
    /// The other clock.
    pub depends_on: u8,
}

/// A clock of its own. Frequencies are in hertz.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DirectClock {
    /// Features.
    pub features: u8,
    /// Family.
    pub family: u8,
    /// Accuracy level.
    pub accuracy: u8,
    /// Frequency.
    #[serde(rename = "frequency_hertz")]
    pub frequency: u32,
    /// Smallest frequency.
    #[serde(rename = "minimum_hertz")]
    pub minimum: u32,
    /// Largest frequency.
    #[serde(rename = "maximum_hertz")]
    pub maximum: u32,
}

/// Bytes before a PICMG record's own: manufacturer, record id, version.
const HEADER: usize = 5;

/// A cursor that knows where the record ends.
struct Cursor<'a> {
    data: &'a [u8],
    reader: Reader<'a>,
}

impl Cursor<'_> {
    fn place(&self) -> usize {
        self.data.len() - self.reader.rest().len()
    }

    fn byte(&mut self) -> u8 {
        self.reader.u8_or_zero()
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.reader.array_or_zero()
    }

    /// A counted list; the count comes first. Items of which nothing is left are left out.
    fn counted<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> (u8, Vec<T>) {
        let count = self.byte();
        (count, self.times(count, &mut item))
    }

    fn times<T>(&mut self, count: u8, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        while items.len() < usize::from(count) && !self.reader.is_empty() {
            items.push(item(self));
        }
        items
    }

    /// Items as long as one begins within the record.
    fn until<T>(&mut self, end: usize, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        while self.place() < end && !self.reader.is_empty() {
            items.push(item(self));
        }
        items
    }
}

impl PicmgRecord {
    /// Reads a record from its data. What is beyond `length` may be read where counts say so; what is
    /// beyond `data` is zero or left out.
    pub(super) fn decode(data: &[u8], length: u8) -> Self {
        let end = usize::from(length);
        let id = data.get(3).copied().unwrap_or(0);
        let mut cursor = Cursor { data, reader: Reader::new(data) };
        let _: [u8; HEADER] = cursor.array();
        match id {
            0x04 => PicmgRecord::BackplanePointToPoint { slots: slots(&mut cursor, end) },
            0x10 => {
                let type_length = cursor.byte();
                let shelf_address = cursor.array::<20>().to_vec();
                let (count, entries) = cursor.counted(|cursor| {
                    let [hardware_address, site_number, site_type] = cursor.array();
                    AddressEntry { hardware_address, site_number, site_type }
                });
                PicmgRecord::AddressTable { type_length, shelf_address, count, entries }
            }
            0x11 => {
                let (count, feeds) = cursor.counted(|cursor| PowerFeed {
                    maximum_external_current: cursor.reader.u16_or_zero(),
                    maximum_internal_current: cursor.reader.u16_or_zero(),
                    minimum_voltage: cursor.byte(),
                    frus: cursor.counted(Cursor::array).1,
                });
                PicmgRecord::ShelfPowerDistribution { count, feeds }
            }
            0x12 => {
                let readiness_allowance = cursor.byte();
                let (count, entries) = cursor.counted(|cursor| ShelfActivation {
                    hardware_address: cursor.byte(),
                    fru_id: cursor.byte(),
                    maximum_power: cursor.reader.u16_or_zero(),
                    configuration: cursor.byte(),
                });
                PicmgRecord::ShelfActivation { readiness_allowance, count, entries }
            }
            0x13 => PicmgRecord::ShelfManagerConnection,
            0x14 => {
                let (count, guids) = cursor.counted(Cursor::array);
                let links = cursor.until(end, |cursor| {
                    let bits = cursor.reader.u32_or_zero();
                    BoardLink {
                        channel: (bits & 0x3f) as u8,
                        interface: (bits >> 6 & 0x03) as u8,
                        ports: (bits >> 8 & 0x0f) as u8,
                        link_type: (bits >> 12 & 0xff) as u8,
                        extension: (bits >> 20 & 0x0f) as u8,
                        grouping: (bits >> 24) as u8,
                    }
                });
                PicmgRecord::BoardPointToPoint { count, guids, links }
            }
            0x16 => PicmgRecord::AmcCurrent { current: cursor.byte() },
            0x17 => PicmgRecord::AmcActivation {
                maximum_current: cursor.reader.u16_or_zero(),
                readiness_allowance: cursor.byte(),
                count: cursor.byte(),
                descriptors: cursor.until(end, |cursor| {
                    let [address, maximum_current, _] = cursor.array();
                    ActivationDescriptor { address, maximum_current }
                }),
            },
            0x18 => PicmgRecord::CarrierPointToPoint { resources: cursor.until(end, carrier_resource) },
            0x19 => PicmgRecord::AmcPointToPoint(amc_group(&mut cursor, end)),
            0x1a => {
                let extension_version = cursor.byte();
                let (count, sites) = cursor.counted(Cursor::byte);
                PicmgRecord::CarrierInformation { extension_version, count, sites }
            }
            0x2c => {
                let (_, resources) = cursor.counted(|cursor| {
                    let resource = cursor.byte();
                    let (count, channels) = cursor.counted(|cursor| {
                        let [local_clock, remote_clock, remote_resource] = cursor.array();
                        ClockChannel { local_clock, remote_clock, remote_resource }
                    });
                    ClockResource { resource, count, channels }
                });
                PicmgRecord::ClockCarrierPointToPoint { resources }
            }
            0x2d => {
                let resource = cursor.byte();
                let (count, descriptors) = cursor.counted(clock_descriptor);
                PicmgRecord::ClockConfiguration { resource, count, descriptors }
            }
            0x20..=0x2b => PicmgRecord::MicroTca { id },
            _ => PicmgRecord::Unknown { id },
        }
    }
}

fn carrier_resource(cursor: &mut Cursor<'_>) -> CarrierResource {
    let resource = cursor.byte();
    let (count, ports) = cursor.counted(|cursor| {
        let remote_resource = cursor.byte();
        let bits = cursor.reader.u16_or_zero();
        CarrierPort { local_port: (bits >> 5 & 0x1f) as u8, remote_port: (bits & 0x1f) as u8, remote_resource }
    });
    CarrierResource { resource, count, ports }
}

/// A slot counts when its three bytes lie within the record.
fn slots(cursor: &mut Cursor<'_>, end: usize) -> Vec<BackplaneSlot> {
    let mut slots = Vec::new();
    while cursor.place() + 3 <= end && !cursor.reader.is_empty() {
        let [channel_type, address, count] = cursor.array();
        let channels = cursor.times(count, |cursor| {
            let bits = cursor.reader.u24_or_zero();
            BackplaneChannel {
                local_channel: (bits >> 13 & 0x1f) as u8,
                remote_channel: (bits >> 8 & 0x1f) as u8,
                remote_slot: (bits & 0xff) as u8,
            }
        });
        slots.push(BackplaneSlot { channel_type, address, count, channels });
    }
    slots
}

fn amc_group(cursor: &mut Cursor<'_>, end: usize) -> AmcGroup {
    let strides = std::array::from_fn(|number| cursor.data.get(HEADER + 17 * number).copied().unwrap_or(0));
    let (count, guids) = cursor.counted(Cursor::array);
    let resource = cursor.byte();
    let (_, channels) = cursor.counted(|cursor| {
        let bits = cursor.reader.u24_or_zero();
        AmcChannel { lanes: [0, 5, 10, 15].map(|shift| (bits >> shift & 0x1f) as u8) }
    });
    let links = cursor.until(end, |cursor| {
        let bits = cursor.reader.u32_or_zero();
        AmcLink {
            channel: (bits & 0xff) as u8,
            ports: (bits >> 8 & 0x0f) as u8,
            link_type: (bits >> 12 & 0xff) as u8,
            extension: (bits >> 20 & 0x0f) as u8,
            grouping: (bits >> 24) as u8,
            asymmetric_match: cursor.byte() & 0x03,
        }
    });
    AmcGroup { count, guids, is_module: resource & 0x80 != 0, resource: resource & 0x0f, channels, links, strides }
}

fn clock_descriptor(cursor: &mut Cursor<'_>) -> ClockDescriptor {
    let [clock, control, indirect, direct] = cursor.array();
    ClockDescriptor {
        clock,
        control,
        counts: [indirect, direct],
        indirect: cursor.times(indirect, |cursor| {
            let [features, depends_on] = cursor.array();
            IndirectClock { features, depends_on }
        }),
        direct: cursor.times(direct, |cursor| {
            let [features, family, accuracy] = cursor.array();
            let mut frequency = || cursor.reader.u32_or_zero();
            DirectClock {
                features,
                family,
                accuracy,
                frequency: frequency(),
                minimum: frequency(),
                maximum: frequency(),
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(id: u8, data: &[u8]) -> PicmgRecord {
        let record = [&[0x5a, 0x31, 0x00, id, 0x00], data].concat();
        PicmgRecord::decode(&record, u8::try_from(record.len()).expect("short"))
    }

    #[test]
    fn links_are_packed() {
        // Channel 1, fabric, ports 0 and 1, type 2, extension 1, group 9.
        let record = decode(0x14, &[0, 0x41, 0x23, 0x10, 0x09]);
        let link = BoardLink { channel: 1, interface: 1, ports: 3, link_type: 2, extension: 1, grouping: 9 };
        assert_eq!(record, PicmgRecord::BoardPointToPoint { count: 0, guids: vec![], links: vec![link] });
        let record = decode(0x18, &[0x81, 1, 0x42, 0x21, 0x00]);
        let port = CarrierPort { local_port: 1, remote_port: 1, remote_resource: 0x42 };
        let resources = vec![CarrierResource { resource: 0x81, count: 1, ports: vec![port] }];
        assert_eq!(record, PicmgRecord::CarrierPointToPoint { resources });
    }

    #[test]
    fn counts_do_not_outgrow_the_data() {
        for id in 0..=0xff {
            let record = decode(id, &[0xff; 40]);
            assert!(format!("{record:?}").len() < 20_000, "{id:#x}");
        }
    }
}
