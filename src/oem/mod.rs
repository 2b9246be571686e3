//! The vendor fence: all that is one manufacturer's own.
//!
//! The standard families know no manufacturer. They ask [`hooks`], which asks whose controller it is
//! and passes the question on.

mod dell;
pub mod hooks;
mod intel;
mod kontron;
mod quanta;
mod supermicro;
mod viking;

pub use intel::node_manager;
