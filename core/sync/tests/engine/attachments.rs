//! Attachments: both ways, resumed, deduplicated, behind the records.

use posto_sync::node::NodeNudge;
use posto_sync::*;

use crate::scenario::{TestWorld, settle, world, write};

const BIG: u64 = 5 * limits::BLOB_CHUNK_BYTES as u64 + 12_345;

fn attach(world: &mut TestWorld, node: usize, blob: BlobHash, size: u64) {
    let content = vec![blob.0[0]; size as usize];
    world.nodes[node].store.blobs.insert(blob, content);
    world.nodes[node].store.unsent.insert(blob);
    world.nudge(node, NodeNudge::Blobs);
}

fn want(world: &mut TestWorld, node: usize, blob: BlobHash, size: u64) {
    world.nodes[node].store.wanted.insert(blob, (size, Vec::new()));
    world.nudge(node, NodeNudge::Blobs);
}

#[test]
fn an_attachment_reaches_the_server_and_the_node_that_already_asked_for_it() {
    let mut world = world(20, 2);
    settle(&mut world, 20);
    want(&mut world, 1, BlobHash([5; 32]), BIG);
    settle(&mut world, 20);
    attach(&mut world, 0, BlobHash([5; 32]), BIG);
    write(&mut world, 0, 3);
    settle(&mut world, 20);
    world.run_for(5_000);
    settle(&mut world, 20);
    assert_eq!(world.hub.blobs[&BlobHash([5; 32])].1.len() as u64, BIG);
    assert_eq!(world.nodes[1].store.blobs[&BlobHash([5; 32])].len() as u64, BIG);
    assert!(world.nodes[0].store.unsent.is_empty());
}

#[test]
fn what_the_server_has_is_not_sent_again() {
    let mut world = world(21, 2);
    settle(&mut world, 21);
    attach(&mut world, 0, BlobHash([6; 32]), BIG);
    settle(&mut world, 21);
    attach(&mut world, 1, BlobHash([6; 32]), BIG);
    settle(&mut world, 21);
    assert_eq!(world.statistics(1).unwrap().blob_bytes_sent, 0);
    assert!(world.nodes[1].store.unsent.is_empty());
}

#[test]
fn cut_transfers_go_on_at_the_chunk_they_had_reached() {
    let mut world = world(22, 2);
    settle(&mut world, 22);
    world.faults.latency_ms = 50;
    attach(&mut world, 0, BlobHash([7; 32]), BIG);
    while world
        .hub
        .blobs
        .get(&BlobHash([7; 32]))
        .is_none_or(|(_, held)| held.len() < 3 * limits::BLOB_CHUNK_BYTES)
    {
        world.run_for(5);
    }
    world.crash_node(0);
    settle(&mut world, 22);
    let again = world.statistics(0).unwrap().blob_bytes_sent;
    assert!(again <= BIG - 3 * limits::BLOB_CHUNK_BYTES as u64, "{again} bytes again");
    want(&mut world, 1, BlobHash([7; 32]), BIG);
    world.nodes[1].store.bad_chunks = 1;
    settle(&mut world, 22);
    assert_eq!(world.nodes[1].store.blobs[&BlobHash([7; 32])].len() as u64, BIG);
}
