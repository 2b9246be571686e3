//! Asks the controller for the maps a command needs. What cannot be had is said, and counts as nothing.

use super::Selection;
use crate::bmc::CallError;
use crate::family::{Context, because};
use crate::ipmi::Command;
use crate::ipmi::firewall::{
    CommandMap, GetCommandEnables, GetCommandSupport, GetConfigurableCommands, GetConfigurableSubfunctions,
    GetNetFnSupport, GetSubfunctionEnables, GetSubfunctionSupport, Half, NetFnSupport, Scope, SubfunctionMap,
};
use std::collections::BTreeMap;

/// A map of 256 commands, as far as it could be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commands([Option<CommandMap>; 2]);

impl Commands {
    /// The bytes; zeros where there are none.
    pub fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (target, half) in bytes.chunks_mut(16).zip(self.0) {
            target.copy_from_slice(&half.unwrap_or_default());
        }
        bytes
    }

    /// A command's bit, where it could be had.
    pub fn bit(&self, command: u8) -> Option<bool> {
        let index = usize::from(command & 0x7f);
        self.0[usize::from(command >> 7)].map(|map| map[index / 8] & 1 << (index % 8) != 0)
    }
}

/// What is known of one network function of one logical unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// Commands that are not there.
    pub missing: Commands,
    /// Commands that can be switched.
    pub configurable: Commands,
    /// Commands that are on.
    pub enabled: Commands,
}

/// What is known of one command's sub-functions: those that are not there, can be switched, are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subfunctions {
    /// Not there.
    pub missing: SubfunctionMap,
    /// Can be switched.
    pub configurable: SubfunctionMap,
    /// On.
    pub enabled: SubfunctionMap,
}

/// What the controller has said.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Network functions by logical unit and number (even), where they are supported.
    pub pairs: BTreeMap<(u8, u8), Pair>,
    /// Of the one command that was asked for.
    pub subfunctions: Subfunctions,
}

impl Gathered {
    /// What is known of a pair; nothing where it is not supported.
    pub fn pair(&self, lun: u8, netfn: u8) -> Pair {
        self.pairs.get(&(lun, netfn & !1)).copied().unwrap_or_default()
    }
}

/// Asks for all that the selection is about.
pub async fn gather(context: &Context, selection: &Selection) -> Gathered {
    let mut gathered = Gathered::default();
    let support = match context.bmc.call(&GetNetFnSupport { channel: selection.channel }).await {
        Ok(support) => Some(support),
        Err(error) => {
            context.out.error(&format!("Get NetFn Support command failed{}", because(&error)));
            None
        }
    };
    let has = |lun, netfn| support.is_some_and(|support: NetFnSupport| support.has_netfn(lun, netfn));
    let scope = |netfn, lun| Scope { channel: selection.channel, netfn, lun };
    match (selection.lun, selection.netfn) {
        (Some(lun), Some(netfn)) => {
            if !has(lun, netfn) {
                context.out.error(&format!("LUN or LUN/NetFn pair {lun},{netfn} not supported"));
                return gathered;
            }
            let (pair, complete) = read_pair(context, scope(netfn, lun)).await;
            gathered.pairs.insert((lun, netfn & !1), pair);
            if let (true, Some(command)) = (complete, selection.command) {
                gathered.subfunctions = read_subfunctions(context, scope(netfn, lun), command).await;
            }
        }
        (lun, _) => {
            for lun in lun.map_or(0..4, |lun| lun..lun + 1) {
                for netfn in (0..64).step_by(2).filter(|netfn| has(lun, *netfn)) {
                    // A pair that cannot be asked for in full does not count.
                    if let (pair, true) = read_pair(context, scope(netfn, lun)).await {
                        gathered.pairs.insert((lun, netfn), pair);
                    }
                }
            }
        }
    }
    gathered
}

/// Reads the three maps of a pair, and whether nothing was amiss.
async fn read_pair(context: &Context, scope: Scope) -> (Pair, bool) {
    let missing = both(context, scope, "Get Command Support", GetCommandSupport).await;
    let configurable = both(context, scope, "Get Configurable Command", GetConfigurableCommands).await;
    let enabled = both(context, scope, "Get Command Enables", GetCommandEnables).await;
    let complete = [missing, configurable, enabled].iter().all(|map| map.0.iter().all(Option::is_some));
    (Pair { missing, configurable, enabled }, complete)
}

/// Both halves of a map; the second is not asked for when the first cannot be had.
async fn both<C: Command<Reply = CommandMap>>(
    context: &Context,
    scope: Scope,
    what: &str,
    command: fn(Scope, Half) -> C,
) -> Commands {
    let mut commands = Commands::default();
    for (index, half) in [Half::Low, Half::High].into_iter().enumerate() {
        match context.bmc.call(&command(scope, half)).await {
            Ok(map) => commands.0[index] = Some(map),
            Err(error) => {
                command_failure(context, what, scope, index, &error);
                break;
            }
        }
    }
    commands
}

/// Says why a half of a map could not be read or written.
pub fn command_failure(context: &Context, what: &str, scope: Scope, half: usize, error: &CallError) {
    let Scope { lun, netfn, .. } = scope;
    let why = because(error);
    context.out.error(&format!("{what} (LUN={lun}, NetFn={netfn}, op={half}) command failed{why}"));
}

/// Says why a map of sub-functions could not be read or written.
pub fn subfunction_failure(context: &Context, what: &str, scope: Scope, command: u8, error: &CallError) {
    let Scope { lun, netfn, .. } = scope;
    let why = because(error);
    context.out.error(&format!("{what} (LUN={lun}, NetFn={netfn}, command={command}) command failed{why}"));
}

async fn read_subfunctions(context: &Context, scope: Scope, command: u8) -> Subfunctions {
    let said = |what, outcome: Result<SubfunctionMap, CallError>| {
        outcome.unwrap_or_else(|error| {
            subfunction_failure(context, what, scope, command, &error);
            SubfunctionMap::default()
        })
    };
    let bmc = &context.bmc;
    Subfunctions {
        missing: said("Get Command Sub-function Support", bmc.call(&GetSubfunctionSupport(scope, command)).await),
        configurable: said(
            "Get Configurable Command Sub-function",
            bmc.call(&GetConfigurableSubfunctions(scope, command)).await,
        ),
        enabled: said("Get Command Sub-function Enables", bmc.call(&GetSubfunctionEnables(scope, command)).await),
    }
}
