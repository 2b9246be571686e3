//! A relay between a console and a BMC that loses the packets a test chooses.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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

/// Loses every `nth` new packet with characters of one way, once; counts what it loses.
pub fn lose_every(nth: usize, way: Way) -> (impl FnMut(Way, &[u8]) -> bool + Send + 'static, Arc<AtomicUsize>) {
    let (mut last, mut count) = (0, 0);
    let lost = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&lost);
    let loses = move |going, packet: &[u8]| match sol(packet) {
        Some((seq, data)) if going == way && seq != 0 && !data.is_empty() && seq != last => {
            last = seq;
            count += 1;
            let loses = count % nth == 0;
            counter.fetch_add(usize::from(loses), Ordering::Relaxed);
            loses
        }
        _ => false,
    };
    (loses, lost)
}

/// Where relays are.
pub const ADDRESS: &str = "127.0.0.2";

/// A relay on the BMC's port of another address, until dropped.
pub struct Relay {
    over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Relay {
    /// A relay to a BMC; `lost` says which packets get lost.
    pub fn new(bmc: u16, mut lost: impl FnMut(Way, &[u8]) -> bool + Send + 'static) -> Relay {
        // The BMC names its own port as the payload's, so the relay has it too.
        let near = UdpSocket::bind((ADDRESS, bmc)).expect("a socket");
        let far = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        far.connect(("127.0.0.1", bmc)).expect("an address");
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
        Relay { over, thread: Some(thread) }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
