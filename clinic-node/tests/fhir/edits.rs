//! People edit what came in; sources send newer versions; both survive.

use clinic_node::fhir::export;
use posto_documents::Document;
use posto_domain::clinic::Clinic;
use posto_domain::location::Location;
use posto_domain::patient::{Allergy, Criticality};
use posto_domain::practitioner::Practitioner;
use posto_domain::{ClinicId, EntryKey, Kind, LocationId, Patient, Record, Scope};
use serde_json::{Value, json};

use crate::support::{Desk, Schema, scope};

fn patient(version: &str) -> Value {
    json!({
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"use": "official", "family": "Silva", "given": ["Ana", "Maria"]}, {"use": "maiden", "family": "Souza"}],
        "telecom": [
            {"system": "phone", "value": "+5511987654321", "use": "mobile"},
            {"system": "url", "value": "https://example.org"},
        ],
        "birthDate": "1980-02-03",
        "gender": "female",
        "address": [{"line": ["Rua das Flores, 12"], "city": version, "extension": [{"url": "http://x", "valueDecimal": 1.5}]}],
        "extension": [{"url": "http://example.org/unknown", "valueString": "kept"}],
    })
}

fn allergy(status: &str) -> Value {
    json!({
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": status}]},
        "criticality": "low",
        "code": {"coding": [{"code": "7980", "display": "Penicillin"}]},
        "patient": {"reference": "Patient/p1"},
        "onsetDateTime": "2001-04-09",
    })
}

fn bundle(resources: &[Value]) -> String {
    let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string()
}

fn one(desk: &Desk) -> Patient {
    let mut patients = desk.patients();
    assert_eq!(patients.len(), 1);
    patients.remove(0)
}

#[test]
fn edits_go_out_over_what_came_and_the_rest_stays() {
    let desk = Desk::open(1);
    desk.import_text("in.json", &bundle(&[patient("São Paulo"), allergy("active")]));
    let imported = one(&desk);
    assert_eq!(imported.name.display(), "Ana Maria Silva");
    assert_eq!(imported.allergies.len(), 1);
    desk.edit::<Patient>(imported.document_id(), |patient| {
        patient.phones.values_mut().next().unwrap().number = "+5511900000000".into();
        patient.birth_date = Some("1980-02-04".into());
        patient.allergies.values_mut().next().unwrap().criticality = Some(Criticality::High);
        let latex = Allergy { substance: "Latex".into(), ..Allergy::default() };
        patient.allergies.insert(EntryKey::from_bytes([9; 16]), latex);
        patient.social_name = Some("Ana".into());
    });
    let out = desk.export("out.json");
    let schema = Schema::read();
    out.iter().for_each(|resource| schema.check(resource));
    let went = out.iter().find(|resource| resource["resourceType"] == "Patient").unwrap();
    let came = patient("São Paulo");
    assert_eq!(went["telecom"][0]["value"], "+5511900000000");
    assert_eq!(went["telecom"][0]["use"], "mobile");
    assert_eq!(went["telecom"][1], came["telecom"][1]);
    assert_eq!(went["birthDate"], "1980-02-04");
    assert_eq!(went["name"][0], came["name"][0]);
    assert_eq!(went["name"][1], came["name"][1]);
    assert_eq!(went["name"][2]["text"], "Ana");
    assert_eq!(went["address"], came["address"]);
    assert_eq!(went["extension"], came["extension"]);
    let allergies: Vec<_> =
        out.iter().filter(|resource| resource["resourceType"] == "AllergyIntolerance").collect();
    assert_eq!(allergies.len(), 2);
    let first = allergies.iter().find(|resource| resource["id"] == "a1").unwrap();
    assert_eq!((&first["criticality"], &first["onsetDateTime"]), (&json!("high"), &json!("2001-04-09")));
    let own = allergies.iter().find(|resource| resource["id"] != "a1").unwrap();
    assert_eq!((&own["code"]["text"], &own["patient"]["reference"]), (&json!("Latex"), &json!("Patient/p1")));
}

#[test]
fn a_newer_version_changes_what_differs_and_nothing_else() {
    let desk = Desk::open(1);
    desk.import_text("in.json", &bundle(&[patient("São Paulo"), allergy("active")]));
    desk.edit::<Patient>(one(&desk).document_id(), |patient| patient.occupation = Some("Teacher".into()));
    desk.edit::<Patient>(one(&desk).document_id(), |patient| patient.birth_date = Some("1980-02-04".into()));
    let report = desk.import_text("newer.json", &bundle(&[patient("Campinas"), allergy("resolved")]));
    assert_eq!((report.created, report.updated, report.unchanged), (0, 2, 0));
    let patient = one(&desk);
    assert_eq!(patient.addresses.values().next().unwrap().city.as_deref(), Some("Campinas"));
    assert_eq!(patient.occupation.as_deref(), Some("Teacher"));
    assert_eq!(patient.birth_date, Some("1980-02-04".into()), "the source did not change the date");
    let allergy = patient.allergies.values().next().unwrap();
    assert_eq!(allergy.status.as_ref().map(|status| status.as_str()), Some("resolved"));
    let again =
        desk.import_text("newer.json", &bundle(&[self::patient("Campinas"), self::allergy("resolved")]));
    assert_eq!(again.documents_written, 0);
}

#[test]
fn facts_may_come_before_their_patient() {
    let desk = Desk::open(1);
    desk.import_text("facts.ndjson", &allergy("active").to_string());
    assert_eq!(desk.patients().len(), 0);
    let before = desk.export("before.json");
    assert_eq!(before, vec![allergy("active")], "what has no patient yet is not lost");
    desk.import_text("patient.ndjson", &patient("São Paulo").to_string());
    assert_eq!(one(&desk).allergies.len(), 1);
    assert_eq!(desk.export("after.json").len(), 2);
}

#[test]
fn what_was_removed_here_does_not_come_back_with_the_same_file() {
    let desk = Desk::open(1);
    let file = bundle(&[patient("São Paulo"), allergy("active")]);
    desk.import_text("in.json", &file);
    desk.edit::<Patient>(one(&desk).document_id(), |patient| patient.allergies.clear());
    desk.import_text("in.json", &file);
    assert_eq!(one(&desk).allergies.len(), 0);
}

#[test]
fn two_nodes_that_import_the_same_file_have_one_record() {
    let (a, b) = (Desk::open(1), Desk::open(2));
    let file = bundle(&[patient("São Paulo"), allergy("active")]);
    a.import_text("in.json", &file);
    b.import_text("in.json", &file);
    let id = one(&a).document_id();
    assert_eq!(id, one(&b).document_id());
    let charts = |desk: &Desk| desk.store.read(|read| read.documents_of_kind(Kind::Chart)).unwrap();
    assert_eq!(charts(&a), charts(&b));
    for id in charts(&a).into_iter().chain([id]) {
        let (mut one, other) = (
            a.store.read(|read| read.document(id)).unwrap(),
            b.store.read(|read| read.document(id)).unwrap(),
        );
        one.apply_all(other.changes().iter().map(|change| &change.bytes)).unwrap();
        assert_eq!(one.conflicts().unwrap(), vec![]);
        assert_eq!(one.value().unwrap(), other.value().unwrap());
    }
}

#[test]
fn a_patient_made_here_is_a_resource() {
    let desk = Desk::open(1);
    let mut patient = Patient::new(posto_domain::PatientId::from_bytes([4; 16]));
    patient.name = posto_domain::parts::PersonName::of("José da Silva");
    patient.record_number = Some(17);
    patient.deceased = true;
    patient.language = Some("pt-BR".into());
    patient.marital_status = Some(posto_domain::patient::MaritalStatus::Widowed);
    let part = |value: Value| value;
    let mut record = serde_json::to_value(&patient).unwrap();
    let key = EntryKey::from_bytes([5; 16]).to_string();
    record["documents"] = json!({ &key: part(json!({"kind": "cpf", "value": "52998224725"})) });
    record["addresses"] =
        json!({ &key: {"street": "Rua A", "number": "1", "city": "Recife", "country": "BR"} });
    record["guardians"] = json!({ &key: {"name": "Maria", "role": "mother", "phone": "+5581999990000"} });
    record["medications"] = json!({ &key: {"name": "Metformin", "dose": "850 mg"} });
    record["conditions"] = json!({ &key: {"text": "Diabetes", "code": "E11", "since": "2019-05"} });
    let patient: Patient = serde_json::from_value(record).unwrap();
    let change = Document::first_change(&desk.context(), &patient).unwrap();
    let commit = posto_store::LocalCommit::create(scope(), &patient, change).unwrap();
    desk.store.write(move |tx| tx.commit_local(commit)).unwrap();
    let out = desk.export("out.ndjson");
    let schema = Schema::read();
    out.iter().for_each(|resource| schema.check(resource));
    assert_eq!(out.len(), 3);
    let went = &out[0];
    assert_eq!(went["id"], patient.id.to_string());
    assert_eq!(went["name"][0]["text"], "José da Silva");
    assert_eq!(went["deceasedBoolean"], true);
    // And in again, on another node.
    let other = Desk::open(2);
    other.import(desk.folder.path().join("out.ndjson"));
    let back = one(&other);
    assert_eq!(back.name.display(), "José da Silva");
    assert_eq!(back.documents.values().next().unwrap().value, "52998224725");
    assert_eq!(back.language.as_deref(), Some("pt-BR"));
    assert_eq!((back.medications.len(), back.conditions.len(), back.guardians.len()), (1, 1, 1));
}

#[test]
fn practitioners_are_records() {
    let desk = Desk::open(1);
    let practitioner = json!({
        "resourceType": "Practitioner", "id": "d1", "active": true, "gender": "male",
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "580"}],
        "name": [{"family": "Brakus", "given": ["Lilliana"], "prefix": ["Dr."]}],
        "qualification": [{"code": {"text": "Cardiology"}}],
    });
    desk.import_text("in.ndjson", &practitioner.to_string());
    let id = desk.store.read(|read| read.documents_of_kind(Kind::Practitioner)).unwrap()[0];
    let record: Practitioner = desk.store.read(|read| read.record(id)).unwrap();
    assert_eq!(record.display_name(), "Dr. Lilliana Brakus");
    assert_eq!(record.registrations.values().next().unwrap().number, "580");
    desk.edit::<Practitioner>(id, |practitioner| practitioner.inactive = true);
    let out = desk.export("out.ndjson");
    assert_eq!(out[0]["active"], false);
    assert_eq!(out[0]["qualification"], practitioner["qualification"]);
    Schema::read().check(&out[0]);
}

#[test]
fn restricted_records_go_out_when_asked_for_and_say_so() {
    let desk = Desk::open(1);
    let label = json!([{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]);
    let open = json!({"resourceType": "Patient", "id": "p1", "name": [{"text": "Rui Aberto"}]});
    let closed = json!({
        "resourceType": "Patient", "id": "p2", "meta": {"security": label}, "name": [{"text": "Rosa Reservada"}],
    });
    let fact = json!({
        "resourceType": "Condition", "id": "c2", "subject": {"reference": "Patient/p2"}, "code": {"text": "Segredo"},
    });
    let lines: Vec<String> = [&open, &closed, &fact].iter().map(|resource| resource.to_string()).collect();
    desk.import_text("in.ndjson", &lines.join("\n"));
    assert_eq!(desk.patients().iter().filter(|patient| patient.restricted).count(), 1);
    let (text, report) = desk.export_with("some.ndjson", export::Restricted::Withheld);
    assert_eq!((report.patients, report.withheld, report.resources), (1, 1, 1));
    assert!(!text.contains("Rosa") && !text.contains("Segredo"), "{text}");
    assert!(report.words().contains("1 restricted patients were left out"));
    let (text, report) = desk.export_with("all.ndjson", export::Restricted::Included);
    assert_eq!((report.patients, report.withheld, report.resources), (2, 0, 3));
    assert!(text.contains(&closed.to_string()), "as it came, with its label");
    // A later version of the source that says nothing does not lift what a person restricted here.
    let id = desk.patients().iter().find(|patient| !patient.restricted).unwrap().id;
    desk.edit::<Patient>(id.cast(), |patient| patient.restricted = true);
    let newer = json!({"resourceType": "Patient", "id": "p1", "name": [{"text": "Rui Aberto Neto"}]});
    desk.import_text("newer.ndjson", &newer.to_string());
    assert!(desk.patients().iter().all(|patient| patient.restricted));
}

#[test]
fn organizations_and_locations_are_linked_to_the_clinics_own_or_kept_as_they_came() {
    let desk = Desk::open(1);
    let ours = json!({
        "resourceType": "Organization", "id": "o1", "name": "Clínica Boa Vista",
        "identifier": [{"system": "urn:cnpj", "value": "11.222.333/0001-81"}],
    });
    let stranger = json!({"resourceType": "Organization", "id": "o2", "name": "Hospital Alheio"});
    let centro = json!({"resourceType": "Location", "id": "l1", "name": "CENTRO", "mode": "instance"});
    let lines = [&ours, &stranger, &centro].map(Value::to_string).join("\n");
    // Before the directory arrives, all are strangers.
    let report = desk.import_text("in.ndjson", &lines);
    assert_eq!((report.places_linked, report.places_kept, report.created), (0, 3, 3));

    let clinic = Clinic::new(ClinicId::from_bytes([1; 16]), "Clinica boa vista", "BR");
    let location = Location::new(LocationId::from_bytes([2; 16]), clinic.id, "Centro");
    desk.create(Scope::Directory(clinic.id), &clinic);
    desk.create(Scope::Directory(clinic.id), &location);
    let report = desk.import_text("in.ndjson", &lines);
    assert_eq!((report.places_linked, report.places_kept), (2, 1), "{}", report.words());
    assert_eq!((report.created, report.updated, report.unchanged), (0, 2, 1));
    let linked: Vec<_> = report.places.iter().map(|place| (place.entry, place.same_as)).collect();
    let (clinic_id, location_id) = (clinic.id.cast(), location.id.cast());
    assert_eq!(linked, [(Some(0), Some(clinic_id)), (Some(1), None), (Some(2), Some(location_id))]);
    assert!(report.words().contains("2 are this clinic's own and were linked, 1 were kept as they came"));
    let again = desk.import_text("in.ndjson", &lines);
    assert_eq!((again.updated, again.documents_written), (0, 0), "once is enough");
    // Nothing of them was written to the directory, and all come out as they came.
    let kept: Clinic = desk.store.read(|read| read.record(clinic_id)).unwrap();
    assert_eq!(kept, clinic);
    let out = desk.export("out.ndjson");
    for came in [ours, stranger, centro] {
        assert!(out.contains(&came), "{came}");
    }
}
