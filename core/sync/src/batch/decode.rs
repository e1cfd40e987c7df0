//! Reads a compact batch.

use super::encode::{
    DEP_BASE, DEP_BASES, DEP_EARLIER, DEP_FULL, DEP_PREFIX, DOC_KNOWN, DOC_NEW, DOC_OF_DEP, PREFIX_BYTES,
    TEMPLATE_KNOWN, TEMPLATE_NEW, TEMPLATE_ONLY, varying_stream,
};
use super::streams::{Stream, StreamsIn};
use super::tables::Tables;
use super::template::Piece;
use super::{BaseHashes, BatchError, DecodeLimits, DependencyResolver, HeldChange, rle, values};
use crate::header::{self, ChangeHeader};
use crate::leb::{self, Malformed};
use crate::limits::{ACTOR_BYTES_MAX, CHANGE_DEPS_MAX};
use crate::types::{ChangeHash, ChangeRecord, KindCode};

/// Rebuilds all changes of a payload.
pub(super) fn decode(
    payload: &[u8],
    count: usize,
    bases: &dyn BaseHashes,
    resolver: &mut dyn DependencyResolver,
    limits: DecodeLimits,
) -> Result<Vec<ChangeRecord>, BatchError> {
    let streams = StreamsIn::new(payload)?;
    let mut decoder = Decoder { streams, tables: Tables::default(), bases, resolver, limits };
    if count > decoder.streams.at(Stream::Time).remaining() {
        return Err(BatchError::Malformed);
    }
    let mut total = 0;
    let mut changes = Vec::with_capacity(count);
    for _ in 0..count {
        let change = decoder.change()?;
        total += change.bytes.len();
        if total > limits.raw_bytes_max {
            return Err(BatchError::TooLarge);
        }
        changes.push(change);
    }
    decoder.streams.finish()?;
    Ok(changes)
}

struct Decoder<'a> {
    streams: StreamsIn<'a>,
    tables: Tables,
    bases: &'a dyn BaseHashes,
    resolver: &'a mut dyn DependencyResolver,
    limits: DecodeLimits,
}

impl Decoder<'_> {
    fn change(&mut self) -> Result<ChangeRecord, BatchError> {
        let time_ms = self.tables.time_ms.wrapping_add(self.streams.signed(Stream::Time)?);
        self.tables.time_ms = time_ms;
        let (doc, deps) = self.document(time_ms)?;
        let actor = self.actor(Stream::Actor)?;
        let expected = self.tables.docs[doc].expected_seq(actor);
        let seq = expected.wrapping_add(self.streams.signed(Stream::Seq)? as u64);
        self.tables.docs[doc].note_seq(actor, seq);
        let mut body = Vec::with_capacity(512);
        leb::write_u64(&mut body, deps.len() as u64);
        for dep in &deps {
            body.extend_from_slice(&dep.0);
        }
        write_prefixed(&mut body, self.tables.actors.get(actor as u64)?);
        leb::write_u64(&mut body, seq);
        leb::write_u64(&mut body, self.streams.number(Stream::StartOp)?);
        leb::write_i64(&mut body, time_ms);
        self.message(&mut body)?;
        self.operations(time_ms, &mut body)?;
        if body.len() > self.limits.change_bytes_max {
            return Err(BatchError::TooLarge);
        }
        let (hash, bytes) = header::wrap_body(&body);
        let entry = &mut self.tables.docs[doc];
        entry.changes.push(hash);
        let record = ChangeRecord { doc: entry.id, kind: entry.kind, hash, bytes };
        ChangeHeader::read(&record).map_err(|_| BatchError::Malformed)?;
        Ok(record)
    }

    /// The document's number and the dependencies, ascending.
    fn document(&mut self, time_ms: i64) -> Result<(usize, Vec<ChangeHash>), BatchError> {
        let count = usize::try_from(self.streams.number(Stream::DepCount)?).map_err(|_| Malformed)?;
        if count > CHANGE_DEPS_MAX {
            return Err(BatchError::Malformed);
        }
        let mut codes = Vec::with_capacity(count);
        let mut held: Vec<HeldChange> = Vec::new();
        for _ in 0..count {
            let code = self.streams.number(Stream::DepRef)?;
            if code == DEP_PREFIX {
                let prefix = self.streams.at(Stream::DepPrefix).take(PREFIX_BYTES)?;
                held.push(self.resolver.resolve(prefix).ok_or(BatchError::UnknownDependency)?);
            }
            codes.push(code);
        }
        let doc = match self.streams.number(Stream::DocRef)? {
            DOC_NEW => {
                let kind = u16::try_from(self.streams.number(Stream::DocKind)?).map_err(|_| Malformed)?;
                let id = self.tables.ulids.read(time_ms, &mut self.streams)?;
                self.tables.add_doc(id.into(), KindCode(kind))
            }
            DOC_OF_DEP => self.tables.doc_of(held.first().ok_or(Malformed)?),
            code => {
                let back = usize::try_from(code - DOC_KNOWN).map_err(|_| Malformed)?;
                self.tables
                    .docs
                    .len()
                    .checked_sub(back)
                    .and_then(|end| end.checked_sub(1))
                    .ok_or(Malformed)?
            }
        };
        let mut held = held.into_iter();
        let mut deps = codes
            .into_iter()
            .map(|code| self.dependency(code, doc, &mut held))
            .collect::<Result<Vec<_>, _>>()?;
        deps.sort_unstable();
        Ok((doc, deps))
    }

    fn dependency(
        &mut self,
        code: u64,
        doc: usize,
        held: &mut impl Iterator<Item = HeldChange>,
    ) -> Result<ChangeHash, BatchError> {
        let entry = &self.tables.docs[doc];
        Ok(match code {
            DEP_PREFIX => {
                let held = held.next().ok_or(Malformed)?;
                if held.doc != entry.id {
                    return Err(BatchError::UnknownDependency);
                }
                held.hash
            }
            DEP_FULL => ChangeHash(self.streams.at(Stream::DepFull).array()?),
            base if base < DEP_BASE + DEP_BASES => {
                self.bases.base(entry.kind, (base - DEP_BASE) as u8).ok_or(BatchError::UnknownDependency)?
            }
            earlier => {
                let back = usize::try_from(earlier - DEP_EARLIER).map_err(|_| Malformed)?;
                *entry.changes.iter().rev().nth(back).ok_or(Malformed)?
            }
        })
    }

    fn actor(&mut self, stream: Stream) -> Result<usize, Malformed> {
        let number = usize::try_from(self.streams.number(stream)?).map_err(|_| Malformed)?;
        if number == self.tables.actors.len() {
            let actor = self.streams.at(Stream::ActorNew).prefixed()?;
            if actor.len() > ACTOR_BYTES_MAX {
                return Err(Malformed);
            }
            return Ok(self.tables.actors.add(actor.to_vec()));
        }
        self.tables.actors.get(number as u64).map(|_| number)
    }

    fn message(&mut self, body: &mut Vec<u8>) -> Result<(), Malformed> {
        let number = self.streams.number(Stream::Message)?;
        if number == self.tables.messages.len() as u64 {
            let message = self.streams.at(Stream::MessageNew).prefixed()?;
            let message = std::str::from_utf8(message).map_err(|_| Malformed)?;
            self.tables.messages.add(message.to_owned());
        }
        write_prefixed(body, self.tables.messages.get(number)?.as_bytes());
        Ok(())
    }

    /// What follows the header.
    fn operations(&mut self, time_ms: i64, body: &mut Vec<u8>) -> Result<(), Malformed> {
        let mut code = self.streams.number(Stream::Template)?;
        if code == TEMPLATE_ONLY {
            self.new_template()?;
            code = self.streams.number(Stream::Template)?;
            if code != 0 {
                return Err(Malformed);
            }
        }
        let template = match code {
            0 => {
                body.extend_from_slice(self.streams.at(Stream::Opaque).prefixed()?);
                return Ok(());
            }
            TEMPLATE_NEW => self.new_template()?,
            known => usize::try_from(known - TEMPLATE_KNOWN).map_err(|_| Malformed)?,
        };
        self.other_actors(body)?;
        let contents = self.columns(template, time_ms)?;
        leb::write_u64(body, contents.len() as u64);
        for (spec, content) in &contents {
            leb::write_u64(body, u64::from(*spec));
            leb::write_u64(body, content.len() as u64);
        }
        for (_, content) in &contents {
            body.extend_from_slice(content);
        }
        Ok(())
    }

    fn new_template(&mut self) -> Result<usize, Malformed> {
        let bytes = self.streams.at(Stream::TemplateNew).prefixed()?;
        self.tables.templates.add(bytes)
    }

    fn other_actors(&mut self, body: &mut Vec<u8>) -> Result<(), Malformed> {
        let count = self.streams.number(Stream::OtherActors)?;
        if count > self.streams.at(Stream::OtherActors).remaining() as u64 {
            return Err(Malformed);
        }
        leb::write_u64(body, count);
        for _ in 0..count {
            let number = self.actor(Stream::OtherActors)?;
            write_prefixed(body, self.tables.actors.get(number as u64)?);
        }
        Ok(())
    }

    /// Every column of the change with its content, in order.
    fn columns(&mut self, number: usize, time_ms: i64) -> Result<Vec<(u32, Vec<u8>)>, Malformed> {
        let (streams, ulids) = (&mut self.streams, &mut self.tables.ulids);
        let template = self.tables.templates.get_mut(number).ok_or(Malformed)?;
        let mut contents: Vec<(u32, Vec<u8>)> =
            template.pieces.iter().map(|piece| (piece.spec(), Vec::new())).collect();
        for (piece, (_, content)) in template.pieces.iter().zip(&mut contents) {
            match piece {
                Piece::Fixed(_, fixed) => content.extend_from_slice(fixed),
                Piece::Keys(cut) => rle::paste_ulids(cut, || ulids.read(time_ms, streams), content)?,
                Piece::Varying(_, slot) => {
                    let length =
                        usize::try_from(streams.number(Stream::VaryingLengths)?).map_err(|_| Malformed)?;
                    if length > 0 {
                        let new = streams.at(varying_stream(*slot)).take(length)?;
                        template.last[*slot] = Some(new.to_vec());
                    }
                    content.extend_from_slice(template.last[*slot].as_deref().ok_or(Malformed)?);
                }
                Piece::Meta | Piece::Value => {}
            }
        }
        let bytes_max = self.limits.change_bytes_max;
        let (metas, values) = values::read(template.keyed.as_deref(), time_ms, ulids, streams, bytes_max)?;
        for (piece, (_, content)) in template.pieces.iter().zip(&mut contents) {
            match piece {
                Piece::Meta => content.clone_from(&metas),
                Piece::Value => content.clone_from(&values),
                _ => {}
            }
        }
        Ok(contents)
    }
}

fn write_prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    leb::write_u64(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}
