//! The field ledger as people read it: each line of it with the Twenty fields its values went to, and why.
//! `ledger.csv` has all lines. It must not count.

use super::conservation;
use super::files::{bytes, sheet};
use crate::bundle::Totals;
use crate::close::ledger::Line;
use crate::close::{Fate, Kind};
use crate::error::{Error, Result};
use crate::plan::{CustomField, Plan};
use crate::survey::Survey;

/// Columns before the fates.
const HEAD: [&str; 5] = ["close_type", "path", "occurrences", "values", "empty"];
/// Columns after them.
const TAIL: [&str; 4] = ["remainder", "target", "rule", "note"];

/// Where the values of a path went.
pub(super) struct Way {
    /// The Twenty fields, as `object.field`, or `archive`.
    pub target: String,
    /// The line of the built-in map, empty where there is none.
    pub rule: String,
    /// Why.
    pub note: String,
}

/// `ledger.csv`.
///
/// # Errors
/// When a line cannot be written as CSV.
pub(super) fn write(survey: &Survey, plan: &Plan, totals: &Totals) -> Result<Vec<u8>> {
    let mut out = sheet();
    let fates = Fate::ALL.iter().map(|fate| fate.word());
    let head: Vec<&str> = HEAD.into_iter().chain(fates).chain(TAIL).collect();
    out.write_record(head).map_err(Error::report)?;
    for line in conservation::ledger(survey, totals) {
        let counts = line.counts;
        let mut row = vec![
            line.kind.word().to_owned(),
            line.path.clone(),
            counts.seen.to_string(),
            counts.filled.to_string(),
            (counts.seen - counts.filled).to_string(),
        ];
        row.extend(counts.fates.iter().map(ToString::to_string));
        row.push(counts.remainder().to_string());
        let Way { target, rule, note } = way(plan, &line);
        row.extend([target, rule, note]);
        out.write_record(row).map_err(Error::report)?;
    }
    bytes(out)
}

/// Where the values of a line went.
pub(super) fn way(plan: &Plan, line: &Line) -> Way {
    let rule = plan.rules.of(line.kind, &line.path);
    let waived = plan.rules.waived_by(line.kind, &line.path);
    let (target, note) = match (rule, waived) {
        (Some(_), Some(by)) => {
            ("archive".to_owned(), format!("waived by line {by} of the mapping"))
        }
        (Some(rule), None) => (rule.target.clone(), rule.note.clone()),
        (None, _) => unruled(plan, line),
    };
    let rule = rule.map_or_else(String::new, |rule| format!("rules.csv:{}", rule.line));
    Way { target, rule, note }
}

/// Target and note of a path that has no rule of its own: a custom field, or an unknown key.
fn unruled(plan: &Plan, line: &Line) -> (String, String) {
    let fields = custom_fields(plan, line.kind, &line.path);
    match fields.first() {
        Some(field) => {
            // A shared field has a home on each type it belongs to.
            let note = format!("custom field \"{}\": {}", field.close_name, field.why);
            (homes(plan, &fields).join(", "), note)
        }
        None if line.is_known() => (String::new(), String::new()),
        None => ("archive".to_owned(), "not mapped: kept whole in the archive".to_owned()),
    }
}

/// The custom fields whose values stand at `custom.<id>` or `custom[<name>]`; none for other paths.
pub(super) fn custom_fields<'p>(plan: &'p Plan, kind: Kind, path: &str) -> Vec<&'p CustomField> {
    let Some(key) = custom_key(path) else { return Vec::new() };
    let fields = plan.fields.iter().filter(|field| field.kind == kind);
    fields.filter(|field| field.keys.iter().any(|(_, known)| **known == *key)).collect()
}

/// The key of a custom field in a path.
pub(super) fn custom_key(path: &str) -> Option<&str> {
    let named = || path.strip_prefix("custom[").and_then(|rest| rest.strip_suffix(']'));
    path.strip_prefix("custom.").or_else(named)
}

/// Where the values of these fields go, as `object.field`.
pub(super) fn homes(plan: &Plan, fields: &[&CustomField]) -> Vec<String> {
    let homes = fields.iter().flat_map(|field| field.all_homes());
    homes.map(|home| format!("{}.{}", plan.object_name(home.place), home.name)).collect()
}
