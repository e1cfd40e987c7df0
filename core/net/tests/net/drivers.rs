//! The driver carries an engine's frames and storage requests.

use std::sync::{Arc, atomic::Ordering};

use posto_net::{
    Client, Ulid,
    driver::{Driver, Pool, SessionClosed, SessionReport},
    limits,
};
use posto_sync::SessionEnd;
use tokio::task::JoinHandle;

use crate::{
    desk::House,
    toy::{Script, Shelf, ToyHub, ToyNode},
};

/// A server that serves one node with a toy engine.
fn serve(house: House, hub: ToyHub, shelf: Arc<Shelf>) -> (JoinHandle<(House, SessionReport)>, Arc<Shelf>) {
    let kept = shelf.clone();
    let task = tokio::spawn(async move {
        let session = house.server.next_session().await.unwrap();
        let report = Driver::for_server(session, hub, shelf, &Pool::new(4)).run().await;
        (house, report)
    });
    (task, kept)
}

async fn node(house: &House, script: Script) -> (Driver<ToyNode, Shelf>, Client, Arc<Shelf>) {
    let client = Client::open(&house.desk.identity(Ulid(5))).unwrap();
    let link = client.connect(&house.address.to_string()).await.unwrap();
    let shelf = Arc::new(Shelf::default());
    let engine = ToyNode { script, ..ToyNode::default() };
    (Driver::for_node(link, engine, shelf.clone(), &Pool::new(4)), client, shelf)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_pushed_is_stored_once_and_everything_fed_arrives() {
    let house = House::open();
    let script = Script { frames: 60, frame_bytes: 300_000, scopes: 3, feed_frames: 40, ends: true };
    let (driver, _client, _) = node(&house, script).await;
    let hub = ToyHub { feed_frames: 40, feed_bytes: 500_000, ..ToyHub::default() };
    let (server, shelf) = serve(house, hub, Arc::default());
    let begun = std::time::Instant::now();
    let report = driver.run().await;
    println!("18 MB up, 20 MB down: {:?}, {:?}", begun.elapsed(), report.udp);
    assert!(matches!(report.end, SessionClosed::Here(SessionEnd::Done)), "{:?}", report.end);
    let (_house, report) = server.await.unwrap();
    assert_eq!(report.end.reason(), Some(SessionEnd::Done.into()));
    assert_eq!(shelf.stored_bytes.load(Ordering::SeqCst), 60 * 300_000);
    assert!(shelf.running_max.load(Ordering::SeqCst) <= 4);
    assert_eq!(shelf.events.lock().last().unwrap(), "disconnected");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stuck_storage_never_blocks_the_control_channel() {
    let house = House::open();
    let script = Script { frames: 200, frame_bytes: 100_000, scopes: 2, ..Script::default() };
    let (driver, _client, seen) = node(&house, script).await;
    let handle = driver.handle();
    let (server, shelf) = serve(house, ToyHub::default(), Shelf::shut());
    let driver = tokio::spawn(driver.run());
    seen.saw("welcome").await;
    for n in 0..3 {
        handle.nudge(n);
        seen.saw(&format!("re: ping {n}")).await;
    }
    assert_eq!(shelf.stored_bytes.load(Ordering::SeqCst), 0);
    shelf.open();
    handle.stop(SessionEnd::Done);
    driver.await.unwrap();
    server.await.unwrap();
    assert!(shelf.running_max.load(Ordering::SeqCst) <= limits::STORAGE_REQUESTS_PER_SESSION_MAX);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_only_when_its_storage_requests_have() {
    let house = House::open();
    let script = Script { frames: 3, frame_bytes: 1000, ..Script::default() };
    let (driver, _client, _) = node(&house, script).await;
    let handle = driver.handle();
    let (server, shelf) = serve(house, ToyHub::default(), Shelf::shut());
    let driver = tokio::spawn(driver.run());
    while shelf.running.load(Ordering::SeqCst) < 3 {
        tokio::task::yield_now().await;
    }
    handle.stop(SessionEnd::Done);
    driver.await.unwrap();
    shelf.saw("disconnected").await;
    assert!(!server.is_finished());
    shelf.open();
    server.await.unwrap();
    assert_eq!(shelf.stored_bytes.load(Ordering::SeqCst), 3000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_panics_is_a_failure_the_engine_hears_of() {
    let house = House::open();
    let script = Script { frames: 1, frame_bytes: 9, ..Script::default() };
    let (driver, _client, _) = node(&house, script).await;
    let handle = driver.handle();
    let (server, shelf) = serve(house, ToyHub::default(), Shelf::that_panics());
    let driver = tokio::spawn(driver.run());
    shelf.saw("the storage failed").await;
    handle.stop(SessionEnd::Done);
    driver.await.unwrap();
    server.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_before_the_goodbye_goes_out_before_it() {
    let house = House::open();
    // The node ends right after its pushes, without waiting for acknowledgements.
    let script = Script { frames: 5, frame_bytes: 50_000, ..Script::default() };
    let (driver, _client, seen) = node(&house, script).await;
    let handle = driver.handle();
    let (server, _) = serve(house, ToyHub::default(), Arc::default());
    let driver = tokio::spawn(driver.run());
    seen.saw("welcome").await;
    handle.stop(SessionEnd::Done);
    let report = driver.await.unwrap();
    server.await.unwrap();
    assert!(report.udp.sent_bytes > 5 * 50_000, "{:?}", report.udp);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_the_servers_word_however_it_reaches_the_node() {
    let house = House::open();
    let (driver, _client, _) = node(&house, Script::default()).await;
    let (server, _) = serve(house, ToyHub::default(), Arc::default());
    // What an engine does when it hears the server's goodbye.
    driver.handle().stop(SessionEnd::Cloned);
    let report = driver.run().await;
    let SessionClosed::There(error) = report.end else { panic!("{:?}", report.end) };
    assert_eq!(error.close_reason(), Some(SessionEnd::Cloned.into()));
    server.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_travels_beside_a_running_session() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    let client = Client::open(&identity).unwrap();
    let link = client.connect(&house.address.to_string()).await.unwrap();
    let driver =
        Driver::for_node(link.clone(), ToyNode::default(), Arc::new(Shelf::default()), &Pool::new(4));
    let handle = driver.handle();
    let (server, _) = serve(house, ToyHub::default(), Arc::default());
    let driver = tokio::spawn(driver.run());
    let renewed = posto_net::endpoint::client::renew(&link, &identity).await.unwrap();
    assert_eq!(renewed.details().binding, identity.details().binding);
    assert_ne!(renewed.details().public_key, identity.details().public_key);
    handle.stop(SessionEnd::Done);
    driver.await.unwrap();
    server.await.unwrap();
}

/// The budget of performance.md: a cold check that nothing changed costs at most 6 kB on the wire, handshake included.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_session_of_one_round_trip_costs_at_most_six_kilobytes() {
    let house = House::open();
    let (driver, _client, seen) = node(&house, Script::default()).await;
    let handle = driver.handle();
    let (server, _) = serve(house, ToyHub::default(), Arc::default());
    let driver = tokio::spawn(driver.run());
    seen.saw("welcome").await;
    handle.stop(SessionEnd::Done);
    let report = driver.await.unwrap();
    server.await.unwrap();
    let bytes = report.udp.sent_bytes + report.udp.received_bytes;
    println!("cold session: {:?}, {bytes} bytes in all", report.udp);
    assert!(bytes <= 5_600, "{bytes} bytes leave no room for a hello of 400");
}
