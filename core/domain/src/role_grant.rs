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

impl Role {
    /// Roles that may hold in every clinic at once.
    pub fn may_be_central(&self) -> bool {
        matches!(
            self,
            Self::SuperAdmin
                | Self::SystemAdmin
                | Self::Support
                | Self::Auditor
                | Self::ComplianceOfficer
                | Self::DataAnalyst
        )
    }

    /// Whether somebody who holds this role may give `other` to somebody else. Nobody gives what stands
    /// above them; what a newer version calls a role is given by nobody here.
    pub fn may_grant(&self, other: &Self) -> bool {
        match self {
            Self::SuperAdmin => other.is_known(),
            Self::SystemAdmin => other.is_known() && *other != Self::SuperAdmin,
            Self::ClinicAdmin => {
                other.is_known() && !matches!(other, Self::SuperAdmin | Self::SystemAdmin | Self::Support)
            }
            _ => false,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_a_role_above_their_own() {
        assert!(Role::SuperAdmin.may_grant(&Role::SuperAdmin));
        assert!(Role::SystemAdmin.may_grant(&Role::ClinicAdmin));
        assert!(!Role::SystemAdmin.may_grant(&Role::SuperAdmin));
        assert!(Role::ClinicAdmin.may_grant(&Role::Doctor));
        assert!(!Role::ClinicAdmin.may_grant(&Role::SystemAdmin));
        assert!(!Role::SuperAdmin.may_grant(&Role::Other("WIZARD".into())));
        for role in Role::KNOWN.iter().filter(|role| !role.as_str().ends_with("_ADMIN")) {
            assert!(Role::KNOWN.iter().all(|other| !role.may_grant(other)), "{role}");
        }
    }

    #[test]
    fn a_grant_holds_from_its_beginning_to_its_end() {
        let mut grant = RoleGrant::new(
            DocumentId::from_bytes([1; 16]),
            UserId::from_bytes([2; 16]),
            Role::Nurse,
            ClinicId::from_bytes([3; 16]),
        );
        assert!(grant.holds_at(0));
        grant.valid_from_ms = Some(10);
        grant.valid_until_ms = Some(20);
        assert_eq!([9, 10, 19, 20].map(|now| grant.holds_at(now)), [false, true, true, false]);
        grant.revoked_at_ms = Some(15);
        assert_eq!([14, 15].map(|now| grant.holds_at(now)), [true, false]);
    }
}
