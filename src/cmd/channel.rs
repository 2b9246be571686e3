//! `channel`: the channels' media, access and cipher suites.

use super::arguments::{self, THIS_CHANNEL};
use super::tree::{self, Choice, Rest};
use super::user::name;
use crate::bmc::CallError;
use crate::cli::number;
use crate::family::{Context, Family, Running, Status, eval_failure};
use crate::ipmi::user::{
    AuthCapabilities, ChannelAccess, ChannelInfo, GetAuthCapabilities, GetChannelAccess, GetChannelInfo,
    GetCipherSuites, GetUserAccess, SetUserAccess, UserAccess, UserGrants,
};
use crate::out::{Column, Page, Report, completion_text};
use crate::tables::codes::{
    AUTH_ALGORITHMS, CHANNEL_MEDIA, CHANNEL_PROTOCOLS, ENCRYPTION_ALGORITHMS, INTEGRITY_ALGORITHMS, PRIVILEGE_LEVELS,
    USER_ENABLE_STATUS,
};
use crate::tables::in_one_call;
use crate::{line, put};
use clap::Subcommand;
use serde::Serialize;
use std::borrow::Cow;

/// The `channel` family.
pub const CHANNEL: Family = Family {
    name: "channel",
    summary: Some("Configure Management Controller channels"),
    tree: || tree::bare::<Leaf>("channel"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show how one may log in on a channel
    Authcap(Rest),
    /// Show users' access to a channel
    Getaccess(Rest),
    /// Set a user's access to a channel
    Setaccess(Rest),
    /// Show what a channel is
    Info(Rest),
    /// List a channel's cipher suites
    Getciphers(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 13] = [
    "Channel Commands: authcap   <channel number> <max privilege>",
    "                  getaccess <channel number> [user id]",
    "                  setaccess <channel number> <user id> [callin=on|off] [ipmi=on|off] [link=on|off] [privilege=level]",
    "                  info      [channel number]",
    "                  getciphers <ipmi | sol> [channel]",
    "",
    "Possible privilege levels are:",
    "   1   Callback level",
    "   2   User level",
    "   3   Operator level",
    "   4   Administrator level",
    "   5   OEM Proprietary level",
    "  15   No access",
];

fn usage(context: &Context) -> Status {
    context.out.notices(&USAGE);
    Status::FAILED
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let outcome = match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Authcap(rest)) => authcap(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Getaccess(rest)) => getaccess(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Info(rest)) => info(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Getciphers(rest)) => getciphers(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Setaccess(rest)) => setaccess(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                usage(context);
                Ok(())
            }
            Choice::Missing => {
                context.out.error("Not enough parameters given.");
                Err(usage(context))
            }
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid CHANNEL command: {word}\n"));
                Err(usage(context))
            }
        };
        outcome.map_or_else(|status| status, |()| Status::OK)
    })
}

fn channel_of(context: &Context, word: Option<&String>) -> Result<u8, Status> {
    word.map_or(Ok(THIS_CHANNEL), |word| arguments::channel(context, word).ok_or(Status::FAILED))
}

fn enabled(flag: bool) -> &'static str {
    if flag { "enabled" } else { "disabled" }
}

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

async fn authcap(context: &Context, words: &[String]) -> Result<(), Status> {
    let [channel, privilege] = words else { return Err(usage(context)) };
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

async fn getaccess(context: &Context, words: &[String]) -> Result<(), Status> {
    let (channel, only) = match words {
        [channel] => (channel, None),
        [channel, user] => (channel, Some(user)),
        _ => {
            context.out.error("Not enough parameters given.");
            return Err(usage(context));
        }
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

/// The privilege limit a word names, or has as its number.
fn privilege_limit(word: &str) -> Option<u8> {
    let named = |level: &u8| PRIVILEGE_LEVELS.get(*level).is_some_and(|name| name.eq_ignore_ascii_case(word));
    (0..=0x0f).find(named).or_else(|| number::parse_u8(word).ok())
}

async fn setaccess(context: &Context, words: &[String]) -> Result<(), Status> {
    if words.first().is_some_and(|word| word == "help") {
        usage(context);
        return Ok(());
    }
    let [channel, user, options @ ..] = words else { return Err(too_few(context)) };
    if options.is_empty() {
        return Err(too_few(context));
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

fn too_few(context: &Context) -> Status {
    context.out.error("Not enough parameters given.");
    usage(context)
}

async fn info(context: &Context, words: &[String]) -> Result<(), Status> {
    if words.len() > 1 {
        return Err(usage(context));
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

/// A cipher suite.
#[derive(Serialize)]
struct SuiteRow {
    id: u8,
    iana: Option<u32>,
    authentication: Cow<'static, str>,
    integrity: Cow<'static, str>,
    confidentiality: Cow<'static, str>,
    /// The same three as text and CSV show them.
    #[serde(skip)]
    shown: [Cow<'static, str>; 3],
}

const SUITES: &[Column] = &[
    Column { title: "Id", pointer: "/id" },
    Column { title: "IANA", pointer: "/iana" },
    Column { title: "Authentication", pointer: "/authentication" },
    Column { title: "Integrity", pointer: "/integrity" },
    Column { title: "Confidentiality", pointer: "/confidentiality" },
];

impl SuiteRow {
    fn iana(&self) -> Cow<'static, str> {
        self.iana.map_or(Cow::Borrowed("N/A"), |iana| Cow::Owned(format!("{iana:06x}")))
    }
}

impl Report for SuiteRow {
    const COLUMNS: &'static [Column] = SUITES;

    fn text(&self, page: &mut Page) {
        let iana = self.iana();
        let SuiteRow { id, shown: [authentication, integrity, confidentiality], .. } = self;
        line!(page, "{id:<4} {iana:<7} {authentication:<15} {integrity:<15} {confidentiality:<15}");
    }

    fn csv(&self, page: &mut Page) {
        let SuiteRow { id, shown: [authentication, integrity, confidentiality], .. } = self;
        line!(page, "{id},{},{authentication},{integrity},{confidentiality}", self.iana());
    }
}

/// Parts a list may have (section 22.15).
const MAX_PARTS: u8 = 64;
/// Reference: it shows no more suites than a suite has bytes in its memory.
const MAX_SHOWN: usize = 12;

async fn getciphers(context: &Context, words: &[String]) -> Result<(), Status> {
    let payload = match words.first().map(String::as_str) {
        Some("ipmi") if words.len() <= 2 => 0,
        Some("sol") if words.len() <= 2 => 1,
        _ => return Err(usage(context)),
    };
    let channel = channel_of(context, words.get(1))?;
    let mut records = Vec::new();
    for index in 0..MAX_PARTS {
        let part = context.bmc.call(&GetCipherSuites { channel, payload, index }).await.map_err(|error| {
            match error {
                CallError::Transport(_) => context.out.error("Unable to Get Channel Cipher Suites"),
                error => {
                    // Reference: a length that cannot be is a failure that completed normally.
                    let text = completion_text(error.code().map_or(0, |code| code.0));
                    context.out.error(&format!("Get Channel Cipher Suites failed: {text}"));
                }
            }
            Status::FAILED
        })?;
        records.extend(&part);
        if part.len() < 16 {
            break;
        }
    }
    let rows = context.out.list();
    if context.out.csv() == 0 {
        context.out.println("ID   IANA    Auth Alg        Integrity Alg   Confidentiality Alg");
    }
    for suite in suites(&records).into_iter().take(MAX_SHOWN) {
        rows.push(&suite);
    }
    Ok(())
}

/// Reads cipher suite records (table 22-18); what cannot be read ends the list.
fn suites(records: &[u8]) -> Vec<SuiteRow> {
    let mut rows = Vec::new();
    let mut rest = records;
    loop {
        let (id, iana, algorithms, tail) = match rest {
            [0xc0, id, a, i, c, tail @ ..] => (*id, None, [a, i, c], tail),
            [0xc1, id, i0, i1, i2, a, i, c, tail @ ..] => {
                (*id, Some(u32::from_le_bytes([*i0, *i1, *i2, 0])), [a, i, c], tail)
            }
            _ => return rows,
        };
        let [a, i, c] = algorithms.map(|byte| byte & 0x3f);
        rows.push(SuiteRow {
            id,
            iana,
            authentication: AUTH_ALGORITHMS.name(a),
            integrity: INTEGRITY_ALGORITHMS.name(i),
            confidentiality: ENCRYPTION_ALGORITHMS.name(c),
            shown: in_one_call([
                (AUTH_ALGORITHMS, a.into()),
                (INTEGRITY_ALGORITHMS, i.into()),
                (ENCRYPTION_ALGORITHMS, c.into()),
            ]),
        });
        rest = tail;
    }
}
