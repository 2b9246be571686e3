//! The vendor fence: everything that knows one vendor's machines by name.
