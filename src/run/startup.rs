//! What happens between the options and the command, in the reference's order.

use super::ending::{Causes, Exit};
use super::{absent, connect};
use crate::bmc::preamble::{self, GroupRefusal, GroupVersion};
use crate::bmc::{Bmc, EventMap, Extensions};
use crate::cli::{AuthType, OemType, Options, Secret, Surroundings};
use crate::cmd;
use crate::family::{ConsoleSettings, Context, Memory, Settings, Status};
use crate::ipmi::{BMC_ADDRESS, CompletionCode, Route};
use crate::oem::hooks::{self, set_large_buffer};
use crate::out::{Output, completion_text, text};
use std::borrow::Cow;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::time::Instant;

/// The character that introduces an escape in a SOL session, unless `-e` says otherwise.
const SOL_ESCAPE: u8 = b'~';

/// Opens the interface the options choose, runs the words, and closes. What ends it early ends it
/// wherever it is; the session is closed even so.
pub async fn run(argv0: &str, mut options: Options, words: Vec<String>, out: Output, started: Instant) -> Exit {
    // A human at a prompt is not hurried, and nothing is open yet that an interrupt would have to close.
    ask_for_password(&mut options);
    let mut causes = Causes::new(options.deadline, started);
    causes.insist();
    let prepared = tokio::select! {
        prepared = prepare(argv0, &mut options, out.clone()) => prepared,
        cause = causes.next() => return cause.exit(interface_of(&options), &out),
    };
    let mut context = match prepared {
        Ok(context) => context,
        Err(status) => return Exit::Status(status),
    };
    let ended = tokio::select! {
        status = cmd::dispatch(&mut context, &words) => Ok(status),
        cause = causes.next() => Err(cause),
    };
    match ended {
        Ok(status) => {
            let close = async {
                if options.large_buffer != 0 && is_kontron(&options) {
                    set_large_buffer(&context.bmc, 0, &out).await;
                }
                context.bmc.close().await;
            };
            tokio::select! {
                () = close => Exit::Status(status),
                // The command is done: that its session is not closed in time is no failure of it.
                cause = causes.next() => {
                    context.bmc.close_within(cause.patience()).await;
                    Exit::Status(status)
                }
            }
        }
        Err(cause) => {
            let exit = cause.exit(context.bmc.interface(), &out);
            context.bmc.close_within(cause.patience()).await;
            exit
        }
    }
}

/// Whether the machine needs Kontron's command for long messages.
fn is_kontron(options: &Options) -> bool {
    options.oem.as_deref() == Some(OemType::Kontron.name())
}

/// The interface the options choose.
pub fn interface_of(options: &Options) -> &str {
    match (&options.interface, &options.host) {
        (Some(name), _) => name,
        (None, Some(_)) => "lan",
        (None, None) => "open",
    }
}

/// Everything before the command. The status of a refusal, when there will be none.
async fn prepare(argv0: &str, options: &mut Options, out: Output) -> Result<Context, Status> {
    let refused = Status(options.refusal.unwrap_or(-1));
    let name = interface_of(options).to_owned();
    if let Some(password) = &options.password
        && let Some(limit) = password_limit(&name)
        && password.expose().len() > limit
    {
        out.error(&format!("{name}: password is longer than {limit} bytes."));
        return Err(Status::FAILED);
    }
    if !connect::is_known(&name) {
        out.error(&format!("Error loading interface {name}"));
        return Err(refused);
    }
    if absent::refuse_to_load(&name, &out) {
        return Err(refused);
    }
    // Reference: it reads its whole registry of enterprise numbers here; ours is looked into when a name is shown.
    out.info("Loading IANA PEN Registry...");
    let oem = match options.oem.as_deref().map(|word| OemType::named(word).ok_or(word)) {
        Some(Err(word)) => {
            out.error(&format!("OEM setup for \"{word}\" failed"));
            return Err(refused);
        }
        Some(Ok(oem)) => Some(oem),
        None => None,
    };
    let mut event_map = EventMap::default();
    if oem == Some(OemType::Ibm) && !ibm_event_map(&mut event_map, &out) {
        out.error("OEM setup for \"ibm\" failed");
        return Err(refused);
    }
    options.auth_type = options.auth_type.or(super::oem::auth_type(oem));
    if options.auth_type == Some(AuthType::NONE) {
        options.password = None;
    }
    let Ok(transport) = connect::open(&name, options, &out).await else { return Err(refused) };
    let my_addr = if options.my_addr == 0 { BMC_ADDRESS } else { options.my_addr };
    // Reference: until the addresses are settled the target is the BMC's usual one, from whatever address
    // this side speaks; only the kernel's driver is asked for "the BMC", wherever that is.
    let target_addr = if name == "open" { 0 } else { BMC_ADDRESS };
    let mut bmc = Bmc::new(transport, Route { my_addr, target_addr, ..Route::direct() });
    hooks::accustom(&mut bmc);
    if !address(&mut bmc, options, oem, &out).await {
        return Err(refused);
    }
    if let Some(word) = &options.sdr_cache {
        cmd::load_sdr_cache(&bmc, &out, word);
    }
    if let Some(word) = &options.sel_oem {
        // Reference: the command runs without the map when it cannot be read.
        read_event_map(&mut event_map, word, &out);
    }
    if options.large_buffer != 0 && (!is_kontron(options) || set_large_buffer(&bmc, options.large_buffer, &out).await) {
        out.println(&format!("Setting large buffer to {}", options.large_buffer));
        if options.large_buffer < 25 {
            out.error(&format!("Request size is too small ({}), leave default size", options.large_buffer));
        } else {
            bmc.set_max_request(options.large_buffer);
        }
    } else {
        options.large_buffer = 0;
    }
    let settings = Settings {
        lun: options.lun,
        sol_escape: options.sol_escape.unwrap_or(SOL_ESCAPE),
        verify: options.verify,
        console: ConsoleSettings {
            options: super::oem::console_options(oem),
            none_is_all: super::oem::none_is_all(oem),
            keepalive: !super::oem::passes_through(oem),
            reconnect: options.reconnect,
            transcript: options.transcript.clone(),
        },
        program: argv0.rsplit('/').next().unwrap_or(argv0).to_owned(),
        event_map,
    };
    Ok(Context { bmc, out, settings, memory: Memory::default() })
}

/// IBM's event map, from the file the environment names. False when there is none.
fn ibm_event_map(map: &mut EventMap, out: &Output) -> bool {
    match std::env::var_os("IPMI_OEM_IBM_DATAFILE") {
        Some(word) => read_event_map(map, &text(word.as_bytes()), out),
        None => {
            out.error("Unable to read IPMI_OEM_IBM_DATAFILE from environment");
            false
        }
    }
}

/// Reads an event map in the place of another one, which stays when the file cannot be opened. False
/// when it could not be read.
fn read_event_map(map: &mut EventMap, word: &str, out: &Output) -> bool {
    let mut bytes = Vec::new();
    let Some(file) = cmd::open_file(out, word) else {
        out.error(&format!("Could not open {word} file"));
        return false;
    };
    // What cannot be read counts as the end.
    drop(file.take(MAX_EVENT_MAP).read_to_end(&mut bytes));
    let (count, parsed) = EventMap::parse(&bytes);
    out.println(&format!("nrecs={count}"));
    let line = parsed.as_ref().err().map(|fault| fault.line);
    *map = parsed.unwrap_or_default();
    if let Some(line) = line {
        out.error(&format!("Encountered problems reading line {line} of {word}"));
    }
    line.is_none()
}

/// Bytes of an event map that are read: far more than any map has.
const MAX_EVENT_MAP: u64 = 16 << 20;

/// Reference: a host without a password is asked for one, whatever the interface.
fn ask_for_password(options: &mut Options) {
    if options.host.is_some() && options.password.is_none() && options.auth_type != Some(AuthType::NONE) {
        options.password = super::process::Process.prompt("Password: ").or_else(|| Some(Secret::default()));
    }
}

/// Bytes of password the session protocols have room for (IPMI 2.0 sections 22.17 and 13.31).
fn password_limit(interface: &str) -> Option<usize> {
    match interface {
        "lan" => Some(16),
        "lanplus" => Some(20),
        _ => None,
    }
}

/// Finds out what the controller is and sets the addresses. False ends the run.
async fn address(bmc: &mut Bmc, options: &Options, oem: Option<OemType>, out: &Output) -> bool {
    let pass_through = super::oem::passes_through(oem);
    if !pass_through {
        let extensions = discover(bmc, out).await;
        bmc.set_extensions(extensions);
    }
    let mut address = options.my_addr;
    if address == 0 && !pass_through {
        out.debug("Acquire IPMB address");
        address = ipmb_address(bmc, out).await;
        out.info(&format!("Discovered IPMB address {address:#x}"));
    }
    let mut route = bmc.route();
    if address != 0 && address != route.my_addr {
        bmc.transport().set_own_address(address);
        route.my_addr = address;
    }
    route.target_addr = route.my_addr;
    if options.transit_addr != 0 || options.target_addr != 0 {
        if (options.transit_addr != 0 || options.transit_channel != 0) && options.target_addr == 0 {
            out.error(&format!(
                "Transit address/channel {:#x}/{} ignored. Target address must be specified!",
                options.transit_addr,
                sharp_hex(options.transit_channel)
            ));
            return false;
        }
        route = Route {
            my_addr: route.my_addr,
            target_addr: options.target_addr,
            target_channel: options.target_channel,
            transit_addr: options.transit_addr,
            transit_channel: options.transit_channel,
        };
        bmc.set_route(route);
        let target = ipmb_address(bmc, out).await;
        bmc.set_target_ipmb(target);
        let (far, near) = ends(&route);
        out.debug(&format!("Specified addressing     Target  {far} Transit {near}"));
        if target != 0 {
            out.info(&format!("Discovered Target IPMB-0 address {target:#x}"));
        }
    }
    bmc.set_route(route);
    let ((far, near), ipmb) = (ends(&route), sharp_hex(bmc.target_ipmb()));
    let my_addr = sharp_hex(route.my_addr);
    out.debug(&format!("Interface address: my_addr {my_addr} transit {near} target {far} ipmb_target {ipmb}\n"));
    true
}

/// The target and the transit controller of a route, as `address:channel`.
fn ends(route: &Route) -> (String, String) {
    let end = |address, channel| format!("{}:{}", sharp_hex(address), sharp_hex(channel));
    (end(route.target_addr, route.target_channel), end(route.transit_addr, route.transit_channel))
}

/// `%#x`: C leaves the prefix out of a zero.
fn sharp_hex(value: u8) -> Cow<'static, str> {
    if value == 0 { Cow::Borrowed("0") } else { Cow::Owned(format!("{value:#x}")) }
}

async fn discover(bmc: &Bmc, out: &Output) -> Extensions {
    let route = bmc.route();
    let path = format!(
        "my_addr {}, transit {}, target {}",
        sharp_hex(route.my_addr),
        sharp_hex(route.transit_addr),
        sharp_hex(route.target_addr)
    );
    out.debug(&format!("Running Get PICMG Properties {path}"));
    match preamble::picmg(bmc).await {
        Ok(version) => {
            out.debug(&format!("Discovered PICMG Extension Version {}", dotted(version)));
            return Extensions { picmg: true, vita: false };
        }
        Err(GroupRefusal::NoResponse) => out.debug("No response from Get PICMG Properties"),
        Err(GroupRefusal::Refused(code)) => {
            out.debug(&format!("Error response {:#x} from Get PICMG Properties", code.0));
        }
        Err(GroupRefusal::Short(length)) => {
            out.info(&format!("Invalid Get PICMG Properties response length {length}"));
        }
        Err(GroupRefusal::WrongGroup(group)) => {
            out.info(&format!("Invalid Get PICMG Properties group extension {group:#x}"));
        }
        Err(GroupRefusal::UnknownVersion(version)) => {
            out.info(&format!("Unknown PICMG Extension Version {}", dotted(version)));
        }
        Err(GroupRefusal::UnknownStandard(_)) => {}
    }
    out.info(&format!("Running Get VSO Capabilities {path}"));
    match preamble::vita(bmc).await {
        Ok(version) => {
            out.info(&format!("Discovered VITA 46.11 Revision {}", dotted(version)));
            return Extensions { picmg: false, vita: true };
        }
        Err(GroupRefusal::NoResponse) => out.error("No valid response received"),
        Err(GroupRefusal::Refused(CompletionCode::INVALID_FIELD)) => {
            out.info(&format!("Invalid data field received: {}", code_name(CompletionCode::INVALID_FIELD)));
        }
        Err(refusal) => out.info(&vita_refusal(refusal)),
    }
    Extensions::default()
}

async fn ipmb_address(bmc: &Bmc, out: &Output) -> u8 {
    match (preamble::ipmb_address(bmc).await, bmc.extensions().picmg) {
        (Ok(address), _) => return address,
        (Err(GroupRefusal::Refused(code)), true) => {
            out.debug(&format!("Get Address Info failed: {:#x} {}", code.0, code_name(code)));
        }
        (Err(_), true) => out.debug("Get Address Info failed: No Response"),
        // Reference: where the discovery stays silent, this query does not.
        (Err(refusal), false) => out.error(&vita_refusal(refusal)),
    }
    0
}

fn vita_refusal(refusal: GroupRefusal) -> String {
    match refusal {
        GroupRefusal::NoResponse => "No valid response received".to_owned(),
        GroupRefusal::Refused(code) => format!("Invalid completion code received: {}", code_name(code)),
        GroupRefusal::Short(length) => format!("Invalid response length {length}"),
        GroupRefusal::WrongGroup(group) => format!("Invalid group extension {}", sharp_hex(group)),
        GroupRefusal::UnknownStandard(standard) => format!("Unknown VSO Standard {standard}"),
        GroupRefusal::UnknownVersion(version) => format!("Unknown VSO Specification Revision {}", dotted(version)),
    }
}

fn dotted(version: GroupVersion) -> String {
    format!("{}.{}", version.major, version.minor)
}

fn code_name(code: CompletionCode) -> Cow<'static, str> {
    completion_text(code.0)
}
