//! `nm discover`: which Node Manager there is.

use super::ask;
use crate::cli::choices::Choices;
use crate::family::{Context, Status};
use crate::ipmi::node_manager::{GetVersion, Version};
use crate::line;
use crate::out::{Page, Report};
use crate::tables::named;
use serde::Serialize;
use std::borrow::Cow;

static VERSIONS: Choices<u8> =
    Choices(&[("1.0", 1, ""), ("1.5", 2, ""), ("2.0", 3, ""), ("2.5", 4, ""), ("3.0", 5, "")]);

#[derive(Serialize)]
struct VersionReport {
    version: u8,
    version_name: Cow<'static, str>,
    interface_version: u8,
    firmware_revision: String,
    patch: u8,
}

impl From<Version> for VersionReport {
    fn from(version: Version) -> Self {
        VersionReport {
            version: version.version,
            version_name: named(VERSIONS.word(version.version), u32::from(version.version)),
            interface_version: version.interface,
            firmware_revision: format!("{}.{}{}", version.major, version.minor >> 4, version.minor & 0x0f),
            patch: version.patch,
        }
    }
}

impl Report for VersionReport {
    fn text(&self, page: &mut Page) {
        line!(page, "    Node Manager Version {}", self.version_name);
        line!(page, "    revision {}  patch version {}", self.firmware_revision, self.patch);
    }
}

/// `nm discover`.
pub async fn discover(context: &Context) -> Result<(), Status> {
    let version = ask(context, &GetVersion).await?;
    context.out.report(&VersionReport::from(version));
    Ok(())
}
