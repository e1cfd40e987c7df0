//! Consent: what a patient allowed, for which purpose and channel, and the evidence.

use serde::{Deserialize, Serialize};

use crate::date::TimestampMs;
use crate::id::{AttachmentId, DocumentId, PatientId, UserId};
use crate::jurisdiction::Pack;
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

/// What a patient's decisions amount to for one purpose and channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConsentState {
    Granted,
    Refused,
    Withdrawn,
    Expired,
    NeverAsked,
}

/// Folds a patient's decisions. The newest one about the purpose counts; one about a channel counts for
/// that channel only, one about all channels for every channel.
pub fn consent_state<'c>(
    consents: impl IntoIterator<Item = &'c Consent>,
    purpose: &ConsentPurpose,
    channel: Option<&Channel>,
    now_ms: TimestampMs,
) -> ConsentState {
    let newest = consents
        .into_iter()
        .filter(|consent| consent.purpose == *purpose && consent.decided_at_ms <= now_ms)
        .filter(|consent| consent.channel.is_none() || consent.channel.as_ref() == channel)
        // Of two decisions in one moment the one that allows less counts, then the id, so that every
        // node comes to the same answer.
        .max_by_key(|consent| (consent.decided_at_ms, !consent.allows_at(now_ms), consent.id));
    match newest {
        None => ConsentState::NeverAsked,
        Some(consent) if consent.allows_at(now_ms) => ConsentState::Granted,
        Some(consent) if consent.withdrawn_at_ms.is_some() => ConsentState::Withdrawn,
        Some(consent) => match consent.status {
            ConsentStatus::Granted => ConsentState::Expired,
            ConsentStatus::Withdrawn => ConsentState::Withdrawn,
            _ => ConsentState::Refused,
        },
    }
}

/// Whether a purpose may run: granted, or never asked where the country's law needs no consent for it.
pub fn may_process(pack: &Pack, purpose: &ConsentPurpose, state: ConsentState) -> bool {
    let required = pack.consent.required_for.iter().any(|name| name == purpose.as_str());
    state == ConsentState::Granted || (!required && state == ConsentState::NeverAsked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jurisdiction::Jurisdictions;

    fn decision(number: u8, status: ConsentStatus, at_ms: TimestampMs) -> Consent {
        let patient = PatientId::from_bytes([1; 16]);
        Consent::new(DocumentId::from_bytes([number; 16]), patient, ConsentPurpose::Marketing, status, at_ms)
    }

    fn state(consents: &[Consent], channel: Option<&Channel>) -> ConsentState {
        consent_state(consents, &ConsentPurpose::Marketing, channel, 1_000)
    }

    #[test]
    fn the_newest_decision_counts() {
        let mut consents = vec![decision(1, ConsentStatus::Granted, 100)];
        assert_eq!(state(&consents, None), ConsentState::Granted);
        consents.push(decision(2, ConsentStatus::Refused, 200));
        assert_eq!(state(&consents, None), ConsentState::Refused);
        consents.push(decision(3, ConsentStatus::Granted, 2_000));
        assert_eq!(state(&consents, None), ConsentState::Refused);
        consents.push(Consent { expires_at_ms: Some(900), ..decision(4, ConsentStatus::Granted, 300) });
        assert_eq!(state(&consents, None), ConsentState::Expired);
        consents.push(Consent { withdrawn_at_ms: Some(950), ..decision(5, ConsentStatus::Granted, 400) });
        assert_eq!(state(&consents, None), ConsentState::Withdrawn);
    }

    #[test]
    fn in_one_moment_no_beats_yes() {
        let both = [decision(2, ConsentStatus::Granted, 100), decision(1, ConsentStatus::Refused, 100)];
        assert_eq!(state(&both, None), ConsentState::Refused);
    }

    #[test]
    fn a_channel_speaks_for_itself() {
        let by_sms = Consent { channel: Some(Channel::Sms), ..decision(2, ConsentStatus::Refused, 200) };
        let consents = [decision(1, ConsentStatus::Granted, 100), by_sms];
        assert_eq!(state(&consents, Some(&Channel::Sms)), ConsentState::Refused);
        assert_eq!(state(&consents, Some(&Channel::Email)), ConsentState::Granted);
    }

    #[test]
    fn the_law_decides_what_silence_means() {
        let all = Jurisdictions::builtin().unwrap();
        let brazil = all.get("BR").unwrap();
        assert!(!may_process(brazil, &ConsentPurpose::Marketing, ConsentState::NeverAsked));
        assert!(may_process(brazil, &ConsentPurpose::Treatment, ConsentState::NeverAsked));
        assert!(!may_process(brazil, &ConsentPurpose::Treatment, ConsentState::Refused));
        assert!(!may_process(brazil, &ConsentPurpose::AiProcessing, ConsentState::Expired));
    }
}
