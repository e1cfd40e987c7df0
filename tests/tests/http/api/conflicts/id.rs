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

#[tokio::test]
async fn a_decision_of_this_session_is_taken_back_as_a_new_edit() {
    let desk = Desk::open().await;
    let (ana, bia) = (desk.person("Ana", Role::Nurse).await, desk.person("Bia", Role::Nurse).await);
    let patient = contested(&desk, &ana, &bia).await;
    let open = desk.get("/api/conflicts", &bia).await.json()["items"][0].clone();
    let path = format!("/api/conflicts/{}", open["id"].as_str().unwrap());
    let choice = |value: &str| {
        let values = open["values"].as_array().unwrap();
        json!({"choice": values.iter().find(|one| one["value"] == value).unwrap()["choice"]})
    };
    let undo = format!("{path}/undo");
    assert_eq!(desk.post(&undo, &bia, json!({})).await.code(), "not_found", "nothing was decided yet");
    desk.post(&format!("{path}/resolve"), &bia, choice("1980-03-03")).await;
    let seen = |answer: crate::desk::Answer| answer.json()["can_undo"] == true;
    assert!(seen(desk.get(&path, &bia).await) && !seen(desk.get(&path, &ana).await));
    assert_eq!(desk.post(&undo, &ana, json!({})).await.code(), "forbidden", "another's decision");
    assert_eq!(desk.post(&undo, &bia, json!({"choice": "x"})).await.code(), "validation_failed");

    let undone = desk.post(&undo, &bia, json!({})).await;
    assert_eq!(undone.status, StatusCode::OK, "{}", undone.text);
    let current: Vec<_> = undone.json()["values"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|value| value["current"] == true)
        .map(|value| value["value"].clone())
        .collect();
    assert_eq!(current, ["1980-03-04"]);
    let record = desk.get(&format!("/api/patients/{patient}"), &bia).await;
    assert_eq!(record.json()["record"]["birth_date"], "1980-03-04");
    assert_eq!(record.json()["open_conflicts"], json!([]));
    let history = desk.get(&format!("/api/patients/{patient}/history"), &bia).await.json();
    assert_eq!(history["items"][0]["fields"][0]["after"], "1980-03-04");
    assert_eq!(history["items"][0]["fields"][0]["before"], "1980-03-03");

    // What somebody wrote there since stays.
    desk.patch(&patient, &record.header("etag"), &ana, json!({"birth_date": "1980-03-09"})).await;
    assert_eq!(desk.post(&undo, &bia, json!({})).await.code(), "already_done");
    desk.close().await;
}

#[tokio::test]
async fn a_later_session_of_the_same_person_takes_nothing_back() {
    let desk = Desk::open().await;
    let (ana, bia) = (desk.person("Ana", Role::Nurse).await, desk.person("Bia", Role::Nurse).await);
    contested(&desk, &ana, &bia).await;
    let open = desk.get("/api/conflicts", &bia).await.json()["items"][0].clone();
    let path = format!("/api/conflicts/{}", open["id"].as_str().unwrap());
    let choice = json!({"choice": open["values"][0]["choice"]});
    desk.post(&format!("{path}/resolve"), &bia, choice).await;
    desk.pass_seconds(1);
    let later = desk.sign_in("bia").await;
    assert_eq!(desk.post(&format!("{path}/undo"), &later, json!({})).await.code(), "forbidden");
    assert_eq!(desk.post(&format!("{path}/undo"), &bia, json!({})).await.status, StatusCode::OK);
    desk.close().await;
}

#[tokio::test]
async fn conflicts_of_a_restricted_record_are_its_teams() {
    let desk = Desk::open().await;
    let (ana, bia) = (desk.person("Ana", Role::Receptionist).await, desk.person("Bia", Role::Nurse).await);
    let admin = desk.person("Alba", Role::ClinicAdmin).await;
    let patient = contested(&desk, &ana, &bia).await;
    let open = desk.get("/api/conflicts", &bia).await.json()["items"][0].clone();
    let path = format!("/api/conflicts/{}", open["id"].as_str().unwrap());
    let etag = desk.get(&format!("/api/patients/{patient}"), &admin).await.header("etag");
    assert_eq!(desk.patch(&patient, &etag, &admin, json!({"restricted": true})).await.status, StatusCode::OK);
    for list in ["/api/conflicts".to_owned(), format!("/api/conflicts?patient={patient}")] {
        assert_eq!(desk.get(&list, &bia).await.json()["items"], json!([]), "{list}");
        assert_eq!(desk.get(&list, &admin).await.json()["items"][0]["id"], open["id"]);
    }
    let refused = desk.get(&path, &bia).await;
    assert_eq!(refused.code(), "break_glass_required");
    assert!(!refused.text.contains("1980"));
    assert_eq!(desk.get(&path, &ana).await.code(), "record_restricted");
    let decided = desk.post(&format!("{path}/resolve"), &bia, json!({"value": "1980-03-03"})).await;
    assert_eq!(decided.code(), "break_glass_required");
    desk.close().await;
}
