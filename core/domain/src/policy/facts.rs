//! From who asks and what for to the few facts that policies test.

use super::{Actor, Resource};
use crate::role_grant::Role;

/// The context of a request: one bit a fact, so that answers can be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Facts(u8);

impl Facts {
    const OWN_LOCATION: u8 = 1;
    const OWN_PATIENT: u8 = 1 << 1;
    const IS_SELF: u8 = 1 << 2;
    const GRANTED: u8 = 1 << 3;
    const SIGNED: u8 = 1 << 4;
    const SAFETY_CRITICAL: u8 = 1 << 5;
    const RESTRICTED: u8 = 1 << 6;
    const BREAK_GLASS: u8 = 1 << 7;

    /// Names as the schema has them, with their bits.
    pub(super) const NAMES: [(&'static str, u8); 8] = [
        ("own_location", Self::OWN_LOCATION),
        ("own_patient", Self::OWN_PATIENT),
        ("is_self", Self::IS_SELF),
        ("granted", Self::GRANTED),
        ("signed", Self::SIGNED),
        ("safety_critical", Self::SAFETY_CRITICAL),
        ("restricted", Self::RESTRICTED),
        ("break_glass", Self::BREAK_GLASS),
    ];

    /// The facts of one question, with the emergency left out.
    pub(super) fn of(actor: &Actor, resource: &Resource) -> Self {
        let mut bits = 0;
        let mut set = |bit: u8, holds: bool| bits |= if holds { bit } else { 0 };
        set(Self::OWN_LOCATION, works_at(actor, resource));
        set(Self::OWN_PATIENT, both_equal(actor.practitioner, resource.practitioner));
        set(
            Self::IS_SELF,
            both_equal(actor.patient, resource.patient) || both_equal(Some(actor.user), resource.owner),
        );
        set(Self::GRANTED, resource.patient.is_some_and(|patient| actor.cares_for.contains(&patient)));
        set(Self::SIGNED, resource.signed);
        set(Self::SAFETY_CRITICAL, resource.safety_critical);
        set(Self::RESTRICTED, resource.restricted);
        Self(bits)
    }

    /// The same facts in a declared emergency.
    pub(super) fn with_break_glass(self) -> Self {
        Self(self.0 | Self::BREAK_GLASS)
    }

    pub(super) fn holds(self, bit: u8) -> bool {
        self.0 & bit != 0
    }
}

/// The roles that count for this resource, as a set of bits over [`Role::KNOWN`]. Roles of another
/// clinic do not, and unknown roles of a newer version grant nothing.
pub(super) fn roles_for(actor: &Actor, resource: &Resource) -> u32 {
    let mut roles = 0;
    for held in &actor.roles {
        let in_clinic = match (held.clinic, resource.clinic) {
            (None, _) => held.role.may_be_central(),
            (Some(held), Some(wanted)) => held == wanted,
            (Some(_), None) => false,
        };
        if in_clinic && let Some(index) = Role::KNOWN.iter().position(|role| *role == held.role) {
            roles |= 1 << index;
        }
    }
    roles
}

fn works_at(actor: &Actor, resource: &Resource) -> bool {
    resource.location.is_none()
        || actor.roles.iter().any(|held| {
            (held.clinic.is_none() || held.clinic == resource.clinic)
                && (held.location.is_none() || held.location == resource.location)
        })
}

fn both_equal<T: PartialEq>(left: Option<T>, right: Option<T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left == right)
}
