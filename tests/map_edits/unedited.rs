//! The map `plan` writes, unedited, decides as no map does; and it is the same for any threads and order of
//! files.

use crate::cases;
use crate::ground::{made, parse, planned, with_map, without};
use close2twenty::cli::commands::convert::Options;
use close2twenty::cli::commands::plan;
use close2twenty::mapping::LeadStrategy;
use close2twenty::twenty::workspace::Workspace;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

fn changes_nothing(leads: LeadStrategy) {
    let converted = AtomicUsize::new(0);
    cases::for_each(&cases::all(), |case| {
        let Ok(plain) = without(&case.input, leads) else { return Vec::new() };
        let word = close2twenty::mapping::file::word(&leads);
        let short = parse(&format!("[strategies]\nleads = {word:?}\n"));
        let told = |what: &dyn std::fmt::Display| vec![format!("{}: {what}", case.name)];
        let planned = match planned(&case.input, Some(short), 1) {
            Ok(planned) => planned,
            Err(error) => return told(&error),
        };
        let map = close2twenty::mapping::MapFile::parse("mapping.toml", &planned.text);
        let mapped = match map.and_then(|map| with_map(&case.input, map)) {
            Ok(mapped) => mapped,
            Err(error) => return told(&error),
        };
        converted.fetch_add(1, Ordering::Relaxed);
        let (one, other) = (plain.files(), mapped.files());
        let differ = one.iter().find(|(name, bytes)| other.get(*name) != Some(bytes));
        let mut wrong: Vec<String> = mapped.summary.map.warnings.clone();
        wrong.extend(differ.map(|(name, _)| format!("{name} differs")));
        wrong.extend((one.len() != other.len()).then(|| "other files".to_owned()));
        wrong.into_iter().flat_map(|what| told(&what)).collect()
    });
    assert!(converted.into_inner() >= 95, "most cases yield a bundle");
}

#[test]
fn the_proposal_changes_nothing() {
    changes_nothing(LeadStrategy::Auto);
}

#[test]
fn the_proposal_changes_nothing_for_persons() {
    changes_nothing(LeadStrategy::Person);
}

#[test]
fn the_proposal_changes_nothing_for_companies() {
    changes_nothing(LeadStrategy::Company);
}

/// With fields that are used again, reasons included.
#[test]
fn the_proposal_for_a_workspace_changes_nothing() {
    let text = fs::read(cases::testdata().join("mapping/workspace.json")).unwrap();
    let workspace = Some(Workspace::parse(text).unwrap());
    let exports = vec![cases::sample().input];
    let options =
        Options { exports: exports.clone(), workspace: workspace.clone(), ..Options::default() };
    let plain = made(options.clone()).unwrap();
    let wish = plan::Options { exports, workspace, ..plan::Options::default() };
    let map = parse(&plan::plan(&wish).unwrap().text);
    let mapped = made(Options { map: Some(map), ..options }).unwrap();
    let manifest = String::from_utf8(plain.files()["manifest.json"].clone()).unwrap();
    assert!(manifest.contains("the workspace has it"), "some fields are used again");
    for (name, bytes) in plain.files() {
        assert!(mapped.files().get(&name) == Some(&bytes), "{name} differs");
    }
}

/// A key that holds the name of a custom field was taken for one, and had no entry.
#[test]
fn keys_that_hold_the_name_of_a_field_have_entries_too() {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("leads.json");
    let lead = r#"[{"id":"lead_1","name":"Acme","custom":{"an":"x"},"banana":"yellow"}]"#;
    fs::write(&export, lead).unwrap();
    let map = planned(&export, None, 1).unwrap().map;
    let there = |close: &str| map.fields.iter().any(|field| field.close.value == close);
    assert!(there("lead.banana") && there("lead.custom[an]"));
}

#[test]
fn threads_and_the_order_of_files_play_no_part() {
    let sample = cases::sample().input;
    let one = planned(&sample, None, 1).unwrap().text;
    assert_eq!(one, planned(&sample, None, 4).unwrap().text);
    // Other names, another order.
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<_> = fs::read_dir(&sample).unwrap().map(|it| it.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e != "md"));
    files.sort();
    for (at, file) in files.iter().rev().enumerate() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        fs::copy(file, folder.path().join(format!("{at:02}-{name}"))).unwrap();
    }
    let other = planned(folder.path(), None, 2).unwrap().text;
    let line = one.lines().zip(other.lines()).find(|(a, b)| a != b);
    assert!(one == other, "{line:#?}");
}
