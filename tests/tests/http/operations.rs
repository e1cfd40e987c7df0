//! `/health`, `/live`, `/ready`, `/metrics`, `/openapi.json` and the headers of every answer.

use posto_domain::role_grant::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::desk::{Answer, Desk};

#[tokio::test]
async fn probes_answer_without_a_session() {
    let desk = Desk::open().await;
    for path in ["/health", "/live", "/ready"] {
        let answer = desk.call(Method::GET, path, None, None).await;
        assert_eq!((answer.status, answer.json()["status"].clone()), (StatusCode::OK, json!("ok")), "{path}");
    }
    desk.close().await;
}

#[tokio::test]
async fn figures_name_routes_and_never_people() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (id, _) = desk.patient(&ana, json!({"name": {"text": "Zuleica Incomum"}})).await;
    desk.get("/api/patients?q=Zuleica", &ana).await;
    desk.get(&format!("/api/patients/{id}"), &ana).await;
    let figures = desk.call(Method::GET, "/metrics", None, None).await.text;
    assert!(
        figures
            .contains(r#"posto_http_requests_total{method="GET",route="/api/patients/{id}",status="200"}"#),
        "{figures}"
    );
    assert!(figures.contains("posto_sync_waiting_changes"));
    assert!(!figures.contains("Zuleica") && !figures.contains(&id));
    desk.close().await;
}

#[tokio::test]
async fn every_answer_carries_the_headers_and_a_correlation_id() {
    let desk = Desk::open().await;
    for path in ["/", "/api/patients", "/nowhere.js", "/ready"] {
        let answer = desk.call(Method::GET, path, None, None).await;
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-correlation-id").len(), 26, "{path}");
    }
    desk.close().await;
}

#[tokio::test]
async fn errors_are_problems_with_a_code_and_repeat_nothing() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let broken =
        desk.request(Method::POST, "/api/patients", Some(&ana)).header("content-type", "application/json");
    let answer = Answer::read(broken.body(r#"{"record": "Segredo", "#).send().await.unwrap()).await;
    assert_eq!(answer.header("content-type"), "application/problem+json");
    insta::assert_snapshot!(answer.shown());
    let plain = desk.request(Method::POST, "/api/patients", Some(&ana)).body("Segredo");
    assert_eq!(Answer::read(plain.send().await.unwrap()).await.code(), "unsupported_media_type");
    let huge = json!({"record": {"name": {"text": "x".repeat(1_100_000)}}});
    assert_eq!(desk.post("/api/patients", &ana, huge).await.code(), "payload_too_large");
    assert_eq!(
        desk.call(Method::DELETE, "/api/patients", Some(&ana), None).await.code(),
        "method_not_allowed"
    );
    assert_eq!(desk.get("/api/nothing", &ana).await.code(), "not_found");
    desk.close().await;
}
