//! What holds for every route: it is nobody's without a session, nobody's of another clinic, and a write
//! carries its token. A route that the OpenAPI document gains is tested without being added here.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::desk::Desk;
use posto_domain::role_grant::Role;

/// Routes that answer without a session.
const PUBLIC: [(&str, &str); 6] = [
    ("POST", "/api/session"),
    ("GET", "/api/users/switchable"),
    ("GET", "/health"),
    ("GET", "/live"),
    ("GET", "/ready"),
    ("GET", "/metrics"),
];

/// Routes that anybody who is signed in may use: they are about the own session and the clinic's name only.
const OWN: [(&str, &str); 6] = [
    ("GET", "/api/session"),
    ("DELETE", "/api/session"),
    ("POST", "/api/session/pin"),
    ("PUT", "/api/session/pin"),
    ("GET", "/api/settings"),
    ("GET", "/api/events"),
];

fn routes() -> Vec<(Method, String)> {
    let document = serde_json::to_value(clinic_node::http::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let mut routes = Vec::new();
    for (path, item) in paths {
        for method in item.as_object().unwrap().keys() {
            if let Ok(method) = method.to_uppercase().parse::<Method>()
                && ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str())
            {
                routes.push((method, path.clone()));
            }
        }
    }
    assert!(routes.len() >= 25, "{}", routes.len());
    routes
}

fn is_in(list: &[(&str, &str)], method: &Method, path: &str) -> bool {
    list.iter().any(|(m, p)| *m == method.as_str() && *p == path)
}

/// A path with real ids in it, and a body that the route reads.
fn filled(path: &str, patient: &str, attachment: &str) -> (String, serde_json::Value) {
    let id = if path.contains("attachments") { attachment } else { patient };
    let mut filled = path.replace("{id}", id);
    if path == "/api/attachments" {
        filled.push_str(&format!("?patient={patient}"));
    }
    let body = match path {
        "/api/patients" | "/api/patients/duplicates" => json!({"record": {"name": {"text": "Nova Pessoa"}}}),
        "/api/patients/{id}/break-glass" => json!({"reason": "found unconscious at the door"}),
        "/api/patients/{id}/merge" | "/api/patients/{id}/unmerge" => json!({"other": patient}),
        "/api/conflicts/{id}/resolve" => json!({"value": "x"}),
        "/api/attachments" => {
            json!({"patient_id": patient, "name": "a.txt", "size": 1, "media_type": "text/plain"})
        }
        "/api/session/pin" => json!({"user_id": patient, "pin": "8264", "password": "x"}),
        _ => json!({"occupation": "x"}),
    };
    (filled, body)
}

#[tokio::test]
async fn nobody_gets_in_without_a_session() {
    let desk = Desk::open().await;
    for (method, path) in routes().into_iter().filter(|(method, path)| !is_in(&PUBLIC, method, path)) {
        let (filled, body) = filled(&path, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        let answer = desk.call(method.clone(), &filled, None, Some(body)).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNAUTHORIZED, "unauthenticated"),
            "{method} {path}"
        );
    }
    desk.close().await;
}

#[tokio::test]
async fn a_write_without_its_token_is_refused() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await.without_csrf();
    let writes =
        routes().into_iter().filter(|(method, path)| method != Method::GET && !is_in(&PUBLIC, method, path));
    for (method, path) in writes {
        let (filled, body) = filled(&path, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        let answer = desk.call(method.clone(), &filled, Some(&ana), Some(body)).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::FORBIDDEN, "csrf_rejected"),
            "{method} {path}"
        );
    }
    desk.close().await;
}

#[tokio::test]
async fn roles_of_another_clinic_open_nothing_here() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::ClinicAdmin).await;
    let (patient, etag) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let started = desk
        .post(
            "/api/attachments",
            &ana,
            json!({"patient_id": patient, "name": "a.txt", "size": 0, "media_type": "text/plain"}),
        )
        .await;
    let attachment = started.json()["id"].as_str().unwrap().to_owned();
    let stranger = desk.stranger().await;
    for (method, path) in routes() {
        if is_in(&PUBLIC, &method, &path) || is_in(&OWN, &method, &path) {
            continue;
        }
        let (filled, body) = filled(&path, &patient, &attachment);
        let mut request = desk.request(method.clone(), &filled, Some(&stranger)).header("if-match", &etag);
        if method != Method::GET {
            request = request.json(&body);
        }
        let answer = crate::desk::Answer::read(request.send().await.unwrap()).await;
        // What is not there for them is not found; nothing else tells a difference.
        let refused = matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
        assert!(refused, "{method} {path}: {} {}", answer.status, answer.text);
        assert!(!answer.text.contains("Maria"), "{method} {path}");
    }
    desk.close().await;
}
