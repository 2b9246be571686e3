//! `raw`: any request as it is, any reply as it is.

use super::tree::{self, Rest};
use crate::cli::number;
use crate::family::{Context, Family, Fault, Running, Status};
use crate::ipmi::{NetFn, Request};
use crate::out::{Page, Report, completion_text, hex_bytes};
use crate::tables::codes::NET_FNS;
use crate::{line, put};
use clap::Subcommand;
use serde::{Serialize, Serializer};
use thiserror::Error;

/// The `raw` family. Its words are numbers; help is the only leaf.
pub const RAW: Family = Family {
    name: "raw",
    summary: Some("Send a RAW IPMI request and print response"),
    tree: || tree::bare::<Leaf>("raw"),
    run,
};

#[derive(Subcommand)]
enum Leaf {
    /// List the network functions by name
    Help(Rest),
}

/// Reference: words for network function, command and data together.
const MAX_WORDS: usize = 256;

#[derive(Debug, Error)]
enum RawFault {
    #[error("Given {what} \"{word}\" is invalid.")]
    Number { what: &'static str, word: String },
    #[error("Unable to send RAW command ({0})")]
    NoReply(String),
    #[error("Unable to send RAW command ({addressed} rsp=0x{code:x}): {}", completion_text(*code))]
    Refused { addressed: String, code: u8 },
}

impl Fault for RawFault {}

/// The bytes of a reply after the completion code.
#[derive(Serialize)]
struct RawReply {
    #[serde(serialize_with = "as_hex")]
    data: Vec<u8>,
}

/// Bytes as hexadecimal digits in JSON.
pub fn as_hex<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex_bytes(bytes))
}

impl Report for RawReply {
    fn text(&self, page: &mut Page) {
        for (index, byte) in self.data.iter().enumerate() {
            if index % 16 == 0 && index != 0 {
                line!(page);
            }
            put!(page, " {byte:02x}");
        }
        line!(page);
    }
}

fn run<'a>(context: &'a mut Context, words: &'a [String]) -> Running<'a> {
    Box::pin(async move {
        match words {
            [only] if only == "help" => {
                help(context);
                Status::OK
            }
            [] | [_] => {
                context.out.error("Not enough parameters given.");
                help(context);
                Status::FAILED
            }
            words if words.len() > MAX_WORDS => {
                context.out.notice("Raw command input limit (256 bytes) exceeded");
                Status::FAILED
            }
            words => {
                let outcome = send(context, words).await;
                context.conclude(outcome)
            }
        }
    })
}

fn help(context: &Context) {
    let out = &context.out;
    out.notice("RAW Commands:  raw <netfn> <cmd> [data]");
    out.notice("");
    out.notice("Network Function Codes:");
    out.notice("");
    out.notice("  VAL\tHEX\tSTRING");
    out.notice("==============================================");
    for (code, name) in NET_FNS.iter().filter(|(code, _)| *code != 0xff) {
        out.notice(&format!("  {code}\t0x{code:02x}\t{name}"));
    }
    out.notice("");
    out.notice("(can also use raw hex values)");
}

fn byte(what: &'static str, word: &str) -> Result<u8, RawFault> {
    number::parse_u8(word).map_err(|_| RawFault::Number { what, word: word.to_owned() })
}

async fn send(context: &Context, words: &[String]) -> Result<Status, RawFault> {
    let named = NET_FNS.code(&words[0]).and_then(|code| u8::try_from(code).ok());
    let netfn = named.map_or_else(|| byte("netfn", &words[0]), Ok)?;
    let cmd = byte("command", &words[1])?;
    let data = words[2..].iter().map(|word| byte("data", word)).collect::<Result<Vec<u8>, _>>()?;
    // A network function has six bits on the wire, a logical unit two; what the user wrote is cut to that.
    let netfn = netfn & 0x3f;
    let request = Request { netfn: NetFn(netfn), lun: context.settings.lun & 3, cmd, data };
    let channel = context.bmc.route().target_channel & 0x0f;
    let addressed = format!("channel=0x{channel:x} netfn=0x{netfn:x} lun=0x{:x} cmd=0x{cmd:x}", request.lun);
    context.out.info(&format!("RAW REQ ({addressed} data_len={})", request.data.len()));
    context.out.dump("RAW REQUEST", &request.data);
    let Ok(reply) = context.bmc.send(&request).await else { return Err(RawFault::NoReply(addressed)) };
    if !reply.completion.is_ok() {
        return Err(RawFault::Refused { addressed, code: reply.completion.0 });
    }
    context.out.info(&format!("RAW RSP ({} bytes)", reply.data.len()));
    context.out.report(&RawReply { data: reply.data.to_vec() });
    Ok(Status::OK)
}
