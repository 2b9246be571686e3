//! What some controllers want otherwise than the specification has it.

use serde::Deserialize;

/// Departures from the specification, as data: the session machines know no manufacturer. All are off
/// unless somebody asks for them (`-o`; a profile's `quirks` for the simulated BMC, which then wants
/// what such a controller wants).
///
/// What the controllers do is known from the reference alone, which names the machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
pub struct Quirks {
    /// IPMI 1.5: a presence ping (IPMI 2.0 section 13.13) is not tolerated; none is sent.
    pub no_ping: bool,
    /// IPMI 1.5: the session's key is not the password but MD5(challenge XOR MD5(password)), and Activate
    /// Session (section 22.17) carries zeros in the challenge's place.
    pub challenge_key: bool,
    /// IPMI 1.5: a datagram that is no RMCP message follows each transmission of a request, another one
    /// precedes the first, so that a controller that is stuck looks at its queue again.
    pub thump: bool,
    /// RMCP+: authentication capabilities are not asked for, and an open session is used as it is: no
    /// privilege is asked for, nor what the controller is.
    pub unasked: bool,
    /// RMCP+: the Open Session Request (section 13.17) names the administrator's level too, instead of
    /// leaving the level to the BMC.
    pub named_privilege: bool,
    /// RMCP+: the user name's field in RAKP message 1 (section 13.20) has sixteen bytes, whatever the
    /// name's length.
    pub long_name: bool,
    /// RMCP+: the role's lookup bit (bit 4) is left out of RAKP message 2's code and of the session
    /// integrity key (sections 13.21 and 13.31).
    pub plain_role: bool,
    /// RMCP+: the role's lookup bit is left out of RAKP message 3's code (section 13.22).
    pub plain_role_in_rakp3: bool,
    /// RMCP+: RAKP message 4's check value (section 13.23) is made with the hash of the integrity
    /// algorithm; there is none to be checked without one.
    pub check_by_integrity: bool,
    /// RMCP+: the integrity pad (section 13.6) makes header and payload a multiple of four bytes long,
    /// not counting the two bytes that follow it.
    pub pad_before_trailer: bool,
}
