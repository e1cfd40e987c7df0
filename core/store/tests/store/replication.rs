//! The engine's storage requests: what is sent arrives, is counted, and never twice.

use posto_domain::Patient;
use posto_domain::parts::PersonName;
use posto_sync::node::{Advance, AppendOutcome, NodeAnswer, NodeRequest};
use posto_sync::{BootstrapPosition, ChangeRefusal, Epoch, LocalSeq, RefusedChange, Seq};

use crate::support::{Desk, clinic, folder, scope_name};

fn pair() -> (tempfile::TempDir, tempfile::TempDir, Desk, Desk) {
    let (left, right) = (folder(), folder());
    let (a, b) = (Desk::open(left.path(), 1), Desk::open(right.path(), 2));
    (left, right, a, b)
}

#[test]
fn both_desks_end_with_the_same_changes_and_rows() {
    let (_l, _r, mut a, mut b) = pair();
    let ids: Vec<_> = (0..40).map(|n| a.register(&format!("Ana {n} Souza"))).collect();
    a.send_to(&b);
    for (n, id) in ids.iter().enumerate() {
        if n % 2 == 0 {
            a.edit::<Patient>(id.cast(), |patient| patient.name = PersonName::of(format!("Ana {n} Lima")));
        }
        if n % 3 == 0 {
            b.edit::<Patient>(id.cast(), |patient| patient.name = PersonName::of(format!("Eva {n} Dias")));
        }
    }
    a.send_to(&b);
    b.send_to(&a);
    let (state_a, state_b) = (a.state(), b.state());
    assert_eq!((state_a.count, state_a.fingerprint), (state_b.count, state_b.fingerprint));
    assert_eq!((state_a.pending_count, state_b.pending_count), (0, 0));
    assert_eq!(state_a.shared(), (state_a.count, state_a.fingerprint));
    assert_eq!(a.dump(), b.dump());
    assert!(a.dump().iter().any(|line| line.starts_with("conflict ")));
    for desk in [&a, &b] {
        assert!(desk.store.doctor().unwrap().findings.is_empty());
    }
}

#[test]
fn the_same_batch_twice_adds_nothing() {
    let (_l, _r, mut a, b) = pair();
    a.register("Ana");
    let (batch, _) = a.pending();
    let first = b.append(batch.clone().unwrap());
    let second = b.append(batch.unwrap());
    assert_eq!((first.1, second.1), (1, 0));
    assert_eq!(first.0, second.0);
}

#[test]
fn ones_own_change_coming_back_is_an_acknowledgement() {
    let (_l, _r, mut a, _b) = pair();
    a.register("Ana");
    let (batch, _) = a.pending();
    let (state, new) = a.append(batch.unwrap());
    assert_eq!((state.count, state.pending_count, new), (1, 0, 0));
    assert_eq!(a.pending().0, None);
}

#[test]
fn a_damaged_batch_is_refused_whole() {
    let (_l, _r, mut a, b) = pair();
    a.register("Ana");
    let mut batch = a.pending().0.unwrap();
    let last = batch.len() - 1;
    batch[last] ^= 1;
    let request =
        NodeRequest::Append { scope: scope_name(clinic()), batch: Some(batch), advance: Advance::Stay };
    assert_eq!(b.store.answer(request), Ok(NodeAnswer::Append(AppendOutcome::Corrupt)));
    assert!(b.store.read(|r| r.dump_changes()).unwrap().is_empty());
}

#[test]
fn the_cursor_moves_with_the_batch_and_only_from_where_it_stands() {
    let (_l, _r, mut a, b) = pair();
    a.register("Ana");
    let epoch = Epoch([5; 16]);
    let append = |batch: Option<Vec<u8>>, advance| {
        let request = NodeRequest::Append { scope: scope_name(clinic()), batch, advance };
        match b.store.answer(request).unwrap() {
            NodeAnswer::Append(outcome) => outcome,
            other => panic!("{other:?}"),
        }
    };
    let position = BootstrapPosition { as_of: Seq(9), before: Seq(4) };
    assert!(matches!(
        append(None, Advance::Feed { epoch, after: Seq(0), cursor: Seq(1) }),
        AppendOutcome::Stale
    ));
    let begun = append(a.pending().0, Advance::Bootstrap { epoch, position });
    let AppendOutcome::Appended { state, .. } = begun else { panic!("{begun:?}") };
    assert_eq!((state.bootstrap, state.cursor, state.epoch), (Some(position), Seq(0), Some(epoch)));
    append(None, Advance::BootstrapDone { epoch, as_of: Seq(9) });
    assert!(matches!(
        append(None, Advance::Feed { epoch, after: Seq(8), cursor: Seq(12) }),
        AppendOutcome::Stale
    ));
    append(None, Advance::Feed { epoch, after: Seq(9), cursor: Seq(12) });
    assert_eq!((b.state().cursor, b.state().bootstrap), (Seq(12), None));
}

#[test]
fn a_refused_change_leaves_the_count_and_can_be_tried_again() {
    let (_l, _r, mut a, _b) = pair();
    a.register("Ana");
    a.register("Eva");
    let NodeAnswer::ListHashes { hashes } =
        a.store.answer(NodeRequest::ListHashes { scope: scope_name(clinic()) }).unwrap()
    else {
        panic!()
    };
    let (_, last) = a.pending();
    let refused = RefusedChange { hash: hashes[0], reason: ChangeRefusal::TooLarge };
    let request = NodeRequest::MarkAcked {
        scope: scope_name(clinic()),
        after: LocalSeq(0),
        up_to: last,
        refused: vec![refused],
    };
    a.store.answer(request).unwrap();
    assert_eq!((a.state().count, a.state().pending_count), (1, 0));
    let listed = a.store.read(|r| r.refused_changes()).unwrap();
    assert_eq!((listed.len(), listed[0].reason), (1, ChangeRefusal::TooLarge));
    let document = listed[0].document;
    a.store.write(move |tx| tx.retry_refused(document)).unwrap();
    assert_eq!((a.state().count, a.state().pending_count), (2, 1));
    assert!(a.store.doctor().unwrap().findings.is_empty());
}

#[test]
fn what_rests_on_a_refused_change_waits_with_it() {
    let (_l, _r, mut a, _b) = pair();
    let id = a.register("Ana");
    a.register("Eva");
    let document = a.store.read(|r| r.document(id.cast())).unwrap();
    let first = posto_sync::ChangeHash(document.heads()[0].0);
    a.edit::<Patient>(id.cast(), |patient| patient.mother_name = Some("Rita".into()));
    let request = NodeRequest::MarkAcked {
        scope: scope_name(clinic()),
        after: LocalSeq(0),
        up_to: LocalSeq(2),
        refused: vec![RefusedChange { hash: first, reason: ChangeRefusal::Malformed }],
    };
    a.store.answer(request).unwrap();
    // One made before the refusal and one made after it.
    a.edit::<Patient>(id.cast(), |patient| patient.mother_name = Some("Rosa".into()));
    assert_eq!((a.state().count, a.state().pending_count, a.pending().0), (1, 0, None));
    let reasons: Vec<_> =
        a.store.read(|r| r.refused_changes()).unwrap().into_iter().map(|refused| refused.reason).collect();
    let missing = ChangeRefusal::MissingDependency;
    assert_eq!(reasons, [missing, missing, ChangeRefusal::Malformed]);
    a.store.write(move |tx| tx.retry_refused(id.cast())).unwrap();
    assert_eq!((a.state().count, a.state().pending_count), (4, 3));
    assert!(a.store.doctor().unwrap().findings.is_empty());
}

#[test]
fn what_the_server_lost_is_sent_again() {
    let (_l, _r, mut a, b) = pair();
    a.register("Ana");
    a.send_to(&b);
    assert_eq!(a.pending().0, None);
    let NodeAnswer::ListHashes { hashes } =
        a.store.answer(NodeRequest::ListHashes { scope: scope_name(clinic()) }).unwrap()
    else {
        panic!()
    };
    a.store.answer(NodeRequest::MarkPending { scope: scope_name(clinic()), hashes }).unwrap();
    assert_eq!(a.state().pending_count, 1);
    assert!(a.pending().0.is_some());
}

#[test]
fn changes_whose_past_is_missing_wait_for_it() {
    let (_l, _r, mut a, b) = pair();
    let id = a.register("Ana");
    let (first, _) = a.pending();
    // The edit alone, with its dependencies named in full.
    a.store
        .answer(NodeRequest::MarkAcked {
            scope: scope_name(clinic()),
            after: LocalSeq(0),
            up_to: LocalSeq(1),
            refused: Vec::new(),
        })
        .unwrap();
    a.edit::<Patient>(id.cast(), |patient| patient.name = PersonName::of("Eva"));
    let request = NodeRequest::ReadPending {
        scope: scope_name(clinic()),
        after: LocalSeq(1),
        max_bytes: 1 << 20,
        verbatim: true,
    };
    let NodeAnswer::ReadPending { batch: Some(edit), .. } = a.store.answer(request).unwrap() else {
        panic!()
    };
    b.append(edit);
    b.store.project().unwrap();
    assert!(b.find("eva").is_empty());
    b.append(first.unwrap());
    b.store.project().unwrap();
    assert_eq!(b.find("eva"), ["Eva"]);
}
