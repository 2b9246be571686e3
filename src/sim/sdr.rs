//! The sensor data repository, or the controller's own device SDRs (IPMI 2.0 chapters 33 and 35).

use super::registry::Handler;
use super::{Origin, Outcome, State};
use crate::ipmi::{CompletionCode, Request};

/// Bytes of records the repository has room for.
const CAPACITY: usize = 16 * 1024;

/// The records, with their headers, and the reservation in force.
pub struct Repository {
    records: Vec<Vec<u8>>,
    next_id: u16,
    reservation: u16,
    adding: Option<u16>,
    last_add: u32,
    last_erase: u32,
}

impl Repository {
    /// A repository with these records, which get ids from 1 on. What is no record is left out.
    pub fn new(records: Vec<Vec<u8>>) -> Self {
        let mut repository = Repository {
            records: Vec::new(),
            next_id: 1,
            reservation: 0,
            adding: None,
            last_add: 0x6500_0000,
            last_erase: 0x64ff_0000,
        };
        for record in records.into_iter().filter(|record| record.len() >= 5) {
            repository.append(record);
        }
        repository
    }

    fn append(&mut self, mut record: Vec<u8>) -> u16 {
        let id = self.next_id;
        record[..2].copy_from_slice(&id.to_le_bytes());
        self.records.push(record);
        self.next_id = if id == 0xfffe { 1 } else { id + 1 };
        id
    }

    /// All records, in order.
    pub fn records(&self) -> &[Vec<u8>] {
        &self.records
    }

    fn position(&self, id: u16) -> Option<usize> {
        match id {
            0x0000 => (!self.records.is_empty()).then_some(0),
            0xffff => self.records.len().checked_sub(1),
            id => self.records.iter().position(|record| record[..2] == id.to_le_bytes()),
        }
    }

    fn used(&self) -> usize {
        self.records.iter().map(Vec::len).sum()
    }

    fn check_reservation(&self, reservation: [u8; 2]) -> Result<(), CompletionCode> {
        if reservation == self.reservation.to_le_bytes() { Ok(()) } else { Err(CompletionCode::RESERVATION_CANCELLED) }
    }

    fn read(&self, request: &Request) -> Outcome {
        let [r0, r1, id0, id1, offset, count] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
        if offset != 0 {
            self.check_reservation([r0, r1])?;
        }
        let position = self.position(u16::from_le_bytes([id0, id1])).ok_or(CompletionCode::NOT_PRESENT)?;
        let record = &self.records[position];
        let next = self.records.get(position + 1).map_or([0xff, 0xff], |next| [next[0], next[1]]);
        let rest = record.get(usize::from(offset)..).ok_or(CompletionCode::OUT_OF_RANGE)?;
        let part =
            if count == 0xff { rest } else { rest.get(..usize::from(count)).ok_or(CompletionCode::OUT_OF_RANGE)? };
        // A whole long record does not fit into one reply over IPMB.
        if part.len() > 0x40 {
            return Err(CompletionCode::CANNOT_RETURN);
        }
        Ok([&next, part].concat())
    }

    fn reserve(&mut self) -> Outcome {
        self.reservation = self.reservation.wrapping_add(1).max(1);
        Ok(self.reservation.to_le_bytes().to_vec())
    }
}

/// The handler for a repository command.
pub fn find(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x20 => |state, origin, request| repository(state).and_then(|()| info(state, origin, request)),
        0x21 => allocation,
        0x22 => |state, _, _| repository(state).and_then(|()| state.sdr.reserve()),
        0x23 => |state, _, request| repository(state).and_then(|()| state.sdr.read(request)),
        0x24 => add,
        0x25 => partial_add,
        0x26 => delete,
        0x27 => clear,
        0x28 => |state, _, _| Ok(state.now().to_le_bytes().to_vec()),
        0x29 => |_, _, _| Ok(Vec::new()),
        _ => return None,
    })
}

/// The handler for a device SDR command.
pub fn find_device(cmd: u8) -> Option<Handler> {
    Some(match cmd {
        0x20 => device_info,
        0x21 => |state, _, request| device(state).and_then(|()| state.device_sdr.read(request)),
        0x22 => |state, _, _| device(state).and_then(|()| state.device_sdr.reserve()),
        _ => return None,
    })
}

/// Additional device support (Get Device ID, section 20.1): bit 1 is a repository.
fn repository(state: &State) -> Result<(), CompletionCode> {
    let support = state.device_id.get(5).copied().unwrap_or(0);
    if support & 0x02 != 0 { Ok(()) } else { Err(CompletionCode::INVALID_COMMAND) }
}

fn device(state: &State) -> Result<(), CompletionCode> {
    let provides = state.device_id.get(1).copied().unwrap_or(0);
    if provides & 0x80 != 0 { Ok(()) } else { Err(CompletionCode::INVALID_COMMAND) }
}

fn info(state: &mut State, _: &Origin, _: &Request) -> Outcome {
    let repository = &state.sdr;
    let count = u16::try_from(repository.records.len()).unwrap_or(u16::MAX);
    let free = u16::try_from(CAPACITY.saturating_sub(repository.used())).unwrap_or(0xfffe);
    let mut data = vec![0x51];
    data.extend(count.to_le_bytes());
    data.extend(free.to_le_bytes());
    data.extend(repository.last_add.to_le_bytes());
    data.extend(repository.last_erase.to_le_bytes());
    // Modal and non-modal update; delete, partial add, reserve and allocation information.
    data.push(0x6f);
    Ok(data)
}

fn allocation(state: &mut State, _: &Origin, _: &Request) -> Outcome {
    let free = u16::try_from(CAPACITY.saturating_sub(state.sdr.used()) / 16).unwrap_or(0).to_le_bytes();
    let units = u16::try_from(CAPACITY / 16).unwrap_or(0).to_le_bytes();
    Ok([&units[..], &[16, 0], &free, &free, &[16]].concat())
}

fn add(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let record = request.data.clone();
    if record.len() < 5 || record.len() != 5 + usize::from(record[4]) {
        return Err(CompletionCode::LENGTH_INVALID);
    }
    if state.sdr.used() + record.len() > CAPACITY {
        return Err(CompletionCode::OUT_OF_SPACE);
    }
    state.sdr.last_add = state.now();
    Ok(state.sdr.append(record).to_le_bytes().to_vec())
}

/// Partial Add SDR (section 33.14): the first part has record id 0 and carries the header.
fn partial_add(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [r0, r1, id0, id1, offset, last, data @ ..] = &request.data[..] else {
        return Err(CompletionCode::LENGTH_INVALID);
    };
    let now = state.now();
    let repository = &mut state.sdr;
    repository.check_reservation([*r0, *r1])?;
    let id = if (*id0, *id1) == (0, 0) {
        if data.len() < 5 {
            return Err(CompletionCode::LENGTH_INVALID);
        }
        if repository.used() + 5 + usize::from(data[4]) > CAPACITY {
            return Err(CompletionCode::OUT_OF_SPACE);
        }
        let id = repository.append(data.to_vec());
        repository.adding = Some(id);
        id
    } else {
        let id = u16::from_le_bytes([*id0, *id1]);
        let position = repository.position(id).filter(|_| repository.adding == Some(id));
        let record = &mut repository.records[position.ok_or(CompletionCode::NOT_PRESENT)?];
        // 80h: more bytes than the header announced, or a gap.
        if usize::from(*offset) != record.len() || record.len() + data.len() > 5 + usize::from(record[4]) {
            return Err(CompletionCode(0x80));
        }
        record.extend(data);
        id
    };
    if last & 0x0f == 1 {
        repository.adding = None;
        repository.last_add = now;
    }
    Ok(id.to_le_bytes().to_vec())
}

fn delete(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [r0, r1, id0, id1] = request.data[..] else { return Err(CompletionCode::LENGTH_INVALID) };
    state.sdr.check_reservation([r0, r1])?;
    let position = state.sdr.position(u16::from_le_bytes([id0, id1])).ok_or(CompletionCode::NOT_PRESENT)?;
    state.sdr.records.remove(position);
    Ok(vec![id0, id1])
}

fn clear(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    let [r0, r1, b'C', b'L', b'R', action] = request.data[..] else { return Err(CompletionCode::INVALID_FIELD) };
    let now = state.now();
    state.sdr.check_reservation([r0, r1])?;
    match action {
        0xaa => {
            state.sdr.records.clear();
            state.sdr.last_erase = now;
        }
        0x00 => {}
        _ => return Err(CompletionCode::INVALID_FIELD),
    }
    Ok(vec![0x01])
}

fn device_info(state: &mut State, _: &Origin, request: &Request) -> Outcome {
    device(state)?;
    let count = match request.data.first() {
        Some(1) => state.device_sdr.records.len(),
        _ => state.device_sdr.records.iter().filter(|record| matches!(record[3], 1..=3)).count(),
    };
    // Static population on LUN 0.
    Ok(vec![u8::try_from(count).unwrap_or(u8::MAX), 0x01])
}
