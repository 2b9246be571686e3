//! The conversation with one BMC: the only way a family talks.
//!
//! Errors here have no words for a user; the family's call site has.

mod event_map;
mod extension;
pub mod fru;
pub mod lan;
pub mod preamble;
mod registry;
pub mod sdr;
mod sel;
mod sensor;
mod trail;

pub use event_map::{EventMap, EventMapFault, EventMessage};
pub use extension::ExtensionError;
pub use preamble::Extensions;
pub use registry::Registry;
pub use sdr::{SdrEvent, SdrFault, StoredRecord};
pub use sel::{SelListener, SelWalk};
pub use sensor::Reading;

use crate::ipmi::{Command, CompletionCode, DecodeError, Reply, Request, Route};
use crate::transport::{Limits, Transport, TransportError};
use std::time::Duration;

pub use crate::transport::console::{Config as ConsoleConfig, Console, Event as ConsoleEvent, Notice as ConsoleNotice};

/// Why a command brought no reply a family can use.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No reply at all.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The BMC refused.
    #[error("refused with completion code {:#04x}", .0.0)]
    Refused(CompletionCode),
    /// The reply cannot be one to this command.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

impl CallError {
    /// The completion code, where the BMC refused.
    pub fn code(&self) -> Option<CompletionCode> {
        match self {
            CallError::Refused(code) => Some(*code),
            _ => None,
        }
    }
}

/// One BMC, reached by one transport.
pub struct Bmc {
    transport: Box<dyn Transport>,
    route: Route,
    extensions: Extensions,
    registry: Registry,
    sdr: sdr::SharedState,
    /// The target's address on its own IPMB, where it has told it; 0 otherwise.
    target_ipmb: u8,
    /// The manufacturer, where the transport asked for it when it opened.
    known_manufacturer: Option<u32>,
    /// Whether sensors with units are analog even without thresholds.
    units_suffice: bool,
}

impl Bmc {
    /// A conversation over an open transport.
    pub fn new(transport: Box<dyn Transport>, route: Route) -> Self {
        let known_manufacturer = transport.manufacturer();
        Bmc {
            transport,
            route,
            extensions: Extensions::default(),
            registry: Registry::default(),
            sdr: sdr::SharedState::default(),
            target_ipmb: 0,
            known_manufacturer,
            units_suffice: false,
        }
    }

    /// The manufacturer, where the transport asked for it when it opened.
    pub fn known_manufacturer(&self) -> Option<u32> {
        self.known_manufacturer
    }

    /// Takes sensors with units for analog, even those without thresholds.
    pub fn let_units_suffice(&mut self) {
        self.units_suffice = true;
    }

    /// The interface's name, as `-I` takes it.
    pub fn interface(&self) -> &'static str {
        self.transport.name()
    }

    /// The transport, for what only it knows (its session, its limits).
    pub fn transport(&self) -> &dyn Transport {
        self.transport.as_ref()
    }

    /// Where requests go unless a call says otherwise.
    pub fn route(&self) -> Route {
        self.route
    }

    /// Changes where requests go.
    pub fn set_route(&mut self, route: Route) {
        self.route = route;
    }

    /// What the preamble found out.
    pub fn extensions(&self) -> Extensions {
        self.extensions
    }

    /// Keeps what the preamble found out.
    pub fn set_extensions(&mut self, extensions: Extensions) {
        self.extensions = extensions;
    }

    /// Keeps the target's address on its own IPMB.
    pub fn set_target_ipmb(&mut self, address: u8) {
        self.target_ipmb = address;
    }

    /// The target's address on its own IPMB; 0 where it is not known.
    pub fn target_ipmb(&self) -> u8 {
        self.target_ipmb
    }

    /// The name of an enterprise, as bytes.
    pub fn enterprise_name(&self, number: u32) -> Vec<u8> {
        self.registry.name(number)
    }

    /// Sends a typed command and reads its reply.
    ///
    /// # Errors
    /// No reply, a refusal, or a reply that cannot be read.
    pub async fn call<C: Command>(&self, command: &C) -> Result<C::Reply, CallError> {
        self.call_at(&self.route, command).await
    }

    /// The same, to another controller.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn call_at<C: Command>(&self, route: &Route, command: &C) -> Result<C::Reply, CallError> {
        let reply = self.send_at(route, &command.request()).await?;
        if !reply.completion.is_ok() {
            return Err(CallError::Refused(reply.completion));
        }
        Ok(C::decode(&reply.data)?)
    }

    /// Sends a request as it is. A refusal is a reply here.
    ///
    /// # Errors
    /// No reply.
    pub async fn send(&self, request: &Request) -> Result<Reply, TransportError> {
        self.send_at(&self.route, request).await
    }

    /// The same, to another controller.
    ///
    /// # Errors
    /// No reply.
    pub async fn send_at(&self, route: &Route, request: &Request) -> Result<Reply, TransportError> {
        self.transport.transact(route, request).await
    }

    /// Sends a command whose reply may never come; one that comes is read, where the transport waits for it.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn post<C: Command>(&self, command: &C) -> Result<(), CallError> {
        match self.transport.post(&self.route, &command.request()).await? {
            Some(reply) if !reply.completion.is_ok() => Err(CallError::Refused(reply.completion)),
            _ => Ok(()),
        }
    }

    /// Largest reply data on the way to a controller, allowing for bridging (bytes).
    pub fn max_response_at(&self, route: Route) -> u16 {
        limit(self.transport.limits().response, 7, route)
    }

    /// Changes the largest request data (`-z`).
    pub fn set_max_request(&self, request: u16) {
        let limits = self.transport.limits();
        self.transport.set_limits(Limits { request, ..limits });
    }

    /// Ends the conversation.
    pub async fn close(&self) {
        self.transport.close().await;
    }

    /// Ends the conversation on the way out, in no more time than this.
    pub async fn close_within(&self, patience: Duration) {
        self.transport.close_within(patience).await;
    }
}

/// Bytes of data that every IPMB message can carry (IPMI 2.0 section 6.5: 32 bytes with framing).
const IPMB_DATA: u16 = 25;

/// What is left of a transport's limit when a message is wrapped in Send Message once or twice.
/// A transport without an opinion counts as IPMB, which a wrapper of `allowance` bytes does not shrink.
fn limit(base: u16, allowance: u16, route: Route) -> u16 {
    use crate::ipmi::Bridging;
    let bridging = route.bridging();
    let base = match (base, bridging) {
        (0, Bridging::None) => IPMB_DATA,
        (0, _) => IPMB_DATA + allowance,
        (size, _) => size,
    };
    match bridging {
        Bridging::None => base,
        Bridging::Single => base.saturating_sub(8).min(IPMB_DATA),
        Bridging::Double => base.saturating_sub(8).min(IPMB_DATA).saturating_sub(8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bridging_shrinks_the_limits() {
        let direct = Route::direct();
        let single = Route { target_addr: 0x82, target_channel: 7, ..direct };
        let double = Route { transit_addr: 0x84, transit_channel: 3, ..single };
        assert_eq!([limit(0, 8, direct), limit(38, 8, direct)], [25, 38]);
        assert_eq!(
            [limit(0, 8, single), limit(0, 7, single), limit(38, 8, single), limit(20, 8, single)],
            [25, 24, 25, 12]
        );
        assert_eq!([limit(38, 8, double), limit(10, 8, double)], [17, 0]);
    }
}
