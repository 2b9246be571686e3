//! The options as typed: absent means that an option was not given.

use super::authentication::{AuthType, Exposure, PrivilegeLevel, Secret};
use std::time::Duration;

/// IP versions a host name may resolve to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Either.
    #[default]
    Any,
    /// `-4`.
    V4,
    /// `-6`.
    V6,
}

/// Machines that need special treatment (`-o`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OemType {
    /// Supermicro, IPMI 1.5 with OEM authentication.
    Supermicro,
    /// Intel SE7501WV2.
    Intelwv2,
    /// Intel, IPMI 2.0.
    Intelplus,
    /// The IPMI conformance test suite.
    Icts,
    /// IBM.
    Ibm,
    /// Intel 82571 in super pass-through mode.
    I82571spt,
    /// Kontron.
    Kontron,
    /// Quanta, IPMI 1.5 with OEM authentication.
    Quanta,
}

impl OemType {
    /// All types, as `-o list` orders them.
    pub const ALL: &'static [OemType] = &[
        OemType::Supermicro,
        OemType::Intelwv2,
        OemType::Intelplus,
        OemType::Icts,
        OemType::Ibm,
        OemType::I82571spt,
        OemType::Kontron,
        OemType::Quanta,
    ];

    /// What `-o` takes.
    pub fn name(self) -> &'static str {
        match self {
            OemType::Supermicro => "supermicro",
            OemType::Intelwv2 => "intelwv2",
            OemType::Intelplus => "intelplus",
            OemType::Icts => "icts",
            OemType::Ibm => "ibm",
            OemType::I82571spt => "i82571spt",
            OemType::Kontron => "kontron",
            OemType::Quanta => "quanta",
        }
    }

    /// What `-o list` says of it.
    pub fn description(self) -> &'static str {
        match self {
            OemType::Supermicro => "Supermicro IPMIv1.5 BMC with OEM LAN authentication support",
            OemType::Intelwv2 => "Intel SE7501WV2 IPMIv1.5 BMC with extra LAN communication support",
            OemType::Intelplus => "Intel IPMI 2.0 BMC with RMCP+ communication support",
            OemType::Icts => "IPMI 2.0 ICTS compliance support",
            OemType::Ibm => "IBM OEM support",
            OemType::I82571spt => "Intel 82571 MAC with integrated RMCP+ support in super pass-through mode",
            OemType::Kontron => "Kontron OEM big buffer support",
            OemType::Quanta => "Quanta IPMIv1.5 BMC with OEM LAN authentication support",
        }
    }

    /// The type a word names.
    pub fn named(word: &str) -> Option<Self> {
        OemType::ALL.iter().copied().find(|oem| oem.name() == word)
    }
}

/// Everything the options chose, still unresolved: absent means that the option was not given.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `-I`.
    pub interface: Option<String>,
    /// `-H`.
    pub host: Option<String>,
    /// `-p`; 0 keeps the default.
    pub port: u16,
    /// `-U`.
    pub user: Option<String>,
    /// `-P`, `-f`, `-a` or `-E`, whichever came last.
    pub password: Option<Secret>,
    /// `-k`, `-K`, `-y` or `-Y`: at most 20 bytes.
    pub kg: Secret,
    /// `-d`. Reference: kept in a byte, so 256 is 0 again.
    pub device: u8,
    /// `-C`.
    pub cipher_suite: Option<u8>,
    /// `-S`.
    pub sdr_cache: Option<String>,
    /// `-D`.
    pub device_file: Option<String>,
    /// `-4`, `-6`.
    pub address_family: Family,
    /// `-o`, `-g`, `-s`; the name is checked when the interface is loaded.
    pub oem: Option<String>,
    /// `-L`.
    pub privilege: Option<PrivilegeLevel>,
    /// Whether RAKP 1 asks for the name with the privilege (`-L level+`) instead of the name alone.
    pub lookup_by_privilege: bool,
    /// `-A`.
    pub auth_type: Option<AuthType>,
    /// `-t`.
    pub target_addr: u8,
    /// `-b`.
    pub target_channel: u8,
    /// `-T`.
    pub transit_addr: u8,
    /// `-B`.
    pub transit_channel: u8,
    /// `-l`.
    pub lun: u8,
    /// `-m`; 0 counts as not given.
    pub my_addr: u8,
    /// `--verify`.
    pub verify: bool,
    /// `-e`.
    pub sol_escape: Option<u8>,
    /// `-O`.
    pub sel_oem: Option<String>,
    /// `-z`; 0 counts as not given.
    pub large_buffer: u16,
    /// `-R`; 0 keeps the default.
    pub retry: u32,
    /// `-N`; 0 keeps the default.
    pub timeout: Duration,
    /// `--deadline`: the whole run ends within this time.
    pub deadline: Option<Duration>,
    /// `--secure`: what is weak is refused.
    pub secure: bool,
    /// What the options themselves give away.
    pub exposures: Vec<Exposure>,
    /// `--reconnect`: a lost console comes back by itself.
    pub reconnect: bool,
    /// `--log FILE`: a transcript of the console.
    pub transcript: Option<String>,
    /// `-y` leaves the number of key bytes as the status of a later refusal. Reference: such a run
    /// exits 0 where it should exit 1.
    pub refusal: Option<i32>,
}

/// What remains to be done when the options have been read.
#[derive(Clone, Debug)]
pub enum Action {
    /// Run these words; none at all is an error the reference reports late.
    Run(Vec<String>),
    /// Everything is done, with this return code.
    Done(i32),
}

/// Options and action.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The options as far as they were read.
    pub options: Options,
    /// What to do.
    pub action: Action,
}
