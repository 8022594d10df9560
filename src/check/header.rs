//! The header of a file against the labels the importer offers, as it matches them, and against the columns
//! the manifest lists. It does not look at rows.

use super::catalog::{Catalog, Cell, Column};
use super::contract::{ColumnSpec, Step};
use super::finding::{Log, Spot};
use super::fuse::{self, Why};
use super::rules::{self, Rule};

/// What each header means to the importer, with findings about those it takes for something else or for nothing.
pub(super) fn resolve<'a>(
    catalog: &'a Catalog,
    object: &str,
    header: &[String],
    step: Option<&Step>,
    line: u64,
    log: &mut Log,
) -> Vec<Option<&'a Column>> {
    let Some(columns) = catalog.columns(object) else { return vec![None; header.len()] };
    let labels: Vec<&str> = columns.iter().map(|column| column.header.as_str()).collect();
    let matches = fuse::match_columns(&labels, header);
    let found: Vec<Option<&Column>> = matches.iter().map(|one| columns.get(one.field?)).collect();
    for (at, (name, matched)) in header.iter().zip(&matches).enumerate() {
        let spot = Spot { row: 0, line, at, column: name };
        match (found.get(at).copied().flatten(), matched.why) {
            (Some(column), why) => inexact(column, why, step, spot, log),
            _ if name.trim().is_empty() => {
                log.add(rules::HEADER_BLANK, spot, name, format!("column {}", at + 1));
            }
            (None, why) => {
                let (rule, detail) = unmatched(catalog, object, &labels, header, why, at);
                log.add(rule, spot, name, detail);
            }
        }
    }
    if let Some(step) = step {
        check_manifest(step, header, &found, line, log);
    }
    found
}

/// A header that is not its label is a guess of the importer's.
fn inexact(column: &Column, why: Why, step: Option<&Step>, spot: Spot<'_>, log: &mut Log) {
    if !matches!(why, Why::Fuzzy(_)) {
        return;
    }
    let name = spot.column;
    let meant = step.and_then(|step| step.columns.iter().find(|declared| declared.header == name));
    let rule = match meant {
        Some(meant) if meant.field != column.field => rules::HEADER_WRONG_FIELD,
        _ => rules::HEADER_INEXACT,
    };
    log.add(rule, spot, name, format!("taken for {:?}", column.header));
}

/// Why a column is not imported.
fn unmatched(
    catalog: &Catalog,
    object: &str,
    labels: &[&str],
    header: &[String],
    why: Why,
    at: usize,
) -> (&'static Rule, String) {
    let name = header.get(at).map(String::as_str).unwrap_or_default();
    let near = fuse::search(labels, name);
    let label = |hit: usize| {
        near.get(hit).and_then(|hit| labels.get(hit.index)).copied().unwrap_or_default()
    };
    match why {
        Why::TakenBy(by) if header.get(by).is_some_and(|taker| taker == name) => {
            (rules::HEADER_DUPLICATE, String::new())
        }
        Why::TakenBy(by) => {
            let by = header.get(by).map(String::as_str).unwrap_or_default();
            (rules::HEADER_TAKEN, format!("{:?} is taken by the column {by:?}", label(0)))
        }
        Why::Ambiguous => (rules::HEADER_AMBIGUOUS, format!("{:?} and {:?}", label(0), label(1))),
        _ if catalog.is_inactive(object, name) => {
            let detail = "the field of this label is switched off in the workspace";
            (rules::HEADER_UNMATCHED, detail.into())
        }
        _ if near.is_empty() => (rules::HEADER_UNMATCHED, format!("no label of {object}")),
        _ => {
            let detail = format!("no label of {object}; the nearest is {:?}", label(0));
            (rules::HEADER_UNMATCHED, detail)
        }
    }
}

/// The manifest's own list of columns against the header and what it means.
fn check_manifest(
    step: &Step,
    header: &[String],
    found: &[Option<&Column>],
    line: u64,
    log: &mut Log,
) {
    let declared: Vec<&str> = step.columns.iter().map(|column| column.header.as_str()).collect();
    if declared != header {
        log.whole(rules::COLUMNS_DIFFER, difference(&declared, header));
        return;
    }
    for (at, (declared, column)) in step.columns.iter().zip(found).enumerate() {
        let Some(column) = column.filter(|column| column.header == declared.header) else {
            continue;
        };
        if let Some(detail) = meaning(declared, column) {
            let spot = Spot { row: 0, line, at, column: &declared.header };
            log.add(rules::COLUMN_MEANING, spot, "", detail);
        }
    }
}

fn difference(declared: &[&str], header: &[String]) -> String {
    let at = declared.iter().zip(header).take_while(|(a, b)| *a == b).count();
    let said = |text: Option<&str>| text.map_or("none".to_owned(), |text| format!("{text:?}"));
    let (a, b) = (said(declared.get(at).copied()), said(header.get(at).map(String::as_str)));
    format!("column {}: {b} in the file, {a} in the manifest", at + 1)
}

fn meaning(declared: &ColumnSpec, column: &Column) -> Option<String> {
    if declared.field != column.field {
        return Some(format!("field {} for {}", declared.field, column.field));
    }
    if declared.kind != column.kind {
        return Some(format!("type {} for {}", declared.kind, column.kind));
    }
    // A composite key of a relation may be named whole or by its field alone.
    let whole = column.sub.as_deref();
    let head = whole.and_then(|sub| sub.split('.').next());
    let said = declared.sub_field.as_deref();
    let wrong = said != whole && (column.target.is_none() || said != head);
    let word = |text: Option<&str>| text.unwrap_or("none").to_owned();
    wrong.then(|| format!("sub-field {} for {}", word(said), word(whole)))
}

/// One key and relations, in a file of an object an earlier step has made: the pass that joins records.
pub(super) fn is_second_pass(columns: &[Option<&Column>]) -> bool {
    let keys = columns.iter().flatten().filter(|column| column.target.is_none() && column.unique);
    let relations = columns.iter().flatten().filter(|column| column.target.is_some()).count();
    relations > 0 && keys.count() == 1 && relations + 1 == columns.len()
}

/// Columns a record is found again by.
pub(super) fn is_key(column: &Column) -> bool {
    column.unique && column.target.is_none() && matches!(column.cell, Cell::Uuid | Cell::Text)
}
