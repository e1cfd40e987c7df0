//! `/api/patients/{id}/history`

use posto_domain::role_grant::Role;
use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn who_changed_what_newest_first() {
    let desk = Desk::open().await;
    let (ana, bia) =
        (desk.person("Ana", Role::Receptionist).await, desk.person("Bia", Role::Receptionist).await);
    let (id, etag) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    desk.pass_seconds(60);
    desk.patch(&id, &etag, &ana, json!({"occupation": "Professora"})).await;
    desk.pass_seconds(60);
    desk.patch(&id, &etag, &bia, json!({"mother_name": "Rosa"})).await;
    insta::assert_snapshot!(desk.get(&format!("/api/patients/{id}/history"), &ana).await.shown());
    desk.close().await;
}
