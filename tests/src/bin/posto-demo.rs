//! `make demo`: a server and two nodes on this machine, filled with sample patients, until Ctrl-C.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use posto_tests::processes::{ADMIN_EMAIL, ADMIN_PASSWORD, Node, Server, run};
use posto_tests::{house, sample};

/// Password of the receptionist's account; fine for a demo on loopback and nowhere else.
const STAFF_PASSWORD: &str = "maré-alta-ao-entardecer";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = house::target().join("demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder)?;
    step("A server with one clinic and two places");
    let server = Server::create(&folder.join("server"))?;
    let upriver = server.add_location("Igarapé")?;
    let staff = add_receptionist(&server)?;
    let server_process = server.serve()?;

    step("Two nodes enrol with one-time codes");
    let a = server.enroll(&folder.join("node-centro"), &server.location)?;
    let b = server.enroll(&folder.join("node-igarape"), &upriver)?;

    let patients = sample_patients(&folder)?;
    step(&format!("Node Centro imports {}", patients.display()));
    run(a.command("import").arg("fhir").args(a.data_arg()).arg(&patients))?;
    step("Both nodes sync");
    report("Centro", &a)?;
    report("Igarapé", &b)?;

    let a_process = a.serve()?;
    let b_process = b.serve()?;
    println!();
    println!("  Reception, Centro    {}", a_process.url);
    println!("  Reception, Igarapé   {}", b_process.url);
    println!("      sign in as       {staff} / {STAFF_PASSWORD}");
    println!("  Central server       {}", server_process.url);
    println!("      sign in as       {ADMIN_EMAIL} / {ADMIN_PASSWORD}");
    println!("  Data folders         {}", folder.display());
    println!();
    println!("Register a patient at one place and look for it at the other. Ctrl-C stops everything.");
    // A service manager's stop ends the processes as politely as Ctrl-C does.
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminated.recv() => {}
    }
    Ok(())
}

fn step(text: &str) {
    println!("· {text}");
}

/// One catch-up of a node, in words.
fn report(place: &str, node: &Node) -> Result<()> {
    let done = node.sync()?;
    println!(
        "    {place}: sent {}, received {}, {} ms",
        done["changes_sent"], done["changes_received"], done["elapsed_ms"]
    );
    Ok(())
}

/// The account that works at both nodes; its sign-in name.
fn add_receptionist(server: &Server) -> Result<String> {
    let mut command = server.command("user");
    command
        .arg("add")
        .args(server.data_arg())
        .args([
            "--clinic",
            &server.clinic,
            "--name",
            "Ana Lima",
            "--login",
            "ana.lima",
            "--role",
            "RECEPTIONIST",
            "--json",
        ])
        .env("POSTO_USER_PASSWORD", STAFF_PASSWORD);
    let added: serde_json::Value = serde_json::from_str(&run(&mut command)?)?;
    Ok(added["login"].as_str().context("user add names the account")?.to_owned())
}

/// Real sample patients where they are at hand, made-up ones otherwise.
fn sample_patients(folder: &Path) -> Result<PathBuf> {
    let named = std::env::var_os("POSTO_DEMO_FHIR").map(PathBuf::from);
    let beside = house::shared_data().join("fhir/synthea-patients.tar.xz");
    match named.or_else(|| beside.exists().then_some(beside)) {
        Some(path) => Ok(path.canonicalize()?),
        None => sample::write_ndjson(&folder.join("patients.ndjson"), 200),
    }
}
