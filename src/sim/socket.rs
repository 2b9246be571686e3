//! The `dummy` face: a unix stream socket with the reference's own framing, so that one simulated
//! BMC serves the reference and us.
//!
//! A request is a 16-byte header (netfn, lun, cmd, target command, data length as a native 16-bit
//! number, and ten bytes of padding and pointer that mean nothing) and its data. A reply is a
//! 24-byte header (netfn, cmd, seq, lun, completion code, three bytes of padding, data length as a
//! native 32-bit number, twelve bytes that mean nothing) and its data. Network function `3f`,
//! command `ff` is the client's goodbye.

use super::{Answer, Origin, SimulatedBmc};
use crate::ipmi::{NetFn, Reply, Request};
use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Length of a request header.
pub const REQUEST_HEADER: usize = 16;
/// Length of a reply header.
pub const REPLY_HEADER: usize = 24;
/// Network function and command of the client's goodbye.
pub const GOODBYE: (u8, u8) = (0x3f, 0xff);

/// Serves one client until it says goodbye or hangs up.
///
/// # Errors
/// What the socket reports; a client that hangs up in the middle of a frame is an error too.
pub fn serve(stream: &mut UnixStream, bmc: &Mutex<SimulatedBmc>) -> io::Result<()> {
    let origin = Origin::system_interface();
    loop {
        let mut header = [0; REQUEST_HEADER];
        match stream.read_exact(&mut header) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        let [netfn, lun, cmd, _, length_low, length_high, ..] = header;
        if (netfn, cmd) == GOODBYE {
            return Ok(());
        }
        let mut data = vec![0; usize::from(u16::from_ne_bytes([length_low, length_high]))];
        stream.read_exact(&mut data)?;
        let request = Request { netfn: NetFn(netfn), lun, cmd, data };
        let answer = match bmc.lock() {
            Ok(mut bmc) => bmc.handle(&origin, &request),
            Err(_) => return Err(io::Error::other("the simulated BMC has failed")),
        };
        let reply = match answer {
            Answer::Reply(reply) => reply,
            Answer::Delayed(delay, reply) => {
                std::thread::sleep(delay);
                reply
            }
            // A client of this socket waits for ever, so silence is a hang-up.
            Answer::Silence => return Ok(()),
        };
        stream.write_all(&frame(&request, &reply))?;
    }
}

/// Serves every client of a socket, each in a thread of its own, until told to stop.
///
/// The socket file must not be there yet; it is removed again at the end. Clients that are connected
/// then are served until they leave.
///
/// # Errors
/// What the operating system reports about the socket.
pub fn listen(path: &Path, bmc: &Arc<Mutex<SimulatedBmc>>, shutdown: &Shutdown) -> io::Result<()> {
    let listener = UnixListener::bind(path)?;
    shutdown.opened(path);
    let outcome = loop {
        let stream = listener.accept();
        if shutdown.is_wanted() {
            break Ok(());
        }
        match stream {
            Ok((mut stream, _)) => {
                let bmc = Arc::clone(bmc);
                // A client that breaks off harms nobody else.
                std::thread::spawn(move || drop(serve(&mut stream, &bmc)));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    drop(std::fs::remove_file(path));
    outcome
}

/// Tells [`listen`] to stop, from any thread.
#[derive(Default)]
pub struct Shutdown {
    wanted: AtomicBool,
    path: Mutex<Option<PathBuf>>,
}

impl Shutdown {
    /// Stops the listener, now or as soon as it begins.
    pub fn request(&self) {
        self.wanted.store(true, Ordering::SeqCst);
        let path = self.path.lock().ok().and_then(|path| path.clone());
        // The listener waits for a client: here is one.
        path.map(UnixStream::connect);
    }

    /// Whether the listener is to stop, or has stopped.
    pub fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::SeqCst)
    }

    /// Whether the socket is there for clients.
    pub fn is_open(&self) -> bool {
        self.path.lock().is_ok_and(|path| path.is_some())
    }

    fn opened(&self, path: &Path) {
        if let Ok(mut known) = self.path.lock() {
            *known = Some(path.to_owned());
        }
        if self.is_wanted() {
            self.request();
        }
    }
}

fn frame(request: &Request, reply: &Reply) -> Vec<u8> {
    let length = i32::try_from(reply.data.len()).unwrap_or(0);
    let mut out = vec![request.netfn.0 | 1, request.cmd, 0, request.lun, reply.completion.0, 0, 0, 0];
    out.extend(length.to_ne_bytes());
    out.resize(REPLY_HEADER, 0);
    out.extend(&reply.data);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Profile;

    fn ask(stream: &mut UnixStream, cmd: u8) -> Vec<u8> {
        let mut request = [0; REQUEST_HEADER];
        (request[0], request[2]) = (0x06, cmd);
        stream.write_all(&request).expect("a request");
        let mut header = [0; REPLY_HEADER];
        stream.read_exact(&mut header).expect("a reply");
        let mut data = vec![0; usize::from(header[8])];
        stream.read_exact(&mut data).expect("data");
        data
    }

    #[test]
    fn clients_are_served_at_once_until_the_end() {
        let path = std::env::temp_dir().join(format!("sim-socket-{}", std::process::id()));
        let bmc = Arc::new(Mutex::new(SimulatedBmc::new(Profile::default())));
        let shutdown = Arc::new(Shutdown::default());
        let listener = {
            let (path, bmc, shutdown) = (path.clone(), Arc::clone(&bmc), Arc::clone(&shutdown));
            std::thread::spawn(move || listen(&path, &bmc, &shutdown))
        };
        while !shutdown.is_open() {
            std::thread::yield_now();
        }
        let mut first = UnixStream::connect(&path).expect("a client");
        let mut second = UnixStream::connect(&path).expect("another");
        assert_eq!(ask(&mut second, 0x01), ask(&mut first, 0x01));
        shutdown.request();
        listener.join().expect("no panic").expect("no error");
        assert!(!path.exists());
    }
}
