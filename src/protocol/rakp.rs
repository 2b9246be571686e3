//! Opening an RMCP+ session: Open Session and the RAKP messages (IPMI 2.0 sections 13.17 to 13.23).

use super::crypt::{Authentication, CipherSuite};
use super::{Key, Malformed, auth};

/// What both sides put into the hashes of a handshake.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Session id of the console.
    pub console_session: u32,
    /// Session id of the BMC.
    pub bmc_session: u32,
    /// Random number of the console.
    pub console_random: [u8; 16],
    /// Random number of the BMC.
    pub bmc_random: [u8; 16],
    /// The BMC's GUID.
    pub guid: [u8; 16],
    /// Requested privilege in bits 3:0; bit 4 looks the user up by name alone.
    pub role: u8,
    /// User name, at most sixteen bytes.
    pub user: Vec<u8>,
}

impl Exchange {
    fn role_and_user(&self) -> Vec<u8> {
        let mut out = vec![self.role, u8::try_from(self.user.len()).unwrap_or(0)];
        out.extend(&self.user);
        out
    }

    /// Key exchange authentication code of RAKP 2.
    pub fn rakp2_code(&self, algorithm: Authentication, password: &Key) -> Vec<u8> {
        let mut data = self.console_session.to_le_bytes().to_vec();
        data.extend(self.bmc_session.to_le_bytes());
        data.extend(self.console_random);
        data.extend(self.bmc_random);
        data.extend(self.guid);
        data.extend(self.role_and_user());
        algorithm.hmac(&*password.padded::<20>(), &data)
    }

    /// Key exchange authentication code of RAKP 3.
    pub fn rakp3_code(&self, algorithm: Authentication, password: &Key) -> Vec<u8> {
        let mut data = self.bmc_random.to_vec();
        data.extend(self.console_session.to_le_bytes());
        data.extend(self.role_and_user());
        algorithm.hmac(&*password.padded::<20>(), &data)
    }

    /// Integrity check value of RAKP 4.
    pub fn rakp4_check(&self, algorithm: Authentication, sik: &Key) -> Vec<u8> {
        let mut data = self.console_random.to_vec();
        data.extend(self.bmc_session.to_le_bytes());
        data.extend(self.guid);
        let mut check = algorithm.hmac(sik.bytes(), &data);
        check.truncate(algorithm.check_length());
        check
    }

    /// Session integrity key, and the keys K1 and K2 made from it. Kg stands in for the password
    /// where the BMC has one; without authentication there are no keys.
    pub fn keys(&self, algorithm: Authentication, password: &Key, kg: &Key) -> [Key; 3] {
        let secret = if kg.bytes().iter().any(|byte| *byte != 0) { kg } else { password };
        let mut data = self.console_random.to_vec();
        data.extend(self.bmc_random);
        data.extend(self.role_and_user());
        let sik = Key::new(algorithm.hmac(&*secret.padded::<20>(), &data));
        let derive = |constant: u8| Key::new(algorithm.hmac(sik.bytes(), &[constant; 20]));
        let (k1, k2) = (derive(1), derive(2));
        [sik, k1, k2]
    }
}

/// RMCP+ Open Session Request.
pub fn open_request(tag: u8, privilege: u8, console_session: u32, suite: &CipherSuite) -> Vec<u8> {
    let mut out = vec![tag, privilege, 0, 0];
    out.extend(console_session.to_le_bytes());
    for (kind, code) in (0..).zip(suite.codes()) {
        out.extend([kind, 0, 0, 8, code, 0, 0, 0]);
    }
    out
}

/// RMCP+ Open Session Response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenResponse {
    /// Tag of the request.
    pub tag: u8,
    /// Status; 0 for success.
    pub status: u8,
    /// Session id of the console; 0 in a refusal without it.
    pub console_session: u32,
    /// Session id of the BMC.
    pub bmc_session: u32,
    /// Authentication, integrity and confidentiality that were agreed on.
    pub algorithms: [u8; 3],
}

impl OpenResponse {
    /// Reads a response.
    ///
    /// # Errors
    /// [`Malformed`] when it is too short.
    pub fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let [tag, status, ..] = payload else { return Err(Malformed) };
        let word = |at: usize| payload.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        let refused = *status != 0;
        let console_session = word(4).or(refused.then_some(0)).ok_or(Malformed)?;
        let response = OpenResponse { tag: *tag, status: *status, console_session, bmc_session: 0, algorithms: [0; 3] };
        if refused {
            return Ok(response);
        }
        let codes = [16, 24, 32].map(|at| payload.get(at).copied());
        match (word(8), codes) {
            (Some(bmc_session), [Some(a), Some(i), Some(c)]) if payload.len() >= 36 => {
                Ok(OpenResponse { bmc_session, algorithms: [a & 0x3f, i & 0x3f, c & 0x3f], ..response })
            }
            _ => Err(Malformed),
        }
    }
}

/// RAKP Message 1.
pub fn rakp1(tag: u8, exchange: &Exchange) -> Vec<u8> {
    let mut out = vec![tag, 0, 0, 0];
    out.extend(exchange.bmc_session.to_le_bytes());
    out.extend(exchange.console_random);
    out.extend([exchange.role, 0, 0, u8::try_from(exchange.user.len()).unwrap_or(0)]);
    out.extend(&exchange.user);
    out
}

/// RAKP Message 2 (or, without random number and GUID, a refusal).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rakp2 {
    /// Tag of the request.
    pub tag: u8,
    /// Status; 0 for success.
    pub status: u8,
    /// Session id of the console.
    pub console_session: u32,
    /// Random number of the BMC.
    pub bmc_random: [u8; 16],
    /// The BMC's GUID.
    pub guid: [u8; 16],
    /// Key exchange authentication code.
    pub code: Vec<u8>,
}

impl Rakp2 {
    /// Reads the message.
    ///
    /// # Errors
    /// [`Malformed`] when it is too short.
    pub fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let [tag, status, _, _, i0, i1, i2, i3, rest @ ..] = payload else { return Err(Malformed) };
        let console_session = u32::from_le_bytes([*i0, *i1, *i2, *i3]);
        let mut message =
            Rakp2 { tag: *tag, status: *status, console_session, bmc_random: [0; 16], guid: [0; 16], code: Vec::new() };
        if *status != 0 {
            return Ok(message);
        }
        let (random, rest) = rest.split_first_chunk::<16>().ok_or(Malformed)?;
        let (guid, code) = rest.split_first_chunk::<16>().ok_or(Malformed)?;
        (message.bmc_random, message.guid, message.code) = (*random, *guid, code.to_vec());
        Ok(message)
    }
}

/// RAKP Message 3.
pub fn rakp3(tag: u8, status: u8, bmc_session: u32, code: &[u8]) -> Vec<u8> {
    let mut out = vec![tag, status, 0, 0];
    out.extend(bmc_session.to_le_bytes());
    out.extend(code);
    out
}

/// RAKP Message 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rakp4 {
    /// Tag of the request.
    pub tag: u8,
    /// Status; 0 for success.
    pub status: u8,
    /// Session id of the console.
    pub console_session: u32,
    /// Integrity check value.
    pub check: Vec<u8>,
}

impl Rakp4 {
    /// Reads the message.
    ///
    /// # Errors
    /// [`Malformed`] when it is too short.
    pub fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let [tag, status, _, _, i0, i1, i2, i3, check @ ..] = payload else { return Err(Malformed) };
        let console_session = u32::from_le_bytes([*i0, *i1, *i2, *i3]);
        Ok(Rakp4 { tag: *tag, status: *status, console_session, check: check.to_vec() })
    }
}

/// Whether two codes are the same, in constant time.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    auth::same(a, b)
}
