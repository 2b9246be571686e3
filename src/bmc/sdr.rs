//! The one reader of sensor data records.
//!
//! A walk asks for each record's header, then for its body in chunks whose size shrinks, for good,
//! when the controller cannot return so much. Records that are understood are kept for the rest of
//! the process. What happens on the way is told to a listener as it happens; it has the words.

use super::{Bmc, CallError};
use crate::ipmi::app::GetDeviceId;
use crate::ipmi::sdr::{
    GetDeviceSdr, GetDeviceSdrInfo, GetSdr, GetSdrRepositoryInfo, RecordData, RecordPart, ReserveDeviceSdrRepository,
    ReserveSdrRepository, SdrHeader, SdrRecord, SdrSource,
};
use crate::ipmi::{CompletionCode, sdr};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Why no walk over the records can begin.
#[derive(Debug)]
pub enum SdrFault {
    /// Get Device ID failed.
    DeviceId(CallError),
    /// The controller has neither a repository nor sensors of its own.
    NoSource,
    /// The repository's information cannot be read.
    RepositoryInfo(CallError),
    /// The device SDRs' information cannot be read.
    DeviceInfo,
    /// No reservation.
    Reservation,
}

/// What happens on a walk.
#[derive(Debug)]
pub enum SdrEvent {
    /// The repository's version is not known.
    UnknownVersion(u8),
    /// A record's header could not be read; another try may follow.
    Header(u16, CallError),
    /// A record's header says that the record is empty.
    Empty(u16),
    /// A lost reservation could not be renewed.
    Reservation,
}

/// Told what happens, as it happens.
pub type Listener<'a> = &'a (dyn Fn(SdrEvent) + Send + Sync);

/// A walk over the records, in their own order.
#[derive(Debug)]
pub struct Walk {
    source: SdrSource,
    reservation: u16,
    next: u16,
    /// Records that have been asked for: one that comes again closes a circle, which ends the walk.
    seen: HashSet<u16>,
}

/// A record that is kept.
#[derive(Debug)]
pub struct StoredRecord {
    /// Record id.
    pub id: u16,
    /// Record type.
    pub kind: u8,
    /// What it says.
    pub record: SdrRecord,
}

/// What the reader remembers for the rest of the process.
#[derive(Default)]
pub struct SdrState {
    records: Vec<Arc<StoredRecord>>,
    walk: Option<Walk>,
    /// Bytes of a body asked for at once; none before the first.
    chunk: Option<u8>,
}

/// Tries a header gets.
const HEADER_TRIES: usize = 5;
/// Pause after a lost reservation.
const PAUSE: Duration = Duration::from_millis(500);
/// Renewals a single record gets before it is given up: somebody else may be updating the repository.
const RENEWALS: usize = 16;

impl Bmc {
    fn sdr_state(&self) -> MutexGuard<'_, SdrState> {
        self.sdr.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a walk of its own, whatever has been read before.
    ///
    /// # Errors
    /// [`SdrFault`].
    pub async fn open_sdr(&self, listener: Listener<'_>) -> Result<Walk, SdrFault> {
        let id = self.call(&GetDeviceId).await.map_err(SdrFault::DeviceId)?;
        let (repository, sensors) = (id.support & 0x02 != 0, id.support & 0x01 != 0);
        let source = match (id.provides_device_sdrs(), repository, sensors) {
            (true, false, true) => SdrSource::Device,
            (true, false, false) => return Err(SdrFault::NoSource),
            _ => SdrSource::Repository,
        };
        match source {
            SdrSource::Repository => {
                let info = self.call(&GetSdrRepositoryInfo).await.map_err(SdrFault::RepositoryInfo)?;
                if !matches!(info.version, 0x51 | 0x01 | 0x02) {
                    listener(SdrEvent::UnknownVersion(info.version));
                }
            }
            SdrSource::Device => {
                self.call(&GetDeviceSdrInfo).await.map_err(|_| SdrFault::DeviceInfo)?;
            }
        }
        let reservation = self.reserve_sdr(source).await.map_err(|_| SdrFault::Reservation)?;
        Ok(Walk { source, reservation, next: 0, seen: HashSet::new() })
    }

    async fn reserve_sdr(&self, source: SdrSource) -> Result<u16, CallError> {
        match source {
            SdrSource::Repository => self.call(&ReserveSdrRepository).await,
            SdrSource::Device => self.call(&ReserveDeviceSdrRepository).await,
        }
    }

    async fn read_sdr(&self, source: SdrSource, part: RecordPart) -> Result<RecordData, CallError> {
        match source {
            SdrSource::Repository => self.call(&GetSdr(part)).await,
            SdrSource::Device => self.call(&GetDeviceSdr(part)).await,
        }
    }

    /// The next record's header; none at the end, and when it cannot be read.
    pub async fn next_sdr_header(&self, walk: &mut Walk, listener: Listener<'_>) -> Option<SdrHeader> {
        if walk.next == 0xffff || !walk.seen.insert(walk.next) {
            return None;
        }
        for _ in 0..HEADER_TRIES {
            let record = walk.next;
            let part = RecordPart { reservation: walk.reservation, record, offset: 0, length: SdrHeader::LENGTH };
            match self.read_sdr(walk.source, part).await {
                Ok(data) => {
                    let mut header = SdrHeader::decode(&data.bytes);
                    if header.length == 0 {
                        listener(SdrEvent::Empty(record));
                        walk.next = 0xffff;
                        return None;
                    }
                    // Some controllers return another id than the one that was asked for.
                    if record != 0 {
                        header.id = record;
                    }
                    walk.next = data.next;
                    return Some(header);
                }
                Err(CallError::Refused(CompletionCode::RESERVATION_CANCELLED)) => {
                    tokio::time::sleep(PAUSE).await;
                    match self.reserve_sdr(walk.source).await {
                        Ok(reservation) => walk.reservation = reservation,
                        Err(_) => {
                            listener(SdrEvent::Reservation);
                            break;
                        }
                    }
                }
                Err(error) => listener(SdrEvent::Header(record, error)),
            }
        }
        // It may be asked for again: the next look-up goes on from here.
        walk.seen.remove(&walk.next);
        None
    }

    /// A record's body; none when it cannot be read. Bytes the controller leaves out are zero.
    pub async fn sdr_body(&self, walk: &mut Walk, header: SdrHeader) -> Option<Vec<u8>> {
        let mut body = Vec::with_capacity(usize::from(header.length));
        let mut renewals = 0;
        // The chunk size is the transport's limit less the next record's id.
        let first = u8::try_from(self.max_response().saturating_sub(2).min(0xfe)).unwrap_or(0xfe);
        let mut chunk = *self.sdr_state().chunk.get_or_insert(first);
        while body.len() < usize::from(header.length) {
            let rest = usize::from(header.length) - body.len();
            let length = u8::try_from(rest).unwrap_or(u8::MAX).min(chunk);
            let offset = u8::try_from(body.len() + usize::from(SdrHeader::LENGTH)).unwrap_or(u8::MAX);
            let part = RecordPart { reservation: walk.reservation, record: header.id, offset, length };
            match self.read_sdr(walk.source, part).await {
                Ok(data) if data.reply_length == 0 => return None,
                Ok(data) => {
                    let wanted = usize::from(length);
                    let start = body.len();
                    body.extend(data.bytes.iter().take(wanted));
                    body.resize(start + wanted, 0);
                }
                Err(CallError::Transport(_) | CallError::Refused(CompletionCode::CANNOT_RETURN)) => {
                    chunk = length.saturating_sub(1);
                    self.sdr_state().chunk = Some(chunk);
                    if chunk == 0 {
                        return None;
                    }
                }
                Err(CallError::Refused(CompletionCode::RESERVATION_CANCELLED)) if renewals < RENEWALS => {
                    renewals += 1;
                    tokio::time::sleep(PAUSE).await;
                    walk.reservation = self.reserve_sdr(walk.source).await.ok()?;
                }
                Err(_) => return None,
            }
        }
        Some(body)
    }

    /// The records kept so far.
    pub fn stored_sdrs(&self) -> Vec<Arc<StoredRecord>> {
        self.sdr_state().records.clone()
    }

    /// Begins the process's own walk, unless it is under way already.
    ///
    /// # Errors
    /// [`SdrFault`].
    pub async fn begin_sdrs(&self, listener: Listener<'_>) -> Result<(), SdrFault> {
        if self.sdr_state().walk.is_some() {
            return Ok(());
        }
        let walk = self.open_sdr(listener).await?;
        self.sdr_state().walk = Some(walk);
        Ok(())
    }

    /// Goes on with the process's own walk: the next record of a type that is understood, kept from
    /// now on. None at the end.
    pub async fn next_stored_sdr(&self, listener: Listener<'_>) -> Option<Result<Arc<StoredRecord>, SdrHeader>> {
        let mut walk = self.sdr_state().walk.take()?;
        let mut found = None;
        while let Some(header) = self.next_sdr_header(&mut walk, listener).await {
            let Some(body) = self.sdr_body(&mut walk, header).await else {
                found = Some(Err(header));
                break;
            };
            if let Some(record) = SdrRecord::decode(header.kind, &body) {
                let stored = Arc::new(StoredRecord { id: header.id, kind: header.kind, record });
                self.sdr_state().records.push(Arc::clone(&stored));
                found = Some(Ok(stored));
                break;
            }
        }
        self.sdr_state().walk = Some(walk);
        found
    }

    /// The first record that fits, kept or still to be read.
    ///
    /// # Errors
    /// [`SdrFault`] when no walk can begin.
    pub async fn find_sdr(
        &self,
        listener: Listener<'_>,
        fits: impl Fn(&SdrRecord) -> bool,
    ) -> Result<Option<Arc<StoredRecord>>, SdrFault> {
        self.begin_sdrs(listener).await?;
        if let Some(found) = self.stored_sdrs().into_iter().find(|stored| fits(&stored.record)) {
            return Ok(Some(found));
        }
        while let Some(next) = self.next_stored_sdr(listener).await {
            if let Ok(stored) = next
                && fits(&stored.record)
            {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    /// All records that fit: those kept first, then those still to be read.
    ///
    /// # Errors
    /// [`SdrFault`] when no walk can begin.
    pub async fn find_sdrs(
        &self,
        listener: Listener<'_>,
        fits: impl Fn(&SdrRecord) -> bool,
    ) -> Result<Vec<Arc<StoredRecord>>, SdrFault> {
        self.begin_sdrs(listener).await?;
        while self.next_stored_sdr(listener).await.is_some() {}
        Ok(self.stored_sdrs().into_iter().filter(|stored| fits(&stored.record)).collect())
    }

    /// Takes records from a cache file instead of the controller: no walk will ask it again.
    pub fn preload_sdrs(&self, records: Vec<(sdr::SdrHeader, SdrRecord)>) {
        let mut state = self.sdr_state();
        state.records.extend(
            records
                .into_iter()
                .map(|(header, record)| Arc::new(StoredRecord { id: header.id, kind: header.kind, record })),
        );
        state.walk.get_or_insert(Walk {
            source: SdrSource::Repository,
            reservation: 0,
            next: 0xffff,
            seen: HashSet::new(),
        });
    }
}

/// Shared by `Bmc`'s fields.
pub type SharedState = Mutex<SdrState>;
