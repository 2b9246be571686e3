//! `sdr`: the sensor data repository, with the sensors' readings.

mod cache;
pub mod detail;
mod dump;
mod facts;
mod fill;
mod find;
mod info;
mod locator;
mod row;
pub mod value;
mod words;

use super::tree::{self, Choice, Rest};
use crate::family::{Context, Family, Running, Status};
use crate::ipmi::sdr::SdrRecord;
pub use cache::load_cache;
use clap::Subcommand;
pub use find::{named, show_by_id};
pub use row::show;
pub use value::Style;
pub use words::{listener, reading, unopened, unreadable};

/// The `sdr` family.
pub const SDR: Family = Family {
    name: "sdr",
    summary: Some("Print Sensor Data Repository entries and readings"),
    tree: || tree::bare::<Leaf>("sdr"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// List records with readings: all, full, compact, event, mcloc, fru, generic
    List(Rest),
    /// List records with readings and states
    Elist(Rest),
    /// Show the sensors of a type
    Type(Rest),
    /// Show records by name, in detail
    Get(Rest),
    /// Show the repository itself
    Info(Rest),
    /// Show the records of an entity
    Entity(Rest),
    /// Write the repository to a file
    Dump(Rest),
    /// Build the repository from sensors, a file or a range of addresses
    Fill(Rest),
    /// Show the usage
    Help(Rest),
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        let choice = tree::choose::<Leaf>(words);
        // Reference: what these choose stays chosen for later commands that do not.
        match &choice {
            Choice::Chosen(Leaf::List(_)) => context.memory.sdr_extended = false,
            Choice::Chosen(Leaf::Elist(_) | Leaf::Type(_) | Leaf::Entity(_)) => context.memory.sdr_extended = true,
            _ => {}
        }
        match choice {
            Choice::Missing => {
                let style = lasting_style(context);
                list(context, &[], "list", style).await
            }
            Choice::Chosen(Leaf::List(rest)) => list(context, &tree::rest(rest), "list", Style::Plain).await,
            Choice::Chosen(Leaf::Elist(rest)) => list(context, &tree::rest(rest), "elist", Style::Extended).await,
            Choice::Chosen(Leaf::Type(rest)) => find::by_type(context, tree::rest(rest).first()).await,
            Choice::Chosen(Leaf::Entity(rest)) => find::by_entity(context, tree::rest(rest).first()).await,
            Choice::Chosen(Leaf::Get(rest)) => find::by_name(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Info(_)) => info::run(context).await,
            Choice::Chosen(Leaf::Dump(rest)) => dump::run(context, tree::rest(rest).first()).await,
            Choice::Chosen(Leaf::Fill(rest)) => fill::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) => {
                context.out.notices(&USAGE);
                Status::OK
            }
            Choice::Unknown(word) => {
                context.out.error(&format!("Invalid SDR command: {word}"));
                Status::FAILED
            }
        }
    })
}

const USAGE: [&str; 30] = [
    "usage: sdr <command> [options]",
    "               list | elist [option]",
    "                     all           All SDR Records",
    "                     full          Full Sensor Record",
    "                     compact       Compact Sensor Record",
    "                     event         Event-Only Sensor Record",
    "                     mcloc         Management Controller Locator Record",
    "                     fru           FRU Locator Record",
    "                     generic       Generic Device Locator Record\n",
    "               type [option]",
    "                     <Sensor_Type> Retrieve the state of specified sensor.",
    "                                   Sensor_Type can be specified either as",
    "                                   a string or a hex value.",
    "                     list          Get a list of available sensor types\n",
    "               get <Sensor_ID>",
    "                     Retrieve state of the first sensor matched by Sensor_ID\n",
    "               info",
    "                     Display information about the repository itself\n",
    "               entity <Entity_ID>[.<Instance_ID>]",
    "                     Display all sensors associated with an entity\n",
    "               dump <file>",
    "                     Dump raw SDR data to a file\n",
    "               fill <option>",
    "                     sensors       Creates the SDR repository for the current",
    "                                   configuration",
    "                     nosat         Creates the SDR repository for the current",
    "                                   configuration, without satellite scan",
    "                     file <file>   Load SDR repository from a file",
    "                     range <range> Load SDR repository from a provided list",
    "                                   or range. Use ',' for list or '-' for\n                                   range, eg. 0x28,0x32,0x40-0x44",
];

/// What `list` and `elist` show of the records.
fn wanted(word: Option<&str>) -> Option<fn(&SdrRecord, bool) -> bool> {
    Some(match word {
        None => |record, _| matches!(record, SdrRecord::Sensor(_)),
        Some("all") => |_, _| true,
        Some("full") => |record, full| matches!(record, SdrRecord::Sensor(_)) && full,
        Some("compact") => |record, full| matches!(record, SdrRecord::Sensor(_)) && !full,
        Some("event") => |record, _| matches!(record, SdrRecord::EventOnly(_)),
        Some("mcloc") => |record, _| matches!(record, SdrRecord::Mc(_)),
        Some("fru") => |record, _| matches!(record, SdrRecord::Fru(_)),
        Some("generic") => |record, _| matches!(record, SdrRecord::Generic(_)),
        Some(_) => return None,
    })
}

/// The style in force where a command chooses none.
///
/// Reference: `list`, `elist`, `type` and `entity` leave theirs to the commands that follow in the
/// same process, `sensor list` and `gendev list` among them.
pub fn lasting_style(context: &Context) -> Style {
    if context.memory.sdr_extended { Style::Extended } else { Style::Plain }
}

/// `sdr list` and `elist`, and what other families list of the records.
pub async fn list(context: &Context, words: &[String], verb: &str, style: Style) -> Status {
    let out = &context.out;
    let usage = || out.notice(&format!("usage: sdr {verb} [all|full|compact|event|mcloc|fru|generic]"));
    let word = words.first().map(String::as_str);
    if word == Some("help") {
        usage();
        return Status::OK;
    }
    let Some(wanted) = wanted(word) else {
        out.error(&format!("Invalid SDR {verb} command: {}", word.unwrap_or_default()));
        usage();
        return Status::FAILED;
    };
    let listener = listener(context);
    if let Err(fault) = context.bmc.begin_sdrs(&listener).await {
        return unopened(context, &fault);
    }
    let rows = out.list();
    let is_wanted = |record: &SdrRecord| wanted(record, matches!(record, SdrRecord::Sensor(s) if s.full.is_some()));
    for stored in context.bmc.stored_sdrs() {
        if is_wanted(&stored.record) {
            show(context, &rows, style, &stored.record).await;
        }
    }
    let mut status = Status::OK;
    while let Some(next) = context.bmc.next_stored_sdr(&listener).await {
        match next {
            Ok(stored) if is_wanted(&stored.record) => show(context, &rows, style, &stored.record).await,
            Ok(_) => {}
            Err(_) => {
                out.error("ipmitool: ipmi_sdr_get_record() failed");
                status = Status::FAILED;
            }
        }
    }
    status
}
