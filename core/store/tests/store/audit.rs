//! The audit chain: gapless, and every edit shows.

use posto_domain::id::UserId;
use posto_store::{AuditEntry, AuditFault, Error, Hlc};

use crate::faults::with_raw;
use crate::support::{Desk, folder};

fn entry(action: &str) -> AuditEntry {
    AuditEntry {
        who: UserId::from_bytes([9; 16]),
        role: Some("RECEPTIONIST".into()),
        desk: None,
        action: action.into(),
        record: Some(posto_domain::id::DocumentId::from_bytes([3; 16])),
        kind: Some(posto_domain::Kind::Patient),
        why: None,
        outcome: "ok".into(),
        detail: None,
        hlc: Hlc::new(5, 1),
    }
}

fn desk_with_rows(folder: &std::path::Path, rows: usize) -> Desk {
    let desk = Desk::open(folder, 1);
    desk.store
        .write(move |tx| {
            for n in 0..rows {
                tx.audit(&entry(&format!("patient.read.{n}")))?;
            }
            let (seq, hash) = tx.audit_head()?.unwrap();
            tx.sign_audit(seq, &hash, b"signed")?;
            Ok::<_, Error>(())
        })
        .unwrap();
    desk
}

fn faults(desk: &Desk) -> Vec<AuditFault> {
    desk.store.read(|r| r.verify_audit(|_, signature| signature == b"signed")).unwrap().faults
}

#[test]
fn an_untouched_chain_is_whole_and_listed_newest_first() {
    let folder = folder();
    let desk = desk_with_rows(folder.path(), 5);
    let report = desk.store.read(|r| r.verify_audit(|_, _| true)).unwrap();
    assert_eq!((report.rows, report.signatures, report.faults.len()), (5, 1, 0));
    let rows = desk.store.read(|r| r.audit_rows(Some(entry("x").record.unwrap()), Some(4), 2)).unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(desk.store.read(|r| r.audit_rows_of(entry("x").who, None, 9)).unwrap().len(), 5);
}

#[test]
fn every_tampering_shows() {
    for (sql, expected) in [
        ("UPDATE audit SET outcome = 'refused' WHERE seq = 3", AuditFault::Edited { seq: 3 }),
        ("UPDATE audit SET why = '' WHERE seq = 2", AuditFault::Edited { seq: 2 }),
        (
            "UPDATE audit SET who = x'00000000000000000000000000000000' WHERE seq = 4",
            AuditFault::Edited { seq: 4 },
        ),
        ("DELETE FROM audit WHERE seq = 3", AuditFault::Gap { after: 2, before: 4 }),
        ("DELETE FROM audit WHERE seq = 5", AuditFault::Truncated { signed: 5 }),
        ("UPDATE audit_signature SET signature = x'00'", AuditFault::BadSignature { seq: 5 }),
    ] {
        let folder = folder();
        drop(desk_with_rows(folder.path(), 5));
        with_raw(folder.path(), |raw| raw.execute_batch(sql).unwrap());
        assert_eq!(faults(&Desk::open(folder.path(), 1)), [expected], "{sql}");
    }
}

#[test]
fn the_chain_goes_on_after_reopening() {
    let folder = folder();
    drop(desk_with_rows(folder.path(), 2));
    let desk = Desk::open(folder.path(), 1);
    assert_eq!(desk.store.write(|tx| tx.audit(&entry("again"))).unwrap(), 3);
    assert!(faults(&desk).is_empty());
}
