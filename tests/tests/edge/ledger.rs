//! What a node acknowledged, written down by those who were told, and looked for afterwards.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use rand::{Rng, RngExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::desk::Desk;

/// Longest that a record may take to arrive at another node.
const PATIENCE: Duration = Duration::from_secs(60);
/// Records that are looked for at once.
const READERS: usize = 8;

/// Every acknowledged write.
#[derive(Default)]
pub(crate) struct Ledger {
    people: Mutex<BTreeMap<String, Entry>>,
}

/// What is known of one record. One writer at a time works on it.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    /// The last acknowledged value.
    occupation: Option<String>,
    /// Sent and not answered: it may be there or not, but nothing else may.
    unanswered: Option<String>,
    heads: String,
    /// Written since it was last looked for.
    fresh: bool,
}

impl Ledger {
    fn people(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.people.lock().unwrap()
    }

    /// The `desk_number`th desk of a node registers and edits people until the node stops answering, or for so many writes.
    pub(crate) async fn write(
        &self,
        desk: &Desk,
        node: &str,
        desk_number: usize,
        random: &mut impl Rng,
        writes_max: usize,
    ) {
        let who = format!("{node}{desk_number}");
        let mut own: Vec<String> = self.of(&who);
        for number in 0..writes_max {
            let edits = !own.is_empty() && random.random_bool(0.5);
            let done = if edits {
                let id = own[random.random_range(0..own.len())].clone();
                self.edit(desk, &id, &format!("ofício {:08x}", random.random::<u32>())).await
            } else {
                // A name of its own each time: this is not about duplicates.
                let name = format!("Maria {who} {:08x} {number}", random.random::<u32>());
                self.register(desk, &name).await.map(|id| own.push(id))
            };
            if done.is_err() {
                return;
            }
        }
    }

    async fn register(&self, desk: &Desk, name: &str) -> reqwest::Result<String> {
        let body = json!({ "record": { "name": { "text": name } }, "confirm_new": true });
        let answer = desk.send(Method::POST, "/api/patients", &body).await?;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let patient = answer.json();
        let id = patient["id"].as_str().unwrap().to_owned();
        let entry = Entry {
            name: name.to_owned(),
            occupation: None,
            unanswered: None,
            heads: heads(&patient),
            fresh: true,
        };
        self.people().insert(id.clone(), entry);
        Ok(id)
    }

    async fn edit(&self, desk: &Desk, id: &str, occupation: &str) -> reqwest::Result<()> {
        let seen = {
            let mut people = self.people();
            let entry = people.get_mut(id).unwrap();
            entry.unanswered = Some(occupation.to_owned());
            entry.fresh = true;
            entry.heads.clone()
        };
        let headers = [("content-type", "application/json"), ("if-match", seen.as_str())];
        let patch = json!({ "occupation": occupation }).to_string();
        let answer = desk.ask(Method::PATCH, &format!("/api/patients/{id}"), &headers, patch).await?;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let mut people = self.people();
        let entry = people.get_mut(id).unwrap();
        entry.occupation = entry.unanswered.take();
        entry.heads = heads(&answer.json());
        Ok(())
    }

    /// Looks for what was written since the last time, at the node where it was written, which must hold it now; settles
    /// what was not answered.
    pub(crate) async fn check_at_home(&self, desk: &Desk, node: &str) {
        for id in self.of(node) {
            if !self.people()[&id].fresh {
                continue;
            }
            let answer = desk.ask(Method::GET, &format!("/api/patients/{id}"), &[], "").await.unwrap();
            assert!(
                answer.is_success(),
                "{id} was acknowledged and is lost: {} {}",
                answer.status,
                answer.text
            );
            let patient = answer.json();
            let mut people = self.people();
            let entry = people.get_mut(&id).unwrap();
            let found = occupation(&patient);
            let known = found == entry.occupation || (found.is_some() && found == entry.unanswered);
            assert!(known, "{id} has {found:?}, its writer was told otherwise: {entry:?}");
            assert_eq!(patient["record"]["name"]["text"], entry.name, "{id}");
            entry.occupation = found;
            entry.unanswered = None;
            entry.heads = heads(&patient);
            entry.fresh = false;
        }
    }

    /// Waits until a node holds everything as its writers left it.
    pub(crate) async fn arrives_at(&self, desk: &Desk) {
        let people: Vec<_> = self.people().clone().into_iter().collect();
        let mut readers = JoinSet::new();
        for part in people.chunks(people.len().div_ceil(READERS).max(1)) {
            let (desk, part) = (desk.clone(), part.to_vec());
            readers.spawn(async move {
                for (id, entry) in part {
                    arrives(&desk, &id, &entry).await;
                }
            });
        }
        while let Some(done) = readers.join_next().await {
            done.unwrap();
        }
    }

    /// How many records were acknowledged.
    pub(crate) fn len(&self) -> usize {
        self.people().len()
    }

    /// Of a node, or of one of its desks.
    fn of(&self, who: &str) -> Vec<String> {
        let mark = format!("Maria {who}");
        self.people().iter().filter(|(_, e)| e.name.starts_with(&mark)).map(|(id, _)| id.clone()).collect()
    }
}

async fn arrives(desk: &Desk, id: &str, entry: &Entry) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = desk.ask(Method::GET, &format!("/api/patients/{id}"), &[], "").await.unwrap();
        let patient = answer.json();
        if answer.is_success() && occupation(&patient) == entry.occupation {
            assert_eq!(patient["record"]["name"]["text"], entry.name, "{id}");
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{id} never arrived as {entry:?}: {} {}",
            answer.status,
            answer.text
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn occupation(patient: &Value) -> Option<String> {
    patient["record"]["occupation"].as_str().map(str::to_owned)
}

/// The heads of a record as `If-Match` wants them.
pub(crate) fn heads(patient: &Value) -> String {
    let heads: Vec<&str> = patient["heads"].as_array().unwrap().iter().map(|h| h.as_str().unwrap()).collect();
    format!("\"{}\"", heads.join(","))
}
