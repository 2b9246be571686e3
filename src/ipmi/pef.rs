//! Platform event filtering and alerting (IPMI 2.0 chapters 17 and 30), and the parts of the LAN and serial
//! configuration that say where alerts go.

use super::{Command, DecodeError, NetFn, Reader};

/// Get PEF Capabilities (section 30.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetPefCapabilities;

/// What the controller's event filtering can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PefCapabilities {
    /// Version, two BCD digits: 51h for 1.5.
    pub version: u8,
    /// One bit for each action.
    pub actions: u8,
    /// Entries of the event filter table.
    pub filters: u8,
}

impl Command for GetPefCapabilities {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x10;
    type Reply = PefCapabilities;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<PefCapabilities, DecodeError> {
        let [version, actions, filters] = exactly(data)?;
        Ok(PefCapabilities { version, actions, filters })
    }
}

fn exactly<const N: usize>(data: &[u8]) -> Result<[u8; N], DecodeError> {
    data.try_into().map_err(|_| DecodeError { length: data.len() })
}

/// Set PEF Configuration Parameters (section 30.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPefParameter {
    /// Parameter selector (table 30-6).
    pub parameter: u8,
    /// The parameter's data, its set selector first where it has one.
    pub data: Vec<u8>,
}

impl Command for SetPefParameter {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x12;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.parameter);
        data.extend(&self.data);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get PEF Configuration Parameters (section 30.4), of a parameter whose data have `N` bytes after the revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetPefParameter<const N: usize> {
    /// Parameter selector (table 30-6).
    pub parameter: u8,
    /// Set selector: which entry of a table.
    pub set: u8,
}

impl<const N: usize> Command for GetPefParameter<N> {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x13;
    /// The data, without their revision.
    type Reply = [u8; N];

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.parameter, self.set, 0]);
    }

    fn decode(data: &[u8]) -> Result<[u8; N], DecodeError> {
        match data {
            [_, data @ ..] => exactly(data),
            [] => Err(DecodeError { length: 0 }),
        }
    }
}

/// Get PEF Configuration Parameters (section 30.4), of a parameter of one byte whose length is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetPefFlags {
    /// Parameter selector (table 30-6).
    pub parameter: u8,
}

impl Command for GetPefFlags {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x13;
    /// The parameter; zero where it is missing.
    type Reply = u8;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.parameter, 0, 0]);
    }

    fn decode(data: &[u8]) -> Result<u8, DecodeError> {
        Ok(data.get(1).copied().unwrap_or(0))
    }
}

/// Get Last Processed Event ID (section 30.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetLastProcessedEvent;

/// How far event filtering has come. Missing bytes read as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastProcessedEvent {
    /// When an entry was added to the SEL last.
    pub last_addition: u32,
    /// That entry's record id.
    pub last_record: u16,
    /// The last record software has processed.
    pub by_software: u16,
    /// The last record the BMC has processed.
    pub by_bmc: u16,
}

impl Command for GetLastProcessedEvent {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x15;
    type Reply = LastProcessedEvent;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<LastProcessedEvent, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(LastProcessedEvent {
            last_addition: reader.u32_or_zero(),
            last_record: reader.u16_or_zero(),
            by_software: reader.u16_or_zero(),
            by_bmc: reader.u16_or_zero(),
        })
    }
}

/// Which part of a channel's configuration: selectors of Get LAN and Get Serial/Modem Configuration
/// Parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selector {
    /// Channel.
    pub channel: u8,
    /// Parameter selector.
    pub parameter: u8,
    /// Set selector: which destination, account or string.
    pub set: u8,
    /// Block of a string.
    pub block: u8,
}

/// Get LAN Configuration Parameters (section 23.2), of one destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetLanDestination(pub Selector);

impl Command for GetLanDestination {
    const NETFN: NetFn = NetFn::TRANSPORT;
    const CMD: u8 = 0x02;
    /// The parameter, without its revision.
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        self.0.encode(data);
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Ok(data.get(1..).unwrap_or_default().to_vec())
    }
}

/// Get Serial/Modem Configuration (section 25.2), of one destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSerialDestination(pub Selector);

impl Command for GetSerialDestination {
    const NETFN: NetFn = NetFn::TRANSPORT;
    const CMD: u8 = 0x11;
    /// The parameter, without its revision.
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        self.0.encode(data);
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Ok(data.get(1..).unwrap_or_default().to_vec())
    }
}

impl Selector {
    fn encode(self, data: &mut Vec<u8>) {
        data.extend([self.channel, self.parameter, self.set, self.block]);
    }
}

/// Platform Event Message (section 29.3), as a console sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformEvent {
    /// Who the event comes from, where the channel does not say: a software id with bit 0 set.
    pub generator: Option<u8>,
    /// Revision, sensor type, sensor number, direction and event type, three bytes of event data.
    pub message: [u8; 7],
}

impl Command for PlatformEvent {
    const NETFN: NetFn = NetFn::SENSOR_EVENT;
    const CMD: u8 = 0x02;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend(self.generator);
        data.extend(self.message);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_their_length() {
        assert_eq!(GetPefParameter::<2>::decode(&[0x11, 1, 2]), Ok([1, 2]));
        assert!(GetPefParameter::<2>::decode(&[0x11, 1]).is_err());
        assert!(GetPefParameter::<2>::decode(&[0x11, 1, 2, 3]).is_err());
        assert!(GetPefParameter::<0>::decode(&[]).is_err());
        assert_eq!(GetPefFlags::decode(&[0x11]), Ok(0));
        assert!(GetPefCapabilities::decode(&[0x51, 0x3f]).is_err());
    }

    #[test]
    fn requests() {
        assert_eq!(GetPefParameter::<21> { parameter: 6, set: 2 }.request().data, [6, 2, 0]);
        assert_eq!(SetPefParameter { parameter: 7, data: vec![1, 0x80] }.request().data, [7, 1, 0x80]);
        let selector = Selector { channel: 1, parameter: 18, set: 3, block: 0 };
        assert_eq!(GetLanDestination(selector).request().data, [1, 18, 3, 0]);
        let event = PlatformEvent { generator: Some(0x41), message: [4, 1, 0x30, 1, 9, 0xff, 0xff] };
        assert_eq!(event.request().data, [0x41, 4, 1, 0x30, 1, 9, 0xff, 0xff]);
    }

    #[test]
    fn the_last_event_may_be_short() {
        let last = GetLastProcessedEvent::decode(&[1, 0, 0, 0, 2]).expect("a reply");
        assert_eq!((last.last_addition, last.last_record, last.by_bmc), (1, 2, 0));
    }
}
