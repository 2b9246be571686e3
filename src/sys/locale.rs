//! The environment's locale: the C library's own sentences in the user's language, and how numbers
//! are written.

use std::ffi::{CStr, CString};
use std::sync::Once;

static LOCALE: Once = Once::new();

unsafe extern "C" {
    // POSIX.1-2008; not in the libc crate for this target.
    fn tzset();
    // glibc's own gettext.
    fn dgettext(domain: *const libc::c_char, message: *const libc::c_char) -> *mut libc::c_char;
}

/// Adopts the environment's locale, as every C program that calls `setlocale(LC_ALL, "")` does.
pub fn adopt() {
    LOCALE.call_once(|| {
        // SAFETY: the string is a literal with its NUL; `setlocale` is called once, before any other
        // use of the locale in this process, and `Once` keeps threads apart.
        unsafe {
            libc::setlocale(libc::LC_ALL, c"".as_ptr());
            tzset();
        }
    });
}

/// A sentence of the C library in the user's language; the sentence itself where it has no other.
pub fn translated(sentence: &str) -> Vec<u8> {
    adopt();
    let Ok(message) = CString::new(sentence) else { return sentence.as_bytes().to_vec() };
    // SAFETY: both strings end in NUL. What comes back is `message` itself or a string of the C
    // library's catalogue, which stays; either is copied while it is valid.
    unsafe { CStr::from_ptr(dgettext(c"libc".as_ptr(), message.as_ptr())) }.to_bytes().to_vec()
}

/// An operating-system error as `strerror` words it in the user's language.
pub fn errno_text(error: &std::io::Error) -> String {
    adopt();
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// The locale's decimal point.
pub fn decimal_point() -> u8 {
    adopt();
    // SAFETY: `localeconv` returns a pointer to static data whose `decimal_point` is a NUL-terminated
    // string, at least one byte long.
    let point = unsafe {
        let conventions = libc::localeconv();
        if conventions.is_null() || (*conventions).decimal_point.is_null() { 0 } else { *(*conventions).decimal_point }
    };
    match point.cast_unsigned() {
        0 => b'.',
        point => point,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_sentences_stay() {
        assert_eq!(translated("nobody says this"), b"nobody says this");
        assert_eq!(translated("a\0b"), b"a\0b");
    }
}
