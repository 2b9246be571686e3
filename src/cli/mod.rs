//! The command line: glibc's option rules, the options as typed, and the numbers in them.
//!
//! clap has no part in this stage: the reference's options permute, bundle, repeat and fail in
//! their own way, and act in the order in which they are written.

pub mod float;
pub mod getopt;
pub mod number;
mod options;
pub mod scan;
pub mod script;
mod usage;

pub use options::{
    Action, AuthType, Exposure, Family as AddressFamily, LETTERS, LONGS, OemType, Options, Parsed, PrivilegeLevel,
    Secret, Surroundings, Unopened, long_argument, parse,
};
pub use usage::{CommandLine, INTERFACES, Interface, VERSION, command_table, help, oem_list, usage};
