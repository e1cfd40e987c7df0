//! Revoked, copied and foreign certificates, against a real server.

use std::time::Duration;

use posto_net::{Client, CloseReason, NetError, testing::LAN};
use posto_sync::SessionEnd;

use crate::{
    clinic::{Branch, Clinic, copy_folder, identity},
    desk::is_in_sync,
};

/// The promise of security.md.
const REVOCATION_MAX: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_node_is_out_within_a_second_and_says_why() {
    let clinic = Clinic::open();
    let branch = clinic.branch("a", LAN).await;
    let running = branch.serve().await;
    let desk = clinic.sign_in(&running).await;
    desk.sees(is_in_sync).await;
    clinic.revoke(&branch.id());
    let revoked = tokio::time::Instant::now();
    let status = desk.sees(|status| status["state"] == "refused").await;
    let took = revoked.elapsed();
    println!("out after {took:?}");
    assert!(took < REVOCATION_MAX, "still in after {took:?}");
    assert_eq!(status["recent_errors"][0]["code"], "certificate_revoked", "{status}");
    drop(running);
    let error = format!("{:#}", branch.try_sync().await.unwrap_err());
    assert!(error.contains("revoked"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_disk_is_refused_while_the_original_works_on() {
    let clinic = Clinic::open();
    let original = clinic.branch("a", LAN).await;
    copy_folder(&original.node.data, &clinic.path("copy"));
    let running = original.serve().await;
    let desk = clinic.sign_in(&running).await;
    desk.sees(is_in_sync).await;
    let copy = Branch {
        node: posto_tests::processes::Node {
            data: clinic.path("copy"),
            http: posto_tests::processes::tcp_port(),
        },
        link: original.link,
    };
    let error = format!("{:#}", copy.try_sync().await.unwrap_err());
    assert!(error.contains("cloned"), "{error}");
    assert!(is_in_sync(&desk.sync_status().await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_of_another_server_is_refused_by_both_sides() {
    let (clinic, other) = (Clinic::open(), Clinic::open());
    let branch = other.branch("a", LAN).await;
    let client = Client::open(&identity(&branch.node.data)).unwrap();
    let error = client.connect(&clinic.server.quic_address()).await.unwrap_err();
    assert!(matches!(error, NetError::WrongServer), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_server_that_never_knew_the_node_says_so() {
    let mut clinic = Clinic::open();
    drop(clinic.running.take());
    copy_folder(&clinic.server.data, &clinic.path("yesterday"));
    clinic.running = Some(clinic.server.serve().unwrap());
    let branch = clinic.branch("a", LAN).await;
    drop(clinic.running.take());
    std::fs::remove_dir_all(&clinic.server.data).unwrap();
    copy_folder(&clinic.path("yesterday"), &clinic.server.data);
    clinic.running = Some(clinic.server.serve().unwrap());
    let client = Client::open(&identity(&branch.node.data)).unwrap();
    let link = client.connect(&clinic.server.quic_address()).await.unwrap();
    let told = link.closed().await;
    assert_eq!(told.close_reason(), Some(CloseReason::from(SessionEnd::UnknownNode)), "{told:?}");
}
