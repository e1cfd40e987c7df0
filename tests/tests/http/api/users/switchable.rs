//! `/api/users/switchable`

use posto_domain::role_grant::Role;
use reqwest::Method;
use serde_json::json;

use crate::desk::{Desk, PASSWORD};

#[tokio::test]
async fn only_people_with_a_pin_are_offered() {
    let desk = Desk::open().await;
    desk.person("Ana", Role::Receptionist).await;
    let bia = desk.person("Bia", Role::Nurse).await;
    let body = json!({"password": PASSWORD, "pin": "8264"});
    desk.call(Method::PUT, "/api/session/pin", Some(&bia), Some(body)).await;
    insta::assert_snapshot!(desk.call(Method::GET, "/api/users/switchable", None, None).await.shown());
    desk.close().await;
}
