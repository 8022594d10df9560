//! Which records of the target rows would meet: by id, by Close id, and by every other unique key, soft-deleted records
//! included, because that is how the server's upsert decides (`twenty-api.md` §3.2). It must not decide what follows.

use crate::push::client::Refusal;
use crate::push::live::{LiveField, LiveObject};
use crate::push::target::Target;
use hashbrown::HashMap;
use serde_json::{Value, json};

/// What a row meets.
#[derive(Clone, Debug, PartialEq)]
pub enum Met {
    /// No record.
    Nobody,
    /// One record, as the target has it.
    One(Box<Value>),
    /// Several: nobody can say which one is meant. Their ids.
    Many(Vec<String>),
}

/// The sub-field by which a unique composite is compared.
const UNIQUE_PART: &[(&str, &str)] = &[("EMAILS", "primaryEmail"), ("LINKS", "primaryLinkUrl")];

/// A key of records: the field, and the sub-field of composites.
struct Key<'k> {
    field: &'k str,
    part: Option<&'static str>,
}

impl Key<'_> {
    fn of<'v>(&self, fields: &'v Value) -> Option<&'v str> {
        let value = &fields[self.field];
        let value = self.part.map_or(value, |part| &value[part]);
        value.as_str().filter(|text| !text.is_empty())
    }

    fn filter(&self, values: &[&str]) -> Value {
        match self.part {
            Some(part) => json!({ self.field: { part: { "in": values } } }),
            None => json!({ self.field: { "in": values } }),
        }
    }
}

fn keys(object: &LiveObject) -> Vec<Key<'_>> {
    let unique = |field: &&LiveField| field.is_unique && field.is_active && field.name != "id";
    let mut keys = vec![Key { field: "id", part: None }];
    keys.extend(object.fields.iter().filter(unique).filter_map(|field| {
        let part = UNIQUE_PART.iter().find(|(kind, _)| *kind == field.kind).map(|(_, part)| *part);
        let plain = matches!(field.kind.as_str(), "TEXT" | "UUID");
        (plain || part.is_some()).then_some(Key { field: &field.name, part })
    }));
    keys
}

/// How two spellings of a key are one: addresses and hosts have no case, and a trailing slash says nothing. Close ids
/// differ by case.
fn folded(key: &Key<'_>, value: &str) -> String {
    if key.part.is_some() { value.trim_end_matches('/').to_lowercase() } else { value.to_owned() }
}

/// What each of these rows meets, in their order. A row is an object with its id and keys; `selection` must name them.
///
/// # Errors
/// As the requests.
pub fn meet(
    target: &Target<'_>,
    object: &LiveObject,
    selection: &str,
    rows: &[Value],
) -> Result<Vec<Met>, Refusal> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let keys = keys(object);
    let filters: Vec<Value> = keys
        .iter()
        .filter_map(|key| {
            let values: Vec<&str> = rows.iter().filter_map(|row| key.of(row)).collect();
            (!values.is_empty()).then(|| key.filter(&values))
        })
        .collect();
    let found = target.find(object, json!({ "or": filters }), selection)?;
    let mut index: HashMap<(usize, String), Vec<usize>> = HashMap::new();
    for (at, record) in found.iter().enumerate() {
        for (number, key) in keys.iter().enumerate() {
            if let Some(value) = key.of(record) {
                index.entry((number, folded(key, value))).or_default().push(at);
            }
        }
    }
    let meets = |row: &Value| {
        let mut hits: Vec<usize> = Vec::new();
        for (number, key) in keys.iter().enumerate() {
            let Some(value) = key.of(row) else { continue };
            hits.extend(index.get(&(number, folded(key, value))).into_iter().flatten());
        }
        hits.sort_unstable();
        hits.dedup();
        match hits.as_slice() {
            [] => Met::Nobody,
            [one] => Met::One(Box::new(found[*one].clone())),
            many => Met::Many(many.iter().map(|at| id(&found[*at])).collect()),
        }
    };
    Ok(rows.iter().map(meets).collect())
}

fn id(record: &Value) -> String {
    record["id"].as_str().unwrap_or_default().to_owned()
}
