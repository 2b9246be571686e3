//! The kernel's IPMI driver: the four requests of `ipmi_devintf` that a client needs, as safe calls.
//!
//! The structures and numbers are those of `linux/ipmi.h`. Waiting is the runtime's: see
//! [`WatchedDevice`].

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::path::Path;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

const SYSTEM_INTERFACE: libc::c_int = 0x0c;
const IPMB: libc::c_int = 0x01;
/// The channel number that stands for the BMC itself.
const BMC_CHANNEL: libc::c_short = 0x0f;
/// `recv_type` of an answer to one of our requests.
const RESPONSE: libc::c_int = 1;

/// `struct ipmi_system_interface_addr` and `struct ipmi_ipmb_addr`: the latter has one byte more,
/// where the former has padding.
#[repr(C)]
struct RawAddress {
    kind: libc::c_int,
    channel: libc::c_short,
    rest: [u8; 2],
}

/// `struct ipmi_addr`, which has room for every kind of address.
#[repr(C)]
struct AnyAddress {
    kind: libc::c_int,
    channel: libc::c_short,
    data: [u8; 32],
}

/// `struct ipmi_msg`.
#[repr(C)]
struct RawMessage {
    netfn: u8,
    cmd: u8,
    length: u16,
    data: *mut u8,
}

/// `struct ipmi_req`.
#[repr(C)]
struct RawRequest {
    address: *mut u8,
    address_length: libc::c_uint,
    id: libc::c_long,
    message: RawMessage,
}

/// `struct ipmi_recv`.
#[repr(C)]
struct RawReceived {
    kind: libc::c_int,
    address: *mut u8,
    address_length: libc::c_uint,
    id: libc::c_long,
    message: RawMessage,
}

// The directions are the header's, odd as some of them are: they are part of the numbers.
nix::ioctl_readwrite!(
    /// `IPMICTL_RECEIVE_MSG_TRUNC`.
    receive_msg_trunc, b'i', 11, RawReceived
);
nix::ioctl_read!(
    /// `IPMICTL_SEND_COMMAND`.
    send_command, b'i', 13, RawRequest
);
nix::ioctl_read!(
    /// `IPMICTL_SET_GETS_EVENTS_CMD`.
    set_gets_events, b'i', 16, libc::c_int
);
nix::ioctl_read!(
    /// `IPMICTL_SET_MY_ADDRESS_CMD`.
    set_my_address, b'i', 17, libc::c_uint
);

/// Whom a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// The BMC, by its system interface.
    System {
        /// Logical unit, 0 to 3.
        lun: u8,
    },
    /// A controller on an IPMB; the driver wraps the request for the BMC to pass on.
    Ipmb {
        /// Channel of the BMC that the bus is.
        channel: u8,
        /// The controller's slave address.
        slave: u8,
        /// Logical unit, 0 to 3.
        lun: u8,
    },
}

/// One request as the driver takes it.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Whom it is for.
    pub to: Address,
    /// Comes back with the answer.
    pub id: i32,
    /// Network function, six bits.
    pub netfn: u8,
    /// Command.
    pub cmd: u8,
    /// Data; the driver itself refuses more than its messages hold.
    pub data: &'a [u8],
}

/// One message as the driver gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// The id of the request, where this is an answer.
    pub id: i64,
    /// Whether this is an answer; otherwise it is an event or somebody's command. The driver's number of the kind.
    pub kind: i32,
    /// Channel it came by.
    pub channel: u16,
    /// Network function, odd.
    pub netfn: u8,
    /// Command.
    pub cmd: u8,
    /// Bytes of the buffer that are filled: completion code and data.
    pub length: usize,
    /// Whether there was more than the buffer holds.
    pub truncated: bool,
}

impl Received {
    /// Whether this is an answer to a request of ours.
    pub fn is_response(&self) -> bool {
        self.kind == RESPONSE
    }
}

/// An open `/dev/ipmiN`.
#[derive(Debug)]
pub struct Device(File);

impl Device {
    /// Opens the device.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().read(true).write(true).open(path).map(Device)
    }

    /// Asks the driver to pass events on to this client.
    ///
    /// # Errors
    /// What the driver says; `ENOTTY` from what is no IPMI device.
    pub fn receive_events(&self) -> io::Result<()> {
        let mut yes: libc::c_int = 1;
        // SAFETY: the request reads one `int`, which outlives the call.
        unsafe { set_gets_events(self.0.as_raw_fd(), &mut yes) }?;
        Ok(())
    }

    /// Sets the slave address requests are sent from.
    ///
    /// # Errors
    /// What the driver says.
    pub fn set_own_address(&self, address: u8) -> io::Result<()> {
        let mut address = libc::c_uint::from(address);
        // SAFETY: the request reads one `unsigned int`, which outlives the call.
        unsafe { set_my_address(self.0.as_raw_fd(), &mut address) }?;
        Ok(())
    }

    /// Hands a request to the driver.
    ///
    /// # Errors
    /// What the driver says; `EMSGSIZE` for data that no message holds.
    pub fn send(&self, request: &Outgoing<'_>) -> io::Result<()> {
        let length = u16::try_from(request.data.len()).map_err(|_| io::Error::from_raw_os_error(libc::EMSGSIZE))?;
        let mut address = match request.to {
            Address::System { lun } => RawAddress { kind: SYSTEM_INTERFACE, channel: BMC_CHANNEL, rest: [lun, 0] },
            Address::Ipmb { channel, slave, lun } => {
                RawAddress { kind: IPMB, channel: libc::c_short::from(channel), rest: [slave, lun] }
            }
        };
        let mut raw = RawRequest {
            address: (&raw mut address).cast(),
            address_length: size_of::<RawAddress>() as libc::c_uint,
            id: libc::c_long::from(request.id),
            message: RawMessage {
                netfn: request.netfn,
                cmd: request.cmd,
                length,
                data: request.data.as_ptr().cast_mut(),
            },
        };
        // SAFETY: the driver copies from the two buffers during the call, exactly the lengths given,
        // and writes to neither.
        unsafe { send_command(self.0.as_raw_fd(), &mut raw) }?;
        Ok(())
    }

    /// Has the runtime watch the device. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// What the operating system says; `EPERM` from what cannot be watched.
    pub fn watch(self) -> io::Result<WatchedDevice> {
        // SAFETY: the device owns its descriptor, which stays the same until the device is dropped, and
        // `WatchedDevice` lends it only as a shared reference, so that nobody can replace it.
        unsafe { AsyncFd::register_with_interest(self, Interest::READABLE) }.map(WatchedDevice).map_err(Into::into)
    }

    /// Takes the next message from the driver's queue; what the buffer cannot hold is lost.
    ///
    /// # Errors
    /// `WouldBlock` when the queue is empty; else what the driver says.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let mut address = AnyAddress { kind: 0, channel: 0, data: [0; 32] };
        let mut raw = RawReceived {
            kind: 0,
            address: (&raw mut address).cast(),
            address_length: size_of::<AnyAddress>() as libc::c_uint,
            id: 0,
            message: RawMessage {
                netfn: 0,
                cmd: 0,
                length: u16::try_from(buffer.len()).unwrap_or(u16::MAX),
                data: buffer.as_mut_ptr(),
            },
        };
        // SAFETY: the driver writes at most the lengths given into the two buffers, and both, like the
        // structure itself, outlive the call.
        let truncated = match unsafe { receive_msg_trunc(self.0.as_raw_fd(), &mut raw) } {
            Ok(_) => false,
            Err(nix::errno::Errno::EMSGSIZE) => true,
            Err(errno) => return Err(errno.into()),
        };
        Ok(Received {
            id: id_of(raw.id),
            kind: raw.kind,
            channel: address.channel.cast_unsigned(),
            netfn: raw.message.netfn,
            cmd: raw.message.cmd,
            length: usize::from(raw.message.length).min(buffer.len()),
            truncated,
        })
    }
}

/// A C `long`, whose width is the machine's.
#[allow(clippy::useless_conversion)]
fn id_of(id: libc::c_long) -> i64 {
    i64::from(id)
}

impl AsRawFd for Device {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// A device that can be waited for.
#[derive(Debug)]
pub struct WatchedDevice(AsyncFd<Device>);

impl WatchedDevice {
    /// The device, for what needs no waiting.
    pub fn device(&self) -> &Device {
        self.0.get_ref()
    }

    /// Waits for the next message; see [`Device::receive`]. Nothing is lost when this is cancelled.
    ///
    /// # Errors
    /// What the driver says.
    pub async fn receive(&self, buffer: &mut [u8]) -> io::Result<Received> {
        self.0.async_io(Interest::READABLE, |device| device.receive(buffer)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn layouts_are_the_headers() {
        assert_eq!([size_of::<RawAddress>(), size_of::<AnyAddress>(), size_of::<RawMessage>()], [8, 40, 16]);
        assert_eq!([size_of::<RawRequest>(), size_of::<RawReceived>()], [40, 48]);
        assert_eq!(std::mem::offset_of!(RawRequest, message), 24);
        assert_eq!(std::mem::offset_of!(RawReceived, message), 32);
    }

    #[test]
    fn what_is_no_ipmi_device_refuses() {
        let device = Device::open(Path::new("/dev/null")).expect("/dev/null");
        assert_eq!(device.receive_events().map_err(|e| e.raw_os_error()), Err(Some(libc::ENOTTY)));
        let request = Outgoing { to: Address::System { lun: 0 }, id: 0, netfn: 6, cmd: 1, data: &[] };
        assert_eq!(device.send(&request).map_err(|e| e.raw_os_error()), Err(Some(libc::ENOTTY)));
        assert!(device.receive(&mut [0; 4]).is_err());
        let long = vec![0; 0x1_0000];
        assert_eq!(
            device.send(&Outgoing { data: &long, ..request }).map_err(|e| e.raw_os_error()),
            Err(Some(libc::EMSGSIZE))
        );
    }
}
