//! Where a walk along linked entries has been, so that a circle ends it.
//!
//! A link that leads back may be a slip, which passes when its entry is asked for again: the walk goes on as if
//! nothing had happened, over entries it knows. Only a link that leads back for the second time proves a circle.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// Links that lead back before a walk is given up, so that one whose links change all the time ends too.
const SLIPS: usize = 16;

/// The links a walk has followed.
#[derive(Debug, Default)]
pub struct Trail {
    /// Where each entry was first come to from; the first one from nowhere.
    sources: HashMap<u16, Option<u16>>,
    /// The links that led back.
    slips: HashSet<(u16, u16)>,
}

impl Trail {
    /// Follows the link from an entry that has been read. False where the walk goes in a circle.
    pub fn follow(&mut self, from: u16, to: u16) -> bool {
        self.sources.entry(from).or_insert(None);
        match self.sources.entry(to) {
            Entry::Vacant(unknown) => {
                unknown.insert(Some(from));
                true
            }
            Entry::Occupied(known) if *known.get() == Some(from) => true,
            Entry::Occupied(_) => self.slips.len() < SLIPS && self.slips.insert((from, to)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The entries a walk visits.
    fn walk(mut link: impl FnMut(u16) -> u16) -> Vec<u16> {
        let (mut trail, mut at, mut visited) = (Trail::default(), 0, vec![]);
        loop {
            visited.push(at);
            let next = link(at);
            if next == 0xffff || !trail.follow(at, next) {
                return visited;
            }
            at = next;
        }
    }

    #[test]
    fn a_slip_passes() {
        let mut slips = vec![2, 1];
        let visited = walk(|at| match at {
            3 => slips.pop().unwrap_or(4),
            5 => 0xffff,
            at => at + 1,
        });
        assert_eq!(visited, [0, 1, 2, 3, 1, 2, 3, 2, 3, 4, 5]);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(walk(|_| 0), [0, 0]);
        assert_eq!(walk(|at| (at + 1) % 3), [0, 1, 2, 0, 1, 2]);
    }

    #[test]
    fn whatever_is_answered_ends() {
        let mut state = 1_u32;
        let visited = walk(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u16
        });
        assert!(visited.len() <= (SLIPS + 1) * 256 + 1, "{}", visited.len());
    }
}
