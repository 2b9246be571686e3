//! Names for codes, as ordered data. The first match wins, as in the reference.
