//! Writing workload W at a desk: registrations in bulk, edits one durable command at a time.

use std::time::Instant;

use anyhow::Result;
use posto_documents::{Document, WriteContext};
use posto_domain::hlc::{Hlc, HlcClock};
use posto_domain::id::UlidNewtype as _;
use posto_domain::{ClinicId, DocumentId, EntryKey, IdGenerator, NodeId, Patient, PatientId, Scope, UserId};
use posto_store::{Clock as _, LocalCommit, Store};
use posto_sync::{ActorPrefix, NodeKey};

use super::Desk;
use crate::clock::{TestClock, random};
use crate::workload::record;
use crate::workload::{EditA, EditB, Person};

/// Registrations per transaction.
const BATCH: usize = 500;

/// Makes documents and changes as one process of a node does: one actor, one clock, one id generator.
#[derive(Debug)]
pub struct DeskWriter {
    ids: IdGenerator,
    actor: [u8; 16],
    author: UserId,
    clock: HlcClock,
    edits: usize,
    scope: Scope,
}

impl DeskWriter {
    /// A writer of this node.
    pub fn new(node: NodeId, clinic: ClinicId) -> Self {
        let mut actor = [0; 16];
        actor[..8].copy_from_slice(&ActorPrefix::of_node(NodeKey(node.to_bytes())).0);
        actor[8..].copy_from_slice(&random::<8>());
        let mut ids = IdGenerator::new(random());
        let author = ids.draw(TestClock.now_ms());
        Self {
            ids,
            actor,
            author,
            clock: HlcClock::resume(Hlc::default()),
            edits: 0,
            scope: Scope::Clinic(clinic),
        }
    }

    /// How many edits made a change; setting what is set already makes none.
    pub fn edits(&self) -> usize {
        self.edits
    }

    /// A fresh key of a map entry.
    pub fn key(&mut self) -> EntryKey {
        self.ids.draw(TestClock.now_ms())
    }

    fn context(&mut self) -> WriteContext {
        let time_ms = TestClock.now_ms() as i64;
        WriteContext { actor: self.actor, author: self.author, time_ms, hlc: self.clock.tick(time_ms) }
    }

    /// Registers all people; their ids in the same order.
    pub fn register_all(&mut self, desk: &Desk, people: &[Person]) -> Result<Vec<PatientId>> {
        let mut registered = Vec::with_capacity(people.len());
        for batch in people.chunks(BATCH) {
            let mut commits = Vec::with_capacity(batch.len());
            for person in batch {
                let patient = record::patient(person, &mut self.ids, TestClock.now_ms());
                let change = Document::first_change(&self.context(), &patient)?;
                commits.push(LocalCommit::create(self.scope, &patient, change)?);
                registered.push(patient.id);
            }
            desk.store.write(move |tx| commits.into_iter().try_for_each(|commit| tx.commit_local(commit)))?;
        }
        Ok(registered)
    }

    /// One durable edit of one patient; how long it took, in milliseconds.
    pub fn edit(
        &mut self,
        store: &Store,
        patient: PatientId,
        command: impl FnOnce(&mut Patient),
    ) -> Result<f64> {
        let started = Instant::now();
        let id = DocumentId::of(patient.to_bytes());
        let context = self.context();
        let _lock = store.lock_document(id);
        let mut opened = store.read(|tx| tx.open(id))?;
        let change = opened.document.edit::<Patient, posto_documents::Error>(None, &context, |record| {
            command(record);
            Ok(())
        })?;
        if let Some(change) = change {
            let commit = LocalCommit::edit(&opened, vec![change])?;
            store.write(move |tx| tx.commit_local(commit))?;
            self.edits += 1;
        }
        Ok(started.elapsed().as_secs_f64() * 1e3)
    }

    /// Node A's edits, each field a command of its own.
    pub fn edit_a(&mut self, desk: &Desk, ids: &[PatientId], edits: &[EditA]) -> Result<()> {
        for edit in edits {
            for command in record::edits_a(edit, self.key()) {
                self.edit(&desk.store, ids[edit.person], command)?;
            }
        }
        Ok(())
    }

    /// Node B's edits, each field a command of its own.
    pub fn edit_b(&mut self, desk: &Desk, ids: &[PatientId], edits: &[EditB]) -> Result<()> {
        for edit in edits {
            for command in record::edits_b(edit, self.key()) {
                self.edit(&desk.store, ids[edit.person], command)?;
            }
        }
        Ok(())
    }
}
