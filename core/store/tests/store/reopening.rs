//! Documents that were opened lately: what is kept must be what is stored, whatever happened in between.

use posto_domain::Patient;
use posto_domain::parts::PersonName;
use posto_store::{Error, LocalCommit};
use proptest::prelude::*;

use crate::support::{Desk, folder};

fn name_at(desk: &Desk, id: posto_domain::DocumentId) -> String {
    let document = desk.store.read(|r| r.document(id)).unwrap();
    document.record::<Patient>().unwrap().name.display()
}

#[test]
fn what_an_undone_write_opened_is_not_kept() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let id = desk.register("Ana Lima").cast();
    let context = desk.context();
    let mut opened = desk.store.read(|r| r.open(id)).unwrap();
    let change = opened.document.edit::<Patient, posto_documents::Error>(None, &context, |patient| {
        patient.name = PersonName::of("Nobody");
        Ok(())
    });
    let commit = LocalCommit::edit(&opened, change.unwrap().into_iter().collect()).unwrap();
    let undone = desk.store.write(move |tx| {
        tx.commit_local(commit)?;
        let seen: Patient = tx.open(id)?.document.record()?;
        assert_eq!(seen.name.display(), "Nobody");
        Err::<(), _>(Error::NoSuchBlob)
    });
    assert!(matches!(undone, Err(Error::NoSuchBlob)));
    // The next change takes the sequence number that the undone one had.
    desk.edit::<Patient>(id, |patient| patient.name = PersonName::of("Ana Lima Souza"));
    assert_eq!(name_at(&desk, id), "Ana Lima Souza");
}

#[test]
fn an_erased_document_is_not_kept() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let id = desk.register("Ana Lima");
    assert_eq!(name_at(&desk, id.cast()), "Ana Lima");
    crate::erasure::erase(&desk, id);
    assert!(matches!(desk.store.read(|r| r.document(id.cast())), Err(Error::NoSuchDocument(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Reads and edits in any order, over more documents than are kept; then everything once more from the files.
    #[test]
    fn what_is_kept_is_what_is_stored(steps in prop::collection::vec((0..80_usize, any::<bool>()), 1..200)) {
        let folder = folder();
        let mut desk = Desk::open(folder.path(), 1);
        let mut people: Vec<(posto_domain::DocumentId, String)> = Vec::new();
        for number in 0..80 {
            let name = format!("Person {number}");
            people.push((desk.register(&name).cast(), name));
        }
        for (at, (index, edits)) in steps.into_iter().enumerate() {
            let (id, name) = &mut people[index];
            if edits {
                *name = format!("Person {index} at {at}");
                let text = name.clone();
                desk.edit::<Patient>(*id, |patient| patient.name = PersonName::of(&text));
            }
            prop_assert_eq!(&name_at(&desk, *id), name);
        }
        let heads: Vec<_> =
            people.iter().map(|(id, _)| desk.store.read(|r| r.document(*id)).unwrap().heads()).collect();
        drop(desk);
        let desk = Desk::open(folder.path(), 1);
        for ((id, name), heads) in people.iter().zip(heads) {
            prop_assert_eq!(&name_at(&desk, *id), name);
            prop_assert_eq!(desk.store.read(|r| r.document(*id)).unwrap().heads(), heads);
        }
    }
}
