//! The driver of the session machines: a socket, a clock, and the questions every session begins with.

use super::console::{self, Console, LanConsole};
use super::link::{Link, Unreachable};
use super::{BoxFuture, Limits, Observer, OpenError, SessionInfo, SharedObserver, Transport, TransportError};
use crate::ipmi::app::GetDeviceId;
use crate::ipmi::{Command, NetFn, Reply, Request, Route};
use crate::protocol::rmcp::{self, Class};
use crate::protocol::{Effect, Failure, Key, Machine, Note, Quirks, Random, Schedule};
use crate::sys::Level;
use crate::tables::codes::PRIVILEGE_LEVELS;
use crate::tables::completion::COMPLETION_CODES;
use rand::RngCore;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;

pub use super::link::IpVersion;

/// What a session over the LAN is opened with.
#[derive(Clone, Debug, Default)]
pub struct LanOptions {
    /// Host name or address.
    pub host: Option<String>,
    /// UDP port; 623 when 0.
    pub port: u16,
    /// IP version.
    pub ip_version: IpVersion,
    /// User name, at most sixteen bytes.
    pub user: Vec<u8>,
    /// Password, when there is one.
    pub password: Option<Key>,
    /// Kg.
    pub kg: Key,
    /// Privilege level.
    pub privilege: u8,
    /// Authentication type asked for (lan).
    pub auth: Option<u8>,
    /// Cipher suite asked for (lanplus).
    pub suite: Option<u8>,
    /// Whether the user is looked up by name and privilege.
    pub lookup_by_privilege: bool,
    /// Transmissions of a request; 4 when 0.
    pub retry: u32,
    /// The first wait; the protocol's own when 0.
    pub timeout: Duration,
    /// What the BMC wants otherwise.
    pub quirks: Quirks,
    /// The address this side speaks from; the BMC's own when 0.
    pub my_addr: u8,
}

/// The RMCP port (IPMI 2.0 section 13.1.2).
const RMCP_PORT: u16 = 623;
/// Transmissions of a request, unless chosen otherwise.
const RETRY: u32 = 4;
/// The largest datagram a BMC sends.
const MAX_DATAGRAM: usize = 2048;
/// Payloads a session carries unless the BMC says more (bytes).
const LIMITS: Limits = Limits { request: 38, response: 34 };
/// Levels above this have to be asked for once a session is open.
pub(super) const USER: u8 = 2;
/// Set Session Privilege Level, Close Session.
const SET_PRIVILEGE: u8 = 0x3b;
const CLOSE_SESSION: u8 = 0x3c;
/// Without a runtime, a session is closed by this many messages, each with this much time.
const LAST_WORDS: u32 = 3;
const LAST_WAIT: Duration = Duration::from_millis(100);
/// First wait for an answer in RMCP+ sessions, and what every further one is longer by.
const CONSOLE_TIMEOUT: Duration = Duration::from_secs(1);

impl LanOptions {
    /// The schedule of requests. Where the user has chosen any of it, it is kept to the letter:
    /// wrappers compute with it.
    pub fn schedule(&self, timeout: Duration, backoff: Duration) -> Schedule {
        let own = self.timeout.is_zero();
        Schedule {
            tries: if self.retry == 0 { RETRY } else { self.retry },
            timeout: if own { timeout } else { self.timeout },
            backoff,
            paced: own && self.retry == 0,
        }
    }
}

/// The operating system's random numbers.
pub fn random() -> Random {
    Box::new(|bytes| rand::rng().fill_bytes(bytes))
}

/// The way to the BMC, and the machine that uses it.
pub(super) struct Core<M: Machine> {
    pub(super) link: Link,
    pub(super) machine: M,
    pub(super) buffer: Vec<u8>,
    started: Instant,
    pub(super) deadline: Option<Instant>,
    /// What came for the console while a request was waited for.
    pub(super) early: VecDeque<(u32, Vec<u8>)>,
}

/// Payloads kept for a console that is about to open; the BMC sends the others again.
const MAX_EARLY: usize = 16;

/// A session over the LAN.
pub struct LanTransport<M: Machine> {
    name: &'static str,
    core: AsyncMutex<Core<M>>,
    observer: SharedObserver,
    limits: Mutex<Limits>,
    session: Mutex<SessionInfo>,
    manufacturer: Option<u32>,
    options: LanOptions,
}

/// Hears nothing: a session that comes back by itself fails again and again before it does.
struct Deaf;

impl Observer for Deaf {
    fn verbosity(&self) -> i32 {
        0
    }

    fn log(&self, _: Level, _: &str) {}
}

impl<M: Machine> Core<M> {
    /// Does what the machine wants until something ends it.
    async fn run(&mut self, observer: &SharedObserver) -> Result<Ended, TransportError> {
        loop {
            while let Some(effect) = self.machine.poll() {
                match effect {
                    Effect::Transmit(datagram) => self.link.send(&datagram).await,
                    Effect::Wait(time) => self.deadline = Instant::now().checked_add(time),
                    Effect::Note(note) => say(observer, note),
                    Effect::Opened => return Ok(Ended::Opened),
                    Effect::Failed(failure) => return Ok(Ended::Failed(failure)),
                    Effect::Reply(reply) => return Ok(Ended::Reply(reply)),
                    Effect::NoReply => return Err(TransportError::NoResponse),
                    Effect::NotPassedOn => return Ok(Ended::NotPassedOn),
                    Effect::Sol { order, payload } => {
                        if self.early.len() < MAX_EARLY {
                            self.early.push_back((order, payload));
                        }
                    }
                }
            }
            let deadline = self.deadline.ok_or(TransportError::Closed)?;
            // A flood must not keep the schedule from going on.
            if Instant::now() >= deadline {
                self.tell_time();
                self.machine.deadline();
                continue;
            }
            let received = tokio::time::timeout_at(deadline, self.link.receive(&mut self.buffer)).await;
            self.tell_time();
            match received {
                Ok(Ok(length)) => self.machine.datagram(self.buffer.get(..length).unwrap_or_default()),
                // An ICMP error from a host that is rebooting ends nothing; the schedule goes on.
                Ok(Err(_)) => {}
                Err(_) => self.machine.deadline(),
            }
        }
    }

    pub(super) fn tell_time(&mut self) {
        self.machine.set_now(self.started.elapsed());
    }

    async fn transact(
        &mut self,
        route: &Route,
        request: &Request,
        observer: &SharedObserver,
    ) -> Result<Reply, TransportError> {
        self.tell_time();
        // What an earlier console has left under way is nothing to the next one.
        self.early.clear();
        self.machine.submit(route, request);
        match self.run(observer).await {
            Ok(Ended::Reply(reply)) => Ok(reply),
            Ok(Ended::NotPassedOn) => Err(TransportError::NoResponse),
            Ok(Ended::Opened | Ended::Failed(_)) => Err(TransportError::Closed),
            Err(error) => {
                if !request.is_repeatable() && matches!(error, TransportError::NoResponse) {
                    observer.log(Level::Error, AMBIGUOUS);
                }
                Err(error)
            }
        }
    }

    async fn close(&mut self, observer: &SharedObserver) {
        let Some((id, _)) = self.machine.session() else { return };
        let request = Request::new(NetFn::APP, CLOSE_SESSION, id.to_le_bytes());
        let route = Route::direct();
        match self.transact(&route, &request, observer).await {
            Ok(reply) if reply.completion.is_ok() => {}
            Ok(reply) if reply.completion.0 == 0x87 => {
                observer.log(Level::Error, &format!("Failed to Close Session: invalid session ID {id:08x}"));
            }
            Ok(reply) => {
                let text = COMPLETION_CODES.name(reply.completion.0);
                observer.log(Level::Error, &format!("Close Session command failed: {text}"));
            }
            Err(_) => observer.log(Level::Error, "Close Session command failed"),
        }
        self.machine.abandon();
    }
}

/// A request that changes something was sent and not answered. It was not carried out twice: each
/// transmission had the same number.
const AMBIGUOUS: &str = "No answer: the request may have been carried out, or not.";

/// Whatever way a session is left by, the BMC is told. This one is for futures that are dropped midway.
impl<M: Machine> Drop for Core<M> {
    fn drop(&mut self) {
        if self.machine.is_committed()
            && let Some(socket) = self.link.blocking()
        {
            hang_up(&mut self.machine, &socket, &mut self.buffer);
        }
    }
}

/// Closes what there is to close, within `LAST_WORDS` times `LAST_WAIT`.
fn hang_up(machine: &mut dyn Machine, socket: &std::net::UdpSocket, buffer: &mut [u8]) {
    for _ in 0..LAST_WORDS {
        for datagram in machine.farewell() {
            drop(socket.send(&datagram));
        }
        let until = std::time::Instant::now() + LAST_WAIT;
        'wait: while let Some(left) = until.checked_duration_since(std::time::Instant::now()) {
            if left.is_zero() || socket.set_read_timeout(Some(left)).is_err() {
                break;
            }
            let Ok(length) = socket.recv(buffer) else { break };
            machine.datagram(buffer.get(..length).unwrap_or_default());
            while let Some(effect) = machine.poll() {
                match effect {
                    Effect::Transmit(datagram) => drop(socket.send(&datagram)),
                    // The handshake was just about to end: now there is something to close.
                    Effect::Opened => break 'wait,
                    Effect::Reply(_) | Effect::Failed(_) => return,
                    Effect::Wait(_) | Effect::Note(_) | Effect::NoReply | Effect::NotPassedOn | Effect::Sol { .. } => {}
                }
            }
        }
    }
}

enum Ended {
    Opened,
    Failed(Failure),
    Reply(Reply),
    NotPassedOn,
}

fn say(observer: &SharedObserver, note: Note) {
    match note {
        Note::NoCipherSuites(code) => {
            let text = COMPLETION_CODES.name(code.0);
            observer.log(Level::Error, &format!("Get Channel Cipher Suites failed: {text}"));
        }
        Note::RakpUnanswered(message) => {
            observer.log(Level::Warning, &format!("> Error: no response from RAKP {message} message"));
        }
        Note::BestSuite(suite) => {
            observer.log(Level::Info, &format!("Using best available cipher suite {suite}\n"));
        }
    }
}

/// Why there is no session.
pub enum Unopened {
    /// No host was named.
    NoHost,
    /// The host has no address, or none that can be used.
    NoSocket,
    /// The session could not be opened.
    Session(Failure),
    /// The session was open, but not of any use.
    Unusable,
}

/// Opens a session: connects, runs the machine, raises the privilege, asks what the BMC can do.
///
/// # Errors
/// [`Unopened`], when the reason has been told to the observer.
pub async fn open<M: Machine + 'static>(
    name: &'static str,
    options: &LanOptions,
    machine: M,
    refusal: &[&str],
    observer: SharedObserver,
) -> Result<Box<dyn Transport>, Unopened> {
    let Some(host) = options.host.as_deref().filter(|host| !host.is_empty()) else {
        observer.log(Level::Error, "No hostname specified!");
        return Err(Unopened::NoHost);
    };
    let port = if options.port == 0 { RMCP_PORT } else { options.port };
    let link = match Link::connect(host, port, options.ip_version).await {
        Ok(link) => link,
        Err(why) => {
            if why == Unreachable::Unknown {
                observer.log(Level::Error, &format!("Address lookup for {host} failed"));
            }
            observer.log(Level::Error, "Could not open socket!");
            return Err(Unopened::NoSocket);
        }
    };
    let started = Instant::now();
    let (buffer, early) = (vec![0; MAX_DATAGRAM], VecDeque::new());
    let mut core = Core { link, machine, buffer, started, deadline: None, early };
    core.machine.start();
    match core.run(&observer).await {
        Ok(Ended::Opened) => {}
        Ok(Ended::Failed(failure)) => return Err(Unopened::Session(failure)),
        Ok(Ended::Reply(_) | Ended::NotPassedOn) | Err(_) => return Err(Unopened::Session(Failure::NoResponse)),
    }
    let (id, cipher_suite) = core.machine.session().unwrap_or_default();
    let limits = Mutex::new(LIMITS);
    match settle(name, &mut core, options, &limits, &observer).await {
        Ok(manufacturer) => Ok(Box::new(LanTransport {
            name,
            core: AsyncMutex::new(core),
            observer,
            limits,
            session: Mutex::new(SessionInfo { id, port, cipher_suite }),
            manufacturer,
            options: options.clone(),
        })),
        Err(()) => {
            // Reference: RMCP+ says that there is no session before it closes it, IPMI 1.5 after.
            let (before, after) = if name == "lan" { (&[][..], refusal) } else { (refusal, &[][..]) };
            before.iter().for_each(|line| observer.log(Level::Error, line));
            core.close(&observer).await;
            after.iter().for_each(|line| observer.log(Level::Error, line));
            Err(Unopened::Unusable)
        }
    }
}

/// What every session begins with: the privilege, HPM.2 capabilities, the device id.
async fn settle<M: Machine>(
    name: &str,
    core: &mut Core<M>,
    options: &LanOptions,
    limits: &Mutex<Limits>,
    observer: &SharedObserver,
) -> Result<Option<u32>, ()> {
    if options.quirks.unasked {
        return Ok(None);
    }
    let mut route = Route::direct();
    if options.privilege > USER {
        let request = Request::new(NetFn::APP, SET_PRIVILEGE, [options.privilege]);
        let level = PRIVILEGE_LEVELS.name(options.privilege);
        match core.transact(&route, &request, observer).await {
            Ok(reply) if reply.completion.is_ok() => {}
            Ok(reply) => {
                let text = COMPLETION_CODES.name(reply.completion.0);
                observer.log(Level::Error, &format!("Set Session Privilege Level to {level} failed: {text}"));
                return Err(());
            }
            Err(_) => {
                observer.log(Level::Error, &format!("Set Session Privilege Level to {level} failed"));
                return Err(());
            }
        }
    }
    hpm2(core, limits, observer).await;
    // Reference: RMCP+ asks for the device from the address of `-m` already, so that the question is bridged.
    if name == "lanplus" && options.my_addr != 0 {
        route.my_addr = options.my_addr;
    }
    let device = core.transact(&route, &GetDeviceId.request(), observer).await;
    Ok(super::manufacturer_of(device, observer.as_ref()))
}

/// HPM.2: larger payloads, where the controller offers them (PICMG HPM.2 R1.0 section 3.2).
async fn hpm2<M: Machine>(core: &mut Core<M>, limits: &Mutex<Limits>, observer: &SharedObserver) {
    let route = Route::direct();
    let notice = |text: String| observer.log(Level::Notice, &text);
    let capabilities = Request::new(NetFn::GROUP, 0x3e, [0x00, 0x02]);
    let Ok(reply) = core.transact(&route, &capabilities, observer).await else {
        return notice("Error sending request.".to_owned());
    };
    match reply.completion.0 {
        0x00 => {}
        0xc1 => return observer.log(Level::Debug, "IPM Controller is not HPM.2 compatible"),
        code => return notice(format!("Get HPM.x Capabilities request failed, compcode = {code:x}")),
    }
    let length = reply.data.len();
    let [id, hpm, revision, mask_low, mask_high, start, lan_revision, ..] = reply.data[..] else {
        return notice(format!("Bad response length, len={length}"));
    };
    if length > 10 {
        return notice(format!("Bad response length, len={length}"));
    }
    if id != 0 || hpm != 2 {
        return notice(format!("Bad HPM.x ID, id={hpm}"));
    }
    if revision == 0 {
        return notice(format!("Bad HPM.2 revision, rev={revision}"));
    }
    if (mask_low, mask_high) == (0, 0) {
        return;
    }
    if start < 0xc0 {
        return notice(format!("Bad HPM.2 LAN params start, start={start:x}"));
    }
    if lan_revision != 1 {
        return notice(format!("Bad HPM.2 LAN params revision, rev={lan_revision}"));
    }
    let parameter = Request::new(NetFn::TRANSPORT, 0x02, [0x0e, start, 0x00, 0x00]);
    let Ok(reply) = core.transact(&route, &parameter, observer).await else {
        return notice("Error sending request.".to_owned());
    };
    match (reply.completion.0, &reply.data[..]) {
        (0x00, [0x11, _, i0, i1, _, o0, o1, ..]) if reply.data.len() == 8 => {
            let (inbound, outbound) = (u16::from_le_bytes([*i0, *i1]), u16::from_le_bytes([*o0, *o1]));
            if let Ok(mut limits) = limits.lock() {
                *limits = Limits {
                    request: inbound.saturating_sub(7).min(248),
                    response: outbound.saturating_sub(8).min(247),
                };
            }
        }
        (0x00, data) if data.len() == 8 => {
            notice(format!("Bad HPM.2 LAN parameter revision, rev={}", data.first().copied().unwrap_or(0)));
        }
        (0x00, data) => notice(format!("Bad response length, len={}", data.len())),
        (0x80, _) => {}
        (code, _) => notice(format!("Get LAN Configuration Parameters request failed, compcode = {code:x}")),
    }
}

impl<M: Machine> Transport for LanTransport<M> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn transact<'a>(&'a self, route: &'a Route, request: &'a Request) -> BoxFuture<'a, Result<Reply, TransportError>> {
        Box::pin(async move { self.core.lock().await.transact(route, request, &self.observer).await })
    }

    fn post<'a>(
        &'a self,
        route: &'a Route,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Option<Reply>, TransportError>> {
        Box::pin(async move {
            // Sent, and not waited for: the controller is about to forget this session.
            let mut core = self.core.lock().await;
            core.tell_time();
            core.machine.submit(route, request);
            // Reference: nothing follows such a request (`Quirks::thump`).
            if let Some(Effect::Transmit(datagram)) = core.machine.poll() {
                core.link.send(&datagram).await;
            }
            while core.machine.poll().is_some() {}
            core.machine.abandon();
            Ok(None)
        })
    }

    fn keepalive<'a>(&'a self) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async move {
            let request = GetDeviceId.request();
            self.core.lock().await.transact(&Route::direct(), &request, &self.observer).await.map(drop)
        })
    }

    fn limits(&self) -> Limits {
        self.limits.lock().map_or(LIMITS, |limits| *limits)
    }

    fn set_limits(&self, limits: Limits) {
        if let Ok(mut current) = self.limits.lock() {
            *current = limits;
        }
    }

    fn session(&self) -> Option<SessionInfo> {
        self.session.lock().ok().map(|session| session.clone())
    }

    fn addresses(&self) -> Option<(std::net::IpAddr, std::net::IpAddr)> {
        self.core.try_lock().ok()?.link.addresses()
    }

    fn manufacturer(&self) -> Option<u32> {
        self.manufacturer
    }

    fn ping(&self) -> BoxFuture<'_, Option<bool>> {
        Box::pin(async move {
            let core = &mut *self.core.lock().await;
            let schedule = self.options.schedule(CONSOLE_TIMEOUT, Duration::ZERO);
            for _ in 0..schedule.tries {
                core.link.send(&rmcp::PING).await;
                let until = Instant::now().checked_add(schedule.timeout)?;
                while let Ok(Ok(length)) = tokio::time::timeout_at(until, core.link.receive(&mut core.buffer)).await {
                    // Nothing of the session's is under way: what else comes is late.
                    if let Ok(Class::Asf(asf)) = rmcp::decode(core.buffer.get(..length).unwrap_or_default())
                        && let Some(supported) = rmcp::pong_supports_ipmi(asf)
                    {
                        return Some(supported);
                    }
                }
            }
            None
        })
    }

    fn console(&self, config: console::Config) -> BoxFuture<'_, Option<Box<dyn Console + '_>>> {
        Box::pin(async move {
            let core = self.core.lock().await;
            core.machine.session()?;
            let schedule = self.options.schedule(CONSOLE_TIMEOUT, CONSOLE_TIMEOUT);
            Some(Box::new(LanConsole::new(core, config, schedule)) as Box<dyn Console + '_>)
        })
    }

    fn reopen(&self) -> BoxFuture<'_, Result<(), OpenError>> {
        Box::pin(async move {
            let deaf: SharedObserver = Arc::new(Deaf);
            let mut core = self.core.lock().await;
            core.machine.abandon();
            core.early.clear();
            core.machine.start();
            if !matches!(core.run(&deaf).await, Ok(Ended::Opened)) {
                return Err(OpenError);
            }
            let opened = core.machine.session();
            if settle(self.name, &mut core, &self.options, &self.limits, &deaf).await.is_err() {
                core.close(&deaf).await;
                return Err(OpenError);
            }
            if let (Ok(mut session), Some((id, cipher_suite))) = (self.session.lock(), opened) {
                *session = SessionInfo { id, cipher_suite, ..session.clone() };
            }
            Ok(())
        })
    }

    fn abandon(&self) {
        if let Ok(mut core) = self.core.try_lock() {
            core.machine.abandon();
        }
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let mut core = self.core.lock().await;
            core.close(&self.observer).await;
        })
    }

    fn close_within(&self, patience: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut core = self.core.lock().await;
            core.machine.set_schedule(Schedule { tries: 1, timeout: patience, backoff: Duration::ZERO, paced: true });
            core.close(&self.observer).await;
        })
    }
}
