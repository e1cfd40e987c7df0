//! Telephone numbers: from what people type to E.164 and back to what people read.
//!
//! libphonenumber's data decides (crate `phonenumber`). Pure: the data is part of the program.

use phonenumber::country::Id;
use phonenumber::{Mode, Type};

use crate::normalise::digits;
use crate::parts::PhoneKind;

/// The longest text that is read as a number, in bytes.
const TEXT_BYTES_MAX: usize = 64;

/// What a text says as a telephone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneReading {
    /// `+` country code and number.
    pub e164: String,
    /// Such a number can exist in its country; otherwise it only has the form of one.
    pub valid: bool,
    /// What the number plan says it is, where it says.
    pub kind: Option<PhoneKind>,
    /// ISO 3166-1 alpha-2 of the number's country.
    pub region: Option<String>,
    pub extension: Option<String>,
}

/// Reads a number; one without country code belongs to `region` (ISO 3166-1 alpha-2).
pub fn read_phone(text: &str, region: &str) -> Option<PhoneReading> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let text = without_carrier(text.trim(), region);
    // With its country code a number belongs to that country; given a region as well, the crate would
    // take that region's national prefix off.
    let international = text.trim_start_matches("tel:").starts_with('+');
    let region = if international { None } else { region.parse::<Id>().ok() };
    let number = phonenumber::parse(region, &text).ok()?;
    let kind = match number.number_type(&phonenumber::metadata::DATABASE) {
        Type::Mobile => Some(PhoneKind::Mobile),
        Type::Pager => Some(PhoneKind::Pager),
        _ => None,
    };
    Some(PhoneReading {
        e164: number.format().mode(Mode::E164).to_string(),
        valid: number.is_valid(),
        kind,
        region: number.country().id().map(|id| id.as_ref().to_owned()),
        extension: number.extension().map(ToString::to_string),
    })
}

/// Loads the number plans, which takes a tenth of a second the first time; worth doing in the background
/// when a process starts, so that the first registration does not wait for it.
pub fn warm_up() {
    let _ = read_phone("+5511987654321", "BR");
}

/// A stored number as people of `region` read it: national inside the region, international elsewhere.
/// What is no number comes back as it is.
pub fn display_phone(number: &str, region: &str) -> String {
    let Ok(parsed) = phonenumber::parse(None, number) else { return number.to_owned() };
    let home = parsed.country().id().is_some_and(|id| id.as_ref() == region);
    let mode = if home { Mode::National } else { Mode::International };
    parsed.format().mode(mode).to_string()
}

/// The digits by which a number is found again whatever its prefixes: the last eight.
pub fn phone_key(number: &str) -> Option<String> {
    let digits = digits(number);
    (digits.len() >= 8).then(|| digits[digits.len() - 8..].to_owned())
}

/// Brazil dials long distance as 0, two digits of a carrier, area, number; the carrier says nothing
/// about whose number it is.
fn without_carrier(text: &str, region: &str) -> String {
    let typed = digits(text);
    let is_dialled =
        region == "BR" && typed.starts_with('0') && !typed.starts_with("00") && !text.starts_with('+');
    match typed.len() {
        13 | 14 if is_dialled && !typed.starts_with("0800") => typed[3..].to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;
    use proptest::prelude::*;

    #[test]
    fn agrees_with_three_implementations_of_libphonenumber() {
        for vector in vectors::read("phones_br.json")["vectors"].as_array().unwrap() {
            let input = vector["input"].as_str().unwrap();
            let reading = read_phone(input, vector["default_region"].as_str().unwrap());
            let expected = &vector["google_libphonenumber"];
            let valid = expected["valid"].as_bool().unwrap_or(false);
            assert_eq!(reading.as_ref().is_some_and(|reading| reading.valid), valid, "{input}: {reading:?}");
            if valid {
                let reading = reading.unwrap();
                assert_eq!(reading.e164, expected["e164"].as_str().unwrap(), "{input}");
                let mobile = expected["type"] == "MOBILE";
                assert_eq!(reading.kind == Some(PhoneKind::Mobile), mobile, "{input}");
            }
        }
    }

    #[test]
    fn numbers_are_shown_the_way_people_write_them() {
        assert_eq!(display_phone("+5511987654321", "BR"), "(11) 98765-4321");
        assert_eq!(display_phone("+5511987654321", "US"), "+55 11 98765-4321");
        assert_eq!(display_phone("ramal 12", "BR"), "ramal 12");
    }

    #[test]
    fn the_key_ignores_prefixes() {
        assert_eq!(phone_key("+55 11 98765-4321"), phone_key("11 8765-4321"));
        assert_eq!(phone_key("190"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), region in prop::sample::select(vec!["BR", "US", "ZZ", ""])) {
            let _ = read_phone(&text, region);
            let _ = display_phone(&text, region);
        }

        #[test]
        fn number_like_texts_do_not_make_it_panic(text in "[+0-9a-z();=,. #x-]{0,40}") {
            let _ = read_phone(&text, "BR");
            let _ = display_phone(&text, "BR");
        }

        #[test]
        fn reading_e164_again_changes_nothing(national in "[1-9][1-9]9[6-9][0-9]{7}") {
            if let Some(reading) = read_phone(&national, "BR").filter(|reading| reading.valid) {
                prop_assert_eq!(read_phone(&reading.e164, "US").unwrap().e164, reading.e164);
            }
        }
    }
}
