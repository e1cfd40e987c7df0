//! A document that nobody opened says, hears and writes what the opened one does.

use posto_documents::{AsOf, ChangeHash, ChangeInfo, Corrupt, Document, Error, NewChange};
use posto_domain::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::plain::{Edit, Step, apply, open, patient, steps, text};
use crate::support::writer;

fn unopened(changes: &[NewChange]) -> Document {
    let pairs = changes.iter().map(|change| (&change.hash, change.bytes.as_slice()));
    Document::read(Kind::Patient, pairs).unwrap()
}

/// The same document twice: as it is read, and as Automerge has it.
#[derive(Clone)]
struct Twins {
    read: Document,
    opened: Document,
}

impl Twins {
    fn of(record: &Value) -> Self {
        let (_, first) = Document::create_value(Kind::Patient, &writer(1, 1_000), record).unwrap();
        Self { read: unopened(std::slice::from_ref(&first)), opened: open(Kind::Patient, &[first]) }
    }

    fn edit(&mut self, at: Option<&[ChangeHash]>, node: u8, time_ms: i64, edit: &Edit) {
        let before = match at {
            Some(heads) => self.opened.at(&AsOf::Heads(heads.to_vec())).unwrap(),
            None => self.opened.value().unwrap(),
        };
        let mut after = before.clone();
        apply(&mut after, edit);
        let context = writer(node, time_ms);
        let written = self.opened.edit_value(at, &context, &before, &after);
        assert_eq!(
            outcome(self.read.edit_value(at, &context, &before, &after)),
            outcome(written),
            "the same bytes, or the same refusal"
        );
        self.agree();
    }

    fn hear(&mut self, other: &Self) {
        let changes = |document: &Document| document.changes().into_iter().map(|change| change.bytes);
        let heard = self.read.apply_all(changes(&other.read)).unwrap();
        assert_eq!(heard, self.opened.apply_all(changes(&other.opened)).unwrap());
        self.agree();
    }

    fn agree(&self) {
        let Self { read, opened } = self;
        assert_eq!(text(&read.value().unwrap()), text(&opened.value().unwrap()));
        assert_eq!(read.heads(), opened.heads());
        assert_eq!(read.size_bytes(), opened.size_bytes());
        assert_eq!(read.conflicts().unwrap(), opened.conflicts().unwrap());
        assert_eq!(infos(read), infos(opened));
        for info in opened.change_infos() {
            assert!(read.contains(&info.hash));
            let heads = AsOf::Heads(vec![info.hash]);
            assert_eq!(read.change_info(&info.hash), Some(info));
            assert_eq!(read.at(&heads).unwrap(), opened.at(&heads).unwrap());
        }
        // As it is stored and read again.
        let again = unopened(&read.changes());
        assert_eq!(text(&again.value().unwrap()), text(&opened.value().unwrap()));
    }
}

/// Sorted: what is concurrent has no order.
fn infos(document: &Document) -> Vec<ChangeInfo> {
    let mut infos = document.change_infos();
    let mut placed: Vec<ChangeHash> = Vec::new();
    for info in &infos {
        assert!(info.deps.iter().all(|dep| placed.contains(dep)), "each after those it rests on");
        placed.push(info.hash);
    }
    infos.sort_by_key(|info| info.hash);
    infos
}

fn outcome(written: Result<Option<NewChange>, Error>) -> Result<Option<NewChange>, String> {
    written.map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Edits, stale ones too, on three replicas that hear of each other now and then.
    #[test]
    fn what_is_written_without_opening_is_what_automerge_writes(steps in steps()) {
        let start = Twins::of(&json!({
            "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "name": {"text": "Ana"}, "deceased": false,
            "phones": {"A": {"number": "1"}}, "notes": {"N": {"text": "Olá"}},
        }));
        let first = start.opened.heads();
        let mut replicas = [start.clone(), start.clone(), start];
        for (time, (replica, step)) in steps.iter().enumerate() {
            let (node, time_ms) = (1 + *replica as u8, 2_000 + time as i64);
            match step {
                Step::Edit(edit) => replicas[*replica].edit(None, node, time_ms, edit),
                Step::Stale(edit) => replicas[*replica].edit(Some(&first), node, time_ms, edit),
                Step::Hear(from) => {
                    let other = replicas[*from].clone();
                    replicas[*replica].hear(&other);
                }
            }
        }
    }

    /// From any record to any other.
    #[test]
    fn any_difference_is_written_as_automerge_writes_it(before in patient(), after in patient()) {
        let mut twins = Twins::of(&before);
        let context = writer(2, 2_000);
        let written = twins.opened.edit_value(None, &context, &before, &after);
        prop_assert_eq!(outcome(twins.read.edit_value(None, &context, &before, &after)), outcome(written));
        twins.agree();
    }
}

#[test]
fn letters_at_the_end_of_a_text_are_written_without_opening() {
    let mut twins = Twins::of(&json!({"id": "x", "notes": {"N": {"text": "Olá"}}}));
    for note in ["Olá, às 9 h", "Olá, às 9 h 👩‍⚕️", "às 9 h", "", "de novo"] {
        let place = ["notes", "N", "text"].map(str::to_owned).to_vec();
        twins.edit(None, 2, 2_000, &Edit::Set(place, json!(note)));
    }
}

/// The store keeps hashes beside the bytes: neither may be another's.
#[test]
fn bytes_that_are_not_what_they_are_called_are_no_document() {
    let Twins { opened, .. } = Twins::of(&json!({"id": "x", "deceased": false}));
    let [first] = opened.changes().try_into().unwrap();
    let mut flipped = first.clone();
    // A letter of the record, so that the bytes still are a change.
    let letter = flipped.bytes.iter().rposition(|byte| *byte == b'x').unwrap();
    flipped.bytes[letter] ^= 1;
    let refused = Document::read(Kind::Patient, [(&flipped.hash, flipped.bytes.as_slice())]);
    assert!(matches!(refused, Err(Error::Corrupt(Corrupt::Undecodable))), "{refused:?}");
}
