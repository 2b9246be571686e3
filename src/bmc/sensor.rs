//! Sensors' readings, with bridging to the controller that owns the sensor.

use super::{Bmc, CallError};
use crate::ipmi::app::GetDeviceId;
use crate::ipmi::sdr::{Factors, SensorRecord};
use crate::ipmi::sensor::{
    GetSensorEventEnable, GetSensorEventStatus, GetSensorReading, GetSensorReadingFactors, GetSensorThresholds,
    SensorEvents, SensorReading, SensorThresholds,
};
use crate::ipmi::{Command, Route};

/// A sensor's reading, as far as there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// The raw reading; none when it is unavailable or could not be read.
    pub raw: Option<u8>,
    /// Whether the sensor says that its reading is unavailable.
    pub unavailable: bool,
    /// Whether the sensor does not scan.
    pub scanning_disabled: bool,
    /// States: threshold comparisons or discrete states 0 to 7, then 8 to 14.
    pub states: [u8; 2],
    /// The value, where the sensor is analog.
    pub analog: Option<f64>,
    /// Whether the sensor has analog readings at all, valid or not.
    pub is_analog: bool,
    /// The factors of this reading, which hold for everything else of the sensor as well.
    pub factors: Option<Factors>,
    /// Whether the factors were asked for in vain.
    pub factors_missing: bool,
}

impl Reading {
    /// The bits that mean something: threshold comparisons in bits 5:0, or discrete states in bits 14:0.
    pub fn state_bits(&self, sensor: &SensorRecord) -> u16 {
        let [low, high] = self.states;
        if sensor.is_threshold() { u16::from(low & 0x3f) } else { u16::from_le_bytes([low, high & 0x7f]) }
    }
}

/// No manufacturer.
const UNKNOWN: u32 = 0;

impl Bmc {
    /// The path to a sensor's owner: bridged, unless the owner is whom we talk to anyway.
    pub fn route_to(&self, owner: u8, channel: u8) -> Route {
        let route = self.route();
        let known = channel == 0 && self.target_ipmb != 0 && self.target_ipmb == owner;
        if known || (owner == route.target_addr && channel == route.target_channel) {
            route
        } else {
            Route { target_addr: owner, target_channel: channel, ..route }
        }
    }

    /// Asks a sensor's owner.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn call_owner<C: Command>(&self, sensor: &SensorRecord, command: &C) -> Result<C::Reply, CallError> {
        self.call_at(&self.route_to(sensor.owner, sensor.channel), command).await
    }

    /// A sensor's raw reading, as it is answered.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn sensor_reading_reply(&self, sensor: &SensorRecord) -> Result<SensorReading, CallError> {
        self.call_owner(sensor, &GetSensorReading { number: sensor.number, lun: sensor.lun }).await
    }

    /// A sensor's reading. What fails leaves it without one.
    pub async fn sensor_reading(&self, sensor: &SensorRecord) -> Reading {
        let Ok(reply) = self.sensor_reading_reply(sensor).await else { return Reading::default() };
        let mut reading = Reading {
            unavailable: reply.flags & 0x20 != 0,
            scanning_disabled: reply.flags & 0x40 == 0,
            ..Reading::default()
        };
        if reading.scanning_disabled {
            return reading;
        }
        reading.raw = (!reading.unavailable).then_some(reply.raw);
        reading.states = [reply.state_low, reply.state_high];
        let Some(factors) = self.analog_factors(sensor) else { return reading };
        let factors = if factors.is_nonlinear() {
            // Reference: an unavailable reading asks for the factors of reading 0.
            let raw = reading.raw.unwrap_or(0);
            let command = GetSensorReadingFactors { number: sensor.number, lun: sensor.lun, reading: raw };
            match self.call_owner(sensor, &command).await {
                Ok(bytes) => Factors::decode(factors.format, factors.linearization, bytes),
                Err(error) => {
                    reading.factors_missing = matches!(error, CallError::Transport(_));
                    reading.raw = None;
                    return reading;
                }
            }
        } else {
            factors
        };
        reading.is_analog = true;
        reading.factors = Some(factors);
        reading.analog = reading.raw.map(|raw| factors.value(raw));
        reading
    }

    /// The conversion of a sensor with analog readings: a full record with a number format and
    /// thresholds, or with units where the controller does without thresholds.
    fn analog_factors(&self, sensor: &SensorRecord) -> Option<Factors> {
        let full = sensor.full.filter(|_| !sensor.is_discrete())?;
        let units = sensor.units;
        let has_units = units.percent || units.modifier_use != 0 || units.base != 0 || units.modifier != 0;
        (sensor.is_threshold() || (has_units && self.units_suffice)).then_some(full.factors)
    }

    /// The thresholds in force.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn sensor_thresholds(&self, sensor: &SensorRecord) -> Result<SensorThresholds, CallError> {
        self.call_owner(sensor, &GetSensorThresholds { number: sensor.number, lun: sensor.lun }).await
    }

    /// Which events are asserted.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn sensor_event_status(&self, sensor: &SensorRecord) -> Result<SensorEvents, CallError> {
        self.call_owner(sensor, &GetSensorEventStatus { number: sensor.number, lun: sensor.lun }).await
    }

    /// Which events are enabled.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn sensor_event_enable(&self, sensor: &SensorRecord) -> Result<SensorEvents, CallError> {
        self.call_owner(sensor, &GetSensorEventEnable { number: sensor.number, lun: sensor.lun }).await
    }

    /// The manufacturer, whose own names apply. Reference: transports that ask when they open know
    /// it; on the others it is asked for every time it matters.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn manufacturer(&self) -> Result<u32, CallError> {
        match self.known_manufacturer {
            Some(known) if known != UNKNOWN => Ok(known),
            _ => Ok(self.call(&GetDeviceId).await?.manufacturer),
        }
    }
}
