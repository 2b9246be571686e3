//! The console as the library has it, without a terminal.

use crate::simulated::Served;
use ipmitool::bmc::{Bmc, ConsoleConfig, ConsoleEvent};
use ipmitool::ipmi::Route;
use ipmitool::ipmi::sol::ActivateSol;
use ipmitool::out::{Format, Output};
use ipmitool::protocol::Key;
use ipmitool::sim::udp::PacketFaults;
use ipmitool::transport;
use ipmitool::transport::udp::LanOptions;
use std::sync::Arc;
use std::time::Duration;

/// A host that asks for a password shows nothing of what is typed: that it has been accepted is news all the same,
/// for whoever has more to type.
#[test]
fn what_is_accepted_in_silence_is_told() {
    const PATIENCE: Duration = Duration::from_secs(20);
    let served = Served::new(PacketFaults::default());
    let options = LanOptions {
        host: Some("127.0.0.1".to_owned()),
        port: served.port,
        user: b"admin".to_vec(),
        password: Some(Key::new("admin")),
        privilege: 4,
        ..LanOptions::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let observer = Arc::new(Output::memory(Format::Text));
        let opened = transport::lanplus::open(&options, observer).await;
        let bmc = Bmc::new(opened.unwrap_or_else(|_| panic!("no session")), Route::direct());
        let inbound = bmc.call(&ActivateSol { instance: 1, options: 0xc6 }).await.expect("an activation").inbound;
        let config = ConsoleConfig { inbound, none_is_all: false, last_seq: 0 };
        let mut console = bmc.transport().console(config).await.expect("a console");
        console.typed(b"\rroot\r");
        let mut shown = Vec::new();
        while !shown.ends_with(b"Password: ") || !console.is_idle() {
            let event = tokio::time::timeout(PATIENCE, console.event()).await.expect("an event");
            if let Ok(ConsoleEvent::Text(text)) = event {
                shown.extend(text);
            }
        }
        console.typed(b"secret");
        assert!(console.backlog() == 6 && !console.is_idle());
        let event = tokio::time::timeout(PATIENCE, console.event()).await.expect("an event");
        assert!(matches!(event, Ok(ConsoleEvent::Accepted)), "{event:?}");
        assert!(console.backlog() == 0 && console.is_idle());
        drop(console);
        bmc.close().await;
    });
}
