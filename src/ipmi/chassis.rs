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
