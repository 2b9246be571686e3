//! Names for codes in the SPD of memory modules (JEDEC standard 21-C, annexes D, J, K and L).

use super::names;

names! {
    /// Byte 2: the kind of memory.
    MEMORY_TYPES {
        0x01 => "STD FPM DRAM",
        0x02 => "EDO",
        0x04 => "SDRAM",
        0x05 => "ROM",
        0x06 => "DDR SGRAM",
        0x07 => "DDR SDRAM",
        0x08 => "DDR2 SDRAM",
        0x09 => "DDR2 SDRAM FB-DIMM",
        0x0a => "DDR2 SDRAM FB-DIMM Probe",
        0x0b => "DDR3 SDRAM",
        0x0c => "DDR4 SDRAM",
    }
    /// Byte 8 before DDR3: the voltage of the interface.
    VOLTAGES {
        0 => "5.0V TTL",
        1 => "LVTTL",
        2 => "HSTL 1.5V",
        3 => "SSTL 3.3V",
        4 => "SSTL 2.5V",
        5 => "SSTL 1.8V",
    }
    /// Byte 11 before DDR3: error detection.
    CONFIGURATIONS {
        0 => "None",
        1 => "Parity",
        2 => "ECC",
        4 => "Addr Cmd Parity",
    }
    /// DDR3: banks of a chip.
    DDR3_BANKS {
        0 => "3 (8 Banks)",
        1 => "4 (16 Banks)",
        2 => "5 (32 Banks)",
        3 => "6 (64 Banks)",
    }
    /// DDR3 and DDR4: extension of the bus for error correction.
    ECC_WIDTHS {
        0 => "0 bits",
        1 => "8 bits",
    }
    /// DDR4: packages.
    DDR4_PACKAGES {
        0 => "Monolithic DRAM Device",
        1 => "Non-Monolithic Device",
    }
    /// DDR4: kinds of modules.
    DDR4_MODULES {
        0 => "Extended module type, see byte 15",
        1 => "RDIMM",
        2 => "UDIMM",
        3 => "SO-DIMM",
        4 => "LRDIMM",
        5 => "Mini-RDIMM",
        6 => "Mini-UDIMM",
        7 => "7 - Reserved",
        8 => "72b-SO-RDIMM",
        9 => "72b-SO-UDIMM",
        10 => "10 - Reserved",
        11 => "11 - Reserved",
        12 => "16b-SO-DIMM",
        13 => "32b-SO-DIMM",
        14 => "14 - Reserved",
        15 => "No base memory present",
    }
    /// DDR4: bank groups.
    DDR4_BANK_GROUPS {
        0 => "0 (no Bank Groups)",
        1 => "1 (2 Bank Groups)",
        2 => "2 (4 Bank Groups)",
    }
    /// DDR4: banks of a group.
    DDR4_BANKS {
        0 => "2 (4 Banks)",
        1 => "3 (8 Banks)",
    }
    /// DDR4: capacity of a die.
    DDR4_DENSITIES {
        0 => "256 Mb",
        1 => "512 Mb",
        2 => "1 Gb",
        3 => "2 Gb",
        4 => "4 Gb",
        5 => "8 Gb",
        6 => "16 Gb",
        7 => "32 Gb",
    }
}
