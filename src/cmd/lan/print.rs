//! `lan print`: a channel's configuration, parameter by parameter as it arrives.

use super::parameter::{Answer, Parameter, Parameters, colons, dotted, name};
use super::{find, still_lan, usage};
use crate::family::{Context, Status};
use crate::line;
use crate::out::{Page, Report, fixed, text, until_nul};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// One parameter with the name of its field in JSON.
struct Setting {
    parameter: u8,
    field: &'static str,
    value: Value,
}

/// What a parameter says.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum Value {
    /// A code; its name goes into a field beside it.
    Code(Code),
    /// Authentication types.
    Types(AuthTypes),
    /// Authentication types by privilege level.
    Levels { callback: AuthTypes, user: AuthTypes, operator: AuthTypes, admin: AuthTypes, oem: AuthTypes },
    /// An address, or a string of the user's.
    Text(String),
    /// Fields of the IP header.
    Header { ttl: u8, flags: u8, precedence: u8, type_of_service: u8 },
    /// What the BMC does with ARP.
    Arp { responses: bool, gratuitous: bool },
    /// A time in steps of half a second.
    HalfSeconds(#[serde(serialize_with = "seconds")] u16),
    /// A VLAN's id; none when there is no VLAN.
    Vlan(Option<u16>),
    /// A number.
    Number(u8),
    /// Cipher suites by id; none when the BMC does not list them.
    Suites(Option<Vec<u8>>),
    /// The highest privilege for each of fifteen cipher suites.
    Privileges(Option<[u8; 15]>),
    /// The bad password threshold; none when the BMC has none.
    Threshold(Option<Threshold>),
}

/// A code with its name.
#[derive(Clone, Copy)]
struct Code(u8, &'static str);

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

#[derive(serde::Serialize)]
struct Threshold {
    attempts: u8,
    disables_user: bool,
    attempt_count_reset_seconds: u32,
    lockout_seconds: u32,
}

fn seconds<S: Serializer>(half: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(f64::from(*half) / 2.0)
}

/// A set of authentication types (section 22.13), one bit each.
#[derive(Clone, Copy)]
struct AuthTypes(u8);

impl AuthTypes {
    fn names(self) -> impl Iterator<Item = &'static str> {
        let names = [(0x01, "NONE"), (0x02, "MD2"), (0x04, "MD5"), (0x10, "PASSWORD"), (0x20, "OEM")];
        names.into_iter().filter(move |(bit, _)| self.0 & bit != 0).map(|(_, name)| name)
    }

    fn text(self) -> String {
        self.names().map(|name| format!("{name} ")).collect()
    }
}

impl Serialize for AuthTypes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.field, &self.value)?;
        if let Value::Code(Code(_, name)) = self.value {
            map.serialize_entry(&format!("{}_name", self.field), name)?;
        }
        map.end()
    }
}

/// The letters of privileges, by privilege.
const PRIVILEGE_LETTERS: [char; 6] = ['X', 'c', 'u', 'o', 'a', 'O'];

const NOT_AVAILABLE: &str = "Not Available";

impl Report for Setting {
    fn text(&self, page: &mut Page) {
        let name = name(self.parameter);
        let mut line = |label: &str, text: &str| line!(page, "{label:<24}: {text}");
        let able = |flag: bool| if flag { "Enabled" } else { "Disabled" };
        match &self.value {
            Value::Code(Code(_, text)) => line(name, text),
            Value::Types(types) => line(name, &types.text()),
            Value::Levels { callback, user, operator, admin, oem } => {
                line(name, &format!("Callback : {}", callback.text()));
                for (level, types) in [("User", user), ("Operator", operator), ("Admin", admin), ("OEM", oem)] {
                    line("", &format!("{level:<9}: {}", types.text()));
                }
            }
            Value::Text(text) => line(name, text),
            Value::Header { ttl, flags, precedence, type_of_service } => {
                let service = format!("Precedence=0x{precedence:02x} TOS=0x{type_of_service:02x}");
                line(name, &format!("TTL=0x{ttl:02x} Flags=0x{flags:02x} {service}"));
            }
            Value::Arp { responses, gratuitous } => {
                let text = format!("ARP Responses {}, Gratuitous ARP {}", able(*responses), able(*gratuitous));
                line(name, &text);
            }
            // Reference: half a second is cut off before a decimal is shown.
            Value::HalfSeconds(half) => line(name, &format!("{} seconds", fixed((half / 2).into(), 1))),
            Value::Vlan(id) => line(name, &id.map_or("Disabled".to_owned(), |id| id.to_string())),
            Value::Number(number) => line(name, &number.to_string()),
            Value::Suites(suites) => {
                let list = |suites: &Vec<u8>| suites.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
                line(name, &suites.as_ref().map_or("None".to_owned(), list));
            }
            Value::Privileges(None) | Value::Threshold(None) => line(name, NOT_AVAILABLE),
            Value::Privileges(Some(privileges)) => {
                let letter = |level: &u8| *PRIVILEGE_LETTERS.get(usize::from(*level)).unwrap_or(&'X');
                line(name, &privileges.iter().map(letter).collect::<String>());
                for legend in ["X=Cipher Suite Unused", "c=CALLBACK", "u=USER", "o=OPERATOR", "a=ADMIN", "O=OEM"] {
                    line("", &format!("    {legend}"));
                }
            }
            Value::Threshold(Some(threshold)) => {
                line(name, &threshold.attempts.to_string());
                line("Invalid password disable", if threshold.disables_user { "yes" } else { "no" });
                line("Attempt Count Reset Int.", &threshold.attempt_count_reset_seconds.to_string());
                line("User Lockout Interval", &threshold.lockout_seconds.to_string());
            }
        }
    }
}

fn set_in_progress(value: &Parameter) -> Value {
    let code = value.byte(0) & 3;
    Value::Code(Code(code, ["Set Complete", "Set In Progress", "Commit Write", "Reserved"][usize::from(code)]))
}

fn auth_types(value: &Parameter) -> Value {
    Value::Types(AuthTypes(value.byte(0)))
}

fn auth_levels(value: &Parameter) -> Value {
    let [callback, user, operator, admin, oem] = value.array().map(AuthTypes);
    Value::Levels { callback, user, operator, admin, oem }
}

fn ip_source(value: &Parameter) -> Value {
    let code = value.byte(0) & 0x0f;
    let names = ["Unspecified", "Static Address", "DHCP Address", "BIOS Assigned Address"];
    Value::Code(Code(code, names.get(usize::from(code)).unwrap_or(&"Other")))
}

fn ip(value: &Parameter) -> Value {
    Value::Text(dotted(value.array()))
}

fn mac(value: &Parameter) -> Value {
    Value::Text(colons(value.array()))
}

fn community(value: &Parameter) -> Value {
    Value::Text(text(until_nul(&value.0)))
}

fn ip_header(value: &Parameter) -> Value {
    let [ttl, flags, service] = value.array();
    Value::Header { ttl, flags: flags & 0xe0, precedence: service & 0xe0, type_of_service: service & 0x1e }
}

fn arp_control(value: &Parameter) -> Value {
    let flags = value.byte(0);
    Value::Arp { responses: flags & 2 != 0, gratuitous: flags & 1 != 0 }
}

fn arp_interval(value: &Parameter) -> Value {
    Value::HalfSeconds(u16::from(value.byte(0)) + 1)
}

fn vlan_id(value: &Parameter) -> Value {
    let [low, high] = value.array();
    Value::Vlan((high & 0x80 != 0).then(|| u16::from_le_bytes([low, high & 0x0f])))
}

fn vlan_priority(value: &Parameter) -> Value {
    Value::Number(value.byte(0) & 7)
}

fn privileges(value: &Parameter) -> [u8; 15] {
    std::array::from_fn(|suite| {
        let pair = value.byte(1 + suite / 2);
        if suite.is_multiple_of(2) { pair & 0x0f } else { pair >> 4 }
    })
}

fn threshold(value: &Parameter) -> Threshold {
    Threshold {
        attempts: value.byte(1),
        disables_user: value.byte(0) & 1 != 0,
        attempt_count_reset_seconds: u32::from(value.u16(2)) * 10,
        lockout_seconds: u32::from(value.u16(4)) * 10,
    }
}

/// How a parameter's bytes are read.
type Decode = fn(&Parameter) -> Value;

/// The parameters that come first, in the order in which they are asked for.
const FIRST: [(u8, &str, Decode); 15] = [
    (0, "set_in_progress", set_in_progress),
    (1, "auth_type_support", auth_types),
    (2, "auth_type_enable", auth_levels),
    (4, "ip_address_source", ip_source),
    (3, "ip_address", ip),
    (6, "subnet_mask", ip),
    (5, "mac_address", mac),
    (16, "snmp_community_string", community),
    (7, "ip_header", ip_header),
    (10, "bmc_arp_control", arp_control),
    (11, "gratuitous_arp_interval_seconds", arp_interval),
    (12, "default_gateway_ip", ip),
    (13, "default_gateway_mac", mac),
    (14, "backup_gateway_ip", ip),
    (15, "backup_gateway_mac", mac),
];

/// Reads the parameters of a channel one after the other, and shows each as it arrives.
struct Listing<'a>(Parameters<'a>);

impl Listing<'_> {
    /// A parameter without which there is no going on; none where the BMC does not have it.
    async fn need(&self, parameter: u8) -> Result<Option<Parameter>, Status> {
        match self.0.get(parameter).await {
            Answer::Value(value) => Ok(Some(value)),
            Answer::Unsupported => Ok(None),
            Answer::Failed => Err(Status::FAILED),
        }
    }

    fn show(&self, parameter: u8, field: &'static str, value: Value) {
        self.0.context.out.report(&Setting { parameter, field, value });
    }

    async fn one(&self, parameter: u8, field: &'static str, decode: Decode) -> Result<(), Status> {
        if let Some(value) = self.need(parameter).await? {
            self.show(parameter, field, decode(&value));
        }
        Ok(())
    }

    async fn cipher_suites(&self) -> Result<(), Status> {
        let Some(count) = self.need(22).await? else { return Ok(()) };
        let count = usize::from(count.byte(0)).min(16);
        let suites = self.need(23).await?.filter(|value| value.0.len() <= 17);
        let suites = suites.map(|value| (1..=count).map(|index| value.byte(index)).collect());
        self.show(23, "rmcp_plus_cipher_suites", Value::Suites(suites));
        Ok(())
    }

    async fn all(&self) -> Result<(), Status> {
        for (parameter, field, decode) in FIRST {
            self.one(parameter, field, decode).await?;
        }
        // Reference: these two are passed over whatever the BMC answers.
        self.one(20, "vlan_id", vlan_id).await.ok();
        self.one(21, "vlan_priority", vlan_priority).await.ok();
        self.cipher_suites().await?;
        let value = self.need(24).await?.filter(|value| value.0.len() == 9);
        let levels = value.map(|value| privileges(&value));
        self.show(24, "cipher_suite_privileges", Value::Privileges(levels));
        let value = self.need(26).await?.filter(|value| value.0.len() == 6);
        self.show(26, "bad_password_threshold", Value::Threshold(value.map(|value| threshold(&value))));
        Ok(())
    }
}

/// `lan print`.
pub async fn print(context: &Context, words: &[String]) -> Result<(), Status> {
    if words.len() > 1 {
        return Err(context.misused(&usage::LAN));
    }
    let channel = find(context, words.first()).await?;
    still_lan(context, channel).await?;
    Listing(Parameters { context, channel }).all().await
}
