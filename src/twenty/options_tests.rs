//! Tests of the option rule.

use super::*;
use hashbrown::HashSet;
use proptest::prelude::*;

fn show(labels: &[&str]) -> Vec<(String, String)> {
    let mut options = Options::new();
    for label in labels {
        options.add(label);
    }
    options.as_slice().iter().map(|o| (o.value.clone(), o.label.clone())).collect()
}

fn one(label: &str) -> (String, String) {
    show(&[label]).remove(0)
}

/// The server's pattern, by hand.
fn is_value(value: &str) -> bool {
    !value.contains("__")
        && !value.ends_with('_')
        && value.starts_with(|c: char| c.is_ascii_uppercase())
        && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && value.len() <= 63
}

#[test]
fn values_and_labels() {
    for (raw, value, label) in [
        ("Qualified?", "QUALIFIED", "Qualified?"),
        ("2024", "N_2024", "2024"),
        ("Größe: groß", "GROSSE_GROSS", "Größe: groß"),
        ("Acme, Inc.", "ACME_INC", "Acme Inc."),
        ("a,b", "A_B", "a b"),
        ("1,000–5,000", "N_1000_5000", "1000–5000"),
        ("  two\n lines ", "TWO_LINES", "two lines"),
        ("", "UNNAMED", "Unnamed"),
        (",,", "UNNAMED", "Unnamed"),
        ("???", "OPTION", "???"),
        ("日本", "RI_BEN", "日本"),
        ("C++", "C", "C++"),
    ] {
        assert_eq!(one(raw), (value.to_owned(), label.to_owned()), "{raw}");
    }
    let (value, label) = one(&"😀x".repeat(100_000));
    assert!(utf16_len(&label) <= 63 && is_value(&value));
}

#[test]
fn alike_labels_stay_apart() {
    let got = show(&["New", "NEW", "new", "New ", "C", "C++", "C#", "a,b", "a b"]);
    assert_eq!(got[0], ("NEW".into(), "New".into()));
    // "NEW" is the value of "New": as a label it would be ambiguous.
    assert_eq!(got[1], ("NEW_2".into(), "NEW (2)".into()));
    // So would "new" beside "New" for people, and for a later run that finds both.
    let folded: std::collections::BTreeSet<String> =
        got.iter().map(|(_, label)| label.to_lowercase()).collect();
    assert_eq!(folded.len(), got.len(), "{got:?}");
    assert_eq!((got[4].0.as_str(), got[5].0.as_str(), got[6].0.as_str()), ("C", "C_2", "C_3"));
    assert_ne!(got[7], got[8]);
}

#[test]
fn existing_options_are_used_again() {
    let mut options = Options::new();
    options.preload("NEW", "New");
    options.preload("CUSTOMER", "Customer");
    options.preload("A_B", "a b");
    assert_eq!(options.add("new"), 0);
    assert_eq!(options.add("CUSTOMER"), 1);
    assert_eq!(options.add("a, b"), 2);
    assert_eq!(options.value("new"), Some("NEW"));
    assert_eq!(options.value("unknown"), None);
    let proposal = options.add("Proposal");
    assert_eq!(options.get(proposal).unwrap().color, COLORS[0]);
    assert_eq!(options.added().len(), 1);
    assert_eq!(options.as_slice().len(), 4);
    // A new label whose value is taken by an existing option.
    let other = options.add("New!");
    assert_eq!(options.get(other).unwrap().value, "NEW_2");
}

#[test]
fn many_alike_labels_are_cheap() {
    let mut options = Options::new();
    for n in 0..50_000 {
        options.add(&format!("{}{}", "x".repeat(70), n));
    }
    for n in 1..2_000 {
        options.add(&"?".repeat(n));
    }
    assert_eq!(options.as_slice().len(), 51_999);
    check(&options);
}

fn check(options: &Options) {
    let mut values = HashSet::new();
    let mut labels = HashSet::new();
    for option in options.as_slice() {
        assert!(values.insert(option.value.as_str()), "{}", option.value);
        assert!(labels.insert(option.label.as_str()), "{}", option.label);
        assert!(is_value(&option.value), "{}", option.value);
        assert!(!option.label.contains(',') && !option.label.is_empty());
        assert_eq!(option.label.trim(), option.label);
        assert!(utf16_len(&option.label) <= 63);
    }
    for option in options.as_slice() {
        assert!(option.value == option.label || !labels.contains(option.value.as_str()));
    }
}

proptest! {
    #[test]
    fn the_laws_hold(raws in prop::collection::vec("[aAbB1 ,_?é-]{0,4}|N_1|A_2|A \\(2\\)", 0..40)) {
        let mut options = Options::new();
        let indices: Vec<_> = raws.iter().map(|raw| options.add(raw)).collect();
        check(&options);
        let distinct: HashSet<_> = raws.iter().collect();
        prop_assert_eq!(distinct.len(), options.as_slice().len());
        for (raw, index) in raws.iter().zip(indices) {
            prop_assert_eq!(options.add(raw), index);
            prop_assert_eq!(options.value(raw), options.get(index).map(|o| o.value.as_str()));
        }
    }

    #[test]
    fn any_label_is_survived(raws in prop::collection::vec(any::<String>(), 0..20)) {
        let mut options = Options::new();
        for raw in &raws {
            options.add(raw);
        }
        check(&options);
    }
}
