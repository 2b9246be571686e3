//! The two streams, and what decides how a report is written on them.

use super::document::{Document, value_of};
use super::report::{List, Page, Report};
use super::table::PendingTable;
use super::{bytes_of, readable};
use crate::sys::Level;
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The form reports take on stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The reference's text (or its CSV, under `-c`).
    #[default]
    Text,
    /// One JSON document for each command.
    Json,
    /// Aligned tables for people, where a report has rows.
    Table,
}

/// What a test or another host's task has collected instead of printing it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// Bytes for stdout.
    pub stdout: Vec<u8>,
    /// Bytes for stderr.
    pub stderr: Vec<u8>,
}

enum Sink {
    Process,
    Memory(Captured),
}

struct Streams {
    sink: Sink,
    pending: Vec<u8>,
    document: Document,
    table: Option<PendingTable>,
}

struct Inner {
    streams: Mutex<Streams>,
    format: Format,
    csv: AtomicI32,
    verbose: AtomicI32,
    threshold: AtomicI32,
    utc: AtomicBool,
    line_buffered: bool,
}

/// The streams of one run (or of one host in a run over many). Clones share them.
#[derive(Clone)]
pub struct Output(Arc<Inner>);

/// What the C library collects before it writes, where stdout is not a terminal. The interleaving
/// of the two streams in one pipe depends on it.
const BLOCK: usize = 4096;

/// Reference: one message is at most this long, the rest is cut.
const MESSAGE_LIMIT: usize = 1023;

impl Output {
    /// The process's own streams.
    pub fn process(format: Format) -> Self {
        Output::with_sink(Sink::Process, format, std::io::stdout().is_terminal())
    }

    /// Streams that are kept in memory; see [`Output::captured`].
    pub fn memory(format: Format) -> Self {
        Output::with_sink(Sink::Memory(Captured::default()), format, false)
    }

    fn with_sink(sink: Sink, format: Format, line_buffered: bool) -> Self {
        Output(Arc::new(Inner {
            streams: Mutex::new(Streams { sink, pending: Vec::new(), document: Document::default(), table: None }),
            format,
            csv: AtomicI32::new(0),
            verbose: AtomicI32::new(0),
            threshold: AtomicI32::new(Level::Notice as i32),
            utc: AtomicBool::new(false),
            line_buffered,
        }))
    }

    /// What has been collected by streams in memory; empty for the process's own.
    pub fn captured(&self) -> Captured {
        self.flush();
        match &self.streams().sink {
            Sink::Memory(captured) => captured.clone(),
            Sink::Process => Captured::default(),
        }
    }

    /// The form of reports.
    pub fn format(&self) -> Format {
        self.0.format
    }

    /// Whether `-c` (or `set csv`) is in force; the reference keeps a number.
    pub fn csv(&self) -> i32 {
        self.0.csv.load(Ordering::Relaxed)
    }

    /// Sets what `-c` sets.
    pub fn set_csv(&self, csv: i32) {
        self.0.csv.store(csv, Ordering::Relaxed);
    }

    /// How verbose commands are; raised by `-v`, `set verbose` and some commands themselves.
    pub fn verbose(&self) -> i32 {
        self.0.verbose.load(Ordering::Relaxed)
    }

    /// Changes how verbose commands are. Reference: the threshold of messages stays as `-v` left it.
    pub fn set_verbose(&self, verbose: i32) {
        self.0.verbose.store(verbose, Ordering::Relaxed);
    }

    /// One `-v`: commands become more verbose, and less important messages are shown.
    pub fn raise_verbosity(&self) {
        let verbose = self.verbose().saturating_add(1);
        self.set_verbose(verbose);
        self.0.threshold.store((Level::Notice as i32).saturating_add(verbose), Ordering::Relaxed);
    }

    /// Whether messages of this level are shown.
    pub fn shows(&self, level: Level) -> bool {
        level as i32 <= self.0.threshold.load(Ordering::Relaxed)
    }

    /// Whether dates are shown in UTC (`-Z`).
    pub fn utc(&self) -> bool {
        self.0.utc.load(Ordering::Relaxed)
    }

    /// Sets what `-Z` sets.
    pub fn set_utc(&self, utc: bool) {
        self.0.utc.store(utc, Ordering::Relaxed);
    }

    /// Writes text on stdout as it is: for what is not a report (help tables, prompts, progress).
    /// In JSON and table form progress would spoil the document, so nothing is written.
    pub fn print(&self, text: &str) {
        if self.0.format == Format::Text {
            self.put(text);
        }
    }

    /// Writes a line on stdout; see [`Output::print`].
    pub fn println(&self, text: &str) {
        if self.0.format == Format::Text {
            self.put(text);
            self.put("\n");
        }
    }

    /// Shows one report.
    pub fn report<R: Report>(&self, report: &R) {
        match self.0.format {
            Format::Text => self.page(report),
            Format::Json => self.streams().document.merge(report),
            Format::Table if R::COLUMNS.is_empty() => self.page(report),
            Format::Table => self.table_row(report),
        }
    }

    /// Opens a list of rows, which is the whole of what the command shows.
    pub fn list(&self) -> List<'_> {
        self.open_list(None)
    }

    /// Opens a list of rows beside other reports; the name is its field in JSON.
    pub fn named_list(&self, name: &'static str) -> List<'_> {
        self.open_list(Some(name))
    }

    fn open_list(&self, name: Option<&'static str>) -> List<'_> {
        if self.0.format == Format::Json {
            self.streams().document.open_list(name);
        }
        List::new(self, name)
    }

    pub(super) fn row<R: Report>(&self, name: Option<&'static str>, row: &R) {
        match self.0.format {
            Format::Text => self.page(row),
            Format::Json => self.streams().document.push(name, row),
            Format::Table if R::COLUMNS.is_empty() => self.page(row),
            Format::Table => self.table_row(row),
        }
    }

    fn page<R: Report>(&self, report: &R) {
        let mut page = Page::new(self.verbose());
        if self.csv() != 0 {
            report.csv(&mut page);
        } else {
            report.text(&mut page);
        }
        self.put(&page.into_text());
    }

    fn table_row<R: Report>(&self, row: &R) {
        let mut streams = self.streams();
        if streams.table.as_ref().is_some_and(|table| !table.has_columns(R::COLUMNS)) {
            self.end_table(&mut streams);
        }
        let table = streams.table.get_or_insert_with(|| PendingTable::new(R::COLUMNS));
        table.push(value_of(row), row.severity());
    }

    fn end_table(&self, streams: &mut Streams) {
        if let Some(table) = streams.table.take() {
            let text = table.draw(self.0.line_buffered);
            streams.pending.extend(text.as_bytes());
        }
    }

    /// Ends one command's output: the JSON document or the table is complete now.
    pub fn finish(&self) {
        let mut streams = self.streams();
        match self.0.format {
            Format::Text => {}
            Format::Json => {
                if let Some(document) = streams.document.take() {
                    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
                    streams.pending.extend(text.as_bytes());
                    streams.pending.push(b'\n');
                }
            }
            Format::Table => self.end_table(&mut streams),
        }
        drop(streams);
        if self.0.line_buffered {
            self.flush();
        }
    }

    /// One message on stderr, shown when its level is in force. A newline is added, as always.
    pub fn log(&self, level: Level, message: &str) {
        if !self.shows(level) {
            return;
        }
        if self.0.format == Format::Json {
            let record = json!({ "level": level_name(level), "message": readable(message).trim_end() });
            return self.write_error(format!("{record}\n").as_bytes());
        }
        let bytes = bytes_of(message);
        let mut line = bytes[..bytes.len().min(MESSAGE_LIMIT)].to_vec();
        line.push(b'\n');
        self.write_error(&line);
    }

    /// An error message; always shown.
    pub fn error(&self, message: &str) {
        self.log(Level::Error, message);
    }

    /// A warning; always shown.
    pub fn warning(&self, message: &str) {
        self.log(Level::Warning, message);
    }

    /// A usage text or another message that is always shown.
    pub fn notice(&self, message: &str) {
        self.log(Level::Notice, message);
    }

    /// A usage text of several lines.
    pub fn notices(&self, lines: &[&str]) {
        lines.iter().for_each(|line| self.notice(line));
    }

    /// A message shown from `-v` on.
    pub fn info(&self, message: &str) {
        self.log(Level::Info, message);
    }

    /// A message shown from `-vv` on.
    pub fn debug(&self, message: &str) {
        self.log(Level::Debug, message);
    }

    /// Raw text on stderr, without a newline of its own: what the reference writes past its logger.
    pub fn error_text(&self, text: &str) {
        if self.0.format == Format::Json {
            return self.error(text);
        }
        self.write_error(&bytes_of(text));
    }

    /// A hex dump on stderr, shown when commands are verbose: a title, then 16 bytes a line.
    pub fn dump(&self, title: &str, data: &[u8]) {
        if data.is_empty() || self.verbose() < 1 || self.0.format == Format::Json {
            return;
        }
        let mut text = format!("{title} ({} bytes)\n", data.len());
        for line in data.chunks(16) {
            for byte in line {
                text.push_str(&format!(" {byte:02x}"));
            }
            text.push('\n');
        }
        self.write_error(&bytes_of(&text));
    }

    /// Writes what is still held back for stdout.
    pub fn flush(&self) {
        let mut streams = self.streams();
        let pending = std::mem::take(&mut streams.pending);
        streams.emit(&pending);
    }

    fn put(&self, text: &str) {
        let mut streams = self.streams();
        streams.pending.extend_from_slice(&bytes_of(text));
        let ready = if self.0.line_buffered {
            streams.pending.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
        } else {
            streams.pending.len() / BLOCK * BLOCK
        };
        if ready > 0 {
            let rest = streams.pending.split_off(ready);
            let block = std::mem::replace(&mut streams.pending, rest);
            streams.emit(&block);
        }
    }

    fn write_error(&self, bytes: &[u8]) {
        match &mut self.streams().sink {
            // A stderr that is closed or full is nobody's to be told.
            Sink::Process => drop(std::io::stderr().write_all(bytes)),
            Sink::Memory(captured) => captured.stderr.extend_from_slice(bytes),
        }
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.0.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Streams {
    fn emit(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        match &mut self.sink {
            Sink::Process => {
                let mut stdout = std::io::stdout().lock();
                // Like the reference, a full disk behind stdout is not reported.
                let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
            }
            Sink::Memory(captured) => captured.stdout.extend_from_slice(bytes),
        }
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
        Level::Info => "info",
        Level::Debug => "debug",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_follow_the_threshold_and_are_cut() {
        let out = Output::memory(Format::Text);
        out.info("hidden");
        out.raise_verbosity();
        out.info("shown");
        out.error(&"x".repeat(2000));
        let stderr = out.captured().stderr;
        assert!(stderr.starts_with(b"shown\nxxx"));
        assert_eq!(stderr.len(), "shown\n".len() + MESSAGE_LIMIT + 1);
    }

    #[test]
    fn dumps_sixteen_bytes_a_line() {
        let out = Output::memory(Format::Text);
        out.dump("DATA", &[1; 17]);
        out.set_verbose(1);
        out.dump("DATA", &[1; 17]);
        let expected = format!("DATA (17 bytes)\n{}\n 01\n", " 01".repeat(16));
        assert_eq!(out.captured().stderr, expected.as_bytes());
    }
}
