//! PICMG's multirecords as text.

use crate::ipmi::fru::{
    AmcGroup, BackplaneSlot, BoardLink, CarrierResource, ClockDescriptor, ClockResource, PicmgRecord, PowerFeed,
};
use crate::out::{Page, fixed, hex_bytes};
use crate::tables::fru::{BACKPLANE_CHANNELS, BOARD_INTERFACES, BOARD_LINK_EXTENSIONS, SITE_TYPES};
use crate::{line, put};

/// Tenths of amperes, as the reference computes them: in single precision.
fn amperes(tenths: u16) -> String {
    fixed(f64::from(f32::from(tenths) / 10.0), 2)
}

/// The same current's power at 12 V.
fn watts(tenths: u16) -> String {
    fixed(f64::from(f32::from(tenths) / 10.0 * 12.0), 2)
}

/// Writes a record.
pub fn text(page: &mut Page, record: &PicmgRecord) {
    match record {
        PicmgRecord::BackplanePointToPoint { slots } => {
            line!(page, "    FRU_PICMG_BACKPLANE_P2P");
            slots.iter().for_each(|slot| backplane_slot(page, slot));
        }
        PicmgRecord::AddressTable { type_length, shelf_address, count, entries } => {
            line!(page, "    FRU_PICMG_ADDRESS_TABLE");
            line!(page, "      Type/Len:  0x{type_length:02x}");
            let address: String = shelf_address.iter().map(|byte| format!("0x{byte:02x} ")).collect();
            line!(page, "      Shelf Addr: {address}");
            line!(page, "      Addr Table Entries: 0x{count:02x}");
            for entry in entries {
                let (address, kind) = (entry.hardware_address, entry.site_type);
                put!(page, "        HWAddr: 0x{address:02x} (0x{:02x}) ", u16::from(address) * 2);
                let name = SITE_TYPES.get(kind).unwrap_or("Reserved");
                line!(page, "SiteNum: {} SiteType: 0x{kind:02x} {name}", entry.site_number);
            }
        }
        PicmgRecord::ShelfPowerDistribution { count, feeds } => {
            line!(page, "    FRU_PICMG_SHELF_POWER_DIST");
            line!(page, "      Number of Power Feeds:   0x{count:02x}");
            (0..).zip(feeds).for_each(|(number, feed)| power_feed(page, number, feed));
        }
        PicmgRecord::ShelfActivation { readiness_allowance, count, entries } => {
            line!(page, "    FRU_PICMG_SHELF_ACTIVATION");
            line!(page, "      Allowance for FRU Act Readiness:   0x{readiness_allowance:02x}");
            line!(page, "      FRU activation and Power Desc Cnt: 0x{count:02x}");
            for entry in entries {
                put!(page, "         HW Addr: 0x{:02x} ", entry.hardware_address);
                put!(page, "         FRU ID: 0x{:02x} ", entry.fru_id);
                put!(page, "         Max FRU Power: 0x{:04x} ", entry.maximum_power);
                line!(page, "         Config: 0x{:02x} ", entry.configuration);
            }
        }
        PicmgRecord::ShelfManagerConnection => line!(page, "    FRU_PICMG_SHMC_IP_CONN"),
        PicmgRecord::BoardPointToPoint { count, guids, links } => {
            line!(page, "    FRU_PICMG_BOARD_P2P");
            line!(page, "      GUID count: {count:2}");
            for (number, guid) in guids.iter().enumerate() {
                line!(page, "        GUID [{number:2}]: 0x{}", hex_bytes(guid));
            }
            line!(page);
            links.iter().for_each(|link| board_link(page, link));
        }
        PicmgRecord::AmcCurrent { current } => {
            let current = u16::from(*current);
            line!(page, "    FRU_AMC_CURRENT");
            line!(page, "      Current draw(@12V): {} A [ {} Watt ]\n", amperes(current), watts(current));
        }
        PicmgRecord::AmcActivation { maximum_current, readiness_allowance, count, descriptors } => {
            let (current, power) = (amperes(*maximum_current), watts(*maximum_current));
            line!(page, "    FRU_AMC_ACTIVATION");
            line!(page, "      Maximum Internal Current(@12V): {current} A [ {power} Watt ]");
            line!(page, "      Module Activation Readiness:    {readiness_allowance} sec.");
            line!(page, "      Descriptor Count: {count}\n");
            for descriptor in descriptors {
                line!(page, "        IPMB-Address:         0x{:x}", descriptor.address);
                line!(page, "        Max. Module Current:  {} A\n", amperes(descriptor.maximum_current.into()));
            }
        }
        PicmgRecord::CarrierPointToPoint { resources } => {
            line!(page, "    FRU_CARRIER_P2P");
            resources.iter().for_each(|resource| carrier_resource(page, resource));
        }
        PicmgRecord::AmcPointToPoint(group) => amc_group(page, group),
        PicmgRecord::CarrierInformation { extension_version, count, sites } => {
            line!(page, "    FRU_CARRIER_INFO");
            let (major, minor) = (extension_version & 0x0f, extension_version >> 4);
            line!(page, "      AMC.0 extension version: R{major}.{minor}");
            line!(page, "      Carrier Sie Number Cnt: {count}");
            sites.iter().for_each(|site| line!(page, "       Site ID: {site} "));
            line!(page);
        }
        PicmgRecord::ClockCarrierPointToPoint { resources } => {
            line!(page, "    FRU_PICMG_CLK_CARRIER_P2P");
            resources.iter().for_each(|resource| clock_resource(page, resource));
            line!(page);
        }
        PicmgRecord::ClockConfiguration { resource, count, descriptors } => {
            line!(page, "    FRU_PICMG_CLK_CONFIG\n");
            line!(page, "      Clock Resource ID: 0x{resource:02x}");
            line!(page, "      Descr. Count:      0x{count:02x}");
            descriptors.iter().for_each(|descriptor| clock_descriptor(page, descriptor));
            line!(page);
        }
        PicmgRecord::MicroTca { id } => {
            line!(page, "    Not implemented yet. uTCA specific record found!!");
            line!(page, "     - Record ID: 0x{id:02x}");
        }
        PicmgRecord::Unknown { id } => line!(page, "    Unknown OEM Extension Record ID: {id:x}"),
    }
}

fn backplane_slot(page: &mut Page, slot: &BackplaneSlot) {
    let kind = slot.channel_type;
    let name = BACKPLANE_CHANNELS.get(kind).map_or_else(|| format!("Unknown IF (0x{kind:x})"), str::to_owned);
    line!(page, "\n    Channel Type:  {name}");
    line!(page, "    Slot Addr.   : {:02x}", slot.address);
    line!(page, "    Channel Count: {}", slot.count);
    for channel in &slot.channels {
        put!(page, "       Chn: {:02x}  ->  ", channel.local_channel);
        line!(page, "Chn: {:02x} in Slot: {:02x}", channel.remote_channel, channel.remote_slot);
    }
}

fn power_feed(page: &mut Page, number: usize, feed: &PowerFeed) {
    let current = |tenths: u16| format!("{}.{} Amps (0x{tenths:04x})", tenths / 10, tenths % 10);
    line!(page, "    Feed {number}:");
    line!(page, "      Max External Current:   {}", current(feed.maximum_external_current));
    match feed.maximum_internal_current {
        0xffff => line!(page, "      Max Internal Current:   Not Specified"),
        tenths => line!(page, "      Max Internal Current:   {}", current(tenths)),
    }
    match feed.minimum_voltage {
        half @ 0x48..=0x90 => line!(page, "      Min Expected Voltage:   -{:02}.{}V", half / 2, half % 2 * 5),
        other => line!(page, "      Min Expected Voltage:   -36V (actual invalid value 0x{other:x})"),
    }
    for [address, id] in &feed.frus {
        put!(page, "        FRU HW Addr: 0x{address:02x} (0x{:02x})", u16::from(*address) * 2);
        line!(page, "   FRU ID: 0x{id:02x}");
    }
}

fn board_link(page: &mut Page, link: &BoardLink) {
    let kind = link.link_type;
    let extension = BOARD_LINK_EXTENSIONS.get(u32::from(kind) << 8 | u32::from(link.extension));
    line!(page, "      Link Grouping ID:     0x{:02x}", link.grouping);
    line!(page, "      Link Type Extension:  0x{:02x} - {}", link.extension, extension.unwrap_or("Unknown"));
    let signaling = |class: &str| format!("PICMG 3.1 Ethernet Fabric Interface\n{:35}{class} signaling Link Class", "");
    let name = match kind {
        0x01 => "PICMG 3.0 Base Interface 10/100/1000".to_owned(),
        0x02 => signaling("Base"),
        0x03 => "PICMG 3.2 Infiniband Fabric Interface".to_owned(),
        0x04 => "PICMG 3.3 Star Fabric Interface".to_owned(),
        0x05 => "PICMG 3.4 PCI Express Fabric Interface".to_owned(),
        0x32 => signaling("10.3125Gbd"),
        0xf0..=0xfe => "OEM GUID Definition".to_owned(),
        _ => "Reserved".to_owned(),
    };
    line!(page, "      Link Type:            0x{kind:02x} - {name}");
    line!(page, "      Link Designator: ");
    line!(page, "        Port Flag:            0x{:02x}", link.ports);
    let interface = BOARD_INTERFACES.get(link.interface).unwrap_or("Reserved");
    line!(page, "        Interface:            0x{:02x} - {interface}", link.interface);
    line!(page, "        Channel Number:       0x{:02x}\n", link.channel);
}

fn carrier_resource(page: &mut Page, resource: &CarrierResource) {
    let kind = if resource.resource & 0x80 != 0 { "AMC" } else { "Local" };
    line!(page, "\n      Resource ID:      {}  Type: {kind}", resource.resource & 0x07);
    line!(page, "      Descriptor Count: {}", resource.count);
    for port in &resource.ports {
        put!(page, "        Port: {:02}\t->  Remote Port: {:02}\t", port.local_port, port.remote_port);
        let kind = if port.remote_resource & 0x80 != 0 { "AMC  " } else { "local" };
        line!(page, "[ {kind} ID: {:02} ]", port.remote_resource & 0x0f);
    }
}

fn amc_group(page: &mut Page, group: &AmcGroup) {
    line!(page, "    FRU_AMC_P2P");
    line!(page, "      GUID count: {:2}", group.count);
    // Reference: everything else is shown once for each GUID, and the GUID itself by strides that soon
    // leave the record behind. Nothing but zeros is there.
    for number in 0..group.count {
        let bytes = if number == 0 { group.strides } else { [0; 16] };
        let rows: String = bytes.iter().map(|byte| format!("{byte:02x}\n")).collect();
        put!(page, "        GUID {number:2}: {rows}");
        line!(page, "      On-Carrier Device   Resource ID: 0");
        line!(page, "       Descriptor Count: 0");
    }
}

fn clock_resource(page: &mut Page, resource: &ClockResource) {
    let kind = match resource.resource >> 6 {
        0 => "On-Carrier-Device",
        1 => "AMC slot",
        2 => "Backplane",
        _ => "reserved",
    };
    line!(page, "\n      Clock Resource ID: 0x{:02x}  Type: {kind}", resource.resource);
    line!(page, "      Channel Count: 0x{:02x}", resource.count);
    for channel in &resource.channels {
        put!(page, "        CLK-ID: 0x{:02x}    ->", channel.local_clock);
        put!(page, " remote CLKID: 0x{:02x}   ", channel.remote_clock);
        let kind = match channel.remote_resource >> 6 {
            0 => "[ Carrier-Dev",
            1 => "[ AMC slot   ",
            2 => "[ Backplane  ",
            // Reference: without its bracket.
            _ => "reserved         ",
        };
        line!(page, "{kind} 0x{:02x} ]", channel.remote_resource & 0x0f);
    }
}

fn clock_descriptor(page: &mut Page, descriptor: &ClockDescriptor) {
    let by = if descriptor.control & 1 == 0 { "Carrier IPMC" } else { "Application" };
    let side = |features: u8| if features & 1 != 0 { "Source" } else { "Receiver" };
    let [indirect, direct] = descriptor.counts;
    put!(page, "        CLK-ID: 0x{:02x}  -  ", descriptor.clock);
    line!(page, "CTRL 0x{:02x} [ {by:>12} ]", descriptor.control);
    line!(page, "         Cnt: Indirect 0x{indirect:02x}  /  Direct 0x{direct:02x}");
    for clock in &descriptor.indirect {
        put!(page, "          Feature: 0x{:02x} [{:>8}] - ", clock.features, side(clock.features));
        line!(page, "          Dep. CLK-ID: 0x{:02x}", clock.depends_on);
    }
    for clock in &descriptor.direct {
        // Reference: whether there is any feature beyond the first, not whether the second is there.
        let pll = u8::from(clock.features > 1);
        put!(page, "          - Feature: 0x{:02x}  - PLL: {pll:x} / ", clock.features);
        line!(page, "Asym: {}", side(clock.features));
        line!(page, "            Family:  0x{:02x}  - AccLVL: 0x{:02x}", clock.family, clock.accuracy);
        put!(page, "            FRQ: {:<9} - min: {:<9} - ", clock.frequency, clock.minimum);
        line!(page, "max: {:<9}", clock.maximum);
    }
    line!(page);
}
