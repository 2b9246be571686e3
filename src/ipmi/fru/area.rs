//! The chassis, board and product areas and the fields in them (FRU specification, chapters 10 to 13).

use crate::ipmi::Reader;

/// The type/length byte that ends an area's fields.
pub const END_OF_FIELDS: u8 = 0xc1;

/// Digits of the BCD plus encoding; the last three codes are the reference's.
const BCD_PLUS: &[u8; 16] = b"0123456789 -.:,_";

/// Fields one after another. What lies beyond the area reads as zero.
struct Fields<'a> {
    area: &'a [u8],
    place: usize,
}

impl Fields<'_> {
    fn byte(&self, place: usize) -> u8 {
        self.area.get(place).copied().unwrap_or(0)
    }

    /// The next field as text; empty where it has none.
    fn next(&mut self) -> Vec<u8> {
        let code = self.byte(self.place);
        let length = usize::from(code & 0x3f);
        let start = self.place + 1;
        self.place = start + length;
        let bytes = (start..start + length).map(|place| self.byte(place));
        let mut text: Vec<u8> = match code >> 6 {
            0 => bytes.flat_map(|byte| [hex(byte >> 4), hex(byte & 0x0f)]).collect(),
            1 => bytes.flat_map(|byte| [byte >> 4, byte & 0x0f]).map(|digit| BCD_PLUS[usize::from(digit)]).collect(),
            2 => six_bit(&bytes.collect::<Vec<u8>>()),
            _ => bytes.collect(),
        };
        // The text of a field ends at a NUL, as C's does.
        text.truncate(text.iter().position(|byte| *byte == 0).unwrap_or(text.len()));
        text
    }

    /// The fields up to the end mark, or the area's end.
    fn others(&mut self) -> Vec<Vec<u8>> {
        let mut fields = Vec::new();
        while self.place < self.area.len() && self.byte(self.place) != END_OF_FIELDS {
            fields.push(self.next());
        }
        fields.retain(|field| !field.is_empty());
        fields
    }
}

/// The field that begins at a place of some bytes, as text, and the place after it. What lies beyond the
/// bytes is zero.
pub fn field_at(bytes: &[u8], place: usize) -> (usize, Vec<u8>) {
    let mut fields = Fields { area: bytes, place };
    let text = fields.next();
    (fields.place, text)
}

fn hex(digit: u8) -> u8 {
    b"0123456789abcdef"[usize::from(digit & 0x0f)]
}

/// Packed six-bit ASCII: four characters in three bytes. A group that is cut short is filled up.
fn six_bit(bytes: &[u8]) -> Vec<u8> {
    bytes
        .chunks(3)
        .flat_map(|group| {
            let bits: u32 = (0..).zip(group).map(|(position, byte)| u32::from(*byte) << (8 * position)).sum();
            [bits, bits >> 6, bits >> 12, bits >> 18].map(|bits| (bits & 0x3f) as u8 + 0x20)
        })
        .collect()
}

/// Chassis info area (chapter 10). Fields that are not there are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChassisArea {
    /// Chassis type (SMBIOS).
    pub chassis_type: u8,
    /// Part number.
    pub part_number: Vec<u8>,
    /// Serial number.
    pub serial: Vec<u8>,
    /// The manufacturer's own fields.
    pub extra: Vec<Vec<u8>>,
}

impl ChassisArea {
    /// Reads a whole area.
    pub fn decode(area: &[u8]) -> Self {
        let mut fields = Fields { area, place: 3 };
        ChassisArea {
            chassis_type: fields.byte(2),
            part_number: fields.next(),
            serial: fields.next(),
            extra: fields.others(),
        }
    }
}

/// Board info area (chapter 11). Fields that are not there are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardArea {
    /// Time of manufacture, minutes since the beginning of 1996 (UTC); 0 is unspecified.
    pub manufactured: u32,
    /// Manufacturer.
    pub manufacturer: Vec<u8>,
    /// Product name.
    pub product: Vec<u8>,
    /// Serial number.
    pub serial: Vec<u8>,
    /// Part number.
    pub part_number: Vec<u8>,
    /// FRU file id.
    pub file_id: Vec<u8>,
    /// The manufacturer's own fields.
    pub extra: Vec<Vec<u8>>,
}

impl BoardArea {
    /// Reads a whole area.
    pub fn decode(area: &[u8]) -> Self {
        let manufactured = Reader::new(area.get(3..).unwrap_or_default()).u24_or_zero();
        let mut fields = Fields { area, place: 6 };
        BoardArea {
            manufactured,
            manufacturer: fields.next(),
            product: fields.next(),
            serial: fields.next(),
            part_number: fields.next(),
            file_id: fields.next(),
            extra: fields.others(),
        }
    }

    /// Time of manufacture as a UNIX time, in 32 bits; FFFFFFFFh is unspecified.
    pub fn timestamp(&self) -> u32 {
        /// The beginning of 1996.
        const EPOCH: u32 = 820_454_400;
        match self.manufactured {
            0 => u32::MAX,
            minutes => minutes * 60 + EPOCH,
        }
    }
}

/// Product info area (chapter 12). Fields that are not there are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductArea {
    /// Manufacturer.
    pub manufacturer: Vec<u8>,
    /// Product name.
    pub name: Vec<u8>,
    /// Part or model number.
    pub part_number: Vec<u8>,
    /// Version.
    pub version: Vec<u8>,
    /// Serial number.
    pub serial: Vec<u8>,
    /// Asset tag.
    pub asset_tag: Vec<u8>,
    /// FRU file id.
    pub file_id: Vec<u8>,
    /// The manufacturer's own fields.
    pub extra: Vec<Vec<u8>>,
}

impl ProductArea {
    /// Reads a whole area.
    pub fn decode(area: &[u8]) -> Self {
        let mut fields = Fields { area, place: 3 };
        ProductArea {
            manufacturer: fields.next(),
            name: fields.next(),
            part_number: fields.next(),
            version: fields.next(),
            serial: fields.next(),
            asset_tag: fields.next(),
            file_id: fields.next(),
            extra: fields.others(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(area: &[u8]) -> Vec<Vec<u8>> {
        Fields { area, place: 0 }.others()
    }

    #[test]
    fn each_encoding() {
        assert_eq!(fields(&[0x02, 0xde, 0xad, 0xc1]), [b"dead"]);
        assert_eq!(fields(&[0x42, 0x12, 0xab, 0xc1]), [b"12 -"]);
        // The specification's own example (section 13.3).
        assert_eq!(fields(&[0x83, 0x29, 0xdc, 0xa6, 0xc1]), [b"IPMI"]);
        assert_eq!(fields(&[0x84, 0x29, 0xdc, 0xa6, 0x21, 0xc1]), [b"IPMIA   "]);
        assert_eq!(fields(&[0xc3, b'a', 0, b'b', 0xc1]), [b"a"]);
        assert_eq!(fields(&[0xc0, 0x00, 0x80, 0xc1]), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_field_longer_than_its_area_ends_there() {
        assert_eq!(fields(&[0xff, b'a', b'b']), [b"ab"]);
        assert_eq!(fields(&[0x3f]), [[b'0'; 126]]);
        let area = ProductArea::decode(&[1, 1, 0, 0xc8, b'x']);
        assert_eq!((area.manufacturer, area.name), (b"x".to_vec(), vec![]));
    }

    #[test]
    fn dates_count_from_1996() {
        let board = BoardArea::decode(&[1, 1, 25, 0x01, 0x00, 0x00]);
        assert_eq!(board.timestamp(), 820_454_460);
        assert_eq!(BoardArea::decode(&[]).timestamp(), u32::MAX);
    }
}
