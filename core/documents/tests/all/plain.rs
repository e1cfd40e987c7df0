//! What is read without opening the document is what the document says, or nothing.

use posto_documents::{ChangeHash, Document, NewChange, base_changes, plain_value};
use posto_domain::Kind;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::writer;

fn read(kind: Kind, changes: &[NewChange]) -> Option<Value> {
    plain_value(kind, changes.iter().map(|change| (&change.hash, change.bytes.as_slice())))
}

pub(crate) fn open(kind: Kind, changes: &[NewChange]) -> Document {
    Document::load(kind, changes.iter().map(|change| &change.bytes)).unwrap()
}

/// As text, so that the order of keys counts too.
pub(crate) fn text(value: &Value) -> String {
    value.to_string()
}

/// A record with every sort of content.
pub(crate) fn patient() -> impl Strategy<Value = Value> {
    let text = || proptest::string::string_regex("\\PC{0,12}").unwrap();
    let key = || "[0-9A-HJKMNP-TV-Z]{26}";
    (
        (text(), -(1_i64 << 54)..1 << 54, any::<bool>()), // what is longer goes the long way
        prop::collection::btree_map(key(), (text(), any::<Option<bool>>()), 0..4),
        prop::collection::btree_map(key(), text(), 0..3),
        prop::collection::btree_map("[a-z/]{1,9}", text(), 0..3),
    )
        .prop_map(|((name, number, flag), phones, notes, foreign)| {
            let phones: Map<_, _> = phones
                .into_iter()
                .map(|(key, (number, whatsapp))| {
                    let mut phone = json!({"number": number});
                    if let Some(whatsapp) = whatsapp {
                        phone["whatsapp"] = whatsapp.into();
                    }
                    (key, phone)
                })
                .collect();
            let notes: Map<_, _> =
                notes.into_iter().map(|(key, text)| (key, json!({"text": text, "pinned": true}))).collect();
            json!({
                "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "name": {"text": name}, "record_number": number,
                "deceased": flag, "phones": phones, "notes": notes, "foreign": foreign,
                "a_newer_field": [1, -2, 2.5, u64::MAX, "x", [true, {"deep": name}]],
            })
        })
}

/// What one person does to a record in its JSON form.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    Set(Vec<String>, Value),
    Remove(Vec<String>),
}

/// Who does it, and what they know by then.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Edit(Edit),
    /// At the first heads.
    Stale(Edit),
    /// Hears all that this replica knows.
    Hear(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = || {
        let keys: [&[&str]; 12] = [
            &["deceased"],
            &["social_name"],
            &["name", "family"],
            &["phones", "A", "number"],
            &["phones", "A", "rank"],
            &["phones", "B", "number"],
            &["phones", "B"],
            &["notes", "N", "text"],
            &["notes", "N", "pinned"],
            &["notes", "N"],
            &["newer", "deep", "list"],
            &["newer"],
        ];
        (0..keys.len()).prop_map(move |at| keys[at].iter().map(|key| (*key).to_owned()).collect::<Vec<_>>())
    };
    let set = (place(), 0..3_u8).prop_map(|(place, variant)| {
        let value = match place.last().unwrap().as_str() {
            "B" | "N" | "newer" => json!({"text": format!("t{variant}"), "number": "1"}),
            "list" => json!([variant, {"a": [null, "ü"]}, [], {}]),
            "text" => json!(["", "Olá", "Olá, às 9 h"][usize::from(variant)]),
            "deceased" | "pinned" => json!(variant == 1),
            "rank" => json!(variant),
            _ => json!(format!("v{variant}")),
        };
        Edit::Set(place, value)
    });
    prop_oneof![3 => set, 1 => place().prop_map(Edit::Remove)]
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let step = prop_oneof![
        5 => edit().prop_map(Step::Edit),
        1 => edit().prop_map(Step::Stale),
        3 => (0..3_usize).prop_map(Step::Hear),
    ];
    prop::collection::vec((0..3_usize, step), 1..12)
}

pub(crate) fn apply(value: &mut Value, edit: &Edit) {
    let (Edit::Set(place, _) | Edit::Remove(place)) = edit;
    let (last, above) = place.split_last().unwrap();
    let mut at = value;
    for key in above {
        if !at[key].is_object() {
            at[key] = json!({});
        }
        at = &mut at[key];
    }
    match edit {
        Edit::Set(_, new) => at[last] = new.clone(),
        Edit::Remove(_) => {
            at.as_object_mut().unwrap().remove(last);
        }
    }
}

fn write(document: &mut Document, node: u8, time: usize, edit: &Edit) -> Option<NewChange> {
    let before = document.value().unwrap();
    let mut after = before.clone();
    apply(&mut after, edit);
    document.edit_value(None, &writer(node, 2_000 + time as i64), &before, &after).unwrap()
}

fn created() -> (Document, NewChange) {
    let record = json!({
        "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "name": {"text": "Ana"}, "deceased": false,
        "phones": {"A": {"number": "1"}}, "notes": {"N": {"text": "Olá"}},
    });
    let (_, first) = Document::create_value(Kind::Patient, &writer(1, 1_000), &record).unwrap();
    (open(Kind::Patient, std::slice::from_ref(&first)), first)
}

/// The changes of three replicas that went through `steps`.
fn changes_of(steps: &[(usize, Step)]) -> Vec<NewChange> {
    let (start, first) = created();
    let heads = vec![first.hash];
    let mut replicas = [start.clone(), start.clone(), start];
    for (time, (replica, step)) in steps.iter().enumerate() {
        let node = 1 + *replica as u8;
        match step {
            Step::Edit(edit) => drop(write(&mut replicas[*replica], node, time, edit)),
            Step::Stale(edit) => {
                let (before, mut after) = (created().0.value().unwrap(), created().0.value().unwrap());
                apply(&mut after, edit);
                let context = writer(node, 2_000 + time as i64);
                replicas[*replica].edit_value(Some(&heads), &context, &before, &after).unwrap();
            }
            Step::Hear(from) => {
                let heard: Vec<_> = replicas[*from].changes().into_iter().map(|c| c.bytes).collect();
                replicas[*replica].apply_all(heard).unwrap();
            }
        }
    }
    let mut all: Vec<NewChange> = replicas.iter().flat_map(Document::changes).collect();
    all.sort_by_key(|change| change.hash);
    all.dedup();
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn a_first_change_reads_as_the_document(value in patient()) {
        let (_, change) = Document::create_value(Kind::Patient, &writer(3, 5), &value).unwrap();
        let document = open(Kind::Patient, std::slice::from_ref(&change));
        let read = read(Kind::Patient, &[change]).map(|value| text(&value));
        prop_assert_eq!(read, Some(text(&document.value().unwrap())));
    }

    /// The changes come in the order of their hashes, which is any order.
    #[test]
    fn any_history_reads_as_the_document_or_not_at_all(steps in steps()) {
        let changes = changes_of(&steps);
        if let Some(value) = read(Kind::Patient, &changes) {
            let document = open(Kind::Patient, &changes);
            prop_assert_eq!(text(&value), text(&document.value().unwrap()));
            prop_assert!(document.conflicts().unwrap().is_empty());
        }
    }

    /// Nothing competes when one person works alone; only edits of texts go the long way.
    #[test]
    fn what_was_edited_one_after_the_other_is_plain(edits in prop::collection::vec((1..4_u8, edit()), 1..12)) {
        let (mut document, first) = created();
        let mut changes = vec![first];
        for (time, (node, edit)) in edits.iter().enumerate() {
            if !matches!(edit, Edit::Set(place, _) if place[0] == "notes") {
                changes.extend(write(&mut document, *node, time, edit));
            }
        }
        changes.reverse();
        let read = read(Kind::Patient, &changes).map(|value| text(&value));
        prop_assert_eq!(read, Some(text(&document.value().unwrap())));
    }

    /// With a checksum and a hash that are right, as a hostile author could make them.
    #[test]
    fn changed_bytes_read_as_the_document_or_not_at_all(
        steps in steps(), which: prop::sample::Index, at: prop::sample::Index, byte: u8
    ) {
        let mut changes = changes_of(&steps);
        let change = which.index(changes.len());
        let change = &mut changes[change];
        let at = 8 + at.index(change.bytes.len() - 8);
        change.bytes[at] = byte;
        change.hash = ChangeHash(Sha256::digest(&change.bytes[8..]).into());
        let checksum: [u8; 4] = change.hash.0[..4].try_into().unwrap();
        change.bytes[4..8].copy_from_slice(&checksum);
        if let Some(value) = read(Kind::Patient, &changes) {
            let document = open(Kind::Patient, &changes);
            prop_assert_eq!(text(&value), text(&document.value().unwrap()));
        }
    }
}

fn set(place: &[&str], value: Value) -> Edit {
    Edit::Set(place.iter().map(|key| (*key).to_owned()).collect(), value)
}

/// What two people do without knowing of each other, on top of a first change.
fn concurrently(one: &Edit, other: &Edit) -> Vec<NewChange> {
    let (mut a, first) = created();
    let mut b = a.clone();
    vec![first, write(&mut b, 2, 2, other).unwrap(), write(&mut a, 1, 1, one).unwrap()]
}

#[test]
fn concurrent_edits_of_different_places_are_plain() {
    let edits = [
        set(&["deceased"], json!(true)),
        set(&["social_name"], json!("Eva")),
        set(&["phones", "B"], json!({"number": "2"})),
        set(&["phones", "A", "rank"], json!(1)),
        set(&["notes", "M"], json!({"text": "new"})),
        Edit::Remove(vec!["notes".into(), "N".into()]),
        set(&["newer"], json!([1, {"a": "b"}])),
    ];
    for (at, one) in edits.iter().enumerate() {
        for other in edits.iter().skip(at + 1) {
            let changes = concurrently(one, other);
            assert_eq!(
                read(Kind::Patient, &changes),
                open(Kind::Patient, &changes).value().ok(),
                "{changes:?}"
            );
        }
    }
}

#[test]
fn what_competes_goes_the_long_way() {
    let remove = || Edit::Remove(vec!["phones".into(), "A".into()]);
    let number = |number: &str| set(&["phones", "A", "number"], json!(number));
    let name = |name: &str| set(&["social_name"], json!(name));
    for (one, other) in [
        (number("2"), number("3")),
        (number("2"), number("2")),
        (name("Eva"), name("Ada")),
        (remove(), remove()),
        (remove(), set(&["phones", "A"], json!(1))),
        (set(&["notes", "N", "text"], json!("a")), name("Eva")),
    ] {
        assert_eq!(read(Kind::Patient, &concurrently(&one, &other)), None, "{one:?} {other:?}");
    }
}

/// The entry is gone, whatever somebody still wrote into it.
#[test]
fn what_is_written_into_a_removed_entry_is_not_shown() {
    let edit = set(&["phones", "A", "number"], json!("2"));
    let changes = concurrently(&Edit::Remove(vec!["phones".into(), "A".into()]), &edit);
    let value = read(Kind::Patient, &changes).unwrap();
    assert_eq!(value["phones"], json!({}));
    assert_eq!(value, open(Kind::Patient, &changes).value().unwrap());
}

#[test]
fn incomplete_histories_and_other_kinds_go_the_long_way() {
    let (mut document, first) = created();
    let edits: Vec<_> = ["Eva", "Ada"]
        .iter()
        .map(|name| write(&mut document, 1, 1, &set(&["social_name"], json!(name))).unwrap())
        .collect();
    let [second, third] = edits.as_slice() else { panic!() };
    assert_eq!(read(Kind::Patient, std::slice::from_ref(second)), None);
    assert_eq!(read(Kind::Patient, &[first.clone(), third.clone()]), None);
    assert_eq!(read(Kind::Patient, &[first.clone(), first.clone()]), None);
    assert_eq!(read(Kind::Patient, &[]), None);
    assert_eq!(read(Kind::Chart, std::slice::from_ref(&first)), None, "another kind's base");
    assert_eq!(read(Kind::Unknown(999), std::slice::from_ref(&first)), None);
    let base = base_changes(Kind::Patient).unwrap().first().unwrap();
    let base = NewChange { hash: base.hash, bytes: base.bytes.clone() };
    assert_eq!(read(Kind::Patient, &[base]), None, "the base's actor");
    let wrong = NewChange { hash: third.hash, bytes: first.bytes };
    assert_eq!(read(Kind::Patient, &[wrong]), None, "another change's hash");
}

/// A second change of the same number, as a restored machine would make it.
#[test]
fn a_sequence_that_forks_goes_the_long_way() {
    let (mut a, first) = created();
    let mut b = a.clone();
    let one = write(&mut a, 1, 1, &set(&["social_name"], json!("Eva"))).unwrap();
    let other = write(&mut b, 1, 2, &set(&["deceased"], json!(true))).unwrap();
    assert_eq!(read(Kind::Patient, &[first, one, other]), None);
}
