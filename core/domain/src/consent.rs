//! Consent: what a patient allowed, for which purpose and channel, and the evidence.

use serde::{Deserialize, Serialize};

use crate::date::TimestampMs;
use crate::id::{AttachmentId, DocumentId, PatientId, UserId};
use crate::kind::Kind;
use crate::open_enum::open_enum;
use crate::parts::{Channel, Entries, ExternalId, Foreign};
use crate::record::record;

open_enum! {
    /// What the consent is for.
    pub enum ConsentPurpose {
        Treatment = "treatment", DataSharing = "data_sharing", Marketing = "marketing", AiProcessing = "ai_processing",
        Telehealth = "telehealth", Photos = "photos", Research = "research",
    }
    /// What the patient decided.
    pub enum ConsentStatus { Granted = "granted", Withdrawn = "withdrawn", Refused = "refused" }
    /// How the decision reached the clinic.
    pub enum ConsentSource { Desk = "desk", Kiosk = "kiosk", Portal = "portal", Message = "message", Paper = "paper", Import = "import" }
}

/// One decision of a patient about one purpose (and one channel).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub id: DocumentId,
    pub patient: PatientId,
    pub purpose: ConsentPurpose,
    /// Absent means every channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    pub status: ConsentStatus,
    pub decided_at_ms: TimestampMs,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at_ms: Option<TimestampMs>,
    /// Which text the patient saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_version: Option<String>,
    /// Signature image or signed form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_attachment: Option<AttachmentId>,
    /// Provider's id of the message that said yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<ConsentSource>,
    /// Who decided, where not the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub external_ids: Entries<ExternalId>,
    #[serde(default, skip_serializing_if = "Foreign::is_empty")]
    pub foreign: Foreign,
}

record!(Consent, Kind::Consent);

impl Consent {
    /// A decision without evidence yet.
    pub fn new(
        id: DocumentId,
        patient: PatientId,
        purpose: ConsentPurpose,
        status: ConsentStatus,
        decided_at_ms: TimestampMs,
    ) -> Self {
        Self {
            id,
            patient,
            purpose,
            channel: None,
            status,
            decided_at_ms,
            expires_at_ms: None,
            withdrawn_at_ms: None,
            text_version: None,
            evidence_attachment: None,
            evidence_message: None,
            source: None,
            decided_by: None,
            recorded_by: None,
            external_ids: Entries::new(),
            foreign: Foreign::new(),
        }
    }

    /// Whether it allows its purpose at `now_ms`. A withdrawal by anyone counts whatever the status says.
    pub fn allows_at(&self, now_ms: TimestampMs) -> bool {
        self.status == ConsentStatus::Granted
            && self.withdrawn_at_ms.is_none()
            && self.decided_at_ms <= now_ms
            && self.expires_at_ms.is_none_or(|until| now_ms < until)
    }
}
