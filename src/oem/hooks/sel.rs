//! What manufacturers say about entries of the event log.

use super::manufacturer;
use super::manufacturers::{DELL, QUANTA, SUPERMICRO, SUPERMICRO_NEW, VIKING};
use crate::family::{Context, because};
use crate::ipmi::app::{DeviceId, GetDeviceId};
use crate::ipmi::sel::{SelEvent, SelRecord};
use crate::oem::{dell, quanta, supermicro, viking};

/// The manufacturer's sentence for an event of one of its own event types (70h to 7Eh).
pub async fn own_event(context: &Context, record: &SelRecord) -> Option<String> {
    decode(context, record).await
}

/// What the manufacturer adds to a sensor-specific event (event type 6Fh); it may add an empty text.
pub async fn event_detail(context: &Context, record: &SelRecord) -> Option<String> {
    let event = record.as_event();
    let mut detail = None;
    let first = manufacturer(context).await;
    let own_type = (0xc0..0xf0).contains(&event.sensor_type);
    if appends_always(first) || (own_type && first == DELL && dell::is_specified(&event)) {
        detail = decode(context, record).await;
    }
    if manufacturer(context).await == DELL && (dell::is_specified(&event) || dell::is_watchdog(&event)) {
        detail = decode(context, record).await;
    }
    detail
}

/// Whether the manufacturer says itself which memory module an event means.
pub fn names_memory(manufacturer: u32) -> bool {
    appends_always(manufacturer)
}

fn appends_always(manufacturer: u32) -> bool {
    matches!(manufacturer, SUPERMICRO | SUPERMICRO_NEW | QUANTA)
}

/// How a manufacturer's text shows when the tables have no name for the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// As it is.
    Plain,
    /// In brackets.
    Bracketed,
    /// Not at all.
    Hidden,
}

/// How a detail without a name shows. Reference: by the event alone, whoever the manufacturer is.
pub fn alone(event: &SelEvent) -> Alone {
    match (event.sensor_type, event.offset()) {
        (0x0f, 0x0f) | (0xc1, 1..=3) | (0xc2, 0 | 2) | (0xc3, 1) => Alone::Bracketed,
        (0xd0, _) => Alone::Plain,
        _ => Alone::Hidden,
    }
}

async fn decode(context: &Context, record: &SelRecord) -> Option<String> {
    match manufacturer(context).await {
        DELL => dell::event::describe(context, &record.as_event()).await,
        SUPERMICRO | SUPERMICRO_NEW => supermicro::describe(context, &record.as_event()).await,
        QUANTA => quanta::describe(context, &record.as_event()).await,
        VIKING => viking::describe(context, record.id).await,
        _ => None,
    }
}

/// Get Device ID, once more, for what memory events need to know; a failure is said.
pub(in crate::oem) async fn device_id(context: &Context) -> Option<DeviceId> {
    match context.bmc.call(&GetDeviceId).await {
        Ok(id) => Some(id),
        Err(error) => {
            context.out.error(&format!(" Error getting system info{}", because(&error)));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_without_a_name() {
        let event = |sensor_type: u8, offset: u8| SelEvent {
            timestamp: 0,
            generator: 0x20,
            revision: 4,
            sensor_type,
            sensor: 1,
            event_type: 0x6f,
            deasserted: false,
            data: [0xa0 | offset, 0, 0],
        };
        assert_eq!(alone(&event(0xd0, 5)), Alone::Plain);
        assert_eq!(alone(&event(0x0f, 0x0f)), Alone::Bracketed);
        assert_eq!(alone(&event(0x0f, 0x0e)), Alone::Hidden);
        assert_eq!(alone(&event(0xc2, 1)), Alone::Hidden);
    }
}
