//! What of a patient's facts everyone at the desk must know: active allergies, conditions and
//! medications, taken over into the patient's own record.

use serde_json::{Map, Value, json};

use super::fact::coding;
use super::json::concept_text;
use super::overlay::Overlay;
use super::resource::Resource;
use super::temporal::day_of;
use crate::chart::ChartEntry;
use crate::id::EntryKey;
use crate::patient::{Allergy, ClinicalStatus, Condition, Medication, MedicationStatus, Patient};

/// A fact as the patient's record shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Summary {
    Allergy(Allergy),
    Condition(Condition),
    Medication(Medication),
}

impl Summary {
    /// What a resource says for the summary, if it is of a sort that stands there.
    pub fn of(resource: &Resource) -> Option<Self> {
        let value = &resource.value;
        let (system, code, words) = coding(value);
        let day = |element: &str| value.get(element).and_then(Value::as_str).and_then(day_of);
        let clinical = || {
            let code = value.get("clinicalStatus")?.get("coding")?.get(0)?.get("code")?.as_str()?;
            Some(ClinicalStatus::from(code.replace('-', "_").as_str()))
        };
        let refuted = || {
            let code = value.get("verificationStatus")?.get("coding")?.get(0)?.get("code")?.as_str()?;
            matches!(code, "refuted" | "entered-in-error")
                .then(|| ClinicalStatus::from(code.replace('-', "_").as_str()))
        };
        let source = Some(resource.source());
        match resource.key.resource_type.as_str() {
            "AllergyIntolerance" => Some(Self::Allergy(Allergy {
                substance: words.unwrap_or_default(),
                code,
                system,
                category: value.get("category").and_then(|list| list.get(0)?.as_str()).map(Into::into),
                criticality: value
                    .get("criticality")
                    .and_then(Value::as_str)
                    .map(|c| c.replace('-', "_").as_str().into()),
                reactions: reactions(value),
                status: refuted().or_else(clinical),
                since: day("onsetDateTime").or_else(|| day("recordedDate")),
                source,
            })),
            "Condition" => Some(Self::Condition(Condition {
                text: words.unwrap_or_default(),
                code,
                system,
                status: refuted().or_else(clinical),
                since: day("onsetDateTime").or_else(|| day("recordedDate")),
                until: day("abatementDateTime"),
                source,
            })),
            "MedicationRequest" | "MedicationStatement" => {
                let name =
                    value.get("medicationReference").and_then(|reference| reference.get("display")?.as_str());
                let status = value.get("status").and_then(Value::as_str)?.replace('-', "_");
                let dosage = value
                    .get("dosageInstruction")
                    .or_else(|| value.get("dosage"))
                    .and_then(|list| list.get(0));
                Some(Self::Medication(Medication {
                    name: words.or_else(|| name.map(str::to_owned)).unwrap_or_default(),
                    code,
                    system,
                    dose: dosage.and_then(|dosage| dosage.get("text")?.as_str()).map(str::to_owned),
                    route: dosage.and_then(|dosage| concept_text(dosage.get("route")?)).map(str::to_owned),
                    frequency: None,
                    status: Some(status.as_str().into()),
                    since: day("authoredOn").or_else(|| day("effectiveDateTime")),
                    until: None,
                    prescriber: value
                        .get("requester")
                        .and_then(|by| by.get("display")?.as_str())
                        .map(str::to_owned),
                    source,
                }))
            }
            _ => None,
        }
    }

    /// Whether it is so now. A resource without words says nothing that could be shown.
    pub fn is_active(&self) -> bool {
        let clinical = |status: &Option<ClinicalStatus>| {
            use ClinicalStatus as S;
            matches!(status, None | Some(S::Active | S::Recurrence | S::Relapse))
        };
        match self {
            Self::Allergy(allergy) => !allergy.substance.is_empty() && clinical(&allergy.status),
            Self::Condition(condition) => !condition.text.is_empty() && clinical(&condition.status),
            Self::Medication(medication) => {
                let status = &medication.status;
                !medication.name.is_empty()
                    && matches!(status, None | Some(MedicationStatus::Active | MedicationStatus::OnHold))
            }
        }
    }
}

fn reactions(value: &Value) -> Option<String> {
    let reactions = value.get("reaction")?.as_array()?;
    let words: Vec<&str> = reactions
        .iter()
        .filter_map(|reaction| reaction.get("manifestation")?.as_array())
        .flatten()
        .filter_map(concept_text)
        .collect();
    Some(words.join("; ")).filter(|words| !words.is_empty())
}

/// Takes a new or changed fact over into the patient's record: an active one comes in, one that is
/// there already follows the source, one that is over and was never there stays out.
pub fn apply_summary(patient: &mut Patient, key: EntryKey, summary: Summary) {
    let active = summary.is_active();
    match summary {
        Summary::Allergy(allergy) if active || patient.allergies.contains_key(&key) => {
            patient.allergies.insert(key, allergy);
        }
        Summary::Condition(condition) if active || patient.conditions.contains_key(&key) => {
            patient.conditions.insert(key, condition);
        }
        Summary::Medication(medication) if active || patient.medications.contains_key(&key) => {
            patient.medications.insert(key, medication);
        }
        _ => {}
    }
}

/// The resource of an imported fact, overlaid by what the patient's record says of it by now.
/// `None` for a fact that was not imported.
pub fn overlaid_fact(patient: Option<&Patient>, key: EntryKey, entry: &ChartEntry) -> Option<String> {
    let verbatim = entry.foreign.as_ref()?;
    let Some(patient) = patient else { return Some(verbatim.clone()) };
    let now = patient
        .allergies
        .get(&key)
        .map(|allergy| Summary::Allergy(allergy.clone()))
        .or_else(|| patient.conditions.get(&key).map(|condition| Summary::Condition(condition.clone())))
        .or_else(|| patient.medications.get(&key).map(|medication| Summary::Medication(medication.clone())));
    let Some(now) = now else { return Some(verbatim.clone()) };
    let Ok(resource) =
        Resource::parse(verbatim, entry.source.as_deref().filter(|source| source.contains(':')))
    else {
        return Some(verbatim.clone());
    };
    let Some(then) = Summary::of(&resource) else { return Some(verbatim.clone()) };
    if then == now {
        return Some(verbatim.clone());
    }
    let mut out = Overlay::new(Some(verbatim), &resource.key.resource_type, &resource.key.name);
    overlay(&mut out, &resource.value, &then, &now);
    Some(out.into_text())
}

fn overlay(out: &mut Overlay, value: &Value, then: &Summary, now: &Summary) {
    let concept = |element: &str, words: &str| {
        let mut concept = value.get(element).and_then(Value::as_object).cloned().unwrap_or_default();
        concept.insert("text".to_owned(), words.into());
        Some(Value::Object(concept))
    };
    match (then, now) {
        (Summary::Allergy(then), Summary::Allergy(now)) => {
            if then.substance != now.substance {
                out.set("code", concept("code", &now.substance));
            }
            if then.criticality != now.criticality {
                let code = now
                    .criticality
                    .as_ref()
                    .filter(|c| c.is_known())
                    .map(|c| c.as_str().replace('_', "-").into());
                out.set("criticality", code);
            }
            if then.status != now.status {
                set_clinical(out, "allergyintolerance", now.status.as_ref());
            }
        }
        (Summary::Condition(then), Summary::Condition(now)) => {
            if then.text != now.text {
                out.set("code", concept("code", &now.text));
            }
            if then.status != now.status {
                set_clinical(out, "condition", now.status.as_ref());
            }
        }
        (Summary::Medication(then), Summary::Medication(now)) => {
            if then.name != now.name && value.get("medicationCodeableConcept").is_some() {
                out.set("medicationCodeableConcept", concept("medicationCodeableConcept", &now.name));
            }
            if let Some(status) = now
                .status
                .as_ref()
                .filter(|status| then.status.as_ref() != Some(*status) && status.is_known())
            {
                out.set("status", Some(status.as_str().replace('_', "-").into()));
            }
        }
        _ => {}
    }
}

/// Refuted and entered in error are verifications in FHIR and leave no clinical status.
fn set_clinical(out: &mut Overlay, codes: &str, status: Option<&ClinicalStatus>) {
    let concept = |which: &str, code: &str| {
        let system = format!("http://terminology.hl7.org/CodeSystem/{codes}-{which}");
        Some(json!({ "coding": [{ "system": system, "code": code.replace('_', "-") }] }))
    };
    let ver = if codes == "condition" { "ver-status" } else { "verification" };
    match status {
        Some(verified @ (ClinicalStatus::Refuted | ClinicalStatus::EnteredInError)) => {
            out.set("clinicalStatus", None);
            out.set("verificationStatus", concept(ver, verified.as_str()));
        }
        Some(status) if status.is_known() => out.set("clinicalStatus", concept("clinical", status.as_str())),
        Some(_) => {}
        None => out.set("clinicalStatus", concept("clinical", "active")),
    }
}

/// What of the summary was entered here and so is in no chart: resources of our own.
pub fn own_summaries(
    patient: &Patient,
    is_imported: impl Fn(&EntryKey) -> bool,
    patient_url: &str,
) -> Vec<String> {
    let mut out = Vec::new();
    let subject = || json!({ "reference": patient_url });
    for (key, allergy) in patient.allergies.iter().filter(|(key, _)| !is_imported(key)) {
        let mut resource = Overlay::new(None, "AllergyIntolerance", &key.to_string());
        set_clinical(&mut resource, "allergyintolerance", allergy.status.as_ref());
        if let Some(criticality) = allergy.criticality.as_ref().filter(|criticality| criticality.is_known()) {
            resource.set("criticality", Some(criticality.as_str().replace('_', "-").into()));
        }
        resource.set("code", Some(concept(&allergy.system, &allergy.code, &allergy.substance)));
        resource.set("patient", Some(subject()));
        if let Some(reactions) = &allergy.reactions {
            resource.set("reaction", Some(json!([{ "manifestation": [{ "text": reactions }] }])));
        }
        out.push(resource.into_text());
    }
    for (key, condition) in patient.conditions.iter().filter(|(key, _)| !is_imported(key)) {
        let mut resource = Overlay::new(None, "Condition", &key.to_string());
        set_clinical(&mut resource, "condition", condition.status.as_ref());
        resource.set("code", Some(concept(&condition.system, &condition.code, &condition.text)));
        resource.set("subject", Some(subject()));
        let date = |date: &Option<crate::date::PartialDate>| {
            date.as_ref().filter(|date| date.earliest().is_some()).map(|date| date.to_string().into())
        };
        resource.set("onsetDateTime", date(&condition.since));
        resource.set("abatementDateTime", date(&condition.until));
        out.push(resource.into_text());
    }
    for (key, medication) in patient.medications.iter().filter(|(key, _)| !is_imported(key)) {
        let mut resource = Overlay::new(None, "MedicationStatement", &key.to_string());
        let status = medication.status.as_ref().filter(|status| status.is_known());
        let status = status.map_or_else(|| "active".to_owned(), |status| status.as_str().replace('_', "-"));
        resource.set("status", Some(status.into()));
        resource.set(
            "medicationCodeableConcept",
            Some(concept(&medication.system, &medication.code, &medication.name)),
        );
        resource.set("subject", Some(subject()));
        let dosage: Vec<&str> = [&medication.dose, &medication.route, &medication.frequency]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if !dosage.is_empty() {
            resource.set("dosage", Some(json!([{ "text": dosage.join(", ") }])));
        }
        out.push(resource.into_text());
    }
    out
}

fn concept(system: &Option<String>, code: &Option<String>, words: &str) -> Value {
    let mut concept = Map::new();
    if let Some(code) = code {
        let mut coding = Map::new();
        if let Some(system) = system {
            coding.insert("system".to_owned(), system.as_str().into());
        }
        coding.insert("code".to_owned(), code.as_str().into());
        concept.insert("coding".to_owned(), json!([coding]));
    }
    concept.insert("text".to_owned(), words.into());
    Value::Object(concept)
}
