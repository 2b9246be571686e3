//! The socket of the LAN face.

use super::Server;
use crate::sim::SimulatedBmc;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;

/// Answers that may be held back at once; more are lost, as on a wire.
const MAX_WAITING: usize = 4096;
/// The largest datagram there is.
const LARGEST: usize = 65_536;

struct Waiting {
    due: Instant,
    peer: SocketAddr,
    datagram: Vec<u8>,
}

/// Answers the datagrams of a socket until `shutdown` is over.
///
/// # Errors
/// What the socket reports while receiving. An answer that cannot be sent is lost, no more.
pub async fn serve(
    socket: UdpSocket,
    bmc: Arc<Mutex<SimulatedBmc>>,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let broken = || io::Error::other("the simulated BMC has failed");
    let faults = {
        let mut bmc = bmc.lock().map_err(|_| broken())?;
        let state = bmc.state();
        // Serial over LAN is on the port of the sessions.
        state.sol.set_port(socket.local_addr()?.port());
        state.packets.clone()
    };
    let mut server = Server::new(faults);
    let start = Instant::now();
    let mut waiting: Vec<Waiting> = Vec::new();
    let mut buffer = vec![0; LARGEST];
    tokio::pin!(shutdown);
    loop {
        let console = {
            let mut bmc = bmc.lock().map_err(|_| broken())?;
            for (peer, answer) in server.poll(&mut bmc, start.elapsed()) {
                if waiting.len() < MAX_WAITING {
                    waiting.push(Waiting { due: Instant::now() + answer.after, peer, datagram: answer.datagram });
                }
            }
            server.due(&mut bmc, start.elapsed()).map(|due| start + due)
        };
        // Whatever is due goes out, the oldest first.
        waiting.sort_by_key(|answer| answer.due);
        let due = waiting.partition_point(|answer| answer.due <= Instant::now());
        for answer in waiting.drain(..due) {
            drop(socket.send_to(&answer.datagram, answer.peer).await);
        }
        let next = waiting.first().map(|answer| answer.due).into_iter().chain(console).min();
        let next = next.map_or(Duration::from_secs(3600), |due| due.saturating_duration_since(Instant::now()));
        let received = tokio::select! {
            () = &mut shutdown => return Ok(()),
            () = tokio::time::sleep(next) => continue,
            received = socket.recv_from(&mut buffer) => received,
        };
        let (length, peer) = match received {
            Ok(received) => received,
            // An earlier answer went to somebody who is not there any more.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => continue,
            Err(error) => return Err(error),
        };
        let datagram = buffer.get(..length).unwrap_or_default();
        let answers = match bmc.lock() {
            Ok(mut bmc) => server.datagram(&mut bmc, start.elapsed(), peer, datagram),
            Err(_) => return Err(broken()),
        };
        for answer in answers {
            if waiting.len() < MAX_WAITING {
                waiting.push(Waiting { due: Instant::now() + answer.after, peer, datagram: answer.datagram });
            }
        }
    }
}
