//! Break-glass: a clinician opens a record that ordinary work keeps closed, because somebody is in danger.
//!
//! Declared with a reason, for one patient, in one session, for three hours. Each access that only the emergency
//! allows leaves a row of its own in the audit trail, with the reason, before anything is shown.

use std::sync::Arc;

use posto_api::patient::{BreakGlass, Emergency as View};
use posto_domain::policy::{Action, Decision, Resource};
use posto_domain::{DocumentId, Kind, Patient, PatientId};
use serde::{Deserialize, Serialize};

use super::audit::Access;
use super::sessions::OpenSession;
use super::time::instant;
use super::{App, AppError, AppResult, Caller};

/// How long an emergency lasts: security.md.
const LASTS_MS: u64 = 3 * 3_600_000;

/// Characters of a reason. Shorter ones say nothing.
const REASON_MIN: usize = 10;
const REASON_MAX: usize = 500;

/// A declared emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    pub patient: PatientId,
    pub until_ms: u64,
    pub reason: String,
}

/// What a session's row keeps of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Emergencies {
    #[serde(default)]
    break_glass: Arc<Vec<Emergency>>,
}

impl Emergencies {
    /// Out of a session's row; what cannot be read opens nothing.
    pub(crate) fn of(body: &str) -> Self {
        serde_json::from_str(body).unwrap_or_default()
    }
}

impl App {
    /// The caller's emergency for this patient, while it lasts.
    pub(crate) fn emergency<'c>(&self, caller: &'c Caller, patient: PatientId) -> Option<&'c Emergency> {
        let now_ms = self.pen.now_ms();
        let declared = caller.emergencies.break_glass.iter();
        declared.filter(|one| one.patient == patient && now_ms < one.until_ms).max_by_key(|one| one.until_ms)
    }

    /// Declares an emergency.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for who does not treat people; [`AppError::AlreadyDone`] where the record is open
    /// anyway; [`AppError::Validation`] without a reason; [`AppError::NotFound`].
    pub fn break_glass(&self, session: &OpenSession, id: PatientId, request: &BreakGlass) -> AppResult<View> {
        let caller = &session.caller;
        let patient: Option<Patient> = self.patient_document(id)?.record().ok();
        let resource = self.patient_facts(id, patient.as_ref());
        let record = Some((Kind::Patient, id.cast()));
        self.authorize(caller, Action::BreakGlass, &resource, record)?;
        let reason = request.reason.trim().to_owned();
        match reason.chars().count() {
            ..REASON_MIN => return Err(AppError::field("reason", "too_short")),
            REASON_MIN..=REASON_MAX => {}
            _ => return Err(AppError::field("reason", "too_long")),
        }
        if self.decide(caller, Action::Read, &resource)? == Decision::Allow {
            return Err(AppError::AlreadyDone);
        }
        let (now_ms, hash) = (self.pen.now_ms(), session.token_hash);
        let until_ms = now_ms + LASTS_MS;
        let entry = self.audit_entry(Access::of(caller, "break_glass.declare", record).why(&reason));
        self.store.write(move |tx| {
            let mut row = tx.session(&hash)?.ok_or(AppError::Unauthenticated)?;
            let mut declared = (*Emergencies::of(&row.body).break_glass).clone();
            declared.retain(|one| one.patient != id && now_ms < one.until_ms);
            declared.push(Emergency { patient: id, until_ms, reason });
            let body = Emergencies { break_glass: Arc::new(declared) };
            row.body = serde_json::to_string(&body).map_err(|_| AppError::InvalidRequest)?;
            tx.put_session(&row)?;
            tx.audit(&entry)?;
            Ok::<_, AppError>(())
        })?;
        // Looked up again with the emergency in it.
        self.lobby.forget(&hash);
        metrics::counter!("posto_break_glass_total").increment(1);
        tracing::warn!("a clinician declared an emergency");
        Ok(View { until: instant(until_ms) })
    }

    /// Flags an access that only an emergency allows.
    pub(super) fn audit_emergency(
        &self,
        caller: &Caller,
        action: Action,
        resource: &Resource,
        record: Option<(Kind, DocumentId)>,
    ) -> AppResult<()> {
        let reason = resource.patient.and_then(|patient| self.emergency(caller, patient));
        let access = Access::of(caller, "break_glass.use", record);
        let access = access.detail(format!("{} {}", action.name(), resource.kind.name()));
        self.audit(match reason {
            Some(emergency) => access.why(&emergency.reason),
            None => access,
        })
    }
}
