//! `pef info` and `pef status`: what event filtering can do, and how far it has come.

use super::fields::{Fields, Wording, set_names};
use crate::bmc::CallError;
use crate::family::{Context, Status, eval_failure};
use crate::ipmi::app::GetSystemGuid;
use crate::ipmi::pef::{GetLastProcessedEvent, GetPefCapabilities, GetPefFlags, GetPefParameter, LastProcessedEvent};
use crate::line;
use crate::out::{Page, Report, hex_bytes, time};
use crate::tables::pef::{ACTIONS, CONTROLS};
use serde::Serialize;

/// Configuration parameters (table 30-6).
const CONTROL: u8 = 1;
const ACTION: u8 = 2;
const POLICY_COUNT: u8 = 8;
const SYSTEM_GUID: u8 = 10;

/// Entries of the alert policy table.
pub async fn policy_count(context: &Context) -> Result<u8, CallError> {
    let [count] = context.bmc.call(&GetPefParameter { parameter: POLICY_COUNT, set: 0 }).await?;
    Ok(count & 0x7f)
}

/// The GUID alerts carry, in the order of its bytes on the wire.
fn dashed(guid: [u8; 16]) -> String {
    let hex = hex_bytes(&guid);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// What event filtering can do. What comes after a failure is absent.
#[derive(Serialize)]
struct PefInfo {
    version: String,
    event_filter_count: u8,
    alert_policy_table_size: u8,
    system_guid: Option<String>,
    actions_supported: Option<Vec<&'static str>>,
    #[serde(skip)]
    begun: bool,
    #[serde(skip)]
    version_byte: u8,
    #[serde(skip)]
    actions: u8,
}

impl Report for PefInfo {
    fn text(&self, page: &mut Page) {
        let mut fields = Fields::new(page, self.begun);
        fields.field("Version", format_args!("0x{:02x}", self.version_byte));
        fields.field("PEF Event Filter count", self.event_filter_count);
        fields.field("PEF Alert Policy Table size", self.alert_policy_table_size);
        if let Some(guid) = &self.system_guid {
            fields.separated("System GUID", guid);
        }
        if self.actions_supported.is_some() {
            fields.flags(&ACTIONS, self.actions, Wording::Supported);
            line!(page);
        }
    }
}

/// `pef info`.
pub async fn info(context: &mut Context) -> Status {
    let alert_policy_table_size = match policy_count(context).await {
        Ok(count) => count,
        Err(error) => {
            eval_failure(context, &error);
            context.out.warning("Failed to get size of PEF Policy Table.");
            0
        }
    };
    let capabilities = match context.bmc.call(&GetPefCapabilities).await {
        Ok(capabilities) => capabilities,
        Err(error) => {
            eval_failure(context, &error);
            context.out.error("Failed to get PEF Capabilities.");
            return Status::FAILED;
        }
    };
    let mut report = PefInfo {
        version: format!("{:x}.{:x}", capabilities.version & 0x0f, capabilities.version >> 4),
        event_filter_count: capabilities.filters,
        alert_policy_table_size,
        system_guid: None,
        actions_supported: None,
        begun: std::mem::replace(&mut context.memory.pef_begun, true),
        version_byte: capabilities.version,
        actions: capabilities.actions,
    };
    let outcome = system_guid(context).await;
    if let Ok(guid) = outcome {
        report.system_guid = guid.map(dashed);
        report.actions_supported = Some(set_names(&ACTIONS, capabilities.actions));
    }
    // Reference: what was found out before a failure stays, without the end of its line.
    context.out.report(&report);
    outcome.err().unwrap_or(Status::OK)
}

/// The GUID alerts carry: PEF's own, or else the system's, which may be missing.
async fn system_guid(context: &Context) -> Result<Option<[u8; 16]>, Status> {
    match context.bmc.call(&GetPefParameter::<17> { parameter: SYSTEM_GUID, set: 0 }).await {
        Ok([used, guid @ ..]) if used & 1 != 0 => return Ok(Some(guid)),
        Ok(_) => {}
        Err(error) if error.code().is_some_and(|code| code.0 == 0x80) => {}
        Err(error) => {
            eval_failure(context, &error);
            let code = match error {
                CallError::Refused(code) => i32::from(code.0),
                CallError::Transport(_) => -1,
                CallError::Decode(_) => -2,
            };
            context.out.error(&format!("Failed to get PEF System GUID. {code}"));
            return Err(Status::FAILED);
        }
    }
    Ok(context.bmc.call(&GetSystemGuid).await.ok())
}

/// How far event filtering has come. What comes after a failure is absent.
#[derive(Serialize)]
struct PefStatus {
    last_sel_addition: Option<String>,
    last_sel_record_id: u16,
    last_software_processed_id: u16,
    last_bmc_processed_id: u16,
    controls_enabled: Option<Vec<&'static str>>,
    actions_active: Option<Vec<&'static str>>,
    #[serde(skip)]
    begun: bool,
    #[serde(skip)]
    timestamp: String,
    #[serde(skip)]
    control: u8,
    #[serde(skip)]
    action: u8,
}

impl Report for PefStatus {
    fn text(&self, page: &mut Page) {
        let mut fields = Fields::new(page, self.begun);
        fields.field("Last SEL addition", &self.timestamp);
        fields.field("Last SEL record ID", format_args!("0x{:04x}", self.last_sel_record_id));
        fields.field("Last S/W processed ID", format_args!("0x{:04x}", self.last_software_processed_id));
        fields.field("Last BMC processed ID", format_args!("0x{:04x}", self.last_bmc_processed_id));
        if self.controls_enabled.is_some() {
            fields.flags(&CONTROLS, self.control, Wording::Enabled);
        }
        if self.actions_active.is_some() {
            fields.flags(&ACTIONS, self.action, Wording::Active);
            line!(page);
        }
    }
}

/// Says why a part of the configuration could not be read: twice, or once where it is only unsupported.
pub fn retrieval_failure(context: &Context, what: &str, error: &CallError) -> Status {
    if let Some(code) = error.code().filter(|code| code.0 != 0x80) {
        context.out.error(&format!(" **Error {:x} in '{what}' command", code.0));
    }
    context.out.error(&format!(" **Error retrieving {what}"));
    Status::FAILED
}

/// `pef status`.
pub async fn status(context: &mut Context) -> Status {
    let last = match context.bmc.call(&GetLastProcessedEvent).await {
        Ok(last) => last,
        Err(error) => return retrieval_failure(context, "Last S/W processed ID", &error),
    };
    let LastProcessedEvent { last_addition, last_record, by_software, by_bmc } = last;
    let mut report = PefStatus {
        last_sel_addition: time::iso8601(last_addition),
        last_sel_record_id: last_record,
        last_software_processed_id: by_software,
        last_bmc_processed_id: by_bmc,
        controls_enabled: None,
        actions_active: None,
        begun: std::mem::replace(&mut context.memory.pef_begun, true),
        timestamp: context.out.timestamp_numeric(last_addition),
        control: 0,
        action: 0,
    };
    let status = fill(context, &mut report).await.err().unwrap_or(Status::OK);
    context.out.report(&report);
    status
}

async fn fill(context: &Context, report: &mut PefStatus) -> Result<(), Status> {
    let read = async |parameter, what| {
        context.bmc.call(&GetPefFlags { parameter }).await.map_err(|error| retrieval_failure(context, what, &error))
    };
    report.control = read(CONTROL, "PEF control").await?;
    report.controls_enabled = Some(set_names(&CONTROLS, report.control));
    report.action = read(ACTION, "PEF action").await?;
    report.actions_active = Some(set_names(&ACTIONS, report.action));
    Ok(())
}
