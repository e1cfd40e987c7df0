//! What a check costs when nothing changed: the budget of performance.md.

use posto_net::testing::LAN;
use serde_json::Value;

use crate::clinic::Clinic;

fn total(report: &Value, kind: &str) -> u64 {
    ["sent", "received"].iter().map(|way| report[format!("{kind}_bytes_{way}")].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_changed_costs_one_round_trip_one_kilobyte_and_six_on_the_wire_at_any_size() {
    let clinic = Clinic::open();
    let branch = clinic.branch("a", LAN).await;
    let mut sizes = Vec::new();
    for people in [0..0, 0..400] {
        if !people.is_empty() {
            branch.import(people);
            branch.sync().await;
        }
        let report = branch.sync().await;
        println!("{report}");
        assert_eq!(report["round_trips"], 1, "{report}");
        assert!(total(&report, "protocol") < 1024, "{report}");
        assert!(total(&report, "udp") <= 6 * 1024, "{report}");
        sizes.push(total(&report, "protocol"));
    }
    assert!(sizes[1] <= sizes[0] + 64, "grows with the clinic: {sizes:?}");
}
