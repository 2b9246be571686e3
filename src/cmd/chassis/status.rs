//! `chassis status`, `poh`, `restart_cause` and `selftest`: what the chassis says of itself.

use crate::bmc::CallError;
use crate::family::{Context, Fault, Status, because};
use crate::ipmi::app::GetSelfTestResults;
use crate::ipmi::chassis::{ChassisStatus, GetChassisStatus, GetPohCounter, GetSystemRestartCause, PohCounter};
use crate::out::{Page, Report};
use crate::tables::codes::RESTART_CAUSES;
use crate::{line, put};
use serde::Serialize;
use std::borrow::Cow;
use thiserror::Error;

#[derive(Debug, Error)]
enum StatusFault {
    #[error("Error sending Chassis Status command{}", because(.0))]
    Status(CallError),
    #[error("Unable to get Chassis Power-On-Hours")]
    NoPoh,
    #[error("Get Chassis Power-On-Hours failed{}", because(.0))]
    Poh(CallError),
    #[error("Unable to get Chassis Restart Cause")]
    NoRestartCause,
    #[error("Get Chassis Restart Cause failed{}", because(.0))]
    RestartCause(CallError),
    #[error("Error sending Get Self Test command{}", because(.0))]
    SelfTest(CallError),
}

impl Fault for StatusFault {}

/// The chassis as it stands, decoded bit by bit (IPMI 2.0 section 28.2).
#[derive(Serialize)]
struct ChassisReport {
    power_on: bool,
    power_overload: bool,
    power_interlock: bool,
    main_power_fault: bool,
    power_control_fault: bool,
    power_restore_policy: &'static str,
    last_power_event: Vec<&'static str>,
    chassis_intrusion: bool,
    front_panel_lockout: bool,
    drive_fault: bool,
    cooling_fan_fault: bool,
    front_panel: Option<FrontPanel>,
}

/// Which buttons of the front panel can be disabled, and which are.
#[derive(Serialize)]
struct FrontPanel {
    sleep_disable_allowed: bool,
    diagnostic_disable_allowed: bool,
    reset_disable_allowed: bool,
    power_disable_allowed: bool,
    sleep_disabled: bool,
    diagnostic_disabled: bool,
    reset_disabled: bool,
    power_disabled: bool,
    #[serde(skip)]
    bits: u8,
}

const EVENTS: [&str; 5] = ["ac-failed", "overload", "interlock", "fault", "command"];

impl ChassisReport {
    fn new(status: &ChassisStatus) -> Self {
        let (power, misc) = (status.power_state, status.misc_state);
        ChassisReport {
            power_on: power & 0x01 != 0,
            power_overload: power & 0x02 != 0,
            power_interlock: power & 0x04 != 0,
            main_power_fault: power & 0x08 != 0,
            power_control_fault: power & 0x10 != 0,
            power_restore_policy: match power >> 5 & 3 {
                0 => "always-off",
                1 => "previous",
                2 => "always-on",
                _ => "unknown",
            },
            last_power_event: EVENTS
                .iter()
                .enumerate()
                .filter(|(bit, _)| status.last_event & 1 << bit != 0)
                .map(|(_, name)| *name)
                .collect(),
            chassis_intrusion: misc & 0x01 != 0,
            front_panel_lockout: misc & 0x02 != 0,
            drive_fault: misc & 0x04 != 0,
            cooling_fan_fault: misc & 0x08 != 0,
            front_panel: status.front_panel.map(|bits| FrontPanel {
                sleep_disable_allowed: bits & 0x80 != 0,
                diagnostic_disable_allowed: bits & 0x40 != 0,
                reset_disable_allowed: bits & 0x20 != 0,
                power_disable_allowed: bits & 0x10 != 0,
                sleep_disabled: bits & 0x08 != 0,
                diagnostic_disabled: bits & 0x04 != 0,
                reset_disabled: bits & 0x02 != 0,
                power_disabled: bits & 0x01 != 0,
                bits,
            }),
        }
    }
}

impl Report for ChassisReport {
    fn text(&self, page: &mut Page) {
        let truth = |flag| if flag { "true" } else { "false" };
        let active = |flag| if flag { "active" } else { "inactive" };
        let allowed = |flag| if flag { "allowed" } else { "not allowed" };
        line!(page, "System Power         : {}", if self.power_on { "on" } else { "off" });
        line!(page, "Power Overload       : {}", truth(self.power_overload));
        line!(page, "Power Interlock      : {}", active(self.power_interlock));
        line!(page, "Main Power Fault     : {}", truth(self.main_power_fault));
        line!(page, "Power Control Fault  : {}", truth(self.power_control_fault));
        line!(page, "Power Restore Policy : {}", self.power_restore_policy);
        put!(page, "Last Power Event     : ");
        for event in &self.last_power_event {
            // Reference: a blank after every event but the last kind.
            put!(page, "{event}{}", if *event == "command" { "" } else { " " });
        }
        line!(page);
        line!(page, "Chassis Intrusion    : {}", active(self.chassis_intrusion));
        line!(page, "Front-Panel Lockout  : {}", active(self.front_panel_lockout));
        line!(page, "Drive Fault          : {}", truth(self.drive_fault));
        line!(page, "Cooling/Fan Fault    : {}", truth(self.cooling_fan_fault));
        match &self.front_panel {
            None => {}
            Some(panel) if panel.bits == 0 => line!(page, "Front Panel Control  : none"),
            Some(panel) => {
                line!(page, "Sleep Button Disable : {}", allowed(panel.sleep_disable_allowed));
                line!(page, "Diag Button Disable  : {}", allowed(panel.diagnostic_disable_allowed));
                line!(page, "Reset Button Disable : {}", allowed(panel.reset_disable_allowed));
                line!(page, "Power Button Disable : {}", allowed(panel.power_disable_allowed));
                line!(page, "Sleep Button Disabled: {}", truth(panel.sleep_disabled));
                line!(page, "Diag Button Disabled : {}", truth(panel.diagnostic_disabled));
                line!(page, "Reset Button Disabled: {}", truth(panel.reset_disabled));
                line!(page, "Power Button Disabled: {}", truth(panel.power_disabled));
            }
        }
    }
}

/// `chassis status`.
pub async fn status(context: &Context) -> Status {
    let outcome = context.bmc.call(&GetChassisStatus).await.map_err(StatusFault::Status);
    context.conclude(outcome.map(|status| {
        context.out.report(&ChassisReport::new(&status));
        Status::OK
    }))
}

/// Power-on time.
#[derive(Serialize)]
struct PowerOnTime {
    minutes_per_count: u8,
    count: u32,
    #[serde(skip)]
    counter: PohCounter,
}

impl Report for PowerOnTime {
    fn text(&self, page: &mut Page) {
        // Reference: it counts in single precision, and big counters show it.
        let PohCounter { minutes_per_count, count } = self.counter;
        let mut minutes = count as f32 * f32::from(minutes_per_count);
        let days = (minutes / 1440.0) as u32;
        minutes -= days as f32 * 1440.0;
        // Reference: rounding can leave less than nothing, which its unsigned hours wrap around.
        let hours = (minutes / 60.0) as i64 as u32;
        minutes -= hours.wrapping_mul(60) as f32;
        let (days, hours) = (days.cast_signed(), hours.cast_signed());
        if minutes_per_count < 60 {
            line!(page, "POH Counter  : {days} days, {hours} hours, {} minutes", minutes as i64);
        } else {
            line!(page, "POH Counter  : {days} days, {hours} hours");
        }
    }
}

/// `chassis poh`.
pub async fn poh(context: &Context) -> Status {
    let outcome = context.bmc.call(&GetPohCounter).await.map_err(|error| match error {
        CallError::Transport(_) => StatusFault::NoPoh,
        error => StatusFault::Poh(error),
    });
    context.conclude(outcome.map(|counter| {
        let PohCounter { minutes_per_count, count } = counter;
        context.out.report(&PowerOnTime { minutes_per_count, count, counter });
        Status::OK
    }))
}

/// Why the system restarted.
#[derive(Serialize)]
struct RestartCause {
    code: u8,
    cause: Cow<'static, str>,
}

impl Report for RestartCause {
    fn text(&self, page: &mut Page) {
        line!(page, "System restart cause: {}", self.cause);
    }
}

/// `chassis restart_cause`.
pub async fn restart_cause(context: &Context) -> Status {
    let outcome = context.bmc.call(&GetSystemRestartCause).await.map_err(|error| match error {
        CallError::Transport(_) => StatusFault::NoRestartCause,
        error => StatusFault::RestartCause(error),
    });
    context.conclude(outcome.map(|code| {
        context.out.report(&RestartCause { code, cause: RESTART_CAUSES.name(code) });
        Status::OK
    }))
}

/// What may be broken when the self test's result is 57h, by bit.
const BROKEN: [&str; 8] = [
    "firmware corrupted",
    "boot block corrupted",
    "FRU Internal Use Area corrupted",
    "SDR Repository empty",
    "IPMB not responding",
    "cannot access BMC FRU",
    "cannot access SDR Repository",
    "cannot access SEL Device",
];

/// The controller's self test, in this family's words.
#[derive(Serialize)]
struct SelfTest {
    result: u8,
    detail: u8,
    passed: bool,
}

impl Report for SelfTest {
    fn text(&self, page: &mut Page) {
        put!(page, "Self Test Results    : ");
        match self.result {
            0x55 => line!(page, "passed"),
            0x56 => line!(page, "not implemented"),
            0x57 => {
                line!(page, "device error");
                for (bit, name) in BROKEN.iter().enumerate() {
                    if self.detail & 1 << bit != 0 {
                        line!(page, "                       [{name}]");
                    }
                }
            }
            0x58 => line!(page, "Fatal hardware error: {:02x}h", self.detail),
            code => line!(page, "Device-specific failure {code:02x}h:{:02x}h", self.detail),
        }
    }
}

/// `chassis selftest`. Reference: whatever the result, it succeeds.
pub async fn selftest(context: &Context) -> Status {
    let outcome = context.bmc.call(&GetSelfTestResults).await.map_err(StatusFault::SelfTest);
    context.conclude(outcome.map(|[result, detail]| {
        context.out.report(&SelfTest { result, detail, passed: result == 0x55 });
        Status::OK
    }))
}
