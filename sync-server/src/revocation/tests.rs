//! A revocation outlives the database it was written to.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use posto_domain::{ClinicId, UserId};
use posto_sync::{ActorPrefix, NodeKey};

use super::*;
use crate::backup::{self, Ledgers};
use crate::clock::Clock;
use crate::doctor::{self, Check};
use crate::installation::Installation;
use crate::setup::Setup;
use crate::storage::table::enrolment_code;
use crate::storage::table::node::NodeRow;

struct World {
    dir: tempfile::TempDir,
    folder: DataFolder,
    clinic: ClinicId,
    node: NodeId,
}

impl World {
    /// An installation with one clinic and one enrolled node.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(dir.path().join("server"));
        let setup = Setup::init(folder.clone(), "a@b", "correct-horse-battery", Clock::system()).unwrap();
        let clinic = setup.add_clinic("Um", "BR").unwrap();
        drop(setup);
        let installation = Installation::open(folder.clone(), Clock::system()).unwrap();
        let node: NodeId = installation.directory.draw();
        let row = NodeRow {
            id: node,
            clinic,
            location: None,
            name: "desk".into(),
            actor_prefix: ActorPrefix::of_node(NodeKey(node.to_bytes())),
            serial: node.to_string(),
            previous_serial: None,
            certificate_until_ms: 1,
            enrolled_at_ms: 1,
            revoked_at_ms: None,
            last_seen_at_ms: None,
            online: false,
            software: None,
            clock_offset_ms: None,
        };
        let directory = installation.directory.clone();
        installation.db.write_blocking(move |tx| directory.add_node(tx, &row, [9; 32])).unwrap();
        Self { dir, folder, clinic, node }
    }

    fn open(&self) -> Installation {
        Installation::open(self.folder.clone(), Clock::system()).unwrap()
    }

    fn backup(&self) -> PathBuf {
        let out = self.dir.path().join("backup");
        backup::write(&self.open(), &out).unwrap();
        out
    }

    fn revoke(&self) -> Result<bool, DirectoryError> {
        let installation = self.open();
        let (revocations, directory) = (Revocations::of(&self.folder), installation.directory.clone());
        let line = Revocation { node: self.node, decided_by: UserId::OPERATOR, at_ms: 7 };
        installation.db.write_blocking(move |tx| revocations.revoke(tx, &directory, &line, Some("stolen")))
    }

    /// Puts a backup back where the installation was.
    fn put_back(&self, backup: &Path) -> backup::Restored {
        for part in ["server.db", "server.db-wal", "server.db-shm", "ca", "blobs"] {
            let path = self.folder.path().join(part);
            if path.is_dir() {
                fs::remove_dir_all(path).unwrap();
            } else if path.exists() {
                fs::remove_file(path).unwrap();
            }
        }
        backup::restore(&self.folder, backup, Ledgers::default(), &Clock::system()).unwrap()
    }

    fn revoked_at(&self, installation: &Installation) -> Option<i64> {
        let row = installation.db.read_blocking::<_, DbError, _>(|tx| node::get(tx, self.node));
        row.unwrap().unwrap().revoked_at_ms
    }
}

/// How often the trail says that a node was revoked again.
fn noted(installation: &Installation) -> usize {
    let rows = installation.db.read_blocking::<_, DbError, _>(|tx| audit::page(tx, i64::MAX, 100)).unwrap();
    rows.iter().filter(|row| row.action == "node.revoke_again").count()
}

fn check(installation: &Installation) -> Check {
    let checks = doctor::examine(installation).unwrap().checks;
    checks.into_iter().find(|check| check.name == "revocation ledger").unwrap()
}

#[test]
fn a_node_revoked_after_the_backup_stays_revoked() {
    let world = World::new();
    let backup = world.backup();
    assert!(world.revoke().unwrap());
    assert!(!world.revoke().unwrap(), "once is enough");
    assert_eq!(Revocations::of(&world.folder).read().unwrap().len(), 1);

    assert_eq!(world.put_back(&backup).revoked_again, 1);
    let again = world.open();
    assert_eq!((world.revoked_at(&again), noted(&again)), (Some(7), 1));
    drop(again);
    let again = world.open();
    assert_eq!(noted(&again), 1, "what was carried out is not again");
    assert!(doctor::examine(&again).unwrap().ok);
}

#[test]
fn the_ledger_of_a_lost_server_goes_with_its_backup() {
    let world = World::new();
    let backup = world.backup();
    world.revoke().unwrap();
    let given = world.folder.revocations();
    let elsewhere = DataFolder::new(world.dir.path().join("elsewhere"));
    let ledgers = Ledgers { revocations: Some(&given), ..Ledgers::default() };
    let restored = backup::restore(&elsewhere, &backup, ledgers, &Clock::system()).unwrap();
    assert_eq!(restored.revoked_again, 1);
    let again = Installation::open(elsewhere, Clock::system()).unwrap();
    assert_eq!(world.revoked_at(&again), Some(7));
}

#[test]
fn a_ledger_that_is_laid_beside_a_database_counts_when_it_is_opened() {
    let world = World::new();
    let line = Revocation { node: world.node, decided_by: UserId::OPERATOR, at_ms: 7 };
    let stranger = Revocation { node: NodeId::from_bytes([8; 16]), ..line.clone() };
    ledger::append(&world.folder.revocations(), &[line.clone(), stranger, line]).unwrap();

    let looked_at = Installation::open_as_it_is(world.folder.clone(), Clock::system()).unwrap();
    let found = check(&looked_at);
    assert!(!found.ok, "{}", found.detail);
    assert_eq!(world.revoked_at(&looked_at), None, "the doctor only looks");
    drop(looked_at);

    let opened = world.open();
    assert_eq!((world.revoked_at(&opened), noted(&opened)), (Some(7), 1));
    assert!(check(&opened).ok);
}

#[test]
fn what_does_not_reach_the_ledger_is_not_done() {
    let world = World::new();
    let installation = world.open();
    let directory = installation.directory.clone();
    let revocations = Revocations(world.dir.path().join("no/such/ledger"));
    let line = Revocation { node: world.node, decided_by: UserId::OPERATOR, at_ms: 7 };
    let done = installation.db.write_blocking(move |tx| revocations.revoke(tx, &directory, &line, None));
    assert!(matches!(done, Err(DirectoryError::Ledger(LedgerError::File(..)))));
    assert_eq!(world.revoked_at(&installation), None);
}

#[test]
fn a_damaged_ledger_keeps_the_installation_shut() {
    let world = World::new();
    fs::write(world.folder.revocations(), "{}\n{}\n").unwrap();
    let opened = Installation::open(world.folder.clone(), Clock::system());
    assert!(opened.is_err_and(|error| matches!(error, crate::InstallationError::Revocations(_))));
}

#[test]
fn a_code_used_after_the_backup_enrols_nobody_after_the_restore() {
    let world = World::new();
    let drawn = world.open().desk.draw_code(world.clinic, None, "operator").unwrap();
    let backup = world.backup();
    world.put_back(&backup);
    let hash = drawn.code.hash();
    let found = world.open().db.read_blocking::<_, DbError, _>(|tx| enrolment_code::get(tx, &hash));
    assert!(found.unwrap().is_none());
}

#[test]
fn a_certificate_of_after_the_backup_is_taken_over_and_no_other() {
    use posto_net::enroll::{EnrolmentDesk as _, Standing};
    use posto_net::{NodeBinding, PeerCertificate, Ulid};

    let world = World::new();
    let standing = |serial: u8, not_after_unix_s| {
        let installation = world.open();
        let binding = NodeBinding {
            node: Ulid::from_bytes(world.node.to_bytes()),
            clinic: Ulid::from_bytes(world.clinic.to_bytes()),
            locations: Vec::new(),
        };
        let certificate = PeerCertificate {
            binding,
            serial: vec![serial],
            not_before_unix_s: 0,
            not_after_unix_s,
            fingerprint: [serial; 32],
            public_key: Vec::new(),
        };
        installation.desk.standing(&certificate)
    };
    assert_eq!(standing(1, 0), Standing::Revoked, "neither known nor newer");
    assert_eq!(standing(2, 20), Standing::Good, "issued after what this database knows");
    assert_eq!(standing(2, 20), Standing::Good, "and known from now on");
    assert_eq!(standing(3, 20), Standing::Revoked, "not newer than that");
    world.revoke().unwrap();
    assert_eq!(standing(4, 40), Standing::Revoked, "a newer certificate does not undo a revocation");
}
