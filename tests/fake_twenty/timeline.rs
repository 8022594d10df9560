//! What the worker writes into the timeline, after the fact (`twenty-observed.md` E4 Timeline).
//! Rows of soft-deleted and restored records were not observed and are not written.

use super::state::{Object, Row, State, capitalised};
use serde_json::{Map, Value, json};

/// A row to be written later.
#[derive(Clone, Debug)]
pub struct Job {
    pub object: String,
    pub row: Map<String, Value>,
}

/// Rows about new records, and about links to them.
pub fn created(state: &mut State, object: &Object, ids: &[String]) {
    for id in ids {
        match object.name() {
            "taskTarget" => linked(state, "task", "taskTarget", id),
            "noteTarget" => linked(state, "note", "noteTarget", id),
            _ => told(state, object, id, "created", json!({})),
        }
    }
}

/// A row about changed values; none when nothing changed.
pub fn updated(state: &mut State, object: &Object, id: &str, before: &Row) {
    let Some(after) = state.row(object.name(), id) else { return };
    let mut diff = Map::new();
    for (key, value) in after {
        let silent = matches!(
            key.as_str(),
            "updatedAt" | "updatedBy" | "createdAt" | "searchVector" | "position" | "deletedAt"
        );
        let old = before.get(key).unwrap_or(&Value::Null);
        if !silent && old != value {
            diff.insert(key.clone(), json!({"before": old, "after": value}));
        }
    }
    if !diff.is_empty() {
        told(state, object, id, "updated", json!({"diff": diff}));
    }
}

fn told(state: &mut State, object: &Object, id: &str, what: &str, properties: Value) {
    let column = format!("target{}Id", capitalised(object.name()));
    let column = if state.settings.old_shape { format!("{}Id", object.name()) } else { column };
    if object.is_system() || !has_column(state, &column) {
        return;
    }
    let mut row = Map::new();
    row.insert("name".into(), json!(format!("{}.{what}", object.name())));
    row.insert(column, json!(id));
    row.insert("properties".into(), properties);
    later(state, "timelineActivity", row);
}

fn has_column(state: &State, column: &str) -> bool {
    state
        .object("timelineActivity")
        .is_some_and(|timeline| timeline.columns().iter().any(|known| known == column))
}

/// A link of a task or note shows on what it is linked to.
fn linked(state: &mut State, what: &str, target: &str, id: &str) {
    let Some(link) = state.row(target, id) else { return };
    let record_id = link.get(&format!("{what}Id")).cloned().unwrap_or_default();
    let Some(record) = state.row(what, record_id.as_str().unwrap_or_default()) else { return };
    let to = link.iter().find(|(key, value)| {
        key.ends_with("Id") && **key != format!("{what}Id") && value.is_string()
    });
    let Some((column, linked_to)) = to else { return };
    let mut row = Map::new();
    row.insert("name".into(), json!(format!("linked-{what}.created")));
    row.insert(column.clone(), linked_to.clone());
    row.insert("linkedRecordCachedName".into(), record["title"].clone());
    row.insert("linkedRecordId".into(), record_id);
    row.insert("linkedObjectMetadataId".into(), json!(state.object(what).map(Object::id)));
    row.insert("properties".into(), json!({}));
    later(state, "timelineActivity", row);
}

/// Puts a row down for the worker.
pub fn later(state: &mut State, object: &str, row: Map<String, Value>) {
    // This request is the next one in the books; the one after it is the first that may see it.
    let due = state.calls.len() + 2 + state.settings.worker_delay;
    state.pending.push((due, Job { object: object.to_owned(), row }));
}

/// The worker: writes what is due by this request.
pub fn work(state: &mut State) {
    let now = state.calls.len() + 1;
    let (due, rest) =
        std::mem::take(&mut state.pending).into_iter().partition(|(at, _)| *at <= now);
    state.pending = rest;
    let due: Vec<(usize, Job)> = due;
    let mut object: Option<Object> = None;
    for (_, job) in due {
        if object.as_ref().is_none_or(|known| known.name() != job.object) {
            object = state.object(&job.object).cloned();
        }
        if let Some(object) = &object {
            add(state, object, job.row);
        }
    }
}

/// A row by the server itself: author System, happening now.
pub fn add(state: &mut State, object: &Object, mut given: Map<String, Value>) {
    let now = state.now();
    let system = json!({"source": "MANUAL", "name": "System", "workspaceMemberId": null,
        "context": null});
    let mut row = Row::new();
    for slot in object.slots() {
        let (key, bare) = match &slot {
            super::state::Slot::Plain(field) => {
                (field.name().to_owned(), super::values::empty(field))
            }
            super::state::Slot::Join { column, .. } => (column.clone(), Value::Null),
            super::state::Slot::Reverse { .. } => continue,
        };
        let value = match (key.as_str(), given.remove(&key)) {
            (_, Some(value)) => value,
            ("id", None) => json!(state.fresh_id()),
            ("createdAt" | "updatedAt" | "happensAt", None) => json!(now),
            ("createdBy" | "updatedBy", None) => system.clone(),
            ("position", None) => json!(0),
            (_, None) => bare,
        };
        row.insert(key, value);
    }
    // A target destroyed meanwhile is pointed at no more.
    let dangling: Vec<String> = object
        .slots()
        .iter()
        .filter_map(|slot| match slot {
            super::state::Slot::Join { column, target, .. } => {
                let id = row.get(column)?.as_str()?;
                state.row(target, id).is_none().then(|| column.clone())
            }
            _ => None,
        })
        .collect();
    for column in dangling {
        row.insert(column, Value::Null);
    }
    let id = row["id"].as_str().unwrap_or_default().to_owned();
    state.table_mut(object.name()).insert(id, row);
}
