//! Options of select fields (`twenty-api.md §4.3, §4.6`). Says nothing about cells.

use std::collections::HashSet;

use super::Log;
use super::catalog::Choice;
use super::manifest::{FieldSpec, OptionSpec};

const MAX_CHARS: usize = 63;
const COLORS: &[&str] = &[
    "red",
    "ruby",
    "crimson",
    "tomato",
    "orange",
    "amber",
    "yellow",
    "lime",
    "grass",
    "green",
    "jade",
    "mint",
    "turquoise",
    "cyan",
    "sky",
    "blue",
    "iris",
    "violet",
    "purple",
    "plum",
    "pink",
    "bronze",
    "gold",
    "brown",
    "gray",
];

/// Checks a field's options; `present` are those the workspace has, to which these are appended.
pub fn check(spec: &FieldSpec, what: &str, present: &[Choice], log: &mut Log) {
    let options = spec.options();
    let select = matches!(spec.kind.as_str(), "SELECT" | "MULTI_SELECT");
    if select && options.is_empty() {
        log.manifest(what, "options-empty", "a select needs an option");
    }
    if !select && !options.is_empty() {
        log.manifest(what, "options-unexpected", format!("a {} has none", spec.kind));
    }
    // Options marked as existing stand for those present and may repeat them.
    let old: Vec<&OptionSpec> = options.iter().filter(|option| option.existing).collect();
    for option in &old {
        let known = |choice: &Choice| choice.value == option.value && choice.label == option.label;
        if !present.iter().any(known) {
            log.manifest(what, "option-existing", option.value.as_str());
        }
    }
    let mut values: HashSet<String> = present.iter().map(|c| c.value.clone()).collect();
    let mut labels: HashSet<String> = present.iter().map(|c| c.label.to_lowercase()).collect();
    let mut positions: HashSet<i64> = old.iter().map(|option| option.position).collect();
    for option in options.iter().filter(|option| !option.existing) {
        one(option, what, log);
        if !values.insert(option.value.clone()) {
            log.manifest(what, "option-value-duplicate", option.value.as_str());
        }
        if !labels.insert(option.label.to_lowercase()) {
            log.manifest(what, "option-label-duplicate", option.label.as_str());
        }
        if !positions.insert(option.position) {
            log.manifest(what, "option-position", option.position.to_string());
        }
    }
    // A cell may hold a value or a label: one option's label must not be another's value.
    for option in options {
        if option.label != option.value && values.contains(&option.label) {
            let detail = format!("label {} is another option's value", option.label);
            log.manifest(what, "option-label-is-value", detail);
        }
    }
}

fn one(option: &OptionSpec, what: &str, log: &mut Log) {
    if !is_value(&option.value) {
        log.manifest(what, "option-value", option.value.as_str());
    }
    let label = option.label.as_str();
    let length = label.chars().count();
    if !(1..=MAX_CHARS).contains(&length) || label.contains(',') || label.trim() != label {
        log.manifest(what, "option-label", format!("{label:?}"));
    }
    if !COLORS.contains(&option.color.as_str()) {
        log.manifest(what, "option-color", option.color.as_str());
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
