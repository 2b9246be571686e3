//! The JSON document of one command, gathered while the command runs.

use super::readable;
use serde::Serialize;
use serde_json::{Map, Number, Value};

/// What the command has shown so far.
///
/// A command that opens an unnamed list makes an array; one that shows reports makes an object with
/// all their fields, where named lists are fields too.
#[derive(Debug, Default)]
pub struct Document {
    fields: Map<String, Value>,
    rows: Option<Vec<Value>>,
    opened: bool,
}

impl Document {
    /// Opens a list: unnamed, the document becomes an array.
    pub fn open_list(&mut self, name: Option<&'static str>) {
        self.opened = true;
        match name {
            None => {
                self.rows.get_or_insert_default();
            }
            Some(name) => {
                self.fields.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            }
        }
    }

    /// Adds a row to a list that has been opened.
    pub fn push(&mut self, name: Option<&'static str>, row: &impl Serialize) {
        let value = value_of(row);
        match name {
            None => self.rows.get_or_insert_default().push(value),
            Some(name) => {
                if let Value::Array(rows) = self.fields.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                    rows.push(value);
                }
            }
        }
    }

    /// Adds a report's fields.
    pub fn merge(&mut self, report: &impl Serialize) {
        self.opened = true;
        match value_of(report) {
            Value::Object(fields) => self.fields.extend(fields),
            Value::Null => {}
            other => {
                self.fields.insert("value".to_owned(), other);
            }
        }
    }

    /// The document so far, and an empty one for the next command; nothing when nothing was shown.
    pub fn take(&mut self) -> Option<Value> {
        let Document { fields, rows, opened } = std::mem::take(self);
        match rows {
            Some(rows) if fields.is_empty() => Some(Value::Array(rows)),
            Some(rows) => {
                let mut fields = fields;
                fields.insert("rows".to_owned(), Value::Array(rows));
                Some(Value::Object(fields))
            }
            None => opened.then_some(Value::Object(fields)),
        }
    }
}

/// A report as a JSON value, its strings readable.
pub fn value_of(report: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(report).unwrap_or(Value::Null);
    make_readable(&mut value);
    value
}

fn make_readable(value: &mut Value) {
    match value {
        Value::String(text) if !text.is_ascii() => *text = readable(text),
        Value::Number(number) if number.is_f64() => {
            if let Some(rounded) = number.as_f64().map(rounded).and_then(Number::from_f64) {
                *number = rounded;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_readable),
        Value::Object(fields) => fields.values_mut().for_each(make_readable),
        _ => {}
    }
}

/// A number without the noise of binary arithmetic: readings have far fewer than twelve digits.
fn rounded(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_without_noise() {
        assert_eq!(
            value_of(&json!([2.788_000_000_000_000_3, 0.1 + 0.2, -15.0, 1e300])),
            json!([2.788, 0.3, -15.0, 1e300])
        );
    }

    #[test]
    fn lists_and_fields_make_one_document() {
        let mut document = Document::default();
        assert_eq!(document.take(), None);
        document.open_list(None);
        assert_eq!(document.take(), Some(json!([])));
        document.merge(&json!({"a": 1}));
        document.push(Some("rows_of"), &json!({"b": 2}));
        assert_eq!(document.take(), Some(json!({"a": 1, "rows_of": [{"b": 2}]})));
    }
}
