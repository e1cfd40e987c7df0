//! A patient's face, made small for lists and the top of the page.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use posto_domain::policy::Action;
use posto_domain::{AttachmentId, Patient, PatientId};
use posto_sync::BlobHash;

use super::super::attachments::content_hash;
use super::super::{App, AppError, AppResult, Caller};

/// Twice what the screens show, for displays with small pixels.
const SIDE_PX: u32 = 96;

const JPEG_QUALITY: u8 = 82;

/// Larger files are no photos of faces.
const SOURCE_BYTES_MAX: u64 = 20 << 20;

/// What unpacking one picture may take: 24 megapixels.
const UNPACKED_BYTES_MAX: u64 = 96 << 20;
const SOURCE_SIDE_PX_MAX: u32 = 16_384;

/// Faces that are remembered: a few kilobytes each.
const REMEMBERED_MAX: usize = 512;

/// A small picture.
#[derive(Debug, Clone)]
pub(crate) struct Face {
    pub(crate) jpeg: Arc<[u8]>,
    /// Names the content, quoted as an `ETag`.
    pub(crate) tag: String,
}

/// Faces that were made lately. One is made at a time: unpacking takes memory.
#[derive(Debug, Default)]
pub(crate) struct Faces {
    made: Mutex<HashMap<BlobHash, Arc<[u8]>>>,
    studio: Mutex<()>,
}

impl Faces {
    fn held(&self, hash: BlobHash) -> Option<Arc<[u8]>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned()
    }

    fn keep(&self, hash: BlobHash, jpeg: Arc<[u8]>) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.len() >= REMEMBERED_MAX {
            made.clear();
        }
        made.insert(hash, jpeg);
    }
}

impl App {
    /// The photo of a patient's record, small. Whoever may not open the record or its files does not see it; a list's
    /// faces are part of the search that the trail already has. `of` names the attachment that is meant: what is no
    /// longer or not yet the photo is not answered with another one.
    ///
    /// # Errors
    /// [`AppError::NotFound`] without a photo, [`AppError::ContentIncomplete`] while it is still elsewhere,
    /// [`AppError::Forbidden`].
    pub(crate) fn patient_photo(
        &self,
        caller: &Caller,
        id: PatientId,
        of: Option<AttachmentId>,
    ) -> AppResult<Face> {
        let document = self.patient_document(id)?;
        self.authorize_patient(caller, Action::Read, &document, id)?;
        let photo = document.record::<Patient>()?.photo;
        let photo = photo.filter(|photo| of.is_none_or(|of| of == *photo)).ok_or(AppError::NotFound)?;
        let attachment = self.find_attachment(caller, Action::Read, photo)?;
        if attachment.patient.is_some_and(|patient| patient != id) {
            // Another patient's file, which a merge may have left behind, is that patient's business.
            return Err(AppError::NotFound);
        }
        let hash = content_hash(&attachment).ok_or(AppError::ContentIncomplete)?;
        let tag = format!("\"{}-{SIDE_PX}\"", attachment.blake3);
        if let Some(jpeg) = self.faces.held(hash) {
            return Ok(Face { jpeg, tag });
        }
        let _turn = self.faces.studio.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(jpeg) = self.faces.held(hash) {
            return Ok(Face { jpeg, tag });
        }
        let content = self.store.blob(hash)?;
        if content.size() > SOURCE_BYTES_MAX {
            return Err(AppError::NotFound);
        }
        let jpeg: Arc<[u8]> =
            small(&content.read(0, content.size() as usize)?).ok_or(AppError::NotFound)?.into();
        self.faces.keep(hash, jpeg.clone());
        Ok(Face { jpeg, tag })
    }
}

/// The middle of a picture, upright and small. `None` for what is no picture or unpacks to too much.
fn small(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SOURCE_SIDE_PX_MAX);
    limits.max_image_height = Some(SOURCE_SIDE_PX_MAX);
    limits.max_alloc = Some(UNPACKED_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    if decoder.total_bytes() > UNPACKED_BYTES_MAX {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    let face = picture.resize_to_fill(SIDE_PX, SIDE_PX, FilterType::Triangle).into_rgb8();
    let mut jpeg = Vec::with_capacity(4_096);
    face.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY)).ok()?;
    Some(jpeg)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgb, RgbImage};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, _| Rgb([(x * 255 / width) as u8, 80, 40]));
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_face_is_square_and_small() {
        let face = small(&png(640, 360)).unwrap();
        assert!(face.len() < 4_096, "{} bytes", face.len());
        let seen = image::load_from_memory(&face).unwrap();
        assert_eq!((seen.width(), seen.height()), (SIDE_PX, SIDE_PX));
    }

    #[test]
    fn what_is_no_picture_or_lies_about_its_size_is_none() {
        assert!(small(b"plain words").is_none());
        let mut cut = png(64, 64);
        cut.truncate(60);
        assert!(small(&cut).is_none());
        // A header that announces 60,000 pixels each way.
        let mut bomb = png(8, 8);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        assert!(small(&bomb).is_none());
    }
}
