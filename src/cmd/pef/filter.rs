//! `pef filter`: the event filter table (IPMI 2.0 section 17.7).

use super::fields::{Fields, set_names};
use super::{TableVerb, table_verb};
use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Status, eval_failure};
use crate::ipmi::pef::{GetPefCapabilities, GetPefParameter, SetPefParameter};
use crate::line;
use crate::out::{Column, Page, Report};
use crate::tables::pef::{ACTIONS, SENSOR_TYPES, SEVERITIES, TRIGGERS};
use serde::Serialize;

/// Configuration parameters (table 30-6).
const FILTER_COUNT: u8 = 5;
const FILTER: u8 = 6;
const FILTER_CONFIGURATION: u8 = 7;

const ENABLED: u8 = 0x80;

/// Event/reading types with a meaning of their own here.
const UNSPECIFIED: u8 = 0x00;
const THRESHOLD: u8 = 0x01;
const SENSOR_SPECIFIC: u8 = 0x6f;
const ANY: u8 = 0xff;

const USAGE: [&str; 6] = [
    "usage: pef filter help",
    "\tpef filter list",
    "       pef filter enable <id = 1..n>",
    "       pef filter disable <id = 1..n>",
    "       pef filter create <id = 1..n> <params>",
    "       pef filter delete <id = 1..n>",
];

/// Runs the words after `filter`.
pub async fn run(context: &mut Context, words: &[String]) -> Status {
    match table_verb(context, "Filter", &USAGE, words) {
        Ok(TableVerb::List) => list(context).await,
        Ok(TableVerb::Enable { on, id }) => enable(context, on, id).await,
        Err(status) => status,
    }
}

/// One entry of the table; what is not shown of a disabled one is there all the same.
#[derive(Serialize)]
struct FilterRow {
    id: u8,
    enabled: bool,
    kind: &'static str,
    sensor_type: u8,
    sensor_type_name: Option<&'static str>,
    /// None for every sensor.
    sensor_number: Option<u8>,
    severity: Option<&'static str>,
    event_class: &'static str,
    event_type: u8,
    offset_mask: u16,
    triggers: Vec<&'static str>,
    actions: Vec<&'static str>,
    policy_set: u8,
}

impl FilterRow {
    fn new(data: [u8; 21]) -> Self {
        let [id, configuration, action, policy, severity, _, _, sensor_type, number, event_type, low, high, ..] = data;
        let offset_mask = u16::from_le_bytes([low, high]);
        FilterRow {
            id,
            enabled: configuration & ENABLED != 0,
            kind: match configuration & 0x60 {
                0x40 => "pre-configured",
                0x00 => "configurable",
                _ => "reserved",
            },
            sensor_type,
            sensor_type_name: SENSOR_TYPES.get(sensor_type),
            sensor_number: (number != ANY).then_some(number),
            severity: set_names(&SEVERITIES, severity).first().copied(),
            event_class: match event_type {
                THRESHOLD => "Threshold",
                0..=SENSOR_SPECIFIC => "Discrete",
                _ => "OEM",
            },
            event_type,
            offset_mask,
            triggers: match TRIGGERS.get(usize::from(event_type).wrapping_sub(1)) {
                Some(names) if offset_mask != 0xffff => {
                    offsets(offset_mask).map(|offset| names.get(offset).copied().unwrap_or("None")).collect()
                }
                _ => Vec::new(),
            },
            actions: set_names(&ACTIONS, action),
            policy_set: policy & 0x0f,
        }
    }

    fn trigger_text(&self) -> String {
        match self.event_type {
            _ if self.offset_mask == 0xffff => "Any".to_owned(),
            ANY => "Any".to_owned(),
            UNSPECIFIED => "Unspecified".to_owned(),
            SENSOR_SPECIFIC => "Sensor-specific".to_owned(),
            0x70.. => "OEM".to_owned(),
            kind => {
                let mut text = format!("(0x{kind:02x}/0x{:04x})", self.offset_mask);
                if usize::from(kind) > TRIGGERS.len() {
                    offsets(self.offset_mask).for_each(|_| text.push_str(", Unrecognized event trigger"));
                }
                for name in &self.triggers {
                    text.push(',');
                    text.push_str(name);
                }
                text
            }
        }
    }
}

/// Reference: only as many offsets as there are kinds of generic events are looked at.
fn offsets(mask: u16) -> impl Iterator<Item = usize> {
    (0..TRIGGERS.len()).filter(move |offset| mask & 1 << offset != 0)
}

impl Report for FilterRow {
    const COLUMNS: &'static [Column] = &[
        Column { title: "Id", pointer: "/id" },
        Column { title: "Enabled", pointer: "/enabled" },
        Column { title: "Sensor type", pointer: "/sensor_type_name" },
        Column { title: "Sensor", pointer: "/sensor_number" },
        Column { title: "Severity", pointer: "/severity" },
        Column { title: "Class", pointer: "/event_class" },
        Column { title: "Policy set", pointer: "/policy_set" },
    ];

    fn text(&self, page: &mut Page) {
        let mut fields = Fields::new(page, false);
        fields.field("PEF Filter Table entry", self.id);
        let state = if self.enabled { "enabled" } else { "disabled" };
        fields.field("Status", format_args!("{state}, {}", self.kind));
        if self.enabled {
            fields.field("Sensor type", self.sensor_type_name.unwrap_or("None"));
            match self.sensor_number {
                None => fields.field("Sensor number", "Any"),
                Some(number) => fields.field("Sensor number", number),
            }
            fields.field("Event severity", self.severity.unwrap_or("None"));
            fields.field("Event class", self.event_class);
            fields.field("Event trigger(s)", self.trigger_text());
            let actions = if self.actions.is_empty() { "None".to_owned() } else { self.actions.join(",") };
            fields.field("Action", actions);
            if self.actions.contains(&"Alert") {
                fields.field("Policy set", self.policy_set);
            }
        }
        line!(page);
    }
}

async fn list(context: &mut Context) -> Status {
    let count = match context.bmc.call(&GetPefCapabilities).await {
        Ok(capabilities) => capabilities.filters,
        Err(error) => return eval_failure(context, &error),
    };
    if count == 0 {
        context.out.error("PEF Event Filtering isn't supported.");
        return Status::FAILED;
    }
    let rows = context.out.list();
    for set in 1..=count {
        match context.bmc.call(&GetPefParameter { parameter: FILTER, set }).await {
            Ok(data) => rows.push(&FilterRow::new(data)),
            Err(error) => {
                eval_failure(context, &error);
                context.out.error(&format!("Failed to get PEF Event Filter Entry {set}."));
            }
        }
    }
    context.memory.pef_begun = true;
    Status::OK
}

async fn enable(context: &Context, enable: bool, word: &str) -> Status {
    let out = &context.out;
    let id = match number::parse_u8(word) {
        Ok(0) => {
            out.error("PEF Event Filter ID out of range. Valid range is <1..255>.");
            return Status::FAILED;
        }
        Ok(id) => id,
        Err(_) => {
            out.error(&format!("Invalid PEF Event Filter ID given: {word}"));
            return Status::FAILED;
        }
    };
    let count = match context.bmc.call(&GetPefParameter { parameter: FILTER_COUNT, set: 0 }).await {
        Ok([count]) => count & 0x7f,
        Err(error) => return eval_failure(context, &error),
    };
    if count == 0 {
        out.error("PEF Filter isn't supported.");
        return Status::FAILED;
    }
    if id > count {
        out.error(&format!("PEF Filter ID out of range. Valid range is (1..{count})."));
        return Status::FAILED;
    }
    // Reference: it writes zeros where it means to read the configuration, and loses the filter's kind by it.
    if let Err(error) = configure(context, id, 0).await {
        return eval_failure(context, &error);
    }
    if let Err(error) = configure(context, id, if enable { ENABLED } else { 0 }).await {
        eval_failure(context, &error);
        let verb = if enable { "enable" } else { "disable" };
        out.error(&format!("Failed to {verb} PEF Filter ID {id}."));
        return Status::FAILED;
    }
    out.println(&format!("PEF Filter ID {id} is {} now.", if enable { "enabled" } else { "disabled" }));
    Status::OK
}

async fn configure(context: &Context, id: u8, configuration: u8) -> Result<(), CallError> {
    let data = vec![id, configuration];
    context.bmc.call(&SetPefParameter { parameter: FILTER_CONFIGURATION, data }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(event_type: u8, mask: u16) -> FilterRow {
        let mut data = [0; 21];
        data[1] = ENABLED;
        data[2] = 0x01;
        data[9] = event_type;
        data[10..12].copy_from_slice(&mask.to_le_bytes());
        FilterRow::new(data)
    }

    #[test]
    fn triggers() {
        assert_eq!(row(1, 0x0005).trigger_text(), "(0x01/0x0005),<LNC,<LC");
        assert_eq!(row(1, 0xf000).trigger_text(), "(0x01/0xf000)");
        assert_eq!(row(2, 0x0008).trigger_text(), "(0x02/0x0008),None");
        assert_eq!(row(0x20, 0x0001).trigger_text(), "(0x20/0x0001), Unrecognized event trigger");
        assert_eq!(row(0, 0xffff).trigger_text(), "Any");
        assert_eq!(row(0x70, 0).trigger_text(), "OEM");
    }
}
