//! The rows of the kind table.

use super::{Kind, KindSpec, Period, Writer};
use crate::scope::ScopeKind;

/// Budget and alarm of a document (architecture.md, "Documents").
const BUDGET_BYTES: u64 = 256 * 1024;
const ALARM_BYTES: u64 = 1024 * 1024;

const fn directory(
    kind: Kind,
    code: u16,
    name: &'static str,
    containers: &'static [&'static str],
) -> KindSpec {
    row(kind, code, name, ScopeKind::Directory, Writer::Server, containers, &[])
}

const fn clinic(
    kind: Kind,
    code: u16,
    name: &'static str,
    containers: &'static [&'static str],
    texts: &'static [&'static str],
) -> KindSpec {
    row(kind, code, name, ScopeKind::Clinic, Writer::Nodes, containers, texts)
}

const fn row(
    kind: Kind,
    code: u16,
    name: &'static str,
    scope: ScopeKind,
    writer: Writer,
    containers: &'static [&'static str],
    texts: &'static [&'static str],
) -> KindSpec {
    KindSpec {
        kind,
        code,
        name,
        scope,
        writer,
        schema: 1,
        containers,
        texts,
        period: Period::None,
        budget_bytes: BUDGET_BYTES,
        alarm_bytes: ALARM_BYTES,
    }
}

/// Every kind, in code order. Rows are only ever added; codes and container lists of a released
/// schema are a format.
pub static KINDS: &[KindSpec] = &[
    directory(
        Kind::Clinic,
        1,
        "clinic",
        &["documents", "phones", "emails", "address", "languages", "external_ids", "foreign"],
    ),
    directory(Kind::Location, 2, "location", &["phones", "emails", "address", "external_ids", "foreign"]),
    directory(Kind::User, 3, "user", &[]),
    directory(Kind::RoleGrant, 4, "role_grant", &[]),
    directory(Kind::Device, 5, "device", &["locations"]),
    directory(Kind::Setting, 6, "setting", &[]),
    clinic(
        Kind::Patient,
        16,
        "patient",
        &[
            "name",
            "other_names",
            "documents",
            "phones",
            "emails",
            "addresses",
            "guardians",
            "insurances",
            "allergies",
            "conditions",
            "medications",
            "alerts",
            "tags",
            "notes",
            "external_ids",
            "foreign",
        ],
        &["notes.*.text"],
    ),
    clinic(Kind::Consent, 17, "consent", &["external_ids", "foreign"], &[]),
    clinic(Kind::CaregiverLink, 18, "caregiver_link", &["name", "phones", "emails", "permissions"], &[]),
    clinic(
        Kind::Practitioner,
        19,
        "practitioner",
        &[
            "name",
            "documents",
            "registrations",
            "specialties",
            "phones",
            "emails",
            "addresses",
            "languages",
            "locations",
            "notes",
            "external_ids",
            "foreign",
        ],
        &["notes.*.text"],
    ),
    clinic(Kind::Room, 20, "room", &["features", "external_ids", "foreign"], &[]),
    KindSpec { period: Period::Year, ..clinic(Kind::Chart, 21, "chart", &["entries"], &[]) },
    clinic(Kind::Attachment, 22, "attachment", &["external_ids", "foreign"], &[]),
    clinic(Kind::ConflictTask, 23, "conflict_task", &["values"], &[]),
    clinic(Kind::MergeRecord, 24, "merge_record", &["moves"], &[]),
];
