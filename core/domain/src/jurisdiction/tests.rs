//! The files, and what a file can get wrong.

use super::*;

fn brazil() -> &'static str {
    embedded::JURISDICTIONS.iter().find(|(file, _)| *file == "BR.toml").unwrap().1
}

#[test]
fn every_file_is_a_pack_under_its_own_name() {
    let all = Jurisdictions::builtin().unwrap();
    assert_eq!(all.iter().count(), embedded::JURISDICTIONS.len());
    for (file, _) in embedded::JURISDICTIONS {
        assert!(all.get(file.trim_end_matches(".toml")).is_some(), "{file}");
    }
}

#[test]
fn labels_cover_every_language_of_the_screens() {
    for pack in Jurisdictions::builtin().unwrap().iter() {
        for document in &pack.documents {
            for language in ["pt-BR", "en-US"] {
                assert!(document.label.contains_key(language), "{}: {}", pack.code, document.kind);
            }
        }
    }
}

#[test]
fn what_laws_set_is_there() {
    let all = Jurisdictions::builtin().unwrap();
    let brazil = all.get("BR").unwrap();
    assert_eq!(brazil.due_days("access"), Some(15));
    let chart = brazil.retention(crate::Kind::Chart).unwrap();
    assert_eq!((chart.years, chart.counted_from, chart.legal_hold), (20, CountedFrom::LastEntry, true));
    let ssn = all.get("US").unwrap().document_by_system("http://hl7.org/fhir/sid/us-ssn").unwrap();
    assert_eq!(ssn.kind, "ssn");
}

#[test]
fn terms_end_on_a_day() {
    let all = Jurisdictions::builtin().unwrap();
    let brazil = all.get("BR").unwrap();
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    assert_eq!(brazil.due_on("access", day(2026, 2, 20)), Some(day(2026, 3, 7)));
    assert_eq!(brazil.due_on("teleport", day(2026, 2, 20)), None);
    assert_eq!(brazil.kept_until(crate::Kind::Chart, day(2024, 2, 29)), Some(day(2044, 2, 29)));
    assert_eq!(brazil.kept_until(crate::Kind::Chart, day(2080, 2, 29)), Some(day(2100, 2, 28)));
    assert_eq!(brazil.kept_until(crate::Kind::Room, day(2026, 1, 1)), None);
}

#[test]
fn a_pack_read_at_run_time_joins_or_replaces() {
    let mut all = Jurisdictions::builtin().unwrap();
    let count = all.iter().count();
    all.add(Pack::parse(&brazil().replace("code = \"BR\"", "code = \"PT\"")).unwrap());
    assert_eq!(all.iter().count(), count + 1);
    all.add(Pack::parse(&brazil().replace("BRL", "EUR")).unwrap());
    assert_eq!(all.get("BR").unwrap().currency, "EUR");
}

#[test]
fn mistakes_in_a_file_are_named() {
    for (good, bad, field) in [
        ("code = \"BR\"", "code = \"Brasil\"", "code"),
        ("\"BRL\"", "\"R$\"", "currency"),
        ("phone_region = \"BR\"", "phone_region = \"??\"", "phone_region"),
        ("America/Manaus", "America/Manaos", "time_zones"),
        ("\"chart\"", "\"charts\"", "retention.kinds"),
        ("kind = \"cns\"", "kind = \"cpf\"", "documents.kind"),
    ] {
        let error = Pack::parse(&brazil().replacen(good, bad, 1)).unwrap_err();
        assert!(matches!(error, PackError::Wrong { field: found, .. } if found == field), "{field}: {error}");
    }
    let unknown = brazil().replace("validator = \"cns\"", "validator = \"astrology\"");
    assert!(matches!(Pack::parse(&unknown), Err(PackError::Unreadable(_))));
}
