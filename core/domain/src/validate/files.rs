//! Checks of attachments and rooms.

use super::limits::{ATTACHMENT_BYTES_MAX, LINE_MAX, NAME_MAX, SHORT_MAX};
use super::{Check, Validate};
use crate::attachment::Attachment;
use crate::room::Room;

impl Validate for Attachment {
    fn check(&self, check: &mut Check<'_, '_>) {
        check.required("name", &self.name, NAME_MAX);
        if self.name.contains(['/', '\\']) || self.name == "." || self.name == ".." {
            check.refuse("name", "invalid_format", &[]);
        }
        check.required("mime", &self.mime, SHORT_MAX);
        check.optional("category", &self.category, SHORT_MAX);
        check.optional("title", &self.title, LINE_MAX);
        if !(0..=ATTACHMENT_BYTES_MAX).contains(&self.size_bytes) {
            check.refuse("size_bytes", "too_large", &[("max", ATTACHMENT_BYTES_MAX.to_string())]);
        }
        if self.blake3.len() != 64 || !self.blake3.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            check.refuse("blake3", "invalid_format", &[]);
        }
        check.external_ids(&self.external_ids);
        check.foreign(&self.foreign);
    }
}

impl Validate for Room {
    fn check(&self, check: &mut Check<'_, '_>) {
        check.required("name", &self.name, NAME_MAX);
        check.optional("purpose", &self.purpose, SHORT_MAX);
        check.optional("floor", &self.floor, SHORT_MAX);
        if self.capacity.is_some_and(|capacity| !(1..=1000).contains(&capacity)) {
            check.wrong("capacity", "out_of_range", &[("min", "1".into()), ("max", "1000".into())]);
        }
        check.words("features", &self.features);
        check.external_ids(&self.external_ids);
        check.foreign(&self.foreign);
    }
}
