//! The cable is cut while two branches work; afterwards both know everybody.

use std::time::Duration;

use posto_net::testing::{Direction, LAN, SATELLITE, WEAK_4G};

use crate::{clinic::Clinic, desk::is_in_sync};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_branches_work_on_while_cut_and_agree_when_healed() {
    let clinic = Clinic::open();
    let (a, b) = tokio::join!(clinic.branch("a", LAN), clinic.branch("b", LAN));
    let (at_a, at_b) = tokio::join!(a.serve(), b.serve());
    let (desk_a, desk_b) = (clinic.sign_in(&at_a).await, clinic.sign_in(&at_b).await);
    desk_a.sees(is_in_sync).await;
    desk_b.sees(is_in_sync).await;
    let before = desk_a.register("Lucia Araujo").await;
    desk_b.meets(&before).await;

    a.link.cut();
    let here = desk_a.register("Benedita Campos").await;
    let there = desk_b.register("Raimundo Nonato").await;
    assert!(desk_a.sync_status().await["waiting"].as_u64() > Some(0));
    assert!(!desk_b.knows(&here).await && !desk_a.knows(&there).await);

    a.link.heal();
    desk_a.sync_now().await;
    desk_b.meets(&here).await;
    desk_a.meets(&there).await;
    desk_a.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_works_one_way_only_loses_nothing() {
    let clinic = Clinic::open();
    let (a, b) = tokio::join!(clinic.branch("a", WEAK_4G), clinic.branch("b", LAN));
    let (at_a, at_b) = tokio::join!(a.serve(), b.serve());
    let (desk_a, desk_b) = (clinic.sign_in(&at_a).await, clinic.sign_in(&at_b).await);
    desk_a.sees(is_in_sync).await;
    // The server hears the node and stores its changes, but no acknowledgement comes back.
    a.link.cut_one_way(Direction::Down);
    let patient = desk_a.register("Lucia Araujo").await;
    desk_b.meets(&patient).await;
    assert!(desk_a.sync_status().await["waiting"].as_u64() > Some(0));
    a.link.heal();
    desk_a.sync_now().await;
    desk_a.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_mid_session_finds_its_nodes_again() {
    let mut clinic = Clinic::open();
    let a = clinic.branch("a", LAN).await;
    let at_a = a.serve().await;
    let desk = clinic.sign_in(&at_a).await;
    desk.sees(is_in_sync).await;
    clinic.running.take().unwrap().kill();
    let patient = desk.register("Lucia Araujo").await;
    let b = {
        clinic.running = Some(clinic.server.serve().unwrap());
        clinic.branch("b", LAN).await
    };
    // Its link finds the new process behind the old address; the old session there is nobody's.
    desk.sync_now().await;
    desk.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
    let at_b = b.serve().await;
    clinic.sign_in(&at_b).await.meets(&patient).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_killed_mid_session_is_let_in_again() {
    let clinic = Clinic::open();
    let a = clinic.branch("a", LAN).await;
    let at_a = a.serve().await;
    let desk = clinic.sign_in(&at_a).await;
    desk.sees(is_in_sync).await;
    let patient = desk.register("Lucia Araujo").await;
    at_a.kill();
    // The server still holds the dead process's session; it is no copy of this node.
    let at_a = a.serve().await;
    let desk = clinic.sign_in(&at_a).await;
    desk.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
    assert!(desk.knows(&patient).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_catch_up_outlives_the_server_process_it_began_with() {
    let mut clinic = Clinic::open();
    let branch = clinic.branch("a", LAN).await;
    branch.import(0..400);
    // Slow enough that it is under way when the server ends.
    branch.link.set_profile(SATELLITE);
    let before = branch.link.passed_bytes();
    let mut syncing = std::pin::pin!(branch.try_sync());
    let under_way = async {
        while branch.link.passed_bytes() < before + 20_000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        over = &mut syncing => panic!("it was over before the server was: {over:?}"),
        () = under_way => {}
    }
    clinic.running.take().unwrap().kill();
    clinic.running = Some(clinic.server.serve().unwrap());
    let report = syncing.await.unwrap();
    assert_eq!(report["in_sync"], true, "{report}");
    assert_eq!(branch.sync().await["changes_sent"], 0);
}
