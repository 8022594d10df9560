//! Relations that waited for their other side: set as soon as it is there. It must not send a relation that still leads
//! nowhere.

use super::input;
use crate::error::Result;
use crate::push::client::Refusal;
use crate::push::journal::{Entry, RowState, StepKey, Waiting};
use crate::push::progress::Said;
use crate::push::refused;
use crate::push::target::Target;
use hashbrown::HashMap;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Waiting relations looked at together.
const PAGE: usize = 200;

/// Sets every relation whose other side has come.
///
/// # Errors
/// When the server or the journal fails.
pub(super) fn complete(target: &Target<'_>) -> Result<()> {
    for (step, name, object) in target.journal.steps()? {
        // Links of tasks and notes are records of their own: the targets phase sees to them.
        if name.contains('/') {
            continue;
        }
        let mut last = (String::new(), String::new());
        loop {
            let page = target.journal.waiting(step, (&last.0, &last.1), PAGE)?;
            let Some(end) = page.last() else { break };
            last = (end.close_id.clone(), end.field.clone());
            one_page(target, step, &object, &page)?;
        }
    }
    Ok(())
}

fn one_page(target: &Target<'_>, step: StepKey, object: &str, page: &[Waiting]) -> Result<()> {
    let entries = target.journal.entries(step, page.iter().map(|one| one.close_id.as_str()))?;
    let mut inputs: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut done = Vec::new();
    for one in page {
        let Some(entry) = entries.get(&one.close_id).filter(|entry| entry.state.is_there()) else {
            continue;
        };
        let id = match one.target.as_str() {
            "workspaceMember" => target.members.get(&one.key).cloned(),
            other => target.journal.id_of(other, &one.key)?.map(|id| id.to_string()),
        };
        let Some(id) = id else { continue };
        let input = inputs.entry(&one.close_id).or_default();
        input.insert("id".to_owned(), json!(entry.id.to_string()));
        input.insert("closeId".to_owned(), json!(one.close_id));
        if let Some(updated) = entry.updated.as_ref().filter(|_| entry.state == RowState::Created) {
            input.insert("updatedAt".to_owned(), json!(updated));
        }
        input.insert(one.field.clone(), json!(id));
        done.push(one.clone());
    }
    if done.is_empty() {
        return Ok(());
    }
    remember(target, step, object, &entries, &inputs)?;
    let entries = target.journal.entries(step, page.iter().map(|one| one.close_id.as_str()))?;
    let data: Vec<Value> = inputs.into_values().map(Value::Object).collect();
    match target.upsert_all(target.object(object)?, &data, "id closeId updatedAt") {
        Ok(answer) => {
            let mut changed = Vec::new();
            for said in &answer {
                let Some(entry) = said["closeId"].as_str().and_then(|id| entries.get(id)) else {
                    continue;
                };
                let updated = said["updatedAt"].as_str().map(str::to_owned);
                changed.push(Entry { updated, ..entry.clone() });
            }
            target.journal.note(step, &changed)?;
            target.journal.touch(object, &changed)?;
            target.count_written(done.len() as u64);
            target.journal.waited(step, &done)
        }
        Err(Refusal::Data(fault)) => {
            let text = format!("links of {object} still wait: {}", fault.message);
            target.listener.hear(&Said::Note { code: "C2T-E347", text });
            Ok(())
        }
        Err(refusal) => Err(refused(refusal, "setting links that waited")),
    }
}

/// Notes what records that were there before the push say now: a rollback puts it back.
fn remember(
    target: &Target<'_>,
    step: StepKey,
    object: &str,
    entries: &HashMap<String, Entry>,
    inputs: &BTreeMap<&str, Map<String, Value>>,
) -> Result<()> {
    let older: Vec<&Entry> = inputs
        .keys()
        .filter_map(|close_id| entries.get(*close_id))
        .filter(|entry| entry.state != RowState::Created)
        .collect();
    if older.is_empty() {
        return Ok(());
    }
    let mut columns: Vec<&str> =
        inputs.values().flat_map(|input| input.keys()).map(String::as_str).collect();
    columns.extend(["id", "closeId", "updatedAt", "deletedAt"]);
    columns.sort_unstable();
    columns.dedup();
    let ids: Vec<String> = older.iter().map(|entry| entry.id.to_string()).collect();
    let found = target
        .find(target.object(object)?, json!({ "id": { "in": ids } }), &columns.join(" "))
        .map_err(|e| refused(e, "setting links that waited"))?;
    let mut noted = Vec::new();
    for entry in older {
        let id = entry.id.to_string();
        let Some(Value::Object(mut now)) =
            found.iter().find(|record| record["id"] == id.as_str()).cloned()
        else {
            continue;
        };
        now.remove("id");
        let before = input::merged(entry.before.as_ref(), Value::Object(now));
        noted.push(Entry { state: RowState::Updated, before: Some(before), ..entry.clone() });
    }
    target.journal.note(step, &noted)
}
