//! Users (IPMI 2.0 sections 22.26 to 22.30).

use super::{Command, DecodeError, NetFn, Reader};

/// Get User Access (section 22.27).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetUserAccess {
    /// Channel, 14 for the one in use.
    pub channel: u8,
    /// User id.
    pub user: u8,
}

/// A user's access to a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAccess {
    /// User ids there are.
    pub max_users: u8,
    /// Users that are enabled.
    pub enabled_users: u8,
    /// Bits 7:6 of the second byte: whether this user is enabled.
    pub enable_status: u8,
    /// Users whose names cannot be changed.
    pub fixed_users: u8,
    /// Only callback is allowed.
    pub callback_only: bool,
    /// Link authentication is enabled.
    pub link_auth: bool,
    /// IPMI messaging is enabled.
    pub ipmi_messaging: bool,
    /// Privilege limit.
    pub privilege: u8,
}

impl Command for GetUserAccess {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x44;
    type Reply = UserAccess;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel & 0x0f, self.user & 0x3f]);
    }

    fn decode(data: &[u8]) -> Result<UserAccess, DecodeError> {
        let [max, enabled, fixed, access] = data.try_into().map_err(|_| DecodeError { length: data.len() })?;
        Ok(UserAccess {
            max_users: max & 0x3f,
            enabled_users: enabled & 0x3f,
            enable_status: enabled & 0xc0,
            fixed_users: fixed & 0x3f,
            callback_only: access & 0x40 != 0,
            link_auth: access & 0x20 != 0,
            ipmi_messaging: access & 0x10 != 0,
            privilege: access & 0x0f,
        })
    }
}

/// Get User Name (section 22.29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetUserName {
    /// User id.
    pub user: u8,
}

impl Command for GetUserName {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x46;
    /// The name, padded with zeros.
    type Reply = [u8; 16];

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.user & 0x3f);
    }

    fn decode(data: &[u8]) -> Result<[u8; 16], DecodeError> {
        data.try_into().map_err(|_| DecodeError { length: data.len() })
    }
}

/// Set User Name (section 22.28).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetUserName {
    /// User id.
    pub user: u8,
    /// The name, padded with zeros.
    pub name: [u8; 16],
}

impl Command for SetUserName {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x45;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.user & 0x3f);
        data.extend(self.name);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Set User Access (section 22.26).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetUserAccess {
    /// Channel, 14 for the one in use.
    pub channel: u8,
    /// User id.
    pub user: u8,
    /// Privilege limit.
    pub privilege: u8,
    /// What the user may do; none leaves it as it is.
    pub grants: Option<UserGrants>,
}

/// What Set User Access changes beside the privilege limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserGrants {
    /// Only callback is allowed.
    pub callback_only: bool,
    /// Link authentication is enabled.
    pub link_auth: bool,
    /// IPMI messaging is enabled.
    pub ipmi_messaging: bool,
}

impl Command for SetUserAccess {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x43;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        let bit = |flag: bool, mask: u8| if flag { mask } else { 0 };
        let grants = self.grants.map_or(0, |grants| {
            0x80 | bit(grants.callback_only, 0x40) | bit(grants.link_auth, 0x20) | bit(grants.ipmi_messaging, 0x10)
        });
        data.extend([grants | self.channel & 0x0f, self.user & 0x3f, self.privilege & 0x0f, 0]);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// What Set User Password does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordOperation {
    /// Disable the user.
    Disable,
    /// Enable the user.
    Enable,
    /// Set the password.
    Set,
    /// Compare the password with the one that is set.
    Test,
}

/// Set User Password (section 22.30).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetUserPassword<'a> {
    /// User id.
    pub user: u8,
    /// What to do.
    pub operation: PasswordOperation,
    /// The password; what is longer than the length allows is cut off.
    pub password: &'a [u8],
    /// Send it as 20 bytes (IPMI 2.0) instead of 16.
    pub twenty_bytes: bool,
}

impl Command for SetUserPassword<'_> {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x47;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(if self.twenty_bytes { 0x80 } else { 0 } | self.user & 0x3f);
        data.push(self.operation as u8);
        let length = if self.twenty_bytes { 20 } else { 16 };
        data.extend(self.password.iter().copied().chain(std::iter::repeat(0)).take(length));
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get Channel Info (section 22.24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetChannelInfo {
    /// Channel, 14 for the one in use.
    pub channel: u8,
}

/// What a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    /// Channel number.
    pub channel: u8,
    /// Medium type.
    pub medium: u8,
    /// Protocol type.
    pub protocol: u8,
    /// Session support in bits 7:6, active sessions in bits 5:0.
    pub sessions: u8,
    /// IANA number of whoever defined the protocol.
    pub vendor: u32,
}

impl ChannelInfo {
    /// Whether the channel is a LAN: 802.3, or another.
    pub fn is_lan(&self) -> bool {
        matches!(self.medium, 4 | 6)
    }
}

impl Command for GetChannelInfo {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x42;
    type Reply = ChannelInfo;

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.channel & 0x0f);
    }

    fn decode(data: &[u8]) -> Result<ChannelInfo, DecodeError> {
        let mut reader = Reader::new(data);
        let [channel, medium, protocol, sessions] = reader.array()?;
        let vendor = reader.u24()?;
        let _auxiliary: [u8; 2] = reader.array()?;
        if !reader.is_empty() {
            return Err(reader.error());
        }
        Ok(ChannelInfo { channel: channel & 0x0f, medium: medium & 0x7f, protocol: protocol & 0x1f, sessions, vendor })
    }
}

/// Get Channel Access (section 22.23).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetChannelAccess {
    /// Channel, 14 for the one in use.
    pub channel: u8,
    /// The settings in force, instead of those that are kept.
    pub volatile: bool,
}

/// Who may use a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelAccess {
    /// Alerting is disabled.
    pub alerting_disabled: bool,
    /// Per-message authentication is disabled.
    pub per_message_auth_disabled: bool,
    /// User level authentication is disabled.
    pub user_level_auth_disabled: bool,
    /// Access mode: disabled, pre-boot only, always, shared.
    pub mode: u8,
    /// Privilege limit.
    pub privilege: u8,
}

impl Command for GetChannelAccess {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x41;
    type Reply = ChannelAccess;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel & 0x0f, if self.volatile { 0x80 } else { 0x40 }]);
    }

    fn decode(data: &[u8]) -> Result<ChannelAccess, DecodeError> {
        let [access, limit] = data.try_into().map_err(|_| DecodeError { length: data.len() })?;
        Ok(ChannelAccess {
            alerting_disabled: access & 0x20 != 0,
            per_message_auth_disabled: access & 0x10 != 0,
            user_level_auth_disabled: access & 0x08 != 0,
            mode: access & 0x07,
            privilege: limit & 0x0f,
        })
    }
}

/// One of the two copies of a channel's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsCopy {
    /// The one that is kept over a restart.
    NonVolatile = 0x40,
    /// The one in force.
    Volatile = 0x80,
}

/// Set Channel Access (section 22.22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetChannelAccess {
    /// Channel.
    pub channel: u8,
    /// The copy that is changed.
    pub copy: SettingsCopy,
    /// The settings.
    pub access: ChannelAccess,
    /// Whether the privilege limit is changed too.
    pub set_privilege: bool,
}

impl Command for SetChannelAccess {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x40;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        let bit = |flag: bool, mask: u8| if flag { mask } else { 0 };
        let copy = self.copy as u8;
        let access = self.access;
        data.push(self.channel & 0x0f);
        data.push(
            copy | bit(access.alerting_disabled, 0x20)
                | bit(access.per_message_auth_disabled, 0x10)
                | bit(access.user_level_auth_disabled, 0x08)
                | access.mode & 0x07,
        );
        data.push(bit(self.set_privilege, copy) | access.privilege & 0x0f);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Get Channel Authentication Capabilities (section 22.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetAuthCapabilities {
    /// Channel; bit 7 asks for what there is beyond IPMI 1.5.
    pub channel: u8,
    /// Privilege asked about.
    pub privilege: u8,
}

/// How one may log in on a channel. Missing bytes read as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthCapabilities {
    /// Channel number.
    pub channel: u8,
    /// Authentication types, one bit each; bit 7 tells of RMCP+.
    pub types: u8,
    /// Status: Kg, per-message and user level authentication, which users there are.
    pub status: u8,
    /// Extended capabilities: IPMI 1.5 (bit 0) and 2.0 (bit 1).
    pub extended: u8,
    /// IANA number of whoever defined the OEM type.
    pub oem: u32,
    /// Auxiliary data of the OEM type.
    pub oem_data: u8,
}

impl Command for GetAuthCapabilities {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x38;
    type Reply = AuthCapabilities;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel, self.privilege]);
    }

    fn decode(data: &[u8]) -> Result<AuthCapabilities, DecodeError> {
        let mut reader = Reader::new(data);
        let [channel, types, status, extended] = reader.array_or_zero();
        let oem = reader.u24_or_zero();
        Ok(AuthCapabilities { channel, types, status, extended, oem, oem_data: reader.u8_or_zero() })
    }
}

/// Get Channel Cipher Suites, one part of the list (section 22.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetCipherSuites {
    /// Channel, 14 for the one in use.
    pub channel: u8,
    /// Payload type: 0 IPMI, 1 SOL.
    pub payload: u8,
    /// Part of the list.
    pub index: u8,
}

impl Command for GetCipherSuites {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x54;
    /// The part's bytes, sixteen unless it is the last.
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.channel, self.payload, 0x80 | self.index]);
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        match data {
            [_, rest @ ..] if rest.len() <= 16 => Ok(rest.to_vec()),
            _ => Err(DecodeError { length: data.len() }),
        }
    }
}

/// Get Session Info (section 22.20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GetSessionInfo {
    /// The session this is asked in.
    Current,
    /// The Nth active session, from 1.
    Index(u8),
    /// By handle.
    Handle(u8),
    /// By session id.
    Id(u32),
}

impl Command for GetSessionInfo {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x3d;
    /// At most eighteen bytes.
    type Reply = Vec<u8>;

    fn encode(&self, data: &mut Vec<u8>) {
        match self {
            GetSessionInfo::Current => data.push(0),
            GetSessionInfo::Index(index) => data.push(*index),
            GetSessionInfo::Handle(handle) => data.extend([0xfe, *handle]),
            GetSessionInfo::Id(id) => {
                data.push(0xff);
                data.extend(id.to_le_bytes());
            }
        }
    }

    fn decode(data: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Ok(data[..data.len().min(18)].to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_is_four_bytes() {
        let access = GetUserAccess::decode(&[0x0a, 0x44, 0x01, 0x34]).expect("access");
        assert_eq!((access.max_users, access.enabled_users, access.enable_status, access.privilege), (10, 4, 0x40, 4));
        assert!(GetUserAccess::decode(&[1, 2, 3]).is_err() && GetUserAccess::decode(&[1, 2, 3, 4, 5]).is_err());
    }

    #[test]
    fn channel_info_is_nine_bytes() {
        assert!(GetChannelInfo::decode(&[1, 4, 1, 0x81, 0xf2, 0x1b, 0, 0, 0]).expect("info").is_lan());
        assert!(GetChannelInfo::decode(&[0; 8]).is_err() && GetChannelInfo::decode(&[0; 10]).is_err());
    }

    #[test]
    fn channel_access_is_set_in_one_copy() {
        let access = GetChannelAccess::decode(&[0x3a, 0x04]).expect("access");
        let mut command = SetChannelAccess { channel: 1, copy: SettingsCopy::Volatile, access, set_privilege: true };
        assert_eq!(command.request().data, [1, 0xba, 0x84]);
        command = SetChannelAccess { copy: SettingsCopy::NonVolatile, set_privilege: false, ..command };
        assert_eq!(command.request().data, [1, 0x7a, 0x04]);
    }

    #[test]
    fn session_requests() {
        assert_eq!(GetSessionInfo::Id(0x1234_5678).request().data, [0xff, 0x78, 0x56, 0x34, 0x12]);
        assert_eq!(GetSessionInfo::Handle(7).request().data, [0xfe, 7]);
    }
}
