//! A drop-in replacement for the IPMI command-line tool.
//!
//! The rooms of the crate and the direction in which they may import one another are described in
//! `docs/architecture.md`; `tests/structure.rs` holds the code to that description.

#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod bmc;
pub mod cli;
pub mod cmd;
pub mod family;
pub mod ipmi;
pub mod oem;
pub mod out;
pub mod protocol;
pub mod run;
pub mod sim;
pub mod sys;
pub mod tables;
pub mod transport;
