//! Workload W between real processes: push, pull, nothing to do, delta.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use posto_domain::PatientId;
use serde_json::Value;

use super::live::Reunion;
use super::{Desk, Figure, Report, fleet, live, median};
use crate::processes::{Node, Running, Server, binary, run};
use crate::workload::Workload;

/// Runs of every phase.
const ROUNDS: usize = 3;
/// The size at which a hundred nodes begin at once.
const FLEET_AT: usize = 10_000;

/// Measures all phases at `n` patients.
pub fn run_all(report: &Report, folder: &Path, n: usize) -> Result<()> {
    let workload = Workload::generate(n);
    let mut phases = Phases::default();
    for round in 0..ROUNDS {
        let mut world = World::build(&folder.join(format!("w{n}-{round}")), &workload)?;
        world.measure(&workload, &mut phases)?;
        if round + 1 == ROUNDS {
            world.measure_live(report, folder)?;
        }
        let data = world.server.data.clone();
        // A stop leaves nothing in the write-ahead log: what counts is what stays.
        drop(world);
        phases.server_disk.push(disk(&data) as f64 / n as f64);
    }
    phases.report(report, n)
}

/// One server with two nodes; A holds the workload.
struct World {
    server: Server,
    server_process: Running,
    a: Node,
    b: Node,
    ids: Vec<PatientId>,
}

impl World {
    fn build(folder: &Path, workload: &Workload) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let server = Server::create(&folder.join("server"))?;
        let server_process = server.serve()?;
        let a = server.enroll(&folder.join("a"), &server.location)?;
        let b = server.enroll(&folder.join("b"), &server.location)?;
        // Directory records first, so that the phases move patients and nothing else.
        a.sync()?;
        b.sync()?;
        let desk = Desk::open(&a.data)?;
        let ids = desk.writer().register_all(&desk, &workload.people)?;
        Ok(Self { server, server_process, a, b, ids })
    }

    fn measure(&mut self, workload: &Workload, phases: &mut Phases) -> Result<()> {
        let n = workload.people.len();
        phases.push.add(&self.a.sync()?, n as u64)?;
        phases.pull.add(&self.b.sync()?, n as u64)?;
        phases.node_disk.push(disk(&self.b.data) as f64 / n as f64);
        phases.noop_cold(&self.b)?;

        let (desk_a, desk_b) = (Desk::open(&self.a.data)?, Desk::open(&self.b.data)?);
        let (mut writer_a, mut writer_b) = (desk_a.writer(), desk_b.writer());
        writer_a.edit_a(&desk_a, &self.ids, &workload.edits_a)?;
        writer_b.edit_b(&desk_b, &self.ids, &workload.edits_b)?;
        let (edits_a, edits_b) = (writer_a.edits() as u64, writer_b.edits() as u64);
        let reunion = runtime()?
            .block_on(live::reunite((&desk_a, &self.a.data, edits_b), (&desk_b, &self.b.data, edits_a)))?;
        phases.delta.add_reunion(&reunion);
        phases.server_rss.push(self.server_process.rss_kib() as f64 / 1024.0);
        Ok(())
    }

    /// What is measured once, on a world that has been through all phases.
    fn measure_live(&self, report: &Report, folder: &Path) -> Result<()> {
        let n = self.ids.len();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(live::noop_warm(report, &self.b.data, n))?;
        runtime.block_on(live::propagation(report, &self.a.data, &self.b.data, &self.ids, n))?;
        drop(runtime);
        if n == FLEET_AT {
            let folder = folder.join("fleet");
            let pid = self.server_process.pid();
            fleet::connected(report, &self.server, pid, &folder, n)?;
            fleet::first_sync(report, &self.server, pid, &folder, n)?;
            std::fs::remove_dir_all(folder)?;
        }
        Ok(())
    }
}

/// Processes with nothing to do, a round.
const NOOPS: usize = 7;

#[derive(Default)]
struct Phases {
    push: Phase,
    pull: Phase,
    noop: Phase,
    noop_process: Vec<f64>,
    delta: Phase,
    server_disk: Vec<f64>,
    node_disk: Vec<f64>,
    server_rss: Vec<f64>,
}

impl Phases {
    /// Several in a row: the first ones after a pull also wait for what it left the disk to write.
    fn noop_cold(&mut self, node: &Node) -> Result<()> {
        for _ in 0..NOOPS {
            let started = Instant::now();
            run(std::process::Command::new(binary("clinic-node"))
                .args(["sync", "--once", "--json"])
                .args(node.data_arg()))?;
            self.noop_process.push(started.elapsed().as_secs_f64() * 1e3);
        }
        self.noop.add(&node.sync()?, 0)
    }

    fn report(&self, report: &Report, n: usize) -> Result<()> {
        report.add(&self.push.figure("replication.push", n))?;
        report.add(&self.pull.figure("replication.pull", n))?;
        report.add(&self.pull.current_figure("replication.pull_current", n))?;
        report.add(&self.delta.figure("replication.delta", n))?;
        report.add(&self.delta.current_figure("replication.delta_current", n))?;
        let mut cold = Figure::of("replication.noop_cold", n, "ms", &self.noop_process);
        cold.bytes = Some(self.noop.bytes());
        cold.udp_bytes = Some(self.noop.udp_bytes());
        report.add(&cold)?;
        report.add(&Figure::of("store.disk_per_doc_server", n, "B", &self.server_disk))?;
        report.add(&Figure::of("store.disk_per_doc", n, "B", &self.node_disk))?;
        report.add(&Figure::of("replication.server_rss", n, "MiB", &self.server_rss))
    }
}

/// The runs of one phase.
#[derive(Default)]
struct Phase {
    seconds: Vec<f64>,
    current_seconds: Vec<f64>,
    bytes: Vec<f64>,
    udp_bytes: Vec<f64>,
    rss_mib: Vec<f64>,
}

impl Phase {
    fn add(&mut self, done: &Value, changes: u64) -> Result<()> {
        let moved = number(done, "changes_sent") + number(done, "changes_received");
        ensure!(moved == changes, "{moved} changes moved, not {changes}: {done}");
        ensure!(done["in_sync"].as_bool().context("in_sync")?, "not in sync: {done}");
        let sum = |keys: &[&str]| keys.iter().map(|key| done[*key].as_f64().unwrap_or(0.0)).sum::<f64>();
        self.seconds.push(sum(&["elapsed_ms"]) / 1e3);
        self.current_seconds.push(sum(&["current_ms"]) / 1e3);
        self.bytes.push(sum(&["protocol_bytes_sent", "protocol_bytes_received"]));
        self.udp_bytes.push(sum(&["udp_bytes_sent", "udp_bytes_received"]));
        self.rss_mib.push(sum(&["rss_peak_mib"]));
        Ok(())
    }

    fn add_reunion(&mut self, done: &Reunion) {
        self.seconds.push(done.seconds);
        self.current_seconds.push(done.current_seconds);
        self.bytes.push(done.bytes as f64);
        self.udp_bytes.push(done.udp_bytes as f64);
    }

    fn bytes(&self) -> u64 {
        median(&self.bytes) as u64
    }

    fn udp_bytes(&self) -> u64 {
        median(&self.udp_bytes) as u64
    }

    /// Until every change is durable on both sides.
    fn figure(&self, name: &str, n: usize) -> Figure {
        let mut figure = Figure::of(name, n, "s", &self.seconds);
        figure.bytes = Some(self.bytes());
        figure.udp_bytes = Some(self.udp_bytes());
        figure.rss_mib = (!self.rss_mib.is_empty()).then(|| median(&self.rss_mib));
        figure
    }

    /// Until search index and read models hold them too.
    fn current_figure(&self, name: &str, n: usize) -> Figure {
        Figure::of(name, n, "s", &self.current_seconds)
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

fn number(report: &Value, key: &str) -> u64 {
    report[key].as_u64().unwrap_or(0)
}

/// Bytes of the database in a data folder.
fn disk(data: &Path) -> u64 {
    std::fs::read_dir(data)
        .map(|entries| {
            entries
                .flatten()
                .filter(|entry| {
                    entry
                        .path()
                        .extension()
                        .is_some_and(|extension| extension == "db" || extension == "db-wal")
                })
                .filter_map(|entry| entry.metadata().ok())
                .map(|metadata| metadata.len())
                .sum()
        })
        .unwrap_or(0)
}
