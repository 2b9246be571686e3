//! What sensors and their states are called: shared by every family that shows sensors or events.

use crate::family::Context;
pub use crate::oem::hooks::manufacturer;
use crate::oem::hooks::manufacturers::{KONTRON, PICMG, VITA};
use crate::tables::OemName;
use crate::tables::events::{self, EventName};
use crate::tables::sensor::{OEM_SENSOR_TYPES, sensor_type_name as generic_name};
use serde::Serialize;

/// Which sensor: its owner's slave address, logical unit and number.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SensorIdentity {
    /// Owner's slave address, or software id.
    pub owner: u8,
    /// Logical unit.
    pub lun: u8,
    /// Sensor number.
    pub number: u8,
}

/// The name of a sensor type; `Unknown` for what has none. Types from C0h on are the manufacturer's.
pub async fn sensor_type_name(context: &Context, code: u8) -> &'static str {
    if code < 0xc0 {
        return generic_name(code).unwrap_or("Unknown");
    }
    let manufacturer = manufacturer(context).await;
    let extensions = context.bmc.extensions();
    let entries = || OEM_SENSOR_TYPES.iter().filter(|entry| entry.code == u32::from(code));
    let spoken = |entry: &&OemName| (extensions.picmg && entry.oem == PICMG) || (extensions.vita && entry.oem == VITA);
    // Reference: the manufacturer's own name wins; among the extensions' the last one does.
    let found = entries().find(|entry| entry.oem == manufacturer).or_else(|| entries().rfind(spoken));
    found.map_or("Unknown", |entry| entry.name)
}

/// The meanings of a sensor's states, in the order of its table: generic ones by event type, the
/// others by sensor type.
pub async fn state_names(context: &Context, sensor_type: u8, event_type: u8) -> Vec<&'static EventName> {
    let of =
        |table: &'static [EventName], class: u8| table.iter().filter(|name| name.class == class).collect::<Vec<_>>();
    if event_type != 0x6f {
        return of(events::GENERIC, event_type);
    }
    if (0xc0..0xf0).contains(&sensor_type) && manufacturer(context).await == KONTRON {
        return of(events::KONTRON, sensor_type);
    }
    if context.bmc.extensions().vita {
        let names = of(events::VITA, sensor_type);
        if !names.is_empty() {
            return names;
        }
    }
    of(events::SENSOR_SPECIFIC, sensor_type)
}

/// Which of the states with a name are asserted. Meanings that need event data do not count.
pub fn asserted(names: &[&'static EventName], [low, high]: [u8; 2]) -> Vec<&'static str> {
    let bits = u16::from_le_bytes([low, high & 0x7f]);
    names.iter().filter(|name| name.data.is_none() && bits & 1 << name.offset != 0).map(|name| name.name).collect()
}

/// Whether any state is asserted, named or not.
pub fn any([low, high]: [u8; 2]) -> bool {
    low != 0 || high & 0x7f != 0
}
