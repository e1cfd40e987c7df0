//! `/api/patients/{id}/photo`: a face for lists.

use posto_domain::role_grant::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::desk::{Answer, Desk, Person};

/// A PNG of two pixels.
const PNG: &str = concat!(
    "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd0000000f4944415478da63b8b9a246",
    "273805000be302e1c520ecd70000000049454e44ae426082",
);

/// Sends a picture and makes it the patient's photo.
async fn photographed(desk: &Desk, ana: &Person, record: serde_json::Value) -> (String, String) {
    let (id, etag) = desk.patient(ana, record).await;
    let bytes = hex::decode(PNG).unwrap();
    let file = json!({"patient_id": id, "name": "face.png", "size": bytes.len(), "media_type": "image/png"});
    let photo = desk.post("/api/attachments", ana, file).await.json()["id"].as_str().unwrap().to_owned();
    let sent = desk.request(Method::PUT, &format!("/api/attachments/{photo}/content"), Some(ana)).body(bytes);
    assert_eq!(sent.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(desk.patch(&id, &etag, ana, json!({"photo": photo})).await.status, StatusCode::OK);
    (id, photo)
}

#[tokio::test]
async fn a_face_is_small_named_by_its_content_and_kept_for_the_session() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (id, photo) = photographed(&desk, &ana, json!({"name": {"text": "Rita Foto"}})).await;
    let (plain, _) = desk.patient(&ana, json!({"name": {"text": "Rui Sem Foto"}})).await;
    let found = desk.get("/api/patients?q=rita%20foto", &ana).await.json();
    assert_eq!(found["items"][0]["photo"], photo.as_str());
    let path = format!("/api/patients/{id}/photo");
    let face = desk.request(Method::GET, &path, Some(&ana)).send().await.unwrap();
    let header = |name: &str| face.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((face.status(), header("content-type").as_str()), (StatusCode::OK, "image/jpeg"));
    assert_eq!(
        (header("cache-control").as_str(), header("vary").contains("cookie")),
        ("private, max-age=600", true)
    );
    let tag = header("etag");
    let jpeg = face.bytes().await.unwrap();
    assert!(jpeg.starts_with(&[0xff, 0xd8]) && jpeg.len() < 4_096, "{} bytes", jpeg.len());
    let again =
        desk.request(Method::GET, &path, Some(&ana)).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(desk.get(&format!("/api/patients/{plain}/photo"), &ana).await.code(), "not_found");
    assert_eq!(
        desk.get(&format!("{path}?of={plain}"), &ana).await.code(),
        "not_found",
        "another photo is meant"
    );
    let named = desk.request(Method::GET, &format!("{path}?of={photo}"), Some(&ana)).send().await.unwrap();
    assert_eq!(named.status(), StatusCode::OK);
    assert_eq!(Answer::read(again).await.text, "");
    desk.close().await;
}

#[tokio::test]
async fn who_may_not_open_the_record_is_offered_no_face() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let biller = desk.person("Bento", Role::BillingSpecialist).await;
    let pharmacist = desk.person("Fabia", Role::Pharmacist).await;
    let admin = desk.person("Alba", Role::ClinicAdmin).await;
    let (id, photo) = photographed(&desk, &ana, json!({"name": {"text": "Rita Foto"}})).await;
    let search = "/api/patients?q=rita%20foto";
    let offered = async |who: &Person| desk.get(search, who).await.json()["items"][0]["photo"].clone();
    assert_eq!(offered(&biller).await, photo.as_str());
    assert!(offered(&pharmacist).await.is_null(), "who sees no files");
    assert_eq!(desk.get(&format!("/api/patients/{id}/photo"), &pharmacist).await.code(), "forbidden");
    let etag = desk.get(&format!("/api/patients/{id}"), &admin).await.header("etag");
    assert_eq!(desk.patch(&id, &etag, &admin, json!({"restricted": true})).await.status, StatusCode::OK);
    assert!(offered(&ana).await.is_null());
    assert_eq!(offered(&admin).await, photo.as_str());
    assert_eq!(desk.get(&format!("/api/patients/{id}/photo"), &ana).await.code(), "record_restricted");
    desk.close().await;
}
