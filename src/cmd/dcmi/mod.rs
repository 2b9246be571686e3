//! `dcmi`: power, temperatures and identification as the Data Center Management Interface has them.

mod configuration;
mod discover;
mod identification;
mod limit;
mod power;
mod presence;
mod sensors;
mod temperature;
mod thermal;

use crate::bmc::ExtensionError;
use crate::cli::choices::Choices;
use crate::family::{Context, Family, Owned, Running, Status};
use crate::ipmi::extension::Extension;
use crate::out::completion_text;
use crate::tables::dcmi::COMPLETION_CODES;
use std::borrow::Cow;

/// The `dcmi` family.
pub const DCMI: Family = Family { name: "dcmi", summary: Some("Data Center Management Interface"), tree, run };

#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaf {
    Discover,
    Power,
    Sensors,
    AssetTag,
    SetAssetTag,
    ControllerId,
    SetControllerId,
    ThermalPolicy,
    Temperatures,
    Configuration,
    SetConfiguration,
    Presence,
}

static COMMANDS: Choices<Leaf> = Choices(&[
    ("discover", Leaf::Discover, "Used to discover supported DCMI capabilities"),
    ("power", Leaf::Power, "Platform power limit command options"),
    ("sensors", Leaf::Sensors, "Prints the available DCMI sensors"),
    ("asset_tag", Leaf::AssetTag, "Prints the platform's asset tag"),
    ("set_asset_tag", Leaf::SetAssetTag, "Sets the platform's asset tag"),
    ("get_mc_id_string", Leaf::ControllerId, "Get management controller ID string"),
    ("set_mc_id_string", Leaf::SetControllerId, "Set management controller ID string"),
    ("thermalpolicy", Leaf::ThermalPolicy, "Thermal policy get/set"),
    ("get_temp_reading", Leaf::Temperatures, "Get Temperature Readings"),
    ("get_conf_param", Leaf::Configuration, "Get DCMI Config Parameters"),
    ("set_conf_param", Leaf::SetConfiguration, "Set DCMI Config Parameters"),
    ("oob_discover", Leaf::Presence, "Ping/Pong Message for DCMI Discovery"),
]);

const TITLE: &str = "Data Center Management Interface commands";

fn tree() -> clap::Command {
    COMMANDS
        .tree("dcmi")
        .mut_subcommand("power", |power| power.subcommands(power::COMMANDS.commands()))
        .mut_subcommand("thermalpolicy", |policy| policy.subcommands(thermal::COMMANDS.commands()))
        .mut_subcommand("set_conf_param", |set| set.subcommands(configuration::PARAMETERS.commands()))
}

const WORDS: Owned = Owned { name: "DCMI", silence: "Unable to get DCMI information", reason };

/// What a completion code means: DCMI's own meanings, from 80h on, before the general ones.
fn reason(code: u8) -> Cow<'static, str> {
    if (0x80..=0x8f).contains(&code) { COMPLETION_CODES.name(code) } else { completion_text(code) }
}

/// Says why a request failed.
fn failed(context: &Context, error: &ExtensionError) -> Status {
    WORDS.failure(context, error)
}

/// Sends a command; what is wrong with its answer has been said when there is none.
async fn ask<E: Extension>(context: &Context, command: &E) -> Result<E::Reply, Status> {
    context.bmc.ask(command).await.map_err(|error| failed(context, &error))
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        // Reference: what is refused early ends at once, everything else with a blank line.
        match run_leaf(context, words).await {
            Ok(status) => {
                context.out.print("\n");
                status
            }
            Err(status) => status,
        }
    })
}

/// Runs a leaf: the status after which a blank line ends the output, or the one that ends it at once.
async fn run_leaf(context: &Context, words: &[String]) -> Result<Status, Status> {
    let Some((leaf, words)) = words.split_first().and_then(|(word, rest)| Some((COMMANDS.find(word)?, rest))) else {
        return Err(offer_commands(context));
    };
    match leaf {
        Leaf::Discover => discover::discover(context).await,
        Leaf::Power => power::run(context, words).await,
        Leaf::Sensors => Ok(sensors::sensors(context).await),
        Leaf::AssetTag => identification::asset_tag(context).await,
        Leaf::SetAssetTag => identification::set_asset_tag(context, words).await,
        Leaf::ControllerId => identification::controller_id(context).await,
        Leaf::SetControllerId => identification::set_controller_id(context, words).await,
        Leaf::ThermalPolicy => Ok(thermal::run(context, words).await.into()),
        Leaf::Temperatures => Ok(temperature::readings(context).await),
        Leaf::Configuration => configuration::show(context).await,
        Leaf::SetConfiguration => configuration::set(context, words).await,
        Leaf::Presence => presence::ping(context).await,
    }
}

fn offer_commands(context: &Context) -> Status {
    COMMANDS.offer(&context.out, TITLE);
    Status::FAILED
}

/// Says that a word is not what it should be.
fn invalid(context: &Context, what: &str, word: &str) -> Status {
    context.out.error(&format!("Given {what} '{word}' is invalid."));
    Status::FAILED
}
