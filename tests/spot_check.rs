//! The spot-check of a bundle: records of every type, their values as the export has them, the cells as the CSV
//! files have them, and no value that is passed over in silence. It must not judge how it looks.

#![forbid(unsafe_code)]

mod cases;
#[allow(dead_code, unused_imports)]
#[path = "../benches/generator/mod.rs"]
mod generator;

use cases::sheet::Sheet;
use cases::{Bundle, run, sample};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

fn sheet(bundle: &Bundle) -> Sheet {
    Sheet::parse(&bundle.files()["reports/spot-check.csv"])
}

/// The rows of all CSV files of the bundle by `Close Id`, as header and cell.
fn rows(bundle: &Bundle) -> BTreeMap<String, Vec<(String, String)>> {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let files = bundle.files();
    for (_, bytes) in files.iter().filter(|(path, _)| path.starts_with("csv/")) {
        let sheet = Sheet::parse(bytes);
        let id = sheet.at("Close Id");
        for row in &sheet.rows {
            let cells = sheet.header.iter().cloned().zip(row.iter().cloned());
            found.entry(row[id].clone()).or_default().extend(cells);
        }
    }
    found
}

/// The start of a value that was cut.
fn start(text: &str) -> &str {
    text.strip_suffix('…').unwrap_or(text)
}

#[test]
fn forty_records_of_every_type_that_has_rows() {
    let bundle = run(&sample().input).expect("it converts");
    let sheet = sheet(&bundle);
    let mut records = BTreeSet::new();
    sheet.each().for_each(|row| {
        records.insert((row["close_type"].to_owned(), row["close_id"].to_owned()));
    });
    assert_eq!(records.len(), 40);
    let types: BTreeSet<&str> = records.iter().map(|(kind, _)| kind.as_str()).collect();
    let written = bundle.summary.records.iter().filter(|(_, counts)| counts.written > 0);
    assert_eq!(types, written.map(|(kind, _)| *kind).collect());
}

#[test]
fn values_are_those_of_the_export_and_cells_those_of_the_files() {
    let bundle = run(&sample().input).expect("it converts");
    let (sheet, rows) = (sheet(&bundle), rows(&bundle));
    let mut export = String::new();
    for entry in fs::read_dir(sample().input).expect("the sample") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "json") {
            let json: serde_json::Value =
                serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON");
            texts(&json, &mut export);
        }
    }
    let all: BTreeSet<&(String, String)> = rows.values().flatten().collect();
    let (mut values, mut cells, mut fates) = (0, 0, 0);
    sheet.each().for_each(|row| {
        assert!(export.contains(start(&row["value"])), "{:?} is not in the export", &row["value"]);
        let (header, cell, fate) = (&row["header"], start(&row["cell"]), &row["fate"]);
        if header.is_empty() {
            assert!(!fate.is_empty(), "{}: {} is passed over", &row["close_id"], &row["path"]);
            fates += 1;
        } else {
            let same = |(h, c): &&(String, String)| h == header && c.starts_with(cell);
            assert!(all.iter().any(same), "{header} = {cell:?} is in no file");
            cells += 1;
        }
        values += u32::from(!row["value"].is_empty());
    });
    assert!(values > 300 && cells > 300 && fates > 100, "{values} {cells} {fates}");
}

/// Every text and number in a value, one a line.
fn texts(value: &serde_json::Value, out: &mut String) {
    use serde_json::Value;
    match value {
        Value::Object(entries) => entries.values().for_each(|value| texts(value, out)),
        Value::Array(items) => items.iter().for_each(|value| texts(value, out)),
        Value::String(text) => out.extend([text.as_str(), "\n"]),
        other => out.extend([other.to_string().as_str(), "\n"]),
    }
}

/// Every cell of a record's rows stands beside one of its values or on its own.
#[test]
fn no_cell_is_left_out() {
    let bundle = run(&sample().input).expect("it converts");
    let (sheet, rows) = (sheet(&bundle), rows(&bundle));
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    sheet.each().for_each(|row| {
        shown.entry(row["close_id"].to_owned()).or_default().insert(row["header"].to_owned());
    });
    let mut compared = 0;
    for (id, headers) in &shown {
        for (header, cell) in rows.get(id).into_iter().flatten() {
            if !cell.is_empty() && header != "Id" {
                assert!(headers.contains(header), "{id}: {header} = {cell:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn of_a_large_export_forty_are_shown_too_and_the_ids_alone_decide() {
    let shape =
        |bytes| generator::Shape { seed: 7, bytes, layout: generator::Layout::Array, gzip: false };
    let mut text = Vec::new();
    generator::write(shape(4 << 20), &mut text).expect("an export");
    let first = cases::run_bytes(&text).expect("it converts");
    let ids = |bundle: &Bundle| -> BTreeSet<String> {
        sheet(bundle).column("close_id").into_iter().map(str::to_owned).collect()
    };
    let chosen = ids(&first);
    assert_eq!(chosen.len(), 40);
    // Other texts, same ids.
    let other = String::from_utf8(text).expect("UTF-8").replace("\"note\"", "\"summary_note\"");
    assert_eq!(ids(&cases::run_bytes(other.as_bytes()).expect("it converts")), chosen);
}
