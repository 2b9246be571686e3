//! `mc getsysinfo` and `mc setsysinfo`: system info strings (IPMI 2.0 section 22.14a), which are spread
//! over sets of sixteen bytes; the first begins with the encoding and the length.

use crate::bmc::CallError;
use crate::family::{Context, Status};
use crate::ipmi::app::{GetSystemInfo, SetSystemInfo};
use crate::line;
use crate::out::{Page, Report, bytes_of, completion_text, text, until_nul};
use serde::Serialize;

/// A string: its word, its parameter, and how many sets it may have.
const STRINGS: [(&str, u8, u8); 6] = [
    ("system_fw_version", 0x01, 4),
    ("system_name", 0x02, 4),
    ("primary_os_name", 0x03, 4),
    ("os_name", 0x04, 4),
    ("delloem_os_version", 0xe4, 4),
    ("delloem_url", 0xde, 2),
];

/// What the reference has room for.
const MAX_STRING: usize = 256;

#[derive(Serialize)]
struct SystemInfo {
    value: String,
}

impl Report for SystemInfo {
    fn text(&self, page: &mut Page) {
        line!(page, "{}", self.value);
    }
}

const FULL_USAGE: [&str; 2] = [
    "    Retrieves system info from BMC for given argument",
    "    Stores system info string for given argument to BMC",
];

const ARGUMENTS: [&str; 7] = [
    "    system_fw_version   System firmware (e.g. BIOS) version",
    "    primary_os_name     Primary operating system name",
    "    os_name             Operating system name",
    "    system_name         System Name of server(vendor dependent)",
    "    delloem_os_version  Running version of operating system",
    "    delloem_url         URL of BMC webserver",
    "",
];

/// The usage text, as part of the family's or whole.
pub fn usage(context: &Context, full: bool) {
    let say = |line: &str| context.out.notice(line);
    if full {
        say("usage:");
    }
    say("  getsysinfo <argument>");
    if full {
        say(FULL_USAGE[0]);
    }
    say("  setsysinfo <argument> <string>");
    if full {
        say(FULL_USAGE[1]);
        say("");
        say("  Valid arguments are:");
    }
    ARGUMENTS.iter().for_each(|line| say(line));
}

/// The parameter and its number of sets, or the status of what was said instead.
fn parameter(context: &Context, verb: &str, words: &[String], wanted: usize) -> Result<(u8, u8), Status> {
    match words {
        [only] if only == "help" => {
            usage(context, true);
            return Err(Status::OK);
        }
        words if words.len() < wanted => {
            context.out.error("Not enough parameters given.");
            usage(context, true);
            return Err(Status::FAILED);
        }
        _ => {}
    }
    let found = STRINGS.iter().find(|(name, ..)| *name == words[0]);
    found.map(|(_, parameter, sets)| (*parameter, *sets)).ok_or_else(|| {
        context.out.error(&format!("Invalid mc/bmc {verb} command: {}", words[0]));
        usage(context, true);
        Status::FAILED
    })
}

/// Says why a set could not be read or written. Reference: a refusal is a positive return code.
fn failure(context: &Context, verb: &str, name: &str, set: u8, error: &CallError) -> Status {
    let Some(code) = error.code() else {
        context.out.error(&format!("{verb} {name} set {set} command failed"));
        return Status::FAILED;
    };
    match code.0 {
        0x80 => context.out.error(&format!("{verb} {name} parameter not supported")),
        code => context.out.error(&format!("{verb} command failed: {}", completion_text(code))),
    }
    Status(i32::from(code.0))
}

/// `getsysinfo`. Reference: what was read is shown even when reading failed.
pub async fn get(context: &Context, words: &[String]) -> Status {
    let (parameter, mut sets) = match parameter(context, "getsysinfo", words, 1) {
        Ok(found) => found,
        Err(status) => return status,
    };
    let mut string = Vec::new();
    let mut status = Status::OK;
    let mut failed = None;
    let mut set = 0;
    while set < sets {
        match context.bmc.call(&GetSystemInfo { parameter, set }).await {
            Ok(data) if set == 0 => {
                // Encoding 0 is text of a known length; other encodings take all the sets there are.
                if data[2] & 0x0f == 0 {
                    // Reference: the length is taken for a signed number; from 128 on one set is all.
                    sets = if data[3] < 0x80 { (data[3] + 2).div_ceil(16) } else { 1 };
                }
                string.extend(&data[4..]);
            }
            Ok(data) => string.extend(&data[2..]),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        set += 1;
    }
    string.truncate(MAX_STRING);
    context.out.report(&SystemInfo { value: text(until_nul(&string)) });
    if let Some(error) = failed {
        status = failure(context, "getsysinfo", &words[0], set, &error);
    }
    status
}

/// `setsysinfo`.
pub async fn set(context: &Context, words: &[String]) -> Status {
    let (parameter, sets) = match parameter(context, "setsysinfo", words, 2) {
        Ok(found) => found,
        Err(status) => return status,
    };
    let string = bytes_of(&words[1]);
    // Reference: a string that fills its last set counts as too long, and is taken at full length.
    let room = 16 * usize::from(sets) - 2;
    let length = if (string.len() + 2).div_ceil(16) >= usize::from(sets) { room } else { string.len() };
    let mut stored = vec![0, u8::try_from(length).unwrap_or(u8::MAX)];
    stored.extend(string.iter().take(length));
    stored.resize((length + 2).next_multiple_of(16), 0);
    for (set, block) in (0..).zip(stored.as_chunks::<16>().0) {
        if let Err(error) = context.bmc.call(&SetSystemInfo { parameter, set, block: *block }).await {
            return failure(context, "setsysinfo", &words[0], set, &error);
        }
    }
    Status::OK
}
