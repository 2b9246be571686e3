//! `channel info`: what a channel is, and who may use it.

use super::{USAGE, channel_of, enabled};
use crate::bmc::CallError;
use crate::family::{Context, Status, eval_failure};
use crate::ipmi::user::{ChannelAccess, ChannelInfo, GetChannelAccess, GetChannelInfo};
use crate::line;
use crate::out::{Page, Report};
use crate::tables::codes::{CHANNEL_MEDIA, CHANNEL_PROTOCOLS};
use serde::Serialize;
use std::borrow::Cow;

/// What a channel is, and who may use it.
#[derive(Serialize)]
struct ChannelReport {
    channel: u8,
    medium: u8,
    medium_name: Cow<'static, str>,
    protocol: u8,
    protocol_name: Cow<'static, str>,
    session_support: &'static str,
    active_sessions: u8,
    vendor_id: u32,
}

impl From<ChannelInfo> for ChannelReport {
    fn from(info: ChannelInfo) -> Self {
        let support = ["session-less", "single-session", "multi-session", "session-based"];
        ChannelReport {
            channel: info.channel,
            medium: info.medium,
            medium_name: CHANNEL_MEDIA.name(info.medium),
            protocol: info.protocol,
            protocol_name: CHANNEL_PROTOCOLS.name(info.protocol),
            session_support: support[usize::from(info.sessions >> 6)],
            active_sessions: info.sessions & 0x3f,
            vendor_id: info.vendor,
        }
    }
}

impl Report for ChannelReport {
    fn text(&self, page: &mut Page) {
        line!(page, "Channel 0x{:x} info:", self.channel);
        line!(page, "  Channel Medium Type   : {}", self.medium_name);
        line!(page, "  Channel Protocol Type : {}", self.protocol_name);
        line!(page, "  Session Support       : {}", self.session_support);
        line!(page, "  Active Session Count  : {}", self.active_sessions);
        line!(page, "  Protocol Vendor ID    : {}", self.vendor_id);
    }
}

/// Who may use a channel.
#[derive(Serialize)]
struct AccessReport {
    alerting: bool,
    per_message_auth: bool,
    user_level_auth: bool,
    access_mode: &'static str,
}

impl From<ChannelAccess> for AccessReport {
    fn from(access: ChannelAccess) -> Self {
        AccessReport {
            alerting: !access.alerting_disabled,
            per_message_auth: !access.per_message_auth_disabled,
            user_level_auth: !access.user_level_auth_disabled,
            access_mode: match access.mode {
                0 => "disabled",
                1 => "pre-boot only",
                2 => "always available",
                3 => "shared",
                _ => "unknown",
            },
        }
    }
}

#[derive(Serialize)]
struct Volatile {
    volatile: AccessReport,
}

#[derive(Serialize)]
struct NonVolatile {
    non_volatile: AccessReport,
}

fn settings(page: &mut Page, title: &str, access: &AccessReport) {
    line!(page, "  {title}");
    line!(page, "    Alerting            : {}", enabled(access.alerting));
    line!(page, "    Per-message Auth    : {}", enabled(access.per_message_auth));
    line!(page, "    User Level Auth     : {}", enabled(access.user_level_auth));
    line!(page, "    Access Mode         : {}", access.access_mode);
}

impl Report for Volatile {
    fn text(&self, page: &mut Page) {
        settings(page, "Volatile(active) Settings", &self.volatile);
    }
}

impl Report for NonVolatile {
    fn text(&self, page: &mut Page) {
        settings(page, "Non-Volatile Settings", &self.non_volatile);
    }
}

/// `channel info`.
pub async fn info(context: &Context, words: &[String]) -> Result<(), Status> {
    if words.len() > 1 {
        return Err(context.misused(&USAGE));
    }
    let channel = channel_of(context, words.first())?;
    let failed = |error: &CallError, what: &str| {
        let status = eval_failure(context, error);
        context.out.error(&format!("Unable to Get Channel {what}"));
        status
    };
    let info = context.bmc.call(&GetChannelInfo { channel }).await.map_err(|error| failed(&error, "Info"))?;
    context.out.report(&ChannelReport::from(info));
    if !info.is_lan() {
        return Ok(());
    }
    let access = |volatile| GetChannelAccess { channel: info.channel, volatile };
    let now = context.bmc.call(&access(true)).await.map_err(|error| failed(&error, "Access (volatile)"))?;
    context.out.report(&Volatile { volatile: now.into() });
    let kept = context.bmc.call(&access(false)).await.map_err(|error| failed(&error, "Access (non-volatile)"))?;
    context.out.report(&NonVolatile { non_volatile: kept.into() });
    Ok(())
}
