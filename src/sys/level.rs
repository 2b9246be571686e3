//! The severities of syslog, which the reference's log levels are.

/// How important a diagnostic line is (RFC 5424 section 6.2.1, from "error" on).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something failed.
    Error = 3,
    /// Something is odd.
    Warning = 4,
    /// Always shown: usage texts and what the user asked for.
    Notice = 5,
    /// Shown from `-v` on.
    Info = 6,
    /// Shown from `-vv` on.
    Debug = 7,
}
