//! Where manufacturers send alerts besides the specification's destinations.

use super::manufacturer;
use super::manufacturers::DELL;
use crate::family::Context;
use crate::oem::dell;

/// The address of an IPv6 destination, numbered from 1 after those on serial lines; none within where it cannot
/// be read, none at all where the manufacturer has no such destination.
pub async fn ipv6_destination(context: &Context, destination: u8) -> Option<Option<String>> {
    if manufacturer(context).await != DELL {
        return None;
    }
    dell::alert::ipv6_destination(context, destination).await
}
