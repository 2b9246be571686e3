//! What rows and details share: styles, values with their units, comparisons, entities.

use crate::bmc::Reading;
use crate::ipmi::sdr::Units;
use crate::out::{Column, Severity, fixed};
use crate::tables::entity::ENTITY_IDS;
use crate::tables::sensor::unit_name;
use serde::Serialize;
use std::borrow::Cow;

/// The columns of `--table`, for every record: what one does not have stays empty.
pub const COLUMNS: &[Column] = &[
    Column { title: "Sensor", pointer: "/name" },
    Column { title: "Number", pointer: "/sensor/number" },
    Column { title: "Entity", pointer: "/entity/name" },
    Column { title: "Reading", pointer: "/reading" },
    Column { title: "Unit", pointer: "/unit" },
    Column { title: "Status", pointer: "/status" },
    Column { title: "States", pointer: "/states" },
];

/// How rows are written when commands are not verbose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Name, reading, status.
    Plain,
    /// Name, number, status, entity, reading and states.
    Extended,
    /// One record on its own, with everything that is known of it. Commands are verbose then, where
    /// they show text.
    Detail,
}

/// How a threshold sensor's reading compares, the gravest comparison first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Nothing crossed.
    Ok,
    /// Below the lower non-recoverable threshold.
    LowerNonRecoverable,
    /// Above the upper non-recoverable threshold.
    UpperNonRecoverable,
    /// Below the lower critical threshold.
    LowerCritical,
    /// Above the upper critical threshold.
    UpperCritical,
    /// Below the lower non-critical threshold.
    LowerNonCritical,
    /// Above the upper non-critical threshold.
    UpperNonCritical,
    /// There is no reading to compare.
    NoReading,
}

impl Comparison {
    /// The comparison a reading's state bits tell.
    pub fn of(reading: &Reading) -> Self {
        let order = [
            (0x04, Comparison::LowerNonRecoverable),
            (0x20, Comparison::UpperNonRecoverable),
            (0x02, Comparison::LowerCritical),
            (0x10, Comparison::UpperCritical),
            (0x01, Comparison::LowerNonCritical),
            (0x08, Comparison::UpperNonCritical),
        ];
        match reading.raw {
            None => Comparison::NoReading,
            Some(_) => order.iter().find(|(bit, _)| reading.states[0] & bit != 0).map_or(Comparison::Ok, |(_, c)| *c),
        }
    }

    /// The reference's word: long when verbose, with its side in extended rows, short otherwise.
    pub fn word(self, verbose: bool, style: Style, no_reading: &'static str) -> &'static str {
        let words = match self {
            Comparison::Ok => return "ok",
            Comparison::NoReading => return no_reading,
            Comparison::LowerNonRecoverable => ["Lower Non-Recoverable", "lnr", "nr"],
            Comparison::UpperNonRecoverable => ["Upper Non-Recoverable", "unr", "nr"],
            Comparison::LowerCritical => ["Lower Critical", "lcr", "cr"],
            Comparison::UpperCritical => ["Upper Critical", "ucr", "cr"],
            Comparison::LowerNonCritical => ["Lower Non-Critical", "lnc", "nc"],
            Comparison::UpperNonCritical => ["Upper Non-Critical", "unc", "nc"],
        };
        match (verbose, style) {
            (true, _) => words[0],
            (false, Style::Extended) => words[1],
            (false, Style::Plain | Style::Detail) => words[2],
        }
    }

    /// How grave it is.
    pub fn severity(self) -> Severity {
        match self {
            Comparison::Ok => Severity::Normal,
            Comparison::NoReading => Severity::Absent,
            Comparison::LowerNonCritical | Comparison::UpperNonCritical => Severity::Warning,
            _ => Severity::Critical,
        }
    }
}

/// The unit of a sensor as text: percent, base unit, modifier unit.
pub fn unit_text(units: &Units) -> String {
    let name = |code| unit_name(code).unwrap_or("invalid");
    let percent = if units.percent { "% " } else { "" };
    match units.modifier_use {
        2 => format!("{percent}{}*{}", name(units.base), name(units.modifier)),
        1 => format!("{percent}{}/{}", name(units.base), name(units.modifier)),
        _ if units.base == 0 && units.percent => "percent".to_owned(),
        _ => format!("{percent}{}", name(units.base)),
    }
}

/// Whether C's conversion to `int` keeps a value: then it is shown without decimals.
pub fn is_whole(value: f64) -> bool {
    // Out of range, the conversion gives the smallest number.
    let cut = if value.is_nan() || value >= 2_147_483_648.0 || value <= -2_147_483_649.0 {
        f64::from(i32::MIN)
    } else {
        value.trunc()
    };
    value == cut
}

/// Reference: a value as text has sixteen bytes, one of them a NUL. So has a value with its unit in a row.
pub const VALUE_BYTES: usize = 15;

/// A value as [`value_text`], cut where the reference's buffer ends.
pub fn short_value_text(value: f64, decimals: usize) -> String {
    format!("{:.VALUE_BYTES$}", value_text(value, decimals))
}

/// A value with so many decimals, or none when it is whole.
pub fn value_text(value: f64, decimals: usize) -> String {
    fixed(value, if is_whole(value) { 0 } else { decimals })
}

/// An entity as JSON shows it.
#[derive(Serialize)]
pub struct EntityReport {
    pub id: u8,
    pub instance: u8,
    pub name: Cow<'static, str>,
}

impl From<crate::ipmi::sdr::Entity> for EntityReport {
    fn from(entity: crate::ipmi::sdr::Entity) -> Self {
        EntityReport { id: entity.id, instance: entity.instance, name: ENTITY_IDS.name(entity.id) }
    }
}
