//! Sensor commands (IPMI 2.0 chapter 35).

use super::{Command, DecodeError, NetFn, Reader};

/// Get Sensor Reading (section 35.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSensorReading {
    /// Sensor number.
    pub number: u8,
    /// The owner's logical unit.
    pub lun: u8,
}

/// A raw reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SensorReading {
    /// The reading.
    pub raw: u8,
    /// Bit 7 event messages enabled, bit 6 scanning enabled, bit 5 reading unavailable.
    pub flags: u8,
    /// Threshold comparisons, or states 0 to 7.
    pub state_low: u8,
    /// States 8 to 14.
    pub state_high: u8,
}

impl Command for GetSensorReading {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x2d;
    type Reply = SensorReading;

    fn lun(&self) -> u8 {
        self.lun
    }

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.number);
    }

    fn decode(data: &[u8]) -> Result<SensorReading, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(SensorReading {
            raw: reader.u8()?,
            flags: reader.u8()?,
            state_low: reader.u8_or_zero(),
            state_high: reader.u8_or_zero(),
        })
    }
}

/// Get Sensor Reading Factors (section 35.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSensorReadingFactors {
    /// Sensor number.
    pub number: u8,
    /// The owner's logical unit.
    pub lun: u8,
    /// The reading the factors are wanted for.
    pub reading: u8,
}

impl Command for GetSensorReadingFactors {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x23;
    /// M, tolerance, B, accuracy and exponents, as a full record has them.
    type Reply = [u8; 6];

    fn lun(&self) -> u8 {
        self.lun
    }

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.number, self.reading]);
    }

    fn decode(data: &[u8]) -> Result<[u8; 6], DecodeError> {
        let mut reader = Reader::new(data);
        reader.u8()?;
        reader.array()
    }
}

/// Get Sensor Thresholds (section 35.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSensorThresholds {
    /// Sensor number.
    pub number: u8,
    /// The owner's logical unit.
    pub lun: u8,
}

/// The thresholds in force, raw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SensorThresholds {
    /// Which are readable, from bit 0 in the order of `raw`.
    pub readable: u8,
    /// Lower non-critical, critical, non-recoverable, then upper.
    pub raw: [u8; 6],
}

impl Command for GetSensorThresholds {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x27;
    type Reply = SensorThresholds;

    fn lun(&self) -> u8 {
        self.lun
    }

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.number);
    }

    fn decode(data: &[u8]) -> Result<SensorThresholds, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(SensorThresholds { readable: reader.u8()?, raw: reader.array_or_zero() })
    }
}

/// Set Sensor Thresholds (section 35.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetSensorThresholds {
    /// Sensor number.
    pub number: u8,
    /// The owner's logical unit.
    pub lun: u8,
    /// Which are set, from bit 0 in the order of `values`.
    pub mask: u8,
    /// Lower non-critical, critical, non-recoverable, then upper, raw.
    pub values: [u8; 6],
}

impl Command for SetSensorThresholds {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x26;
    type Reply = ();

    fn lun(&self) -> u8 {
        self.lun
    }

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.number, self.mask]);
        data.extend(self.values);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get Sensor Hysteresis (section 35.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSensorHysteresis {
    /// Sensor number.
    pub number: u8,
    /// The owner's logical unit.
    pub lun: u8,
}

impl Command for GetSensorHysteresis {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x25;
    /// For readings that go up, and for readings that go down. Missing bytes read as zero.
    type Reply = [u8; 2];

    fn lun(&self) -> u8 {
        self.lun
    }

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.number, 0xff]);
    }

    fn decode(data: &[u8]) -> Result<[u8; 2], DecodeError> {
        Ok(Reader::new(data).array_or_zero())
    }
}

/// Get Sensor Event Status (section 35.13) or Enable (section 35.11): both answer alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SensorEvents {
    /// Bit 7 event messages enabled, bit 6 scanning enabled, bit 5 reading unavailable.
    pub flags: u8,
    /// Assertion events 0 to 7 and 8 to 14, as far as the reply has them.
    pub assertion: [Option<u8>; 2],
    /// Deassertion events, likewise.
    pub deassertion: [Option<u8>; 2],
}

/// Get Sensor Event Status (section 35.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSensorEventStatus {
    /// Sensor number.
    pub number: u8,
    /// The owner's logical unit.
    pub lun: u8,
}

/// Get Sensor Event Enable (section 35.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSensorEventEnable {
    /// Sensor number.
    pub number: u8,
    /// The owner's logical unit.
    pub lun: u8,
}

macro_rules! events {
    ($name:ident, $cmd:literal) => {
        impl Command for $name {
            const NETFN: NetFn = NetFn::SENSOR_EVENT;
            const CMD: u8 = $cmd;
            type Reply = SensorEvents;

            fn lun(&self) -> u8 {
                self.lun
            }

            fn encode(&self, data: &mut Vec<u8>) {
                data.push(self.number);
            }

            fn decode(data: &[u8]) -> Result<SensorEvents, DecodeError> {
                let mut reader = Reader::new(data);
                let flags = reader.u8_or_zero();
                let mut next = || reader.u8().ok();
                Ok(SensorEvents { flags, assertion: [next(), next()], deassertion: [next(), next()] })
            }
        }
    };
}

events!(GetSensorEventStatus, 0x2b);
events!(GetSensorEventEnable, 0x29);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_has_two_bytes_at_least() {
        assert!(GetSensorReading::decode(&[1]).is_err());
        let reading = GetSensorReading::decode(&[1, 0xc0, 3]).expect("a reading");
        assert_eq!((reading.state_low, reading.state_high), (3, 0));
    }

    #[test]
    fn thresholds_to_set_are_eight_bytes() {
        let command = SetSensorThresholds { number: 7, lun: 1, mask: 0x20, values: [0, 0, 0, 0, 0, 9] };
        let request = command.request();
        assert_eq!((request.lun, request.cmd, request.data), (1, 0x26, vec![7, 0x20, 0, 0, 0, 0, 0, 9]));
    }

    #[test]
    fn event_replies_may_be_short() {
        let events = GetSensorEventStatus::decode(&[0xc0, 1, 2]).expect("a reply");
        assert_eq!((events.assertion, events.deassertion), ([Some(1), Some(2)], [None, None]));
    }
}
