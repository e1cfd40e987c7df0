//! Attachments' contents: resumable both ways, checked, encrypted.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use posto_domain::attachment::Attachment;
use posto_store::{Error, ORPHAN_KEPT_MS, Store, StoreOptions, UNFINISHED_KEPT_MS};
use posto_sync::node::{ChunkOutcome, NodeAnswer, NodeRequest};
use posto_sync::{BlobHash, BlobProgress, BlobWork, StoreFailure};

use crate::faults::with_raw;
use crate::support::{Desk, TestClock, clinic, folder, key, options};

const MIB: usize = 1 << 20;

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 31 + n / 251) as u8).collect()
}

pub(crate) fn hash(bytes: &[u8]) -> BlobHash {
    BlobHash(*blake3::hash(bytes).as_bytes())
}

pub(crate) fn work(desk: &Desk) -> BlobWork {
    match desk.store.answer(NodeRequest::ListBlobs).unwrap() {
        NodeAnswer::ListBlobs(work) => work,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn write_chunk(
    desk: &Desk,
    blob: BlobHash,
    size: usize,
    index: u32,
    bytes: &[u8],
) -> ChunkOutcome {
    let request = NodeRequest::WriteBlobChunk {
        blob,
        size: size as u64,
        index,
        chunk_hash: hash(bytes),
        bytes: bytes.to_vec(),
    };
    match desk.store.answer(request).unwrap() {
        NodeAnswer::WriteBlobChunk(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn attachment(desk: &mut Desk, bytes: &[u8]) -> Attachment {
    Attachment {
        id: desk.new_id().cast(),
        patient: None,
        subject: None,
        name: "x-ray.png".into(),
        mime: "image/png".into(),
        size_bytes: bytes.len() as i64,
        blake3: hash(bytes).to_string(),
        category: None,
        title: None,
        taken_at_ms: None,
        uploaded_by: None,
        uploaded_at_ms: None,
        deleted: false,
        external_ids: Default::default(),
        foreign: Default::default(),
    }
}

#[test]
fn an_upload_goes_on_at_any_byte_and_reads_back_in_pieces() {
    let folder = folder();
    let bytes = content(2 * MIB + 777);
    let mut desk = Desk::open(folder.path(), 1);
    let upload = desk.store.begin_upload(bytes.len() as u64, "{}".into()).unwrap();
    let mut at = 0;
    for length in [1, 500, MIB, 3, MIB - 100, 100] {
        let end = (at + length).min(bytes.len());
        assert_eq!(desk.store.continue_upload(upload.id, at as u64, &bytes[at..end]).unwrap(), end as u64);
        at = end;
        drop(desk);
        desk = Desk::open(folder.path(), 1);
        assert_eq!(desk.store.upload(upload.id).unwrap().received, at as u64);
    }
    assert!(matches!(
        desk.store.continue_upload(upload.id, 5, b"x"),
        Err(Error::UploadOffset { actual: 5, .. })
    ));
    assert!(matches!(desk.store.finish_upload(upload.id), Err(Error::UploadOffset { .. })));
    desk.store.continue_upload(upload.id, at as u64, &bytes[at..]).unwrap();
    let blob = desk.store.finish_upload(upload.id).unwrap();
    assert_eq!(blob, hash(&bytes));
    let held = desk.store.blob(blob).unwrap();
    let (mut read, mut offset) = (Vec::new(), 0);
    loop {
        let piece = held.read(offset, 700_001).unwrap();
        if piece.is_empty() {
            break;
        }
        offset += piece.len() as u64;
        read.extend(piece);
    }
    assert!(read == bytes);
    let work = work(&desk);
    assert_eq!((work.upload.len(), work.upload[0].chunks_held), (1, 3));
    desk.store.answer(NodeRequest::MarkBlobSent { blob }).unwrap();
    assert!(self::work(&desk).upload.is_empty());
}

#[test]
fn a_wanted_content_is_fetched_in_order_and_checked() {
    let folder = folder();
    let bytes = content(MIB + 10);
    let mut desk = Desk::open(folder.path(), 1);
    let attachment = attachment(&mut desk, &bytes);
    desk.create(clinic(), &attachment);
    let blob = hash(&bytes);
    assert_eq!(work(&desk).download.len(), 1);
    assert!(matches!(desk.store.blob(blob), Err(Error::NoSuchBlob)));
    let write = |index, piece: &[u8]| write_chunk(&desk, blob, bytes.len(), index, piece);
    assert!(matches!(write(1, &bytes[MIB..]), ChunkOutcome::Mismatch(p) if p.chunks_held == 0));
    assert!(matches!(write(0, &bytes[..MIB]), ChunkOutcome::Stored(p) if p.chunks_held == 1));
    assert!(matches!(write(0, &bytes[..MIB]), ChunkOutcome::Stored(p) if p.chunks_held == 1));
    assert_eq!(desk.store.read(|r| r.blob_progress(blob)).unwrap(), Some((MIB as u64, bytes.len() as u64)));
    // A wrong last chunk passes its own hash, not the whole content's.
    let wrong = content(MIB + 11)[MIB + 1..].to_vec();
    assert!(matches!(write(1, &wrong), ChunkOutcome::Mismatch(p) if p.chunks_held == 0));
    write(0, &bytes[..MIB]);
    assert!(matches!(write(1, &bytes[MIB..]), ChunkOutcome::Stored(p) if p.chunks_held == 2));
    assert!(work(&desk).download.is_empty());
    assert!(work(&desk).upload.is_empty());
    assert_eq!(desk.store.blob(blob).unwrap().read(MIB as u64, 99).unwrap(), &bytes[MIB..]);
}

#[test]
fn a_half_fetched_content_whose_file_is_gone_or_damaged_is_fetched_anew() {
    let damages: [fn(&Path); 2] =
        [|file| std::fs::remove_file(file).unwrap(), |file| std::fs::write(file, b"x").unwrap()];
    for damage in damages {
        let folder = folder();
        let bytes = content(2 * MIB + 10);
        let mut desk = Desk::open(folder.path(), 1);
        let attachment = attachment(&mut desk, &bytes);
        desk.create(clinic(), &attachment);
        let blob = hash(&bytes);
        let pieces: Vec<&[u8]> = bytes.chunks(MIB).collect();
        let write = |index: usize| write_chunk(&desk, blob, bytes.len(), index as u32, pieces[index]);
        write(0);
        damage(&std::fs::read_dir(folder.path().join("blobs")).unwrap().next().unwrap().unwrap().path());
        assert!(matches!(write(1), ChunkOutcome::Stored(p) if p.chunks_held == 2));
        assert!(matches!(write(2), ChunkOutcome::Mismatch(p) if p.chunks_held == 0));
        assert_eq!(work(&desk).download[0].chunks_held, 0);
        (0..3).for_each(|index| assert!(matches!(write(index), ChunkOutcome::Stored(_))));
        assert_eq!(desk.store.blob(blob).unwrap().read(0, 99).unwrap(), &bytes[..99]);
    }
}

#[test]
fn an_empty_content_is_whole_wherever_a_record_names_it() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let empty = attachment(&mut desk, b"");
    // The size is what a record says; the content is what its hash says.
    let mistaken = Attachment { size_bytes: 7, ..attachment(&mut desk, b"") };
    let understated = Attachment { size_bytes: 0, ..attachment(&mut desk, b"abc") };
    for record in [&empty, &mistaken, &understated] {
        desk.create(clinic(), record);
    }
    let held = desk.store.blob(hash(b"")).unwrap();
    assert_eq!((held.size(), held.read(0, 9).unwrap()), (0, Vec::new()));
    let waiting = work(&desk);
    let hashes = |listed: &[BlobProgress]| listed.iter().map(|blob| blob.blob).collect::<Vec<_>>();
    assert_eq!(hashes(&waiting.upload), [hash(b"")], "the server hears of it from whoever is there");
    assert_eq!(hashes(&waiting.download), [hash(b"abc")]);
    assert!(waiting.download[0].size > 0, "no chunk of an empty one would be asked for");
    assert!(desk.store.doctor().unwrap().findings.is_empty());
}

#[test]
fn what_the_server_lacks_is_not_asked_for_again_in_this_session() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let attachment = attachment(&mut desk, b"abc");
    desk.create(clinic(), &attachment);
    desk.store.answer(NodeRequest::MarkBlobUnavailable { blob: hash(b"abc") }).unwrap();
    assert!(work(&desk).download.is_empty());
    desk.store.retry_unavailable_blobs();
    assert_eq!(work(&desk).download.len(), 1);
}

#[test]
fn a_changed_byte_on_disk_is_noticed() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    let upload = desk.store.begin_upload(5, "{}".into()).unwrap();
    desk.store.continue_upload(upload.id, 0, b"hello").unwrap();
    let blob = desk.store.finish_upload(upload.id).unwrap();
    let file = std::fs::read_dir(folder.path().join("blobs")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(5).any(|window| window == b"hello"));
    bytes[30] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert!(matches!(desk.store.blob(blob).unwrap().read(0, 5), Err(Error::DamagedBlob)));
    std::fs::remove_file(&file).unwrap();
    assert!(!desk.store.doctor().unwrap().is_sound());
}

#[test]
fn a_file_that_cannot_be_read_is_not_in_the_way_of_the_others() {
    let folder = folder();
    let clock = Arc::new(TestClock(1_700_000_000_000.into()));
    let with_clock = StoreOptions { clock: clock.clone(), ..options(1) };
    let store = Store::open(folder.path(), key(), with_clock).unwrap();
    let desk = Desk { store, actor: [1; 16], drawn: 0 };
    let [(lost, file), (whole, _)] = [b"first", b"other"].map(|bytes| {
        let id = desk.store.begin_upload(5, "{}".into()).unwrap().id;
        desk.store.continue_upload(id, 0, bytes).unwrap();
        (desk.store.finish_upload(id).unwrap(), folder.path().join("blobs").join(hex::encode(id)))
    });
    let aside = folder.path().join("aside");
    std::fs::rename(&file, &aside).unwrap();
    let listed = || work(&desk).upload.iter().map(|held| held.blob).collect::<Vec<_>>();
    let read = |blob| desk.store.answer(NodeRequest::ReadBlobChunk { blob, index: 0 });
    assert_eq!(listed(), [lost, whole]);
    assert_eq!(read(lost), Err(StoreFailure::Broken));
    assert_eq!(listed(), [whole]);
    assert!(read(whole).is_ok());
    // The disk is well again.
    std::fs::rename(&aside, &file).unwrap();
    clock.0.fetch_add(3_600_000, Ordering::Relaxed);
    assert_eq!(listed(), [lost, whole]);
    assert!(read(lost).is_ok());
}

/// A file of the folder, as a crash leaves it.
fn leave(folder: &std::path::Path, name: &str) -> std::path::PathBuf {
    let path = folder.join("blobs").join(name);
    std::fs::write(&path, b"left behind").unwrap();
    path
}

#[test]
fn a_file_that_nothing_names_is_kept_for_a_week_and_one_that_a_row_names_for_ever() {
    let folder = folder();
    let clock = Arc::new(TestClock(1_700_000_000_000.into()));
    let open =
        || Store::open(folder.path(), key(), StoreOptions { clock: clock.clone(), ..options(1) }).unwrap();
    let mut desk = Desk { store: open(), actor: [1; 16], drawn: 1 };
    // One whole, one on its way in from the desk, one on its way in from the server.
    let bytes = content(MIB + 5);
    let whole = desk.store.begin_upload(bytes.len() as u64, "{}".into()).unwrap();
    desk.store.continue_upload(whole.id, 0, &bytes).unwrap();
    let blob = desk.store.finish_upload(whole.id).unwrap();
    let upload = desk.store.begin_upload(10, "{}".into()).unwrap();
    desk.store.continue_upload(upload.id, 0, b"12345").unwrap();
    let coming = content(2 * MIB);
    let wanted = attachment(&mut desk, &coming);
    desk.create(clinic(), &wanted);
    write_chunk(&desk, hash(&coming), coming.len(), 0, &coming[..MIB]);

    let orphan = leave(folder.path(), &"5e".repeat(16));
    let foreign = leave(folder.path(), "README");
    let files = || std::fs::read_dir(folder.path().join("blobs")).unwrap().count();
    assert_eq!((desk.store.sweep_blob_files().unwrap(), files()), (0, 5));
    clock.0.fetch_add(ORPHAN_KEPT_MS - 1_000_000, Ordering::Relaxed);
    drop(desk);
    let mut store = open();
    assert_eq!((store.sweep_blob_files().unwrap(), orphan.exists()), (0, true), "not a week yet");
    clock.0.fetch_add(1_000_000, Ordering::Relaxed);
    drop(store);
    store = open();
    assert_eq!((store.sweep_blob_files().unwrap(), orphan.exists(), foreign.exists()), (1, false, true));
    assert_eq!(files(), 4);
    assert_eq!(store.blob(blob).unwrap().read(MIB as u64, 10).unwrap(), bytes[MIB..]);
    assert_eq!(store.continue_upload(upload.id, 5, b"67890").unwrap(), 10);
    assert_eq!(store.read(|r| r.blob_progress(hash(&coming))).unwrap(), Some((MIB as u64, 2 * MIB as u64)));
    assert_eq!(store.sweep_blob_files().unwrap(), 0);
    clock.0.fetch_add(UNFINISHED_KEPT_MS, Ordering::Relaxed);
    assert_eq!((store.sweep_blob_files().unwrap(), files()), (1, 3), "nobody goes on with it any more");
    assert!(matches!(store.upload(upload.id), Err(Error::NoSuchBlob)));
}

#[test]
fn what_was_erased_goes_at_the_next_start_when_the_process_ended_before() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    let upload = desk.store.begin_upload(1, "{}".into()).unwrap();
    desk.store.continue_upload(upload.id, 0, b"1").unwrap();
    drop(desk);
    let erased = leave(folder.path(), &"0e".repeat(16));
    let tail = leave(folder.path(), &format!("{}.300000", "0e".repeat(16)));
    with_raw(folder.path(), |raw| {
        raw.execute("INSERT INTO meta VALUES ('blobs/erased', ?1)", [vec![0x0e_u8; 16]]).unwrap();
    });
    let desk = Desk::open(folder.path(), 1);
    assert_eq!((desk.store.sweep_blob_files().unwrap(), erased.exists(), tail.exists()), (1, false, false));
    assert_eq!(desk.store.sweep_blob_files().unwrap(), 0);
    desk.store.upload(upload.id).unwrap();
}

/// A file of the folder by its ending; the whole attachments have none.
fn file_with(folder: &std::path::Path, ending: &str) -> std::path::PathBuf {
    let files = std::fs::read_dir(folder.join("blobs")).unwrap().map(|entry| entry.unwrap().path());
    let mut found = files.filter(|path| path.extension().unwrap_or_default() == ending);
    let file = found.next().unwrap();
    assert!(found.next().is_none());
    file
}

#[test]
fn an_upload_whose_file_was_damaged_goes_on_from_what_is_there() {
    let folder = folder();
    let bytes = content(2 * MIB);
    let desk = Desk::open(folder.path(), 1);
    let upload = desk.store.begin_upload(bytes.len() as u64, "{}".into()).unwrap().id;
    let send = |from: usize, to: usize| desk.store.continue_upload(upload, from as u64, &bytes[from..to]);
    let goes_back_to = |answer: Result<u64, Error>, start: usize| {
        assert!(
            matches!(answer, Err(Error::UploadOffset { expected, .. }) if expected == start as u64),
            "{answer:?}"
        );
        assert_eq!(desk.store.upload(upload).unwrap().received, start as u64);
    };
    send(0, MIB + 300_000).unwrap();
    // Of the unfinished chunk a byte is another: the chunk comes again.
    let tail = file_with(folder.path(), &(MIB + 300_000).to_string());
    let mut damaged = std::fs::read(&tail).unwrap();
    damaged[1_000] ^= 1;
    std::fs::write(&tail, damaged).unwrap();
    goes_back_to(send(MIB + 300_000, MIB + 600_000), MIB);
    send(MIB, MIB + 300_000).unwrap();
    // A restored database knows of an upload whose files the backup did not have.
    std::fs::remove_file(file_with(folder.path(), "")).unwrap();
    goes_back_to(send(MIB + 300_000, MIB + 600_000), 0);
    send(0, 2 * MIB).unwrap();
    assert_eq!(desk.store.finish_upload(upload).unwrap(), hash(&bytes));
}

#[test]
fn what_broken_uploads_leave_goes_when_nothing_can_need_it() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    let bytes = content(1_000);
    let upload = desk.store.begin_upload(1_000, "{}".into()).unwrap().id;
    let name = hex::encode(upload);
    for at in [0, 300, 600] {
        desk.store.continue_upload(upload, at, &bytes[at as usize..at as usize + 300]).unwrap();
    }
    let files = || std::fs::read_dir(folder.path().join("blobs")).unwrap().count();
    assert_eq!(files(), 1, "one tail replaces the other");
    let replaced = leave(folder.path(), &format!("{name}.600"));
    let ahead = leave(folder.path(), &format!("{name}.950"));
    let foreign = leave(folder.path(), &format!("{name}.bak"));
    assert_eq!(desk.store.sweep_blob_files().unwrap(), 1);
    assert_eq!((replaced.exists(), ahead.exists(), files()), (false, true, 3));
    // One that was ahead was not: its commit never came.
    desk.store.continue_upload(upload, 900, &bytes[900..]).unwrap();
    desk.store.finish_upload(upload).unwrap();
    assert_eq!((desk.store.sweep_blob_files().unwrap(), ahead.exists(), foreign.exists()), (1, false, true));
    let cancelled = desk.store.begin_upload(1_000, "{}".into()).unwrap().id;
    desk.store.continue_upload(cancelled, 0, &bytes[..10]).unwrap();
    assert_eq!(files(), 3);
    desk.store.cancel_upload(cancelled).unwrap();
    assert_eq!(files(), 2);
}
