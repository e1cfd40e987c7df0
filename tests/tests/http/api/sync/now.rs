//! `/api/sync/now`

use posto_domain::role_grant::Role;
use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn without_a_server_there_is_nothing_to_sync_with() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    assert_eq!(desk.post("/api/sync/now", &ana, json!({})).await.code(), "offline");
    desk.close().await;
}
