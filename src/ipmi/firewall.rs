//! The firmware firewall (IPMI 2.0 chapter 21): maps of commands and sub-functions.

use super::{Command, DecodeError, NetFn, Reader};

/// Get NetFn Support (section 21.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetNetFnSupport {
    /// Channel, 14 for the one in use.
    pub channel: u8,
}

/// Which logical units and network functions have commands. Missing bytes read as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetFnSupport {
    luns: u8,
    netfns: [u8; 16],
}

impl NetFnSupport {
    /// Whether a logical unit has commands at all.
    pub fn has_lun(&self, lun: u8) -> bool {
        self.luns >> (2 * (lun & 3)) & 3 != 0
    }

    /// Whether a network function of a logical unit has commands; a pair of them counts as one.
    pub fn has_netfn(&self, lun: u8, netfn: u8) -> bool {
        let bit = 32 * usize::from(lun & 3) + usize::from(netfn & 0x3f) / 2;
        self.has_lun(lun) && self.netfns[bit / 8] & 1 << (bit % 8) != 0
    }
}

impl Command for GetNetFnSupport {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x09;
    type Reply = NetFnSupport;

    fn encode(&self, data: &mut Vec<u8>) {
        data.push(self.channel);
    }

    fn decode(data: &[u8]) -> Result<NetFnSupport, DecodeError> {
        let mut reader = Reader::new(data);
        Ok(NetFnSupport { luns: reader.u8_or_zero(), netfns: reader.array_or_zero() })
    }
}

/// Which commands a map is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Channel, 14 for the one in use.
    pub channel: u8,
    /// Network function.
    pub netfn: u8,
    /// Logical unit.
    pub lun: u8,
}

/// The first or the second 128 commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// Commands 00h to 7Fh.
    Low,
    /// Commands 80h to FFh.
    High,
}

impl Half {
    fn flag(self) -> u8 {
        match self {
            Half::Low => 0,
            Half::High => 0x40,
        }
    }
}

/// One bit for each of 128 commands.
pub type CommandMap = [u8; 16];

/// One bit for each of 32 sub-functions.
pub type SubfunctionMap = [u8; 4];

macro_rules! command_maps {
    ($($(#[$doc:meta])* $name:ident = $cmd:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub Scope, pub Half);

        impl Command for $name {
            const NETFN: NetFn = NetFn::APP;
            const CMD: u8 = $cmd;
            type Reply = CommandMap;

            fn encode(&self, data: &mut Vec<u8>) {
                data.extend([self.0.channel, self.1.flag() | self.0.netfn, self.0.lun]);
            }

            fn decode(data: &[u8]) -> Result<CommandMap, DecodeError> {
                Ok(Reader::new(data).array_or_zero())
            }
        }
    )*};
}

command_maps! {
    /// Get Command Support (section 21.3): a bit for each command that is not there.
    GetCommandSupport = 0x0a;
    /// Get Configurable Commands (section 21.5): a bit for each command that can be switched.
    GetConfigurableCommands = 0x0c;
    /// Get Command Enables (section 21.8): a bit for each command that is on.
    GetCommandEnables = 0x61;
}

macro_rules! subfunction_maps {
    ($($(#[$doc:meta])* $name:ident = $cmd:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub Scope, pub u8);

        impl Command for $name {
            const NETFN: NetFn = NetFn::APP;
            const CMD: u8 = $cmd;
            type Reply = SubfunctionMap;

            fn encode(&self, data: &mut Vec<u8>) {
                data.extend([self.0.channel, self.0.netfn, self.0.lun, self.1]);
            }

            fn decode(data: &[u8]) -> Result<SubfunctionMap, DecodeError> {
                Ok(Reader::new(data).array_or_zero())
            }
        }
    )*};
}

subfunction_maps! {
    /// Get Command Sub-function Support (section 21.4): a bit for each that is not there.
    GetSubfunctionSupport = 0x0b;
    /// Get Configurable Command Sub-functions (section 21.6): a bit for each that can be switched.
    GetConfigurableSubfunctions = 0x0d;
    /// Get Command Sub-function Enables (section 21.10): a bit for each that is on.
    GetSubfunctionEnables = 0x63;
}

/// Set Command Enables (section 21.7), of one half of a network function's commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetCommandEnables(pub Scope, pub Half, pub CommandMap);

impl Command for SetCommandEnables {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x60;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.0.channel, self.1.flag() | self.0.netfn, self.0.lun]);
        data.extend(self.2);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Set Command Sub-function Enables (section 21.9), of one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetSubfunctionEnables(pub Scope, pub u8, pub SubfunctionMap);

impl Command for SetSubfunctionEnables {
    const NETFN: NetFn = NetFn::APP;
    const CMD: u8 = 0x62;
    type Reply = ();

    fn encode(&self, data: &mut Vec<u8>) {
        data.extend([self.0.channel, self.0.netfn, self.0.lun, self.1]);
        data.extend(self.2);
    }

    fn decode(_data: &[u8]) -> Result<(), DecodeError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCOPE: Scope = Scope { channel: 0x0e, netfn: 6, lun: 1 };

    #[test]
    fn support_by_logical_unit() {
        let mut reply = [0; 17];
        reply[0] = 0x04;
        reply[5] = 0x08;
        let support = GetNetFnSupport::decode(&reply).expect("a reply");
        assert!(support.has_netfn(1, 6) && support.has_netfn(1, 7) && !support.has_netfn(0, 6));
        assert!(!GetNetFnSupport::decode(&[]).expect("a reply").has_lun(0));
    }

    #[test]
    fn requests() {
        assert_eq!(GetCommandSupport(SCOPE, Half::High).request().data, [0x0e, 0x46, 1]);
        assert_eq!(GetSubfunctionEnables(SCOPE, 0x60).request().data, [0x0e, 6, 1, 0x60]);
        assert_eq!(SetSubfunctionEnables(SCOPE, 2, [1, 2, 3, 4]).request().data, [0x0e, 6, 1, 2, 1, 2, 3, 4]);
        assert_eq!(SetCommandEnables(SCOPE, Half::Low, [0; 16]).request().data.len(), 19);
    }
}
