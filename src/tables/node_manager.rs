//! Names of Intel's Node Manager.

use super::names;

names! {
    /// Completion codes of its commands.
    COMPLETION_CODES {
        0x80 => "Policy ID Invalid",
        0x81 => "Domain ID Invalid",
        0x82 => "Unknown policy trigger type",
        0x84 => "Power Limit out of range",
        0x85 => "Correction Time out of range",
        0x86 => "Policy Trigger value out of range",
        0x88 => "Invalid Mode",
        0x89 => "Statistics Reporting Period out of range",
        0x8b => "Invalid value for Aggressive CPU correction field",
        0xa1 => "No policy is currently limiting for the specified domain ID",
        0xc4 => "No space available",
        0xd4 => "Insufficient privilege level due wrong responder LUN",
        0xd5 => "Policy exists and param unchangeable while enabled",
        0xd6 => "Command subfunction disabled or unavailable",
    }
}
