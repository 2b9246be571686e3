//! Whether a file is an image that a FRU device could hold (FRU specification, chapters 8 to 16).

use super::{CommonHeader, RecordHeader, checksum};

/// Why it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageFault {
    /// It has more bytes than the device.
    #[error("{length} bytes do not fit into {size}")]
    TooLong {
        /// Bytes of the image.
        length: usize,
        /// Bytes of the device.
        size: usize,
    },
    /// It has no whole header.
    #[error("there is no common header")]
    NoHeader,
    /// The header's version is unknown.
    #[error("unknown header version {0:#04x}")]
    Version(u8),
    /// The header's bytes do not sum to zero.
    #[error("the header's checksum is wrong")]
    HeaderChecksum,
    /// An area or a record does not end within the image.
    #[error("what begins at byte {0} ends beyond the image")]
    Beyond(usize),
    /// The bytes of an area or of a record's header do not sum to zero.
    #[error("the checksum of what begins at byte {0} is wrong")]
    Checksum(usize),
}

/// Looks at header, areas and records of an image for a device of a size in bytes.
///
/// # Errors
/// The first [`ImageFault`].
pub fn check_image(image: &[u8], size: usize) -> Result<(), ImageFault> {
    if image.len() > size {
        return Err(ImageFault::TooLong { length: image.len(), size });
    }
    let head = image.get(..usize::from(CommonHeader::LENGTH)).ok_or(ImageFault::NoHeader)?;
    let header = CommonHeader::decode(head);
    if header.version != CommonHeader::VERSION {
        return Err(ImageFault::Version(header.version));
    }
    if !header.is_sound {
        return Err(ImageFault::HeaderChecksum);
    }
    if usize::from(header.internal) >= image.len() {
        return Err(ImageFault::Beyond(header.internal.into()));
    }
    for start in [header.chassis, header.board, header.product].map(usize::from) {
        if start == 0 {
            continue;
        }
        let length = 8 * usize::from(*image.get(start + 1).ok_or(ImageFault::Beyond(start))?);
        let area = image.get(start..start + length).ok_or(ImageFault::Beyond(start))?;
        if length == 0 || checksum(area) != 0 {
            return Err(ImageFault::Checksum(start));
        }
    }
    let mut place = usize::from(header.multirecord);
    while place != 0 {
        let data = place + usize::from(RecordHeader::LENGTH);
        let record = RecordHeader::decode(image.get(place..data).ok_or(ImageFault::Beyond(place))?);
        let end = data + usize::from(record.length);
        if !record.is_sound {
            return Err(ImageFault::Checksum(place));
        }
        if end > image.len() {
            return Err(ImageFault::Beyond(place));
        }
        place = if record.is_last { 0 } else { end };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults() {
        let sound = [1, 0, 0, 0, 0, 1, 0, 0xfe, 0xd0, 0x82, 0x01, 0xff, 0xae, 0x01];
        assert_eq!(check_image(&sound, 14), Ok(()));
        assert_eq!(check_image(&sound, 13), Err(ImageFault::TooLong { length: 14, size: 13 }));
        assert_eq!(check_image(&sound[..13], 20), Err(ImageFault::Beyond(8)));
        assert_eq!(check_image(&sound[..7], 20), Err(ImageFault::NoHeader));
        let with = |place: usize, byte: u8| {
            let mut image = sound;
            image[place] = byte;
            check_image(&image, 20)
        };
        assert_eq!(with(0, 2), Err(ImageFault::Version(2)));
        assert_eq!(with(7, 0), Err(ImageFault::HeaderChecksum));
        assert_eq!(with(12, 0), Err(ImageFault::Checksum(8)));
        let area = [1, 0, 0, 1, 0, 0, 0, 0xfe, 1, 1, 0, 0xc1, 0, 0, 0, 0x3d];
        assert_eq!(check_image(&area, 16), Ok(()));
        assert_eq!(check_image(&area[..15], 16), Err(ImageFault::Beyond(8)));
    }

    #[test]
    fn arbitrary_bytes_are_only_refused() {
        let mut state = 7_u64;
        for length in 0..3000_usize {
            let image: Vec<u8> = (0..length % 500)
                .map(|place| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(place as u64 | 1);
                    (state >> 60) as u8
                })
                .collect();
            let _ = check_image(&image, 400);
        }
    }
}
