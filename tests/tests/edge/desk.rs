//! A person at a desk: signs in to a node and works over its API.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

/// Longest that anything here is waited for; tests fail with what they saw last.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A signed-in desk.
pub(crate) struct Desk {
    client: Client,
    url: String,
    csrf: String,
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
