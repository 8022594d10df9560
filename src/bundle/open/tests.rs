//! A folder and its zip are one bundle to those who read it; what is none is said.

use super::*;
use std::io::Write;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn zipped(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("b.zip");
    let mut zip = ZipWriter::new(File::create(&place).unwrap());
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    (dir, place)
}

#[test]
fn a_folder_and_its_zip_hold_the_same() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("csv")).unwrap();
    std::fs::write(dir.path().join("csv/a.csv"), "x").unwrap();
    std::fs::write(dir.path().join(MANIFEST), "{}").unwrap();
    // Packed by hand, with a folder around it and with what another system adds.
    let files =
        [("out/csv\\a.csv", "x"), ("out/manifest.json", "{}"), ("__MACOSX/out/._a.csv", "?")];
    let (_zip, place) = zipped(&files);
    for place in [dir.path(), &place] {
        let bundle = Bundle::open(place).unwrap();
        assert_eq!(bundle.names().collect::<Vec<_>>(), ["csv/a.csv", "manifest.json"]);
        assert_eq!(bundle.size("csv/a.csv"), Some(1));
        assert_eq!(bundle.bytes("csv/a.csv").unwrap(), b"x");
        assert_eq!(bundle.read("../a").err().unwrap().code, "C2T-E010");
        assert_eq!(bundle.manifest().unwrap_err().code, "C2T-E041");
    }
}

#[test]
fn what_is_no_bundle_is_said() {
    let head = |version| format!(r#"{{"format":"{FORMAT}","version":{version}}}"#);
    let code = |text: &str| {
        let (_zip, place) = zipped(&[(MANIFEST, text)]);
        Bundle::open(&place).unwrap().manifest().unwrap_err().code
    };
    assert_eq!(code(&head(VERSION + 1)), "C2T-E042");
    assert_eq!(code(&head(VERSION)), "C2T-E049");
    assert_eq!(code("not json"), "C2T-E041");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bundle.csv");
    std::fs::write(&file, "Id,Name").unwrap();
    assert_eq!(Bundle::open(&file).unwrap_err().code, "C2T-E041");
    assert_eq!(Bundle::open(&dir.path().join("no")).unwrap_err().code, "C2T-E010");
    let (_zip, place) = zipped(&[("a\\b", "1"), ("a/b", "2")]);
    assert_eq!(Bundle::open(&place).unwrap_err().code, "C2T-E048");
}
