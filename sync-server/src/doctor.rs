//! Whether an installation is sound: the database's structure, every log against its own sums, the audit chain.

use std::collections::{BTreeMap, BTreeSet};

use posto_sync::Fingerprint;
use serde::Serialize;

use crate::erasure::{ErasureError, Ledger};
use crate::installation::Installation;
use crate::revocation::{self, Revocations};
use crate::storage::table::scope::ScopeRow;
use crate::storage::table::{audit, change, document, document_fault, erasure, node, scope};
use crate::storage::{Db, DbError, Tx};

/// What was looked at and found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub ok: bool,
    pub checks: Vec<Check>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Check {
    pub name: String,
    pub ok: bool,
    pub detail: String,
}

impl Check {
    fn new(name: impl Into<String>, ok: bool, detail: impl Into<String>) -> Self {
        Self { name: name.into(), ok, detail: detail.into() }
    }
}

/// Looks at everything; reads the whole log.
pub(crate) fn examine(installation: &Installation) -> Result<Report, ErasureError> {
    let db = &installation.db;
    let problems = db.integrity_problems()?;
    let mut checks = vec![
        Check::new(
            "database",
            problems.is_empty(),
            if problems.is_empty() { "sound".into() } else { problems.join("; ") },
        ),
        check_changes(db)?,
        Check::new("certificate authority", true, installation.desk.authority.fingerprint().to_string()),
    ];
    let lines = Ledger::of(&installation.folder).read()?;
    let revocations = Revocations::of(&installation.folder).read()?;
    checks.extend(db.read_blocking::<_, ErasureError, _>(|tx| {
        let mut checks = Vec::new();
        for row in scope::list(tx)? {
            checks.push(check_scope(tx, &row)?);
        }
        let broken = audit::first_broken(tx)?;
        let detail = broken.map_or_else(|| "unbroken".into(), |id| format!("broken at row {id}"));
        checks.push(Check::new("audit chain", broken.is_none(), detail));
        let faults = document_fault::count(tx)?;
        checks.push(Check::new("documents", faults == 0, format!("{faults} in quarantine")));
        let undone = revocation::undone(tx, &revocations)?.len();
        let detail = format!("{} entries, {undone} not carried out", revocations.len());
        checks.push(Check::new("revocation ledger", undone == 0, detail));
        let mut undone = 0;
        for line in &lines {
            let known =
                match line.scope.parse().ok().map(|name| scope::by_name(tx, name)).transpose()?.flatten() {
                    Some(row) => erasure::is_erased(tx, row.id, posto_sync::DocId(line.document.to_bytes()))?,
                    None => true,
                };
            undone += usize::from(!known);
        }
        let waiting = unconfirmed(tx)?;
        let detail =
            format!("{} entries, {undone} not carried out; {waiting} nodes have yet to erase", lines.len());
        checks.push(Check::new("erasure ledger", undone == 0, detail));
        Ok(checks)
    })?);
    Ok(Report { ok: checks.iter().all(|check| check.ok), checks })
}

/// That every change is what its hash says. A database whose structure is broken may not even be readable that far.
fn check_changes(db: &Db) -> Result<Check, DbError> {
    Ok(match db.damaged_changes() {
        Ok(damaged) if damaged.is_empty() => Check::new("changes", true, "each is what its hash says"),
        Ok(damaged) => Check::new("changes", false, damaged.join("; ")),
        Err(error) => Check::new("changes", false, error.to_string()),
    })
}

/// Nodes in good standing that have not confirmed every erasure of their clinic's scope.
fn unconfirmed(tx: &Tx<'_>) -> Result<usize, DbError> {
    let nodes = node::list(tx, None)?;
    let mut waiting = BTreeSet::new();
    for row in scope::list(tx)?.iter().filter(|row| row.erasure_head > 0) {
        let confirmed: BTreeMap<_, _> = erasure::confirmations(tx, row.id)?.into_iter().collect();
        let late = nodes
            .iter()
            .filter(|node| node.revoked_at_ms.is_none() && node.clinic == row.clinic)
            .filter(|node| confirmed.get(&node.id).is_none_or(|number| *number < row.erasure_head));
        waiting.extend(late.map(|node| node.id));
    }
    Ok(waiting.len())
}

/// The proof that repair rests on: head, count and fingerprint are those of the rows.
pub(crate) fn check_scope(tx: &Tx<'_>, row: &ScopeRow) -> Result<Check, DbError> {
    let hashes = change::hashes(tx, row.id)?;
    let fingerprint: Fingerprint = hashes.iter().collect();
    let (documents, changes) = document::totals(tx, row.id)?;
    let newest = change::newest(tx, row.id)?;
    let ok = fingerprint == row.fingerprint
        && hashes.len() as u64 == row.count
        && changes == row.count
        && newest <= row.head
        && row.projected <= row.head;
    let detail = if ok {
        format!("{documents} documents, {changes} changes, head {}", row.head)
    } else {
        format!(
            "rows: {} changes up to {newest}; documents say {changes}; the scope says {} up to {}, fingerprints {}",
            hashes.len(),
            row.count,
            row.head,
            if fingerprint == row.fingerprint { "agree" } else { "differ" }
        )
    };
    Ok(Check::new(format!("scope {}", row.scope), ok, detail))
}
