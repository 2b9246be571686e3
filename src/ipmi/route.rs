//! Where on the management buses a request goes.

/// Slave address of a BMC on its own IPMB (IPMI 2.0 section 5.5, `20h`).
pub const BMC_ADDRESS: u8 = 0x20;

/// The path from the program to the controller that answers: directly, through one bridge, or through two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Slave address this side speaks from (`-m`).
    pub my_addr: u8,
    /// Slave address of the controller that answers (`-t`); 0 or `my_addr` means the BMC itself.
    pub target_addr: u8,
    /// Channel the target is reached on (`-b`).
    pub target_channel: u8,
    /// Slave address of a controller between the BMC and the target (`-T`), 0 for none.
    pub transit_addr: u8,
    /// Channel the transit controller is reached on (`-B`).
    pub transit_channel: u8,
}

/// How many Send Message wrappers a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bridging {
    /// The BMC answers itself.
    None,
    /// The BMC forwards to the target.
    Single,
    /// The BMC forwards to the transit controller, which forwards to the target.
    Double,
}

impl Route {
    /// The BMC itself.
    pub const fn direct() -> Self {
        Route { my_addr: BMC_ADDRESS, target_addr: BMC_ADDRESS, target_channel: 0, transit_addr: 0, transit_channel: 0 }
    }

    /// How far the target is.
    pub fn bridging(&self) -> Bridging {
        if self.target_addr == 0 || self.target_addr == self.my_addr {
            Bridging::None
        } else if self.transit_addr != 0
            && (self.transit_addr, self.transit_channel) != (self.target_addr, self.target_channel)
        {
            Bridging::Double
        } else {
            Bridging::Single
        }
    }
}

impl Default for Route {
    fn default() -> Self {
        Route::direct()
    }
}
