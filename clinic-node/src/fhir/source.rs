//! What there is to import: files, folders and archives, one readable thing at a time.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use posto_domain::fhir::{Problem, ProblemCode};

use super::report::Place;

/// How a source is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// One resource or one bundle.
    Json,
    /// One resource a line.
    Ndjson,
}

/// A readable thing.
pub(super) struct Source {
    pub(super) place: Place,
    pub(super) format: Format,
    pub(super) content: Content,
}

/// Content that is read whole, or from a file because it is large.
pub(super) enum Content {
    Text(String),
    Large(File),
}

/// Content above this is read from disk in pieces.
const WHOLE_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// A member of an archive above this is refused: an archive of a megabyte can claim any size.
const MEMBER_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// Memory that the decompressor may take.
const XZ_MEMORY_BYTES_MAX: u64 = 256 * 1024 * 1024;

impl Content {
    /// A reader from the start.
    pub(super) fn large(file: &File) -> std::io::Result<BufReader<&File>> {
        let mut file = file;
        file.seek(SeekFrom::Start(0))?;
        Ok(BufReader::with_capacity(256 * 1024, file))
    }
}

/// Receives the sources. What cannot be opened comes as a problem, so that the rest goes on.
pub(super) type Receive<'a, E> = &'a mut dyn FnMut(Result<Source, (Place, Problem)>) -> Result<(), E>;

/// Visits everything under `paths`, folders in the order of their names.
pub(super) fn visit<E>(paths: &[PathBuf], receive: Receive<'_, E>) -> Result<(), E> {
    for path in paths {
        visit_path(path, true, receive)?;
    }
    Ok(())
}

fn visit_path<E>(path: &Path, named: bool, receive: Receive<'_, E>) -> Result<(), E> {
    let place = Place { file: Arc::from(path.to_string_lossy()), entry: None };
    if path.is_dir() {
        let Ok(entries) = std::fs::read_dir(path) else {
            return receive(Err((place, ProblemCode::UnreadableFile.at(""))));
        };
        let mut children: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        children.sort();
        return children.iter().try_for_each(|child| visit_path(child, false, receive));
    }
    let name = path.to_string_lossy().to_lowercase();
    if name.ends_with(".tar.xz") || name.ends_with(".txz") {
        return match File::open(path) {
            Ok(file) => visit_archive(file, &place, receive),
            Err(_) => receive(Err((place, ProblemCode::UnreadableFile.at("")))),
        };
    }
    let format = match format_of(&name) {
        Some(format) => format,
        // A file that was named is meant, whatever its ending; in a folder other files are passed over.
        None if named => Format::Json,
        None => return Ok(()),
    };
    match open(path) {
        Ok(content) => receive(Ok(Source { place, format, content })),
        Err(problem) => receive(Err((place, problem))),
    }
}

fn format_of(name: &str) -> Option<Format> {
    if name.ends_with(".ndjson") || name.ends_with(".jsonl") {
        Some(Format::Ndjson)
    } else if name.ends_with(".json") {
        Some(Format::Json)
    } else {
        None
    }
}

fn open(path: &Path) -> Result<Content, Problem> {
    let unreadable = |_| ProblemCode::UnreadableFile.at("");
    let mut file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > WHOLE_BYTES_MAX {
        return Ok(Content::Large(file));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    text(bytes)
}

fn text(bytes: Vec<u8>) -> Result<Content, Problem> {
    let text = String::from_utf8(bytes).map_err(|_| ProblemCode::NotJson.at(""))?;
    Ok(Content::Text(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }))
}

/// Members of an archive as they come. A damaged archive is reported once; what came before stays.
fn visit_archive<E>(file: File, place: &Place, receive: Receive<'_, E>) -> Result<(), E> {
    let damaged = || (place.clone(), ProblemCode::DamagedFile.at(""));
    let Ok(stream) =
        liblzma::stream::Stream::new_auto_decoder(XZ_MEMORY_BYTES_MAX, liblzma::stream::CONCATENATED)
    else {
        return receive(Err(damaged()));
    };
    let decoder = liblzma::read::XzDecoder::new_stream(BufReader::new(file), stream);
    let mut archive = tar::Archive::new(decoder);
    let Ok(members) = archive.entries() else { return receive(Err(damaged())) };
    for member in members {
        let Ok(mut member) = member else { return receive(Err(damaged())) };
        let Ok(name) = member.path().map(|path| path.to_string_lossy().into_owned()) else { continue };
        let Some(format) = format_of(&name.to_lowercase()).filter(|_| member.header().entry_type().is_file())
        else {
            continue;
        };
        let place = Place { file: Arc::from(format!("{}/{name}", place.file)), entry: None };
        let size = member.size();
        if size > MEMBER_BYTES_MAX {
            receive(Err((place, ProblemCode::TooLarge.at(""))))?;
            continue;
        }
        match read_member(&mut member, size) {
            Ok(content) => receive(Ok(Source { place, format, content }))?,
            Err(problem) => {
                let ends = problem.code == ProblemCode::DamagedFile;
                receive(Err((place, problem)))?;
                if ends {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

fn read_member(member: &mut impl Read, size: u64) -> Result<Content, Problem> {
    let damaged = |_| ProblemCode::DamagedFile.at("");
    if size <= WHOLE_BYTES_MAX {
        let mut bytes = Vec::with_capacity(size as usize);
        member.read_to_end(&mut bytes).map_err(damaged)?;
        if bytes.len() as u64 != size {
            return Err(ProblemCode::DamagedFile.at(""));
        }
        return text(bytes);
    }
    let mut spool = tempfile::tempfile().map_err(|_| ProblemCode::UnreadableFile.at(""))?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = member.read(&mut buffer).map_err(damaged)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        spool.write_all(bytes).map_err(|_| ProblemCode::UnreadableFile.at(""))?;
    }
    Ok(Content::Large(spool))
}
