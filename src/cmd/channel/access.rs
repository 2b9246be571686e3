//! `channel getaccess` and `setaccess`: what users may do on a channel.

use super::{USAGE, enabled};
use crate::bmc::CallError;
use crate::cli::number;
use crate::cmd::arguments;
use crate::cmd::user::name;
use crate::family::{Context, Status, eval_failure};
use crate::ipmi::user::{GetUserAccess, SetUserAccess, UserAccess, UserGrants};
use crate::line;
use crate::out::{Page, Report};
use crate::tables::codes::{PRIVILEGE_LEVELS, USER_ENABLE_STATUS};
use serde::Serialize;
use std::borrow::Cow;

/// How many users a channel has.
#[derive(Serialize)]
struct AccessSummary {
    maximum_ids: u8,
    enabled_users: u8,
}

impl Report for AccessSummary {
    fn text(&self, page: &mut Page) {
        line!(page, "Maximum User IDs     : {}", self.maximum_ids);
        line!(page, "Enabled User IDs     : {}", self.enabled_users);
    }
}

/// A user's access to a channel.
#[derive(Serialize)]
struct AccessRow {
    id: u8,
    name: String,
    fixed_name: bool,
    callback_only: bool,
    link_auth: bool,
    ipmi_messaging: bool,
    privilege: u8,
    privilege_name: Cow<'static, str>,
    enable_status: Cow<'static, str>,
}

impl AccessRow {
    fn new(id: u8, name: String, access: &UserAccess) -> Self {
        AccessRow {
            id,
            name,
            fixed_name: id <= access.fixed_users,
            callback_only: access.callback_only,
            link_auth: access.link_auth,
            ipmi_messaging: access.ipmi_messaging,
            privilege: access.privilege,
            privilege_name: PRIVILEGE_LEVELS.name(access.privilege),
            enable_status: USER_ENABLE_STATUS.name(access.enable_status),
        }
    }
}

impl Report for AccessRow {
    fn text(&self, page: &mut Page) {
        line!(page);
        line!(page, "User ID              : {}", self.id);
        line!(page, "User Name            : {}", self.name);
        line!(page, "Fixed Name           : {}", if self.fixed_name { "Yes" } else { "No" });
        let access = if self.callback_only { "callback" } else { "call-in / callback" };
        line!(page, "Access Available     : {access}");
        line!(page, "Link Authentication  : {}", enabled(self.link_auth));
        line!(page, "IPMI Messaging       : {}", enabled(self.ipmi_messaging));
        line!(page, "Privilege Level      : {}", self.privilege_name);
        line!(page, "Enable Status        : {}", self.enable_status);
    }
}

/// `channel getaccess`.
pub async fn get(context: &Context, words: &[String]) -> Result<(), Status> {
    let (channel, only) = match words {
        [channel] => (channel, None),
        [channel, user] => (channel, Some(user)),
        _ => return Err(context.too_few(&USAGE)),
    };
    let channel = arguments::channel(context, channel).ok_or(Status::FAILED)?;
    let only = only.map(|word| arguments::user(context, word).ok_or(Status::FAILED)).transpose()?;
    let rows = context.out.named_list("users");
    let (mut user, mut last, mut first) = (only.unwrap_or(1), 0, true);
    loop {
        let access = context.bmc.call(&GetUserAccess { channel, user }).await.map_err(|error| {
            let status = eval_failure(context, &error);
            context.out.error(&format!("Unable to Get User Access (channel {channel} id {user})"));
            status
        })?;
        let name = name(context, user).await.map_err(|error| {
            let status = eval_failure(context, &error);
            context.out.error(&format!("Unable to Get User Name (id {user})"));
            status
        })?;
        if first {
            let summary = AccessSummary { maximum_ids: access.max_users, enabled_users: access.enabled_users };
            context.out.report(&summary);
            last = access.max_users;
            first = false;
        }
        rows.push(&AccessRow::new(user, name, &access));
        user += 1;
        if only.is_some() || user > last {
            return Ok(());
        }
    }
}

/// The privilege limit a word names, or has as its number.
fn privilege_limit(word: &str) -> Option<u8> {
    let named = |level: &u8| PRIVILEGE_LEVELS.get(*level).is_some_and(|name| name.eq_ignore_ascii_case(word));
    (0..=0x0f).find(named).or_else(|| number::parse_u8(word).ok())
}

/// `channel setaccess`.
pub async fn set(context: &Context, words: &[String]) -> Result<(), Status> {
    if words.first().is_some_and(|word| word == "help") {
        context.out.notices(&USAGE);
        return Ok(());
    }
    let [channel, user, options @ ..] = words else { return Err(context.too_few(&USAGE)) };
    if options.is_empty() {
        return Err(context.too_few(&USAGE));
    }
    let channel = arguments::channel(context, channel).ok_or(Status::FAILED)?;
    let user = arguments::user(context, user).ok_or(Status::FAILED)?;
    let failed = |error: &CallError, what: &str| {
        let status = eval_failure(context, error);
        context.out.error(&format!("Unable to {what} User Access (channel {channel} id {user})"));
        status
    };
    let access = context.bmc.call(&GetUserAccess { channel, user }).await.map_err(|error| failed(&error, "Get"))?;
    let mut privilege = access.privilege;
    let mut grants = UserGrants {
        callback_only: access.callback_only,
        link_auth: access.link_auth,
        ipmi_messaging: access.ipmi_messaging,
    };
    for option in options {
        // Reference: what follows the equals sign of the first three is not looked at.
        match option.split_once('=') {
            Some(("callin", _)) => grants.callback_only = false,
            Some(("link", _)) => grants.link_auth = true,
            Some(("ipmi", _)) => grants.ipmi_messaging = true,
            Some(("privilege", word)) => {
                privilege = privilege_limit(word).ok_or_else(|| {
                    context.out.error(&format!("Numeric [1-15] value expected, but '{word}' given."));
                    Status::FAILED
                })?;
            }
            _ => {
                context.out.error(&format!("Invalid option: {option}\n"));
                return Err(Status::FAILED);
            }
        }
    }
    let request = SetUserAccess { channel, user, privilege, grants: Some(grants) };
    context.bmc.call(&request).await.map_err(|error| failed(&error, "Set"))?;
    context.out.println(&format!("Set User Access (channel {channel} id {user}) successful."));
    Ok(())
}
