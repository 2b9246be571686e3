//! Faults of the wire: packets that get lost, come late, come twice or come damaged. The same seed
//! and the same traffic always meet the same fate.

use super::super::fault::SplitMix;
use super::Outgoing;
use serde::Deserialize;
use std::time::Duration;

/// What goes wrong with packets. Chances are in percent and apply to each packet by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PacketFaults {
    /// Where the random numbers begin.
    pub seed: u64,
    /// Chance that a packet gets lost, in either direction.
    pub drop: u8,
    /// Chance that an outgoing packet is sent twice.
    pub duplicate: u8,
    /// Chance that a byte of a packet changes, in either direction.
    pub corrupt: u8,
    /// Longest time an outgoing packet is held back, in milliseconds; packets may overtake each other.
    pub delay: u16,
}

impl PacketFaults {
    fn next(&mut self) -> u64 {
        let mut random = SplitMix(self.seed);
        let value = random.next();
        self.seed = random.0;
        value
    }

    /// Whether something of this chance happens now.
    fn happens(&mut self, percent: u8) -> bool {
        percent > 0 && self.next() % 100 < u64::from(percent)
    }

    fn damage(&mut self, datagram: &mut [u8]) {
        if self.happens(self.corrupt) {
            let (place, bits) = (self.next(), self.next());
            let length = u64::try_from(datagram.len()).unwrap_or(1).max(1);
            let place = usize::try_from(place % length).unwrap_or(0);
            if let Some(byte) = datagram.get_mut(place) {
                // At least one bit changes.
                *byte ^= u8::try_from(bits & 0xfe).unwrap_or(0) | 1;
            }
        }
    }

    /// An incoming datagram after the faults.
    pub fn incoming(&mut self, datagram: &[u8]) -> Option<Vec<u8>> {
        if self.happens(self.drop) {
            return None;
        }
        let mut datagram = datagram.to_vec();
        self.damage(&mut datagram);
        Some(datagram)
    }

    /// What is left of an outgoing datagram after the faults.
    pub fn outgoing(&mut self, answer: Outgoing) -> Vec<Outgoing> {
        if self.happens(self.drop) {
            return Vec::new();
        }
        let copies = if self.happens(self.duplicate) { 2 } else { 1 };
        (0..copies)
            .map(|_| {
                let mut copy = answer.clone();
                self.damage(&mut copy.datagram);
                if self.delay > 0 {
                    copy.after += Duration::from_millis(self.next() % (u64::from(self.delay) + 1));
                }
                copy
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(faults: &PacketFaults) -> Vec<Vec<Outgoing>> {
        let mut faults = faults.clone();
        let packet = Outgoing { after: Duration::ZERO, datagram: vec![7; 20] };
        (0..200).map(|_| faults.outgoing(packet.clone())).collect()
    }

    #[test]
    fn the_same_seed_has_the_same_fate() {
        let faults = PacketFaults { seed: 5, drop: 20, duplicate: 20, corrupt: 20, delay: 50 };
        let fate = fates(&faults);
        assert_eq!(fate, fates(&faults));
        assert_ne!(fate, fates(&PacketFaults { seed: 6, ..faults }));
        let count = |wanted: usize| fate.iter().filter(|packets| packets.len() == wanted).count();
        assert!((20..60).contains(&count(0)) && (15..50).contains(&count(2)));
    }

    #[test]
    fn without_faults_packets_are_left_alone() {
        let packet = Outgoing { after: Duration::ZERO, datagram: vec![7; 20] };
        let mut faults = PacketFaults::default();
        assert_eq!(faults.incoming(&packet.datagram), Some(packet.datagram.clone()));
        assert_eq!(faults.outgoing(packet.clone()), [packet]);
    }
}
