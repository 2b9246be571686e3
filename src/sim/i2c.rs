//! Devices on the controller's I2C buses: memory modules and an EEPROM (IPMI 2.0 section 22.11).

use super::registry::Handler;
use super::{Origin, Outcome, State, fru_data, spd_data};
use crate::ipmi::i2c::MAX_TRANSFER;
use crate::ipmi::{CompletionCode, Request};

/// A memory of up to 256 bytes a page, with a pointer that a write sets and every byte moves.
struct Device {
    address: u8,
    image: Vec<u8>,
    writable: bool,
    pointer: usize,
}

/// The devices on every bus.
pub struct Devices(Vec<Device>);

impl Default for Devices {
    fn default() -> Self {
        let module = |address, image| Device { address, image, writable: false, pointer: 0 };
        Devices(vec![
            module(0xa0, fru_data::spd()),
            module(0xa2, spd_data::ddr4()),
            module(0xa4, spd_data::ddr2()),
            Device { address: 0xae, image: vec![0xff; 256], writable: true, pointer: 0 },
        ])
    }
}

/// The handler for Master Write-Read.
pub fn find(cmd: u8) -> Option<Handler> {
    (cmd == 0x52).then_some(write_read as Handler)
}

fn write_read(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [_, address, read, write @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    if *read > MAX_TRANSFER || write.len() > usize::from(MAX_TRANSFER) {
        return Err(CompletionCode(0xc8));
    }
    // Nobody acknowledges the address: NAK on write.
    let device = state.i2c.0.iter_mut().find(|device| device.address == *address).ok_or(CompletionCode(0x83))?;
    if let [pointer, bytes @ ..] = write {
        device.pointer = usize::from(*pointer);
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
