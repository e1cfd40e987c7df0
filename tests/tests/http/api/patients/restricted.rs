//! Records that only the patient's own team opens.

use posto_domain::role_grant::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::desk::{Desk, Person};

const REASON: &str = "found unconscious at the door, allergies unknown";

/// A patient whom `who` restricted, with everything that others must not see.
async fn restricted(desk: &Desk, who: &Person) -> (String, String) {
    let record = json!({
        "name": {"text": "Rosa Reservada"}, "birth_date": "1971-02-03", "sex": "female",
        "phones": {"a": {"number": "(11) 98888-7777", "kind": "mobile"}},
        "alerts": {"a": {"text": "Segredo", "severity": "critical"}},
    });
    let (id, etag) = desk.patient(who, record).await;
    let answer =
        desk.patch(&id, &etag, who, json!({"restricted": true, "restricted_by": "somebody else"})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["record"]["restricted_by"], who.id.as_str(), "the node says who it was");
    (id, answer.header("etag"))
}

async fn line(desk: &Desk, who: &Person) -> Value {
    desk.get("/api/patients?q=rosa%20reservada", who).await.json()["items"][0].clone()
}

#[tokio::test]
async fn it_is_found_by_everybody_and_opened_by_the_team() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let admin = desk.person("Alba", Role::ClinicAdmin).await;
    let officer = desk.person("Olga", Role::ComplianceOfficer).await;
    let doctor = desk.person("Davi", Role::Doctor).await;
    let nurse = desk.person("Nina", Role::Nurse).await;
    let (id, etag) = restricted(&desk, &doctor).await;
    let page = format!("/api/patients/{id}");
    for path in [page.clone(), format!("{page}/history"), format!("{page}/timeline"), format!("{page}/photo")]
    {
        for (who, code) in
            [(&ana, "record_restricted"), (&admin, "record_restricted"), (&nurse, "break_glass_required")]
        {
            let refused = desk.get(&path, who).await;
            assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, code), "{path}");
            assert!(!refused.text.contains("Rosa"));
        }
    }
    let file = json!({"patient_id": id, "name": "a.txt", "size": 0, "media_type": "text/plain"});
    assert_eq!(desk.post("/api/attachments", &ana, file).await.code(), "record_restricted");
    assert_eq!(desk.patch(&id, &etag, &ana, json!({"occupation": "x"})).await.code(), "record_restricted");
    assert_eq!(desk.get(&page, &doctor).await.status, StatusCode::OK, "who restricted it");
    assert_eq!(desk.get(&page, &officer).await.status, StatusCode::OK, "compliance");

    let seen = line(&desk, &doctor).await;
    assert_eq!(
        (&seen["restricted"], &seen["has_alerts"], &seen["sex"]),
        (&json!(true), &json!(true), &json!("female"))
    );
    let seen = line(&desk, &ana).await;
    assert_eq!((&seen["name"], &seen["birth_date"]), (&json!("Rosa Reservada"), &json!("1971-02-03")));
    assert_eq!((&seen["restricted"], &seen["has_alerts"]), (&json!(true), &json!(false)));
    assert!(
        seen.get("phone").is_none() && seen.get("sex").is_none() && seen.get("photo").is_none(),
        "{seen}"
    );
    let twin = json!({"record": {"name": {"text": "Rosa Reservada"}, "birth_date": "1971-02-03"}});
    let found = desk.post("/api/patients/duplicates", &ana, twin).await.json();
    assert_eq!(found["items"][0]["patient"]["id"], id.as_str());
    assert!(found["items"][0]["patient"].get("phone").is_none());
    desk.close().await;
}

#[tokio::test]
async fn an_emergency_opens_it_and_lifts_nothing() {
    let desk = Desk::open().await;
    let doctor = desk.person("Davi", Role::Doctor).await;
    let other = desk.person("Dora", Role::Doctor).await;
    let officer = desk.person("Olga", Role::ComplianceOfficer).await;
    let (id, etag) = restricted(&desk, &doctor).await;
    let page = format!("/api/patients/{id}");
    let declared = desk.post(&format!("{page}/break-glass"), &other, json!({"reason": REASON})).await;
    assert_eq!(declared.status, StatusCode::OK, "{}", declared.text);
    assert_eq!(desk.get(&page, &other).await.status, StatusCode::OK);
    assert_eq!(desk.patch(&id, &etag, &other, json!({"blood_type": "O+"})).await.status, StatusCode::OK);
    let own = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for patch in
        [json!({"restricted": null}), json!({"restricted": false}), json!({"managing_practitioner": own})]
    {
        assert_eq!(desk.patch(&id, &etag, &other, patch).await.code(), "record_restricted");
    }
    let lifted = desk.patch(&id, &etag, &officer, json!({"restricted": null})).await;
    assert_eq!(lifted.status, StatusCode::OK, "{}", lifted.text);
    assert!(lifted.json()["record"].get("restricted_by").is_none());

    let trail = desk.get(&format!("/api/audit?patient={id}&limit=100"), &officer).await.json();
    let rows = trail["items"].as_array().unwrap();
    let done = |action: &str| rows.iter().filter(|row| row["action"] == action).count();
    assert_eq!((done("patient.restrict"), done("patient.unrestrict")), (1, 1));
    assert_eq!(done("break_glass.use"), 2, "a look and an edit: {rows:#?}");
    desk.close().await;
}

#[tokio::test]
async fn restricting_is_an_act_of_its_own() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let nurse = desk.person("Nina", Role::Nurse).await;
    let admin = desk.person("Alba", Role::ClinicAdmin).await;
    let (id, etag) = desk.patient(&ana, json!({"name": {"text": "Rita Aberta"}})).await;
    for who in [&ana, &nurse] {
        assert_eq!(desk.patch(&id, &etag, who, json!({"restricted": true})).await.code(), "forbidden");
    }
    let body = json!({"record": {"name": {"text": "Rui Novo"}, "restricted": true}, "confirm_new": true});
    assert_eq!(desk.post("/api/patients", &ana, body.clone()).await.code(), "forbidden");
    let made = desk.post("/api/patients", &admin, body).await;
    assert_eq!(made.json()["record"]["restricted_by"], admin.id.as_str(), "{}", made.text);
    // Who registered a person does not get the record back by asking again.
    let request = json!({
        "record": {"name": {"text": "Rute Repetida"}}, "request_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "confirm_new": true,
    });
    let first = desk.post("/api/patients", &ana, request.clone()).await;
    assert_eq!(desk.post("/api/patients", &ana, request.clone()).await.status, StatusCode::CREATED);
    let (repeated, etag) = (first.json()["id"].as_str().unwrap().to_owned(), first.header("etag"));
    assert_eq!(
        desk.patch(&repeated, &etag, &admin, json!({"restricted": true})).await.status,
        StatusCode::OK
    );
    assert_eq!(desk.post("/api/patients", &ana, request).await.code(), "record_restricted");
    // Joining takes the restriction along.
    let (other, _) = restricted(&desk, &admin).await;
    let joined = desk.post(&format!("/api/patients/{id}/merge"), &admin, json!({"other": other})).await;
    assert_eq!(joined.json()["record"]["restricted"], true, "{}", joined.text);
    assert_eq!(desk.get(&format!("/api/patients/{id}"), &ana).await.code(), "record_restricted");
    let apart = desk.post(&format!("/api/patients/{id}/unmerge"), &admin, json!({"other": other})).await;
    assert!(apart.json()["record"].get("restricted").is_none(), "{}", apart.text);
    assert_eq!(desk.get(&format!("/api/patients/{id}"), &ana).await.status, StatusCode::OK);
    desk.close().await;
}
