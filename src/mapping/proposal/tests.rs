//! Rules of proposing, one each; how good it is on the whole is measured in `tests/proposals.rs`. It
//! must not hold lists of real names.

use super::*;
use proptest::prelude::*;

fn target<'a>(name: &'a str, label: &'a str, kind: &'a str) -> Target<'a> {
    Target { name, label, kind, options: Vec::new() }
}

fn text(name: &str) -> Source<'_> {
    Source { name, kind: FieldType::Text, options: &[], samples: &[] }
}

#[test]
fn reasons_are_for_people() {
    let options = ["Red", "Green", "Blue"];
    let source =
        Source { name: "Colours", kind: FieldType::Select, options: &options, samples: &[] };
    let colour = Target { options: vec!["red", "blue"], ..target("colour", "Colour", "SELECT") };
    let found = propose(&source, &[colour]);
    assert_eq!(found[0].why, "label 100 % alike, same type, 2 of 3 options");
    let found = propose(&text("Colour"), &[target("colour", "Colour", "NUMBER")]);
    assert_eq!(found[0].why, "same label, Text into NUMBER, no values seen");
    assert!(found[0].confidence < ACCEPT);
}

#[test]
fn fields_twenty_keeps_itself_are_never_proposed() {
    let targets = KEPT_BY_TWENTY.iter().map(|name| target(name, "Created", "TEXT"));
    assert_eq!(propose(&text("Created"), &targets.collect::<Vec<_>>()), []);
}

#[test]
fn types_that_cannot_be_filled_are_left_out() {
    assert_eq!(propose(&text("Boss"), &[target("boss", "Boss", "RELATION")]), []);
}

#[test]
fn equal_ones_are_doubtful_and_sorted_by_name() {
    let targets = [target("site2x", "Homepage", "TEXT"), target("a", "Web site", "TEXT")];
    let found = propose(&text("Website"), &targets);
    assert_eq!(found.iter().map(|p| p.target).collect::<Vec<_>>(), [1, 0]);
    assert!(found[0].confidence < ACCEPT && found[0].confidence >= DOUBT);
    assert!(found[0].why.ends_with("another field fits as well"), "{}", found[0].why);
}

#[test]
fn options_alone_never_suffice() {
    let options = ["Red", "Green", "Blue"];
    let source = Source { name: "Xyzzy", kind: FieldType::Select, options: &options, samples: &[] };
    let colour = Target { options: options.to_vec(), ..target("colour", "Colour", "SELECT") };
    let found = propose(&source, &[colour]);
    assert!(found[0].confidence < ACCEPT && found[0].confidence >= DOUBT);
}

const KINDS: [(FieldType, &str); 6] = [
    (FieldType::Text, "TEXT"),
    (FieldType::Number, "NUMBER"),
    (FieldType::Date, "DATE"),
    (FieldType::DateTime, "DATE_TIME"),
    (FieldType::Select, "SELECT"),
    (FieldType::MultiSelect, "MULTI_SELECT"),
];

proptest! {
    #[test]
    fn the_same_label_and_type_is_accepted(
        label in "\\PC{0,12}[\\p{L}\\p{N}#$€]\\PC{0,12}", kind in 0..KINDS.len(),
        ours in prop::collection::vec("[a-d]{1,2}", 0..5),
        theirs in prop::collection::vec("[a-d]{1,2}", 0..5),
    ) {
        let (kind, word) = KINDS[kind];
        let ours: Vec<&str> = ours.iter().map(String::as_str).collect();
        let source = Source { name: &label, kind, options: &ours, samples: &[] };
        let target = Target { options: theirs.iter().map(String::as_str).collect(), ..target("f", &label, word) };
        let found = propose(&source, &[target]);
        prop_assert!(found[0].confidence >= ACCEPT, "{found:?}");
    }

    #[test]
    fn any_name_gets_the_same_answer_twice_within_bounds(
        name in "\\PC{0,30}", labels in prop::collection::vec("[A-Za-z0-9 ()\\[\\]/#.-]{0,20}", 0..6),
        kind in 0..KINDS.len(), samples in prop::collection::vec("\\PC{0,10}", 0..4),
    ) {
        let samples: Vec<&str> = samples.iter().map(String::as_str).collect();
        let source = Source { name: &name, kind: KINDS[kind].0, options: &[], samples: &samples };
        let targets: Vec<_> = labels.iter().zip(KINDS).map(|(l, (_, word))| target(l, l, word)).collect();
        let found = propose(&source, &targets);
        prop_assert_eq!(&found, &propose(&source, &targets));
        prop_assert!(found.iter().all(|p| (0.0..=1.0).contains(&p.confidence)));
        prop_assert!(found.windows(2).all(|w| w[0].confidence >= w[1].confidence));
        prop_assert!(found.iter().all(|p| !p.why.is_empty() && p.target < targets.len()));
    }
}
