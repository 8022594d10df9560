//! Tests of the phone rule; the expected countries were computed with libphonenumber-js 1.11.5,
//! the library Twenty itself uses.

use super::*;
use proptest::prelude::*;

fn show(raw: &str, hint: Option<&str>) -> String {
    match phone(raw, hint) {
        Ok(p) => {
            let country = p.country.map_or("-".to_owned(), |c| c.as_str().to_owned());
            let extension = p.extension.map_or(String::new(), |e| format!(" x{e}"));
            assert_eq!(p.e164, format!("{}{}", p.calling_code, p.national));
            format!("{} {country}{extension}", p.e164)
        }
        Err(r) => r.code.to_owned(),
    }
}

#[test]
fn international_numbers() {
    for (raw, want) in [
        ("+493012345678", "+493012345678 DE"),
        (" +49 (0)30 / 123 456-78 ", "+493012345678 DE"),
        ("+49 (030) 12345678", "+493012345678 DE"),
        ("tel:+49-30-12345678", "+493012345678 DE"),
        ("0049 30 12345678", "+493012345678 DE"),
        ("00 44 20 7946 0018", "+442079460018 GB"),
        ("\u{202A}+44 20 7946 0018\u{202C}", "+442079460018 GB"),
        ("+1 (212) 555-0100 ext. 42", "+12125550100 US x42"),
        ("+1.212.555.0100x42", "+12125550100 US x42"),
        ("tel:+1-212-555-0100;ext=42", "+12125550100 US x42"),
        ("+1 212 555 0100 #7", "+12125550100 US x7"),
        ("+４９ ３０ １２３４５６７８", "+493012345678 DE"),
        ("+39 06 69812345", "+390669812345 VA"),
        ("+39 06 12345678", "+390612345678 IT"),
        // Countries nobody expects, all from the facts.
        ("+447911123456", "+447911123456 GG"),
        ("+17872345678", "+17872345678 PR"),
        ("+16135550123", "+16135550123 CA"),
        ("+77011234567", "+77011234567 KZ"),
        ("+35818123456", "+35818123456 AX"),
        ("+61891621234", "+61891621234 CC"),
        // Where versions of libphonenumber disagree, no country is claimed.
        ("+212528812345", "+212528812345 -"),
        ("+73360806600", "+73360806600 -"),
        // Possible, in no country's plan: no country, but Twenty takes it.
        ("+15550001111", "+15550001111 -"),
        ("+18004445555", "+18004445555 US"),
    ] {
        assert_eq!(show(raw, None), want, "{raw}");
    }
}

#[test]
fn refused_numbers() {
    for (raw, code) in [
        ("", "C2T-V101"),
        ("n/a", "C2T-V102"),
        ("--", "C2T-V101"),
        ("+", "C2T-V101"),
        ("call me", "C2T-V102"),
        ("+1 800 FLOWERS", "C2T-V102"),
        ("+49 30 1234567 home", "C2T-V102"),
        ("+493012345678; +493012345679", "C2T-V103"),
        ("030 1234567 / 030 1234568", "C2T-V103"),
        ("+49 30 1234567 +49 30 1234568", "C2T-V103"),
        ("0612345678", "C2T-V104"),
        ("12", "C2T-V104"),
        ("555 0100", "C2T-V104"),
        ("+80012345678", "C2T-V105"),
        ("+870773111632", "C2T-V105"),
        ("+999123456789", "C2T-V106"),
        ("+210123456789", "C2T-V106"),
        ("+4930", "C2T-V107"),
        ("+112", "C2T-V107"),
        ("+1555000", "C2T-V107"),
        ("+15550100", "C2T-V107"),
        ("+49301234567890123456", "C2T-V107"),
    ] {
        assert_eq!(show(raw, None), code, "{raw}");
    }
    assert_eq!(show(&"1".repeat(1_000_000), None), "C2T-V107");
}

#[test]
fn national_numbers_need_a_good_hint() {
    assert_eq!(show("030 12345678", Some("DE")), "+493012345678 DE");
    assert_eq!(show("06 12 34 56 78", Some("fr")), "+33612345678 FR");
    assert_eq!(show("(212) 555-0100 x9", Some("US")), "+12125550100 US x9");
    assert_eq!(show("0044 20 7946 0018", Some("DE")), "+442079460018 GB");
    assert_eq!(show("011 44 20 7946 0018", Some("US")), "+442079460018 GB");
    assert_eq!(show("0044 20 7946 0018", Some("US")), "+442079460018 GB");
    // An international number does not listen to the hint.
    assert_eq!(show("+493012345678", Some("US")), "+493012345678 DE");
    assert_eq!(show("12", Some("DE")), "C2T-V108");
    assert_eq!(show("0612345678", Some("US")), "C2T-V108");
    for hint in ["", "XX", "Germany", "ZZ", "AQ", "é", "001"] {
        assert_eq!(show("030 12345678", Some(hint)), "C2T-V104", "{hint}");
    }
}

#[test]
fn additional_phones() {
    let some = ["+493012345678", "+15550001111", "+447911123456"].map(|r| phone(r, None).unwrap());
    let (cell, left_out) = additional_cell(&some);
    assert_eq!(
        cell,
        r#"[{"number":"+493012345678","callingCode":"+49","countryCode":"DE"},{"number":"+447911123456","callingCode":"+44","countryCode":"GG"}]"#
    );
    assert_eq!(left_out, [1]);
    assert_eq!(additional_cell(&[]), (String::new(), vec![]));
    assert_eq!(additional_cell(some.get(1..2).unwrap()), (String::new(), vec![0]));
}

proptest! {
    #[test]
    fn never_panics_and_is_final(raw in "[+0-9() ./x#;a-z-]{0,30}", hint in "[A-Z]{2}") {
        if let Ok(p) = phone(&raw, Some(&hint)) {
            let again = phone(&p.e164, None).unwrap();
            prop_assert_eq!(again.e164, p.e164);
            prop_assert_eq!(again.country, p.country);
        }
    }

    #[test]
    fn any_text_is_survived(raw in any::<String>()) {
        let _ = phone(&raw, None);
    }

    /// The other port of libphonenumber as oracle: what exists, it reads as the same number.
    #[test]
    fn agrees_with_the_other_port(code in prop::sample::select(&[1, 33, 34, 39, 43, 44, 47, 49, 61, 81, 86, 91, 212, 262, 358, 590, 599][..]), rest in "[1-9][0-9]{6,10}") {
        let raw = format!("+{code}{rest}");
        if let Ok(p) = phone(&raw, None)
            && PHONE_NUMBER_UTIL.parse(&p.e164, None).unwrap().is_valid()
        {
            let other = phonenumber::parse(None, &p.e164).unwrap();
            prop_assert_eq!(other.format().mode(phonenumber::Mode::E164).to_string(), p.e164);
        }
    }
}
