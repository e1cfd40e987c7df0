//! The first download: whole documents, newest first, resumable, while others go on writing.

use std::collections::BTreeSet;

use posto_sync::hub::{HubAnswer, HubRequest};
use posto_sync::{ChangeRecord, DocId, Seq};

use super::fixture::{Fixture, TestNode, stored};
use super::reading::decode;

fn page(
    world: &Fixture,
    node: &TestNode,
    as_of: Seq,
    before: Seq,
    max_bytes: usize,
) -> (Vec<ChangeRecord>, Seq) {
    let scope = world.clinic_scope();
    match world
        .run(node, HubRequest::BootstrapPage { scope, as_of, before, max_bytes, verbatim: false })
        .unwrap()
    {
        HubAnswer::BootstrapPage { batches, before, .. } => {
            (batches.iter().flat_map(|batch| decode(batch)).collect(), before)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_document_comes_once_and_whole_and_the_newest_first() {
    let mut world = Fixture::new();
    let (writer, reader) = (world.add_node(), world.add_node());
    let scope = world.clinic_scope();
    let mut patients = Vec::new();
    let mut all = Vec::new();
    for i in 0..25 {
        let (patient, first) = world.register(&writer, &format!("P {i}"));
        patients.push(patient);
        all.push(first);
    }
    for i in [3, 17, 3, 9] {
        all.push(patients[i].rename(&writer, &format!("Novo {i} {}", all.len())));
    }
    let (_, _, state) = stored(world.push(&writer, &scope, &all).unwrap());
    let as_of = state.head;

    // While the download runs somebody edits an old document and one that was not sent yet, and adds a patient.
    let later = [patients[0].rename(&writer, "Depois"), patients[9].rename(&writer, "Depois também")];
    let (_, newcomer) = world.register(&writer, "Depois de tudo");
    stored(world.push(&writer, &scope, &later).unwrap());
    stored(world.push(&writer, &scope, &[newcomer]).unwrap());

    let (mut got, mut before, mut pages) = (Vec::new(), Seq(as_of.0 + 1), 0);
    while before > Seq(0) {
        let (changes, next) = page(&world, &reader, as_of, before, 1_000);
        assert!(next < before);
        got.extend(changes);
        (before, pages) = (next, pages + 1);
    }
    assert!(pages > 3, "{pages}");
    let sent: BTreeSet<_> = got.iter().map(|change| change.hash).collect();
    let wanted: BTreeSet<_> = all.iter().map(|change| change.hash).collect();
    assert_eq!(
        (got.len(), sent),
        (wanted.len(), wanted),
        "exactly the changes up to the beginning, each once"
    );
    let order = documents_in_order(&got);
    assert_eq!(&order[..4], [patients[9].doc, patients[3].doc, patients[17].doc, patients[24].doc]);
    assert_eq!(order.len(), 25, "no document is torn apart");
}

#[test]
fn an_empty_scope_has_no_pages() {
    let mut world = Fixture::new();
    let reader = world.add_node();
    assert_eq!(page(&world, &reader, Seq(0), Seq(1), 1_000), (vec![], Seq(0)));
}

fn documents_in_order(changes: &[ChangeRecord]) -> Vec<DocId> {
    let mut order: Vec<DocId> = changes.iter().map(|change| change.doc).collect();
    order.dedup();
    order
}
