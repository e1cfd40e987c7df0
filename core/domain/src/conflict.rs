//! Which competing values a person must look at, however they came about.
//!
//! Every conflict is kept and listed. A safety-critical one also becomes a task on every desk.

use crate::kind::{Kind, matches_path};

/// Fields whose competing values can hurt somebody: `*` stands for any one key. A pattern covers
/// what lies below it too.
const SAFETY_CRITICAL: &[(Kind, &[&str])] = &[
    (
        Kind::Patient,
        &[
            "allergies.*",
            "no_known_allergies",
            "conditions.*.text",
            "conditions.*.code",
            "conditions.*.status",
            "medications.*",
            "alerts.*",
            "blood_type",
            "birth_date",
            "sex",
            "deceased",
            "deceased_on",
            "merged_into",
            "documents.*.value",
        ],
    ),
    (Kind::Chart, &["entries.*"]),
    (Kind::Consent, &["status", "withdrawn_at_ms", "expires_at_ms", "purpose"]),
    (Kind::CaregiverLink, &["permissions.*", "revoked_at_ms", "valid_until_ms"]),
    (Kind::MergeRecord, &["status"]),
];

/// Whether competing values at `path` (one element per key) need a person.
pub fn is_safety_critical(kind: Kind, path: &[&str]) -> bool {
    SAFETY_CRITICAL.iter().filter(|(of, _)| *of == kind).flat_map(|(_, patterns)| patterns.iter()).any(
        |pattern| {
            let depth = pattern.split('.').count();
            path.get(..depth).is_some_and(|head| matches_path(pattern, head))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doses_and_allergies_need_a_person_and_street_names_do_not() {
        for path in [
            &["medications", "X", "dose"][..],
            &["allergies", "X"],
            &["blood_type"],
            &["alerts", "X", "text"],
        ] {
            assert!(is_safety_critical(Kind::Patient, path), "{path:?}");
        }
        for path in [&["addresses", "X", "street"][..], &["conditions", "X", "since"], &["allergies"], &[]] {
            assert!(!is_safety_critical(Kind::Patient, path), "{path:?}");
        }
        assert!(!is_safety_critical(Kind::Room, &["blood_type"]));
    }
}
