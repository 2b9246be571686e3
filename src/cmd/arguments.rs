//! Arguments several families take: channels, users, privileges.

use crate::cli::number;
use crate::family::Context;

/// The channel in use.
pub const THIS_CHANNEL: u8 = 0x0e;

/// A channel number: 0 to 11, 14 or 15. What is wrong with it has been said when there is none.
pub fn channel(context: &Context, word: &str) -> Option<u8> {
    let channel = number::parse_u8(word).ok().filter(|channel| matches!(channel, 0..=0x0b | 0x0e | 0x0f));
    if channel.is_none() {
        context.out.error(&format!("Given Channel number '{word}' is either invalid or out of range."));
        context.out.error("Channel number must be from ranges: <0x0..0xB>, <0xE..0xF>");
    }
    channel
}

/// A user id: 1 to 63.
pub fn user(context: &Context, word: &str) -> Option<u8> {
    let user = number::parse_u8(word).ok().filter(|user| (1..=63).contains(user));
    if user.is_none() {
        context.out.error(&format!("Given User ID '{word}' is either invalid or out of range."));
        context.out.error("User ID is limited to range <1..63>.");
    }
    user
}

/// A privilege level: 1 to 5, or 15.
pub fn privilege(context: &Context, word: &str) -> Option<u8> {
    let privilege = number::parse_u8(word).ok().filter(|privilege| matches!(privilege, 1..=5 | 15));
    if privilege.is_none() {
        context.out.error(&format!("Given Privilege Limit '{word}' is invalid."));
        context.out.error("Privilege Limit is limited to <0x1..0x5> and <0xF>.");
    }
    privilege
}

/// A byte, whatever it is for. What is wrong with it has been said when there is none.
pub fn byte(context: &Context, what: &str, word: &str) -> Option<u8> {
    let byte = number::parse_u8(word).ok();
    if byte.is_none() {
        context.out.error(&format!("Given {what} \"{word}\" is invalid."));
    }
    byte
}
