//! A node of its own for each test, and people who sign in at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clinic_node::identity::{Identity, Membership, Named, Place};
use clinic_node::ports::{Clock, Entropy, Ports};
use clinic_node::{App, Config, DataDir, Node};
use posto_domain::clinic::Clinic;
use posto_domain::role_grant::{Role, RoleGrant};
use posto_domain::user::User;
use posto_domain::{ClinicId, DocumentId, LocationId, NodeId, UserId};
use posto_net::identity::{self, IdentityCard, NodeKey};
use posto_net::{CertificateAuthority, NodeBinding, NodeIdentity};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

pub(crate) const PASSWORD: &str = "correct-horse-battery";

/// Of [`PASSWORD`], with little memory.
pub(crate) const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=1024,t=2,p=1$cG9zdG8tdGVzdHMtc2FsdA$c+IX9Sk9dGyAR8P/xdwbAfJ0hOxS4lLJHqPsEY9u4CA";

/// 2026-03-02 12:00 UTC.
const NOW_MS: u64 = 1_772_452_800_000;

/// A clock that stands until it is moved.
#[derive(Clone, Default)]
pub(crate) struct HeldClock(Arc<AtomicU64>);

impl Clock for HeldClock {
    fn now_ms(&self) -> u64 {
        NOW_MS + self.0.load(Ordering::Relaxed)
    }
}

/// The same bytes in the same order in every run.
#[derive(Default)]
struct CountedEntropy(AtomicU64);

impl Entropy for CountedEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), posto_store::Error> {
        let seed = self.0.fetch_add(1, Ordering::Relaxed);
        let hash = blake3::hash(&seed.to_le_bytes());
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = hash.as_bytes()[at % 32];
        }
        Ok(())
    }
}

/// A running node of a clinic without a server.
pub(crate) struct Desk {
    node: Option<Node>,
    clock: HeldClock,
    client: reqwest::Client,
    url: String,
    _folder: tempfile::TempDir,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    cookie: String,
    csrf: String,
    pub(crate) id: String,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Desk {
    /// A clinic without a server.
    pub(crate) async fn open() -> Self {
        Self::open_with(None).await
    }

    /// A node that was enrolled just now at a server that it does not reach.
    pub(crate) async fn open_enrolled() -> Self {
        let now_s = (NOW_MS / 1000) as i64;
        let authority = CertificateAuthority::create(now_s).unwrap();
        let named = |byte: u8, name: &str| identity::Named {
            id: posto_net::Ulid::from_bytes([byte; 16]),
            name: name.into(),
        };
        let card = IdentityCard {
            node: named(1, "Desk"),
            clinic: named(2, "Clínica Boa"),
            locations: vec![named(3, "Centro")],
            server: "127.0.0.1:1".into(),
        };
        let binding =
            NodeBinding { node: card.node.id, clinic: card.clinic.id, locations: vec![card.locations[0].id] };
        let key = NodeKey::generate().unwrap();
        let certificate = authority.sign_node(&key.request().unwrap(), &binding, now_s).unwrap();
        let identity = NodeIdentity::new(key, certificate.der, authority.certificate_der().to_vec(), card);
        Self::open_with(Some(identity.unwrap())).await
    }

    async fn open_with(enrolled: Option<NodeIdentity>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(folder.path().join("node"));
        data.create().unwrap();
        clinic_node::app::create_database(&data).unwrap();
        let clock = HeldClock::default();
        let ports = Ports { clock: Arc::new(clock.clone()), entropy: Arc::new(CountedEntropy::default()) };
        let mut config = Config::default();
        config.http.listen = "127.0.0.1:0".parse().unwrap();
        config.sync.disabled = true;
        match enrolled {
            Some(identity) => identity.save(&data.identity()).unwrap(),
            None => begin_clinic(&data, &config, &ports),
        }
        let node = Node::start(data, config, ports).await.unwrap();
        let url = format!("http://{}", node.address());
        Self { node: Some(node), clock, client: reqwest::Client::new(), url, _folder: folder }
    }

    pub(crate) fn app(&self) -> Arc<App> {
        self.node.as_ref().unwrap().app().clone()
    }

    pub(crate) fn pass_seconds(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// Adds somebody with a role and signs them in.
    pub(crate) async fn person(&self, name: &'static str, role: Role) -> Person {
        let app = self.app();
        let user = tokio::task::spawn_blocking(move || app.add_user(name, None, role, PASSWORD))
            .await
            .unwrap()
            .unwrap();
        self.sign_in(&user.login).await
    }

    /// Somebody whose only role is in another clinic.
    pub(crate) async fn stranger(&self) -> Person {
        let app = self.app();
        let written = tokio::task::spawn_blocking(move || {
            let mut user = User::new(UserId::from_bytes([76; 16]), "Estranha", "estranha");
            user.password_hash = Some(PASSWORD_HASH.to_owned());
            app.write_directory(&user).unwrap();
            let elsewhere = ClinicId::from_bytes([99; 16]);
            let grant =
                RoleGrant::new(DocumentId::from_bytes([77; 16]), user.id, Role::ClinicAdmin, elsewhere);
            app.write_directory(&grant).unwrap();
        });
        written.await.unwrap();
        self.sign_in("estranha").await
    }

    pub(crate) async fn sign_in(&self, login: &str) -> Person {
        let body = serde_json::json!({"login": login, "password": PASSWORD});
        let answer = self.call(Method::POST, "/api/session", None, Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        Person::of(&answer)
    }

    pub(crate) async fn get(&self, path: &str, person: &Person) -> Answer {
        self.call(Method::GET, path, Some(person), None).await
    }

    pub(crate) async fn post(&self, path: &str, person: &Person, body: Value) -> Answer {
        self.call(Method::POST, path, Some(person), Some(body)).await
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        person: Option<&Person>,
        body: Option<Value>,
    ) -> Answer {
        let mut request = self.request(method, path, person);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::read(request.send().await.unwrap()).await
    }

    /// A request to be finished by the test.
    pub(crate) fn request(
        &self,
        method: Method,
        path: &str,
        person: Option<&Person>,
    ) -> reqwest::RequestBuilder {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(person) = person {
            request = request.header("cookie", &person.cookie).header("x-posto-csrf", &person.csrf);
        }
        request
    }

    /// Registers a patient and answers the record's id and version.
    pub(crate) async fn patient(&self, person: &Person, record: Value) -> (String, String) {
        let body = serde_json::json!({"record": record, "confirm_new": true});
        let answer = self.post("/api/patients", person, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        (answer.json()["id"].as_str().unwrap().to_owned(), answer.header("etag"))
    }

    pub(crate) async fn patch(&self, id: &str, etag: &str, person: &Person, patch: Value) -> Answer {
        let request = self.request(Method::PATCH, &format!("/api/patients/{id}"), Some(person));
        Answer::read(request.header("if-match", etag).json(&patch).send().await.unwrap()).await
    }

    /// Stops the node politely.
    pub(crate) async fn close(mut self) {
        if let Some(node) = self.node.take() {
            node.stop().await;
        }
    }
}

/// What `clinic-node init` does.
fn begin_clinic(data: &DataDir, config: &Config, ports: &Ports) {
    let place = Place {
        node: Named { id: NodeId::from_bytes([1; 16]), name: "Desk".into() },
        clinic: Named { id: ClinicId::from_bytes([2; 16]), name: "Clínica Boa".into() },
        locations: vec![Named { id: LocationId::from_bytes([3; 16]), name: "Centro".into() }],
        jurisdiction: Some("BR".into()),
    };
    place.save_standalone(&data.standalone()).unwrap();
    let identity = Identity { place: place.clone(), membership: Membership::Standalone };
    let app = App::open_as(data.clone(), config.clone(), ports.clone(), identity).unwrap();
    app.write_directory(&Clinic::new(place.clinic.id, "Clínica Boa", "BR")).unwrap();
    app.reserve_all_numbers().unwrap();
}

impl Person {
    pub(crate) fn of(answer: &Answer) -> Self {
        let cookie = answer.header("set-cookie");
        let session = answer.json();
        Self {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf: session["csrf_token"].as_str().unwrap().to_owned(),
            id: session["user"]["id"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) fn without_csrf(&self) -> Self {
        Self { csrf: "wrong".into(), ..self.clone() }
    }
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and body, ids and secrets made the same in every run.
    pub(crate) fn shown(&self) -> String {
        let body = if self.text.is_empty() { Value::Null } else { masked(self.json()) };
        format!("{}\n{}", self.status.as_u16(), serde_json::to_string_pretty(&body).unwrap())
    }
}

/// Ids become `[id]`, hashes `[hash]`, tokens `[token]`.
fn masked(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(mask(text)),
        Value::Array(list) => Value::Array(list.into_iter().map(masked).collect()),
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(key, value)| (mask(key), masked(value))).collect())
        }
        other => other,
    }
}

fn mask(text: String) -> String {
    let is =
        |length: usize, allowed: fn(&u8) -> bool| text.len() == length && text.as_bytes().iter().all(allowed);
    if is(26, |byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return "[id]".to_owned();
    }
    if is(64, u8::is_ascii_hexdigit) {
        return "[hash]".to_owned();
    }
    if is(43, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)) {
        return "[token]".to_owned();
    }
    match text.split_once('/') {
        Some((kind, id)) if id.len() == 26 => format!("{kind}/[id]"),
        _ => text
            .split('.')
            .map(|part| if part.len() == 26 { "[id]" } else { part })
            .collect::<Vec<_>>()
            .join("."),
    }
}
