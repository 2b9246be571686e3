//! Chassis commands (IPMI 2.0 chapter 28).

use super::{Command, DecodeError, NetFn, Reader};

/// Get Chassis Status (section 28.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetChassisStatus;

/// What Get Chassis Status says. Missing bytes read as zero: the reference does not look at the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChassisStatus {
    /// Byte 1: power state and faults; bits 6:5 are the restore policy.
    pub power_state: u8,
    /// Byte 2: what the last power event was.
    pub last_event: u8,
    /// Byte 3: intrusion, lockout, drive and fan faults.
    pub misc_state: u8,
    /// Byte 4, optional: which front panel buttons can be and are disabled.
    pub front_panel: Option<u8>,
}

impl Command for GetChassisStatus {
    const NETFN: NetFn = NetFn::CHASSIS;
    const CMD: u8 = 0x01;
    type Reply = ChassisStatus;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<ChassisStatus, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(ChassisStatus {
            power_state: reader.u8_or_zero(),
            last_event: reader.u8_or_zero(),
            misc_state: reader.u8_or_zero(),
            front_panel: reader.u8().ok(),
        })
    }
}

/// Chassis Control (section 28.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ChassisControl {
    /// Power down, hard.
    PowerDown = 0,
    /// Power up.
    PowerUp = 1,
    /// Power off for a while, then on.
    PowerCycle = 2,
    /// Reset without touching power.
    HardReset = 3,
    /// Pulse the diagnostic interrupt.
    DiagnosticInterrupt = 4,
    /// Ask the operating system to shut down, over ACPI.
    SoftShutdown = 5,
}

impl Command for ChassisControl {
    const NETFN: NetFn = NetFn::CHASSIS;
    const CMD: u8 = 0x02;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(*self as u8);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Chassis Identify (section 28.5): nothing for the default, seconds, or seconds and "force on".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChassisIdentify {
    /// The controller's default, 15 seconds.
    Default,
    /// For so many seconds; 0 turns the identification off.
    Seconds(u8),
    /// Until told otherwise.
    Force,
}

impl Command for ChassisIdentify {
    const NETFN: NetFn = NetFn::CHASSIS;
    const CMD: u8 = 0x04;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        match self {
            ChassisIdentify::Default => {}
            ChassisIdentify::Seconds(seconds) => data.push(*seconds),
            ChassisIdentify::Force => data.extend([0, 1]),
        }
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Set Power Restore Policy (section 28.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SetPowerRestorePolicy {
    /// Stay off after power is restored.
    AlwaysOff = 0,
    /// Return to the state before.
    Previous = 1,
    /// Power up.
    AlwaysOn = 2,
    /// Change nothing; only ask which policies there are.
    NoChange = 3,
}

impl Command for SetPowerRestorePolicy {
    const NETFN: NetFn = NetFn::CHASSIS;
    const CMD: u8 = 0x06;
    /// One bit for each policy the chassis knows.
    type Reply = u8;

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(*self as u8);
    }

    fn decode(data: &[u8]) -> Result<u8, DecodeError> {
        Ok(Reader::new(data).u8_or_zero())
    }
}

/// Get System Restart Cause (section 28.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSystemRestartCause;

impl Command for GetSystemRestartCause {
    const NETFN: NetFn = NetFn::CHASSIS;
    const CMD: u8 = 0x07;
    /// The cause, four bits.
    type Reply = u8;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<u8, DecodeError> {
        Ok(Reader::new(data).u8_or_zero() & 0x0f)
    }
}

/// Get POH Counter (section 28.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetPohCounter;

/// Power-on time as the chassis counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PohCounter {
    /// Minutes a count stands for.
    pub minutes_per_count: u8,
    /// Counts so far.
    pub count: u32,
}

impl Command for GetPohCounter {
    const NETFN: NetFn = NetFn::CHASSIS;
    const CMD: u8 = 0x0f;
    type Reply = PohCounter;

    fn encode(&self, _data: &mut Vec<u8>) {}

    fn decode(data: &[u8]) -> Result<PohCounter, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(PohCounter { minutes_per_count: reader.u8_or_zero(), count: reader.u32_or_zero() })
    }
}

/// Set System Boot Options (section 28.12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetBootOptions {
    /// Parameter selector.
    pub parameter: u8,
    /// The parameter's data.
    pub data: Vec<u8>,
}

impl Command for SetBootOptions {
    const NETFN: NetFn = NetFn::CHASSIS;
    const CMD: u8 = 0x08;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.parameter & 0x7f);
        data.extend(&self.data);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get System Boot Options (section 28.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetBootOptions {
    /// Parameter selector.
    pub parameter: u8,
    /// Set selector: the block of the boot initiator mailbox.
    pub set: u8,
}

/// A boot option parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootOptions {
    /// Version of the parameters.
    pub version: u8,
    /// Which parameter this is, whatever was asked for.
    pub parameter: u8,
    /// Whether the parameter is invalid or locked.
    pub locked: bool,
    /// The parameter's data.
    pub data: Vec<u8>,
}

impl Command for GetBootOptions {
    const NETFN: NetFn = NetFn::CHASSIS;
    const CMD: u8 = 0x09;
    type Reply = BootOptions;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.parameter & 0x7f, self.set, 0]);
    }

    fn decode(data: &[u8]) -> Result<BootOptions, DecodeError> {
        let mut reader = Reader::new(data);
        let version = reader.u8_or_zero();
        let parameter = reader.u8_or_zero();
        Ok(BootOptions {
            version,
            parameter: parameter & 0x7f,
            locked: parameter & 0x80 != 0,
            data: reader.rest().to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_may_be_short() {
        let status = GetChassisStatus::decode(&[0x21]);
        assert_eq!(status, Ok(ChassisStatus { power_state: 0x21, last_event: 0, misc_state: 0, front_panel: None }));
    }

    #[test]
    fn control_is_one_byte() {
        assert_eq!(ChassisControl::SoftShutdown.request().data, [5]);
    }
}
