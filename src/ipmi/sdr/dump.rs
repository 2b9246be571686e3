//! Records as files keep them: header and body as the controller has them, one after the other.
//!
//! `sdr dump` writes such files; `sdr fill file` and `-S` read them. A file is anybody's bytes: reading
//! one takes no more memory than the file has bytes, and always comes to an end.

use super::SdrHeader;
use crate::ipmi::Reader;

/// Bytes of the largest file there can be: record ids are 16 bits wide, bodies at most 255 bytes long.
pub const LARGEST_DUMP: usize = 0xffff * (SdrHeader::LENGTH as usize + 0xff);

/// A record that nobody has looked into yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Its header.
    pub header: SdrHeader,
    /// The bytes after the header, as many as the header says.
    pub body: Vec<u8>,
}

impl RawRecord {
    /// Appends the record to a file's bytes.
    pub fn write(&self, file: &mut Vec<u8>) {
        let SdrHeader { id, version, kind, length } = self.header;
        file.extend(id.to_le_bytes());
        file.extend([version, kind, length]);
        file.extend(&self.body);
    }
}

/// Where a file ends too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DumpError {
    /// Within a header.
    #[error("{0} bytes where a header should be")]
    Header(usize),
    /// Within a record's body.
    #[error("record {id:04x}: {length} bytes of {expected}")]
    Body {
        /// Record id.
        id: u16,
        /// Bytes there are.
        length: usize,
        /// Bytes there should be.
        expected: u8,
    },
}

/// The headers and bodies of a file, in its order.
#[derive(Clone, Debug)]
pub struct Dump<'a>(Reader<'a>);

impl<'a> Dump<'a> {
    /// Reads a file's bytes.
    pub fn new(file: &'a [u8]) -> Self {
        Dump(Reader::new(file))
    }

    /// The next record's header; none at the end of the file.
    ///
    /// # Errors
    /// [`DumpError::Header`].
    pub fn header(&mut self) -> Option<Result<SdrHeader, DumpError>> {
        if self.0.is_empty() {
            return None;
        }
        let Ok(bytes) = self.0.bytes(SdrHeader::LENGTH.into()) else {
            let rest = self.0.rest().len();
            self.0 = Reader::new(&[]);
            return Some(Err(DumpError::Header(rest)));
        };
        Some(Ok(SdrHeader::decode(bytes)))
    }

    /// The body that follows a header.
    ///
    /// # Errors
    /// [`DumpError::Body`].
    pub fn body(&mut self, header: SdrHeader) -> Result<&'a [u8], DumpError> {
        self.0.bytes(header.length.into()).map_err(|_| {
            let length = self.0.rest().len();
            self.0 = Reader::new(&[]);
            DumpError::Body { id: header.id, length, expected: header.length }
        })
    }
}

impl Iterator for Dump<'_> {
    type Item = Result<RawRecord, DumpError>;

    fn next(&mut self) -> Option<Self::Item> {
        let header = match self.header()? {
            Ok(header) => header,
            Err(error) => return Some(Err(error)),
        };
        Some(self.body(header).map(|body| RawRecord { header, body: body.to_vec() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipmi::sdr::SdrRecord;

    #[test]
    fn files_are_read_as_they_are_written() {
        let file = [7, 0, 0x51, 0xc0, 3, 1, 2, 3, 8, 1, 0x51, 9, 0];
        let records: Vec<RawRecord> = Dump::new(&file).collect::<Result<_, _>>().expect("records");
        assert_eq!((records[0].header.id, records[0].body.as_slice()), (7, &[1, 2, 3][..]));
        assert_eq!((records[1].header.id, records[1].body.len()), (0x0108, 0));
        let mut written = Vec::new();
        records.iter().for_each(|record| record.write(&mut written));
        assert_eq!(written, file);
    }

    #[test]
    fn short_files_say_where() {
        let read = |file: &[u8]| Dump::new(file).last();
        assert_eq!(read(&[1, 2, 3]), Some(Err(DumpError::Header(3))));
        let error = DumpError::Body { id: 7, length: 1, expected: 3 };
        assert_eq!(read(&[7, 0, 0x51, 0xc0, 3, 1]), Some(Err(error)));
    }

    #[test]
    fn any_file_comes_to_an_end() {
        let mut seed = 9_u32;
        for length in 0..2000_usize {
            let file: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                    if length % 3 == 0 { (seed >> 16) as u8 & 0x13 } else { (seed >> 16) as u8 }
                })
                .collect();
            let mut bytes = 0;
            for record in Dump::new(&file) {
                let Ok(record) = record else { continue };
                bytes += record.body.len() + 5;
                let _ = SdrRecord::decode(record.header.kind, &record.body);
            }
            assert!(bytes <= length);
        }
    }
}
