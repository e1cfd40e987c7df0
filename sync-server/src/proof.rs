//! The nightly proof: every log against its own sums, whatever nobody asked about.
//!
//! A scope whose rows and sums differ is an incident: it is counted, its sums are made anew from its rows, and it
//! gets a new epoch, so that every node compares what it holds with what is really here.

use std::time::Duration;

use posto_sync::{Epoch, Fingerprint};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::doctor::check_scope;
use crate::random::{self, NoEntropy};
use crate::storage::table::{
    admin_session, audit, change, enrolment_code, installation, kind_count, scope, signal,
};
use crate::storage::{Db, DbError, Tx};

/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The proof is due when this much time has passed since the last one …
const DUE_AFTER_MS: i64 = 20 * 3_600_000;
/// … and it is this hour, UTC; or whatever the hour when two days have passed.
const HOUR: i64 = 5;
const OVERDUE_AFTER_MS: i64 = 48 * 3_600_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Why a proof did not finish.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProofError {
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

/// Runs the proof each night until `stop`.
pub(crate) async fn run(db: Db, clock: Clock, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let (db, now_ms) = (db.clone(), clock.now_ms());
        let done = tokio::task::spawn_blocking(move || prove_if_due(&db, now_ms)).await;
        match done {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(repaired))) => tracing::info!(repaired, "the nightly proof is done"),
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the nightly proof failed")
            }
            Err(_) => tracing::error!("the nightly proof panicked"),
        }
    }
}

fn prove_if_due(db: &Db, now_ms: i64) -> Result<Option<usize>, ProofError> {
    let last = db.read_blocking::<_, DbError, _>(|tx| installation::get(tx, installation::PROVED_AT))?;
    let last_ms = last.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_be_bytes);
    let passed_ms = now_ms - last_ms;
    let is_hour = now_ms.rem_euclid(DAY_MS) / HOUR_MS == HOUR;
    if passed_ms < DUE_AFTER_MS || !(is_hour || passed_ms > OVERDUE_AFTER_MS) {
        return Ok(None);
    }
    prove(db, now_ms).map(Some)
}

/// Proves every scope; answers how many had to be repaired.
pub(crate) fn prove(db: &Db, now_ms: i64) -> Result<usize, ProofError> {
    let mut repaired = 0;
    for row in db.read_blocking::<_, DbError, _>(scope::list)? {
        let check = db.read_blocking::<_, DbError, _>(|tx| {
            // Read anew: the log may have grown since the list.
            let row = scope::by_name(tx, row.scope)?.ok_or(DbError::NoRow { what: "scope" })?;
            check_scope(tx, &row)
        })?;
        if !check.ok {
            tracing::error!(scope = %row.scope, detail = check.detail, "a scope's sums are not those of its rows");
            metrics::counter!("posto_proof_incidents_total").increment(1);
            db.write_blocking(move |tx| repair(tx, row.scope))?;
            repaired += 1;
        }
    }
    let broken = db.read_blocking::<_, DbError, _>(audit::first_broken)?;
    if let Some(id) = broken {
        tracing::error!(row = id, "the audit chain is broken");
        metrics::counter!("posto_proof_incidents_total").increment(1);
    }
    db.write_blocking::<_, DbError, _>(move |tx| {
        enrolment_code::delete_expired(tx, now_ms - DAY_MS)?;
        admin_session::delete_stale(tx, now_ms, now_ms - DAY_MS)?;
        installation::set(tx, installation::PROVED_AT, &now_ms.to_be_bytes())
    })?;
    Ok(repaired)
}

/// Makes a scope's sums anew from its rows.
fn repair(tx: &Tx<'_>, name: posto_domain::Scope) -> Result<(), ProofError> {
    let mut row = scope::lock(tx, name)?;
    let hashes = change::hashes(tx, row.id)?;
    row.fingerprint = hashes.iter().collect::<Fingerprint>();
    row.count = hashes.len() as u64;
    row.head = row.head.max(change::newest(tx, row.id)?);
    row.epoch = Epoch(random::bytes()?);
    scope::update(tx, &row)?;
    crate::storage::table::document::recount(tx, row.id)?;
    kind_count::recount(tx, row.id)?;
    signal::raise(tx, signal::SCOPES)?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::directory::{Directory, NewClinic};
    use crate::storage::DbOptions;

    fn world() -> (tempfile::TempDir, Db) {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("server.db"), DbOptions { create: true }).unwrap();
        db.write_blocking::<_, DbError, _>(|tx| installation::set(tx, installation::SERVER_ID, &[7; 16]))
            .unwrap();
        let directory = Directory::open(&db, Clock::new(|| 1)).unwrap();
        let new = NewClinic { name: "Um".into(), jurisdiction: "BR".into() };
        db.write_blocking(move |tx| directory.add_clinic(tx, posto_domain::UserId::OPERATOR, &new)).unwrap();
        (dir, db)
    }

    #[test]
    fn a_sound_log_is_left_alone_and_wrong_sums_are_made_anew() {
        let (_dir, db) = world();
        assert_eq!(prove(&db, 5).unwrap(), 0);
        let before = db.read_blocking::<_, DbError, _>(scope::list).unwrap().remove(0);
        db.write_blocking::<_, DbError, _>(|tx| {
            tx.execute("UPDATE scope SET change_count = 77 WHERE head > 0", &[])
        })
        .unwrap();
        assert_eq!(prove(&db, 6).unwrap(), 1);
        let after = db.read_blocking::<_, DbError, _>(scope::list).unwrap().remove(0);
        assert_eq!((after.count, after.fingerprint), (before.count, before.fingerprint));
        assert_ne!(after.epoch, before.epoch, "nodes must compare");
        assert_eq!(prove(&db, 7).unwrap(), 0);
    }

    #[test]
    fn it_is_due_at_five_and_not_twice_a_night() {
        let (_dir, db) = world();
        let five = 100 * DAY_MS + HOUR * HOUR_MS;
        assert_eq!(prove_if_due(&db, five).unwrap(), Some(0));
        assert_eq!(prove_if_due(&db, five + 1_000).unwrap(), None);
        assert_eq!(prove_if_due(&db, five + DAY_MS - 2 * HOUR_MS).unwrap(), None, "not at three");
        assert_eq!(prove_if_due(&db, five + DAY_MS).unwrap(), Some(0));
        assert_eq!(prove_if_due(&db, five + 4 * DAY_MS + 3 * HOUR_MS).unwrap(), Some(0), "overdue");
    }
}
