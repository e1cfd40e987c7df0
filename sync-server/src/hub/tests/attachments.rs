//! Attachments: chunk by chunk, checked, shared within a clinic and with nobody else.

use std::path::Path;

use posto_sync::hub::{HubAnswer, HubRequest};
use posto_sync::limits::BLOB_CHUNK_BYTES;
use posto_sync::node::ChunkOutcome;
use posto_sync::{BlobHash, NodeKey};

use super::fixture::{Fixture, TestNode};
use crate::storage::DbError;
use crate::storage::table::blob;

fn hash(bytes: &[u8]) -> BlobHash {
    BlobHash(*blake3::hash(bytes).as_bytes())
}

fn write(
    world: &Fixture,
    node: &TestNode,
    blob: BlobHash,
    size: u64,
    index: u32,
    bytes: &[u8],
) -> ChunkOutcome {
    let request = HubRequest::WriteBlobChunk {
        node: NodeKey(node.id.to_bytes()),
        blob,
        size,
        index,
        chunk_hash: hash(bytes),
        bytes: bytes.to_vec(),
    };
    match world.run(node, request).unwrap() {
        HubAnswer::WriteBlobChunk(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

fn read(world: &Fixture, node: &TestNode, blob: BlobHash, index: u32) -> Option<Vec<u8>> {
    match world
        .run(node, HubRequest::ReadBlobChunk { node: NodeKey(node.id.to_bytes()), blob, index })
        .unwrap()
    {
        HubAnswer::ReadBlobChunk { chunk } => chunk.map(|(_, _, bytes)| bytes),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_arrives_in_chunks_and_is_read_by_another_node_of_the_clinic() {
    let mut world = Fixture::new();
    let (sender, receiver) = (world.add_node(), world.add_node());
    let other_clinic = world.add_clinic("Dois");
    let elsewhere = world.add_location(other_clinic);
    let stranger = world.add_node_to(other_clinic, elsewhere);
    let content: Vec<u8> = (0..BLOB_CHUNK_BYTES + 77).map(|i| (i % 251) as u8).collect();
    let (blob, size) = (hash(&content), content.len() as u64);
    let (first, second) = content.split_at(BLOB_CHUNK_BYTES);

    assert!(
        matches!(write(&world, &sender, blob, size, 1, second), ChunkOutcome::Mismatch(p) if p.chunks_held == 0)
    );
    assert!(
        matches!(write(&world, &sender, blob, size, 0, first), ChunkOutcome::Stored(p) if p.chunks_held == 1)
    );
    assert_eq!(read(&world, &receiver, blob, 0), None, "half a file is none");
    assert!(
        matches!(write(&world, &sender, blob, size, 1, second), ChunkOutcome::Stored(p) if p.chunks_held == 2)
    );
    assert_eq!(read(&world, &receiver, blob, 0).as_deref(), Some(first));
    assert_eq!(read(&world, &receiver, blob, 1).as_deref(), Some(second));
    assert_eq!(read(&world, &receiver, blob, 2), None);
    assert_eq!(read(&world, &stranger, blob, 0), None, "another clinic's file does not exist");
}

#[test]
fn an_empty_file_is_here_as_soon_as_it_is_offered_and_belongs_to_its_clinic_only() {
    let mut world = Fixture::new();
    let (node, reader) = (world.add_node(), world.add_node());
    let other_clinic = world.add_clinic("Dois");
    let elsewhere = world.add_location(other_clinic);
    let stranger = world.add_node_to(other_clinic, elsewhere);
    let blob = hash(b"");
    assert_eq!(read(&world, &node, blob, 0), None);
    let offer = HubRequest::BlobStatus { node: NodeKey(node.id.to_bytes()), blob };
    let HubAnswer::BlobStatus(status) = world.run(&node, offer).unwrap() else { panic!("another answer") };
    assert_eq!((status.size, status.chunks_held), (0, 0));
    assert_eq!(read(&world, &reader, blob, 0), Some(Vec::new()));
    assert_eq!(read(&world, &reader, blob, 1), None);
    assert_eq!(read(&world, &stranger, blob, 0), None);
}

#[test]
fn a_file_that_outlived_its_row_is_known_again_unless_it_is_damaged() {
    let mut world = Fixture::new();
    let (node, reader) = (world.add_node(), world.add_node());
    for (content, damaged) in [(b"kept", false), (b"torn", true)] {
        let blob = hash(content);
        write(&world, &node, blob, 4, 0, content);
        // The process ended between file and row, or an older database was put beside the files.
        let clinic = world.clinic;
        world.db.write_blocking::<_, DbError, _>(move |tx| blob::delete(tx, clinic, &blob)).unwrap();
        if damaged {
            std::fs::write(world.hub.blobs.complete(clinic, &blob), b"TORN").unwrap();
        }
        assert_eq!(read(&world, &reader, blob, 0).as_deref(), (!damaged).then_some(&content[..]));
        let offer = HubRequest::BlobStatus { node: NodeKey(node.id.to_bytes()), blob };
        let HubAnswer::BlobStatus(status) = world.run(&node, offer).unwrap() else {
            panic!("another answer")
        };
        assert_eq!(status.chunks_held, u32::from(!damaged));
        write(&world, &node, blob, 4, 0, content);
        assert_eq!(read(&world, &reader, blob, 0).as_deref(), Some(&content[..]));
    }
}

#[test]
fn a_file_that_the_disk_lost_is_taken_in_again() {
    let mut world = Fixture::new();
    let (node, reader) = (world.add_node(), world.add_node());
    let blob = hash(b"lost");
    let losses: [fn(&Path); 2] =
        [|file| std::fs::remove_file(file).unwrap(), |file| std::fs::write(file, b"lo").unwrap()];
    for lose in losses {
        write(&world, &node, blob, 4, 0, b"lost");
        lose(&world.hub.blobs.complete(world.clinic, &blob));
        assert_eq!(read(&world, &reader, blob, 0), None, "and the session goes on");
        write(&world, &node, blob, 4, 0, b"lost");
        assert_eq!(read(&world, &reader, blob, 0).as_deref(), Some(&b"lost"[..]));
    }
}

#[test]
fn content_that_is_not_what_its_name_says_is_thrown_away() {
    let mut world = Fixture::new();
    let node = world.add_node();
    let blob = hash(b"announced");
    assert!(
        matches!(write(&world, &node, blob, 9, 0, b"different"), ChunkOutcome::Mismatch(p) if p.chunks_held == 0)
    );
    assert!(
        matches!(write(&world, &node, blob, 9, 0, b"announced"), ChunkOutcome::Stored(p) if p.chunks_held == 1)
    );
}
