//! FRU inventory devices (IPMI 2.0 chapter 34).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};

/// One FRU device's memory.
struct Fru {
    image: Vec<u8>,
    /// Whether it is addressed by words.
    by_words: bool,
}

/// The FRU devices, by id from 0.
pub struct Frus(Vec<Fru>);

/// This device of the default server is addressed by words.
const WORD_DEVICE: usize = 4;

impl Frus {
    /// Devices with these images.
    pub fn new(images: Vec<Vec<u8>>) -> Self {
        let frus = images.into_iter().enumerate();
        Frus(frus.map(|(id, image)| Fru { image, by_words: id == WORD_DEVICE }).collect())
    }

    fn get(&mut self, id: u8) -> Result<&mut Fru, CompletionCode> {
        self.0.get_mut(usize::from(id)).ok_or(CompletionCode::NOT_PRESENT)
    }
}

/// The handler for a FRU command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x10 => info,
        0x11 => read,
        0x12 => write,
        _ => return None,
    })
}

fn info(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [id] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let fru = state.frus.get(id)?;
    let [low, high] = u16::try_from(fru.image.len()).unwrap_or(u16::MAX).to_le_bytes();
    Ok(vec![low, high, u8::from(fru.by_words)])
}

fn read(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [id, low, high, count] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let fru = state.frus.get(id)?;
    let scale = if fru.by_words { 2 } else { 1 };
    let start = usize::from(u16::from_le_bytes([low, high])) * scale;
    let wanted = usize::from(count) / scale * scale;
    let rest = fru.image.get(start..).filter(|rest| !rest.is_empty()).ok_or(CompletionCode::OUT_OF_RANGE)?;
    let part = &rest[..rest.len().min(wanted)];
    let count = u8::try_from(part.len() / scale).unwrap_or(0);
    Ok([&[count], part].concat())
}

fn write(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [id, low, high, data @ ..] = &request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let fru = state.frus.get(*id)?;
    let scale = if fru.by_words { 2 } else { 1 };
    let start = usize::from(u16::from_le_bytes([*low, *high])) * scale;
    let end = start + data.len();
    fru.image.get_mut(start..end).ok_or(CompletionCode::OUT_OF_RANGE)?.copy_from_slice(data);
    Ok(vec![u8::try_from(data.len() / scale).unwrap_or(0)])
}
