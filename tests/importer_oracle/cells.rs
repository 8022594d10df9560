//! Faults of single cells, and of cells that need one another.

use super::sample::{Sample, id};
use super::{Case, check_samples};

/// A fault planted in one cell of the first file of people (order 2), row 1: the person with
/// every field filled.
type CellCase = (&'static str, &'static str, &'static str);

const PERSON: &[CellCase] = &[
    ("value-uuid", "Id", "00000000-0000-7000-8000-000000000099"),
    ("value-uuid", "Id", "00000000-0000-5000-C000-000000000099"),
    ("value-uuid", "Id", "00000000-0000-5000-8000-00000000009A"),
    ("value-email", "Emails / Primary Email", "ada"),
    ("value-email", "Emails / Primary Email", "ada@acme.example; b@acme.example"),
    ("value-email", "Emails / Primary Email", " new@acme.example"),
    ("value-email", "Emails / Primary Email", "mailto:new@acme.example"),
    ("value-emails", "Emails / Additional Emails", "a@acme.example"),
    ("value-emails", "Emails / Additional Emails", r#"["a@acme.example","b"]"#),
    ("value-phone", "Phones / Primary Phone Number", "0612345678"),
    ("value-phone", "Phones / Primary Phone Number", "+1 202 555 0123"),
    ("value-phone", "Phones / Primary Phone Number", "+1"),
    ("value-phone", "Phones / Primary Phone Number", "+80012345678"),
    ("value-phone", "Phones / Primary Phone Number", "+999123456"),
    ("value-calling-code", "Phones / Primary Phone Calling Code", "1"),
    ("value-calling-code", "Phones / Primary Phone Calling Code", "+999"),
    ("phone-code-conflict", "Phones / Primary Phone Calling Code", "+44"),
    ("phones-without-code", "Phones / Primary Phone Calling Code", ""),
    ("value-phones", "Phones / Additional Phones", r#"[{"number":"+447911123456"}]"#),
    ("value-url", "Linkedin / Link URL", "linkedin.example/in/ada"),
    ("value-url", "Linkedin / Link URL", "https://intranet/ada"),
    ("value-url", "Linkedin / Link URL", "https://a_b.example"),
    ("value-url", "Linkedin / Link URL", "https://ada.example."),
    ("value-url", "Linkedin / Link URL", "https://a.example https://b.example"),
    ("value-url", "Linkedin / Link URL", "Https://ada.example"),
    ("value-url", "Linkedin / Link URL", "ftp://ada.example"),
    ("value-links", "Linkedin / Secondary Links", r#"[{"url":"https://ada.example"}]"#),
    ("value-links", "Linkedin / Secondary Links", r#"[{"label":"x"}]"#),
    ("value-links", "Linkedin / Secondary Links", r#"[{"url":"ada","label":""}]"#),
    ("value-select", "Lead Status", "Hot"),
    ("value-multi-select", "Topics", r#"["HOT","Cold"]"#),
    ("value-multi-select", "Topics", "HOT,COLD"),
    ("value-number", "Score", "1,234"),
    ("value-number", "Score", "inf"),
    ("value-number", "Score", "0x10"),
    ("value-number", "Score", "1e999"),
    ("value-blank", "Score", "  "),
    ("value-boolean", "Opted In", "1"),
    ("boolean-empty", "Opted In", ""),
    ("value-date", "Birthday", "2023-02-29"),
    ("value-date", "Birthday", "29/02/2024"),
    ("value-date", "Birthday", "2024-3-5"),
    ("value-date", "Birthday", "2024-03-05T00:00:00Z"),
    ("value-rating", "Grade", "RATING_6"),
    ("value-rating", "Grade", "5"),
    ("value-array", "Keywords", "x,y"),
    ("value-array", "Keywords", "[1]"),
    ("value-raw-json", "Extra", "5"),
    ("value-raw-json", "Extra", "{k:1}"),
    ("value-key", "Close Id", "cont_new "),
    ("cell-control", "Name / First Name", "A\u{0}da"),
    ("cell-control", "Name / First Name", "Ada\r\nByron"),
    ("cell-control", "Name / First Name", "A\tda"),
    ("cell-leading-joiner", "Name / First Name", "\u{200D}Ada"),
    ("value-blank", "Name / First Name", " \n "),
];

/// Faults elsewhere.
const ELSEWHERE: &[(u64, CellCase)] = &[
    (1, ("value-domain", "Domain Name / Link URL", "https://www.other.example")),
    (1, ("value-domain", "Domain Name / Link URL", "http://other.example")),
    (1, ("value-domain", "Domain Name / Link URL", "https://other.example/de")),
    (1, ("value-domain", "Domain Name / Link URL", "https://Other.example")),
    (1, ("value-domain", "Domain Name / Link URL", "https://other.example:8080")),
    (1, ("value-country", "Address / Country", "Deutschland")),
    (1, ("value-country", "Address / Country", "DE")),
    (1, ("relation-member", "Account Owner / User Email", "O@x.example")),
    (1, ("relation-member", "Account Owner / User Email", "Olga")),
    (4, ("value-currency", "Amount / Currency", "eur")),
    (4, ("value-currency", "Amount / Currency", "€")),
    (4, ("value-number", "Amount / Amount", "1.234,5")),
    (4, ("amount-without-currency", "Amount / Currency", "")),
    (4, ("value-date-time", "Close date", "2024-03-31")),
    (4, ("value-date-time", "Close date", "2024-03-31T12:00:00")),
    (4, ("value-date-time", "Close date", "10000-03-31T12:00:00Z")),
    (4, ("value-date-time", "Close date", "2024-03-31 12:00:00Z")),
    (4, ("value-date-time", "Close date", "2024-03-31T24:00:00Z")),
    (4, ("value-select", "Stage", "New")),
];

#[test]
fn each_bad_cell_of_a_person_is_found() {
    for (rule, header, text) in PERSON {
        assert_cell(2, rule, header, text);
    }
}

#[test]
fn each_bad_cell_elsewhere_is_found() {
    for (order, (rule, header, text)) in ELSEWHERE {
        assert_cell(*order, rule, header, text);
    }
}

fn assert_cell(order: u64, rule: &str, header: &str, text: &str) {
    let mut sample = Sample::clean();
    // Nothing may hang on the cell but the fault itself.
    sample.steps.retain(|step| step.order <= order && (step.order == order || order != 1));
    sample.step(order).depends_on.retain(|on| order != 1 && *on < order);
    sample.set(order, 1, header, text);
    let found = super::found(&sample, |_| (), |_| (), |_| ());
    let name = format!("{header} = {text:?}");
    super::assert_one(rule, &name, &found);
    assert_eq!(found[0].row, 1, "{name}");
    // Faults of a group of sub-fields are laid at the first of the group.
    let field = header.split(" / ").next();
    assert_eq!(found[0].header.split(" / ").next(), field, "{name}");
}

const PHONES: &[(&str, &str, &str, bool)] = &[
    ("+447911123456", "+44", "GG", true),
    ("+447911123456", "+44", "GB", false),
    ("7911123456", "+44", "GG", true),
    ("+447911123456", "44", "GG", false),
    ("+447911123456", "+1", "GG", false),
    ("+17875551234", "+1", "PR", true),
    ("+17875551234", "+1", "US", false),
    ("+16135550123", "+1", "CA", true),
    ("+77012345678", "+7", "KZ", true),
    ("+77012345678", "+7", "RU", false),
    ("+390669812345", "+39", "VA", true),
    ("+390669812345", "+39", "IT", false),
    ("+4779123456", "+47", "SJ", true),
    ("+358181234567", "+358", "AX", true),
    ("+61891621234", "+61", "CC", true),
    ("+212528812345", "+212", "EH", true),
    ("+212528812345", "+212", "MA", false),
    ("+15550001111", "+1", "US", false),
    ("+80012345678", "+800", "001", false),
    ("+4930123456", "+49", "DE", true),
    ("+4930123456", "+49", "", false),
];

/// The executed examples of `twenty-importer.md §3.1`.
#[test]
fn the_country_of_an_additional_phone_is_the_inferred_one() {
    for (number, calling, country, good) in PHONES {
        let mut sample = Sample::clean();
        let phone = serde_json::json!([
            {"number": number, "callingCode": calling, "countryCode": country}
        ]);
        sample.set(2, 1, "Phones / Additional Phones", phone.to_string());
        let found = super::found(&sample, |_| (), |_| (), |_| ());
        if *good {
            assert!(found.is_empty(), "{number} {country}: {found:?}");
        } else {
            super::assert_one("value-phones", &format!("{number} {country}"), &found);
        }
    }
}

#[test]
fn good_values_of_odd_shape_pass() {
    let good: &[(&str, &str)] = &[
        ("Score", "1e5"),
        ("Score", "-0.5"),
        ("Opted In", "No"),
        ("Birthday", "2024-02-29"),
        ("Emails / Additional Emails", "[]"),
        ("Emails / Primary Email", "Jürgen@bücher.example"),
        ("Linkedin / Link URL", "http://192.0.2.1:8080/x?y#z"),
        ("Linkedin / Secondary Links", "[]"),
        ("Name / First Name", "=1+1"),
        ("Name / First Name", " 🙂\u{200D}x\u{2028}"),
        ("Phones / Additional Phones", "[]"),
    ];
    for (header, text) in good {
        let mut sample = Sample::clean();
        sample.steps.retain(|step| step.order <= 2);
        sample.set(2, 1, header, *text);
        let found = super::found(&sample, |_| (), |_| (), |_| ());
        assert!(found.is_empty(), "{header} = {text:?}: {found:?}");
    }
}

const COMPANIONS: &[Case<Sample>] = &[
    ("link-without-url", "label alone", |s| {
        s.set(2, 1, "Linkedin / Link URL", "");
        s.set(2, 1, "Linkedin / Secondary Links", "");
    }),
    ("link-without-url", "secondary alone", |s| {
        s.set(2, 1, "Linkedin / Link URL", "");
        s.set(2, 1, "Linkedin / Link Label", "");
    }),
    ("emails-without-primary", "additional alone", |s| {
        s.set(2, 2, "Emails / Primary Email", "");
        s.set(2, 2, "Emails / Additional Emails", r#"["x@acme.example"]"#);
    }),
    ("phones-without-primary", "additional alone", |s| {
        s.set(2, 1, "Phones / Primary Phone Number", "");
    }),
    ("key-empty", "neither key", |s| {
        s.set(4, 2, "Id", "");
        s.set(4, 2, "Close Id", "");
    }),
    ("cell-too-long", "32,768 units", |s| {
        s.set(6, 1, "Body / Markdown", "🙂".repeat(16_384));
    }),
    ("unique-in-file", "id", |s| s.set(4, 2, "Id", id(21))),
    ("unique-in-file", "e-mail by case", |s| {
        s.set(2, 2, "Emails / Primary Email", "ADA@Acme.example");
    }),
    ("unique-in-file", "close id by case", |s| s.set(4, 2, "Close Id", "OPPO_1")),
    ("unique-across-files", "e-mail", |s| {
        s.step(2).files[1][0][3] = "BOB@acme.example".into();
    }),
    ("unique-across-files", "id", |s| s.step(6).files[1][0][0] = id(41)),
    ("unique-across-files", "close id", |s| s.step(6).files[1][0][1] = "acti_2".into()),
    ("unique-across-files", "host", |s| {
        let row = vec![id(4), "lead_4".into(), "Again".into(), "https://acme.example".into()];
        let row = row.into_iter().chain([String::new(), String::new()]).collect();
        s.step(1).files.push(vec![row]);
    }),
    ("unique-in-file", "host", |s| {
        s.set(1, 3, "Domain Name / Link URL", "https://acme.example");
    }),
    ("chronology", "an older task below", |s| {
        s.set(6, 2, "Creation date", "2022-12-31T21:59:59Z");
    }),
    ("chronology", "an older task in the next file", |s| {
        s.step(6).files[1][0][6] = "2022-12-31T22:59:59Z".into();
    }),
];

#[test]
fn each_fault_between_cells_is_found() {
    check_samples(COMPANIONS);
}

#[test]
fn close_ids_that_differ_by_case_may_share_an_object_but_no_file() {
    let mut sample = Sample::clean();
    sample.step(6).files[1][0][1] = "ACTI_2".into();
    let found = super::found(&sample, |_| (), |_| (), |_| ());
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_cell_of_the_greatest_length_passes() {
    let mut sample = Sample::clean();
    sample.set(6, 1, "Body / Markdown", "é".repeat(32_767));
    let found = super::found(&sample, |_| (), |_| (), |_| ());
    assert!(found.is_empty(), "{found:?}");
}
