//! `-I lanplus`: RMCP+ sessions, with the reference's words for what goes wrong.

use super::udp::{self, LanOptions, USER, Unopened};
use super::{OpenError, SharedObserver, Transport};
use crate::protocol::Failure;
use crate::protocol::lanplus::{Config, Machine};
use crate::sys::Level;
use crate::tables::codes::{PRIVILEGE_LEVELS, RAKP_STATUS};
use std::time::Duration;

/// First wait, and what every further one is longer by.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Asks for the best suite on offer, as leaving the option out does.
const RESERVED_SUITE: u8 = 255;

/// Opens a session.
///
/// # Errors
/// [`OpenError`]; the observer has been told why.
pub async fn open(options: &LanOptions, observer: SharedObserver) -> Result<Box<dyn Transport>, OpenError> {
    let config = Config {
        privilege: options.privilege,
        lookup_by_privilege: options.lookup_by_privilege,
        suite: options.suite.filter(|suite| *suite != RESERVED_SUITE),
        user: options.user.clone(),
        password: options.password.clone().unwrap_or_default(),
        kg: options.kg.clone(),
        schedule: options.schedule(TIMEOUT, TIMEOUT),
        quirks: options.quirks,
    };
    let machine = Machine::new(config, udp::random());
    let refused = || observer.log(Level::Error, REFUSAL);
    udp::open("lanplus", options, machine, &[REFUSAL], observer.clone()).await.map_err(|unopened| {
        match unopened {
            Unopened::NoHost | Unopened::Unusable => {}
            Unopened::NoSocket => refused(),
            Unopened::Session(failure) => {
                explain(&observer, failure, options);
                refused();
            }
        }
        OpenError
    })
}

/// What every failure ends with.
const REFUSAL: &str = "Error: Unable to establish IPMI v2 / RMCP+ session";

fn explain(observer: &SharedObserver, failure: Failure, options: &LanOptions) {
    match failure {
        Failure::UnsupportedSuite(id) => observer.log(Level::Warning, &format!("Unsupported cipher suite ID : {id}\n")),
        Failure::OpenRefused(status) => {
            let text = RAKP_STATUS.name(status);
            observer.log(Level::Warning, &format!("Error in open session response message : {text}\n"));
        }
        Failure::OpenMismatch => {
            observer.log(Level::Warning, "The open session response agrees to something else than was asked for");
        }
        Failure::RakpRefused(message, status) => {
            let text = RAKP_STATUS.name(status);
            observer.log(Level::Info, &format!("RAKP {message} message indicates an error : {text}"));
        }
        Failure::RakpForged(2) => observer.log(Level::Info, "> RAKP 2 HMAC is invalid"),
        Failure::RakpForged(_) => observer.log(Level::Info, "> RAKP 4 message has invalid integrity check value"),
        Failure::NoRmcpPlus => observer.log(Level::Info, "This BMC does not support IPMI v2 / RMCP+"),
        Failure::NoResponse => {
            observer.log(Level::Info, "Get Auth Capabilities error");
            observer.log(Level::Info, "Error issuing Get Channel Authentication Capabilities request");
        }
        // Reference: it goes on as if there were a session, and fails at the first request in it.
        Failure::Unfinished if options.privilege > USER && !options.quirks.unasked => {
            let level = PRIVILEGE_LEVELS.name(options.privilege);
            observer.log(Level::Error, &format!("Set Session Privilege Level to {level} failed"));
        }
        Failure::Unfinished => {}
        Failure::AuthType(_) | Failure::Challenge(_) | Failure::Activate(_) | Failure::ActivatedType(_) => {}
    }
}
