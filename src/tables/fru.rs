//! Names for what FRU inventories hold: chassis, and PICMG's codes.

use super::names;

names! {
    /// Chassis types (SMBIOS).
    CHASSIS_TYPES {
        0 => "Unspecified",
        1 => "Other",
        2 => "Unknown",
        3 => "Desktop",
        4 => "Low Profile Desktop",
        5 => "Pizza Box",
        6 => "Mini Tower",
        7 => "Tower",
        8 => "Portable",
        9 => "LapTop",
        10 => "Notebook",
        11 => "Hand Held",
        12 => "Docking Station",
        13 => "All in One",
        14 => "Sub Notebook",
        15 => "Space-saving",
        16 => "Lunch Box",
        17 => "Main Server Chassis",
        18 => "Expansion Chassis",
        19 => "SubChassis",
        20 => "Bus Expansion Chassis",
        21 => "Peripheral Chassis",
        22 => "RAID Chassis",
        23 => "Rack Mount Chassis",
        24 => "Sealed-case PC",
        25 => "Multi-system Chassis",
        26 => "CompactPCI",
        27 => "AdvancedTCA",
        28 => "Blade",
        29 => "Blade Enclosure",
    }

    /// What a power supply's combined capacity is made of.
    COMBINED_VOLTAGES {
        0 => "12 V",
        1 => "-12 V",
        2 => "5 V",
        3 => "3.3 V",
    }

    /// Kinds of management access records.
    MANAGEMENT_ACCESS {
        1 => "System Management URL",
        2 => "System Name",
        3 => "System Ping Address",
        4 => "Component Management URL",
        5 => "Component Name",
        6 => "Component Ping Address",
        7 => "System Unique ID",
    }

    /// Channel types of a backplane.
    BACKPLANE_CHANNELS {
        0x00 => "PICMG 2.9",
        0x07 => "PICMG 2.9",
        0x08 => "Single Port Fabric IF",
        0x09 => "Double Port Fabric IF",
        0x0a => "Full Channel Fabric IF",
        0x0b => "Base IF",
        0x0c => "Update Channel IF",
        0x0d => "ShMC Cross Connect",
    }

    /// Site types of a shelf.
    SITE_TYPES {
        0 => "AdvancedTCA Board",
        1 => "Power Entry",
        2 => "Shelf FRU Information",
        3 => "Dedicated ShMC",
        4 => "Fan Tray",
        5 => "Fan Filter Tray",
        6 => "Alarm",
        7 => "AdvancedMC Module",
        8 => "PMC",
        9 => "Rear Transition Module",
    }

    /// Extensions of a board's link types: the type, then the extension.
    BOARD_LINK_EXTENSIONS {
        0x0100 => "10/100/1000BASE-T Link (four-pair)",
        0x0101 => "ShMC Cross-connect (two-pair)",
        0x0200 => "1000Base-BX",
        0x0201 => "10GBase-BX4 [XAUI]",
        0x0202 => "FC-PI",
        0x0203 => "1000Base-KX",
        0x0204 => "10GBase-KX4",
        0x3200 => "10GBase-KR",
        0x3201 => "40GBase-KR4",
    }

    /// Interfaces of a board's links.
    BOARD_INTERFACES {
        0 => "Base Interface",
        1 => "Fabric Interface",
        2 => "Update Channel",
        3 => "Reserved",
    }
}
