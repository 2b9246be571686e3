//! `channel authcap`: how one may log in on a channel.

use super::{USAGE, enabled};
use crate::bmc::CallError;
use crate::cmd::arguments;
use crate::family::{Context, Status};
use crate::ipmi::user::{AuthCapabilities, GetAuthCapabilities};
use crate::out::{Page, Report, completion_text};
use crate::{line, put};
use serde::Serialize;

/// How one may log in.
#[derive(Serialize)]
struct AuthCapReport {
    channel: u8,
    auth_types: Vec<&'static str>,
    kg_set: Option<bool>,
    per_message_auth: bool,
    user_level_auth: bool,
    non_null_users: bool,
    null_users: bool,
    anonymous_login: bool,
    ipmi_1_5: Option<bool>,
    ipmi_2_0: Option<bool>,
    oem_iana: Option<u32>,
    oem_data: Option<u8>,
}

/// Authentication types by bit.
const AUTH_TYPES: [(u8, &str); 5] = [(0x01, "NONE"), (0x02, "MD2"), (0x04, "MD5"), (0x10, "PASSWORD"), (0x20, "OEM")];

impl From<AuthCapabilities> for AuthCapReport {
    fn from(caps: AuthCapabilities) -> Self {
        let plus = caps.types & 0x80 != 0;
        let oem = caps.types & 0x20 != 0;
        AuthCapReport {
            channel: caps.channel,
            auth_types: AUTH_TYPES.iter().filter(|(bit, _)| caps.types & bit != 0).map(|(_, name)| *name).collect(),
            kg_set: plus.then_some(caps.status & 0x20 != 0),
            per_message_auth: caps.status & 0x10 == 0,
            user_level_auth: caps.status & 0x08 == 0,
            non_null_users: caps.status & 0x04 != 0,
            null_users: caps.status & 0x02 != 0,
            anonymous_login: caps.status & 0x01 != 0,
            ipmi_1_5: plus.then_some(caps.extended & 0x01 != 0),
            ipmi_2_0: plus.then_some(caps.extended & 0x02 != 0),
            oem_iana: oem.then_some(caps.oem),
            oem_data: oem.then_some(caps.oem_data),
        }
    }
}

impl Report for AuthCapReport {
    fn text(&self, page: &mut Page) {
        let yes_no = |flag: bool| if flag { "yes" } else { "no" };
        line!(page, "Channel number             : {}", self.channel);
        put!(page, "IPMI v1.5  auth types      : ");
        self.auth_types.iter().for_each(|name| put!(page, "{name} "));
        line!(page);
        if let Some(set) = self.kg_set {
            line!(page, "KG status                  : {}", if set { "non-zero" } else { "default (all zeroes)" });
        }
        line!(page, "Per message authentication : {}", enabled(self.per_message_auth));
        line!(page, "User level authentication  : {}", enabled(self.user_level_auth));
        line!(page, "Non-null user names exist  : {}", yes_no(self.non_null_users));
        line!(page, "Null user names exist      : {}", yes_no(self.null_users));
        line!(page, "Anonymous login enabled    : {}", yes_no(self.anonymous_login));
        if let (Some(old), Some(new)) = (self.ipmi_1_5, self.ipmi_2_0) {
            line!(page, "Channel supports IPMI v1.5 : {}", yes_no(old));
            line!(page, "Channel supports IPMI v2.0 : {}", yes_no(new));
        }
        if let (Some(iana), Some(data)) = (self.oem_iana, self.oem_data) {
            line!(page, "IANA Number for OEM        : {iana}");
            line!(page, "OEM Auxiliary Data         : 0x{data:x}");
        }
    }
}

/// `channel authcap`.
pub async fn authcap(context: &Context, words: &[String]) -> Result<(), Status> {
    let [channel, privilege] = words else { return Err(context.misused(&USAGE)) };
    let channel = arguments::channel(context, channel).ok_or(Status::FAILED)?;
    let privilege = arguments::privilege(context, privilege).ok_or(Status::FAILED)?;
    // A controller that knows nothing beyond IPMI 1.5 refuses to be asked for more.
    let extended = context.bmc.call(&GetAuthCapabilities { channel: channel | 0x80, privilege }).await;
    let answer = match extended {
        Ok(answer) => Ok(answer),
        Err(_) => context.bmc.call(&GetAuthCapabilities { channel, privilege }).await,
    };
    match answer {
        Ok(caps) => {
            context.out.report(&AuthCapReport::from(caps));
            Ok(())
        }
        Err(CallError::Refused(code)) => {
            let text = completion_text(code.0);
            context.out.error(&format!("Get Channel Authentication Capabilities failed: {text}"));
            Err(Status::FAILED)
        }
        Err(_) => {
            context.out.error("Unable to Get Channel Authentication Capabilities");
            Err(Status::FAILED)
        }
    }
}
