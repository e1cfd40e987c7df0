//! A node that serves: its start, and people who write and read over its API.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use posto_domain::PatientId;
use reqwest::Client;
use serde_json::{Value, json};

use super::{Desk, Figure, Report, fleet, percentile};
use crate::processes::{Node, Server, run_json};
use crate::workload::Workload;

const PASSWORD: &str = "maré-baixa-ao-amanhecer";
/// Registrations one after the other.
const SINGLE_WRITES: usize = 500;
/// Clients that write as fast as they are answered, and for how long.
const WRITERS: usize = 64;
const WRITING: Duration = Duration::from_secs(5);
/// People who read, how long each looks at a record, and for how long all do: five records a second each is several times
/// what anybody does.
const READERS: usize = 200;
const LOOKING: Duration = Duration::from_millis(200);
const READING: Duration = Duration::from_secs(5);
/// All have come in and connected by then; what is timed is their work.
const ARRIVING: Duration = Duration::from_secs(1);
/// Starts that are timed.
const STARTS: usize = 3;

/// All figures of the API on a node that holds `n` patients.
pub fn run_all(report: &Report, folder: &Path, n: usize) -> Result<()> {
    let server = Server::create(&folder.join("server"))?;
    let _server = server.serve()?;
    let node = server.enroll(&folder.join("node"), &server.location)?;
    let ids = {
        let desk = Desk::open(&node.data)?;
        desk.writer().register_all(&desk, &Workload::generate(n).people)?
    };
    let login = add_receptionist(&server)?;
    node.sync()?;
    start(report, &node, n)?;
    let serving = node.serve()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let desk = runtime.block_on(SignedIn::sign_in(&serving.url, &login))?;
    let worked = fleet::processor_seconds(serving.pid())?;
    let asked = runtime.block_on(reads(report, &desk, &ids, n))?;
    let worked = (fleet::processor_seconds(serving.pid())? - worked) * 1e3 / asked as f64;
    report.add(&Figure::of("api.read_processor", n, "ms", &[worked]))?;
    runtime.block_on(writes(report, &desk, n))?;
    let rss = serving.rss_kib() as f64 / 1024.0;
    report.add(&Figure::of("api.node_rss_loaded", n, "MiB", &[rss]))
}

/// From the start of the process to its first answer, and what it holds in memory then.
fn start(report: &Report, node: &Node, n: usize) -> Result<()> {
    let (mut times, mut rss) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let started = Instant::now();
        let serving = node.serve()?;
        times.push(started.elapsed().as_secs_f64());
        rss.push(serving.rss_kib() as f64 / 1024.0);
    }
    let mut figure = Figure::of(&format!("store.start_{}k", n / 1000), n, "s", &times);
    figure.rss_mib = Some(super::median(&rss));
    report.add(&figure)
}

fn add_receptionist(server: &Server) -> Result<String> {
    let mut add = server.command("user");
    add.arg("add").args(server.data_arg()).args(["--clinic", &server.clinic, "--name", "Rita Ramos"]);
    add.args(["--role", "receptionist", "--login", "rita"]).env("POSTO_USER_PASSWORD", PASSWORD);
    let added = run_json(&mut add)?;
    Ok(added["login"].as_str().context("user add names the account")?.to_owned())
}

/// Somebody who is signed in.
#[derive(Clone)]
struct SignedIn {
    client: Client,
    url: Arc<str>,
    csrf: Arc<str>,
}

impl SignedIn {
    async fn sign_in(url: &str, login: &str) -> Result<Self> {
        let client = Client::builder().cookie_store(true).build()?;
        let body = json!({ "login": login, "password": PASSWORD });
        let answer = client.post(format!("{url}/api/session")).json(&body).send().await?;
        let session: Value = answer.error_for_status()?.json().await?;
        let csrf = session["csrf_token"].as_str().context("csrf_token")?;
        Ok(Self { client, url: url.into(), csrf: csrf.into() })
    }

    async fn register(&self, number: usize) -> Result<()> {
        let body = json!({
            "record": { "name": { "text": format!("Marina Souza {number}") }, "birth_date": "1971-03-04" },
            "confirm_new": true,
        });
        let request =
            self.client.post(format!("{}/api/patients", self.url)).header("x-posto-csrf", &*self.csrf);
        request.json(&body).send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }

    async fn read(&self, patient: PatientId) -> Result<()> {
        let request = self.client.get(format!("{}/api/patients/{patient}", self.url));
        request.send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }
}

async fn writes(report: &Report, desk: &SignedIn, n: usize) -> Result<()> {
    let mut times = Vec::new();
    for number in 0..SINGLE_WRITES {
        let started = Instant::now();
        desk.register(number).await?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    report.add(&Figure::of("api.write_p50", n, "ms", &times))?;
    report.add(&Figure::of("api.write_p99", n, "ms", &[percentile(&times, 0.99)]))?;
    let end = Instant::now() + WRITING;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let desk = desk.clone();
            tokio::spawn(async move {
                let mut done = 0;
                while Instant::now() < end {
                    desk.register(1_000_000 + writer * 100_000 + done).await?;
                    done += 1;
                }
                anyhow::Ok(done)
            })
        })
        .collect();
    let mut done = 0;
    for writer in writers {
        done += writer.await??;
    }
    ensure!(done > 0, "nobody wrote");
    report.add(&Figure::of("api.write_rate_64", n, "/s", &[done as f64 / WRITING.as_secs_f64()]))
}

async fn reads(report: &Report, desk: &SignedIn, ids: &[PatientId], n: usize) -> Result<usize> {
    let begin = Instant::now() + ARRIVING;
    let end = begin + READING;
    let ids: Arc<[PatientId]> = ids.into();
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let (desk, ids) = (desk.clone(), ids.clone());
            tokio::spawn(async move {
                // Nobody starts in step with the others.
                tokio::time::sleep(LOOKING * reader as u32 / READERS as u32).await;
                let (mut times, mut next, mut asked) = (Vec::new(), reader, 0);
                while Instant::now() < end {
                    let started = Instant::now();
                    desk.read(ids[next % ids.len()]).await?;
                    if started > begin {
                        times.push(started.elapsed().as_secs_f64() * 1e3);
                    }
                    asked += 1;
                    next += READERS;
                    tokio::time::sleep(LOOKING).await;
                }
                anyhow::Ok((times, asked))
            })
        })
        .collect();
    let (mut times, mut asked) = (Vec::new(), 0);
    for reader in readers {
        let (some, more) = reader.await??;
        times.extend(some);
        asked += more;
    }
    report.add(&Figure::of("api.read", n, "ms", &times))?;
    report.add(&Figure::of("api.read_p99_200", n, "ms", &[percentile(&times, 0.99)]))?;
    Ok(asked)
}
