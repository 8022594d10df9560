//! What is different between a row and the record found in the target. It must not decide whose record it is: the caller says
//! whether this program made it.

use super::equal::{form, is_empty};
use super::shape::{Column, Relation, Slot};
use super::{Key, Reference, Row, Shape};
use crate::twenty::id::record_id;
use crate::twenty::objects::FieldType;
use serde_json::{Map, Value, json};

/// A value that is not as the row says.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// API name of the field.
    pub field: String,
    /// API name of the sub-field; of relations that of the target's key.
    pub sub_field: Option<String>,
    /// Header of the column.
    pub header: String,
    /// What was sent; of relations the id.
    pub expected: Value,
    /// What is there.
    pub found: Value,
}

impl Shape {
    /// What differs, in the order of the columns. `found` is a record as [`Shape::selection`] asks for it; `created` says that
    /// this program made it, so that nothing may stand where the row has nothing. Rules: head of [`super`].
    pub fn differences(&self, row: &Row, found: &Value, created: bool) -> Vec<Difference> {
        let mut differences = Vec::new();
        for slot in &self.slots {
            match (&slot.relation, slot.name.as_str()) {
                (_, "updatedAt") => {}
                (_, "createdAt") if !created => {}
                (Some(relation), _) => {
                    differences.extend(slot.elsewhere(relation, row, found, created));
                }
                (None, _) => {
                    let expected = row.fields.get(&slot.name).unwrap_or(&Value::Null);
                    let there = found.get(&slot.name).unwrap_or(&Value::Null);
                    let differs = |column: &&Column| slot.differs(column, expected, there, created);
                    let columns = slot.columns.iter().filter(differs);
                    differences.extend(columns.map(|column| slot.say(column, expected, there)));
                }
            }
        }
        differences
    }
}

impl Slot {
    fn differs(&self, column: &Column, expected: &Value, found: &Value, created: bool) -> bool {
        let sub = column.sub.as_deref();
        let (wanted, there) = (form(self.kind, sub, expected), form(self.kind, sub, found));
        if wanted == there {
            return false;
        }
        if !wanted.is_null() {
            return true;
        }
        created && !self.comes_by_itself(sub, expected, found, &there)
    }

    /// The server may put something where the row has nothing: codes it infers, defaults.
    fn comes_by_itself(
        &self,
        sub: Option<&str>,
        expected: &Value,
        found: &Value,
        there: &Value,
    ) -> bool {
        let lacks = |name: &str| found.get(name).is_none_or(is_empty);
        match (self.kind, sub) {
            (FieldType::Phones, Some("primaryPhoneCountryCode" | "primaryPhoneCallingCode")) => {
                true
            }
            (FieldType::Currency, Some("currencyCode")) if lacks("amountMicros") => true,
            (FieldType::DateTime, _) if self.default == json!("now") => true,
            // A default is for fields that were not sent at all.
            _ => expected.is_null() && form(self.kind, sub, &plain(&self.default)) == *there,
        }
    }

    fn say(&self, column: &Column, expected: &Value, found: &Value) -> Difference {
        let part = |whole: &Value| match &column.sub {
            Some(sub) => whole.get(sub).cloned().unwrap_or_default(),
            None => whole.clone(),
        };
        self.difference(column, part(expected), part(found))
    }

    fn difference(&self, column: &Column, expected: Value, found: Value) -> Difference {
        let (field, sub_field) = (self.name.clone(), column.sub.clone());
        Difference { field, sub_field, header: column.header.clone(), expected, found }
    }

    fn elsewhere(
        &self,
        relation: &Relation,
        row: &Row,
        found: &Value,
        created: bool,
    ) -> Option<Difference> {
        let column = self.columns.first()?;
        let there = found.get(&relation.join_column).unwrap_or(&Value::Null);
        let reference = row.relations.iter().find(|reference| reference.field == self.name);
        let expected = match reference {
            Some(reference) => json!(id(reference)?),
            None if created => Value::Null,
            None => return None,
        };
        let same = form(self.kind, None, &expected) == form(self.kind, None, there);
        (!same).then(|| self.difference(column, expected, there.clone()))
    }
}

/// The id a relation must hold; unknown of a member nobody has looked up.
fn id(reference: &Reference) -> Option<String> {
    match (&reference.id, &reference.key) {
        (Some(id), _) => Some(id.clone()),
        (None, Key::CloseId { close_id, .. }) => Some(record_id(close_id).to_string()),
        (None, Key::Member(_)) => None,
    }
}

/// A default as a value: the server puts literals in quotes (`twenty-api.md` §4.2).
fn plain(default: &Value) -> Value {
    match default {
        Value::String(text) => {
            let inner = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            json!(inner.unwrap_or(text))
        }
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::Object(subs) => {
            let subs: Map<_, _> = subs.iter().map(|(sub, one)| (sub.clone(), plain(one))).collect();
            Value::Object(subs)
        }
        other => other.clone(),
    }
}
