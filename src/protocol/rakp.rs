//! Opening an RMCP+ session: Open Session and the RAKP messages (IPMI 2.0 sections 13.17 to 13.23).

use super::crypt::{Authentication, CipherSuite, Integrity};
use super::{Key, Malformed, Quirks, auth};

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
    /// What the BMC wants otherwise.
    pub quirks: Quirks,
}

/// The bit of a role that looks the user up by name alone.
const LOOKUP: u8 = 0x10;
/// The longest user name, and the length of its field in RAKP message 1.
const NAME: usize = 16;

impl Exchange {
    /// What every hash ends with; the role without its lookup bit where it is to be plain.
    fn role_and_user(&self, plain: bool) -> Vec<u8> {
        let role = if plain { self.role & !LOOKUP } else { self.role };
        let mut out = vec![role, u8::try_from(self.user.len()).unwrap_or(0)];
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
        data.extend(self.role_and_user(self.quirks.plain_role));
        algorithm.hmac(&*password.padded::<20>(), &data)
    }

    /// Key exchange authentication code of RAKP 3.
    pub fn rakp3_code(&self, algorithm: Authentication, password: &Key) -> Vec<u8> {
        let mut data = self.bmc_random.to_vec();
        data.extend(self.console_session.to_le_bytes());
        data.extend(self.role_and_user(self.quirks.plain_role_in_rakp3));
        algorithm.hmac(&*password.padded::<20>(), &data)
    }

    /// Integrity check value of RAKP 4.
    pub fn rakp4_check(&self, suite: &CipherSuite, sik: &Key) -> Vec<u8> {
        let own = suite.authentication;
        let algorithm = if self.quirks.check_by_integrity { suite.integrity.hash() } else { own };
        let mut data = self.console_random.to_vec();
        data.extend(self.bmc_session.to_le_bytes());
        data.extend(self.guid);
        let mut check = algorithm.hmac(sik.bytes(), &data);
        check.truncate(algorithm.check_length());
        check
    }

    /// Whether RAKP 4's check value is the right one.
    pub fn is_checked(&self, suite: &CipherSuite, sik: &Key, check: &[u8]) -> bool {
        // Reference: without an integrity algorithm such a BMC may send anything.
        let anything = self.quirks.check_by_integrity && suite.integrity == Integrity::None;
        anything || same(&self.rakp4_check(suite, sik), check)
    }

    /// Session integrity key, and the keys K1 and K2 made from it. Kg stands in for the password
    /// where the BMC has one; without authentication there are no keys.
    pub fn keys(&self, algorithm: Authentication, password: &Key, kg: &Key) -> [Key; 3] {
        let secret = if kg.is_zero() { password } else { kg };
        let mut data = self.console_random.to_vec();
        data.extend(self.bmc_random);
        data.extend(self.role_and_user(self.quirks.plain_role));
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

/// RMCP+ Open Session Request, as the BMC reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// Tag, which the response repeats.
    pub tag: u8,
    /// Privilege asked for; 0 for the highest there is.
    pub privilege: u8,
    /// Session id of the console.
    pub console_session: u32,
    /// Authentication, integrity and confidentiality; none where the choice is left to the BMC.
    pub algorithms: [Option<u8>; 3],
}

impl OpenRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// [`Malformed`] when it has another length, or other payloads than the three in their order.
    pub fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let [tag, privilege, _, _, i0, i1, i2, i3, rest @ ..] = payload else { return Err(Malformed) };
        let (payloads, []) = rest.as_chunks::<8>() else { return Err(Malformed) };
        let [authentication, integrity, confidentiality] = payloads else { return Err(Malformed) };
        let mut algorithms = [None; 3];
        for ((kind, payload), algorithm) in (0..).zip([authentication, integrity, confidentiality]).zip(&mut algorithms)
        {
            match payload {
                [found, _, _, 0, ..] if *found == kind => {}
                [found, _, _, 8, code, ..] if *found == kind => *algorithm = Some(code & 0x3f),
                _ => return Err(Malformed),
            }
        }
        let console_session = u32::from_le_bytes([*i0, *i1, *i2, *i3]);
        Ok(OpenRequest { tag: *tag, privilege: privilege & 0x0f, console_session, algorithms })
    }
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
    /// The bytes; a refusal ends with the console's session id.
    pub fn encode(&self, privilege: u8) -> Vec<u8> {
        let mut out = vec![self.tag, self.status, privilege, 0];
        out.extend(self.console_session.to_le_bytes());
        if self.status == 0 {
            out.extend(self.bmc_session.to_le_bytes());
            for (kind, code) in (0..).zip(self.algorithms) {
                out.extend([kind, 0, 0, 8, code, 0, 0, 0]);
            }
        }
        out
    }

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
    if exchange.quirks.long_name {
        out.resize(out.len() - exchange.user.len() + NAME, 0);
    }
    out
}

/// RAKP Message 1, as the BMC reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rakp1 {
    /// Tag, which the answer repeats.
    pub tag: u8,
    /// Session id of the BMC.
    pub bmc_session: u32,
    /// Random number of the console.
    pub console_random: [u8; 16],
    /// Requested privilege in bits 3:0; bit 4 looks the user up by name alone.
    pub role: u8,
    /// User name; none when its length does not fit the message.
    pub user: Option<Vec<u8>>,
}

impl Rakp1 {
    /// Reads the message.
    ///
    /// # Errors
    /// [`Malformed`] when it is too short.
    pub fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let [tag, _, _, _, i0, i1, i2, i3, rest @ ..] = payload else { return Err(Malformed) };
        let (random, rest) = rest.split_first_chunk::<16>().ok_or(Malformed)?;
        let [role, _, _, length, name @ ..] = rest else { return Err(Malformed) };
        let bmc_session = u32::from_le_bytes([*i0, *i1, *i2, *i3]);
        // A name may stand in a field of its greatest length.
        let user = name.get(..usize::from(*length)).filter(|name| name.len() <= NAME).map(<[u8]>::to_vec);
        Ok(Rakp1 { tag: *tag, bmc_session, console_random: *random, role: *role, user })
    }
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
    /// The bytes; a refusal ends with the console's session id.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.tag, self.status, 0, 0];
        out.extend(self.console_session.to_le_bytes());
        if self.status == 0 {
            out.extend(self.bmc_random);
            out.extend(self.guid);
            out.extend(&self.code);
        }
        out
    }

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

/// RAKP Message 3, as the BMC reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rakp3 {
    /// Tag, which the answer repeats.
    pub tag: u8,
    /// Status; anything but 0 gives the session up.
    pub status: u8,
    /// Session id of the BMC.
    pub bmc_session: u32,
    /// Key exchange authentication code.
    pub code: Vec<u8>,
}

impl Rakp3 {
    /// Reads the message.
    ///
    /// # Errors
    /// [`Malformed`] when it is too short.
    pub fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let [tag, status, _, _, i0, i1, i2, i3, code @ ..] = payload else { return Err(Malformed) };
        let bmc_session = u32::from_le_bytes([*i0, *i1, *i2, *i3]);
        Ok(Rakp3 { tag: *tag, status: *status, bmc_session, code: code.to_vec() })
    }
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
    /// The bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.tag, self.status, 0, 0];
        out.extend(self.console_session.to_le_bytes());
        out.extend(&self.check);
        out
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_read_each_other() {
        let suite = CipherSuite::from_id(3).expect("a suite");
        let bytes = open_request(7, 4, 0x0102_0304, &suite);
        let request = OpenRequest::decode(&bytes).expect("a request");
        assert_eq!((request.tag, request.privilege, request.console_session), (7, 4, 0x0102_0304));
        assert_eq!(request.algorithms, [Some(1), Some(1), Some(1)]);
        for length in 0..bytes.len() {
            assert_eq!(OpenRequest::decode(&bytes[..length]), Err(Malformed), "{length}");
        }
        let response =
            OpenResponse { tag: 7, status: 0, console_session: 1, bmc_session: 2, algorithms: suite.codes() };
        assert_eq!(OpenResponse::decode(&response.encode(4)), Ok(response));
        let refusal = OpenResponse { status: 4, bmc_session: 0, algorithms: [0; 3], ..response };
        assert_eq!(OpenResponse::decode(&refusal.encode(0)), Ok(refusal));
        let rakp2 =
            Rakp2 { tag: 7, status: 0, console_session: 1, bmc_random: [2; 16], guid: [3; 16], code: vec![4; 20] };
        assert_eq!(Rakp2::decode(&rakp2.encode()), Ok(rakp2));
        let rakp4 = Rakp4 { tag: 7, status: 0, console_session: 1, check: vec![5; 12] };
        assert_eq!(Rakp4::decode(&rakp4.encode()), Ok(rakp4));
    }

    #[test]
    fn names_must_fit() {
        let exchange = Exchange {
            console_session: 1,
            bmc_session: 2,
            console_random: [3; 16],
            bmc_random: [0; 16],
            guid: [0; 16],
            role: 0x14,
            user: b"admin".to_vec(),
            quirks: Quirks::default(),
        };
        let bytes = rakp1(9, &exchange);
        let message = Rakp1::decode(&bytes).expect("a message");
        assert_eq!((message.tag, message.bmc_session, message.role), (9, 2, 0x14));
        assert_eq!(message.user, Some(exchange.user));
        assert_eq!(Rakp1::decode(&bytes[..bytes.len() - 1]).expect("a message").user, None);
        assert_eq!(Rakp1::decode(&bytes[..27]), Err(Malformed));
    }
}
