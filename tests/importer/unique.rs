//! Keys that must not occur twice: in a file (the client's check), and over the files of an
//! object (the server's match) (`twenty-importer.md §4.1, §4.2`).

use std::collections::{BTreeMap, HashMap};

use super::catalog::{Cell, Column};
use super::{Log, Sheet, url};

pub fn check(sheets: &[Sheet<'_>], log: &mut Log) {
    for sheet in sheets {
        in_file(sheet, log);
    }
    // A second pass names records again by design, but each once.
    let mut groups: BTreeMap<(&str, Option<u64>), Vec<&Sheet<'_>>> = BTreeMap::new();
    for sheet in sheets {
        let pass = sheet.second_pass.then_some(sheet.step.order);
        groups.entry((sheet.step.object.as_str(), pass)).or_default().push(sheet);
    }
    for group in groups.values() {
        across_files(group, log);
    }
}

/// All rows of a duplicate group are skipped, so each later one is a finding of its own.
fn in_file(sheet: &Sheet<'_>, log: &mut Log) {
    for (at, column) in sheet.columns_where(|column| column.unique) {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (row, text) in sheet.cells(at) {
            let first = *seen.entry(folded(column, text)).or_insert(row);
            if first != row {
                let detail = format!("{text:?} as in row {first}: all of them are skipped");
                log.add((sheet.path, row, &column.header), "unique-in-file", detail);
            }
        }
    }
}

/// Trimmed and lower-cased; links by host, which is what newer versions compare.
fn folded(column: &Column, text: &str) -> String {
    let host = if column.cell == Cell::Url { url::host_key(text) } else { None };
    host.unwrap_or_else(|| text.trim().to_lowercase())
}

/// The server compares exactly, after its own normalising of e-mails and links.
fn across_files(sheets: &[&Sheet<'_>], log: &mut Log) {
    let mut seen: HashMap<(String, String), &str> = HashMap::new();
    for sheet in sheets {
        for (at, column) in sheet.columns_where(|column| column.unique) {
            for (row, text) in sheet.cells(at) {
                let value = match column.cell {
                    Cell::Text => text.to_owned(),
                    _ => folded(column, text),
                };
                let first = *seen.entry((column.header.clone(), value)).or_insert(sheet.path);
                if first != sheet.path {
                    let detail = format!("{text:?} also in {first}");
                    log.add((sheet.path, row, &column.header), "unique-across-files", detail);
                }
            }
        }
    }
}
