//! Dates as the reference shows them: C's `strftime`, in the locale and zone of the environment.

/// The locale's decimal point.
pub fn decimal_point() -> &'static str {
    "."
}
