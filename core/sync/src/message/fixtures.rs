//! Frames of every released protocol version, kept so that old peers stay understood.
//!
//! A line of `fixtures/frames-v<n>.txt` is a name and a frame in hexadecimal. New messages get new lines;
//! lines are never changed. `POSTO_BLESS=1` prints the lines of today's samples.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use super::*;
use crate::types::*;

#[expect(clippy::too_many_lines, reason = "a list of every message")]
fn samples() -> Vec<(&'static str, Message)> {
    let scope = || ScopeName::new("clinic/01J8ZQ4Y7M3N5P7R9T1V3X5Z7B").unwrap();
    let epoch = Epoch([3; 16]);
    let fingerprint = Fingerprint::from_bytes([4; 32]);
    let checkpoint = Checkpoint { head: Seq(700), count: 690, fingerprint };
    let position = BootstrapPosition { as_of: Seq(700), before: Seq(300) };
    let blob = BlobHash([9; 32]);
    let hello_scope = HelloScope {
        scope: scope(),
        epoch: Some(epoch),
        cursor: Seq(700),
        count: 690,
        fingerprint,
        pending_count: Some(2),
        pending_fingerprint: Some(fingerprint),
        erasure_cursor: Some(1),
        bootstrap: Some(position),
    };
    let hello = Hello {
        version_min: 1,
        version_max: 1,
        node: NodeKey([1; 16]),
        actor_prefix: ActorPrefix([2; 8]),
        instance: Instance(11),
        boot: BootId(12),
        connection: 3,
        software: "posto 0.1.0".to_owned(),
        wall_clock_ms: 1_790_000_000_000,
        scopes: vec![hello_scope],
        capabilities: Some(1),
    };
    let welcome_scope = WelcomeScope {
        scope: scope(),
        verdict: Verdict::Behind,
        epoch,
        checkpoint: Some(checkpoint),
        erasure_head: Some(2),
        read_only: Some(true),
    };
    let welcome = Welcome {
        version: 1,
        capabilities: 1,
        wall_clock_ms: 1_790_000_000_001,
        scopes: vec![welcome_scope],
    };
    let erasure = Erasure { number: 2, doc: DocId([5; 16]), basis: 1, decided_by: [6; 16], at_ms: 7 };
    let refused = RefusedChange { hash: ChangeHash([8; 32]), reason: ChangeRefusal::Erased };
    let feed = FeedBatch {
        generation: 1,
        epoch,
        after: Seq(1),
        cursor: Seq(9),
        batch: Some(vec![1, 2, 3].into()),
        checkpoint: Some(checkpoint),
        bootstrap: Some(position),
    };
    let resume = Resume {
        scope: scope(),
        generation: 2,
        cursor: Seq(9),
        bootstrap: Some(position),
        verbatim: Some(true),
        epoch: Some(epoch),
    };
    let reply = RepairReply {
        reply: vec![0x61].into(),
        epoch: Some(epoch),
        checkpoint: Some(checkpoint),
        erasure_head: Some(2),
    };
    let chunk = BlobChunk { blob, size: 3, index: 0, chunk_hash: blob, bytes: vec![1, 2, 3].into() };
    vec![
        ("hello", hello.into()),
        ("welcome", welcome.into()),
        ("erasures_wanted", ErasuresWanted { scope: scope(), after: 1 }.into()),
        ("erasures", Erasures { scope: scope(), entries: vec![erasure], more: false }.into()),
        ("erasures_done", ErasuresDone { scope: scope(), cursor: 2 }.into()),
        ("scope_changed", ScopeChanged { scope: scope(), epoch }.into()),
        ("ping", Ping { number: 1 }.into()),
        ("pong", Pong { number: 1 }.into()),
        ("goodbye", Goodbye { end: SessionEnd::Cloned }.into()),
        ("resume", resume.into()),
        ("verify", Verify { scope: scope() }.into()),
        ("blob_available", BlobAvailable { blob }.into()),
        ("feed_batch", feed.into()),
        ("feed_ack", FeedAck { generation: 1, cursor: Seq(9) }.into()),
        ("push_batch", PushBatch { generation: 0, number: 1, batch: vec![4, 5].into() }.into()),
        ("push_ack", PushAck { number: 1, checkpoint, refused: Some(vec![refused]) }.into()),
        ("push_again", PushAgain { generation: 1, number: 1 }.into()),
        ("repair_open", RepairOpen { query: vec![0x61, 0].into() }.into()),
        ("repair_reply", reply.into()),
        ("repair_next", RepairNext { query: vec![0x61, 1].into() }.into()),
        ("repair_want", RepairWant { hashes: vec![7; 32].into(), verbatim: Some(true) }.into()),
        ("repair_batch", RepairBatch { batch: Some(vec![1].into()), rest: Some(vec![7; 32].into()) }.into()),
        ("blob_offer", BlobOffer { blob, size: 3 }.into()),
        ("blob_have", BlobHave { blob, chunks_held: 1 }.into()),
        ("blob_chunk", chunk.into()),
        ("blob_stored", BlobStored { blob, chunks_held: 1, mismatch: Some(true) }.into()),
        ("blob_want", BlobWant { blob, index: 0 }.into()),
        ("blob_missing", BlobMissing { blob }.into()),
    ]
}

#[test]
fn frames_of_version_1_are_understood() {
    let samples = samples();
    if std::env::var_os("POSTO_BLESS").is_some() {
        for (name, message) in &samples {
            println!("FRAME {name} {}", hex::encode(message.to_frame()));
        }
        return;
    }
    let mut known = 0;
    for line in include_str!("../../fixtures/frames-v1.txt").lines() {
        let (name, frame) = line.split_once(' ').unwrap();
        let read = Message::from_frame(&hex::decode(frame).unwrap()).unwrap();
        let sample = samples.iter().find(|(sample, _)| *sample == name).map(|(_, message)| message.clone());
        assert_eq!(read, sample, "{name}");
        known += 1;
    }
    assert_eq!(known, samples.len(), "a message without a fixture");
}
