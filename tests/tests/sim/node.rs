//! A node of the simulation: the real store, in memory-backed files, on a clock and a random source of the world's.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use posto_documents::{Document, WriteContext};
use posto_domain::parts::{PersonName, Phone};
use posto_domain::{DocumentId, EntryKey, NodeId, Patient, PatientId, Record, Scope, UserId};
use posto_store::{Clock, Durability, Entropy, LocalCommit, Store, StoreKey, StoreOptions};
use posto_sync::node::{NodeAnswer, NodeRequest};
use posto_sync::simulation::{Dice, NodeStore};
use posto_sync::{ActorPrefix, StoreFailure};

/// A clock that the world sets.
pub(crate) struct SetClock(pub(crate) AtomicU64);

impl Clock for SetClock {
    fn now_ms(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

struct SeededEntropy(AtomicU64);

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> posto_store::Result<()> {
        for chunk in bytes.chunks_mut(8) {
            let seed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            chunk.copy_from_slice(&Dice::new(seed).roll().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// One node's disk and process.
pub(crate) struct SimNode {
    folder: PathBuf,
    store: Option<Store>,
    pub(crate) clock: Arc<SetClock>,
    dice: Dice,
    prefix: ActorPrefix,
    actor: [u8; 16],
    number: u64,
    drawn: u64,
    answers: u64,
}

fn key() -> StoreKey {
    StoreKey::from_bytes([7; 32])
}

impl SimNode {
    pub(crate) fn new(folder: &Path, id: NodeId, prefix: ActorPrefix, seed: u64) -> Self {
        let folder = folder.join(id.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        let mut node = Self {
            folder,
            store: None,
            clock: Arc::new(SetClock(AtomicU64::new(1_790_000_000_000))),
            dice: Dice::new(seed ^ u64::from_be_bytes(prefix.0)),
            prefix,
            actor: [0; 16],
            number: u64::from(prefix.0[0]),
            drawn: 0,
            answers: 0,
        };
        node.start();
        node
    }

    fn options(&mut self) -> StoreOptions {
        StoreOptions {
            entropy: Arc::new(SeededEntropy(AtomicU64::new(self.dice.roll()))),
            durability: Durability::Process,
            background: false,
            ..StoreOptions::new(self.clock.clone())
        }
    }

    /// The process starts: the actor id is drawn afresh.
    fn start(&mut self) {
        let options = self.options();
        self.store = Some(Store::open(&self.folder, key(), options).unwrap());
        self.actor[..8].copy_from_slice(&self.prefix.0);
        self.actor[8..].copy_from_slice(&self.dice.roll().to_be_bytes());
    }

    pub(crate) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn context(&mut self) -> WriteContext {
        let time_ms = i64::try_from(self.clock.now_ms()).unwrap();
        WriteContext { actor: self.actor, author: UserId::SYSTEM, time_ms, hlc: Default::default() }
    }

    fn draw(&mut self) -> [u8; 16] {
        self.drawn += 1;
        let mut bytes = [1; 16];
        bytes[4..8].copy_from_slice(&(self.number as u32).to_be_bytes());
        bytes[8..16].copy_from_slice(&(self.dice.roll() & 0xffff_ffff | self.drawn << 40).to_be_bytes());
        bytes
    }

    /// Registers a patient.
    pub(crate) fn register(&mut self, scope: Scope, name: &str) -> DocumentId {
        let mut patient = Patient::new(PatientId::from_bytes(self.draw()));
        patient.name = PersonName::of(name);
        let id = patient.document_id();
        let change = Document::first_change(&self.context(), &patient).unwrap();
        let commit = LocalCommit::create(scope, &patient, change).unwrap();
        self.store().write(move |tx| tx.commit_local(commit)).unwrap();
        id
    }

    /// Every patient here.
    pub(crate) fn patients(&self) -> Vec<DocumentId> {
        self.store().read(|r| r.documents_of_kind(posto_domain::Kind::Patient)).unwrap()
    }

    /// Edits a patient in one of several ways; nothing when it cannot be opened just now.
    pub(crate) fn edit(&mut self, id: DocumentId) {
        let (way, value) = (self.dice.below(4), self.dice.below(1_000_000));
        let entry = EntryKey::from_bytes(self.draw());
        let context = self.context();
        let store = self.store().clone();
        let _guard = store.lock_document(id);
        let Ok(mut opened) = store.read(|r| r.open(id)) else { return };
        let made = opened
            .document
            .edit::<Patient, posto_documents::Error>(None, &context, |patient| {
                match way {
                    0 => patient.name = PersonName::of(format!("Nome {value}")),
                    1 => patient.mother_name = Some(format!("Mãe {value}")),
                    2 => {
                        let phone = Phone { number: format!("+5592{value:09}"), ..Phone::default() };
                        patient.phones.insert(entry, phone);
                    }
                    _ => {
                        patient.phones.pop_first();
                    }
                }
                Ok(())
            })
            .unwrap();
        let commit = LocalCommit::edit(&opened, made.into_iter().collect()).unwrap();
        store.write(move |tx| tx.commit_local(commit)).unwrap();
    }

    /// Writes a backup beside the data.
    pub(crate) fn backup(&mut self) -> PathBuf {
        self.drawn += 1;
        let file = self.folder.with_extension(format!("backup-{}", self.drawn));
        self.store().backup(&file).unwrap();
        file
    }

    /// Begins anew from a backup.
    pub(crate) fn restore(&mut self, backup: &Path) {
        self.store = None;
        std::fs::remove_dir_all(&self.folder).unwrap();
        let entropy = SeededEntropy(AtomicU64::new(self.dice.roll()));
        posto_store::restore(backup, &self.folder, &key(), &*self.clock, &entropy).unwrap();
        self.start();
    }

    pub(crate) fn set_clock(&self, now_ms: u64) {
        self.clock.0.store(now_ms, Ordering::Relaxed);
    }
}

impl NodeStore for SimNode {
    fn answer(&mut self, request: NodeRequest) -> Result<NodeAnswer, StoreFailure> {
        self.answers += 1;
        if self.answers.is_multiple_of(7) {
            self.store().project().unwrap();
        }
        self.store().answer(request)
    }

    fn crashed(&mut self) {
        self.store = None;
        self.start();
    }
}
