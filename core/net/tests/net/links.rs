//! The driver on the ladder of bad links: slower, never wrong.

use std::sync::{Arc, atomic::Ordering};

use posto_net::{
    Client, Ulid,
    driver::{Driver, Pool, SessionClosed},
    testing::{BARELY_USABLE, LADDER, LOSSY, LinkProfile, LinkProxy, SATELLITE, WEAK_4G},
};
use posto_sync::SessionEnd;

use crate::{
    desk::House,
    toy::{Script, Shelf, ToyHub, ToyNode},
};

/// Pushes and feeds over a link; everything must arrive exactly once.
async fn carry(profile: LinkProfile, frames: usize, frame_bytes: usize) {
    carry_seeded(profile, frames, frame_bytes, 42).await;
}

async fn carry_seeded(profile: LinkProfile, frames: usize, frame_bytes: usize, seed: u64) {
    let house = House::open();
    let link = LinkProxy::open(profile, house.address, seed).await.unwrap();
    let client = Client::open(&house.desk.identity(Ulid(5))).unwrap();
    let connection = client.connect(&link.address().to_string()).await.unwrap();
    let shelf = Arc::new(Shelf::default());
    let kept = shelf.clone();
    let server = tokio::spawn(async move {
        let session = house.server.next_session().await.unwrap();
        let hub = ToyHub { feed_frames: frames, feed_bytes: frame_bytes, ..ToyHub::default() };
        Driver::for_server(session, hub, kept, &Pool::new(4)).run().await
    });
    let script = Script { frames, frame_bytes, scopes: 2, feed_frames: frames, ends: true };
    let engine = ToyNode { script, ..ToyNode::default() };
    let driver = Driver::for_node(connection, engine, Arc::new(Shelf::default()), &Pool::new(4));
    let begun = std::time::Instant::now();
    let report = driver.run().await;
    println!("{}: {:?} after {:?}, {:?}", profile.name, report.end, begun.elapsed(), report.udp);
    assert!(matches!(report.end, SessionClosed::Here(SessionEnd::Done)), "{:?}", report.end);
    assert_eq!(shelf.stored_bytes.load(Ordering::SeqCst), (frames * frame_bytes) as u64);
    drop(link);
    server.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weak_4g_carries_a_session() {
    carry(WEAK_4G, 8, 20_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn satellite_carries_a_session() {
    carry(SATELLITE, 8, 20_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn barely_usable_carries_a_session() {
    carry(BARELY_USABLE, 4, 3_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_third_of_all_packets_lost_carries_a_session() {
    carry(LOSSY, 4, 10_000).await;
}

#[test]
fn the_ladder_has_distinct_names() {
    let names: std::collections::BTreeSet<_> = LADDER.iter().map(|profile| profile.name).collect();
    assert_eq!(names.len(), LADDER.len());
}
