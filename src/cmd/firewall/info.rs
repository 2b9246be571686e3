//! `firewall info`: maps of commands, or one command in detail.

use super::Selection;
use super::gather::{Pair, Subfunctions, gather};
use crate::family::{Context, Status};
use crate::out::{Page, Report, hex_bytes};
use crate::{line, put};
use serde::Serialize;

const USAGE: [&str; 13] = [
    "info [channel H]",
    "\tList all of the firewall information for all LUNs, NetFns",
    "\tand Commands, This is a long list and is not very human readable.",
    "info [channel H] lun L",
    "\tThis also prints a long list that is not very human readable.",
    "info [channel H] lun L netfn N",
    "\tThis prints out information for a single LUN/NetFn pair.",
    "\tThat is not really very usable, but at least it is short.",
    "info [channel H] lun L netfn N command C",
    "\tThis is the one you want -- it prints out detailed human",
    "\treadable information.  It shows the support, configurable, and",
    "\tenabled bits for the Command C on LUN/NetFn pair L,N and the",
    "\tsame information about each of its Sub-functions.",
];

/// The commands of one pair, a bit each from command 0 on, as hexadecimal bytes.
#[derive(Serialize)]
struct PairMaps {
    lun: u8,
    netfn: u8,
    support: String,
    configurable: String,
    enabled: String,
    #[serde(skip)]
    maps: [[u8; 32]; 3],
    /// Whether it is the only one.
    #[serde(skip)]
    alone: bool,
}

impl PairMaps {
    fn new(lun: u8, netfn: u8, pair: &Pair, alone: bool) -> Self {
        let support = pair.missing.bytes().map(|byte| !byte);
        let maps = [support, pair.configurable.bytes(), pair.enabled.bytes()];
        let [support, configurable, enabled] = maps.map(|map| hex_bytes(&map));
        PairMaps { lun, netfn, support, configurable, enabled, maps, alone }
    }
}

impl Report for PairMaps {
    fn text(&self, page: &mut Page) {
        if self.alone {
            line!(page, "Commands on LUN 0x{:02x}, NetFn 0x{:02x}", self.lun, self.netfn);
        }
        for (label, map) in ["support:      ", "configurable: ", "enabled:      "].iter().zip(self.maps) {
            if !self.alone {
                put!(page, "{:02x},{:02x} ", self.lun, self.netfn);
            }
            put!(page, "{label}");
            map.chunks(4).for_each(|bytes| put!(page, "{} ", hex_bytes(bytes)));
            line!(page);
        }
    }
}

/// One command and its sub-functions.
#[derive(Serialize)]
struct CommandDetail {
    lun: u8,
    netfn: u8,
    command: u8,
    #[serde(flatten)]
    state: Switch,
    subfunctions: Vec<Switch>,
}

/// What is known of a command or a sub-function.
#[derive(Serialize)]
struct Switch {
    available: bool,
    configurable: bool,
    enabled: bool,
}

impl Switch {
    fn show(&self, page: &mut Page) {
        let mark = |flag| if flag { 'X' } else { ' ' };
        line!(page, "| {} | {} | {} |", mark(self.available), mark(self.configurable), mark(self.enabled));
    }

    fn subfunction(maps: &Subfunctions, number: usize) -> Self {
        let bit = |map: &[u8; 4]| map[number / 8] & 1 << (number % 8) != 0;
        Switch { available: !bit(&maps.missing), configurable: bit(&maps.configurable), enabled: bit(&maps.enabled) }
    }
}

impl Report for CommandDetail {
    fn text(&self, page: &mut Page) {
        line!(page, "(A)vailable, (C)onfigurable, (E)nabled: | A | C | E |");
        line!(page, "-----------------------------------------------------");
        put!(page, "LUN {}, NetFn 0x{:02x}, Command 0x{:02x}:        ", self.lun, self.netfn, self.command);
        self.state.show(page);
        for (number, subfunction) in self.subfunctions.iter().enumerate() {
            put!(page, "sub-function 0x{number:02x}:                      ");
            subfunction.show(page);
        }
    }
}

/// `firewall info`. Reference: whatever goes wrong, it succeeds.
pub async fn run(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    let help = words.first().is_some_and(|word| word == "help");
    let Some(selection) = (!help).then(|| Selection::parse(context, words)).flatten() else {
        out.notices(&USAGE);
        return Status::OK;
    };
    let gathered = gather(context, &selection).await;
    match selection {
        Selection { lun: Some(lun), netfn: Some(netfn), command: Some(command), .. } => {
            let pair = gathered.pair(lun, netfn);
            let state = Switch {
                available: pair.missing.bit(command) == Some(false),
                configurable: pair.configurable.bit(command) == Some(true),
                enabled: pair.enabled.bit(command) == Some(true),
            };
            if !(state.available || state.configurable || state.enabled) {
                out.error(&format!("Command 0x{command:02x} not supported on LUN/NetFn pair {lun:02x},{netfn:02x}"));
                return Status::OK;
            }
            let maps = &gathered.subfunctions;
            let subfunctions = (0..32).map(|number| Switch::subfunction(maps, number)).collect();
            out.report(&CommandDetail { lun, netfn, command, state, subfunctions });
        }
        Selection { lun: Some(lun), netfn: Some(netfn), .. } => match gathered.pairs.get(&(lun, netfn & !1)) {
            Some(pair) => out.report(&PairMaps::new(lun, netfn, pair, true)),
            None => out.error(&format!("LUN or LUN/NetFn pair {lun:02x},{netfn:02x} not supported")),
        },
        _ => {
            let rows = out.list();
            for ((lun, netfn), pair) in &gathered.pairs {
                rows.push(&PairMaps::new(*lun, *netfn, pair, false));
            }
        }
    }
    Status::OK
}
