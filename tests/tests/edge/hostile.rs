//! An enrolled node that turned hostile: whatever it sends, the server serves the others.

use posto_net::{Client, CloseReason, testing::LAN};
use posto_sync::{Channel, ScopeName, SessionEnd, frame};

use crate::clinic::{Clinic, identity};

/// No message has this kind.
const NO_KIND: u8 = 250;
/// Kinds of messages, one for each channel below: hello, push, acknowledgement, repair, offer.
const KINDS: [u8; 5] = [1, 30, 21, 40, 50];
/// CBOR's end of an item that never began.
const BREAK: u8 = 0xff;

/// Bytes that look random and are the same in every run.
fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut state = seed;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(bytes)
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_on_every_channel_ends_that_session_and_nothing_else() {
    let clinic = Clinic::open();
    let (hostile, honest) = tokio::join!(clinic.branch("hostile", LAN), clinic.branch("honest", LAN));
    let client = Client::open(&identity(&hostile.node.data)).unwrap();
    let scope = ScopeName::new(&format!("clinic/{}", clinic.server.clinic)).unwrap();
    let channels = [
        Channel::Control,
        Channel::Push(scope.clone()),
        Channel::Feed(scope.clone()),
        Channel::Repair(scope),
        Channel::Blob,
    ];
    for (seed, channel) in channels.iter().enumerate() {
        let link = client.connect(&clinic.server.quic_address()).await.unwrap();
        let (mut send, _receive) = link.bare().open_bi().await.unwrap();
        let mut stream = Vec::new();
        frame::write_frame(&channel.preface(), &mut stream);
        // Noise that begins like no message is skipped, as one of a later protocol would be; what begins like a message
        // and is none is not.
        let garbage = noise(seed as u64, 2000);
        frame::write_frame(&[&[NO_KIND], &garbage[..]].concat(), &mut stream);
        frame::write_frame(&[&[KINDS[seed], BREAK], &garbage[..]].concat(), &mut stream);
        send.write_all(&stream).await.unwrap();
        let told = link.closed().await;
        let violation = Some(CloseReason::Session(SessionEnd::ProtocolViolation));
        assert_eq!(told.close_reason(), violation, "{channel:?}: {told:?}");
    }
    honest.import(0..20);
    honest.sync().await;
    hostile.sync().await;
}
