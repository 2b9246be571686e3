//! `sel info`: the log itself.

use crate::bmc::CallError;
use crate::family::{Context, Fault, Status, because};
use crate::ipmi::sel::{GetSelAllocationInfo, GetSelInfo, SelAllocation, SelInfo};
use crate::out::{Page, Report, time};
use crate::{line, put};
use serde::Serialize;
use thiserror::Error;

#[derive(Debug, Error)]
enum InfoFault {
    #[error("Get SEL Info command failed{}", because(.0))]
    Info(CallError),
    #[error("Get SEL Info command failed: Invalid data length {0}")]
    Length(usize),
    #[error("Get SEL Allocation Info command failed{}", because(.0))]
    Allocation(CallError),
}

impl Fault for InfoFault {}

/// Bytes of a whole reply.
const REPLY: usize = 14;

#[derive(Serialize)]
struct InfoReport {
    version: String,
    entries: u16,
    free_bytes: u16,
    percent_used: Option<u32>,
    last_add_time: Option<String>,
    last_delete_time: Option<String>,
    overflow: bool,
    supported_commands: Vec<&'static str>,
    #[serde(skip)]
    info: SelInfo,
    #[serde(skip)]
    times: [String; 2],
}

/// Commands by bit, in the reference's order.
const COMMANDS: [(u8, &str); 4] = [(8, "Delete"), (4, "Partial Add"), (2, "Reserve"), (1, "Get Alloc Info")];

impl InfoReport {
    fn new(context: &Context, info: SelInfo) -> Self {
        // Reference: an entry takes sixteen bytes, counted in sixteen bits.
        let used = u32::from(info.entries.wrapping_mul(16));
        let total = u32::from(info.free) + used;
        let percent = if used == 0 { 0 } else { (100.0 * (f64::from(used) / f64::from(total))) as u32 };
        let shown = |stamp: u32| match stamp {
            0 | 0xffff_ffff => "Not Available".to_owned(),
            stamp => context.out.timestamp_numeric(stamp),
        };
        InfoReport {
            version: format!("{}.{}", info.version & 0x0f, info.version >> 4),
            entries: info.entries,
            free_bytes: info.free,
            percent_used: (total < 65_535).then_some(percent),
            last_add_time: time::iso8601(info.last_addition),
            last_delete_time: time::iso8601(info.last_erase),
            overflow: info.support & 0x80 != 0,
            supported_commands: COMMANDS
                .iter()
                .filter(|(bit, _)| info.support & bit != 0)
                .map(|(_, name)| *name)
                .collect(),
            times: [shown(info.last_addition), shown(info.last_erase)],
            info,
        }
    }
}

impl Report for InfoReport {
    fn text(&self, page: &mut Page) {
        line!(page, "SEL Information");
        let known = if matches!(self.info.version, 0x51 | 0x02) { "v1.5, v2 compliant" } else { "Unknown" };
        line!(page, "Version          : {} ({known})", self.version);
        line!(page, "Entries          : {}", self.entries);
        let more = if self.free_bytes == 0xffff { "or more" } else { "" };
        line!(page, "Free Space       : {} bytes {more}", self.free_bytes);
        match self.percent_used {
            Some(percent) => line!(page, "Percent Used     : {percent}%"),
            None => line!(page, "Percent Used     : unknown"),
        }
        line!(page, "Last Add Time    : {}", self.times[0]);
        line!(page, "Last Del Time    : {}", self.times[1]);
        line!(page, "Overflow         : {}", self.overflow);
        put!(page, "Supported Cmds   : ");
        self.supported_commands.iter().for_each(|name| put!(page, "'{name}' "));
        line!(page, "{}", if self.supported_commands.is_empty() { "None" } else { "" });
    }
}

#[derive(Serialize)]
struct AllocationReport {
    allocation_units: u16,
    allocation_unit_bytes: u16,
    free_units: u16,
    largest_free_block_units: u16,
    max_record_units: u8,
}

impl From<SelAllocation> for AllocationReport {
    fn from(allocation: SelAllocation) -> Self {
        AllocationReport {
            allocation_units: allocation.units,
            allocation_unit_bytes: allocation.unit_size,
            free_units: allocation.free_units,
            largest_free_block_units: allocation.largest_free,
            max_record_units: allocation.max_record,
        }
    }
}

impl Report for AllocationReport {
    fn text(&self, page: &mut Page) {
        line!(page, "# of Alloc Units : {}", self.allocation_units);
        line!(page, "Alloc Unit Size  : {}", self.allocation_unit_bytes);
        line!(page, "# Free Units     : {}", self.free_units);
        line!(page, "Largest Free Blk : {}", self.largest_free_block_units);
        line!(page, "Max Record Size  : {}", self.max_record_units);
    }
}

/// `sel info`.
pub async fn run(context: &Context) -> Status {
    let outcome = show(context).await;
    context.conclude(outcome)
}

async fn show(context: &Context) -> Result<Status, InfoFault> {
    let info = context.bmc.call(&GetSelInfo).await.map_err(InfoFault::Info)?;
    if info.reply_length != REPLY {
        return Err(InfoFault::Length(info.reply_length));
    }
    context.out.report(&InfoReport::new(context, info));
    if info.support & 1 != 0 {
        let allocation = context.bmc.call(&GetSelAllocationInfo).await.map_err(InfoFault::Allocation)?;
        context.out.report(&AllocationReport::from(allocation));
    }
    Ok(Status::OK)
}
