//! A person of workload W as Posto's patient record, every fact of it, and the edits as commands on that record.

use posto_domain::parts::{
    Address, Channel, ExternalId, Note, OfficialDocument, PersonName, Phone, PhoneKind, Sex,
};
use posto_domain::patient::{Allergy, BloodType, Medication, Patient};
use posto_domain::{EntryKey, IdGenerator, PatientId};

use super::{EditA, EditB, Person};

/// A change that a person makes to a record.
pub type Command = Box<dyn FnOnce(&mut Patient)>;

/// The record of a person who is registered at `now_ms`.
pub fn patient(person: &Person, ids: &mut IdGenerator, now_ms: u64) -> Patient {
    let mut patient = Patient::new(ids.draw::<PatientId>(now_ms));
    let mut key = || ids.draw::<EntryKey>(now_ms);
    patient.name = PersonName::of(&person.name);
    patient.mother_name = Some(person.mother_name.clone());
    patient.birth_date = person.birth_date.parse().ok();
    patient.sex = Some(if person.sex == "F" { Sex::Female } else { Sex::Male });
    patient.blood_type = Some(BloodType::from(person.blood_type));
    for (kind, value) in [("cpf", digits(&person.cpf)), ("cns", person.cns.clone())] {
        patient
            .documents
            .insert(key(), OfficialDocument { kind: kind.into(), value, ..OfficialDocument::default() });
    }
    for number in &person.phones {
        let phone = Phone { number: e164(number), kind: Some(PhoneKind::Mobile), ..Phone::default() };
        patient.phones.insert(key(), phone);
    }
    patient.addresses.insert(
        key(),
        Address {
            street: Some(person.street.clone()),
            district: Some(person.district.clone()),
            city: Some(person.city.into()),
            state: Some(person.state.into()),
            postal_code: Some(digits(&person.zip)),
            ..Address::default()
        },
    );
    for substance in &person.allergies {
        patient.allergies.insert(key(), Allergy { substance: (*substance).into(), ..Allergy::default() });
    }
    for name in &person.medications {
        patient.medications.insert(key(), Medication { name: (*name).into(), ..Medication::default() });
    }
    if person.consent_research {
        patient.tags.insert(key(), "pesquisa".into());
    }
    patient.preferred_channel = person.consent_sms.then_some(Channel::Sms);
    patient.notes.insert(key(), Note { text: person.notes.clone(), ..Note::default() });
    patient
        .external_ids
        .insert(key(), ExternalId { system: "urn:sistema-anterior".into(), value: person.source_id.clone() });
    patient.foreign.insert("facility".into(), person.facility.clone());
    patient.foreign.insert("last_visit".into(), person.last_visit.clone());
    patient
}

/// Node A's three edits of a record, each a command of its own.
pub fn edits_a(edit: &EditA, key: EntryKey) -> [Command; 3] {
    let EditA { phone, allergy, note, .. } = edit.clone();
    [
        Box::new(move |patient| {
            if let Some(first) = patient.phones.values_mut().next() {
                first.number = e164(&phone);
            }
        }),
        Box::new(move |patient| {
            patient.allergies.insert(key, Allergy { substance: allergy.into(), ..Allergy::default() });
        }),
        Box::new(move |patient| {
            if let Some(first) = patient.notes.values_mut().next() {
                first.text.push_str(&note);
            }
        }),
    ]
}

/// Node B's three edits of a record, each a command of its own.
pub fn edits_b(edit: &EditB, key: EntryKey) -> [Command; 3] {
    let EditB { street, medication, consent_sms, .. } = edit.clone();
    [
        Box::new(move |patient| {
            if let Some(first) = patient.addresses.values_mut().next() {
                first.street = Some(street);
            }
        }),
        Box::new(move |patient| {
            patient.medications.insert(key, Medication { name: medication.into(), ..Medication::default() });
        }),
        Box::new(move |patient| {
            patient.preferred_channel = Some(if consent_sms { Channel::Sms } else { Channel::Email });
        }),
    ]
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn e164(text: &str) -> String {
    format!("+{}", digits(text))
}
