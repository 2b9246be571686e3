//! Names of DCMI.

use super::names;

names! {
    /// Completion codes of DCMI's commands (DCMI 1.5 chapter 8).
    COMPLETION_CODES {
        0x80 => "Parameter not supported",
        0x81 => "Something else has already claimed these parameters",
        0x82 => "Not supported or failed to write a read-only parameter",
        0x83 => "Access mode is not supported",
        0x84 => "Power/Thermal limit out of range",
        0x85 => "Correction/Exception time out of range",
        0x89 => "Sample/Statistics Reporting period out of range",
        0x8a => "Power limit already active",
    }
}
