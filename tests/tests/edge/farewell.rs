//! A node that is stopped politely is offline at the server at once, not when its connection times out.

use std::time::Duration;

use posto_net::{limits::IDLE_TIMEOUT, testing::LAN};
use posto_tests::processes::{ADMIN_EMAIL, ADMIN_PASSWORD};
use serde_json::{Value, json};

use crate::{clinic::Clinic, desk::is_in_sync};

/// Well under the time after which the server would notice by itself.
const NOTICED_WITHIN: Duration = Duration::from_secs(10);
/// A goodbye that depends on which task happens to run first goes missing in half of the tries.
const STOPS: usize = 6;

/// A signed-in administrator at the server's console.
struct Console {
    client: reqwest::Client,
    url: String,
    csrf: String,
}

impl Console {
    async fn sign_in(url: &str) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let asked = json!({ "email": ADMIN_EMAIL, "password": ADMIN_PASSWORD });
        let answer = client.post(format!("{url}/api/session")).json(&asked).send().await.unwrap();
        let session: Value = answer.error_for_status().unwrap().json().await.unwrap();
        let csrf = session["csrf_token"].as_str().unwrap().to_owned();
        Self { client, url: url.to_owned(), csrf }
    }

    async fn adds(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.url)).header("x-posto-csrf", &self.csrf);
        let answer = request.json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{path}");
        answer.json().await.unwrap()
    }

    async fn online(&self, node: &str) -> bool {
        let answer = self.client.get(format!("{}/api/nodes", self.url)).send().await.unwrap();
        let listed: Value = answer.json().await.unwrap();
        let rows = listed["items"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == node).unwrap()["online"] == true
    }

    /// Waits until the node is shown offline; how long that took.
    async fn misses(&self, node: &str) -> Duration {
        let begun = tokio::time::Instant::now();
        while self.online(node).await {
            assert!(begun.elapsed() < NOTICED_WITHIN, "{node} is shown online after it said goodbye");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        begun.elapsed()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_stopped_says_goodbye_every_time() {
    assert!(NOTICED_WITHIN < IDLE_TIMEOUT);
    let clinic = Clinic::open();
    let (a, b) = tokio::join!(clinic.branch("a", LAN), clinic.branch("b", LAN));
    let at_a = a.serve().await;
    let console = Console::sign_in(&clinic.running.as_ref().unwrap().url).await;
    for round in 0..STOPS {
        let at_b = b.serve().await;
        clinic.sign_in(&at_b).await.sees(is_in_sync).await;
        assert!(console.online(&b.id()).await);
        let added = console
            .adds("/api/clinics", json!({ "name": format!("Clínica {round}"), "jurisdiction": "BR" }))
            .await;
        let person = json!({ "clinic_id": clinic.server.clinic, "name": format!("Bia {round}"), "role": "NURSE",
            "password": "uma-frase-bem-comprida" });
        console.adds("/api/users", person).await;
        assert!(added["id"].is_string());
        tokio::task::spawn_blocking(move || drop(at_b)).await.unwrap();
        println!("round {round}: offline after {:?}", console.misses(&b.id()).await);
        assert!(console.online(&a.id()).await, "the other node stays");
    }
    drop(at_a);
}
