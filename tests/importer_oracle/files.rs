//! Faults of bytes, checksums, and the manifest itself.

use serde_json::{Value, json};

use super::sample::{Sample, id};
use super::{Case, assert_one, found};

const VISITS: &str = "csv/05-site-visits/site-visits-0001.csv";

/// Text put in place of other text, in the file of site visits.
const BYTES: &[(&str, &str, &[u8], &[u8])] = &[
    ("file-quoted", "an unquoted cell", b"\"Visit\"", b"Visit"),
    ("file-quoted", "an unquoted header", b"\"Name\"", b"Name"),
    ("file-quoted", "a blank before the quote", b"\"Visit\"", b" \"Visit\""),
    ("file-quoted", "text behind the quote", b"\"Visit\"", b"\"Visit\" "),
    ("file-quoted", "an empty unquoted cell", b"\"Visit\"", b""),
    ("file-quoted", "no closing quote", b"\"cont_c\"\n", b"\"cont_c"),
    ("file-blank-line", "below the header", b"Id\"\n\"000", b"Id\"\n\n\"000"),
    ("file-blank-line", "at the end", b"\"cont_c\"\n", b"\"cont_c\"\n\n"),
    ("file-line-end", "a bare carriage return", b"\"cont_c\"\n", b"\"cont_c\"\r"),
    ("file-utf8", "Latin-1", b"Visit", b"Visit\xE9"),
    ("file-bom", "two of them", b"\"Id\"", b"\xEF\xBB\xBF\xEF\xBB\xBF\"Id\""),
    ("file-row-width", "a cell too many", b"\"cont_c\"", b"\"cont_c\",\"x\""),
    ("file-row-width", "a cell too few", b",\"cont_c\"", b""),
    ("columns-differ", "manifest and file", b"\"Name\"", b"\"Last update\""),
    ("columns-differ", "another order", b"\"Id\",\"Close Id\"", b"\"Close Id\",\"Id\""),
];

fn replace(bytes: &mut Vec<u8>, from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).position(|part| part == from).expect("the text");
    bytes.splice(at..at + from.len(), to.iter().copied());
}

#[test]
fn each_fault_of_bytes_is_found() {
    for (rule, name, from, to) in BYTES {
        let found = found(
            &Sample::clean(),
            |csv| replace(csv.get_mut(VISITS).expect("visits"), from, to),
            |_| (),
            |_| (),
        );
        let other = |finding: &super::Finding| {
            // A date is no name, an id no Close Id: the cells below are wrong as well.
            *rule == "columns-differ" && finding.rule.starts_with("value-")
        };
        let found: Vec<_> = found.into_iter().filter(|finding| !other(finding)).collect();
        assert_one(rule, name, &found);
    }
}

#[test]
fn line_ends_and_byte_order_marks_are_free() {
    let found = found(
        &Sample::clean(),
        |csv| {
            let text = String::from_utf8(csv[VISITS].clone()).expect("UTF-8");
            let text = format!("\u{FEFF}{}", text.trim_end().replace('\n', "\r\n"));
            csv.insert(VISITS.into(), text.into_bytes());
        },
        |_| (),
        |_| (),
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn utf_16_is_found() {
    let plant = |text: &str| -> Vec<u8> {
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let found = found(
        &Sample::clean(),
        |csv| {
            let bytes = plant(&String::from_utf8_lossy(&csv[VISITS]));
            csv.insert(VISITS.into(), bytes);
        },
        |_| (),
        |_| (),
    );
    assert_one("file-bom", "UTF-16", &found);
}

#[test]
fn a_row_of_empty_cells_is_found() {
    let mut sample = Sample::clean();
    sample.step(5).files[0].push(vec![String::new(); 4]);
    let found = found(&sample, |_| (), |_| (), |_| ());
    let rules: Vec<_> = found.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["file-blank-line", "key-empty"]);
}

#[test]
fn an_empty_file_is_found() {
    let found = found(
        &Sample::clean(),
        |csv| {
            csv.insert(VISITS.into(), Vec::new());
        },
        |_| (),
        |_| (),
    );
    assert!(found.iter().any(|finding| finding.rule == "file-no-header"), "{found:?}");
}

fn many(rows: usize, text: &str) -> Sample {
    let mut sample = Sample::clean();
    let row = |n| vec![id(1000 + n), format!("v_{n}"), text.to_owned(), String::new()];
    sample.step(5).files[0] = (0..rows).map(row).collect();
    sample
}

#[test]
fn the_row_limit_is_exact() {
    let none = found(&many(10_000, "x"), |_| (), |_| (), |_| ());
    assert!(none.is_empty(), "{none:?}");
    let one = found(&many(10_001, "x"), |_| (), |_| (), |_| ());
    assert_one("file-too-many-rows", "10,001", &one);
}

/// 200 rows of 49 kB JSON stay under 10 MB, of 51 kB not; quotes count twice in JSON.
#[test]
fn the_batch_limit_counts_json() {
    let sample = |text: &str| {
        let mut sample = many(400, text);
        for row in 0..200 {
            sample.step(5).files[0][row][2] = "x".into();
        }
        sample
    };
    let none = found(&sample(&"\"".repeat(24_500)), |_| (), |_| (), |_| ());
    assert!(none.is_empty(), "{none:?}");
    let one = found(&sample(&"\"".repeat(25_500)), |_| (), |_| (), |_| ());
    assert_one("batch-too-big", "51 kB", &one);
    assert_eq!(one[0].row, 201);
}

const MANIFEST: &[Case<Value>] = &[
    ("manifest-format", "another format", |m| m["format"] = json!("x")),
    ("manifest-format", "another version", |m| m["version"] = json!(2)),
    ("manifest-shape", "no steps", |m| m["steps"] = json!(null)),
    ("manifest-shape", "a number for a path", |m| m["steps"][0]["files"][0]["path"] = json!(1)),
    ("file-bytes", "one more", |m| m["steps"][4]["files"][0]["bytes"] = json!(1)),
    ("file-rows", "one more", |m| m["steps"][4]["files"][0]["rows"] = json!(2)),
    ("file-sha256", "another", |m| m["steps"][4]["files"][0]["sha256"] = json!("00")),
    ("step-order", "one twice", |m| {
        m["steps"][5]["order"] = json!(5);
    }),
    ("file-path", "outside its folder", |m| m["steps"][4]["folder"] = json!("csv/x")),
    ("file-unlisted", "a file in no step", |m| m["steps"][4]["files"] = json!([])),
];

#[test]
fn each_fault_of_the_manifest_is_found() {
    for (rule, name, plant) in MANIFEST {
        assert_one(rule, name, &found(&Sample::clean(), |_| (), plant, |_| ()));
    }
}

#[test]
fn a_missing_file_and_a_broken_manifest_are_found() {
    let gone = found(
        &Sample::clean(),
        |_| (),
        |_| (),
        |folder| {
            std::fs::remove_file(folder.join(VISITS)).expect("visits");
        },
    );
    assert_one("file-missing", "visits", &gone);
    let broken = found(
        &Sample::clean(),
        |_| (),
        |_| (),
        |folder| {
            std::fs::write(folder.join("manifest.json"), "{").expect("a file");
        },
    );
    assert_one("manifest-shape", "cut off", &broken);
}

#[test]
fn objects_that_cannot_be_imported_are_found() {
    for object in ["workspaceMember", "attachment", "spaceship"] {
        let found = found(
            &Sample::clean(),
            |_| (),
            |manifest| manifest["steps"][4]["object"] = json!(object),
            |_| (),
        );
        assert!(found.iter().any(|finding| finding.rule == "step-object"), "{object}: {found:?}");
    }
}
