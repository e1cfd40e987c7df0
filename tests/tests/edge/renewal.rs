//! A node that only ever runs `sync --once` (a timer on a machine without desks) keeps its certificate.

use std::sync::Arc;
use std::time::Duration;

use clinic_node::{App, Config, DataDir, Ports, replication};
use posto_net::NodeIdentity;
use posto_net::endpoint::client::{SelfDescription, enrol};
use sync_server::{Clock, DataFolder, Server, ServerConfig, Setup};

const DAY_MS: i64 = 86_400_000;
/// Beyond two thirds of a certificate's ninety days.
const OLD_DAYS: i64 = 62;

async fn serve(folder: &DataFolder, quic: &str, clock: Clock) -> Server {
    let any = Some("127.0.0.1:0".parse().unwrap());
    let config = ServerConfig::load(folder.clone(), Some(quic.parse().unwrap()), any).unwrap();
    Server::start(config, clock).await.unwrap()
}

async fn sync_once(data: &DataDir) -> bool {
    let data = data.clone();
    let app: Arc<App> =
        tokio::task::spawn_blocking(move || App::open(data, Config::default(), Ports::system()))
            .await
            .unwrap()
            .unwrap();
    let report = replication::once(&app, Duration::from_secs(60)).await.unwrap();
    tokio::task::spawn_blocking(move || drop(app)).await.unwrap();
    report.in_sync
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catch_up_renews_a_certificate_that_is_due() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::new(dir.path().join("server"));
    let system = Clock::system();
    let then = Clock::new(move || system.now_ms() - OLD_DAYS * DAY_MS);
    let setup = Setup::init(folder.clone(), "a@b", "correct-horse-battery", then.clone()).unwrap();
    let clinic = setup.add_clinic("Um", "BR").unwrap();
    let location = setup.add_location(clinic, "Centro").unwrap();
    let code = setup.draw_code(clinic, location).unwrap().parse().unwrap();
    drop(setup);
    let server = serve(&folder, "127.0.0.1:0", then).await;
    let address = server.quic_address().to_string();
    let description = SelfDescription { software: "test".into(), label: "desk".into() };
    let identity = enrol(&address, &code, &description).await.unwrap();
    let data = DataDir::new(dir.path().join("node"));
    data.create().unwrap();
    clinic_node::app::create_database(&data).unwrap();
    let old = identity.save(&data.identity()).map(|()| identity.details().serial_hex()).unwrap();
    server.stop().await;

    let server = serve(&folder, &address, Clock::system()).await;
    assert!(sync_once(&data).await);
    let renewed = NodeIdentity::load(&data.identity()).unwrap();
    assert_ne!(renewed.details().serial_hex(), old, "renewed in passing");
    assert!(sync_once(&data).await, "the next catch-up comes with the new one");
    let kept = NodeIdentity::load(&data.identity()).unwrap();
    assert_eq!(kept.details().serial_hex(), renewed.details().serial_hex(), "one that is fresh is kept");
    server.stop().await;
}
