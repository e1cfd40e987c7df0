//! A server process with its clinic, and the links over which its nodes reach it.

use std::path::{Path, PathBuf};

use posto_net::testing::{LAN, LinkProfile, LinkProxy};
use posto_tests::{
    processes::{Node, Running, Server, run, run_json, tcp_port},
    sample::fhir_patient,
    workload::Workload,
};
use serde_json::Value;

use crate::desk::Desk;

const STAFF: &str = "ana";
pub(crate) const STAFF_PASSWORD: &str = "maré-alta-ao-entardecer";

/// A running server with one clinic, a receptionist and room for nodes.
pub(crate) struct Clinic {
    folder: tempfile::TempDir,
    pub(crate) server: Server,
    pub(crate) running: Option<Running>,
}

/// A node behind a link of its own.
pub(crate) struct Branch {
    pub(crate) node: Node,
    pub(crate) link: LinkProxy,
}

impl Clinic {
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::create(&folder.path().join("server")).unwrap();
        let mut clinic = Self { folder, server, running: None };
        clinic.add_person("Ana Lima", "RECEPTIONIST", STAFF);
        clinic.running = Some(clinic.server.serve().unwrap());
        clinic
    }

    /// `user add`, with the password of all staff here.
    pub(crate) fn add_person(&self, name: &str, role: &str, login: &str) {
        let mut add = self.server.command("user");
        add.arg("add").args(self.server.data_arg()).args(["--clinic", &self.server.clinic, "--name", name]);
        add.args(["--role", role, "--login", login]).env("POSTO_USER_PASSWORD", STAFF_PASSWORD);
        run_json(&mut add).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Enrols a node over a good line and lets it fetch the directory; from then on the line is as bad as asked for.
    pub(crate) async fn branch(&self, name: &str, profile: LinkProfile) -> Branch {
        let server = self.server.quic_address().parse().unwrap();
        let link = LinkProxy::open(LAN, server, 7).await.unwrap();
        let node = Node { data: self.path(name), http: tcp_port() };
        let code = self.server.enroll_code(&self.server.location).unwrap();
        let address = link.address().to_string();
        let mut enrol = node.command("enroll");
        enrol.args(["--server", &address, "--code", &code]);
        tokio::task::spawn_blocking(move || run(&mut enrol)).await.unwrap().unwrap();
        let branch = Branch { node, link };
        branch.sync().await;
        branch.link.set_profile(profile);
        branch
    }

    pub(crate) async fn sign_in(&self, running: &Running) -> Desk {
        self.sign_in_as(running, STAFF).await
    }

    pub(crate) async fn sign_in_as(&self, running: &Running, login: &str) -> Desk {
        Desk::sign_in(&running.url, login, STAFF_PASSWORD).await
    }

    /// `node list`: the row of a node.
    pub(crate) fn listed(&self, node: &str) -> Value {
        let mut list = self.server.command("node");
        let listed = run_json(list.arg("list").args(self.server.data_arg())).unwrap();
        let rows = listed.as_array().or_else(|| listed["nodes"].as_array()).unwrap();
        rows.iter().find(|row| row["id"] == node).unwrap().clone()
    }

    pub(crate) fn revoke(&self, node: &str) {
        let mut revoke = self.server.command("node");
        run(revoke.arg("revoke").args(self.server.data_arg()).args(["--node", node])).unwrap();
    }
}

impl Branch {
    /// `sync --once`; must end in sync. With a third of all packets lost a connection may die of it: then another try,
    /// as a node makes by itself.
    pub(crate) async fn sync(&self) -> Value {
        let mut tried = self.try_sync().await;
        for _ in 0..4 {
            if tried.is_ok() {
                break;
            }
            tried = self.try_sync().await;
        }
        let report = tried.unwrap();
        assert_eq!(report["in_sync"], true, "{report}");
        report
    }

    pub(crate) async fn try_sync(&self) -> anyhow::Result<Value> {
        let mut command = self.node.command("sync");
        command.args(["--once", "--timeout", "120"]);
        tokio::task::spawn_blocking(move || run_json(&mut command)).await.unwrap()
    }

    /// `serve`, once it answers.
    pub(crate) async fn serve(&self) -> Running {
        let node = Node { data: self.node.data.clone(), http: self.node.http };
        tokio::task::spawn_blocking(move || node.serve()).await.unwrap().unwrap()
    }

    /// Imports people of workload W, `from..to`.
    pub(crate) fn import(&self, people: std::ops::Range<usize>) {
        let file = self.node.data.with_extension("ndjson");
        let all = Workload::generate(people.end).people;
        let lines: Vec<String> = all[people].iter().map(|person| fhir_patient(person).to_string()).collect();
        std::fs::write(&file, lines.join("\n")).unwrap();
        let mut import = self.node.command("import");
        run(import.arg("fhir").args(self.node.data_arg()).arg(&file)).unwrap();
    }

    /// The node's id.
    pub(crate) fn id(&self) -> String {
        identity(&self.node.data).card.node.id.to_string()
    }
}

pub(crate) fn identity(data: &Path) -> posto_net::NodeIdentity {
    posto_net::NodeIdentity::load(&data.join("identity")).unwrap()
}

/// Copies a data folder, as somebody does who clones a machine.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
