//! Paths Close ships with: each can be dropped, and then neither cell nor field is made for it.

use crate::ground::{edited, field, parse, refused, with_map};

/// A path, the files its cells stand in, the header, and the new field it alone fills.
type Dropped = (&'static str, &'static str, &'static str, Option<(&'static str, &'static str)>);
const DROPPED: &[Dropped] = &[
    ("contact.title", "people", "Job Title", None),
    ("call.duration", "tasks", "Call Duration", None),
    ("opportunity.confidence", "opportunities", "Confidence", Some(("opportunity", "confidence"))),
];

#[test]
fn a_dropped_path_is_archived() {
    for (close, sheet, header, own) in DROPPED {
        let made = edited(&field(close, "to = []"));
        if made.has_column(sheet, header) {
            assert!(made.filled(sheet, header).is_empty(), "{close} still fills {header}");
        }
        if let Some((object, name)) = own {
            assert!(made.field(object, name).is_none(), "{name} is not to be made");
            assert!(!made.guide().contains(&format!("`{name}`")), "{name} in the guide");
        }
        assert_eq!(made.count(close, "written") + made.count(close, "derived"), 0, "{close}");
        let kept = made.count(close, "archived") + made.count(close, "merged");
        assert_eq!(kept, made.count(close, "values"), "{close}");
        assert_eq!(made.ledger(close, "note"), "waived by line 2 of the mapping", "{close}");
        assert_eq!(made.ledger(close, "target"), "archive", "{close}");
    }
}

#[test]
fn descriptions_addresses_and_websites_can_be_dropped() {
    let made = edited(&field("lead.description", "to = []"));
    assert!(!made.has_column("companies", "Lead Description"));
    assert!(made.field("company", "leadDescription").is_none());
    assert!(made.field("person", "leadDescription").is_none());
    assert_eq!(
        made.count("lead.description", "archived"),
        made.count("lead.description", "values")
    );
    let made = edited(&field("contact.emails[].email", "to = []"));
    assert!(made.filled("people", "Emails / Primary Email").is_empty());
    assert_eq!(made.count("contact.emails[].email", "written"), 0);
    let made = edited(&field("lead.url", "to = []"));
    assert!(made.filled("companies", "Domain Name / Link URL").is_empty());
    assert_eq!(made.count("lead.url", "archived"), made.count("lead.url", "values"));
    assert!(made.archive("lead").contains("https://"));
}

/// Every path that can be dropped, dropped alone and all at once.
#[test]
fn every_path_can_be_dropped() {
    let built_in: Vec<_> =
        crate::ground::PROPOSED.fields.iter().filter(|it| it.kind.is_none()).collect();
    let paths: Vec<&str> = built_in
        .iter()
        .filter(|it| it.to.as_ref().is_some_and(|to| !to.is_empty()))
        .map(|it| it.close.value.as_str())
        .filter(|path| ![".id", ".lead_id", ".contact_id"].iter().any(|key| path.ends_with(key)))
        .collect();
    let sample = crate::cases::sample().input;
    crate::cases::for_each(&paths, |path| {
        match with_map(&sample, parse(&field(path, "to = []"))) {
            Ok(made) => made.wrong().into_iter().map(|what| format!("{path}: {what}")).collect(),
            Err(error) => vec![format!("{path}: {error}")],
        }
    });
    let all: String = paths.iter().map(|path| field(path, "to = []")).collect();
    edited(&all);
}

#[test]
fn what_holds_the_export_together_stays() {
    for close in ["contact.id", "lead.id", "opportunity.lead_id"] {
        let told = refused(&field(close, "to = []"));
        assert!(told.starts_with("C2T-E123 mapping.toml:2:9:") && told.contains(close), "{told}");
    }
    let told = refused(&field("contact.title", "to = [\"person.jobTitel\"]"));
    assert!(
        told.starts_with("C2T-E138 mapping.toml:3:7:")
            && told.contains("did you mean `person.jobTitle`?"),
        "{told}"
    );
}

#[test]
fn unknown_types_and_stages_are_told() {
    let id = &crate::ground::PROPOSED.types[0].close.value;
    let lines = format!(
        "[[type]]\nclose = \"{id}x\"\nto = \"archive\"\n[[stage]]\nclose = \"stat_none\"\nto = \"New\"\n"
    );
    let made = with_map(&crate::cases::sample().input, parse(&lines)).unwrap();
    let told = &made.summary.map.warnings;
    assert!(told.len() == 2, "{told:?}");
    assert!(told[0].starts_with("mapping.toml:2:") && told[0].contains(&format!("`{id}`?")));
    assert!(told[1].starts_with("mapping.toml:5:"), "{told:?}");
}

#[test]
fn an_unknown_path_is_told_and_no_error() {
    let map = parse(&field("contact.titel", "to = []"));
    let made = with_map(&crate::cases::sample().input, map).unwrap();
    let told = &made.summary.map.warnings;
    assert!(told.len() == 1 && told[0].contains("did you mean `contact.title`?"), "{told:?}");
}
