//! Who gets a session, who does not, and who loses it.

use std::sync::atomic::Ordering;

use posto_net::{
    Client, CloseReason, Link, NetError, NodeIdentity, Ulid,
    endpoint::{client, server::Session},
    testing::{LAN, LinkProxy},
};
use posto_sync::{BootId, SessionEnd};

use crate::desk::{House, NOW};

const DAY_S: i64 = 86_400;

async fn connect(house: &House, identity: &NodeIdentity) -> (Client, Link) {
    let client = Client::open(identity).unwrap();
    let link = client.connect(&house.address.to_string()).await.unwrap();
    (client, link)
}

async fn connected(house: &House, identity: &NodeIdentity) -> (Client, Link, Session) {
    let (client, link) = connect(house, identity).await;
    let session = house.server.next_session().await.unwrap();
    (client, link, session)
}

fn reason(error: &NetError) -> CloseReason {
    error.close_reason().unwrap_or_else(|| panic!("not closed by the peer: {error:?}"))
}

#[tokio::test]
async fn an_enrolled_node_gets_a_session_that_says_who_it_is() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    let (_client, link, session) = connected(&house, &identity).await;
    assert_eq!(&session.peer, identity.details());
    assert!(house.server.registry().sessions().is_empty(), "not before its hello");
    session.place.claim_async(BootId(1), 1).await.unwrap();
    assert_eq!(house.server.registry().sessions()[0].peer.binding.node, Ulid(5));
    drop(session);
    assert_eq!(reason(&link.closed().await), SessionEnd::GoingAway.into());
    assert!(house.server.registry().sessions().is_empty());
}

#[tokio::test]
async fn revocation_ends_a_live_session_at_once_and_the_node_stays_out() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    let (_client, link, session) = connected(&house, &identity).await;
    session.place.claim_async(BootId(1), 1).await.unwrap();
    house.desk.revoke(Ulid(5));
    assert!(house.server.registry().revoke(Ulid(5)));
    assert_eq!(reason(&link.closed().await), SessionEnd::Revoked.into());
    let (_client, link) = connect(&house, &identity).await;
    assert_eq!(reason(&link.closed().await), SessionEnd::Revoked.into());
    assert!(!reason(&link.closed().await).worth_retrying());
}

#[tokio::test]
async fn a_revocation_between_check_and_registration_is_not_lost() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    let (_client, link, session) = connected(&house, &identity).await;
    // The claim comes later than the revocation.
    house.server.registry().revoke(Ulid(5));
    assert_eq!(session.place.claim_async(BootId(1), 1).await, Err(SessionEnd::Revoked));
    assert_eq!(reason(&link.closed().await), SessionEnd::Revoked.into());
}

#[tokio::test]
async fn a_node_the_server_does_not_know_is_told_so() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    house.desk.forget(Ulid(5));
    let (_client, link) = connect(&house, &identity).await;
    assert_eq!(reason(&link.closed().await), SessionEnd::UnknownNode.into());
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused_by_both_sides() {
    let (house, other) = (House::open(), House::open());
    let identity = other.desk.identity(Ulid(5));
    let client = Client::open(&identity).unwrap();
    let error = client.connect(&house.address.to_string()).await.unwrap_err();
    assert!(matches!(error, NetError::WrongServer), "{error:?}");
}

#[tokio::test]
async fn an_expired_node_may_renew_and_nothing_else() {
    let house = House::open();
    let expired = house.desk.identity_for(Ulid(5), NOW - 300 * DAY_S, 90 * DAY_S);
    let (_client, link) = connect(&house, &expired).await;
    let (mut send, _receive) = link.bare().open_bi().await.unwrap();
    send.write_all(&[1, 0]).await.unwrap();
    assert_eq!(reason(&link.closed().await), CloseReason::Expired);

    let (_client, link) = connect(&house, &expired).await;
    let renewed = client::renew(&link, &expired).await.unwrap();
    assert_eq!(reason(&link.closed().await), CloseReason::Renewed);
    assert_eq!(renewed.details().binding, expired.details().binding);
    let (_client, _link, session) = connected(&house, &renewed).await;
    assert_eq!(session.peer.binding.node, Ulid(5));

    // Past the time of grace only a new code helps.
    let ancient = house.desk.identity_for(Ulid(6), NOW - 600 * DAY_S, 90 * DAY_S);
    let (_client, link) = connect(&house, &ancient).await;
    assert_eq!(reason(&link.closed().await), CloseReason::Expired);
}

#[tokio::test]
async fn a_revoked_node_cannot_renew_its_way_back() {
    let house = House::open();
    let expired = house.desk.identity_for(Ulid(5), NOW - 300 * DAY_S, 90 * DAY_S);
    house.desk.revoke(Ulid(5));
    let (_client, link) = connect(&house, &expired).await;
    assert!(client::renew(&link, &expired).await.is_err());
    assert_eq!(reason(&link.closed().await), SessionEnd::Revoked.into());
}

#[tokio::test]
async fn a_copied_disk_is_refused_while_the_original_lives() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    let (_client, original, first) = connected(&house, &identity).await;
    first.place.claim_async(BootId(1), 1).await.unwrap();
    let (_client, _link, second) = connected(&house, &identity).await;
    assert_eq!(second.place.claim_async(BootId(2), 1).await, Err(SessionEnd::Cloned));
    assert!(original.close_reason().is_none(), "the original goes on");
    drop(second);
    assert_eq!(house.server.registry().sessions().len(), 1);
}

#[tokio::test]
async fn a_reconnect_of_the_same_process_replaces_its_own_session() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    let (_client, old, first) = connected(&house, &identity).await;
    first.place.claim_async(BootId(1), 1).await.unwrap();
    let (_client, new, second) = connected(&house, &identity).await;
    second.place.claim_async(BootId(1), 2).await.unwrap();
    assert_eq!(reason(&old.closed().await), SessionEnd::Superseded.into());
    drop(first);
    assert!(new.close_reason().is_none());
    assert_eq!(
        house.server.registry().sessions().len(),
        1,
        "the old one's end does not free the new one's place"
    );
    let (_client, _late, third) = connected(&house, &identity).await;
    assert_eq!(third.place.claim_async(BootId(1), 1).await, Err(SessionEnd::Superseded));
}

#[tokio::test]
async fn a_dead_line_does_not_keep_a_restarted_node_out() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    let proxy = LinkProxy::open(LAN, house.address, 1).await.unwrap();
    let client = Client::open(&identity).unwrap();
    let _dead = client.connect(&proxy.address().to_string()).await.unwrap();
    let first = house.server.next_session().await.unwrap();
    first.place.claim_async(BootId(1), 1).await.unwrap();
    proxy.cut();
    let (_client, _link, second) = connected(&house, &identity).await;
    second.place.claim_async(BootId(2), 1).await.unwrap();
    assert_eq!(house.server.registry().sessions().len(), 1);
}

#[tokio::test]
async fn one_node_cannot_hold_many_connections() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    let mut kept = Vec::new();
    for _ in 0..posto_net::limits::CONNECTIONS_PER_NODE_MAX {
        kept.push(connected(&house, &identity).await);
    }
    let (_client, link) = connect(&house, &identity).await;
    assert_eq!(reason(&link.closed().await), CloseReason::TooManyConnections);
    kept.pop();
    let _again = connected(&house, &identity).await;
}

#[tokio::test]
async fn a_node_whose_certificate_is_not_valid_yet_waits() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    house.desk.now_unix_s.store(NOW - 30 * DAY_S, Ordering::SeqCst);
    let (_client, link) = connect(&house, &identity).await;
    // Renewal is offered; without one the connection ends.
    let renewed = client::renew(&link, &identity).await.unwrap();
    assert!(renewed.details().is_valid_at(NOW - 30 * DAY_S));
}

#[tokio::test]
async fn a_restarted_server_tells_its_nodes_that_their_connections_are_gone() {
    let house = House::open();
    let link = LinkProxy::open(LAN, house.address, 1).await.unwrap();
    let client = Client::open(&house.desk.identity(Ulid(5))).unwrap();
    let connection = client.connect(&link.address().to_string()).await.unwrap();
    let _session = house.server.next_session().await.unwrap();
    // The process dies without a word; its successor has the same authority.
    link.cut();
    let successor = house.successor();
    link.redirect(successor.address);
    link.heal();
    let (mut send, _receive) = connection.bare().open_bi().await.unwrap();
    send.write_all(&[0; 400]).await.unwrap();
    let told = connection.closed().await;
    assert!(matches!(told, NetError::Connection(quinn::ConnectionError::Reset)), "{told:?}");
}

#[tokio::test]
async fn shutdown_tells_the_nodes() {
    let house = House::open();
    let identity = house.desk.identity(Ulid(5));
    let (_client, link, _session) = connected(&house, &identity).await;
    house.server.shutdown().await;
    assert_eq!(reason(&link.closed().await), SessionEnd::GoingAway.into());
    assert!(house.server.next_session().await.is_none());
}
