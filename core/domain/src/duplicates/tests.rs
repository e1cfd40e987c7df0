//! People who are the same, and people who only look alike.

use proptest::prelude::*;

use super::*;
use crate::id::{EntryKey, PatientId};
use crate::parts::{OfficialDocument, PersonName, Phone, Sex};

const UNIQUE: &[&str] = &["cpf", "cns"];

struct Person(Patient);

fn person(name: &str) -> Person {
    let mut patient = Patient::new(PatientId::from_bytes([1; 16]));
    patient.name = PersonName::of(name);
    Person(patient)
}

impl Person {
    fn born(mut self, date: &str) -> Self {
        self.0.birth_date = Some(date.into());
        self
    }
    fn cpf(mut self, value: &str) -> Self {
        let document = OfficialDocument { kind: "cpf".into(), value: value.into(), ..Default::default() };
        self.0.documents.insert(EntryKey::from_bytes([1; 16]), document);
        self
    }
    fn phone(mut self, number: &str) -> Self {
        self.0
            .phones
            .insert(EntryKey::from_bytes([1; 16]), Phone { number: number.into(), ..Default::default() });
        self
    }
    fn sex(mut self, sex: Sex) -> Self {
        self.0.sex = Some(sex);
        self
    }
    fn mother(mut self, name: &str) -> Self {
        self.0.mother_name = Some(name.into());
        self
    }
}

fn match_of(one: &Person, other: &Person) -> Option<Match> {
    score(&one.0, &other.0, UNIQUE)
}

#[test]
fn the_same_person_registered_in_a_hurry_is_found() {
    let known = person("Maria Aparecida da Silva")
        .born("1980-03-02")
        .cpf("52998224725")
        .phone("+5511987654321")
        .mother("Josefa da Silva");
    for again in [
        person("MARIA APARECIDA DA SILVA").born("1980-03-02"),
        person("Silva, Maria Aparecida da").born("1980-03-02"),
        person("Maria Aparecida da Sivla").born("1980-03-02"),
        person("Maria Silva").born("1980-03-02"),
        person("Maria Aparecida da Silva").born("1980-02-03"),
        person("Maria Aparecida da Silva").born("1980-03-12"),
        person("Maria Aparecida Silva").phone("11 98765-4321"),
        person("Maria Aparecida da Silva").mother("Josefa Silva"),
        person("M. Silva").cpf("529.982.247-25"),
    ] {
        let found = match_of(&again, &known);
        assert!(found.is_some(), "{:?}", again.0.name);
    }
}

#[test]
fn relatives_and_namesakes_are_left_alone() {
    let known =
        person("Maria Aparecida da Silva").born("1980-03-02").phone("+5511987654321").cpf("52998224725");
    for somebody_else in [
        person("João Carlos da Silva").born("2010-07-15").phone("+5511987654321"),
        person("Maria Aparecida da Silva").born("1955-11-30"),
        person("Maria Aparecida da Silva").born("1980-03-02").cpf("29537995593"),
        person("Pedro Almeida").born("1980-03-02"),
        person("Maria Aparecida da Silva"),
    ] {
        assert_eq!(match_of(&somebody_else, &known), None, "{:?}", somebody_else.0.name);
    }
}

#[test]
fn twins_share_everything_but_first_name_and_sex() {
    let mother = "Josefa da Silva";
    let one = person("Ana Clara da Silva")
        .born("2015-01-01")
        .mother(mother)
        .phone("+5511987654321")
        .sex(Sex::Female);
    let two = person("Luiz Otávio da Silva")
        .born("2015-01-01")
        .mother(mother)
        .phone("+5511987654321")
        .sex(Sex::Male);
    assert_eq!(match_of(&one, &two), None);
}

#[test]
fn reasons_say_why() {
    let one = person("Ana Souza").born("1990-05-01").cpf("52998224725");
    let two = person("Ana Sousa").born("1990-05-01").cpf("529.982.247-25");
    let found = match_of(&one, &two).unwrap();
    let expected = [Reason::SameDocument, Reason::SimilarName, Reason::SameBirthDate];
    assert_eq!(found, Match { score: 100, reasons: expected.into() });
}

#[test]
fn whoever_scores_on_facts_is_found_by_keys() {
    let known =
        index_keys(&person("Ana D'Ávila").born("1990-05-01").cpf("52998224725").phone("+5511987654321").0);
    for looked_for in [
        person("X").born("1990-05-01"),
        person("X").born("1990-01-05"),
        person("X").cpf("529.982.247-25"),
        person("X").phone("98765-4321"),
        person("Ana Lúcia Dávila"),
    ] {
        assert!(
            lookup_keys(&looked_for.0).intersection(&known).next().is_some(),
            "{:?}",
            lookup_keys(&looked_for.0)
        );
    }
}

proptest! {
    #[test]
    fn who_is_compared_with_whom_does_not_matter(
        a in "[A-Za-zé' ]{0,20}", b in "[A-Za-zé' ]{0,20}",
        x in "19[0-9]{2}-0[1-9]-[12][0-8]", y in "19[0-9]{2}(-0[1-9])?",
        p in "119[0-9]{8}",
    ) {
        let one = person(&a).born(&x).phone(&p);
        let two = person(&b).born(&y).phone(&p);
        prop_assert_eq!(match_of(&one, &two), match_of(&two, &one));
    }

    #[test]
    fn everybody_is_a_duplicate_of_themselves(name in "[A-Za-zé]{2,10} [A-Za-zé]{2,10}", date in "19[0-9]{2}-0[1-9]-[12][0-8]") {
        let one = person(&name).born(&date);
        prop_assert!(match_of(&one, &one).is_some());
    }
}
