//! Manufacturers of memory, by JEDEC's JEP106 banks.

/// The names in the order of their codes, a bank a paragraph.
const BANKS: &str = include_str!("jedec.txt");

/// How many banks are known.
pub const BANK_COUNT: u8 = 9;

/// The name of a manufacturer; `bank` counts from 0, `id` carries its parity bit (odd) as on the wire.
pub fn manufacturer(bank: u8, id: u8) -> Option<&'static str> {
    if id.count_ones().is_multiple_of(2) {
        return None;
    }
    let place = usize::from(id & 0x7f).checked_sub(1)?;
    BANKS.split("\n\n").nth(bank.into())?.lines().nth(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_carry_a_parity_bit() {
        assert_eq!(manufacturer(0, 0xce), Some("Samsung"));
        assert_eq!(manufacturer(0, 0x4e), None);
        assert_eq!(manufacturer(0, 0x01), Some("AMD"));
        assert_eq!(manufacturer(1, 0x98), Some("Kingston"));
        assert_eq!(manufacturer(0, 0x80), None);
    }

    #[test]
    fn banks_end_somewhere() {
        assert_eq!(BANKS.split("\n\n").count(), usize::from(BANK_COUNT));
        assert_eq!(manufacturer(8, 0x6d), Some("Guangzhou Si Nuo Electronic Technology"));
        assert_eq!(manufacturer(8, 0x6e), None);
        assert_eq!(manufacturer(9, 0x01), None);
    }
}
