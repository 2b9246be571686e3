//! Session machines and packet codecs: no socket, no clock, no random source of their own.
//!
//! Each codec goes both ways, because the simulated BMC speaks the other side. Decoders refuse what
//! they cannot read and never panic; authentication codes are compared in constant time.

pub mod auth;
pub mod bridge;
pub mod crypt;
pub mod ipmb;
pub mod lan;
pub mod lanplus;
mod pace;
mod quirks;
pub mod rakp;
pub mod rmcp;
pub mod session15;
pub mod session20;
pub mod sol;
pub mod suites;

pub use pace::Schedule;
pub use quirks::Quirks;

use pace::{Numbers, Pace, Tries};
use std::time::Duration;
use zeroize::Zeroizing;

/// A packet that is not what it should be. Such packets are dropped without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a packet of this session")]
pub struct Malformed;

/// A password or key, wiped when dropped and never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// Takes over some bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Key(Zeroizing::new(bytes.into()))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether there is nothing in it but zeros.
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|byte| *byte == 0)
    }

    /// The bytes, padded with zeros or cut to `N`.
    pub fn padded<const N: usize>(&self) -> Zeroizing<[u8; N]> {
        let mut out = Zeroizing::new([0; N]);
        for (to, from) in out.iter_mut().zip(self.0.iter()) {
            *to = *from;
        }
        out
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Random bytes, handed in so that a session can be repeated.
pub type Random = Box<dyn FnMut(&mut [u8]) + Send>;

/// What a machine wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send this datagram.
    Transmit(Vec<u8>),
    /// Call `deadline` after this time, unless another wait begins before.
    Wait(Duration),
    /// Something the user may want to read.
    Note(Note),
    /// The session is open.
    Opened,
    /// The session cannot be opened.
    Failed(Failure),
    /// The request in flight has this reply.
    Reply(crate::ipmi::Reply),
    /// The request in flight has no reply.
    NoReply,
    /// The request in flight has no reply, because a bridge did not pass it on.
    NotPassedOn,
    /// A serial-over-LAN payload has come, in the session's packet number `order`.
    Sol {
        /// Number of the packet in the session.
        order: u32,
        /// The payload; see [`sol::Packet`].
        payload: Vec<u8>,
    },
}

/// Something odd on the way to a session that does not end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The BMC refuses to say which cipher suites it has.
    NoCipherSuites(crate::ipmi::CompletionCode),
    /// RAKP message 1 or 3 was not answered.
    RakpUnanswered(u8),
    /// The cipher suite that was chosen from those the BMC offers.
    BestSuite(u8),
}

/// Why a session cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody answers.
    NoResponse,
    /// The BMC answers at first, but no handshake comes to its end.
    Unfinished,
    /// The BMC does not speak RMCP+, or refuses to say what it speaks.
    NoRmcpPlus,
    /// A cipher suite that is not spoken here.
    UnsupportedSuite(u8),
    /// The Open Session Response has this status.
    OpenRefused(u8),
    /// The Open Session Response agrees to something else than was asked for.
    OpenMismatch,
    /// RAKP message 2 or 4 has this status.
    RakpRefused(u8, u8),
    /// RAKP message 2 or 4 has a wrong code: not the same password, or not the same BMC.
    RakpForged(u8),
    /// None of the authentication types asked for is offered (the code asked for, if any).
    AuthType(Option<u8>),
    /// Get Session Challenge failed: no answer, or this completion code.
    Challenge(Option<crate::ipmi::CompletionCode>),
    /// Activate Session failed: no answer, or this completion code.
    Activate(Option<crate::ipmi::CompletionCode>),
    /// The session was activated with another authentication type than was asked for.
    ActivatedType(u8),
}

/// The sequence numbers of IPMI messages: six bits, counted for each command.
#[derive(Clone, Copy, Debug, Default)]
struct MessageSeq(u8);

impl MessageSeq {
    fn next(&mut self) -> u8 {
        self.0 = (self.0 + 1) & 0x3f;
        self.0
    }
}

/// A session machine: what a driver with a socket and a clock needs.
pub trait Machine: Send {
    /// Tells the time, counted from any moment on; before every other input where the round trip is
    /// to be measured.
    fn set_now(&mut self, now: Duration);
    /// Begins to open the session.
    fn start(&mut self);
    /// The next thing to do.
    fn poll(&mut self) -> Option<Effect>;
    /// Something has arrived.
    fn datagram(&mut self, datagram: &[u8]);
    /// The wait is over.
    fn deadline(&mut self);
    /// Sends a request inside the session.
    fn submit(&mut self, route: &crate::ipmi::Route, request: &crate::ipmi::Request);
    /// Changes the schedule of the requests to come.
    fn set_schedule(&mut self, schedule: Schedule);
    /// Forgets the session.
    fn abandon(&mut self);
    /// Datagrams that end whatever session the BMC may have by now, for a driver that cannot wait.
    fn farewell(&mut self) -> Vec<Vec<u8>>;
    /// Whether the BMC has a session by now, or may have one.
    fn is_committed(&self) -> bool;
    /// The BMC's session id and the cipher suite in force, while the session is open.
    fn session(&self) -> Option<(u32, Option<u8>)>;
    /// The datagram that carries a serial-over-LAN payload; none without a session that can.
    fn sol(&mut self, payload: &[u8]) -> Option<Vec<u8>>;
}

macro_rules! machine {
    ($type:ty, $session:expr, $sol:expr) => {
        impl Machine for $type {
            fn set_now(&mut self, now: Duration) {
                self.set_now(now);
            }
            fn farewell(&mut self) -> Vec<Vec<u8>> {
                self.farewell()
            }
            fn is_committed(&self) -> bool {
                self.is_committed()
            }
            fn start(&mut self) {
                self.start();
            }
            fn poll(&mut self) -> Option<Effect> {
                self.poll()
            }
            fn datagram(&mut self, datagram: &[u8]) {
                self.datagram(datagram);
            }
            fn deadline(&mut self) {
                self.deadline();
            }
            fn submit(&mut self, route: &crate::ipmi::Route, request: &crate::ipmi::Request) {
                self.submit(route, request);
            }
            fn set_schedule(&mut self, schedule: Schedule) {
                self.set_schedule(schedule);
            }
            fn abandon(&mut self) {
                self.abandon();
            }
            fn session(&self) -> Option<(u32, Option<u8>)> {
                $session(self)
            }
            fn sol(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
                $sol(self, payload)
            }
        }
    };
}

machine!(
    lan::Machine,
    |machine: &lan::Machine| machine.session().map(|id| (id, None)),
    |machine: &mut lan::Machine, payload| machine.sol(payload)
);
machine!(
    lanplus::Machine,
    |machine: &lanplus::Machine| machine.session().map(|(id, suite)| (id, Some(suite))),
    |machine: &mut lanplus::Machine, payload| machine.sol(payload)
);
