//! What only the operating system can tell or do, and all `unsafe` code of the crate.
#![allow(unsafe_code)]

pub mod console;
mod level;
pub mod locale;
pub mod openipmi;
pub mod process;
pub mod terminal;
pub mod time;

pub use level::Level;
