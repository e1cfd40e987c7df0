//! Every rung of the ladder of bad links carries a whole sync: slower, never wrong.

use posto_net::testing::{BARELY_USABLE, LAN, LOSSY, LinkProfile, SATELLITE, WEAK_4G};

use crate::clinic::Clinic;

/// One node sends over the link, another fetches over it.
async fn sync_over(profile: LinkProfile, people: usize) {
    let clinic = Clinic::open();
    let (sender, receiver) = tokio::join!(clinic.branch("a", profile), clinic.branch("b", profile));
    sender.import(0..people);
    let sent = sender.sync().await;
    let received = receiver.sync().await;
    println!("{}: sent {sent}\n received {received}", profile.name);
    // Fewer only where an earlier try got a part of them through.
    if profile != LOSSY {
        assert!(sent["changes_sent"].as_u64().unwrap() >= people as u64, "{sent}");
        assert!(received["changes_received"].as_u64() >= sent["changes_sent"].as_u64(), "{received}");
    }
    let again = receiver.sync().await;
    assert_eq!((&again["changes_sent"], &again["changes_received"]), (&0.into(), &0.into()), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lan() {
    sync_over(LAN, 300).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weak_4g() {
    sync_over(WEAK_4G, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn satellite() {
    sync_over(SATELLITE, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn barely_usable() {
    sync_over(BARELY_USABLE, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lossy() {
    sync_over(LOSSY, 20).await;
}
