//! Who may do what: one question, one answer, from the policy files in `policies/`.
//!
//! The caller says who asks ([`Actor`]) and what for ([`Resource`]); the facts that policies test are
//! worked out here. A request that touches another clinic finds no role and is refused before any
//! policy is read.

mod engine;
mod facts;

pub use engine::{Policies, PolicyError};

use crate::id::{ClinicId, LocationId, PatientId, PractitionerId, UserId};
use crate::role_grant::Role;

macro_rules! named {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in the policy files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

named! {
    /// What somebody wants to do.
    pub enum Action {
        Read = "read", Search = "search", Create = "create", Update = "update", Delete = "delete",
        Export = "export", Print = "print", History = "history", Merge = "merge", Unmerge = "unmerge",
        Restrict = "restrict", Resolve = "resolve", Withdraw = "withdraw", BreakGlass = "break_glass", Identify = "identify",
        Import = "import", ExportAll = "export_all", Enroll = "enroll", Revoke = "revoke",
        ReadLog = "read_log", Verify = "verify", ReadStatus = "read_status", SyncNow = "sync_now",
        ReadFigures = "read_figures", ReadPseudonyms = "read_pseudonyms", Operate = "operate",
        Backup = "backup", Restore = "restore", Rebuild = "rebuild", Configure = "configure",
        OpenRequest = "open_request", AnswerRequest = "answer_request", ApproveErasure = "approve_erasure",
    }
}

named! {
    /// What it is done to.
    pub enum ResourceKind {
        Patient = "Patient", Chart = "Chart", Attachment = "Attachment", Consent = "Consent",
        CaregiverLink = "CaregiverLink", ConflictTask = "ConflictTask", Practitioner = "Practitioner",
        Room = "Room", Clinic = "Clinic", Location = "Location", Account = "Account", RoleGrant = "RoleGrant",
        Device = "Device", Setting = "Setting", Audit = "Audit", Sync = "Sync", Report = "Report", Node = "Node",
        Integration = "Integration", PrivacyRequest = "PrivacyRequest",
    }
}

/// A role somebody holds now. No clinic means everywhere (central administrators only); no location
/// means every location of the clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRole {
    pub role: Role,
    pub clinic: Option<ClinicId>,
    pub location: Option<LocationId>,
}

/// Who asks, as the session knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub user: UserId,
    pub roles: Vec<HeldRole>,
    /// The practitioner this person is.
    pub practitioner: Option<PractitionerId>,
    /// The patient this person is (patients, an identified kiosk).
    pub patient: Option<PatientId>,
    /// The patients who granted this person access to what is asked for (caregivers).
    pub cares_for: Vec<PatientId>,
    /// Declared an emergency with a reason, and the allowed hours have not passed.
    pub break_glass: bool,
}

impl Actor {
    /// Somebody with these roles and no patient or practitioner of their own.
    pub fn new(user: UserId, roles: Vec<HeldRole>) -> Self {
        Self { user, roles, practitioner: None, patient: None, cares_for: Vec::new(), break_glass: false }
    }

    /// The machine's own operator or the software itself, with an administrator's role in `clinic`.
    pub fn operator(clinic: ClinicId) -> Self {
        let role = HeldRole { role: Role::ClinicAdmin, clinic: Some(clinic), location: None };
        Self::new(UserId::OPERATOR, vec![role])
    }
}

/// What is asked for. Leave out what does not apply or is not known: less known never allows more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    pub kind: ResourceKind,
    /// The clinic it belongs to; absent only for what belongs to none (the system itself).
    pub clinic: Option<ClinicId>,
    /// The place it belongs to; absent means the clinic as a whole.
    pub location: Option<LocationId>,
    /// The patient it is about.
    pub patient: Option<PatientId>,
    /// The practitioner in charge of it.
    pub practitioner: Option<PractitionerId>,
    /// Whose account it is, or who made it.
    pub owner: Option<UserId>,
    pub signed: bool,
    pub safety_critical: bool,
    pub restricted: bool,
}

impl Resource {
    /// Something of a clinic.
    pub fn of(kind: ResourceKind, clinic: ClinicId) -> Self {
        Self {
            kind,
            clinic: Some(clinic),
            location: None,
            patient: None,
            practitioner: None,
            owner: None,
            signed: false,
            safety_critical: false,
            restricted: false,
        }
    }

    /// Something of the whole system: only roles that hold everywhere reach it.
    pub fn of_system(kind: ResourceKind) -> Self {
        Self { clinic: None, ..Self::of(kind, ClinicId::NIL) }
    }

    /// At this place.
    #[must_use]
    pub fn at(self, location: Option<LocationId>) -> Self {
        Self { location, ..self }
    }

    /// About this patient.
    #[must_use]
    pub fn about(self, patient: PatientId) -> Self {
        Self { patient: Some(patient), ..self }
    }

    /// In this practitioner's charge.
    #[must_use]
    pub fn in_charge(self, practitioner: Option<PractitionerId>) -> Self {
        Self { practitioner, ..self }
    }

    /// Belonging to or made by this user.
    #[must_use]
    pub fn owned_by(self, owner: Option<UserId>) -> Self {
        Self { owner, ..self }
    }

    /// Whether only the patient's own team opens it.
    #[must_use]
    pub fn restricted(self, restricted: bool) -> Self {
        Self { restricted, ..self }
    }

    /// Whether a safety-critical field is concerned.
    #[must_use]
    pub fn safety_critical(self, safety_critical: bool) -> Self {
        Self { safety_critical, ..self }
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    Allow,
    /// Only because of a declared emergency: every such access is flagged and reported.
    AllowByBreakGlass,
    Deny,
    /// Refused, but a declared emergency would allow it: screens may offer that.
    DenyUnlessBreakGlass,
}

impl Decision {
    /// Whether to go on.
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Allow | Self::AllowByBreakGlass)
    }
}

#[cfg(test)]
mod tests;
