//! Reads: lists with pages, one record, groups, aggregates; and records as documents select them.

use super::failure::Failure;
use super::filters::{self, Criterion};
use super::graphql::{Document, arguments};
use super::state::{Object, Row, Slot, State, capitalised};
use super::values::is_empty;
use apollo_compiler::executable::{Field as Selected, SelectionSet};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// Records a list within a record holds at most (`twenty-api.md §2.3`).
const NESTED: u64 = 60;

/// A document being answered.
pub struct Reader<'a> {
    pub state: &'a State,
    pub document: &'a Document,
    pub variables: &'a Map<String, Value>,
}

impl Reader<'_> {
    /// A list as a connection (`people(first: …){edges{node{…}}}`).
    pub fn connection(&self, object: &Object, field: &Selected) -> Result<Value, Failure> {
        let arguments = arguments(field, self.variables);
        self.page(object, &arguments, &Value::Null, &field.selection_set)
    }

    fn page(
        &self,
        object: &Object,
        arguments: &Map<String, Value>,
        also: &Value,
        set: &SelectionSet,
    ) -> Result<Value, Failure> {
        let asked = |key: &str| arguments.get(key).cloned().unwrap_or_default();
        let filter = match (asked("filter"), also) {
            (filter, Value::Null) => filter,
            (Value::Null, also) => also.clone(),
            (filter, also) => json!({"and": [filter, also]}),
        };
        let criteria = filters::criteria(&asked("orderBy"));
        let mut rows = self.sorted(object, &filter, &criteria)?;
        let total = rows.len();
        let all: Vec<&Row> = rows.iter().map(|(_, row)| *row).collect();
        let counts = self.document.fields(set, self.variables);
        let mut answer = Map::new();
        for field in &counts {
            if !matches!(field.name.as_str(), "edges" | "pageInfo" | "totalCount") {
                answer
                    .insert(field.response_key().to_string(), aggregate(object, &all, &field.name));
            }
        }
        let last = asked("last").as_u64();
        let limit = asked("first").as_u64().or(last).unwrap_or(200) as usize;
        let after = cursor_keys(&asked("after"));
        let before = cursor_keys(&asked("before"));
        if let Some(keys) = &after {
            rows.retain(|(k, _)| filters::compare_keys(k, keys, &criteria).is_gt());
        }
        if let Some(keys) = &before {
            rows.retain(|(k, _)| filters::compare_keys(k, keys, &criteria).is_lt());
        }
        let skip = asked("offset").as_u64().unwrap_or(0) as usize;
        let rest = rows.len().saturating_sub(skip);
        let start = if last.is_some() { skip + rest.saturating_sub(limit) } else { skip };
        let shown: Vec<_> = rows.iter().skip(start).take(limit).collect();
        let more = rest > shown.len();
        let (next, previous) =
            if last.is_some() { (before.is_some(), more) } else { (more, after.is_some()) };
        let edge_of = |name: &str| shown_cursor(shown.iter().map(|(k, _)| k), name);
        for field in counts {
            let key = field.response_key().to_string();
            let value = match field.name.as_str() {
                "totalCount" => json!(total),
                "edges" => self.edges(object, &shown, &field.selection_set),
                "pageInfo" => {
                    let info = json!({"hasNextPage": next, "hasPreviousPage": previous,
                        "startCursor": edge_of("first"), "endCursor": edge_of("last")});
                    self.document.pick(&info, &field.selection_set, self.variables)
                }
                _ => continue,
            };
            answer.insert(key, value);
        }
        Ok(Value::Object(answer))
    }

    fn sorted(
        &self,
        object: &Object,
        filter: &Value,
        criteria: &[Criterion],
    ) -> Result<Vec<(Vec<Value>, &Row)>, Failure> {
        let mut rows = Vec::new();
        for id in filters::find(self.state, object, filter)? {
            if let Some(row) = self.state.row(object.name(), &id) {
                rows.push((filters::sort_keys(self.state, object, row, criteria), row));
            }
        }
        rows.sort_by(|(a, _), (b, _)| filters::compare_keys(a, b, criteria));
        Ok(rows)
    }

    fn edges(&self, object: &Object, rows: &[&(Vec<Value>, &Row)], set: &SelectionSet) -> Value {
        let edge = |(keys, row): &(Vec<Value>, &Row)| {
            let mut edge = Map::new();
            for field in self.document.fields(set, self.variables) {
                let value = match field.name.as_str() {
                    "node" => self.record(object, row, &field.selection_set),
                    "cursor" => json!(cursor(keys)),
                    _ => json!(format!("{}Edge", capitalised(object.name()))),
                };
                edge.insert(field.response_key().to_string(), value);
            }
            Value::Object(edge)
        };
        rows.iter().map(|row| edge(row)).collect()
    }

    /// A record as a document selects it, relations followed.
    pub fn record(&self, object: &Object, row: &Row, set: &SelectionSet) -> Value {
        let slots = object.slots();
        let mut record = Map::new();
        for field in self.document.fields(set, self.variables) {
            let name = field.name.as_str();
            let value = if name == "__typename" {
                json!(capitalised(object.name()))
            } else if let Some(slot) = slots.iter().find(|slot| relation_name(slot) == Some(name)) {
                self.related(object, row, slot, field)
            } else {
                let value = row.get(name).cloned().unwrap_or_default();
                let value = super::uploads::shown(self.state, name, value);
                self.document.pick(&value, &field.selection_set, self.variables)
            };
            record.insert(field.response_key().to_string(), value);
        }
        Value::Object(record)
    }

    fn related(&self, object: &Object, row: &Row, slot: &Slot<'_>, field: &Selected) -> Value {
        match slot {
            Slot::Join { column, target, .. } => {
                let id = row.get(column).and_then(Value::as_str).unwrap_or_default();
                // A soft-deleted record is pointed at, but not shown.
                match (self.state.object(target), self.state.live_row(target, id)) {
                    (Some(target), Some(row)) => self.record(target, row, &field.selection_set),
                    _ => Value::Null,
                }
            }
            Slot::Reverse { target, column, .. } => {
                let Some(target) = self.state.object(target) else { return Value::Null };
                let id = row.get("id").cloned().unwrap_or_default();
                let mut here = Map::new();
                here.insert(column.clone(), json!({"eq": id}));
                let mut arguments = arguments(field, self.variables);
                let first = arguments.get("first").and_then(Value::as_u64).unwrap_or(NESTED);
                arguments.insert("first".to_owned(), json!(first.min(NESTED)));
                let here = Value::Object(here);
                self.page(target, &arguments, &here, &field.selection_set).unwrap_or_default()
            }
            Slot::Plain(_) => {
                let name = object.name();
                panic!("a value of {name} is no relation")
            }
        }
    }

    /// `person(filter: …)`: the first one found, or the recorded refusal.
    pub fn one(&self, object: &Object, field: &Selected) -> Result<Value, Failure> {
        let arguments = arguments(field, self.variables);
        let filter = arguments.get("filter").cloned().unwrap_or_default();
        let found = filters::find(self.state, object, &filter)?;
        let id = found.first().ok_or_else(Failure::not_found)?;
        let row = self.state.row(object.name(), id).ok_or_else(Failure::not_found)?;
        Ok(self.record(object, row, &field.selection_set))
    }

    /// `peopleGroupBy(groupBy: [{leadStatus: true}])`.
    pub fn groups(&self, object: &Object, field: &Selected) -> Result<Value, Failure> {
        let arguments = arguments(field, self.variables);
        let filter = arguments.get("filter").cloned().unwrap_or_default();
        let dimensions = arguments.get("groupBy").cloned().unwrap_or_default();
        let dimensions: Vec<Criterion> = group_paths(&dimensions);
        let mut groups: Vec<(Vec<Value>, Vec<&Row>)> = Vec::new();
        for id in filters::find(self.state, object, &filter)? {
            let Some(row) = self.state.row(object.name(), &id) else { continue };
            let keys = filters::sort_keys(self.state, object, row, &dimensions);
            match groups.iter_mut().find(|(known, _)| *known == keys) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((keys, vec![row])),
            }
        }
        let group = |(keys, rows): &(Vec<Value>, Vec<&Row>)| {
            let mut group = Map::new();
            for field in self.document.fields(&field.selection_set, self.variables) {
                let value = match field.name.as_str() {
                    "groupByDimensionValues" => json!(keys),
                    name => aggregate(object, rows, name),
                };
                group.insert(field.response_key().to_string(), value);
            }
            Value::Object(group)
        };
        Ok(groups.iter().map(group).collect())
    }
}

fn group_paths(dimensions: &Value) -> Vec<Criterion> {
    // A dimension is written like an order; `true` stands where a direction would.
    let text = dimensions.to_string().replace("true", "\"AscNullsFirst\"");
    let mut found = filters::criteria(&serde_json::from_str(&text).unwrap_or_default());
    found.pop();
    found
}

fn relation_name<'a>(slot: &'a Slot<'_>) -> Option<&'a str> {
    match slot {
        Slot::Plain(_) => None,
        Slot::Join { name, .. } | Slot::Reverse { name, .. } => Some(name),
    }
}

fn shown_cursor<'a>(mut keys: impl Iterator<Item = &'a Vec<Value>>, which: &str) -> Value {
    let found = if which == "first" { keys.next() } else { keys.last() };
    found.map_or(Value::Null, |keys| json!(cursor(keys)))
}

pub fn cursor(keys: &[Value]) -> String {
    STANDARD.encode(json!(keys).to_string())
}

fn cursor_keys(cursor: &Value) -> Option<Vec<Value>> {
    let bytes = STANDARD.decode(cursor.as_str()?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// `totalCount`, `countNotEmptyCloseId`, `sumAmountAmountMicros` …
pub fn aggregate(object: &Object, rows: &[&Row], name: &str) -> Value {
    if name == "totalCount" {
        return json!(rows.len());
    }
    for verb in [
        "countUniqueValues",
        "countNotEmpty",
        "countEmpty",
        "percentageNotEmpty",
        "percentageEmpty",
        "countTrue",
        "countFalse",
        "min",
        "max",
        "sum",
        "avg",
    ] {
        let Some(rest) = name.strip_prefix(verb) else { continue };
        for field in object.fields.iter().filter(|field| !field.is_relation()) {
            let own = capitalised(field.name());
            let part = match rest.strip_prefix(own.as_str()) {
                Some("") => None,
                Some("AmountMicros") if field.kind() == "CURRENCY" => Some("amountMicros"),
                _ => continue,
            };
            let values: Vec<Value> = rows
                .iter()
                .map(|row| {
                    let value = row.get(field.name()).cloned().unwrap_or_default();
                    part.map_or(value.clone(), |part| value[part].clone())
                })
                .collect();
            return measure(verb, &values);
        }
    }
    Value::Null
}

fn measure(verb: &str, values: &[Value]) -> Value {
    let known: Vec<&Value> = values.iter().filter(|value| !is_empty(value)).collect();
    let share = |part: usize| {
        if values.is_empty() { Value::Null } else { json!(part as f64 / values.len() as f64) }
    };
    let sum = || known.iter().filter_map(|value| value.as_f64()).sum::<f64>();
    match verb {
        "countUniqueValues" => {
            let texts: std::collections::BTreeSet<String> =
                known.iter().map(ToString::to_string).collect();
            json!(texts.len())
        }
        "countNotEmpty" => json!(known.len()),
        "countEmpty" => json!(values.len() - known.len()),
        "percentageNotEmpty" => share(known.len()),
        "percentageEmpty" => share(values.len() - known.len()),
        "countTrue" => json!(values.iter().filter(|value| **value == json!(true)).count()),
        "countFalse" => json!(values.iter().filter(|value| **value == json!(false)).count()),
        _ if known.is_empty() => Value::Null,
        "sum" => json!(sum()),
        "avg" => json!(sum() / known.len() as f64),
        "min" => known.into_iter().min_by(|a, b| filters::order(a, b)).cloned().unwrap_or_default(),
        _ => known.into_iter().max_by(|a, b| filters::order(a, b)).cloned().unwrap_or_default(),
    }
}
