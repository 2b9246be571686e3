//! `sensor thresh`: set thresholds.

use crate::family::{Context, Status};

const USAGE: [&str; 17] = [
    "sensor thresh <id> <threshold> <setting>",
    "   id        : name of the sensor for which threshold is to be set",
    "   threshold : which threshold to set",
    "                 unr = upper non-recoverable",
    "                 ucr = upper critical",
    "                 unc = upper non-critical",
    "                 lnc = lower non-critical",
    "                 lcr = lower critical",
    "                 lnr = lower non-recoverable",
    "   setting   : the value to set the threshold to",
    "",
    "sensor thresh <id> lower <lnr> <lcr> <lnc>",
    "   Set all lower thresholds at the same time",
    "",
    "sensor thresh <id> upper <unc> <ucr> <unr>",
    "   Set all upper thresholds at the same time",
    "",
];

/// `sensor thresh`.
pub async fn run(context: &Context, words: &[String]) -> Status {
    if words.len() < 3 || words[0] == "help" {
        context.out.notices(&USAGE);
        return Status::OK;
    }
    context.out.error("This command is not implemented yet.");
    Status::FAILED
}
