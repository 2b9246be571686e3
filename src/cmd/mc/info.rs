//! `mc info`: what the controller says of itself.

use crate::bmc::CallError;
use crate::family::{Context, Fault, Status, because};
use crate::ipmi::app::GetDeviceId;
use crate::line;
use crate::out::{Page, Report, text};
use crate::tables::{products::product_name, unknown};
use serde::Serialize;
use thiserror::Error;

#[derive(Debug, Error)]
#[error("Get Device ID command failed{}", because(.0))]
struct InfoFault(CallError);

impl Fault for InfoFault {}

/// Kinds of devices behind the controller, by bit of additional device support.
const SUPPORT: [(&str, &str); 8] = [
    ("sensor", "Sensor Device"),
    ("sdr_repository", "SDR Repository Device"),
    ("sel", "SEL Device"),
    ("fru_inventory", "FRU Inventory Device"),
    ("ipmb_event_receiver", "IPMB Event Receiver"),
    ("ipmb_event_generator", "IPMB Event Generator"),
    ("bridge", "Bridge"),
    ("chassis", "Chassis Device"),
];

#[derive(Serialize)]
struct DeviceInfo {
    device_id: u8,
    device_revision: u8,
    firmware: Firmware,
    ipmi_version: String,
    manufacturer_id: u32,
    manufacturer_name: String,
    product_id: u16,
    product_name: Option<&'static str>,
    device_available: bool,
    provides_device_sdrs: bool,
    additional_device_support: Vec<&'static str>,
    aux_firmware_revision: Option<[u8; 4]>,
}

#[derive(Serialize)]
struct Firmware {
    major: u8,
    /// Two BCD digits.
    minor: String,
}

impl Report for DeviceInfo {
    fn text(&self, page: &mut Page) {
        let yes_no = |flag| if flag { "yes" } else { "no" };
        let [low, high] = self.product_id.to_le_bytes();
        line!(page, "Device ID                 : {}", self.device_id);
        line!(page, "Device Revision           : {}", self.device_revision);
        line!(page, "Firmware Revision         : {}.{}", self.firmware.major, self.firmware.minor);
        line!(page, "IPMI Version              : {}", self.ipmi_version);
        line!(page, "Manufacturer ID           : {}", self.manufacturer_id);
        line!(page, "Manufacturer Name         : {}", self.manufacturer_name);
        line!(page, "Product ID                : {} (0x{high:02x}{low:02x})", self.product_id);
        match self.product_name {
            Some(name) => line!(page, "Product Name              : {name}"),
            None => line!(page, "Product Name              : {}", unknown(self.product_id.into())),
        }
        line!(page, "Device Available          : {}", yes_no(self.device_available));
        line!(page, "Provides Device SDRs      : {}", yes_no(self.provides_device_sdrs));
        line!(page, "Additional Device Support :");
        for (key, name) in SUPPORT {
            if self.additional_device_support.contains(&key) {
                line!(page, "    {name}");
            }
        }
        if let Some(aux) = self.aux_firmware_revision {
            line!(page, "Aux Firmware Rev Info     : ");
            aux.iter().for_each(|byte| line!(page, "    0x{byte:02x}"));
        }
    }
}

/// Asks the controller and shows the answer.
pub async fn run(context: &Context) -> Status {
    let outcome = show(context).await.map(|()| Status::OK).map_err(InfoFault);
    context.conclude(outcome)
}

async fn show(context: &Context) -> Result<(), CallError> {
    let id = context.bmc.call(&GetDeviceId).await?;
    let support = SUPPORT.iter().enumerate().filter(|(bit, _)| id.support & 1 << bit != 0);
    context.out.report(&DeviceInfo {
        device_id: id.device_id,
        device_revision: id.revision & 0x0f,
        firmware: Firmware { major: id.firmware_major & 0x7f, minor: format!("{:02x}", id.firmware_minor) },
        ipmi_version: format!("{:x}.{:x}", id.ipmi_version & 0x0f, id.ipmi_version >> 4),
        manufacturer_id: id.manufacturer,
        manufacturer_name: text(&context.bmc.enterprise_name(id.manufacturer)),
        product_id: id.product,
        product_name: product_name(id.manufacturer, id.product),
        device_available: id.firmware_major & 0x80 == 0,
        provides_device_sdrs: id.provides_device_sdrs(),
        additional_device_support: support.map(|(_, (key, _))| *key).collect(),
        aux_firmware_revision: id.aux_firmware,
    });
    Ok(())
}
