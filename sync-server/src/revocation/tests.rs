//! A revocation outlives the database it was written to.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use posto_domain::role_grant::Role;
use posto_sync::header::ChangeHeader;
use posto_sync::{ActorPrefix, DocId, NodeKey};

use super::*;
use crate::backup::{self, Ledgers};
use crate::clock::Clock;
use crate::directory::NewUser;
use crate::doctor::{self, Check};
use crate::hub::{Accepted, append};
use crate::installation::Installation;
use crate::projector::{Projector, Wake};
use crate::setup::Setup;
use crate::storage::table::admin_session::{self, AdminSessionRow};
use crate::storage::table::enrolment_code;
use crate::storage::table::node::NodeRow;
use crate::storage::table::{admin_user, change, document};

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

/// A person of the clinic, entered now.
fn person(world: &World) -> UserId {
    let installation = world.open();
    let new = NewUser {
        clinic: world.clinic,
        location: None,
        name: "Bento Reis".into(),
        login: None,
        email: None,
        role: Role::Receptionist,
        password: "correct-horse-battery".into(),
    };
    let directory = installation.directory.clone();
    let made = installation.db.write_blocking(move |tx| directory.add_user(tx, UserId::OPERATOR, &new));
    made.unwrap().id
}

fn deactivate(world: &World, user: UserId) -> bool {
    let installation = world.open();
    let (revocations, directory) = (Revocations::of(&world.folder), installation.directory.clone());
    let line = Deactivation { user, clinic: world.clinic, decided_by: UserId::OPERATOR, at_ms: 7 };
    installation.db.write_blocking(move |tx| revocations.deactivate(tx, &directory, &line)).unwrap()
}

/// Whether somebody is there and may sign in.
fn may_sign_in(installation: &Installation, clinic: ClinicId, user: UserId) -> Option<bool> {
    let found = installation.db.read_blocking::<_, DirectoryError, _>(|tx| {
        directory::load(tx, Scope::Directory(clinic), user.cast(), Kind::User)
    });
    found.unwrap().map(|document| !document.record::<User>().unwrap().inactive)
}

/// How often the trail says that a node was revoked again.
fn noted(installation: &Installation) -> usize {
    noted_as(installation, "node.revoke_again")
}

fn noted_as(installation: &Installation, action: &str) -> usize {
    let rows = installation.db.read_blocking::<_, DbError, _>(|tx| audit::page(tx, i64::MAX, 100)).unwrap();
    rows.iter().filter(|row| row.action == action).count()
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
    ledger::append(&world.folder.revocations(), &[line.clone(), stranger, line].map(Line::Node)).unwrap();

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

#[test]
fn a_person_deactivated_after_the_backup_stays_out() {
    let world = World::new();
    let user = person(&world);
    let backup = world.backup();
    assert!(deactivate(&world, user));
    assert!(!deactivate(&world, user), "once is enough");
    assert_eq!(Revocations::of(&world.folder).read().unwrap().len(), 1);

    let restored = world.put_back(&backup);
    assert_eq!((restored.revoked_again, restored.deactivated_again), (0, 1));
    let again = world.open();
    assert_eq!(may_sign_in(&again, world.clinic, user), Some(false));
    assert_eq!(noted_as(&again, "user.deactivate_again"), 1);
    assert!(check(&again).ok && doctor::examine(&again).unwrap().ok);
}

/// The backup is older than the person; a node that knows of the entry and not of its end brings them back.
#[test]
fn a_person_whom_a_node_brings_back_stays_out() {
    let world = World::new();
    let backup = world.backup();
    let user = person(&world);
    let scope_name = Scope::Directory(world.clinic);
    let entered = world.open().db.read_blocking::<_, DbError, _>(|tx| {
        let row = scope::by_name(tx, scope_name)?.unwrap();
        let found = document::get(tx, row.id, DocId(user.to_bytes()))?.unwrap();
        change::of_document(tx, row.id, found.id, row.head)
    });
    let entered = entered.unwrap().remove(0).record;
    assert!(deactivate(&world, user));
    assert_eq!(world.put_back(&backup).deactivated_again, 0, "they are not here");

    let again = world.open();
    assert_eq!(may_sign_in(&again, world.clinic, user), None);
    let header = ChangeHeader::parse(&entered.bytes).unwrap();
    let (actor, actor_seq) = (header.actor.to_vec(), header.seq);
    let pushed = again.db.write_blocking::<_, crate::hub::HubError, _>(move |tx| {
        let mut row = scope::lock(tx, scope_name)?;
        append(tx, &mut row, posto_sync::Instance(77), &[Accepted { record: entered, actor, actor_seq }])
    });
    pushed.unwrap();
    assert_eq!(may_sign_in(&again, world.clinic, user), Some(true));
    let projector = Projector {
        db: again.db.clone(),
        directory: Arc::clone(&again.directory),
        revocations: Revocations::of(&world.folder),
        wake: Wake::default(),
        changed: Box::new(|| {}),
    };
    while projector.step_all().unwrap() {}
    assert_eq!(may_sign_in(&again, world.clinic, user), Some(false));
}

#[test]
fn nobody_is_signed_in_at_the_console_after_a_restore() {
    let world = World::new();
    let session = |installation: &Installation| {
        installation.db.read_blocking::<_, DbError, _>(|tx| admin_session::get(tx, &[5; 32])).unwrap()
    };
    let installation = world.open();
    let admins = installation.db.read_blocking::<_, DbError, _>(admin_user::list).unwrap();
    let row = AdminSessionRow {
        token_hash: [5; 32],
        user: admins[0].id,
        csrf: "x".into(),
        created_at_ms: 1,
        last_seen_at_ms: 1,
        expires_at_ms: i64::MAX,
    };
    installation.db.write_blocking(move |tx| admin_session::insert(tx, &row)).unwrap();
    drop(installation);
    let backup = world.backup();
    assert!(session(&world.open()).is_some());
    // Ended after the backup, or not: after the restore it is over.
    world.put_back(&backup);
    assert!(session(&world.open()).is_none());
}

#[test]
fn a_ledger_of_before_people_were_in_it_is_read() {
    let world = World::new();
    let node = world.node;
    let old = format!("{{\"node\":\"{node}\",\"decided_by\":\"{}\",\"at_ms\":7}}\n", UserId::OPERATOR);
    fs::write(world.folder.revocations(), old).unwrap();
    assert_eq!(world.revoked_at(&world.open()), Some(7));
}
