//! What a parameter says: how it is read from its bytes, shown, and written as words that set it.

use super::parameter::{Kind, Parameter};
use crate::ipmi::lan6::{AddressEntry, Block, decode_flow_label};
use crate::line;
use crate::out::{Page, Report};
use crate::tables::in_one_call;
use crate::tables::lan6::{
    ADDRESS_ENABLES, ADDRESS_SOURCES, ADDRESS_STATUSES, DHCP_TIMING, DUID_TYPES, ENABLES, ND_TIMING, PARAMETERS,
    ROUTER_CONTROL, TIMING_SUPPORT,
};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::net::Ipv6Addr;

/// A router: its address, and the prefix that is on its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Router {
    /// IP address.
    pub address: Ipv6Addr,
    /// MAC address.
    pub mac: [u8; 6],
    /// Prefix.
    pub prefix: Ipv6Addr,
    /// Prefix length in bits.
    pub prefix_length: u8,
}

/// A parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Codes and numbers of one byte.
    Byte(u8),
    /// The flow label.
    FlowLabel(u32),
    /// Most static and dynamic addresses, and whether DHCPv6 (bit 0) and SLAAC (bit 1) are there.
    Status([u8; 3]),
    /// An address.
    Address(AddressEntry),
    /// Sixteen bytes.
    Block(Block),
    /// DHCPv6 timing values.
    DhcpTiming([u8; 22]),
    /// A router.
    Router(Router),
}

impl Value {
    /// Reads the value from the replies it takes, in order.
    pub fn decode(kind: Kind, replies: &[Vec<u8>]) -> Value {
        let reply = |index: usize| replies.get(index).map_or(&[][..], Vec::as_slice);
        let byte = |index: usize| reply(0).get(index).copied().unwrap_or(0);
        match kind {
            Kind::Support | Kind::Enables | Kind::Number | Kind::TimingSupport | Kind::RouterControl => {
                Value::Byte(byte(0))
            }
            Kind::FlowLabel => Value::FlowLabel(decode_flow_label(reply(0))),
            Kind::Status => Value::Status(std::array::from_fn(byte)),
            Kind::StaticAddress | Kind::DynamicAddress => Value::Address(AddressEntry::decode(reply(0))),
            Kind::Duid | Kind::NdTiming => Value::Block(Block::decode(reply(0))),
            Kind::DhcpTiming => {
                let blocks = [0, 1].map(|index| Block::decode(reply(index)).data);
                Value::DhcpTiming(std::array::from_fn(|index| blocks[index / 16][index % 16]))
            }
            Kind::StaticRouter => Value::Router(router(reply(0), reply(1), reply(2), reply(3))),
            Kind::DynamicRouter => {
                // Each begins with its set selector.
                let [address, mac, length, prefix] = [0, 1, 2, 3].map(|index| reply(index).get(1..).unwrap_or(&[]));
                Value::Router(router(address, mac, length, prefix))
            }
        }
    }
}

fn padded<const N: usize>(bytes: &[u8]) -> [u8; N] {
    std::array::from_fn(|index| bytes.get(index).copied().unwrap_or(0))
}

fn router(address: &[u8], mac: &[u8], length: &[u8], prefix: &[u8]) -> Router {
    let [prefix_length] = padded(length);
    Router {
        address: Ipv6Addr::from(padded::<16>(address)),
        mac: padded(mac),
        prefix: Ipv6Addr::from(padded::<16>(prefix)),
        prefix_length,
    }
}

/// An address as C's `inet_ntop` writes it: Rust's way, but for addresses that embed an IPv4 one
/// after six zero groups.
pub fn ipv6(address: Ipv6Addr) -> String {
    let [a, b, c, d, e, f, high, low] = address.segments();
    if [a, b, c, d, e, f] == [0; 6] && high != 0 {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        return format!("::{a}.{b}.{c}.{d}");
    }
    address.to_string()
}

fn mac(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

/// One parameter (or one set or block of one) with its value.
pub struct Entry {
    /// Which parameter.
    pub parameter: &'static Parameter,
    /// Set selector.
    pub set: i32,
    /// Block selector.
    pub block: i32,
    /// The value.
    pub value: Value,
}

impl Entry {
    /// The words that set the value.
    pub fn words(&self) -> Vec<String> {
        match (&self.value, self.parameter.kind) {
            (Value::Byte(code), Kind::Enables) => vec![ENABLES.name(*code).into_owned()],
            (Value::Byte(code), Kind::RouterControl) => vec![ROUTER_CONTROL.name(*code).into_owned()],
            (Value::Byte(number), _) => vec![number.to_string()],
            // Reference: a stray letter, which is a digit where it is read back.
            (Value::FlowLabel(label), _) => vec![format!("0x{label:x}d")],
            (Value::Status(bytes), _) => bytes.map(|byte| byte.to_string()).into(),
            (Value::Address(entry), kind) => {
                let names = if kind == Kind::StaticAddress { ADDRESS_ENABLES } else { ADDRESS_SOURCES };
                // Reference: the first word is looked up before the call, so that the status is what
                // two unknown codes read as.
                let codes = [(ADDRESS_STATUSES, entry.status.into()), (names, entry.kind.into())];
                let [status, word] = in_one_call(codes);
                vec![word.into_owned(), ipv6(entry.address), entry.prefix_length.to_string(), status.into_owned()]
            }
            (Value::Block(block), _) => vec![hex(&block.data)],
            (Value::DhcpTiming(values), _) => vec![hex(&values[..16]), hex(&values[16..])],
            (Value::Router(router), _) => {
                vec![ipv6(router.address), mac(router.mac), ipv6(router.prefix), router.prefix_length.to_string()]
            }
        }
    }

    fn address(&self, page: &mut Page, name: &str, entry: &AddressEntry) {
        line!(page, "{name} {}:", self.set);
        let (source, status) = (entry.kind & 0x0f, entry.status & 0x0f);
        let mut shown = ADDRESS_STATUSES.name(status);
        if self.parameter.kind == Kind::StaticAddress {
            line!(page, "    Enabled:        {}", yes(entry.kind & 0x80 != 0));
        } else {
            let codes = [(ADDRESS_SOURCES, source.into()), (ADDRESS_STATUSES, status.into())];
            let [source, status] = in_one_call(codes);
            line!(page, "    Source/Type:    {source}");
            shown = status;
        }
        line!(page, "    Address:        {}/{}", ipv6(entry.address), entry.prefix_length);
        line!(page, "    Status:         {shown}");
    }

    fn byte(&self, page: &mut Page, name: &str, byte: u8) {
        match self.parameter.kind {
            Kind::Support => {
                line!(page, "{name}:");
                line!(page, "    IPv6 only: {}", yes(byte & 1 != 0));
                line!(page, "    IPv4 and IPv6: {}", yes(byte & 2 != 0));
                line!(page, "    IPv6 Destination Addresses for LAN alerting: {}", yes(byte & 4 != 0));
            }
            Kind::Enables => line!(page, "{name}: {}", ENABLES.name(byte)),
            Kind::TimingSupport => line!(page, "{name}: {}", TIMING_SUPPORT.name(byte)),
            Kind::RouterControl => {
                line!(page, "{name}:");
                line!(page, "    Enable static router address:  {}", yes(byte & 1 != 0));
                line!(page, "    Enable dynamic router address: {}", yes(byte & 2 != 0));
            }
            _ => line!(page, "{name}: {byte}"),
        }
    }

    fn block(&self, page: &mut Page, name: &str, data: &[u8; 16]) {
        if self.parameter.kind == Kind::NdTiming {
            return timing(page, name, self.set, 28, &ND_TIMING, data);
        }
        if self.block == 0 {
            line!(page, "{name} {}:", self.set);
            line!(page, "    Length:   {}", data[0]);
            line!(page, "    Type:     {}", DUID_TYPES.name(u16::from_be_bytes([data[1], data[2]])));
        }
        line!(page, "    {}", hex(data));
    }
}

fn timing(page: &mut Page, name: &str, set: i32, width: usize, names: &[&str], values: &[u8]) {
    line!(page, "{name} {set}:");
    for (name, value) in names.iter().zip(values) {
        let label = format!("{name}:");
        line!(page, "    {label:<width$}{value}");
    }
}

impl Report for Entry {
    fn text(&self, page: &mut Page) {
        let name = PARAMETERS.name(self.parameter.selector);
        match &self.value {
            Value::Byte(byte) => self.byte(page, &name, *byte),
            Value::FlowLabel(label) => line!(page, "{name}: {label}"),
            Value::Status([fixed, dynamic, flags]) => {
                line!(page, "{name}:");
                line!(page, "    Static address max:  {fixed}");
                line!(page, "    Dynamic address max: {dynamic}");
                line!(page, "    DHCPv6 support:      {}", yes(flags & 1 != 0));
                line!(page, "    SLAAC support:       {}", yes(flags & 2 != 0));
            }
            Value::Address(entry) => self.address(page, &name, entry),
            Value::Block(block) => self.block(page, &name, &block.data),
            Value::DhcpTiming(values) => timing(page, &name, self.set, 17, &DHCP_TIMING, values),
            Value::Router(router) => {
                let kind = if self.parameter.kind == Kind::StaticRouter { "Static" } else { "Dynamic" };
                line!(page, "IPv6 {kind} Router {}:", self.set);
                line!(page, "    Address: {}", ipv6(router.address));
                line!(page, "    MAC:     {}", mac(router.mac));
                line!(page, "    Prefix:  {}/{}", ipv6(router.prefix), router.prefix_length);
            }
        }
    }
}

impl Entry {
    fn head<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("parameter", &self.parameter.selector)?;
        map.serialize_entry("name", self.parameter.word)?;
        map.serialize_entry("set", &self.parameter.first_set.map(|_| self.set))?;
        map.serialize_entry("block", &self.parameter.blocks.then_some(self.block))
    }

    fn fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match (&self.value, self.parameter.kind) {
            (Value::Byte(byte), Kind::Support) => {
                map.serialize_entry("ipv6_only", &(byte & 1 != 0))?;
                map.serialize_entry("ipv4_and_ipv6", &(byte & 2 != 0))?;
                map.serialize_entry("ipv6_alert_destinations", &(byte & 4 != 0))
            }
            (Value::Byte(byte), Kind::RouterControl) => {
                map.serialize_entry("static_router", &(byte & 1 != 0))?;
                map.serialize_entry("dynamic_router", &(byte & 2 != 0))
            }
            (Value::Byte(byte), kind) => {
                map.serialize_entry("value", byte)?;
                match kind {
                    Kind::Enables => map.serialize_entry("value_name", &ENABLES.get(*byte)),
                    Kind::TimingSupport => map.serialize_entry("value_name", &TIMING_SUPPORT.get(*byte)),
                    _ => Ok(()),
                }
            }
            (Value::FlowLabel(label), _) => map.serialize_entry("value", label),
            (Value::Status([fixed, dynamic, flags]), _) => {
                map.serialize_entry("static_addresses_max", fixed)?;
                map.serialize_entry("dynamic_addresses_max", dynamic)?;
                map.serialize_entry("dhcpv6", &(flags & 1 != 0))?;
                map.serialize_entry("slaac", &(flags & 2 != 0))
            }
            (Value::Address(entry), kind) => {
                if kind == Kind::StaticAddress {
                    map.serialize_entry("enabled", &(entry.kind & 0x80 != 0))?;
                } else {
                    map.serialize_entry("source", &(entry.kind & 0x0f))?;
                    map.serialize_entry("source_name", &ADDRESS_SOURCES.get(entry.kind & 0x0f))?;
                }
                map.serialize_entry("address", &ipv6(entry.address))?;
                map.serialize_entry("prefix_length", &entry.prefix_length)?;
                map.serialize_entry("status", &(entry.status & 0x0f))?;
                map.serialize_entry("status_name", &ADDRESS_STATUSES.get(entry.status & 0x0f))
            }
            (Value::Block(block), Kind::NdTiming) => named(map, &ND_TIMING, &block.data),
            (Value::Block(block), _) => map.serialize_entry("data", &hex(&block.data)),
            (Value::DhcpTiming(values), _) => named(map, &DHCP_TIMING, values),
            (Value::Router(router), _) => {
                map.serialize_entry("address", &ipv6(router.address))?;
                map.serialize_entry("mac_address", &mac(router.mac))?;
                map.serialize_entry("prefix", &ipv6(router.prefix))?;
                map.serialize_entry("prefix_length", &router.prefix_length)
            }
        }
    }
}

fn named<M: SerializeMap>(map: &mut M, names: &[&str], values: &[u8]) -> Result<(), M::Error> {
    names.iter().zip(values).try_for_each(|(name, value)| map.serialize_entry(&name.to_ascii_lowercase(), value))
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.head(&mut map)?;
        self.fields(&mut map)?;
        map.end()
    }
}

/// An entry as the command that sets it.
pub struct Saved<'a> {
    /// The command up to the parameter.
    pub command: &'a str,
    /// What is set.
    pub entry: &'a Entry,
}

impl Report for Saved<'_> {
    fn text(&self, page: &mut Page) {
        let Entry { parameter, set, block, .. } = self.entry;
        let mut words = vec![self.command.to_owned(), parameter.word.to_owned()];
        words.extend(parameter.first_set.map(|_| set.to_string()));
        words.extend(parameter.blocks.then(|| block.to_string()));
        words.extend(self.entry.words());
        line!(page, "{}", words.join(" "));
    }
}

impl Serialize for Saved<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.entry.head(&mut map)?;
        map.serialize_entry("values", &self.entry.words())?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_as_c_writes_them() {
        for (address, text) in [
            ("::", "::"),
            ("::1", "::1"),
            ("::192.0.2.1", "::192.0.2.1"),
            ("::1:0", "::0.1.0.0"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ] {
            assert_eq!(ipv6(address.parse().expect("an address")), text);
        }
    }

    #[test]
    fn replies_of_any_length_have_a_value() {
        for kind in [Kind::Status, Kind::StaticAddress, Kind::Duid, Kind::DhcpTiming, Kind::DynamicRouter] {
            for length in 0..24 {
                let _ = Value::decode(kind, &[vec![0xff; length], vec![0xff; length / 2]]);
            }
            let _ = Value::decode(kind, &[]);
        }
    }
}
