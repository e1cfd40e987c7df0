//! Taking in a batch of the server: decoded beside the writer, then appended in one transaction
//! together with the position. Documents are not opened here.

use posto_domain::id::DocumentId;
use posto_domain::{Kind, Scope};
use posto_sync::batch::{self, DecodeLimits, DependencyResolver, HeldChange};
use posto_sync::node::{Advance, AppendOutcome};
use posto_sync::{ChangeHash, ChangeRecord, DocId, KindCode, ScopeName, ScopeState, Seq};

use super::bases::KindBases;
use crate::change::{ChangeState, read_hash};
use crate::document::StoredDocument;
use crate::error::{Error, Result};
use crate::event::StoreEvent;
use crate::projector::Dirty;
use crate::read_model::Before;
use crate::store::Store;
use crate::transaction::{ReadTx, WriteTx};
use crate::writer::Lane;

impl Store {
    pub(super) fn append(
        &self,
        scope: &ScopeName,
        batch: Option<Vec<u8>>,
        advance: Advance,
    ) -> Result<AppendOutcome> {
        let changes = match batch {
            Some(bytes) => self.read(|r| {
                let scope = r.find_scope_row(scope.as_str())?.unwrap_or_default();
                let mut held = Held { read: r, scope };
                batch::decode(&bytes, &KindBases, &mut held, DecodeLimits::default()).map_err(Error::from)
            })?,
            None => Vec::new(),
        };
        let scope = scope.clone();
        let appended =
            self.submit(Lane::Background, move |tx| append(tx, &scope, changes, advance)).wait()?;
        let Some((state, new, fresh)) = appended else { return Ok(AppendOutcome::Stale) };
        if new > 0 {
            self.projector_feed(fresh, new);
        }
        Ok(AppendOutcome::Appended { state, new })
    }
}

/// `None` when the position is not where it must be.
fn append(
    tx: &WriteTx<'_>,
    scope_name: &ScopeName,
    changes: Vec<ChangeRecord>,
    advance: Advance,
) -> Result<Option<(ScopeState, u32, Vec<Dirty>)>> {
    let scope = tx.scope_row(scope_name.as_str())?;
    if !position_fits(&tx.scope_state(scope)?, advance) {
        return Ok(None);
    }
    let mut appender = Appender { tx, scope_name, scope, new: 0, fresh: Vec::new(), open: None };
    for change in changes {
        appender.take(change)?;
    }
    appender.close()?;
    let (new, fresh) = (appender.new, appender.fresh);
    match advance {
        Advance::Feed { epoch, cursor, .. } => tx.set_scope_position(scope, epoch, cursor, None)?,
        Advance::Bootstrap { epoch, position } => {
            tx.set_scope_position(scope, epoch, Seq(0), Some(position))?;
        }
        Advance::BootstrapDone { epoch, as_of } => tx.set_scope_position(scope, epoch, as_of, None)?,
        Advance::Stay => {}
    }
    if new > 0
        && let Ok(scope) = scope_name.as_str().parse::<Scope>()
    {
        tx.announce(StoreEvent::Received { scope });
    }
    Ok(Some((tx.current_scope_state(scope)?, new, fresh)))
}

fn position_fits(state: &ScopeState, advance: Advance) -> bool {
    match advance {
        Advance::Feed { epoch, after, .. } => {
            state.epoch == Some(epoch) && state.cursor == after && state.bootstrap.is_none()
        }
        Advance::Bootstrap { epoch, .. } | Advance::BootstrapDone { epoch, .. } => {
            state.cursor == Seq(0) && state.epoch.is_none_or(|held| held == epoch)
        }
        Advance::Stay => true,
    }
}

/// Appends changes in order. A document's row is updated once, after the last of a run of its changes.
struct Appender<'a, 'c> {
    tx: &'a WriteTx<'c>,
    scope_name: &'a ScopeName,
    scope: i64,
    new: u32,
    fresh: Vec<Dirty>,
    open: Option<Run>,
}

/// Consecutive changes of one document.
struct Run {
    doc: DocId,
    row: i64,
    last: i64,
    /// The first change of a document that had none: the projector gets it without reading it back.
    only: Option<(Kind, StoredDocument)>,
    existed: bool,
    appended: u32,
}

impl Appender<'_, '_> {
    fn take(&mut self, change: ChangeRecord) -> Result<()> {
        let ChangeRecord { doc, kind, hash, bytes } = change;
        if self.open.as_ref().is_none_or(|run| run.doc != doc) {
            self.close()?;
            if self.tx.is_erased(doc.0)? {
                return Ok(());
            }
            self.open = Some(self.start(doc, kind)?);
        }
        let Some(run) = &mut self.open else { return Ok(()) };
        if (run.existed || run.appended > 0)
            && let Some((local_seq, state)) = self.tx.find_change(run.row, &hash.0)?
        {
            return self.acknowledge(local_seq, state, &hash);
        }
        run.last = self.tx.insert_change(run.row, self.scope, ChangeState::Shared, &hash.0, &bytes)?;
        self.tx.count_change(self.scope, ChangeState::Shared, &hash.0);
        run.only = (!run.existed && run.appended == 0)
            .then(|| (Kind::from_code(kind.0), StoredDocument::new(hash.0.into(), bytes)));
        run.appended += 1;
        self.new += 1;
        Ok(())
    }

    fn start(&self, doc: DocId, kind: KindCode) -> Result<Run> {
        let found = self.tx.document_row(doc.0)?;
        let row = match found {
            Some(found) => found.row,
            None => {
                self.tx.insert_document(DocumentId::from_bytes(doc.0), Kind::from_code(kind.0), self.scope)?
            }
        };
        Ok(Run { doc, row, last: 0, only: None, existed: found.is_some(), appended: 0 })
    }

    /// A change of ours came back: the server has it.
    fn acknowledge(&self, local_seq: i64, state: ChangeState, hash: &ChangeHash) -> Result<()> {
        if state == ChangeState::Shared {
            return Ok(());
        }
        self.tx.set_change_state(self.scope, local_seq, &hash.0, ChangeState::Shared)?;
        self.tx.uncount_change(self.scope, state, &hash.0);
        self.tx.count_change(self.scope, ChangeState::Shared, &hash.0);
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        let Some(run) = self.open.take().filter(|run| run.appended > 0) else { return Ok(()) };
        self.tx.set_last_change(run.row, run.last)?;
        self.tx.mark_dirty(run.row)?;
        if let (Some((kind, stored)), Ok(scope)) = (run.only, self.scope_name.as_str().parse()) {
            let (id, before) = (DocumentId::from_bytes(run.doc.0), Before::Nothing);
            self.fresh.push(Dirty { row: run.row, id, kind, scope, last_change: run.last, before, stored });
        }
        Ok(())
    }
}

/// Finds dependencies among the changes this node holds.
struct Held<'a, 'c> {
    read: &'a ReadTx<'c>,
    scope: i64,
}

impl DependencyResolver for Held<'_, '_> {
    fn resolve(&mut self, prefix: &[u8]) -> Option<HeldChange> {
        // A database error leaves the dependency unknown; the batch is then asked for verbatim.
        self.read.find_by_prefix(self.scope, prefix).ok().flatten()
    }
}

impl ReadTx<'_> {
    /// The only change of the scope whose hash begins with `prefix`, at most 8 bytes of which count.
    fn find_by_prefix(&self, scope: i64, prefix: &[u8]) -> Result<Option<HeldChange>> {
        let used = prefix.len().min(8);
        let (mut first, mut last) = ([0; 8], [0xff; 8]);
        first[..used].copy_from_slice(&prefix[..used]);
        last[..used].copy_from_slice(&prefix[..used]);
        let mut statement = self.statement(
            "SELECT d.uid, d.kind, c.hash8, c.hash24 FROM change c INDEXED BY change_hash
             JOIN document d ON d.id = c.document
             WHERE c.hash8 BETWEEN ?1 AND ?2 AND c.scope = ?3 LIMIT 2",
        )?;
        let mut rows = statement.query([i64::from_be_bytes(first), i64::from_be_bytes(last), scope])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let held = HeldChange {
            doc: DocId(row.get(0)?),
            kind: KindCode(row.get(1)?),
            hash: ChangeHash(read_hash(row, 2)?),
        };
        let unique = rows.next()?.is_none();
        Ok((unique && held.hash.0.starts_with(prefix)).then_some(held))
    }
}
