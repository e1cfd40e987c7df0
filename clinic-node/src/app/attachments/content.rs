//! The bytes of a file: what they are, and reading them in parts.

use posto_domain::policy::Action;
use posto_domain::{AttachmentId, Kind};
use posto_store::BlobContent;

use super::super::audit::Access;
use super::super::{App, AppError, AppResult, Caller};
use super::content_hash;

/// Pictures that every browser shows and none can run.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/gif"];

const PDF: &str = "application/pdf";

/// What a PDF begins with.
const PDF_HEAD: &[u8] = b"%PDF-";

/// Larger pictures are not sent as previews.
const PREVIEW_BYTES_MAX: u64 = 20 << 20;

/// How much of a text is a preview.
const TEXT_PREVIEW_BYTES: usize = 4_096;

/// A complete content, open for reading.
#[derive(Debug)]
pub struct Content {
    pub name: String,
    pub media_type: String,
    /// Whether a browser may show it rather than save it.
    pub inline: bool,
    /// Names this content.
    pub tag: String,
    bytes: BlobContent,
}

/// What is shown of a file without opening it.
#[derive(Debug)]
pub enum Part {
    Whole(Content),
    Text(String),
}

impl Content {
    /// Size in bytes.
    pub fn size(&self) -> u64 {
        self.bytes.size()
    }

    /// Bytes from `offset`, at most `length`; empty at the end.
    ///
    /// # Errors
    /// When the content is damaged.
    pub fn read(&self, offset: u64, length: usize) -> AppResult<Vec<u8>> {
        Ok(self.bytes.read(offset, length)?)
    }
}

impl App {
    /// Opens a file's content.
    ///
    /// # Errors
    /// [`AppError::ContentIncomplete`] while it is still elsewhere; [`AppError::NotFound`], [`AppError::Forbidden`].
    pub fn open_attachment(&self, caller: &Caller, id: AttachmentId) -> AppResult<Content> {
        let attachment = self.find_attachment(caller, Action::Read, id)?;
        let hash = content_hash(&attachment).ok_or(AppError::ContentIncomplete)?;
        let bytes = self.store.blob(hash)?;
        self.audit(Access::of(caller, "attachment.open", Some((Kind::Attachment, id.cast()))))?;
        let inline = is_harmless(&attachment.mime) && is_what_it_says(&attachment.mime, &bytes)?;
        Ok(Content {
            name: attachment.name,
            media_type: attachment.mime,
            inline,
            tag: attachment.blake3,
            bytes,
        })
    }

    /// A picture, a PDF, or the beginning of a text.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for what has no preview.
    pub fn preview_attachment(&self, caller: &Caller, id: AttachmentId) -> AppResult<Part> {
        let content = self.open_attachment(caller, id)?;
        if !has_preview(&content.media_type, content.size()) {
            return Err(AppError::NotFound);
        }
        if content.media_type == PDF && !content.inline {
            return Err(AppError::NotFound);
        }
        if content.media_type == PDF || PICTURES.contains(&content.media_type.as_str()) {
            return Ok(Part::Whole(content));
        }
        let head = content.read(0, TEXT_PREVIEW_BYTES)?;
        Ok(Part::Text(String::from_utf8_lossy(&head).into_owned()))
    }
}

/// Whether `/preview` has something to show.
pub(super) fn has_preview(media_type: &str, size: u64) -> bool {
    media_type.starts_with("text/")
        || media_type == PDF
        || (PICTURES.contains(&media_type) && size <= PREVIEW_BYTES_MAX)
}

fn is_harmless(media_type: &str) -> bool {
    PICTURES.contains(&media_type) || matches!(media_type, PDF | "text/plain")
}

/// A record may come from an import or another node: its word is not enough for what the browser's own viewer opens.
fn is_what_it_says(media_type: &str, bytes: &BlobContent) -> AppResult<bool> {
    Ok(media_type != PDF || bytes.read(0, PDF_HEAD.len())? == PDF_HEAD)
}

/// What a content is by its first bytes. `None` for what is not accepted: programs, and what pretends to be a
/// picture or document.
pub(super) fn media_type(head: &[u8], announced: &str) -> Option<String> {
    if infer::is_app(head) || head.starts_with(b"#!") {
        return None;
    }
    if let Some(found) = infer::get(head) {
        // Markup can carry scripts: it is kept as a file that browsers save.
        let is_markup = matches!(found.mime_type(), "text/html" | "text/xml" | "image/svg+xml");
        return Some(if is_markup { "application/octet-stream" } else { found.mime_type() }.to_owned());
    }
    if announced.starts_with("image/") || announced == "application/pdf" {
        return None;
    }
    // The piece may end inside a character.
    let is_text = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let looks_like_markup = head.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    Some(match announced {
        _ if !is_text || looks_like_markup || head.contains(&0) => "application/octet-stream".to_owned(),
        "text/csv" => "text/csv".to_owned(),
        _ => "text/plain".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn the_content_decides_what_a_file_is() {
        let png = b"\x89PNG\r\n\x1a\n0000";
        assert_eq!(media_type(png, "application/pdf").as_deref(), Some("image/png"));
        assert_eq!(media_type(b"%PDF-1.7 ", "x").as_deref(), Some("application/pdf"));
        assert_eq!(media_type(b"plain words", "application/pdf"), None, "a pdf that is none");
        assert_eq!(media_type("a;b\n1;2 é".as_bytes(), "text/csv").as_deref(), Some("text/csv"));
        assert_eq!(media_type(b"<html><script>", "text/plain").as_deref(), Some("application/octet-stream"));
        assert_eq!(media_type(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0", "image/png"), None);
        assert_eq!(media_type(b"#!/bin/sh", "text/plain"), None);
        assert_eq!(media_type(b"", "text/plain").as_deref(), Some("text/plain"));
    }
}
