//! Filling a repository: reading a source whole, erasing, adding records.

use super::{Listener, SdrEvent, SdrFault, Walk};
use crate::bmc::{Bmc, CallError};
use crate::ipmi::Route;
use crate::ipmi::sdr::{ClearSdrRepository, PartialAddSdr, RawRecord, ReserveSdrRepository, SdrHeader};
use std::time::Duration;

/// Times a repository is asked whether it is erased.
const CLEAR_TRIES: usize = 5;
/// Pause between them.
const CLEAR_PAUSE: Duration = Duration::from_secs(1);
/// Bytes of a record's body in one request: they fit into any IPMB message.
const PART: usize = 19;

/// Why a record was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddFault {
    /// No reservation.
    Reservation,
    /// The header was refused.
    Header,
    /// A part of the body was refused.
    Body,
}

/// Why a repository is not erased.
#[derive(Debug)]
pub enum ClearFault {
    /// No reservation.
    Reservation,
    /// The command failed.
    Clear(CallError),
    /// It is still not done after several seconds.
    Unfinished,
}

/// Records of one controller.
#[derive(Clone, Debug, Default)]
pub struct SdrSourceImage {
    /// The records; a body that could not be read is empty.
    pub records: Vec<RawRecord>,
    /// Whether everything has been read.
    pub complete: bool,
}

impl Bmc {
    /// Reads all the records of a controller: its built-in (device) SDRs, or whatever it offers.
    ///
    /// # Errors
    /// [`SdrFault`] when no walk can begin.
    pub async fn read_sdr_source(
        &self,
        route: Route,
        built_in: bool,
        listener: Listener<'_>,
    ) -> Result<SdrSourceImage, SdrFault> {
        let walk =
            if built_in { self.open_built_in_sdr(route).await? } else { self.open_sdr_at(route, listener).await? };
        Ok(self.drain_sdr(walk, listener).await)
    }

    /// Reads a walk to its end.
    pub(super) async fn drain_sdr(&self, mut walk: Walk, listener: Listener<'_>) -> SdrSourceImage {
        let mut image = SdrSourceImage { records: Vec::new(), complete: true };
        while let Some(next) = self.next_sdr(&mut walk, listener).await {
            image.complete &= next.is_ok();
            let record = next.unwrap_or_else(|header| RawRecord { header, body: Vec::new() });
            listener(SdrEvent::Loaded(&record));
            image.records.push(record);
        }
        image.complete &= walk.is_finished();
        image
    }

    /// Erases a controller's repository.
    ///
    /// # Errors
    /// [`ClearFault`].
    pub async fn clear_sdr_repository(&self, route: Route, listener: Listener<'_>) -> Result<(), ClearFault> {
        let reservation = self.call_at(&route, &ReserveSdrRepository).await.map_err(|_| ClearFault::Reservation)?;
        for attempt in 0..CLEAR_TRIES {
            let command = ClearSdrRepository { reservation, initiate: attempt == 0 };
            if self.call_at(&route, &command).await.map_err(ClearFault::Clear)? {
                listener(SdrEvent::Erased);
                return Ok(());
            }
            listener(SdrEvent::Erasing);
            tokio::time::sleep(CLEAR_PAUSE).await;
        }
        Err(ClearFault::Unfinished)
    }

    /// Adds a record to a controller's repository, part by part. An empty one is left out.
    ///
    /// # Errors
    /// [`AddFault`].
    async fn add_sdr(&self, route: Route, record: &RawRecord, listener: Listener<'_>) -> Result<(), AddFault> {
        let SdrHeader { id, version, kind, length } = record.header;
        if record.body.is_empty() {
            listener(SdrEvent::Unusable);
            return Ok(());
        }
        let reservation = self.call_at(&route, &ReserveSdrRepository).await.map_err(|_| AddFault::Reservation)?;
        let [low, high] = id.to_le_bytes();
        let header = [low, high, version, kind, length];
        let first = PartialAddSdr { reservation, record: 0, offset: 0, last: false, data: &header };
        let mut record_id = self.call_at(&route, &first).await.map_err(|_| AddFault::Header)?;
        let parts = record.body.len().div_ceil(PART);
        for (index, data) in record.body.chunks(PART).enumerate() {
            // Offsets are a byte wide, and wrap as they do in the reference.
            let offset = (index * PART + usize::from(SdrHeader::LENGTH)) as u8;
            let part = PartialAddSdr { reservation, record: record_id, offset, last: index + 1 == parts, data };
            record_id = self.call_at(&route, &part).await.map_err(|_| AddFault::Body)?;
        }
        Ok(())
    }

    /// Adds records one after the other; what goes wrong is told. Reference: the last one alone decides.
    pub async fn add_sdrs(&self, route: Route, records: &[RawRecord], listener: Listener<'_>) -> bool {
        let mut last = true;
        for record in records {
            let outcome = self.add_sdr(route, record, listener).await;
            last = outcome.is_ok();
            if let Err(fault) = outcome {
                listener(SdrEvent::NotAdded(record.header.id, fault));
            }
        }
        last
    }

    /// Builds an empty repository from the controller's own device SDRs, as reading one does.
    pub(super) async fn rebuild_sdr(&self, route: Route, listener: Listener<'_>) -> Result<(), SdrFault> {
        if let Err(fault) = self.clear_sdr_repository(route, listener).await {
            listener(SdrEvent::NotErased(&fault));
            return Err(SdrFault::Rebuild);
        }
        // Reference: without device SDRs the repository stays empty, and that is no failure.
        let image = match self.open_built_in_sdr(route).await {
            Ok(walk) => {
                listener(SdrEvent::Loading(route.target_addr));
                self.drain_sdr(walk, listener).await
            }
            Err(fault) => {
                listener(SdrEvent::NoBuiltIn(&fault));
                return Ok(());
            }
        };
        if self.add_sdrs(route, &image.records, listener).await { Ok(()) } else { Err(SdrFault::Rebuild) }
    }
}
