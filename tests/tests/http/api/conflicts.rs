//! `/api/conflicts`

mod id;

use posto_domain::role_grant::Role;
use serde_json::json;

use crate::desk::{Desk, Person};

/// A patient with two birth dates.
pub(crate) async fn contested(desk: &Desk, ana: &Person, bia: &Person) -> String {
    let (id, etag) =
        desk.patient(ana, json!({"name": {"text": "Maria Silva"}, "birth_date": "1980-03-02"})).await;
    desk.patch(&id, &etag, ana, json!({"birth_date": "1980-03-03"})).await;
    desk.patch(&id, &etag, bia, json!({"birth_date": "1980-03-04"})).await;
    id
}

#[tokio::test]
async fn both_values_are_listed_with_their_authors() {
    let desk = Desk::open().await;
    let (ana, bia) =
        (desk.person("Ana", Role::Receptionist).await, desk.person("Bia", Role::Receptionist).await);
    let id = contested(&desk, &ana, &bia).await;
    let listed = desk.get("/api/conflicts", &ana).await;
    let values = listed.json()["items"][0]["values"].as_array().unwrap().clone();
    let mut written: Vec<_> =
        values.iter().map(|v| (v["author"]["name"].clone(), v["value"].clone())).collect();
    written.sort_by_key(|(name, _)| name.to_string());
    assert_eq!(written, [(json!("Ana"), json!("1980-03-03")), (json!("Bia"), json!("1980-03-04"))]);
    assert_eq!(values.iter().filter(|value| value["current"] == true).count(), 1);
    assert_eq!(listed.json()["items"][0]["patient_name"], "Maria Silva");
    assert_eq!(desk.get(&format!("/api/conflicts?patient={id}"), &ana).await.json(), listed.json());
    assert_eq!(desk.get("/api/conflicts?state=nonsense", &ana).await.code(), "invalid_request");
    desk.close().await;
}
