//! `/api/patients/{id}/merge` and `/unmerge`

use posto_domain::role_grant::Role;
use reqwest::StatusCode;
use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn two_records_become_one_and_two_again() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::ClinicAdmin).await;
    let (id, _) = desk.patient(&ana, json!({"name": {"text": "Maria da Silva"}})).await;
    let (other, _) =
        desk.patient(&ana, json!({"name": {"text": "Maria Silva"}, "occupation": "Professora"})).await;
    let merged = desk.post(&format!("/api/patients/{id}/merge"), &ana, json!({"other": other})).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.text);
    assert_eq!(merged.json()["record"]["occupation"], "Professora");
    assert_eq!(merged.json()["merged_from"], json!([other]));
    let retired = desk.get(&format!("/api/patients/{other}"), &ana).await;
    assert_eq!(retired.json()["merged_into"], id.as_str());
    let edit = desk.patch(&other, &retired.header("etag"), &ana, json!({"occupation": "x"})).await;
    assert_eq!(edit.json()["fields"], json!([{"path": "merged_into", "rule": "merged"}]));

    let again = desk.post(&format!("/api/patients/{id}/merge"), &ana, json!({"other": other})).await;
    assert_eq!(again.code(), "merge_refused");
    let parted = desk.post(&format!("/api/patients/{id}/unmerge"), &ana, json!({"other": other})).await;
    assert_eq!(parted.json()["record"].get("occupation"), None);
    assert_eq!(parted.json().get("merged_from"), None);
    assert_eq!(
        desk.get(&format!("/api/patients/{other}"), &ana).await.json()["record"]["occupation"],
        "Professora"
    );
    assert_eq!(
        desk.post(&format!("/api/patients/{id}/unmerge"), &ana, json!({"other": other})).await.code(),
        "merge_refused"
    );
    assert_eq!(
        desk.post(&format!("/api/patients/{id}/merge"), &ana, json!({"other": id})).await.code(),
        "merge_refused"
    );
    desk.close().await;
}
