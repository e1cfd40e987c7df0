//! Writes a compact batch.

use super::streams::{Stream, StreamsOut};
use super::tables::Tables;
use super::template::{Parts, VARYING};
use super::{BaseHashes, BatchError, EncodeOptions, values};
use crate::header::ChangeHeader;
use crate::leb::Malformed;
use crate::types::{ChangeRecord, DocId};

/// Bytes of a dependency's hash that name it to a receiver who holds it.
pub(super) const PREFIX_BYTES: usize = 5;
/// How a dependency is named.
pub(super) const DEP_PREFIX: u64 = 0;
pub(super) const DEP_FULL: u64 = 1;
/// Base change 0; the next 14 codes are base changes 1 to 14.
pub(super) const DEP_BASE: u64 = 2;
pub(super) const DEP_BASES: u64 = 15;
/// The last change of the document in this batch; higher codes go further back.
pub(super) const DEP_EARLIER: u64 = DEP_BASE + DEP_BASES;
/// How a document is named: in full, by the first dependency, or by its number from here on.
pub(super) const DOC_NEW: u64 = 0;
pub(super) const DOC_OF_DEP: u64 = 1;
pub(super) const DOC_KNOWN: u64 = 2;

/// Writes all streams, compressed, to `out`.
pub(super) fn encode(
    changes: &[(&ChangeRecord, ChangeHeader<'_>)],
    bases: &dyn BaseHashes,
    options: EncodeOptions,
    out: &mut Vec<u8>,
) -> Result<(), BatchError> {
    let mut encoder = Encoder { out: StreamsOut::new(), tables: Tables::default(), bases, options };
    for (record, header) in changes {
        encoder.change(record, header).map_err(|_| BatchError::BadChange)?;
    }
    encoder.out.finish(out)
}

struct Encoder<'a> {
    out: StreamsOut,
    tables: Tables,
    bases: &'a dyn BaseHashes,
    options: EncodeOptions,
}

impl Encoder<'_> {
    fn change(&mut self, record: &ChangeRecord, header: &ChangeHeader<'_>) -> Result<(), Malformed> {
        self.out.signed(Stream::Time, header.time_ms.wrapping_sub(self.tables.time_ms));
        self.tables.time_ms = header.time_ms;
        let doc = self.document(record, header);
        let actor = self.actor(Stream::Actor, header.actor);
        let expected = self.tables.docs[doc].expected_seq(actor);
        self.out.signed(Stream::Seq, header.seq.wrapping_sub(expected) as i64);
        self.tables.docs[doc].note_seq(actor, header.seq);
        self.out.number(Stream::StartOp, header.start_op);
        self.message(header.message);
        self.operations(&record.bytes[header.rest.clone()], header.time_ms)?;
        self.tables.docs[doc].changes.push(record.hash);
        Ok(())
    }

    /// Names the document and the dependencies.
    fn document(&mut self, record: &ChangeRecord, header: &ChangeHeader<'_>) -> usize {
        self.out.number(Stream::DepCount, header.deps.len() as u64);
        let known = self.tables.doc_number(record.doc);
        let mut named_by_prefix = false;
        for dep in &header.deps {
            let earlier = known
                .and_then(|doc| self.tables.docs[doc].changes.iter().rev().position(|change| change == dep));
            let base = self.bases.index(record.kind, dep).filter(|index| u64::from(*index) < DEP_BASES);
            if let Some(distance) = earlier {
                self.out.number(Stream::DepRef, DEP_EARLIER + distance as u64);
            } else if let Some(index) = base {
                self.out.number(Stream::DepRef, DEP_BASE + u64::from(index));
            } else if self.options.full_dependencies {
                self.out.number(Stream::DepRef, DEP_FULL);
                self.out.at(Stream::DepFull).extend_from_slice(&dep.0);
            } else {
                self.out.number(Stream::DepRef, DEP_PREFIX);
                self.out.at(Stream::DepPrefix).extend_from_slice(&dep.0[..PREFIX_BYTES]);
                named_by_prefix = true;
            }
        }
        match known {
            Some(doc) => {
                let back = self.tables.docs.len() - 1 - doc;
                self.out.number(Stream::DocRef, DOC_KNOWN + back as u64);
                doc
            }
            None if named_by_prefix => {
                self.out.number(Stream::DocRef, DOC_OF_DEP);
                self.tables.add_doc(record.doc, record.kind)
            }
            None => self.new_document(record, record.doc, header.time_ms),
        }
    }

    fn new_document(&mut self, record: &ChangeRecord, id: DocId, time_ms: i64) -> usize {
        self.out.number(Stream::DocRef, DOC_NEW);
        self.out.number(Stream::DocKind, u64::from(record.kind.0));
        self.tables.ulids.write(id.0, time_ms, &mut self.out);
        self.tables.add_doc(id, record.kind)
    }

    fn actor(&mut self, stream: Stream, actor: &[u8]) -> usize {
        if let Some(number) = self.tables.actors.number(actor) {
            self.out.number(stream, number as u64);
            return number;
        }
        let number = self.tables.actors.add(actor.to_vec());
        self.out.number(stream, number as u64);
        self.out.prefixed(Stream::ActorNew, actor);
        number
    }

    fn message(&mut self, message: &str) {
        if let Some(number) = self.tables.messages.number(message) {
            self.out.number(Stream::Message, number as u64);
        } else {
            let number = self.tables.messages.add(message.to_owned());
            self.out.number(Stream::Message, number as u64);
            self.out.prefixed(Stream::MessageNew, message.as_bytes());
        }
    }

    /// What follows the header: by template when it fits one, as it is otherwise.
    fn operations(&mut self, rest: &[u8], time_ms: i64) -> Result<(), Malformed> {
        let Some((parts, template)) = self.template(rest) else {
            self.out.number(Stream::Template, 0);
            self.out.prefixed(Stream::Opaque, rest);
            return Ok(());
        };
        self.out.number(Stream::OtherActors, parts.other_actors.len() as u64);
        for actor in &parts.other_actors {
            self.actor(Stream::OtherActors, actor);
        }
        for id in &parts.ulids {
            self.tables.ulids.write(*id, time_ms, &mut self.out);
        }
        let template = self.tables.templates.get_mut(template).ok_or(Malformed)?;
        for (slot, content) in parts.varying.iter().enumerate() {
            if content.is_empty() {
                continue;
            }
            if template.last[slot].as_deref() == Some(content) {
                self.out.number(Stream::VaryingLengths, 0);
            } else {
                self.out.number(Stream::VaryingLengths, content.len() as u64);
                self.out.at(varying_stream(slot)).extend_from_slice(content);
                template.last[slot] = Some(content.to_vec());
            }
        }
        let keyed = template.keyed.as_deref();
        values::write(keyed, &parts.metas, parts.values, time_ms, &mut self.tables.ulids, &mut self.out)
    }

    /// Takes operations apart and finds or adds their template; `None` when they must stay whole.
    fn template<'r>(&mut self, rest: &'r [u8]) -> Option<(Parts<'r>, usize)> {
        let parts = Parts::split(rest).ok()?;
        let known = self.tables.templates.find(&parts.template);
        let number = match known {
            Some(number) => number,
            None => self.tables.templates.add(&parts.template).ok()?,
        };
        let template = self.tables.templates.get_mut(number)?;
        let fits = values::fits(template.keyed.as_deref(), &parts.metas, parts.values);
        if known.is_none() {
            // Announced even when these values do not fit: the numbering must stay the same on both sides.
            self.out.number(Stream::Template, TEMPLATE_NEW + u64::from(!fits));
            self.out.prefixed(Stream::TemplateNew, &parts.template);
        } else if fits {
            self.out.number(Stream::Template, TEMPLATE_KNOWN + number as u64);
        }
        fits.then_some((parts, number))
    }
}

/// How operations are given: whole, by a new template, by none although a new template is announced, or by
/// a template's number from here on.
pub(super) const TEMPLATE_NEW: u64 = 1;
pub(super) const TEMPLATE_ONLY: u64 = 2;
pub(super) const TEMPLATE_KNOWN: u64 = 3;

/// The stream of a varying column's contents.
pub(super) const fn varying_stream(slot: usize) -> Stream {
    const STREAMS: [Stream; VARYING.len()] = [Stream::ObjCounters, Stream::KeyCounters, Stream::PredCounters];
    STREAMS[slot]
}
