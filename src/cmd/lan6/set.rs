//! `lan6 set`, `lock`, `commit` and `discard`.

use super::parameter::{Kind, Parameter, select};
use super::{channel_word, complain, help, low_byte, syntax_of_all};
use crate::cli::{number, scan};
use crate::family::{Context, Status};
use crate::ipmi::lan::SetLanConfig;
use crate::ipmi::lan6::{AddressEntry, Block, encode_flow_label};
use crate::tables::lan6::{ADDRESS_ENABLES, ADDRESS_STATUSES, ENABLES, PARAMETERS, ROUTER_CONTROL};
use std::net::Ipv6Addr;

/// The parameter that is the lock.
const SET_IN_PROGRESS: u8 = 0;

/// One channel, to be written.
struct Writing<'a> {
    context: &'a Context,
    channel: i32,
}

impl Writing<'_> {
    async fn write(&self, parameter: u8, data: &[u8]) -> Result<(), Status> {
        self.context.out.info(&format!("Setting parameter '{}'", PARAMETERS.name(parameter)));
        let command = SetLanConfig { channel: low_byte(self.channel), parameter, data };
        let outcome = self.context.bmc.call(&command).await;
        outcome.map_err(|error| complain(self.context, "set", parameter, &error))
    }

    // Reference: a refusal of these three is a positive return code, which is no failure.

    async fn lock(&self) -> Result<(), Status> {
        self.write(SET_IN_PROGRESS, &[1]).await
    }

    async fn discard(&self) -> Result<(), Status> {
        self.write(SET_IN_PROGRESS, &[0]).await
    }

    async fn commit(&self) -> Result<(), Status> {
        self.write(SET_IN_PROGRESS, &[2]).await?;
        self.discard().await
    }

    async fn all(&self, writes: &[(u8, Vec<u8>)]) -> Result<(), Status> {
        for (parameter, data) in writes {
            self.write(*parameter, data).await.map_err(|_| Status::FAILED)?;
        }
        Ok(())
    }
}

fn writing<'a>(context: &'a Context, verb: &str, words: &[String]) -> Result<Writing<'a>, Status> {
    let Some(word) = words.first() else {
        help(&context.out, verb);
        return Err(Status::FAILED);
    };
    Ok(Writing { context, channel: channel_word(context, word)? })
}

/// `lan6 lock`.
pub async fn lock(context: &Context, words: &[String]) -> Result<(), Status> {
    let writing = writing(context, "lock", words)?;
    context.out.notice("Lock parameter(s)...");
    writing.lock().await
}

/// `lan6 commit`.
pub async fn commit(context: &Context, words: &[String]) -> Result<(), Status> {
    let writing = writing(context, "commit", words)?;
    context.out.notice("Commit parameter(s)...");
    writing.commit().await
}

/// `lan6 discard`.
pub async fn discard(context: &Context, words: &[String]) -> Result<(), Status> {
    let writing = writing(context, "discard", words)?;
    context.out.notice("Discard parameter(s)...");
    writing.discard().await
}

/// `lan6 set`.
pub async fn set(context: &Context, words: &[String]) -> Result<(), Status> {
    let writing = writing(context, "set", words)?;
    let mut words = &words[1..];
    let locks = !words.first().is_some_and(|word| word.eq_ignore_ascii_case("nolock"));
    if !locks {
        words = &words[1..];
    }
    let (selection, taken) = select(context, words).inspect_err(|_| help(&context.out, "set"))?;
    let fail = |message: &str| {
        context.out.error(message);
        Status::FAILED
    };
    let Some(parameter) = selection.parameter else {
        let status = fail("invalid parameter, must be one of:");
        syntax_of_all(&context.out, true);
        return Err(status);
    };
    let set = selection.set.ok_or_else(|| fail("set selector is not specified"))?;
    let block = selection.block.ok_or_else(|| fail("block selector is not specified"))?;
    let writes = parse(context, parameter, set, block, &words[taken..]).map_err(|unfit| {
        if unfit == Unfit::Invalid {
            context.out.error("invalid value");
        }
        parameter.print_syntax(&context.out, true);
        Status::FAILED
    })?;
    context.out.notice("Setting parameter(s)...");
    if locks {
        writing.lock().await?;
    }
    // Reference: what is read-only is parsed all the same, and then not sent.
    let outcome = if parameter.format.is_some() { writing.all(&writes).await } else { Ok(()) };
    match outcome {
        Ok(()) if locks => writing.commit().await,
        Err(status) if locks => {
            writing.discard().await.ok();
            Err(status)
        }
        outcome => outcome,
    }
}

/// Why words are no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unfit {
    /// There are too few.
    Missing,
    /// One cannot be read.
    Invalid,
}

/// The bytes of a hexadecimal word; what does not fit is cut off, what is missing is zero.
fn hex<const N: usize>(word: &str) -> Result<[u8; N], Unfit> {
    let digits: Option<Vec<u8>> =
        word.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2)).ok_or(Unfit::Invalid)?;
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair[0] << 4 | pair[1];
    }
    Ok(bytes)
}

fn byte(word: &str) -> Result<u8, Unfit> {
    number::parse_u8(word).map_err(|_| Unfit::Invalid)
}

fn address(word: &str) -> Result<Ipv6Addr, Unfit> {
    word.parse().map_err(|_| Unfit::Invalid)
}

fn code(names: crate::tables::Names, word: &str) -> Result<u8, Unfit> {
    names.code(word).and_then(|code| u8::try_from(code).ok()).ok_or(Unfit::Invalid)
}

/// The writes that words ask for: selectors of parameters and their data.
fn parse(
    context: &Context,
    parameter: &Parameter,
    set: i32,
    block: i32,
    words: &[String],
) -> Result<Vec<(u8, Vec<u8>)>, Unfit> {
    let first = words.first().ok_or(Unfit::Missing)?;
    let selector = parameter.selector;
    let (set_byte, block_byte) = (low_byte(set), low_byte(block));
    let data = match parameter.kind {
        Kind::Enables => vec![code(ENABLES, first)?],
        Kind::RouterControl => vec![code(ROUTER_CONTROL, first)?],
        Kind::Support | Kind::Number | Kind::TimingSupport => vec![byte(first)?],
        Kind::FlowLabel => encode_flow_label(number::parse_u32(first).map_err(|_| Unfit::Invalid)?),
        Kind::Status => {
            let [a, b, c, ..] = words else { return Err(Unfit::Missing) };
            vec![byte(a)?, byte(b)?, byte(c)?]
        }
        Kind::StaticAddress | Kind::DynamicAddress => {
            let [word, host, length, rest @ ..] = words else { return Err(Unfit::Missing) };
            // Reference: a dynamic address's source may be any word, and an unknown status is FFh.
            let kind = if parameter.kind == Kind::StaticAddress { code(ADDRESS_ENABLES, word)? } else { 0 };
            let (address, prefix_length) = (address(host)?, byte(length)?);
            let status = rest.first().map_or(0, |word| code(ADDRESS_STATUSES, word).unwrap_or(0xff));
            AddressEntry { set: set_byte, kind, address, prefix_length, status }.encode()
        }
        Kind::Duid | Kind::NdTiming => Block { set: set_byte, block: block_byte, data: hex(first)? }.encode(),
        Kind::DhcpTiming => {
            let mut second = [0; 16];
            let data = hex(first)?;
            if let Some(word) = words.get(1) {
                second[..6].copy_from_slice(&hex::<6>(word)?);
            }
            let blocks = [(0, data), (1, second)];
            return Ok(blocks.map(|(block, data)| (selector, Block { set: set_byte, block, data }.encode())).into());
        }
        Kind::StaticRouter | Kind::DynamicRouter => return router(context, parameter, set, words),
    };
    Ok(vec![(selector, data)])
}

fn router(context: &Context, parameter: &Parameter, set: i32, words: &[String]) -> Result<Vec<(u8, Vec<u8>)>, Unfit> {
    let is_static = parameter.kind == Kind::StaticRouter;
    if is_static && set > 2 {
        return Err(Unfit::Invalid);
    }
    let [host, mac, prefix, length, ..] = words else { return Err(Unfit::Missing) };
    let host = address(host)?;
    let mac = scan::mac(mac).ok_or_else(|| {
        context.out.error(&format!("Invalid MAC address: {mac}"));
        Unfit::Invalid
    })?;
    let (prefix, length) = (address(prefix)?, byte(length)?);
    let first = if is_static && set == 2 { parameter.selector + 4 } else { parameter.selector };
    Ok(vec![
        (first, host.octets().to_vec()),
        (first + 1, mac.to_vec()),
        (first + 2, vec![length]),
        (first + 3, prefix.octets().to_vec()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_words() {
        assert_eq!(hex::<2>("0aFf12"), Ok([0x0a, 0xff]));
        assert_eq!(hex::<2>("0a"), Ok([0x0a, 0]));
        assert_eq!(hex::<2>(""), Ok([0, 0]));
        for word in ["0", "0x", "0g", "0102030g", "\u{f7e9}0"] {
            assert_eq!(hex::<2>(word), Err(Unfit::Invalid), "{word}");
        }
    }
}
