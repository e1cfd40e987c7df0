//! `/api/patients/{id}/timeline`

use posto_domain::role_grant::Role;
use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn files_and_merges_stand_in_order() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::ClinicAdmin).await;
    let (id, _) = desk.patient(&ana, json!({"name": {"text": "Maria da Silva"}})).await;
    let (other, _) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let file = json!({"patient_id": other, "name": "exame.txt", "size": 0, "media_type": "text/plain"});
    desk.post("/api/attachments", &ana, file).await;
    desk.pass_seconds(60);
    desk.post(&format!("/api/patients/{id}/merge"), &ana, json!({"other": other})).await;
    insta::assert_snapshot!(desk.get(&format!("/api/patients/{id}/timeline"), &ana).await.shown());
    let first = desk.get(&format!("/api/patients/{id}/timeline?limit=1"), &ana).await.json();
    let cursor = first["next_cursor"].as_str().unwrap().replace('+', "%2B");
    let second = desk.get(&format!("/api/patients/{id}/timeline?limit=1&cursor={cursor}"), &ana).await.json();
    assert_eq!((second["items"][0]["kind"].as_str(), second.get("next_cursor")), (Some("attachment"), None));
    desk.close().await;
}
