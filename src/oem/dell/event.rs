//! What the data bytes of Dell's sensor-specific events say.

use crate::family::Context;
use crate::ipmi::sel::SelEvent;
use crate::oem::hooks::sel::device_id;
use crate::out::{text, until_nul};
use std::fmt::Write;

/// Sensor types whose events are decoded (IPMI 2.0 table 42-3; from C0h on Dell's own).
const PROCESSOR: u8 = 0x07;
const MEMORY: u8 = 0x0c;
const FIRMWARE_PROGRESS: u8 = 0x0f;
const EVENT_LOG: u8 = 0x10;
const CRITICAL_INTERRUPT: u8 = 0x13;
const OS_STOP: u8 = 0x20;
const WATCHDOG: u8 = 0x23;
const VERSION_CHANGE: u8 = 0x2b;
const SECONDARY: u8 = 0xc1;
const NON_FATAL: u8 = 0xc2;
const FATAL: u8 = 0xc3;

/// Sensors that are told apart by their numbers.
const BUS_CPU: u8 = 0x0a;
const MEMORY_CRC: u8 = 0x1c;
const VIRTUAL_MAC: u8 = 0x25;
const QPI_LINK: u8 = 0x29;

/// IPMI 1.5 in Get Device ID.
const IPMI_1_5: u8 = 0x51;

/// The text for a sensor-specific event; empty when there is nothing to say. None for other events,
/// and when what it takes cannot be asked for.
pub async fn describe(context: &Context, event: &SelEvent) -> Option<String> {
    if event.event_type != 0x6f {
        return None;
    }
    if matches!(event.sensor_type, MEMORY | EVENT_LOG) {
        let version = device_id(context).await?.ipmi_version;
        return Some(memory(event, version));
    }
    Some(decode(event))
}

/// Whether byte 2, and byte 3, hold codes.
fn codes(event: &SelEvent) -> (bool, bool) {
    (event.data[0] & 0x80 != 0, event.data[0] & 0x20 != 0)
}

fn decode(event: &SelEvent) -> String {
    let both = codes(event) == (true, true);
    let [_, d2, d3] = event.data;
    match (event.sensor_type, event.offset()) {
        (PROCESSOR, _) => processor(event),
        (OS_STOP, 0) if both => match d3 {
            0x01 => "BIOS TXT Error",
            0x02 => "Processor/FIT TXT",
            0x03 => "BIOS ACM TXT Error",
            0x04 => "SINIT ACM TXT Error",
            0xff => "Unrecognized TT Error12",
            _ => "",
        }
        .to_owned(),
        (WATCHDOG, _) if event.data[0] == 0xc1 && d2 == 0x04 => {
            "Hard Reset|Interrupt type None,SMS/OS Timer used at expiration".to_owned()
        }
        (VERSION_CHANGE, 2) if both => match [d2, d3] {
            [2, 0] => "between BMC/iDRAC Firmware and other hardware",
            [2, 1] => "between BMC/iDRAC Firmware and CPU",
            _ => "",
        }
        .to_owned(),
        (SECONDARY, offset) if event.sensor == VIRTUAL_MAC => match offset {
            1 if both => format!("Failed to program Virtual Mac Address at {}", bus_address(d2, d3)),
            1 => "Failed to program Virtual Mac Address".to_owned(),
            2 => "Device option ROM failed to support link tuning or flex address".to_owned(),
            3 => "Failed to get link tuning or flex address data from BMC/iDRAC".to_owned(),
            _ => String::new(),
        },
        (CRITICAL_INTERRUPT | NON_FATAL | FATAL, 2) if event.sensor == QPI_LINK && both => qpi(d2, d3),
        (CRITICAL_INTERRUPT | NON_FATAL | FATAL, _) if event.sensor == QPI_LINK => String::new(),
        (CRITICAL_INTERRUPT | NON_FATAL | FATAL, offset) => bus_error(offset, d2, d3),
        (FIRMWARE_PROGRESS, 0x0f) if codes(event).0 => post_error(d2).to_owned(),
        _ => String::new(),
    }
}

fn processor(event: &SelEvent) -> String {
    let [d1, d2, d3] = event.data;
    if d1 & 0xc0 != 0x80 {
        return String::new();
    }
    // The lowest bit set is the processor that is meant.
    match (d2.trailing_zeros(), event.offset()) {
        (bit @ 0..8, 6) if event.sensor == BUS_CPU => format!("FSB {} ", bit + 1),
        (bit @ 0..8, _) => format!("CPU {} | APIC ID {d3} ", bit + 1),
        (_, 0) => "CPU Internal Err | ".to_owned(),
        (_, 6) => "CPU Protocol Err | ".to_owned(),
        _ => String::new(),
    }
}

fn bus_address(d2: u8, d3: u8) -> String {
    format!("bus:{:02x} device:{:02x} function:{:x}", d3 & 0x7f, d2 >> 3, d2 & 7)
}

fn bus_error(offset: u8, d2: u8, d3: u8) -> String {
    let kind = match offset {
        0 => "PCIe Error |",
        1 => "I/O Error |",
        2 => return "IO channel Check NMI".to_owned(),
        4 => "PCI PERR |",
        5 => "PCI SERR |",
        _ => " ",
    };
    if d3 & 0x80 != 0 { format!("{kind}Slot {}", d3 & 0x7f) } else { format!("{kind}PCI {}", bus_address(d2, d3)) }
}

fn qpi(d2: u8, d3: u8) -> String {
    // Reference: the fields are shown where they stand in the byte, without being shifted.
    let mut text = format!("Partner-(LinkId:{},AgentId:{})|", d2 & 0xc0, d2 & 0x30);
    let _ = write!(text, "ReportingAgent(LinkId:{},AgentId:{})|", d2 & 0x0c, d2 & 0x03);
    text.push_str(if d3 & 0xfc == 0 { "LinkWidthDegraded|" } else { "" });
    text.push_str(if d3 & 2 != 0 { "PA_Type:IOH|" } else { "PA-Type:CPU|" });
    text.push_str(if d3 & 1 != 0 { "RA-Type:IOH" } else { "RA-Type:CPU" });
    text
}

fn post_error(code: u8) -> &'static str {
    match code {
        0x80 => "No memory is detected.",
        0x81 => "Memory is detected but is not configurable.",
        0x82 => "Memory is configured but not usable.",
        0x83 => "System BIOS shadow failed.",
        0x84 => "CMOS failed.",
        0x85 => "DMA controller failed.",
        0x86 => "Interrupt controller failed.",
        0x87 => "Timer refresh failed.",
        0x88 => "Programmable interval timer error.",
        0x89 => "Parity error.",
        0x8a => "SIO failed.",
        0x8b => "Keyboard controller failed.",
        0x8c => "System management interrupt initialization failed.",
        0x8d => "TXT-SX Error.",
        0xc0 => "Shutdown test failed.",
        0xc1 => "BIOS POST memory test failed.",
        0xc2 => "RAC configuration failed.",
        0xc3 => "CPU configuration failed.",
        0xc4 => "Incorrect memory configuration.",
        0xfe => "General failure after video.",
        _ => "",
    }
}

/// Memory events, and those of the log about memory.
fn memory(event: &SelEvent, version: u8) -> String {
    let (in_2, in_3) = codes(event);
    let [_, d2, d3] = event.data;
    let mut said = match (event.sensor_type, event.offset()) {
        (MEMORY, 0) if event.sensor == MEMORY_CRC => return crc_error(event),
        (MEMORY, 0) => "Correctable ECC | ",
        (MEMORY, 1) => "UnCorrectable ECC | ",
        (EVENT_LOG, 0) => "Corr Memory Log Disabled | ",
        _ => "",
    }
    .to_owned();
    let mut first_slot = 0;
    if in_2 {
        if d2 >> 4 < 8 {
            let _ = write!(said, "Card {}", char::from(b'A' + (d2 >> 4)));
        }
        match d2 & 0x0f {
            0x0f => {}
            bank if version == IPMI_1_5 => {
                let _ = write!(said, "Bank {}", bank + 1);
            }
            group => first_slot = group * 8,
        }
    }
    if in_3 {
        said.push_str(&slots(version, first_slot, d2, d3));
    }
    said
}

fn slots(version: u8, first: u8, d2: u8, d3: u8) -> String {
    if version == IPMI_1_5 {
        // Reference: whatever byte follows from the letter A, nothing where it is a NUL.
        return format!("DIMM {}", text(until_nul(&[b'A'.wrapping_add(d3)])));
    }
    let per_node = match d2 >> 4 {
        0x0f | 0..=7 => None,
        0x09 => Some(6),
        0x0a => Some(8),
        0x0b => Some(9),
        0x0c => Some(12),
        0x0d => Some(24),
        0x0e => Some(3),
        _ => Some(4),
    };
    let name = |bit: u8| {
        let slot = first + bit;
        match per_node {
            Some(per_node) => format!(" DIMM{}{}", char::from(b'A' + slot / per_node), slot % per_node + 1),
            None => format!(" DIMM{}", slot + 1),
        }
    };
    (0..8).filter(|bit| d3 & 1 << bit != 0).map(name).collect::<Vec<_>>().join(",")
}

fn crc_error(event: &SelEvent) -> String {
    let [_, d2, d3] = event.data;
    if codes(event) != (true, true) {
        return String::new();
    }
    const LINKS: [&str; 4] =
        ["South Bound Memory", "South Bound Config", "North Bound memory", "North Bound memory-corr"];
    let links: Vec<&str> =
        LINKS.iter().enumerate().filter(|(bit, _)| d2 & 1 << bit != 0).map(|(_, link)| *link).collect();
    let mut said = format!("CRC Error on:{}", links.join(","));
    if d3 != 0xff {
        let _ = write!(said, "|Failing_Channel:{d3}");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(sensor_type: u8, sensor: u8, data: [u8; 3]) -> SelEvent {
        SelEvent {
            timestamp: 0,
            generator: 0x20,
            revision: 4,
            sensor_type,
            sensor,
            event_type: 0x6f,
            deasserted: false,
            data,
        }
    }

    #[test]
    fn memory_slots() {
        let said = |data, version| memory(&event(MEMORY, 1, data), version);
        assert_eq!(said([0xa0, 0x10, 0x05], 0x02), "Correctable ECC | Card B DIMM1, DIMM3");
        assert_eq!(said([0xa1, 0x91, 0x03], 0x02), "UnCorrectable ECC |  DIMMB3, DIMMB4");
        assert_eq!(said([0xa0, 0x12, 0x01], IPMI_1_5), "Correctable ECC | Card BBank 3DIMM B");
    }

    #[test]
    fn any_event_is_described() {
        for sensor_type in 0..=0xff {
            for sensor in [0x01, BUS_CPU, MEMORY_CRC, VIRTUAL_MAC, QPI_LINK] {
                for d1 in 0..=0xff {
                    for (d2, d3) in [(0, 0), (0xff, 0xff), (0x8e, 0x80), (0xee, 0xbf)] {
                        let event = event(sensor_type, sensor, [d1, d2, d3]);
                        // As much as the reference has room for.
                        assert!(decode(&event).len() < 128);
                        assert!(memory(&event, 0x02).len() < 128);
                        assert!(memory(&event, IPMI_1_5).len() < 128);
                    }
                }
            }
        }
    }
}
