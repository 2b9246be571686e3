//! The one reader and writer of FRU inventory devices.
//!
//! Data goes in chunks whose size shrinks, for the rest of the handle's life, when the device cannot
//! handle so much. What happens on the way is told to a listener; it has the words.

use super::{Bmc, CallError, limit};
use crate::ipmi::fru::{CommonHeader, FruAreaInfo, GetFruInventoryAreaInfo, ReadFruData, RecordHeader, WriteFruData};
use crate::ipmi::{CompletionCode, Route};

/// What happens while a FRU is read or written.
#[derive(Debug)]
pub enum FruEvent {
    /// A place to read from that is beyond the device: place and size.
    Beyond(usize, usize),
    /// More was wanted than there is: the end that was wanted, and what is left to read.
    Adjusted(usize, usize),
    /// The transport has no room for an answer.
    NoRoomToRead,
    /// The transport has no room for a request.
    NoRoomToWrite,
    /// A chunk was refused as too large; the next one is this small.
    SmallerRead(u16),
    /// The same while writing.
    SmallerWrite(u16),
    /// A chunk could not be read.
    Unread(CallError),
    /// The device returned another amount than it said, or more than was asked for.
    WrongAmount,
    /// What is to be written does not fit into the device.
    DoesNotFit,
    /// A device that is addressed by words cannot be written at odd places.
    Odd,
    /// The common header could not be read before writing.
    HeaderUnread(CallError),
    /// The common header's checksum is wrong.
    HeaderUnsound,
    /// The common header's version is unknown.
    HeaderVersion(u8),
    /// A block begins at an odd place of a device that is addressed by words.
    Unaligned(usize),
    /// A chunk is being written: its length, and its block's number and name.
    Writing(usize, Option<(usize, String)>),
    /// A chunk has been written.
    Wrote(usize),
    /// A block is protected: name, start and size; or everything from a place on is.
    Protected(Result<(String, usize, usize), usize>),
}

/// Told what happens, as it happens.
pub type Listener<'a> = &'a (dyn Fn(FruEvent) + Send + Sync);

/// What was read: as many bytes as were wanted, zero where nothing came.
#[derive(Debug)]
pub struct FruBytes {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether they count. A device that says it has no more counts as read.
    pub complete: bool,
}

/// A FRU device that has been asked for its size.
#[derive(Debug)]
pub struct FruDevice {
    /// FRU device id.
    pub id: u8,
    /// Size and addressing.
    pub info: FruAreaInfo,
    route: Route,
    read_chunk: Option<u16>,
    write_chunk: Option<u16>,
    style: ReadStyle,
}

/// How the first chunk's size is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadStyle {
    /// What the transport can return.
    Transport,
    /// Twenty bytes, sixteen by words.
    Fixed,
}

/// Bytes of a memory module's SPD that are asked for at once.
const SPD_CHUNK: u8 = 16;
/// Empty answers in a row that are borne.
const PATIENCE: usize = 64;
/// Sizes down to here shrink by [`STEP`], then by one.
const COARSE: u16 = 32;
const STEP: u16 = 8;
/// Refusals of less than this many bytes are final.
const SMALLEST: u16 = 8;
/// A block the device does not let anybody write (section 34.3).
const PROTECTED: CompletionCode = CompletionCode(0x80);

fn too_large(code: CompletionCode) -> bool {
    matches!(code.0, 0xc7 | 0xc8 | 0xca)
}

/// A part of a device that is written by itself.
struct Block {
    start: usize,
    end: usize,
    name: String,
}

impl Block {
    /// Puts blocks that begin at these places one after another.
    ///
    /// Reference: a size is a number of 16 bits, so that a block whose successor begins before it ends
    /// far beyond the device.
    fn chain(starts: Vec<(usize, String)>, size: usize) -> Vec<Block> {
        let ends: Vec<usize> = starts.iter().skip(1).map(|(start, _)| *start).chain([size]).collect();
        let length = |start: usize, end: usize| end.wrapping_sub(start) & 0xffff;
        let blocks = starts.into_iter().zip(ends);
        blocks.map(|((start, name), end)| Block { start, end: start + length(start, end), name }).collect()
    }
}

impl Bmc {
    /// Asks a FRU device for its size.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn open_fru(&self, id: u8) -> Result<FruDevice, CallError> {
        self.open_fru_at(self.route(), id).await
    }

    /// The same, of another controller.
    ///
    /// # Errors
    /// As [`Bmc::call`].
    pub async fn open_fru_at(&self, route: Route, id: u8) -> Result<FruDevice, CallError> {
        let info = self.call_at(&route, &GetFruInventoryAreaInfo { id }).await?;
        Ok(FruDevice { id, info, route, read_chunk: None, write_chunk: None, style: ReadStyle::Transport })
    }
}

impl FruDevice {
    /// Reads in chunks of a fixed size from now on, as the internal use area is.
    pub fn read_in_fixed_chunks(&mut self) {
        self.style = ReadStyle::Fixed;
        self.read_chunk = None;
    }

    fn size(&self) -> usize {
        usize::from(self.info.size)
    }

    /// A place in the device's own units.
    fn units(&self, place: usize) -> u16 {
        let place = if self.info.by_words { place / 2 } else { place };
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    fn even(&self, count: u16) -> u16 {
        if self.info.by_words { count & !1 } else { count }
    }

    /// The common header, asked for by itself. A reply without a single byte is one of zeros.
    ///
    /// # Errors
    /// No reply, or a refusal.
    pub async fn header(&self, bmc: &Bmc) -> Result<CommonHeader, CallError> {
        let command = ReadFruData { id: self.id, offset: 0, count: CommonHeader::LENGTH };
        match bmc.call_at(&self.route, &command).await {
            Ok(data) => Ok(CommonHeader::decode(&data.bytes)),
            Err(CallError::Decode(_)) => Ok(CommonHeader::default()),
            Err(error) => Err(error),
        }
    }

    /// Size of the first chunk to read.
    fn first_read(&self, bmc: &Bmc) -> Option<u16> {
        match self.style {
            ReadStyle::Fixed => Some(if self.info.by_words { 16 } else { 20 }),
            ReadStyle::Transport => {
                // The completion code and the count take a byte each.
                let room = bmc.max_response_at(self.route).saturating_sub(1);
                (room > 1).then(|| self.even((room - 1).min(255)))
            }
        }
    }

    /// The size after a refusal.
    fn smaller(&self, chunk: u16) -> Option<u16> {
        match self.style {
            ReadStyle::Fixed => (chunk - 1 > SMALLEST).then_some(chunk - 1),
            ReadStyle::Transport if chunk <= SMALLEST => None,
            ReadStyle::Transport => Some(if chunk > COARSE { chunk - STEP } else { chunk - 1 }),
        }
    }

    /// Reads `length` bytes from `start`.
    pub async fn read(&mut self, bmc: &Bmc, start: usize, length: usize, listener: Listener<'_>) -> FruBytes {
        let mut bytes = vec![0; length];
        let complete = self.read_into(bmc, start, &mut bytes, listener).await;
        FruBytes { bytes, complete }
    }

    /// The same, into bytes that are there already: those for which nothing comes stay as they are.
    /// Returns whether they count.
    pub async fn read_into(&mut self, bmc: &Bmc, start: usize, bytes: &mut [u8], listener: Listener<'_>) -> bool {
        let size = self.size();
        if start > size {
            listener(FruEvent::Beyond(start, size));
            return false;
        }
        let mut end = start + bytes.len();
        if end > size {
            listener(FruEvent::Adjusted(end, size - start));
            // Reference: what lies beyond the device's size is zero, counted from the beginning of the bytes.
            bytes.iter_mut().skip(size).for_each(|byte| *byte = 0);
            end = size;
        }
        if self.read_chunk.is_none() {
            self.read_chunk = self.first_read(bmc);
        }
        let Some(mut chunk) = self.read_chunk else {
            listener(FruEvent::NoRoomToRead);
            return false;
        };
        let mut place = start;
        loop {
            let count = u16::try_from(end - place).unwrap_or(u16::MAX).min(chunk);
            let command =
                ReadFruData { id: self.id, offset: self.units(place), count: u8::try_from(count).unwrap_or(u8::MAX) };
            let data = match bmc.call_at(&self.route, &command).await {
                Ok(data) => data,
                Err(CallError::Refused(code)) if too_large(code) && self.smaller(chunk).is_some() => {
                    chunk = self.smaller(chunk).unwrap_or(chunk);
                    self.read_chunk = Some(chunk);
                    listener(FruEvent::SmallerRead(chunk));
                    if place < end {
                        continue;
                    }
                    return true;
                }
                Err(CallError::Decode(_)) => {
                    listener(FruEvent::WrongAmount);
                    return false;
                }
                Err(error) => {
                    listener(FruEvent::Unread(error));
                    // Reference: what was asked for nothing has not missed anything.
                    return place >= end;
                }
            };
            let count = usize::from(data.count) * if self.info.by_words { 2 } else { 1 };
            let target = bytes.get_mut(place - start..place - start + count).filter(|_| place + count <= end);
            let (Some(target), Some(source)) = (target, data.bytes.get(..count)) else {
                listener(FruEvent::WrongAmount);
                return false;
            };
            target.copy_from_slice(source);
            place += count;
            // The size a device tells is sometimes too large: nothing more is no failure.
            if count == 0 || place >= end {
                return true;
            }
        }
    }

    /// Reads the whole device as a memory module's SPD is read: sixteen bytes a time, whatever the device's
    /// addressing, and until the size it tells has been reached. None where it returns another amount.
    ///
    /// # Errors
    /// The first refusal, or no reply.
    pub async fn read_spd(&mut self, bmc: &Bmc) -> Result<Option<Vec<u8>>, CallError> {
        let mut bytes = Vec::new();
        let mut empty = 0;
        while bytes.len() < self.size() {
            let offset = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
            let data = match bmc.call_at(&self.route, &ReadFruData { id: self.id, offset, count: SPD_CHUNK }).await {
                Ok(data) => data,
                Err(CallError::Decode(_)) => return Ok(None),
                Err(error) => return Err(error),
            };
            let count = usize::from(data.count);
            let Some(part) = data.bytes.get(..count).filter(|_| bytes.len() + count <= self.size()) else {
                return Ok(None);
            };
            // A device that never gives anything more must not be asked for ever.
            empty = if count == 0 { empty + 1 } else { 0 };
            if empty > PATIENCE {
                return Ok(None);
            }
            bytes.extend(part);
        }
        Ok(Some(bytes))
    }

    /// Where writes must not run over: the areas and the records of the multirecord area.
    async fn blocks(&mut self, bmc: &Bmc, listener: Listener<'_>) -> Option<Vec<Block>> {
        let header = match self.header(bmc).await {
            Ok(header) => header,
            Err(error) => {
                listener(FruEvent::HeaderUnread(error));
                return None;
            }
        };
        if !header.is_sound {
            listener(FruEvent::HeaderUnsound);
            return None;
        }
        if header.version != CommonHeader::VERSION {
            listener(FruEvent::HeaderVersion(header.version));
            return None;
        }
        let block = |start: u16, name: &str| (usize::from(start), name.to_owned());
        let mut blocks = vec![block(0, "Common Header Section")];
        let areas = [
            (header.internal, "Internal Use Section"),
            (header.chassis, "Chassis Section"),
            (header.board, "Board Section"),
            (header.product, "Product Section"),
        ];
        blocks.extend(areas.iter().filter(|(start, _)| *start != 0).map(|(start, name)| block(*start, name)));
        if header.multirecord != 0 {
            let mut place = usize::from(header.multirecord);
            let mut header = [0; RecordHeader::LENGTH as usize];
            loop {
                if self.info.by_words && place & 1 != 0 {
                    listener(FruEvent::Unaligned(place));
                    place += 1;
                    break;
                }
                if !self.read_into(bmc, place, &mut header, listener).await {
                    break;
                }
                let record = RecordHeader::decode(&header);
                blocks.push((place, format!("Multi-Rec Area: Type {}", record.kind)));
                place += usize::from(record.length) + usize::from(RecordHeader::LENGTH);
                if !record.is_sound || record.is_last || place >= self.size() {
                    break;
                }
            }
            if self.size() > place {
                blocks.push((place, "Unused space".to_owned()));
            }
        }
        Some(Block::chain(blocks, self.size()))
    }

    /// Writes bytes to a place, block by block. Protected blocks are jumped over.
    ///
    /// Returns whether everything has been written or jumped over; none where it was never begun.
    pub async fn write(&mut self, bmc: &Bmc, start: usize, bytes: &[u8], listener: Listener<'_>) -> Option<bool> {
        let end = start + bytes.len();
        if end > self.size() {
            listener(FruEvent::DoesNotFit);
            return None;
        }
        if self.info.by_words && (start | bytes.len()) & 1 != 0 {
            listener(FruEvent::Odd);
            return None;
        }
        let blocks = self.blocks(bmc, listener).await.unwrap_or_default();
        if self.write_chunk.is_none() {
            // The device's id and the offset take three bytes.
            let room = limit(bmc.transport().limits().request, 8, self.route);
            self.write_chunk = room.checked_sub(3).filter(|room| *room > 0).map(|room| self.even(room.min(255)));
        }
        let Some(mut chunk) = self.write_chunk else {
            listener(FruEvent::NoRoomToWrite);
            return None;
        };
        let mut place = start;
        let mut number = 0;
        loop {
            while blocks.get(number).is_some_and(|block| block.end <= place) {
                number += 1;
            }
            let block = blocks.get(number);
            let stop = block.map_or(end, |block| block.end.min(end));
            let count = usize::from(self.even(u16::try_from(stop - place).unwrap_or(u16::MAX).min(chunk)));
            listener(FruEvent::Writing(count, block.map(|block| (number, block.name.clone()))));
            let part = bytes.get(place - start..place - start + count).unwrap_or_default();
            let command = WriteFruData { id: self.id, offset: self.units(place), bytes: part };
            match bmc.call_at(&self.route, &command).await {
                // An odd rest at the end of a block cannot be written by words: nothing would move on.
                Ok(()) if count == 0 && place < end => return Some(false),
                Ok(()) => {
                    listener(FruEvent::Wrote(count));
                    place += count;
                }
                Err(CallError::Refused(PROTECTED)) => {
                    listener(FruEvent::Protected(match block {
                        Some(block) => Ok((block.name.clone(), block.start, block.end - block.start)),
                        None => Err(place),
                    }));
                    place = stop;
                }
                Err(CallError::Refused(code)) if too_large(code) && chunk > COARSE => {
                    chunk -= STEP;
                    self.write_chunk = Some(chunk);
                    listener(FruEvent::SmallerWrite(chunk));
                }
                Err(_) => return Some(place >= end),
            }
            if place >= end {
                return Some(true);
            }
        }
    }
}
