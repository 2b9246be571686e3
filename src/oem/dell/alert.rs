//! Where Dell's controllers send alerts over IPv6: in system info parameters of their own, numbered after
//! the destinations on serial lines.

use crate::family::Context;
use crate::ipmi::app::GetSystemInfoBlock;
use crate::out::{text, until_nul};

const IPV6_COUNT: u8 = 0xe6;
const IPV6_ADDRESS: u8 = 0xf0;

/// The address of an IPv6 destination; none within where it cannot be read, none at all where there are not
/// so many.
pub async fn ipv6_destination(context: &Context, destination: u8) -> Option<Option<String>> {
    let read = async |parameter, set, block| context.bmc.call(&GetSystemInfoBlock { parameter, set, block }).await.ok();
    // Reference: the reply's first byte, its revision, is taken for the count.
    let count = read(IPV6_COUNT, 0, 0).await?;
    if destination > count.first().copied().unwrap_or(0) {
        return None;
    }
    let Some(data) = read(IPV6_ADDRESS, 0, destination).await else {
        return Some(None);
    };
    let at = |data: &[u8], index: usize| data.get(index).copied().unwrap_or(0);
    let mut rest = usize::from(at(&data, 4));
    let mut address: Vec<u8> = (8..8 + rest.min(11)).map(|index| at(&data, index)).collect();
    let mut set = 1;
    while rest > 11 {
        let data = read(IPV6_ADDRESS, set, destination).await.unwrap_or_default();
        let length = (rest - 11).min(14);
        address.truncate(11 * usize::from(set));
        address.resize(11 * usize::from(set), 0);
        address.extend((3..3 + length).map(|index| at(&data, index)));
        rest = rest.saturating_sub(length + 3);
        set += 1;
    }
    Some(Some(text(until_nul(&address))))
}
