//! Kontron. Its boards take long messages (`-z`) only when they are told to, which is what `-o kontron` asks for.

use crate::bmc::Bmc;
use crate::ipmi::{NetFn, Request, Route};
use crate::out::{Output, completion_text};

/// Set Channel Buffer Length, Kontron's own command.
const NETFN: NetFn = NetFn(0x3e);
const CMD: u8 = 0x82;
/// The channel the request comes by, and the IPMB.
const THIS_CHANNEL: u8 = 0x0e;
const IPMB: u8 = 0x00;

/// Sets the largest message, 0 for the usual one: of the target, and where that is behind another
/// controller of that one's channels first. False when the nearer one refused.
pub async fn set_large_buffer(bmc: &Bmc, size: u16, out: &Output) -> bool {
    // Reference: a byte, whatever -z was given.
    let size = size.to_le_bytes()[0];
    let far = bmc.route();
    let near = Route { target_addr: far.my_addr, ..far };
    let bridged = far.target_addr > 0 && far.target_addr != far.my_addr;
    if bridged {
        out.println("Set local big buffer");
        if !set(bmc, &near, THIS_CHANNEL, size, out).await {
            return false;
        }
        out.println("Set local big buffer:success");
        if !set(bmc, &near, IPMB, size, out).await {
            set(bmc, &near, THIS_CHANNEL, 0, out).await;
            return false;
        }
        out.println("IPMB was set");
    }
    // Reference: the target's own refusal is shown, and counts for nothing.
    if !set(bmc, &far, THIS_CHANNEL, size, out).await && bridged {
        set(bmc, &near, THIS_CHANNEL, 0, out).await;
    }
    true
}

async fn set(bmc: &Bmc, route: &Route, channel: u8, size: u8, out: &Output) -> bool {
    match bmc.send_at(route, &Request::new(NETFN, CMD, [channel, size])).await {
        Err(_) => {
            out.println("Cannot send large buffer command");
            false
        }
        Ok(reply) if !reply.completion.is_ok() => {
            let code = reply.completion.0;
            out.println(&format!("Invalid length for the selected interface ({}) {code}", completion_text(code)));
            false
        }
        Ok(_) => true,
    }
}
