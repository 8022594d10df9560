//! Headers against the labels the importer offers (`twenty-importer.md §2`), and the manifest's
//! own list of columns against both. Does not look at data cells, except for empty keys.

use std::collections::{HashMap, HashSet};

use super::catalog::{Catalog, Cell, Column};
use super::{Log, Sheet};

/// What each header means: the one column whose label equals it exactly. Where two labels are
/// equal but for case the importer matches neither, so nor does this.
pub fn resolve<'a>(
    catalog: &'a Catalog,
    object: &str,
    header: &[String],
) -> Vec<Option<&'a Column>> {
    let columns = catalog.columns(object).unwrap_or_default();
    let counts = counts(columns);
    let offered: HashMap<&str, &Column> = columns
        .iter()
        .filter(|column| counts.get(&column.header.to_lowercase()) == Some(&1))
        .map(|column| (column.header.as_str(), column))
        .collect();
    header.iter().map(|name| offered.get(name.as_str()).copied()).collect()
}

/// How many columns carry a label, case aside.
fn counts(columns: &[Column]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for column in columns {
        *counts.entry(column.header.to_lowercase()).or_default() += 1;
    }
    counts
}

/// Only the key `Close Id` and relations: the pass that joins records made before.
pub fn is_second_pass(columns: &[Option<&Column>]) -> bool {
    let key = |c: &&Column| c.target.is_none() && c.field == "closeId";
    let relations = columns.iter().flatten().filter(|c| c.target.is_some()).count();
    relations > 0 && relations + 1 == columns.len() && columns.iter().flatten().any(key)
}

pub fn check(catalog: &Catalog, sheet: &Sheet<'_>, log: &mut Log) {
    let Some(columns) = catalog.columns(&sheet.step.object) else { return };
    let counts = counts(columns);
    let mut seen = HashSet::new();
    for (name, column) in sheet.header.iter().zip(&sheet.columns) {
        let at = (sheet.path, 0, name.as_str());
        let folded = name.to_lowercase();
        if !seen.insert(folded.clone()) {
            log.add(at, "header-duplicate", "the second one stays unmatched");
        }
        match column {
            None if counts.get(&folded).is_some_and(|count| *count > 1) => {
                log.add(at, "header-ambiguous", "two fields carry this label: neither is matched");
            }
            None => {
                log.add(at, "header-unknown", format!("no label of {}", sheet.step.object));
            }
            Some(column) if column.cell == Cell::CountryCode => {
                let detail = "a country that differs from the inferred one aborts the batch";
                log.add(at, "phone-country-column", detail);
            }
            Some(_) => {}
        }
    }
    check_manifest_columns(sheet, log);
    check_keys(sheet, log);
}

fn check_manifest_columns(sheet: &Sheet<'_>, log: &mut Log) {
    let declared: Vec<&str> = sheet.step.columns.iter().map(|c| c.header.as_str()).collect();
    if declared != sheet.header {
        let detail = format!("manifest {declared:?}, file {:?}", sheet.header);
        log.add((sheet.path, 0, ""), "columns-differ", detail);
        return;
    }
    for (declared, column) in sheet.step.columns.iter().zip(&sheet.columns) {
        let Some(column) = column else { continue };
        let at = (sheet.path, 0, declared.header.as_str());
        if declared.field != column.field {
            log.add(at, "column-field", format!("{} for {}", declared.field, column.field));
        }
        if declared.kind != column.kind {
            log.add(at, "column-type", format!("{} for {}", declared.kind, column.kind));
        }
        // A composite key of a relation may be named whole or by its field alone.
        let whole = column.sub.as_deref();
        let head = whole.and_then(|sub| sub.split('.').next());
        let sub = declared.sub_field.as_deref();
        if sub != whole && (column.target.is_none() || sub != head) {
            log.add(at, "column-sub-field", format!("{sub:?} for {whole:?}"));
        }
    }
}

/// A record that can be found again has an id or a unique text key, else a re-import doubles it.
fn check_keys(sheet: &Sheet<'_>, log: &mut Log) {
    let is_key = |c: &Column| c.unique && matches!(c.cell, Cell::Uuid | Cell::Text);
    let keys: Vec<usize> = sheet.columns_where(is_key).map(|(at, _)| at).collect();
    if keys.is_empty() {
        log.add((sheet.path, 0, ""), "key-missing", "neither Id nor a unique text field");
        return;
    }
    for (row, cells) in sheet.rows.iter().enumerate() {
        if keys.iter().all(|at| cells.get(*at).is_none_or(String::is_empty)) {
            log.add((sheet.path, row + 1, ""), "key-empty", "the record has no key");
        }
    }
}
