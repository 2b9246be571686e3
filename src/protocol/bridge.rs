//! Send Message: a request wrapped once or twice for a controller behind the BMC (IPMI 2.0 section 22.7).

use super::ipmb::{CONSOLE, Message};
use crate::ipmi::{BMC_ADDRESS, Bridging, NetFn, Request, Route};

/// Send Message.
pub const SEND_MESSAGE: u8 = 0x34;
/// Ask the bridge to match the answer to this request.
pub const TRACK: u8 = 0x40;

/// How often a request is wrapped.
///
/// Reference: not quite what the sizes of requests are computed with ([`Route::bridging`]). A transit
/// controller at the console's own address is none, and one that is the target itself is a bridge.
pub fn depth(route: &Route) -> Bridging {
    match route {
        Route { my_addr, target_addr, .. } if my_addr == target_addr => Bridging::None,
        Route { my_addr, transit_addr, .. } if *transit_addr != 0 && transit_addr != my_addr => Bridging::Double,
        _ => Bridging::Single,
    }
}

/// A request as it goes to the BMC, wrapped as far as the route asks.
///
/// `inner_from` is the address the innermost request seems to come from: the reference uses the
/// console's over RMCP+ and its own bus address over IPMI 1.5.
pub fn wrap(route: &Route, request: &Request, seq: u8, inner_from: u8) -> Message {
    let send = |channel: u8, message: &Message| {
        let mut data = vec![TRACK | channel & 0x0f];
        data.extend(message.encode());
        Request { netfn: NetFn::APP, lun: 0, cmd: SEND_MESSAGE, data }
    };
    match depth(route) {
        Bridging::None => Message::request(BMC_ADDRESS, CONSOLE, seq, request),
        Bridging::Single => {
            let inner = Message::request(route.target_addr, inner_from, seq, request);
            Message::request(BMC_ADDRESS, CONSOLE, seq, &send(route.target_channel, &inner))
        }
        Bridging::Double => {
            let inner = Message::request(route.target_addr, route.my_addr, seq, request);
            let middle = Message::request(route.transit_addr, inner_from, seq, &send(route.target_channel, &inner));
            Message::request(BMC_ADDRESS, CONSOLE, seq, &send(route.transit_channel, &middle))
        }
    }
}

/// What a reply to a wrapped request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwrapped {
    /// The answer, or a bridge's refusal.
    Answer(Message),
    /// Only the bridge's own acknowledgement; the answer is still to come.
    Acknowledged,
}

/// Takes the wrappers off a reply. Levels that are not whole messages end the unwrapping.
pub fn unwrap(reply: Message) -> Unwrapped {
    let mut message = reply;
    // Two wrappers at most.
    for _ in 0..2 {
        if message.netfn != NetFn::APP.0 | 1 || message.cmd != SEND_MESSAGE {
            break;
        }
        match message.data.split_first() {
            Some((0, [])) => return Unwrapped::Acknowledged,
            Some((0, inner)) => match Message::decode(inner) {
                Ok(inner) => message = inner,
                Err(_) => break,
            },
            _ => break,
        }
    }
    Unwrapped::Answer(message)
}

/// Whether an unwrapped message is of the kind that answers a request: itself, or, where it was
/// `bridged`, a bridge that refuses to pass it on.
pub fn fits(message: &Message, request: (NetFn, u8), bridged: bool) -> bool {
    let of = |(netfn, cmd): (NetFn, u8)| (message.netfn, message.cmd) == (netfn.0 | 1, cmd);
    !message.data.is_empty() && (of(request) || (bridged && of((NetFn::APP, SEND_MESSAGE))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_and_double() {
        let request = Request::new(NetFn::APP, 1, []);
        let single = Route { target_addr: 0x82, target_channel: 7, ..Route::direct() };
        let bytes = wrap(&single, &request, 6, CONSOLE).encode();
        assert_eq!(bytes, [0x20, 0x18, 0xc8, 0x81, 0x18, 0x34, 0x47, 0x82, 0x18, 0x66, 0x81, 0x18, 0x01, 0x66, 0xec]);
        let double = Route { transit_addr: 0x84, transit_channel: 3, ..single };
        let bytes = wrap(&double, &request, 6, CONSOLE).encode();
        assert_eq!(
            bytes,
            [
                0x20, 0x18, 0xc8, 0x81, 0x18, 0x34, 0x43, 0x84, 0x18, 0x64, 0x81, 0x18, 0x34, 0x47, 0x82, 0x18, 0x66,
                0x20, 0x18, 0x01, 0xc7, 0xec, 0xf0
            ]
        );
    }

    #[test]
    fn a_transit_controller_counts_unless_it_is_this_side() {
        let far = Route { target_addr: 0x82, target_channel: 7, ..Route::direct() };
        assert_eq!(depth(&Route::direct()), Bridging::None);
        assert_eq!(depth(&far), Bridging::Single);
        assert_eq!(depth(&Route { transit_addr: 0x20, transit_channel: 3, ..far }), Bridging::Single);
        assert_eq!(depth(&Route { transit_addr: 0x82, transit_channel: 7, ..far }), Bridging::Double);
    }

    #[test]
    fn acknowledgements_are_told_from_answers() {
        let outer = Message::request(0x20, 0x81, 1, &Request::new(NetFn(7), SEND_MESSAGE, [0]));
        assert_eq!(unwrap(outer.clone()), Unwrapped::Acknowledged);
        let inner = Message::request(0x81, 0x82, 1, &Request::new(NetFn(7), 1, [0, 1, 2]));
        let mut data = vec![0];
        data.extend(inner.encode());
        assert_eq!(unwrap(Message { data, ..outer.clone() }), Unwrapped::Answer(inner));
        let refused = Message { data: vec![0x83], ..outer };
        assert_eq!(unwrap(refused.clone()), Unwrapped::Answer(refused));
    }
}
