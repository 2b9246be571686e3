//! The leaves of `lan set` that are not LAN parameters: the first user, the channel's access.

use super::usage;
use crate::family::{Context, Status, eval_failure};
use crate::ipmi::user::{
    ChannelAccess, GetChannelAccess, PasswordOperation, SetChannelAccess, SetUserAccess, SetUserPassword, SettingsCopy,
};
use crate::out::bytes_of;

/// The user that stands for everybody without a name.
const FIRST_USER: u8 = 1;
const ADMINISTRATOR: u8 = 4;
/// Access modes (section 22.22).
const DISABLED: u8 = 0;
const ALWAYS: u8 = 2;

/// `lan set ... user`.
pub async fn user(context: &Context, channel: u8) -> Result<(), Status> {
    let command = SetUserAccess { channel, user: FIRST_USER, privilege: ADMINISTRATOR, grants: None };
    match context.bmc.call(&command).await {
        Ok(()) => {
            // Reference: without a newline.
            context.out.print(&format!("Set User Access for channel {channel} was successful."));
            Ok(())
        }
        Err(error) => {
            eval_failure(context, &error);
            context.out.error(&format!("Set User Access for channel {channel} failed"));
            Err(Status::FAILED)
        }
    }
}

/// `lan set ... password`: no word clears it.
pub async fn password(context: &Context, word: Option<&String>) -> Result<(), Status> {
    let password = word.map(|word| bytes_of(word).into_owned()).unwrap_or_default();
    let operation = PasswordOperation::Set;
    let command = SetUserPassword { user: FIRST_USER, operation, password: &password, twenty_bytes: false };
    if let Err(error) = context.bmc.call(&command).await {
        eval_failure(context, &error);
        context.out.error(&format!("Unable to Set LAN Password for user {FIRST_USER}"));
        return Err(Status::FAILED);
    }
    let done = if word.is_some() { "set" } else { "cleared" };
    context.out.println(&format!("Password {done} for user {FIRST_USER}"));
    Ok(())
}

/// A channel's access settings, changed in both copies.
struct Channel<'a> {
    context: &'a Context,
    channel: u8,
}

impl Channel<'_> {
    fn fail(&self, doing: &str, copy: SettingsCopy, error: &crate::bmc::CallError) -> Status {
        let which = match copy {
            SettingsCopy::NonVolatile => "non-volatile",
            SettingsCopy::Volatile => "volatile",
        };
        eval_failure(self.context, error);
        let channel = self.channel;
        self.context.out.error(&format!("Unable to {doing} Channel Access({which}) for channel {channel}"));
        Status::FAILED
    }

    async fn get(&self, copy: SettingsCopy) -> Result<ChannelAccess, Status> {
        let command = GetChannelAccess { channel: self.channel, volatile: copy == SettingsCopy::Volatile };
        self.context.bmc.call(&command).await.map_err(|error| self.fail("Get", copy, &error))
    }

    async fn set(&self, copy: SettingsCopy, access: ChannelAccess, set_privilege: bool) -> Result<(), Status> {
        let command = SetChannelAccess { channel: self.channel, copy, access, set_privilege };
        self.context.bmc.call(&command).await.map_err(|error| self.fail("Set", copy, &error))
    }
}

/// `lan set ... access`.
pub async fn access(context: &Context, channel: u8, words: &[String]) -> Result<(), Status> {
    let mode = match words.first().map(String::as_str) {
        Some("on") => ALWAYS,
        Some("off") => DISABLED,
        other => {
            context.out.notices(&usage::ACCESS);
            return Err(if other == Some("help") { Status::OK } else { Status::FAILED });
        }
    };
    let settings = Channel { context, channel };
    for copy in [SettingsCopy::NonVolatile, SettingsCopy::Volatile] {
        let access = ChannelAccess { mode, privilege: ADMINISTRATOR, ..settings.get(copy).await? };
        settings.set(copy, access, true).await?;
    }
    if mode == DISABLED {
        // The session may have gone with the channel: nobody is there to be told of its end.
        context.bmc.transport().abandon();
    }
    context.out.println(&format!("Set Channel Access for channel {channel} was successful."));
    Ok(())
}

/// `lan set ... alert`.
pub async fn alert(context: &Context, channel: u8, words: &[String]) -> Result<(), Status> {
    let (doing, done, on) = match words.first().map(String::as_str) {
        Some("on" | "enable") => ("Enabling", "enabled", true),
        Some("off" | "disable") => ("Disabling", "disabled", false),
        other => {
            context.out.notices(&usage::SET_ALERT);
            // Reference: a word that it does not know is no failure, a missing one is.
            return Err(if other.is_some() { Status::OK } else { Status::FAILED });
        }
    };
    context.out.println(&format!("{doing} PEF alerts for LAN channel {channel}"));
    let settings = Channel { context, channel };
    // Reference: the bit disables alerts, and yet "on" sets it.
    let access = ChannelAccess { alerting_disabled: on, ..settings.get(SettingsCopy::NonVolatile).await? };
    // Reference: what is kept goes into force as well, whatever was in force.
    settings.set(SettingsCopy::NonVolatile, access, false).await?;
    settings.set(SettingsCopy::Volatile, access, false).await?;
    context.out.println(&format!("PEF alerts for channel {channel} {done}."));
    Ok(())
}
