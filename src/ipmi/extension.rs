//! Commands of network functions that several bodies share: the data of every request and reply begin
//! with whose they are (IPMI 2.0 section 5.1, table 5-1: 2Ch a defining body's number, 2Eh a
//! manufacturer's).

use super::{NetFn, Reader, Request};

/// Whose a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The network function they share.
    pub netfn: NetFn,
    /// What the data begin with.
    pub mark: &'static [u8],
}

/// A typed command of a body's or a manufacturer's own.
pub trait Extension {
    /// Whose it is.
    const OWNER: Owner;
    /// Command number.
    const CMD: u8;
    /// What a successful reply says.
    type Reply;

    /// Appends what follows the owner's mark.
    fn encode(&self, data: &mut Vec<u8>);

    /// Reads what follows the owner's mark in a reply. Missing bytes are zero.
    fn decode(body: Reader<'_>) -> Self::Reply;

    /// The request in wire form.
    fn request(&self) -> Request {
        let mut data = Self::OWNER.mark.to_vec();
        self.encode(&mut data);
        Request::new(Self::OWNER.netfn, Self::CMD, data)
    }

    /// Reads the data of a reply.
    ///
    /// # Errors
    /// The first byte, where it is not the owner's: somebody else answered. Reference: looks no further.
    fn read(data: &[u8]) -> Result<Self::Reply, u8> {
        let first = data.first().copied().unwrap_or(0);
        if Self::OWNER.mark.first() != Some(&first) {
            return Err(first);
        }
        Ok(Self::decode(Reader::new(data.get(Self::OWNER.mark.len()..).unwrap_or_default())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Echo(u8);

    impl Extension for Echo {
        const OWNER: Owner = Owner { netfn: NetFn::OEM, mark: &[0x57, 0x01, 0x00] };
        const CMD: u8 = 0xc0;
        type Reply = u16;

        fn encode(&self, data: &mut Vec<u8>) {
            data.push(self.0);
        }

        fn decode(mut body: Reader<'_>) -> u16 {
            body.u16_or_zero()
        }
    }

    #[test]
    fn the_mark_goes_before_and_only_its_first_byte_is_looked_at() {
        assert_eq!(Echo(5).request(), Request::new(NetFn::OEM, 0xc0, [0x57, 1, 0, 5]));
        assert_eq!(Echo::read(&[0x57, 1, 0, 2, 1]), Ok(0x0102));
        assert_eq!(Echo::read(&[0x57, 9, 9, 2]), Ok(2));
        assert_eq!((Echo::read(&[0x57]), Echo::read(&[0x58, 1, 0, 2]), Echo::read(&[])), (Ok(0), Err(0x58), Err(0)));
    }
}
