//! `sol deactivate`: closes a console (IPMI 2.0 section 24.2).

use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Status};
use crate::ipmi::CompletionCode;
use crate::ipmi::lan::DeactivateSol;
use crate::out::completion_text;

/// `sol deactivate`.
pub async fn run(context: &Context, words: &[String]) -> Result<(), Status> {
    let mut instance = 1;
    for word in words {
        let Some(value) = word.strip_prefix("instance=") else { return Err(context.misused(&super::USAGE)) };
        instance = self::instance(context, value)?;
    }
    deactivate(context, instance).await
}

/// The instance a word names.
pub fn instance(context: &Context, word: &str) -> Result<u8, Status> {
    number::parse_u8(word).map_err(|_| {
        context.out.error(&format!("Given instance '{word}' is invalid."));
        context.misused(&super::USAGE)
    })
}

/// Closes a console, or says why not.
pub async fn deactivate(context: &Context, instance: u8) -> Result<(), Status> {
    if !(1..=15).contains(&instance) {
        context.out.error("Error: Instance must range from 1 to 15");
        return Err(Status::FAILED);
    }
    context.bmc.call(&DeactivateSol { instance }).await.map_err(|error| {
        context.out.error(&match error {
            CallError::Refused(CompletionCode(0x80)) => "Info: SOL payload already de-activated".to_owned(),
            CallError::Refused(CompletionCode(0x81)) => "Info: SOL payload type disabled".to_owned(),
            CallError::Refused(code) => format!("Error de-activating SOL payload: {}", completion_text(code.0)),
            _ => "Error: No response de-activating SOL payload".to_owned(),
        });
        Status::FAILED
    })
}
