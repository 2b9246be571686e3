//! Wire forms: typed requests and replies, by network function.
//!
//! This room imports nothing and says nothing to a user. Decoders return errors and never panic,
//! whatever the bytes; a reply that is shorter than the specification's leaves trailing fields
//! absent where the field's reader allows it (see [`Reader`]).

pub mod app;
pub mod chassis;
mod code;
pub mod dcmi;
mod effect;
pub mod extension;
pub mod firewall;
pub mod fru;
pub mod i2c;
pub mod isol;
pub mod lan;
pub mod lan6;
pub mod node_manager;
pub mod pef;
mod reader;
mod route;
pub mod sdr;
pub mod sel;
pub mod sensor;
pub mod sol;
pub mod spd;
pub mod user;

pub use code::CompletionCode;
pub use reader::{DecodeError, Reader};
pub use route::{BMC_ADDRESS, Bridging, Route};

use bytes::Bytes;

/// A network function code, even for requests (IPMI 2.0 section 5.1, table 5-1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NetFn(pub u8);

impl NetFn {
    /// Chassis control and status.
    pub const CHASSIS: NetFn = NetFn(0x00);
    /// Bridge (ICMB) messages.
    pub const BRIDGE: NetFn = NetFn(0x02);
    /// Sensors and events.
    pub const SENSOR_EVENT: NetFn = NetFn(0x04);
    /// Management controller ("application") commands.
    pub const APP: NetFn = NetFn(0x06);
    /// Firmware transfer.
    pub const FIRMWARE: NetFn = NetFn(0x08);
    /// SDR, SEL and FRU storage.
    pub const STORAGE: NetFn = NetFn(0x0a);
    /// LAN, serial and SOL configuration.
    pub const TRANSPORT: NetFn = NetFn(0x0c);
    /// Commands of a manufacturer, whose enterprise number begins the data.
    pub const OEM: NetFn = NetFn(0x2e);
    /// Intel's serial over LAN for IPMI 1.5.
    pub const ISOL: NetFn = NetFn(0x34);
    /// Group extensions (PICMG, DCMI, VITA); the first data byte names the group.
    pub const GROUP: NetFn = NetFn(0x2c);
}

impl std::fmt::Debug for NetFn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NetFn({:#04x})", self.0)
    }
}

/// One request as it goes to a management controller, before any transport's framing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Network function of the request, six bits.
    pub netfn: NetFn,
    /// Logical unit number at the responder, 0 to 3.
    pub lun: u8,
    /// Command number within the network function.
    pub cmd: u8,
    /// Request data after the command byte.
    pub data: Vec<u8>,
}

impl Request {
    /// A request to LUN 0.
    pub fn new(netfn: NetFn, cmd: u8, data: impl Into<Vec<u8>>) -> Self {
        Request { netfn, lun: 0, cmd, data: data.into() }
    }

    /// The same request for another logical unit.
    pub fn with_lun(mut self, lun: u8) -> Self {
        self.lun = lun;
        self
    }
}

/// One reply: completion code and the bytes after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Completion code (IPMI 2.0 section 5.2).
    pub completion: CompletionCode,
    /// Reply data after the completion code.
    pub data: Bytes,
}

impl Reply {
    /// A successful reply.
    pub fn ok(data: impl Into<Bytes>) -> Self {
        Reply { completion: CompletionCode::OK, data: data.into() }
    }

    /// A refusal without data.
    pub fn refused(code: CompletionCode) -> Self {
        Reply { completion: code, data: Bytes::new() }
    }
}

/// A typed IPMI command: what is sent, and how its successful reply is read.
///
/// One type per command of the specification; the type's own comment cites the section.
pub trait Command {
    /// Network function of the request.
    const NETFN: NetFn;
    /// Command number.
    const CMD: u8;
    /// What a successful reply says.
    type Reply;

    /// Logical unit the command is addressed to.
    fn lun(&self) -> u8 {
        0
    }

    /// Appends the request data to `data`.
    fn encode(&self, data: &mut Vec<u8>);

    /// Reads the data of a reply whose completion code is 0.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes cannot be a reply to this command.
    fn decode(data: &[u8]) -> Result<Self::Reply, DecodeError>;

    /// The request in wire form.
    fn request(&self) -> Request {
        let mut data = Vec::new();
        self.encode(&mut data);
        Request { netfn: Self::NETFN, lun: self.lun(), cmd: Self::CMD, data }
    }
}
