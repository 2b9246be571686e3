//! `dcmi get_conf_param` and `set_conf_param`: how the controller makes itself known by DHCP (DCMI 1.5
//! sections 6.1.2 and 6.1.3).

use super::{ask, failed, invalid};
use crate::bmc::ExtensionError;
use crate::cli::choices::Choices;
use crate::cli::number;
use crate::family::{Context, Status};
use crate::ipmi::dcmi::{GetParameter, SetParameter};
use crate::out::{Page, Report};
use crate::put;
use serde::Serialize;

/// Parameters (table 6-6).
const ACTIVATE: u8 = 1;
const DISCOVERY: u8 = 2;
const INITIAL_TIMEOUT: u8 = 3;
const CONTACT_TIMEOUT: u8 = 4;
const CONTACT_RETRY: u8 = 5;

pub static PARAMETERS: Choices<u8> = Choices(&[
    ("activate_dhcp", ACTIVATE, "\tActivate DHCP"),
    ("dhcp_config", DISCOVERY, "\tDHCP Configuration"),
    ("init", INITIAL_TIMEOUT, "\t\tInitial timeout interval"),
    ("timeout", CONTACT_TIMEOUT, "\t\tServer contact timeout interval"),
    ("retry", CONTACT_RETRY, "\t\tServer contact retry interval"),
]);

/// How the controller uses DHCP. What comes after a failure is absent.
#[derive(Default, Serialize)]
struct DhcpReport {
    sends_controller_id: Option<bool>,
    sends_vendor_class: Option<bool>,
    initial_timeout_seconds: Option<u8>,
    server_contact_timeout_seconds: Option<u16>,
    server_contact_retry_seconds: Option<u16>,
}

impl Report for DhcpReport {
    fn text(&self, page: &mut Page) {
        let enabled = |flag: bool| if flag { "enabled" } else { "disabled" };
        if let (Some(id), Some(class)) = (self.sends_controller_id, self.sends_vendor_class) {
            put!(page, "\n\tDHCP Discovery method\t: ");
            put!(page, "\n\t\tManagement Controller ID String is {}", enabled(id));
            let what = "Vendor class identifier DCMI IANA and Vendor class-specific Informationa";
            put!(page, "\n\t\t{what} are {}", enabled(class));
        }
        for (name, seconds) in [
            ("Initial timeout", self.initial_timeout_seconds.map(u16::from)),
            ("Server contact timeout", self.server_contact_timeout_seconds),
            ("Server contact retry", self.server_contact_retry_seconds),
        ] {
            if let Some(seconds) = seconds {
                put!(page, "\n\t{name} interval\t: {seconds} seconds");
            }
        }
    }
}

/// `dcmi get_conf_param`.
pub async fn show(context: &Context) -> Result<Status, Status> {
    let mut report = DhcpReport::default();
    let outcome = fill(context, &mut report).await;
    context.out.report(&report);
    let complain = |_: &Status| context.out.error("Error Get DCMI Configuration Parameters!");
    outcome.map_err(|error| failed(context, &error)).map(|()| Status::OK).inspect_err(complain)
}

async fn fill(context: &Context, report: &mut DhcpReport) -> Result<(), ExtensionError> {
    let get = async |parameter| context.bmc.ask(&GetParameter { parameter }).await;
    let [method, _] = get(DISCOVERY).await?;
    report.sends_controller_id = Some(method & 0x01 != 0);
    report.sends_vendor_class = Some(method & 0x02 != 0);
    let [initial, _] = get(INITIAL_TIMEOUT).await?;
    report.initial_timeout_seconds = Some(initial);
    report.server_contact_timeout_seconds = Some(u16::from_le_bytes(get(CONTACT_TIMEOUT).await?));
    report.server_contact_retry_seconds = Some(u16::from_le_bytes(get(CONTACT_RETRY).await?));
    Ok(())
}

/// `dcmi set_conf_param`. Reference: does not fail when the controller refuses.
pub async fn set(context: &Context, words: &[String]) -> Result<Status, Status> {
    let (parameter, value) = match words {
        [name] | [name, _] if name == "activate_dhcp" => (ACTIVATE, 1),
        [name, value] if name != "help" => {
            let value = number::parse_u16(value).map_err(|_| invalid(context, name, value))?;
            // Reference: a name that is none is sent as FFh.
            (PARAMETERS.find(name).unwrap_or(0xff), value)
        }
        _ => {
            PARAMETERS.offer(&context.out, "DCMI Configuration Parameters");
            return Err(Status::FAILED);
        }
    };
    if ask(context, &SetParameter { parameter, value }).await.is_err() {
        context.out.error("Error Set DCMI Configuration Parameters!");
    }
    Ok(Status::OK)
}
