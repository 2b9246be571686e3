//! What an event says: the tables' name for it, and what its manufacturer adds.

use crate::cmd::states;
use crate::family::Context;
use crate::ipmi::sel::SelRecord;
use crate::oem::hooks::sel::{self as hooks, Alone};

/// What an event says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The tables' name for the event.
    pub name: Option<&'static str>,
    /// The manufacturer's own text.
    pub detail: Option<String>,
    /// Both as one text; none where nothing is known.
    pub text: Option<String>,
}

/// What the event in a record says; a record of another type is read as an event.
pub async fn describe(context: &Context, record: &SelRecord) -> Description {
    let event = record.as_event();
    if (0x70..0x7f).contains(&event.event_type) {
        // The manufacturer's own events: nothing but its own decoding knows them.
        let detail = hooks::own_event(context, record).await;
        return Description { name: None, text: detail.clone(), detail };
    }
    let detail = if event.event_type == 0x6f { hooks::event_detail(context, record).await } else { None };
    let names = states::state_names(context, event.sensor_type, event.event_type).await;
    let specified = event.data[0] & 0xc0 != 0;
    let fits = |data: Option<u8>| data.is_none() || (specified && data == Some(event.data[1]));
    let name = names.iter().find(|name| name.offset == event.offset() && fits(name.data)).map(|name| name.name);
    let text = match (name, &detail) {
        // Reference: the brackets stand there when there is nothing to say, too.
        (Some(name), Some(detail)) => Some(format!("{name} ({detail})")),
        (Some(name), None) => Some(name.to_owned()),
        (None, Some(detail)) => match hooks::alone(&event) {
            Alone::Plain => Some(detail.clone()),
            Alone::Bracketed => Some(format!("({detail})")),
            Alone::Hidden => None,
        },
        (None, None) => None,
    };
    Description { name, detail: detail.filter(|detail| !detail.is_empty()), text }
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
