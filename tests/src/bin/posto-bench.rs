//! `make bench`: prints the figures of docs/PERFORMANCE.md and leaves them in `target/bench.jsonl`.
//!
//! `POSTO_BENCH_N` lists the sizes of workload W (default `10000,25000`).

use anyhow::Result;
use posto_tests::bench::{Report, import, replication, store};
use posto_tests::house;

/// Nodes run in this process, too: with the allocator that both programs have.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Patients that are imported from a FHIR bulk file.
const IMPORTED: usize = 10_000;

fn main() -> Result<()> {
    let folder = house::target().join("bench");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let report = Report::start()?;
    let sizes = std::env::var("POSTO_BENCH_N").unwrap_or_else(|_| "10000,25000".into());
    for n in sizes.split(',').filter_map(|n| n.trim().parse().ok()) {
        replication::run_all(&report, &folder, n)?;
    }
    let searched = std::env::var("POSTO_BENCH_SEARCH_N").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    import::fhir(&report, &folder.join("import"), IMPORTED)?;
    store::search(&report, &folder.join("search"), searched)?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
