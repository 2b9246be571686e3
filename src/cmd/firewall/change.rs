//! `firewall enable`, `disable` and `reset`.

use super::gather::{Gathered, Pair, Subfunctions, command_failure, gather, subfunction_failure};
use super::{Selection, USAGE};
use crate::family::{Context, Status};
use crate::ipmi::firewall::{Half, Scope, SetCommandEnables, SetSubfunctionEnables, SubfunctionMap};
use crate::out::Level;

/// The byte of a map that holds the commands which switch commands.
const OWN_COMMANDS: usize = 0x60 / 8;

fn usage(context: &Context, enable: bool) {
    let (verb, force) = if enable { ("enable", "") } else { ("disable", " [force]") };
    let say = |line: &str| context.out.println(line);
    say(&format!("{verb} [channel H] lun L netfn N{force}"));
    say(&format!("\t{verb} all commands on this LUN/NetFn pair"));
    say(&format!("{verb} [channel H] lun L netfn N command C{force}"));
    say(&format!("\t{verb} Command C and all its Sub-functions for this LUN/NetFn pair"));
    say(&format!("{verb} [channel H] lun L netfn N command C subfn S"));
    say(&format!("\t{verb} Sub-function S for Command C for this LUN/NetFn pair"));
    if !enable {
        say("* force will allow you to disable the \"Command Set Enable\" command");
        say("\tthereby letting you shoot yourself in the foot");
        say("\tthis is only recommended for advanced users");
    }
}

/// `firewall enable` and `disable`.
pub async fn run(context: &Context, words: &[String], enable: bool) -> Status {
    if words.first().is_none_or(|word| word == "help") {
        usage(context, enable);
        return Status::OK;
    }
    let Some(selection) = Selection::parse(context, words) else { return Status::FAILED };
    let gathered = gather(context, &selection).await;
    // Reference: with no network function there is nothing to do, and that is fine.
    let (Some(lun), Some(netfn)) = (selection.lun, selection.netfn) else { return Status::OK };
    let scope = Scope { channel: selection.channel, netfn, lun };
    let pair = gathered.pair(lun, netfn);
    let all = if enable { 0xff } else { 0 };
    let done = match (selection.command, selection.subfunction) {
        (Some(command), Some(number)) => {
            let mut wanted = gathered.subfunctions.enabled;
            set_bit(&mut wanted, number, enable);
            set_subfunctions(context, scope, command, &gathered.subfunctions, wanted).await
        }
        (Some(command), None) => {
            let first = set_subfunctions(context, scope, command, &gathered.subfunctions, [all; 4]).await;
            let mut wanted = pair.enabled.bytes();
            set_bit(&mut wanted, command, enable);
            set_commands(context, scope, &pair, wanted, selection.force).await & first
        }
        (None, _) => set_commands(context, scope, &pair, [all; 32], selection.force).await,
    };
    if done { Status::OK } else { Status::FAILED }
}

fn set_bit(map: &mut [u8], index: u8, value: bool) {
    let (byte, mask) = (usize::from(index / 8), 1 << (index % 8));
    map[byte] = map[byte] & !mask | if value { mask } else { 0 };
}

/// `firewall reset`: everything of every network function, supported or not. Reference: the last outcome counts.
pub async fn reset(context: &Context, words: &[String]) -> Status {
    let out = &context.out;
    match words.first().map(String::as_str) {
        None => return context.too_few(&USAGE),
        Some("help") => {
            out.notices(&USAGE);
            return Status::OK;
        }
        Some(_) => {}
    }
    let Some(selection) = Selection::parse(context, words) else { return Status::FAILED };
    let gathered = gather(context, &selection).await;
    let mut done = true;
    for lun in 0..4 {
        for number in 0..32 {
            let scope = Scope { channel: selection.channel, netfn: 2 * number, lun };
            for command in 0..=u8::MAX {
                out.println(&format!("reset lun {lun}, netfn {number}, command {command}, subfn"));
                let now = asked_for(&selection, &gathered, scope, command);
                set_subfunctions(context, scope, command, &now, [0xff; 4]).await;
            }
            out.println(&format!("reset lun {lun}, netfn {number}, command"));
            let pair = gathered.pair(lun, scope.netfn);
            done = set_commands(context, scope, &pair, [0xff; 32], false).await;
        }
    }
    if done { Status::OK } else { Status::FAILED }
}

/// The sub-functions of a command, which are known only of the one that was named.
fn asked_for(selection: &Selection, gathered: &Gathered, scope: Scope, command: u8) -> Subfunctions {
    let named = selection.netfn.map(|netfn| netfn & !1) == Some(scope.netfn)
        && selection.lun == Some(scope.lun)
        && selection.command == Some(command);
    if named { gathered.subfunctions } else { Subfunctions::default() }
}

/// Writes the commands that are to be on; those that cannot be switched stay as they are.
async fn set_commands(context: &Context, scope: Scope, pair: &Pair, wanted: [u8; 32], force: bool) -> bool {
    let (configurable, enabled) = (pair.configurable.bytes(), pair.enabled.bytes());
    log_maps(context, [&pair.missing.bytes(), &configurable, &enabled, &wanted]);
    let mut enables: [u8; 32] =
        std::array::from_fn(|index| configurable[index] & wanted[index] | !configurable[index] & enabled[index]);
    if !force {
        // Reference: what is meant to keep the switching commands on switches them off.
        enables[OWN_COMMANDS] = !configurable[OWN_COMMANDS] & enabled[OWN_COMMANDS];
    }
    log_map(context, "enable mask after: ", &enables, false);
    let (halves, _) = enables.as_chunks::<16>();
    for (index, (half, map)) in [Half::Low, Half::High].into_iter().zip(halves).enumerate() {
        if let Err(error) = context.bmc.call(&SetCommandEnables(scope, half, *map)).await {
            command_failure(context, "Set Command Enables", scope, index, &error);
            return false;
        }
    }
    true
}

async fn set_subfunctions(
    context: &Context,
    scope: Scope,
    command: u8,
    now: &Subfunctions,
    wanted: SubfunctionMap,
) -> bool {
    log_maps(context, [&now.missing, &now.configurable, &now.enabled, &wanted]);
    let enables: SubfunctionMap = std::array::from_fn(|index| {
        now.configurable[index] & wanted[index] | !now.configurable[index] & now.enabled[index]
    });
    log_map(context, "enable mask after: ", &enables, false);
    match context.bmc.call(&SetSubfunctionEnables(scope, command, enables)).await {
        Ok(()) => true,
        Err(error) => {
            subfunction_failure(context, "Set Command Sub-function Enables", scope, command, &error);
            false
        }
    }
}

fn log_maps(context: &Context, [missing, configurable, enabled, wanted]: [&[u8]; 4]) {
    log_map(context, "support:            ", missing, true);
    log_map(context, "configurable:       ", configurable, false);
    log_map(context, "enabled:            ", enabled, false);
    log_map(context, "enable mask before: ", wanted, false);
}

/// Reference: every byte is a message of its own, and so are the blanks between them.
fn log_map(context: &Context, title: &str, map: &[u8], invert: bool) {
    let out = &context.out;
    if !out.shows(Level::Info) {
        return;
    }
    out.info(title);
    for bytes in map.chunks(4) {
        bytes.iter().for_each(|byte| out.info(&format!("{:02x}", if invert { !byte } else { *byte })));
        out.info(" ");
    }
    out.info("\n");
}
