//! `mc watchdog`: the watchdog timer (IPMI 2.0 chapter 27).

use crate::bmc::CallError;
use crate::family::{Context, Fault, Status, because};
use crate::ipmi::CompletionCode;
use crate::ipmi::app::{GetWatchdogTimer, ResetWatchdogTimer, SetWatchdogTimer, WatchdogTimer};
use crate::line;
use crate::out::{Page, Report, completion_text, fixed};
use serde::Serialize;
use thiserror::Error;

/// Timer uses: what `get` shows, and the word `set` takes.
const USES: [(&str, Option<&str>); 8] = [
    ("Reserved", Some("none")),
    ("BIOS FRB2", Some("frb2")),
    ("BIOS/POST", Some("post")),
    ("OS Load", Some("osload")),
    ("SMS/OS", Some("sms")),
    ("OEM", Some("oem")),
    ("Reserved", None),
    ("Reserved", None),
];

const INTERRUPTS: [(&str, Option<&str>); 8] = [
    ("None", Some("none")),
    ("SMI", Some("smi")),
    ("NMI/Diagnostic", Some("nmi")),
    ("Messaging", Some("msg")),
    ("Reserved", None),
    ("Reserved", None),
    ("Reserved", None),
    ("Reserved", None),
];

const ACTIONS: [(&str, Option<&str>); 8] = [
    ("No action", Some("none")),
    ("Hard Reset", Some("reset")),
    ("Power Down", Some("poweroff")),
    ("Power Cycle", Some("cycle")),
    ("Reserved", None),
    ("Reserved", None),
    ("Reserved", None),
    ("Reserved", None),
];

fn code(names: &[(&str, Option<&str>)], word: &str) -> Option<u8> {
    let position = names.iter().position(|(_, name)| *name == Some(word))?;
    u8::try_from(position).ok()
}

fn name(names: &[(&'static str, Option<&str>); 8], bits: u8) -> &'static str {
    names[usize::from(bits & 7)].0
}

#[derive(Debug, Error)]
enum WatchdogFault {
    #[error("Get Watchdog Timer command failed{}", because(.0))]
    Get(CallError),
    #[error("Watchdog Timer Shutoff command failed!{}", .0.code().map(|code| format!(" {}", completion_text(code.0))).unwrap_or_default())]
    Off(CallError),
    #[error("Reset Watchdog Timer command failed{}", reset_reason(.0))]
    Reset(CallError),
}

impl Fault for WatchdogFault {}

fn reset_reason(error: &CallError) -> String {
    match error.code() {
        Some(CompletionCode(0x80)) => ": Attempt to reset uninitialized watchdog".to_owned(),
        Some(_) => because(error),
        // Reference: it is louder about silence.
        None => "!".to_owned(),
    }
}

#[derive(Serialize)]
struct WatchdogReport {
    timer_use: u8,
    timer_use_name: &'static str,
    running: bool,
    logging: bool,
    action: u8,
    action_name: &'static str,
    pre_timeout_interrupt: &'static str,
    pre_timeout_seconds: u8,
    expired_uses: Vec<&'static str>,
    initial_countdown_seconds: f64,
    present_countdown_seconds: f64,
    #[serde(skip)]
    timer: WatchdogTimer,
}

impl WatchdogReport {
    fn new(timer: WatchdogTimer) -> Self {
        WatchdogReport {
            timer_use: timer.usage & 7,
            timer_use_name: name(&USES, timer.usage),
            running: timer.usage & 0x40 != 0,
            logging: timer.usage & 0x80 == 0,
            action: timer.actions & 7,
            action_name: name(&ACTIONS, timer.actions),
            pre_timeout_interrupt: name(&INTERRUPTS, timer.actions >> 4),
            pre_timeout_seconds: timer.pre_timeout,
            expired_uses: (0..8).filter(|bit| timer.expired & 1 << bit != 0).map(|bit| name(&USES, bit)).collect(),
            initial_countdown_seconds: f64::from(timer.initial) / 10.0,
            present_countdown_seconds: f64::from(timer.present) / 10.0,
            timer,
        }
    }
}

impl Report for WatchdogReport {
    fn text(&self, page: &mut Page) {
        line!(page, "Watchdog Timer Use:     {} (0x{:02x})", self.timer_use_name, self.timer.usage);
        line!(page, "Watchdog Timer Is:      {}", if self.running { "Started/Running" } else { "Stopped" });
        line!(page, "Watchdog Timer Logging: {}", if self.logging { "On" } else { "Off" });
        line!(page, "Watchdog Timer Action:  {} (0x{:02x})", self.action_name, self.timer.actions);
        line!(page, "Pre-timeout interrupt:  {}", self.pre_timeout_interrupt);
        line!(page, "Pre-timeout interval:   {} seconds", self.pre_timeout_seconds);
        let none = if self.timer.expired == 0 { "None " } else { "" };
        line!(page, "Timer Expiration Flags: {none}(0x{:02x})", self.timer.expired);
        for expired in &self.expired_uses {
            line!(page, "                        * {expired}");
        }
        line!(page, "Initial Countdown:      {} sec", fixed(self.initial_countdown_seconds, 1));
        line!(page, "Present Countdown:      {} sec", fixed(self.present_countdown_seconds, 1));
    }
}

/// Runs the words after `watchdog`.
pub async fn run(context: &Context, words: &[String]) -> Status {
    match words.first().map(String::as_str) {
        None => context.too_few(&[USAGE]),
        Some("help") => {
            usage(context);
            Status::OK
        }
        Some("set") if words.len() < 2 => context.too_few(&[USAGE]),
        Some("set") => set(context, &words[1..]).await,
        Some("get") => {
            let timer = context.bmc.call(&GetWatchdogTimer).await.map_err(WatchdogFault::Get);
            context.conclude(timer.map(|timer| {
                context.out.report(&WatchdogReport::new(timer));
                Status::OK
            }))
        }
        Some("off") => {
            // Use SMS/OS, no action, clear its expiration flag, 300 seconds; setting it stops it.
            let stop = SetWatchdogTimer { usage: 4, clear: 0x10, initial: 3000, ..SetWatchdogTimer::default() };
            let outcome = context.bmc.call(&stop).await.map_err(WatchdogFault::Off);
            context.conclude(outcome.map(|()| {
                context.out.println("Watchdog Timer Shutoff successful -- timer stopped");
                Status::OK
            }))
        }
        Some("reset") => {
            let outcome = context.bmc.call(&ResetWatchdogTimer).await.map_err(WatchdogFault::Reset);
            context.conclude(outcome.map(|()| {
                context.out.println("IPMI Watchdog Timer Reset -  countdown restarted!");
                Status::OK
            }))
        }
        Some(word) => {
            context.out.error(&format!("Invalid mc/bmc watchdog command: {word}"));
            usage(context);
            Status::FAILED
        }
    }
}

/// What `set` was told. Options are known by their first letter alone.
fn settings(context: &Context, words: &[String]) -> Result<SetWatchdogTimer, String> {
    let mut set = SetWatchdogTimer::default();
    for word in words {
        let value = word.split_once('=').map(|(_, value)| value);
        let number = || leading_number(value.unwrap_or_default());
        let choice = |names: &[(&str, Option<&str>)], what: &str| {
            let value = value.unwrap_or_default();
            code(names, value).ok_or_else(|| format!("{what} '{value}' is not valid\n"))
        };
        match word.chars().next() {
            Some('t') => match number() {
                seconds @ 1..=6553 => set.initial = u16::try_from(10 * seconds).unwrap_or(u16::MAX),
                // Reference: printed as an unsigned number.
                other => return Err(format!("Timeout value {} is out of range (1-6553)\n", other.cast_unsigned())),
            },
            Some('p') => match number() {
                seconds @ 1..=255 => set.pre_timeout = u8::try_from(seconds).unwrap_or(u8::MAX),
                other => return Err(format!("Pretimeout value {} is out of range (1-255)\n", other.cast_unsigned())),
            },
            Some('i') => set.actions = set.actions & 0x0f | choice(&INTERRUPTS, "Interrupt type")? << 4,
            Some('u') => set.usage = set.usage & 0xc0 | choice(&USES, "Use")?,
            Some('a') => set.actions = set.actions & 0xf0 | choice(&ACTIONS, "Use")?,
            Some('c') => set.clear |= 1 << choice(&USES, "Use")?,
            Some('n') => set.usage |= 0x80,
            Some('d') => set.usage |= 0x40,
            _ => context.out.error(&format!("Invalid option '{word}'")),
        }
    }
    Ok(set)
}

/// `strtol` in base ten: what follows the digits is ignored.
fn leading_number(text: &str) -> i64 {
    let text = text.trim_start();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let magnitude = digits[..end].parse::<i64>().unwrap_or(if end == 0 { 0 } else { i64::MAX });
    if text.starts_with('-') { -magnitude } else { magnitude }
}

async fn set(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    if words[0] == "help" {
        // The reference sends all-zero settings here, and stops the watchdog by it.
        usage(context);
        return Status::OK;
    }
    let set = match settings(context, words) {
        Ok(set) => set,
        Err(message) => {
            out.error(&message);
            usage(context);
            return Status::OK;
        }
    };
    let bytes = crate::ipmi::Command::request(&set).data;
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    out.info(&format!("Sending Set Watchdog command [{}]:", hex.join(" ")));
    out.info(&format!("  - nolog      = {}", set.usage >> 7));
    out.info(&format!("  - dontstop   = {}", set.usage >> 6 & 1));
    out.info(&format!("  - use        = 0x{:02X}", set.usage & 7));
    out.info(&format!("  - intr       = 0x{:02X}", set.actions >> 4));
    out.info(&format!("  - action     = 0x{:02X}", set.actions & 7));
    out.info(&format!("  - pretimeout = {}", set.pre_timeout));
    out.info(&format!("  - clear      = 0x{:02X}", set.clear));
    out.info(&format!("  - timeout    = {}", set.initial));
    match context.bmc.call(&set).await {
        Ok(()) => {
            out.notice("Watchdog Timer was successfully configured");
            Status::OK
        }
        Err(error) => {
            out.error(&format!("Set Watchdog Timer command failed{}", because(&error)));
            error.code().map_or(Status::FAILED, |code| Status(i32::from(code.0)))
        }
    }
}

/// One message in the reference, whose end its logger cuts off.
const USAGE: &str = "usage: watchdog <command>:

   set <option[=value]> [<option[=value]> ...]
     Set Watchdog settings
     Options: (* = mandatory)
       timeout=<1-6553>                    - [0] Initial countdown value, sec
       pretimeout=<1-255>                  - [0] Pre-timeout interval, sec
       int=<smi|nmi|msg>                   - [-] Pre-timeout interrupt type
       use=<frb2|post|osload|sms|oem>      - [-] Timer use
       clear=<frb2|post|osload|sms|oem>    - [-] Clear timer use expiration
                                                 flag, can be specified
                                                 multiple times
       action=<reset|poweroff|cycle|none>  - [none] Timer action
       nolog                               - [-] Don't log the timer use
       dontstop                            - [-] Don't stop the timer
                                                 while applying settings

   get
     Get Current settings

   reset
     Restart Watchdog timer based on the most recent settings

   off
     Shut off a running Watchdog timer";

fn usage(context: &Context) {
    context.out.notice(USAGE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipmi::DecodeError;

    #[test]
    fn no_answer_is_told_from_a_refusal() {
        let fault = |error| WatchdogFault::Reset(error).to_string();
        let nothing = CallError::Decode(DecodeError { length: 0 });
        assert_eq!(fault(nothing), "Reset Watchdog Timer command failed!");
        let refusal = CallError::Refused(CompletionCode(0x80));
        assert_eq!(fault(refusal), "Reset Watchdog Timer command failed: Attempt to reset uninitialized watchdog");
    }
}
