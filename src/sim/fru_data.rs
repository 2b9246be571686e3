//! The default server's FRU images (Platform Management FRU Information Storage Definition 1.0).

/// The FRU images by device id: baseboard, power supply, PICMG carrier, DIMM, a small one that is
/// addressed by words, one whose header does not sum to zero, an erased one, one without a byte, and
/// one with every kind of record. There is no device 9.
pub fn images() -> Vec<Vec<u8>> {
    let erased = vec![0xff; 64];
    vec![baseboard(), power_supply(), carrier(), spd(), small(), unsound(), erased, Vec::new(), everything()]
}

/// An 8-bit text field.
fn text(value: &str) -> Vec<u8> {
    let mut field = vec![0xc0 | u8::try_from(value.len()).unwrap_or(0) & 0x3f];
    field.extend(value.bytes());
    field
}

/// A field of another encoding: 0 binary, 1 BCD plus, 2 packed 6-bit ASCII.
fn coded(encoding: u8, data: &[u8]) -> Vec<u8> {
    let mut field = vec![encoding << 6 | u8::try_from(data.len()).unwrap_or(0) & 0x3f];
    field.extend(data);
    field
}

/// The byte that makes the sum of all zero.
fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).wrapping_neg()
}

/// Ends an area: end mark, padding to a multiple of eight, length and checksum.
fn area(head: &[u8], fields: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0x01, 0x00];
    bytes.extend(head);
    bytes.extend(fields.concat());
    bytes.push(0xc1);
    while bytes.len() % 8 != 7 {
        bytes.push(0);
    }
    bytes[1] = u8::try_from((bytes.len() + 1) / 8).unwrap_or(0);
    bytes.push(checksum(&bytes));
    bytes
}

fn multirecord(kind: u8, data: &[u8], last: bool) -> Vec<u8> {
    let format = if last { 0x82 } else { 0x02 };
    let mut record = vec![kind, format, u8::try_from(data.len()).unwrap_or(0), checksum(data)];
    record.push(checksum(&record));
    record.extend(data);
    record
}

/// Common header and areas: internal use, chassis, board, product, multirecords.
fn image(areas: [Vec<u8>; 5], size: usize) -> Vec<u8> {
    let mut header = vec![0x01];
    let mut body = Vec::new();
    for area in areas {
        header.push(if area.is_empty() { 0 } else { u8::try_from((8 + body.len()) / 8).unwrap_or(0) });
        body.extend(area);
        while body.len() % 8 != 0 {
            body.push(0);
        }
    }
    header.push(0);
    header.push(checksum(&header));
    header.extend(body);
    header.resize(header.len().max(size), 0xff);
    header
}

/// Minutes since 1996, as the board area counts.
const MANUFACTURED: [u8; 3] = [0x40, 0x1d, 0xdd];

fn baseboard() -> Vec<u8> {
    let mut internal = vec![0x01];
    internal.extend(*b"internal use of the board ");
    internal.resize(32, 0x55);
    let chassis = area(&[0x17], &[text("CH-2U-0042"), text("CH0001234"), text("Rack 7, unit 12")]);
    let board = area(
        &[0x19, MANUFACTURED[0], MANUFACTURED[1], MANUFACTURED[2]],
        &[
            text("Example Corp."),
            text("Simulated Board"),
            text("BD20260001"),
            coded(1, &[0x12, 0x34, 0xab, 0xcd]),
            text("board.fru"),
            coded(2, &[0x29, 0xdc, 0xa6, 0x21]),
            text("second extra"),
        ],
    );
    let product = area(
        &[0x19],
        &[
            text("Example Corp."),
            text("Simulated Server"),
            text("SRV-100"),
            text("A1"),
            text("SN42424242"),
            text("asset-0007"),
            text("product.fru"),
            coded(0, &[0xde, 0xad, 0xbe, 0xef]),
        ],
    );
    let records = [
        // Capacity, peak VA, inrush, ranges of input, frequency, dropout, flags, peak, combined, tachometer.
        multirecord(
            0x00,
            &[
                0x20, 0x03, 0x84, 0x03, 0x1e, 0x05, 0x10, 0x27, 0x00, 0x30, 0x20, 0x4e, 0x80, 0x5d, 0x2f, 0x3f, 0x14,
                0x1f, 0xe8, 0x13, 0x12, 0x58, 0x02, 0x04,
            ],
            false,
        ),
        multirecord(0x01, &[0x81, 0xb0, 0x04, 0x92, 0x04, 0xce, 0x04, 0x78, 0x00, 0x00, 0x00, 0x98, 0x3a], false),
        multirecord(0x02, &[0x01, 0xb0, 0x04, 0x74, 0x04, 0xec, 0x04, 0x78, 0x00, 0x64, 0x00, 0x10, 0x27], false),
        multirecord(0x03, b"\x01https://sim01.example.org/", false),
        multirecord(0xc0, &[0x57, 0x01, 0x00, 0x01, 0x02, 0x03], false),
        multirecord(0xd5, &[1, 2, 3], true),
    ];
    image([internal, chassis, board, product, records.concat()], 1024)
}

fn power_supply() -> Vec<u8> {
    let product = area(
        &[0x00],
        &[text("PowerCo"), text("PSU 800W"), text("PC-800"), text(""), text("PS0001"), text(""), text("")],
    );
    image([vec![], vec![], vec![], product, vec![]], 256)
}

/// A PICMG extension record (IANA 12634).
fn picmg(id: u8, data: &[u8], last: bool) -> Vec<u8> {
    multirecord(0xc0, &[&[0x5a, 0x31, 0x00, id, 0x00], data].concat(), last)
}

fn carrier() -> Vec<u8> {
    let board = area(&[0x19, 0, 0, 0], &[text("PICMG"), text("Carrier"), text("C1"), text("P1"), text("")]);
    let mut guid_board = vec![1];
    guid_board.extend(0x10..0x20);
    guid_board.extend([0x01, 0x11, 0x00, 0x00, 0x41, 0x21, 0x10, 0x01, 0xc2, 0xf1, 0x0f, 0x02]);
    let mut shelf = vec![0x54];
    shelf.extend(*b"shelf address of 20.");
    shelf.extend([0x02, 0x41, 0x01, 0x00, 0x42, 0x02, 0x07]);
    let records = [
        picmg(0x04, &[0x0b, 0x41, 0x01, 0x42, 0x21, 0x04], false),
        picmg(0x10, &shelf, false),
        picmg(0x11, &[0x01, 0x2c, 0x01, 0xff, 0xff, 0x50, 0x01, 0x41, 0x00], false),
        picmg(0x12, &[0x3c, 0x01, 0x41, 0xfe, 0xc8, 0x00, 0x05], false),
        picmg(0x13, &[10, 0, 0, 1, 10, 0, 0, 254, 255, 255, 255, 0], false),
        picmg(0x14, &guid_board, false),
        picmg(0x16, &[0x2d], false),
        picmg(0x17, &[0xc8, 0x00, 0x0a, 0x01, 0x72, 0x32, 0xff], false),
        picmg(0x18, &[0x85, 0x02, 0x06, 0x20, 0x04, 0x01, 0x21, 0x05], false),
        picmg(0x19, &[0x00, 0x85, 0x00], false),
        picmg(0x1a, &[0x02, 0x02, 0x05, 0x06], false),
        picmg(0x2c, &[0x01, 0x41, 0x01, 0x01, 0x02, 0x82], false),
        picmg(
            0x2d,
            &[
                0x41, 0x01, 0x03, 0x01, 0x01, 0x01, 0x01, 0x02, 0x02, 0x01, 0x05, 0x40, 0x42, 0x0f, 0x00, 0x01, 0, 0,
                0, 0xff, 0xff, 0, 0,
            ],
            false,
        ),
        picmg(0x20, &[0x00], false),
        picmg(0x77, &[0x00], true),
    ];
    image([vec![], vec![], board, vec![], records.concat()], 512)
}

/// The SPD EEPROM of a DDR3 module (JEDEC 21-C annex K).
pub fn spd() -> Vec<u8> {
    let mut bytes = vec![0; 256];
    let head = [0x92, 0x13, 0x0b, 0x01, 0x04, 0x21, 0x00, 0x09, 0x0b, 0x11, 0x01, 0x08, 0x0a, 0x00, 0xfc, 0x00];
    bytes[..head.len()].copy_from_slice(&head);
    bytes[117] = 0x80;
    bytes[118] = 0xce;
    bytes[119..122].copy_from_slice(&[0x01, 0x14, 0x26]);
    bytes[122..126].copy_from_slice(&[0x12, 0x34, 0x56, 0x78]);
    bytes[128..146].copy_from_slice(b"M393B1K70DH0-CK0  ");
    bytes[148..150].copy_from_slice(&[0x80, 0xce]);
    bytes
}

fn small() -> Vec<u8> {
    let board = area(&[0x19, 0x01, 0x02, 0x03], &[text("Words"), text("Only"), text("W1"), text("W2"), text("")]);
    image([vec![], vec![], board, vec![], vec![]], 128)
}

fn unsound() -> Vec<u8> {
    let mut bytes = power_supply();
    bytes[7] ^= 0x40;
    bytes
}

/// Every area, every encoding, and the records that the other devices lack.
fn everything() -> Vec<u8> {
    let mut internal = vec![0x01];
    internal.extend((0..23).map(|byte| byte * 11));
    let chassis = area(&[0x1d], &[text("BE-1"), text(""), coded(2, &[0x29, 0xdc, 0xa6]), coded(0, &[0x0f, 0xf0])]);
    let board = area(
        &[0x19, 0x00, 0x00, 0x80],
        &[
            text("Blade & Co"),
            coded(2, &[0x29, 0xdc, 0xa6, 0x21, 0x35]),
            coded(1, &[0x01, 0x23, 0xef]),
            coded(0, &[0xc0, 0xff, 0xee]),
            text("blade.fru"),
            text("r\u{e9}v 2"),
        ],
    );
    let product = area(
        &[0x00],
        &[
            text("Blade & Co"),
            text("All-in-one"),
            text("AIO-9"),
            text("B"),
            text("SN-9"),
            text("none"),
            text("aio.fru"),
            text("first"),
            text(""),
            text("third"),
        ],
    );
    // Kontron's information record: a component's name, its version, two dates and a checksum.
    let mut kontron = vec![0x98, 0x3a, 0x00, 0x03, 0x00, 0x01, 0xc4];
    kontron.extend(*b"BIOS");
    for field in [b"01.02.03", b"20230101", b"20230202", b"0x123456"] {
        kontron.push(0xc8);
        kontron.extend(field);
    }
    // Resource, two channels of four lanes each, one link.
    let lanes = [0x82, 0x02, 0x20, 0x0c, 0x0e, 0xff, 0xff, 0x0f, 0x00, 0x2f, 0x20, 0x01, 0xfc];
    let mut fabrics = vec![0x00];
    for (number, kind) in (0_u8..).zip([0x01, 0x01, 0x02, 0x02, 0x02, 0x03, 0x04, 0x05, 0x32, 0x32, 0x00, 0x40, 0xf4]) {
        // Channel and interface, ports and link type, link type and extension, group.
        fabrics.extend([number | number << 6, kind << 4 | 0x01, number << 4 | kind >> 4, number]);
    }
    let records = [
        multirecord(
            0x00,
            &[
                0xe8, 0xf3, 0xff, 0xff, 0xff, 0xff, 0x28, 0x23, 0x94, 0x34, 0x50, 0x46, 0x67, 0x67, 0x2f, 0x3f, 0x0a,
                0x0e, 0xff, 0xff, 0x23, 0x00, 0x00, 0x00,
            ],
            false,
        ),
        multirecord(0x01, &[0x0f, 0x50, 0xfb, 0x88, 0xfa, 0x18, 0xfc, 0x32, 0x00, 0x0a, 0x00, 0xff, 0xff], false),
        multirecord(0x02, &[0xf2, 0xf4, 0x01, 0x7f, 0xff, 0xff, 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00], false),
        multirecord(0x03, b"\x01https://blade.example.org/", false),
        multirecord(0x03, b"\x02blade", false),
        multirecord(0x03, &[&[0x07][..], &[0x11; 16]].concat(), false),
        multirecord(0x04, &[0x5a, 0x31, 0x00, 0x01, 0x02, 0x03], false),
        multirecord(0x05, &[0x5a, 0x31, 0x00, 0x01, 0x02, 0x03, 0x04], false),
        multirecord(0xc0, &kontron, false),
        multirecord(0xc0, &[0x00, 0x00, 0x00, 0x05, 0x00], false),
        picmg(0x04, &[0x08, 0x41, 0x02, 0x42, 0x21, 0x04, 0x43, 0xff, 0x07, 0x0d, 0x44, 0x00], false),
        picmg(0x11, &[0x02, 0x2d, 0x01, 0x10, 0x00, 0x20, 0x00, 0xff, 0xff, 0xff, 0xff, 0x91, 0x01, 0x41, 0x03], false),
        picmg(0x14, &fabrics, false),
        picmg(0x16, &[0x1f], false),
        picmg(0x19, &[&[0x00][..], &lanes].concat(), false),
        picmg(0x2c, &[0x02, 0x81, 0x01, 0x01, 0x02, 0xc3, 0xc2, 0x02, 0x03, 0x04, 0x41, 0x05, 0x06, 0x05], false),
        multirecord(0xd0, &[], true),
    ];
    image([internal, chassis, board, product, records.concat()], 1536)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_areas_sum_to_zero() {
        for image in [baseboard(), power_supply(), carrier(), small(), everything()] {
            assert_eq!(checksum(&image[..8]), 0);
            for offset in &image[2..5] {
                let start = 8 * usize::from(*offset);
                if start != 0 {
                    assert_eq!(checksum(&image[start..start + 8 * usize::from(image[start + 1])]), 0);
                }
            }
        }
    }
}
