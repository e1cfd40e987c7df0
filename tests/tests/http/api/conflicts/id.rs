//! `/api/conflicts/{id}` and `/resolve`

use posto_domain::role_grant::Role;
use reqwest::StatusCode;
use serde_json::json;

use super::contested;
use crate::desk::Desk;

#[tokio::test]
async fn a_clinician_decides_and_it_is_remembered() {
    let desk = Desk::open().await;
    let (ana, bia) = (desk.person("Ana", Role::Receptionist).await, desk.person("Bia", Role::Nurse).await);
    let patient = contested(&desk, &ana, &bia).await;
    let open = desk.get("/api/conflicts", &bia).await.json()["items"][0].clone();
    let id = open["id"].as_str().unwrap();
    assert_eq!(desk.get(&format!("/api/conflicts/{id}"), &bia).await.json(), open);

    let choice =
        open["values"].as_array().unwrap().iter().find(|value| value["value"] == "1980-03-03").unwrap();
    let path = format!("/api/conflicts/{id}/resolve");
    assert_eq!(desk.post(&path, &ana, json!({"choice": choice["choice"]})).await.code(), "forbidden");
    let both = json!({"choice": choice["choice"], "value": "1980-03-03"});
    assert_eq!(desk.post(&path, &bia, both).await.code(), "invalid_request");
    assert_eq!(desk.post(&path, &bia, json!({"choice": "another"})).await.code(), "validation_failed");
    let decided = desk.post(&path, &bia, json!({"choice": choice["choice"]})).await;
    assert_eq!(decided.status, StatusCode::OK, "{}", decided.text);
    assert_eq!(
        (&decided.json()["state"], &decided.json()["resolved_by"]["name"]),
        (&json!("resolved"), &json!("Bia"))
    );

    let record = desk.get(&format!("/api/patients/{patient}"), &bia).await.json();
    assert_eq!(
        (&record["record"]["birth_date"], &record["open_conflicts"]),
        (&json!("1980-03-03"), &json!([]))
    );
    let again = desk.post(&path, &bia, json!({"choice": choice["choice"]})).await;
    assert_eq!((again.status, again.code().as_str()), (StatusCode::CONFLICT, "already_done"));
    assert_eq!(desk.get("/api/conflicts", &bia).await.json()["items"], json!([]));
    let resolved = desk.get("/api/conflicts?state=resolved", &bia).await.json();
    assert_eq!(resolved["items"][0]["id"], id);
    desk.close().await;
}
