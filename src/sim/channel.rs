//! Channels, sessions and payloads (IPMI 2.0 chapters 22 and 24).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use std::collections::BTreeMap;

/// Access settings: (volatile, non-volatile), each (access byte, privilege limit).
pub struct Channels {
    access: BTreeMap<u8, [[u8; 2]; 2]>,
    /// Authentication types on offer, as bits.
    pub auth_types: u8,
}

/// The LAN's channel number.
pub const LAN: u8 = 1;
const SERIAL: u8 = 2;

impl Default for Channels {
    fn default() -> Self {
        let always = [0x02, 0x04];
        let access = [(LAN, [always, always]), (SERIAL, [[0x01, 0x04], [0x02, 0x03]])].into();
        // None, MD2, MD5 and straight password.
        Channels { access, auth_types: 0x17 }
    }
}

impl Channels {
    /// Channels with these authentication types, or the usual ones.
    pub fn offering(auth_types: Option<u8>) -> Self {
        let usual = Channels::default();
        Channels { auth_types: auth_types.map_or(usual.auth_types, |types| types & 0x37), ..usual }
    }

    fn access_byte(&self, channel: u8) -> u8 {
        self.access.get(&channel).map_or(0, |[[access, _], _]| *access)
    }

    /// Whether a channel is open for sessions at all.
    pub fn is_enabled(&self, channel: u8) -> bool {
        self.access_byte(channel) & 0x07 != 0
    }

    /// Whether the LAN wants every packet authenticated (bit 4 says it does not).
    pub fn per_message_authentication(&self) -> bool {
        self.access_byte(LAN) & 0x10 == 0
    }

    /// Whether the LAN wants commands of the user level authenticated (bit 3 says it does not).
    pub fn user_level_authentication(&self) -> bool {
        self.access_byte(LAN) & 0x08 == 0
    }

    /// The highest privilege a channel allows.
    pub fn privilege_limit(&self, channel: u8) -> u8 {
        self.access.get(&channel).map_or(0, |[[_, limit], _]| limit & 0x0f)
    }
}

/// Cipher suites of the LAN channel: id, authentication, integrity and confidentiality.
pub const CIPHER_SUITES: [[u8; 4]; 12] = [
    [0, 0, 0, 0],
    [1, 1, 0, 0],
    [2, 1, 1, 0],
    [3, 1, 1, 1],
    [6, 2, 0, 0],
    [7, 2, 2, 0],
    [8, 2, 2, 1],
    [11, 2, 3, 0],
    [12, 2, 3, 1],
    [15, 3, 0, 0],
    [16, 3, 4, 0],
    [17, 3, 4, 1],
];

/// The handler for a channel command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x38 => authentication_capabilities,
        0x40 => set_access,
        0x41 => get_access,
        0x42 => info,
        0x54 => cipher_suites,
        _ => return None,
    })
}

/// Channel 14 stands for the one the request came on; the system interface stands for the LAN where
/// only a session channel makes sense.
pub fn resolve(channel: u8, origin: &Origin) -> u8 {
    match channel & 0x0f {
        0x0e if origin.channel == 0x0f => LAN,
        0x0e => origin.channel,
        channel => channel,
    }
}

fn authentication_capabilities(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, privilege] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let extended = channel & 0x80 != 0;
    let channel = resolve(channel, origin);
    if !state.channels.access.contains_key(&channel) || !(1..=5).contains(&(privilege & 0x0f)) {
        return Err(CompletionCode::INVALID_FIELD);
    }
    // Bit 7 when RMCP+ data follow.
    let types = state.channels.auth_types | if extended { 0x80 } else { 0 };
    let extensions = if extended { 0x03 } else { 0x00 };
    let [anonymous, null, named] = state.users.logins();
    let access = state.channels.access_byte(channel);
    let flags = [anonymous, null, named, access & 0x08 != 0, access & 0x10 != 0, state.has_kg()];
    let status = flags.iter().zip(0..).map(|(flag, bit)| u8::from(*flag) << bit).sum();
    Ok(vec![channel, types, status, extensions, 0, 0, 0, 0])
}

fn set_access(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, access, limit] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let settings = state.channels.access.get_mut(&resolve(channel, origin)).ok_or(CompletionCode::INVALID_FIELD)?;
    for (byte, value) in [(0, access), (1, limit)] {
        // Bits 7:6: 1 sets the non-volatile setting, 2 the volatile one.
        match value >> 6 {
            1 => settings[1][byte] = value & 0x3f,
            2 => settings[0][byte] = value & 0x3f,
            _ => {}
        }
    }
    Ok(Vec::new())
}

fn get_access(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, which] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let settings = state.channels.access.get(&resolve(channel, origin)).ok_or(CompletionCode::INVALID_FIELD)?;
    match which >> 6 {
        1 => Ok(settings[1].to_vec()),
        2 => Ok(settings[0].to_vec()),
        _ => Err(CompletionCode::INVALID_FIELD),
    }
}

fn info(_: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let channel = match channel & 0x0f {
        0x0e => origin.channel,
        channel => channel,
    };
    // Medium, protocol, session support with active count.
    let [medium, protocol, sessions] = match channel {
        0 => [0x01, 0x01, 0x00],
        LAN => [0x04, 0x01, 0x81],
        SERIAL => [0x05, 0x09, 0x40],
        0x0f => [0x0c, 0x05, 0x00],
        _ => return Err(CompletionCode::INVALID_FIELD),
    };
    Ok(vec![channel, medium, protocol, sessions, 0xf2, 0x1b, 0x00, 0x00, 0x00])
}

fn cipher_suites(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, _, index] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let channel = resolve(channel, origin);
    if channel != LAN {
        return Err(CompletionCode::INVALID_FIELD);
    }
    // Standard records: start byte, id, then the algorithms with their tags.
    let offered = state.lan.cipher_suites();
    let records: Vec<u8> = CIPHER_SUITES
        .iter()
        .filter(|suite| offered.contains(&suite[0]))
        .flat_map(|[id, auth, integrity, crypt]| [0xc0, *id, *auth, 0x40 | integrity, 0x80 | crypt])
        .collect();
    let start = usize::from(index & 0x3f) * 16;
    let chunk = records.get(start..).unwrap_or_default();
    Ok([&[channel], &chunk[..chunk.len().min(16)]].concat())
}
