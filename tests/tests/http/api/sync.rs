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
