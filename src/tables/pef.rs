//! Names of what platform event filtering knows (IPMI 2.0 chapters 17 and 30).

use super::names;

names! {
    /// Actions, by bit (table 30-2).
    ACTIONS {
        0x01 => "Alert",
        0x02 => "Power-off",
        0x04 => "Reset",
        0x08 => "Power-cycle",
        0x10 => "OEM-defined",
        0x20 => "Diagnostic-interrupt",
    }

    /// Severities of events, by bit, the gravest first (table 17-2).
    SEVERITIES {
        0x20 => "Non-recoverable",
        0x10 => "Critical",
        0x08 => "Warning",
        0x04 => "OK",
        0x02 => "Information",
        0x01 => "Monitor",
    }

    /// What is switched on as a whole, by bit (table 30-3, parameter 1).
    CONTROLS {
        0x01 => "PEF",
        0x02 => "PEF event messages",
        0x04 => "PEF startup delay",
        0x08 => "Alert startup delay",
    }

    /// Types of sensors, in this table's own words.
    SENSOR_TYPES {
        255 => "Any",
        1 => "Temperature",
        2 => "Voltage",
        3 => "Current",
        4 => "Fan",
        5 => "Chassis Intrusion",
        6 => "Platform security breach",
        7 => "Processor",
        8 => "Power supply",
        9 => "Power Unit",
        10 => "Cooling device",
        11 => "Other (units-based)",
        12 => "Memory",
        13 => "Drive Slot",
        14 => "POST memory resize",
        15 => "POST error",
        16 => "Logging disabled",
        17 => "Watchdog 1",
        18 => "System event",
        19 => "Critical Interrupt",
        20 => "Button",
        21 => "Module/board",
        22 => "uController/coprocessor",
        23 => "Add-in card",
        24 => "Chassis",
        25 => "Chipset",
        26 => "Other (FRU)",
        27 => "Cable/interconnect",
        28 => "Terminator",
        29 => "System boot",
        30 => "Boot error",
        31 => "OS boot",
        32 => "OS critical stop",
        33 => "Slot/connector",
        34 => "ACPI power state",
        35 => "Watchdog 2",
        36 => "Platform alert",
        37 => "Entity presence",
        38 => "Monitor ASIC/IC",
        39 => "LAN",
        40 => "Management subsystem health",
        41 => "Battery",
    }

    /// What an alert policy does when the one before it succeeded (table 17-4).
    POLICY_RULES {
        0 => "Match-always",
        1 => "Try-next-entry",
        2 => "Try-next-set",
        3 => "Try-next-channel",
        4 => "Try-next-destination",
    }

    /// Media of channels, in this table's own words.
    CHANNEL_MEDIA {
        1 => "IPMB (I2C)",
        2 => "ICMB v1.0",
        3 => "ICMB v0.9",
        4 => "802.3 LAN",
        5 => "Serial/Modem (RS-232)",
        6 => "Other LAN",
        7 => "PCI SMBus",
        8 => "SMBus v1.0/1.1",
        9 => "SMBus v2.0",
        10 => "USB 1.x",
        11 => "USB 2.x",
        12 => "System I/F (KCS,SMIC,BT)",
    }

    /// Kinds of alert destinations on a LAN (table 23-4, parameter 18).
    LAN_DESTINATIONS {
        0 => "PET",
        6 => "OEM 1",
        7 => "OEM 2",
    }

    /// Kinds of alert destinations on a serial line (table 25-4, parameter 17).
    SERIAL_DESTINATIONS {
        1 => "TAP page",
        2 => "PPP PET",
        3 => "Basic callback",
        4 => "PPP callback",
        14 => "OEM 1",
        15 => "OEM 2",
    }

    /// How a paging service confirms (table 25-4, parameter 28).
    TAP_CONFIRMATIONS {
        0 => "ACK",
        1 => "211+ACK",
        2 => "{211|213}+ACK",
    }
}

/// What the offsets of generic events mean, by event/reading type from 1 on. `<` is getting worse, `>` getting
/// better.
pub static TRIGGERS: [&[&str]; 12] = [
    &["<LNC", ">LNC", "<LC", ">LC", "<LNR", ">LNR", ">UNC", "<UNC", ">UC", "<UC", ">UNR", "<UNR"],
    &["transition to idle", "transition to active", "transition to busy"],
    &["state deasserted", "state asserted"],
    &["predictive failure deasserted", "predictive failure asserted"],
    &["limit not exceeded", "limit exceeded"],
    &["performance met", "performance lags"],
    &["ok", "<warn", "<fail", "<dead", ">warn", ">fail", "dead", "monitor", "informational"],
    &["device removed/absent", "device inserted/present"],
    &["device disabled", "device enabled"],
    &[
        "transition to running",
        "transition to in test",
        "transition to power off",
        "transition to online",
        "transition to offline",
        "transition to off duty",
        "transition to degraded",
        "transition to power save",
        "install error",
    ],
    &[
        "fully redundant",
        "redundancy lost",
        "redundancy degraded",
        "<non-redundant/sufficient",
        ">non-redundant/sufficient",
        "non-redundant/insufficient",
        "<redundancy degraded",
        ">redundancy degraded",
    ],
    &["D0 power state", "D1 power state", "D2 power state", "D3 power state"],
];
