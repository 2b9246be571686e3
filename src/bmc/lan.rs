//! Writing LAN configuration parameters: the set-in-progress lock around a write, and the reading
//! back that shows whether it took (IPMI 2.0 section 23.1).

use super::{Bmc, CallError};
use crate::ipmi::CompletionCode;
use crate::ipmi::lan::{GetLanConfig, SetLanConfig};
use std::time::Duration;

/// What happens on the way, for those who want to tell.
#[derive(Debug)]
pub enum LanEvent<'a> {
    /// A parameter could not be read.
    Unread(u8, &'a CallError),
    /// The BMC did not answer a write at all.
    Unanswered,
    /// A write that counts was refused.
    Refused(CompletionCode),
    /// It will be repeated.
    Repeating,
    /// It will be read back: these bytes are wanted.
    Verifying(&'a [u8]),
    /// These bytes were read back.
    ReadBack(&'a [u8]),
}

/// Who is told of [`LanEvent`]s.
pub type LanListener<'a> = &'a (dyn for<'e> Fn(LanEvent<'e>) + Send + Sync);

/// A write that did not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LanWriteFault {
    /// No answer.
    #[error("no answer")]
    Unanswered,
    /// Refused.
    #[error("refused with completion code {:#04x}", .0.0)]
    Refused(CompletionCode),
    /// The parameter could not be read back.
    #[error("not read back")]
    Unread,
    /// What was read back has another length (bytes).
    #[error("{got} bytes read back instead of {wanted}")]
    Length {
        /// Bytes read.
        got: usize,
        /// Bytes written.
        wanted: usize,
    },
    /// What was read back differs.
    #[error("other bytes read back")]
    Different,
}

/// Set in progress, as the lock's parameter says it.
const SET_IN_PROGRESS: u8 = 1;
/// Commit write.
const COMMIT: u8 = 2;
/// Set complete.
const COMPLETE: u8 = 0;

/// How often the lock is asked for.
const LOCK_TRIES: usize = 3;
/// How often a refused write is repeated, and how often a parameter that differs is read again.
const RETRIES: usize = 10;
/// Pause before either.
const PAUSE: Duration = Duration::from_secs(3);

impl Bmc {
    /// Reads one parameter, without its revision.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn lan_parameter(
        &self,
        channel: u8,
        parameter: u8,
        set: u8,
        listener: LanListener<'_>,
    ) -> Result<Vec<u8>, CallError> {
        let outcome = self.call(&GetLanConfig { channel, parameter, set, block: 0 }).await;
        if let Err(error) = &outcome {
            listener(LanEvent::Unread(parameter, error));
        }
        outcome
    }

    /// Writes one parameter under the lock. With `verify`, refusals count and the parameter is read
    /// back until it is what was written; without, only a missing answer is a failure.
    ///
    /// # Errors
    /// [`LanWriteFault`].
    pub async fn set_lan_parameter(
        &self,
        channel: u8,
        parameter: u8,
        data: &[u8],
        verify: bool,
        listener: LanListener<'_>,
    ) -> Result<(), LanWriteFault> {
        self.lock_lan(channel, listener).await;
        let command = SetLanConfig { channel, parameter, data };
        let outcome = match self.write_lan(&command, listener).await {
            Ok(()) if verify => self.verify_lan(&command, listener).await,
            Err(LanWriteFault::Refused(code)) if verify => self.insist_lan(&command, code, listener).await,
            Err(LanWriteFault::Unanswered) => Err(LanWriteFault::Unanswered),
            _ => Ok(()),
        };
        // Neither has to be understood: the lock is optional.
        for state in [COMMIT, COMPLETE] {
            self.write_lan(&SetLanConfig { channel, parameter: 0, data: &[state] }, listener).await.ok();
        }
        outcome
    }

    /// Asks for the lock, for a while; the write goes on without it.
    async fn lock_lan(&self, channel: u8, listener: LanListener<'_>) {
        let lock = SetLanConfig { channel, parameter: 0, data: &[SET_IN_PROGRESS] };
        for tries_left in (0..=LOCK_TRIES).rev() {
            let state = match self.lan_parameter(channel, 0, 0, listener).await {
                Ok(state) => state.first().copied().unwrap_or(0) & 3,
                Err(_) => return,
            };
            if state == SET_IN_PROGRESS || tries_left == 0 {
                return;
            }
            self.write_lan(&lock, listener).await.ok();
        }
    }

    async fn write_lan(&self, command: &SetLanConfig<'_>, listener: LanListener<'_>) -> Result<(), LanWriteFault> {
        match self.call(command).await {
            Err(CallError::Refused(code)) => Err(LanWriteFault::Refused(code)),
            Err(CallError::Transport(_)) => {
                listener(LanEvent::Unanswered);
                Err(LanWriteFault::Unanswered)
            }
            Ok(()) | Err(CallError::Decode(_)) => Ok(()),
        }
    }

    /// What is done about a refusal: "invalid data field" may pass, and "unspecified" may have worked.
    async fn insist_lan(
        &self,
        command: &SetLanConfig<'_>,
        code: CompletionCode,
        listener: LanListener<'_>,
    ) -> Result<(), LanWriteFault> {
        listener(LanEvent::Refused(code));
        match code {
            CompletionCode::INVALID_FIELD => {
                listener(LanEvent::Repeating);
                for _ in 0..RETRIES {
                    tokio::time::sleep(PAUSE).await;
                    if self.call(command).await.is_ok() {
                        break;
                    }
                }
            }
            CompletionCode::UNSPECIFIED => {}
            _ => return Err(LanWriteFault::Refused(code)),
        }
        self.verify_lan(command, listener).await
    }

    async fn verify_lan(&self, command: &SetLanConfig<'_>, listener: LanListener<'_>) -> Result<(), LanWriteFault> {
        let SetLanConfig { channel, parameter, data: wanted } = *command;
        listener(LanEvent::Verifying(wanted));
        let mut fault = LanWriteFault::Unread;
        for _ in 0..=RETRIES {
            let read = match self.lan_parameter(channel, parameter, 0, listener).await {
                Ok(read) => Some(read),
                // Reference: a parameter that the BMC does not have is one without bytes.
                Err(error) if is_unsupported(&error) => Some(Vec::new()),
                Err(_) => None,
            };
            if let Some(read) = &read {
                listener(LanEvent::ReadBack(read));
            }
            fault = match read {
                Some(read) if read == wanted => return Ok(()),
                Some(read) if read.len() != wanted.len() => {
                    LanWriteFault::Length { got: read.len(), wanted: wanted.len() }
                }
                Some(_) => LanWriteFault::Different,
                None => LanWriteFault::Unread,
            };
            tokio::time::sleep(PAUSE).await;
        }
        Err(fault)
    }
}

/// Whether a refusal says that there is no such parameter, set or block.
pub fn is_unsupported(error: &CallError) -> bool {
    matches!(error.code(), Some(CompletionCode(0x80 | 0xc9 | 0xcc)))
}
