//! Asking for what is a body's or a manufacturer's own.

use super::{Bmc, CallError};
use crate::ipmi::CompletionCode;
use crate::ipmi::extension::Extension;

/// Why such a command brought no reply a family can use.
#[derive(Debug, thiserror::Error)]
pub enum ExtensionError {
    /// No reply, or a refusal.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Somebody else answered: the reply begins with this byte.
    #[error("a reply that begins with {0:#04x}")]
    Foreign(u8),
}

impl Bmc {
    /// Sends a command and reads its reply.
    ///
    /// # Errors
    /// [`ExtensionError`].
    pub async fn ask<E: Extension>(&self, command: &E) -> Result<E::Reply, ExtensionError> {
        self.ask_despite(command, &[]).await.map(|(_, reply)| reply)
    }

    /// The same where some completion codes come with a reply all the same.
    ///
    /// # Errors
    /// [`ExtensionError`].
    pub async fn ask_despite<E: Extension>(
        &self,
        command: &E,
        codes: &[CompletionCode],
    ) -> Result<(CompletionCode, E::Reply), ExtensionError> {
        let reply = self.send(&command.request()).await.map_err(CallError::from)?;
        if !reply.completion.is_ok() && !codes.contains(&reply.completion) {
            return Err(CallError::Refused(reply.completion).into());
        }
        let answer = E::read(&reply.data).map_err(ExtensionError::Foreign)?;
        Ok((reply.completion, answer))
    }
}
