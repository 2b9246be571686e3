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
use std::os::unix::net::UnixStream;
use std::sync::Mutex;

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

fn frame(request: &Request, reply: &Reply) -> Vec<u8> {
    let length = i32::try_from(reply.data.len()).unwrap_or(0);
    let mut out = vec![request.netfn.0 | 1, request.cmd, 0, request.lun, reply.completion.0, 0, 0, 0];
    out.extend(length.to_ne_bytes());
    out.resize(REPLY_HEADER, 0);
    out.extend(&reply.data);
    out
}
