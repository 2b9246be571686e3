//! Which requests may be sent again freely because asking twice changes nothing.

use super::{NetFn, Request};

/// The group of DCMI's commands.
const DCMI: u8 = 0xdc;

impl Request {
    /// Whether the request only reads, or sets what the session itself is: carried out twice it
    /// leaves the BMC as carried out once. What is not known to be so counts as changing something.
    pub fn is_repeatable(&self) -> bool {
        let first = self.data.first().copied();
        match (self.netfn, self.cmd) {
            (NetFn::CHASSIS, 0x00 | 0x01 | 0x07 | 0x09 | 0x0f) => true,
            (NetFn::SENSOR_EVENT, 0x01 | 0x10 | 0x13 | 0x15) => true,
            (NetFn::SENSOR_EVENT, 0x20 | 0x21 | 0x23 | 0x25 | 0x27 | 0x29 | 0x2b | 0x2d | 0x2f) => true,
            (NetFn::APP, 0x01 | 0x04 | 0x07 | 0x08 | 0x25 | 0x2f | 0x31 | 0x36 | 0x37) => true,
            // The session's own: capabilities, privilege, the end, and what it is.
            (NetFn::APP, 0x38 | 0x3b | 0x3c | 0x3d) => true,
            (NetFn::APP, 0x3f | 0x41 | 0x42 | 0x44 | 0x46 | 0x4a | 0x4b | 0x4d | 0x4e | 0x4f) => true,
            (NetFn::APP, 0x54 | 0x55 | 0x57 | 0x59) => true,
            (NetFn::STORAGE, 0x10 | 0x11 | 0x20 | 0x21 | 0x23 | 0x28 | 0x40 | 0x41 | 0x43 | 0x48 | 0x5a) => true,
            (NetFn::TRANSPORT, 0x02 | 0x12 | 0x22) => true,
            (NetFn::ISOL, 0x04) => true,
            // LAN statistics: bit 0 of the second byte clears them.
            (NetFn::TRANSPORT, 0x04) => self.data.get(1).is_some_and(|flags| flags & 1 == 0),
            // PICMG and VITA: properties, addresses, and HPM.x capabilities.
            (NetFn::GROUP, 0x00 | 0x01 | 0x3e | 0x40) if first != Some(DCMI) => true,
            // DCMI: capabilities, power, asset tag, sensors, controller's name, limits, temperatures.
            (NetFn::GROUP, 0x01..=0x03 | 0x06 | 0x07 | 0x09 | 0x0c | 0x10 | 0x13) => first == Some(DCMI),
            // Intel's Node Manager: policies, thresholds, suspension, statistics, capabilities, version, alerts.
            (NetFn::OEM, 0xc2 | 0xc4 | 0xc6 | 0xc8..=0xca | 0xcf | 0xf2) => self.data.starts_with(&[0x57, 0x01, 0x00]),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_is_told_from_what_reads() {
        let is = |netfn: u8, cmd: u8, data: &[u8]| Request::new(NetFn(netfn), cmd, data).is_repeatable();
        // Status, a SEL entry, a sensor record, group properties, statistics left alone.
        assert!(is(0, 1, &[]) && is(0x0a, 0x43, &[]) && is(0x0a, 0x23, &[]) && is(0x2c, 0, &[0]));
        assert!(is(0x2c, 2, &[0xdc, 1, 0, 0]) && is(0x0c, 4, &[1, 0]));
        // Power, reservations, clearing, user settings, a message for somebody else, the unknown.
        for (netfn, cmd) in
            [(0, 2), (0x0a, 0x22), (0x0a, 0x42), (0x0a, 0x47), (6, 0x45), (6, 0x22), (6, 0x34), (6, 2), (0x30, 1)]
        {
            assert!(!is(netfn, cmd, &[1]), "{netfn:x}/{cmd:x}");
        }
        assert!(is(0x2e, 0xc8, &[0x57, 1, 0, 1]) && !is(0x2e, 0xc8, &[0x58, 1, 0]) && !is(0x2e, 0xc7, &[0x57, 1, 0]));
        assert!(!is(0x0c, 4, &[1, 1]) && !is(0x2c, 4, &[0xdc]) && !is(0x2c, 2, &[0]));
    }
}
