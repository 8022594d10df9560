//! `check` and its catalogue of planted faults: a clean bundle gives nothing, each fault exactly the findings
//! it should, with rule, file, row and column, and each rule of the table is broken at least once.

#![forbid(unsafe_code)]

mod cases;
#[path = "check/cells.rs"]
mod cells;
#[path = "check/files.rs"]
mod files;
#[path = "check/loose.rs"]
mod loose;
#[path = "check/places.rs"]
mod places;
#[path = "check/records.rs"]
mod records;
#[path = "check/sample.rs"]
mod sample;
#[path = "check/schemas.rs"]
mod schemas;

use close2twenty::check::{Checked, Options, check, rules};
use close2twenty::twenty::workspace::Workspace;
use sample::Sample;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The CSV files of a bundle by path.
type Csv = BTreeMap<String, Vec<u8>>;

/// A planted fault: what it is, how it is planted, and every finding it must give, each as
/// `rule file row [column]`.
struct Case {
    name: String,
    found: Box<dyn Fn() -> Vec<String> + Sync + Send>,
    expected: Vec<String>,
}

impl Case {
    fn new(
        name: impl Into<String>,
        expected: &[&str],
        found: impl Fn() -> Vec<String> + Sync + Send + 'static,
    ) -> Self {
        let expected = expected.iter().map(|text| (*text).to_owned()).collect();
        Self { name: name.into(), found: Box::new(found), expected }
    }
}

/// Checks what lies at a place, on one thread, against Twenty as it ships.
fn checked(place: &Path) -> Checked {
    checked_for(place, None)
}

fn checked_for(place: &Path, workspace: Option<&str>) -> Checked {
    let workspace = workspace.map(|text| Workspace::parse(text).expect("a workspace"));
    let options = Options { place: place.to_owned(), workspace, threads: 1, ..Options::default() };
    check(&options).expect("something to check")
}

/// Findings as `rule file row [column]`; files go by their names without folder and ending.
fn told(checked: &Checked) -> Vec<String> {
    let shown = checked.findings.iter().map(|finding| {
        let name = finding.file.rsplit('/').next().unwrap_or_default();
        let name = name.strip_suffix(".csv").unwrap_or(name);
        let (rule, row, column) = (finding.rule.name, finding.row, &finding.column);
        format!("{rule} {name} {row} [{column}]")
    });
    shown.collect()
}

/// The findings of a sample after faults were planted in its files and its manifest.
fn planted(
    sample: &Sample,
    in_csv: impl FnOnce(&mut Csv),
    in_manifest: impl FnOnce(&mut Value),
) -> Checked {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut csv = sample.csv();
    in_csv(&mut csv);
    let mut manifest = sample.manifest(&csv);
    in_manifest(&mut manifest);
    sample::write(folder.path(), &csv, &manifest);
    checked(folder.path())
}

fn of(sample: &Sample) -> Vec<String> {
    told(&planted(sample, |_| (), |_| ()))
}

/// A fault planted in the sample, and what it gives.
type Plant = (&'static str, &'static [&'static str], fn(&mut Sample));

fn plants(group: &str, table: &'static [Plant]) -> Vec<Case> {
    let case = |(name, expected, plant): &'static Plant| {
        Case::new(format!("{group}: {name}"), expected, || {
            let mut sample = Sample::clean();
            plant(&mut sample);
            of(&sample)
        })
    };
    table.iter().map(case).collect()
}

fn all() -> Vec<Case> {
    let groups =
        [cells::cases(), files::cases(), records::cases(), schemas::cases(), loose::cases()];
    groups.into_iter().flatten().collect()
}

#[test]
fn a_clean_bundle_has_no_findings() {
    assert_eq!(of(&Sample::clean()), [""; 0]);
}

#[test]
fn each_planted_fault_is_found_and_nothing_else() {
    let all = all();
    assert!(all.len() >= 200, "the catalogue has {} faults", all.len());
    cases::for_each(&all, |case| {
        let (mut found, mut expected) = ((case.found)(), case.expected.clone());
        found.sort();
        expected.sort();
        if found == expected {
            return Vec::new();
        }
        vec![format!("{}:\n  expected {expected:#?}\n  found {found:#?}", case.name)]
    });
}

#[test]
fn each_rule_is_broken_by_a_fault() {
    let all = all();
    let words = all.iter().flat_map(|case| &case.expected);
    let broken: BTreeSet<&str> = words.filter_map(|text| text.split(' ').next()).collect();
    let known: BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.name).collect();
    let idle: Vec<_> = known.difference(&broken).collect();
    assert!(idle.is_empty(), "no fault for {idle:?}");
    let unknown: Vec<_> = broken.difference(&known).collect();
    assert!(unknown.is_empty(), "no rule {unknown:?}");
}

#[test]
fn rules_have_their_own_code_and_name_and_say_what_to_do() {
    let codes: BTreeSet<_> = rules::ALL.iter().map(|rule| rule.code).collect();
    let names: BTreeSet<_> = rules::ALL.iter().map(|rule| rule.name).collect();
    assert_eq!((codes.len(), names.len()), (rules::ALL.len(), rules::ALL.len()));
    for rule in rules::ALL {
        assert!(
            !rule.why.is_empty() && !rule.fix.is_empty() && !rule.fact.is_empty(),
            "{}",
            rule.code
        );
    }
    assert!(rules::ALL.is_sorted_by_key(|rule| rule.code));
}

#[test]
fn a_file_of_a_bundle_is_told_where_its_fields_are_known() {
    let (sample, folder) = (Sample::clean(), tempfile::tempdir().expect("a folder"));
    let csv = sample.csv();
    sample::write(folder.path(), &csv, &sample.manifest(&csv));
    let of = |path: &Path| checked(path).notes.iter().any(|note| note.contains("check that"));
    let file = csv.keys().next().expect("a file");
    assert!(of(&folder.path().join(file)), "{file}");
    assert!(!of(folder.path()));
}
