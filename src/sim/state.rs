//! What the simulated BMC remembers.

use super::boot::BootOptions;
use super::channel::Channels;
use super::chassis::Chassis;
use super::console::SerialPort;
use super::dcmi::Dcmi;
use super::firewall::Firewall;
use super::fru::Frus;
use super::i2c::Devices;
use super::isol::IsolConfiguration;
use super::lan::LanConfiguration;
use super::node_manager::NodeManager;
use super::pef::Pef;
use super::profile::Hex;
use super::sdr::Repository;
use super::sel::EventLog;
use super::sensor::Sensors;
use super::session::Sessions;
use super::sol::SolConfiguration;
use super::udp::PacketFaults;
use super::user::Users;
use super::watchdog::Watchdog;
use super::{Clock, Profile, fru_data, sdr_data, sel_data};
use crate::protocol::{Key, Quirks};
use rand::RngCore;
use std::collections::BTreeMap;

/// The whole state of the simulated machine.
pub struct State {
    /// Data of the Get Device ID reply.
    pub device_id: Vec<u8>,
    /// The system's GUID, as transmitted.
    pub guid: Vec<u8>,
    /// Data of the Get PICMG Properties reply, if it speaks PICMG.
    pub picmg: Option<Vec<u8>>,
    /// Data of the Get VSO Capabilities reply, if it speaks VITA 46.11.
    pub vita: Option<Vec<u8>>,
    /// The host's clock, or one that stands still.
    pub clock: Clock,
    /// Seconds the controller's clock is ahead of it.
    pub clock_offset: i64,
    /// BMC global enables.
    pub global_enables: u8,
    /// System info parameters: (parameter, set) to 16 bytes.
    pub system_info: BTreeMap<(u8, u8), [u8; 16]>,
    /// Power, identify, restore policy.
    pub chassis: Chassis,
    /// Boot options.
    pub boot: BootOptions,
    /// The watchdog timer.
    pub watchdog: Watchdog,
    /// Channels and their access settings.
    pub channels: Channels,
    /// What its sessions have of their own.
    pub quirks: Quirks,
    /// What goes wrong with packets of the UDP face.
    pub packets: PacketFaults,
    /// Who is logged in.
    pub sessions: Sessions,
    /// The BMC key (Kg); zeros when there is none.
    pub kg: Key,
    /// Users, their names, passwords and access.
    pub users: Users,
    /// LAN parameters of channel 1.
    pub lan: LanConfiguration,
    /// Parameters of Intel's own serial over LAN.
    pub isol: IsolConfiguration,
    /// SOL parameters of channel 1.
    pub sol: SolConfiguration,
    /// The serial port, its host and its console.
    pub serial: SerialPort,
    /// Platform event filtering.
    pub pef: Pef,
    /// The system event log.
    pub sel: EventLog,
    /// The sensor data repository.
    pub sdr: Repository,
    /// The controller's own (device) SDRs.
    pub device_sdr: Repository,
    /// Sensors' readings and thresholds.
    pub sensors: Sensors,
    /// Commands that have been switched off.
    pub firewall: Firewall,
    /// FRU devices.
    pub frus: Frus,
    /// Devices on the I2C buses.
    pub i2c: Devices,
    /// Data center management.
    pub dcmi: Dcmi,
    /// Intel's power policies.
    pub node_manager: NodeManager,
}

const DEVICE_ID: [u8; 15] = [0x20, 0x01, 0x03, 0x14, 0x02, 0xbf, 0xb9, 0x1e, 0x00, 0x01, 0x10, 0x0a, 0x00, 0x00, 0x2c];

/// A version 1 GUID, least significant byte first as the specification has it.
const GUID: [u8; 16] = [0x5a, 0x01, 0x52, 0x54, 0x00, 0xfe, 0x9b, 0x80, 0xee, 0x11, 0x6a, 0x83, 0x1f, 0xd0, 0x3c, 0x7e];

fn bytes(hex: Option<Hex>) -> Option<Vec<u8>> {
    hex.map(|hex| hex.0)
}

fn lists(hex: Option<Vec<Hex>>) -> Option<Vec<Vec<u8>>> {
    hex.map(|list| list.into_iter().map(|hex| hex.0).collect())
}

impl State {
    /// The state a machine of this profile starts with.
    pub fn new(profile: Profile) -> Self {
        let clock = Clock::from(profile.clock);
        let sdr = lists(profile.sdr).unwrap_or_else(sdr_data::records);
        let (sdr, device_sdr) = match lists(profile.built_in_sdr) {
            Some(built_in) => (sdr, built_in),
            None if profile.device_sdr => (Vec::new(), sdr),
            None => (sdr, Vec::new()),
        };
        let mut device_id = bytes(profile.device_id).unwrap_or_else(|| DEVICE_ID.to_vec());
        if profile.device_sdr && device_id.len() > 5 {
            device_id[1] |= 0x80;
            device_id[5] = device_id[5] & !0x02 | 0x01;
        }
        State {
            device_id,
            guid: bytes(profile.guid).unwrap_or_else(|| GUID.to_vec()),
            picmg: bytes(profile.picmg),
            vita: bytes(profile.vita),
            clock,
            clock_offset: 0,
            global_enables: 0x0d,
            system_info: super::app::default_system_info(),
            chassis: Chassis::default(),
            boot: BootOptions::default(),
            watchdog: Watchdog::default(),
            channels: Channels::offering(profile.auth_types),
            quirks: profile.quirks,
            packets: profile.packets,
            sessions: Sessions::new(profile.session_slots, Box::new(|bytes| rand::rng().fill_bytes(bytes))),
            kg: Key::new(bytes(profile.kg).unwrap_or_default()),
            users: Users::default(),
            lan: LanConfiguration::default(),
            isol: IsolConfiguration::default(),
            sol: SolConfiguration::default(),
            serial: SerialPort::default(),
            pef: Pef::default(),
            sel: EventLog::new(lists(profile.sel).unwrap_or_else(sel_data::records)),
            sdr: Repository::new(sdr),
            device_sdr: Repository::new(device_sdr),
            sensors: Sensors::default(),
            firewall: Firewall::default(),
            frus: Frus::new(lists(profile.fru).unwrap_or_else(fru_data::images)),
            i2c: Devices::default(),
            dcmi: Dcmi::default(),
            node_manager: NodeManager::default(),
        }
    }

    /// Whether sessions need the BMC key.
    pub fn has_kg(&self) -> bool {
        self.kg.bytes().iter().any(|byte| *byte != 0)
    }

    /// The controller's own idea of the time.
    pub fn now(&self) -> u32 {
        let now = i64::from(self.clock.now()) + self.clock_offset;
        u32::try_from(now.clamp(0, i64::from(u32::MAX))).unwrap_or(0)
    }
}
