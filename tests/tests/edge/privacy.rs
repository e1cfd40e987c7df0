//! Personal data stays in the records: marked people go through every route of a node, over the server to another node, and
//! are looked for in all that the processes say of themselves: logs at debug level, figures, refusals.

use posto_net::testing::LAN;
use posto_tests::processes::Running;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    clinic::{Clinic, STAFF_PASSWORD},
    console::Console,
    desk::{Answer, Desk, is_in_sync},
    ledger::heads,
};

/// Part of every text that somebody types here; and the numbers, as typed and tidied.
const MARKS: [&str; 7] =
    ["xpto", "52998224725", "529.982.247-25", "981237654", "98123-7654", "98123 7654", STAFF_PASSWORD];
const DEBUG: [(&str, &str); 1] = [("POSTO_LOG", "debug")];
const JSON: (&str, &str) = ("content-type", "application/json");

/// The marks found in a text.
fn marks_in(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    MARKS.into_iter().filter(|mark| text.contains(mark)).collect()
}

/// A refusal with nothing of the request in it. What a signed-in person is shown on purpose, the records that may be the
/// same person, is theirs to see.
fn is_discreet_refusal(what: &str, answer: &Answer) {
    assert!(answer.status >= 400, "{what} was not refused: {answer:?}");
    let mut problem = answer.json();
    let code = problem["code"].as_str().unwrap_or_default().to_owned();
    assert!(!code.is_empty() && answer.head.contains("application/problem+json"), "{what}: {answer:?}");
    if let Some(problem) = problem.as_object_mut() {
        problem.remove("duplicates");
    }
    let said = format!("{}\n{problem}", answer.head);
    assert_eq!(marks_in(&said), [""; 0], "{what} is answered with {said}");
}

fn person() -> Value {
    json!({
        "name": { "text": "Zulmira Xptobrega" },
        "social_name": "Zuxpto",
        "mother_name": "Amélia Xptobrega",
        "birth_date": "1961-04-09",
        "documents": { "d": { "kind": "cpf", "value": "529.982.247-25" } },
        "phones": { "p": { "number": "(92) 98123-7654" } },
        "emails": { "e": { "address": "zulmira@xptocorreio.example" } },
        "addresses": { "a": { "street": "Rua Xptolinda", "city": "Manaus", "state": "AM", "country": "BR" } },
        "notes": { "n": { "text": "segredo xpto, não contar" } },
        "allergies": { "l": { "substance": "xptopirina" } },
    })
}

async fn post(desk: &Desk, path: &str, body: &Value) -> Answer {
    desk.send(Method::POST, path, body).await.unwrap()
}

async fn registered(desk: &Desk, record: Value) -> Value {
    let answer = post(desk, "/api/patients", &json!({ "record": record, "confirm_new": true })).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

/// What is meant to work, works: only then the marks have been where they should leak from. The two records.
async fn work(desk: &Desk) -> (String, String) {
    let (kept, other) = (registered(desk, person()).await, registered(desk, person()).await);
    let (kept, other) = (kept["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    let read = desk.ask(Method::GET, &format!("/api/patients/{kept}"), &[], "").await.unwrap();
    let heads = heads(&read.json());
    let patch = json!({ "occupation": "xptóloga", "notes": { "m": { "text": "mais xpto" } } }).to_string();
    let edited =
        desk.ask(Method::PATCH, &format!("/api/patients/{kept}"), &[JSON, ("if-match", &heads)], patch).await;
    assert_eq!(edited.unwrap().status, 200);
    for query in ["xptobrega", "52998224725", "981237654"] {
        let path = format!("/api/patients?q={query}");
        let found = desk.ask(Method::GET, &path, &[], "").await.unwrap();
        assert_eq!(found.json()["items"].as_array().unwrap().len(), 2, "{query}: {found:?}");
    }
    let (merge, unmerge) = (format!("/api/patients/{kept}/merge"), format!("/api/patients/{kept}/unmerge"));
    for path in [merge, unmerge] {
        assert_eq!(post(desk, &path, &json!({ "other": other })).await.status, 200, "{path}");
    }
    for path in ["history", "timeline"] {
        let answer = desk.ask(Method::GET, &format!("/api/patients/{kept}/{path}"), &[], "").await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
    }
    let duplicates = post(desk, "/api/patients/duplicates", &json!({ "record": person() })).await;
    assert_eq!(duplicates.status, 200, "{duplicates:?}");
    attach(desk, kept).await;
    (kept.to_owned(), other.to_owned())
}

async fn attach(desk: &Desk, patient: &str) {
    let content = "laudo xpto";
    let file = json!({ "patient_id": patient, "name": "laudo-xpto.txt", "size": content.len(),
        "media_type": "text/plain", "description": "exame xpto" });
    let announced = post(desk, "/api/attachments", &file).await;
    assert_eq!(announced.status, 201, "{announced:?}");
    let path = format!("/api/attachments/{}/content", announced.json()["id"].as_str().unwrap());
    assert_eq!(desk.ask(Method::PUT, &path, &[], content).await.unwrap().status, 200);
    assert_eq!(desk.ask(Method::GET, &path, &[], "").await.unwrap().text, content);
}

/// Every way to be refused that one can think of, with marks in it.
async fn be_refused(desk: &Desk, patient: &str) {
    for (what, path, body) in unfit_records().into_iter().chain(unfit_requests(patient)) {
        is_discreet_refusal(what, &post(desk, &path, &body).await);
    }
    let record = format!("/api/patients/{patient}");
    for text in [r#"{"record": {"name": {"text": "Zulmira Xptobrega"#, "xpto", r#"{"record": "\xpto"}"#] {
        is_discreet_refusal(text, &desk.ask(Method::POST, "/api/patients", &[JSON], text).await.unwrap());
    }
    let heads = [JSON, ("if-match", "\"xpto\"")];
    let invented = || Method::from_bytes(b"XPTO").unwrap();
    let bodies = [
        ("no JSON", Method::POST, "/api/patients", &[("content-type", "text/xpto")][..], "xpto"),
        ("heads", Method::PATCH, record.as_str(), &heads, "{}"),
        ("no heads", Method::PATCH, record.as_str(), &[JSON], "{\"occupation\": \"xpto\"}"),
        (
            "a new PIN",
            Method::PUT,
            "/api/session/pin",
            &[JSON],
            "{\"password\": \"xpto\", \"pin\": \"xpto\"}",
        ),
        ("a method", Method::DELETE, "/api/patients?q=xpto", &[], ""),
        ("an invented method", invented(), "/api/patients", &[("x-correlation-id", "xpto")], ""),
        ("a range", Method::GET, "/api/attachments/xpto/content", &[("range", "xpto")], ""),
    ];
    for (what, method, path, headers, body) in bodies {
        is_discreet_refusal(what, &desk.ask(method, path, headers, body.to_owned()).await.unwrap());
    }
    // The node may end the connection before it has read all this; whoever still hears the answer hears nothing of it.
    let too_much = format!("\"{}\"", "xpto".repeat(1 << 19));
    let headers = [JSON, ("connection", "close")];
    if let Ok(answer) = desk.ask(Method::POST, "/api/patients", &headers, too_much).await {
        is_discreet_refusal("too much", &answer);
    }
    let as_of = format!("{record}?as_of=xpto");
    let paths = ["/api/patients?q=xpto&limit=xpto", &as_of, "/api/patients/xpto", "/api/xpto/zulmira"];
    for path in paths.into_iter().chain(["/api/attachments?patient=xpto", "/api/audit?patient=xpto"]) {
        is_discreet_refusal(path, &desk.ask(Method::GET, path, &[], "").await.unwrap());
    }
}

type Refused = (&'static str, String, Value);

fn unfit_records() -> Vec<Refused> {
    let broken_rules = json!({
        "name": { "text": "" }, "birth_date": "xpto-31", "sex": "xpto", "blood_type": "xpto",
        "documents": { "xpto": { "kind": "cpf", "value": "529.982.247-26 xpto" } },
        "phones": { "xpto": { "number": "xpto" } },
        "emails": { "xpto": { "address": "xpto" } },
    });
    let new = |record: Value| json!({ "record": record, "confirm_new": true });
    let request_id = json!({ "record": person(), "confirm_new": true, "request_id": "xpto" });
    let bodies = [
        ("possible duplicates", json!({ "record": person() })),
        ("broken rules", new(broken_rules)),
        ("a wrong type", new(json!({ "name": "xpto" }))),
        ("an unknown shape", json!({ "xpto": "xpto" })),
        ("a list", json!(["xpto"])),
        ("a request id", request_id),
    ];
    bodies.into_iter().map(|(what, body)| (what, "/api/patients".to_owned(), body)).collect()
}

fn unfit_requests(patient: &str) -> Vec<Refused> {
    let record = format!("/api/patients/{patient}");
    let file = |of: &str, size: Value| json!({ "patient_id": of, "name": "xpto.txt", "size": size, "media_type": "text/plain" });
    let sign_in = |login: &str| json!({ "login": login, "password": "senha-xpto-longa" });
    vec![
        ("a merge", format!("{record}/merge"), json!({ "other": "xpto" })),
        ("an unmerge", format!("{record}/unmerge"), json!({ "other": "xpto" })),
        ("a file of nobody", "/api/attachments".into(), file("xpto", json!(1))),
        ("a file without size", "/api/attachments".into(), file(patient, json!("xpto"))),
        ("an unknown login", "/api/session".into(), sign_in("xpto")),
        ("a wrong password", "/api/session".into(), sign_in("ana")),
        ("a PIN", "/api/session/pin".into(), json!({ "user_id": "xpto", "pin": "xpto" })),
        ("a conflict", "/api/conflicts/xpto/resolve".into(), json!({ "xpto": "xpto" })),
    ]
}

/// The same at the console, which knows no patients but staff and clinics.
async fn be_refused_at_the_console(console: &Console, clinic: &str) {
    let person = |role: &str, login: &str| json!({ "clinic_id": clinic, "name": "Xpto Ramos", "role": role, "login": login, "password": "senha-xpto-longa" });
    console.adds("/api/users", person("NURSE", "xptoramos")).await;
    let requests = [
        ("a taken login", "/api/users", person("NURSE", "xptoramos")),
        ("a role", "/api/users", person("XPTO", "xpto2")),
        (
            "a clinic",
            "/api/users",
            json!({ "clinic_id": "xpto", "name": "Xpto", "role": "NURSE", "password": "xpto" }),
        ),
        ("a jurisdiction", "/api/clinics", json!({ "name": "Xpto", "jurisdiction": "XPTO" })),
        ("a wrong type", "/api/clinics", json!({ "name": ["xpto"], "jurisdiction": "BR" })),
        ("a location", "/api/clinics/xpto/locations", json!({ "name": "Xpto" })),
        ("a code", "/api/enrolment-codes", json!({ "clinic_id": "xpto" })),
        ("a node", "/api/nodes/xpto/revoke", json!({ "reason": "xpto" })),
        (
            "a sign-in",
            "/api/session",
            json!({ "email": "xpto@xpto.example", "password": "senha-xpto-longa" }),
        ),
        ("a path", "/api/xpto", json!({ "xpto": "xpto" })),
    ];
    for (what, path, body) in requests {
        is_discreet_refusal(what, &console.asks(Method::POST, path, body.to_string()).await);
    }
    is_discreet_refusal(
        "no JSON",
        &console.asks(Method::POST, "/api/users", "{\"name\": \"Xpto".into()).await,
    );
    let invented = Method::from_bytes(b"XPTO").unwrap();
    is_discreet_refusal("an invented method", &console.asks(invented, "/api/users", String::new()).await);
}

async fn figures(running: &Running) -> String {
    let answer = reqwest::get(format!("{}/metrics", running.url)).await.unwrap();
    let figures = answer.text().await.unwrap();
    assert!(figures.contains("posto_http_requests_total"), "{figures}");
    figures
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marked_people_are_in_no_log_no_figure_and_no_refusal() {
    let mut clinic = Clinic::open();
    drop(clinic.running.take());
    let server = clinic.server.serve_with(&DEBUG).unwrap();
    let (a, b) = tokio::join!(clinic.branch("a", LAN), clinic.branch("b", LAN));
    let (at_a, at_b) = (a.node.serve_with(&DEBUG).unwrap(), b.node.serve_with(&DEBUG).unwrap());
    let (desk_a, desk_b) = (clinic.sign_in(&at_a).await, clinic.sign_in(&at_b).await);
    let console = Console::sign_in(&server).await;

    let (kept, other) = work(&desk_a).await;
    be_refused(&desk_a, &kept).await;
    be_refused_at_the_console(&console, &clinic.server.clinic).await;
    desk_a.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
    for patient in [&kept, &other] {
        desk_b.meets(patient).await;
    }
    be_refused(&desk_b, &kept).await;

    let mut said = Vec::new();
    for (what, running) in [("server", server), ("node a", at_a), ("node b", at_b)] {
        said.push((format!("{what}'s figures"), figures(&running).await));
        let log = running.log().to_owned();
        tokio::task::spawn_blocking(move || drop(running)).await.unwrap();
        let log = std::fs::read_to_string(log).unwrap();
        assert!(
            log.contains("DEBUG") && log.contains("/api/") || what == "server",
            "{what} logged next to nothing: {log}"
        );
        said.push((format!("{what}'s log"), log));
    }
    for (where_from, text) in said {
        let telling: Vec<&str> = text.lines().filter(|line| !marks_in(line).is_empty()).collect();
        assert!(telling.is_empty(), "{where_from} says {telling:#?}");
    }
}
