//! A zipped bundle is the folder in one file: the same files, the same bytes in every run, and as
//! good an older bundle for `--since`. It must not judge what is in the files.

#![forbid(unsafe_code)]

mod cases;

use close2twenty::bundle::{Bundle, Form};
use close2twenty::cli::commands::convert::{Options, convert};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Converts the realistic organisation to `place`.
fn converted(place: &Path, form: Form, threads: usize, since: Option<PathBuf>) -> Vec<u8> {
    let options = Options {
        exports: vec![cases::sample().input],
        output: place.to_owned(),
        form,
        threads,
        since,
        ..Options::default()
    };
    convert(&options, cases::built_in(), &|_| ()).expect("the sample converts");
    if form == Form::Zip { fs::read(place).expect("a zip") } else { Vec::new() }
}

fn held(place: &Path) -> BTreeMap<String, Vec<u8>> {
    let bundle = Bundle::open(place).expect("a bundle");
    let read = |name: &str| (name.to_owned(), bundle.bytes(name).expect("a whole file"));
    bundle.names().map(read).collect()
}

#[test]
fn the_zip_holds_the_folder_and_is_the_same_in_every_run() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (folder, zip) = (dir.path().join("bundle"), dir.path().join("bundle.zip"));
    converted(&folder, Form::Folder, 1, None);
    let first = converted(&zip, Form::Zip, 1, None);
    assert_eq!(held(&folder), cases::files(&folder));
    assert_eq!(held(&folder), held(&zip));
    for threads in [1, 4] {
        assert!(converted(&zip, Form::Zip, threads, None) == first, "{threads} threads");
    }
    let left = fs::read_dir(dir.path()).expect("a folder").count();
    assert_eq!(left, 2, "nothing stays behind");
}

#[test]
fn a_zip_serves_as_older_bundle_as_well_as_a_folder() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let [folder, zip, from_folder, from_zip] =
        ["old", "old.zip", "new", "also-new"].map(|name| dir.path().join(name));
    converted(&folder, Form::Folder, 1, None);
    converted(&zip, Form::Zip, 1, None);
    converted(&from_folder, Form::Folder, 1, Some(folder));
    converted(&from_zip, Form::Folder, 1, Some(zip.clone()));
    assert_eq!(held(&from_folder), held(&from_zip));

    // One changed byte of the state is found, though nothing unpacks the zip.
    let mut bytes = fs::read(&zip).expect("a zip");
    let name = memchr::memmem::find(&bytes, b"state/companies.csv").expect("the state is there");
    bytes[name + 40] ^= 1;
    fs::write(&zip, bytes).expect("a zip");
    let options = Options {
        exports: vec![cases::sample().input],
        output: dir.path().join("third"),
        since: Some(zip),
        ..Options::default()
    };
    let error = convert(&options, cases::built_in(), &|_| ()).expect_err("a damaged bundle");
    assert_eq!(error.code, "C2T-E044", "{error}");
}
