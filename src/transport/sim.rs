//! `-I sim`: the simulated BMC in this process, no wire at all.

use super::{BoxFuture, Limits, Transport, TransportError};
use crate::ipmi::{Reply, Request, Route};
use crate::sim::{Answer, Origin, SimulatedBmc};
use std::sync::Mutex;

/// A simulated BMC of our own.
pub struct SimTransport {
    bmc: Mutex<SimulatedBmc>,
    limits: Mutex<Limits>,
}

impl SimTransport {
    /// Talks to `bmc`.
    pub fn new(bmc: SimulatedBmc) -> Self {
        SimTransport { bmc: Mutex::new(bmc), limits: Mutex::new(Limits { request: 0, response: 0 }) }
    }
}

impl Transport for SimTransport {
    fn name(&self) -> &'static str {
        "sim"
    }

    fn transact<'a>(&'a self, _route: &'a Route, request: &'a Request) -> BoxFuture<'a, Result<Reply, TransportError>> {
        Box::pin(async move {
            let answer = match self.bmc.lock() {
                Ok(mut bmc) => bmc.handle(&Origin::system_interface(), request),
                Err(_) => return Err(TransportError::Closed),
            };
            match answer {
                Answer::Reply(reply) => Ok(reply),
                Answer::Delayed(delay, reply) => {
                    tokio::time::sleep(delay).await;
                    Ok(reply)
                }
                Answer::Silence => Err(TransportError::NoResponse),
            }
        })
    }

    fn limits(&self) -> Limits {
        self.limits.lock().map_or(Limits { request: 0, response: 0 }, |limits| *limits)
    }

    fn set_limits(&self, limits: Limits) {
        if let Ok(mut current) = self.limits.lock() {
            *current = limits;
        }
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}
