//! The oracle's own test: a clean bundle gives nothing, each planted fault exactly its finding.

#![forbid(unsafe_code)]

#[path = "importer_oracle/cells.rs"]
mod cells;
#[path = "importer_oracle/files.rs"]
mod files;
mod importer;
#[path = "importer_oracle/relations.rs"]
mod relations;
#[path = "importer_oracle/sample.rs"]
mod sample;
#[path = "importer_oracle/schemas.rs"]
mod schemas;

use std::collections::BTreeMap;
use std::path::Path;

use importer::{Finding, findings};
use sample::Sample;
use serde_json::Value;

/// A fault: the rule it breaks, a name, and how it is planted.
type Case<T> = (&'static str, &'static str, fn(&mut T));

/// The findings of a sample after faults were planted in it, its files and its manifest.
fn found(
    sample: &Sample,
    in_csv: impl FnOnce(&mut BTreeMap<String, Vec<u8>>),
    in_manifest: impl FnOnce(&mut Value),
    on_disk: impl FnOnce(&Path),
) -> Vec<Finding> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut csv = sample.csv();
    in_csv(&mut csv);
    let mut manifest = sample.manifest(&csv);
    in_manifest(&mut manifest);
    sample::write(folder.path(), &csv, &manifest);
    on_disk(folder.path());
    findings(folder.path())
}

/// One finding, of this rule. A fault of a whole column shows once in each file of its step.
fn assert_one(rule: &str, name: &str, found: &[Finding]) {
    let place = |finding: &Finding| {
        let folder = finding.file.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        (finding.rule, folder, finding.row, finding.header.clone())
    };
    let one = found.first().is_some_and(|first| {
        first.rule == rule
            && found.iter().all(|other| place(other) == place(first))
            && (found.len() == 1 || first.row == 0)
    });
    let listed: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(one, "{name}: expected one {rule}, found: {listed:#?}");
}

/// Plants each fault in a clean sample.
fn check_samples(cases: &[Case<Sample>]) {
    for (rule, name, plant) in cases {
        let mut sample = Sample::clean();
        plant(&mut sample);
        assert_one(rule, name, &found(&sample, |_| (), |_| (), |_| ()));
    }
}

#[test]
fn a_clean_bundle_has_no_findings() {
    let found = found(&Sample::clean(), |_| (), |_| (), |_| ());
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_folder_is_one_finding() {
    assert_one("manifest-missing", "no folder", &findings(Path::new("no/such/bundle")));
}
