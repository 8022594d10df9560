//! Writes: create, upsert, update, delete, destroy, restore (`twenty-api.md §3, §8`,
//! `twenty-observed.md` E4, E6, E8). Rules of single values live in `values`.

use super::failure::Failure;
use super::filters;
use super::input::{self, Given};
use super::permissions::Caller;
use super::state::{Object, Row, Slot, State};
use super::values::{empty, holds_nul};
use super::{timeline, unique, uploads, workflows};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// `createPeople(data, upsert)`: the ids, one for each record met.
pub fn create(
    state: &mut State,
    object: &Object,
    data: &[Value],
    upsert: bool,
    caller: &Caller,
) -> Result<Vec<String>, Failure> {
    let max = state.settings.batch_maximum;
    if data.len() > max {
        let verb = if upsert { "upsert" } else { "create" };
        let message = format!("Maximum number of records to {verb} is {max}.");
        return Err(Failure::input(message, None).sub("TOO_MANY_RECORDS_TO_UPDATE"));
    }
    workflows::guard_create(object)?;
    input::same_keys(object, data)?;
    let mut given = Vec::with_capacity(data.len());
    for one in data {
        given.push(input::read(state, object, one, None, caller)?);
    }
    uploads::check(state, object, &given)?;
    if upsert {
        upsert_all(state, object, data, given, caller)
    } else {
        insert_all(state, object, given, caller, false)
    }
}

/// Updates what matches, one after the other, then inserts the rest at once. What was updated
/// stays so when the insert fails.
fn upsert_all(
    state: &mut State,
    object: &Object,
    data: &[Value],
    given: Vec<Given>,
    caller: &Caller,
) -> Result<Vec<String>, Failure> {
    unique::refresh(state);
    let mut met = Vec::with_capacity(given.len());
    for one in &given {
        met.push(existing(state, object, one)?);
    }
    let mut fresh = Vec::new();
    let mut order: Vec<Option<String>> = Vec::new();
    for ((one, found), data) in given.into_iter().zip(met).zip(data) {
        let Some(id) = found else {
            order.push(None);
            fresh.push(one);
            continue;
        };
        // The existing id wins; a soft-deleted record comes back.
        let mut values = reread(state, object, &id, data, caller)?.values;
        for key in ["id", "createdBy"] {
            values.remove(key);
        }
        values.entry("deletedAt").or_insert(Value::Null);
        change(state, object, &id, values, caller)?;
        order.push(Some(id));
    }
    let mut inserted = insert_all(state, object, fresh, caller, true)?.into_iter();
    let mut ids: Vec<String> = Vec::new();
    for id in order {
        if let Some(id) = id.or_else(|| inserted.next())
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The same input once more, now against the record it falls on (parts of composites).
fn reread(
    state: &State,
    object: &Object,
    id: &str,
    data: &Value,
    caller: &Caller,
) -> Result<Given, Failure> {
    let before = state.row(object.name(), id).cloned();
    input::read(state, object, data, before.as_ref(), caller)
}

/// The record that one of the keys meets, soft-deleted ones included.
fn existing(state: &State, object: &Object, given: &Given) -> Result<Option<String>, Failure> {
    let table = state.table(object.name());
    let mut met: Vec<(String, String)> = Vec::new();
    if let Some(id) = given.id.as_deref().filter(|id| table.contains_key(*id)) {
        met.push((id.to_owned(), format!("id (id: {id})")));
    }
    for (name, parts) in unique::keys(object, &given.values) {
        if let Some(id) = unique::holder(state, object, &name, &parts) {
            let told: Vec<String> = parts
                .iter()
                .map(|(part, value)| format!("{part}: {}", value.as_str().unwrap_or_default()))
                .collect();
            met.push((id, format!("{name} ({})", told.join(", "))));
        }
    }
    if met.iter().any(|(id, _)| *id != met[0].0) {
        let told: Vec<&str> = met.iter().map(|(_, told)| told.as_str()).collect();
        let message = format!(
            "Multiple records found with the same unique field values for {}. Cannot determine \
             which record to update.",
            told.join("; ")
        );
        return Err(Failure::input(message, None).sub("UPSERT_MULTIPLE_MATCHING_RECORDS_CONFLICT"));
    }
    Ok(met.into_iter().next().map(|(id, _)| id))
}

/// One insert: all or nothing.
fn insert_all(
    state: &mut State,
    object: &Object,
    given: Vec<Given>,
    caller: &Caller,
    upsert: bool,
) -> Result<Vec<String>, Failure> {
    unique::refresh(state);
    let mut rows: Vec<Row> = Vec::with_capacity(given.len());
    let mut batch = BTreeSet::new();
    let lowest = lowest_position(state, object);
    for (index, one) in given.into_iter().enumerate() {
        let row = whole_row(
            state,
            object,
            one.values,
            caller,
            lowest.map_or(0, |p| p - 1) - index as i64,
        );
        check_duplicate(state, object, &row, &mut batch, upsert)?;
        rows.push(row);
    }
    for row in &rows {
        check_row(state, object, row, row)?;
    }
    if let Some(quota) = state.settings.quota
        && state.created + rows.len() > quota
    {
        return Err(Failure::new("Workspace record limit reached", "QUOTA_EXHAUSTED"));
    }
    state.created += rows.len();
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row["id"].as_str().unwrap_or_default().to_owned();
        uploads::attach(state, object, &row);
        unique::store(state, object, &id, row);
        ids.push(id);
    }
    timeline::created(state, object, &ids);
    workflows::created(state, object, &ids);
    Ok(ids)
}

fn lowest_position(state: &State, object: &Object) -> Option<i64> {
    let rows = state.table(object.name()).values();
    rows.filter_map(|row| row.get("position")?.as_f64()).map(|p| p.floor() as i64).min()
}

/// The row with everything that was not given.
fn whole_row(
    state: &mut State,
    object: &Object,
    mut given: Row,
    caller: &Caller,
    first: i64,
) -> Row {
    let mut row = Row::new();
    let now = state.now();
    for slot in object.slots() {
        let (key, bare) = match &slot {
            Slot::Plain(field) => (field.name().to_owned(), empty(field)),
            Slot::Join { column, .. } => (column.clone(), Value::Null),
            Slot::Reverse { .. } => continue,
        };
        let value = match (key.as_str(), given.remove(&key)) {
            ("id", None | Some(Value::Null)) => json!(state.fresh_id()),
            ("createdAt" | "updatedAt", None | Some(Value::Null)) | ("happensAt", None) => {
                json!(now)
            }
            ("createdBy", None) | ("updatedBy", _) => caller.actor(),
            ("position", given) => position(given, first),
            (_, Some(value)) => value,
            (_, None) => bare,
        };
        row.insert(key, value);
    }
    row
}

fn position(given: Option<Value>, first: i64) -> Value {
    match given {
        Some(Value::Number(number)) => Value::Number(number),
        _ => json!(first),
    }
}

/// Unique values, against what is stored and against the batch itself.
fn check_duplicate(
    state: &State,
    object: &Object,
    row: &Row,
    batch: &mut BTreeSet<String>,
    upsert: bool,
) -> Result<(), Failure> {
    let id = row["id"].as_str().unwrap_or_default();
    if state.row(object.name(), id).is_some() || !batch.insert(id.to_owned()) {
        return Err(Failure::same_record());
    }
    for (name, parts) in unique::keys(object, row) {
        let twice = !batch.insert(unique::written(&name, &parts));
        if twice {
            return Err(Failure::same_record());
        }
        let Some(other) = unique::holder(state, object, &name, &parts) else { continue };
        if upsert || state.live_row(object.name(), &other).is_none() {
            return Err(Failure::same_record());
        }
        let label = object.field(&name).map_or("", |field| field.text("label")).to_owned();
        return Err(Failure::duplicate(&format!(
            "This {label} value is already in use. Please check your data and try again."
        ))
        .with("conflictingRecordId", other)
        .with("conflictingObjectNameSingular", object.name()));
    }
    Ok(())
}

/// What the database checks of the values that are written.
fn check_row(state: &State, object: &Object, row: &Row, written: &Row) -> Result<(), Failure> {
    if written.values().any(holds_nul) {
        return Err(Failure::database());
    }
    for slot in object.slots() {
        if let Slot::Join { column, target, .. } = &slot
            && let Some(id) = row.get(column).and_then(Value::as_str)
            && state.row(target, id).is_none()
        {
            return Err(Failure::foreign_key(object.name(), column));
        }
    }
    Ok(())
}

/// Changes one record; `updatedAt` moves unless it is given.
fn change(
    state: &mut State,
    object: &Object,
    id: &str,
    mut values: Row,
    caller: &Caller,
) -> Result<(), Failure> {
    unique::refresh(state);
    let before = state.row(object.name(), id).cloned().ok_or_else(Failure::not_found)?;
    if !matches!(values.get("position"), Some(Value::Number(_))) {
        values.remove("position");
    }
    let mut after = before.clone();
    after.extend(values.clone());
    check_row(state, object, &after, &values)?;
    for (name, parts) in unique::keys(object, &after) {
        if unique::holder(state, object, &name, &parts).is_some_and(|other| other != id) {
            return Err(Failure::same_record());
        }
    }
    if !values.contains_key("updatedAt") || values["updatedAt"].is_null() {
        after.insert("updatedAt".into(), json!(state.now()));
    }
    after.insert("updatedBy".into(), caller.actor());
    uploads::attach(state, object, &after);
    unique::store(state, object, id, after);
    timeline::updated(state, object, id, &before);
    workflows::updated(state, object, id, &before);
    Ok(())
}

/// `updatePerson(id, data)`.
pub fn update_one(
    state: &mut State,
    object: &Object,
    id: &str,
    data: &Value,
    caller: &Caller,
) -> Result<(), Failure> {
    workflows::guard_update(object, data)?;
    if state.live_row(object.name(), id).is_none() {
        return Err(Failure::not_found());
    }
    let mut given = reread(state, object, id, data, caller)?;
    given.values.remove("createdBy");
    uploads::check(state, object, std::slice::from_ref(&given))?;
    change(state, object, id, given.values, caller)
}

/// `updatePeople(filter, data)`.
pub fn update_many(
    state: &mut State,
    object: &Object,
    filter: &Value,
    data: &Value,
    caller: &Caller,
) -> Result<Vec<String>, Failure> {
    let found = filters::find(state, object, filter)?;
    let max = state.settings.batch_maximum;
    if found.len() > max {
        let message = format!("Maximum number of records to update is {max}.");
        return Err(Failure::input(message, None).sub("TOO_MANY_RECORDS_TO_UPDATE"));
    }
    for id in &found {
        update_one(state, object, id, data, caller)?;
    }
    Ok(found)
}

/// Soft delete, and its opposite. A task or note takes its targets along.
pub fn set_deleted(state: &mut State, object: &Object, ids: &[String], deleted: bool) {
    let now = state.now();
    for id in ids {
        let stamp = if deleted { json!(now) } else { Value::Null };
        if let Some(row) = state.table_mut(object.name()).get_mut(id) {
            row.insert("deletedAt".into(), stamp.clone());
            row.insert("updatedAt".into(), json!(now));
        }
        let targets = match object.name() {
            "task" => Some(("taskTarget", "taskId")),
            "note" => Some(("noteTarget", "noteId")),
            _ => None,
        };
        if let Some((table, column)) = targets {
            for row in state.table_mut(table).values_mut() {
                if row.get(column).and_then(Value::as_str) == Some(id) {
                    row.insert("deletedAt".into(), stamp.clone());
                }
            }
        }
    }
}

/// For good. Those who point here lose their pointer, or go too (`twenty-api.md §8`).
pub fn destroy(state: &mut State, object: &Object, ids: &[String]) {
    if object.name() == "attachment" {
        // Of many attachments only the first one's file goes (`twenty-observed.md` E6).
        ids.iter().take(1).for_each(|id| uploads::remove_files(state, id));
    }
    let gone: BTreeSet<String> = ids.iter().cloned().collect();
    forget(state, object.name(), &gone);
}

fn forget(state: &mut State, target: &str, gone: &BTreeSet<String>) {
    state.table_mut(target).retain(|id, _| !gone.contains(id));
    let columns: Vec<(String, String, bool)> = state
        .objects
        .iter()
        .flat_map(|object| {
            object.slots().into_iter().filter_map(move |slot| match slot {
                Slot::Join { field, column, target: to, .. } if to == target => {
                    let cascades = cascades(object.name(), &column, field.setting("onDelete"));
                    Some((object.name().to_owned(), column, cascades))
                }
                _ => None,
            })
        })
        .collect();
    for (object, column, cascades) in columns {
        let mut along = BTreeSet::new();
        for (id, row) in state.table_mut(&object) {
            if row.get(&column).and_then(Value::as_str).is_none_or(|to| !gone.contains(to)) {
                continue;
            }
            if cascades {
                along.insert(id.clone());
            } else {
                row.insert(column.clone(), Value::Null);
            }
        }
        if !along.is_empty() {
            forget(state, &object, &along);
        }
    }
}

/// Does the row go with what it points at? Morph columns have one setting for all, but behave
/// differently, as was observed.
fn cascades(object: &str, column: &str, setting: &str) -> bool {
    match (object, column) {
        (
            "attachment" | "taskTarget" | "noteTarget",
            "targetPersonId" | "targetCompanyId" | "targetOpportunityId",
        )
        | ("timelineActivity", "targetPersonId" | "targetCompanyId") => true,
        ("attachment" | "taskTarget" | "noteTarget" | "timelineActivity", column)
            if column.starts_with("target") =>
        {
            false
        }
        _ => setting == "CASCADE",
    }
}
