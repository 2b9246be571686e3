//! What `-o TYPE` stands for: the one place where a machine's name becomes facts about it.

use crate::cli::{AuthType, OemType};
use crate::protocol::Quirks;

/// The type a word of `-o` names, where it names one.
pub fn named(word: Option<&str>) -> Option<OemType> {
    word.and_then(OemType::named)
}

/// What sessions with such a machine have of their own, over this interface.
pub fn quirks(oem: Option<OemType>, interface: &str) -> Quirks {
    let plain = Quirks::default();
    match oem {
        Some(OemType::Supermicro) => Quirks { no_ping: true, challenge_key: true, ..plain },
        Some(OemType::Intelwv2) => Quirks { thump: true, ..plain },
        Some(OemType::Intelplus) => {
            Quirks { named_privilege: true, plain_role_in_rakp3: true, check_by_integrity: true, ..plain }
        }
        Some(OemType::Icts) => Quirks { pad_before_trailer: true, ..plain },
        // Reference: over IPMI 1.5 such a machine is asked all the questions any other is.
        Some(OemType::I82571spt) if interface == "lanplus" => {
            Quirks { unasked: true, long_name: true, plain_role: true, plain_role_in_rakp3: true, ..plain }
        }
        Some(OemType::I82571spt | OemType::Ibm | OemType::Kontron | OemType::Quanta) | None => plain,
    }
}

/// The authentication type such a machine's BMC takes, where it takes no other; what `-A` says goes before.
pub fn auth_type(oem: Option<OemType>) -> Option<AuthType> {
    matches!(oem, Some(OemType::Supermicro | OemType::Quanta)).then_some(AuthType::OEM)
}

/// Whether the machine passes everything through: it is not asked what it is.
pub fn passes_through(oem: Option<OemType>) -> bool {
    oem == Some(OemType::I82571spt)
}

/// The options its consoles are activated with (IPMI 2.0 section 24.1).
pub fn console_options(oem: Option<OemType>) -> u8 {
    match oem {
        Some(OemType::Intelplus) => 0xc4,
        Some(OemType::I82571spt) => 0x08,
        _ => 0xc6,
    }
}

/// Whether its console means all characters when it says that it has accepted none.
pub fn none_is_all(oem: Option<OemType>) -> bool {
    oem == Some(OemType::Intelplus)
}
