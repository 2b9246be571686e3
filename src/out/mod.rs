//! Everything a user reads: reports on stdout, messages on stderr.
//!
//! A family hands over values ([`Report`]) and messages; which form they take (text, CSV, JSON, a
//! table) is decided here. Nothing here knows a command.
//!
//! Strings from a BMC, a file or the command line are bytes. Inside the program they are `String`s
//! in which every byte above 7Fh stands as one private character ([`text`]), so that padding and
//! truncation by characters are padding and truncation by bytes; they become bytes again when they
//! are written.

mod console;
mod document;
mod number;
mod report;
mod table;
mod text;
pub mod time;

pub use console::{Captured, Format, Output};
pub use number::{fixed, hex_bytes};
pub use report::{Column, List, Page, Report, Severity};
pub use text::{bytes_of, readable, text, until_nul};

pub use crate::sys::Level;
pub use crate::sys::console as terminal;
pub use crate::sys::locale::errno_text;

/// Appends formatted text to a [`Page`], without a newline.
#[macro_export]
macro_rules! put {
    ($page:expr, $($args:tt)*) => { $page.write(format_args!($($args)*)) };
}

/// Appends a formatted line to a [`Page`].
#[macro_export]
macro_rules! line {
    ($page:expr) => { $page.write(format_args!("\n")) };
    ($page:expr, $($args:tt)*) => { { $page.write(format_args!($($args)*)); $page.write(format_args!("\n")) } };
}

/// The text of a completion code (IPMI 2.0 table 5-2).
pub fn completion_text(code: u8) -> std::borrow::Cow<'static, str> {
    crate::tables::completion::COMPLETION_CODES.name(code)
}

/// Asks for a secret on the terminal, without showing what is typed.
///
/// # Errors
/// There is neither a terminal nor anything to read.
pub fn ask_secret(prompt: &str) -> std::io::Result<Vec<u8>> {
    crate::sys::terminal::ask_secret(&bytes_of(prompt))
}

/// Makes a line editor for the terminal without giving it the interrupt signal, which ends commands.
pub fn keeping_interrupts<T>(make: impl FnOnce() -> T) -> T {
    crate::sys::process::keeping_interrupts(make)
}

/// A sentence of the C library's own in the user's language.
pub fn translated(sentence: &str) -> String {
    text(&crate::sys::locale::translated(sentence))
}
