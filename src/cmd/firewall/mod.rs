//! `firewall`: which commands the controller takes, and which of them are switched off.

mod change;
mod gather;
mod info;

use super::arguments::{self, THIS_CHANNEL};
use super::tree::{self, Choice, Rest};
use crate::cli::number;
use crate::family::{Context, Family, Running, Status};
use clap::Subcommand;

/// The `firewall` family.
pub const FIREWALL: Family = Family {
    name: "firewall",
    summary: Some("Configure Firmware Firewall"),
    tree: || tree::bare::<Leaf>("firewall"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// Show which commands there are, can be switched, are on
    Info(Rest),
    /// Switch commands on
    Enable(Rest),
    /// Switch commands off
    Disable(Rest),
    /// Switch everything on
    Reset(Rest),
    /// List the commands
    Help(Rest),
}

const USAGE: [&str; 8] = [
    "Firmware Firewall Commands:",
    "\tinfo [channel H] [lun L]",
    "\tinfo [channel H] [lun L [netfn N [command C [subfn S]]]]",
    "\tenable [channel H] [lun L [netfn N [command C [subfn S]]]]",
    "\tdisable [channel H] [lun L [netfn N [command C [subfn S]]]] [force])",
    "\treset [channel H]",
    "\t\twhere H is a Channel, L is a LUN, N is a NetFn,",
    "\t\tC is a Command and S is a Sub-Function",
];

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match tree::choose::<Leaf>(words) {
            Choice::Chosen(Leaf::Info(rest)) => info::run(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Enable(rest)) => change::run(context, &tree::rest(rest), true).await,
            Choice::Chosen(Leaf::Disable(rest)) => change::run(context, &tree::rest(rest), false).await,
            Choice::Chosen(Leaf::Reset(rest)) => change::reset(context, &tree::rest(rest)).await,
            Choice::Chosen(Leaf::Help(_)) | Choice::Missing | Choice::Unknown(_) => {
                context.out.notices(&USAGE);
                Status::OK
            }
        }
    })
}

/// What a command is about. Each part needs the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Selection {
    channel: u8,
    lun: Option<u8>,
    netfn: Option<u8>,
    command: Option<u8>,
    subfunction: Option<u8>,
    /// Whether the command that switches commands may be switched off too.
    force: bool,
}

/// A number among the words; a negative one stands for none.
#[derive(Clone, Copy)]
struct Part {
    word: &'static str,
    limit: i32,
    value: Option<i32>,
}

impl Selection {
    /// Reads the words, in any order; unknown ones are passed over. What is wrong has been said when there is
    /// nothing.
    fn parse(context: &Context, words: &[String]) -> Option<Selection> {
        let out = &context.out;
        let mut selection = Selection { channel: THIS_CHANNEL, ..Selection::default() };
        let part = |word, limit| Part { word, limit, value: None };
        let mut parts = [part("subfn", 32), part("command", 256), part("netfn", 64), part("lun", 4)];
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if word == "force" {
                selection.force = true;
                continue;
            }
            let mut part = parts.iter_mut().find(|part| part.word == word);
            if part.is_none() && word != "channel" {
                continue;
            }
            let Some(value) = words.next() else {
                if word == "subfn" {
                    break;
                }
                out.error("Not enough parameters given.");
                return None;
            };
            match &mut part {
                None => selection.channel = arguments::channel(context, value)?,
                Some(part) => {
                    let Ok(number) = number::parse_i32(value) else {
                        out.error(&format!("Given {word} '{value}' is invalid."));
                        return None;
                    };
                    part.value = Some(number).filter(|number| *number >= 0);
                }
            }
        }
        if let Some(part) = parts.iter().find(|part| part.value.is_some_and(|value| value >= part.limit)) {
            out.error(&format!("{} is out of range (0-{})", part.word, part.limit - 1));
            return None;
        }
        let [subfunction, command, netfn, lun] =
            parts.map(|part| part.value.and_then(|value| u8::try_from(value).ok()));
        for (part, needed, name) in [
            (netfn, lun, ["netfn", "lun"]),
            (command, netfn, ["command", "netfn"]),
            (subfunction, command, ["subfn", "command"]),
        ] {
            if part.is_some() && needed.is_none() {
                out.error(&format!("if {} is set, so must be {}", name[0], name[1]));
                return None;
            }
        }
        Some(Selection { lun, netfn, command, subfunction, ..selection })
    }
}
