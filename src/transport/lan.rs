//! `-I lan`: IPMI 1.5 sessions, with the reference's words for what goes wrong.

use super::udp::{self, LanOptions, Unopened};
use super::{OpenError, SharedObserver, Transport};
use crate::ipmi::CompletionCode;
use crate::protocol::Failure;
use crate::protocol::lan::{Config, Machine};
use crate::sys::Level;
use crate::tables::codes::SESSION_AUTH_TYPES;
use crate::tables::completion::COMPLETION_CODES;
use std::borrow::Cow;
use std::time::Duration;

/// Wait for an answer; it does not grow.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Opens a session.
///
/// # Errors
/// [`OpenError`]; the observer has been told why.
pub async fn open(options: &LanOptions, observer: SharedObserver) -> Result<Box<dyn Transport>, OpenError> {
    let config = Config {
        privilege: options.privilege,
        user: options.user.clone(),
        password: options.password.clone(),
        auth: options.auth,
        schedule: options.schedule(TIMEOUT, Duration::ZERO),
        quirks: options.quirks,
    };
    let machine = Machine::new(config, udp::random());
    udp::open("lan", options, machine, &REFUSAL, observer.clone()).await.map_err(|unopened| {
        if let Unopened::Session(failure) = unopened {
            explain(&observer, failure);
            REFUSAL.iter().for_each(|line| observer.log(Level::Error, line));
        }
        OpenError
    })
}

/// What every failure of a session ends with.
const REFUSAL: [&str; 2] =
    ["Error: Unable to establish LAN session", "Error: Unable to establish IPMI v1.5 / RMCP session"];

fn explain(observer: &SharedObserver, failure: Failure) {
    let error = |text: &str| observer.log(Level::Error, text);
    match failure {
        Failure::AuthType(None) => error("No supported authtypes found"),
        Failure::AuthType(Some(code)) => {
            error(&format!("Authentication type {} not supported", SESSION_AUTH_TYPES.name(code)));
        }
        Failure::Challenge(None) => error("Get Session Challenge command failed"),
        Failure::Challenge(Some(CompletionCode(0x81))) => error("Invalid user name"),
        Failure::Challenge(Some(CompletionCode(0x82))) => error("NULL user name not enabled"),
        Failure::Challenge(Some(code)) => {
            error(&format!("Get Session Challenge command failed: {}", COMPLETION_CODES.name(code.0)));
        }
        Failure::Activate(None) => error("Activate Session command failed"),
        // Reference: the first half has no newline of its own, the second begins with a tab.
        Failure::Activate(Some(code)) => error(&format!("Activate Session error:\t{}", activation(code))),
        Failure::ActivatedType(kind) => {
            error(&format!("Invalid Session AuthType {} in response", SESSION_AUTH_TYPES.name(kind)));
        }
        Failure::NoResponse => observer.log(Level::Info, "Get Auth Capabilities command failed"),
        _ => {}
    }
}

fn activation(code: CompletionCode) -> Cow<'static, str> {
    Cow::Borrowed(match code.0 {
        0x81 => "No session slot available",
        0x82 => "No slot available for given user - limit reached",
        0x83 => "No slot available to support user due to maximum privilege capacity",
        0x84 => "Session sequence out of range",
        0x85 => "Invalid session ID in request",
        0x86 => "Requested privilege level exceeds limit",
        0xd4 => "Insufficient privilege level",
        other => return COMPLETION_CODES.name(other),
    })
}
