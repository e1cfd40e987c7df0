//! A hub with one clinic, its location and nodes, and patients that those nodes write.

use std::sync::Arc;

use posto_documents::{Document, WriteContext};
use posto_domain::hlc::Hlc;
use posto_domain::parts::PersonName;
use posto_domain::{ClinicId, IdGenerator, LocationId, NodeId, Patient, Record, Scope, UserId};
use posto_sync::batch::{self, EncodeOptions};
use posto_sync::hub::{HubAnswer, HubRequest, PushOutcome};
use posto_sync::{
    ActorPrefix, ChangeHash, ChangeRecord, DocId, Instance, KindCode, NodeKey, ScopeName, StoreFailure,
};

use crate::clock::Clock;
use crate::directory::{Directory, DirectoryError, NewClinic, NewLocation};
use crate::hub::{Bases, BlobFolder, Hub};
use crate::storage::table::installation;
use crate::storage::table::node::NodeRow;
use crate::storage::{Db, DbError, DbOptions};

pub(super) struct Fixture {
    pub dir: tempfile::TempDir,
    pub hub: Hub,
    pub db: Db,
    pub directory: Arc<Directory>,
    pub clinic: ClinicId,
    pub location: LocationId,
    ids: IdGenerator,
}

/// A node as its own database knows it.
#[derive(Clone, Copy)]
pub(super) struct TestNode {
    pub id: NodeId,
    pub instance: Instance,
    actor: [u8; 16],
}

/// A patient's document with the changes that were made here.
pub(super) struct TestPatient {
    pub document: Document,
    pub doc: DocId,
}

pub(super) const NOW_MS: i64 = 1_790_000_000_000;

impl Fixture {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("server.db"), DbOptions { create: true }).unwrap();
        db.write_blocking::<_, DbError, _>(|tx| installation::set(tx, installation::SERVER_ID, &[7; 16]))
            .unwrap();
        let clock = Clock::new(|| NOW_MS);
        let directory = Arc::new(Directory::open(&db, clock.clone()).unwrap());
        let hub = Hub::new(db.clone(), BlobFolder(dir.path().join("blobs")), clock);
        let mut fixture = Self {
            dir,
            hub,
            db,
            directory,
            clinic: ClinicId::NIL,
            location: LocationId::NIL,
            ids: IdGenerator::new([1; 8]),
        };
        fixture.clinic = fixture.add_clinic("Um");
        fixture.location = fixture.add_location(fixture.clinic);
        fixture
    }

    /// Goes on with another database.
    pub(super) fn reopen(&mut self, db: Db) {
        let clock = Clock::new(|| NOW_MS);
        self.directory = Arc::new(Directory::open(&db, clock.clone()).unwrap());
        self.hub = Hub::new(db.clone(), BlobFolder(self.dir.path().join("blobs")), clock);
        self.db = db;
    }

    pub(super) fn add_clinic(&self, name: &str) -> ClinicId {
        let (directory, new) =
            (self.directory.clone(), NewClinic { name: name.into(), jurisdiction: "BR".into() });
        self.db.write_blocking(move |tx| directory.add_clinic(tx, UserId::OPERATOR, &new)).unwrap().id
    }

    pub(super) fn add_location(&self, clinic: ClinicId) -> LocationId {
        let (directory, new) = (self.directory.clone(), NewLocation { clinic, name: "Centro".into() });
        self.db.write_blocking(move |tx| directory.add_location(tx, UserId::OPERATOR, &new)).unwrap().id
    }

    pub(super) fn add_node(&mut self) -> TestNode {
        self.add_node_to(self.clinic, self.location)
    }

    pub(super) fn add_node_to(&mut self, clinic: ClinicId, location: LocationId) -> TestNode {
        let id: NodeId = self.ids.draw(1);
        let prefix = ActorPrefix::of_node(NodeKey(id.to_bytes()));
        let mut actor = [3; 16];
        actor[..8].copy_from_slice(&prefix.0);
        let row = NodeRow {
            id,
            clinic,
            location: Some(location),
            name: "desk".into(),
            actor_prefix: prefix,
            serial: id.to_string(),
            previous_serial: None,
            certificate_until_ms: NOW_MS,
            enrolled_at_ms: NOW_MS,
            revoked_at_ms: None,
            last_seen_at_ms: None,
            online: false,
            software: None,
            clock_offset_ms: None,
        };
        let directory = self.directory.clone();
        self.db
            .write_blocking::<_, DirectoryError, _>(move |tx| {
                directory.add_node(tx, &row, [9; 32])?;
                directory.grant_numbers(tx, clinic, id)
            })
            .unwrap();
        let instance = Instance(u64::from_be_bytes(actor[..8].try_into().unwrap()) | 1);
        TestNode { id, instance, actor }
    }

    /// A new patient and its first change.
    pub(super) fn register(&mut self, node: &TestNode, name: &str) -> (TestPatient, ChangeRecord) {
        let mut patient = Patient::new(self.ids.draw(2));
        patient.name = PersonName::of(name);
        let (document, change) = Document::create(&node.context(), &patient).unwrap();
        let doc = DocId(patient.document_id().to_bytes());
        let record =
            ChangeRecord { doc, kind: patient_kind(), hash: ChangeHash(change.hash.0), bytes: change.bytes };
        (TestPatient { document, doc }, record)
    }

    pub(super) fn clinic_scope(&self) -> ScopeName {
        ScopeName::new(&Scope::Clinic(self.clinic).to_string()).unwrap()
    }

    /// Pushes as a node does: compact first, verbatim when the server cannot rebuild it.
    pub(super) fn push(
        &self,
        node: &TestNode,
        scope: &ScopeName,
        changes: &[ChangeRecord],
    ) -> Result<PushOutcome, StoreFailure> {
        let encode = |verbatim| {
            let options = EncodeOptions { verbatim, full_dependencies: false };
            batch::encode(changes, &Bases::load(), options).unwrap().bytes
        };
        match self.push_batch(node, scope, encode(false))? {
            PushOutcome::Corrupt => self.push_batch(node, scope, encode(true)),
            stored => Ok(stored),
        }
    }

    pub(super) fn push_batch(
        &self,
        node: &TestNode,
        scope: &ScopeName,
        batch: Vec<u8>,
    ) -> Result<PushOutcome, StoreFailure> {
        let request = HubRequest::AppendPush {
            scope: scope.clone(),
            batch,
            node: NodeKey(node.id.to_bytes()),
            actor_prefix: ActorPrefix::of_node(NodeKey(node.id.to_bytes())),
            instance: node.instance,
        };
        match self.run(node, request)? {
            HubAnswer::AppendPush(outcome) => Ok(outcome),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn run(&self, node: &TestNode, request: HubRequest) -> Result<HubAnswer, StoreFailure> {
        self.hub.run(node.id, self.hub.registry.draw(), request)
    }

    /// Every scope's head, count and fingerprint are those of its rows.
    pub(super) fn assert_sound(&self) {
        let checks = self
            .db
            .read_blocking::<_, DbError, _>(|tx| {
                crate::storage::table::scope::list(tx)?
                    .iter()
                    .map(|row| crate::doctor::check_scope(tx, row))
                    .collect::<Result<Vec<_>, _>>()
            })
            .unwrap();
        for check in checks {
            assert!(check.ok, "{}: {}", check.name, check.detail);
        }
    }
}

impl TestNode {
    pub(super) fn context(&self) -> WriteContext {
        WriteContext { actor: self.actor, author: UserId::SYSTEM, time_ms: NOW_MS, hlc: Hlc::new(NOW_MS, 0) }
    }
}

impl TestPatient {
    /// One more change: another name.
    pub(super) fn rename(&mut self, node: &TestNode, name: &str) -> ChangeRecord {
        let change = self
            .document
            .edit::<Patient, posto_documents::Error>(None, &node.context(), |patient| {
                patient.name = PersonName::of(name);
                Ok(())
            })
            .unwrap()
            .expect("something differs");
        ChangeRecord {
            doc: self.doc,
            kind: patient_kind(),
            hash: ChangeHash(change.hash.0),
            bytes: change.bytes,
        }
    }
}

pub(super) fn patient_kind() -> KindCode {
    KindCode(posto_domain::Kind::Patient.code())
}

/// What a stored push came to: new changes, and the reasons of the refused.
pub(super) fn stored(
    outcome: PushOutcome,
) -> (u32, Vec<posto_sync::ChangeRefusal>, posto_sync::HubScopeState) {
    match outcome {
        PushOutcome::Stored { state, new, refused } => {
            (new, refused.iter().map(|r| r.reason).collect(), state)
        }
        PushOutcome::Corrupt => panic!("the batch did not decode"),
    }
}
