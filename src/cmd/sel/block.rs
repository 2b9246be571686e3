//! One entry as a block of lines: `-v`, and `sel get`, which knows the sensor's record.

use super::describe::event_kind;
use super::row::{SelRow, Style, memory};
use crate::bmc::StoredRecord;
use crate::cmd::sdr::value::unit_text;
use crate::ipmi::sdr::{FullSensor, SdrRecord, SensorRecord};
use crate::ipmi::sel::{SelContent, SelEvent};
use crate::line;
use crate::out::{Page, fixed, hex_bytes};

/// Writes the block.
pub fn write(row: &SelRow, page: &mut Page, csv: bool) {
    line!(page, "SEL Record ID          : {:04x}", row.id);
    if let Some(panic) = &row.kernel_panic {
        line!(page, " Record Type           : Linux kernel panic (OEM record {:02x})", row.record_type);
        line!(page, " Panic string          : {panic}\n");
        return;
    }
    if let Style::Detail(Some(source)) = &row.style {
        return detail(row, page, source);
    }
    let content = row.record.content();
    let kind = match content {
        SelContent::Event(_) => "",
        SelContent::OemTimestamped { .. } => "  (OEM timestamped)",
        SelContent::Oem(_) => "  (OEM non-timestamped)",
    };
    line!(page, " Record Type           : {:02x}{kind}", row.record_type);
    timestamp(row, page);
    match content {
        SelContent::Event(event) => {
            head(row, page, &event);
            line!(page, " Event Data            : {}", hex_bytes(&event.data));
            line!(page, " Description           : {}\n", row.description);
        }
        SelContent::OemTimestamped { manufacturer, data, .. } => {
            line!(page, " Manufactacturer ID    : {manufacturer:06x}");
            line!(page, " OEM Defined           : {} [{}]\n", hex_bytes(&data), visible(&data));
        }
        SelContent::Oem(data) => {
            line!(page, " OEM Defined           : {} [{}]\n", hex_bytes(&data), visible(&data));
            // Reference: after the blank line, and with no end of its own.
            row.mapped(page, csv);
        }
    }
}

fn timestamp(row: &SelRow, page: &mut Page) {
    if row.timestamp.is_some() {
        // Reference: the date is shown twice, in the place of date and time.
        line!(page, " Timestamp             : {0} {0}", row.stamps[0]);
    }
}

fn head(row: &SelRow, page: &mut Page, event: &SelEvent) {
    line!(page, " Generator ID          : {:04x}", event.generator);
    line!(page, " EvM Revision          : {:02x}", event.revision);
    line!(page, " Sensor Type           : {}", row.type_name());
    line!(page, " Sensor Number         : {:02x}", event.sensor);
    line!(page, " Event Type            : {}", event_kind(event.event_type));
    let direction = if event.deasserted { "Deassertion Event" } else { "Assertion Event" };
    line!(page, " Event Direction       : {direction}");
}

/// The block of an entry whose sensor is known.
fn detail(row: &SelRow, page: &mut Page, source: &StoredRecord) {
    let event = row.record.as_event();
    line!(page, " Record Type           : {:02x}", row.record_type);
    timestamp(row, page);
    head(row, page, &event);
    line!(page, " Event Data (RAW)      : {}", hex_bytes(&event.data));
    let full = match &source.record {
        SdrRecord::Sensor(sensor) => sensor.full.as_ref().map(|full| (sensor, full)),
        _ => None,
    };
    match (event.event_type, full) {
        (0x01, Some((sensor, full))) => threshold(page, &event, sensor, full),
        (0x02..=0x0c | 0x70..=0x7f, _) => {}
        (0x6f, _) => match memory(&event) {
            Some([cpu, dimm]) => line!(page, " Event Data            : CPU {cpu} DIMM {dimm}"),
            None if event.sensor_type == 0x2b && event.data[0] == 0xc1 => {}
            None => line!(page, " Event Interpretation  : Missing"),
        },
        _ => line!(page, " Event Data            : {}", hex_bytes(&event.data)),
    }
    line!(page, " Description           : {}\n", row.description);
}

/// What bytes 2 and 3 of a threshold event hold (IPMI 2.0 table 29-6).
fn threshold(page: &mut Page, event: &SelEvent, sensor: &SensorRecord, full: &FullSensor) {
    let [kinds, second, third] = event.data;
    let values = [(kinds >> 6, "Trigger Reading  ", second), (kinds >> 4 & 3, "Trigger Threshold", third)];
    for (kind, label, raw) in values {
        match kind {
            // Reference: no blank before the unit.
            1 => line!(page, " {label}     : {}{}", fixed(full.factors.value(raw), 3), unit_text(&sensor.units)),
            2 => line!(page, " OEM Data              : {raw:02x}"),
            3 => line!(page, " Sensor Extension Code : {raw:02x}"),
            _ => {}
        }
    }
}

/// Bytes as text; below 40h and above 7Eh a dot stands for them.
fn visible(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if (0x40..=0x7e).contains(byte) { char::from(*byte) } else { '.' }).collect()
}
