//! Tables for people (`--table`): ours, drawn from the same values as the JSON.

use super::report::{Column, Severity};
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};
use serde_json::Value;

/// Rows of one kind, waiting to be drawn.
#[derive(Debug)]
pub struct PendingTable {
    columns: &'static [Column],
    rows: Vec<(Value, Severity)>,
}

impl PendingTable {
    /// A table with these columns.
    pub fn new(columns: &'static [Column]) -> Self {
        PendingTable { columns, rows: Vec::new() }
    }

    /// Whether rows with these columns belong here.
    pub fn has_columns(&self, columns: &'static [Column]) -> bool {
        std::ptr::eq(self.columns, columns)
            || self.columns.iter().map(|c| c.pointer).eq(columns.iter().map(|c| c.pointer))
    }

    /// Adds a row.
    pub fn push(&mut self, row: Value, severity: Severity) {
        self.rows.push((row, severity));
    }

    /// The aligned table, coloured by severity where `colour` allows it.
    pub fn draw(&self, colour: bool) -> String {
        let mut table = Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Disabled);
        if colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.set_header(self.columns.iter().map(|column| column.title));
        for (row, severity) in &self.rows {
            table.add_row(self.columns.iter().map(|column| styled(Cell::new(cell(row, column.pointer)), *severity)));
        }
        let mut text = table.to_string();
        text.push('\n');
        text
    }
}

fn styled(cell: Cell, severity: Severity) -> Cell {
    match severity {
        Severity::Normal => cell,
        Severity::Absent => cell.add_attribute(Attribute::Dim),
        Severity::Warning => cell.fg(Color::Yellow),
        Severity::Critical => cell.fg(Color::Red).add_attribute(Attribute::Bold),
    }
}

fn cell(row: &Value, pointer: &str) -> String {
    match row.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.chars().filter(|c| !c.is_control()).collect(),
        Some(Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        Some(Value::Array(items)) => items.iter().map(|item| cell(item, "")).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}
