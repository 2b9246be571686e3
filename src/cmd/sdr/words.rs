//! What is said while records are read, and while a repository is filled: the reference's words, for
//! every family that walks over the records.

use crate::bmc::sdr::{AddFault, ClearFault};
use crate::bmc::{CallError, Reading, SdrEvent, SdrFault};
use crate::family::{Context, Status, because};
use crate::ipmi::sdr::{RawRecord, SdrRecord, SensorRecord};
use crate::out::{Output, completion_text, text};

/// Says what happens on a walk, in the reference's words.
pub fn listener(context: &Context) -> impl Fn(SdrEvent<'_>) + Send + Sync + use<> {
    let out = context.out.clone();
    move |event| match event {
        SdrEvent::UnknownVersion(version) => {
            out.warning(&format!("WARNING: Unknown SDR repository version 0x{version:02x}"));
        }
        SdrEvent::Header(record, error) => {
            out.error(&format!("Get SDR {record:04x} command failed{}", because(&error)));
        }
        SdrEvent::Empty(record) => out.error(&format!("SDR record id 0x{record:04x}: invalid length 0")),
        SdrEvent::Reservation => out.error("Unable to renew SDR reservation"),
        SdrEvent::Reading(_) => {}
        SdrEvent::Loaded(record) => {
            out.info(&format!("ID: 0x{:04x} , NAME: {:<16}", record.header.id, name_of(record)));
        }
        SdrEvent::Loading(address) => loading(&out, address),
        SdrEvent::Erasing => out.println("Wait for SDRR erasure completed..."),
        SdrEvent::Erased => out.println("SDRR successfully erased"),
        SdrEvent::NotErased(fault) => not_erased(&out, fault, "Give up."),
        SdrEvent::NoBuiltIn(fault) => unreadable(&out, fault),
        SdrEvent::Unusable => out.error("ipmitool: bad record , skipped"),
        SdrEvent::NotAdded(id, fault) => {
            out.error(match fault {
                AddFault::Reservation => "ipmitool: reservation failed",
                AddFault::Header => "ipmitool: partial send error",
                AddFault::Body => "ipmitool: partial add failed",
            });
            out.error(&format!("Cannot add SDR ID 0x{id:04x} to repository..."));
        }
    }
}

/// The name of a record that is copied. Reference: only of these types; of others, as many blanks.
fn name_of(record: &RawRecord) -> String {
    let decoded = SdrRecord::decode(record.header.kind, &record.body);
    match decoded.as_ref() {
        Some(SdrRecord::Generic(_) | SdrRecord::Fru(_) | SdrRecord::EntityAssociation) | None => " ".repeat(17),
        Some(known) => known.id_string().map(|id| text(id.text((id.length() + 1).min(16)))).unwrap_or_default(),
    }
}

/// Says whose records come next.
pub fn loading(out: &Output, address: u8) {
    out.println(&format!("Load SDRs from 0x{address:x}"));
}

/// Says why a repository is not erased, and that it is given up.
pub fn not_erased(out: &Output, fault: &ClearFault, end: &str) {
    if let ClearFault::Clear(error) = fault {
        out.error(&format!("Unable to clear SDRR{}", because(error)));
    }
    out.error(&format!("Cannot erase SDRR. {end}"));
}

/// Says why no walk could begin.
pub fn unreadable(out: &Output, fault: &SdrFault) {
    match fault {
        SdrFault::DeviceId(CallError::Refused(code)) => {
            out.error(&format!("Get Device ID command failed: {:#x} {}", code.0, completion_text(code.0)));
        }
        SdrFault::DeviceId(_) => out.error("Get Device ID command failed"),
        SdrFault::NoSource => out.error("Error obtaining SDR info"),
        SdrFault::RepositoryInfo(error) => out.error(&format!("Error obtaining SDR info{}", because(error))),
        SdrFault::DeviceInfo => out.println("Err in cmd get sensor sdr info"),
        SdrFault::Reservation => out.error("Unable to obtain SDR reservation"),
        SdrFault::Rebuild => out.error("Could not build SDRR!"),
    }
}

/// The same for the callers that say so themselves once more.
pub fn unopened(context: &Context, fault: &SdrFault) -> Status {
    unreadable(&context.out, fault);
    context.out.error("Unable to open SDR for reading");
    Status::FAILED
}

/// A sensor's reading, and what the record says with the reading's own factors.
pub async fn reading(context: &Context, sensor: &SensorRecord) -> (Reading, SensorRecord) {
    let values = context.bmc.sensor_reading(sensor).await;
    if values.factors_missing {
        let (name, number) = (text(sensor.id.text(16)), sensor.number);
        context.out.error(&format!("Error updating reading factor for sensor {name} (#{number:02x})"));
    }
    (values, sensor.with_factors(values.factors))
}
