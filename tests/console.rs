//! Consoles from end to end: our program in a pseudo-terminal, with the simulated BMC at the other end.

#[path = "peers/ipmi_sim.rs"]
mod ipmi_sim;
#[path = "console/pty.rs"]
mod pty;
#[path = "console/relay.rs"]
mod relay;

#[path = "console/fifteen.rs"]
mod fifteen;
#[path = "console/library.rs"]
mod library;
#[path = "console/peer.rs"]
mod peer;
#[path = "console/simulated.rs"]
mod simulated;
