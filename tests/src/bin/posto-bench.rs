//! `make bench`: prints the figures of docs/PERFORMANCE.md and leaves them in `target/bench.jsonl`.
//!
//! `posto-bench GROUP…` runs only those of `replication`, `store`, `api`, `import`, `search`.
//! `POSTO_BENCH_N` lists the sizes of workload W (default `10000,25000`).

use std::path::Path;

use anyhow::{Result, bail};
use posto_tests::bench::{Report, api, import, replication, store};
use posto_tests::house;

/// Nodes run in this process, too: with the allocator that both programs have.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const GROUPS: [&str; 5] = ["replication", "store", "api", "import", "search"];
/// Patients that are imported from a FHIR bulk file.
const IMPORTED: usize = 10_000;
/// The size of a clinic at which the local API is measured.
const API_AT: usize = 25_000;
/// The size of a store in which edits are measured.
const EDITED: usize = 10_000;

fn main() -> Result<()> {
    let mut groups: Vec<String> = std::env::args().skip(1).collect();
    if groups.is_empty() {
        groups = GROUPS.map(str::to_owned).to_vec();
    }
    if let Some(unknown) = groups.iter().find(|group| !GROUPS.contains(&group.as_str())) {
        bail!("{unknown} is none of {}", GROUPS.join(", "));
    }
    let folder = house::target().join("bench");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let report = Report::start()?;
    for group in &groups {
        run(&report, group, &folder)?;
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn run(report: &Report, group: &str, folder: &Path) -> Result<()> {
    match group {
        "replication" => {
            let sizes = std::env::var("POSTO_BENCH_N").unwrap_or_else(|_| "10000,25000".into());
            let mut sizes = sizes.split(',').filter_map(|n| n.trim().parse().ok());
            sizes.try_for_each(|n| replication::run_all(report, folder, n))
        }
        "store" => store::edits(report, &folder.join("store"), EDITED),
        "api" => api::run_all(report, &folder.join("api"), API_AT),
        "import" => import::fhir(report, &folder.join("import"), IMPORTED),
        _ => {
            let searched = std::env::var("POSTO_BENCH_SEARCH_N").ok().and_then(|n| n.parse().ok());
            store::search(report, &folder.join("search"), searched.unwrap_or(100_000))
        }
    }
}
