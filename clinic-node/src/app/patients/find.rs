//! Finding patients, and their line in lists.

use posto_api::Page;
use posto_api::patient::{FindPatients, PatientSummary};
use posto_domain::policy::{Action, ResourceKind};
use posto_store::{PatientQuery, PatientRow};

use super::super::audit::Access;
use super::super::{App, AppError, AppResult, Caller};

/// Longer than anything a person types into a search field.
const QUERY_BYTES_MAX: usize = 256;

/// Characters of a document that lists show.
const DOCUMENT_TAIL: usize = 4;

impl App {
    /// Finds patients by anything that is known of them.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::InvalidRequest`] for a query longer than anybody types.
    pub fn find_patients(&self, caller: &Caller, query: FindPatients) -> AppResult<Page<PatientSummary>> {
        self.authorize(caller, Action::Search, &self.resource(ResourceKind::Patient), None)?;
        let text = query.q.unwrap_or_default();
        if text.len() > QUERY_BYTES_MAX {
            return Err(AppError::InvalidRequest);
        }
        let limit = query.limit.map_or(20, |limit| limit as usize).clamp(1, 100);
        let query = PatientQuery { text, cursor: query.cursor, limit };
        let found = self.store.read(|r| r.find_patients(&query))?;
        // What was searched for may be a name: only how many were found is kept.
        self.audit(Access::of(caller, "patient.search", None).detail(format!("{} found", found.rows.len())))?;
        Ok(Page {
            items: found.rows.into_iter().map(summary).collect(),
            next_cursor: found.next_cursor,
            total: None,
        })
    }
}

/// A patient's line in a list.
pub(super) fn summary(row: PatientRow) -> PatientSummary {
    PatientSummary {
        id: row.id.to_string(),
        name: row.name,
        civil_name: row.civil_name,
        birth_date: row.birth_date,
        sex: row.sex,
        record_number: row.record_number.map(|number| number.to_string()),
        phone: row.phone,
        document: row.document.as_deref().map(masked),
        deceased: row.deceased,
        has_alerts: row.has_alerts,
        merged_into: row.merged_into.map(|id| id.to_string()),
    }
}

/// All but the last characters hidden.
fn masked(value: &str) -> String {
    let length = value.chars().count();
    let hidden = length.saturating_sub(DOCUMENT_TAIL);
    value.chars().enumerate().map(|(at, letter)| if at < hidden { '•' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn lists_show_the_end_of_a_document_only() {
        assert_eq!(masked("52998224725"), "•••••••4725");
        assert_eq!(masked("123"), "123");
    }
}
