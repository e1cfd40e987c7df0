//! `/api/audit`

use posto_domain::role_grant::Role;
use reqwest::StatusCode;
use serde_json::json;

use crate::desk::{Desk, Person};

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

/// Actions of the rows that a query answers, newest first, over all its pages.
async fn actions(desk: &Desk, person: &Person, query: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("/api/audit?{query}&limit=2{cursor}"), person).await;
        assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.text);
        let page = page.json();
        found.extend(
            page["items"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn the_trail_is_filtered_by_person_record_action_and_period() {
    let desk = Desk::open().await;
    let (ana, bia, chefe) = (
        desk.person("Ana", Role::Receptionist).await,
        desk.person("Bia", Role::Receptionist).await,
        desk.person("Chefe", Role::ClinicAdmin).await,
    );
    let (id, etag) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    desk.pass_seconds(300);
    desk.get(&format!("/api/patients/{id}"), &bia).await;
    desk.patch(&id, &etag, &ana, json!({"occupation": "Professora"})).await;

    assert_eq!(
        actions(&desk, &chefe, &format!("patient={id}")).await,
        ["patient.update", "patient.read", "patient.create"]
    );
    // Every look at the rows of a record is a row about it, too.
    let looks = actions(&desk, &chefe, &format!("patient={id}&action=audit.")).await;
    assert!(looks.len() >= 2 && looks.iter().all(|action| action == "audit.read"), "{looks:?}");
    assert_eq!(
        actions(&desk, &chefe, &format!("user={}&action=patient.", ana.id)).await,
        ["patient.update", "patient.create"]
    );
    assert_eq!(actions(&desk, &chefe, &format!("user={}&patient={id}", bia.id)).await, ["patient.read"]);
    assert_eq!(actions(&desk, &chefe, "action=patient.rea").await, Vec::<String>::new(), "whole names only");
    let (from, to) = ("from=2026-03-02T12:02:00Z", "to=2026-03-02T12:02:00Z");
    assert_eq!(
        actions(&desk, &chefe, &format!("{from}&action=patient.")).await,
        ["patient.update", "patient.read"]
    );
    assert_eq!(actions(&desk, &chefe, &format!("{to}&action=patient.")).await, ["patient.create"]);
    for wrong in ["from=yesterday", "user=ana"] {
        assert_eq!(desk.get(&format!("/api/audit?{wrong}"), &chefe).await.code(), "invalid_request");
    }
    desk.close().await;
}

#[tokio::test]
async fn an_export_is_told_from_a_look_and_the_people_are_named_to_auditors_only() {
    let desk = Desk::open().await;
    let (ana, vera) =
        (desk.person("Ana", Role::Receptionist).await, desk.person("Vera", Role::Auditor).await);
    desk.get(&format!("/api/audit?user={}&export=true", ana.id), &vera).await;
    let rows = desk.get("/api/audit?action=audit.export", &vera).await.json();
    let row = &rows["items"][0];
    assert_eq!((&row["user_name"], &row["detail"]), (&json!("Vera"), &json!(format!("user {}", ana.id))));

    let people = desk.get("/api/audit/people", &vera).await.json();
    let names: Vec<_> = people["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Ana", "Vera"]);
    assert_eq!(desk.get("/api/audit/people", &ana).await.code(), "forbidden");
    desk.close().await;
}
