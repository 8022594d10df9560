//! Rows of a record, rows that name it, and ids like it. It must not hold more than the story.

use super::rules::Ledger;
use super::{Cell, Naming, Row, Story, TOLD};
use crate::bundle::Bundle;
use crate::bundle::manifest::{Manifest, Step, StepColumn};
use crate::error::{Error, Result};
use csv::ByteRecord;

/// Ids that are suggested.
const NEAR: usize = 3;
/// Ids less alike than this are no suggestion.
const ALIKE: f64 = 0.85;

/// Walks through a CSV file of the bundle.
pub(super) fn each(
    bundle: &Bundle,
    path: &str,
    mut look: impl FnMut(u64, &ByteRecord, &ByteRecord),
) -> Result<()> {
    let wrong = |e: csv::Error| Error {
        source: Some(Box::new(e)),
        ..Error::failed("C2T-E345", "the file cannot be read as CSV")
            .at(bundle.path(path))
            .fix("take the bundle as it was written")
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bundle.read(path)?);
    let header = reader.byte_headers().map_err(wrong)?.clone();
    let mut row = ByteRecord::new();
    let mut number = 0;
    while reader.read_byte_record(&mut row).map_err(wrong)? {
        number += 1;
        look(number, &header, &row);
    }
    Ok(())
}

/// A column that holds Close ids of other records.
fn is_link(column: &StepColumn) -> bool {
    column.sub_field.as_deref() == Some("closeId")
}

/// Finds the record's rows, and the rows that name it.
pub(super) fn read(
    bundle: &Bundle,
    manifest: &Manifest,
    ledger: &Ledger,
    story: &mut Story,
) -> Result<()> {
    for step in &manifest.steps {
        let own = step.columns.iter().position(|column| column.field == "closeId");
        let links: Vec<(usize, &StepColumn)> =
            step.columns.iter().enumerate().filter(|(_, column)| is_link(column)).collect();
        let mut names: Vec<Naming> = Vec::new();
        for file in &step.files {
            let id = story.id.clone();
            let mut found = Vec::new();
            each(bundle, &file.path, |number, _, row| {
                let cell = |at: usize| row.get(at).unwrap_or_default();
                let close_id = own.map(cell).unwrap_or_default();
                // A record may make a second row, as an opportunity does of its note: `oppo_1#note`.
                let rest = close_id.strip_prefix(id.as_bytes());
                if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"#")) {
                    found.push((number, row.clone()));
                }
                for (at, column) in &links {
                    if cell(*at) == id.as_bytes() {
                        name(&mut names, step, column, close_id);
                    }
                }
            })?;
            for (number, row) in found.into_iter().take(TOLD) {
                let row = told(manifest, ledger, step, &row, (&file.path, number));
                story.rows.push(row);
            }
        }
        story.named_by.extend(names);
    }
    Ok(())
}

fn name(names: &mut Vec<Naming>, step: &Step, column: &StepColumn, close_id: &[u8]) {
    let at = names.iter().position(|one| one.header == column.header);
    let at = at.unwrap_or_else(|| {
        let (object, header) = (step.object.clone(), column.header.clone());
        names.push(Naming { object, header, ..Naming::default() });
        names.len() - 1
    });
    if let Some(one) = names.get_mut(at) {
        one.count += 1;
        if one.close_ids.len() < TOLD {
            one.close_ids.push(String::from_utf8_lossy(close_id).into_owned());
        }
    }
}

fn told(
    manifest: &Manifest,
    ledger: &Ledger,
    step: &Step,
    row: &ByteRecord,
    (file, number): (&str, u64),
) -> Row {
    let text = |at: usize| String::from_utf8_lossy(row.get(at).unwrap_or_default()).into_owned();
    let cell = |field: &str| step.columns.iter().position(|column| column.field == field).map(text);
    let own = own_type(&cell("closeId").unwrap_or_default())
        .map(str::to_owned)
        .or_else(|| cell("activityType").map(|sort| sort.to_lowercase()));
    let specs = || manifest.schema.fields.iter().filter(|field| field.object == step.object);
    let cells = step.columns.iter().enumerate().filter_map(|(at, column)| {
        let value = text(at);
        if value.is_empty() {
            return None;
        }
        let spec = specs().find(|field| field.name == column.field);
        let why = spec.map(|field| field.why.clone()).filter(|why| !why.is_empty());
        let from = ledger.sources(&step.object, &column.field, own.as_deref());
        let (header, field, link) = (column.header.clone(), column.field.clone(), is_link(column));
        Some(Cell { header, field, value, link, from, why })
    });
    let cells = cells.collect();
    let first = manifest.steps.iter().find(|other| other.object == step.object);
    let second_pass = first.is_some_and(|first| first.order < step.order);
    Row { object: step.object.clone(), file: file.to_owned(), row: number, second_pass, cells }
}

/// The Close type an id tells of; activities share one prefix.
fn own_type(id: &str) -> Option<&'static str> {
    match id.split('_').next()? {
        "lead" => Some("lead"),
        "cont" => Some("contact"),
        "oppo" => Some("opportunity"),
        "task" => Some("task"),
        _ => None,
    }
}

/// Steps that remember a row of this id.
pub(super) fn remembered(bundle: &Bundle, manifest: &Manifest, id: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for state in &manifest.state {
        let mut there = false;
        each(bundle, &state.path, |_, _, row| there |= row.get(0) == Some(id.as_bytes()))?;
        if there {
            found.push(state.step.clone());
        }
    }
    Ok(found)
}

/// Ids of rows that are most like this one, the nearest first.
pub(super) fn near(bundle: &Bundle, manifest: &Manifest, id: &str) -> Result<Vec<String>> {
    let mut near: Vec<(f64, String)> = Vec::new();
    for state in &manifest.state {
        each(bundle, &state.path, |_, _, row| {
            let other = String::from_utf8_lossy(row.get(0).unwrap_or_default());
            let begins = !id.is_empty() && other.starts_with(id) && id.contains('_');
            let alike = if begins { 1.0 } else { strsim::normalized_levenshtein(id, &other) };
            let least = near.last().filter(|_| near.len() >= NEAR).map_or(ALIKE, |last| last.0);
            let known = near.iter().any(|(_, one)| *one == other);
            if alike >= ALIKE && (near.len() < NEAR || alike > least) && !known {
                near.push((alike, other.into_owned()));
                near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
                near.truncate(NEAR);
            }
        })?;
    }
    Ok(near.into_iter().map(|(_, id)| id).collect())
}
