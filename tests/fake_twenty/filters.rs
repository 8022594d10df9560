//! Which records a filter finds, and in which order they come. It must not change anything.

use super::failure::Failure;
use super::state::{Object, Row, Slot, State};
use super::values::is_empty;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// Soft-deleted records are found only by a filter that speaks of `deletedAt`.
pub fn mentions_deleted(filter: &Value) -> bool {
    match filter {
        Value::Object(map) => map.iter().any(|(k, v)| k == "deletedAt" || mentions_deleted(v)),
        Value::Array(all) => all.iter().any(mentions_deleted),
        _ => false,
    }
}

/// The ids of the records found, oldest first.
pub fn find(state: &State, object: &Object, filter: &Value) -> Result<Vec<String>, Failure> {
    let all = mentions_deleted(filter);
    let table = state.table(object.name());
    let candidates: Vec<usize> = match ids_asked_for(filter) {
        None => (0..table.len()).collect(),
        Some(ids) => {
            let mut known: Vec<usize> =
                ids.iter().filter_map(|id| table.get_index_of(*id)).collect();
            known.sort_unstable();
            known.dedup();
            known
        }
    };
    let mut found = Vec::new();
    for (id, row) in candidates.into_iter().filter_map(|index| table.get_index(index)) {
        let live = row.get("deletedAt").is_none_or(Value::is_null);
        if (all || live) && matches(state, object, row, filter)? {
            found.push(id.clone());
        }
    }
    Ok(found)
}

/// The ids a record must have one of; none when the filter does not go by id.
fn ids_asked_for(filter: &Value) -> Option<Vec<&str>> {
    if let Some(asked) = filter.get("id") {
        let many = asked.get("in").and_then(Value::as_array);
        let one = asked.get("eq").and_then(Value::as_str);
        let many = many.map(|all| all.iter().filter_map(Value::as_str).collect());
        return many.or_else(|| one.map(|id| vec![id]));
    }
    filter.get("and")?.as_array()?.iter().find_map(ids_asked_for)
}

/// Does the record meet every condition?
pub fn matches(state: &State, object: &Object, row: &Row, filter: &Value) -> Result<bool, Failure> {
    let Value::Object(conditions) = filter else { return Ok(true) };
    for (key, condition) in conditions {
        let met = match key.as_str() {
            "and" | "or" => junction(state, object, row, key, condition)?,
            "not" => !matches(state, object, row, condition)?,
            _ => meets(state, object, row, key, condition)?,
        };
        if !met {
            return Ok(false);
        }
    }
    Ok(true)
}

fn junction(
    state: &State,
    object: &Object,
    row: &Row,
    key: &str,
    conditions: &Value,
) -> Result<bool, Failure> {
    let all = conditions.as_array().cloned().unwrap_or_else(|| vec![conditions.clone()]);
    let mut met = Vec::with_capacity(all.len());
    for condition in &all {
        met.push(matches(state, object, row, condition)?);
    }
    Ok(if key == "and" { met.iter().all(|m| *m) } else { met.is_empty() || met.contains(&true) })
}

fn meets(
    state: &State,
    object: &Object,
    row: &Row,
    key: &str,
    condition: &Value,
) -> Result<bool, Failure> {
    // A record holds all its columns: what is not among them is a relation, or unknown.
    if let Some(value) = row.get(key) {
        return Ok(compare_parts(value, condition));
    }
    for slot in object.slots() {
        if let Slot::Join { name, column, target, .. } = &slot
            && name == key
        {
            let id = row.get(column).and_then(Value::as_str).unwrap_or_default();
            let (Some(target), Some(row)) = (state.object(target), state.row(target, id)) else {
                return Ok(false);
            };
            return matches(state, target, row, condition);
        }
    }
    Err(Failure::unknown_field(object.name(), key))
}

/// A composite is compared part by part, anything else by its comparators.
fn compare_parts(value: &Value, condition: &Value) -> bool {
    let (Value::Object(parts), Value::Object(conditions)) = (value, condition) else {
        return compare_all(value, condition);
    };
    let composite = conditions.keys().all(|key| parts.contains_key(key));
    if composite && !conditions.is_empty() {
        conditions.iter().all(|(key, condition)| compare_all(&parts[key], condition))
    } else {
        compare_all(value, condition)
    }
}

fn compare_all(value: &Value, condition: &Value) -> bool {
    let Value::Object(comparators) = condition else { return true };
    comparators.iter().all(|(comparator, operand)| compare(value, comparator, operand))
}

fn compare(value: &Value, comparator: &str, operand: &Value) -> bool {
    let text = || value.as_str().unwrap_or_default();
    let asked = || operand.as_str().unwrap_or_default();
    let known = !is_empty(value);
    match comparator {
        "is" => known == (operand == "NOT_NULL"),
        "eq" => equal(value, operand),
        "neq" => known && !equal(value, operand),
        "in" => operand.as_array().is_some_and(|all| all.iter().any(|one| equal(value, one))),
        "gt" => known && order(value, operand) == Ordering::Greater,
        "gte" => known && order(value, operand) != Ordering::Less,
        "lt" => known && order(value, operand) == Ordering::Less,
        "lte" => known && order(value, operand) != Ordering::Greater,
        "startsWith" => text().starts_with(asked()),
        "endsWith" => text().ends_with(asked()),
        "like" if !value.is_string() => like(&value.to_string(), asked()),
        "like" => like(text(), asked()),
        "ilike" => like(&text().to_lowercase(), &asked().to_lowercase()),
        "containsAny" => {
            let held = value.as_array().map_or(&[] as &[Value], Vec::as_slice);
            operand.as_array().is_some_and(|all| all.iter().any(|one| held.contains(one)))
        }
        "isEmptyArray" => value.as_array().is_some_and(Vec::is_empty) == (operand == &json!(true)),
        _ => false,
    }
}

fn equal(value: &Value, operand: &Value) -> bool {
    match (value, operand) {
        (Value::Number(_), Value::Number(_)) => order(value, operand) == Ordering::Equal,
        (Value::String(a), Value::String(b)) => {
            a == b || instant(a).is_some_and(|a| Some(a) == instant(b))
        }
        _ => value == operand,
    }
}

/// A date with a time, however it is written.
fn instant(text: &str) -> Option<jiff::Timestamp> {
    let dated = text.len() >= 19 && text.as_bytes().get(10) == Some(&b'T');
    if dated { text.parse().ok() } else { None }
}

/// SQL's LIKE: `%` any run, `_` any character.
fn like(text: &str, pattern: &str) -> bool {
    let mut rule = String::from("(?s)^");
    for c in pattern.chars() {
        match c {
            '%' => rule.push_str(".*"),
            '_' => rule.push('.'),
            c => rule.push_str(&regex::escape(&c.to_string())),
        }
    }
    rule.push('$');
    regex::Regex::new(&rule).is_ok_and(|rule| rule.is_match(text))
}

/// Numbers by size, times by time, all else by text.
pub fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => match (instant(a), instant(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.cmp(b),
        },
        _ => a.to_string().cmp(&b.to_string()),
    }
}

/// One criterion of an order: the way to the value, and how it is sorted.
#[derive(Clone, Debug)]
pub struct Criterion {
    path: Vec<String>,
    direction: String,
}

/// Reads `orderBy`; the id comes last and makes the order whole.
pub fn criteria(order_by: &Value) -> Vec<Criterion> {
    fn walk(path: &[String], value: &Value, into: &mut Vec<Criterion>) {
        match value {
            Value::String(direction) => {
                into.push(Criterion { path: path.to_vec(), direction: direction.clone() });
            }
            Value::Object(map) => {
                for (key, value) in map {
                    let path: Vec<String> = path.iter().cloned().chain([key.clone()]).collect();
                    walk(&path, value, into);
                }
            }
            Value::Array(all) => all.iter().for_each(|one| walk(path, one, into)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&[], order_by, &mut found);
    if !found.iter().any(|criterion| criterion.path == ["id"]) {
        let path = vec!["id".to_owned()];
        found.push(Criterion { path, direction: "AscNullsFirst".to_owned() });
    }
    found
}

/// What a record is sorted by.
pub fn sort_keys(state: &State, object: &Object, row: &Row, criteria: &[Criterion]) -> Vec<Value> {
    criteria.iter().map(|criterion| at(state, object, row, &criterion.path)).collect()
}

fn at(state: &State, object: &Object, row: &Row, path: &[String]) -> Value {
    let [first, rest @ ..] = path else { return Value::Null };
    if let Some(value) = row.get(first) {
        let found = rest.iter().fold(value, |value, key| &value[key.as_str()]);
        return found.clone();
    }
    for slot in object.slots() {
        if let Slot::Join { name, column, target, .. } = &slot
            && name == first
        {
            let id = row.get(column).and_then(Value::as_str).unwrap_or_default();
            if let (Some(target), Some(row)) = (state.object(target), state.row(target, id)) {
                return at(state, target, row, rest);
            }
        }
    }
    Value::Null
}

/// Compares two records by their keys.
pub fn compare_keys(a: &[Value], b: &[Value], criteria: &[Criterion]) -> Ordering {
    for ((a, b), criterion) in a.iter().zip(b).zip(criteria) {
        let nulls_first = criterion.direction.ends_with("NullsFirst");
        let found = match (is_empty(a), is_empty(b)) {
            (true, true) => Ordering::Equal,
            (true, false) if nulls_first => Ordering::Less,
            (true, false) => Ordering::Greater,
            (false, true) if nulls_first => Ordering::Greater,
            (false, true) => Ordering::Less,
            _ if criterion.direction.starts_with("Desc") => order(b, a),
            _ => order(a, b),
        };
        if found != Ordering::Equal {
            return found;
        }
    }
    Ordering::Equal
}

/// A filter for one id.
pub fn by_id(id: &str) -> Value {
    let both = json!([{"deletedAt": {"is": "NULL"}}, {"deletedAt": {"is": "NOT_NULL"}}]);
    let mut filter = Map::new();
    filter.insert("id".to_owned(), json!({"eq": id}));
    filter.insert("or".to_owned(), both);
    Value::Object(filter)
}
