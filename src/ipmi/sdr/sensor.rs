//! Full and compact sensor records (IPMI 2.0 sections 43.1 and 43.2).

use super::{AnalogFormat, Factors, IdString};
use crate::ipmi::Reader;

/// An entity: what a sensor or device is part of (section 39).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Entity id (table 43-13).
    pub id: u8,
    /// Instance, seven bits.
    pub instance: u8,
    /// Whether this is a container of entities.
    pub logical: bool,
}

impl Entity {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let [id, instance] = reader.array_or_zero();
        Entity { id, instance: instance & 0x7f, logical: instance & 0x80 != 0 }
    }
}

/// Which events a sensor makes, and which thresholds can be read and set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SensorMasks {
    /// Assertion events; bits 14:12 are the lower thresholds a comparison status is returned for.
    pub assertion: u16,
    /// Deassertion events; bits 14:12 are the upper thresholds a comparison status is returned for.
    pub deassertion: u16,
    /// Readable thresholds: lower non-critical, critical, non-recoverable, then upper, from bit 0.
    pub readable: u8,
    /// Settable thresholds, likewise.
    pub settable: u8,
}

/// Units of a sensor (section 43.1, bytes 21 to 23).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Units {
    /// Analog data format.
    pub format: AnalogFormat,
    /// How the modifier unit is applied: 0 none, 1 base/modifier, 2 base*modifier.
    pub modifier_use: u8,
    /// Whether the reading is a percentage.
    pub percent: bool,
    /// Base unit (table 43-15).
    pub base: u8,
    /// Modifier unit.
    pub modifier: u8,
}

impl Units {
    /// Reads the three bytes of units.
    pub(super) fn decode([units, base, modifier]: [u8; 3]) -> Self {
        let format = AnalogFormat::from_bits(units >> 6);
        Units { format, modifier_use: units >> 1 & 3, percent: units & 1 != 0, base, modifier }
    }
}

/// What only full records have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FullSensor {
    /// How raw readings become values.
    pub factors: Factors,
    /// Which of nominal reading (bit 0), normal maximum (1) and normal minimum (2) are specified.
    pub analog_flags: u8,
    /// Nominal reading, raw.
    pub nominal: u8,
    /// Normal maximum, raw.
    pub normal_max: u8,
    /// Normal minimum, raw.
    pub normal_min: u8,
    /// Largest reading, raw.
    pub sensor_max: u8,
    /// Smallest reading, raw.
    pub sensor_min: u8,
    /// Upper non-recoverable, critical and non-critical, then lower, raw.
    pub thresholds: [u8; 6],
}

/// A sensor with readings.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorRecord {
    /// Owner's slave address, or software id.
    pub owner: u8,
    /// Owner's logical unit.
    pub lun: u8,
    /// Channel the owner is on.
    pub channel: u8,
    /// Sensor number.
    pub number: u8,
    /// What the sensor is part of.
    pub entity: Entity,
    /// Initialization flags; bit 4 tells that thresholds are initialized.
    pub initialization: u8,
    /// Capabilities: event message control in bits 1:0, thresholds in bits 3:2.
    pub capabilities: u8,
    /// Sensor type.
    pub sensor_type: u8,
    /// Event/reading type.
    pub event_type: u8,
    /// Event and threshold masks.
    pub masks: SensorMasks,
    /// Units.
    pub units: Units,
    /// What only full records have.
    pub full: Option<FullSensor>,
    /// How raw readings become values. Reference: some of its commands take every record for a full one;
    /// in a compact record other fields stand where the factors would.
    pub overlaid: Factors,
    /// Positive-going hysteresis, raw.
    pub positive_hysteresis: u8,
    /// Negative-going hysteresis, raw.
    pub negative_hysteresis: u8,
    /// Reserved for the manufacturer.
    pub oem: u8,
    /// The sensor's name.
    pub id: IdString,
}

impl SensorRecord {
    pub(super) fn decode(kind: u8, body: &[u8]) -> Self {
        let mut reader = Reader::new(body);
        let [owner, owner_lun, number] = reader.array_or_zero();
        let entity = Entity::read(&mut reader);
        let [initialization, capabilities, sensor_type, event_type] = reader.array_or_zero();
        let (assertion, deassertion) = (reader.u16_or_zero(), reader.u16_or_zero());
        let [readable, settable, units, base, modifier] = reader.array_or_zero();
        let units = Units::decode([units, base, modifier]);
        let format = units.format;
        let (full, overlaid, [positive_hysteresis, negative_hysteresis]) = if kind == 0x01 {
            let linearization = reader.u8_or_zero();
            let factors = Factors::decode(format, linearization, reader.array_or_zero());
            let [analog_flags, nominal, normal_max, normal_min, sensor_max, sensor_min] = reader.array_or_zero();
            let thresholds = reader.array_or_zero();
            let hysteresis = reader.array_or_zero();
            let _reserved: [u8; 2] = reader.array_or_zero();
            let full = FullSensor {
                factors,
                analog_flags,
                nominal,
                normal_max,
                normal_min,
                sensor_max,
                sensor_min,
                thresholds,
            };
            (Some(full), factors, hysteresis)
        } else {
            let [sharing, offset] = reader.array_or_zero();
            let [positive, negative] = reader.array_or_zero();
            let [r1, r2, r3] = reader.array_or_zero();
            let overlaid = Factors::decode(format, sharing, [offset, positive, negative, r1, r2, r3]);
            (None, overlaid, [positive, negative])
        };
        let oem = reader.u8_or_zero();
        SensorRecord {
            owner,
            lun: owner_lun & 0x03,
            channel: owner_lun >> 4,
            number,
            entity,
            initialization,
            capabilities,
            sensor_type,
            event_type,
            masks: SensorMasks { assertion, deassertion, readable, settable },
            units,
            full,
            overlaid,
            positive_hysteresis,
            negative_hysteresis,
            oem,
            id: IdString::read(&mut reader),
        }
    }

    /// Whether the sensor compares its reading with thresholds (event/reading type 01h).
    pub fn is_threshold(&self) -> bool {
        self.event_type == 0x01
    }

    /// The record with other factors, as a reading of a non-linear sensor has them.
    pub fn with_factors(&self, factors: Option<Factors>) -> Self {
        let full = self.full.map(|full| FullSensor { factors: factors.unwrap_or(full.factors), ..full });
        SensorRecord { full, ..self.clone() }
    }

    /// Whether the units say that there is no analog reading.
    pub fn is_discrete(&self) -> bool {
        self.units.format == AnalogFormat::None
    }

    /// The sensor's name: at most sixteen bytes.
    pub fn name(&self) -> &[u8] {
        self.id.text(self.id.length().min(16))
    }
}
