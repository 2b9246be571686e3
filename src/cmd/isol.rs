//! `isol`: Intel's serial over LAN for IPMI 1.5. Its configuration; the console itself is `sol`'s.

use super::sol;
use super::tree::{self, Choice, Rest};
use crate::bmc::CallError;
use crate::family::{Context, Family, Fault, Running, Status, because};
use crate::ipmi::CompletionCode;
use crate::ipmi::isol::{GetIsolConfig, SetIsolConfig};
use crate::out::{Page, Report};
use crate::tables::codes::{BIT_RATES, PRIVILEGE_LEVELS};
use crate::{line, put};
use clap::Subcommand;
use serde::Serialize;
use std::borrow::Cow;
use thiserror::Error;

/// The `isol` family.
pub const ISOL: Family = Family {
    name: "isol",
    summary: Some("Configure IPMIv1.5 Serial-over-LAN"),
    tree: || tree::bare::<Leaf>("isol"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show the configuration
    Info(Rest),
    /// Change the configuration
    Set(Rest),
    /// Open a console
    Activate(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 3] = ["ISOL Commands: info", "               set <parameter> <setting>", "               activate"];

const SET_USAGE: [&str; 5] = [
    "\nISOL set parameters and values: \n",
    "  enabled                     true | false",
    "  privilege-level             user | operator | admin | oem",
    "  bit-rate                    9.6 | 19.2 | 38.4 | 57.6 | 115.2",
    "",
];

/// Parameters.
const ENABLE: u8 = 1;
const AUTHENTICATION: u8 = 2;
const BIT_RATE: u8 = 5;

const LEVELS: [(&str, u8); 4] = [("user", 2), ("operator", 3), ("admin", 4), ("oem", 5)];
const RATES: [(&str, u8); 5] = [("9.6", 6), ("19.2", 7), ("38.4", 8), ("57.6", 9), ("115.2", 10)];

#[derive(Debug, Error)]
enum IsolFault {
    #[error("IPMI v1.5 Serial Over Lan (ISOL) not supported!")]
    Unsupported,
    #[error("Error in Get ISOL Config Command{}", because(.0))]
    Get(CallError),
    #[error("Error setting ISOL parameter '{parameter}'{}", because(.error))]
    Set { parameter: String, error: CallError },
    #[error("Error: invalid ISOL parameter {0}")]
    Parameter(String),
    #[error("Invalid value {1} for parameter {0}\nValid values are {2}")]
    Value(String, String, &'static str),
    #[error("ISOL - Unsupported baud rate: {0}\nValid values are 9.6, 19.2, 38.4, 57.6 and 115.2")]
    Rate(String),
}

impl Fault for IsolFault {}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Info(_)) => {
                let outcome = read(context).await;
                context.conclude(outcome.map(|configuration| {
                    context.out.report(&configuration);
                    Status::OK
                }))
            }
            Choice::Chosen(Leaf::Set(rest)) => match &tree::rest(rest)[..] {
                [parameter, value, ..] => {
                    let outcome = set(context, parameter, value).await;
                    context.conclude(outcome.map(|()| Status::OK))
                }
                _ => {
                    context.out.notices(&SET_USAGE);
                    Status::FAILED
                }
            },
            Choice::Chosen(Leaf::Activate(_)) => {
                match read(context).await {
                    Ok(configuration) if configuration.enabled => {}
                    Ok(_) => {
                        context.out.error("ISOL is not enabled!");
                        return Status::FAILED;
                    }
                    Err(fault) => return context.conclude(Err(fault)),
                }
                sol::fifteen::activate(context).await.into()
            }
            Choice::Chosen(Leaf::Help(_)) | Choice::Missing => {
                context.out.notices(&USAGE);
                Status::OK
            }
            Choice::Unknown(_) => context.misused(&USAGE),
        }
    })
}

/// The configuration.
#[derive(Serialize)]
struct IsolConfiguration {
    enabled: bool,
    privilege_level: Cow<'static, str>,
    bit_rate_kbps: Cow<'static, str>,
    #[serde(skip)]
    authentication: u8,
}

impl Report for IsolConfiguration {
    fn text(&self, page: &mut Page) {
        line!(page, "Enabled                         : {}", self.enabled);
        line!(page, "Privilege Level                 : {}", self.privilege_level);
        line!(page, "Bit Rate (kbps)                 : {}", self.bit_rate_kbps);
    }

    fn csv(&self, page: &mut Page) {
        // Reference: the line does not end.
        put!(page, "{},{},{},", self.enabled, self.privilege_level, self.bit_rate_kbps);
    }
}

async fn read(context: &Context) -> Result<IsolConfiguration, IsolFault> {
    let get = async |parameter| context.bmc.call(&GetIsolConfig { parameter }).await;
    let enabled = get(ENABLE).await.map_err(|error| match error {
        CallError::Refused(CompletionCode::INVALID_COMMAND) => IsolFault::Unsupported,
        error => IsolFault::Get(error),
    })?;
    let authentication = get(AUTHENTICATION).await.map_err(IsolFault::Get)?;
    let rate = get(BIT_RATE).await.map_err(IsolFault::Get)?;
    Ok(IsolConfiguration {
        enabled: enabled & 1 != 0,
        privilege_level: PRIVILEGE_LEVELS.name(authentication & 0x0f),
        bit_rate_kbps: BIT_RATES.name(rate & 0x0f),
        authentication,
    })
}

/// Changes one parameter. Reference: it reads the configuration before it looks at the words.
async fn set(context: &Context, parameter: &str, value: &str) -> Result<(), IsolFault> {
    let now = read(context).await?;
    let choose = |choices: &[(&str, u8)]| choices.iter().find(|(word, _)| *word == value).map(|(_, code)| *code);
    let invalid = |valid| IsolFault::Value(parameter.to_owned(), value.to_owned(), valid);
    let (selector, byte) = match parameter {
        "enabled" => (ENABLE, choose(&[("true", 1), ("false", 0)]).ok_or_else(|| invalid("true and false"))?),
        "privilege-level" => {
            let level = choose(&LEVELS).ok_or_else(|| invalid("user, operator, admin, and oem"))?;
            (AUTHENTICATION, level | now.authentication & 0x80)
        }
        "bit-rate" => (BIT_RATE, choose(&RATES).ok_or_else(|| IsolFault::Rate(value.to_owned()))?),
        _ => return Err(IsolFault::Parameter(parameter.to_owned())),
    };
    let command = SetIsolConfig { parameter: selector, value: byte };
    context.bmc.call(&command).await.map_err(|error| IsolFault::Set { parameter: parameter.to_owned(), error })
}
