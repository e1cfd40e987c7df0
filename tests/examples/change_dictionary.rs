//! Makes the dictionary with which the server compresses stored changes, and shows what one is worth.
//!
//! `make OUT` trains on invented records only; `measure DICTIONARY [NODE_FOLDER]` compresses workload W, or all
//! changes of a node that has met no server, at several levels.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use posto_documents::{Document, NewChange, WriteContext};
use posto_domain::attachment::Attachment;
use posto_domain::chart::{Chart, ChartEntry, FactKind};
use posto_domain::consent::{Consent, ConsentPurpose, ConsentSource, ConsentStatus};
use posto_domain::hlc::Hlc;
use posto_domain::id::UlidNewtype as _;
use posto_domain::{DocumentId, EntryKey, IdGenerator, Patient, PatientId, Record, UserId};
use posto_store::{Store, StoreKey, StoreOptions};
use posto_sync::batch::{self, DecodeLimits};
use posto_sync::node::{NodeAnswer, NodeRequest};
use posto_sync::{ChangeHash, KindCode, LocalSeq};
use posto_tests::clock::TestClock;
use posto_tests::workload::{EditA, EditB, Person, Workload, record};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// A bigger one gains little and costs memory at every level of the processor's caches.
const DICTIONARY_BYTES_MAX: usize = 16 << 10;
/// People behind those that the benches register, so that nobody is measured who was learned.
const PEOPLE_FROM: usize = 100_000;
const PEOPLE: usize = 3_000;
/// Records between two starts of the imagined desk, each with an actor, ids and times of its own.
const PER_START: usize = 4;
const BEGINNING_MS: u64 = 1_767_225_600_000;
const YEAR_MS: u64 = 365 * 86_400_000;
const LEVELS: [i32; 9] = [-3, 1, 2, 3, 4, 5, 6, 9, 19];

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", out] => make(Path::new(out)),
        ["measure", dictionary] => measure(&std::fs::read(dictionary)?, &workload_changes()?),
        ["measure", dictionary, node] => {
            measure(&std::fs::read(dictionary)?, &node_changes(Path::new(node))?)
        }
        _ => bail!("make OUT | measure DICTIONARY [NODE_FOLDER]"),
    }
}

fn make(out: &Path) -> Result<()> {
    let samples = samples()?;
    let dictionary = zstd::dict::from_samples(&samples, DICTIONARY_BYTES_MAX)?;
    std::fs::write(out, &dictionary)?;
    println!("{} samples, {} bytes", samples.len(), dictionary.len());
    Ok(())
}

/// First changes and edits of the kinds that a clinic has many of.
fn samples() -> Result<Vec<Vec<u8>>> {
    let people = Workload::generate(PEOPLE_FROM + PEOPLE).people.split_off(PEOPLE_FROM);
    let mut desk = Desk::new();
    let mut samples = Vec::new();
    for (index, person) in people.iter().enumerate() {
        if index % PER_START == 0 {
            desk.start();
        }
        let mut patient = record::patient(person, &mut desk.ids, desk.now_ms);
        desk.thin_out(&mut patient);
        let (mut document, first) = Document::create(&desk.context(), &patient)?;
        samples.push(first);
        samples.extend(desk.edits(&mut document, person)?);
        let consent = desk.consent(patient.id, index);
        samples.push(desk.first(&consent)?);
        let chart = desk.chart(patient.id, person);
        samples.push(desk.first(&chart)?);
        if index % 4 == 0 {
            let attachment = desk.attachment(patient.id);
            samples.push(desk.first(&attachment)?);
        }
    }
    Ok(samples.into_iter().map(|change| change.bytes).collect())
}

/// A desk that is started again and again at other times: no actor, id or time is in many samples.
struct Desk {
    dice: ChaCha8Rng,
    ids: IdGenerator,
    actor: [u8; 16],
    author: UserId,
    now_ms: u64,
}

impl Desk {
    fn new() -> Self {
        let dice = ChaCha8Rng::seed_from_u64(1);
        Self { dice, ids: IdGenerator::new([0; 8]), actor: [0; 16], author: UserId::NIL, now_ms: 0 }
    }

    fn start(&mut self) {
        self.ids = IdGenerator::new(self.dice.random());
        self.actor = self.dice.random();
        self.now_ms = BEGINNING_MS + self.dice.random_range(0..3 * YEAR_MS);
        self.author = UserId::of(self.dice.random());
    }

    fn context(&mut self) -> WriteContext {
        self.now_ms += self.dice.random_range(1..60_000);
        let time_ms = self.now_ms as i64;
        WriteContext { actor: self.actor, author: self.author, time_ms, hlc: Hlc::new(time_ms, 0) }
    }

    fn draw(&mut self) -> EntryKey {
        self.ids.draw(self.now_ms)
    }

    fn first<R: Record>(&mut self, record: &R) -> Result<NewChange> {
        Ok(Document::first_change(&self.context(), record)?)
    }

    /// Real registrations are less complete than those of the workload, each in its own way.
    fn thin_out(&mut self, patient: &mut Patient) {
        let mut gone = || self.dice.random_bool(0.3);
        if gone() {
            patient.mother_name = None;
        }
        if gone() {
            patient.blood_type = None;
        }
        if gone() {
            patient.notes.clear();
        }
        if gone() {
            patient.addresses.clear();
        }
        if gone() {
            patient.external_ids.clear();
            patient.foreign.clear();
        }
        if gone() {
            patient.documents.pop_last();
            patient.phones.pop_last();
        }
    }

    /// What is changed later, one command at a time: two of six.
    fn edits(&mut self, document: &mut Document, person: &Person) -> Result<Vec<NewChange>> {
        let note = format!(" | {}", person.notes.split(' ').take(4).collect::<Vec<_>>().join(" "));
        let allergy = person.allergies.first().copied().unwrap_or("dipirona");
        let medication = person.medications.first().copied().unwrap_or("dipirona 500mg SOS");
        let street = format!("{} ap. {}", person.street, person.zip.len());
        let a = EditA { person: 0, phone: person.phones[1].clone(), allergy, note };
        let b = EditB { person: 0, street, medication, consent_sms: person.consent_sms };
        let commands = record::edits_a(&a, self.draw()).into_iter().chain(record::edits_b(&b, self.draw()));
        let from = self.dice.random_range(0..5);
        let mut edits = Vec::new();
        for command in commands.skip(from).take(2) {
            let change =
                document.edit::<Patient, posto_documents::Error>(None, &self.context(), |patient| {
                    command(patient);
                    Ok(())
                })?;
            edits.extend(change);
        }
        Ok(edits)
    }

    fn consent(&mut self, patient: PatientId, index: usize) -> Consent {
        let purpose = match index % 4 {
            0 => ConsentPurpose::Treatment,
            1 => ConsentPurpose::DataSharing,
            2 => ConsentPurpose::Research,
            _ => ConsentPurpose::Photos,
        };
        Consent {
            id: self.ids.draw(self.now_ms),
            patient,
            purpose,
            channel: None,
            status: if index.is_multiple_of(5) { ConsentStatus::Refused } else { ConsentStatus::Granted },
            decided_at_ms: self.now_ms as i64,
            expires_at_ms: None,
            withdrawn_at_ms: None,
            text_version: Some("2026-1".into()),
            evidence_attachment: None,
            evidence_message: None,
            source: Some(ConsentSource::Desk),
            decided_by: None,
            recorded_by: Some(self.author),
            external_ids: Default::default(),
            foreign: Default::default(),
        }
    }

    fn chart(&mut self, patient: PatientId, person: &Person) -> Chart {
        let year = 2020 + (self.now_ms % 7) as i64;
        let id = self.ids.draw(self.now_ms);
        let at = |hour: usize| Some(format!("{}T{:02}:30:00-03:00", person.last_visit, 7 + hour));
        let visit = self.draw();
        let mut chart = Chart { id, patient, year, part: 0, entries: Default::default() };
        let encounter = ChartEntry {
            kind: Some(FactKind::Encounter),
            at: at(0),
            until: at(1),
            status: Some("finished".into()),
            text: Some("Consulta".into()),
            ..ChartEntry::default()
        };
        chart.entries.insert(visit, encounter);
        for (code, text, unit) in
            [("8302-2", "Altura", "cm"), ("29463-7", "Peso", "kg"), ("8480-6", "Pressão sistólica", "mm[Hg]")]
        {
            let value = self.dice.random_range(400..1_800);
            let measured = ChartEntry {
                kind: Some(FactKind::Observation),
                at: at(0),
                status: Some("final".into()),
                system: Some("http://loinc.org".into()),
                code: Some(code.into()),
                text: Some(text.into()),
                value: Some(format!("{}.{}", value / 10, value % 10)),
                unit: Some(unit.into()),
                encounter: Some(visit),
                ..ChartEntry::default()
            };
            chart.entries.insert(self.draw(), measured);
        }
        for name in &person.medications {
            let medication = ChartEntry {
                kind: Some(FactKind::Medication),
                at: at(0),
                status: Some("active".into()),
                text: Some((*name).into()),
                encounter: Some(visit),
                ..ChartEntry::default()
            };
            chart.entries.insert(self.draw(), medication);
        }
        chart
    }

    fn attachment(&mut self, patient: PatientId) -> Attachment {
        Attachment {
            id: self.ids.draw(self.now_ms),
            patient: Some(patient),
            subject: Some(DocumentId::of(patient.to_bytes())),
            name: "exame.pdf".into(),
            mime: "application/pdf".into(),
            size_bytes: self.dice.random_range(10_000..2_000_000),
            blake3: hex::encode(self.dice.random::<[u8; 32]>()),
            category: Some("lab_report".into()),
            title: Some("Hemograma".into()),
            taken_at_ms: None,
            uploaded_by: Some(self.author),
            uploaded_at_ms: Some(self.now_ms as i64),
            deleted: false,
            external_ids: Default::default(),
            foreign: Default::default(),
        }
    }
}

fn workload_changes() -> Result<Vec<Vec<u8>>> {
    let mut desk = Desk::new();
    desk.dice = ChaCha8Rng::seed_from_u64(2);
    desk.start();
    let mut changes = Vec::new();
    for person in &Workload::generate(10_000).people {
        let patient = record::patient(person, &mut desk.ids, desk.now_ms);
        changes.push(desk.first(&patient)?.bytes);
    }
    Ok(changes)
}

/// Everything that a node which has met no server would send.
fn node_changes(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let key = StoreKey::read_file(&folder.join("db.key"))?;
    let store = Store::open(folder, key, StoreOptions::new(std::sync::Arc::new(TestClock)))?;
    let Ok(NodeAnswer::LoadReplica { scopes, .. }) = store.answer(NodeRequest::LoadReplica) else {
        return Err(anyhow!("the node has no replica"));
    };
    let mut changes = Vec::new();
    for state in scopes {
        let mut after = LocalSeq(0);
        loop {
            let scope = state.scope.clone();
            let request = NodeRequest::ReadPending { scope, after, max_bytes: 1 << 20, verbatim: true };
            let Ok(NodeAnswer::ReadPending { batch: Some(batch), last, more, .. }) = store.answer(request)
            else {
                break;
            };
            let decoded = batch::decode(&batch, &Nothing, &mut Nothing, DecodeLimits::default())?;
            changes.extend(decoded.into_iter().map(|change| change.bytes));
            after = last;
            if !more {
                break;
            }
        }
    }
    Ok(changes)
}

/// Whole changes need neither bases nor what is held.
struct Nothing;

impl batch::BaseHashes for Nothing {
    fn base(&self, _: KindCode, _: u8) -> Option<ChangeHash> {
        None
    }

    fn index(&self, _: KindCode, _: &ChangeHash) -> Option<u8> {
        None
    }
}

impl batch::DependencyResolver for Nothing {
    fn resolve(&mut self, _: &[u8]) -> Option<batch::HeldChange> {
        None
    }
}

fn measure(dictionary: &[u8], changes: &[Vec<u8>]) -> Result<()> {
    ensure!(!changes.is_empty(), "there are no changes");
    let raw: usize = changes.iter().map(Vec::len).sum();
    println!("{} changes of {} bytes", changes.len(), raw / changes.len());
    let each = |time: Duration| time.as_secs_f64() * 1e6 / changes.len() as f64;
    let reader = zstd::dict::DecoderDictionary::copy(dictionary);
    for level in LEVELS {
        let prepared = zstd::dict::EncoderDictionary::copy(dictionary, level);
        let mut compressor = zstd::bulk::Compressor::with_prepared_dictionary(&prepared)?;
        compressor.include_dictid(false)?;
        let mut decompressor = zstd::bulk::Decompressor::with_prepared_dictionary(&reader)?;
        let (mut size, mut packing, mut reading) = (0, Duration::ZERO, Duration::ZERO);
        for change in changes {
            let started = Instant::now();
            let packed = compressor.compress(change)?;
            packing += started.elapsed();
            let started = Instant::now();
            let back = decompressor.decompress(&packed, change.len()).context("reading back")?;
            reading += started.elapsed();
            ensure!(back == *change, "something else came back");
            // A tag instead of zstd's four bytes of magic; what does not shrink is kept as it is.
            size += (packed.len() - 3).min(change.len());
        }
        println!(
            "level {level:>2}: {:>5} bytes ({:.1} %), {:.1} µs to write, {:.1} µs to read",
            size / changes.len(),
            100.0 * size as f64 / raw as f64,
            each(packing),
            each(reading),
        );
    }
    Ok(())
}
