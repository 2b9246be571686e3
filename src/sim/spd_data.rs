//! SPD images of memory modules that have no inventory device.

/// Writes bytes at a place.
fn put(image: &mut [u8], place: usize, bytes: &[u8]) {
    image[place..place + bytes.len()].copy_from_slice(bytes);
}

/// A DDR4 RDIMM of 16 GB; the second page holds who made it.
pub fn ddr4() -> Vec<u8> {
    let mut image = vec![0; 512];
    put(&mut image, 0, &[0x23, 0x11, 0x0c, 0x01, 0x85, 0x21, 0x00, 0x08, 0x00, 0x60, 0x00, 0x03, 0x09, 0x0b, 0x80]);
    put(&mut image, 320, &[0x80, 0xad, 0x01, 0x19, 0x32, 0x41, 0x5b, 0x2e, 0x90]);
    put(&mut image, 329, b"HMA82GR7AFR8N-VK    ");
    image
}

/// A DDR2 FB-DIMM's predecessor: 2 GB, with its manufacturer in the second bank.
pub fn ddr2() -> Vec<u8> {
    let mut image = vec![0; 128];
    put(&mut image, 0, &[0x80, 0x08, 0x08, 0x0e, 0x0a, 0x61, 0x48, 0x00, 0x05, 0x30, 0x45, 0x02]);
    image[17] = 8;
    put(&mut image, 64, &[0x7f, 0x98]);
    put(&mut image, 73, b"KVR667D2D8P5/2G");
    put(&mut image, 93, &[0x08, 0x21, 0x5c, 0x31, 0xd0, 0x02]);
    image
}
