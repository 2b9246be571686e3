//! `sdr dump`: every record, whatever its type, as raw bytes in a file.

use super::{listener, unopened};
use crate::bmc::SdrEvent;
use crate::cmd::file;
use crate::family::{Context, Status};

/// `sdr dump FILE`.
pub async fn run(context: &Context, path: Option<&String>) -> Status {
    let out = &context.out;
    let Some(path) = path else { return context.too_few(&["usage: sdr dump <file>"]) };
    let (words, info) = (listener(context), out.clone());
    let listener = move |event: SdrEvent<'_>| match event {
        SdrEvent::Reading(header) => info.info(&format!("Record ID {:04x} ({} bytes)", header.id, header.length)),
        event => words(event),
    };
    let mut walk = match context.bmc.open_sdr(&listener).await {
        Ok(walk) => walk,
        Err(fault) => return unopened(context, &fault),
    };
    out.println(&format!("Dumping Sensor Data Repository to '{path}'"));
    let mut image = Vec::new();
    while let Some(next) = context.bmc.next_sdr(&mut walk, &listener).await {
        let record = match next {
            Ok(record) => record,
            Err(header) => {
                out.error(&format!("ipmitool: cannot obtain SDR record {:04x}", header.id));
                return Status::FAILED;
            }
        };
        record.write(&mut image);
    }
    file::write(context, path, &image)
}
