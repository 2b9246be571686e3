//! `chassis power` and `power`: read and change the power state.

use crate::bmc::CallError;
use crate::cmd::tree::{self, Choice, Rest};
use crate::family::{Context, Fault, Status, because};
use crate::ipmi::chassis::{ChassisControl, GetChassisStatus};
use crate::line;
use crate::out::{Page, Report};
use clap::Subcommand;
use serde::Serialize;
use thiserror::Error;

#[derive(Subcommand)]
pub enum Leaf {
    /// Show whether the power is on
    Status(Rest),
    /// Power up
    #[command(alias = "up")]
    On(Rest),
    /// Power down at once, without shutting the system down
    #[command(alias = "down")]
    Off(Rest),
    /// Power off for a while, then on again
    Cycle(Rest),
    /// Reset hard
    Reset(Rest),
    /// Send a diagnostic interrupt to the processors
    Diag(Rest),
    /// Ask the operating system to shut down
    #[command(alias = "acpi")]
    Soft(Rest),
    /// List the commands
    Help(Rest),
}

/// What goes wrong, in the reference's words.
#[derive(Debug, Error)]
enum PowerFault {
    #[error("Unable to get Chassis Power Status")]
    NoStatus,
    #[error("Get Chassis Power Status failed{}", because(.0))]
    Status(CallError),
    #[error("Unable to set Chassis Power Control to {0}")]
    NoControl(&'static str),
    #[error("Set Chassis Power Control to {} failed{}", .0, because(.1))]
    Control(&'static str, CallError),
}

impl Fault for PowerFault {}

/// Whether the power is on.
#[derive(Serialize)]
struct PowerState {
    power_on: bool,
}

impl Report for PowerState {
    fn text(&self, page: &mut Page) {
        line!(page, "Chassis Power is {}", if self.power_on { "on" } else { "off" });
    }
}

/// What was asked of the chassis.
#[derive(Serialize)]
struct PowerControl {
    requested: &'static str,
}

impl Report for PowerControl {
    fn text(&self, page: &mut Page) {
        line!(page, "Chassis Power Control: {}", self.requested);
    }
}

/// Runs the words after `power`.
pub async fn run(context: &mut Context, words: &[String]) -> Status {
    let control = match tree::choose::<Leaf>(words) {
        Choice::Chosen(Leaf::Status(_)) => {
            let outcome = status(context).await;
            return context.conclude(outcome);
        }
        Choice::Chosen(Leaf::On(_)) => ChassisControl::PowerUp,
        Choice::Chosen(Leaf::Off(_)) => ChassisControl::PowerDown,
        Choice::Chosen(Leaf::Cycle(_)) => ChassisControl::PowerCycle,
        Choice::Chosen(Leaf::Reset(_)) => ChassisControl::HardReset,
        Choice::Chosen(Leaf::Diag(_)) => ChassisControl::DiagnosticInterrupt,
        Choice::Chosen(Leaf::Soft(_)) => ChassisControl::SoftShutdown,
        Choice::Chosen(Leaf::Help(_)) | Choice::Missing => {
            context.out.notice("chassis power Commands: status, on, off, cycle, reset, diag, soft");
            return Status::OK;
        }
        Choice::Unknown(word) => {
            context.out.error(&format!("Invalid chassis power command: {word}"));
            return Status::FAILED;
        }
    };
    let outcome = set(context, control).await;
    context.conclude(outcome)
}

async fn status(context: &Context) -> Result<Status, PowerFault> {
    let status = context.bmc.call(&GetChassisStatus).await.map_err(|error| match error {
        CallError::Transport(_) => PowerFault::NoStatus,
        error => PowerFault::Status(error),
    })?;
    context.out.report(&PowerState { power_on: status.power_state & 1 != 0 });
    Ok(Status::OK)
}

async fn set(context: &Context, control: ChassisControl) -> Result<Status, PowerFault> {
    let requested = name(control);
    context.bmc.call(&control).await.map_err(|error| match error {
        CallError::Transport(_) => PowerFault::NoControl(requested),
        error => PowerFault::Control(requested, error),
    })?;
    context.out.report(&PowerControl { requested });
    Ok(Status::OK)
}

fn name(control: ChassisControl) -> &'static str {
    match control {
        ChassisControl::PowerDown => "Down/Off",
        ChassisControl::PowerUp => "Up/On",
        ChassisControl::PowerCycle => "Cycle",
        ChassisControl::HardReset => "Reset",
        ChassisControl::DiagnosticInterrupt => "Diag",
        ChassisControl::SoftShutdown => "Soft",
    }
}
