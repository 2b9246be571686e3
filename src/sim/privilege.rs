//! Privilege levels commands ask for (IPMI 2.0 appendix G).

use crate::ipmi::NetFn;

/// No session needed.
pub const NONE: u8 = 0;
const CALLBACK: u8 = 1;
const USER: u8 = 2;
const OPERATOR: u8 = 3;
const ADMINISTRATOR: u8 = 4;

/// The privilege a command asks for over a session channel. What the specification leaves to the
/// manufacturer is a user's here; commands of the system interface are an administrator's.
pub fn required(netfn: NetFn, cmd: u8) -> u8 {
    match netfn {
        NetFn::CHASSIS => match cmd {
            0x02..=0x04 | 0x06 | 0x08 | 0x09 => OPERATOR,
            0x05 | 0x0a | 0x0b => ADMINISTRATOR,
            _ => USER,
        },
        NetFn::SENSOR_EVENT => match cmd {
            0x17 => NONE,
            0x02 | 0x13 | 0x24 | 0x26 | 0x28 | 0x2a | 0x2e | 0x30 => OPERATOR,
            0x00 | 0x11 | 0x12 | 0x14..=0x16 => ADMINISTRATOR,
            _ => USER,
        },
        NetFn::APP => match cmd {
            0x37..=0x3a | 0x54 => NONE,
            0x3c => CALLBACK,
            0x22 | 0x24 | 0x3f | 0x44 | 0x46 | 0x4d | 0x52 => OPERATOR,
            0x02
            | 0x03
            | 0x05
            | 0x06
            | 0x2e
            | 0x30..=0x33
            | 0x35
            | 0x40
            | 0x43
            | 0x45
            | 0x47
            | 0x4c
            | 0x56
            | 0x58
            | 0x60
            | 0x62 => ADMINISTRATOR,
            _ => USER,
        },
        NetFn::FIRMWARE => ADMINISTRATOR,
        NetFn::STORAGE => match cmd {
            0x12 | 0x24..=0x27 | 0x29..=0x2c | 0x44..=0x47 | 0x49 | 0x5d => OPERATOR,
            0x5b => ADMINISTRATOR,
            _ => USER,
        },
        NetFn::TRANSPORT => match cmd {
            0x02 | 0x11 => OPERATOR,
            0x01 | 0x03 | 0x10 | 0x21 => ADMINISTRATOR,
            _ => USER,
        },
        _ => USER,
    }
}

/// Whether a command may come without a session.
pub fn is_public(netfn: NetFn, cmd: u8) -> bool {
    required(netfn, cmd) == NONE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_handshake_is_public() {
        let public: Vec<(u8, u8)> = (0..64)
            .step_by(2)
            .flat_map(|netfn| (0..=255).map(move |cmd| (netfn, cmd)))
            .filter(|(netfn, cmd)| is_public(NetFn(*netfn), *cmd))
            .collect();
        assert_eq!(public, [(4, 0x17), (6, 0x37), (6, 0x38), (6, 0x39), (6, 0x3a), (6, 0x54)]);
    }
}
