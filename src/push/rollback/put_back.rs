//! Records that were there before the push: their fields, times and place in the trash as they were, in one upsert by id.
//! It must not decide whose record it is.

use super::{AT_ONCE, Counts, Undo, id_of};
use crate::error::Result;
use crate::push::client::Refusal;
use crate::push::journal::{Entry, StepInfo};
use crate::push::live::LiveObject;
use crate::push::{capitalised, refused};
use serde_json::{Map, Value, json};

/// A row that was changed, and its record.
pub(super) type Changed<'e, 'v> = (&'e Entry, Option<&'v Value>);

impl Undo<'_> {
    /// Puts these back; what is put back goes to `undone`, what is refused is kept.
    pub(super) fn put_back<'e>(
        &mut self,
        info: &StepInfo,
        changed: &[Changed<'e, '_>],
        counts: &mut Counts,
        undone: &mut Vec<&'e Entry>,
    ) -> Result<()> {
        let Some(object) = self.target.live.object(&info.object) else { return Ok(()) };
        for part in changed.chunks(self.target.rows().min(AT_ONCE)) {
            let entries: Vec<&Entry> = part.iter().map(|(entry, _)| *entry).collect();
            match self.send(object, &entries) {
                Ok(()) => {
                    counts.put_back += entries.len() as u64;
                    undone.extend(entries);
                }
                Err(Refusal::Data(_) | Refusal::TooLarge(_)) => {
                    for entry in entries {
                        self.one_by_one(object, info, entry, counts, undone)?;
                    }
                }
                Err(refusal) => return Err(refused(refusal, "putting records back")),
            }
        }
        Ok(())
    }

    fn one_by_one<'e>(
        &mut self,
        object: &LiveObject,
        info: &StepInfo,
        entry: &'e Entry,
        counts: &mut Counts,
        undone: &mut Vec<&'e Entry>,
    ) -> Result<()> {
        match self.send(object, &[entry]) {
            Ok(()) => {
                counts.put_back += 1;
                undone.push(entry);
                Ok(())
            }
            Err(Refusal::Data(fault) | Refusal::TooLarge(fault)) => {
                counts.kept += 1;
                let why = format!("the server refuses what it said before: {fault}");
                self.kept.add(&info.object, &entry.close_id, &entry.id.to_string(), &why)
            }
            Err(refusal) => Err(refused(refusal, "putting records back")),
        }
    }

    fn send(&self, object: &LiveObject, entries: &[&Entry]) -> std::result::Result<(), Refusal> {
        let plural = capitalised(&object.name_plural);
        let single = capitalised(&object.name_singular);
        let data: Vec<Value> = entries.iter().map(|entry| input(object, entry)).collect();
        let answer = self.target.upsert_all(object, &data, "id deletedAt")?;
        // A server that brings back what it upserts, whatever it is told.
        let back = answer.iter().filter(|said| said["deletedAt"].is_null());
        let was_deleted = |said: &&Value| {
            let entry = entries.iter().find(|entry| id_of(said) == Some(entry.id));
            let before = entry.and_then(|entry| entry.before.as_ref());
            before.is_some_and(|before| !before["deletedAt"].is_null())
        };
        let again: Vec<&Value> = back.filter(was_deleted).map(|said| &said["id"]).collect();
        if again.is_empty() {
            return Ok(());
        }
        let query = format!(
            "mutation D($filter: {single}FilterInput!) {{ delete{plural}(filter: $filter) {{ id }} }}"
        );
        let filter = json!({ "filter": { "id": { "in": again } } });
        self.target.client.core(&query, &filter).map(drop)
    }
}

/// The record as it was: of relations the column, and only fields the object still has.
fn input(object: &LiveObject, entry: &Entry) -> Value {
    let mut input = Map::new();
    input.insert("id".to_owned(), json!(entry.id.to_string()));
    let before = entry.before.as_ref().and_then(Value::as_object);
    for (name, value) in before.into_iter().flatten() {
        let Some(field) = object.field(name) else { continue };
        // What is not in the trash comes back by itself.
        if name == "deletedAt" && value.is_null() {
            continue;
        }
        input.insert(field.join_column().unwrap_or_else(|| name.clone()), value.clone());
    }
    Value::Object(input)
}
