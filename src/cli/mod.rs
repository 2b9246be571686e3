//! The command line: glibc's option rules, the options as typed, and the numbers and choices in the words.
//!
//! clap has no part in reading options: the reference's options permute, bundle, repeat and fail in
//! their own way, and act in the order in which they are written.

mod authentication;
pub mod choices;
pub mod float;
pub mod getopt;
pub mod number;
mod options;
mod parser;
pub mod scan;
pub mod script;
mod usage;

pub use authentication::{AuthType, Exposure, PrivilegeLevel, Secret};
pub use options::{Action, Family as AddressFamily, OemType, Options, Parsed};
pub use parser::{LETTERS, LONGS, Surroundings, Unopened, long_argument, parse};
pub use usage::{CommandLine, INTERFACES, Interface, VERSION, command_table, help, oem_list, usage};
