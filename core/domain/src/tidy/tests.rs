//! What is typed, and what is kept.

use super::*;
use crate::id::{EntryKey, PatientId};
use crate::jurisdiction::Jurisdictions;
use proptest::prelude::*;

fn pack() -> Pack {
    Jurisdictions::builtin().unwrap().get("BR").unwrap().clone()
}

#[test]
fn what_is_typed_in_a_hurry_becomes_what_is_stored() {
    let key = EntryKey::from_bytes([1; 16]);
    let mut patient = Patient::new(PatientId::from_bytes([1; 16]));
    patient.name = PersonName::of("  Ana   Lu\u{301}cia\tSouza ");
    patient.social_name = Some("  ".into());
    patient.phones.insert(key, Phone { number: "(11) 98765-4321".into(), ..Default::default() });
    patient.documents.insert(
        key,
        OfficialDocument {
            kind: "cpf".into(),
            value: "529.982.247-25".into(),
            country: Some("BR".into()),
            ..Default::default()
        },
    );
    patient.emails.insert(key, Email { address: " Ana@Exemplo.COM.br".into(), ..Default::default() });
    patient.addresses.insert(
        key,
        Address {
            state: Some("sp".into()),
            postal_code: Some("01310100".into()),
            country: Some("BR".into()),
            ..Default::default()
        },
    );
    patient.tidy(&pack());
    assert_eq!(patient.name.display(), "Ana Lúcia Souza");
    assert_eq!(patient.social_name, None);
    assert_eq!(patient.phones[&key].number, "+5511987654321");
    assert_eq!(patient.phones[&key].kind, Some(crate::parts::PhoneKind::Mobile));
    assert_eq!(
        (patient.documents[&key].value.as_str(), &patient.documents[&key].country),
        ("52998224725", &None)
    );
    assert_eq!(patient.emails[&key].address, "Ana@exemplo.com.br");
    let address = &patient.addresses[&key];
    assert_eq!((address.state.as_deref(), address.postal_code.as_deref()), (Some("SP"), Some("01310-100")));
    assert_eq!(address.country, None);
}

#[test]
fn a_foreign_address_keeps_its_country_and_its_form() {
    let mut address = Address { state: Some("ny".into()), country: Some("US".into()), ..Default::default() };
    address.tidy(&pack());
    assert_eq!((address.state.as_deref(), address.country.as_deref()), (Some("ny"), Some("US")));
}

#[test]
fn an_edit_tidies_only_what_it_touched() {
    let (first, second) = (EntryKey::from_bytes([1; 16]), EntryKey::from_bytes([2; 16]));
    let mut before = Patient::new(PatientId::from_bytes([1; 16]));
    before.name = PersonName::of("ANA  SOUZA");
    before.phones.insert(first, Phone { number: "555-123-4567".into(), ..Default::default() });
    let mut after = before.clone();
    after.occupation = Some("  pintora ".into());
    after.social_name = Some(" ".into());
    after.phones.insert(second, Phone { number: "(11) 98765-4321".into(), ..Default::default() });
    let tidied = tidy_changes(&before, after, &pack());
    assert_eq!(tidied.name, before.name);
    assert_eq!(tidied.phones[&first], before.phones[&first]);
    assert_eq!(tidied.phones[&second].number, "+5511987654321");
    assert_eq!(tidied.phones[&second].kind, Some(crate::parts::PhoneKind::Mobile));
    assert_eq!((tidied.occupation.as_deref(), tidied.social_name), (Some("pintora"), None));
}

proptest! {
    #[test]
    fn an_edit_that_changes_nothing_changes_nothing(name in "\\PC{0,30}", number in "[+0-9 ()-]{0,20}") {
        let key = EntryKey::from_bytes([1; 16]);
        let mut patient = Patient::new(PatientId::from_bytes([1; 16]));
        patient.name = PersonName::of(name);
        patient.phones.insert(key, Phone { number, ..Default::default() });
        prop_assert_eq!(tidy_changes(&patient, patient.clone(), &pack()), patient);
    }

    #[test]
    fn tidying_twice_changes_nothing_more(name in "\\PC{0,30}", number in "[+0-9 ()-]{0,20}", value in "\\PC{0,20}") {
        let key = EntryKey::from_bytes([1; 16]);
        let mut patient = Patient::new(PatientId::from_bytes([1; 16]));
        patient.name = PersonName::of(name);
        patient.phones.insert(key, Phone { number, ..Default::default() });
        patient.documents.insert(key, OfficialDocument { kind: "rg".into(), value, ..Default::default() });
        patient.tidy(&pack());
        let once = patient.clone();
        patient.tidy(&pack());
        prop_assert_eq!(patient, once);
    }
}
