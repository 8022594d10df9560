//! Unique values: which a record has, and who holds one. The register is a help to find them
//! fast; what it says is checked against the record, so a stale entry does no harm.

use super::state::{Object, Row, State};
use super::values::is_empty;
use serde_json::Value;
use std::collections::BTreeMap;

/// A unique value with its parts, `emails.primaryEmail` and what it holds.
pub type Parts = Vec<(String, Value)>;

/// Ids by object and unique value, as of a version of the schema.
#[derive(Debug, Default)]
pub struct Register {
    version: u64,
    ids: BTreeMap<String, BTreeMap<String, String>>,
}

/// The values that make a record the same as another: each unique field with its parts.
pub fn keys(object: &Object, row: &Row) -> Vec<(String, Parts)> {
    let mut keys = Vec::new();
    for field in object.unique_fields() {
        let Some(value) = row.get(field.name()) else { continue };
        let parts: &[&str] = match field.kind() {
            "EMAILS" => &["primaryEmail"],
            "LINKS" => &["primaryLinkUrl"],
            "PHONES" => {
                &["primaryPhoneNumber", "primaryPhoneCountryCode", "primaryPhoneCallingCode"]
            }
            _ => &[],
        };
        let name = field.name().to_owned();
        let values: Parts = if parts.is_empty() {
            vec![(name.clone(), value.clone())]
        } else {
            parts.iter().map(|part| (format!("{name}.{part}"), value[*part].clone())).collect()
        };
        if !values.first().is_none_or(|(_, value)| is_empty(value)) {
            keys.push((name, values));
        }
    }
    keys
}

/// A unique value as text.
pub fn written(name: &str, parts: &Parts) -> String {
    let told: Vec<String> = parts.iter().map(|(_, value)| value.to_string()).collect();
    format!("{name} {}", told.join(" "))
}

/// Writes the register anew when the schema has changed since.
pub fn refresh(state: &mut State) {
    if state.unique.version == state.version {
        return;
    }
    let mut ids: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for object in &state.objects {
        let known = ids.entry(object.name().to_owned()).or_default();
        for (id, row) in state.table(object.name()) {
            for (name, parts) in keys(object, row) {
                known.insert(written(&name, &parts), id.clone());
            }
        }
    }
    state.unique = Register { version: state.version, ids };
}

/// Stores a record and registers its unique values.
pub fn store(state: &mut State, object: &Object, id: &str, row: Row) {
    let known = state.unique.ids.entry(object.name().to_owned()).or_default();
    for (name, parts) in keys(object, &row) {
        known.insert(written(&name, &parts), id.to_owned());
    }
    state.table_mut(object.name()).insert(id.to_owned(), row);
}

/// Who holds this value?
pub fn holder(state: &State, object: &Object, name: &str, parts: &Parts) -> Option<String> {
    let id = state.unique.ids.get(object.name())?.get(&written(name, parts))?;
    let row = state.row(object.name(), id)?;
    let holds = parts.iter().all(|(part, value)| {
        let held = row.get(name).unwrap_or(&Value::Null);
        let held = part.split_once('.').map_or(held, |(_, part)| &held[part]);
        held == value
    });
    holds.then(|| id.clone())
}
