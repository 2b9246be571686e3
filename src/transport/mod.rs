//! The wires a BMC can be reached by.
//!
//! A transport carries whole requests and replies; framing, sessions and bridging are below it, in
//! `protocol`. It says nothing to a user itself: what the reference would print while opening or
//! while waiting goes to an [`Observer`].

pub mod console;
pub mod dummy;
pub mod lan;
pub mod lanplus;
pub mod link;
pub mod open;
pub mod sim;
pub mod udp;

use crate::ipmi::app::GetDeviceId;
use crate::ipmi::{Command, Reply, Request, Route};
use crate::sys::Level;
pub use crate::sys::locale::errno_text;
use crate::tables::completion::COMPLETION_CODES;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A boxed future, so that [`Transport`] stays object-safe.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where a transport reports what a user may want to read.
pub trait Observer: Send + Sync {
    /// How many `-v` are in force just now. Commands may raise it while they run, and `set verbose` may make it
    /// negative, which most of what asks takes for verbose.
    fn verbosity(&self) -> i32;

    /// One diagnostic line for stderr, shown when the level is in force.
    fn log(&self, level: Level, text: &str);
}

/// A shared [`Observer`].
pub type SharedObserver = Arc<dyn Observer>;

/// Why a request has no reply.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Every try timed out.
    #[error("no response")]
    NoResponse,
    /// The transport is closed, or its session has ended.
    #[error("the connection is closed")]
    Closed,
    /// The request does not fit the transport's frames.
    #[error("the request is too long for this interface")]
    TooLong,
    /// The operating system refused.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A transport could not be opened. What the user is to read has gone to the [`Observer`] already.
#[derive(Debug, thiserror::Error)]
#[error("the interface could not be opened")]
pub struct OpenError;

/// Largest payloads a transport carries, in bytes of data (completion code and headers excluded).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Request data; 0 means the transport has no opinion.
    pub request: u16,
    /// Reply data; 0 means the transport has no opinion.
    pub response: u16,
}

/// What is known of an authenticated session (lan, lanplus).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// The BMC's session id.
    pub id: u32,
    /// UDP port of the BMC.
    pub port: u16,
    /// Cipher suite (RMCP+) in force, if any.
    pub cipher_suite: Option<u8>,
}

/// A way to one BMC. Object-safe; several requests may be outstanding at once.
pub trait Transport: Send + Sync {
    /// The interface's name, as `-I` takes it.
    fn name(&self) -> &'static str;

    /// Sends one request and waits for its reply, with the transport's own schedule of tries.
    fn transact<'a>(&'a self, route: &'a Route, request: &'a Request) -> BoxFuture<'a, Result<Reply, TransportError>>;

    /// Sends one request whose answer may never come (a controller that resets itself). Transports
    /// that can, return as soon as it is sent; the others give the reply they waited for.
    fn post<'a>(
        &'a self,
        route: &'a Route,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Option<Reply>, TransportError>> {
        Box::pin(async move { self.transact(route, request).await.map(Some) })
    }

    /// Keeps an idle session alive; nothing to do where there is no session.
    fn keepalive<'a>(&'a self) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async { Ok(()) })
    }

    /// Largest payloads, before any allowance for bridging.
    fn limits(&self) -> Limits;

    /// Changes the largest payloads (`-z`, HPM.2 discovery).
    fn set_limits(&self, limits: Limits);

    /// The session, where the transport has one.
    fn session(&self) -> Option<SessionInfo> {
        None
    }

    /// The addresses of this side and of the BMC, where they talk over the network.
    fn addresses(&self) -> Option<(std::net::IpAddr, std::net::IpAddr)> {
        None
    }

    /// The controller's manufacturer (IANA enterprise number), where the transport asked when it opened.
    fn manufacturer(&self) -> Option<u32> {
        None
    }

    /// Tells the driver the address this side speaks from; only `open` has one to tell.
    fn set_own_address(&self, _address: u8) {}

    /// Pings the controller, beside the session: whether it says that it speaks IPMI. None where it does not
    /// answer, or where there is nothing to ping.
    fn ping(&self) -> BoxFuture<'_, Option<bool>> {
        Box::pin(async { None })
    }

    /// Gives the session up without a word to the BMC: it is resetting, or its channel is gone.
    fn abandon(&self) {}

    /// Opens the console's side of serial over LAN in this session, once the payload is active. Until it
    /// is dropped every request of the session goes through it.
    fn console(&self, _config: console::Config) -> BoxFuture<'_, Option<Box<dyn console::Console + '_>>> {
        Box::pin(async { None })
    }

    /// Opens the session anew when it is lost, without a word to the observer.
    ///
    /// # Errors
    /// That it cannot be opened now, or ever.
    fn reopen(&self) -> BoxFuture<'_, Result<(), OpenError>> {
        Box::pin(async { Err(OpenError) })
    }

    /// Ends the session.
    fn close(&self) -> BoxFuture<'_, ()>;

    /// Ends the session on the way out, when nobody has the patience for a schedule of tries.
    fn close_within(&self, _patience: Duration) -> BoxFuture<'_, ()> {
        self.close()
    }
}

/// The manufacturer in an answer to Get Device ID, which interfaces ask for when they open; what is wrong
/// with the answer has been said when there is none.
fn manufacturer_of(answer: Result<Reply, TransportError>, observer: &dyn Observer) -> Option<u32> {
    match answer {
        Ok(reply) if reply.completion.is_ok() => {
            let manufacturer = GetDeviceId::decode(&reply.data).ok()?.manufacturer;
            observer.log(Level::Debug, &format!("Iana: {manufacturer}"));
            Some(manufacturer)
        }
        Ok(reply) => {
            let (code, text) = (reply.completion.0, COMPLETION_CODES.name(reply.completion.0));
            observer.log(Level::Error, &format!("Get Device ID command failed: {code:#x} {text}"));
            None
        }
        Err(_) => {
            observer.log(Level::Error, "Get Device ID command failed");
            None
        }
    }
}
