//! The stored exports, and what converting one gives: the ground every black-box test stands on.
//! It must not judge a result.

// Each test binary uses a part of it.
#![allow(dead_code)]

pub mod sheet;

use close2twenty::check::{Finding, Options as Check, check};
use close2twenty::cli::commands::convert::{Options, convert};
use close2twenty::error::Error;
use close2twenty::mapping::{LeadStrategy, Rules, Settings};
use close2twenty::report::Summary;
use close2twenty::twenty::workspace::Workspace;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// One stored export.
#[derive(Clone, Debug)]
pub struct Case {
    /// `sample`, `oddities/<name>` or `bad/<name>`.
    pub name: String,
    /// The folder to convert.
    pub input: PathBuf,
}

/// A converted export; gone when dropped.
pub struct Bundle {
    folder: TempDir,
    /// What the run says of itself.
    pub summary: Summary,
}

impl Bundle {
    /// The bundle's folder.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    /// Its files by path with `/`.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.path())
    }
}

/// The repository's folder of test data.
pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// The realistic organisation.
pub fn sample() -> Case {
    Case { name: "sample".into(), input: testdata().join("close/sample") }
}

/// A case by its name.
pub fn case(name: &str) -> Case {
    Case { name: name.into(), input: testdata().join("close").join(name).join("input") }
}

/// Every stored export, in a fixed order.
pub fn all() -> Vec<Case> {
    let mut cases = vec![sample()];
    for group in ["bad", "oddities"] {
        let folder = testdata().join("close").join(group);
        let listing = fs::read_dir(&folder).expect("the cases are stored");
        let mut names: Vec<String> = listing
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_dir())
            .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
            .collect();
        names.sort();
        cases.extend(names.iter().map(|name| case(&format!("{group}/{name}"))));
    }
    cases
}

/// Converts with the built-in map on one thread, as `close2twenty convert` would.
pub fn run(input: &Path) -> Result<Bundle, Error> {
    run_with(&[input.to_owned()], LeadStrategy::Auto, 1, built_in())
}

/// Converts with every choice open.
pub fn run_with(
    exports: &[PathBuf],
    leads: LeadStrategy,
    threads: usize,
    rules: Rules,
) -> Result<Bundle, Error> {
    run_sample(exports, leads, threads, rules, None)
}

/// Converts a sample of so many leads.
pub fn run_sample(
    exports: &[PathBuf],
    leads: LeadStrategy,
    threads: usize,
    rules: Rules,
    sample: Option<u32>,
) -> Result<Bundle, Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options {
        exports: exports.to_vec(),
        output: folder.path().join("bundle"),
        settings: Settings { leads, ..Settings::default() },
        threads,
        sample,
        ..Options::default()
    };
    let result = convert(&options, rules, &|_| ());
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    let expected = usize::from(result.is_ok());
    assert_eq!(left.len(), expected, "a bundle is whole or absent: {left:?}");
    result.map(|summary| Bundle { folder, summary })
}

/// What `check` holds against a bundle, as texts.
pub fn findings(bundle: &Path) -> Vec<String> {
    judged(bundle, None)
}

/// The same for the workspace of a file, whose text this is.
pub fn findings_in(bundle: &Path, workspace: &str) -> Vec<String> {
    judged(bundle, Some(Workspace::parse(workspace).expect("a workspace")))
}

fn judged(place: &Path, workspace: Option<Workspace>) -> Vec<String> {
    let options = Check {
        place: place.to_owned(),
        workspace,
        object: None,
        threads: 1,
        ..Default::default()
    };
    let checked = check(&options).expect("a bundle");
    assert_eq!(checked.found, checked.totals.iter().map(|total| total.count).sum::<u64>());
    let shown = checked.findings.iter().map(|finding| {
        let Finding { rule, file, row, column, value, detail, .. } = finding;
        format!("{} {}: {file} row {row} [{column}]: {value:?} {detail}", rule.code, rule.name)
    });
    shown.collect()
}

/// The built-in map.
pub fn built_in() -> Rules {
    Rules::built_in().expect("the built-in map is well formed")
}

/// Writes `bytes` as the only file of a new folder and converts it.
pub fn run_bytes(bytes: &[u8]) -> Result<Bundle, Error> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("export.json");
    fs::write(&file, bytes).expect("a file");
    run(&file)
}

/// Every file below `folder` by its path with `/`.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|e| panic!("{}: {e}", next.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("below").to_string_lossy();
            found.insert(name.replace('\\', "/"), fs::read(&path).expect("a readable file"));
        }
    }
    found
}

/// Runs `check` on every item, on all cores, and panics with every complaint. Not on rayon: a
/// worker that waits for the converter's own pool would take the next item onto its stack.
pub fn for_each<T: Sync>(items: &[T], check: impl Fn(&T) -> Vec<String> + Sync) {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut complaints = Vec::new();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            complaints.extend(check(item));
        }
        complaints
    };
    let mut complaints: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|t| t.join().expect("a check panicked")).collect()
    });
    complaints.sort();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
