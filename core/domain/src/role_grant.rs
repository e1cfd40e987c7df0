//! A role somebody holds: where, and for how long.

use serde::{Deserialize, Serialize};

use crate::date::TimestampMs;
use crate::id::{ClinicId, DocumentId, LocationId, PatientId, UserId};
use crate::kind::Kind;
use crate::open_enum::open_enum;
use crate::record::record;

open_enum! {
    /// The roles of security.md. What each may do is in `policies/*.cedar`.
    pub enum Role {
        SuperAdmin = "SUPER_ADMIN", SystemAdmin = "SYSTEM_ADMIN", ClinicAdmin = "CLINIC_ADMIN", Support = "SUPPORT",
        Doctor = "DOCTOR", Nurse = "NURSE", Pharmacist = "PHARMACIST", LabTechnician = "LAB_TECHNICIAN",
        Radiologist = "RADIOLOGIST",
        Receptionist = "RECEPTIONIST", MedicalAssistant = "MEDICAL_ASSISTANT", BillingSpecialist = "BILLING_SPECIALIST",
        Auditor = "AUDITOR", ComplianceOfficer = "COMPLIANCE_OFFICER", DataAnalyst = "DATA_ANALYST",
        Patient = "PATIENT", Caregiver = "CAREGIVER", Kiosk = "KIOSK",
    }
}

/// A role given to a user in a clinic, at all its locations or at one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGrant {
    pub id: DocumentId,
    pub user: UserId,
    pub role: Role,
    pub clinic: ClinicId,
    /// Absent means every location of the clinic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// The patient this user is or cares for, for the roles PATIENT and CAREGIVER.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until_ms: Option<TimestampMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at_ms: Option<TimestampMs>,
}

record!(RoleGrant, Kind::RoleGrant);

impl RoleGrant {
    /// A grant for the whole clinic, from now on.
    pub fn new(id: DocumentId, user: UserId, role: Role, clinic: ClinicId) -> Self {
        Self {
            id,
            user,
            role,
            clinic,
            location: None,
            patient: None,
            valid_from_ms: None,
            valid_until_ms: None,
            revoked_at_ms: None,
        }
    }

    /// Whether it holds at `now_ms`.
    pub fn holds_at(&self, now_ms: TimestampMs) -> bool {
        self.valid_from_ms.is_none_or(|from| from <= now_ms)
            && self.valid_until_ms.is_none_or(|until| now_ms < until)
            && self.revoked_at_ms.is_none_or(|revoked| now_ms < revoked)
    }
}
