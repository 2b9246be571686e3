//! Intel.

pub mod node_manager;
mod power_units;

pub use power_units::PowerUnitMap;
