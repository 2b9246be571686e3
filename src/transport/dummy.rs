//! `-I dummy`: a BMC behind a unix stream socket, in the reference's own framing (`sim::socket`
//! describes it).
//!
//! The reference waits for ever on a peer that hangs up and restarts partial reads at the wrong
//! place; here a hang-up is no response, and frames are read whole.

use super::{BoxFuture, Limits, OpenError, SharedObserver, Transport, TransportError};
use crate::ipmi::{CompletionCode, Reply, Request, Route};
use crate::sim::socket::{GOODBYE, REPLY_HEADER, REQUEST_HEADER};
use crate::sys::Level;
use bytes::Bytes;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::Mutex as AsyncMutex;

/// Where the socket is unless the environment says otherwise.
pub const DEFAULT_SOCKET: &str = "/tmp/.ipmi_dummy";

/// The longest reply taken: what the reference has room for.
const MAX_REPLY: usize = 1024;

/// A BMC behind a unix socket.
pub struct DummyTransport {
    stream: AsyncMutex<Option<UnixStream>>,
    observer: SharedObserver,
    limits: Mutex<Limits>,
}

/// Connects to the socket at `path`.
///
/// # Errors
/// [`OpenError`] when nobody listens there; the observer has been told.
pub async fn open(path: &Path, observer: SharedObserver) -> Result<Box<dyn Transport>, OpenError> {
    // Reference: an empty path is a name like any other, at which nobody listens.
    let connected = if path.as_os_str().is_empty() {
        Err(io::Error::from_raw_os_error(libc::ECONNREFUSED))
    } else {
        UnixStream::connect(path).await
    };
    match connected {
        Ok(stream) => Ok(Box::new(DummyTransport {
            stream: AsyncMutex::new(Some(stream)),
            observer,
            limits: Mutex::new(Limits { request: 0, response: 0 }),
        })),
        Err(error) => {
            observer.log(Level::Error, &format!("dummy failed on connect(): : {}", super::errno_text(&error)));
            Err(OpenError)
        }
    }
}

fn header(netfn: u8, lun: u8, cmd: u8, length: u16) -> [u8; REQUEST_HEADER] {
    let mut header = [0; REQUEST_HEADER];
    let [low, high] = length.to_ne_bytes();
    header[..6].copy_from_slice(&[netfn, lun, cmd, 0, low, high]);
    header
}

impl DummyTransport {
    async fn exchange(&self, request: &Request) -> Result<Reply, TransportError> {
        let length = u16::try_from(request.data.len()).map_err(|_| TransportError::TooLong)?;
        let mut guard = self.stream.lock().await;
        let stream = guard.as_mut().ok_or(TransportError::Closed)?;
        self.dump_request(request);
        let mut frame = header(request.netfn.0, request.lun, request.cmd, length).to_vec();
        frame.extend(&request.data);
        stream.write_all(&frame).await?;

        let mut header = [0; REPLY_HEADER];
        stream.read_exact(&mut header).await?;
        let [netfn, cmd, seq, lun, code, _, _, _, a, b, c, d, ..] = header;
        let length = usize::try_from(i32::from_ne_bytes([a, b, c, d]).max(0)).unwrap_or(usize::MAX);
        if length > MAX_REPLY {
            *guard = None;
            return Err(TransportError::Closed);
        }
        let mut data = vec![0; length];
        stream.read_exact(&mut data).await?;
        self.dump_reply(code, length, [netfn, cmd, seq, lun]);
        Ok(Reply { completion: CompletionCode(code), data: Bytes::from(data) })
    }

    fn dump_request(&self, request: &Request) {
        if self.observer.verbosity() == 0 {
            return;
        }
        let length = request.data.len();
        self.lines(&[
            ">>> IPMI req".to_owned(),
            format!("msg.data_len: {length}"),
            format!("msg.netfn: {:x}", request.netfn.0),
            format!("msg.cmd: {:x}", request.cmd),
            "msg.target_cmd: 0".to_owned(),
            format!("msg.lun: {:x}", request.lun),
            ">>>".to_owned(),
        ]);
    }

    fn dump_reply(&self, code: u8, length: usize, [netfn, cmd, seq, lun]: [u8; 4]) {
        if self.observer.verbosity() == 0 {
            return;
        }
        self.lines(&[
            "<<< IPMI rsp".to_owned(),
            format!("ccode: {code:x}"),
            format!("data_len: {length}"),
            format!("msg.netfn: {netfn:x}"),
            format!("msg.cmd: {cmd:x}"),
            format!("msg.seq: {seq:x}"),
            format!("msg.lun: {lun:x}"),
            "<<<".to_owned(),
        ]);
    }

    fn lines(&self, lines: &[String]) {
        for line in lines {
            self.observer.log(Level::Notice, line);
        }
    }
}

impl Transport for DummyTransport {
    fn name(&self) -> &'static str {
        "dummy"
    }

    fn transact<'a>(&'a self, _route: &'a Route, request: &'a Request) -> BoxFuture<'a, Result<Reply, TransportError>> {
        Box::pin(async move {
            self.exchange(request).await.map_err(|error| match error {
                TransportError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => TransportError::NoResponse,
                TransportError::Io(error) => {
                    let text = format!("dummy failed on read(): : {}", super::errno_text(&error));
                    self.observer.log(Level::Error, &text);
                    TransportError::Io(error)
                }
                other => other,
            })
        })
    }

    fn limits(&self) -> Limits {
        self.limits.lock().map_or(Limits { request: 0, response: 0 }, |limits| *limits)
    }

    fn set_limits(&self, limits: Limits) {
        if let Ok(mut current) = self.limits.lock() {
            *current = limits;
        }
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            if let Some(mut stream) = self.stream.lock().await.take()
                && stream.write_all(&header(GOODBYE.0, 0, GOODBYE.1, 0)).await.is_err()
            {
                self.observer.log(Level::Error, "dummy failed to send 'BYE'");
            }
        })
    }
}
