//! `/api/session/pin`

use posto_domain::role_grant::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::desk::{Desk, PASSWORD, Person};

async fn set_pin(desk: &Desk, person: &Person, pin: &str) -> crate::desk::Answer {
    let body = json!({"password": PASSWORD, "pin": pin});
    desk.call(Method::PUT, "/api/session/pin", Some(person), Some(body)).await
}

#[tokio::test]
async fn another_person_takes_over_and_the_session_before_ends() {
    let desk = Desk::open().await;
    let bia = desk.person("Bia", Role::Nurse).await;
    assert_eq!(set_pin(&desk, &bia, "8264").await.status, StatusCode::NO_CONTENT);
    let ana = desk.person("Ana", Role::Receptionist).await;
    let answer = desk.post("/api/session/pin", &ana, json!({"user_id": bia.id, "pin": "8264"})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["user"]["name"], "Bia");
    let now = Person::of(&answer);
    assert_eq!(desk.get("/api/session", &now).await.json()["user"]["login"], "bia");
    assert_eq!(desk.get("/api/session", &ana).await.code(), "unauthenticated");
    desk.close().await;
}

#[tokio::test]
async fn three_wrong_pins_ask_for_the_password_which_forgives_them() {
    let desk = Desk::open().await;
    let bia = desk.person("Bia", Role::Nurse).await;
    set_pin(&desk, &bia, "8264").await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let attempt =
        |pin: &'static str| desk.post("/api/session/pin", &ana, json!({"user_id": bia.id, "pin": pin}));
    let mut codes = Vec::new();
    for pin in ["1111", "2222", "3333", "8264"] {
        codes.push(attempt(pin).await.code());
    }
    assert_eq!(codes, ["wrong_credentials", "wrong_credentials", "password_required", "password_required"]);
    desk.sign_in("bia").await;
    assert_eq!(attempt("8264").await.status, StatusCode::OK);
    desk.close().await;
}

#[tokio::test]
async fn a_pin_that_anybody_guesses_is_not_taken() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    for (pin, rule) in [("1234", "pattern"), ("82", "too_short"), ("82a4", "not_digits")] {
        let answer = set_pin(&desk, &ana, pin).await;
        assert_eq!(answer.json()["fields"], json!([{"path": "pin", "rule": rule}]), "{pin}");
    }
    desk.close().await;
}
