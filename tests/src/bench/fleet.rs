//! A hundred new nodes at once.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::{Figure, Report};
use crate::processes::Server;

/// New nodes that fetch everything at the same time.
const NODES: usize = 100;
/// Nodes that stay connected while the server's memory is read.
const CONNECTED: usize = 50;

/// First syncs of a hundred nodes at once, each a process of its own on this one machine; until the last is done and its
/// read models are current. Nearly all of that is the nodes' own work, which a real fleet does on a hundred machines: what the
/// server does of it stands beside it, as processor time.
pub(super) fn first_sync(report: &Report, server: &Server, pid: u32, folder: &Path, n: usize) -> Result<()> {
    let nodes = (0..NODES)
        .map(|index| server.enroll(&folder.join(format!("node-{index}")), &server.location))
        .collect::<Result<Vec<_>>>()?;
    let (started, worked) = (Instant::now(), processor_seconds(pid)?);
    let syncing = nodes
        .iter()
        .map(|node| {
            let mut command = node.command("sync");
            command.args(["--once", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
        })
        .collect::<Result<Vec<_>, _>>()?;
    for process in syncing {
        let Output { status, stdout, stderr } = process.wait_with_output().context("wait for a node")?;
        let words = [stdout, stderr].concat();
        ensure!(status.success(), "a node is not in sync: {status} {}", String::from_utf8_lossy(&words));
    }
    report.add(&Figure::of("replication.fleet_100", n, "s", &[started.elapsed().as_secs_f64()]))?;
    let worked = processor_seconds(pid)? - worked;
    report.add(&Figure::of("replication.fleet_100_server", n, "s", &[worked]))
}

/// Processor time that a process has used, user and system together.
pub(super) fn processor_seconds(pid: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).context("stat");
    // Linux reports hundredths of a second here on every architecture.
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

/// What the server holds in memory while fifty nodes are connected.
pub(super) fn connected(report: &Report, server: &Server, pid: u32, folder: &Path, n: usize) -> Result<()> {
    let mut serving = Vec::new();
    for index in 0..CONNECTED {
        let mut node = server.enroll(&folder.join(format!("connected-{index}")), &server.location)?;
        node.http = crate::processes::tcp_port();
        serving.push(node.serve()?);
    }
    let rss = crate::processes::status_field(pid, "VmRSS:") as f64 / 1024.0;
    report.add(&Figure::of("replication.server_rss_50", n, "MiB", &[rss]))
}
