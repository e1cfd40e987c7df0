//! What people and imports get wrong, and what the answer names.

use super::*;
use crate::id::{EntryKey, PatientId};
use crate::parts::{Address, Email, OfficialDocument, PersonName, Phone};
use crate::patient::{Allergy, Patient};
use crate::violation::any_error;
use crate::{ClinicId, PartialDate};

fn key(number: u8) -> EntryKey {
    EntryKey::from_bytes([number; 16])
}

fn patient() -> Patient {
    let mut patient = Patient::new(PatientId::from_bytes([1; 16]));
    patient.name = PersonName::of("Ana Souza");
    patient
}

fn findings_of(record: &impl Validate, strictness: Strictness) -> Vec<Violation> {
    let jurisdictions = Jurisdictions::builtin().unwrap();
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    let pack = jurisdictions.get("BR").unwrap();
    record.validate(&Rules { today, pack, jurisdictions: &jurisdictions, strictness })
}

fn codes(patient: &Patient) -> Vec<String> {
    findings_of(patient, Strictness::Desk)
        .iter()
        .map(|found| format!("{}:{}", found.path, found.code))
        .collect()
}

fn document(kind: &str, value: &str) -> OfficialDocument {
    OfficialDocument { kind: kind.into(), value: value.into(), ..Default::default() }
}

#[test]
fn a_name_is_enough() {
    assert!(codes(&patient()).is_empty());
    assert_eq!(codes(&Patient::new(PatientId::from_bytes([1; 16]))), ["name:required"]);
    let mut social = Patient::new(PatientId::from_bytes([1; 16]));
    social.social_name = Some("Bia".into());
    assert!(codes(&social).is_empty());
}

#[test]
fn dates_that_cannot_be() {
    for (date, code) in [
        ("1980-02-31", "birth_date:invalid_date"),
        ("2027", "birth_date:date_in_future"),
        ("1822-01-01", "birth_date:date_too_old"),
    ] {
        let mut patient = patient();
        patient.birth_date = Some(PartialDate::from(date));
        assert_eq!(codes(&patient), [code]);
    }
    let mut patient = patient();
    patient.birth_date = Some(PartialDate::from("1980-05"));
    patient.deceased = true;
    patient.deceased_on = Some(PartialDate::from("1980-04-30"));
    assert_eq!(codes(&patient), ["deceased_on:date_order"]);
    patient.deceased_on = Some(PartialDate::from("1980"));
    assert!(codes(&patient).is_empty());
}

#[test]
fn an_import_keeps_what_the_desk_must_correct_but_no_flood() {
    let mut patient = patient();
    patient.birth_date = Some(PartialDate::from("1980-02-31"));
    patient.documents.insert(key(1), document("cpf", "52998224724"));
    assert!(any_error(&findings_of(&patient, Strictness::Desk)));
    let imported = findings_of(&patient, Strictness::Import);
    assert_eq!((imported.len(), any_error(&imported)), (2, false));
    patient.name = PersonName::of("x".repeat(201));
    let flood = findings_of(&patient, Strictness::Import);
    assert!(any_error(&flood));
    assert!(flood.iter().any(|found| found.path == "name.text" && found.params["max"] == "200"));
}

#[test]
fn documents_follow_the_rules_of_their_own_country() {
    let mut patient = patient();
    patient.documents.insert(key(1), document("cpf", "529.982.247-25"));
    patient
        .documents
        .insert(key(2), OfficialDocument { country: Some("US".into()), ..document("ssn", "666-12-3456") });
    patient
        .documents
        .insert(key(3), OfficialDocument { country: Some("JP".into()), ..document("my_number", "1") });
    patient.documents.insert(key(4), document("cnpj", "11222333000181"));
    patient.documents.insert(key(5), document("ssn", "123-45-6789"));
    let expected = [
        format!("documents.{}.value:invalid_check_digit", key(2)),
        format!("documents.{}.kind:wrong_holder", key(4)),
        format!("documents.{}.kind:unknown_kind", key(5)),
    ];
    assert_eq!(codes(&patient), expected);
}

#[test]
fn contacts_are_named_by_their_key() {
    let mut patient = patient();
    patient.phones.insert(key(1), Phone { number: "190".into(), ..Default::default() });
    patient.phones.insert(key(2), Phone { number: "+5511987654321".into(), ..Default::default() });
    patient.phones.insert(key(3), Phone { number: "+5511987654321".into(), ..Default::default() });
    for (number, address) in [(4, "ana@exemplo"), (5, "ana @exemplo.com"), (6, "ana@exemplo.com.br")] {
        patient.emails.insert(key(number), Email { address: address.into(), ..Default::default() });
    }
    patient.addresses.insert(
        key(7),
        Address { state: Some("XX".into()), postal_code: Some("0131".into()), ..Default::default() },
    );
    let expected = [
        format!("phones.{}.number:invalid_phone", key(1)),
        format!("emails.{}.address:invalid_email", key(4)),
        format!("emails.{}.address:invalid_email", key(5)),
        format!("addresses.{}.postal_code:invalid_postal_code", key(7)),
        format!("addresses.{}.state:unknown_region", key(7)),
        format!("phones.{}:duplicate_value", key(3)),
    ];
    assert_eq!(codes(&patient), expected);
}

#[test]
fn no_allergies_and_an_allergy_contradict_each_other() {
    let mut patient = patient();
    patient.no_known_allergies = true;
    patient.allergies.insert(key(1), Allergy { substance: "dipirona".into(), ..Default::default() });
    assert_eq!(codes(&patient), ["no_known_allergies:contradicts_allergies"]);
    patient.allergies.get_mut(&key(1)).unwrap().status = Some(crate::patient::ClinicalStatus::Refuted);
    assert!(codes(&patient).is_empty());
}

#[test]
fn collections_and_verbatim_parts_have_a_bound() {
    let mut patient = patient();
    for number in 0..=limits::ENTRIES_MAX as u128 {
        patient.tags.insert(EntryKey::from_bytes(number.to_be_bytes()), "vip".into());
    }
    patient.foreign.insert("fhir/extension".into(), format!("\"{}\"", "x".repeat(limits::FOREIGN_BYTES_MAX)));
    patient.foreign.insert("fhir/text".into(), "{".into());
    assert_eq!(codes(&patient), ["tags:too_many", "foreign:too_large", "foreign.fhir/text:invalid_json"]);
}

#[test]
fn control_characters_stay_out_of_names_and_line_breaks_out_of_nothing_else() {
    let mut patient = patient();
    patient.mother_name = Some("Maria\u{0}".into());
    patient.notes.insert(key(1), crate::parts::Note { text: "a\nb\tc".into(), ..Default::default() });
    patient.notes.insert(key(2), crate::parts::Note { text: "\u{7}".into(), ..Default::default() });
    assert_eq!(
        codes(&patient),
        ["mother_name:control_characters".to_owned(), format!("notes.{}.text:control_characters", key(2))]
    );
}

#[test]
fn a_password_in_clear_never_reaches_a_document() {
    let mut user = crate::user::User::new(crate::UserId::from_bytes([2; 16]), "Ana", "ana");
    user.password_hash = Some("cavalo bateria grampo".into());
    let found = findings_of(&user, Strictness::Import);
    assert!(any_error(&found));
    user.password_hash = Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into());
    assert!(findings_of(&user, Strictness::Desk).is_empty());
    user.login = "Ana Souza".into();
    assert!(any_error(&findings_of(&user, Strictness::Desk)));
}

#[test]
fn a_clinic_needs_a_known_jurisdiction() {
    let clinic = crate::clinic::Clinic::new(ClinicId::from_bytes([3; 16]), "Posto", "XX");
    assert_eq!(findings_of(&clinic, Strictness::Import)[0].code, "unknown_jurisdiction");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_validation_panic(text in proptest::prelude::any::<String>()) {
        let mut patient = patient();
        patient.name = PersonName::of(text.clone());
        patient.birth_date = Some(PartialDate::from(text.as_str()));
        patient.documents.insert(key(1), document("cpf", &text));
        patient.documents.insert(key(2), document(&text, "1"));
        patient.phones.insert(key(1), Phone { number: text.clone(), ..Default::default() });
        patient.emails.insert(key(1), Email { address: text.clone(), ..Default::default() });
        patient.language = Some(text.clone());
        patient.foreign.insert(text.clone(), text.clone());
        patient.addresses.insert(key(1), Address { postal_code: Some(text.clone()), latitude: Some(text), ..Default::default() });
        let _ = findings_of(&patient, Strictness::Desk);
        let _ = findings_of(&patient, Strictness::Import);
    }
}
