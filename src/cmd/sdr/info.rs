//! `sdr info`: the repository itself.

use crate::bmc::CallError;
use crate::family::{Context, Fault, Status, because};
use crate::ipmi::sdr::{GetSdrRepositoryInfo, SdrRepositoryInfo};
use crate::line;
use crate::out::{Page, Report, time};
use serde::Serialize;
use thiserror::Error;

#[derive(Debug, Error)]
#[error("Get SDR Repository Info command failed{}", because(.0))]
struct InfoFault(CallError);

impl Fault for InfoFault {}

#[derive(Serialize)]
struct RepositoryReport {
    version: u8,
    record_count: u16,
    free_bytes: Option<u16>,
    most_recent_addition: Option<String>,
    most_recent_erase: Option<String>,
    overflow: bool,
    update_support: &'static str,
    delete_supported: bool,
    partial_add_supported: bool,
    reserve_supported: bool,
    allocation_info_supported: bool,
    #[serde(skip)]
    info: SdrRepositoryInfo,
    #[serde(skip)]
    addition: String,
    #[serde(skip)]
    erase: String,
}

const UPDATE_SUPPORT: [&str; 4] = ["unspecified", "non-modal", "modal", "modal and non-modal"];

impl Report for RepositoryReport {
    fn text(&self, page: &mut Page) {
        let yes_no = |flag: bool| if flag { "yes" } else { "no" };
        line!(page, "SDR Version                         : 0x{:x}", self.version);
        line!(page, "Record Count                        : {}", self.record_count);
        let free = match self.info.free {
            0x0000 => "none (full)".to_owned(),
            0xffff => "unspecified".to_owned(),
            0xfffe => "> 64Kb - 2 bytes".to_owned(),
            bytes => format!("{bytes} bytes"),
        };
        line!(page, "Free Space                          : {free}");
        // Reference: it looks at whether records can be added in parts.
        let addition = if self.partial_add_supported { &self.addition } else { "NA" };
        line!(page, "Most recent Addition                : {addition}");
        let erase = if self.delete_supported { &self.erase } else { "NA" };
        line!(page, "Most recent Erase                   : {erase}");
        line!(page, "SDR overflow                        : {}", yes_no(self.overflow));
        line!(page, "SDR Repository Update Support       : {}", self.update_support);
        line!(page, "Delete SDR supported                : {}", yes_no(self.delete_supported));
        line!(page, "Partial Add SDR supported           : {}", yes_no(self.partial_add_supported));
        line!(page, "Reserve SDR repository supported    : {}", yes_no(self.reserve_supported));
        line!(page, "SDR Repository Alloc info supported : {}", yes_no(self.allocation_info_supported));
    }
}

/// `sdr info`.
pub async fn run(context: &Context) -> Status {
    let out = &context.out;
    let outcome = context.bmc.call(&GetSdrRepositoryInfo).await.map_err(InfoFault);
    context.conclude(outcome.map(|info| {
        out.report(&RepositoryReport {
            version: info.version,
            record_count: info.count,
            free_bytes: (info.free < 0xfffe).then_some(info.free),
            most_recent_addition: time::iso8601(info.last_addition),
            most_recent_erase: time::iso8601(info.last_erase),
            overflow: info.support & 0x80 != 0,
            update_support: UPDATE_SUPPORT[usize::from(info.support >> 5 & 3)],
            delete_supported: info.support & 0x08 != 0,
            partial_add_supported: info.support & 0x04 != 0,
            reserve_supported: info.support & 0x02 != 0,
            allocation_info_supported: info.support & 0x01 != 0,
            addition: out.timestamp_numeric(info.last_addition),
            erase: out.timestamp_numeric(info.last_erase),
            info,
        });
        Status::OK
    }))
}
