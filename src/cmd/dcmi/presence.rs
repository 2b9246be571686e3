//! `dcmi oob_discover`: whether the controller answers a presence ping (DCMI 1.5 section 6.4.7).

use crate::family::{Context, Status};
use crate::line;
use crate::out::{Page, Report};
use serde::Serialize;

/// What the controller answered. Reference: says so under `-v` alone.
#[derive(Serialize)]
struct PresenceReport {
    answered: bool,
    ipmi_supported: Option<bool>,
}

impl Report for PresenceReport {
    fn text(&self, page: &mut Page) {
        if let Some(supported) = self.ipmi_supported.filter(|_| page.verbose() != 0) {
            let not = if supported { "" } else { " NOT" };
            line!(page, "Received IPMI/RMCP response packet: IPMI{not} Supported");
        }
    }
}

/// `dcmi oob_discover`. Reference: silence is no failure.
pub async fn ping(context: &Context) -> Result<Status, Status> {
    let transport = context.bmc.transport();
    if transport.session().is_none() {
        context.out.error("\nOOB discovery is available only via RMCP interface.");
        return Err(Status::FAILED);
    }
    let ipmi_supported = transport.ping().await;
    context.out.report(&PresenceReport { answered: ipmi_supported.is_some(), ipmi_supported });
    Ok(Status::OK)
}
