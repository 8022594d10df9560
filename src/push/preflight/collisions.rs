//! Records of the workspace that rows of the bundle would meet, counted before anything is written, and owners who are no
//! members yet. It must not keep rows: each window is counted and forgotten.

use crate::bundle::Bundle;
use crate::bundle::manifest::{Manifest, Step, StepColumn};
use crate::error::Result;
use crate::push::live::LiveObject;
use crate::push::records::rows::is_second_pass;
use crate::push::records::{Candidate, Met, Repairs, Rows, meet, step_name};
use crate::push::refused;
use crate::push::target::{LOOK, Target};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What the rows of a step meet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Collisions {
    /// The step.
    pub step: String,
    /// Records of its object in the workspace, soft-deleted ones too.
    pub there: u64,
    /// Rows that meet a record.
    pub existing: u64,
    /// Rows that meet a soft-deleted record: it would be restored.
    pub deleted: u64,
    /// Of both, those whose record carries another Close Id: it would be overwritten.
    pub other_close_id: u64,
    /// Rows that meet several records: they would be rejected.
    pub several: u64,
}

/// Counts what the rows of every step meet; steps whose object has no records are left out.
pub(super) fn ask(
    target: &Target<'_>,
    bundle: &Bundle,
    manifest: &Manifest,
) -> Result<Vec<Collisions>> {
    let mut all = Vec::new();
    for step in manifest.steps.iter().filter(|step| !is_second_pass(step)) {
        let Some(object) = target.live.object(&step.object) else { continue };
        let there = target.count(object).map_err(|e| refused(e, "counting records"))?;
        if there == 0 {
            continue;
        }
        let step_name = step_name(step).to_owned();
        let mut found = Collisions { step: step_name, there, ..Collisions::default() };
        let mut window = Vec::new();
        for candidate in Rows::of(bundle, step, &Repairs::default()) {
            window.push(keys(step, object, &candidate?));
            if window.len() >= LOOK {
                count(target, object, &std::mem::take(&mut window), &mut found)?;
            }
        }
        count(target, object, &window, &mut found)?;
        all.push(found);
    }
    Ok(all)
}

/// The row's keys, as far as the target has the fields: the bundle's own may not be there yet.
fn keys(step: &Step, object: &LiveObject, candidate: &Candidate) -> Value {
    let mut row = Map::new();
    for (column, cell) in step.columns.iter().zip(&candidate.cells) {
        if cell.is_empty() || object.field(&column.field).is_none() {
            continue;
        }
        match &column.sub_field {
            None => row.insert(column.field.clone(), json!(cell)),
            Some(part) => {
                let parts = row.entry(column.field.clone()).or_insert_with(|| json!({}));
                parts[part.as_str()] = json!(cell);
                None
            }
        };
    }
    Value::Object(row)
}

fn count(
    target: &Target<'_>,
    object: &LiveObject,
    rows: &[Value],
    found: &mut Collisions,
) -> Result<()> {
    let close_id = if object.field("closeId").is_some() { "closeId" } else { "" };
    let links = object.fields.iter().filter(|field| field.is_unique);
    let parts: Vec<String> = links
        .filter_map(|field| match field.kind.as_str() {
            "EMAILS" => Some(format!("{} {{ primaryEmail }}", field.name)),
            "LINKS" => Some(format!("{} {{ primaryLinkUrl }}", field.name)),
            "TEXT" if field.name != "closeId" => Some(field.name.clone()),
            _ => None,
        })
        .collect();
    let selection = format!("id deletedAt {close_id} {}", parts.join(" "));
    let met = meet(target, object, &selection, rows)
        .map_err(|e| refused(e, "looking for records that are there already"))?;
    for (row, met) in rows.iter().zip(met) {
        match met {
            Met::Nobody => {}
            Met::Many(_) => found.several += 1,
            Met::One(record) => {
                if record["deletedAt"].is_null() {
                    found.existing += 1;
                } else {
                    found.deleted += 1;
                }
                let theirs = record["closeId"].as_str().unwrap_or_default();
                if !theirs.is_empty() && row["closeId"] != theirs {
                    found.other_close_id += 1;
                }
            }
        }
    }
    Ok(())
}

/// Addresses in the bundle's owner columns that belong to no member.
pub(super) fn missing_members(
    target: &Target<'_>,
    bundle: &Bundle,
    manifest: &Manifest,
) -> Result<Vec<String>> {
    let names = |column: &StepColumn| column.sub_field.as_deref() == Some("userEmail");
    let mut missing = BTreeSet::new();
    for step in &manifest.steps {
        let columns: Vec<usize> = (0..)
            .zip(&step.columns)
            .filter(|(_, column)| names(column))
            .map(|(at, _)| at)
            .collect();
        if columns.is_empty() {
            continue;
        }
        for candidate in Rows::of(bundle, step, &Repairs::default()) {
            let cells = candidate?.cells;
            for cell in
                columns.iter().filter_map(|at| cells.get(*at)).filter(|cell| !cell.is_empty())
            {
                let email = cell.to_lowercase();
                if !target.members.contains_key(&email) {
                    missing.insert(email);
                }
            }
        }
    }
    Ok(missing.into_iter().collect())
}
