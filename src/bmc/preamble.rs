//! What is asked before every command: is this a PICMG or a VITA controller, and what is its own
//! address on the IPMB? (PICMG 3.0 section 3.2.4; VITA 46.11 section 10.1.3.1.)
//!
//! Each question is apart, because the caller has something to say between them.

use super::Bmc;
use crate::ipmi::{CompletionCode, NetFn, Reply, Request};
use crate::transport::TransportError;

/// Group extensions the controller speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// PICMG (AdvancedTCA, AdvancedMC or MicroTCA).
    pub picmg: bool,
    /// VITA 46.11.
    pub vita: bool,
}

/// A version of a group's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupVersion {
    /// Low nibble of the version byte.
    pub major: u8,
    /// High nibble of the version byte.
    pub minor: u8,
}

impl GroupVersion {
    fn from_byte(byte: u8) -> Self {
        GroupVersion { major: byte & 0x0f, minor: byte >> 4 }
    }
}

/// Why a controller does not speak a group's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupRefusal {
    /// No answer.
    NoResponse,
    /// The query was refused.
    Refused(CompletionCode),
    /// The answer is too short; its length in bytes.
    Short(usize),
    /// The answer speaks of another group.
    WrongGroup(u8),
    /// A VITA standard other than 46.11.
    UnknownStandard(u8),
    /// A version that is not known.
    UnknownVersion(GroupVersion),
}

const PICMG_GROUP: u8 = 0x00;
const VITA_GROUP: u8 = 0x03;

/// Asks for the PICMG properties. Versions 2 (AdvancedTCA), 4 (AdvancedMC) and 5 (MicroTCA) count.
///
/// # Errors
/// [`GroupRefusal`] where the controller does not speak them.
pub async fn picmg(bmc: &Bmc) -> Result<GroupVersion, GroupRefusal> {
    let reply = accepted(bmc.send(&Request::new(NetFn::GROUP, 0x00, [PICMG_GROUP])).await)?;
    match reply.data.as_ref() {
        [PICMG_GROUP, version, _, _, ..] => {
            let version = GroupVersion::from_byte(*version);
            if matches!(version.major, 2 | 4 | 5) { Ok(version) } else { Err(GroupRefusal::UnknownVersion(version)) }
        }
        [group, _, _, _, ..] => Err(GroupRefusal::WrongGroup(*group)),
        short => Err(GroupRefusal::Short(short.len())),
    }
}

/// Asks for the VITA 46.11 capabilities.
///
/// # Errors
/// [`GroupRefusal`] where the controller does not speak them.
pub async fn vita(bmc: &Bmc) -> Result<GroupVersion, GroupRefusal> {
    let reply = accepted(bmc.send(&Request::new(NetFn::GROUP, 0x00, [VITA_GROUP])).await)?;
    match reply.data.as_ref() {
        [VITA_GROUP, _, _, standard, revision, ..] => {
            let version = GroupVersion::from_byte(*revision);
            match (standard & 0x03, version.major) {
                (0, 1) => Ok(version),
                (0, _) => Err(GroupRefusal::UnknownVersion(version)),
                (standard, _) => Err(GroupRefusal::UnknownStandard(standard)),
            }
        }
        [group, _, _, _, _, ..] => Err(GroupRefusal::WrongGroup(*group)),
        short => Err(GroupRefusal::Short(short.len())),
    }
}

/// The target's own address on IPMB-0, as its group extension tells it; 0 without an extension.
///
/// # Errors
/// [`GroupRefusal`] where the controller speaks an extension but will not tell.
pub async fn ipmb_address(bmc: &Bmc) -> Result<u8, GroupRefusal> {
    let extensions = bmc.extensions();
    if extensions.picmg {
        // Get Address Info; the reference does not look at the length of the answer.
        let reply = accepted(bmc.send(&Request::new(NetFn::GROUP, 0x01, [PICMG_GROUP])).await)?;
        return Ok(reply.data.get(2).copied().unwrap_or(0));
    }
    if extensions.vita {
        // Get FRU Address Info, of the controller itself.
        let reply = accepted(bmc.send(&Request::new(NetFn::GROUP, 0x40, [VITA_GROUP])).await)?;
        return match reply.data.as_ref() {
            [VITA_GROUP, _, address, _, _, _, _, ..] => Ok(*address),
            [group, _, _, _, _, _, _, ..] => Err(GroupRefusal::WrongGroup(*group)),
            short => Err(GroupRefusal::Short(short.len())),
        };
    }
    Ok(0)
}

fn accepted(outcome: Result<Reply, TransportError>) -> Result<Reply, GroupRefusal> {
    match outcome {
        Ok(reply) if reply.completion.is_ok() => Ok(reply),
        Ok(reply) => Err(GroupRefusal::Refused(reply.completion)),
        Err(_) => Err(GroupRefusal::NoResponse),
    }
}
