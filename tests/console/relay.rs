//! A relay between a console and a BMC that loses the packets a test chooses.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The way a packet goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    ToBmc,
    ToConsole,
}

/// A serial-over-LAN payload in a packet that is not encrypted: number and characters.
pub fn sol(packet: &[u8]) -> Option<(u8, &[u8])> {
    // RMCP, then authentication type 06h, payload type, two numbers of four bytes, length.
    let [_, _, _, 7, 6, kind, _, _, _, _, _, _, _, _, l0, l1, rest @ ..] = packet else { return None };
    let length = usize::from(u16::from_le_bytes([*l0, *l1]));
    match rest.get(..length)? {
        [seq, _, _, _, data @ ..] if kind & 0x3f == 1 => Some((*seq, data)),
        _ => None,
    }
}

/// Loses every `nth` new packet with characters of one way, once.
pub fn lose_every(nth: usize, way: Way) -> impl FnMut(Way, &[u8]) -> bool + Send + 'static {
    let (mut last, mut count) = (0, 0);
    move |going, packet| match sol(packet) {
        Some((seq, data)) if going == way && seq != 0 && !data.is_empty() && seq != last => {
            last = seq;
            count += 1;
            count % nth == 0
        }
        _ => false,
    }
}

/// A relay on a port of its own, until dropped.
pub struct Relay {
    pub port: u16,
    over: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Relay {
    /// A relay to a BMC; `lost` says which packets get lost.
    pub fn new(bmc: u16, mut lost: impl FnMut(Way, &[u8]) -> bool + Send + 'static) -> Relay {
        let socket = || {
            let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
            socket.set_read_timeout(Some(Duration::from_millis(5))).expect("a timeout");
            socket
        };
        let (near, far) = (socket(), socket());
        far.connect(("127.0.0.1", bmc)).expect("an address");
        let port = near.local_addr().expect("an address").port();
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let thread = std::thread::spawn(move || {
            let mut console = None;
            let mut buffer = [0; 2048];
            far.set_nonblocking(true).expect("it can");
            near.set_nonblocking(true).expect("it can");
            while !ended.load(Ordering::Relaxed) {
                let mut idle = true;
                while let Ok((length, from)) = near.recv_from(&mut buffer) {
                    idle = false;
                    console = Some(from);
                    if !lost(Way::ToBmc, &buffer[..length]) {
                        far.send(&buffer[..length]).ok();
                    }
                }
                while let Ok(length) = far.recv(&mut buffer) {
                    idle = false;
                    if let Some(console) = console
                        && !lost(Way::ToConsole, &buffer[..length])
                    {
                        near.send_to(&buffer[..length], console).ok();
                    }
                }
                if idle {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        });
        Relay { port, over, threads: vec![thread] }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().ok();
        }
    }
}
