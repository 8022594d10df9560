//! Golden bundles: what every stored export becomes, byte for byte. `UPDATE_GOLDEN=1 cargo test
//! --test golden` rewrites them; a change of a golden file is a change of the product and is read
//! line by line before it is committed. It must not explain why a bundle looks as it does.
//!
//! Guide and spot-check are stored for the sample only: elsewhere they say again what other files say. `report.html` is not
//! stored: its figures are those of the reports (`tests/report_page.rs`).

#![forbid(unsafe_code)]

mod cases;

use cases::Case;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

type Files = BTreeMap<String, Vec<u8>>;

/// Where the golden bundle of a case lies.
fn place(case: &Case) -> PathBuf {
    cases::testdata().join("golden").join(&case.name)
}

/// What the case becomes: the bundle's files, or `error.txt`.
fn converted(case: &Case) -> Files {
    match cases::run(&case.input) {
        Ok(bundle) => {
            let mut files = bundle.files();
            files.remove("report.html").expect("every bundle has a report");
            if case.name != "sample" {
                for again in ["GUIDE.md", "reports/spot-check.csv"] {
                    files.remove(again).expect("every bundle has it");
                }
            }
            files
        }
        Err(error) => {
            let place = error.place.as_deref().and_then(|place| place.file_name());
            let place = place.unwrap_or_default().to_string_lossy();
            let fix = error.fix.as_deref().unwrap_or_default();
            let text = format!("{}\n{}\nplace: {place}\nfix: {fix}\n", error.code, error.what);
            Files::from([("error.txt".to_owned(), text.into_bytes())])
        }
    }
}

/// The first line that differs, for people.
fn difference(path: &str, expected: &[u8], found: &[u8]) -> String {
    let (expected, found) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(found));
    let mut lines = expected.lines().zip(found.lines()).enumerate();
    match lines.find(|(_, (a, b))| a != b) {
        Some((at, (a, b))) => format!("{path}:{}\n  golden: {a}\n  now:    {b}", at + 1),
        None => format!("{path}: {} bytes golden, {} now", expected.len(), found.len()),
    }
}

fn compare(case: &Case) -> Vec<String> {
    let (golden, now) = (place(case), converted(case));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let _ = fs::remove_dir_all(&golden);
        for (path, bytes) in now {
            let path = golden.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
            fs::write(path, bytes).expect("a golden file");
        }
        return Vec::new();
    }
    if !golden.is_dir() {
        return vec![format!("{}: no golden bundle; run with UPDATE_GOLDEN=1", case.name)];
    }
    let expected = cases::files(&golden);
    let paths: std::collections::BTreeSet<_> = expected.keys().chain(now.keys()).collect();
    let differences = paths.into_iter().filter_map(|path| {
        let shown = format!("{}/{path}", case.name);
        match (expected.get(path), now.get(path)) {
            (Some(a), Some(b)) if a == b => None,
            (Some(a), Some(b)) => Some(difference(&shown, a, b)),
            (Some(_), None) => Some(format!("{shown}: gone")),
            _ => Some(format!("{shown}: new")),
        }
    });
    differences.collect()
}

#[test]
fn every_case_becomes_its_golden_bundle() {
    cases::for_each(&cases::all(), compare);
}

#[test]
fn every_golden_bundle_has_its_case() {
    let known: Vec<String> = cases::all().into_iter().map(|case| case.name).collect();
    let golden = cases::testdata().join("golden");
    let mut found = vec!["sample".to_owned()];
    for group in ["bad", "oddities"] {
        for entry in fs::read_dir(golden.join(group)).expect("golden bundles") {
            let name = entry.expect("an entry").file_name();
            found.push(format!("{group}/{}", name.to_string_lossy()));
        }
    }
    let stray: Vec<_> = found.iter().filter(|name| !known.contains(name)).collect();
    assert!(stray.is_empty(), "golden bundles without a case: {stray:?}");
}
