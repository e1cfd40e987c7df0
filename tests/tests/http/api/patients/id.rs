//! `/api/patients/{id}`

mod history;
mod merge;
mod timeline;

use posto_domain::role_grant::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn an_edit_changes_what_is_in_it_and_removes_what_is_null() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let record = json!({"name": {"text": "Maria Silva"}, "occupation": "Professora", "mother_name": "Ana"});
    let (id, etag) = desk.patient(&ana, record).await;
    let answer = desk.patch(&id, &etag, &ana, json!({"occupation": null, "social_name": "Má"})).await;
    insta::assert_snapshot!(answer.shown());
    assert_ne!(answer.header("etag"), etag);
    assert_eq!(desk.get(&format!("/api/patients/{id}"), &ana).await.json(), answer.json());
    desk.close().await;
}

#[tokio::test]
async fn a_late_edit_merges_and_competing_values_are_both_kept() {
    let desk = Desk::open().await;
    let (ana, bia) =
        (desk.person("Ana", Role::Receptionist).await, desk.person("Bia", Role::Receptionist).await);
    let (id, etag) =
        desk.patient(&ana, json!({"name": {"text": "Maria Silva"}, "birth_date": "1980-03-02"})).await;
    desk.patch(&id, &etag, &ana, json!({"occupation": "Professora", "birth_date": "1980-03-03"})).await;
    let late = desk.patch(&id, &etag, &bia, json!({"mother_name": "Rosa", "birth_date": "1980-03-04"})).await;
    assert_eq!(late.status, StatusCode::OK, "{}", late.text);
    let seen = late.json();
    assert_eq!(
        (&seen["record"]["occupation"], &seen["record"]["mother_name"]),
        (&json!("Professora"), &json!("Rosa"))
    );
    let open = seen["open_conflicts"].as_array().unwrap();
    assert_eq!(
        (open.len(), &open[0]["path"], &open[0]["safety_critical"]),
        (1, &json!("birth_date"), &json!(true))
    );
    desk.close().await;
}

#[tokio::test]
async fn an_edit_says_what_it_saw() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (id, _) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let without = desk.call(Method::PATCH, &format!("/api/patients/{id}"), Some(&ana), Some(json!({}))).await;
    assert_eq!((without.status.as_u16(), without.code().as_str()), (428, "heads_required"));
    let unknown = desk.patch(&id, &"ab".repeat(32), &ana, json!({"occupation": "x"})).await;
    assert_eq!((unknown.status.as_u16(), unknown.code().as_str()), (412, "unknown_heads"));
    let nobody = desk.get("/api/patients/01ARZ3NDEKTSV4RRFFQ69G5FAV", &ana).await;
    assert_eq!((nobody.status, nobody.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    assert_eq!(desk.get("/api/patients/not-an-id", &ana).await.code(), "not_found");
    desk.close().await;
}

#[tokio::test]
async fn the_record_as_it_was() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (id, etag) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    desk.pass_seconds(1200);
    desk.patch(&id, &etag, &ana, json!({"occupation": "Professora"})).await;
    for moment in ["2026-03-02T12:10:00Z", etag.trim_matches('"')] {
        let then = desk.get(&format!("/api/patients/{id}?as_of={moment}"), &ana).await.json();
        assert_eq!((then["record"].get("occupation"), &then["historical"]), (None, &json!(true)), "{moment}");
    }
    assert_eq!(
        desk.get(&format!("/api/patients/{id}?as_of=2020-01-01T00:00:00Z"), &ana).await.code(),
        "not_found"
    );
    assert_eq!(
        desk.get(&format!("/api/patients/{id}?as_of=yesterday"), &ana).await.code(),
        "invalid_request"
    );
    desk.close().await;
}

#[tokio::test]
async fn billing_may_not_touch_what_can_hurt() {
    let desk = Desk::open().await;
    let (ana, caixa) =
        (desk.person("Ana", Role::Receptionist).await, desk.person("Caixa", Role::BillingSpecialist).await);
    let (id, etag) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let insurance = json!({"insurances": {"x": {"payer": "Saúde Boa"}}});
    assert_eq!(desk.patch(&id, &etag, &caixa, insurance).await.status, StatusCode::OK);
    let allergy = json!({"allergies": {"x": {"substance": "Dipirona"}}});
    assert_eq!(desk.patch(&id, &etag, &caixa, allergy).await.code(), "forbidden");
    desk.close().await;
}
