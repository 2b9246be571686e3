//! `user`: who may log in.

mod edit;

use super::arguments::{self, THIS_CHANNEL};
use super::tree::{self, Choice, Rest};
use crate::bmc::CallError;
use crate::family::{Context, Family, Running, Status, eval_failure};
use crate::ipmi::CompletionCode;
use crate::ipmi::user::{GetUserAccess, GetUserName, UserAccess};
use crate::line;
use crate::out::{Column, Page, Report, text, until_nul};
use crate::tables::codes::PRIVILEGE_LEVELS;
use clap::Subcommand;
use serde::Serialize;
use std::borrow::Cow;

/// The `user` family.
pub const USER: Family = Family {
    name: "user",
    summary: Some("Configure Management Controller users"),
    tree: || tree::bare::<Leaf>("user"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show how many users there are
    Summary(Rest),
    /// List users with their access to a channel
    List(Rest),
    /// Set a user's name or password
    Set(Rest),
    /// Disable a user
    Disable(Rest),
    /// Enable a user
    Enable(Rest),
    /// Set a user's privilege limit
    Priv(Rest),
    /// Check a user's password
    Test(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 18] = [
    "User Commands:",
    "               summary      [<channel number>]",
    "               list         [<channel number>]",
    "               set name     <user id> <username>",
    "               set password <user id> [<password> [<16|20>]]",
    "               disable      <user id>",
    "               enable       <user id>",
    "               priv         <user id> <privilege level> [<channel number>]",
    "                     Privilege levels:",
    "                      * 0x1 - Callback",
    "                      * 0x2 - User",
    "                      * 0x3 - Operator",
    "                      * 0x4 - Administrator",
    "                      * 0x5 - OEM Proprietary",
    "                      * 0xF - No Access",
    "",
    "               test         <user id> <16|20> [<password]>",
    "",
];

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Summary(rest)) => summary(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::List(rest)) => list(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                context.out.notices(&USAGE);
                Status::OK
            }
            Choice::Missing => context.too_few(&USAGE),
            Choice::Chosen(Leaf::Set(rest)) => edit::set(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Disable(rest)) => edit::enable(context, &tree::rest(rest), false).await,
            Choice::Chosen(Leaf::Enable(rest)) => edit::enable(context, &tree::rest(rest), true).await,
            Choice::Chosen(Leaf::Priv(rest)) => edit::privilege(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Test(rest)) => edit::test(context, &tree::rest(rest)).await,
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid user command: '{word}'\n"));
                context.misused(&USAGE)
            }
        }
    })
}

/// The channel the words name; the status of what was said instead.
fn channel(context: &Context, words: &[String]) -> Result<u8, Status> {
    match words {
        [] => Ok(THIS_CHANNEL),
        [word] => arguments::channel(context, word).ok_or(Status::FAILED),
        _ => Err(context.misused(&USAGE)),
    }
}

#[derive(Serialize)]
struct Summary {
    maximum_ids: u8,
    enabled_users: u8,
    fixed_names: u8,
}

impl Report for Summary {
    fn text(&self, page: &mut Page) {
        line!(page, "Maximum IDs\t    : {}", self.maximum_ids);
        line!(page, "Enabled User Count  : {}", self.enabled_users);
        line!(page, "Fixed Name Count    : {}", self.fixed_names);
    }

    fn csv(&self, page: &mut Page) {
        line!(page, "{},{},{}", self.maximum_ids, self.enabled_users, self.fixed_names);
    }
}

async fn summary(context: &Context, words: &[String]) -> Status {
    let channel = match channel(context, words) {
        Ok(channel) => channel,
        Err(status) => return status,
    };
    match context.bmc.call(&GetUserAccess { channel, user: 1 }).await {
        Ok(access) => {
            context.out.report(&Summary {
                maximum_ids: access.max_users,
                enabled_users: access.enabled_users,
                fixed_names: access.fixed_users,
            });
            Status::OK
        }
        Err(error) => eval_failure(context, &error),
    }
}

/// A user's name; empty where the controller has none for this id.
pub async fn name(context: &Context, user: u8) -> Result<String, CallError> {
    match context.bmc.call(&GetUserName { user }).await {
        Ok(name) => Ok(text(until_nul(&name))),
        Err(CallError::Refused(CompletionCode::INVALID_FIELD)) => Ok(String::new()),
        Err(error) => Err(error),
    }
}

#[derive(Serialize)]
struct UserRow {
    id: u8,
    name: String,
    callin: bool,
    link_auth: bool,
    ipmi_messaging: bool,
    privilege: u8,
    privilege_name: Cow<'static, str>,
    #[serde(skip)]
    header: bool,
}

impl UserRow {
    fn new(id: u8, name: String, access: &UserAccess, header: bool) -> Self {
        UserRow {
            id,
            name,
            callin: !access.callback_only,
            link_auth: access.link_auth,
            ipmi_messaging: access.ipmi_messaging,
            privilege: access.privilege,
            privilege_name: PRIVILEGE_LEVELS.name(access.privilege),
            header,
        }
    }
}

const TABLE: &[Column] = &[
    Column { title: "Id", pointer: "/id" },
    Column { title: "Name", pointer: "/name" },
    Column { title: "Call-in", pointer: "/callin" },
    Column { title: "Link auth", pointer: "/link_auth" },
    Column { title: "IPMI messaging", pointer: "/ipmi_messaging" },
    Column { title: "Privilege", pointer: "/privilege_name" },
];

impl Report for UserRow {
    const COLUMNS: &'static [Column] = TABLE;

    fn text(&self, page: &mut Page) {
        if self.header {
            line!(page, "ID  Name\t     Callin  Link Auth\tIPMI Msg   Channel Priv Limit");
        }
        let flag = |flag: bool| if flag { "true " } else { "false" };
        line!(
            page,
            "{:<4}{:<17}{:<8}{:<11}{:<11}{}",
            self.id,
            self.name,
            flag(self.callin),
            flag(self.link_auth),
            flag(self.ipmi_messaging),
            self.privilege_name
        );
    }

    fn csv(&self, page: &mut Page) {
        let UserRow { id, name, callin, link_auth, ipmi_messaging, privilege_name, .. } = self;
        line!(page, "{id},{name},{callin},{link_auth},{ipmi_messaging},{privilege_name}");
    }
}

/// Ids a user may have.
const MAX_USER: u8 = 63;

async fn list(context: &mut Context, words: &[String]) -> Status {
    let channel = match channel(context, words) {
        Ok(channel) => channel,
        Err(status) => return status,
    };
    let rows = context.out.list();
    let mut user = 1;
    loop {
        let access = match context.bmc.call(&GetUserAccess { channel, user }).await {
            Ok(access) => access,
            Err(error) => return eval_failure(context, &error),
        };
        let name = match name(context, user).await {
            Ok(name) => name,
            Err(error) => return eval_failure(context, &error),
        };
        // Reference: the heading appears once in the life of a process.
        let header = !context.memory.user_heading_shown && context.out.csv() == 0;
        context.memory.user_heading_shown |= header;
        rows.push(&UserRow::new(user, name, &access, header));
        user += 1;
        if user > access.max_users.min(MAX_USER) {
            return Status::OK;
        }
    }
}
