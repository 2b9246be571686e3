//! Consoles from end to end: our program in a pseudo-terminal, with the simulated BMC at the other end.

mod pty;
mod relay;

mod peer;
mod simulated;
