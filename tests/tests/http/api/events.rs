//! `/api/events`

use posto_domain::role_grant::Role;
use reqwest::{Method, Response};
use serde_json::json;

use crate::desk::Desk;

/// Reads until the stream says `wanted`.
async fn read_until(stream: &mut Response, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) {
        let bytes = stream.chunk().await.unwrap().expect("the stream goes on");
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    text
}

#[tokio::test]
async fn a_registration_is_heard_and_named_by_id_only() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let mut stream = desk.request(Method::GET, "/api/events", Some(&ana)).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let (id, _) = desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let heard = read_until(&mut stream, "patient.changed\n").await + &read_until(&mut stream, "\n\n").await;
    assert!(heard.contains(&id), "{heard}");
    assert!(!heard.contains("Maria"), "{heard}");
    drop(stream);
    desk.close().await;
}

#[tokio::test]
async fn what_was_missed_comes_after_a_break() {
    let desk = Desk::open().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let mut stream = desk.request(Method::GET, "/api/events", Some(&ana)).send().await.unwrap();
    desk.patient(&ana, json!({"name": {"text": "Maria Silva"}})).await;
    let heard = read_until(&mut stream, "\n\n").await;
    let last = heard.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    drop(stream);
    let (second, _) = desk.patient(&ana, json!({"name": {"text": "Zoraide Lima"}})).await;
    let again = desk.request(Method::GET, "/api/events", Some(&ana)).header("last-event-id", last);
    read_until(&mut again.send().await.unwrap(), &second).await;
    let unknown = desk.request(Method::GET, "/api/events", Some(&ana)).header("last-event-id", "another-run");
    read_until(&mut unknown.send().await.unwrap(), "event: resync").await;
    desk.close().await;
}
