//! Options of select fields (`twenty-api.md §4.3, §4.6`). Says nothing about cells.

use super::contract::{FieldSpec, OptionSpec};
use super::finding::Log;
use super::rules;
use crate::twenty::workspace::{WsField, WsOption};
use std::collections::BTreeSet;

const MAX_CHARS: usize = 63;
#[rustfmt::skip]
const COLORS: &[&str] = &[
    "red", "ruby", "crimson", "tomato", "orange", "amber", "yellow", "lime", "grass", "green", "jade", "mint",
    "turquoise", "cyan", "sky", "blue", "iris", "violet", "purple", "plum", "pink", "bronze", "gold", "brown", "gray",
];

/// Checks a field's options; `present` are those the workspace has, to which these are appended.
pub(super) fn check(spec: &FieldSpec, what: &str, present: &[WsOption], log: &mut Log) {
    let options = spec.options();
    let select = matches!(spec.kind.as_str(), "SELECT" | "MULTI_SELECT");
    if select && options.is_empty() {
        log.about(rules::OPTIONS_EMPTY, what, String::new());
    }
    if !select && !options.is_empty() {
        log.about(rules::OPTIONS_UNEXPECTED, what, format!("a {} has none", spec.kind));
    }
    // Options marked as existing stand for those present and may repeat them.
    let old: Vec<&OptionSpec> = options.iter().filter(|option| option.existing).collect();
    for option in &old {
        let known = |there: &WsOption| there.value == option.value && there.label == option.label;
        if !present.iter().any(known) {
            log.about(rules::OPTION_EXISTING, what, option.value.as_str());
        }
    }
    let mut values: BTreeSet<&str> = present.iter().map(|there| there.value.as_str()).collect();
    let mut labels: BTreeSet<String> =
        present.iter().map(|there| there.label.to_lowercase()).collect();
    let mut positions: BTreeSet<i64> = old.iter().map(|option| option.position).collect();
    for option in options.iter().filter(|option| !option.existing) {
        one(option, what, log);
        if !values.insert(&option.value) {
            log.about(rules::OPTION_VALUE_DUPLICATE, what, option.value.as_str());
        }
        if !labels.insert(option.label.to_lowercase()) {
            log.about(rules::OPTION_LABEL_DUPLICATE, what, option.label.as_str());
        }
        if !positions.insert(option.position) {
            log.about(rules::OPTION_POSITION, what, option.position.to_string());
        }
    }
    // A cell may hold a value or a label: one option's label must not be another's value.
    for option in options {
        if option.label != option.value && values.contains(option.label.as_str()) {
            log.about(rules::OPTION_CROSSED, what, option.label.as_str());
        }
    }
}

/// A field somebody has made already: it may lack options that cells need.
pub(super) fn check_made(spec: &FieldSpec, what: &str, there: &WsField, log: &mut Log) {
    let has = |option: &&OptionSpec| there.options.iter().any(|known| known.value == option.value);
    let lacking: Vec<&str> = spec
        .options()
        .iter()
        .filter(|option| !has(option))
        .map(|option| option.value.as_str())
        .collect();
    if !lacking.is_empty() {
        log.about(rules::OPTIONS_LACKING, what, lacking.join(", "));
    }
}

fn one(option: &OptionSpec, what: &str, log: &mut Log) {
    if !is_value(&option.value) {
        log.about(rules::OPTION_VALUE, what, option.value.as_str());
    }
    let label = option.label.as_str();
    let length = label.chars().count();
    if !(1..=MAX_CHARS).contains(&length) || label.contains(',') || label.trim() != label {
        log.about(rules::OPTION_LABEL, what, format!("{label:?}"));
    }
    if !COLORS.contains(&option.color.as_str()) {
        log.about(rules::OPTION_COLOR, what, option.color.as_str());
    }
}

/// `^(?!.*__)[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`, at most 63 characters.
fn is_value(value: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    value.len() <= MAX_CHARS
        && value.starts_with(|c: char| c.is_ascii_uppercase())
        && value.split('_').all(word)
}
