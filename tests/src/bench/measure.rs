//! Figures: one JSON line each, and the same for people.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use crate::house;

/// One figure of `target/bench.jsonl`.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    pub bench: String,
    pub n: usize,
    pub median: f64,
    pub min: f64,
    pub max: f64,
    pub unit: &'static str,
    /// Bytes that the phase moved, both directions, inside QUIC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The same on the wire, UDP payloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub udp_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rss_mib: Option<f64>,
}

impl Figure {
    /// A figure of several runs.
    pub fn of(bench: &str, n: usize, unit: &'static str, runs: &[f64]) -> Self {
        Self {
            bench: bench.into(),
            n,
            median: median(runs),
            min: runs.iter().copied().fold(f64::INFINITY, f64::min),
            max: runs.iter().copied().fold(0.0, f64::max),
            unit,
            bytes: None,
            udp_bytes: None,
            rss_mib: None,
        }
    }
}

/// Where the figures go.
#[derive(Debug)]
pub struct Report {
    path: PathBuf,
}

impl Report {
    /// Starts `target/bench.jsonl` anew.
    pub fn start() -> Result<Self> {
        let path = house::root().join("target/bench.jsonl");
        std::fs::create_dir_all(house::root().join("target"))?;
        std::fs::write(&path, "")?;
        Ok(Self { path })
    }

    /// Writes and prints a figure.
    pub fn add(&self, figure: &Figure) -> Result<()> {
        let mut file = std::fs::OpenOptions::new().append(true).open(&self.path)?;
        writeln!(file, "{}", serde_json::to_string(figure)?)?;
        let mut extra = String::new();
        if let Some(bytes) = figure.bytes {
            extra += &format!("  {bytes} B");
        }
        if let Some(bytes) = figure.udp_bytes {
            extra += &format!("  {bytes} B of UDP");
        }
        if let Some(rss) = figure.rss_mib {
            extra += &format!("  {rss:.0} MiB");
        }
        println!(
            "{:<28} n={:<7} {:>10.3} {:<4} ({:.3} to {:.3}){extra}",
            figure.bench, figure.n, figure.median, figure.unit, figure.min, figure.max
        );
        Ok(())
    }
}

/// The middle of the values; 0 of none.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

/// The value below which the given share of the values lies; 0 of none.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(((sorted.len() as f64 - 1.0).max(0.0) * share).round() as usize).copied().unwrap_or(0.0)
}
