//! Relations: one key per relation and file, each reference to a record that an earlier step made
//! (`twenty-importer.md §4.3`). A reference that finds nothing aborts the rest of an import.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::catalog::{Cell, Column};
use super::manifest::Manifest;
use super::{Log, Sheet, url};

/// Where a key's record is made.
struct Home<'a> {
    order: u64,
    path: &'a str,
}

/// (object, key field, key) → the first step that makes the record.
type Index<'a> = HashMap<(String, String, String), Home<'a>>;

pub fn check(sheets: &[Sheet<'_>], manifest: &Manifest, log: &mut Log) {
    let index = index(sheets);
    let reachable = reachable(manifest);
    for sheet in sheets {
        one_key(sheet, log);
        if sheet.second_pass {
            second_pass(sheet, &index, log);
        }
        let mut steps = BTreeSet::new();
        for (at, column) in sheet.columns_where(|column| column.target.is_some()) {
            references(sheet, at, column, &index, &mut steps, log);
        }
        let known = reachable.get(&sheet.step.order);
        for step in steps {
            if !known.is_some_and(|known| known.contains(&step)) {
                let detail = format!("refers to records of step {step}");
                log.add((sheet.path, 0, ""), "step-depends-on", detail);
            }
        }
    }
}

/// Sheets come in step order, so the first home of a key is the earliest.
fn index<'a>(sheets: &'a [Sheet<'_>]) -> Index<'a> {
    let mut index = Index::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.second_pass) {
        for (at, column) in sheet.columns_where(|column| column.unique) {
            let field = match &column.sub {
                Some(sub) => format!("{}.{sub}", column.field),
                None => column.field.clone(),
            };
            for (_, text) in sheet.cells(at) {
                let key = (sheet.step.object.clone(), field.clone(), normalised(column.cell, text));
                let home = Home { order: sheet.step.order, path: sheet.path };
                index.entry(key).or_insert(home);
            }
        }
    }
    index
}

/// The server's comparison: exact, after normalising e-mails and links.
fn normalised(cell: Cell, text: &str) -> String {
    match cell {
        Cell::Email => text.to_lowercase(),
        Cell::Url => url::normalised(text),
        _ => text.to_owned(),
    }
}

/// Every step a step depends on, directly or not.
fn reachable(manifest: &Manifest) -> BTreeMap<u64, BTreeSet<u64>> {
    let direct: BTreeMap<u64, &[u64]> =
        manifest.steps.iter().map(|step| (step.order, step.depends_on.as_slice())).collect();
    let all = |order: u64| {
        let mut found = BTreeSet::new();
        let mut open = vec![order];
        while let Some(next) = open.pop() {
            for step in direct.get(&next).copied().unwrap_or_default() {
                if found.insert(*step) {
                    open.push(*step);
                }
            }
        }
        found
    };
    direct.keys().map(|order| (*order, all(*order))).collect()
}

fn one_key(sheet: &Sheet<'_>, log: &mut Log) {
    let mut keys: BTreeMap<&str, &Column> = BTreeMap::new();
    for (_, column) in sheet.columns_where(|column| column.target.is_some()) {
        if let Some(first) = keys.insert(&column.field, column) {
            let detail = format!("also by {}", first.header);
            log.add((sheet.path, 0, &column.header), "relation-two-keys", detail);
        }
    }
}

/// A second pass names records that are there already; another key would make a new record.
fn second_pass(sheet: &Sheet<'_>, index: &Index<'_>, log: &mut Log) {
    for (at, column) in sheet.columns_where(|column| column.unique) {
        for (row, text) in sheet.cells(at) {
            let key = (sheet.step.object.clone(), column.field.clone(), text.to_owned());
            let home = index.get(&key);
            if home.is_none_or(|home| home.order >= sheet.step.order) {
                let detail = format!("{text:?} is made by no earlier step");
                log.add((sheet.path, row, &column.header), "second-pass-unknown", detail);
            }
        }
    }
}

fn references(
    sheet: &Sheet<'_>,
    at: usize,
    column: &Column,
    index: &Index<'_>,
    steps: &mut BTreeSet<u64>,
    log: &mut Log,
) {
    let (Some(target), Some(field)) = (&column.target, &column.sub) else { return };
    if target == "workspaceMember" {
        return; // Members are in the workspace, not in the bundle.
    }
    for (row, text) in sheet.cells(at) {
        let key = (target.clone(), field.clone(), normalised(column.cell, text));
        let place = (sheet.path, row, column.header.as_str());
        match index.get(&key) {
            None => {
                log.add(place, "relation-unresolved", format!("{text:?} is in no file"));
            }
            Some(home) if home.order < sheet.step.order => {
                steps.insert(home.order);
            }
            Some(home) if home.path == sheet.path => {
                log.add(place, "relation-same-file", format!("{text:?} is in this very file"));
            }
            Some(home) => {
                let detail = format!("{text:?} comes with step {} ({})", home.order, home.path);
                log.add(place, "relation-not-earlier", detail);
            }
        }
    }
}
