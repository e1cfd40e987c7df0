//! `/api/patients`

mod break_glass;
mod duplicates;
mod id;
mod photo;
mod record_numbers;
mod restricted;

use posto_domain::role_grant::Role;
use reqwest::StatusCode;
use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn a_registration_is_tidied_numbered_and_found_again() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let record = json!({
        "id": "chosen by somebody", "record_number": 7, "merged_into": "x",
        "name": {"given": "Maria Aparecida", "family": "da Silva"},
        "birth_date": "1980-03-02", "sex": "female",
        "phones": {"new": {"number": "(11) 98765-4321"}},
        "documents": {"new": {"kind": "cpf", "value": "529.982.247-25"}}
    });
    let answer = desk.post("/api/patients", &ana, json!({"record": record})).await;
    insta::assert_snapshot!(answer.shown());
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), format!("/api/patients/{id}"));
    for query in ["maria silva", "SILVA, maria", "apareci", "98765", "529.982", "maria slva"] {
        let found = desk.get(&format!("/api/patients?q={query}"), &ana).await.json();
        assert_eq!(found["items"][0]["id"], id.as_str(), "{query}");
    }
    insta::assert_snapshot!("line", desk.get("/api/patients", &ana).await.shown());
    desk.close().await;
}

#[tokio::test]
async fn broken_rules_are_named_by_field() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let key = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let record =
        json!({"birth_date": "2031-02-31", "documents": {key: {"kind": "cpf", "value": "11111111111"}}});
    let answer = desk.post("/api/patients", &ana, json!({"record": record})).await;
    insta::assert_snapshot!(answer.shown());
    assert_eq!(desk.get("/api/patients", &ana).await.json()["items"], json!([]), "nothing was saved");
    desk.close().await;
}

#[tokio::test]
async fn a_possible_duplicate_is_shown_before_saving() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let record = json!({"name": {"text": "Maria da Silva"}, "birth_date": "1980-03-02"});
    desk.patient(&ana, record.clone()).await;
    let answer = desk.post("/api/patients", &ana, json!({"record": record})).await;
    insta::assert_snapshot!(answer.shown());
    let sure = desk.post("/api/patients", &ana, json!({"record": record, "confirm_new": true})).await;
    assert_eq!(sure.status, StatusCode::CREATED);
    desk.close().await;
}

#[tokio::test]
async fn asking_twice_registers_once() {
    let desk = Desk::open().await;
    let (ana, bia) =
        (desk.person("Ana", Role::Receptionist).await, desk.person("Bia", Role::Receptionist).await);
    let body =
        json!({"record": {"name": {"text": "Maria Silva"}}, "request_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"});
    let (first, second) = (
        desk.post("/api/patients", &ana, body.clone()).await,
        desk.post("/api/patients", &ana, body.clone()).await,
    );
    assert_eq!((first.status, &first.text), (second.status, &second.text));
    assert_eq!(
        desk.post("/api/patients", &bia, body).await.code(),
        "validation_failed",
        "the id is somebody else's"
    );
    desk.close().await;
}

#[tokio::test]
async fn pages_follow_their_cursor() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    for number in 0..5 {
        desk.patient(&ana, json!({"name": {"text": format!("Maria Número{number}")}})).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("/api/patients?q=maria&limit=2{cursor}"), &ana).await.json();
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    seen.sort();
    assert_eq!(seen, (0..5).map(|number| format!("Maria Número{number}")).collect::<Vec<_>>());
    desk.close().await;
}
