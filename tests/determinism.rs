//! Same input, same bytes: for any number of threads, time zone, locale, order of files, and for
//! gzip. It must not look into the files it compares.

#![forbid(unsafe_code)]

mod cases;
#[allow(dead_code, unused_imports)]
#[path = "../benches/generator/mod.rs"]
mod generator;

use cases::{built_in, run_with};
use close2twenty::mapping::LeadStrategy;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

type Files = BTreeMap<String, Vec<u8>>;

fn converted(exports: &[PathBuf], threads: usize) -> Files {
    let bundle = run_with(exports, LeadStrategy::Auto, threads, built_in());
    bundle.expect("it converts").files()
}

fn assert_same(what: &str, expected: &Files, found: &Files) {
    let paths: Vec<_> = expected.keys().collect();
    assert_eq!(paths, found.keys().collect::<Vec<_>>(), "{what}: other files");
    let differs: Vec<_> =
        expected.iter().filter(|(path, bytes)| found[*path] != **bytes).map(|(p, _)| p).collect();
    assert!(differs.is_empty(), "{what}: {differs:?} differ");
}

/// An export of many chunks, in the layout real exports have: one array on one line.
fn large(folder: &Path, bytes: u64) -> PathBuf {
    let layout = generator::Layout::Array;
    let shape = generator::Shape { seed: 7, bytes, layout, gzip: false };
    let mut text = Vec::new();
    generator::write(shape, &mut text).expect("an export");
    let path = folder.join("leads.json");
    fs::write(&path, text).expect("a file");
    path
}

#[test]
fn threads_do_not_show() {
    let folder = tempfile::tempdir().expect("a folder");
    let export = [large(folder.path(), 8 << 20)];
    let one = converted(&export, 1);
    assert!(one.values().map(Vec::len).sum::<usize>() > 1 << 20, "there is enough to mix up");
    for threads in [2, 8] {
        assert_same(&format!("{threads} threads"), &one, &converted(&export, threads));
    }
    let sample = [cases::sample().input];
    let one = converted(&sample, 1);
    for threads in [2, 8] {
        assert_same(&format!("sample, {threads} threads"), &one, &converted(&sample, threads));
    }
}

#[test]
fn the_order_of_files_does_not_show() {
    let mut files: Vec<PathBuf> = fs::read_dir(cases::sample().input)
        .expect("the sample")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    let expected = converted(&files, 2);
    files.reverse();
    assert_same("reversed", &expected, &converted(&files, 2));
    // A fixed shuffle: 7 and the number of files have no common divisor.
    assert_ne!(files.len() % 7, 0);
    let shuffled: Vec<_> = (0..files.len()).map(|i| files[i * 7 % files.len()].clone()).collect();
    assert_same("shuffled", &expected, &converted(&shuffled, 2));
    // Folder or files: the names are the same, so the bundle is.
    let mut folder = converted(&[cases::sample().input], 2);
    let mut expected = expected;
    // Both name what else lies in the folder.
    for ignored in ["reports/reconciliation.json", "report.html"] {
        assert!(folder.remove(ignored).is_some() && expected.remove(ignored).is_some());
    }
    assert_same("as a folder", &expected, &folder);
}

/// Types, fields and copies in several files: which is read first decides nothing.
#[test]
fn custom_types_do_not_show_threads_and_files() {
    let mut several = 0;
    for case in cases::all().iter().filter(|case| case.name.starts_with("oddities/custom-")) {
        let mut files: Vec<PathBuf> = fs::read_dir(&case.input)
            .expect("a case")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        several += usize::from(files.len() > 1);
        let expected = converted(&files, 1);
        files.reverse();
        assert_same(&case.name, &expected, &converted(&files, 4));
    }
    assert!(several > 5, "there is something to mix up");
}

#[test]
fn gzip_does_not_show() {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(cases::sample().input).expect("the sample") {
        let path = entry.expect("an entry").path();
        let file = fs::File::create(folder.path().join(path.file_name().expect("a name")));
        let level = flate2::Compression::fast();
        let mut packed = flate2::write::GzEncoder::new(file.expect("a file"), level);
        packed.write_all(&fs::read(&path).expect("a file")).expect("a file");
        packed.finish().expect("a file");
    }
    let plain = converted(&[cases::sample().input], 2);
    assert_same("gzip", &plain, &converted(&[folder.path().to_owned()], 2));
}

/// The same leads twice say nothing new: every record is a copy, no row changes.
#[test]
fn leads_given_twice_give_the_same_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = cases::sample().input;
    let copy = folder.path().join("leads-again.json");
    fs::copy(sample.join("leads.json"), &copy).expect("a copy");
    let rows = |files: Files| -> Files {
        files.into_iter().filter(|(path, _)| path.starts_with("csv/")).collect()
    };
    let once = rows(converted(std::slice::from_ref(&sample), 1));
    let twice = rows(converted(&[sample, copy], 1));
    assert_same("twice", &once, &twice);
}

#[test]
fn zone_and_locale_do_not_show() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |zone: &str, locale: &str| {
        let place = folder.path().join(format!("{zone}{locale}").replace('/', "-"));
        let output = Command::new(env!("CARGO_BIN_EXE_close2twenty"))
            .args(["convert", "-o"])
            .arg(&place)
            .arg(cases::sample().input)
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .env("LANG", locale)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        // The last line tells how long it took.
        let table = String::from_utf8(output.stdout).expect("UTF-8");
        let (table, time) = table.trim_end().rsplit_once('\n').expect("lines");
        assert!(time.contains(" records in "), "{time}");
        (cases::files(&place), table.to_owned())
    };
    let (expected, table) = run("UTC", "C");
    for (zone, locale) in [
        ("Asia/Tokyo", "C"),
        ("America/New_York", "C"),
        ("UTC", "de_DE.UTF-8"),
        ("Asia/Tokyo", "de_DE.UTF-8"),
    ] {
        let (found, said) = run(zone, locale);
        assert_same(&format!("{zone} {locale}"), &expected, &found);
        assert_eq!(said, table, "{zone} {locale}: the closing table");
    }
}
