//! A bounded reader over reply bytes. IPMI is little-endian throughout.

/// The bytes cannot be what the command's reply should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unexpected reply of {length} bytes")]
pub struct DecodeError {
    /// Length of the data that was refused.
    pub length: usize,
}

/// Reads little-endian fields from the front of a byte slice; never past its end.
///
/// `u8`, `u16`, ... refuse a short slice. The `_or_zero` forms read missing bytes as zero: they
/// serve the replies whose length the reference does not check, where a BMC that leaves trailing
/// fields out prints as one that sends zeros.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    whole: usize,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first byte of `data`.
    pub fn new(data: &'a [u8]) -> Self {
        Reader { whole: data.len(), rest: data }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything has been read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The error for data of this length.
    pub fn error(&self) -> DecodeError {
        DecodeError { length: self.whole }
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`DecodeError`] when fewer are left.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        if self.rest.len() < count {
            return Err(self.error());
        }
        let (head, tail) = self.rest.split_at(count);
        self.rest = tail;
        Ok(head)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// [`DecodeError`] when fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut out = [0; N];
        out.copy_from_slice(self.bytes(N)?);
        Ok(out)
    }

    /// The next `N` bytes, zeros standing in for those that are missing.
    pub fn array_or_zero<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        let count = N.min(self.rest.len());
        let (head, tail) = self.rest.split_at(count);
        out[..count].copy_from_slice(head);
        self.rest = tail;
        out
    }

    /// One byte.
    ///
    /// # Errors
    /// [`DecodeError`] at the end.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        Ok(self.array::<1>()?[0])
    }

    /// Two bytes, least significant first.
    ///
    /// # Errors
    /// [`DecodeError`] when fewer are left.
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    /// Three bytes, least significant first (enterprise numbers).
    ///
    /// # Errors
    /// [`DecodeError`] when fewer are left.
    pub fn u24(&mut self) -> Result<u32, DecodeError> {
        let [a, b, c] = self.array()?;
        Ok(u32::from_le_bytes([a, b, c, 0]))
    }

    /// Four bytes, least significant first.
    ///
    /// # Errors
    /// [`DecodeError`] when fewer are left.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// One byte, or zero at the end.
    pub fn u8_or_zero(&mut self) -> u8 {
        self.array_or_zero::<1>()[0]
    }

    /// Two bytes, missing ones read as zero.
    pub fn u16_or_zero(&mut self) -> u16 {
        u16::from_le_bytes(self.array_or_zero())
    }

    /// Three bytes, missing ones read as zero.
    pub fn u24_or_zero(&mut self) -> u32 {
        let [a, b, c] = self.array_or_zero();
        u32::from_le_bytes([a, b, c, 0])
    }

    /// Four bytes, missing ones read as zero.
    pub fn u32_or_zero(&mut self) -> u32 {
        u32::from_le_bytes(self.array_or_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_little_endian_and_stops_at_the_end() {
        let mut reader = Reader::new(&[1, 2, 3, 4, 5, 6]);
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u16(), Ok(0x0302));
        assert_eq!(reader.u24(), Ok(0x06_0504));
        assert_eq!(reader.u8(), Err(DecodeError { length: 6 }));
        assert_eq!(reader.u8_or_zero(), 0);
    }

    #[test]
    fn missing_bytes_read_as_zero() {
        let mut reader = Reader::new(&[0xaa, 0xbb, 0xcc]);
        assert_eq!(reader.u32_or_zero(), 0x00cc_bbaa);
        assert!(reader.is_empty());
    }
}
