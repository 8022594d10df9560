//! Where a check looks and how it ends: golden bundles, zips, many rows, a flood of faults, any number of
//! threads.

use super::loose::{in_folder, people};
use super::sample::{self, Sample};
use super::{cases, checked, told};
use close2twenty::check::{KEPT, Options, check};
use close2twenty::error::ErrorKind;
use std::path::{Path, PathBuf};

fn options(place: &Path) -> Options {
    Options { place: place.to_owned(), threads: 1, ..Options::default() }
}

#[test]
fn golden_bundles_have_no_findings() {
    let golden = cases::testdata().join("golden");
    let mut bundles: Vec<PathBuf> = vec![golden.join("sample")];
    for group in ["bad", "oddities"] {
        let listing = std::fs::read_dir(golden.join(group)).expect("golden bundles");
        bundles.extend(listing.map(|entry| entry.expect("an entry").path()));
    }
    // An export that cannot be converted has left its error only.
    bundles.retain(|bundle| bundle.join("manifest.json").exists());
    assert!(bundles.len() >= 95, "{}", bundles.len());
    cases::for_each(&bundles, |bundle| {
        let found = cases::findings(bundle);
        found.iter().map(|finding| format!("{}: {finding}", bundle.display())).collect()
    });
}

#[test]
fn a_folder_and_its_zip_give_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sample = Sample::clean();
    sample.set(2, 1, "Score", "1,5");
    sample.set(5, 1, "Person / Close Id", "cont_x");
    let csv = sample.csv();
    sample::write(folder.path(), &csv, &sample.manifest(&csv));
    let packed = tempfile::tempdir().expect("a folder");
    let place = packed.path().join("bundle.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&place).expect("a file"));
    for (name, bytes) in cases::files(folder.path()) {
        zip.start_file(format!("bundle/{name}"), zip::write::SimpleFileOptions::default())
            .expect("an entry");
        std::io::Write::write_all(&mut zip, &bytes).expect("bytes");
    }
    zip.finish().expect("a zip");
    let (whole, zipped) = (checked(folder.path()), checked(&place));
    assert_eq!(whole.findings, zipped.findings);
    assert_eq!(whole.found, 2);
    // The cell is looked up in either.
    assert!(zipped.findings.iter().any(|finding| finding.value == "cont_x"));
}

#[test]
fn a_fault_deep_in_a_file_is_found_with_its_line() {
    let text = people(10_000).replace("\"p7123@x.example\"", "\"p7123 at x.example\"");
    let folder = in_folder(&[("people.csv", &text)]);
    let checked = checked(folder.path());
    assert_eq!(told(&checked), ["email people 7124 [Emails / Primary Email]"]);
    // Each row has two lines, and the header one.
    assert_eq!(checked.findings[0].line, 7123 * 2 + 2);
    assert_eq!(checked.findings[0].value, "p7123 at x.example");
    assert_eq!(checked.files[0].rows, 10_000);
}

#[test]
fn a_flood_is_counted_and_the_first_are_listed() {
    let text = people(5_000).replace("@x.example", " at x.example");
    let folder = in_folder(&[("people-1.csv", &text), ("people-2.csv", &text)]);
    let checked = checked(folder.path());
    let total = checked.totals.iter().find(|total| total.rule == "email").expect("a total");
    assert_eq!((total.count, total.listed), (10_000, 2 * KEPT));
    let rows: Vec<u64> =
        checked.findings.iter().filter(|f| f.rule.name == "email").map(|f| f.row).collect();
    let first: Vec<u64> = (1..=KEPT).chain(1..=KEPT).collect();
    assert_eq!(rows, first);
    assert_eq!(checked.found, checked.totals.iter().map(|total| total.count).sum::<u64>());
    assert_eq!(checked.files.iter().map(|file| file.findings).sum::<u64>(), checked.found);
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let one = people(3_000).replace("p17@x.example", "p18@x.example");
    let two = people(3_001);
    let files =
        [("people-1.csv", one.as_str()), ("people-2.csv", &two), ("companies.csv", "Name\nx\n")];
    let folder = in_folder(&files);
    let results = [1, 2, 7].map(|threads| {
        let checked = check(&Options { threads, ..options(folder.path()) }).expect("files");
        serde_json::to_string(&checked).expect("JSON")
    });
    assert!(results[0].contains("unique-across-files") && results[0].contains("unique-in-file"));
    assert!(results.iter().all(|result| *result == results[0]));
}

#[test]
fn what_cannot_be_checked_is_a_wrong_argument() {
    let codes = |place: &Path, object: Option<&str>| {
        let object = object.map(str::to_owned);
        let error = check(&Options { object, ..options(place) }).expect_err("nothing to check");
        assert_eq!(error.kind, ErrorKind::Usage, "{error}");
        error.code
    };
    let folder = in_folder(&[("a/things.csv", "x,y\n1,2\n"), ("b.txt", "x")]);
    assert_eq!(codes(Path::new("no/such/bundle"), None), "C2T-E010");
    assert_eq!(codes(&folder.path().join("a"), None), "C2T-E083");
    assert_eq!(codes(&folder.path().join("a"), Some("spaceship")), "C2T-E082");
    assert_eq!(codes(in_folder(&[("b.txt", "x")]).path(), None), "C2T-E080");
    let bundle = tempfile::tempdir().expect("a folder");
    let sample = Sample::clean();
    let csv = sample.csv();
    sample::write(bundle.path(), &csv, &sample.manifest(&csv));
    assert_eq!(codes(bundle.path(), Some("person")), "C2T-E081");
    let named =
        check(&Options { object: Some("Companies".into()), ..options(&folder.path().join("a")) });
    assert_eq!(named.expect("files").files[0].object, "company");
}

/// An edited cell is told of, and what it says now is checked.
#[test]
fn an_edited_bundle_is_checked_as_it_is_now() {
    let bundle = cases::run(&cases::sample().input).expect("a bundle");
    let files = bundle.files();
    let name = files.keys().find(|name| name.starts_with("csv/02-people/")).expect("people");
    let text = String::from_utf8(files[name].clone()).expect("UTF-8");
    let at = text.find('@').expect("an address");
    let edited = format!("{} {}", &text[..at], &text[at..]);
    std::fs::write(bundle.path().join(name), edited).expect("a file");
    let rules: Vec<&str> =
        checked(&bundle.path()).findings.iter().map(|finding| finding.rule.name).collect();
    assert_eq!(rules, ["file-edited", "email"]);
}
