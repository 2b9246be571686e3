//! Dell.

pub mod alert;
pub mod event;

use crate::ipmi::sel::SelEvent;

/// Whether an event's data bytes hold Dell's own codes (in byte 2, or in byte 3).
pub fn is_specified(event: &SelEvent) -> bool {
    event.data[0] & 0xc0 == 0x80 || event.data[0] & 0x30 == 0x20
}

/// Whether an event is that of the operating system's watchdog.
pub fn is_watchdog(event: &SelEvent) -> bool {
    event.data[0] == 0xc1 && event.sensor == 0x23
}
