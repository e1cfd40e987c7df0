//! An authenticated peer that misbehaves, and strangers that do.

use std::sync::Arc;

use posto_net::{
    Client, Link, NetError, Ulid,
    driver::{Driver, Pool, SessionReport},
    limits,
};
use posto_sync::{Channel, SessionEnd, frame, limits as sync_limits};
use tokio::task::JoinHandle;

use crate::{
    desk::House,
    toy::{Shelf, ToyHub, scope},
};

struct Attack {
    link: Link,
    _client: Client,
    server: JoinHandle<SessionReport>,
    shelf: Arc<Shelf>,
}

async fn attack() -> Attack {
    let house = House::open();
    let client = Client::open(&house.desk.identity(Ulid(5))).unwrap();
    let link = client.connect(&house.address.to_string()).await.unwrap();
    let shelf = Arc::new(Shelf::default());
    let kept = shelf.clone();
    let server = tokio::spawn(async move {
        let session = house.server.next_session().await.unwrap();
        Driver::for_server(session, ToyHub::default(), kept, &Pool::new(4)).run().await
    });
    Attack { link, _client: client, server, shelf }
}

impl Attack {
    /// Opens a stream and writes these bytes.
    async fn write(&self, bytes: &[u8]) -> (quinn::SendStream, quinn::RecvStream) {
        let (mut send, receive) = self.link.bare().open_bi().await.unwrap();
        send.write_all(bytes).await.unwrap();
        (send, receive)
    }

    async fn channel(&self, channel: &Channel, bytes: &[u8]) -> (quinn::SendStream, quinn::RecvStream) {
        let mut stream = Vec::new();
        frame::write_frame(&channel.preface(), &mut stream);
        stream.extend_from_slice(bytes);
        self.write(&stream).await
    }

    async fn ends_as_violation(self) {
        let report = self.server.await.unwrap();
        assert_eq!(report.end.reason(), Some(SessionEnd::ProtocolViolation.into()), "{report:?}");
        let told = self.link.closed().await;
        assert_eq!(told.close_reason(), Some(SessionEnd::ProtocolViolation.into()), "{told:?}");
    }
}

#[tokio::test]
async fn an_oversized_length_ends_the_session_before_its_bytes_come() {
    let attack = attack().await;
    let mut length = Vec::new();
    let mut rest = sync_limits::FRAME_BYTES_MAX + 1;
    while rest >= 0x80 {
        length.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    length.push(rest as u8);
    let _stream = attack.channel(&Channel::Push(scope(1)), &length).await;
    attack.ends_as_violation().await;
}

#[tokio::test]
async fn a_hello_over_its_limit_ends_the_session() {
    let attack = attack().await;
    let mut hello = Vec::new();
    frame::write_frame(&vec![0; sync_limits::HELLO_BYTES_MAX + 1], &mut hello);
    let _stream = attack.channel(&Channel::Control, &hello).await;
    attack.ends_as_violation().await;
}

#[tokio::test]
async fn malformed_lengths_end_the_session() {
    for bytes in [&[0xff, 0xff, 0xff, 0xff, 0x01][..], &[0x80, 0x00]] {
        let attack = attack().await;
        let _stream = attack.channel(&Channel::Push(scope(1)), bytes).await;
        attack.ends_as_violation().await;
    }
}

#[tokio::test]
async fn a_frame_cut_short_ends_the_session() {
    let attack = attack().await;
    let (mut send, _receive) = attack.channel(&Channel::Push(scope(1)), &[100, 1, 2, 3]).await;
    send.finish().unwrap();
    attack.ends_as_violation().await;
}

#[tokio::test]
async fn an_overlong_preface_ends_the_session() {
    let attack = attack().await;
    let _stream = attack.write(&[200, 1]).await;
    attack.ends_as_violation().await;
}

#[tokio::test]
async fn a_channel_opened_twice_or_by_the_wrong_side_ends_the_session() {
    let twice = attack().await;
    let _one = twice.channel(&Channel::Control, &[]).await;
    let _two = twice.channel(&Channel::Control, &[]).await;
    twice.ends_as_violation().await;

    let wrong = attack().await;
    let _stream = wrong.channel(&Channel::Feed(scope(1)), &[]).await;
    wrong.ends_as_violation().await;
}

#[tokio::test]
async fn a_channel_of_newer_software_is_refused_and_the_rest_goes_on() {
    let attack = attack().await;
    let (_send, mut receive) = attack.write(&[2, 0x77, 1]).await;
    assert!(receive.read_to_end(10).await.is_err(), "that stream is reset");
    let mut hello = Vec::new();
    frame::write_frame(b"hello", &mut hello);
    let (_send, mut receive) = attack.channel(&Channel::Control, &hello).await;
    let mut answer = [0; 8];
    receive.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"\x07welcome");
}

#[tokio::test]
async fn streams_that_never_say_what_they_are_for_hold_nothing_up() {
    let attack = attack().await;
    let mut silent = Vec::new();
    for _ in 1..limits::STREAMS_BI_MAX {
        // One byte of a preface, then silence.
        silent.push(attack.write(&[20]).await);
    }
    let mut hello = Vec::new();
    frame::write_frame(b"hello", &mut hello);
    let (_send, mut receive) = attack.channel(&Channel::Control, &hello).await;
    let mut answer = [0; 8];
    receive.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"\x07welcome");
}

#[tokio::test]
async fn a_thousand_streams_cannot_be_opened() {
    let attack = attack().await;
    let mut streams = Vec::new();
    for _ in 0..limits::STREAMS_BI_MAX {
        streams.push(attack.link.bare().open_bi().await.unwrap());
    }
    let one_more = tokio::time::timeout(std::time::Duration::from_millis(50), attack.link.bare().open_bi());
    assert!(one_more.await.is_err());
}

#[tokio::test]
async fn garbage_of_any_kind_never_takes_the_server_down() {
    let mut random = 7_u64;
    for _ in 0..40 {
        let attack = attack().await;
        let bytes: Vec<u8> = (0..300)
            .map(|_| {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 56) as u8
            })
            .collect();
        let (mut send, _receive) = attack.write(&bytes).await;
        let _ = send.finish();
        attack.link.close(SessionEnd::Done.into());
        attack.server.await.unwrap();
        drop(attack.shelf);
    }
}

#[tokio::test]
async fn a_stranger_without_a_certificate_gets_no_session() {
    let house = House::open();
    let link =
        posto_net::testing::connect_as_stranger(&house.address.to_string(), &house.desk.authority).await;
    let told = link.unwrap().closed().await;
    assert_eq!(told.close_reason(), Some(posto_net::CloseReason::BadCertificate), "{told:?}");
}

#[tokio::test]
async fn an_oversized_enrolment_request_is_cut_off() {
    let house = House::open();
    let code = house.desk.code(crate::desk::CodeState::Open(Ulid(1)));
    let description = posto_net::endpoint::client::SelfDescription {
        software: "x".repeat(limits::ENROL_REQUEST_BYTES_MAX),
        label: String::new(),
    };
    let result = posto_net::endpoint::client::enrol(&house.address.to_string(), &code, &description).await;
    assert!(matches!(result, Err(NetError::Closed(_) | NetError::Stream(_))), "{result:?}");
    assert!(house.desk.redemptions.lock().is_empty());
}
