//! Commands about the management controller itself (IPMI 2.0 chapters 20, 22 and 27).

use super::{Command, DecodeError, NetFn, Reader};

/// A command without request data whose reply is not looked at.
macro_rules! plain_command {
    ($($(#[$doc:meta])* $name:ident = $cmd:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name;

        impl Command for $name {
            const NETFN: NetFn = NetFn::APP;
            const CMD: u8 = $cmd;
            type Reply = ();

            fn encode(&self, _data: &mut Vec<u8>) {}

            fn decode(_data: &[u8]) -> Result<(), DecodeError> {
                Ok(())
            }
        }
    )*};
}

plain_command! {
    /// Cold Reset (section 20.2). The controller may not answer.
    ColdReset = 0x02;
    /// Warm Reset (section 20.3).
    WarmReset = 0x03;
    /// Reset Watchdog Timer (section 27.5).
    ResetWatchdogTimer = 0x22;
}

/// Get Device ID (section 20.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetDeviceId;

/// What a controller says of itself. Missing bytes read as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceId {
    /// Device id.
    pub device_id: u8,
    /// Revision in bits 3:0; bit 7 tells of device SDRs.
    pub revision: u8,
    /// Major firmware revision in bits 6:0; bit 7 is set while the device is updating itself.
    pub firmware_major: u8,
    /// Minor firmware revision, BCD.
    pub firmware_minor: u8,
    /// IPMI version, BCD, least significant digit in the high nibble.
    pub ipmi_version: u8,
    /// Additional device support, one bit for each kind of device.
    pub support: u8,
    /// Manufacturer's IANA enterprise number.
    pub manufacturer: u32,
    /// Product id of the manufacturer's.
    pub product: u16,
    /// Auxiliary firmware revision, in a reply of full length.
    pub aux_firmware: Option<[u8; 4]>,
}

impl DeviceId {
    /// Whether the controller offers device SDRs.
    pub fn provides_device_sdrs(&self) -> bool {
        self.revision & 0x80 != 0
    }
}

impl Command for GetDeviceId {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x01;
    type Reply = DeviceId;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<DeviceId, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(DeviceId {
            device_id: reader.u8_or_zero(),
            revision: reader.u8_or_zero(),
            firmware_major: reader.u8_or_zero(),
            firmware_minor: reader.u8_or_zero(),
            ipmi_version: reader.u8_or_zero(),
            support: reader.u8_or_zero(),
            manufacturer: reader.u24_or_zero(),
            product: reader.u16_or_zero(),
            aux_firmware: if data.len() == 15 { Some(reader.array()?) } else { None },
        })
    }
}

/// Get Self Test Results (section 20.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSelfTestResults;

impl Command for GetSelfTestResults {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x04;
    /// The result, and what it is about.
    type Reply = [u8; 2];

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<[u8; 2], DecodeError> {
        Ok(Reader::new(data).array_or_zero())
    }
}

/// Get BMC Global Enables (section 22.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetGlobalEnables;

impl Command for GetGlobalEnables {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x2f;
    type Reply = u8;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<u8, DecodeError> {
        Ok(Reader::new(data).u8_or_zero())
    }
}

/// Set BMC Global Enables (section 22.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetGlobalEnables(pub u8);

impl Command for SetGlobalEnables {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x2e;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.0);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get System GUID (section 22.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSystemGuid;

impl Command for GetSystemGuid {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x37;
    /// Sixteen bytes, in an order on which controllers disagree.
    type Reply = [u8; 16];

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<[u8; 16], DecodeError> {
        data.try_into().map_err(|_| DecodeError { length: data.len() })
    }
}

/// Get System Info Parameters (section 22.14b).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSystemInfo {
    /// Parameter selector.
    pub parameter: u8,
    /// Set selector.
    pub set: u8,
}

impl Command for GetSystemInfo {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x59;
    /// Revision, set, then sixteen bytes of the set. Missing bytes read as zero.
    type Reply = [u8; 18];

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0, self.parameter, self.set, 0]);
    }

    fn decode(data: &[u8]) -> Result<[u8; 18], DecodeError> {
        Ok(Reader::new(data).array_or_zero())
    }
}

/// Get System Info Parameters (section 22.14a), of a parameter whose sets have blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSystemInfoBlock {
    /// Parameter selector.
    pub parameter: u8,
    /// Set selector.
    pub set: u8,
    /// Block selector.
    pub block: u8,
}

impl Command for GetSystemInfoBlock {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x59;
    /// The whole reply, its revision first.
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([0, self.parameter, self.set, self.block]);
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Ok(data.to_vec())
    }
}

/// Set System Info Parameters (section 22.14a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetSystemInfo {
    /// Parameter selector.
    pub parameter: u8,
    /// Set selector.
    pub set: u8,
    /// The set's bytes.
    pub block: [u8; 16],
}

impl Command for SetSystemInfo {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x58;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.parameter, self.set]);
        data.extend(self.block);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get Watchdog Timer (section 27.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetWatchdogTimer;

/// The watchdog timer as it stands. Missing bytes read as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchdogTimer {
    /// Timer use in bits 2:0, running in bit 6, logging off in bit 7.
    pub usage: u8,
    /// Action in bits 2:0, pre-timeout interrupt in bits 6:4.
    pub actions: u8,
    /// Pre-timeout interval in seconds.
    pub pre_timeout: u8,
    /// One bit for each use that has expired.
    pub expired: u8,
    /// Initial countdown in tenths of a second.
    pub initial: u16,
    /// Present countdown in tenths of a second.
    pub present: u16,
}

impl Command for GetWatchdogTimer {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x25;
    type Reply = WatchdogTimer;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<WatchdogTimer, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(WatchdogTimer {
            usage: reader.u8_or_zero(),
            actions: reader.u8_or_zero(),
            pre_timeout: reader.u8_or_zero(),
            expired: reader.u8_or_zero(),
            initial: reader.u16_or_zero(),
            present: reader.u16_or_zero(),
        })
    }
}

/// Set Watchdog Timer (section 27.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetWatchdogTimer {
    /// Timer use in bits 2:0; bit 6 lets a running timer run on, bit 7 turns logging off.
    pub usage: u8,
    /// Action in bits 2:0, pre-timeout interrupt in bits 6:4.
    pub actions: u8,
    /// Pre-timeout interval in seconds.
    pub pre_timeout: u8,
    /// Expiration flags to clear.
    pub clear: u8,
    /// Initial countdown in tenths of a second.
    pub initial: u16,
}

impl Command for SetWatchdogTimer {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x24;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.usage, self.actions, self.pre_timeout, self.clear]);
        data.extend(self.initial.to_le_bytes());
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_id_in_every_length() {
        let full = [0x20, 0x81, 0x03, 0x14, 0x02, 0xbf, 0x57, 0x01, 0x00, 0x3e, 0x00, 1, 2, 3, 4];
        let id = GetDeviceId::decode(&full).expect("a reply");
        assert_eq!((id.manufacturer, id.product, id.aux_firmware), (343, 62, Some([1, 2, 3, 4])));
        assert!(id.provides_device_sdrs());
        for length in 0..15 {
            assert_eq!(GetDeviceId::decode(&full[..length]).expect("a reply").aux_firmware, None);
        }
    }

    #[test]
    fn watchdog_settings_are_six_bytes() {
        let set = SetWatchdogTimer { usage: 4, initial: 3000, ..Default::default() };
        assert_eq!(set.request().data, [4, 0, 0, 0, 0xb8, 0x0b]);
    }
}
