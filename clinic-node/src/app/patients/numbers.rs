//! Record numbers: drawn from what the server granted this node, spent in the transaction that writes the patient.
//!
//! Registering never waits for a number. A patient who found the supply empty gets one when a grant arrives.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use posto_documents::Error as DocumentError;
use posto_domain::record_number::{GRANT_KEY_PREFIX, NumberGrant, NumberRange, NumberSupply};
use posto_domain::setting::Setting;
use posto_domain::{DocumentId, Kind, Patient, UserId};
use posto_store::{AuditEntry, Error, LocalCommit, Result, StoreEvent};

use super::super::App;

/// The series of patients' record numbers.
pub(crate) const SERIES: &str = "patient";

/// Patients that get their number before it is looked again whether the node still runs.
const GIVEN_AT_ONCE: usize = 32;

/// What may be given out by this process. Ahead of the database by the numbers of writes under way; absent until
/// first asked for.
#[derive(Debug, Default)]
pub(crate) struct Numbers(Mutex<Option<NumberSupply>>);

impl App {
    /// Where there is no server to reserve ranges, all numbers are this node's.
    ///
    /// # Errors
    /// Of the store.
    pub fn reserve_all_numbers(&self) -> Result<()> {
        self.take_in(vec![NumberRange { next: 1, end: i64::MAX }])
    }

    /// The next record number; none where the granted ones are used up. It counts as given once the write that
    /// uses it is durable (`note_number`); where that fails it is a gap.
    pub(crate) fn draw_number(&self) -> Result<Option<i64>> {
        let mut supply = self.numbers.0.lock();
        if supply.is_none() {
            *supply = Some(self.store.read(|r| r.number_supply(SERIES))?);
        }
        Ok(supply.as_mut().and_then(NumberSupply::take))
    }

    /// Takes in what the server granted since the last look.
    pub(crate) fn adopt_numbers(&self) -> Result<()> {
        let key = format!("{GRANT_KEY_PREFIX}{}", self.identity.place.node.id);
        let (settings, instance) =
            self.store.read(|r| Ok::<_, Error>((r.records_with_key::<Setting>(&key)?, r.instance()?)))?;
        let grants = settings.iter().filter_map(|setting| {
            serde_json::from_str::<NumberGrant>(&setting.value)
                .inspect_err(|error| tracing::warn!(%error, "a grant of record numbers cannot be read"))
                .ok()
        });
        let mut ranges: Vec<NumberRange> =
            grants.filter(|grant| grant.is_for(instance.0)).flat_map(|grant| grant.ranges).collect();
        ranges.sort_by_key(|range| range.next);
        self.take_in(ranges)
    }

    fn take_in(&self, ranges: Vec<NumberRange>) -> Result<()> {
        let reached = self.store.read(|r| r.number_supply(SERIES))?.reached;
        if ranges.iter().all(|range| range.next < reached) {
            return Ok(());
        }
        // Held until it is durable: nobody draws from a grant that could still be lost.
        let mut supply = self.numbers.0.lock();
        let new = self.store.write(move |tx| tx.add_numbers(SERIES, &ranges))?;
        if let Some(supply) = supply.as_mut() {
            for range in new {
                supply.refill(range);
            }
        }
        Ok(())
    }

    /// Gives numbers to patients who wait for one, as far as the supply reaches; `going_on` says when to stop.
    pub(crate) fn give_numbers(&self, going_on: impl Fn() -> bool) -> Result<()> {
        let mut after = None;
        while going_on() {
            let waiting = self.store.read(|r| r.waiting_for_number(SERIES, after, GIVEN_AT_ONCE))?;
            let Some(last) = waiting.last() else { return Ok(()) };
            after = Some(*last);
            for id in waiting {
                if !self.give_number(id)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// False when the supply is used up.
    fn give_number(&self, id: DocumentId) -> Result<bool> {
        let _guard = self.store.lock_document(id);
        let mut opened = match self.store.read(|r| r.open(id)) {
            Ok(opened) => opened,
            // Erased since; or set aside, and then it keeps waiting.
            Err(Error::NoSuchDocument(_)) => return self.wants_no_number(id).map(|()| true),
            Err(Error::Quarantined(_) | Error::Document(_)) => return Ok(true),
            Err(error) => return Err(error),
        };
        let patient: Patient = opened.document.record()?;
        if patient.record_number.is_some() || patient.merged_into.is_some() {
            return self.wants_no_number(id).map(|()| true);
        }
        let Some(number) = self.draw_number()? else { return Ok(false) };
        let context = self.pen.context_on(UserId::SYSTEM, &opened.document);
        let change = opened.document.edit::<Patient, DocumentError>(None, &context, |patient| {
            patient.record_number = Some(number);
            Ok(())
        })?;
        let commit = LocalCommit::edit(&opened, change.into_iter().collect())?;
        let entry = self.numbered(id);
        self.store.write_bulk(move |tx| {
            tx.commit_local(commit)?;
            tx.note_number(SERIES, id, Some(number))?;
            tx.audit(&entry).map(|_| true)
        })
    }

    fn wants_no_number(&self, id: DocumentId) -> Result<()> {
        self.store.write_bulk(move |tx| tx.number_not_wanted(SERIES, id))
    }

    fn numbered(&self, id: DocumentId) -> AuditEntry {
        AuditEntry {
            who: UserId::SYSTEM,
            role: None,
            desk: None,
            action: "patient.number".to_owned(),
            record: Some(id),
            kind: Some(Kind::Patient),
            why: None,
            outcome: "ok".to_owned(),
            detail: None,
            hlc: self.pen.reading(),
        }
    }

    /// Starts taking grants in and giving numbers to who waits, on a thread of its own. Ends when the node is
    /// dropped.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub(crate) fn start_numbering(self: &Arc<Self>) -> std::io::Result<()> {
        let (wake, woken) = sync_channel(1);
        wake_up(&wake);
        self.store.listen(move |event| {
            if let StoreEvent::DocumentChanged { kind: Kind::Setting, .. } = event {
                wake_up(&wake);
            }
        });
        let app = Arc::downgrade(self);
        std::thread::Builder::new().name("posto-numbers".into()).spawn(move || run(&app, &woken))?;
        Ok(())
    }
}

/// One wake-up that waits is enough.
fn wake_up(wake: &SyncSender<()>) {
    let _ = wake.try_send(());
}

fn run(app: &Weak<App>, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        let Some(node) = app.upgrade() else { return };
        // While the others let go of the node, this thread must not keep it.
        let going_on = || Arc::strong_count(&node) > 1;
        if let Err(error) = node.adopt_numbers().and_then(|()| node.give_numbers(going_on)) {
            tracing::warn!(%error, "record numbers could not be given");
        }
    }
}
