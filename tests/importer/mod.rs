//! An oracle for bundles: what Twenty 2.21's CSV importer would refuse, garble or silently drop.
//!
//! Written from the facts alone, it must not use the library under test: two readings of one rule
//! that agree are worth more than one. It reads a bundle from disk and knows only `manifest.json`,
//! the CSV files, `testdata/twenty/*.json` and the fact pages named beside each rule.

#![allow(clippy::disallowed_types, reason = "an oracle of its own: nothing of its order is shown")]

mod catalog;
mod file;
mod header;
mod json;
mod manifest;
mod moment;
mod options;
mod order;
mod phone;
mod relation;
mod schema;
mod unique;
mod url;
mod value;

use std::fmt;
use std::path::Path;

use catalog::{Catalog, Column, Standard};
use manifest::{Manifest, Step};

/// One thing Twenty would refuse, or that breaks the bundle's contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path inside the bundle, with `/`.
    pub file: String,
    /// Data row, 1 for the line below the header; 0 for the header or the file as a whole.
    pub row: usize,
    /// Column header, object or field name; empty for the file as a whole.
    pub header: String,
    /// Stable name of the broken rule.
    pub rule: &'static str,
    /// What was found, for a person.
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, row, header, rule, detail } = self;
        write!(out, "{rule}: {file} row {row} [{header}]: {detail}")
    }
}

/// Collects findings; the only thing the rules write to.
#[derive(Default)]
struct Log(Vec<Finding>);

impl Log {
    fn add(&mut self, at: (&str, usize, &str), rule: &'static str, detail: impl Into<String>) {
        let (file, row, header) = at;
        let (file, header) = (file.to_owned(), header.to_owned());
        self.0.push(Finding { file, row, header, rule, detail: detail.into() });
    }

    fn manifest(&mut self, what: &str, rule: &'static str, detail: impl Into<String>) {
        self.add((manifest::NAME, 0, what), rule, detail);
    }
}

/// One CSV file of one step, read whole.
struct Sheet<'a> {
    step: &'a Step,
    path: &'a str,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    /// What each header means to the importer; `None` where it matches no label.
    columns: Vec<Option<&'a Column>>,
    /// A pass that only fills relations of records an earlier step made.
    second_pass: bool,
}

impl Sheet<'_> {
    /// Column positions that satisfy `wanted`, with their meaning.
    fn columns_where<'s>(
        &'s self,
        wanted: impl Fn(&Column) -> bool + 's,
    ) -> impl Iterator<Item = (usize, &'s Column)> + 's {
        self.columns
            .iter()
            .enumerate()
            .filter_map(|(at, column)| column.map(|column| (at, column)))
            .filter(move |(_, column)| wanted(column))
    }

    /// The non-empty cells of column `at`, with their 1-based data row.
    fn cells(&self, at: usize) -> impl Iterator<Item = (usize, &str)> {
        self.rows.iter().enumerate().filter_map(move |(row, cells)| {
            cells.get(at).filter(|cell| !cell.is_empty()).map(|cell| (row + 1, cell.as_str()))
        })
    }
}

/// All that Twenty's importer, or the bundle's own contract, would hold against `bundle` (a folder).
///
/// Steps come in the order of their `order`; a clean bundle gives an empty list.
pub fn findings(bundle: &Path) -> Vec<Finding> {
    findings_in(bundle, catalog::standard())
}

/// The same for the workspace of a file, whose text this is.
#[allow(dead_code, reason = "not every test has a workspace")]
pub fn findings_of_workspace(bundle: &Path, workspace: &str) -> Vec<Finding> {
    findings_in(bundle, &Standard::of_workspace(workspace))
}

fn findings_in(bundle: &Path, there: &Standard) -> Vec<Finding> {
    let mut log = Log::default();
    if let Some(manifest) = manifest::load(bundle, &mut log) {
        check(bundle, there, &manifest, &mut log);
    }
    log.0
}

fn check(bundle: &Path, there: &Standard, manifest: &Manifest, log: &mut Log) {
    let catalog = Catalog::new(there, &manifest.schema);
    schema::check(there, &manifest.schema, log);
    order::check_steps(manifest, &catalog, log);
    file::check_unlisted(bundle, manifest, log);

    let mut steps: Vec<&Step> = manifest.steps.iter().collect();
    steps.sort_by_key(|step| step.order);
    let mut sheets = Vec::new();
    for step in steps {
        for entry in &step.files {
            if let Some((header, rows)) = file::read(bundle, entry, log) {
                let columns = header::resolve(&catalog, &step.object, &header);
                let second_pass = header::is_second_pass(&columns);
                let path = entry.path.as_str();
                sheets.push(Sheet { step, path, header, rows, columns, second_pass });
            }
        }
    }
    for sheet in &sheets {
        header::check(&catalog, sheet, log);
        value::check(sheet, log);
    }
    unique::check(&sheets, log);
    relation::check(&sheets, manifest, log);
    order::check_chronology(&sheets, log);
}
