//! `/api/sync`

mod now;

use posto_domain::role_grant::Role;
use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn a_clinic_without_a_server_waits_for_none() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    insta::assert_snapshot!(desk.get("/api/sync", &ana).await.shown());
    desk.close().await;
}

#[tokio::test]
async fn an_enrolled_node_says_what_waits() {
    let desk = Desk::open_enrolled().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (id, _) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let status = desk.get("/api/sync", &ana).await.json();
    assert_eq!((&status["state"], &status["waiting"]), (&json!("offline"), &json!(1)));
    assert_eq!(desk.get(&format!("/api/patients/{id}"), &ana).await.json()["waiting_to_sync"], true);
    desk.close().await;
}
