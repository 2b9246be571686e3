//! What the LAN channel's parameters are when the machine is new (IPMI 2.0 table 23-4).

use super::channel::CIPHER_SUITES;
use std::collections::BTreeMap;

/// A parameter, its set selector and its block selector.
pub type Key = (u8, u8, u8);

/// Alert destinations after the volatile one.
const DESTINATIONS: u8 = 3;

/// Sixteen bytes of an address of the documentation's own network, 2001:db8::/32.
fn address(host: u8) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
    bytes[15] = host;
    bytes
}

/// The parameters without their revisions. Those with a set selector begin with it, as on the wire.
pub fn parameters() -> BTreeMap<Key, Vec<u8>> {
    let mut community = b"public".to_vec();
    community.resize(18, 0);
    let suites: Vec<u8> = CIPHER_SUITES.iter().map(|suite| suite[0]).collect();
    let mut parameters: BTreeMap<Key, Vec<u8>> = [
        (0, vec![0x00]),
        (1, vec![0x17]),
        (2, vec![0x04, 0x14, 0x14, 0x16, 0x00]),
        (3, vec![192, 0, 2, 42]),
        (4, vec![0x01]),
        (5, vec![0x52, 0x54, 0x00, 0xab, 0xcd, 0xef]),
        (6, vec![255, 255, 255, 0]),
        (7, vec![0x40, 0x40, 0x10]),
        (8, vec![0x6f, 0x02]),
        (9, vec![0x98, 0x02]),
        (10, vec![0x02]),
        (11, vec![0x03]),
        (12, vec![192, 0, 2, 1]),
        (13, vec![0x52, 0x54, 0x00, 0x00, 0x00, 0x01]),
        (14, vec![0, 0, 0, 0]),
        (15, vec![0, 0, 0, 0, 0, 0]),
        (16, community),
        (17, vec![DESTINATIONS]),
        (20, vec![0x64, 0x80]),
        (21, vec![0x03]),
        (22, vec![u8::try_from(suites.len()).unwrap_or(0)]),
        (23, [&[0], &suites[..]].concat()),
        (24, vec![0x00, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x04, 0x00]),
        (26, vec![0x01, 0x05, 0x06, 0x00, 0x1e, 0x00]),
    ]
    .into_iter()
    .chain(single_ipv6())
    .map(|(parameter, data)| ((parameter, 0, 0), data))
    .collect();
    for set in 0..=DESTINATIONS {
        parameters.insert((18, set, 0), vec![set, 0x80 * (set & 1), 0x05, 0x03]);
        parameters.insert((19, set, 0), vec![set, 0x00, set & 1, 192, 0, 2, 100 + set, 0x52, 0x54, 0, 0, 1, set]);
    }
    parameters.extend(ipv6_sets());
    parameters
}

/// IPv6 parameters without a set selector.
fn single_ipv6() -> [(u8, Vec<u8>); 21] {
    [
        (50, vec![0x07]),
        (51, vec![0x02]),
        (52, vec![0x00]),
        (53, vec![0x40]),
        (54, vec![0x01, 0x23, 0x45]),
        (55, vec![2, 3, 0x03]),
        (57, vec![2]),
        (60, vec![1]),
        (62, vec![0x02]),
        (64, vec![0x03]),
        (65, address(1).to_vec()),
        (66, vec![0x52, 0x54, 0x00, 0x00, 0x00, 0x01]),
        (67, vec![64]),
        (68, address(0).to_vec()),
        (69, vec![0; 16]),
        (70, vec![0; 6]),
        (71, vec![0]),
        (72, vec![0; 16]),
        (73, vec![2]),
        (78, vec![0x40]),
        (79, vec![0x01]),
    ]
}

fn ipv6_sets() -> BTreeMap<Key, Vec<u8>> {
    let row = |set: u8, kind: u8, host: u8, prefix: u8, status: u8| {
        [&[set, kind], &address(host)[..], &[prefix, status]].concat()
    };
    let block = |set: u8, number: u8, data: &[u8]| {
        let mut bytes = vec![set, number];
        bytes.extend(data);
        bytes.resize(18, 0);
        bytes
    };
    // A DUID of link-layer address and time (RFC 8415 section 11.2), its length first.
    let duid = [14, 0, 1, 0, 1, 0x2c, 0xe1, 0x4f, 0x00, 0x52, 0x54, 0x00, 0xab, 0xcd, 0xef];
    let dhcp = [1, 1, 120, 1, 30, 10, 1, 1, 4, 10, 10, 30, 10, 30, 1, 1];
    let mut sets: BTreeMap<Key, Vec<u8>> = [
        ((56, 0, 0), row(0, 0x80, 0x42, 64, 0)),
        ((56, 1, 0), row(1, 0x00, 0, 0, 1)),
        ((58, 0, 0), block(0, 0, &duid)),
        ((58, 0, 1), block(0, 1, &[])),
        ((59, 0, 0), row(0, 1, 0x90, 64, 0)),
        ((59, 1, 0), row(1, 2, 0x91, 128, 0)),
        ((59, 2, 0), row(2, 0, 0, 0, 1)),
        ((61, 0, 0), block(0, 0, &duid)),
        ((63, 0, 0), block(0, 0, &dhcp)),
        ((63, 0, 1), block(0, 1, &[120, 1, 5, 1, 5, 32])),
        ((80, 0, 0), block(0, 0, &[1, 4, 3, 1, 3, 3, 1, 3, 30, 1, 5, 15, 5])),
    ]
    .into();
    for set in 0..2 {
        sets.insert((74, set, 0), [&[set], &address(set + 1)[..]].concat());
        sets.insert((75, set, 0), vec![set, 0x52, 0x54, 0, 0, 2, set]);
        sets.insert((76, set, 0), vec![set, 64]);
        sets.insert((77, set, 0), [&[set], &address(0)[..]].concat());
    }
    sets
}
