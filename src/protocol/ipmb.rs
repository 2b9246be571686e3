//! IPMB messages as the LAN carries them (IPMI 2.0 section 13.8, figure 13-4).

use super::Malformed;
use crate::ipmi::{CompletionCode, NetFn, Reply, Request};
use bytes::Bytes;

/// The slave address remote consoles speak from.
pub const CONSOLE: u8 = 0x81;

/// The byte that makes the sum of all zero.
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).wrapping_neg()
}

/// A request or reply with its addresses. In a reply, `data` begins with the completion code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who it is for.
    pub to: u8,
    /// Network function, odd in replies.
    pub netfn: u8,
    /// Logical unit of whom it is for.
    pub to_lun: u8,
    /// Who it is from.
    pub from: u8,
    /// Sequence number, six bits.
    pub seq: u8,
    /// Logical unit of whom it is from.
    pub from_lun: u8,
    /// Command.
    pub cmd: u8,
    /// Data.
    pub data: Vec<u8>,
}

impl Message {
    /// A request from a console.
    pub fn request(to: u8, from: u8, seq: u8, request: &Request) -> Self {
        Message {
            to,
            netfn: request.netfn.0,
            to_lun: request.lun & 3,
            from,
            seq,
            from_lun: 0,
            cmd: request.cmd,
            data: request.data.clone(),
        }
    }

    /// The bytes, both checksums included.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.to, self.netfn << 2 | self.to_lun & 3];
        out.push(checksum(&out));
        let start = out.len();
        out.extend([self.from, self.seq << 2 | self.from_lun & 3, self.cmd]);
        out.extend(&self.data);
        out.push(checksum(&out[start..]));
        out
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Malformed`] when it is too short or a checksum is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let [to, function, _, from, sequence, cmd, rest @ ..] = bytes else { return Err(Malformed) };
        let (_, data) = rest.split_last().ok_or(Malformed)?;
        if checksum(&bytes[..3]) != 0 || checksum(&bytes[3..]) != 0 {
            return Err(Malformed);
        }
        Ok(Message {
            to: *to,
            netfn: function >> 2,
            to_lun: function & 3,
            from: *from,
            seq: sequence >> 2,
            from_lun: sequence & 3,
            cmd: *cmd,
            data: data.to_vec(),
        })
    }

    /// The message as a reply, when it is one.
    pub fn into_reply(self) -> Option<Reply> {
        let (code, data) = self.data.split_first()?;
        (self.netfn & 1 == 1).then(|| Reply { completion: CompletionCode(*code), data: Bytes::copy_from_slice(data) })
    }

    /// The message as a request, for whoever answers it.
    pub fn as_request(&self) -> Request {
        Request { netfn: NetFn(self.netfn), lun: self.to_lun, cmd: self.cmd, data: self.data.clone() }
    }

    /// The answer to this message.
    pub fn answer(&self, reply: &Reply) -> Message {
        let mut data = vec![reply.completion.0];
        data.extend(&reply.data);
        Message {
            to: self.from,
            netfn: self.netfn | 1,
            to_lun: self.from_lun,
            from: self.to,
            seq: self.seq,
            from_lun: self.to_lun,
            cmd: self.cmd,
            data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_checksums() {
        let message = Message::request(0x20, CONSOLE, 1, &Request::new(NetFn::APP, 1, []));
        let bytes = message.encode();
        assert_eq!(bytes, [0x20, 0x18, 0xc8, 0x81, 0x04, 0x01, 0x7a]);
        assert_eq!(Message::decode(&bytes), Ok(message));
        for index in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[index] ^= 0x10;
            assert_eq!(Message::decode(&bad), Err(Malformed), "{index}");
            assert_eq!(Message::decode(&bytes[..index]), Err(Malformed));
        }
    }
}
