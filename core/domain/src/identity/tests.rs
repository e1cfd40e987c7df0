//! Documents against independent libraries and the rules' own examples.

use proptest::prelude::*;

use super::*;
use crate::jurisdiction::Jurisdictions;
use crate::vectors;

fn kind(pack: &str, kind: &str) -> DocumentKind {
    Jurisdictions::builtin().unwrap().get(pack).unwrap().document(kind).unwrap().clone()
}

#[test]
fn cpf_and_cnpj_agree_with_four_independent_libraries() {
    let mut compared = 0;
    for vector in vectors::read("cpf_cnpj.json")["vectors"].as_array().unwrap() {
        let document = kind("BR", vector["type"].as_str().unwrap());
        let value = vector["value"].as_str().unwrap();
        let expected = vector["cpf-cnpj-validator"].as_bool().unwrap();
        assert_eq!(document.check(value).is_ok(), expected, "{vector}");
        if let Some(formatted) = vector["formatted"].as_str() {
            assert_eq!(document.display(&document.store_form(value)), formatted);
        }
        compared += 1;
    }
    assert!(compared >= 30);
}

/// Made by an independent library (validate-docbr 2.0).
const GOOD: &[(&str, &[&str])] = &[
    ("cns", &["726019159083016", "813186091391986", "130824628190004", "782388352819093", "886579754324194"]),
    ("cns", &["975749118625277", "118955597970004", "114710497460009", "700 0000 0000 0005"]),
    ("pis", &["507.52917.03-6", "42366712760", "84268465631", "21223307923", "44026859957", "28907866662"]),
    ("cnh", &["90139624579", "95711777796", "41215472864", "03852808470", "14852538838", "85393363300"]),
];

#[test]
fn numbers_made_by_an_independent_library_pass_and_their_neighbours_do_not() {
    for (name, numbers) in GOOD {
        let kind = kind("BR", name);
        for number in *numbers {
            assert_eq!(kind.check(number), Ok(()), "{name} {number}");
            let last = number.chars().last().and_then(|digit| digit.to_digit(10)).unwrap();
            let neighbour = format!("{}{}", &number[..number.len() - 1], (last + 1) % 10);
            assert_eq!(kind.check(&neighbour), Err(DocumentFault::Check), "{name} {neighbour}");
        }
    }
    for bad in ["898000043321236", "123456789010005", "000000000000000"] {
        assert_eq!(kind("BR", "cns").check(bad), Err(DocumentFault::Check), "{bad}");
    }
    assert_eq!(kind("BR", "cns").check("12345"), Err(DocumentFault::Format));
}

#[test]
fn social_security_numbers_that_are_never_issued() {
    let ssn = kind("US", "ssn");
    for good in ["123-45-6789", "001010001", "899-99-9999"] {
        assert_eq!(ssn.check(good), Ok(()), "{good}");
    }
    for bad in [
        "000-45-6789",
        "666-45-6789",
        "900-45-6789",
        "999-12-3456",
        "123-00-6789",
        "123-45-0000",
        "078-05-1120",
    ] {
        assert_eq!(ssn.check(bad), Err(DocumentFault::Check), "{bad}");
    }
    assert_eq!(ssn.check("12345678"), Err(DocumentFault::Format));
    assert_eq!(ssn.check("12345678X"), Err(DocumentFault::Format));
    assert_eq!(ssn.display("123456789"), "123-45-6789");
}

#[test]
fn numbers_from_the_issuers_own_examples() {
    assert_eq!(kind("US", "npi").check("1234567893"), Ok(()));
    assert_eq!(kind("US", "npi").check("1234567890"), Err(DocumentFault::Check));
    assert_eq!(kind("US", "medicare").check("1EG4-TE5-MK73"), Ok(()));
    assert_eq!(kind("US", "medicare").check("1SG4-TE5-MK73"), Err(DocumentFault::Check));
    assert_eq!(kind("US", "itin").check("912-70-1234"), Ok(()));
    assert_eq!(kind("US", "itin").check("912-89-1234"), Err(DocumentFault::Check));
}

#[test]
fn kinds_without_rules_keep_their_punctuation() {
    assert_eq!(kind("US", "mrn").store_form(" a-12/b "), "a-12/b");
    assert_eq!(kind("BR", "rg").store_form("12.345.678-x"), "12345678X");
    assert_eq!(kind("BR", "rg").check("1"), Err(DocumentFault::Format));
}

proptest! {
    #[test]
    fn a_wrong_digit_in_a_health_card_is_noticed(head in 10_000_000_000_000u64..99_999_999_999_999, place in 0usize..14, by in 1u32..10) {
        let text = format!("7{}", &head.to_string()[1..]);
        let mut digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
        let sum: u32 = digits.iter().zip((2..=15).rev()).map(|(digit, weight)| digit * weight).sum();
        let check = (11 - sum % 11) % 11;
        prop_assume!(check < 10);
        digits.push(check);
        prop_assert!(is_cns(&digits));
        // The first digit chooses the rule, and the fifth weighs 11, which the rule cannot see.
        prop_assume!(place != 0 && place != 4);
        digits[place] = (digits[place] + by) % 10;
        prop_assert!(!is_cns(&digits));
    }

    #[test]
    fn no_value_makes_a_rule_panic(value in any::<String>()) {
        for pack in Jurisdictions::builtin().unwrap().iter() {
            for document in &pack.documents {
                let _ = document.check(&value);
                let _ = document.display(&value);
            }
        }
    }
}
