//! Tables for people (`--table`): ours, drawn from the same values as the JSON.

use super::report::{Column, Severity};
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table, TableComponent, presets};
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
        // A line a row is what people scan; rules between them would only push them apart.
        for between in [
            TableComponent::HorizontalLines,
            TableComponent::LeftBorderIntersections,
            TableComponent::MiddleIntersections,
            TableComponent::RightBorderIntersections,
        ] {
            table.remove_style(between);
        }
        if colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.set_header(self.columns.iter().map(|column| column.title));
        for (row, severity) in &self.rows {
            table.add_row(self.columns.iter().map(|column| {
                let cell = Cell::new(cell(row, column.pointer));
                let is_number = row.pointer(column.pointer).is_some_and(Value::is_number);
                styled(if is_number { cell.set_alignment(CellAlignment::Right) } else { cell }, *severity)
            }));
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
        Some(Value::Number(number)) if number.is_f64() => short(number.as_f64().unwrap_or_default()),
        Some(other) => other.to_string(),
    }
}

/// A number to three decimals, without zeros that say nothing.
fn short(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_a_row() {
        const COLUMNS: &[Column] =
            &[Column { title: "Name", pointer: "/name" }, Column { title: "Reading", pointer: "/reading" }];
        let mut table = PendingTable::new(COLUMNS);
        table.push(json!({ "name": "P3V3", "reading": 2.788_000_000_000_000_3 }), Severity::Normal);
        table.push(json!({ "name": "Fan\u{7}", "reading": null }), Severity::Critical);
        let text = table.draw(false);
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| line.contains(char::is_alphanumeric)).collect();
        assert_eq!(lines, ["Name   Reading", "P3V3     2.788", "Fan"]);
        assert_eq!(text.lines().count(), 6);
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([short(45.0), short(-0.5), short(2.788_000_000_000_000_3)], ["45", "-0.5", "2.788"]);
    }
}
