//! `sdr dump`: every record, whatever its type, as raw bytes in a file.

use super::{listener, unopened};
use crate::cmd::file;
use crate::family::{Context, Status};

/// `sdr dump FILE`.
pub async fn run(context: &Context, path: Option<&String>) -> Status {
    let out = &context.out;
    let Some(path) = path else {
        out.error("Not enough parameters given.");
        out.notice("usage: sdr dump <file>");
        return Status::FAILED;
    };
    let listener = listener(context);
    let mut walk = match context.bmc.open_sdr(&listener).await {
        Ok(walk) => walk,
        Err(fault) => return unopened(context, &fault),
    };
    out.println(&format!("Dumping Sensor Data Repository to '{path}'"));
    let mut image = Vec::new();
    while let Some(header) = context.bmc.next_sdr_header(&mut walk, &listener).await {
        out.info(&format!("Record ID {:04x} ({} bytes)", header.id, header.length));
        let Some(body) = context.bmc.sdr_body(&mut walk, header).await else {
            out.error(&format!("ipmitool: cannot obtain SDR record {:04x}", header.id));
            return Status::FAILED;
        };
        image.extend(header.id.to_le_bytes());
        image.extend([header.version, header.kind, header.length]);
        image.extend(body);
    }
    file::write(context, path, &image)
}
