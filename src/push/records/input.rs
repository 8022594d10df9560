//! What a row becomes for the server: a whole new record, the changed fields of one that is there, or what a second pass
//! adds; and what a record said before. It must not decide which.

use crate::push::journal::Entry;
use crate::push::target::Target;
use crate::push::value::Row;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Members of `before` that are no fields to be sent.
const NOT_FIELDS: &[&str] = &["id", "closeId", "deletedAt", "updatedAt"];

/// A record that is made: all fields, and who made it in Close.
pub(super) fn whole(target: &Target<'_>, object: &str, row: &Row) -> Value {
    let mut fields = row.fields.clone();
    fields.insert("id".to_owned(), json!(row.id.to_string()));
    if target.live.object(object).is_some_and(|object| object.field("createdBy").is_some()) {
        fields.insert("createdBy".to_owned(), created_by(target, row));
    }
    Value::Object(fields)
}

/// Who made a record in Close, as a member where that is one.
pub fn created_by(target: &Target<'_>, row: &Row) -> Value {
    let by = row.author.as_ref().and_then(|author| {
        let member = author.email.as_ref().and_then(|email| target.members.get(email));
        author.created_by(member.map(String::as_str))
    });
    by.unwrap_or_else(|| json!({ "source": "IMPORT" }))
}

/// A record that is changed: nothing but these fields. Composites are whole, else the server clears the rest.
pub(super) fn only(row: &Row, id: Uuid, fields: &BTreeSet<String>) -> Value {
    let mut input = Map::new();
    input.insert("id".to_owned(), json!(id.to_string()));
    input.insert("closeId".to_owned(), json!(row.close_id));
    for field in fields {
        let join = row.relations.iter().find(|relation| relation.field == *field);
        let name = join.map_or(field, |relation| &relation.join_column);
        let value = row.fields.get(name).cloned();
        // The row leaves it empty and the record is ours: it is emptied.
        input.insert(name.clone(), value.unwrap_or(Value::Null));
    }
    Value::Object(input)
}

/// As [`only`], for a row whose plan was noted by a run that was killed.
pub(super) fn again(row: &Row, id: Uuid, before: &Value) -> Value {
    let fields = before.as_object().into_iter().flat_map(|fields| fields.keys());
    let fields = fields.filter(|field| !NOT_FIELDS.contains(&field.as_str())).cloned().collect();
    only(row, id, &fields)
}

/// What a second pass adds to a record of the push's own; its time of change stays what it was.
pub(super) fn added(row: &Row, entry: &Entry) -> Value {
    let mut fields = row.fields.clone();
    fields.insert("id".to_owned(), json!(entry.id.to_string()));
    fields.insert("closeId".to_owned(), json!(row.close_id));
    if let Some(updated) = &entry.updated {
        fields.insert("updatedAt".to_owned(), json!(updated));
    }
    Value::Object(fields)
}

/// The row with its id, by which and by whose keys records are met.
pub(super) fn keyed(row: &Row) -> Value {
    let mut fields = row.fields.clone();
    fields.insert("id".to_owned(), json!(row.id.to_string()));
    Value::Object(fields)
}

/// What the record said, of what will be changed; of relations the other record's id.
pub(super) fn before(row: &Row, found: &Value, changes: &BTreeSet<String>) -> Value {
    let mut before = Map::new();
    for key in ["deletedAt", "updatedAt", "closeId"] {
        before.insert(key.to_owned(), found[key].clone());
    }
    for field in changes {
        let join = row.relations.iter().find(|relation| relation.field == *field);
        let name = join.map_or(field, |relation| &relation.join_column);
        before.insert(field.clone(), found[name.as_str()].clone());
    }
    Value::Object(before)
}

/// `earlier` with what only `later` knows.
pub(super) fn merged(earlier: Option<&Value>, later: Value) -> Value {
    let Some(Value::Object(earlier)) = earlier else { return later };
    let mut whole = earlier.clone();
    if let Value::Object(later) = later {
        for (key, value) in later {
            whole.entry(key).or_insert(value);
        }
    }
    Value::Object(whole)
}

pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(parts) => parts.values().all(is_empty),
        _ => false,
    }
}
