//! Reading the trail: filtered, newest first, a bounded number of rows at a time.

use chrono::DateTime;
use posto_api::Page;
use posto_api::session::Named;
use posto_domain::policy::{Action, ResourceKind};
use posto_domain::user::User;
use posto_domain::{DocumentId, Kind, UserId};
use posto_store::{AuditEntry, AuditRow};

use super::super::page::PageRequest;
use super::super::time::instant;
use super::super::{App, AppError, AppResult, Caller};
use super::Access;

/// Rows that are looked at for one page. A filter that few rows pass answers short pages, never a slow one.
const LOOKED_AT_MAX: usize = 20_000;

/// Rows that are read at once.
const READ_ROWS: usize = 1_000;

/// Which rows of the trail somebody wants to see; all of what is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    record: Option<DocumentId>,
    who: Option<UserId>,
    action: Option<String>,
    from_ms: Option<i64>,
    before_ms: Option<i64>,
    export: bool,
}

impl AuditFilter {
    /// Reads the parameters of a list: ids, an action's name or the beginning of some (`patient.`), and instants.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a record that is no id, [`AppError::InvalidRequest`].
    pub fn parse(
        record: Option<&str>,
        who: Option<&str>,
        action: Option<String>,
        (from, before): (Option<&str>, Option<&str>),
    ) -> AppResult<Self> {
        Ok(Self {
            record: record.map(str::parse).transpose().map_err(|_| AppError::NotFound)?,
            who: who.map(str::parse).transpose().map_err(|_| AppError::InvalidRequest)?,
            action: action.filter(|action| !action.is_empty()),
            from_ms: from.map(moment).transpose()?,
            before_ms: before.map(moment).transpose()?,
            export: false,
        })
    }

    /// Whether the rows leave the building: the trail tells that apart from looking at them.
    #[must_use]
    pub fn export(self, export: bool) -> Self {
        Self { export, ..self }
    }

    fn takes(&self, row: &AuditRow) -> bool {
        let (entry, at_ms) = (&row.entry, row.wall_ms as i64);
        self.record.is_none_or(|record| entry.record == Some(record))
            && self.who.is_none_or(|who| entry.who == who)
            && self.action.as_deref().is_none_or(|action| is_action(action, &entry.action))
            && self.from_ms.is_none_or(|from| at_ms >= from)
            && self.before_ms.is_none_or(|before| at_ms < before)
    }

    /// Whether rows that the store finds by record or person may not pass.
    fn leaves_out(&self) -> bool {
        self.action.is_some()
            || self.from_ms.is_some()
            || self.before_ms.is_some()
            || (self.record.is_some() && self.who.is_some())
    }

    /// What was asked for, in words that name no person.
    fn detail(&self) -> Option<String> {
        let parts = [
            self.who.map(|who| format!("user {who}")),
            self.action
                .as_ref()
                .map(|action| format!("action {}", action.chars().take(60).collect::<String>())),
            self.from_ms.map(|ms| format!("from {}", instant(ms.max(0) as u64))),
            self.before_ms.map(|ms| format!("before {}", instant(ms.max(0) as u64))),
        ];
        let words: Vec<String> = parts.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

fn moment(text: &str) -> AppResult<i64> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| AppError::InvalidRequest)?;
    Ok(time.timestamp_millis())
}

/// `wanted` is an action, or the beginning of some when it ends in a dot.
fn is_action(wanted: &str, action: &str) -> bool {
    if wanted.ends_with('.') { action.starts_with(wanted) } else { action == wanted }
}

impl App {
    /// Rows of the trail, newest first. A page may be short, even empty, while another follows.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn list_audit(
        &self,
        caller: &Caller,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> AppResult<Page<posto_api::audit::AuditEntry>> {
        self.authorize(caller, Action::ReadLog, &self.resource(ResourceKind::Audit), None)?;
        let before = page.cursor.as_deref().and_then(|cursor| cursor.parse().ok());
        let (rows, next) = self.matching_rows(filter, before, page.limit)?;
        let action = if filter.export { "audit.export" } else { "audit.read" };
        let access = Access::of(caller, action, filter.record.map(|id| (Kind::Patient, id)));
        self.audit(match filter.detail() {
            Some(detail) => access.detail(detail),
            None => access,
        })?;
        let names = self.names_of(rows.iter().map(|row| row.entry.who))?;
        let items = rows.into_iter().map(|row| {
            let name = names.get(&row.entry.who).cloned().unwrap_or_default();
            view(row.seq, row.wall_ms, row.entry, name)
        });
        Ok(Page { items: items.collect(), next_cursor: next.map(|seq| seq.to_string()), total: None })
    }

    /// Everybody who may stand in the trail: the people of the clinic, by name.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn audit_people(&self, caller: &Caller) -> AppResult<Page<Named>> {
        self.authorize(caller, Action::ReadLog, &self.resource(ResourceKind::Audit), None)?;
        let mut people = self.store.read(|r| r.records::<User>())?;
        people.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
        self.audit(Access::of(caller, "audit.people", None))?;
        let items = people.into_iter().map(|user| Named { id: user.id.to_string(), name: user.name });
        Ok(Page { items: items.collect(), next_cursor: None, total: None })
    }

    /// Rows that pass the filter, and before which row to go on.
    fn matching_rows(
        &self,
        filter: &AuditFilter,
        mut before: Option<u64>,
        limit: usize,
    ) -> AppResult<(Vec<AuditRow>, Option<u64>)> {
        let (mut found, mut looked_at) = (Vec::new(), 0);
        let read_rows = if filter.leaves_out() { READ_ROWS } else { limit + 1 };
        while looked_at < LOOKED_AT_MAX {
            let rows = self.store.read(|r| match (filter.record, filter.who) {
                (None, Some(who)) => r.audit_rows_of(who, before, read_rows),
                (record, _) => r.audit_rows(record, before, read_rows),
            })?;
            let is_end = rows.len() < read_rows;
            looked_at += rows.len();
            before = rows.last().map(|row| row.seq);
            found.extend(rows.into_iter().filter(|row| filter.takes(row)));
            if found.len() > limit {
                found.truncate(limit);
                let next = found.last().map(|row| row.seq);
                return Ok((found, next));
            }
            if is_end {
                return Ok((found, None));
            }
        }
        Ok((found, before))
    }
}

fn view(seq: u64, wall_ms: u64, entry: AuditEntry, user_name: String) -> posto_api::audit::AuditEntry {
    posto_api::audit::AuditEntry {
        seq,
        at: instant(wall_ms),
        user_id: (!entry.who.is_reserved()).then(|| entry.who.to_string()),
        user_name,
        role: entry.role,
        action: entry.action,
        record: entry.record.map(|id| match entry.kind {
            Some(kind) => format!("{}/{id}", kind.name()),
            None => id.to_string(),
        }),
        why: entry.why,
        outcome: entry.outcome,
        detail: entry.detail,
    }
}
