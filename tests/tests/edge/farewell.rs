//! A node that is stopped politely is offline at the server at once, not when its connection times out.

use std::time::Duration;

use posto_net::{limits::IDLE_TIMEOUT, testing::LAN};
use posto_tests::processes::{Node, run, tcp_port};
use serde_json::json;

use crate::{clinic::Clinic, console::Console, desk::is_in_sync};

/// Well under the time after which the server would notice by itself.
const NOTICED_WITHIN: Duration = Duration::from_secs(10);
/// A goodbye that depends on which task happens to run first goes missing in half of the tries.
const STOPS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_stopped_says_goodbye_every_time() {
    assert!(NOTICED_WITHIN < IDLE_TIMEOUT);
    let clinic = Clinic::open();
    let (a, b) = tokio::join!(clinic.branch("a", LAN), clinic.branch("b", LAN));
    let at_a = a.serve().await;
    let console = Console::sign_in(clinic.running.as_ref().unwrap()).await;
    for round in 0..STOPS {
        let at_b = b.serve().await;
        clinic.sign_in(&at_b).await.sees(is_in_sync).await;
        assert!(console.shows_online(&b.id()).await);
        let added = console
            .adds("/api/clinics", json!({ "name": format!("Clínica {round}"), "jurisdiction": "BR" }))
            .await;
        let person = json!({ "clinic_id": clinic.server.clinic, "name": format!("Bia {round}"), "role": "NURSE",
            "password": "uma-frase-bem-comprida" });
        console.adds("/api/users", person).await;
        assert!(added["id"].is_string());
        tokio::task::spawn_blocking(move || drop(at_b)).await.unwrap();
        println!("round {round}: offline after {:?}", console.misses(&b.id(), NOTICED_WITHIN).await);
        assert!(console.shows_online(&a.id()).await, "the other node stays");
    }
    drop(at_a);
}

#[test]
fn a_node_that_is_stopped_while_it_starts_closes_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node { data: folder.path().join("node"), http: tcp_port() };
    run(node.command("init").args(["--clinic", "Clínica Boa", "--jurisdiction", "BR"])).unwrap();
    // There while the database is open, and after a process that died.
    let open = node.data.join("posto.db-wal");
    assert!(!open.exists());
    let starting = node.launch().unwrap();
    let deadline = std::time::Instant::now() + NOTICED_WITHIN;
    while !open.exists() {
        assert!(std::time::Instant::now() < deadline, "{}", starting.log_tail());
        std::thread::sleep(Duration::from_millis(1));
    }
    let status = starting.stop().unwrap();
    assert!(status.success() && !open.exists(), "{status}");
}
