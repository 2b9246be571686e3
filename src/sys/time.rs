//! C's calendar: `strftime`, `strptime` and `mktime`, in the locale and zone of the environment.
//!
//! The reference's dates are what the C library prints (`%x`, `%X`, `%c`, `%Z` follow `LC_TIME` and
//! `TZ`), so nothing else will do for showing them.

use std::ffi::CString;
use std::mem::MaybeUninit;

/// Which clock a time is shown by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// `TZ`, or the machine's own zone.
    Local,
    /// Universal time; its abbreviation is `GMT`.
    Utc,
}

unsafe extern "C" {
    // POSIX.1-2008; not in the libc crate for this target.
    fn strptime(text: *const libc::c_char, format: *const libc::c_char, time: *mut libc::tm) -> *mut libc::c_char;
}

fn broken_down(seconds: i64, zone: Zone) -> Option<libc::tm> {
    super::locale::adopt();
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both pointers are valid for the call; the functions fill in the whole structure when
    // they return non-null, and an all-zero `tm` is valid anyway.
    let filled = unsafe {
        match zone {
            Zone::Local => libc::localtime_r(&seconds, tm.as_mut_ptr()),
            Zone::Utc => libc::gmtime_r(&seconds, tm.as_mut_ptr()),
        }
    };
    // SAFETY: initialised by `zeroed`, then perhaps by the call.
    (!filled.is_null()).then(|| unsafe { tm.assume_init() })
}

/// A UNIX time in a `strftime` format, in the locale's own encoding. Empty where it cannot be told.
pub fn strftime(format: &str, seconds: i64, zone: Zone) -> Vec<u8> {
    let (Some(tm), Ok(format)) = (broken_down(seconds, zone), CString::new(format)) else { return Vec::new() };
    let mut buffer = [0_u8; 256];
    // SAFETY: the buffer's length is passed along, `format` ends in NUL, and `tm` is initialised; its
    // zone pointer stays valid as long as the zone data of the C library do.
    let length = unsafe { libc::strftime(buffer.as_mut_ptr().cast(), buffer.len(), format.as_ptr(), &tm) };
    buffer[..length.min(buffer.len())].to_vec()
}

/// Reads a local time by a `strptime` format and gives its UNIX time, and the length of what follows it.
pub fn parse_start(text: &[u8], format: &str) -> Option<(i64, usize)> {
    super::locale::adopt();
    let (text, format) = (CString::new(text).ok()?, CString::new(format).ok()?);
    let mut tm = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both strings end in NUL and outlive the call; `tm` is valid for writes. The returned
    // pointer, if any, points into `text`.
    let rest = unsafe { strptime(text.as_ptr(), format.as_ptr(), tm.as_mut_ptr()) };
    if rest.is_null() {
        return None;
    }
    // SAFETY: as above; a non-null pointer is within `text`, whose last byte is NUL.
    let rest = unsafe { std::ffi::CStr::from_ptr(rest) }.count_bytes();
    // SAFETY: initialised by `zeroed` and the call.
    let tm = unsafe { tm.assume_init() };
    Some((local_time(tm), rest))
}

/// The UNIX time of a broken-down local time; whether daylight saving is in force is looked up.
fn local_time(mut tm: libc::tm) -> i64 {
    tm.tm_isdst = -1;
    // SAFETY: `tm` is a valid structure of our own.
    unsafe { libc::mktime(&mut tm) }
}

/// The UNIX time at which the local clock shows what the clock of universal time shows at `seconds`.
pub fn as_if_local(seconds: i64) -> i64 {
    broken_down(seconds, Zone::Utc).map_or(-1, local_time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_is_called_gmt() {
        assert_eq!(strftime("%Y-%m-%d %H:%M:%S %Z", 1_700_000_000, Zone::Utc), b"2023-11-14 22:13:20 GMT");
        assert_eq!(strftime("a\0b", 0, Zone::Utc), b"");
    }

    #[test]
    fn what_is_printed_is_read() {
        let text = strftime("%Y-%m-%d %H:%M:%S", 1_700_000_000, Zone::Local);
        assert_eq!(parse_start(&text, "%Y-%m-%d %H:%M:%S"), Some((1_700_000_000, 0)));
        assert_eq!(parse_start(b"nonsense", "%Y"), None);
        assert_eq!(parse_start(b"2020 x", "%Y").map(|(_, rest)| rest), Some(2));
    }
}
