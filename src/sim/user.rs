//! Users (IPMI 2.0 sections 22.26 to 22.31) and their payload access (24.6, 24.7).

use super::channel::resolve;
use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};

/// One user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// Name, padded with zeros.
    pub name: [u8; 16],
    /// Password, padded with zeros.
    pub password: [u8; 20],
    /// Whether the password was set as a 20-byte one.
    pub long_password: bool,
    /// Whether the user may log in.
    pub enabled: bool,
    /// Access flags: bit 6 callback only, bit 5 link, bit 4 IPMI messaging.
    pub flags: u8,
    /// Privilege limit, 1 to 5, or 15 for no access.
    pub privilege: u8,
    /// Standard payloads enabled (bit 1 is SOL).
    pub payloads: u8,
}

impl User {
    /// Whether the user is enabled, has a privilege, and may send IPMI messages.
    fn may_log_in(&self) -> bool {
        self.enabled && self.privilege != 15 && self.flags & 0x10 != 0
    }
}

/// The user table; ids count from 1.
pub struct Users(Vec<User>);

/// Serial over LAN among the standard payloads.
const SOL: u8 = 0x02;
/// Ids the simulated machine has room for.
const MAX_USERS: u8 = 10;

fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    for (byte, c) in bytes.iter_mut().zip(text.bytes()) {
        *byte = c;
    }
    bytes
}

impl Default for Users {
    fn default() -> Self {
        let user = |name, password, privilege, enabled| User {
            name: padded(name),
            password: padded(password),
            enabled,
            flags: 0x30,
            privilege,
            payloads: 0x02,
            ..User::default()
        };
        let mut users = vec![
            User { privilege: 15, ..User::default() },
            user("admin", "admin", 4, true),
            user("operator", "operator", 3, true),
            user("user", "user", 2, true),
            User { flags: 0x40, ..user("callback", "callback", 1, false) },
        ];
        users.resize(usize::from(MAX_USERS), User { privilege: 15, ..User::default() });
        Users(users)
    }
}

impl Users {
    /// Whether a user may have the console.
    pub fn may_use_sol(&self, id: u8) -> bool {
        id.checked_sub(1).and_then(|index| self.0.get(usize::from(index))).is_some_and(|user| user.payloads & SOL != 0)
    }

    /// The user of an id, from 1.
    pub fn get(&self, id: u8) -> Option<&User> {
        self.0.get(usize::from(id).checked_sub(1)?)
    }

    /// Adds or changes the user of an id, as `simulate` needs.
    pub fn get_mut(&mut self, id: u8) -> Option<&mut User> {
        self.0.get_mut(usize::from(id).checked_sub(1)?)
    }

    /// The first enabled user of a name whose limit allows a privilege (0 for any), with its id.
    pub fn find(&self, name: &[u8; 16], privilege: u8) -> Option<(u8, &User)> {
        (1..).zip(&self.0).find(|(_, user)| user.may_log_in() && user.name == *name && user.privilege >= privilege)
    }
}

impl Users {
    /// Who may log in: anonymously (no name, no password), without a name, with one.
    pub fn logins(&self) -> [bool; 3] {
        let any = |wanted: fn(&User) -> bool| self.0.iter().any(|user| user.may_log_in() && wanted(user));
        [
            any(|user| user.name == [0; 16] && user.password == [0; 20]),
            any(|user| user.name == [0; 16] && user.password != [0; 20]),
            any(|user| user.name != [0; 16]),
        ]
    }
}

/// The handler for a user command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x43 => set_access,
        0x44 => get_access,
        0x45 => set_name,
        0x46 => get_name,
        0x47 => set_password,
        0x4c => set_payload_access,
        0x4d => get_payload_access,
        _ => return None,
    })
}

fn user(state: &mut State, id: u8) -> Result<&mut User, CompletionCode> {
    state.users.get_mut(id & 0x3f).ok_or(CompletionCode::OUT_OF_RANGE)
}

fn session_channel(channel: u8, origin: &Origin) -> Result<u8, CompletionCode> {
    match resolve(channel, origin) {
        channel @ 1..=2 => Ok(channel),
        _ => Err(CompletionCode::INVALID_FIELD),
    }
}

fn set_access(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let (flags, id, limit) = match request.data[..] {
        [flags, id, limit] | [flags, id, limit, _] => (flags, id, limit),
        _ => return Err(CompletionCode::LENGTH_INVALID),
    };
    session_channel(flags, origin)?;
    let user = user(state, id)?;
    if flags & 0x80 != 0 {
        user.flags = flags & 0x70;
    }
    user.privilege = limit & 0x0f;
    Ok(Vec::new())
}

fn get_access(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, id] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    session_channel(channel, origin)?;
    let enabled = state.users.0.iter().filter(|user| user.enabled).count();
    let user = user(state, id)?;
    let status = if user.enabled { 0x40 } else { 0x80 };
    Ok(vec![MAX_USERS, u8::try_from(enabled).unwrap_or(0) | status, 1, user.flags | user.privilege])
}

fn set_name(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [id, name @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let name = <[u8; 16]>::try_from(name).map_err(|_| CompletionCode::LENGTH_INVALID)?;
    // The null user's name is fixed.
    if *id & 0x3f == 1 {
        return Err(CompletionCode::INVALID_FIELD);
    }
    user(state, *id)?.name = name;
    Ok(Vec::new())
}

fn get_name(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [id] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let name = user(state, id)?.name;
    if id & 0x3f > 6 {
        return Err(CompletionCode::INVALID_FIELD);
    }
    Ok(name.to_vec())
}

/// Set User Password (section 22.30): 0 disables, 1 enables, 2 sets, 3 tests.
fn set_password(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [id, operation, password @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let long = id & 0x80 != 0;
    let user = user(state, *id)?;
    match operation & 0x03 {
        0 => user.enabled = false,
        1 => user.enabled = true,
        operation => {
            if password.len() != if long { 20 } else { 16 } {
                return Err(CompletionCode::LENGTH_INVALID);
            }
            let mut padded = [0; 20];
            padded[..password.len()].copy_from_slice(password);
            match operation {
                2 => {
                    user.password = padded;
                    user.long_password = long;
                }
                _ if user.long_password != long => return Err(CompletionCode(0x81)),
                _ if user.password != padded => return Err(CompletionCode(0x80)),
                _ => {}
            }
        }
    }
    Ok(Vec::new())
}

fn set_payload_access(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, id, payloads, _, _, _] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    session_channel(channel, origin)?;
    let user = user(state, id)?;
    if id & 0x40 == 0 {
        user.payloads |= payloads;
    } else {
        user.payloads &= !payloads;
    }
    Ok(Vec::new())
}

fn get_payload_access(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [channel, id] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    session_channel(channel, origin)?;
    Ok(vec![user(state, id)?.payloads, 0, 0, 0])
}
