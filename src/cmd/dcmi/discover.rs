//! `dcmi discover`: what a machine has of DCMI (DCMI 1.5 section 6.1.1).

use super::ask;
use crate::family::{Context, Status};
use crate::ipmi::dcmi::{Capabilities, GetCapabilities};
use crate::line;
use crate::out::{Page, Report};
use serde::Serialize;

/// The sorts of capabilities: their parameter's number, and what is not discovered when it fails.
const SORTS: [(u8, &str); 4] =
    [(1, "platform"), (2, "mandatory_attributes"), (3, "optional_attributes"), (4, "managebility access")];

const MANDATORY: [&str; 4] = [
    "Identification support available",
    "SEL logging available",
    "Chassis power available",
    "Temperature monitor available",
];
const OPTIONAL: [&str; 1] = ["Power management available"];
const ACCESS: [&str; 6] = [
    "In-band KCS channel available",
    "Out-of-band serial TMODE available",
    "Out-of-band secondary LAN channel available",
    "Out-of-band primary LAN channel available",
    "SOL enabled",
    "VLAN capable",
];
const IDENTIFICATION: [&str; 3] = ["GUID", "DHCP hostname", "Asset tag"];
const TEMPERATURES: [&str; 3] = ["inlet", "cpu", "baseboard"];

/// The names of the bits that are set, from bit 0 on.
fn set(names: &'static [&'static str], bits: u8) -> Vec<&'static str> {
    names.iter().enumerate().filter(|(bit, _)| bits & 1 << bit != 0).map(|(_, name)| *name).collect()
}

fn list(page: &mut Page, names: &[&str]) {
    names.iter().for_each(|name| line!(page, "        {name}"));
}

/// Parameter 1: what the platform can do.
#[derive(Serialize)]
struct Platform {
    mandatory_capabilities: Vec<&'static str>,
    optional_capabilities: Vec<&'static str>,
    access_capabilities: Vec<&'static str>,
}

impl Report for Platform {
    fn text(&self, page: &mut Page) {
        line!(page, "    Supported DCMI capabilities:");
        line!(page, "\n         Mandatory platform capabilities");
        list(page, &self.mandatory_capabilities);
        line!(page, "\n         Optional platform capabilities");
        list(page, &self.optional_capabilities);
        line!(page, "\n         Managebility access capabilities");
        list(page, &self.access_capabilities);
    }
}

/// Parameter 2: event log, identification and temperatures.
#[derive(Serialize)]
struct Mandatory {
    sel_rollover: bool,
    sel_entries: u16,
    identification: Vec<&'static str>,
    temperatures: Vec<&'static str>,
}

impl Report for Mandatory {
    fn text(&self, page: &mut Page) {
        let rollover = if self.sel_rollover { "enabled" } else { "not present" };
        line!(page, "\n    Mandatory platform attributes:");
        line!(page, "\n         SEL Attributes: ");
        line!(page, "               SEL automatic rollover is {rollover}");
        line!(page, "               {} SEL entries", self.sel_entries);
        line!(page, "\n         Identification Attributes: ");
        list(page, &self.identification);
        line!(page, "\n         Temperature Monitoring Attributes: ");
        list(page, &self.temperatures);
    }
}

/// Parameter 3: who manages power.
#[derive(Serialize)]
struct PowerManager {
    power_manager_address: u8,
    power_manager_channel: u8,
    power_manager_revision: u8,
}

impl Report for PowerManager {
    fn text(&self, page: &mut Page) {
        line!(page, "\n    Optional Platform Attributes: ");
        line!(page, "\n         Power Management:");
        // Reference: takes 40h for the BMC, whose address in a byte is 20h.
        match self.power_manager_address {
            0x40 => line!(page, "                Slave address of device: 20h (BMC)"),
            address => line!(
                page,
                "                Slave address of device: {address:x}h (8bits)(Satellite/External controller)"
            ),
        }
        match self.power_manager_channel {
            0 => line!(page, "                Channel number is 0h (Primary BMC)"),
            channel => line!(page, "                Channel number is {channel:x}h "),
        }
        line!(page, "                    Device revision is {} ", self.power_manager_revision);
    }
}

/// Parameter 4: the channels that lead to the controller; null for those it does not have.
#[derive(Serialize)]
struct Access {
    primary_lan_channel: Option<u8>,
    secondary_lan_channel: Option<u8>,
    serial_channel: Option<u8>,
}

impl Report for Access {
    fn text(&self, page: &mut Page) {
        line!(page, "\n    Manageability Access Attributes: ");
        for (name, channel) in [("Primary", self.primary_lan_channel), ("Secondary", self.secondary_lan_channel)] {
            match channel {
                Some(channel) => line!(page, "         {name} LAN channel number: {channel} is available"),
                None => line!(page, "         {name} LAN channel is not available for OOB"),
            }
        }
        match self.serial_channel {
            Some(channel) => line!(page, "         Serial channel number: {channel} is available"),
            None => line!(page, "         No serial channel is available"),
        }
    }
}

/// `dcmi discover`.
pub async fn discover(context: &Context) -> Result<Status, Status> {
    for (parameter, name) in SORTS {
        let shown = match ask(context, &GetCapabilities { parameter }).await {
            Ok(capabilities) => show(context, parameter, &capabilities),
            Err(status) => Err(status),
        };
        shown.inspect_err(|_| context.out.error(&format!("Error discovering {name} capabilities!\n")))?;
    }
    Ok(Status::OK)
}

fn show(context: &Context, parameter: u8, capabilities: &Capabilities) -> Result<(), Status> {
    let unfit = |why: &str| {
        context.out.error(&format!("ERROR!  This command is not {why}"));
        Err(Status::FAILED)
    };
    // Versions 1.0, 1.1 and 1.5.
    if !matches!(capabilities.conformance, [1, 0 | 1 | 5]) {
        return unfit("available on this platform");
    }
    if !matches!(capabilities.revision, 1 | 2) {
        return unfit("compatible with this version");
    }
    let [first, second, third, fourth] = capabilities.data;
    let out = &context.out;
    match parameter {
        1 => out.report(&Platform {
            mandatory_capabilities: set(&MANDATORY, first),
            optional_capabilities: set(&OPTIONAL, second),
            access_capabilities: set(&ACCESS, third),
        }),
        2 => out.report(&Mandatory {
            sel_rollover: second & 0x80 != 0,
            sel_entries: u16::from_le_bytes([first, second & 0x0f]),
            identification: set(&IDENTIFICATION, third),
            temperatures: set(&TEMPERATURES, fourth),
        }),
        3 => out.report(&PowerManager {
            power_manager_address: first,
            power_manager_channel: second >> 4,
            power_manager_revision: second & 0x0f,
        }),
        _ => {
            let channel = |number: u8| (number != 0xff).then_some(number);
            out.report(&Access {
                primary_lan_channel: channel(first),
                secondary_lan_channel: channel(second),
                serial_channel: channel(third),
            });
        }
    }
    Ok(())
}
