//! `/api/session`

mod pin;

use posto_domain::role_grant::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::desk::{Desk, PASSWORD};

#[tokio::test]
async fn who_is_signed_in_and_what_they_may_do() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana Lúcia", Role::DataAnalyst).await;
    insta::assert_snapshot!(desk.get("/api/session", &ana).await.shown());
    desk.close().await;
}

#[tokio::test]
async fn a_name_may_be_typed_as_people_type_it() {
    let desk = Desk::open().await;
    desk.person("Ana Lúcia", Role::Receptionist).await;
    for login in ["ana.lucia", " ANA.LUCIA ", "Ana Lúcia"] {
        desk.sign_in(login).await;
    }
    desk.close().await;
}

#[tokio::test]
async fn the_cookie_is_for_this_site_and_no_script() {
    let desk = Desk::open().await;
    desk.person("Ana", Role::Receptionist).await;
    let body = json!({"login": "ana", "password": PASSWORD});
    let cookie = desk.call(Method::POST, "/api/session", None, Some(body)).await.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    desk.close().await;
}

#[tokio::test]
async fn wrong_names_and_passwords_answer_alike_and_then_wait() {
    let desk = Desk::open().await;
    desk.person("Ana", Role::Receptionist).await;
    let attempt = |login: &'static str, password: &'static str| {
        desk.call(Method::POST, "/api/session", None, Some(json!({"login": login, "password": password})))
    };
    let (known, unknown) =
        (attempt("ana", "wrong-password").await, attempt("nobody", "wrong-password").await);
    assert_eq!(known.shown(), unknown.shown());
    insta::assert_snapshot!(known.shown());
    for _ in 0..4 {
        attempt("ana", "wrong-password").await;
    }
    let locked = attempt("ana", PASSWORD).await;
    assert_eq!((locked.status, locked.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "locked_out"));
    assert_eq!(locked.header("retry-after"), "15");
    desk.pass_seconds(16);
    desk.sign_in("ana").await;
    desk.close().await;
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_idling_and_by_its_term() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    assert_eq!(
        desk.call(Method::DELETE, "/api/session", Some(&ana), None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(desk.get("/api/session", &ana).await.code(), "unauthenticated");

    let idle = desk.sign_in("ana").await;
    desk.pass_seconds(61 * 60);
    assert_eq!(desk.get("/api/session", &idle).await.code(), "unauthenticated");

    let long = desk.sign_in("ana").await;
    for _ in 0..28 {
        desk.pass_seconds(30 * 60);
        desk.get("/api/session", &long).await;
    }
    assert_eq!(desk.get("/api/session", &long).await.code(), "unauthenticated", "14 hours are over");
    desk.close().await;
}

#[tokio::test]
async fn an_address_that_tries_many_passwords_is_slowed_down() {
    let desk = Desk::open().await;
    let mut answers = Vec::new();
    for _ in 0..21 {
        let body = json!({"login": "x".repeat(300), "password": "p"});
        answers.push(desk.call(Method::POST, "/api/session", None, Some(body)).await);
    }
    let last = answers.pop().unwrap();
    assert_eq!(last.code(), "rate_limited");
    assert_eq!(
        (&last.headers["retry-after"], &last.json()["retry_after_s"]),
        (&"3".parse().unwrap(), &json!(3))
    );
    desk.close().await;
}

#[tokio::test]
async fn a_desk_that_is_cut_off_for_long_asks_for_an_administrator() {
    let desk = Desk::open_enrolled().await;
    desk.person("Ana", Role::Receptionist).await;
    desk.person("Chefe", Role::ClinicAdmin).await;
    desk.pass_seconds(31 * 86_400);
    let body = json!({"login": "ana", "password": PASSWORD});
    let refused = desk.call(Method::POST, "/api/session", None, Some(body)).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "administrator_required"));
    desk.sign_in("chefe").await;
    desk.sign_in("ana").await;
    desk.close().await;
}
