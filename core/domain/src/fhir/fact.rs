//! Clinical facts: what a screen needs of a resource, and the resource itself beside it.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::identity::Sources;
use super::json::{concept_text, object, objects, text};
use super::problem::{Problem, ProblemCode};
use super::resource::Resource;
use crate::chart::{ChartEntry, FactKind};
use crate::date::PartialDate;
use crate::scope::Scope;

/// Resource types with a kind of their own; any other keeps its type as its kind.
const KINDS: [(&str, FactKind); 26] = [
    ("Encounter", FactKind::Encounter),
    ("Condition", FactKind::Condition),
    ("AllergyIntolerance", FactKind::Allergy),
    ("Observation", FactKind::Observation),
    ("MedicationRequest", FactKind::Medication),
    ("MedicationStatement", FactKind::Medication),
    ("MedicationAdministration", FactKind::Medication),
    ("MedicationDispense", FactKind::Medication),
    ("Medication", FactKind::Medication),
    ("Immunization", FactKind::Immunization),
    ("Procedure", FactKind::Procedure),
    ("DocumentReference", FactKind::Document),
    ("Composition", FactKind::Document),
    ("DiagnosticReport", FactKind::Report),
    ("QuestionnaireResponse", FactKind::Report),
    ("CarePlan", FactKind::CarePlan),
    ("CareTeam", FactKind::CareTeam),
    ("Claim", FactKind::Claim),
    ("ClaimResponse", FactKind::Claim),
    ("ExplanationOfBenefit", FactKind::Claim),
    ("Goal", FactKind::Goal),
    ("Device", FactKind::Device),
    ("ImagingStudy", FactKind::Imaging),
    ("ServiceRequest", FactKind::Referral),
    ("Communication", FactKind::Note),
    ("ClinicalImpression", FactKind::Note),
];

/// Where a resource says when it was, the likeliest first; a dot leads into an object.
const WHEN: [&str; 25] = [
    "effectiveDateTime",
    "effectivePeriod.start",
    "effectiveInstant",
    "onsetDateTime",
    "onsetPeriod.start",
    "performedDateTime",
    "performedPeriod.start",
    "occurrenceDateTime",
    "occurrencePeriod.start",
    "period.start",
    "authoredOn",
    "billablePeriod.start",
    "started",
    "start",
    "recordedDate",
    "date",
    "dateAsserted",
    "startDate",
    "sent",
    "authored",
    "created",
    "recorded",
    "issued",
    "dateTime",
    "servicedDate",
];

const UNTIL: [&str; 8] = [
    "abatementDateTime",
    "abatementPeriod.end",
    "effectivePeriod.end",
    "performedPeriod.end",
    "occurrencePeriod.end",
    "period.end",
    "billablePeriod.end",
    "end",
];

/// What a resource is about, the likeliest first: a CodeableConcept, or a list of them.
const CODES: [&str; 7] =
    ["code", "vaccineCode", "medicationCodeableConcept", "type", "category", "description", "serviceType"];

/// Types whose read elements are checked before anything is taken in.
const CHECKED: [&str; 12] = [
    "Encounter",
    "Condition",
    "AllergyIntolerance",
    "Observation",
    "MedicationRequest",
    "MedicationStatement",
    "Immunization",
    "Procedure",
    "DocumentReference",
    "DiagnosticReport",
    "CarePlan",
    "ServiceRequest",
];

pub(super) fn check(value: &Value) -> Result<(), Problem> {
    let resource_type = value.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    if !CHECKED.contains(&resource_type) {
        return Ok(());
    }
    text(value, "status")?;
    for element in ["subject", "patient", "encounter", "vaccineCode", "medicationCodeableConcept"] {
        object(value, element)?;
    }
    if resource_type != "DocumentReference" {
        object(value, "code")?;
    }
    for element in ["clinicalStatus", "verificationStatus"] {
        object(value, element)?;
    }
    for reference in ["subject", "patient", "encounter"].iter().filter_map(|element| value.get(element)) {
        text(reference, "reference")?;
    }
    if let Some(quantity) = object(value, "valueQuantity")? {
        match quantity.get("value") {
            None | Some(Value::Number(_)) => {}
            Some(_) => return Err(ProblemCode::WrongType.at("valueQuantity.value")),
        }
    }
    objects(value, "component")?;
    Ok(())
}

/// A resource as an entry of a chart.
pub fn fact(resource: &Resource, sources: &Sources, scope: Scope) -> ChartEntry {
    let value = &resource.value;
    let (system, code, words) = coding(value);
    let quantity = quantity(&resource.text);
    let reference = |element: &str, expected: &str| {
        let reference = value.get(element)?.get("reference")?.as_str()?;
        sources.resolve(reference, expected).filter(|key| key.resource_type == expected)
    };
    let practitioner = ["performer", "requester", "recorder", "asserter", "author"]
        .iter()
        .filter_map(|element| performer(value.get(element)?))
        .chain(value.get("participant").and_then(|list| performer(list.get(0)?.get("individual")?)))
        .filter_map(|reference| sources.resolve(reference, "Practitioner"))
        .find(|key| key.resource_type == "Practitioner");
    ChartEntry {
        kind: Some(kind(&resource.key.resource_type)),
        at: first(value, &WHEN),
        until: first(value, &UNTIL),
        status: status(value),
        system,
        code,
        text: words,
        value: quantity.as_ref().map(|quantity| quantity.value.clone()),
        unit: quantity.and_then(|quantity| quantity.unit),
        value_text: value_text(value),
        encounter: reference("encounter", "Encounter").map(|key| key.entry("", 0)),
        practitioner: practitioner.map(|key| key.id(scope)),
        same_as: None,
        note: None,
        source: Some(resource.source()),
        foreign: Some(resource.text.clone()),
        replaced: None,
    }
}

/// The calendar year an entry belongs to; 0 without a time.
pub fn fact_year(entry: &ChartEntry) -> i64 {
    let day = entry.at.as_deref().and_then(|at| at.split('T').next()).unwrap_or_default();
    PartialDate::from_str(day).ok().and_then(|day| day.year()).map_or(0, i64::from)
}

fn kind(resource_type: &str) -> FactKind {
    let known = KINDS.iter().find(|row| row.0 == resource_type);
    known.map_or_else(|| FactKind::Other(snake_case(resource_type)), |row| row.1.clone())
}

fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (index, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && index > 0 {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn first(value: &Value, elements: &[&str]) -> Option<String> {
    let at = |element: &&str| {
        let found = element.split('.').try_fold(value, |value, key| value.get(key))?;
        found.as_str().filter(|text| super::temporal::is_temporal(text)).map(str::to_owned)
    };
    elements.iter().find_map(at)
}

fn status(value: &Value) -> Option<String> {
    let clinical = || value.get("clinicalStatus")?.get("coding")?.get(0)?.get("code")?.as_str();
    value.get("status").and_then(Value::as_str).or_else(clinical).map(str::to_owned)
}

/// System, code and words of what a resource is about.
pub(super) fn coding(value: &Value) -> (Option<String>, Option<String>, Option<String>) {
    for element in CODES {
        let Some(found) = value.get(element) else { continue };
        let concept = if found.is_array() { found.get(0).unwrap_or(found) } else { found };
        if !concept.is_object() {
            continue;
        }
        let coding = concept.get("coding").and_then(|codings| codings.get(0));
        let part = |key: &str| coding.and_then(|coding| coding.get(key)?.as_str()).map(str::to_owned);
        let words = concept_text(concept).map(str::to_owned);
        if words.is_some() {
            return (part("system"), part("code"), words);
        }
    }
    let named = ["title", "name", "display", "description"].iter().find_map(|key| match value.get(*key)? {
        Value::String(text) => Some(text.clone()),
        _ => None,
    });
    (None, None, named)
}

struct Measured {
    value: String,
    unit: Option<String>,
}

/// A measured value with its digits as they were written.
fn quantity(json: &str) -> Option<Measured> {
    #[derive(Deserialize)]
    struct Read<'a> {
        #[serde(borrow, rename = "valueQuantity")]
        quantity: Option<Quantity<'a>>,
    }
    #[derive(Deserialize)]
    struct Quantity<'a> {
        #[serde(borrow)]
        value: Option<&'a RawValue>,
        code: Option<String>,
        unit: Option<String>,
    }
    if !json.contains("\"valueQuantity\"") {
        return None;
    }
    let quantity = serde_json::from_str::<Read<'_>>(json).ok()?.quantity?;
    Some(Measured { value: quantity.value?.get().to_owned(), unit: quantity.code.or(quantity.unit) })
}

fn value_text(value: &Value) -> Option<String> {
    if let Some(text) = value.get("valueString").and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    if let Some(concept) = value.get("valueCodeableConcept") {
        return concept_text(concept).map(str::to_owned);
    }
    let components = value.get("component")?.as_array()?;
    let part = |component: &Value| {
        let quantity = component.get("valueQuantity")?;
        let unit = quantity.get("unit").and_then(Value::as_str).unwrap_or_default();
        let measured = format!("{} {unit}", quantity.get("value")?.as_number()?);
        Some(format!("{}: {}", concept_text(component.get("code")?)?, measured.trim_end()))
    };
    let parts: Vec<String> = components.iter().filter_map(part).collect();
    Some(parts.join("; ")).filter(|text| !text.is_empty())
}

/// The reference in an element that is one, or a list of them, or of objects that hold an actor.
fn performer(value: &Value) -> Option<&str> {
    let one = if value.is_array() { value.get(0)? } else { value };
    one.get("actor").unwrap_or(one).get("reference")?.as_str()
}
