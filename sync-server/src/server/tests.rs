//! A whole server on loopback: its folder, its console, its stop.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use posto_net::Client;
use posto_net::endpoint::client::{SelfDescription, enrol};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::data_folder::DataFolder;
use crate::setup::Setup;
use crate::storage::table::admin_user::{self, AdminUserRow};

const EMAIL: &str = "admin@example.org";
const PASSWORD: &str = "correct-horse-battery";

fn config(dir: &tempfile::TempDir) -> ServerConfig {
    let any = Some("127.0.0.1:0".parse().unwrap());
    ServerConfig::load(DataFolder::new(dir.path().join("server")), any, any).unwrap()
}

fn set_up() -> (tempfile::TempDir, Setup) {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::new(dir.path().join("server"));
    let setup = Setup::init(folder, EMAIL, PASSWORD, Clock::system()).unwrap();
    (dir, setup)
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// One request over a connection of its own, as a browser would send it.
async fn ask(address: SocketAddr, request: Request<Body>) -> Answer {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let mut text = format!("{} {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n", parts.method, parts.uri);
    for (name, value) in &parts.headers {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    text += &format!("content-length: {}\r\n\r\n{}", body.len(), String::from_utf8_lossy(&body));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

struct SignedIn {
    cookie: String,
    csrf: String,
}

async fn sign_in(address: SocketAddr) -> SignedIn {
    sign_in_as(address, EMAIL).await
}

async fn sign_in_as(address: SocketAddr, email: &str) -> SignedIn {
    let body = serde_json::json!({ "email": email, "password": PASSWORD }).to_string();
    let request =
        Request::post("/api/session").header(header::CONTENT_TYPE, "application/json").body(body.into());
    let answer = ask(address, request.unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let shown: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    SignedIn {
        cookie: cookie.split(';').next().unwrap().to_owned(),
        csrf: shown["csrf_token"].as_str().unwrap().to_owned(),
    }
}

fn json(by: &SignedIn, method: &str, path: &str, body: serde_json::Value) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, &by.cookie)
        .header("x-posto-csrf", &by.csrf)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.to_string().into())
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_folder_is_refused() {
    let (dir, _setup) = set_up();
    let server = Server::start(config(&dir), Clock::system()).await.unwrap();
    let second = Server::start(config(&dir), Clock::system()).await;
    assert!(matches!(second, Err(ServerError::Folder(DataFolderError::InUse(_)))));
    server.stop().await;
    Server::start(config(&dir), Clock::system()).await.unwrap().stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_but_the_probes_asks_who_it_is() {
    let (dir, _setup) = set_up();
    let server = Server::start(config(&dir), Clock::system()).await.unwrap();
    let document = serde_json::to_value(crate::http::document()).unwrap();
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let open = ["/health", "/live", "/ready", "/metrics"].contains(&path.as_str());
        for method in item.as_object().unwrap().keys() {
            if open || (path == "/api/session" && method == "post") {
                continue;
            }
            let path = path.replace("{id}", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
            let request =
                Request::builder().method(method.to_uppercase().as_str()).uri(path).body(Body::empty());
            let answer = ask(server.http_address(), request.unwrap()).await;
            assert_eq!(answer.status, 401, "{method} {}", answer.head);
            assert!(answer.body.contains("\"unauthenticated\""), "{}", answer.body);
            asked += 1;
        }
    }
    assert!(asked >= 10, "{asked}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_without_the_csrf_token_changes_nothing() {
    let (dir, _setup) = set_up();
    let server = Server::start(config(&dir), Clock::system()).await.unwrap();
    let mut by = sign_in(server.http_address()).await;
    let new = serde_json::json!({ "name": "Um", "jurisdiction": "BR" });
    by.csrf.push('x');
    let refused = ask(server.http_address(), json(&by, "POST", "/api/clinics", new.clone())).await;
    assert_eq!((refused.status, refused.body.contains("csrf_rejected")), (403, true));
    by.csrf.pop();
    assert_eq!(ask(server.http_address(), json(&by, "POST", "/api/clinics", new)).await.status, 201);
    let listed = ask(server.http_address(), json(&by, "GET", "/api/clinics", serde_json::Value::Null)).await;
    let listed: serde_json::Value = serde_json::from_str(&listed.body).unwrap();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_for_good() {
    let (dir, _setup) = set_up();
    let server = Server::start(config(&dir), Clock::system()).await.unwrap();
    let by = sign_in(server.http_address()).await;
    let null = serde_json::Value::Null;
    assert_eq!(ask(server.http_address(), json(&by, "GET", "/api/session", null.clone())).await.status, 200);
    assert_eq!(
        ask(server.http_address(), json(&by, "DELETE", "/api/session", null.clone())).await.status,
        204
    );
    assert_eq!(ask(server.http_address(), json(&by, "GET", "/api/session", null)).await.status, 401);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_cost_ever_more_time() {
    let (dir, _setup) = set_up();
    let server = Server::start(config(&dir), Clock::system()).await.unwrap();
    let mut last = StatusCode::OK.as_u16();
    for _ in 0..6 {
        let body = serde_json::json!({ "email": EMAIL, "password": "not it at all" }).to_string();
        let request =
            Request::post("/api/session").header(header::CONTENT_TYPE, "application/json").body(body.into());
        let answer = ask(server.http_address(), request.unwrap()).await;
        last = answer.status;
        assert_eq!(answer.head.contains("retry-after"), last == 429);
    }
    assert_eq!(last, 429);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_drawn_beside_the_running_server_is_good_at_once() {
    let (dir, setup) = set_up();
    let server = Server::start(config(&dir), Clock::system()).await.unwrap();
    let clinic = setup.add_clinic("Um", "BR").unwrap();
    let location = setup.add_location(clinic, "Centro").unwrap();
    let code = setup.draw_code(clinic, location).unwrap().parse().unwrap();
    let quic = server.quic_address().to_string();
    let identity = enrol(&quic, &code, &desk()).await.unwrap();
    assert_eq!(identity.card.locations[0].name, "Centro");
    assert!(identity.details().is_valid_at(Clock::system().now_s()));
    let again = enrol(&quic, &code, &desk()).await;
    assert!(again.is_err_and(|error| error.to_string().contains("code_used")), "a code is good once");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_node_is_cut_off_and_stays_out() {
    let (dir, setup) = set_up();
    let server = Server::start(config(&dir), Clock::system()).await.unwrap();
    let clinic = setup.add_clinic("Um", "BR").unwrap();
    let location = setup.add_location(clinic, "Centro").unwrap();
    let code = setup.draw_code(clinic, location).unwrap().parse().unwrap();
    let quic = server.quic_address().to_string();
    let identity = enrol(&quic, &code, &desk()).await.unwrap();
    let client = Client::open(&identity).unwrap();
    let link = client.connect(&quic).await.unwrap();

    let by = sign_in(server.http_address()).await;
    let path = format!("/api/nodes/{}/revoke", identity.card.node.id);
    let answer =
        ask(server.http_address(), json(&by, "POST", &path, serde_json::json!({ "reason": "stolen" }))).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    let closed = tokio::time::timeout(Duration::from_secs(10), link.closed()).await.unwrap();
    assert_eq!(closed.close_reason(), Some(SessionEnd::Revoked.into()));
    let back = match client.connect(&quic).await {
        Ok(link) => link.closed().await,
        Err(error) => error,
    };
    assert_eq!(back.close_reason(), Some(SessionEnd::Revoked.into()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinics_administrator_reaches_that_clinic_and_no_other() {
    let (dir, setup) = set_up();
    let (own, other) = (setup.add_clinic("Um", "BR").unwrap(), setup.add_clinic("Dois", "BR").unwrap());
    let elsewhere = setup.add_location(other, "Centro").unwrap();
    let code = setup.draw_code(other, elsewhere).unwrap().parse().unwrap();
    add_console_user(&dir, "chefe@example.org", "CLINIC_ADMIN", own);
    let server = Server::start(config(&dir), Clock::system()).await.unwrap();
    let foreign = enrol(&server.quic_address().to_string(), &code, &desk()).await.unwrap();

    let (at, by) = (server.http_address(), sign_in_as(server.http_address(), "chefe@example.org").await);
    let null = serde_json::Value::Null;
    for path in ["/api/clinics", "/api/users", "/api/nodes", "/api/refusals"] {
        let answer = ask(at, json(&by, "GET", path, null.clone())).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.body.contains(&other.to_string()), "{path}: {}", answer.body);
    }
    let location = serde_json::json!({ "name": "Norte" });
    let user = |clinic: posto_domain::ClinicId| serde_json::json!({ "clinic_id": clinic, "name": "Ana Lua", "role": "NURSE", "password": "cavalo-bateria" });
    let refused = [
        ("POST", "/api/clinics".to_owned(), serde_json::json!({ "name": "Três", "jurisdiction": "BR" }), 403),
        ("POST", format!("/api/clinics/{other}/locations"), location.clone(), 403),
        ("POST", "/api/enrolment-codes".to_owned(), serde_json::json!({ "clinic_id": other }), 403),
        ("POST", "/api/users".to_owned(), user(other), 403),
        ("POST", format!("/api/nodes/{}/revoke", foreign.card.node.id), serde_json::json!({}), 404),
        ("GET", "/api/audit".to_owned(), null, 403),
    ];
    for (method, path, body, status) in refused {
        assert_eq!(ask(at, json(&by, method, &path, body)).await.status, status, "{path}");
    }
    let allowed = [
        (format!("/api/clinics/{own}/locations"), location),
        ("/api/enrolment-codes".to_owned(), serde_json::json!({ "clinic_id": own })),
        ("/api/users".to_owned(), user(own)),
    ];
    for (path, body) in allowed {
        let answer = ask(at, json(&by, "POST", &path, body)).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.body);
    }
    server.stop().await;
}

fn add_console_user(dir: &tempfile::TempDir, email: &str, role: &str, clinic: posto_domain::ClinicId) {
    let folder = DataFolder::new(dir.path().join("server"));
    let installation = Installation::open(folder, Clock::system()).unwrap();
    let row = AdminUserRow {
        id: installation.directory.draw(),
        email: email.to_owned(),
        name: "Chefe".to_owned(),
        role: role.to_owned(),
        clinic: Some(clinic),
        password_hash: crate::password::hash(PASSWORD).unwrap(),
        created_at_ms: 0,
        disabled_at_ms: None,
        tries: Default::default(),
    };
    installation.db.write_blocking::<_, DbError, _>(move |tx| admin_user::insert(tx, &row)).unwrap();
}

fn desk() -> SelfDescription {
    SelfDescription { software: "test/1".into(), label: "desk".into() }
}
