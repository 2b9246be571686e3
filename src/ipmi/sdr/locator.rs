//! Event-only sensors, locators and manufacturers' records (IPMI 2.0 sections 43.3, 43.7 to 43.9 and 43.12).

use super::{Entity, Factors, IdString, Units};
use crate::ipmi::Reader;

/// A sensor that only sends events (section 43.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventOnlyRecord {
    /// Owner's slave address, or software id.
    pub owner: u8,
    /// Owner's logical unit.
    pub lun: u8,
    /// Sensor number.
    pub number: u8,
    /// What the sensor is part of.
    pub entity: Entity,
    /// Sensor type.
    pub sensor_type: u8,
    /// Event/reading type.
    pub event_type: u8,
    /// The sensor's name.
    pub id: IdString,
}

impl EventOnlyRecord {
    pub(super) fn decode(body: &[u8]) -> Self {
        let mut reader = Reader::new(body);
        let [owner, owner_lun, number] = reader.array_or_zero();
        let entity = Entity::read(&mut reader);
        let [sensor_type, event_type, _, _, _, _] = reader.array_or_zero();
        let id = IdString::read(&mut reader);
        EventOnlyRecord { owner, lun: owner_lun & 0x03, number, entity, sensor_type, event_type, id }
    }

    /// Units and factors, of which there are none. Reference: some of its commands take every record for
    /// a full one; here the sensor's name stands where they would.
    pub fn overlaid(&self) -> (Units, Factors) {
        let mut reader = Reader::new(self.id.bytes.get(3..).unwrap_or_default());
        let units = Units::decode(reader.array_or_zero());
        let linearization = reader.u8_or_zero();
        (units, Factors::decode(units.format, linearization, reader.array_or_zero()))
    }
}

/// A device behind the controller (section 43.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenericLocator {
    /// Slave address of the controller in front of the device.
    pub access_address: u8,
    /// The device's own address.
    pub slave_address: u8,
    /// Private bus.
    pub bus: u8,
    /// Logical unit.
    pub lun: u8,
    /// Channel, three bits.
    pub channel: u8,
    /// Further addresses the device answers on.
    pub address_span: u8,
    /// Device type.
    pub device_type: u8,
    /// Device type modifier.
    pub modifier: u8,
    /// What the device is part of.
    pub entity: Entity,
    /// Reserved for the manufacturer.
    pub oem: u8,
    /// The device's name.
    pub id: IdString,
}

impl GenericLocator {
    pub(super) fn decode(body: &[u8]) -> Self {
        let mut reader = Reader::new(body);
        let [access_address, slave_address, path, span, _, device_type, modifier] = reader.array_or_zero();
        GenericLocator {
            access_address,
            slave_address,
            bus: path & 0x07,
            lun: path >> 3 & 0x03,
            channel: path >> 5,
            address_span: span >> 5,
            device_type,
            modifier,
            entity: Entity::read(&mut reader),
            oem: reader.u8_or_zero(),
            id: IdString::read(&mut reader),
        }
    }
}

/// A FRU device (section 43.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FruLocator {
    /// Slave address of the controller in front of the FRU.
    pub access_address: u8,
    /// FRU device id, or the slave address of a plain EEPROM.
    pub device_id: u8,
    /// Private bus.
    pub bus: u8,
    /// Logical unit.
    pub lun: u8,
    /// Whether the FRU is read with FRU commands.
    pub logical: bool,
    /// Channel.
    pub channel: u8,
    /// Device type.
    pub device_type: u8,
    /// Device type modifier.
    pub modifier: u8,
    /// What the FRU describes.
    pub entity: Entity,
    /// Reserved for the manufacturer.
    pub oem: u8,
    /// The FRU's name.
    pub id: IdString,
}

impl FruLocator {
    pub(super) fn decode(body: &[u8]) -> Self {
        let mut reader = Reader::new(body);
        let [access_address, device_id, path, channel, _, device_type, modifier] = reader.array_or_zero();
        FruLocator {
            access_address,
            device_id,
            bus: path & 0x07,
            lun: path >> 3 & 0x03,
            logical: path & 0x80 != 0,
            channel: channel >> 4,
            device_type,
            modifier,
            entity: Entity::read(&mut reader),
            oem: reader.u8_or_zero(),
            id: IdString::read(&mut reader),
        }
    }
}

/// Another management controller (section 43.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McLocator {
    /// Slave address.
    pub slave_address: u8,
    /// Channel.
    pub channel: u8,
    /// Power state notification: bit 2 system, bit 1 device, bit 0 static presence.
    pub power_notification: u8,
    /// Global initialization.
    pub initialization: u8,
    /// Device capabilities, one bit for each.
    pub support: u8,
    /// What the controller is part of.
    pub entity: Entity,
    /// Reserved for the manufacturer.
    pub oem: u8,
    /// The controller's name.
    pub id: IdString,
}

impl McLocator {
    pub(super) fn decode(body: &[u8]) -> Self {
        let mut reader = Reader::new(body);
        let [slave_address, channel, notification, support, _, _, _] = reader.array_or_zero();
        McLocator {
            slave_address,
            channel: channel & 0x0f,
            power_notification: notification >> 5,
            initialization: notification & 0x0f,
            support,
            entity: Entity::read(&mut reader),
            oem: reader.u8_or_zero(),
            id: IdString::read(&mut reader),
        }
    }

    /// Whether the controller has always been there.
    pub fn is_static(&self) -> bool {
        self.power_notification & 1 != 0
    }
}

/// A manufacturer's own record (section 43.12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OemRecord {
    /// IANA enterprise number.
    pub manufacturer: u32,
    /// What follows it.
    pub data: Vec<u8>,
}

impl OemRecord {
    pub(super) fn decode(body: &[u8]) -> Self {
        let mut reader = Reader::new(body);
        OemRecord { manufacturer: reader.u24_or_zero(), data: reader.rest().to_vec() }
    }
}
