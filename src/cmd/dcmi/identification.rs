//! `dcmi asset_tag`, `set_asset_tag`, `get_mc_id_string` and `set_mc_id_string`: what the machine and its
//! controller are called (DCMI 1.5 section 6.4). Names go over the wire in parts of sixteen bytes.

use super::{ask, failed, offer_commands};
use crate::bmc::ExtensionError;
use crate::family::{Context, Status};
use crate::ipmi::CompletionCode;
use crate::ipmi::dcmi::{GetAssetTag, GetControllerId, GetText, SetAssetTag, SetControllerId, SetText, TEXT_PART};
use crate::ipmi::extension::Extension;
use crate::out::{Page, Report, bytes_of, text, until_nul};
use crate::put;
use serde::Serialize;

/// The longest name, the byte that ends a controller's included.
const LONGEST: usize = 64;

/// One of the two names, and what is said of it.
struct Kind {
    field: Field,
    /// What stands before the name when it is read, and when it is written.
    labels: [&'static str; 2],
    /// What is said when it cannot be read or written.
    complaints: [&'static str; 2],
    /// Bytes wanted when only the length is.
    least: u8,
    /// Completion codes that come with a part all the same.
    despite: &'static [CompletionCode],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    AssetTag,
    ControllerId,
}

const ASSET_TAG: Kind = Kind {
    field: Field::AssetTag,
    labels: ["Asset tag", "Set Asset Tag"],
    complaints: ["Error getting asset tag!", "\nError setting asset tag!"],
    least: 0,
    // The FRU holds the tag in another encoding.
    despite: &[CompletionCode(0x80), CompletionCode(0x81), CompletionCode(0x82), CompletionCode(0x83)],
};

const CONTROLLER_ID: Kind = Kind {
    field: Field::ControllerId,
    labels: ["Get Management Controller Identifier String", "Set Management Controller Identifier String Command"],
    complaints: [
        "Error getting management controller identifier string!",
        "Error setting management controller identifier string!",
    ],
    least: 1,
    despite: &[],
};

/// A name as far as it was read or written.
#[derive(Serialize)]
struct NameReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    asset_tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    controller_id: Option<String>,
    #[serde(skip)]
    label: &'static str,
    #[serde(skip)]
    bytes: Vec<u8>,
    #[serde(skip)]
    whole: bool,
}

impl NameReport {
    fn new(field: Field, label: &'static str, bytes: Vec<u8>, whole: bool) -> Self {
        let name = text(until_nul(&bytes));
        let (asset_tag, controller_id) = match field {
            Field::AssetTag => (Some(name), None),
            Field::ControllerId => (None, Some(name)),
        };
        NameReport { asset_tag, controller_id, label, bytes, whole }
    }
}

impl Report for NameReport {
    /// Reference: of a name that breaks off the beginning, without the end of the line.
    fn text(&self, page: &mut Page) {
        let end = if self.whole { "\n" } else { "" };
        put!(page, "\n {}: {}{end}", self.label, text(&self.bytes));
    }
}

/// `dcmi asset_tag`.
pub async fn asset_tag(context: &Context) -> Result<Status, Status> {
    get::<{ GetAssetTag::CMD }>(context, &ASSET_TAG).await
}

/// `dcmi get_mc_id_string`.
pub async fn controller_id(context: &Context) -> Result<Status, Status> {
    get::<{ GetControllerId::CMD }>(context, &CONTROLLER_ID).await
}

/// `dcmi set_asset_tag`.
pub async fn set_asset_tag(context: &Context, words: &[String]) -> Result<Status, Status> {
    let word = words.first().ok_or_else(|| offer_commands(context))?;
    set::<{ SetAssetTag::CMD }>(context, &ASSET_TAG, &bytes_of(word)).await
}

/// `dcmi set_mc_id_string`. The name ends with a NUL on its way, which is shown as well.
pub async fn set_controller_id(context: &Context, words: &[String]) -> Result<Status, Status> {
    let word = words.first().ok_or_else(|| offer_commands(context))?;
    let name = [&bytes_of(word), &[0][..]].concat();
    set::<{ SetControllerId::CMD }>(context, &CONTROLLER_ID, &name).await
}

/// Reads a name and shows it.
async fn get<const CMD: u8>(context: &Context, kind: &Kind) -> Result<Status, Status> {
    let complain = |_: &Status| context.out.error(kind.complaints[0]);
    let length = ask(context, &GetText::<CMD> { offset: 0, length: kind.least }).await;
    let total = length.inspect_err(complain)?.total;
    let mut name = Vec::new();
    let outcome = read::<CMD>(context, total, kind.despite, &mut name).await;
    context.out.report(&NameReport::new(kind.field, kind.labels[0], name, outcome.is_ok()));
    outcome.map_err(|error| failed(context, &error)).map(|()| Status::OK).inspect_err(complain)
}

/// Reads a name part by part. What is missing of a part is NUL.
async fn read<const CMD: u8>(
    context: &Context,
    total: u8,
    despite: &[CompletionCode],
    name: &mut Vec<u8>,
) -> Result<(), ExtensionError> {
    for offset in (0..total).step_by(usize::from(TEXT_PART)) {
        let length = (total - offset).min(TEXT_PART);
        let (_, part) = context.bmc.ask_despite(&GetText::<CMD> { offset, length }, despite).await?;
        name.extend(part.bytes.iter().take(usize::from(length)));
        name.resize(usize::from(offset) + usize::from(length), 0);
    }
    Ok(())
}

/// Writes a name and shows how much of it was written.
async fn set<const CMD: u8>(context: &Context, kind: &Kind, name: &[u8]) -> Result<Status, Status> {
    let complain = |_: &Status| context.out.error(kind.complaints[1]);
    if name.len() > LONGEST {
        context.out.error("\nValue is too long.");
        return Err(Status::FAILED).inspect_err(complain);
    }
    let mut written = 0;
    let outcome = write::<CMD>(context, kind.field, name, &mut written).await;
    context.out.report(&NameReport::new(kind.field, kind.labels[1], name[..written].to_vec(), outcome.is_ok()));
    outcome.map_err(|error| failed(context, &error)).map(|()| Status::OK).inspect_err(complain)
}

/// Writes a name part by part, and counts the bytes.
async fn write<const CMD: u8>(
    context: &Context,
    field: Field,
    name: &[u8],
    written: &mut usize,
) -> Result<(), ExtensionError> {
    // Over RMCP+ the session may end with the controller's old name.
    let may_be_silent = field == Field::ControllerId && context.bmc.interface() == "lanplus";
    for part in name.chunks(usize::from(TEXT_PART)) {
        let offset = u8::try_from(*written).unwrap_or(u8::MAX);
        match context.bmc.ask(&SetText::<CMD> { offset, part }).await {
            Err(error) if !may_be_silent => return Err(error),
            _ => *written += part.len(),
        }
    }
    Ok(())
}
