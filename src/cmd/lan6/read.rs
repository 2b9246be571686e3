//! `lan6 print` and `lan6 save`: everything is read first, then shown.

use super::parameter::{Kind, PARAMETERS, Parameter, Selection, select};
use super::value::{Entry, Saved, Value};
use super::{any_channel, channel_word, complain, help, low_byte};
use crate::bmc::lan::is_unsupported;
use crate::family::{Context, Status};
use crate::ipmi::lan::GetLanConfig;
use crate::tables::lan6 as names;

/// Set selectors are a byte. A controller that does not look at them would be asked for ever.
const SETS: i32 = 256;
/// Blocks of sixteen bytes that an identifier of at most 255 bytes can take.
const BLOCKS: i32 = 16;

struct Reading<'a> {
    context: &'a Context,
    channel: i32,
    entries: Vec<Entry>,
}

impl Reading<'_> {
    async fn get(&self, selector: u8, set: i32, block: i32, quiet: bool) -> Result<Vec<u8>, ()> {
        let name = names::PARAMETERS.name(selector);
        self.context.out.info(&format!("Getting parameter '{name}' set {set} block {block}"));
        let command = GetLanConfig {
            channel: low_byte(self.channel),
            parameter: selector,
            set: low_byte(set),
            block: low_byte(block),
        };
        self.context.bmc.call(&command).await.map_err(|error| {
            if !(quiet && is_unsupported(&error)) {
                complain(self.context, "get", selector, &error);
            }
        })
    }

    /// One set and block of a parameter. What went wrong has been said, unless `quiet`.
    async fn entry(&self, parameter: &'static Parameter, set: i32, block: i32, quiet: bool) -> Result<Entry, ()> {
        let first = parameter.selector;
        let replies = match parameter.kind {
            Kind::DhcpTiming => vec![self.get(first, set, 0, quiet).await?, self.get(first, set, 1, quiet).await?],
            Kind::StaticRouter => match set {
                1 => self.router(first, 0, block, quiet).await?,
                2 => self.router(first + 4, 0, block, quiet).await?,
                _ => return Err(()),
            },
            Kind::DynamicRouter => self.router(first, set, block, quiet).await?,
            _ => vec![self.get(first, set, block, quiet).await?],
        };
        Ok(Entry { parameter, set, block, value: Value::decode(parameter.kind, &replies) })
    }

    /// The four parameters of a router. Reference: only the first of them may be missing quietly.
    async fn router(&self, first: u8, set: i32, block: i32, quiet: bool) -> Result<Vec<Vec<u8>>, ()> {
        let mut replies = vec![self.get(first, set, block, quiet).await?];
        for selector in first + 1..first + 4 {
            replies.push(self.get(selector, set, block, false).await?);
        }
        Ok(replies)
    }

    /// All that a selection names of one parameter, until there is no more. Without `quiet` the
    /// first of it must be there.
    async fn collect(&mut self, parameter: &'static Parameter, selection: Selection, quiet: bool) -> Result<(), ()> {
        let set = selection.set.or(if parameter.first_set.is_none() { Some(0) } else { None });
        let block = selection.block.or(if parameter.blocks { None } else { Some(0) });
        let mut quiet = quiet;
        let first_set = set.or(parameter.first_set).unwrap_or(0);
        for set in first_set..=set.unwrap_or(SETS - 1) {
            let first_block = block.unwrap_or(0);
            for block in first_block..=block.unwrap_or(BLOCKS - 1) {
                match self.entry(parameter, set, block, quiet).await {
                    Ok(entry) => self.entries.push(entry),
                    Err(()) if !quiet => return Err(()),
                    Err(()) if block == first_block => return Ok(()),
                    Err(()) => break,
                }
                quiet = true;
            }
        }
        Ok(())
    }

    async fn all(&mut self, selection: Selection) -> Result<(), Status> {
        if let Some(parameter) = selection.parameter {
            return self.collect(parameter, selection, false).await.map_err(|()| Status::FAILED);
        }
        for parameter in &PARAMETERS {
            // Nothing is missed here; what was wrong has been said.
            self.collect(parameter, selection, true).await.ok();
        }
        Ok(())
    }
}

async fn read<'a>(context: &'a Context, verb: &str, words: &[String]) -> Result<Reading<'a>, Status> {
    let (channel, words) = match words.split_first() {
        None => (any_channel(context).await?, words),
        Some((word, rest)) => (channel_word(context, word)?, rest),
    };
    let (selection, _) = select(context, words).inspect_err(|_| help(&context.out, verb))?;
    context.out.notice("Getting parameter(s)...");
    let mut reading = Reading { context, channel, entries: Vec::new() };
    reading.all(selection).await?;
    Ok(reading)
}

/// `lan6 print`.
pub async fn print(context: &Context, words: &[String]) -> Result<(), Status> {
    let reading = read(context, "print", words).await?;
    let rows = context.out.list();
    reading.entries.iter().for_each(|entry| rows.push(entry));
    Ok(())
}

/// Reference: room for the command in front of each line.
const COMMAND_ROOM: usize = 18;

/// `lan6 save`.
pub async fn save(context: &Context, words: &[String]) -> Result<(), Status> {
    let reading = read(context, "save", words).await?;
    let (out, channel) = (&context.out, reading.channel);
    let mut command = format!("lan6 set {channel} nolock");
    command.truncate(COMMAND_ROOM);
    out.println(&format!("lan6 lock {channel}"));
    let rows = out.list();
    for entry in reading.entries.iter().filter(|entry| entry.parameter.format.is_some()) {
        rows.push(&Saved { command: &command, entry });
    }
    out.println(&format!("lan6 commit {channel}"));
    out.println(&format!("lan6 discard {channel}"));
    out.println("exit");
    Ok(())
}
