//! From the options to an open transport.

use crate::cli::{AddressFamily, Options, PrivilegeLevel, Secret};
use crate::ipmi::BMC_ADDRESS;
use crate::out::{Level, Output, bytes_of, readable};
use crate::protocol::Key;
use crate::sim::{Profile, SimulatedBmc};
use crate::transport::open::OpenOptions;
use crate::transport::sim::SimTransport;
use crate::transport::udp::{IpVersion, LanOptions};
use crate::transport::{self, Observer, OpenError, SharedObserver, Transport};
use std::sync::Arc;

impl Observer for Output {
    fn verbosity(&self) -> i32 {
        self.verbose()
    }

    fn log(&self, level: Level, text: &str) {
        Output::log(self, level, text);
    }
}

/// Whether an interface of this name can be loaded.
pub fn is_known(name: &str) -> bool {
    name == "sim" || crate::cli::INTERFACES.iter().any(|interface| interface.name == name)
}

/// Opens the way to the BMC. What the user is to read has been said when this fails.
///
/// # Errors
/// [`OpenError`].
pub async fn open(name: &str, options: &Options, out: &Output) -> Result<Box<dyn Transport>, OpenError> {
    let observer: SharedObserver = Arc::new(out.clone());
    match name {
        "open" => transport::open::open(open_options(options), observer).await,
        "sim" => Ok(Box::new(SimTransport::new(SimulatedBmc::new(profile(options, out)?)))),
        "lan" => transport::lan::open(&lan_options(name, options), observer).await,
        "lanplus" => transport::lanplus::open(&lan_options(name, options), observer).await,
        "dummy" => transport::dummy::open(&dummy_socket(), observer).await,
        _ => {
            super::absent::refuse(name, options, out);
            Err(OpenError)
        }
    }
}

/// The simulated machine: the default server, or what `-D FILE` describes.
fn profile(options: &Options, out: &Output) -> Result<Profile, OpenError> {
    let Some(path) = &options.device_file else { return Ok(Profile::default()) };
    let read = std::fs::read_to_string(path).map_err(Into::into).and_then(|text| Profile::parse(&text));
    read.map_err(|error| {
        out.error(&format!("{path}: {error}"));
        OpenError
    })
}

/// The socket of `-I dummy`.
fn dummy_socket() -> std::path::PathBuf {
    std::env::var_os("IPMI_DUMMY_SOCK").map_or_else(|| transport::dummy::DEFAULT_SOCKET.into(), Into::into)
}

/// What the kernel's driver needs of the options.
fn open_options(options: &Options) -> OpenOptions {
    let my_addr = if options.my_addr == 0 { BMC_ADDRESS } else { options.my_addr };
    OpenOptions { device: options.device, my_addr }
}

/// What the LAN interfaces need of the options.
fn lan_options(name: &str, options: &Options) -> LanOptions {
    let key = |secret: &Secret| Key::new(secret.expose());
    LanOptions {
        host: options.host.clone().map(|host| readable(&host)),
        port: options.port,
        ip_version: match options.address_family {
            AddressFamily::Any => IpVersion::Any,
            AddressFamily::V4 => IpVersion::V4,
            AddressFamily::V6 => IpVersion::V6,
        },
        user: options.user.as_deref().map(|user| bytes_of(user).into_owned()).unwrap_or_default(),
        password: options.password.as_ref().map(key),
        kg: key(&options.kg),
        privilege: options.privilege.unwrap_or(PrivilegeLevel::ADMINISTRATOR).0,
        auth: options.auth_type.map(|auth| auth.0),
        suite: options.cipher_suite,
        lookup_by_privilege: options.lookup_by_privilege,
        retry: options.retry,
        timeout: options.timeout,
        my_addr: options.my_addr,
        quirks: super::oem::quirks(super::oem::named(options.oem.as_deref()), name),
    }
}
