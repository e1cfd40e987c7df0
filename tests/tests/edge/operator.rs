//! The command line beside processes that serve: what operators do every night while the clinic works.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use posto_net::testing::LAN;
use posto_store::{Store, StoreKey, StoreOptions, verify_backup};
use posto_tests::clock::TestClock;
use posto_tests::processes::{run, run_json};
use serde_json::{Value, json};

use crate::clinic::Clinic;

/// Exit code and what was said on standard error.
fn refused(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_at_work_is_looked_at_checked_and_backed_up_from_the_command_line() {
    let clinic = Clinic::open();
    let a = clinic.branch("a", LAN).await;
    let running = a.serve().await;
    let desk = clinic.sign_in(&running).await;
    desk.register("Rosa Branca").await;

    let status = run_json(&mut a.node.command("status")).unwrap();
    assert_eq!(status["node_id"], a.id());
    assert!(
        status["documents"].as_array().unwrap().contains(&json!({"kind": "patient", "count": 1})),
        "{status}"
    );
    assert!(run(&mut a.node.command("status")).unwrap().contains("patient"));
    let doctor = run_json(&mut a.node.command("doctor")).unwrap();
    assert_eq!((&doctor["sound"], &doctor["findings"]), (&json!(true), &json!([])), "{doctor}");
    let mut verify = a.node.command("audit");
    assert_eq!(run_json(verify.arg("verify").args(a.node.data_arg())).unwrap()["whole"], true);

    // A path as people type it: relative to where they stand, which is not where the node stands.
    let nightly = clinic.path("nights");
    std::fs::create_dir(&nightly).unwrap();
    let backup = || {
        let mut backup = a.node.command("backup");
        backup.args(["--out", "monday.backup"]).current_dir(&nightly);
        backup
    };
    let made = run_json(&mut backup()).unwrap();
    assert_eq!(made["file"], nightly.join("monday.backup").to_str().unwrap());
    let key = StoreKey::read_file(&a.node.data.join("db.key")).unwrap();
    let info = verify_backup(&nightly.join("monday.backup"), &key, &nightly).unwrap();
    assert_eq!(made["changes"], info.changes);
    let (code, message) = refused(&mut backup());
    assert!(
        code == 3 && message.contains("monday.backup"),
        "an existing file is left alone: {code} {message}"
    );

    desk.register("Depois da Cópia").await;
    let rows = run(&mut a.node.command("status")).unwrap();
    assert!(rows.contains("2 patient"), "the desk works on: {rows}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_can_read_the_data_folder_is_answered() {
    let clinic = Clinic::open();
    let a = clinic.branch("a", LAN).await;
    let running = a.serve().await;
    let path = a.node.data.join("control.json");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let door: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let address = door["address"].as_str().unwrap();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let say = |line: String| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(line.as_bytes()).unwrap();
        let mut answer = String::new();
        // A connection that is closed in one's face is an answer, too.
        let _ = BufReader::new(stream).read_line(&mut answer);
        answer
    };
    let token = door["token"].as_str().unwrap();
    let ask = |token: &str| format!("{}\n", json!({"token": token, "operation": "status"}));
    assert!(say(ask(token)).contains("node_id"));
    for hostile in [ask(""), ask(&token[1..]), ask(&"0".repeat(64)), "\n".into(), "x".repeat(70_000) + "\n"] {
        assert_eq!(say(hostile), "");
    }
    running.kill();
    assert!(path.exists(), "a killed process leaves it behind");
    run_json(&mut a.node.command("status")).unwrap();
    let running = a.serve().await;
    assert!(!say_to(&path, token).contains("node_id"), "the token is of one run");
    drop(running);
    assert!(!path.exists());

    let key = StoreKey::read_file(&a.node.data.join("db.key")).unwrap();
    let options = StoreOptions::new(std::sync::Arc::new(TestClock));
    let _import = Store::open(&a.node.data, key, options).unwrap();
    let (code, message) = refused(&mut a.node.command("status"));
    assert!(code == 3 && message.contains("another process"), "{code} {message}");
}

fn say_to(door: &std::path::Path, token: &str) -> String {
    let door: Value = serde_json::from_slice(&std::fs::read(door).unwrap()).unwrap();
    let mut stream = TcpStream::connect(door["address"].as_str().unwrap()).unwrap();
    writeln!(stream, "{}", json!({"token": token, "operation": "status"})).unwrap();
    let mut answer = String::new();
    let _ = BufReader::new(stream).read_line(&mut answer);
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_at_work_is_listed_checked_and_backed_up_from_the_command_line() {
    let clinic = Clinic::open();
    let a = clinic.branch("a", LAN).await;
    assert_eq!(clinic.listed(&a.id())["status"], "enrolled");
    assert_eq!(run_json(&mut clinic.server.command("doctor")).unwrap()["ok"], true);
    let out = clinic.path("server.backup");
    let made = run_json(clinic.server.command("backup").arg("--out").arg(&out)).unwrap();
    a.import(0..3);
    a.sync().await;
    let restored = clinic.path("restored");
    let mut restore = Command::new(posto_tests::processes::binary("sync-server"));
    restore.arg("restore").arg("--data").arg(&restored).arg("--from").arg(&out);
    clinic.revoke(&a.id());
    restore.arg("--revocations").arg(clinic.server.data.join("revocations.ndjson"));
    let done = run_json(&mut restore).unwrap();
    assert_eq!((&done["changes"], done["revoked_again"].as_u64()), (&made["changes"], Some(1)));
}
