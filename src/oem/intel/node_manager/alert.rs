//! `nm alert`: where alerts go.

use super::{ask, byte, choose, offer, refuse};
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::{Alert, GetAlert, SetAlert};
use crate::line;
use crate::out::{Page, Report};
use serde::Serialize;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    Set,
    Get,
    Clear,
}

pub static COMMANDS: Choices<Leaf> = Choices(&[
    ("set", Leaf::Set, "nm alert set chan <chan> dest <dest> string <string>"),
    ("get", Leaf::Get, "nm alert get"),
    ("clear", Leaf::Clear, "nm alert clear dest <dest>"),
]);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Channel,
    Destination,
    String,
}

static OPTIONS: Choices<Word> = Choices(&[
    ("chan", Word::Channel, "chan <channel>"),
    ("dest", Word::Destination, "dest <destination>"),
    ("string", Word::String, "string <string>"),
]);

/// Nobody is told; there is an alert string.
const CLEARED: u8 = 0x80;
const WITH_STRING: u8 = 0x80;

/// Reference: the largest number there is stands for one that was not given.
const NOT_GIVEN: u8 = 0xff;

#[derive(Serialize)]
struct AlertReport {
    channel: u8,
    registered: bool,
    destination: u8,
    uses_string: bool,
    string: u8,
}

impl AlertReport {
    fn words(&self) -> [&'static str; 2] {
        let registered = if self.registered { "registered" } else { "not registered" };
        [registered, if self.uses_string { "yes" } else { "no" }]
    }
}

impl Report for AlertReport {
    fn text(&self, page: &mut Page) {
        let [registered, uses_string] = self.words();
        line!(page, "    Alert Chan:                                  {}", self.channel);
        line!(page, "    Alert Receiver:                              {registered}");
        line!(page, "    Alert Lan Destination:                       0x{:x}", self.destination);
        line!(page, "    Use Alert String:                            {uses_string}");
        line!(page, "    Alert String Selector:                       0x{:x}", self.string);
    }

    fn csv(&self, page: &mut Page) {
        let [registered, uses_string] = self.words();
        let AlertReport { channel, destination, string, .. } = self;
        line!(page, "{channel},{registered},0x{destination:x},{uses_string},0x{string:x}");
    }
}

/// `nm alert`.
pub async fn run(context: &Context, words: &[String]) -> Result<(), Status> {
    let (leaf, words) = choose(&COMMANDS, words).ok_or_else(|| offer(context, &COMMANDS, "Alert commands"))?;
    match leaf {
        Leaf::Get => get(context).await,
        Leaf::Set => set(context, words, 0).await,
        Leaf::Clear => set(context, words, CLEARED).await,
    }
}

async fn get(context: &Context) -> Result<(), Status> {
    let alert = ask(context, &GetAlert).await?;
    context.out.report(&AlertReport {
        channel: alert.channel & 0x0f,
        registered: alert.channel & CLEARED == 0,
        destination: alert.destination,
        uses_string: alert.string & WITH_STRING != 0,
        string: alert.string & !WITH_STRING,
    });
    Ok(())
}

/// Sets where alerts go; `flag` goes with the channel.
async fn set(context: &Context, words: &[String], flag: u8) -> Result<(), Status> {
    let mut alert = Alert { channel: NOT_GIVEN, destination: NOT_GIVEN, string: NOT_GIVEN };
    for pair in words.chunks(2) {
        let number = |what| {
            let refused = || refuse(context, &format!("Alert {what} must be a positive integer.\n"));
            byte(pair.get(1)).ok_or_else(refused)
        };
        match OPTIONS.find(&pair[0]).ok_or_else(|| offer(context, &OPTIONS, "Set alert Parameters:"))? {
            Word::Channel => alert.channel = number("Lan chan")? | flag,
            Word::Destination => alert.destination = number("Destination")?,
            Word::String => alert.string = number("String #")? | WITH_STRING,
        }
    }
    if alert.channel == NOT_GIVEN || alert.destination == NOT_GIVEN {
        return Err(offer(context, &OPTIONS, "Must set alert chan and dest params."));
    }
    if alert.string == NOT_GIVEN {
        alert.string = 0;
    }
    ask(context, &SetAlert(alert)).await
}
