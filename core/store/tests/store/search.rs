//! Finding patients, as a receptionist types.

use posto_domain::parts::{OfficialDocument, PersonName};
use posto_domain::{Entries, Patient};
use posto_store::PatientQuery;

use crate::support::{Desk, folder, phone};

fn desk() -> (tempfile::TempDir, Desk) {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    for (name, number, cpf, born) in [
        ("João D'Ávila Souza", "+5511987654321", "12345678909", "1980-03-02"),
        ("Maria José da Silva", "+559298777888", "55566677788", "1955-12-31"),
        ("José Maria Oliveira", "+5592991112222", "11122233344", "1990-01-05"),
        ("Ana Beatriz Rodrigues", "+14155550123", "AB123456", "2001-07-14"),
    ] {
        let mut patient = Patient::new(desk.new_id());
        patient.name = PersonName::of(name);
        patient.birth_date = Some(born.into());
        patient.record_number = Some(desk.drawn as i64 & 0xff);
        patient.phones = Entries::from([(desk.new_id().cast(), phone(number))]);
        let document = OfficialDocument { kind: "cpf".into(), value: cpf.into(), ..Default::default() };
        patient.documents = Entries::from([(desk.new_id().cast(), document)]);
        desk.register_as(&patient);
    }
    (folder, desk)
}

#[test]
fn whatever_is_typed_finds_the_person() {
    let (_folder, desk) = desk();
    for (typed, name) in [
        ("joao", "João D'Ávila Souza"),
        ("JOÃO SOUZA", "João D'Ávila Souza"),
        ("souza, joão", "João D'Ávila Souza"),
        ("davila", "João D'Ávila Souza"),
        ("avila", "João D'Ávila Souza"),
        ("sou joa", "João D'Ávila Souza"),
        ("(11) 98765-4321", "João D'Ávila Souza"),
        ("98765", "João D'Ávila Souza"),
        ("4321", "João D'Ávila Souza"),
        ("+55 11 98765", "João D'Ávila Souza"),
        ("123.456.789-09", "João D'Ávila Souza"),
        ("123.456", "João D'Ávila Souza"),
        ("02/03/1980", "João D'Ávila Souza"),
        ("1980-03-02", "João D'Ávila Souza"),
        ("joao 02/03/1980", "João D'Ávila Souza"),
        ("415 555", "Ana Beatriz Rodrigues"),
        ("555 0123", "Ana Beatriz Rodrigues"),
        ("ab-123", "Ana Beatriz Rodrigues"),
        ("rodirgues", "Ana Beatriz Rodrigues"),
        ("rodrigue", "Ana Beatriz Rodrigues"),
        ("odrig", "Ana Beatriz Rodrigues"),
        ("beatris", "Ana Beatriz Rodrigues"),
        ("oliviera", "José Maria Oliveira"),
    ] {
        assert_eq!(desk.find(typed), [name], "{typed}");
    }
    for typed in ["xavier", "joao lima", "99999", "zz"] {
        assert!(desk.find(typed).is_empty(), "{typed}");
    }
}

#[test]
fn names_that_begin_as_typed_come_first() {
    let (_folder, desk) = desk();
    assert_eq!(desk.find("maria"), ["Maria José da Silva", "José Maria Oliveira"]);
    assert_eq!(desk.find("jose maria"), ["José Maria Oliveira", "Maria José da Silva"]);
}

#[test]
fn pages_follow_one_another_without_gap_or_repetition() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let mut names = Vec::new();
    for n in 0..60 {
        let name = match n % 4 {
            0 => format!("Silva {n}"),
            1 => format!("Ana Silva {n}"),
            2 => format!("Ana Silvana {n}"),
            _ => format!("Ana Slva {n}"),
        };
        desk.register(&name);
        names.push(name);
    }
    for limit in [1, 7, 15, 60, 100] {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let query = PatientQuery { text: "silva".into(), cursor: cursor.clone(), limit };
            let page = desk.store.read(|r| r.find_patients(&query)).unwrap();
            assert!(page.rows.len() <= limit);
            found.extend(page.rows.into_iter().map(|row| row.name));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        let mut sorted = found.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), found.len(), "limit {limit}");
        assert_eq!(found.len(), names.len(), "limit {limit}");
        assert!(found[0].starts_with("Silva"));
    }
}

#[test]
fn nothing_typed_lists_those_changed_last() {
    let folder = folder();
    let mut desk = Desk::open(folder.path(), 1);
    let ids: Vec<_> = (0..5).map(|n| desk.register(&format!("Ana {n}"))).collect();
    desk.edit::<Patient>(ids[1].cast(), |patient| patient.mother_name = Some("Rita".into()));
    let query = PatientQuery { limit: 3, ..PatientQuery::default() };
    let page = desk.store.read(|r| r.find_patients(&query)).unwrap();
    let names: Vec<_> = page.rows.into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["Ana 1", "Ana 4", "Ana 3"]);
    let rest = PatientQuery { limit: 3, cursor: page.next_cursor, ..PatientQuery::default() };
    let rest = desk.store.read(|r| r.find_patients(&rest)).unwrap();
    let names: Vec<_> = rest.rows.into_iter().map(|row| row.name).collect();
    assert_eq!((names, rest.next_cursor), (vec!["Ana 2".to_owned(), "Ana 0".to_owned()], None));
}

#[test]
fn what_is_typed_can_break_nothing() {
    let (_folder, desk) = desk();
    for typed in ["\"", "a\" OR \"b", "*", "NEAR(a b)", "a AND", "{words}:x", "\0", "é̀̂", "--", "🙂", "a*b(c)"]
    {
        desk.find(typed);
    }
}

#[test]
fn an_edit_moves_the_patient_in_the_index() {
    let (_folder, mut desk) = desk();
    let query = PatientQuery { text: "joao".into(), cursor: None, limit: 9 };
    let id = desk.store.read(|r| r.find_patients(&query)).unwrap().rows[0].id;
    desk.edit::<Patient>(id.cast(), |patient| patient.name = PersonName::of("Teodora Quintal"));
    assert!(desk.find("davila").is_empty());
    assert_eq!(desk.find("quinta"), ["Teodora Quintal"]);
    assert_eq!(desk.find("uintal"), ["Teodora Quintal"]);
}

#[test]
fn likely_duplicates_are_found_by_any_of_their_keys() {
    let (_folder, mut desk) = desk();
    let mut same_cpf = Patient::new(desk.new_id());
    let document =
        OfficialDocument { kind: "cpf".into(), value: "123.456.789-09".into(), ..Default::default() };
    same_cpf.documents = Entries::from([(desk.new_id().cast(), document)]);
    let mut same_phone = Patient::new(desk.new_id());
    same_phone.phones = Entries::from([(desk.new_id().cast(), phone("11 8765-4321"))]);
    let mut exchanged = Patient::new(desk.new_id());
    exchanged.birth_date = Some("1980-02-03".into());
    let mut same_name = Patient::new(desk.new_id());
    same_name.name = PersonName::of("Joao Souza");
    let mut same_birth = Patient::new(desk.new_id());
    same_birth.name = PersonName::of("Joao Sousa");
    same_birth.birth_date = Some("1980-03-02".into());
    for patient in [same_cpf, same_phone, exchanged, same_name, same_birth] {
        let found = desk.store.read(|r| r.duplicate_candidates(&patient, 10)).unwrap();
        assert_eq!(found.len(), 1);
        let row = desk.store.read(|r| r.patient_row(found[0])).unwrap().unwrap();
        assert_eq!(row.name, "João D'Ávila Souza");
    }
}

#[test]
fn the_segments_of_the_index_are_merged_when_nobody_writes() {
    let (_folder, mut desk) = desk();
    for letters in ('a'..='h').flat_map(|first| ('a'..='h').map(move |second| format!("{first}{second}"))) {
        let mut patient = Patient::new(desk.new_id());
        patient.name = PersonName::of(format!("Pessoa Fil{letters}r"));
        desk.register_as(&patient);
    }
    let segments = || desk.store.read::<_, posto_store::Error>(|r| r.index_segments()).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while segments() > 12 {
        assert!(std::time::Instant::now() < deadline, "{} segments", segments());
        std::thread::yield_now();
    }
    assert_eq!(desk.find("pessoa filcdr")[0], "Pessoa Filcdr");
    assert_eq!(desk.find("davila"), ["João D'Ávila Souza"]);
}

#[test]
fn a_process_that_writes_one_word_at_a_time_leaves_no_heap_of_segments() {
    let folder = folder();
    for run in 0..70_u8 {
        let mut desk = Desk::open(folder.path(), run + 1);
        let mut patient = Patient::new(desk.new_id());
        patient.name = PersonName::of("Maria Cheia");
        desk.register_as(&patient);
    }
    let desk = Desk::open(folder.path(), 100);
    let segments = desk.store.read::<_, posto_store::Error>(|r| r.index_segments()).unwrap();
    assert!(segments < 64, "{segments} segments");
}
