//! Tests of the naming rule.

use super::*;
use proptest::prelude::*;

#[test]
fn names_from_labels() {
    for (label, want) in [
        ("Lead Status", "leadStatus"),
        ("# of users", "ofUsers"),
        ("Industry: Other (if applicable)", "industryOtherIfApplicable"),
        ("Current Vendor/Software", "currentVendorSoftware"),
        ("Qualified?", "qualified"),
        ("Größe", "grosse"),
        ("日本", "riBen"),
        ("ID", "idField"),
        ("URL", "url"),
        ("CRM URL", "crmUrl"),
        ("iPhone Model", "iPhoneModel"),
        ("closeId", "closeId"),
        ("2nd Phone", "field2ndPhone"),
        ("Type", "typeField"),
        ("Address", "addressField"),
        ("Links", "linksField"),
        ("Not", "notField"),
        ("constructor", "constructorField"),
        ("", "field1"),
        ("???", "field1"),
        ("🎉", "tada"),
    ] {
        let got = field_name(label);
        // `field` is reserved itself and becomes `fieldField`; `id` is left to `Names`.
        match want {
            "field1" => assert_eq!(got, "fieldField", "{label}"),
            "idField" => assert_eq!(got, "id", "{label}"),
            want => assert_eq!(got, want, "{label}"),
        }
    }
    assert!(field_name(&"long ".repeat(100_000)).len() <= 63);
}

#[test]
fn the_reserved_list_is_sorted() {
    assert!(RESERVED.windows(2).all(|pair| pair[0] < pair[1]));
    for word in [
        "type",
        "address",
        "link",
        "currency",
        "event",
        "user",
        "role",
        "field",
        "object",
        "plan",
        "job",
        "index",
        "relation",
        "search",
        "aggregate",
        "workspace",
    ] {
        assert!(is_reserved(word), "{word}");
    }
    // Observed as accepted.
    for word in [
        "status",
        "source",
        "owner",
        "title",
        "order",
        "group",
        "key",
        "value",
        "text",
        "activity",
        "call",
        "lead",
        "contact",
        "filter",
        "view",
        "connection",
        "application",
    ] {
        assert!(!is_reserved(word), "{word}");
    }
}

fn person() -> Names {
    let mut names = Names::new();
    names.reserve("name", "Name", Kind::FullName);
    names.reserve("emails", "Emails", Kind::Emails);
    names.reserve("company", "Company", Kind::Relation);
    names
}

#[test]
fn taken_names_and_headers() {
    let mut names = person();
    let mut take = |label: &str, kind| names.take(label, "Close", kind);
    let pair = |name: &str, label: &str| (name.to_owned(), label.to_owned());
    assert_eq!(take("Lead Status", Kind::Plain), pair("leadStatus", "Lead Status"));
    assert_eq!(take("lead status ", Kind::Plain), pair("leadStatusClose", "lead status (Close)"));
    assert_eq!(
        take("Lead Status", Kind::Plain),
        pair("leadStatusClose2", "Lead Status (Close) (2)")
    );
    assert_eq!(take("Name", Kind::Plain), pair("nameClose", "Name (Close)"));
    // Names that others flatten to.
    assert_eq!(take("Name First Name", Kind::Plain), pair("nameFirstNameClose", "Name First Name"));
    assert_eq!(take("Company Id", Kind::Plain), pair("companyIdClose", "Company Id"));
    // Headers that others lead to.
    assert_eq!(
        take("Emails / Primary Email", Kind::Plain),
        pair("emailsPrimaryEmailClose", "Emails / Primary Email (Close)")
    );
    assert_eq!(take("company/id", Kind::Plain).1, "company/id (Close)");
    // And the other way round: a composite whose parts are taken.
    assert_eq!(take("Budget / Amount", Kind::Plain), pair("budgetAmount", "Budget / Amount"));
    assert_eq!(take("Budget", Kind::Currency), pair("budget", "Budget (Close)"));
    assert_eq!(take("Partner Id", Kind::Plain), pair("partnerId", "Partner Id"));
    assert_eq!(take("Partner", Kind::Relation), pair("partnerClose", "Partner"));
    assert_eq!(take("Creation Date", Kind::Plain).1, "Creation Date (Close)");
    assert_eq!(take("Id", Kind::Plain), pair("idClose", "Id (Close)"));
    assert_eq!(take("\u{0}", Kind::Plain), pair("fieldField", "Field"));
}

#[test]
fn without_a_suffix_there_are_numbers() {
    let mut names = Names::new();
    names.take("Plan", "", Kind::Plain);
    assert_eq!(names.take("Plan", "", Kind::Plain), ("planField2".into(), "Plan (2)".into()));
}

#[test]
fn long_labels_stay_apart() {
    let mut names = Names::new();
    let mut seen = HashSet::new();
    for n in 0..300 {
        let (name, label) =
            names.take(&format!("{}{n}", "Question ".repeat(20)), "Close", Kind::Plain);
        assert!(utf16_len(&label) <= 63 && name.len() <= 63, "{label} {name}");
        assert!(seen.insert(label.to_lowercase()) && seen.insert(name));
    }
}

fn is_name(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

proptest! {
    #[test]
    fn any_label_gives_a_good_name(labels in prop::collection::vec(any::<String>(), 1..8), suffix in any::<String>()) {
        let mut names = person();
        let mut taken = HashSet::new();
        for label in &labels {
            let (name, label) = names.take(label, &suffix, Kind::Plain);
            prop_assert!(is_name(&name) && !is_reserved(&name), "{}", name);
            prop_assert!(!label.is_empty() && utf16_len(&label) <= 63);
            prop_assert!(!label.chars().any(char::is_control) && label.trim() == label);
            prop_assert!(taken.insert(name));
        }
    }
}
