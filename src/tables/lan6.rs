//! Names of the IPv6 LAN parameters and of their values (IPMI 2.0 table 23-4, parameters 50 to 80).

use super::names;

names! {
    /// Parameters by selector.
    PARAMETERS {
        0 => "Set In Progress",
        50 => "IPv6/IPv4 Support",
        51 => "IPv6/IPv4 Addressing Enables",
        52 => "IPv6 Header Traffic Class",
        53 => "IPv6 Header Static Hop Limit",
        54 => "IPv6 Header Flow Label",
        55 => "IPv6 Status",
        56 => "IPv6 Static Address",
        57 => "IPv6 DHCPv6 Static DUID Storage Length",
        58 => "IPv6 DHCPv6 Static DUID",
        59 => "IPv6 Dynamic Address",
        60 => "IPv6 DHCPv6 Dynamic DUID Storage Length",
        61 => "IPv6 DHCPv6 Dynamic DUID",
        62 => "IPv6 DHCPv6 Timing Configuration Support",
        63 => "IPv6 DHCPv6 Timing Configuration",
        64 => "IPv6 Router Address Configuration Control",
        65 => "IPv6 Static Router 1 IP Address",
        66 => "IPv6 Static Router 1 MAC Address",
        67 => "IPv6 Static Router 1 Prefix Length",
        68 => "IPv6 Static Router 1 Prefix Value",
        69 => "IPv6 Static Router 2 IP Address",
        70 => "IPv6 Static Router 2 MAC Address",
        71 => "IPv6 Static Router 2 Prefix Length",
        72 => "IPv6 Static Router 2 Prefix Value",
        73 => "IPv6 Number of Dynamic Router Info Sets",
        74 => "IPv6 Dynamic Router Info IP Address",
        75 => "IPv6 Dynamic Router Info MAC Address",
        76 => "IPv6 Dynamic Router Info Prefix Length",
        77 => "IPv6 Dynamic Router Info Prefix Value",
        78 => "IPv6 Dynamic Router Received Hop Limit",
        79 => "IPv6 ND/SLAAC Timing Configuration Support",
        80 => "IPv6 ND/SLAAC Timing Configuration",
    }

    /// Completion codes of the commands that read and write parameters.
    COMPLETION_CODES {
        0x80 => "Parameter not supported",
        0x81 => "Set already in progress",
        0x82 => "Parameter is read-only",
        0x83 => "Write-only parameter",
    }

    /// Which addressing is enabled.
    ENABLES {
        0 => "ipv4",
        1 => "ipv6",
        2 => "both",
    }

    /// Whether a static address is used: the whole byte.
    ADDRESS_ENABLES {
        0x00 => "disable",
        0x80 => "enable",
    }

    /// Where a dynamic address comes from.
    ADDRESS_SOURCES {
        0 => "static",
        1 => "SLAAC",
        2 => "DHCPv6",
    }

    /// What an address is good for.
    ADDRESS_STATUSES {
        0 => "active",
        1 => "disabled",
        2 => "pending",
        3 => "failed",
        4 => "deprecated",
        5 => "invalid",
    }

    /// Types of DHCP unique identifiers (RFC 8415 section 11).
    DUID_TYPES {
        0 => "unknown",
        1 => "DUID-LLT",
        2 => "DUID-EN",
        3 => "DUID-LL",
    }

    /// Whether timing can be configured.
    TIMING_SUPPORT {
        0 => "not supported",
        1 => "global",
        2 => "per interface",
    }

    /// Which routers are used.
    ROUTER_CONTROL {
        1 => "static",
        2 => "dynamic",
        3 => "both",
    }
}

/// Names of the DHCPv6 timing values (RFC 8415 section 7.6), in the order of the parameter's bytes.
pub const DHCP_TIMING: [&str; 22] = [
    "SOL_MAX_DELAY",
    "SOL_TIMEOUT",
    "SOL_MAX_RT",
    "REQ_TIMEOUT",
    "REQ_MAX_RT",
    "REQ_MAX_RC",
    "CNF_MAX_DELAY",
    "CNF_TIMEOUT",
    "CNF_MAX_RT",
    "CNF_MAX_RD",
    "REN_TIMEOUT",
    "REN_MAX_RT",
    "REB_TIMEOUT",
    "REB_MAX_RT",
    "INF_MAX_DELAY",
    "INF_TIMEOUT",
    "INF_MAX_RT",
    "REL_TIMEOUT",
    "REL_MAX_RC",
    "DEC_TIMEOUT",
    "DEC_MAX_RC",
    "HOP_COUNT_LIMIT",
];

/// Names of the neighbour discovery and SLAAC timing values (RFC 4861 section 10), in order.
pub const ND_TIMING: [&str; 13] = [
    "MAX_RTR_SOLICITATION_DELAY",
    "RTR_SOLICITATION_INTERVAL",
    "MAX_RTR_SOLICITATIONS",
    "DupAddrDetectTransmits",
    "MAX_MULTICAST_SOLICIT",
    "MAX_UNICAST_SOLICIT",
    "MAX_ANYCAST_DELAY_TIME",
    "MAX_NEIGHBOR_ADVERTISEMENT",
    "REACHABLE_TIME",
    "RETRANS_TIMER",
    "DELAY_FIRST_PROBE_TIME",
    "MAX_RANDOM_FACTOR",
    "MIN_RANDOM_FACTOR",
];
