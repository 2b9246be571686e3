//! Devices on the controller's I2C buses: memory modules and an EEPROM (IPMI 2.0 section 22.11).

use super::registry::Handler;
use super::{Origin, Outcome, State, fru_data, spd_data};
use crate::ipmi::i2c::MAX_TRANSFER;
use crate::ipmi::{CompletionCode, Request};

/// A memory with a pointer that the first bytes of a write set and every byte moves.
struct Device {
    /// The one bus it is on; on every bus where there is none.
    bus: Option<u8>,
    address: u8,
    /// Bytes of the pointer, the least significant first.
    pointer_width: usize,
    image: Vec<u8>,
    writable: bool,
    pointer: usize,
}

/// The devices on every bus.
pub struct Devices(Vec<Device>);

impl Default for Devices {
    fn default() -> Self {
        let module =
            |address, image| Device { bus: None, address, pointer_width: 1, image, writable: false, pointer: 0 };
        // What the generic device locator record of the default machine stands for: 512 bytes.
        let mut riser = b"Riser 2U, rev C".to_vec();
        riser.resize(512, 0xff);
        Devices(vec![
            Device { bus: Some(0x01), pointer_width: 2, writable: true, ..module(0xa4, riser) },
            module(0xa0, fru_data::spd()),
            module(0xa2, spd_data::ddr4()),
            module(0xa4, spd_data::ddr2()),
            Device { writable: true, ..module(0xae, vec![0xff; 256]) },
        ])
    }
}

/// The handler for Master Write-Read.
pub fn find(cmd: u8) -> Option<Handler> {
    (cmd == 0x52).then_some(write_read as Handler)
}

fn write_read(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [bus, address, read, write @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    if *read > MAX_TRANSFER || write.len() > usize::from(MAX_TRANSFER) {
        return Err(CompletionCode(0xc8));
    }
    // Nobody acknowledges the address: NAK on write.
    // A module at the same address answers to shorter pointers.
    let answers = |device: &&mut Device| {
        let reached = device.bus.is_none_or(|known| known == *bus && write.len() >= device.pointer_width);
        device.address == *address && reached
    };
    let device = state.i2c.0.iter_mut().find(answers).ok_or(CompletionCode(0x83))?;
    let (pointer, bytes) = write.split_at(device.pointer_width.min(write.len()));
    if !pointer.is_empty() {
        let value = pointer.iter().rfold(0, |value, byte| value << 8 | usize::from(*byte));
        device.pointer = value % device.image.len();
        for byte in bytes.iter().filter(|_| device.writable) {
            device.image[device.pointer] = *byte;
            device.pointer = (device.pointer + 1) % device.image.len();
        }
    }
    let mut data = Vec::with_capacity(usize::from(*read));
    for _ in 0..*read {
        data.push(device.image[device.pointer % device.image.len()]);
        device.pointer = (device.pointer + 1) % device.image.len();
    }
    Ok(data)
}
