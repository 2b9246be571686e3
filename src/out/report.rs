//! What a family shows: values that know how they read as text and as CSV.

use super::Output;
use serde::Serialize;
use std::fmt::{self, Write};

/// Text in the making. Writing to it cannot fail.
pub struct Page {
    text: String,
    verbose: i32,
}

impl Page {
    pub(super) fn new(verbose: i32) -> Self {
        Page { text: String::new(), verbose }
    }

    /// How many `-v` are in force.
    pub fn verbose(&self) -> i32 {
        self.verbose
    }

    /// Appends formatted text; the macros [`put!`](crate::put) and [`line!`](crate::line) are shorter to write.
    pub fn write(&mut self, arguments: fmt::Arguments<'_>) {
        // A `String` takes everything that is written to it.
        let _ = self.text.write_fmt(arguments);
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// One column of the table for people: its title and the JSON pointer (RFC 6901) of its value.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Heading.
    pub title: &'static str,
    /// Where in the serialised report the cell is found, such as `/sensor/number`.
    pub pointer: &'static str,
}

/// Something a command shows: meaning (numbers, units, flags), never ready-made sentences.
///
/// `Serialize` is the JSON form; the text and CSV forms are written here, from the same fields.
pub trait Report: Serialize {
    /// The columns `--table` shows, for reports that are rows; none means that they are not.
    const COLUMNS: &'static [Column] = &[];

    /// The reference's text.
    fn text(&self, page: &mut Page);

    /// The reference's form under `-c`; the text in the commands where `-c` changes nothing.
    fn csv(&self, page: &mut Page) {
        self.text(page);
    }

    /// How grave the row is, for the table's colours.
    fn severity(&self) -> Severity {
        Severity::Normal
    }
}

/// How grave a row of a table is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Severity {
    /// Nothing remarkable.
    #[default]
    Normal,
    /// Nothing to be read.
    Absent,
    /// Worth a look.
    Warning,
    /// Wrong.
    Critical,
}

/// Rows that are shown as they arrive, so that a failure midway leaves what came before it.
///
/// In JSON a list is an array, also when it stays empty.
pub struct List<'a> {
    out: &'a Output,
    name: Option<&'static str>,
}

impl<'a> List<'a> {
    pub(super) fn new(out: &'a Output, name: Option<&'static str>) -> Self {
        List { out, name }
    }

    /// Shows one row.
    pub fn push<R: Report>(&self, row: &R) {
        self.out.row(self.name, row);
    }
}
