//! `sol set`: one parameter of the configuration (IPMI 2.0 table 26-5), between the marks that tell the
//! controller that a change is on its way.

use super::info;
use crate::bmc::CallError;
use crate::cli::number;
use crate::cmd::arguments::{self, THIS_CHANNEL};
use crate::family::{Context, Status};
use crate::ipmi::lan::SetSolConfig;
use crate::out::completion_text;

const USAGE: [&str; 13] = [
    "\nSOL set parameters and values: \n",
    "  set-in-progress             set-complete | set-in-progress | commit-write",
    "  enabled                     true | false",
    "  force-encryption            true | false",
    "  force-authentication        true | false",
    "  privilege-level             user | operator | admin | oem",
    "  character-accumulate-level  <in 5 ms increments>",
    "  character-send-threshold    N",
    "  retry-count                 N",
    "  retry-interval              <in 10 ms increments>",
    "  non-volatile-bit-rate       serial | 9.6 | 19.2 | 38.4 | 57.6 | 115.2",
    "  volatile-bit-rate           serial | 9.6 | 19.2 | 38.4 | 57.6 | 115.2",
    "",
];

/// Parameter selectors.
const SET_IN_PROGRESS: u8 = 0;
const ENABLE: u8 = 1;
const AUTHENTICATION: u8 = 2;
const CHARACTER_INTERVAL: u8 = 3;
const RETRY: u8 = 4;
const NON_VOLATILE_BIT_RATE: u8 = 5;
const VOLATILE_BIT_RATE: u8 = 6;

/// Bits of the authentication parameter.
const ENCRYPTED: u8 = 0x80;
const AUTHENTICATED: u8 = 0x40;

const PROGRESS: &str = "set-in-progress";
const STATES: [(&str, u8); 3] = [("set-complete", 0), (PROGRESS, 1), ("commit-write", 2)];
const TRUTH: [(&str, u8); 2] = [("true", 1), ("false", 0)];
const LEVELS: [(&str, u8); 4] = [("user", 2), ("operator", 3), ("admin", 4), ("oem", 5)];
const BIT_RATES: [(&str, u8); 6] = [("serial", 0), ("9.6", 6), ("19.2", 7), ("38.4", 8), ("57.6", 9), ("115.2", 10)];

/// Where the parameters go, and what they are called on the command line.
struct Target<'a> {
    context: &'a Context,
    channel: u8,
    parameter: &'a str,
    value: &'a str,
}

/// `sol set PARAMETER VALUE [CHANNEL] [noguard]`.
pub async fn run(context: &Context, words: &[String]) -> Result<(), Status> {
    let text: Vec<&str> = words.iter().map(String::as_str).collect();
    let channel = |word| arguments::channel(context, word).ok_or(Status::FAILED);
    let (parameter, value, channel, guarded) = match text[..] {
        [parameter, value] => (parameter, value, THIS_CHANNEL, true),
        [parameter, value, "noguard"] => (parameter, value, THIS_CHANNEL, false),
        [parameter, value, word] => (parameter, value, channel(word)?, true),
        // Reference: another last word is passed over.
        [parameter, value, word, last] => (parameter, value, channel(word)?, last != "noguard"),
        _ => {
            context.out.notices(&USAGE);
            return Err(Status::FAILED);
        }
    };
    let target = Target { context, channel, parameter, value };
    let (selector, data) = target.data().await?;
    if guarded && selector != SET_IN_PROGRESS {
        target.guarded(selector, &data).await
    } else {
        target.write(selector, &data).await
    }
}

impl Target<'_> {
    /// The parameter's selector and data; what is wrong with the words has been said when there are none.
    async fn data(&self) -> Result<(u8, Vec<u8>), Status> {
        let truth = || self.choice(&TRUTH, "true and false");
        Ok(match self.parameter {
            PROGRESS => {
                let state = self.choice(&STATES, "set-complete, set-in-progress and commit-write")?;
                (SET_IN_PROGRESS, vec![state])
            }
            "enabled" => (ENABLE, vec![truth()?]),
            "force-encryption" => {
                let bit = if truth()? == 1 { ENCRYPTED } else { 0 };
                (AUTHENTICATION, vec![bit | self.present(AUTHENTICATION).await?[0] & (AUTHENTICATED | 0x0f)])
            }
            "force-authentication" => {
                let bit = if truth()? == 1 { AUTHENTICATED } else { 0 };
                (AUTHENTICATION, vec![bit | self.present(AUTHENTICATION).await?[0] & (ENCRYPTED | 0x0f)])
            }
            "privilege-level" => {
                let level = self.choice(&LEVELS, "user, operator, admin, and oem")?;
                let bits = self.present(AUTHENTICATION).await?[0] & (ENCRYPTED | AUTHENTICATED);
                (AUTHENTICATION, vec![bits | level])
            }
            "character-accumulate-level" => {
                let level = self.number(1, 255)?;
                (CHARACTER_INTERVAL, vec![level, self.present(CHARACTER_INTERVAL).await?[1]])
            }
            "character-send-threshold" => {
                let threshold = self.number(0, 255)?;
                (CHARACTER_INTERVAL, vec![self.present(CHARACTER_INTERVAL).await?[0], threshold])
            }
            "retry-count" => {
                let count = self.number(0, 7)?;
                (RETRY, vec![count, self.present(RETRY).await?[1]])
            }
            "retry-interval" => {
                let interval = self.number(0, 255)?;
                (RETRY, vec![self.present(RETRY).await?[0], interval])
            }
            "non-volatile-bit-rate" => (NON_VOLATILE_BIT_RATE, vec![self.bit_rate()?]),
            "volatile-bit-rate" => (VOLATILE_BIT_RATE, vec![self.bit_rate()?]),
            other => {
                self.context.out.error(&format!("Error: invalid SOL parameter {other}"));
                return Err(Status::FAILED);
            }
        })
    }

    fn choice(&self, choices: &[(&str, u8)], valid: &str) -> Result<u8, Status> {
        let found = choices.iter().find(|(word, _)| *word == self.value);
        found.map(|(_, code)| *code).ok_or_else(|| self.invalid(valid))
    }

    fn number(&self, low: u8, high: u8) -> Result<u8, Status> {
        let number = number::parse_u8(self.value).ok().filter(|number| (low..=high).contains(number));
        number.ok_or_else(|| self.invalid(&format!("{low}-{high}")))
    }

    fn invalid(&self, valid: &str) -> Status {
        let out = &self.context.out;
        out.error(&format!("Invalid value {} for parameter {}", self.value, self.parameter));
        out.error(&format!("Valid values are {valid}"));
        Status::FAILED
    }

    fn bit_rate(&self) -> Result<u8, Status> {
        BIT_RATES.iter().find(|(word, _)| *word == self.value).map(|(_, code)| *code).ok_or_else(|| {
            let out = &self.context.out;
            out.error(&format!("Invalid value \"{}\" for parameter \"{}\"", self.value, self.parameter));
            out.error("Valid values are serial, 9.6 19.2, 38.4, 57.6 and 115.2");
            Status::FAILED
        })
    }

    /// What a parameter holds now. Reference: it reads the whole configuration for that.
    async fn present(&self, selector: u8) -> Result<[u8; 2], Status> {
        match info::read_all(self.context, self.channel).await {
            Ok(values) => Ok(values[usize::from(selector)]),
            Err(status) => {
                let parameter = self.parameter;
                self.context.out.error(&format!("Error fetching SOL parameters for {parameter} update"));
                Err(status)
            }
        }
    }

    /// Writes between "set in progress" and "set complete". That a commit is refused does not matter.
    async fn guarded(&self, selector: u8, data: &[u8]) -> Result<(), Status> {
        let out = &self.context.out;
        if let Err(status) = self.progress(PROGRESS).await {
            out.error(&format!("Error: set of parameter \"{}\" failed", self.parameter));
            return Err(status);
        }
        let written = self.write(selector, data).await;
        if written.is_ok() {
            let _ = self.progress("commit-write").await;
        } else if written == Err(NO_REPLY) {
            return written;
        }
        let ended = self.progress("set-complete").await;
        if ended.is_err() {
            out.error("Error could not set \"set-in-progress\" to \"set-complete\"");
        }
        written.and(ended)
    }

    async fn progress(&self, state: &str) -> Result<(), Status> {
        let target = Target { parameter: PROGRESS, value: state, ..*self };
        let code = STATES.iter().find(|(word, _)| *word == state).map_or(0, |(_, code)| *code);
        target.write(SET_IN_PROGRESS, &[code]).await
    }

    async fn write(&self, selector: u8, data: &[u8]) -> Result<(), Status> {
        let Target { context, channel, parameter, value } = *self;
        let out = &context.out;
        let code = match context.bmc.call(&SetSolConfig { channel, parameter: selector, data }).await {
            Ok(()) => return Ok(()),
            Err(CallError::Refused(_)) if parameter == PROGRESS && value == "commit-write" => return Ok(()),
            Err(CallError::Refused(code)) => code,
            Err(_) => {
                out.error(&format!("Error setting SOL parameter '{parameter}'"));
                return Err(NO_REPLY);
            }
        };
        let why = match code.0 {
            0x80 => "Parameter not supported",
            0x81 => "Attempt to set set-in-progress when not in set-complete state",
            0x82 => "Attempt to write read-only parameter",
            0x83 => "Attempt to read write-only parameter",
            code => {
                let text = completion_text(code);
                out.error(&format!("Error setting SOL parameter '{parameter}' to '{value}': {text}"));
                return Err(Status::FAILED);
            }
        };
        out.error(&format!("Error setting SOL parameter '{parameter}': {why}"));
        Err(Status::FAILED)
    }
}

/// A failure after which nothing more is sent; the process fails as it does after any other.
const NO_REPLY: Status = Status(-2);
