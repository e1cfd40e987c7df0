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
        let items = found.rows.into_iter().map(|row| self.summary(caller, row));
        Ok(Page { items: items.collect::<AppResult<_>>()?, next_cursor: found.next_cursor, total: None })
    }

    /// A patient's line in a list. Of a restricted record others see who the person is.
    pub(super) fn summary(&self, caller: &Caller, row: PatientRow) -> AppResult<PatientSummary> {
        let is_asked = row.restricted || (row.photo.is_some() && !self.opens_every_place(caller)?);
        let is_open = !is_asked || self.is_open_to(caller, row.id)?;
        let shows_photo = is_open && self.may_see_files(caller, row.id)?;
        let mut line = if is_open || !row.restricted { whole(row) } else { identity(whole(row)) };
        // What the desk would be refused is not offered either.
        line.photo = line.photo.filter(|_| shows_photo);
        Ok(line)
    }
}

/// What tells a person from others, and nothing that the team knows.
fn identity(line: PatientSummary) -> PatientSummary {
    PatientSummary { sex: None, phone: None, has_alerts: false, ..line }
}

/// A patient's line in a list, for who may open the record.
fn whole(row: PatientRow) -> PatientSummary {
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
        restricted: row.restricted,
        photo: row.photo.map(|id| id.to_string()),
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
