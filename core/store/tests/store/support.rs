//! A store in a temporary folder, on a clock and a random source that the test owns.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use posto_documents::{Document, WriteContext};
use posto_domain::id::{ClinicId, DocumentId, PatientId, UserId};
use posto_domain::parts::{PersonName, Phone};
use posto_domain::{Patient, Record, Scope};
use posto_store::{Clock, Durability, Entropy, Error, LocalCommit, Store, StoreKey, StoreOptions};
use posto_sync::node::{Advance, AppendOutcome, NodeAnswer, NodeRequest};
use posto_sync::{LocalSeq, ScopeName, ScopeState};

pub(crate) struct TestClock(pub(crate) AtomicU64);

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// Different numbers each time, the same in every run.
pub(crate) struct TestEntropy(pub(crate) AtomicU64);

impl Entropy for TestEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub(crate) fn options(seed: u64) -> StoreOptions {
    StoreOptions {
        entropy: Arc::new(TestEntropy(AtomicU64::new(seed))),
        durability: Durability::Process,
        background: false,
        ..StoreOptions::new(Arc::new(TestClock(AtomicU64::new(1_700_000_000_000))))
    }
}

pub(crate) fn key() -> StoreKey {
    StoreKey::from_bytes([7; 32])
}

pub(crate) fn clinic() -> Scope {
    Scope::Clinic(ClinicId::from_bytes([1; 16]))
}

pub(crate) fn scope_name(scope: Scope) -> ScopeName {
    ScopeName::new(&scope.to_string()).unwrap()
}

pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) actor: [u8; 16],
    pub(crate) drawn: u64,
}

impl Desk {
    pub(crate) fn open(folder: &Path, number: u8) -> Self {
        let store = Store::open(folder, key(), options(u64::from(number))).unwrap();
        Self { store, actor: [number; 16], drawn: u64::from(number) << 32 }
    }

    pub(crate) fn context(&mut self) -> WriteContext {
        self.drawn += 1;
        WriteContext {
            actor: self.actor,
            author: UserId::from_bytes([9; 16]),
            time_ms: 1_700_000_000_000 + self.drawn as i64,
            hlc: Default::default(),
        }
    }

    pub(crate) fn new_id(&mut self) -> PatientId {
        self.drawn += 1;
        let mut bytes = [0x01; 16];
        bytes[8..].copy_from_slice(&self.drawn.to_be_bytes());
        PatientId::from_bytes(bytes)
    }

    pub(crate) fn create<R: Record>(&mut self, scope: Scope, record: &R) -> DocumentId {
        let change = Document::first_change(&self.context(), record).unwrap();
        let commit = LocalCommit::create(scope, record, change).unwrap();
        self.store.write(move |tx| tx.commit_local(commit)).unwrap();
        record.document_id()
    }

    pub(crate) fn register(&mut self, name: &str) -> PatientId {
        let mut patient = Patient::new(self.new_id());
        patient.name = PersonName::of(name);
        self.register_as(&patient)
    }

    pub(crate) fn register_as(&mut self, patient: &Patient) -> PatientId {
        self.create(clinic(), patient);
        patient.id
    }

    pub(crate) fn edit<R: Record>(&mut self, id: DocumentId, change: impl FnOnce(&mut R)) {
        let context = self.context();
        let store = self.store.clone();
        let _guard = store.lock_document(id);
        let mut opened = store.read(|r| r.open(id)).unwrap();
        let made = opened
            .document
            .edit::<R, posto_documents::Error>(None, &context, |record| {
                change(record);
                Ok(())
            })
            .unwrap();
        let commit = LocalCommit::edit(&opened, made.into_iter().collect()).unwrap();
        store.write(move |tx| tx.commit_local(commit)).unwrap();
    }

    pub(crate) fn pending(&self) -> (Option<Vec<u8>>, LocalSeq) {
        let request = NodeRequest::ReadPending {
            scope: scope_name(clinic()),
            after: LocalSeq(0),
            max_bytes: 1 << 20,
            verbatim: false,
        };
        match self.store.answer(request).unwrap() {
            NodeAnswer::ReadPending { batch, last, .. } => (batch, last),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn append(&self, batch: Vec<u8>) -> (ScopeState, u32) {
        let request =
            NodeRequest::Append { scope: scope_name(clinic()), batch: Some(batch), advance: Advance::Stay };
        match self.store.answer(request).unwrap() {
            NodeAnswer::Append(AppendOutcome::Appended { state, new }) => (state, new),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn state(&self) -> ScopeState {
        self.store.read(|r| r.scope_states()).unwrap().into_iter().next().unwrap()
    }

    /// Everything that the other desk has not acknowledged goes there, as through a server.
    pub(crate) fn send_to(&self, other: &Self) {
        let (Some(batch), last) = self.pending() else { return };
        other.append(batch);
        other.store.project().unwrap();
        let request = NodeRequest::MarkAcked {
            scope: scope_name(clinic()),
            after: LocalSeq(0),
            up_to: last,
            refused: Vec::new(),
        };
        self.store.answer(request).unwrap();
    }

    pub(crate) fn find(&self, text: &str) -> Vec<String> {
        let query = posto_store::PatientQuery { text: text.into(), cursor: None, limit: 50 };
        let found = self.store.read(|r| r.find_patients(&query)).unwrap();
        found.rows.into_iter().map(|row| row.name).collect()
    }

    pub(crate) fn dump(&self) -> Vec<String> {
        self.store.read(|r| r.dump_read_models()).unwrap()
    }
}

pub(crate) fn phone(number: &str) -> Phone {
    Phone { number: number.into(), ..Phone::default() }
}

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
