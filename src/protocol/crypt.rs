//! The algorithms of RMCP+ cipher suites (IPMI 2.0 sections 13.28 to 13.32).

use super::{Key, Malformed, auth};
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit, block_padding::NoPadding};
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::Sha256;

/// RAKP authentication algorithms (table 13-17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// RAKP-none.
    None,
    /// RAKP-HMAC-SHA1.
    HmacSha1,
    /// RAKP-HMAC-MD5.
    HmacMd5,
    /// RAKP-HMAC-SHA256.
    HmacSha256,
}

/// Integrity algorithms (table 13-18).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// No integrity check.
    None,
    /// HMAC-SHA1-96.
    HmacSha1_96,
    /// HMAC-MD5-128.
    HmacMd5_128,
    /// MD5-128.
    Md5_128,
    /// HMAC-SHA256-128.
    HmacSha256_128,
}

/// Confidentiality algorithms (table 13-19). xRC4, which was never more than optional, can be asked for but
/// not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidentiality {
    /// In the clear.
    None,
    /// AES-CBC-128.
    AesCbc128,
    /// xRC4 with 128 bits.
    Xrc4_128,
    /// xRC4 with 40 bits.
    Xrc4_40,
}

/// A cipher suite's three algorithms (table 22-20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CipherSuite {
    /// Suite id.
    pub id: u8,
    /// Authentication.
    pub authentication: Authentication,
    /// Integrity.
    pub integrity: Integrity,
    /// Confidentiality.
    pub confidentiality: Confidentiality,
}

impl CipherSuite {
    /// The suite of an id, among those that can be asked for.
    pub fn from_id(id: u8) -> Option<Self> {
        use Authentication as A;
        use Confidentiality as C;
        use Integrity as I;
        let (authentication, integrity, confidentiality) = match id {
            0 => (A::None, I::None, C::None),
            1 => (A::HmacSha1, I::None, C::None),
            2 => (A::HmacSha1, I::HmacSha1_96, C::None),
            3 => (A::HmacSha1, I::HmacSha1_96, C::AesCbc128),
            4 => (A::HmacSha1, I::HmacSha1_96, C::Xrc4_128),
            5 => (A::HmacSha1, I::HmacSha1_96, C::Xrc4_40),
            6 => (A::HmacMd5, I::None, C::None),
            7 => (A::HmacMd5, I::HmacMd5_128, C::None),
            8 => (A::HmacMd5, I::HmacMd5_128, C::AesCbc128),
            9 => (A::HmacMd5, I::HmacMd5_128, C::Xrc4_128),
            10 => (A::HmacMd5, I::HmacMd5_128, C::Xrc4_40),
            11 => (A::HmacMd5, I::Md5_128, C::None),
            12 => (A::HmacMd5, I::Md5_128, C::AesCbc128),
            13 => (A::HmacMd5, I::Md5_128, C::Xrc4_128),
            14 => (A::HmacMd5, I::Md5_128, C::Xrc4_40),
            15 => (A::HmacSha256, I::None, C::None),
            16 => (A::HmacSha256, I::HmacSha256_128, C::None),
            17 => (A::HmacSha256, I::HmacSha256_128, C::AesCbc128),
            _ => return None,
        };
        Some(CipherSuite { id, authentication, integrity, confidentiality })
    }

    /// Whether packets of this suite can be made and read here.
    pub fn is_spoken(&self) -> bool {
        !matches!(self.confidentiality, Confidentiality::Xrc4_128 | Confidentiality::Xrc4_40)
    }

    /// The algorithms' codes, as an open session request has them.
    pub fn codes(&self) -> [u8; 3] {
        [self.authentication.code(), self.integrity.code(), self.confidentiality.code()]
    }
}

impl Authentication {
    /// Its code.
    pub fn code(self) -> u8 {
        match self {
            Authentication::None => 0,
            Authentication::HmacSha1 => 1,
            Authentication::HmacMd5 => 2,
            Authentication::HmacSha256 => 3,
        }
    }

    /// The keyed hash of `data`; empty without authentication.
    pub fn hmac(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        match self {
            Authentication::None => Vec::new(),
            Authentication::HmacSha1 => keyed::<Hmac<Sha1>>(key, data),
            Authentication::HmacMd5 => keyed::<Hmac<Md5>>(key, data),
            Authentication::HmacSha256 => keyed::<Hmac<Sha256>>(key, data),
        }
    }

    /// Bytes of RAKP 4's integrity check value.
    pub fn check_length(self) -> usize {
        match self {
            Authentication::None => 0,
            Authentication::HmacSha1 => 12,
            Authentication::HmacMd5 | Authentication::HmacSha256 => 16,
        }
    }
}

fn keyed<M: Mac + hmac::digest::KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length.
    match <M as Mac>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(data);
            mac.finalize().into_bytes().to_vec()
        }
        Err(_) => Vec::new(),
    }
}

impl Integrity {
    /// Its code.
    pub fn code(self) -> u8 {
        match self {
            Integrity::None => 0,
            Integrity::HmacSha1_96 => 1,
            Integrity::HmacMd5_128 => 2,
            Integrity::Md5_128 => 3,
            Integrity::HmacSha256_128 => 4,
        }
    }

    /// The keyed hash it is made with.
    pub fn hash(self) -> Authentication {
        match self {
            Integrity::None => Authentication::None,
            Integrity::HmacSha1_96 => Authentication::HmacSha1,
            Integrity::HmacMd5_128 | Integrity::Md5_128 => Authentication::HmacMd5,
            Integrity::HmacSha256_128 => Authentication::HmacSha256,
        }
    }

    /// Bytes of the authentication code in a packet's trailer.
    pub fn length(self) -> usize {
        match self {
            Integrity::None => 0,
            Integrity::HmacSha1_96 => 12,
            _ => 16,
        }
    }

    /// The authentication code of a packet. MD5-128 is keyed with the password, the others with K1.
    pub fn code_of(self, k1: &Key, password: &Key, data: &[u8]) -> Vec<u8> {
        let mut code = match self {
            Integrity::None => Vec::new(),
            Integrity::HmacSha1_96 => keyed::<Hmac<Sha1>>(k1.bytes(), data),
            Integrity::HmacMd5_128 => keyed::<Hmac<Md5>>(k1.bytes(), data),
            Integrity::HmacSha256_128 => keyed::<Hmac<Sha256>>(k1.bytes(), data),
            Integrity::Md5_128 => {
                // Unlike IPMI 1.5's MD5, with a password of twenty bytes; FreeIPMI does the same.
                let password = password.padded::<20>();
                let mut digest = Md5::new();
                digest.update(*password);
                digest.update(data);
                digest.update(*password);
                digest.finalize().to_vec()
            }
        };
        code.truncate(self.length());
        code
    }

    /// Whether a packet's code is right, in constant time.
    pub fn verify(self, k1: &Key, password: &Key, data: &[u8], code: &[u8]) -> bool {
        auth::same(&self.code_of(k1, password, data), code)
    }
}

impl Confidentiality {
    /// Its code.
    pub fn code(self) -> u8 {
        match self {
            Confidentiality::None => 0,
            Confidentiality::AesCbc128 => 1,
            Confidentiality::Xrc4_128 => 2,
            Confidentiality::Xrc4_40 => 3,
        }
    }

    /// Encrypts a payload under K2, with a fresh initialization vector.
    pub fn encrypt(self, k2: &Key, iv: [u8; 16], payload: &[u8]) -> Vec<u8> {
        match self {
            Confidentiality::None => payload.to_vec(),
            Confidentiality::AesCbc128 => {
                let mut data = payload.to_vec();
                // Pad bytes count from 1; the last byte tells how many there are (section 13.29).
                let pad = (16 - (data.len() + 1) % 16) % 16;
                data.extend((1..=pad).map(|byte| u8::try_from(byte).unwrap_or(0)));
                data.push(u8::try_from(pad).unwrap_or(0));
                let key = k2.padded::<16>();
                let body = cbc::Encryptor::<aes::Aes128>::new((&*key).into(), (&iv).into())
                    .encrypt_padded_vec_mut::<NoPadding>(&data);
                [&iv[..], &body].concat()
            }
            // There is no session with these.
            Confidentiality::Xrc4_128 | Confidentiality::Xrc4_40 => Vec::new(),
        }
    }

    /// Decrypts a payload.
    ///
    /// # Errors
    /// [`Malformed`] when the length or the padding is wrong.
    pub fn decrypt(self, k2: &Key, payload: &[u8]) -> Result<Vec<u8>, Malformed> {
        match self {
            Confidentiality::None => Ok(payload.to_vec()),
            Confidentiality::AesCbc128 => {
                let (iv, body) = payload.split_first_chunk::<16>().ok_or(Malformed)?;
                let key = k2.padded::<16>();
                let mut data = cbc::Decryptor::<aes::Aes128>::new((&*key).into(), iv.into())
                    .decrypt_padded_vec_mut::<NoPadding>(body)
                    .map_err(|_| Malformed)?;
                let pad = usize::from(data.pop().ok_or(Malformed)?);
                let length = data.len().checked_sub(pad).filter(|_| pad < 16).ok_or(Malformed)?;
                let right = data[length..].iter().zip(1_u8..).all(|(byte, expected)| *byte == expected);
                data.truncate(length);
                if right { Ok(data) } else { Err(Malformed) }
            }
            Confidentiality::Xrc4_128 | Confidentiality::Xrc4_40 => Err(Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aes_goes_round_for_every_length() {
        let key = Key::new([7; 20]);
        for length in 0..50 {
            let payload: Vec<u8> = (0..length).collect();
            let sealed = Confidentiality::AesCbc128.encrypt(&key, [3; 16], &payload);
            assert_eq!(sealed.len() % 16, 0);
            assert_eq!(Confidentiality::AesCbc128.decrypt(&key, &sealed), Ok(payload));
            assert_eq!(Confidentiality::AesCbc128.decrypt(&key, &sealed[..sealed.len() - 1]), Err(Malformed));
        }
        assert_eq!(Confidentiality::AesCbc128.decrypt(&key, &[0; 16]), Err(Malformed));
    }

    #[test]
    fn codes_have_their_lengths() {
        let key = Key::new([1; 20]);
        for suite in (0..=17).filter_map(CipherSuite::from_id) {
            let code = suite.integrity.code_of(&key, &key, b"data");
            assert_eq!(code.len(), suite.integrity.length());
            assert!(suite.integrity.verify(&key, &key, b"data", &code));
        }
    }
}
