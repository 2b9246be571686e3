//! Serial-over-LAN payloads: activation (IPMI 2.0 sections 24.1 and 24.5).

use super::{Command, DecodeError, NetFn};

/// The payload type of serial over LAN.
const SOL: u8 = 0x01;

/// Activate Payload (section 24.1), for serial over LAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivateSol {
    /// Payload instance, 1 to 15.
    pub instance: u8,
    /// First byte of the auxiliary data: encryption (bit 7), authentication (6), serial alerts (3:2), and
    /// how the BMC handshakes at the port (1:0).
    pub options: u8,
}

/// What the activation of a console has settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SolActivation {
    /// Largest payload the BMC takes (bytes).
    pub inbound: u16,
    /// Largest payload the BMC sends (bytes).
    pub outbound: u16,
    /// UDP port of the payload.
    pub port: u16,
}

impl Command for ActivateSol {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x48;
    type Reply = SolActivation;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([SOL, self.instance, self.options, 0, 0, 0]);
    }

    fn decode(data: &[u8]) -> Result<SolActivation, DecodeError> {
        let [_, _, _, _, i0, i1, o0, o1, p0, p1, _, _] = *data else {
            return Err(DecodeError { length: data.len() });
        };
        Ok(SolActivation {
            inbound: u16::from_le_bytes([i0, i1]),
            outbound: u16::from_le_bytes([o0, o1]),
            port: u16::from_le_bytes([p0, p1]),
        })
    }
}

/// Get Payload Instance Info (section 24.5), for serial over LAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetSolOwner {
    /// Payload instance, 1 to 15.
    pub instance: u8,
}

impl Command for GetSolOwner {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x4b;
    /// Id of the session that has the instance; 0 for none.
    type Reply = u32;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([SOL, self.instance]);
    }

    fn decode(data: &[u8]) -> Result<u32, DecodeError> {
        let [i0, i1, i2, i3, ..] = *data else { return Err(DecodeError { length: data.len() }) };
        Ok(u32::from_le_bytes([i0, i1, i2, i3]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activation() {
        let request = ActivateSol { instance: 2, options: 0xc6 }.request();
        assert_eq!((request.netfn.0, request.cmd, &request.data[..]), (6, 0x48, &[1, 2, 0xc6, 0, 0, 0][..]));
        let reply = [0, 0, 0, 0, 0x20, 0, 0, 0x40, 0x6f, 0x02, 0xff, 0xff];
        let expected = SolActivation { inbound: 32, outbound: 0x4000, port: 623 };
        assert_eq!(ActivateSol::decode(&reply), Ok(expected));
        assert_eq!(ActivateSol::decode(&reply[..11]), Err(DecodeError { length: 11 }));
        assert_eq!(ActivateSol::decode(&[0; 13]), Err(DecodeError { length: 13 }));
    }

    #[test]
    fn owner() {
        assert_eq!(GetSolOwner { instance: 1 }.request().data, [1, 1]);
        assert_eq!(GetSolOwner::decode(&[4, 3, 2, 1, 1, 0]), Ok(0x0102_0304));
        assert_eq!(GetSolOwner::decode(&[4, 3]), Err(DecodeError { length: 2 }));
    }
}
