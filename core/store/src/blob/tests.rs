//! Uploads on a disk that refuses and tears writes: what was answered for is there, whatever happens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;
use proptest::prelude::*;

use super::BlobFolder;
use super::disk::{Disk, SystemDisk};
use super::file::BlobFile;
use super::tail::Begun;
use crate::error::{Error, Result};
use crate::key::StoreKey;

/// Of 1 MiB, scaled down like the pieces: sealing takes its time in a debug build.
const CHUNK: usize = 1 << 10;

/// What becomes of one request to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// A part of it is written, then there is no room.
    Refused,
    /// A part of it is written, then the process is gone, and with it all that it would have done next.
    Crash,
}

/// A real folder without the waiting; one request fails.
#[derive(Default)]
struct FaultyDisk {
    done: AtomicU64,
    fault: Mutex<Option<(u64, Fault)>>,
    crashed: AtomicBool,
}

impl FaultyDisk {
    /// The request of this number from now on fails.
    fn fail(&self, at: u64, fault: Fault) {
        *self.fault.lock() = Some((self.done.load(Ordering::Relaxed) + at, fault));
    }

    fn has_failed(&self) -> bool {
        self.fault.lock().is_none()
    }

    fn recover(&self) {
        *self.fault.lock() = None;
        self.crashed.store(false, Ordering::Relaxed);
    }

    fn request(&self) -> io::Result<()> {
        let number = self.done.fetch_add(1, Ordering::Relaxed);
        let mut fault = self.fault.lock();
        let fails = fault.is_some_and(|(at, _)| at == number);
        if let Some((_, kind)) = fault.take_if(|_| fails) {
            self.crashed.store(kind == Fault::Crash, Ordering::Relaxed);
        }
        if fails || self.crashed.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

impl Disk for FaultyDisk {
    fn write(&self, path: &Path, at: u64, bytes: &[u8]) -> io::Result<()> {
        let was_crashed = self.crashed.load(Ordering::Relaxed);
        let asked = self.request();
        let written = match &asked {
            Ok(()) => bytes.len(),
            Err(_) if was_crashed => return asked,
            // Anything from nothing to all.
            Err(_) => {
                self.done.load(Ordering::Relaxed) as usize * 7_919 * bytes.len() / 100_003 % bytes.len()
            }
        };
        write(path, at, &bytes[..written]).and(asked)
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        self.request()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.request()?;
        SystemDisk.remove(path)
    }
}

fn write(path: &Path, at: u64, bytes: &[u8]) -> io::Result<()> {
    use std::io::{Seek, Write};
    let mut file = std::fs::File::options().create(true).truncate(false).write(true).open(path)?;
    file.seek(io::SeekFrom::Start(at))?;
    file.write_all(bytes)
}

/// An upload with its row of the database, which is a commit on the same disk.
struct Upload {
    file: BlobFile,
    disk: Arc<FaultyDisk>,
    content: Vec<u8>,
    received: u64,
    drawn: u8,
}

impl Upload {
    fn begin(folder: &Path, size: usize) -> Self {
        let disk = Arc::new(FaultyDisk::default());
        let blobs = BlobFolder {
            chunk_bytes: CHUNK,
            disk: disk.clone(),
            ..BlobFolder::new(folder.to_owned(), &StoreKey::from_bytes([7; 32]))
        };
        let content = (0..size).map(|n| (n * 31 + n / 251) as u8).collect();
        Self { file: blobs.file([1; 16]), disk, content, received: 0, drawn: 0 }
    }

    /// What `Store::continue_upload` does.
    fn send(&mut self, length: usize) -> Result<()> {
        let (from, size) = (self.received, self.content.len());
        let bytes = &self.content[from as usize..size.min(from as usize + length)];
        let mut draw = || {
            self.drawn = self.drawn.wrapping_add(1);
            Ok([self.drawn; 24])
        };
        match self.file.begin(from, &mut draw)? {
            Begun::Chunk(chunk) => {
                let received = self.file.extend(chunk, from, size as u64, bytes, &mut draw)?;
                self.disk.request().map_err(|source| Error::file("commit", "posto.db", source))?;
                self.received = received;
                self.file.remove_tail(from);
                Ok(())
            }
            Begun::Unsound { expected } => panic!("of {from} bytes {expected} are left"),
        }
    }

    /// Sends all in pieces of these lengths, over and over; a piece that fails is sent again.
    fn send_all(&mut self, pieces: &[usize]) {
        for piece in pieces.iter().cycle() {
            if self.received == self.content.len() as u64 {
                break;
            }
            while self.send(*piece).is_err() {
                self.disk.recover();
            }
            self.disk.crashed.store(false, Ordering::Relaxed);
        }
    }

    fn is_whole(&self) -> bool {
        let chunks = self.content.len().div_ceil(CHUNK) as u32;
        self.file.hash(chunks).unwrap() == *blake3::hash(&self.content).as_bytes()
    }
}

/// One upload after the other, each with a fault one request later, until there was none.
fn survives_a_fault_at_every_request(size: usize, first: usize, pieces: &[usize]) {
    for fault in [Fault::Refused, Fault::Crash] {
        for at in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let mut upload = Upload::begin(folder.path(), size);
            if first > 0 {
                upload.send(first).unwrap();
            }
            upload.disk.fail(at, fault);
            upload.send_all(pieces);
            assert!(upload.is_whole(), "{fault:?} at {at}, pieces of {pieces:?}");
            if !upload.disk.has_failed() {
                assert!(at > 3, "every upload asks more of the disk");
                break;
            }
        }
    }
}

#[test]
fn pieces_of_some_of_a_chunk_survive_a_fault_at_every_request() {
    survives_a_fault_at_every_request(2_500, 0, &[300]);
}

#[test]
fn pieces_of_one_byte_survive_a_fault_at_every_request() {
    survives_a_fault_at_every_request(CHUNK + 2, CHUNK - 2, &[1]);
}

#[test]
fn pieces_of_a_chunk_survive_a_fault_at_every_request() {
    survives_a_fault_at_every_request(2 * CHUNK + 777, 0, &[CHUNK]);
    survives_a_fault_at_every_request(2 * CHUNK + 777, 1, &[CHUNK]);
}

#[test]
fn pieces_of_a_chunk_and_a_half_survive_a_fault_at_every_request() {
    survives_a_fault_at_every_request(3 * CHUNK + 5, 0, &[CHUNK + CHUNK / 2]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_pieces_survive_any_faults(
        size in 1..4 * CHUNK,
        pieces in prop::collection::vec(prop_oneof![1..40_usize, 40..CHUNK, Just(CHUNK), Just(CHUNK + CHUNK / 2)], 1..12),
        faults in prop::collection::vec((0..8_u64, any::<bool>()), 1..12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut upload = Upload::begin(folder.path(), size);
        for (piece, (at, crash)) in pieces.iter().zip(&faults) {
            upload.disk.fail(*at, if *crash { Fault::Crash } else { Fault::Refused });
            drop(upload.send(*piece));
            upload.disk.recover();
        }
        // So that small pieces of a large file come to an end.
        upload.send_all(&[&pieces[..], &[CHUNK / 3]].concat());
        prop_assert!(upload.is_whole());
    }
}

#[test]
fn an_upload_that_was_begun_before_there_were_tails_goes_on() {
    for (held, piece) in [(CHUNK / 2, 300), (CHUNK / 2, CHUNK), (CHUNK / 2 + 100, CHUNK)] {
        for at in 0..8 {
            let folder = tempfile::tempdir().unwrap();
            let mut upload = Upload::begin(folder.path(), 2 * CHUNK);
            // The unfinished chunk in its place, maybe with more than was answered for.
            upload.file.write_chunk(0, [9; 24], &upload.content[..held]).unwrap();
            upload.received = CHUNK as u64 / 2;
            upload.disk.fail(at, Fault::Crash);
            upload.send_all(&[piece]);
            assert!(upload.is_whole(), "{held}, {piece}, {at}");
        }
    }
}

#[test]
fn a_tail_counts_for_its_own_number_of_bytes_only() {
    let folder = tempfile::tempdir().unwrap();
    let upload = Upload::begin(folder.path(), 100);
    upload.file.write_tail(10, [1; 24], &upload.content[..10]).unwrap();
    let path = folder.path().join(hex::encode([1; 16]));
    std::fs::rename(path.with_extension("10"), path.with_extension("20")).unwrap();
    assert_eq!(upload.file.read_tail(20).unwrap(), None);
    std::fs::rename(path.with_extension("20"), path).unwrap();
    assert!(matches!(upload.file.read_chunk(0), Err(Error::DamagedBlob)));
}
