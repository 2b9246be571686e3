//! Lines of `shell` and `exec` as words, with the reference's quoting.
