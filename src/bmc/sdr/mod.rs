//! The one reader of sensor data records.
//!
//! A walk asks for each record's header, then for its body in chunks whose size shrinks, for good,
//! when the controller cannot return so much. Records that are understood are kept for the rest of
//! the process. What happens on the way is told to a listener as it happens; it has the words.

mod fill;

pub use fill::{AddFault, ClearFault, SdrSourceImage};

use super::trail::Trail;
use super::{Bmc, CallError};
use crate::ipmi::app::GetDeviceId;
use crate::ipmi::sdr::{
    GetDeviceSdr, GetDeviceSdrInfo, GetSdr, GetSdrRepositoryInfo, RawRecord, RecordData, RecordPart,
    ReserveDeviceSdrRepository, ReserveSdrRepository, SdrHeader, SdrRecord, SdrSource,
};
use crate::ipmi::{CompletionCode, Route};
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
    /// The repository was empty, and could not be built.
    Rebuild,
}

/// What happens on a walk, and while a repository is filled.
#[derive(Debug)]
pub enum SdrEvent<'a> {
    /// The repository's version is not known.
    UnknownVersion(u8),
    /// A record's header could not be read; another try may follow.
    Header(u16, CallError),
    /// A record's header says that the record is empty.
    Empty(u16),
    /// A lost reservation could not be renewed.
    Reservation,
    /// A record's body is about to be read.
    Reading(SdrHeader),
    /// A record has been read to be added elsewhere.
    Loaded(&'a RawRecord),
    /// The records of the controller with this address are about to be loaded.
    Loading(u8),
    /// The repository is not erased yet.
    Erasing,
    /// The repository is erased.
    Erased,
    /// The repository could not be erased.
    NotErased(&'a ClearFault),
    /// The controller's own records cannot be read.
    NoBuiltIn(&'a SdrFault),
    /// A record without a body cannot be added.
    Unusable,
    /// A record could not be added.
    NotAdded(u16, AddFault),
}

/// Told what happens, as it happens.
pub type Listener<'a> = &'a (dyn Fn(SdrEvent<'_>) + Send + Sync);

/// A walk over the records, in their own order.
#[derive(Debug)]
pub struct Walk {
    route: Route,
    source: SdrSource,
    reservation: u16,
    next: u16,
    trail: Trail,
    /// Whether the links form a circle, which ends the walk without coming to its end.
    circular: bool,
    /// Reservations renewed since a part of a body was last read.
    renewals: usize,
}

impl Walk {
    /// Whether the walk has come to its end, and not to an earlier stop.
    pub fn is_finished(&self) -> bool {
        self.next == END
    }
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

impl StoredRecord {
    /// Looks into a record; none of a type that is not understood.
    fn decode(raw: &RawRecord) -> Option<Self> {
        let SdrHeader { id, kind, .. } = raw.header;
        SdrRecord::decode(kind, &raw.body).map(|record| StoredRecord { id, kind, record })
    }
}

/// What the reader remembers for the rest of the process.
#[derive(Default)]
pub struct SdrState {
    records: Vec<Arc<StoredRecord>>,
    walk: Option<Walk>,
    /// Whether device SDRs have been read instead of a repository. Reference: from then on they are, from
    /// every controller.
    device: bool,
    /// Bytes of a body asked for at once; none before the first.
    chunk: Option<u8>,
}

/// What stands for "after the last record".
const END: u16 = 0xffff;
/// Tries a header gets.
const HEADER_TRIES: usize = 5;
/// Pause after a lost reservation.
const PAUSE: Duration = Duration::from_millis(500);
/// Renewals in a row before a walk is given up: somebody else may be updating the repository.
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
        self.open_sdr_at(self.route(), listener).await
    }

    /// The same at another controller. An empty repository is built from the controller's own SDRs first.
    ///
    /// # Errors
    /// [`SdrFault`].
    pub async fn open_sdr_at(&self, route: Route, listener: Listener<'_>) -> Result<Walk, SdrFault> {
        let id = self.call_at(&route, &GetDeviceId).await.map_err(SdrFault::DeviceId)?;
        let (repository, sensors) = (id.support & 0x02 != 0, id.support & 0x01 != 0);
        if id.provides_device_sdrs() && !repository {
            if !sensors {
                return Err(SdrFault::NoSource);
            }
            self.sdr_state().device = true;
        }
        if self.sdr_state().device {
            return self.walk_device_sdr(route).await;
        }
        let info = self.call_at(&route, &GetSdrRepositoryInfo).await.map_err(SdrFault::RepositoryInfo)?;
        if !matches!(info.version, 0x51 | 0x01 | 0x02) {
            listener(SdrEvent::UnknownVersion(info.version));
        }
        if info.count == 0 && info.tells_count {
            self.rebuild_sdr(route, listener).await?;
        }
        self.begin_walk(route, SdrSource::Repository).await
    }

    /// Begins a walk over a controller's own device SDRs, whether it has a repository or not.
    ///
    /// # Errors
    /// [`SdrFault`].
    pub async fn open_built_in_sdr(&self, route: Route) -> Result<Walk, SdrFault> {
        self.call_at(&route, &GetDeviceId).await.map_err(SdrFault::DeviceId)?;
        self.walk_device_sdr(route).await
    }

    async fn walk_device_sdr(&self, route: Route) -> Result<Walk, SdrFault> {
        self.call_at(&route, &GetDeviceSdrInfo).await.map_err(|_| SdrFault::DeviceInfo)?;
        self.begin_walk(route, SdrSource::Device).await
    }

    async fn begin_walk(&self, route: Route, source: SdrSource) -> Result<Walk, SdrFault> {
        let reservation = self.reserve_sdr(route, source).await.map_err(|_| SdrFault::Reservation)?;
        Ok(Walk { route, source, reservation, next: 0, trail: Trail::default(), circular: false, renewals: 0 })
    }

    async fn reserve_sdr(&self, route: Route, source: SdrSource) -> Result<u16, CallError> {
        match source {
            SdrSource::Repository => self.call_at(&route, &ReserveSdrRepository).await,
            SdrSource::Device => self.call_at(&route, &ReserveDeviceSdrRepository).await,
        }
    }

    async fn read_sdr(&self, walk: &Walk, part: RecordPart) -> Result<RecordData, CallError> {
        match walk.source {
            SdrSource::Repository => self.call_at(&walk.route, &GetSdr(part)).await,
            SdrSource::Device => self.call_at(&walk.route, &GetDeviceSdr(part)).await,
        }
    }

    /// The next record, whole; its header alone where the body cannot be read. None at the end, and when
    /// the next header cannot be read.
    pub async fn next_sdr(&self, walk: &mut Walk, listener: Listener<'_>) -> Option<Result<RawRecord, SdrHeader>> {
        let header = self.next_sdr_header(walk, listener).await?;
        listener(SdrEvent::Reading(header));
        Some(self.sdr_body(walk, header, listener).await.map(|body| RawRecord { header, body }).ok_or(header))
    }

    /// The next record's header; none at the end, and when it cannot be read.
    pub async fn next_sdr_header(&self, walk: &mut Walk, listener: Listener<'_>) -> Option<SdrHeader> {
        if walk.renewals == RENEWALS {
            // The next command may try again.
            walk.renewals = 0;
            return None;
        }
        if walk.is_finished() || walk.circular {
            return None;
        }
        for _ in 0..HEADER_TRIES {
            let record = walk.next;
            let part = RecordPart { reservation: walk.reservation, record, offset: 0, length: SdrHeader::LENGTH };
            match self.read_sdr(walk, part).await {
                Ok(data) => {
                    let mut header = SdrHeader::decode(&data.bytes);
                    if header.length == 0 {
                        listener(SdrEvent::Empty(record));
                        return None;
                    }
                    // Some controllers return another id than the one that was asked for.
                    if record != 0 {
                        header.id = record;
                    }
                    walk.next = data.next;
                    walk.circular = !walk.trail.follow(record, data.next);
                    return Some(header);
                }
                Err(CallError::Refused(CompletionCode::RESERVATION_CANCELLED)) => {
                    tokio::time::sleep(PAUSE).await;
                    match self.reserve_sdr(walk.route, walk.source).await {
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
        // The next look-up goes on from here.
        None
    }

    /// A record's body; none when it cannot be read. Bytes the controller leaves out are zero.
    pub async fn sdr_body(&self, walk: &mut Walk, header: SdrHeader, listener: Listener<'_>) -> Option<Vec<u8>> {
        let mut body = Vec::with_capacity(usize::from(header.length));
        // The chunk size is the transport's limit less the next record's id.
        let first = u8::try_from(self.max_response_at(walk.route).saturating_sub(2).min(0xfe)).unwrap_or(0xfe);
        let mut chunk = *self.sdr_state().chunk.get_or_insert(first);
        while body.len() < usize::from(header.length) {
            let rest = usize::from(header.length) - body.len();
            let length = u8::try_from(rest).unwrap_or(u8::MAX).min(chunk);
            // Reference: the end of a record too long for the offset's byte is asked for at its beginning.
            let offset = (body.len() + usize::from(SdrHeader::LENGTH)) as u8;
            let part = RecordPart { reservation: walk.reservation, record: header.id, offset, length };
            match self.read_sdr(walk, part).await {
                Ok(data) if data.reply_length == 0 => return None,
                Ok(data) => {
                    walk.renewals = 0;
                    let wanted = usize::from(length);
                    let start = body.len();
                    body.extend(data.bytes.iter().take(wanted));
                    body.resize(start + wanted, 0);
                }
                Err(CallError::Transport(_) | CallError::Refused(CompletionCode::CANNOT_RETURN)) => {
                    chunk = length.saturating_sub(1);
                    // Reference: a size that has shrunk to nothing is taken from the transport again.
                    self.sdr_state().chunk = Some(chunk).filter(|chunk| *chunk != 0);
                    if chunk == 0 {
                        return None;
                    }
                }
                Err(CallError::Refused(CompletionCode::RESERVATION_CANCELLED)) => {
                    if walk.renewals == RENEWALS {
                        listener(SdrEvent::Reservation);
                        return None;
                    }
                    walk.renewals += 1;
                    tokio::time::sleep(PAUSE).await;
                    match self.reserve_sdr(walk.route, walk.source).await {
                        Ok(reservation) => walk.reservation = reservation,
                        // Nothing was answered: the next try loses the reservation again, and asks again. A
                        // record is not left out without a word because a packet got lost.
                        Err(CallError::Transport(_)) => {}
                        Err(_) => return None,
                    }
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
        while let Some(next) = self.next_sdr(&mut walk, listener).await {
            let raw = match next {
                Ok(raw) => raw,
                Err(header) => {
                    found = Some(Err(header));
                    break;
                }
            };
            if let Some(stored) = StoredRecord::decode(&raw) {
                let stored = Arc::new(stored);
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
    pub fn preload_sdrs(&self, records: &[RawRecord]) {
        let mut state = self.sdr_state();
        state.records.extend(records.iter().filter_map(StoredRecord::decode).map(Arc::new));
        state.walk.get_or_insert(Walk {
            route: self.route(),
            source: SdrSource::Repository,
            reservation: 0,
            next: END,
            trail: Trail::default(),
            circular: false,
            renewals: 0,
        });
    }
}

/// Shared by `Bmc`'s fields.
pub type SharedState = Mutex<SdrState>;
