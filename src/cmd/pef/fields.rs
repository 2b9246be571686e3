//! How this family lays values out: one line of fields, or a line for each under `-v`.

use crate::out::Page;
use crate::tables::Names;
use crate::{line, put};
use std::fmt::Display;

/// Fields as they are written, one after the other.
pub struct Fields<'a> {
    page: &'a mut Page,
    begun: bool,
}

/// What is said of a flag.
#[derive(Clone, Copy)]
pub enum Wording {
    /// Supported or not.
    Supported,
    /// Active or not.
    Active,
    /// Enabled or not.
    Enabled,
}

impl Wording {
    fn say(self, set: bool) -> &'static str {
        match (self, set) {
            (Wording::Supported, true) => "supported",
            (Wording::Supported, false) => "unsupported",
            (Wording::Active, true) => "active",
            (Wording::Active, false) => "inactive",
            (Wording::Enabled, true) => "enabled",
            (Wording::Enabled, false) => "disabled",
        }
    }
}

impl<'a> Fields<'a> {
    /// The first of a page, or what follows fields that are there already.
    pub fn new(page: &'a mut Page, begun: bool) -> Self {
        Fields { page, begun }
    }

    /// One field.
    pub fn field(&mut self, label: &str, value: impl Display) {
        if self.page.verbose() != 0 {
            line!(self.page, "{label:<24} : {value}");
        } else if self.begun {
            put!(self.page, " | {value}");
        } else {
            put!(self.page, " {value}");
        }
        self.begun = true;
    }

    /// A field that has a separator before it even where it is the first, and does not count as one.
    pub fn separated(&mut self, label: &str, value: impl Display) {
        let begun = std::mem::replace(&mut self.begun, true);
        self.field(label, value);
        self.begun = begun;
    }

    /// Flags: those that are set, or all of them under `-v`.
    pub fn flags(&mut self, names: &Names, bits: u8, wording: Wording) {
        let mut separator = " | ";
        for (mask, name) in names.iter() {
            let set = u32::from(bits) & mask != 0;
            if self.page.verbose() != 0 {
                line!(self.page, "{name:<24} : {}", wording.say(set));
            } else if set {
                put!(self.page, "{separator}{name}");
                separator = ",";
            }
        }
    }
}

/// The names of the bits that are set.
pub fn set_names(names: &Names, bits: u8) -> Vec<&'static str> {
    names.iter().filter(|(mask, _)| u32::from(bits) & mask != 0).map(|(_, name)| name).collect()
}
