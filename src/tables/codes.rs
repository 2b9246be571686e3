//! Names of the small enumerations of the IPMI 2.0 specification.

use super::names;

names! {
    /// Network functions `raw` knows by name.
    NET_FNS {
        0x00 => "Chassis",
        0x02 => "Bridge",
        0x04 => "SensorEvent",
        0x06 => "Application",
        0x08 => "Firmware",
        0x0a => "Storage",
        0x0c => "Transport",
    }
}

names! {
    /// SOL bit rates in kbit/s (section 26.3).
    BIT_RATES {
        0x00 => "IPMI-Over-Serial-Setting",
        0x06 => "9.6",
        0x07 => "19.2",
        0x08 => "38.4",
        0x09 => "57.6",
        0x0a => "115.2",
    }
}

names! {
    /// Session and channel activity types (section 22.20).
    CHANNEL_ACTIVITIES {
        0x00 => "IPMI Messaging session active",
        0x01 => "Callback Messaging session active",
        0x02 => "Dial-out Alert active",
        0x03 => "TAP Page Active",
    }
}

names! {
    /// Privilege levels (section 6.8).
    PRIVILEGE_LEVELS {
        0x01 => "CALLBACK",
        0x02 => "USER",
        0x03 => "OPERATOR",
        0x04 => "ADMINISTRATOR",
        0x05 => "OEM",
        0x0f => "NO ACCESS",
    }
}

names! {
    /// States of a set-in-progress parameter (section 23.2).
    SET_IN_PROGRESS {
        0x00 => "set-complete",
        0x01 => "set-in-progress",
        0x02 => "commit-write",
    }
}

names! {
    /// Authentication types of sessions (section 13.6).
    SESSION_AUTH_TYPES {
        0x00 => "NONE",
        0x01 => "MD2",
        0x02 => "MD5",
        0x04 => "PASSWORD",
        0x05 => "OEM",
        0x06 => "RMCP+",
    }
}

names! {
    /// Authentication types as bit masks (section 22.13).
    AUTH_TYPES {
        0x01 => "NONE",
        0x02 => "MD2",
        0x04 => "MD5",
        0x10 => "PASSWORD",
        0x20 => "OEM",
    }
}

names! {
    /// Channel protocol types (table 6-2).
    CHANNEL_PROTOCOLS {
        0x00 => "reserved",
        0x01 => "IPMB-1.0",
        0x02 => "ICMB-1.0",
        0x03 => "reserved",
        0x04 => "IPMI-SMBus",
        0x05 => "KCS",
        0x06 => "SMIC",
        0x07 => "BT-10",
        0x08 => "BT-15",
        0x09 => "TMode",
        0x1c => "OEM 1",
        0x1d => "OEM 2",
        0x1e => "OEM 3",
        0x1f => "OEM 4",
    }
}

names! {
    /// Channel medium types (table 6-3).
    CHANNEL_MEDIA {
        0x00 => "reserved",
        0x01 => "IPMB (I2C)",
        0x02 => "ICMB v1.0",
        0x03 => "ICMB v0.9",
        0x04 => "802.3 LAN",
        0x05 => "Serial/Modem",
        0x06 => "Other LAN",
        0x07 => "PCI SMBus",
        0x08 => "SMBus v1.0/v1.1",
        0x09 => "SMBus v2.0",
        0x0a => "USB 1.x",
        0x0b => "USB 2.x",
        0x0c => "System Interface",
    }
}

names! {
    /// Chassis control actions (section 28.3).
    POWER_CONTROLS {
        0x00 => "Down/Off",
        0x01 => "Up/On",
        0x02 => "Cycle",
        0x03 => "Reset",
        0x04 => "Diag",
        0x05 => "Soft",
    }
}

names! {
    /// System restart causes (section 28.11).
    RESTART_CAUSES {
        0x00 => "unknown",
        0x01 => "chassis power control command",
        0x02 => "reset via pushbutton",
        0x03 => "power-up via pushbutton",
        0x04 => "watchdog expired",
        0x05 => "OEM",
        0x06 => "power-up due to always-restore power policy",
        0x07 => "power-up due to restore-previous power policy",
        0x08 => "reset via PEF",
        0x09 => "power-cycle via PEF",
        0x0a => "soft reset",
        0x0b => "power-up via RTC wakeup",
    }
}

names! {
    /// RMCP+ authentication algorithms (table 13-17).
    AUTH_ALGORITHMS {
        0x00 => "none",
        0x01 => "hmac_sha1",
        0x02 => "hmac_md5",
        0x03 => "hmac_sha256",
    }
}

names! {
    /// RMCP+ integrity algorithms (table 13-18).
    INTEGRITY_ALGORITHMS {
        0x00 => "none",
        0x01 => "hmac_sha1_96",
        0x02 => "hmac_md5_128",
        0x03 => "md5_128",
        0x04 => "sha256_128",
    }
}

names! {
    /// RMCP+ confidentiality algorithms (table 13-19).
    ENCRYPTION_ALGORITHMS {
        0x00 => "none",
        0x01 => "aes_cbc_128",
        0x02 => "xrc4_128",
        0x03 => "xrc4_40",
    }
}

names! {
    /// User enable status (section 22.27).
    USER_ENABLE_STATUS {
        0x00 => "unknown",
        0x40 => "enabled",
        0x80 => "disabled",
        0xc0 => "reserved",
    }
}

names! {
    /// RMCP+ and RAKP status codes (IPMI 2.0 table 13-15).
    RAKP_STATUS {
        0x00 => "no errors",
        0x01 => "insufficient resources for session",
        0x02 => "invalid session ID",
        0x03 => "invalid payload type",
        0x04 => "invalid authentication algorithm",
        0x05 => "invalid integrity algorithm",
        0x06 => "no matching authentication algorithm",
        0x07 => "no matching integrity payload",
        0x08 => "inactive session ID",
        0x09 => "invalid role",
        0x0a => "unauthorized role requested",
        0x0b => "insufficient resources for role",
        0x0c => "invalid name length",
        0x0d => "unauthorized name",
        0x0e => "unauthorized GUID",
        0x0f => "invalid integrity check value",
        0x10 => "invalid confidentiality algorithm",
        0x11 => "no matching cipher suite",
        0x12 => "illegal parameter",
    }
}
