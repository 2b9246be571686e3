//! `set` and `echo`: for scripts and the shell, where what they change lasts.

use super::tree::{self, Choice, Rest};
use crate::cli::number::{self, NumberError};
use crate::cli::{AuthType, PrivilegeLevel};
use crate::family::{Context, Family, Fault, Running, Status};
use crate::ipmi::Route;
use crate::out::Format;
use clap::Subcommand;
use thiserror::Error;

/// The `set` family.
pub const SET: Family = Family {
    name: "set",
    summary: Some("Set runtime variable for shell and exec"),
    tree: || tree::bare::<Leaf>("set"),
    run,
};

/// `echo`: shows its words. The reference does not list it.
pub const ECHO: Family = Family { name: "echo", summary: None, tree: || clap::Command::new("echo"), run: echo };

#[derive(Subcommand)]
enum Leaf {
    /// Host name of the session
    #[command(alias = "host")]
    Hostname(Rest),
    /// User name of the session
    #[command(alias = "user")]
    Username(Rest),
    /// Password of the session
    #[command(alias = "pass")]
    Password(Rest),
    /// Privilege level of the session
    Privlvl(Rest),
    /// Authentication type of the session
    Authtype(Rest),
    /// Address this side speaks from
    Localaddr(Rest),
    /// Address of the controller requests are for
    Targetaddr(Rest),
    /// UDP port of the session
    Port(Rest),
    /// Comma separated output
    Csv(Rest),
    /// Verbosity
    Verbose(Rest),
    /// Show the usage
    Help(Rest),
}

const USAGE: &[&str] = &[
    "Usage: set <option> <value>\n",
    "Options are:",
    "    hostname <host>        Session hostname",
    "    username <user>        Session username",
    "    password <pass>        Session password",
    "    privlvl <level>        Session privilege level force",
    "    authtype <type>        Authentication type force",
    "    localaddr <addr>       Local IPMB address",
    "    targetaddr <addr>      Remote target IPMB address",
    "    port <port>            Remote RMCP port",
    "    csv [level]            enable output in comma separated format",
    "    verbose [level]        Verbose level",
    "",
];

/// Bytes of a user name a session has room for (IPMI 2.0 section 22.28).
const USER_NAME: usize = 16;

#[derive(Debug, Error)]
enum SetFault {
    #[error("Given {option} '{word}' argument is invalid.")]
    Argument { option: &'static str, word: String },
    #[error("Given {option} '{word}' is invalid.")]
    Value { option: &'static str, word: String },
    #[error("Invalid authtype: {0}")]
    AuthType(String),
    #[error("Invalid privilege level: {0}")]
    Privilege(String),
    #[error("Failed to set session {0}.")]
    NoSession(&'static str),
}

impl Fault for SetFault {}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let Choice::Chosen(leaf) = tree::choose::<Leaf>(words) else { return usage(context) };
        match apply(context, leaf) {
            Some(outcome) => context.conclude(outcome.map(|()| Status::OK)),
            None => usage(context),
        }
    })
}

/// Reference: also the usage that was asked for is a failure.
fn usage(context: &Context) -> Status {
    context.misused(USAGE)
}

/// Sets an option; nothing where its value is missing.
fn apply(context: &mut Context, leaf: Leaf) -> Option<Result<(), SetFault>> {
    let first = |rest: Rest| tree::rest(rest).into_iter().next();
    Some(match leaf {
        Leaf::Help(_) => return None,
        // Reference: what is logged goes on depending on the -v of the command line alone.
        Leaf::Verbose(rest) => {
            let more = context.out.verbose().saturating_add(1);
            level(more, "verbose", first(rest), |verbose| context.out.set_verbose(verbose))
        }
        Leaf::Csv(rest) => level(1, "csv", first(rest), |csv| context.out.set_csv(csv)),
        Leaf::Hostname(rest) => session(context, "hostname", &format!("hostname to {}", first(rest)?)),
        Leaf::Username(rest) => {
            let name: String = first(rest)?.chars().take(USER_NAME).collect();
            session(context, "username", &format!("username to {name}"))
        }
        Leaf::Password(rest) => {
            first(rest)?;
            session(context, "password", "password")
        }
        Leaf::Authtype(rest) => {
            let word = first(rest)?;
            match AuthType::named(&word).name() {
                Some(name) => session(context, "authtype", &format!("authtype to {name}")),
                None => Err(SetFault::AuthType(word)),
            }
        }
        Leaf::Privlvl(rest) => {
            let word = first(rest)?;
            match PrivilegeLevel::named(&word).name() {
                Some(name) => session(context, "privilege level", &format!("privilege level to {name}")),
                None => Err(SetFault::Privilege(word)),
            }
        }
        Leaf::Port(rest) => {
            let word = first(rest)?;
            // Reference: negative ports pass.
            match number::parse_i32(&word).ok().filter(|port| *port <= i32::from(u16::MAX)) {
                Some(port) => session(context, "port", &format!("port to {port}")),
                None => Err(SetFault::Value { option: "port", word }),
            }
        }
        Leaf::Localaddr(rest) => {
            address(context, "localaddr", first(rest)?, |route, my_addr| ("local", Route { my_addr, ..route }))
        }
        Leaf::Targetaddr(rest) => address(context, "targetaddr", first(rest)?, |route, target_addr| {
            ("remote", Route { target_addr, ..route })
        }),
    })
}

/// Sets a level. Reference: a word that is no number is refused, and sets it to 0; a number that is merely too large for
/// it is refused and changes nothing.
fn level(default: i32, option: &'static str, word: Option<String>, set: impl Fn(i32)) -> Result<(), SetFault> {
    let Some(word) = word else {
        set(default);
        return Ok(());
    };
    let wide = number::signed(&word);
    if let Some(level) = wide.map_or(Some(0), |wide| i32::try_from(wide).ok()) {
        set(level);
    }
    number::parse_i32(&word).map(drop).map_err(|_: NumberError| SetFault::Argument { option, word })
}

/// Says what a session was given. Reference: a session that is open goes on as it is, and none is
/// opened later, so that nothing else comes of it.
fn session(context: &Context, what: &'static str, done: &str) -> Result<(), SetFault> {
    if context.bmc.transport().session().is_none() {
        return Err(SetFault::NoSession(what));
    }
    said(context, &format!("Set session {done}"));
    Ok(())
}

fn address(
    context: &mut Context,
    option: &'static str,
    word: String,
    change: fn(Route, u8) -> (&'static str, Route),
) -> Result<(), SetFault> {
    let Ok(value) = number::parse_u8(&word) else { return Err(SetFault::Value { option, word }) };
    let (end, route) = change(context.bmc.route(), value);
    context.bmc.set_route(route);
    said(context, &format!("Set {end} IPMB address to 0x{value:02x}"));
    Ok(())
}

/// A confirmation: text on stdout, a message beside documents and tables.
fn said(context: &Context, text: &str) {
    match context.out.format() {
        Format::Text => context.out.println(text),
        Format::Json | Format::Table => context.out.info(text),
    }
}

fn echo<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        // Reference: a blank follows the last word, too.
        let line: String = words.iter().map(|word| format!("{word} ")).collect();
        context.out.println(&line);
        Status::OK
    })
}
