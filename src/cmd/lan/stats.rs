//! `lan stats`: the counters of a channel.

use super::parameter::why;
use super::{find, still_lan, usage};
use crate::family::{Context, Status};
use crate::ipmi::lan::GetLanStatistics;
use crate::out::{Page, Report};
use crate::{line, put};
use serde::Serialize;

/// The counters of a channel (section 23.4).
#[derive(Serialize)]
struct Statistics {
    ip_rx_packet: u16,
    ip_rx_header_errors: u16,
    ip_rx_address_errors: u16,
    ip_rx_fragmented: u16,
    ip_tx_packet: u16,
    udp_rx_packet: u16,
    rmcp_rx_valid: u16,
    udp_proxy_packet_received: u16,
    udp_proxy_packet_dropped: u16,
    #[serde(skip)]
    raw: [[u8; 2]; 9],
}

impl Statistics {
    fn new(raw: [[u8; 2]; 9]) -> Self {
        // Reference: reads the counters high byte first, against the specification.
        let [a, b, c, d, e, f, g, h, i] = raw.map(u16::from_be_bytes);
        Statistics {
            ip_rx_packet: a,
            ip_rx_header_errors: b,
            ip_rx_address_errors: c,
            ip_rx_fragmented: d,
            ip_tx_packet: e,
            udp_rx_packet: f,
            rmcp_rx_valid: g,
            udp_proxy_packet_received: h,
            udp_proxy_packet_dropped: i,
            raw,
        }
    }
}

impl Report for Statistics {
    fn text(&self, page: &mut Page) {
        if page.verbose() > 1 {
            line!(page, "--- Rx Stats ---");
            for [first, second] in self.raw {
                put!(page, "{first:02X} {second:02X} - ");
            }
            line!(page);
        }
        line!(page, "IP Rx Packet              : {}", self.ip_rx_packet);
        line!(page, "IP Rx Header Errors       : {}", self.ip_rx_header_errors);
        line!(page, "IP Rx Address Errors      : {}", self.ip_rx_address_errors);
        line!(page, "IP Rx Fragmented          : {}", self.ip_rx_fragmented);
        line!(page, "IP Tx Packet              : {}", self.ip_tx_packet);
        line!(page, "UDP Rx Packet             : {}", self.udp_rx_packet);
        line!(page, "RMCP Rx Valid             : {}", self.rmcp_rx_valid);
        line!(page, "UDP Proxy Packet Received : {}", self.udp_proxy_packet_received);
        line!(page, "UDP Proxy Packet Dropped  : {}", self.udp_proxy_packet_dropped);
    }
}

/// `lan stats get|clear`.
pub async fn stats(context: &Context, words: &[String]) -> Result<(), Status> {
    let Some(verb) = words.first() else { return Err(context.misused(&usage::LAN)) };
    // Reference: with further words the channel is not read.
    let word = words.get(1).filter(|_| words.len() == 2);
    let channel = find(context, word).await?;
    // Reference: the verb is looked at only now.
    let clear = match verb.as_str() {
        "get" => false,
        "clear" => true,
        _ => return Err(context.misused(&usage::LAN)),
    };
    still_lan(context, channel).await?;
    match context.bmc.call(&GetLanStatistics { channel, clear }).await {
        Ok(_) if clear => Ok(()),
        Ok(counters) => {
            context.out.report(&Statistics::new(counters));
            Ok(())
        }
        Err(error) => {
            let message = format!("Get LAN Stats command failed{}", why(&error));
            if clear {
                context.out.info(&message);
            } else {
                context.out.error(&message);
            }
            Err(Status::FAILED)
        }
    }
}
