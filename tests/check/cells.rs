//! Faults of single cells, and of cells that need one another.

use super::sample::{Sample, id};
use super::{Case, Plant, of, plants};

/// A fault in one cell of row 1 of the first file of a step: the rules it breaks, at that cell unless a rule
/// says `rule@header`, the header, and the cell.
type CellCase = (&'static str, &'static str, &'static str);

/// People (step 2): row 1 has every field filled.
const PERSON: &[CellCase] = &[
    ("uuid", "Id", "00000000-0000-7000-8000-000000000099"),
    ("uuid", "Id", "00000000-0000-5000-C000-000000000099"),
    ("uuid", "Id", "00000000-0000-0000-0000-000000000000"),
    ("uuid", "Id", "42"),
    ("uuid-case", "Id", "00000000-0000-5000-8000-00000000009A"),
    ("email", "Emails / Primary Email", "ada"),
    ("email", "Emails / Primary Email", "ada@acme.example; b@acme.example"),
    ("email", "Emails / Primary Email", " new@acme.example"),
    ("email", "Emails / Primary Email", "a\"b@acme.example"),
    ("email-odd", "Emails / Primary Email", "mailto:new@acme.example"),
    ("email-odd", "Emails / Primary Email", "<new@acme.example>"),
    ("email-odd", "Emails / Primary Email", "new@acme.example,other"),
    ("emails", "Emails / Additional Emails", "a@acme.example"),
    ("emails", "Emails / Additional Emails", r#"["a@acme.example","b"]"#),
    ("emails", "Emails / Additional Emails", "[1]"),
    ("email-odd", "Emails / Additional Emails", r#"["mailto:a@acme.example"]"#),
    ("phone", "Phones / Primary Phone Number", "abc"),
    ("phone", "Phones / Primary Phone Number", "+1"),
    ("phone", "Phones / Primary Phone Number", "+999123456"),
    ("phone", "Phones / Primary Phone Number", "+1 202 555 0123; +1 202 555 0124"),
    ("phone", "Phones / Primary Phone Number", "+12345678901234567890"),
    ("phone-extension", "Phones / Primary Phone Number", "+1 202 555 0123 ext. 5"),
    ("calling-code", "Phones / Primary Phone Calling Code", "+999"),
    ("calling-code", "Phones / Primary Phone Calling Code", "979"),
    ("phone-code-conflict", "Phones / Primary Phone Calling Code", "+44"),
    ("phones-without-code@Phones / Additional Phones", "Phones / Primary Phone Calling Code", ""),
    ("phones", "Phones / Additional Phones", r#"[{"number":"+447911123456"}]"#),
    ("phones", "Phones / Additional Phones", "+447911123456"),
    ("phones", "Phones / Additional Phones", r#"["+447911123456"]"#),
    ("url", "Linkedin / Link URL", "https://intranet/ada"),
    ("url", "Linkedin / Link URL", "https://a_b.example"),
    ("url", "Linkedin / Link URL", "https://ada.example."),
    ("url", "Linkedin / Link URL", "https://a.example https://b.example"),
    ("url", "Linkedin / Link URL", "Https://ada.example"),
    ("url", "Linkedin / Link URL", "ftp://ada.example"),
    ("url", "Linkedin / Link URL", "N/A"),
    ("url-null", "Linkedin / Link URL", "ada.example:8080"),
    ("url-null", "Linkedin / Link URL", "mailto:ada@ada.example"),
    ("links-keys", "Linkedin / Secondary Links", r#"[{"url":"https://ada.example"}]"#),
    ("links-keys", "Linkedin / Secondary Links", r#"[{"label":"x"}]"#),
    ("links", "Linkedin / Secondary Links", r#"[{"url":"ada","label":""}]"#),
    ("links", "Linkedin / Secondary Links", "https://ada.example"),
    ("links", "Linkedin / Secondary Links", r#"[{"url":"https://ada.example","label":1}]"#),
    ("select", "Lead Status", "hot"),
    ("select", "Lead Status", " HOT"),
    ("select", "Lead Status", "Warm"),
    ("multi-select", "Topics", r#"["HOT","Warm"]"#),
    ("multi-select", "Topics", "HOT,WARM"),
    ("multi-select", "Topics", r#"["HOT""#),
    ("multi-select", "Topics", "5"),
    ("number", "Score", "1,234"),
    ("number", "Score", "12 %"),
    ("number", "Score", "inf"),
    ("number-form", "Score", "0x10"),
    ("number-infinite", "Score", "1e999"),
    ("number-infinite", "Score", "-Infinity"),
    ("number-precision", "Score", "12345678901234567890"),
    ("value-blank", "Score", "  "),
    ("boolean-word", "Opted In", "1"),
    ("boolean-word", "Opted In", "ja"),
    ("boolean-empty", "Opted In", ""),
    ("date", "Birthday", "29/02/2024"),
    ("date", "Birthday", "unknown"),
    ("date-rolled", "Birthday", "2023-02-29"),
    ("date-local", "Birthday", "2024-3-5"),
    ("date-local", "Birthday", "05/03/2024"),
    ("date-local", "Birthday", " 2024-03-15"),
    ("date-year", "Birthday", "1"),
    ("date-year", "Birthday", "2024"),
    ("date-far", "Birthday", "45000"),
    ("date-shift", "Birthday", "2024-03-05T00:00:00+02:00"),
    ("rating", "Grade", "RATING_6"),
    ("rating", "Grade", "5"),
    ("array", "Keywords", "x,y"),
    ("array", "Keywords", "[1]"),
    ("json", "Extra", "{k:1}"),
    ("json-scalar", "Extra", "5"),
    ("json-scalar", "Extra", "null"),
    ("key-blanks", "Close Id", "cont_new "),
    ("cell-nul", "Name / First Name", "A\u{0}da"),
    ("cell-control", "Name / First Name", "A\u{7}da"),
    ("cell-control", "Name / First Name", "A\u{85}da"),
    ("cell-return", "Name / First Name", "Ada\r\nByron"),
    ("cell-joiner", "Name / First Name", "\u{200D}Ada"),
    ("value-blank", "Name / First Name", " \n "),
];

/// Faults elsewhere, with their step.
const ELSEWHERE: &[(u64, CellCase)] = &[
    (1, ("domain-form", "Domain Name / Link URL", "https://www.other.example")),
    (1, ("domain-form", "Domain Name / Link URL", "http://other.example")),
    (1, ("domain-form", "Domain Name / Link URL", "other.example")),
    (1, ("domain-form", "Domain Name / Link URL", "https://other.example/de")),
    (1, ("domain-form", "Domain Name / Link URL", "https://other.example:8080")),
    (1, ("country-name", "Address / Country", "Deutschland")),
    (1, ("country-name", "Address / Country", "DE")),
    (1, ("member-form", "Account Owner / User Email", "O@x.example")),
    (1, ("member-form", "Account Owner / User Email", "Olga")),
    (4, ("currency", "Amount / Currency", "eur")),
    (4, ("currency", "Amount / Currency", "€")),
    (4, ("number", "Amount / Amount", "1.234,5")),
    (4, ("amount-micros", "Amount / Amount", "1.2345678")),
    (4, ("number-precision", "Amount / Amount", "90071992547409.93")),
    (4, ("amount-without-currency@Amount / Amount", "Amount / Currency", "")),
    (4, ("date-midnight", "Close date", "2024-03-31")),
    (4, ("date-local", "Close date", "2024-03-31T12:00:00")),
    (4, ("date-far", "Close date", "10000-03-31T12:00:00Z")),
    (4, ("date", "Close date", "2024-03-31T25:00:00Z")),
    (4, ("select", "Stage", "Won!")),
];

/// Phones of the person in row 2, who has none: the cells by header, and the findings.
const PHONES: &[Plant] = &[
    ("a national number", &["phone-national people-0001 2 [Phones / Primary Phone Number]"], |s| {
        s.set(2, 2, "Phones / Primary Phone Number", "0612345678");
    }),
    ("two digits", &["phone-national people-0001 2 [Phones / Primary Phone Number]"], |s| {
        s.set(2, 2, "Phones / Primary Phone Number", "12");
    }),
    ("a global number", &["phone-server people-0001 2 [Phones / Primary Phone Number]"], |s| {
        s.set(2, 2, "Phones / Primary Phone Number", "+80012345678");
    }),
    (
        "a country alone",
        &["country-without-code people-0001 2 [Phones / Primary Phone Country Code]"],
        |s| {
            country(s, 2, "US");
            s.set(2, 2, "Phones / Primary Phone Number", "+12025550123");
        },
    ),
    (
        "another country",
        &["phone-country-conflict people-0001 1 [Phones / Primary Phone Country Code]"],
        |s| {
            country(s, 1, "CA");
        },
    ),
    (
        "a country of another code",
        &["phone-country-conflict people-0001 1 [Phones / Primary Phone Country Code]"],
        |s| {
            country(s, 1, "DE");
        },
    ),
    (
        "the obvious country, and not the inferred one",
        &["phone-country-conflict people-0001 1 [Phones / Primary Phone Country Code]"],
        |s| {
            country(s, 1, "GB");
            s.set(2, 1, "Phones / Primary Phone Number", "+447911123456");
            s.set(2, 1, "Phones / Primary Phone Calling Code", "+44");
        },
    ),
    ("no country", &["country-code people-0001 1 [Phones / Primary Phone Country Code]"], |s| {
        country(s, 1, "us");
    }),
    ("the inferred country", &[], |s| country(s, 1, "US")),
    (
        "additional alone",
        &[
            "phones-without-primary people-0001 1 [Phones / Additional Phones]",
            "phones-without-primary people-0001 1 [Phones / Primary Phone Calling Code]",
        ],
        |s| {
            s.set(2, 1, "Phones / Primary Phone Number", "");
        },
    ),
];

fn country(sample: &mut Sample, row: usize, code: &str) {
    let header = "Phones / Primary Phone Country Code";
    sample.add_column(2, (header, "phones", "primaryPhoneCountryCode", "PHONES"), "");
    sample.set(2, row, header, code);
}

/// Cells that need one another.
const COMPANIONS: &[Plant] = &[
    ("a label alone", &["label-without-url people-0001 1 [Linkedin / Link Label]"], |s| {
        s.set(2, 1, "Linkedin / Link URL", "");
        s.set(2, 1, "Linkedin / Secondary Links", "");
    }),
    (
        "secondary links alone",
        &["links-without-url people-0001 1 [Linkedin / Secondary Links]"],
        |s| {
            s.set(2, 1, "Linkedin / Link URL", "");
            s.set(2, 1, "Linkedin / Link Label", "");
        },
    ),
    (
        "additional e-mails alone",
        &["emails-without-primary people-0001 2 [Emails / Additional Emails]"],
        |s| {
            s.set(2, 2, "Emails / Primary Email", "");
            s.set(2, 2, "Emails / Additional Emails", r#"["x@acme.example"]"#);
        },
    ),
    ("neither key", &["key-empty opportunities-0001 2 []"], |s| {
        s.set(4, 2, "Id", "");
        s.set(4, 2, "Close Id", "");
    }),
    ("32,768 characters", &["cell-too-long tasks-0001 1 [Body / Markdown]"], |s| {
        s.set(6, 1, "Body / Markdown", "🙂".repeat(16_384));
    }),
    ("32,767 characters", &[], |s| s.set(6, 1, "Body / Markdown", "é".repeat(32_767))),
];

/// The executed examples of Twenty's inference: number, calling code, country, the rule it breaks.
const ADDITIONAL: &[(&str, &str, &str, &str)] = &[
    ("+447911123456", "+44", "GG", ""),
    ("+447911123456", "+44", "GB", "phones-conflict"),
    ("7911123456", "+44", "GG", ""),
    ("+447911123456", "44", "GG", ""),
    ("+447911123456", "+1", "GG", "phones-conflict"),
    ("+17875551234", "+1", "PR", ""),
    ("+17875551234", "+1", "US", "phones-conflict"),
    ("+16135550123", "+1", "CA", ""),
    ("+77012345678", "+7", "KZ", ""),
    ("+77012345678", "+7", "RU", "phones-conflict"),
    ("+390669812345", "+39", "VA", ""),
    ("+390669812345", "+39", "IT", "phones-conflict"),
    ("+4779123456", "+47", "SJ", ""),
    ("+4779123456", "+47", "NO", "phones-conflict"),
    ("+358181234567", "+358", "AX", ""),
    ("+61891621234", "+61", "CC", ""),
    ("+212528812345", "+212", "EH", ""),
    ("+212528812345", "+212", "MA", "phones-conflict"),
    ("+80012345678", "+800", "001", "phones"),
    ("+4930123456", "+49", "DE", ""),
    ("+4930123456", "+49", "", "phones"),
];

/// Values of odd shape that Twenty takes as they are meant.
const GOOD: &[(&str, &str)] = &[
    ("Score", "1e5"),
    ("Score", "-0.5"),
    ("Score", " 12 "),
    ("Opted In", "No"),
    ("Birthday", "2024-02-29"),
    ("Birthday", "2024-03-05T00:00:00Z"),
    ("Emails / Additional Emails", "[]"),
    ("Emails / Primary Email", "Jürgen@bücher.example"),
    ("Linkedin / Link URL", "http://192.0.2.1:8080/x?y#z"),
    ("Linkedin / Link URL", "linkedin.example/in/ada"),
    ("Linkedin / Secondary Links", "[]"),
    ("Lead Status", "Hot"),
    ("Topics", "HOT, Cold"),
    ("Name / First Name", "=1+1"),
    ("Name / First Name", " 🙂\u{200D}x\u{2028}\ty"),
    ("Phones / Primary Phone Number", "+1 (202) 555-0123"),
    ("Phones / Additional Phones", "[]"),
];

/// Puts a cell into row 1 of a step, with no more steps than the fault needs.
fn with(order: u64, header: &str, text: &str) -> Vec<String> {
    let mut sample = Sample::clean();
    sample.steps.retain(|step| step.order <= order && (step.order == order || order != 1));
    sample.step(order).depends_on.retain(|on| order != 1 && *on < order);
    sample.set(order, 1, header, text);
    of(&sample)
}

fn cell(order: u64, (rules, header, text): CellCase) -> Case {
    let file = match order {
        1 => "companies-0001",
        2 => "people-0001",
        _ => "opportunities-0001",
    };
    let expected = rules.split(' ').filter(|_| !rules.contains('@'));
    let mut expected: Vec<String> =
        expected.map(|rule| format!("{rule} {file} 1 [{header}]")).collect();
    if let Some((rule, other)) = rules.split_once('@') {
        expected.push(format!("{rule} {file} 1 [{other}]"));
    }
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    Case::new(format!("{header} = {text:?}"), &expected, move || with(order, header, text))
}

pub fn cases() -> Vec<Case> {
    let mut all: Vec<Case> = PERSON.iter().map(|case| cell(2, *case)).collect();
    all.extend(ELSEWHERE.iter().map(|(order, case)| cell(*order, *case)));
    all.extend(GOOD.iter().map(|(header, text)| {
        Case::new(format!("good {header} = {text:?}"), &[], || with(2, header, text))
    }));
    all.extend(ADDITIONAL.iter().map(|(number, calling, country, rule)| {
        let phone =
            serde_json::json!([{"number": number, "callingCode": calling, "countryCode": country}]);
        let expected = format!("{rule} people-0001 1 [Phones / Additional Phones]");
        let expected: &[&str] = if rule.is_empty() { &[] } else { &[expected.as_str()] };
        let phone = phone.to_string();
        Case::new(format!("additional {number} {calling} {country}"), expected, move || {
            with(2, "Phones / Additional Phones", &phone)
        })
    }));
    all.extend(plants("phones", PHONES));
    all.extend(plants("companions", COMPANIONS));
    all.push(Case::new(
        "the same id twice",
        &["unique-in-file opportunities-0001 1 [Id]", "unique-in-file opportunities-0001 2 [Id]"],
        || {
            let mut sample = Sample::clean();
            sample.set(4, 2, "Id", id(21));
            of(&sample)
        },
    ));
    all
}
