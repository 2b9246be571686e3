//! `event`: events sent to the controller as if they came from software or from one of its sensors.

mod file;
mod sensor;

use super::sel::row::{SelRow, Style, sensor_record};
use super::tree::{self, Rest};
use crate::bmc::CallError;
use crate::family::{Context, Family, Fault, Running, Status, because, eval_failure};
use crate::ipmi::CompletionCode;
use crate::ipmi::pef::PlatformEvent;
use crate::ipmi::sel::SelRecord;
use crate::ipmi::user::GetChannelInfo;
use crate::out::Format;
use clap::Subcommand;
use thiserror::Error;

/// The `event` family. Beside these leaves, a word is a sensor's name.
pub const EVENT: Family =
    Family { name: "event", summary: Some("Send pre-defined events to MC"), tree: || tree::bare::<Leaf>("event"), run };

#[derive(Subcommand)]
enum Leaf {
    /// Temperature: upper critical, going high
    #[command(name = "1")]
    Temperature(Rest),
    /// Voltage: lower critical, going low
    #[command(name = "2")]
    Voltage(Rest),
    /// Memory: correctable ECC
    #[command(name = "3")]
    Memory(Rest),
    /// Events from a file, one a line
    File(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 16] = [
    "",
    "usage: event <num>",
    "   Send generic test events",
    "   1 : Temperature - Upper Critical - Going High",
    "   2 : Voltage Threshold - Lower Critical - Going Low",
    "   3 : Memory - Correctable ECC",
    "",
    "usage: event file <filename>",
    "   Read and generate events from file",
    "   Use the 'sel save' command to generate from SEL",
    "",
    "usage: event <sensorid> <state> [event_dir]",
    "   sensorid  : Sensor ID string to use for event data",
    "   state     : Sensor state, use 'list' to see possible states for sensor",
    "   event_dir : assert, deassert [default=assert]",
    "",
];

/// An event message: revision, sensor type, sensor number, direction and event type, event data.
type Message = [u8; 7];

/// Revision of the event message format.
const REVISION: u8 = 0x04;

const TEMPERATURE: Message = [REVISION, 0x01, 0x30, 0x01, 0x09, 0xff, 0xff];
const VOLTAGE: Message = [REVISION, 0x02, 0x60, 0x01, 0x02, 0xff, 0xff];
const MEMORY: Message = [REVISION, 0x0c, 0x53, 0x6f, 0x00, 0xff, 0xff];

/// The software id of system management software, as a generator.
const SYSTEM_SOFTWARE: u8 = 0x41;

/// The channel a request arrives on, and the medium and number of a system interface.
const THIS_CHANNEL: u8 = 0x0e;
const SYSTEM_MEDIUM: u8 = 0x0c;
const SYSTEM_CHANNEL: u8 = 0x0f;

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let text: Vec<&str> = words.iter().map(String::as_str).collect();
        match text[..] {
            [] | ["help", ..] | ["file"] => {
                context.out.notices(&USAGE);
                Status::OK
            }
            ["file", name, ..] => file::run(context, name).await,
            ["1", ..] => sample(context, "Temperature - Upper Critical - Going High", TEMPERATURE).await,
            ["2", ..] => sample(context, "Voltage Threshold - Lower Critical - Going Low", VOLTAGE).await,
            ["3", ..] => sample(context, "Memory - Correctable ECC", MEMORY).await,
            [name, ref rest @ ..] => sensor::run(context, name, rest.first().copied(), rest.get(1).copied()).await,
        }
    })
}

async fn sample(context: &Context, name: &str, message: Message) -> Status {
    context.out.println(&format!("Sending SAMPLE event: {name}"));
    send(context, message).await
}

#[derive(Debug, Error)]
enum EventFault {
    #[error("Failed to send the platform event via an unknown channel")]
    Channel,
    #[error("Platform Event Message command failed{}", because(.0))]
    Send(CallError),
}

impl Fault for EventFault {
    fn status(&self) -> Status {
        match self {
            EventFault::Channel => Status(-3),
            EventFault::Send(_) => Status::FAILED,
        }
    }
}

/// Shows an event as an entry of the log, and sends it.
async fn send(context: &Context, message: Message) -> Status {
    let outcome = deliver(context, message).await;
    context.conclude(outcome.map(|()| Status::OK))
}

async fn deliver(context: &Context, message: Message) -> Result<(), EventFault> {
    // A system interface says nothing of who is behind it, so the message has to.
    let is_system = is_system_interface(context).await.ok_or(EventFault::Channel)?;
    let mut bytes = [0; 16];
    bytes[7] = SYSTEM_SOFTWARE;
    bytes[9..].copy_from_slice(&message);
    show(context, &SelRecord::decode(bytes)).await;
    let generator = is_system.then_some(SYSTEM_SOFTWARE);
    context.bmc.call(&PlatformEvent { generator, message }).await.map_err(EventFault::Send)
}

/// Shows the event. Reference: under `-v` a known sensor has a block of its own.
async fn show(context: &Context, record: &SelRecord) {
    let style = if context.out.verbose() == 0 || context.out.format() != Format::Text {
        Style::Extended
    } else {
        Style::Detail(sensor_record(context, &record.as_event()).await)
    };
    context.out.list().push(&SelRow::read(context, record, style).await);
}

/// Whether the channel in use is a system interface; what is wrong has been said when that is not known.
async fn is_system_interface(context: &Context) -> Option<bool> {
    match context.bmc.call(&GetChannelInfo { channel: THIS_CHANNEL }).await {
        Ok(info) => Some(info.medium == SYSTEM_MEDIUM || info.channel == SYSTEM_CHANNEL),
        Err(CallError::Refused(CompletionCode::INVALID_FIELD)) => None,
        Err(error @ CallError::Refused(_)) => {
            context.out.error(&format!("Get Channel Info command failed{}", because(&error)));
            None
        }
        Err(error) => {
            eval_failure(context, &error);
            None
        }
    }
}
