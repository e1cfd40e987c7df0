//! An administrator at the server's console.

use std::time::Duration;

use posto_tests::processes::{ADMIN_EMAIL, ADMIN_PASSWORD, Running};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::Answer;

/// A signed-in administrator.
pub(crate) struct Console {
    client: reqwest::Client,
    url: String,
    csrf: String,
}

impl Console {
    pub(crate) async fn sign_in(server: &Running) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let asked = json!({ "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD });
        let answer = client.post(format!("{}/api/session", server.url)).json(&asked).send().await.unwrap();
        let session: Value = answer.error_for_status().unwrap().json().await.unwrap();
        let csrf = session["csrf_token"].as_str().unwrap().to_owned();
        Self { client, url: server.url.clone(), csrf }
    }

    /// Creates something; the answer.
    pub(crate) async fn adds(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.tries(path, body).await;
        assert_eq!(status, 201, "{path}: {answer}");
        answer
    }

    /// Asks for something to be created; the status and the answer.
    pub(crate) async fn tries(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.url)).header("x-posto-csrf", &self.csrf);
        let answer = request.json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Sends a request with a JSON body, or what is none.
    pub(crate) async fn asks(&self, method: Method, path: &str, body: String) -> Answer {
        let request = self.client.request(method, format!("{}{path}", self.url)).body(body);
        let request = request.header("x-posto-csrf", &self.csrf).header("content-type", "application/json");
        Answer::read(request.send().await.unwrap()).await.unwrap()
    }

    /// What it says about a node.
    pub(crate) async fn node(&self, node: &str) -> Value {
        let answer = self.client.get(format!("{}/api/nodes", self.url)).send().await.unwrap();
        let listed: Value = answer.json().await.unwrap();
        let rows = listed["items"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == node).unwrap().clone()
    }

    pub(crate) async fn shows_online(&self, node: &str) -> bool {
        self.node(node).await["online"] == true
    }

    /// Waits until the node is shown offline; how long that took.
    pub(crate) async fn misses(&self, node: &str, patience: Duration) -> Duration {
        let begun = tokio::time::Instant::now();
        while self.shows_online(node).await {
            assert!(begun.elapsed() < patience, "{node} is still shown online");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        begun.elapsed()
    }
}
