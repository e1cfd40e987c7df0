//! A person at a desk: signs in to a node and works over its API.

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// Longest that anything here is waited for; tests fail with what they saw last.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A signed-in desk. A session is kept on disk: it outlives the node's process.
#[derive(Clone)]
pub(crate) struct Desk {
    client: Client,
    url: String,
    csrf: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Its headers, a line each.
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Reads an answer to its end.
    pub(crate) async fn read(answer: reqwest::Response) -> reqwest::Result<Self> {
        let shown = answer.headers().iter().map(|(name, value)| format!("{name}: {value:?}"));
        let head = shown.collect::<Vec<_>>().join("\n");
        Ok(Self { status: answer.status().as_u16(), head, text: answer.text().await? })
    }

    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

impl Desk {
    pub(crate) async fn sign_in(url: &str, login: &str, password: &str) -> Self {
        let client = Client::builder().cookie_store(true).build().unwrap();
        let answer = client
            .post(format!("{url}/api/session"))
            .json(&json!({ "login": login, "password": password }))
            .send()
            .await
            .unwrap();
        assert!(
            answer.status().is_success(),
            "sign-in: {} {}",
            answer.status(),
            answer.text().await.unwrap()
        );
        let session: Value = answer.json().await.unwrap();
        let csrf = session["csrf_token"].as_str().unwrap().to_owned();
        Self { client, url: url.to_owned(), csrf }
    }

    /// Registers somebody; the id.
    pub(crate) async fn register(&self, name: &str) -> String {
        let body = json!({
            "record": { "name": { "text": name }, "birth_date": "1955-05-05" },
            "confirm_new": true,
        });
        let request =
            self.client.post(format!("{}/api/patients", self.url)).header("x-posto-csrf", &self.csrf);
        let answer = request.json(&body).send().await.unwrap();
        assert!(
            answer.status().is_success(),
            "register: {} {}",
            answer.status(),
            answer.text().await.unwrap()
        );
        let patient: Value = answer.json().await.unwrap();
        patient["id"].as_str().or_else(|| patient["record"]["id"].as_str()).unwrap().to_owned()
    }

    /// Sends a request; an error when there was no whole answer, and so nobody knows what became of it.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Result<Answer> {
        let mut request = self.client.request(method, format!("{}{path}", self.url)).body(body);
        request = request.header("x-posto-csrf", &self.csrf);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.send().await?).await
    }

    /// [`ask`](Self::ask) with a JSON body.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> reqwest::Result<Answer> {
        self.ask(method, path, &[("content-type", "application/json")], body.to_string()).await
    }

    /// True when the node can show this person.
    pub(crate) async fn knows(&self, patient: &str) -> bool {
        let answer = self.client.get(format!("{}/api/patients/{patient}", self.url)).send().await.unwrap();
        answer.status().is_success()
    }

    pub(crate) async fn sync_status(&self) -> Value {
        let answer = self.client.get(format!("{}/api/sync", self.url)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Waits until the node knows somebody.
    pub(crate) async fn meets(&self, patient: &str) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !self.knows(patient).await {
            let status = self.sync_status().await;
            assert!(tokio::time::Instant::now() < deadline, "{patient} never arrived: {status}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the sync status is as wanted; what it was then.
    pub(crate) async fn sees(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let status = self.sync_status().await;
            if wanted(&status) {
                return status;
            }
            assert!(tokio::time::Instant::now() < deadline, "the sync status stays {status}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// *Sync now*.
    pub(crate) async fn sync_now(&self) {
        let request =
            self.client.post(format!("{}/api/sync/now", self.url)).header("x-posto-csrf", &self.csrf);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

pub(crate) fn is_in_sync(status: &Value) -> bool {
    status["state"] == "in_sync"
}
