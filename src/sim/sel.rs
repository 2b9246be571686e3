//! The system event log (IPMI 2.0 chapter 31).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};

/// Records the log has room for.
const CAPACITY: usize = 512;

/// The log: records of 16 bytes, oldest first, and the reservation in force.
pub struct EventLog {
    records: Vec<[u8; 16]>,
    next_id: u16,
    reservation: u16,
    last_add: u32,
    last_erase: u32,
}

impl EventLog {
    /// A log with these records; short ones are padded, and all get ids from 1 on.
    pub fn new(records: Vec<Vec<u8>>) -> Self {
        let mut log = EventLog {
            records: Vec::new(),
            next_id: 1,
            reservation: 0,
            last_add: 0x6553_f100,
            last_erase: 0x6512_bd00,
        };
        for record in records.into_iter().take(CAPACITY) {
            let mut bytes = [0; 16];
            let length = record.len().min(16);
            bytes[..length].copy_from_slice(&record[..length]);
            log.append(bytes);
        }
        log
    }

    /// Adds a record under the next id, which it returns.
    fn append(&mut self, mut record: [u8; 16]) -> u16 {
        let id = self.next_id;
        [record[0], record[1]] = id.to_le_bytes();
        self.records.push(record);
        // Ids 0000h and FFFFh mean the first and the last record.
        self.next_id = if id == 0xfffe { 1 } else { id + 1 };
        id
    }

    /// Logs an event, as a platform event message does; lost when the log is full.
    pub fn log(&mut self, record: [u8; 16], now: u32) {
        if self.records.len() < CAPACITY {
            self.append(record);
            self.last_add = now;
        }
    }

    fn position(&self, id: u16) -> Option<usize> {
        match id {
            0x0000 => (!self.records.is_empty()).then_some(0),
            0xffff => self.records.len().checked_sub(1),
            id => self.records.iter().position(|record| record[..2] == id.to_le_bytes()),
        }
    }

    fn check_reservation(&self, reservation: u16) -> Result<(), CompletionCode> {
        if reservation == self.reservation { Ok(()) } else { Err(CompletionCode::RESERVATION_CANCELLED) }
    }

    fn free(&self) -> u16 {
        u16::try_from(16 * (CAPACITY - self.records.len())).unwrap_or(u16::MAX)
    }
}

/// The handler for a SEL command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x40 => info,
        0x41 => allocation,
        0x42 => reserve,
        0x43 => get,
        0x44 => add,
        0x46 => delete,
        0x47 => clear,
        0x48 => |state, _, _| Ok(state.now().to_le_bytes().to_vec()),
        0x49 => set_time,
        _ => return None,
    })
}

fn info(state: &mut State, _: &Origin, _: &Request) -> Outcome {
    let log = &state.sel;
    let count = u16::try_from(log.records.len()).unwrap_or(u16::MAX);
    let mut data = vec![0x51];
    data.extend(count.to_le_bytes());
    data.extend(log.free().to_le_bytes());
    data.extend(log.last_add.to_le_bytes());
    data.extend(log.last_erase.to_le_bytes());
    // Delete, reserve and allocation information are supported; partial add is not.
    data.push(0x0b | if log.free() == 0 { 0x80 } else { 0 });
    Ok(data)
}

fn allocation(state: &mut State, _: &Origin, _: &Request) -> Outcome {
    let units = u16::try_from(CAPACITY).unwrap_or(u16::MAX).to_le_bytes();
    let free = (state.sel.free() / 16).to_le_bytes();
    Ok([units, [16, 0], free, free, [1, 0]].concat()[..9].to_vec())
}

fn reserve(state: &mut State, _: &Origin, _: &Request) -> Outcome {
    let log = &mut state.sel;
    log.reservation = log.reservation.wrapping_add(1).max(1);
    Ok(log.reservation.to_le_bytes().to_vec())
}

fn get(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [r0, r1, id0, id1, offset, count] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let (reservation, id) = (u16::from_le_bytes([r0, r1]), u16::from_le_bytes([id0, id1]));
    let log = &state.sel;
    if offset != 0 || reservation != 0 {
        log.check_reservation(reservation)?;
    }
    let position = log.position(id).ok_or(CompletionCode::NOT_PRESENT)?;
    let record = &log.records[position];
    let next = log.records.get(position + 1).map_or([0xff, 0xff], |next| [next[0], next[1]]);
    let rest = record.get(usize::from(offset)..).ok_or(CompletionCode::OUT_OF_RANGE)?;
    let part =
        if count == 0xff { rest } else { rest.get(..usize::from(count)).ok_or(CompletionCode::CANNOT_RETURN)? };
    Ok([&next, part].concat())
}

fn add(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let mut record = <[u8; 16]>::try_from(&request.data[..]).map_err(|_| CompletionCode::LENGTH_INVALID)?;
    if state.sel.records.len() >= CAPACITY {
        return Err(CompletionCode::OUT_OF_SPACE);
    }
    let now = state.now();
    // Records with a timestamp get the controller's own.
    if record[2] < 0xe0 {
        record[3..7].copy_from_slice(&now.to_le_bytes());
    }
    state.sel.last_add = now;
    Ok(state.sel.append(record).to_le_bytes().to_vec())
}

fn delete(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [r0, r1, id0, id1] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    let log = &mut state.sel;
    log.check_reservation(u16::from_le_bytes([r0, r1]))?;
    let position = log.position(u16::from_le_bytes([id0, id1])).ok_or(CompletionCode::NOT_PRESENT)?;
    let record = log.records.remove(position);
    Ok(record[..2].to_vec())
}

fn clear(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [r0, r1, b'C', b'L', b'R', action] = request.data[..] else { return Err(CompletionCode::INVALID_FIELD) };
    let now = state.now();
    let log = &mut state.sel;
    log.check_reservation(u16::from_le_bytes([r0, r1]))?;
    match action {
        0xaa => {
            log.records.clear();
            log.last_erase = now;
        }
        0x00 => {}
        _ => return Err(CompletionCode::INVALID_FIELD),
    }
    // Erasure completed.
    Ok(vec![0x01])
}

fn set_time(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let time = <[u8; 4]>::try_from(&request.data[..]).map_err(|_| CompletionCode::LENGTH_INVALID)?;
    state.clock_offset = i64::from(u32::from_le_bytes(time)) - i64::from(state.clock.now());
    Ok(Vec::new())
}
