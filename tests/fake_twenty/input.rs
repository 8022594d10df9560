//! What a create or an update is given, field by field: names looked up, values normalised,
//! relations by `connect` found. It changes nothing.

use super::failure::Failure;
use super::filters;
use super::permissions::Caller;
use super::state::{Object, Row, Slot, State, capitalised};
use super::values;
use serde_json::{Map, Value, json};

/// One record of the input, ready to be stored.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The id as it was sent: it is compared letter by letter, but stored in lower case.
    pub id: Option<String>,
    pub values: Row,
}

/// Checks and normalises one record. `before` is the record an update falls on.
pub fn read(
    state: &State,
    object: &Object,
    data: &Value,
    before: Option<&Row>,
    caller: &Caller,
) -> Result<Given, Failure> {
    let Value::Object(map) = data else {
        return Err(Failure::argument("Data is no object", "An error occurred."));
    };
    let slots = object.slots();
    let mut given = Given::default();
    for (key, value) in map {
        let slot = slots.iter().find(|slot| names(slot, key));
        match slot {
            Some(Slot::Plain(field)) => {
                let before = before.and_then(|row| row.get(key));
                let value = match field.kind() {
                    "ACTOR" => actor(value, caller, key),
                    "POSITION" => value.clone(),
                    "TS_VECTOR" => continue,
                    _ => values::normalise(field, value, before)?,
                };
                if key == "id" {
                    given.id = data["id"].as_str().map(str::to_owned);
                }
                given.values.insert(key.clone(), value);
            }
            Some(Slot::Join { name, column, target, .. }) if name == key => {
                both(map, name, column)?;
                if let Some(id) = connected(state, name, target, value)? {
                    given.values.insert(column.clone(), id);
                }
            }
            Some(Slot::Join { column, .. }) => {
                let id = if value.is_null() { Value::Null } else { values::uuid(value)? };
                given.values.insert(column.clone(), id);
            }
            _ => return Err(Failure::unknown_field(object.name(), key)),
        }
    }
    Ok(given)
}

fn names(slot: &Slot<'_>, key: &str) -> bool {
    match slot {
        Slot::Plain(field) => field.name() == key,
        Slot::Join { name, column, .. } => name == key || column == key,
        Slot::Reverse { .. } => false,
    }
}

fn both(map: &Map<String, Value>, name: &str, column: &str) -> Result<(), Failure> {
    if map.contains_key(column) && map[name].get("connect").is_some() {
        let message = format!("Cannot have both {name} and {column} for {name}.");
        return Err(Failure::input(message, None));
    }
    Ok(())
}

/// Who made it: told as a whole when the name is told, else filled from the key (`§3.3`).
fn actor(value: &Value, caller: &Caller, key: &str) -> Value {
    let own = caller.actor();
    if key != "createdBy" || !value.is_object() {
        return own;
    }
    let source = value.get("source").cloned().unwrap_or_else(|| own["source"].clone());
    match value.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()) {
        Some(name) => {
            // An empty context reads null (`createPeople.upsert.ok.connect`).
            let context = value.get("context").filter(|context| !values::is_empty(context));
            json!({"source": source, "name": name,
                "workspaceMemberId": value.get("workspaceMemberId"), "context": context})
        }
        None => json!({"source": source, "name": own["name"],
            "workspaceMemberId": own["workspaceMemberId"], "context": own["context"]}),
    }
}

/// All records of a batch must connect by the same key.
pub fn same_keys(object: &Object, all: &[Value]) -> Result<(), Failure> {
    for slot in object.slots() {
        let Slot::Join { name, .. } = &slot else { continue };
        let mut used: Vec<Vec<&String>> = Vec::new();
        for one in all {
            if let Some(keys) = one[name]["connect"]["where"].as_object() {
                used.push(keys.keys().collect());
            }
        }
        if used.windows(2).any(|pair| pair[0] != pair[1]) {
            let message = format!(
                "Expected the same constraint fields to be used consistently across all operations \
                 for {name}."
            );
            return Err(Failure::input(message, None));
        }
    }
    Ok(())
}

/// The id behind `{connect: {where: …}}`; null for `{disconnect: true}`.
fn connected(
    state: &State,
    name: &str,
    target: &str,
    value: &Value,
) -> Result<Option<Value>, Failure> {
    if value["disconnect"] == json!(true) {
        return Ok(Some(Value::Null));
    }
    let Some(wanted) = value["connect"]["where"].as_object() else { return Ok(None) };
    let target = state.object(target).ok_or_else(|| Failure::unknown_field(target, name))?;
    let mut filter = Map::new();
    let mut told = Vec::new();
    for (key, value) in wanted {
        if let Value::Object(parts) = value {
            let mut conditions = Map::new();
            for (part, value) in parts {
                let value = normalised_part(part, value)?;
                told.push(format!("{key}{} = {}", capitalised(part), plain(&value)));
                conditions.insert(part.clone(), json!({"eq": value}));
            }
            filter.insert(key.clone(), Value::Object(conditions));
        } else {
            told.push(format!("{key} = {}", plain(value)));
            filter.insert(key.clone(), json!({"eq": value}));
        }
    }
    let found = filters::find(state, target, &Value::Object(filter))?;
    if let [id] = found.as_slice() {
        return Ok(Some(json!(id)));
    }
    let (count, told) = (found.len(), told.join(" and "));
    Err(Failure::input(
        format!("Expected 1 record to connect to {name}, but found {count} for {told}"),
        Some(&format!("Can't connect to {name}. No unique record found with condition: {told}")),
    ))
}

fn normalised_part(part: &str, value: &Value) -> Result<Value, Failure> {
    let text = value.as_str().unwrap_or_default();
    Ok(match part {
        "primaryEmail" => json!(text.to_lowercase()),
        "primaryLinkUrl" => json!(super::links::stored(text)?),
        _ => value.clone(),
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
