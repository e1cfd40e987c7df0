//! Record numbers at the desk of an enrolled node.

use posto_domain::record_number::{NumberGrant, NumberRange};
use posto_domain::role_grant::Role;
use posto_domain::setting::Setting;
use posto_domain::{DocumentId, NodeId};
use serde_json::{Value, json};

use crate::desk::{Desk, Person};

/// What the server says in the directory, as if it had just arrived.
async fn grant(desk: &Desk, document: u8, next: i64, end: i64) {
    let value = NumberGrant { ranges: vec![NumberRange { next, end }], instance: None };
    let setting = Setting {
        id: DocumentId::from_bytes([document; 16]),
        key: format!("record_number.ranges.{}", NodeId::from_bytes([1; 16])),
        value: serde_json::to_string(&value).unwrap(),
        location: None,
        effective_from: None,
    };
    let app = desk.app();
    tokio::task::spawn_blocking(move || app.write_directory(&setting)).await.unwrap().unwrap();
}

async fn number_of(desk: &Desk, ana: &Person, id: &str) -> Value {
    desk.get(&format!("/api/patients/{id}"), ana).await.json()["record"]["record_number"].clone()
}

/// The number is given behind the desk's back; tests fail with what they saw last.
async fn gets_a_number(desk: &Desk, ana: &Person, id: &str) -> i64 {
    for _ in 0..2_000 {
        if let Some(number) = number_of(desk, ana, id).await.as_i64() {
            return number;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{id} never got a number");
}

#[tokio::test]
async fn a_patient_registered_without_numbers_left_gets_one_with_the_next_grant() {
    let desk = Desk::open_enrolled().await;
    let ana = desk.person("Ana", Role::Receptionist).await;
    let (early, _) = desk.patient(&ana, json!({"name": {"text": "Primeira"}})).await;
    assert_eq!(number_of(&desk, &ana, &early).await, Value::Null, "a clinic never stops");
    grant(&desk, 50, 7001, 7003).await;
    assert_eq!(gets_a_number(&desk, &ana, &early).await, 7001);
    let (second, _) = desk.patient(&ana, json!({"name": {"text": "Segunda"}})).await;
    assert_eq!(number_of(&desk, &ana, &second).await, 7002);
    let (third, _) = desk.patient(&ana, json!({"name": {"text": "Terceira"}})).await;
    assert_eq!(number_of(&desk, &ana, &third).await, Value::Null, "the range is used up");
    // The same range told again, as the server does when it tells of another one, is not given out again.
    grant(&desk, 51, 7001, 7003).await;
    grant(&desk, 52, 9001, 9101).await;
    assert_eq!(gets_a_number(&desk, &ana, &third).await, 9001);
    for (query, id) in [("7001", &early), ("7002", &second), ("9001", &third)] {
        let found = desk.get(&format!("/api/patients?q={query}"), &ana).await.json();
        assert_eq!(found["items"][0]["id"], id.as_str(), "found by number {query}");
        assert_eq!(found["items"][0]["record_number"], query);
    }
    let history = desk.get(&format!("/api/patients/{early}/history"), &ana).await.text;
    assert!(history.contains("record_number"), "{history}");
    desk.close().await;
}
