//! `convert --shard` and `merge`: however many parts an export is cut into, the bundle is the one of a
//! single run; parts that do not belong together are refused. It must not look into the files it compares.

#![forbid(unsafe_code)]
// Helpers of tests may fail as tests do; clippy.toml speaks of test functions only.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod cases;
#[allow(dead_code, unused_imports)]
#[path = "../benches/generator/mod.rs"]
mod generator;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

type Files = BTreeMap<String, Vec<u8>>;

fn program(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
    command.args(args).output().expect("the program runs")
}

/// The code of the error a command ends with, and what it says.
fn refused(args: &[&str]) -> (String, String) {
    let output = program(args);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{args:?}");
    let error = text.lines().find(|line| line.starts_with("error[")).expect("an error").to_owned();
    (error[6..14].to_owned(), error)
}

/// An export and what is made of it.
struct Ground {
    folder: TempDir,
    /// What `convert` is given beside output and share.
    given: Vec<String>,
}

impl Ground {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), given: Vec::new() }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, args: &[&str]) {
        let given = self.given.iter().map(String::as_str);
        let args: Vec<&str> =
            ["convert", "-q"].into_iter().chain(given).chain(args.iter().copied()).collect();
        let output = program(&args);
        assert!(output.status.success(), "{args:?} {}", String::from_utf8_lossy(&output.stderr));
    }

    fn whole(&self) -> Files {
        let place = self.path("whole");
        self.run(&["-o", &place]);
        cases::files(Path::new(&place))
    }

    /// The parts, the last one first.
    fn parts(&self, of: usize) -> Vec<String> {
        let part = |number: usize| {
            let place = self.path(&format!("part-{number}-of-{of}"));
            let threads = (number % 3 + 1).to_string();
            self.run(&["-o", &place, "--shard", &format!("{number}/{of}"), "--threads", &threads]);
            place
        };
        (1..=of).rev().map(part).collect()
    }

    fn merge(&self, parts: &[String], more: &[&str]) -> Output {
        let place = self.path("merged");
        let parts = parts.iter().map(String::as_str);
        let args: Vec<&str> = ["merge", "-q", "-o", &place]
            .into_iter()
            .chain(parts)
            .chain(more.iter().copied())
            .collect();
        program(&args)
    }

    /// The bundle of so many parts is that of a single run.
    fn same(&self, whole: &Files, of: usize) {
        let output = self.merge(&self.parts(of), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let found = cases::files(Path::new(&self.path("merged")));
        assert_eq!(
            whole.keys().collect::<Vec<_>>(),
            found.keys().collect::<Vec<_>>(),
            "{of} parts"
        );
        let differs: Vec<_> =
            whole.iter().filter(|(path, bytes)| found[*path] != **bytes).map(|(p, _)| p).collect();
        assert!(differs.is_empty(), "{of} parts: {differs:?} differ");
    }
}

fn generated(bytes: u64) -> Vec<u8> {
    let layout = generator::Layout::Array;
    let shape = generator::Shape { seed: 7, bytes, layout, gzip: false };
    let mut text = Vec::new();
    generator::write(shape, &mut text).unwrap();
    text
}

fn sample() -> String {
    cases::sample().input.to_str().unwrap().to_owned()
}

#[test]
fn the_sample_in_parts() {
    let ground = Ground { given: vec![sample()], ..Ground::new() };
    let whole = ground.whole();
    // There are more parts than chunks.
    [1, 2, 3, 7, 40].into_iter().for_each(|of| ground.same(&whole, of));
}

#[test]
fn many_chunks_and_copies_in_other_parts() {
    let mut ground = Ground::new();
    ground.write("export/a.json", &generated(5 << 20));
    // The first leads once more: their copies are gathered across parts.
    ground.write("export/b.json", &generated(1 << 20));
    ground.given = vec![ground.path("export")];
    let whole = ground.whole();
    [1, 2, 3, 7].into_iter().for_each(|of| ground.same(&whole, of));
}

#[test]
fn packed_exports_are_cut_by_their_unpacked_bytes() {
    let mut ground = Ground::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&generated(3 << 20)).unwrap();
    ground.given = vec![ground.write("leads.json.gz", &gzip.finish().unwrap())];
    let whole = ground.whole();
    [2, 3].into_iter().for_each(|of| ground.same(&whole, of));
}

#[test]
fn attachments_are_found_and_stored_once() {
    let mut ground = Ground::new();
    ground.given = vec![ground.write("leads.json", &generated(2 << 20))];
    let index = String::from_utf8(ground.whole()["files.csv"].clone()).unwrap();
    let calls = index.lines().filter_map(|line| line.split("\",\"").nth(1)?.split_once('/'));
    let mut sounds = 0;
    for (number, (record, what)) in calls.enumerate() {
        if what.contains("recording") && sounds < 40 {
            // Every other one has the same content.
            let mut content = b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90".to_vec();
            content.push(if number % 2 == 0 { number as u8 } else { 0 });
            ground.write(&format!("files/close-recording-{record}.mp3"), &content);
            sounds += 1;
        }
    }
    assert!(sounds > 3, "the export refers to recordings");
    let files = ground.path("files");
    ground.given.extend(["--attachments".to_owned(), files]);
    let whole = ground.whole();
    assert!(whole.keys().any(|path| path.starts_with("files/")));
    [2, 5].into_iter().for_each(|of| ground.same(&whole, of));
    ground.given.push("--no-copy-files".to_owned());
    ground.same(&ground.whole(), 3);
}

#[test]
fn zip_and_since_belong_to_the_end() {
    let mut ground = Ground { given: vec![sample()], ..Ground::new() };
    let parts = ground.parts(3);
    let older = ground.path("older");
    ground.given = vec![ground.write("leads.json", &generated(100_000))];
    ground.run(&["-o", &older]);
    ground.given = vec![sample()];
    let (zip, delta) = (ground.path("one.zip"), ground.path("delta"));
    ground.run(&["-o", &zip]);
    ground.run(&["-o", &delta, "--since", &older]);
    assert!(ground.merge(&parts, &["--zip"]).status.success());
    assert_eq!(fs::read(&zip).unwrap(), fs::read(ground.path("merged")).unwrap());
    fs::remove_file(ground.path("merged")).unwrap();
    assert!(ground.merge(&parts, &["--since", &older]).status.success());
    assert_eq!(cases::files(Path::new(&delta)), cases::files(Path::new(&ground.path("merged"))));
}

#[test]
fn parts_that_are_not_all_parts_of_one_bundle_are_refused() {
    let ground = Ground { given: vec![sample()], ..Ground::new() };
    let parts = ground.parts(3);
    let place = ground.path("refused");
    let merge = |parts: &[&str]| {
        let args: Vec<&str> = ["merge", "-o", &*place].iter().chain(parts).copied().collect();
        let refused = refused(&args);
        assert!(!Path::new(&place).exists());
        refused
    };
    let [third, second, first] = [&*parts[0], &*parts[1], &*parts[2]];
    assert!(merge(&[first, second]).1.contains("part 3 of 3 was not given"));
    assert!(merge(&[third, first]).1.contains("part 2 of 3 was not given"));
    let twice = merge(&[first, second, third, second]);
    assert_eq!(twice.0, "C2T-E054");
    assert!(twice.1.contains("part 2 of 3 was given twice"), "{twice:?}");
    assert_eq!(merge(&[&ground.path("nowhere")]).0, "C2T-E051");
    assert_eq!(merge(&[&sample()]).0, "C2T-E051");

    let other =
        Ground { given: vec![sample(), "--leads".into(), "person".into()], ..Ground::new() };
    let options = other.path("part");
    other.run(&["-o", &options, "--shard", "2/3"]);
    let differ = merge(&[first, &options, third]);
    assert!(differ.0 == "C2T-E053" && differ.1.contains("different options"), "{differ:?}");

    let cut = ground.path("of-two");
    ground.run(&["-o", &cut, "--shard", "2/2"]);
    assert!(merge(&[first, &cut]).1.contains("different numbers of parts"));

    let edited = |name: &str, from: &str, to: &str| {
        let folder = PathBuf::from(ground.path(name));
        copy(Path::new(second), &folder);
        let text = fs::read_to_string(folder.join("part.json")).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(folder.join("part.json"), text.replacen(from, to, 1)).unwrap();
        folder.to_str().unwrap().to_owned()
    };
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let version = edited("version", &version, "\"version\":\"0.0.0\"");
    assert!(merge(&[first, &version, third]).1.contains("different versions"));
    let layout = edited("layout", "\"version\":1,", "\"version\":2,");
    assert_eq!(merge(&[first, &layout, third]).0, "C2T-E052");
    let damaged = edited("damaged", "", "");
    fs::write(Path::new(&damaged).join("reports/rejects.csv"), "").unwrap();
    assert_eq!(merge(&[first, &damaged, third]).0, "C2T-E056");
}

#[test]
fn an_export_that_changed_is_refused() {
    let mut ground = Ground::new();
    ground.given = vec![ground.write("leads.json", &generated(200_000))];
    let mut parts = ground.parts(2);
    ground.write("leads.json", &generated(2 << 20));
    let place = ground.path("refused");
    let args = ["merge", "-o", &place, &parts[0], &parts[1]];
    assert_eq!(refused(&args).0, "C2T-E055");
    ground.run(&["-o", &ground.path("new"), "--shard", "1/2"]);
    parts[1] = ground.path("new");
    let args = ["merge", "-o", &place, &parts[0], &parts[1]];
    let differ = refused(&args);
    assert!(differ.0 == "C2T-E053" && differ.1.contains("different exports"), "{differ:?}");
}

#[test]
fn a_part_is_no_export_and_only_a_part_takes_its_place() {
    let ground = Ground { given: vec![sample()], ..Ground::new() };
    let part = ground.path("part");
    ground.run(&["-o", &part, "--shard", "1/2"]);
    ground.run(&["-o", &part, "--shard", "2/2"]);
    assert_eq!(refused(&["convert", &sample(), "-o", &part]).0, "C2T-E030");
    let bundle = ground.path("bundle");
    ground.run(&["-o", &bundle]);
    assert_eq!(refused(&["convert", &sample(), "-o", &bundle, "--shard", "1/2"]).0, "C2T-E030");
    ground.write("export/leads.json", &generated(100_000));
    copy(Path::new(&part), Path::new(&ground.path("export/part")));
    let ground = Ground { given: vec![ground.path("export")], ..ground };
    ground.run(&["-o", &bundle]);
    let report =
        fs::read_to_string(Path::new(&bundle).join("reports/reconciliation.json")).unwrap();
    assert!(report.contains("\"ignored_files\": [\n    {"), "the part is left out");
}

#[test]
fn a_share_must_be_one() {
    for share in ["0/2", "3/2", "1", "x/y", "1/0", "1/20000", "-1/2"] {
        let output = program(&["convert", "export", "-o", "part", &format!("--shard={share}")]);
        assert_eq!(output.status.code(), Some(2), "{share}");
    }
    for other in [["--sample", "3"], ["--since", "old"]] {
        let args = ["convert", "export", "-o", "part", "--shard", "1/2", other[0], other[1]];
        assert_eq!(program(&args).status.code(), Some(2), "{other:?}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
