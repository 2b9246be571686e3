//! Which cipher suites a BMC offers, and which of them are worth trying.

use std::collections::VecDeque;

/// Parts a list of cipher suites may have (IPMI 2.0 section 22.15).
pub const MAX_PARTS: u8 = 64;
/// The suites chosen by themselves, best first: all that authenticate, protect and encrypt. The last
/// two are used only where the BMC says that it has them.
const ACCEPTABLE: [u8; 4] = [17, 3, 8, 12];
/// What is tried where the BMC does not tell, or offers nothing acceptable.
const UNTOLD: [u8; 2] = [3, 17];

/// What to try with a BMC that offers these suites, one after another.
pub fn candidates(offered: &[u8]) -> VecDeque<u8> {
    let acceptable = ACCEPTABLE.into_iter().filter(|id| offered.contains(id));
    let untold = UNTOLD.into_iter().filter(|id| !offered.contains(id));
    acceptable.chain(untold).collect()
}

/// Ids in a list of cipher suite records (table 22-18); what cannot be read ends the list.
pub fn ids(records: &[u8]) -> Vec<u8> {
    let mut ids = Vec::new();
    let mut rest = records;
    loop {
        let (id, tail) = match rest {
            [0xc0, id, tail @ ..] => (*id, tail),
            [0xc1, id, _, _, _, tail @ ..] => (*id, tail),
            _ => return ids,
        };
        ids.push(id);
        // The algorithms follow, up to the next start of a record.
        let next = tail.iter().position(|byte| byte & 0xc0 == 0xc0).unwrap_or(tail.len());
        rest = &tail[next..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cipher_records() {
        let records = [0xc0, 3, 1, 0x41, 0x81, 0xc1, 0x80, 1, 2, 3, 0, 0x40, 0x80, 0xc0, 17, 3, 0x44, 0x81];
        assert_eq!(ids(&records), [3, 0x80, 17]);
        assert!(ids(&[0x55]).is_empty());
    }

    #[test]
    fn the_weak_are_never_candidates() {
        assert_eq!(candidates(&[]), [3, 17]);
        assert_eq!(candidates(&[0, 1, 2, 3, 6, 7, 15, 16]), [3, 17]);
        assert_eq!(candidates(&[3, 8, 12, 17]), [17, 3, 8, 12]);
    }
}
