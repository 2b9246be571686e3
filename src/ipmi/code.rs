//! Completion codes as numbers; their texts are in `tables`.

/// A completion code (IPMI 2.0 section 5.2, table 5-2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CompletionCode(pub u8);

impl CompletionCode {
    /// Command completed normally.
    pub const OK: Self = CompletionCode(0x00);
    /// Node busy.
    pub const NODE_BUSY: Self = CompletionCode(0xc0);
    /// Unrecognized or unsupported command.
    pub const INVALID_COMMAND: Self = CompletionCode(0xc1);
    /// Timeout while processing the command.
    pub const TIMEOUT: Self = CompletionCode(0xc3);
    /// Out of space.
    pub const OUT_OF_SPACE: Self = CompletionCode(0xc4);
    /// Reservation cancelled or invalid reservation id.
    pub const RESERVATION_CANCELLED: Self = CompletionCode(0xc5);
    /// Request data length invalid.
    pub const LENGTH_INVALID: Self = CompletionCode(0xc7);
    /// Request data field length limit exceeded.
    pub const LENGTH_EXCEEDED: Self = CompletionCode(0xc8);
    /// Parameter out of range.
    pub const OUT_OF_RANGE: Self = CompletionCode(0xc9);
    /// Cannot return the number of requested data bytes.
    pub const CANNOT_RETURN: Self = CompletionCode(0xca);
    /// Requested sensor, data or record not present.
    pub const NOT_PRESENT: Self = CompletionCode(0xcb);
    /// Invalid data field in the request.
    pub const INVALID_FIELD: Self = CompletionCode(0xcc);
    /// Cannot execute a duplicated request.
    pub const DUPLICATED: Self = CompletionCode(0xcf);
    /// Insufficient privilege level.
    pub const INSUFFICIENT_PRIVILEGE: Self = CompletionCode(0xd4);
    /// The command, or a sub-function of it, has been switched off.
    pub const DISABLED: Self = CompletionCode(0xd6);
    /// Unspecified error.
    pub const UNSPECIFIED: Self = CompletionCode(0xff);

    /// Whether the command completed normally.
    pub fn is_ok(self) -> bool {
        self.0 == 0
    }
}

impl std::fmt::Debug for CompletionCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CompletionCode({:#04x})", self.0)
    }
}
