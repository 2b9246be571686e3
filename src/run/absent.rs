//! Interfaces that are listed, as in the reference, but not built. Where the reference cannot open
//! one of them either (no such driver, no such device), they refuse in its words.

use crate::cli::{Options, number};
use crate::out::{Format, Output, bytes_of};
use crate::transport::errno_text;
use nix::unistd::getuid;
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Rates (bit/s) of the serial interfaces.
const RATES: [u32; 8] = [2400, 9600, 19200, 38400, 57600, 115_200, 230_400, 460_800];
/// The rate, unless the device's name says more.
const DEFAULT_RATE: u32 = 9600;

/// Says why an interface cannot even be loaded. Reference: the search for USB devices comes that early.
pub fn refuse_to_load(name: &str, out: &Output) -> bool {
    let refused = name == "usb";
    if refused {
        out.error("Error in USB session setup \n");
        out.error("Unable to setup interface usb");
        out.error("Error loading interface usb");
    }
    refused
}

/// Says why an interface cannot be opened.
pub fn refuse(name: &str, options: &Options, out: &Output) {
    let said = match name {
        "imb" => imb(out),
        "free" => free(out),
        "serial-terminal" | "serial-basic" => serial(options.device_file.as_deref(), out),
        _ => false,
    };
    if !said {
        out.error("This interface is not implemented yet.");
    }
}

/// Intel's driver, whose device no current kernel has.
fn imb(out: &Output) -> bool {
    const REFUSAL: &str = "Error: no IMB driver found at /dev/imb!";
    if Path::new("/dev/imb").exists() {
        return false;
    }
    match out.format() {
        // Reference: on stdout.
        Format::Text => out.println(REFUSAL),
        Format::Json | Format::Table => out.error(REFUSAL),
    }
    true
}

/// FreeIPMI's driver in user space. The same words, whether or not it would find a device.
fn free(out: &Output) -> bool {
    out.error(if getuid().is_root() {
        "ipmi_open_inband(): device not found"
    } else {
        "Permission denied, must be root"
    });
    true
}

/// `-D DEVICE[:RATE[:S]]`, checked as far as the reference checks it before it speaks.
fn serial(device: Option<&str>, out: &Output) -> bool {
    let Some(device) = device else {
        out.error("Serial device is not specified");
        return true;
    };
    let mut parts = device.splitn(3, ':');
    let name = parts.next().unwrap_or_default();
    let Ok(rate) = parts.next().map_or(Ok(DEFAULT_RATE), number::parse_u32) else {
        out.error("Invalid baud rate specified\n");
        return true;
    };
    // A line without a carrier would keep a blocking open waiting.
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let path = bytes_of(name);
    let opened = OpenOptions::new().read(true).write(true).custom_flags(flags).open(OsStr::from_bytes(&path));
    match opened {
        Err(error) => {
            out.error(&format!("Could not open device at {name}: {}", errno_text(&error)));
            true
        }
        Ok(_) if !RATES.contains(&rate) => {
            // Reference: shown as a signed number.
            out.error(&format!("Unsupported baud rate {} specified", rate.cast_signed()));
            true
        }
        Ok(_) => false,
    }
}
