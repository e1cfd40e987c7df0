//! Real input to start from: workload W as changes, batches and frames, and as FHIR.

use posto_documents::{Document, Hlc, WriteContext};
use posto_domain::{IdGenerator, Patient, UserId};
use posto_store::KindBases;
use posto_sync::batch::{self, EncodeOptions};
use posto_sync::{ChangeHash, ChangeRecord, DocId, KindCode};
use posto_tests::sample;
use posto_tests::workload::{Workload, record};

/// A first change and an edit of some people.
fn records() -> Vec<ChangeRecord> {
    let mut ids = IdGenerator::new([7; 8]);
    let author: UserId = ids.draw(1);
    let mut records = Vec::new();
    for (index, person) in Workload::generate(20).people.iter().enumerate() {
        let patient = record::patient(person, &mut ids, 1_700_000_000_000 + index as u64);
        let context = WriteContext {
            actor: [3; 16],
            author,
            time_ms: 1_700_000_000_000,
            hlc: Hlc { ms: 1_700_000_000_000, counter: index as u32 },
        };
        let (mut document, first) = Document::create(&context, &patient).unwrap();
        let edit = document
            .edit::<Patient, posto_documents::Error>(None, &context, |patient| {
                patient.mother_name = Some("Outra".into());
                Ok(())
            })
            .unwrap()
            .unwrap();
        for change in [first, edit] {
            records.push(ChangeRecord {
                doc: DocId(patient.id.to_bytes()),
                kind: KindCode(posto_domain::Kind::Patient.code()),
                hash: ChangeHash(change.hash.0),
                bytes: change.bytes,
            });
        }
    }
    records
}

pub(crate) fn changes() -> Vec<Vec<u8>> {
    records().into_iter().map(|record| record.bytes).collect()
}

pub(crate) fn batches() -> Vec<Vec<u8>> {
    let records = records();
    let options = [
        EncodeOptions::default(),
        EncodeOptions { verbatim: true, full_dependencies: false },
        EncodeOptions { verbatim: false, full_dependencies: true },
    ];
    options
        .iter()
        .flat_map(|options| [&records[..], &records[..2], &records[1..2]].map(|some| (some, *options)))
        .map(|(some, options)| batch::encode(some, &KindBases, options).unwrap().bytes)
        .collect()
}

pub(crate) fn frames() -> Vec<Vec<u8>> {
    let mut stream = Vec::new();
    for batch in batches() {
        posto_sync::frame::write_frame(&batch, &mut stream);
    }
    vec![stream[..stream.len() / 2].to_vec(), stream]
}

pub(crate) fn fhir() -> Vec<Vec<u8>> {
    Workload::generate(10)
        .people
        .iter()
        .map(|person| sample::fhir_patient(person).to_string().into_bytes())
        .collect()
}
