//! What manufacturers keep in sensor data records of their own (type C0h, IPMI 2.0 section 43.12).

use super::manufacturers::INTEL;
use crate::ipmi::sdr::OemRecord;
use crate::oem::intel;
use serde::Serialize;

/// What a manufacturer's own record says, where it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OemSdr {
    /// Intel: which sensors tell of the redundancy of a power unit.
    PowerUnitMap(intel::PowerUnitMap),
}

/// Reads a manufacturer's own record. The record names the manufacturer, so that nobody has to be asked.
pub fn decode(record: &OemRecord) -> Option<OemSdr> {
    match record.manufacturer {
        INTEL => intel::PowerUnitMap::decode(&record.data).map(OemSdr::PowerUnitMap),
        _ => None,
    }
}
