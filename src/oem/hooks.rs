//! What the standard families ask of a manufacturer.
//!
//! Every question of theirs begins with the manufacturer's number, which transports that know it give at once and
//! the others ask for each time: so often, and in this order, does the reference ask.

pub mod pef;
pub mod sdr;
pub mod sel;

pub use super::kontron::set_large_buffer;
use crate::bmc::{Bmc, CallError};
use crate::family::{Context, because};
use crate::out::completion_text;

/// IANA enterprise numbers of manufacturers whose controllers differ.
pub mod manufacturers {
    /// What the reference makes of a manufacturer that cannot be asked for.
    pub const UNKNOWN: u32 = 0;
    /// Hewlett-Packard.
    pub const HP: u32 = 11;
    /// Intel.
    pub const INTEL: u32 = 343;
    /// Dell.
    pub const DELL: u32 = 674;
    /// Quanta.
    pub const QUANTA: u32 = 7_244;
    /// Viking.
    pub const VIKING: u32 = 9_237;
    /// Supermicro.
    pub const SUPERMICRO: u32 = 10_876;
    /// PICMG, whose tables apply where its extension is spoken.
    pub const PICMG: u32 = 12_634;
    /// Kontron.
    pub const KONTRON: u32 = 15_000;
    /// VITA, whose tables apply where its extension is spoken.
    pub const VITA: u32 = 33_196;
    /// Supermicro, on newer boards.
    pub const SUPERMICRO_NEW: u32 = 47_488;
}

/// Tells a conversation how this manufacturer's controllers differ from others. Asks nothing: where the
/// transport has not asked for the manufacturer, nobody is assumed.
pub fn accustom(bmc: &mut Bmc) {
    // Its sensors may be analog without having thresholds.
    if bmc.known_manufacturer() == Some(manufacturers::HP) {
        bmc.let_units_suffice();
    }
}

/// The manufacturer, asked for as the reference asks. A failure is said, and nobody is assumed.
pub async fn manufacturer(context: &Context) -> u32 {
    match context.bmc.manufacturer().await {
        Ok(manufacturer) => manufacturer,
        Err(error) => {
            match &error {
                CallError::Refused(code) => {
                    let text = completion_text(code.0);
                    context.out.error(&format!("Get Device ID command failed: {:#x} {text}", code.0));
                }
                error => context.out.error(&format!("Get Device ID command failed{}", because(error))),
            }
            manufacturers::UNKNOWN
        }
    }
}
