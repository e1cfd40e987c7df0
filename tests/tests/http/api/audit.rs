//! `/api/audit`

use posto_domain::role_grant::Role;
use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn who_saw_a_record_can_be_shown_and_holds_no_contents() {
    let desk = Desk::open().await;
    let (ana, chefe) =
        (desk.person("Ana", Role::Receptionist).await, desk.person("Chefe", Role::ClinicAdmin).await);
    let (id, etag) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    desk.get(&format!("/api/patients/{id}"), &ana).await;
    desk.patch(&id, &etag, &ana, json!({"occupation": "Professora"})).await;
    let answer = desk.get(&format!("/api/audit?patient={id}"), &chefe).await;
    insta::assert_snapshot!(answer.shown());
    assert!(!answer.text.contains("Maria") && !answer.text.contains("Professora"));
    desk.close().await;
}

#[tokio::test]
async fn a_refusal_leaves_a_row_and_the_chain_is_whole() {
    let desk = Desk::open().await;
    let (ana, chefe) =
        (desk.person("Ana", Role::Receptionist).await, desk.person("Chefe", Role::ClinicAdmin).await);
    assert_eq!(desk.get("/api/audit", &ana).await.code(), "forbidden");
    let rows = desk.get("/api/audit?limit=3", &chefe).await.json();
    let refused =
        rows["items"].as_array().unwrap().iter().find(|row| row["outcome"] == "refused").unwrap().clone();
    assert_eq!((refused["action"].as_str(), refused["user_name"].as_str()), (Some("read_log"), Some("Ana")));
    assert!(desk.app().verify_audit().unwrap().faults.is_empty());
    desk.close().await;
}
