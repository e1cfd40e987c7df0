//! A full disk under a node and under the server: writes are refused and say why, what was confirmed stays, and when there is
//! room again everything goes on by itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use posto_net::testing::LAN;
use posto_tests::processes::run;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    clinic::Clinic,
    console::Console,
    desk::{Answer, Desk, is_in_sync},
};

/// What fits into files that are there already is still written; by then a disk without room has shown itself.
const TRIES_MAX: usize = 3_000;
/// Bytes of one piece of an upload: several share a chunk of the file that the store keeps.
const PIECE: usize = 300_000;

/// The disk under a data folder, which can be filled and emptied at any time and by anybody: a library that is loaded into
/// the process refuses to let files grow.
struct Disk {
    folder: PathBuf,
    flag: PathBuf,
    library: PathBuf,
}

impl Disk {
    fn of(data: &Path) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/edge/full_disk.c");
        let library = data.with_extension("disk.so");
        let mut compile = Command::new("cc");
        compile
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(&library)
            .arg(source)
            .arg("-ldl");
        run(&mut compile).unwrap();
        Self { folder: data.canonicalize().unwrap(), flag: data.with_extension("disk.full"), library }
    }

    fn variables(&self) -> [(&str, &str); 3] {
        let [folder, flag, library] = [&self.folder, &self.flag, &self.library].map(|p| p.to_str().unwrap());
        [("POSTO_DISK", folder), ("POSTO_DISK_FULL", flag), ("LD_PRELOAD", library)]
    }

    fn fill(&self) {
        std::fs::write(&self.flag, "").unwrap();
    }

    /// As [`Self::fill`], where the owner's quota is at its end.
    fn use_up_quota(&self) {
        std::fs::write(&self.flag, "quota").unwrap();
    }

    fn empty(&self) {
        std::fs::remove_file(&self.flag).unwrap();
    }
}

async fn register(desk: &Desk, name: &str) -> Answer {
    let body =
        json!({ "record": { "name": { "text": name }, "occupation": "o".repeat(60) }, "confirm_new": true });
    desk.send(Method::POST, "/api/patients", &body).await.unwrap()
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Announces a file of two pieces.
async fn announce(desk: &Desk, patient: &str) -> String {
    let file =
        json!({ "patient_id": patient, "name": "exame.txt", "size": 2 * PIECE, "media_type": "text/plain" });
    let announced = desk.send(Method::POST, "/api/attachments", &file).await.unwrap();
    assert_eq!(announced.status, 201, "{announced:?}");
    id(&announced)
}

async fn upload(desk: &Desk, file: &str, piece: usize) -> Answer {
    let range = format!("bytes {}-{}/{}", piece * PIECE, (piece + 1) * PIECE - 1, 2 * PIECE);
    let path = format!("/api/attachments/{file}/content");
    desk.ask(Method::PUT, &path, &[("content-range", &range)], vec![b'a'; PIECE]).await.unwrap()
}

/// The stable answer to a write for which there is no room.
fn is_refusal(answer: &Answer) -> bool {
    answer.status == 507 && answer.json()["code"] == "storage_unavailable"
}

/// Registers people until the disk has no room for one; those who were confirmed.
async fn register_until_refused(desk: &Desk) -> Vec<String> {
    let mut confirmed = Vec::new();
    for n in 0..TRIES_MAX {
        let answer = register(desk, &format!("Maria Cheia {n}")).await;
        if answer.status != 201 {
            assert!(is_refusal(&answer), "{answer:?}");
            return confirmed;
        }
        confirmed.push(id(&answer));
    }
    panic!("{TRIES_MAX} people fit onto a full disk");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_on_a_full_disk_refuses_writes_shows_records_and_goes_on_when_there_is_room() {
    let clinic = Clinic::open();
    clinic.add_person("Eva Reis", "AUDITOR", "eva");
    let (a, b) = tokio::join!(clinic.branch("a", LAN), clinic.branch("b", LAN));
    let disk = Disk::of(&a.node.data);
    let at_a = a.node.serve_with(&disk.variables()).unwrap();
    let at_b = b.serve().await;
    let (desk_a, desk_b) = (clinic.sign_in(&at_a).await, clinic.sign_in(&at_b).await);
    let auditor = clinic.sign_in_as(&at_a, "eva").await;
    let before = id(&register(&desk_a, "Lucia Araujo").await);
    desk_a.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
    let file = announce(&desk_a, &before).await;
    assert_eq!(upload(&desk_a, &file, 0).await.status, 200);

    disk.fill();
    let confirmed = register_until_refused(&desk_a).await;
    println!("{} people fitted into what was there", confirmed.len());
    for path in [format!("/api/patients/{before}"), "/api/patients?q=lucia".into(), "/api/sync".into()] {
        let answer = desk_a.ask(Method::GET, &path, &[], "").await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    let refused = upload(&desk_a, &file, 1).await;
    assert!(is_refusal(&refused), "{refused:?}");
    disk.use_up_quota();
    for refused in [register(&desk_a, "Maria Cheia").await, upload(&desk_a, &file, 1).await] {
        assert!(is_refusal(&refused), "{refused:?}");
    }
    assert!(desk_a.knows(&before).await);
    disk.fill();
    // What the other node writes has no room here either; it waits at the server.
    let elsewhere = id(&register(&desk_b, "Benedita Campos").await);
    desk_a.sees(|status| has_problem(status, "disk_full")).await;
    assert!(!desk_a.knows(&elsewhere).await);
    let in_trail = reads_of(&auditor, &before).await;

    disk.empty();
    // The rows for which there was no room are in the trail now, with the next one.
    assert!(desk_a.knows(&before).await);
    assert_eq!(reads_of(&auditor, &before).await, in_trail + 3);
    let uploaded = upload(&desk_a, &file, 1).await;
    assert_eq!((uploaded.status, &uploaded.json()["state"]), (200, &json!("ready")), "{uploaded:?}");
    let after = id(&register(&desk_a, "Raimundo Nonato").await);
    desk_a.meets(&elsewhere).await;
    desk_a.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
    at_a.kill();
    run(a.node.command("audit").arg("verify").args(a.node.data_arg())).unwrap();
    let at_a = a.serve().await;
    let desk_a = clinic.sign_in(&at_a).await;
    for patient in confirmed.iter().chain([&before, &after, &elsewhere]) {
        assert!(desk_a.knows(patient).await, "{patient} was confirmed and is lost");
        desk_b.meets(patient).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_for_a_server_on_a_full_disk_wait_at_their_node() {
    let mut clinic = Clinic::open();
    let disk = Disk::of(&clinic.server.data);
    drop(clinic.running.take());
    clinic.running = Some(clinic.server.serve_with(&disk.variables()).unwrap());
    let (a, b) = tokio::join!(clinic.branch("a", LAN), clinic.branch("b", LAN));
    let (at_a, at_b) = tokio::join!(a.serve(), b.serve());
    let (desk_a, desk_b) = (clinic.sign_in(&at_a).await, clinic.sign_in(&at_b).await);
    let console = Console::sign_in(clinic.running.as_ref().unwrap()).await;
    desk_a.sees(is_in_sync).await;

    let mut confirmed = Vec::new();
    for refuse in [Disk::fill, Disk::use_up_quota] {
        refuse(&disk);
        let log = || clinic.running.as_ref().unwrap().log_text();
        let told = |log: String| log.matches("the storage failed for a session").count();
        let (before, first) = (told(log()), confirmed.len());
        while told(log()) == before {
            assert!(confirmed.len() - first < TRIES_MAX, "everything fitted onto a full disk");
            let answer = register(&desk_a, &format!("Maria Cheia {}", confirmed.len())).await;
            assert_eq!(answer.status, 201, "{answer:?}");
            confirmed.push(id(&answer));
        }
        println!("{} people confirmed by the node", confirmed.len() - first);
        assert!(desk_a.sync_status().await["waiting"].as_u64() > Some(0));
        // A log that was copied back in the meantime has room for some more.
        let mut refused = None;
        for number in 0..TRIES_MAX {
            let lake = json!({ "name": format!("Clínica do Lago {number}"), "jurisdiction": "BR" });
            let answer = console.tries("/api/clinics", lake).await;
            if answer.0 != 201 {
                refused = Some((answer.0, answer.1["code"].clone()));
                break;
            }
        }
        assert_eq!(refused, Some((507, json!("storage_unavailable"))));

        disk.empty();
        desk_a.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
        // The session has waited for room and has not ended.
        assert!(!log().contains("StorageFailed"), "{}", log());
    }
    for patient in &confirmed {
        desk_b.meets(patient).await;
    }
    console.adds("/api/clinics", json!({ "name": "Clínica do Lago", "jurisdiction": "BR" })).await;
}

/// How often the trail says that a patient's record was read.
async fn reads_of(auditor: &Desk, patient: &str) -> usize {
    let answer = auditor.ask(Method::GET, &format!("/api/audit?patient={patient}"), &[], "").await.unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["items"].as_array().unwrap().iter().filter(|row| row["action"] == "patient.read").count()
}

fn has_problem(status: &Value, code: &str) -> bool {
    status["recent_errors"].as_array().unwrap().iter().any(|problem| problem["code"] == code)
}
