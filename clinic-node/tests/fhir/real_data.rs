//! Real data in and out, without loss.

use std::collections::{BTreeMap, BTreeSet};

use posto_domain::Kind;
use posto_domain::chart::Chart;
use serde_json::Value;

use crate::support::{Desk, Schema, data, entries, unpacked};

const SYNTHEA: &str = "fhir/synthea-patients.tar.xz";
const EXAMPLES: &str = "fhir/hl7-r4-examples.tar.xz";

/// By type and id, where there is one, else by content.
fn keyed<'a>(resources: impl IntoIterator<Item = &'a Value>) -> BTreeMap<(String, String), &'a Value> {
    let name = |resource: &Value| match resource["id"].as_str() {
        Some(id) => id.to_owned(),
        None => resource.to_string(),
    };
    let key = |resource: &'a Value| {
        ((resource["resourceType"].as_str().unwrap().to_owned(), name(resource)), resource)
    };
    resources.into_iter().map(key).collect()
}

#[test]
fn synthea_patients_go_in_once_and_come_out_as_they_were() {
    let desk = Desk::open(1);
    let report = desk.import(data(SYNTHEA));
    assert!(report.is_complete(), "{}", report.words());
    assert_eq!(desk.patients().len(), 60);
    assert_eq!(report.resources["Patient"], 60);
    assert!(desk.patients().iter().all(|patient| !patient.name.is_empty() && patient.birth_date.is_some()));
    assert!(desk.patients().iter().any(|patient| !patient.conditions.is_empty()));
    assert!(desk.patients().iter().any(|patient| !patient.allergies.is_empty()));

    charts_stay_within_their_budget(&desk);

    let again = desk.import(data(SYNTHEA));
    assert_eq!((again.created, again.updated, again.documents_written), (0, 0, 0), "{}", again.words());
    assert_eq!(again.unchanged, again.entries);

    let came: Vec<Value> =
        unpacked(&data(SYNTHEA)).iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
    let came = keyed(came.iter().flat_map(entries));
    let out = desk.export("out.json");
    let went = keyed(&out);
    assert_eq!(out.len(), went.len(), "no resource goes out twice");
    assert_eq!(came.keys().collect::<Vec<_>>(), went.keys().collect::<Vec<_>>());
    for (key, resource) in &came {
        assert_eq!(Some(resource), went.get(key), "{key:?}");
    }
}

/// A document above its budget could not be edited for long.
fn charts_stay_within_their_budget(desk: &Desk) {
    for id in desk.store.read(|read| read.documents_of_kind(Kind::Chart)).unwrap() {
        let document = desk.store.read(|read| read.document(id)).unwrap();
        assert!(!document.is_over_budget(), "{} bytes", document.size_bytes());
        assert!(!document.record::<Chart>().unwrap().entries.is_empty());
    }
}

/// Requests in a bundle that carry no resource (delete this, search that) are no records.
const REQUESTS_ONLY: u64 = 4;

#[test]
fn official_examples_go_through_without_loss() {
    let desk = Desk::open(1);
    let report = desk.import(data(EXAMPLES));
    let codes: BTreeSet<&str> = report.left.iter().map(|left| left.code.as_str()).collect();
    assert_eq!(codes, BTreeSet::from(["no_resource"]), "{}", report.words());
    assert_eq!(report.left_out, REQUESTS_ONLY);
    assert_eq!(report.files, 201);

    let files: Vec<Value> =
        unpacked(&data(EXAMPLES)).iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
    let out = desk.export("out.ndjson");
    let went = keyed(&out);
    for file in &files {
        let whole = keyed([file]);
        let is_whole = whole.iter().all(|(key, resource)| went.get(key) == Some(resource));
        let parts = keyed(entries(file));
        let in_parts =
            !parts.is_empty() && parts.iter().all(|(key, resource)| went.get(key) == Some(resource));
        assert!(is_whole || in_parts, "{} {}", file["resourceType"], file["id"]);
    }
    assert_eq!(desk.import(data(EXAMPLES)).documents_written, 0);
}

#[test]
fn what_goes_out_is_valid_by_hl7s_schema() {
    let schema = Schema::read();
    assert!(
        !schema.accepts(&serde_json::json!({"resourceType": "Patient", "gender": 5})),
        "the schema finds faults"
    );
    let desk = Desk::open(1);
    desk.import(data(EXAMPLES));
    let came: Vec<Value> =
        unpacked(&data(EXAMPLES)).iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
    // Valid where it came valid: the examples are HL7's own and their schema finds no fault in them.
    for resource in came.iter().take(20) {
        schema.check(resource);
    }
    for resource in desk.export("out.ndjson") {
        schema.check(&resource);
    }
    let bundle: Value = serde_json::from_str(&desk.export_text("out.json")).unwrap();
    let some = &bundle["entry"].as_array().unwrap()[..3];
    schema.check(&serde_json::json!({"resourceType": "Bundle", "type": bundle["type"], "entry": some}));
}

#[test]
fn an_empty_clinic_exports_a_valid_bundle() {
    let desk = Desk::open(1);
    let bundle: Value = serde_json::from_str(&desk.export_text("out.json")).unwrap();
    Schema::read().check(&bundle);
}
