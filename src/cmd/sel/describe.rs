//! What an event says, from the tables of states.

use crate::cmd::states;
use crate::family::Context;
use crate::ipmi::sel::SelEvent;

/// The sentence for an event; none where no table has one.
///
/// Reference: sensor-specific events ask for the manufacturer twice, whose own decoding may come in.
pub async fn describe(context: &Context, event: &SelEvent) -> Option<&'static str> {
    if (0x70..0x7f).contains(&event.event_type) {
        // The manufacturer's own events: nothing but its own decoding knows them.
        states::manufacturer(context).await;
        return None;
    }
    if event.event_type == 0x6f {
        states::manufacturer(context).await;
        states::manufacturer(context).await;
    }
    let names = states::state_names(context, event.sensor_type, event.event_type).await;
    let specified = event.data[0] & 0xc0 != 0;
    let fits = |data: Option<u8>| data.is_none() || (specified && data == Some(event.data[1]));
    names.iter().find(|name| name.offset == event.offset() && fits(name.data)).map(|name| name.name)
}

/// What kind of event an event/reading type stands for (IPMI 2.0 table 42-1).
pub fn event_kind(event_type: u8) -> &'static str {
    match event_type {
        0x00 => "Unspecified",
        0x01 => "Threshold",
        0x02..=0x0b => "Generic Discrete",
        0x6f => "Sensor-specific Discrete",
        0x70..=0x7f => "OEM",
        _ => "Reserved",
    }
}
