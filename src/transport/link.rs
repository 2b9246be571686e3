//! The way to a host: its addresses, and the socket to the one that answers.
//!
//! A name may have several addresses, and some of them may be dead. The first message of a session
//! goes to them one after another, a moment apart, until one answers; from then on there is only that
//! one. Nothing of a session is known before that answer, so nothing is told to two parties.

use crate::protocol::rmcp;
use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use std::task::Poll;
use std::time::Duration;
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;
use tokio::time::Instant;

/// IP versions a host name may resolve to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IpVersion {
    /// Either.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

/// How long an address is given before the next one is asked too.
const STAGGER: Duration = Duration::from_millis(250);
/// Addresses that are tried, at most: a name server must not make us ask the whole world.
const MOST_ADDRESSES: usize = 16;
/// A socket that reports errors only is not asked again at once.
const PAUSE: Duration = Duration::from_millis(5);

/// Why there is no way to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The name has no address of the version asked for.
    Unknown,
    /// No socket can be had for any of its addresses.
    NoSocket,
}

/// Sockets to the addresses of one host, until one of them has answered.
pub struct Link {
    sockets: Vec<UdpSocket>,
    /// Addresses that have not been tried yet, and when the next one is due.
    others: VecDeque<SocketAddr>,
    next: Instant,
    /// What was sent last, for the address that is tried next.
    last: Vec<u8>,
    settled: bool,
}

impl Link {
    /// Finds the host. Numeric addresses need no resolver.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub async fn connect(host: &str, port: u16, version: IpVersion) -> Result<Link, Unreachable> {
        let addresses = addresses(host, port, version).await;
        if addresses.is_empty() {
            return Err(Unreachable::Unknown);
        }
        Link::to(addresses).await.ok_or(Unreachable::NoSocket)
    }

    /// A link to whichever of these addresses answers first; none without any that can be used.
    pub async fn to(addresses: Vec<SocketAddr>) -> Option<Link> {
        let settled = addresses.len() == 1;
        let others = addresses.into();
        let mut link = Link { sockets: Vec::new(), others, next: Instant::now(), last: Vec::new(), settled };
        link.engage().await.then_some(link)
    }

    /// Tries the next address that can be used, if there is one.
    async fn engage(&mut self) -> bool {
        while let Some(address) = self.others.pop_front() {
            if let Ok(socket) = connect_to(address).await {
                if !self.last.is_empty() {
                    drop(socket.send(&self.last).await);
                }
                self.sockets.push(socket);
                self.next = Instant::now() + STAGGER;
                return true;
            }
        }
        false
    }

    /// Sends a datagram. One that cannot be sent is a lost one.
    pub async fn send(&mut self, datagram: &[u8]) {
        if !self.settled {
            datagram.clone_into(&mut self.last);
        }
        for socket in &self.sockets {
            drop(socket.send(datagram).await);
        }
    }

    /// Receives a datagram. May be dropped at any time.
    ///
    /// # Errors
    /// What the operating system reports of the only address there is.
    pub async fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let due = self.next;
            let (index, received) = tokio::select! {
                received = any(&self.sockets, buffer) => received,
                () = tokio::time::sleep_until(due), if !self.settled && !self.others.is_empty() => {
                    self.engage().await;
                    continue;
                }
            };
            match received {
                Ok(length) if self.settled => return Ok(length),
                // Only what can be a BMC's answer chooses.
                Ok(length) if rmcp::decode(buffer.get(..length).unwrap_or_default()).is_ok() => {
                    let chosen = self.sockets.swap_remove(index);
                    self.sockets = vec![chosen];
                    self.others.clear();
                    self.settled = true;
                    return Ok(length);
                }
                Ok(_) => {}
                Err(_) if !self.settled && self.sockets.len() + self.others.len() > 1 => {
                    drop(self.sockets.swap_remove(index));
                    if self.sockets.is_empty() && !self.engage().await {
                        return Err(io::ErrorKind::NotConnected.into());
                    }
                }
                Err(error) => {
                    tokio::time::sleep(PAUSE).await;
                    return Err(error);
                }
            }
        }
    }

    /// The addresses of this side and of the host, once there is only one.
    pub fn addresses(&self) -> Option<(IpAddr, IpAddr)> {
        let [socket] = &self.sockets[..] else { return None };
        Some((socket.local_addr().ok()?.ip(), socket.peer_addr().ok()?.ip()))
    }

    /// The socket for a driver that cannot await, once there is only one.
    pub fn blocking(&self) -> Option<std::net::UdpSocket> {
        let [socket] = &self.sockets[..] else { return None };
        let socket = std::net::UdpSocket::from(socket.as_fd().try_clone_to_owned().ok()?);
        socket.set_nonblocking(false).ok()?;
        Some(socket)
    }
}

/// The first of the sockets that has something to tell.
async fn any(sockets: &[UdpSocket], buffer: &mut [u8]) -> (usize, io::Result<usize>) {
    poll_fn(|context| {
        for (index, socket) in sockets.iter().enumerate() {
            let mut read = ReadBuf::new(buffer);
            if let Poll::Ready(received) = socket.poll_recv(context, &mut read) {
                return Poll::Ready((index, received.map(|()| read.filled().len())));
            }
        }
        Poll::Pending
    })
    .await
}

async fn connect_to(address: SocketAddr) -> io::Result<UdpSocket> {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(address).await?;
    Ok(socket)
}

/// The addresses of a host in the resolver's order, each once.
async fn addresses(host: &str, port: u16, version: IpVersion) -> Vec<SocketAddr> {
    let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        // The resolver knows scopes too (`fe80::1%eth0`).
        Err(_) => match tokio::net::lookup_host((host, port)).await {
            Ok(addresses) => addresses.collect(),
            Err(_) => Vec::new(),
        },
    };
    let fits = |address: &SocketAddr| match version {
        IpVersion::Any => true,
        IpVersion::V4 => address.is_ipv4(),
        IpVersion::V6 => address.is_ipv6(),
    };
    let mut all = Vec::new();
    for address in found.into_iter().filter(fits).flat_map(|address| scoped(address, scopes)) {
        if !all.contains(&address) && all.len() < MOST_ADDRESSES {
            all.push(address);
        }
    }
    all
}

/// A link-local address without a scope may be behind any interface.
fn scoped(address: SocketAddr, scopes: impl Fn() -> Vec<u32>) -> Vec<SocketAddr> {
    match address {
        SocketAddr::V6(six) if six.ip().is_unicast_link_local() && six.scope_id() == 0 => {
            let scopes = scopes();
            let with = scopes.into_iter().map(|scope| {
                let mut scoped = six;
                scoped.set_scope_id(scope);
                SocketAddr::V6(scoped)
            });
            let all: Vec<SocketAddr> = with.collect();
            if all.is_empty() { vec![address] } else { all }
        }
        _ => vec![address],
    }
}

/// The scopes of the interfaces that have a link-local address of their own.
fn scopes() -> Vec<u32> {
    let Ok(interfaces) = getifaddrs() else { return Vec::new() };
    let scope = |interface: nix::ifaddrs::InterfaceAddress| {
        let address = *interface.address?.as_sockaddr_in6()?;
        let usable = interface.flags.contains(InterfaceFlags::IFF_UP)
            && !interface.flags.contains(InterfaceFlags::IFF_LOOPBACK)
            && address.ip().is_unicast_link_local();
        usable.then(|| address.scope_id())
    };
    let mut scopes: Vec<u32> = interfaces.filter_map(scope).filter(|scope| *scope != 0).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(test);
    }

    #[test]
    fn numbers_need_no_resolver_and_versions_are_kept() {
        run(async {
            assert_eq!(addresses("192.0.2.1", 623, IpVersion::Any).await, [SocketAddr::from(([192, 0, 2, 1], 623))]);
            assert!(addresses("192.0.2.1", 623, IpVersion::V6).await.is_empty());
            assert_eq!(addresses("::1", 7, IpVersion::V6).await, ["[::1]:7".parse().expect("an address")]);
            assert_eq!(Link::connect("::1", 7, IpVersion::V4).await.err(), Some(Unreachable::Unknown));
        });
    }

    #[test]
    fn scopes_are_read_and_borrowed() {
        run(async {
            for (host, scope) in [("fe80::1%lo", 1), ("fe80::1%1", 1)] {
                let found = addresses(host, 623, IpVersion::Any).await;
                let [SocketAddr::V6(address)] = found[..] else { panic!("{host}: {found:?}") };
                assert_eq!((address.ip().segments()[0], address.scope_id()), (0xfe80, scope), "{host}");
            }
        });
        let plain: SocketAddr = "[fe80::1]:623".parse().expect("an address");
        let all = scoped(plain, || vec![2, 5]);
        let scopes: Vec<u32> =
            all.iter().filter_map(|a| if let SocketAddr::V6(a) = a { Some(a.scope_id()) } else { None }).collect();
        assert_eq!(scopes, [2, 5]);
        assert_eq!(scoped(plain, Vec::new), [plain]);
        let wide: SocketAddr = "[2001:db8::1]:623".parse().expect("an address");
        assert_eq!(scoped(wide, || vec![2]), [wide]);
    }

    #[test]
    fn a_dead_first_address_does_not_lose_the_host() {
        run(async {
            let silent = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
            let refused = UdpSocket::bind("127.0.0.1:0").await.expect("a socket").local_addr().expect("an address");
            let alive = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
            let [quiet, there] = [&silent, &alive].map(|socket| socket.local_addr().expect("an address"));
            for order in [vec![quiet, there], vec![refused, there], vec![refused, quiet, there], vec![there, quiet]] {
                let mut link = Link::to(order).await.expect("a link");
                link.send(&rmcp::PING).await;
                let answer = async {
                    let mut buffer = [0; 64];
                    let (_, peer) = alive.recv_from(&mut buffer).await.expect("a ping");
                    // Noise chooses nobody.
                    alive.send_to(b"noise", peer).await.expect("it is sent");
                    alive.send_to(&rmcp::pong(0), peer).await.expect("it is sent");
                };
                let mut buffer = [0; 64];
                let (received, ()) = tokio::join!(link.receive(&mut buffer), answer);
                assert_eq!(buffer[..received.expect("an answer")], rmcp::pong(0));
                assert_eq!(link.sockets.len(), 1);
                assert_eq!(link.sockets[0].peer_addr().expect("an address"), there);
            }
        });
    }
}
