//! Data center management (DCMI 1.5 chapter 6).

use super::extension::{Extension, Owner};
use super::{NetFn, Reader};

/// Group extension DCh.
const DCMI: Owner = Owner { netfn: NetFn::GROUP, mark: &[0xdc] };

/// Temperature, the one type of sensor these commands know (table 6-14).
const TEMPERATURE: u8 = 0x01;

/// Get DCMI Capabilities Info (section 6.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetCapabilities {
    /// Parameter selector (table 6-3).
    pub parameter: u8,
}

/// One parameter of the capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Major and minor version of the specification.
    pub conformance: [u8; 2],
    /// The parameter's revision.
    pub revision: u8,
    /// Its first bytes.
    pub data: [u8; 4],
}

impl Extension for GetCapabilities {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x01;
    type Reply = Capabilities;

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.parameter);
    }

    fn decode(mut body: Reader<'_>) -> Capabilities {
        Capabilities { conformance: body.array_or_zero(), revision: body.u8_or_zero(), data: body.array_or_zero() }
    }
}

/// Get Power Reading (section 6.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetPowerReading {
    /// The rolling average that is wanted: its unit in bits 7:6 and how many of them. None for the
    /// controller's own statistics.
    pub average: Option<u8>,
}

/// What the machine draws, in watts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerReading {
    /// Now.
    pub current: u16,
    /// Least during the sampling period.
    pub minimum: u16,
    /// Most during the sampling period.
    pub maximum: u16,
    /// Average over the sampling period.
    pub average: u16,
    /// When it was read.
    pub timestamp: u32,
    /// The sampling period: milliseconds, or what the controller says of an average.
    pub period: u32,
    /// Whether it is measured at all.
    pub active: bool,
}

impl Extension for GetPowerReading {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x02;
    type Reply = PowerReading;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend(self.average.map_or([0x01, 0, 0], |period| [0x02, period, 0]));
    }

    fn decode(mut body: Reader<'_>) -> PowerReading {
        PowerReading {
            current: body.u16_or_zero(),
            minimum: body.u16_or_zero(),
            maximum: body.u16_or_zero(),
            average: body.u16_or_zero(),
            timestamp: body.u32_or_zero(),
            period: body.u32_or_zero(),
            active: body.u8_or_zero() & 0x40 != 0,
        }
    }
}

/// A limit to what the machine may draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PowerLimit {
    /// What happens when it cannot be kept.
    pub action: u8,
    /// Watts.
    pub watts: u16,
    /// Time to get below it (milliseconds).
    pub correction: u32,
    /// Sampling period of the statistics (seconds).
    pub sample: u16,
}

/// Get Power Limit (section 6.6.2). Completion code 80h means that the limit it tells is not in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetPowerLimit;

impl Extension for GetPowerLimit {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x03;
    type Reply = PowerLimit;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0, 0]);
    }

    fn decode(mut body: Reader<'_>) -> PowerLimit {
        let _reserved: [u8; 2] = body.array_or_zero();
        let action = body.u8_or_zero();
        let watts = body.u16_or_zero();
        let correction = body.u32_or_zero();
        let _reserved: [u8; 2] = body.array_or_zero();
        PowerLimit { action, watts, correction, sample: body.u16_or_zero() }
    }
}

/// Set Power Limit (section 6.6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetPowerLimit(pub PowerLimit);

impl Extension for SetPowerLimit {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x04;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0, 0, 0, self.0.action]);
        data.extend(self.0.watts.to_le_bytes());
        data.extend(self.0.correction.to_le_bytes());
        data.extend([0, 0]);
        data.extend(self.0.sample.to_le_bytes());
    }

    fn decode(_body: Reader<'_>) {}
}

/// Activate/Deactivate Power Limit (section 6.6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivatePowerLimit(pub bool);

impl Extension for ActivatePowerLimit {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x05;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([u8::from(self.0), 0, 0]);
    }

    fn decode(_body: Reader<'_>) {}
}

/// The longest part of a text that one command carries.
pub const TEXT_PART: u8 = 16;

/// Reads a part of a text; see [`GetAssetTag`] and [`GetControllerId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetText<const CMD: u8> {
    /// Where it begins.
    pub offset: u8,
    /// Bytes wanted, at most [`TEXT_PART`].
    pub length: u8,
}

/// Get Asset Tag (section 6.4.2).
pub type GetAssetTag = GetText<0x06>;
/// Get Management Controller Identifier String (section 6.4.6.1).
pub type GetControllerId = GetText<0x09>;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPart {
    /// Bytes of the whole.
    pub total: u8,
    /// The part, as far as it came.
    pub bytes: Vec<u8>,
}

impl<const CMD: u8> Extension for GetText<CMD> {
    const OWNER: Owner = DCMI;
    const CMD: u8 = CMD;
    type Reply = TextPart;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.offset, self.length]);
    }

    fn decode(mut body: Reader<'_>) -> TextPart {
        let total = body.u8_or_zero();
        TextPart { total, bytes: body.rest().to_vec() }
    }
}

/// Writes a part of a text; see [`SetAssetTag`] and [`SetControllerId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetText<'a, const CMD: u8> {
    /// Where it begins.
    pub offset: u8,
    /// The bytes, at most [`TEXT_PART`] of them.
    pub part: &'a [u8],
}

/// Set Asset Tag (section 6.4.3).
pub type SetAssetTag<'a> = SetText<'a, 0x08>;
/// Set Management Controller Identifier String (section 6.4.6.2).
pub type SetControllerId<'a> = SetText<'a, 0x0a>;

impl<const CMD: u8> Extension for SetText<'_, CMD> {
    const OWNER: Owner = DCMI;
    const CMD: u8 = CMD;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.offset, u8::try_from(self.part.len()).unwrap_or(u8::MAX)]);
        data.extend(self.part);
    }

    fn decode(_body: Reader<'_>) {}
}

/// Get DCMI Sensor Info (section 6.5.2), of all instances of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSensorInfo {
    /// The entity (table 6-14).
    pub entity: u8,
    /// Instance from which on they are wanted.
    pub start: u8,
}

/// Some of the sensors of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensorPage {
    /// All there are.
    pub total: u8,
    /// Those in this reply, by its own account.
    pub count: u8,
    /// Their record ids: of no more than the eight a reply has room for.
    pub records: Vec<u16>,
}

impl Extension for GetSensorInfo {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x07;
    type Reply = SensorPage;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([TEMPERATURE, self.entity, 0, self.start]);
    }

    fn decode(mut body: Reader<'_>) -> SensorPage {
        let (total, count) = (body.u8_or_zero(), body.u8_or_zero());
        SensorPage { total, count, records: (0..count.min(8)).map(|_| body.u16_or_zero()).collect() }
    }
}

/// Get Temperature Readings (section 6.7.3), of all instances of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetTemperatures {
    /// The entity (table 6-14).
    pub entity: u8,
    /// Instance from which on they are wanted.
    pub start: u8,
}

/// A temperature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Temperature {
    /// Which of the entity's sensors.
    pub instance: u8,
    /// Whether it is below zero.
    pub negative: bool,
    /// Degrees Celsius, without their sign.
    pub degrees: u8,
}

/// Some of the temperatures of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemperaturePage {
    /// Sensors there are.
    pub total: u8,
    /// The temperatures in this reply.
    pub readings: Vec<Temperature>,
}

impl Extension for GetTemperatures {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x10;
    type Reply = TemperaturePage;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([TEMPERATURE, self.entity, 0, self.start]);
    }

    fn decode(mut body: Reader<'_>) -> TemperaturePage {
        let (total, count) = (body.u8_or_zero(), body.u8_or_zero());
        let mut reading = || {
            let [value, instance] = body.array_or_zero();
            Temperature { instance, negative: value & 0x80 != 0, degrees: value & 0x7f }
        };
        TemperaturePage { total, readings: (0..count).map(|_| reading()).collect() }
    }
}

/// What happens when a temperature is too high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThermalLimit {
    /// The limit is kept over power cycles.
    pub persistent: bool,
    /// The machine is switched off, and the event logged.
    pub power_off: bool,
    /// The event is logged.
    pub log: bool,
    /// The limit, in the unit of the sensor's record.
    pub limit: u8,
    /// For how long it may be exceeded (seconds).
    pub seconds: u16,
}

/// Get Thermal Limit (section 6.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetThermalLimit {
    /// The entity.
    pub entity: u8,
    /// Which of them.
    pub instance: u8,
}

impl Extension for GetThermalLimit {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x0c;
    type Reply = ThermalLimit;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.entity, self.instance]);
    }

    fn decode(mut body: Reader<'_>) -> ThermalLimit {
        let flags = body.u8_or_zero();
        ThermalLimit {
            persistent: flags & 0x80 != 0,
            power_off: flags & 0x40 != 0,
            log: flags & 0x20 != 0,
            limit: body.u8_or_zero(),
            seconds: body.u16_or_zero(),
        }
    }
}

/// Set Thermal Limit (section 6.7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetThermalLimit {
    /// The entity.
    pub entity: u8,
    /// Which of them.
    pub instance: u8,
    /// The limit.
    pub limit: ThermalLimit,
}

impl Extension for SetThermalLimit {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x0b;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        let ThermalLimit { persistent, power_off, log, limit, seconds } = self.limit;
        let flags = u8::from(persistent) << 7 | u8::from(power_off) << 6 | u8::from(log) << 5;
        data.extend([self.entity, self.instance, flags, limit]);
        data.extend(seconds.to_le_bytes());
    }

    fn decode(_body: Reader<'_>) {}
}

/// Get DCMI Configuration Parameters (section 6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetParameter {
    /// Parameter selector (table 6-6).
    pub parameter: u8,
}

impl Extension for GetParameter {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x13;
    /// The parameter's first two bytes; no one has more.
    type Reply = [u8; 2];

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.parameter, 0]);
    }

    fn decode(mut body: Reader<'_>) -> [u8; 2] {
        let _conformance_and_revision: [u8; 3] = body.array_or_zero();
        body.array_or_zero()
    }
}

/// Set DCMI Configuration Parameters (section 6.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetParameter {
    /// Parameter selector (table 6-6).
    pub parameter: u8,
    /// Its value: two bytes from parameter 4 on, the low one of the others.
    pub value: u16,
}

impl Extension for SetParameter {
    const OWNER: Owner = DCMI;
    const CMD: u8 = 0x12;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        let value = self.value.to_le_bytes();
        data.extend([self.parameter, 0]);
        data.extend(if self.parameter > 3 { &value[..] } else { &value[..1] });
    }

    fn decode(_body: Reader<'_>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_begin_with_the_group() {
        assert_eq!(GetCapabilities { parameter: 4 }.request().data, [0xdc, 4]);
        assert_eq!(GetPowerReading { average: None }.request().data, [0xdc, 1, 0, 0]);
        assert_eq!(GetPowerReading { average: Some(0x41) }.request().data, [0xdc, 2, 0x41, 0]);
        assert_eq!(ActivatePowerLimit(true).request().data, [0xdc, 1, 0, 0]);
        assert_eq!(GetAssetTag { offset: 16, length: 5 }.request().data, [0xdc, 16, 5]);
        assert_eq!(SetControllerId { offset: 0, part: b"a\0" }.request().data, [0xdc, 0, 2, b'a', 0]);
        assert_eq!(GetSensorInfo { entity: 0x41, start: 8 }.request().data, [0xdc, 1, 0x41, 0, 8]);
        assert_eq!(SetParameter { parameter: 3, value: 0x104 }.request().data, [0xdc, 3, 0, 4]);
        assert_eq!(SetParameter { parameter: 4, value: 0x104 }.request().data, [0xdc, 4, 0, 4, 1]);
        assert_eq!((SetControllerId::CMD, GetControllerId::CMD, SetAssetTag::CMD), (0x0a, 0x09, 0x08));
    }

    #[test]
    fn limits_go_and_come() {
        let limit = PowerLimit { action: 0x11, watts: 300, correction: 0x0102_0304, sample: 0x506 };
        let sent = SetPowerLimit(limit).request().data;
        assert_eq!(sent, [0xdc, 0, 0, 0, 0x11, 0x2c, 1, 4, 3, 2, 1, 0, 0, 6, 5]);
        // The reply has one reserved byte less.
        assert_eq!(GetPowerLimit::read(&[&sent[..3], &sent[4..]].concat()), Ok(limit));
        let thermal = ThermalLimit { persistent: true, power_off: false, log: true, limit: 45, seconds: 300 };
        let sent = SetThermalLimit { entity: 0x37, instance: 2, limit: thermal }.request().data;
        assert_eq!(sent, [0xdc, 0x37, 2, 0xa0, 45, 0x2c, 1]);
        assert_eq!(GetThermalLimit::read(&[&sent[..1], &sent[3..]].concat()), Ok(thermal));
    }

    #[test]
    fn lists_are_as_long_as_they_say_and_never_longer_than_a_page() {
        let page = GetSensorInfo::read(&[0xdc, 3, 2, 1, 0, 2]).expect("of the group");
        assert_eq!((page.total, page.count, page.records), (3, 2, vec![1, 2]));
        assert_eq!(GetSensorInfo::read(&[0xdc, 200, 200]).expect("of the group").records, [0; 8]);
        let page = GetTemperatures::read(&[0xdc, 2, 2, 0x8f, 1, 45]).expect("of the group");
        assert_eq!(page.readings[0], Temperature { instance: 1, negative: true, degrees: 15 });
        assert_eq!(page.readings[1], Temperature { instance: 0, negative: false, degrees: 45 });
    }

    #[test]
    fn short_replies_read_as_zero() {
        assert_eq!(GetParameter::read(&[0xdc, 1, 5, 1, 7]), Ok([7, 0]));
        assert_eq!(GetPowerReading::read(&[0xdc, 5]).map(|reading| (reading.current, reading.active)), Ok((5, false)));
        let part = GetAssetTag::read(&[0xdc]).expect("of the group");
        assert_eq!((part.total, part.bytes), (0, vec![]));
        assert_eq!(GetCapabilities::read(&[0xdd, 1]), Err(0xdd));
    }
}
