//! `-I open`: the BMC of this machine, through the kernel's IPMI driver.
//!
//! The driver speaks to the BMC (KCS, BT, SMIC, SSIF) and to controllers one bridge away; for those
//! behind a second bridge the request is wrapped in Send Message here. There is one try, which the
//! driver itself repeats as its hardware asks for; `-N` and `-R` change nothing, as in the reference.
//!
//! Events of the BMC arrive on the same device. They are taken off the queue and left alone.

use super::{BoxFuture, Limits, OpenError, SharedObserver, Transport, TransportError, errno_text};
use crate::ipmi::{Command, CompletionCode, NetFn, Reply, Request, Route, app::GetDeviceId};
use crate::protocol::bridge::{SEND_MESSAGE, TRACK};
use crate::protocol::ipmb::Message;
use crate::sys::Level;
use crate::sys::openipmi::{Address, Device, Outgoing, Received, WatchedDevice};
use bytes::Bytes;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;

/// What the interface needs of the options.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// Which device, `/dev/ipmiN`.
    pub device: u8,
    /// Slave address this side speaks from.
    pub my_addr: u8,
}

/// Data the driver carries beside its headers: the least of what KCS, SMIC and BT take (bytes).
const LIMITS: Limits = Limits { request: 38, response: 35 };
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer taken: what the reference has room for.
const MAX_REPLY: usize = 1024;
/// Reference: the encapsulated request comes from no address; the transit controller puts in its own.
const ANYBODY: u8 = 0xff;
/// Bytes before the completion code of an encapsulated answer: the bridge's own completion code, and
/// the header of an IPMB message.
const ENCAPSULATED_HEADER: usize = 7;

/// The driver, opened.
pub struct OpenTransport {
    device: WatchedDevice,
    /// The id of the next request. Whoever holds it may talk.
    turn: AsyncMutex<i32>,
    observer: SharedObserver,
    limits: Mutex<Limits>,
    manufacturer: Option<u32>,
}

/// Opens the driver's device and asks the BMC who it is.
///
/// # Errors
/// [`OpenError`]; the observer has been told why.
pub async fn open(options: OpenOptions, observer: SharedObserver) -> Result<Box<dyn Transport>, OpenError> {
    let device = find(options.device, &observer)?;
    device.receive_events().map_err(|error| {
        observer.log(Level::Error, &format!("Could not enable event receiver: {}", errno_text(&error)));
        OpenError
    })?;
    let device = device.watch().map_err(|error| {
        observer.log(Level::Error, &format!("I/O Error: {}", errno_text(&error)));
        OpenError
    })?;
    let limits = Mutex::new(LIMITS);
    let mut transport = OpenTransport { device, turn: AsyncMutex::new(0), observer, limits, manufacturer: None };
    if let Err(error) = transport.announce_address(options.my_addr) {
        // Reference: said by the function that failed, and again by its caller.
        transport.say(Level::Error, &format!("Could not set IPMB address: {}", errno_text(&error)));
        return Err(OpenError);
    }
    transport.say(Level::Debug, &format!("Set IPMB address to 0x{:x}", options.my_addr));
    transport.manufacturer = transport.ask_manufacturer(options.my_addr).await;
    Ok(Box::new(transport))
}

/// The first of the names the driver's device goes by that can be opened.
fn find(number: u8, observer: &SharedObserver) -> Result<Device, OpenError> {
    let names = [format!("/dev/ipmi{number}"), format!("/dev/ipmi/{number}"), format!("/dev/ipmidev/{number}")];
    observer.log(Level::Debug, &format!("Using ipmi device {number}"));
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for name in &names {
        match Device::open(Path::new(name)) {
            Ok(device) => return Ok(device),
            Err(error) => last = error,
        }
    }
    let text = format!("Could not open device at {}: {}", names.join(" or "), errno_text(&last));
    observer.log(Level::Error, &text);
    Err(OpenError)
}

/// How a request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// To the BMC.
    Direct,
    /// To a controller on one of the BMC's buses.
    Bus,
    /// In Send Message, to a controller on one of the BMC's buses that passes it on.
    Transit,
}

impl Way {
    /// Reference: a transit controller that is the target itself is a second bridge, as over the LAN.
    fn of(route: &Route) -> Self {
        if route.target_addr == 0 || route.target_addr == route.my_addr {
            Way::Direct
        } else if route.transit_addr == 0 || route.transit_addr == route.my_addr {
            Way::Bus
        } else {
            Way::Transit
        }
    }

    fn address(self, route: &Route, lun: u8) -> Address {
        match self {
            Way::Direct => Address::System { lun },
            Way::Bus => Address::Ipmb { channel: route.target_channel & 0x0f, slave: route.target_addr, lun },
            Way::Transit => Address::Ipmb { channel: route.transit_channel, slave: route.transit_addr, lun },
        }
    }
}

/// The Send Message that a transit controller is sent (IPMI 2.0 section 22.7).
fn encapsulate(route: &Route, request: &Request) -> Request {
    let mut data = vec![TRACK | route.target_channel];
    data.extend(Message::request(route.target_addr, ANYBODY, 0, request).encode());
    Request::new(NetFn::APP, SEND_MESSAGE, data)
}

/// An answer's bytes as a reply. Nothing where there is not even a completion code.
fn reply(way: Way, bytes: &[u8]) -> Option<Reply> {
    let bytes = match (way, bytes.split_first()?) {
        // The transit controller's own completion code, then the answer as an IPMB message.
        (Way::Transit, (0, _)) => bytes.get(ENCAPSULATED_HEADER..)?.split_last()?.1,
        _ => bytes,
    };
    let (code, data) = bytes.split_first()?;
    Some(Reply { completion: CompletionCode(*code), data: Bytes::copy_from_slice(data) })
}

impl OpenTransport {
    fn say(&self, level: Level, text: &str) {
        self.observer.log(level, text);
    }

    /// Says what failed, and makes of it that there is no answer.
    fn failed(&self, what: &str, error: &io::Error) -> TransportError {
        self.say(Level::Error, &format!("{what}: {}", errno_text(error)));
        TransportError::NoResponse
    }

    fn announce_address(&self, address: u8) -> io::Result<()> {
        self.device.device().set_own_address(address).inspect_err(|error| {
            self.say(Level::Error, &format!("Could not set IPMB address: {}", errno_text(error)));
        })
    }

    async fn ask_manufacturer(&self, my_addr: u8) -> Option<u32> {
        let route = Route { my_addr, target_addr: my_addr, ..Route::direct() };
        super::manufacturer_of(self.transact(&route, &GetDeviceId.request()).await, self.observer.as_ref())
    }

    /// Hands a request to the driver and gives the id its answer will have.
    fn send(&self, turn: &mut i32, route: &Route, request: &Request) -> Result<i32, TransportError> {
        let (way, lun) = (Way::of(route), request.lun & 3);
        self.trace_request(way, route, request);
        let wrapped = (way == Way::Transit).then(|| encapsulate(route, request));
        let carried = wrapped.as_ref().unwrap_or(request);
        let id = *turn;
        *turn = turn.wrapping_add(1);
        let outgoing =
            Outgoing { to: way.address(route, lun), id, netfn: carried.netfn.0, cmd: carried.cmd, data: &carried.data };
        self.device.device().send(&outgoing).map_err(|error| self.failed("Unable to send command", &error))?;
        Ok(id)
    }

    /// Waits for the answer with this id. Answers to requests that were given up come first.
    async fn receive(&self, id: i32, buffer: &mut [u8]) -> Result<Received, TransportError> {
        // Reference: what comes between does not buy more time.
        let deadline = Instant::now() + PATIENCE;
        loop {
            let next = self.device.receive(buffer);
            let received = match tokio::time::timeout_at(deadline, next).await {
                Ok(Ok(received)) => received,
                Ok(Err(error)) => return Err(self.failed("Error receiving message", &error)),
                Err(_) => {
                    self.say(Level::Error, "No data available");
                    return Err(TransportError::NoResponse);
                }
            };
            if received.truncated {
                let error = io::Error::from_raw_os_error(libc::EMSGSIZE);
                self.say(Level::Error, &format!("Error receiving message: {}", errno_text(&error)));
            }
            if received.id != i64::from(id) {
                let text = format!("Received a response with unexpected ID {} vs. {id}", received.id);
                self.say(Level::Notice, &text);
            } else if received.is_response() {
                return Ok(received);
            }
        }
    }

    async fn exchange(&self, route: &Route, request: &Request) -> Result<Reply, TransportError> {
        let mut turn = self.turn.lock().await;
        let id = self.send(&mut turn, route, request)?;
        let mut buffer = vec![0; MAX_REPLY];
        let received = self.receive(id, &mut buffer).await?;
        let bytes = buffer.get(..received.length).unwrap_or_default();
        self.trace_answer(&received, bytes);
        if Way::of(route) == Way::Transit {
            let transit = route.transit_addr;
            self.say(Level::Debug, &format!("Decapsulating data received from transit IPMB target @ {transit:#x}"));
        }
        reply(Way::of(route), bytes).ok_or(TransportError::NoResponse)
    }

    fn trace_request(&self, way: Way, route: &Route, request: &Request) {
        let verbosity = self.observer.verbosity();
        if verbosity > 2 {
            self.say(Level::Notice, "OpenIPMI Request Message Header:");
            self.say(Level::Notice, &format!("  netfn     = {:#x}", request.netfn.0));
            self.say(Level::Notice, &format!("  cmd       = {:#x}", request.cmd));
            if !request.data.is_empty() {
                let count = request.data.len();
                self.say(Level::Notice, &format!("OpenIPMI Request Message Data ({count} bytes)"));
                for line in request.data.chunks(16) {
                    self.say(Level::Notice, &line.iter().map(|byte| format!(" {byte:02x}")).collect::<String>());
                }
            }
        }
        let Route { my_addr, target_addr, target_channel, transit_addr, transit_channel } = *route;
        if way != Way::Direct {
            let target = format!("{:#x} to IPMB target @ {target_addr:#x}:{target_channel:#x}", request.cmd);
            self.say(Level::Debug, &format!("Sending request {target} (from {my_addr:#x})"));
        } else if verbosity > 3 {
            self.say(Level::Debug, &format!("Sending request {:#x} to System Interface", request.cmd));
        }
        if way == Way::Transit {
            let target = format!("[0x{:02x},0x{target_addr:02x}]", TRACK | target_channel);
            let transit = format!("[0x{transit_channel:02x},0x{transit_addr:02x}] from {my_addr:#x} ");
            let text = format!("Encapsulating data sent to end target {target} using transit {transit}");
            self.say(Level::Debug, &text);
        }
    }

    fn trace_answer(&self, received: &Received, bytes: &[u8]) {
        if self.observer.verbosity() > 4 {
            // Reference: the title has no newline of its own.
            self.say(Level::Notice, &format!("Got message:  type      = {}", received.kind));
            self.say(Level::Notice, &format!("  channel   = {:#x}", received.channel));
            self.say(Level::Notice, &format!("  msgid     = {}", received.id));
            self.say(Level::Notice, &format!("  netfn     = {:#x}", received.netfn));
            self.say(Level::Notice, &format!("  cmd       = {:#x}", received.cmd));
            self.say(Level::Notice, &format!("  data_len  = {}", bytes.len()));
            let data: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            self.say(Level::Notice, &format!("  data      = {data}"));
        }
    }
}

impl Transport for OpenTransport {
    fn name(&self) -> &'static str {
        "open"
    }

    fn transact<'a>(&'a self, route: &'a Route, request: &'a Request) -> BoxFuture<'a, Result<Reply, TransportError>> {
        Box::pin(self.exchange(route, request))
    }

    fn post<'a>(
        &'a self,
        route: &'a Route,
        request: &'a Request,
    ) -> BoxFuture<'a, Result<Option<Reply>, TransportError>> {
        Box::pin(async move {
            let mut turn = self.turn.lock().await;
            self.send(&mut turn, route, request)?;
            Ok(None)
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

    fn manufacturer(&self) -> Option<u32> {
        self.manufacturer
    }

    fn set_own_address(&self, address: u8) {
        // Reference: a driver that refuses has been heard; the command runs all the same.
        let _ = self.announce_address(address);
    }

    /// There is no session; the device closes when this is dropped.
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUS: Route = Route { target_addr: 0x82, target_channel: 7, ..Route::direct() };
    const TRANSIT: Route = Route { transit_addr: 0x84, transit_channel: 3, ..BUS };

    #[test]
    fn the_way_follows_the_route() {
        assert_eq!(Way::of(&Route::direct()), Way::Direct);
        assert_eq!(Way::of(&Route { target_addr: 0, ..TRANSIT }), Way::Direct);
        assert_eq!(Way::of(&BUS), Way::Bus);
        assert_eq!(Way::of(&Route { transit_addr: 0x20, ..BUS }), Way::Bus);
        assert_eq!(Way::of(&Route { transit_addr: 0x82, transit_channel: 7, ..BUS }), Way::Transit);
        assert_eq!(Way::Bus.address(&TRANSIT, 1), Address::Ipmb { channel: 7, slave: 0x82, lun: 1 });
        assert_eq!(Way::Transit.address(&TRANSIT, 0), Address::Ipmb { channel: 3, slave: 0x84, lun: 0 });
    }

    #[test]
    fn requests_are_encapsulated_for_a_transit() {
        let wrapped = encapsulate(&TRANSIT, &Request::new(NetFn::APP, 0x01, [0xaa]).with_lun(2));
        assert_eq!((wrapped.netfn, wrapped.cmd, wrapped.lun), (NetFn::APP, 0x34, 0));
        assert_eq!(wrapped.data, [0x47, 0x82, 0x1a, 0x64, 0xff, 0x00, 0x01, 0xaa, 0x56]);
    }

    #[test]
    fn answers_are_read_whatever_their_length() {
        let plain = Reply { completion: CompletionCode(0), data: Bytes::from_static(&[1, 2]) };
        assert_eq!(reply(Way::Direct, &[0, 1, 2]), Some(plain.clone()));
        assert_eq!(reply(Way::Bus, &[0xc1]), Some(Reply::refused(CompletionCode(0xc1))));
        assert_eq!(reply(Way::Transit, &[0x83]), Some(Reply::refused(CompletionCode(0x83))));
        assert_eq!(reply(Way::Transit, &[0, 0xff, 0x1c, 0xe5, 0x82, 0, 1, 0, 1, 2, 0x7a]), Some(plain));
        for length in 1..9 {
            assert_eq!(reply(Way::Transit, &[0; 9][..length]), None, "{length}");
        }
        assert_eq!(reply(Way::Direct, &[]), None);
    }
}
