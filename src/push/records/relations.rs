//! Turns relations from Close ids and e-mail addresses into ids of the target. What leads nowhere is left out of the row
//! and waits. It must not write records.

use crate::error::Result;
use crate::push::journal::Waiting;
use crate::push::refused;
use crate::push::target::{LOOK, Target};
use crate::push::value::{Key, Row};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Sets the ids of the rows' relations; what cannot be set yet is returned.
///
/// # Errors
/// When the server or the journal fails.
pub fn resolve(target: &Target<'_>, rows: &mut [&mut Row]) -> Result<Vec<Waiting>> {
    let mut unknown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows.iter() {
        for reference in &row.relations {
            let Key::CloseId { object, close_id } = &reference.key else { continue };
            if target.journal.id_of(object, close_id)?.is_none() {
                unknown.entry(object.clone()).or_default().insert(close_id.clone());
            }
        }
    }
    for (object, close_ids) in &unknown {
        look(target, object, close_ids)?;
    }
    let mut waiting = Vec::new();
    for row in rows.iter_mut() {
        let Row { close_id, fields, relations, .. } = &mut **row;
        for reference in relations {
            let (found, object, key) = match &reference.key {
                Key::CloseId { object, close_id } => {
                    let id = target.journal.id_of(object, close_id)?;
                    (id.map(|id| id.to_string()), object.as_str(), close_id)
                }
                Key::Member(email) => {
                    (target.members.get(email).cloned(), "workspaceMember", email)
                }
            };
            match found {
                Some(id) => {
                    fields.insert(reference.join_column.clone(), json!(id));
                    reference.id = Some(id);
                }
                None => waiting.push(Waiting {
                    close_id: close_id.clone(),
                    field: reference.join_column.clone(),
                    target: object.to_owned(),
                    key: key.clone(),
                }),
            }
        }
    }
    Ok(waiting)
}

/// Looks in the target for records the bundle does not hold: an earlier bundle may have brought them. Soft-deleted ones do
/// not count, nobody would see the link.
fn look(target: &Target<'_>, object: &str, close_ids: &BTreeSet<String>) -> Result<()> {
    let Some(live) = target.live.object(object).filter(|live| live.field("closeId").is_some())
    else {
        return Ok(());
    };
    let close_ids: Vec<&String> = close_ids.iter().collect();
    for part in close_ids.chunks(LOOK) {
        let filter = json!({ "closeId": { "in": part } });
        let found = target
            .find(live, filter, "id closeId deletedAt")
            .map_err(|e| refused(e, "looking for linked records"))?;
        let known: Vec<(String, Uuid)> = found
            .iter()
            .filter(|record| record["deletedAt"].is_null())
            .filter_map(|record| {
                let id = Uuid::parse_str(record["id"].as_str()?).ok()?;
                Some((record["closeId"].as_str()?.to_owned(), id))
            })
            .collect();
        target.journal.know(object, &known)?;
    }
    Ok(())
}
