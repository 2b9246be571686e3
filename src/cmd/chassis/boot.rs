//! `chassis bootdev` and `chassis bootparam`: what the system boots from next (IPMI 2.0 section 28.12).

use super::bootparam;
use crate::bmc::CallError;
use crate::family::{Context, Status};
use crate::ipmi::CompletionCode;
use crate::ipmi::chassis::{GetBootOptions, SetBootOptions};
use crate::out::completion_text;

/// Boot option parameters used here.
const SET_IN_PROGRESS: u8 = 0;
const FLAG_VALID_CLEARING: u8 = 3;
const INFO_ACKNOWLEDGE: u8 = 4;
const BOOT_FLAGS: u8 = 5;

/// States of the set-in-progress parameter.
pub const COMPLETE: u8 = 0;
pub const IN_PROGRESS: u8 = 1;
pub const COMMIT: u8 = 2;

/// Acknowledged by the BIOS.
const BIOS: u8 = 0x01;

/// Devices by their words; each also goes by `force_...`, except "none".
const DEVICES: [(&str, u8); 8] = [
    ("none", 0x00),
    ("pxe", 0x04),
    ("disk", 0x08),
    ("safe", 0x0c),
    ("diag", 0x10),
    ("cdrom", 0x14),
    ("floppy", 0x3c),
    ("bios", 0x18),
];

/// A flag of the boot flags parameter: its word, byte, mask, value and description.
struct Flag {
    name: &'static str,
    byte: usize,
    mask: u8,
    value: u8,
    description: &'static str,
}

const fn flag(name: &'static str, byte: usize, mask: u8, value: u8, description: &'static str) -> Flag {
    Flag { name, byte, mask, value, description }
}

const FLAGS: [Flag; 17] = [
    flag("valid", 0, 0x80, 0x80, "Boot flags valid"),
    flag("persistent", 0, 0x40, 0x40, "Changes are persistent for all future boots"),
    flag("efiboot", 0, 0x20, 0x20, "Extensible Firmware Interface Boot (EFI)"),
    flag("clear-cmos", 1, 0x80, 0x80, "CMOS clear"),
    flag("lockkbd", 1, 0x40, 0x40, "Lock Keyboard"),
    flag("screenblank", 1, 0x02, 0x02, "Screen Blank"),
    flag("lockoutreset", 1, 0x01, 0x01, "Lock out Reset buttons"),
    flag("lockout_power", 2, 0x80, 0x80, "Lock out (power off/sleep request) via Power Button"),
    flag("verbose=default", 2, 0x60, 0x00, "Request quiet BIOS display"),
    flag("verbose=no", 2, 0x60, 0x20, "Request quiet BIOS display"),
    flag("verbose=yes", 2, 0x60, 0x40, "Request verbose BIOS display"),
    flag("force_pet", 2, 0x10, 0x10, "Force progress event traps"),
    flag("upw_bypass", 2, 0x08, 0x08, "User password bypass"),
    flag("lockout_sleep", 2, 0x04, 0x04, "Lock out the Sleep button"),
    flag("cons_redirect=default", 2, 0x03, 0x00, "Console redirection occurs per BIOS configuration setting"),
    flag("cons_redirect=skip", 2, 0x03, 0x01, "Suppress (skip) console redirection if enabled"),
    flag("cons_redirect=enable", 2, 0x03, 0x02, "Request console redirection be enabled"),
];

/// Options of `bootparam set bootflag`: bits of the valid-clearing parameter.
const CLEARING: [(&str, u8, &str); 5] = [
    ("PEF", 0x10, "Clear valid bit on reset/power cycle cause by PEF"),
    ("timeout", 0x08, "Automatically clear boot flag valid bit on timeout"),
    ("watchdog", 0x04, "Clear valid bit on reset/power cycle cause by watchdog"),
    ("reset", 0x02, "Clear valid bit on push button reset/soft reset"),
    ("power", 0x01, "Clear valid bit on power up via power push button or wake event"),
];

const BOOTDEV_USAGE: [&str; 10] = [
    "bootdev <device> [clear-cmos=yes|no]",
    "bootdev <device> [options=help,...]",
    "  none  : Do not change boot device order",
    "  pxe   : Force PXE boot",
    "  disk  : Force boot from default Hard-drive",
    "  safe  : Force boot from default Hard-drive, request Safe Mode",
    "  diag  : Force boot from Diagnostic Partition",
    "  cdrom : Force boot from CD/DVD",
    "  bios  : Force boot into BIOS Setup",
    "  floppy: Force boot from Floppy/primary removable media",
];

/// A return code of the reference's: a completion code when positive, no answer when negative.
pub type ReturnCode = i32;

/// The conversation about boot options: it brackets its writes in "set in progress" as long as the
/// controller goes along with that.
pub struct Setter<'a> {
    context: &'a mut Context,
}

impl<'a> Setter<'a> {
    /// A conversation of one command.
    pub fn new(context: &'a mut Context) -> Self {
        Setter { context }
    }

    /// Writes one parameter; what is wrong has been said when the code is not 0.
    pub async fn write(&self, parameter: u8, data: &[u8]) -> ReturnCode {
        let out = &self.context.out;
        let command = SetBootOptions { parameter, data: data.to_vec() };
        match self.context.bmc.call(&command).await {
            Ok(()) => 0,
            Err(CallError::Refused(code)) => {
                // Reference: the bracket itself is refused in silence.
                if parameter != SET_IN_PROGRESS {
                    out.error(&format!("Set Chassis Boot Parameter {parameter} failed: {}", refusal(code)));
                }
                i32::from(code.0)
            }
            Err(_) => {
                out.error(&format!("Error setting Chassis Boot Parameter {parameter}"));
                -1
            }
        }
    }

    /// Brackets writes. Reference: a controller that refuses to be in progress is not asked again in the life of
    /// the process.
    pub async fn progress(&mut self, state: u8) {
        if !self.context.memory.boot_progress_refused {
            let code = self.write(SET_IN_PROGRESS, &[state]).await;
            self.context.memory.boot_progress_refused = code != 0 && state == IN_PROGRESS;
        }
    }

    /// Says that somebody has handled the boot information.
    pub async fn acknowledge(&self, who: u8) -> ReturnCode {
        self.write(INFO_ACKNOWLEDGE, &[who, who]).await
    }

    /// Sets the boot device, in the reference's order: what is wrong with the word shows only after
    /// the first two writes.
    async fn device(&mut self, word: &str, flags: [u8; 5]) -> ReturnCode {
        self.progress(IN_PROGRESS).await;
        let mut code = self.acknowledge(BIOS).await;
        if code >= 0 {
            code = self.device_flags(word, flags).await;
        }
        self.progress(COMPLETE).await;
        code
    }

    async fn device_flags(&mut self, word: &str, mut flags: [u8; 5]) -> ReturnCode {
        let plain = word.strip_prefix("force_").filter(|word| *word != "none").unwrap_or(word);
        let Some((_, selector)) = DEVICES.iter().find(|(name, _)| *name == plain) else {
            self.context.out.error(&format!("Invalid argument: {word}"));
            return -1;
        };
        flags[0] |= 0x80;
        flags[1] |= selector;
        let code = self.write(BOOT_FLAGS, &flags).await;
        if code == 0 {
            self.progress(COMMIT).await;
            self.context.out.println(&format!("Set Boot Device to {word}"));
        }
        code
    }

    /// Changes when the controller clears the boot flags' valid bit.
    async fn valid_clearing(&mut self, clear: u8) -> ReturnCode {
        self.progress(IN_PROGRESS).await;
        let mut code = self.acknowledge(BIOS).await;
        if code == 0 {
            code = match self.context.bmc.call(&GetBootOptions { parameter: FLAG_VALID_CLEARING, set: 0 }).await {
                Ok(now) => {
                    let bits = now.data.first().copied().unwrap_or(0);
                    let code = self.write(FLAG_VALID_CLEARING, &[bits & !clear]).await;
                    if code == 0 {
                        self.progress(COMMIT).await;
                    }
                    code
                }
                Err(error) => {
                    let parameter = FLAG_VALID_CLEARING;
                    match error.code() {
                        Some(code) => self.context.out.error(&format!(
                            "Get Chassis Boot Parameter {parameter} failed: {}",
                            if code.0 == 0x80 { "Unsupported parameter".into() } else { completion_text(code.0) }
                        )),
                        None => self.context.out.error(&format!("Error Getting Chassis Boot Parameter {parameter}")),
                    }
                    self.context.out.error("Failed to read boot valid flag");
                    -1
                }
            };
        }
        self.progress(COMPLETE).await;
        code
    }
}

fn refusal(code: CompletionCode) -> std::borrow::Cow<'static, str> {
    match code.0 {
        0x80 => "Unsupported parameter".into(),
        0x81 => "Attempt to set 'in progress' while not in 'complete' state".into(),
        0x82 => "Parameter is read-only".into(),
        code => completion_text(code),
    }
}

/// The words between commas, as C's `strtok` finds them: empty ones do not count.
fn tokens(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|token| !token.is_empty())
}

/// `chassis bootdev`. Reference: help fails, and a refusal by the controller does not.
pub async fn bootdev(context: &mut Context, words: &[String]) -> Status {
    let out = &context.out;
    let Some(device) = words.first().filter(|word| *word != "help") else {
        BOOTDEV_USAGE.iter().for_each(|line| out.notice(line));
        return Status::FAILED;
    };
    let options = match words.get(1).map(String::as_str) {
        Some("clear-cmos=yes") => "clear-cmos",
        Some(word) => word.strip_prefix("options=").unwrap_or(""),
        None => "",
    };
    let mut flags = [0; 5];
    let mut wrong = false;
    for token in tokens(options) {
        if token == "help" {
            wrong = true;
            break;
        }
        match FLAGS.iter().find(|flag| flag.name == token) {
            Some(flag) => flags[flag.byte] = flags[flag.byte] & !flag.mask | flag.value,
            None => {
                wrong = true;
                out.error(&format!("Invalid option: {token}"));
            }
        }
    }
    if wrong {
        out.notice("Legal options settings are:");
        out.notice(&format!("  {:<22}: print this message", "help"));
        FLAGS.iter().for_each(|flag| out.notice(&format!("  {:<22}: {}", flag.name, flag.description)));
        return Status::FAILED;
    }
    Status(Setter::new(context).device(device, flags).await)
}

/// `chassis bootparam`.
pub async fn bootparam(context: &mut Context, words: &[String]) -> Status {
    let out = &context.out;
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | [_] | ["help", ..] => {
            out.notice("bootparam get <param #>");
            bootflag_usage(context);
            Status::FAILED
        }
        ["get", parameter, ref rest @ ..] => bootparam::get(context, parameter, rest.first().copied()).await,
        ["set", "bootflag", device, ref rest @ ..] => set_bootflag(context, device, rest).await,
        ["set", ..] => {
            bootflag_usage(context);
            Status::FAILED
        }
        _ => {
            out.notice("bootparam get|set <option> [value ...]");
            Status::FAILED
        }
    }
}

async fn set_bootflag(context: &mut Context, device: &str, rest: &[&str]) -> Status {
    let clear = match rest {
        [options] => clearing_options(context, options),
        _ => 0,
    };
    let mut setter = Setter::new(context);
    let mut code = setter.device(device, [0; 5]).await;
    if clear != 0 {
        code = setter.valid_clearing(clear).await;
    }
    Status(code)
}

/// The bits the options name. Reference: what is wrong with them is said, and the command goes on.
fn clearing_options(context: &Context, options: &str) -> u8 {
    let out = &context.out;
    let Some(list) = options.strip_prefix("options=") else {
        out.error(&format!("No options= keyword found \"{options}\""));
        return 0;
    };
    let (mut bits, mut wrong) = (0, false);
    for token in tokens(list) {
        if token == "help" {
            wrong = true;
            break;
        }
        match CLEARING.iter().find(|(name, ..)| *name == token) {
            Some((_, bit, _)) => bits |= bit,
            None => {
                wrong = true;
                // Reference: the prefix is recognised only when it stands alone, and then cut from itself.
                out.error(&format!("Invalid option: {token}"));
            }
        }
    }
    if wrong {
        clearing_usage(context);
    }
    bits
}

fn clearing_usage(context: &Context) {
    let out = &context.out;
    out.notice(" Legal options are:");
    out.notice(&format!("  {:<8}: print this message", "help"));
    CLEARING.iter().for_each(|(name, _, text)| out.notice(&format!("  {name:<8}: {text}")));
    out.notice(" Any Option may be prepended with no- to invert sense of operation\n");
}

const BOOTFLAG_USAGE: [&str; 9] = [
    "bootparam set bootflag <device> [options=...]",
    " Legal devices are:",
    "  none        : No override",
    "  force_pxe   : Force PXE boot",
    "  force_disk  : Force boot from default Hard-drive",
    "  force_safe  : Force boot from default Hard-drive, request Safe Mode",
    "  force_diag  : Force boot from Diagnostic Partition",
    "  force_cdrom : Force boot from CD/DVD",
    "  force_bios  : Force boot into BIOS Setup",
];

fn bootflag_usage(context: &Context) {
    context.out.notices(&BOOTFLAG_USAGE);
    clearing_usage(context);
}
