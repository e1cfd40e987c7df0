//! Bad input: what is wrong is left out whole and reported, the rest goes in.

use std::io::Write;

use clinic_node::fhir::Report;
use serde_json::{Value, json};

use crate::support::{Desk, data};

fn codes(report: &Report) -> Vec<(Option<u64>, &str, &str)> {
    report.left.iter().map(|left| (left.entry, left.code.as_str(), left.element.as_str())).collect()
}

fn good(id: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": "Silva"}], "birthDate": "1980-02-03"})
}

#[test]
fn each_wrong_entry_is_named_and_the_others_are_in() {
    let desk = Desk::open(1);
    let entries = [
        good("ok-1"),
        json!({"resourceType": "Patient", "id": "february", "birthDate": "1980-02-31"}),
        json!({"resourceType": "Patient", "id": "name", "name": "Ana"}),
        json!({"resourceType": "Patient", "id": "gender", "gender": "f"}),
        json!({"resourceType": "Patient", "id": "an id with spaces"}),
        json!({"resourceType": "Patient", "id": "telecom", "telecom": [{"system": "phone", "value": 5}]}),
        json!({"resourceType": "Observation", "id": "o", "status": 7}),
        json!({"resourceType": "Observation", "id": "o", "valueQuantity": {"value": "tall"}}),
        json!({"resourceType": "Encounter", "id": "e", "period": {"start": "2019-06-31T10:00:00Z"}}),
        json!({"resourceType": "patient"}),
        json!("text"),
        good("ok-2"),
    ];
    let bundle = json!({
        "resourceType": "Bundle", "type": "batch",
        "entry": entries.iter().map(|resource| json!({ "resource": resource })).chain([json!({}), json!(3)]).collect::<Vec<_>>(),
    });
    let report = desk.import_text("in.json", &bundle.to_string());
    assert_eq!(
        codes(&report),
        vec![
            (Some(1), "invalid_date", "birthDate"),
            (Some(2), "wrong_type", "name"),
            (Some(3), "invalid_code", "gender"),
            (Some(4), "invalid_id", "id"),
            (Some(5), "wrong_type", "value"),
            (Some(6), "wrong_type", "status"),
            (Some(7), "wrong_type", "valueQuantity.value"),
            (Some(8), "invalid_date", "period.start"),
            (Some(9), "not_a_resource", ""),
            (Some(10), "not_a_resource", ""),
            (Some(12), "no_resource", ""),
            (Some(13), "wrong_type", "entry"),
        ]
    );
    assert!(!report.is_complete());
    assert_eq!(desk.patients().len(), 2);
    assert_eq!(desk.export("out.json").len(), 2, "nothing of a wrong entry is in");
}

#[test]
fn files_that_are_no_fhir() {
    let desk = Desk::open(1);
    for (name, text, code) in [
        ("empty.json", "", "not_json"),
        ("cut.json", "{\"resourceType\":\"Patient\",\"name\":[", "not_json"),
        ("array.json", "[1,2]", "not_a_resource"),
        ("other.json", "{\"hello\":\"world\"}", "not_a_resource"),
        ("entry.json", "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":5}", "not_a_resource"),
    ] {
        let report = desk.import_text(name, text);
        assert_eq!(
            report.left.iter().map(|left| left.code.as_str()).collect::<Vec<_>>(),
            vec![code],
            "{name}"
        );
    }
    assert_eq!(desk.import("/nowhere/at-all.json").left[0].code.as_str(), "unreadable_file");
    let latin = desk.folder.path().join("latin.json");
    std::fs::write(&latin, b"{\"resourceType\":\"Patient\",\"id\":\"Jo\xe3o\"}").unwrap();
    assert_eq!(desk.import(latin).left[0].code.as_str(), "not_json");
    assert_eq!(desk.export("out.json"), Vec::<Value>::new());
}

#[test]
fn nesting_without_end_is_an_error_not_a_crash() {
    let desk = Desk::open(1);
    let deep =
        format!("{{\"resourceType\":\"Patient\",\"x\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(desk.import_text("deep.json", &deep).left.len(), 1);
    let entry = format!("{{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{deep}]}}");
    assert!(!desk.import_text("deep-entry.json", &entry).left.is_empty());
}

#[test]
fn lines_one_by_one() {
    let desk = Desk::open(1);
    let huge = format!("{{\"resourceType\":\"Binary\",\"id\":\"b\",\"data\":\"{}\"}}", "A".repeat(2 << 20));
    let text = format!("{}\n\nnot json\r\n{huge}\n{}", good("a"), good("b"));
    let report = desk.import_text("in.ndjson", &text);
    assert_eq!(codes(&report), vec![(Some(1), "not_json", ""), (Some(2), "too_large", "")]);
    assert_eq!(desk.patients().len(), 2);
}

#[test]
fn an_archive_that_ends_early_gives_what_it_has() {
    let whole = std::fs::read(data("fhir/hl7-r4-examples.tar.xz")).unwrap();
    let desk = Desk::open(1);
    let cut = desk.folder.path().join("cut.tar.xz");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let report = desk.import(cut);
    assert!(report.left.iter().any(|left| left.code.as_str() == "damaged_file"), "{}", report.words());
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    let damaged = desk.folder.path().join("damaged.tar.xz");
    std::fs::write(&damaged, flipped).unwrap();
    assert!(!desk.import(damaged).is_complete());
    let other = desk.folder.path().join("no-archive.tar.xz");
    std::fs::write(&other, b"hello").unwrap();
    assert_eq!(desk.import(other).left[0].code.as_str(), "damaged_file");
}

#[test]
fn files_too_large_for_memory_are_read_in_pieces() {
    let desk = Desk::open(1);
    let path = desk.folder.path().join("large.json");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    // References that only the whole bundle explains, and the patient last.
    write!(file, "{{\"entry\":[").unwrap();
    let filling = "x".repeat(400_000);
    for n in 0..84 {
        let resource = json!({
            "resourceType": "Observation", "id": format!("o{n}"), "status": "final",
            "subject": {"reference": "urn:uuid:77"}, "valueString": filling,
        });
        write!(file, "{},", json!({"fullUrl": format!("urn:uuid:o{n}"), "resource": resource})).unwrap();
    }
    let patient = json!({"fullUrl": "urn:uuid:77", "resource": good("p")});
    write!(file, "{patient}],\"type\":\"collection\",\"resourceType\":\"Bundle\"}}").unwrap();
    file.into_inner().unwrap();
    let report = desk.import(&path);
    assert!(report.is_complete(), "{}", report.words());
    assert_eq!(report.entries, 85);
    let patient = desk.patients().remove(0);
    let timeline = desk.store.read(|read| read.timeline(patient.id, None, 500)).unwrap();
    assert_eq!(timeline.len(), 84);
}
