//! Sessions (IPMI 2.0 sections 22.16 to 22.20): who has logged in, from where, with which privilege.
//!
//! The table is the machine's; what protects a session's packets lies with it, for the UDP face.
//! Without that face nobody logs in or out, and nothing times out.

use super::channel::{LAN, resolve};
use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};
use crate::protocol::auth::{self, AuthType};
use crate::protocol::session20::{Protection, Window};
use crate::protocol::{Key, Random};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// An active session.
pub struct Session {
    /// Its id at the BMC.
    pub id: u32,
    /// Its handle, from 1.
    pub handle: u8,
    /// Id of the user.
    pub user: u8,
    /// Highest privilege it may raise itself to.
    pub limit: u8,
    /// Privilege in force.
    pub privilege: u8,
    /// Address of the console.
    pub peer: SocketAddr,
    /// Hardware address the console is reached by.
    pub mac: [u8; 6],
    /// What protects its packets.
    pub wire: Wire,
    /// When it was last heard of, since the start of whoever serves it.
    pub heard: Duration,
}

/// What protects the packets of a session.
pub enum Wire {
    /// Served by nobody here: it was there before the machine was looked at.
    Elsewhere,
    /// IPMI 1.5.
    Fifteen(Fifteen),
    /// RMCP+.
    Plus(Box<Plus>),
}

/// An IPMI 1.5 session's side of the wire.
pub struct Fifteen {
    /// Authentication type that was agreed on.
    pub auth: AuthType,
    /// Password.
    pub key: Key,
    /// Whether every packet is authenticated.
    pub per_message: bool,
    /// Numbers that came in.
    pub inbound: Window,
    /// Next number out.
    pub outbound: u32,
    /// The activating request and what it was answered: asked again, it gets the same answer.
    activation: (Vec<u8>, Vec<u8>),
}

/// An RMCP+ session's side of the wire.
pub struct Plus {
    /// Session id of the console.
    pub console_session: u32,
    /// Algorithms and keys.
    pub protection: Protection,
    /// Numbers that came in.
    pub inbound: Window,
    /// Next number out.
    pub outbound: u32,
    /// RAKP message 3 and what it was answered: asked again, it gets the same answer.
    pub rakp: (Vec<u8>, Vec<u8>),
}

/// A session that has been asked for, and challenged, but not activated (IPMI 1.5).
pub struct Challenge {
    /// Temporary id, which becomes the session's.
    pub id: u32,
    /// Authentication type.
    pub auth: AuthType,
    /// What keys its packets: the user's password, or what is made of it.
    pub key: Key,
    user: u8,
    /// What the activation carries of the challenge.
    expected: [u8; 16],
}

/// Every session.
pub struct Sessions {
    active: Vec<Session>,
    challenges: VecDeque<Challenge>,
    slots: u8,
    random: Random,
}

/// Challenges that may be outstanding; the oldest gives way.
const MAX_CHALLENGES: usize = 16;
/// Sessions that may be active unless the profile says otherwise.
const SLOTS: u8 = 4;
/// Silence after which a session is over (section 6.12.15).
const TIMEOUT: Duration = Duration::from_secs(60);
/// Invalid session id in a request to close a session.
const UNKNOWN_ID: CompletionCode = CompletionCode(0x87);
/// Invalid session handle in a request to close a session.
const UNKNOWN_HANDLE: CompletionCode = CompletionCode(0x88);

impl Sessions {
    /// A colleague has been logged in over the LAN for a while.
    pub fn new(slots: Option<u8>, random: Random) -> Self {
        let colleague = Session {
            id: 0x1234_5678,
            handle: 1,
            user: 2,
            limit: 4,
            privilege: 4,
            peer: SocketAddr::from(([192, 0, 2, 10], 623)),
            mac: [0x52, 0x54, 0, 0x12, 0x34, 0x56],
            wire: Wire::Elsewhere,
            heard: Duration::ZERO,
        };
        Sessions { active: vec![colleague], challenges: VecDeque::new(), slots: slots.unwrap_or(SLOTS), random }
    }

    /// Takes random bytes from here from now on.
    pub fn set_random(&mut self, random: Random) {
        self.random = random;
    }

    /// Fresh random bytes.
    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }

    /// A session id that nobody has.
    pub fn fresh_id(&mut self) -> u32 {
        // A random source that repeats itself must not hang the machine.
        let start = u32::from_le_bytes(self.random()).max(1);
        (0..=u32::from(u8::MAX))
            .map(|step| start.wrapping_add(step).max(1))
            .find(|id| self.is_free(*id))
            .unwrap_or(start)
    }

    fn is_free(&self, id: u32) -> bool {
        self.get(id).is_none() && self.challenge(id).is_none()
    }

    /// The active session of an id.
    pub fn get(&self, id: u32) -> Option<&Session> {
        self.active.iter().find(|session| session.id == id)
    }

    /// The active session of an id, to be changed.
    pub fn get_mut(&mut self, id: u32) -> Option<&mut Session> {
        self.active.iter_mut().find(|session| session.id == id)
    }

    /// The challenge of a temporary id.
    pub fn challenge(&self, id: u32) -> Option<&Challenge> {
        self.challenges.iter().find(|challenge| challenge.id == id)
    }

    /// All active sessions.
    pub fn active(&self) -> &[Session] {
        &self.active
    }

    /// Lets a session in under the lowest free handle.
    ///
    /// # Errors
    /// 81h when every slot is taken.
    pub fn admit(&mut self, mut session: Session) -> Result<(), CompletionCode> {
        let free = (1..=self.slots).find(|handle| self.active.iter().all(|session| session.handle != *handle));
        session.handle = free.ok_or(CompletionCode(0x81))?;
        self.active.push(session);
        self.active.sort_by_key(|session| session.handle);
        Ok(())
    }

    /// Ends a session, if there is one of this id.
    pub fn close(&mut self, id: u32) {
        self.active.retain(|session| session.id != id);
    }

    /// Ends the sessions that have been silent for too long.
    pub fn expire(&mut self, now: Duration) {
        self.active.retain(|session| now.saturating_sub(session.heard) < TIMEOUT);
    }
}

/// The handler for a session command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x39 => challenge,
        0x3a => activate,
        0x3b => set_privilege,
        0x3c => close,
        0x3d => info,
        _ => return None,
    })
}

/// Get Session Challenge (section 22.16).
fn challenge(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [auth, name @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let name = <[u8; 16]>::try_from(name).map_err(|_| CompletionCode::LENGTH_INVALID)?;
    if origin.channel != LAN {
        return Err(CompletionCode::INVALID_COMMAND);
    }
    let auth = AuthType::from_code(auth & 0x0f).filter(|auth| state.channels.auth_types & auth.mask() != 0);
    let auth = auth.ok_or(CompletionCode::INVALID_FIELD)?;
    // 82h: the null user name is not enabled; 81h: another name is unknown.
    let unknown = CompletionCode(if name == [0; 16] { 0x82 } else { 0x81 });
    // Twenty-byte passwords are for RMCP+ alone.
    let (user, record) = state.users.find(&name, 0).filter(|(_, user)| !user.long_password).ok_or(unknown)?;
    let mut key = Key::new(record.password);
    let sessions = &mut state.sessions;
    let (id, random) = (sessions.fresh_id(), sessions.random());
    let mut expected = random;
    if state.quirks.challenge_key {
        key = auth::challenge_key(&key, &random);
        expected = [0; 16];
    }
    if sessions.challenges.len() >= MAX_CHALLENGES {
        sessions.challenges.pop_front();
    }
    sessions.challenges.push_back(Challenge { id, auth, key, user, expected });
    Ok([&id.to_le_bytes()[..], &random].concat())
}

/// Activate Session (section 22.17).
fn activate(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let Ok([auth, level, rest @ ..]) = <&[u8; 22]>::try_from(&request.data[..]) else {
        return Err(CompletionCode::LENGTH_INVALID);
    };
    if let Some(Session { wire: Wire::Fifteen(wire), .. }) = state.sessions.get(origin.session)
        && wire.activation.0 == request.data
    {
        return Ok(wire.activation.1.clone());
    }
    let pending = state.sessions.challenge(origin.session).ok_or(CompletionCode(0x85))?;
    let (random, [s0, s1, s2, s3]) = rest.split_at(16) else { return Err(CompletionCode::LENGTH_INVALID) };
    let level = level & 0x0f;
    if auth & 0x0f != pending.auth.code() || random != pending.expected || !(1..=5).contains(&level) {
        return Err(CompletionCode::INVALID_FIELD);
    }
    let outbound = u32::from_le_bytes([*s0, *s1, *s2, *s3]);
    if outbound == 0 {
        return Err(CompletionCode(0x84));
    }
    let (id, auth, key, user) = (pending.id, pending.auth, pending.key.clone(), pending.user);
    if level > session_limit(state, user) {
        return Err(CompletionCode(0x86));
    }
    let per_message = auth != AuthType::None && state.channels.per_message_authentication();
    let inbound = u32::from_le_bytes(state.sessions.random()) >> 8 | 1;
    let kind = if per_message { auth } else { AuthType::None };
    let mut reply = vec![kind.code()];
    reply.extend(id.to_le_bytes());
    reply.extend(inbound.to_le_bytes());
    reply.push(level);
    let wire = Wire::Fifteen(Fifteen {
        auth,
        key,
        per_message,
        inbound: Window::expecting(inbound),
        outbound,
        activation: (request.data.clone(), reply.clone()),
    });
    let (peer, mac) = (origin.peer, [0; 6]);
    // A session begins as a user's; Set Session Privilege Level raises it.
    let session =
        Session { id, handle: 0, user, limit: level, privilege: level.min(2), peer, mac, wire, heard: origin.now };
    state.sessions.admit(session)?;
    state.sessions.challenges.retain(|challenge| challenge.id != id);
    Ok(reply)
}

/// The highest privilege a user can have over the LAN: its own limit and the channel's.
pub fn session_limit(state: &State, user: u8) -> u8 {
    let own = state.users.get(user).map_or(0, |user| if user.privilege == 15 { 0 } else { user.privilege });
    own.min(state.channels.privilege_limit(LAN))
}

/// Set Session Privilege Level (section 22.18).
fn set_privilege(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let [level] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let level = level & 0x0f;
    if matches!(level, 1 | 6..) {
        return Err(CompletionCode::INVALID_FIELD);
    }
    let Some(user) = state.sessions.get(origin.session).map(|session| session.user) else {
        // Without a session there is nothing to change.
        return match level {
            0 => Ok(vec![origin.privilege]),
            level if level > origin.privilege => Err(CompletionCode(0x80)),
            level => Ok(vec![level]),
        };
    };
    let limit = session_limit(state, user);
    let session = state.sessions.get_mut(origin.session).ok_or(CompletionCode::UNSPECIFIED)?;
    match level {
        0 => {}
        level if level > session.limit => return Err(CompletionCode(0x80)),
        level if level > limit => return Err(CompletionCode(0x81)),
        level => session.privilege = level,
    }
    Ok(vec![session.privilege])
}

/// Close Session (section 22.19): by id, or by handle with an id of 0.
fn close(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let sessions = &mut state.sessions;
    let id = match request.data[..] {
        [0, 0, 0, 0, handle] => {
            let session = sessions.active.iter().find(|session| session.handle == handle);
            session.ok_or(UNKNOWN_HANDLE)?.id
        }
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
        _ => return Err(CompletionCode::LENGTH_INVALID),
    };
    sessions.get(id).ok_or(UNKNOWN_ID)?;
    // Somebody else's session takes an administrator.
    if id != origin.session && origin.privilege < 4 {
        return Err(CompletionCode::INSUFFICIENT_PRIVILEGE);
    }
    sessions.close(id);
    Ok(Vec::new())
}

/// Get Session Info (section 22.20).
fn info(state: &mut State, origin: &Origin, request: &Request) -> Outcome {
    let sessions = &state.sessions;
    let session = match request.data[..] {
        // The session of the request itself; the first one where it has none.
        [0x00] => sessions.get(origin.session).or(sessions.active.first()),
        [0xfe, handle] => {
            let found = sessions.active.iter().find(|session| session.handle == handle);
            Some(found.ok_or(CompletionCode::NOT_PRESENT)?)
        }
        [0xff, a, b, c, d] => Some(sessions.get(u32::from_le_bytes([a, b, c, d])).ok_or(CompletionCode::NOT_PRESENT)?),
        // The Nth active one.
        [index] if index <= sessions.slots => sessions.active.get(usize::from(index) - 1),
        [_] => return Err(CompletionCode::NOT_PRESENT),
        _ => return Err(CompletionCode::LENGTH_INVALID),
    };
    let active = u8::try_from(sessions.active.len()).unwrap_or(u8::MAX);
    let Some(session) = session else { return Ok(vec![0, sessions.slots, active]) };
    let plus = !matches!(session.wire, Wire::Fifteen(_));
    let protocol = if plus { 0x10 } else { 0x00 };
    let mut data = vec![session.handle, sessions.slots, active, session.user, session.privilege, protocol | LAN];
    data.extend(match session.peer.ip() {
        IpAddr::V4(address) => address.octets(),
        IpAddr::V6(address) => address.to_ipv4_mapped().map_or([0; 4], |address| address.octets()),
    });
    data.extend(session.mac);
    data.extend(session.peer.port().to_le_bytes());
    Ok(data)
}

/// Whether requests of this channel may open sessions.
pub fn is_open(state: &State, origin: &Origin) -> bool {
    state.channels.is_enabled(resolve(0x0e, origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Profile;

    fn lan(session: u32, privilege: u8) -> Origin {
        Origin { channel: LAN, privilege, session, ..Origin::system_interface() }
    }

    fn log_in(state: &mut State, name: &[u8], level: u8) -> Result<u32, CompletionCode> {
        let mut data = vec![2];
        data.extend(name);
        data.resize(17, 0);
        let reply = challenge(state, &lan(0, 0), &Request::new(crate::ipmi::NetFn::APP, 0x39, data))?;
        let id = u32::from_le_bytes([reply[0], reply[1], reply[2], reply[3]]);
        let data = [&[2, level], &reply[4..], &[1, 0, 0, 0]].concat();
        let request = Request::new(crate::ipmi::NetFn::APP, 0x3a, data);
        let first = activate(state, &lan(id, 0), &request)?;
        // Asked again, it answers the same.
        assert_eq!(activate(state, &lan(id, 0), &request), Ok(first));
        Ok(id)
    }

    #[test]
    fn slots_are_limited_and_come_back() {
        let mut state = State::new(Profile::default());
        let ids: Vec<u32> = (0..3).map(|_| log_in(&mut state, b"admin", 4).expect("a session")).collect();
        assert_eq!(log_in(&mut state, b"admin", 4), Err(CompletionCode(0x81)));
        let [a, b, c, d] = ids[1].to_le_bytes();
        let request = Request::new(crate::ipmi::NetFn::APP, 0x3c, [a, b, c, d]);
        assert_eq!(close(&mut state, &lan(ids[0], 2), &request), Err(CompletionCode::INSUFFICIENT_PRIVILEGE));
        assert_eq!(close(&mut state, &lan(ids[1], 2), &request), Ok(vec![]));
        assert_eq!(close(&mut state, &lan(ids[0], 4), &request), Err(UNKNOWN_ID));
        assert!(log_in(&mut state, b"user", 2).is_ok());
        state.sessions.expire(TIMEOUT);
        assert!(state.sessions.active().is_empty());
    }

    #[test]
    fn limits_are_kept() {
        let mut state = State::new(Profile::default());
        assert_eq!(log_in(&mut state, b"user", 3), Err(CompletionCode(0x86)));
        assert_eq!(log_in(&mut state, b"nobody", 3), Err(CompletionCode(0x81)));
        assert_eq!(log_in(&mut state, b"", 3), Err(CompletionCode(0x82)));
        let id = log_in(&mut state, b"operator", 3).expect("a session");
        let raise = |level: u8| Request::new(crate::ipmi::NetFn::APP, 0x3b, [level]);
        assert_eq!(set_privilege(&mut state, &lan(id, 2), &raise(0)), Ok(vec![2]));
        assert_eq!(set_privilege(&mut state, &lan(id, 2), &raise(4)), Err(CompletionCode(0x80)));
        assert_eq!(set_privilege(&mut state, &lan(id, 2), &raise(3)), Ok(vec![3]));
    }
}
