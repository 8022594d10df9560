//! Relations that waited for their other side: set as soon as it is there. It must not send a relation that still leads
//! nowhere.

use crate::error::Result;
use crate::push::client::Refusal;
use crate::push::journal::{RowState, StepKey, Waiting};
use crate::push::progress::Said;
use crate::push::refused;
use crate::push::target::Target;
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
    let data: Vec<Value> = inputs.into_values().map(Value::Object).collect();
    match target.upsert_all(target.object(object)?, &data, "id closeId updatedAt") {
        Ok(answer) => {
            let mut changed = Vec::new();
            for said in &answer {
                let Some(entry) = said["closeId"].as_str().and_then(|id| entries.get(id)) else {
                    continue;
                };
                let updated = said["updatedAt"].as_str().map(str::to_owned);
                changed.push(crate::push::journal::Entry { updated, ..entry.clone() });
            }
            target.journal.note(step, &changed)?;
            target.journal.touch(object, &changed)?;
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
