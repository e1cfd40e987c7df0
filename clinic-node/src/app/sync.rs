//! How the sync stands, and *Sync now*.

use posto_api::sync::{ScopeStatus, SyncState, SyncStatus};
use posto_domain::policy::{Action, ResourceKind};
use posto_sync::node::NodeNudge;

use super::audit::Access;
use super::open::LAST_CONTACT;
use super::time::instant;
use super::{App, AppError, AppResult, Caller};
use crate::replication;

impl App {
    /// The state of the sync for the screens.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn sync_status(&self, caller: &Caller) -> AppResult<SyncStatus> {
        self.authorize(caller, Action::ReadStatus, &self.resource(ResourceKind::Sync), None)?;
        self.sync_facts()
    }

    /// The same without asking who wants to know: for the command line.
    ///
    /// # Errors
    /// Of the store.
    pub fn sync_facts(&self) -> AppResult<SyncStatus> {
        let board = self.board.view();
        let (scopes, refused, (open_conflicts, _), projecting) = self.store.read(|r| {
            let counted = (r.scope_states()?, r.refused_changes()?.len() as u64, r.conflict_counts()?);
            Ok::<_, posto_store::Error>((counted.0, counted.1, counted.2, u64::from(!r.is_projected()?)))
        })?;
        let online = matches!(board.state, SyncState::Syncing | SyncState::InSync);
        let is_standalone = board.state == SyncState::Standalone;
        let scopes: Vec<ScopeStatus> = scopes
            .into_iter()
            .map(|state| ScopeStatus {
                in_sync: online && board.in_sync.get(state.scope.as_str()).copied().unwrap_or(false),
                scope: state.scope.to_string(),
                // Without a server nothing waits for one.
                waiting: if is_standalone { 0 } else { state.pending_count },
                changes: state.count,
                cursor: state.cursor.get(),
            })
            .collect();
        Ok(SyncStatus {
            state: board.state,
            since: Some(instant(board.since_ms)),
            last_synced_at: board.last_synced_ms.filter(|_| !is_standalone).map(instant),
            waiting: scopes.iter().map(|scope| scope.waiting).sum(),
            refused,
            open_conflicts,
            projecting,
            scopes,
            clock_offset_ms: board.clock_offset_ms,
            progress: board.progress,
            recent_errors: board.problems,
            steps: if is_standalone { Vec::new() } else { board.steps },
            server: self
                .certificate
                .load()
                .as_ref()
                .map(|identity| replication::server_address(self, identity)),
        })
    }

    /// Syncs at once: connects where there is no connection, verifies where there is one.
    ///
    /// # Errors
    /// [`AppError::Offline`] on a node without a server.
    pub fn sync_now(&self, caller: &Caller) -> AppResult<SyncStatus> {
        self.authorize(caller, Action::SyncNow, &self.resource(ResourceKind::Sync), None)?;
        if self.certificate.load().is_none() || self.config.sync.disabled {
            return Err(AppError::Offline);
        }
        self.audit(Access::of(caller, "sync.now", None))?;
        if !self.board.nudge(NodeNudge::Verify) {
            self.sync_wanted.notify_one();
        }
        self.sync_facts()
    }

    /// Keeps the time of the last contact across restarts, and signs the audit trail so far.
    pub(crate) fn keep_contact_note(&self) -> Result<(), posto_store::Error> {
        let Some(at_ms) = self.board.last_synced_ms() else { return Ok(()) };
        let signature = self.audit_signature()?;
        self.store.write(move |tx| {
            if let Some(signed) = signature {
                signed.write(tx)?;
            }
            tx.set_local_value(LAST_CONTACT, &at_ms.to_be_bytes())
        })
    }

    /// Notes a catch-up that ended.
    pub(crate) fn note_contact(&self, in_sync: bool) -> Result<(), posto_store::Error> {
        if in_sync {
            self.board.synced(self.pen.now_ms());
        }
        self.keep_contact_note()
    }

    /// Whether the database answers.
    pub(crate) fn check_store(&self) -> AppResult<()> {
        self.store.read(|r| r.instance())?;
        Ok(())
    }

    /// Figures that are read off when somebody asks for them.
    pub(crate) fn publish_figures(&self) -> AppResult<()> {
        let facts = self.sync_facts()?;
        metrics::gauge!("posto_sync_waiting_changes").set(facts.waiting as f64);
        metrics::gauge!("posto_sync_refused_changes").set(facts.refused as f64);
        metrics::gauge!("posto_sync_connected")
            .set(f64::from(u8::from(matches!(facts.state, SyncState::Syncing | SyncState::InSync))));
        metrics::gauge!("posto_sync_incidents").set(self.board.view().incidents as f64);
        metrics::gauge!("posto_conflicts_open").set(facts.open_conflicts as f64);
        metrics::gauge!("posto_documents_unprojected").set(facts.projecting as f64);
        Ok(())
    }
}
