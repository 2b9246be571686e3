//! A field of another length in a FRU image: the area takes from its padding or gives to it, and where that
//! is not enough, grows or shrinks by eights, and everything after it moves.
//!
//! Reference: the areas are taken to stand in the order chassis, board, product, multirecords, and to be
//! there; where they are not, what comes out is no image. It is what the reference writes, and its progress
//! is what the reference says, except that nothing outside the image is read or written.

use super::field::Area;
use crate::ipmi::fru::{CommonHeader, checksum, field_at};
use crate::out::text;

/// What is to change.
pub struct Resize<'a> {
    /// The image's header, as it was read before.
    pub header: &'a CommonHeader,
    /// The field's area.
    pub area: Area,
    /// The field's number in it.
    pub index: u8,
    /// The new text.
    pub value: &'a [u8],
}

/// Bytes of which those beyond the end read as zero and are not written.
struct Image(Vec<u8>);

impl Image {
    fn byte(&self, place: i64) -> u8 {
        usize::try_from(place).ok().and_then(|place| self.0.get(place)).copied().unwrap_or(0)
    }

    fn set(&mut self, place: i64, value: u8) {
        if let Some(byte) = usize::try_from(place).ok().and_then(|place| self.0.get_mut(place)) {
            *byte = value;
        }
    }

    /// Copies from another image. A length that is not positive copies nothing.
    fn copy(&mut self, to: i64, other: &Image, from: i64, length: i64) {
        for step in 0..length.min(i64::from(u16::MAX)) {
            self.set(to + step, other.byte(from + step));
        }
    }
}

/// The image with the field changed; none where there is no such field. Progress is said line by line.
pub fn resize(image: &[u8], change: &Resize<'_>, progress: &mut dyn FnMut(&str)) -> Option<Vec<u8>> {
    let old = Image(image.to_vec());
    let mut new = Image(image.to_vec());
    let Resize { header, area, index, value } = *change;
    let size = i64::try_from(image.len()).unwrap_or(0);
    // Offsets in units of eight bytes, as the header keeps them.
    let mut board = units_of(header.board);
    let mut product = units_of(header.product);
    let mut multirecord = units_of(header.multirecord);
    let length = |start: u16| i64::from(old.byte(i64::from(start) + 1)) * 8;
    let (board_length, product_length) = (length(header.board), length(header.product));
    let mut new_product_length = product_length;
    let start = match area {
        Area::Chassis => header.chassis,
        Area::Board => header.board,
        Area::Product => header.product,
    };
    let mut section = length(start);
    let start = i64::from(start);

    let mut next = usize::try_from(start).unwrap_or(0) + area.first_field();
    let mut place = 0;
    let mut field = Vec::new();
    for _ in 0..=index {
        place = i64::try_from(next).unwrap_or(0);
        (next, field) = field_at(&old.0, next);
    }
    if field.is_empty() {
        progress("Field not found (1)!\n");
        return None;
    }
    progress(&format!("Section Length: {section}\n"));
    let mut padding = 0;
    while padding + 2 < section && old.byte(start + section - 2 - padding) == 0 {
        padding += 1;
    }
    let count = |bytes: &[u8]| i64::try_from(bytes.len()).unwrap_or(0);
    let (old_length, new_length) = (count(&field), count(value));
    let byte_change = new_length - old_length;
    progress(&format!("Padding Length: {padding}\n"));
    progress(&format!("NumByte Change: {byte_change}\n"));
    progress(&format!("Start SecChnge: {:x}\n", old.byte(place)));
    progress(&format!("End SecChnge  : {:x}\n", old.byte(place + new_length + 1)));
    progress(&format!("Start Section : {:x}\n", old.byte(start)));
    progress(&format!("End Sec wo Pad: {:x}\n", old.byte(start + section - 2 - padding)));
    progress(&format!("End Section   : {:x}\n", old.byte(start + section - 1)));
    padding -= byte_change;
    progress(&format!("New Padding Length: {padding}\n"));

    if !(0..8).contains(&padding) {
        let rest = i64::from(product) * 8 + product_length;
        let steps = if padding >= 8 { -(padding / 8) } else { 1 - (padding + 1) / 8 };
        section += steps * 8;
        padding += steps * 8;
        let moved = |offset: u8| (i64::from(offset) + steps) as u8;
        progress(&format!("change_size_by_8: {steps}\n"));
        progress(&format!("New Padding Length: {padding}\n"));
        progress(&format!("change_size_by_8: {steps}\n"));
        progress(&format!("header.offset.board: {board}\n"));
        let places = |offset: u8| (i64::from(offset) * 8, (i64::from(offset) + steps) * 8);
        if area == Area::Chassis {
            let (from, to) = places(board);
            progress(&format!("Moving Section Chassis, from {from} to {to}\n"));
            new.copy(to, &old, from, board_length);
            board = moved(board);
        }
        if area != Area::Product {
            let (from, to) = places(product);
            progress(&format!("Moving Section Product, from {from} to {to}\n"));
            new.copy(to, &old, from, product_length);
            product = moved(product);
        }
        let to = i64::from(multirecord) + steps;
        progress(&format!("Change multi offset from {multirecord} to {to}\n"));
        multirecord = moved(multirecord);
        let units = (i64::from(new.byte(start + 1)) + steps) as u8;
        new.set(start + 1, units);
        if area == Area::Product {
            new_product_length = i64::from(new.byte(start + 1)) * 8;
        }
        let mut bytes = [1, units_of(header.internal), units_of(header.chassis), board, product, multirecord, 0, 0];
        bytes[6] = image.get(6).copied().unwrap_or(0);
        bytes[7] = checksum(&bytes).wrapping_neg();
        for (place, byte) in (0..).zip(bytes) {
            new.set(place, byte);
        }
        let to = i64::from(product) * 8 + new_product_length;
        progress(&format!("Moving Remaining Bytes (Multi-Rec , etc..), from {rest} to {to}\n"));
        new.copy(to, &old, rest, size - to);
    }
    if !(0..8).contains(&padding) {
        progress(&format!("Internal error, padding length {padding} (must be from 0 to 7) "));
        return None;
    }
    let code = 0xc0 + new_length;
    progress(&format!(
        "Updating Field : '{}' with '{}' ... (Length from '{}' to '{code}')\n",
        text(&field),
        text(value),
        old.byte(place)
    ));
    new.set(place, code as u8);
    for (step, byte) in (0..).zip(value) {
        new.set(place + 1 + step, *byte);
    }
    let remaining = start + section - 1 - (place + new_length + 1);
    progress(&format!("Copying remaining of sections: {remaining} \n"));
    new.copy(place + 1 + new_length, &old, place + 1 + old_length, remaining);
    for step in 0..padding {
        new.set(start + section - 1 - padding + step, 0);
    }
    let sum = (0..section - 1).fold(0_u8, |sum, step| sum.wrapping_add(new.byte(start + step)));
    new.set(start + section - 1, sum.wrapping_neg());
    progress(&format!("Calculate New Checksum: {:x}\n", -i32::from(sum)));
    Some(new.0)
}

fn units_of(offset: u16) -> u8 {
    (offset / 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resized(image: &[u8], area: Area, index: u8, value: &[u8]) -> (Option<Vec<u8>>, String) {
        let header = CommonHeader::decode(image);
        let mut said = String::new();
        let change = Resize { header: &header, area, index, value };
        let image = resize(image, &change, &mut |line| said.push_str(line));
        (image, said)
    }

    /// A product area at 8 with the fields `ab` and `c`, and one record after it.
    fn image() -> Vec<u8> {
        let mut area = vec![1, 1, 0, 0xc2, b'a', b'b', 0xc1];
        area.push(checksum(&area).wrapping_neg());
        let mut header = vec![1, 0, 0, 0, 1, 2, 0];
        header.push(checksum(&header).wrapping_neg());
        [header, area, vec![0xd0, 0x82, 0, 0, 0xae], vec![0xff; 19]].concat()
    }

    #[test]
    fn the_area_grows_and_what_follows_moves() {
        let (new, said) = resized(&image(), Area::Product, 0, b"abcdef");
        let new = new.expect("an image");
        assert_eq!(new[..8], [1, 0, 0, 0, 1, 3, 0, 0xfb]);
        assert_eq!(new[8..19], [1, 2, 0, 0xc6, b'a', b'b', b'c', b'd', b'e', b'f', 0xc1]);
        assert_eq!(checksum(&new[8..24]), 0);
        assert_eq!(new[24..29], [0xd0, 0x82, 0, 0, 0xae]);
        assert!(said.contains("Change multi offset from 2 to 3\n"), "{said}");
    }

    #[test]
    fn a_field_that_is_not_there() {
        assert_eq!(resized(&image(), Area::Board, 9, b"x"), (None, "Field not found (1)!\n".to_owned()));
    }

    #[test]
    fn arbitrary_images_keep_their_size() {
        let mut state = 0x1234_5678_9abc_def1_u64;
        let mut byte = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        };
        for round in 0..2000_usize {
            let mut image: Vec<u8> = (0..round % 400).map(|_| byte()).collect();
            // Offsets within reach in every other round.
            image.iter_mut().take(8).filter(|_| round % 2 == 0).for_each(|byte| *byte &= 0x0f);
            let value: Vec<u8> = (0..byte()).map(|_| b'x').collect();
            for area in [Area::Chassis, Area::Board, Area::Product] {
                if let (Some(new), _) = resized(&image, area, byte() & 0x0f, &value) {
                    assert_eq!(new.len(), image.len());
                }
            }
        }
    }
}
