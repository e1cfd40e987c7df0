//! `/api/patients/{id}/break-glass`: a record that ordinary work keeps closed, opened because somebody is in danger.

use posto_domain::role_grant::{Role, RoleGrant};
use posto_domain::user::User;
use posto_domain::{ClinicId, DocumentId, LocationId, UserId};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::desk::{Desk, PASSWORD_HASH, Person};

const REASON: &str = "found unconscious at the door, allergies unknown";

/// A clinician of this node's place only.
async fn clinician(desk: &Desk, byte: u8, login: &'static str, role: Role) -> Person {
    let app = desk.app();
    let written = tokio::task::spawn_blocking(move || {
        let mut user = User::new(UserId::from_bytes([byte; 16]), login, login);
        user.password_hash = Some(PASSWORD_HASH.to_owned());
        app.write_directory(&user).unwrap();
        let (grant, clinic) = (DocumentId::from_bytes([byte + 1; 16]), ClinicId::from_bytes([2; 16]));
        let mut grant = RoleGrant::new(grant, user.id, role, clinic);
        grant.location = Some(LocationId::from_bytes([3; 16]));
        app.write_directory(&grant).unwrap();
    });
    written.await.unwrap();
    desk.sign_in(login).await
}

/// Somebody whose usual place is another one.
async fn patient_elsewhere(desk: &Desk, ana: &Person, name: &str) -> String {
    let elsewhere = LocationId::from_bytes([9; 16]).to_string();
    desk.patient(ana, json!({"name": {"text": name}, "care_location": elsewhere})).await.0
}

async fn declare(desk: &Desk, who: &Person, id: &str, reason: &str) -> crate::desk::Answer {
    desk.post(&format!("/api/patients/{id}/break-glass"), who, json!({"reason": reason})).await
}

#[tokio::test]
async fn an_emergency_opens_one_record_for_three_hours_in_one_session() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let doctor = clinician(&desk, 60, "drlima", Role::Doctor).await;
    let id = patient_elsewhere(&desk, &ana, "Rosa Longe").await;
    let other = patient_elsewhere(&desk, &ana, "Outra Longe").await;
    let page = format!("/api/patients/{id}");
    let files = format!("/api/attachments?patient={id}");
    for path in [page.clone(), format!("{page}/history"), format!("{page}/timeline"), files.clone()] {
        let refused = desk.get(&path, &doctor).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "break_glass_required".into()));
        assert!(!refused.text.contains("Rosa"));
    }
    let declared = declare(&desk, &doctor, &id, REASON).await;
    assert_eq!(
        (declared.status, declared.json()["until"].clone()),
        (StatusCode::OK, json!("2026-03-02T15:00:00Z"))
    );
    let opened = desk.get(&page, &doctor).await.json();
    assert_eq!(opened["display_name"], "Rosa Longe");
    assert_eq!(opened["emergency_until"], "2026-03-02T15:00:00Z");
    assert_eq!(desk.get(&format!("{page}/history"), &doctor).await.status, StatusCode::OK);
    assert_eq!(desk.get(&files, &doctor).await.status, StatusCode::OK);
    assert_eq!(desk.get(&format!("/api/patients/{other}"), &doctor).await.code(), "break_glass_required");
    let again = desk.sign_in("drlima").await;
    assert_eq!(
        desk.get(&page, &again).await.code(),
        "break_glass_required",
        "another session has declared nothing"
    );
    // Worked on all the time, so that the session itself does not end.
    for minutes in (5..180).step_by(5) {
        desk.pass_seconds(300);
        assert_eq!(desk.get(&page, &doctor).await.status, StatusCode::OK, "after {minutes} minutes");
    }
    desk.pass_seconds(300);
    assert_eq!(desk.get(&page, &doctor).await.code(), "break_glass_required", "three hours are over");
    desk.close().await;
}

#[tokio::test]
async fn an_emergency_needs_a_clinician_a_reason_and_a_closed_record() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let doctor = clinician(&desk, 60, "drlima", Role::Doctor).await;
    let id = patient_elsewhere(&desk, &ana, "Rosa Longe").await;
    let (here, _) = desk.patient(&ana, json!({"name": {"text": "Rita Perto"}})).await;
    for (reason, rule) in [("", "too_short"), ("  urgente ", "too_short"), (&"x".repeat(501), "too_long")] {
        let refused = declare(&desk, &doctor, &id, reason).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.json()["fields"], json!([{"path": "reason", "rule": rule}]));
    }
    assert_eq!(declare(&desk, &ana, &id, REASON).await.code(), "forbidden");
    assert_eq!(declare(&desk, &doctor, &here, REASON).await.code(), "already_done", "it is open anyway");
    let nobody = UserId::from_bytes([1; 16]).to_string();
    assert_eq!(declare(&desk, &doctor, &nobody, REASON).await.code(), "not_found");
    assert_eq!(desk.get(&format!("/api/patients/{id}"), &doctor).await.code(), "break_glass_required");
    desk.close().await;
}

#[tokio::test]
async fn the_compliance_officer_sees_who_broke_the_glass_why_and_every_look() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let officer = desk.person("Olga", Role::ComplianceOfficer).await;
    let doctor = clinician(&desk, 60, "drlima", Role::Doctor).await;
    let id = patient_elsewhere(&desk, &ana, "Rosa Longe").await;
    declare(&desk, &doctor, &id, REASON).await;
    desk.get(&format!("/api/patients/{id}"), &doctor).await;
    desk.get(&format!("/api/patients/{id}/timeline"), &doctor).await;
    let (here, _) = desk.patient(&ana, json!({"name": {"text": "Rita Perto"}})).await;
    desk.get(&format!("/api/patients/{here}"), &doctor).await;

    let trail = desk.get(&format!("/api/audit?patient={id}&limit=50"), &officer).await.json();
    let rows = trail["items"].as_array().unwrap();
    let flagged: Vec<&Value> = rows.iter().filter(|row| row["action"] == "break_glass.use").collect();
    assert_eq!(flagged.len(), 2, "each look: {rows:#?}");
    assert!(flagged.iter().all(|row| row["why"] == REASON && row["user_id"] == doctor.id.as_str()));
    let declared = rows.iter().find(|row| row["action"] == "break_glass.declare").unwrap();
    assert_eq!((&declared["why"], &declared["role"]), (&json!(REASON), &json!("DOCTOR")));
    let ordinary = desk.get(&format!("/api/audit?patient={here}&limit=50"), &officer).await.text;
    assert!(!ordinary.contains("break_glass"), "{ordinary}");
    desk.close().await;
}
