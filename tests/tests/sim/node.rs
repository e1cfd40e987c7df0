//! A node of the simulation: the real store, in memory-backed files, on a clock and a random source of the world's.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use posto_documents::{Document, WriteContext};
use posto_domain::attachment::Attachment;
use posto_domain::parts::{PersonName, Phone};
use posto_domain::{
    AttachmentId, DocumentId, EntryKey, Kind, NodeId, Patient, PatientId, Record, Scope, UserId,
};
use posto_store::{Clock, Durability, Entropy, LocalCommit, Store, StoreEvent, StoreKey, StoreOptions};
use posto_sync::node::{NodeAnswer, NodeRequest};
use posto_sync::simulation::{Dice, NodeStore};
use posto_sync::{ActorPrefix, BlobHash, StoreFailure};

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
    /// A record of an attachment came since the process last told its session so.
    attached: Arc<AtomicBool>,
}

fn key() -> StoreKey {
    StoreKey::from_bytes([7; 32])
}

impl SimNode {
    pub(crate) fn new(folder: &Path, id: NodeId, prefix: ActorPrefix, seed: u64) -> Self {
        let folder = folder.join(id.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        Self::at(folder, prefix, seed)
    }

    /// A second machine with a copy of this one's disk.
    pub(crate) fn copy(&self, seed: u64) -> Self {
        // No extension: backups beside the folder are named by theirs.
        let folder = PathBuf::from(format!("{}-copy", self.folder.display()));
        copy_folder(&self.folder, &folder);
        let mut copy = Self::at(folder, self.prefix, !seed);
        // Ids that it draws are its own.
        copy.number = self.number + 100;
        copy
    }

    fn at(folder: PathBuf, prefix: ActorPrefix, seed: u64) -> Self {
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
            attached: Arc::default(),
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
        let store = Store::open(&self.folder, key(), options).unwrap();
        let attached = self.attached.clone();
        store.listen(move |event| {
            if let StoreEvent::DocumentChanged { kind: Kind::Attachment, .. } = event {
                attached.store(true, Ordering::Relaxed);
            }
        });
        self.store = Some(store);
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
        self.store().read(|r| r.documents_of_kind(Kind::Patient)).unwrap()
    }

    /// Takes in a file of so many bytes and the record that names it.
    pub(crate) fn attach(&mut self, scope: Scope, size: usize) -> BlobHash {
        let mut dice = Dice::new(self.dice.roll());
        let content: Vec<u8> =
            (0..size.div_ceil(8)).flat_map(|_| dice.roll().to_le_bytes()).take(size).collect();
        let upload = self.store().begin_upload(size as u64, "{}".to_owned()).unwrap();
        self.store().continue_upload(upload.id, 0, &content).unwrap();
        let blob = self.store().finish_upload(upload.id).unwrap();
        let record = Attachment {
            id: AttachmentId::from_bytes(self.draw()),
            patient: self.patients().first().map(|patient| PatientId::from_bytes(patient.to_bytes())),
            subject: None,
            name: "exame.pdf".to_owned(),
            mime: "application/pdf".to_owned(),
            size_bytes: size as i64,
            blake3: blob.to_string(),
            category: None,
            title: None,
            taken_at_ms: None,
            uploaded_by: None,
            uploaded_at_ms: None,
            deleted: false,
            external_ids: Default::default(),
            foreign: Default::default(),
        };
        let change = Document::first_change(&self.context(), &record).unwrap();
        let commit = LocalCommit::create(scope, &record, change).unwrap();
        self.store().write(move |tx| tx.commit_local(commit)).unwrap();
        blob
    }

    /// Whether a record of an attachment came since the last call.
    pub(crate) fn was_attached(&self) -> bool {
        self.attached.swap(false, Ordering::Relaxed)
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

    /// Killed: what the database had written is there, at its end the beginning of what it was writing.
    fn crashed(&mut self) {
        let torn = self.dice.happens(500).then(|| {
            let killed = self.folder.with_extension("killed");
            copy_folder(&self.folder, &killed);
            killed
        });
        self.store = None;
        if let Some(killed) = torn {
            std::fs::remove_dir_all(&self.folder).unwrap();
            std::fs::rename(&killed, &self.folder).unwrap();
            self.tear_wal();
        }
        self.start();
    }
}

impl SimNode {
    fn tear_wal(&mut self) {
        let wal = std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let Some(wal) = wal.into_iter().find(|path| path.to_string_lossy().ends_with("-wal")) else { return };
        let torn: Vec<u8> = (0..self.dice.below(6_000)).map(|_| self.dice.roll() as u8).collect();
        std::fs::File::options().append(true).open(wal).unwrap().write_all(&torn).unwrap();
    }
}

/// Copies a data folder as it lies on the disk, but for what lives in memory: the lock and the WAL's index.
fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to.join(name));
        } else if name != "lock" && !name.to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}
