//! Where kinds of activities, custom types and stages go.

use crate::cases::sheet::Sheet;
use crate::ground::{PROPOSED, edited, field, refused};
use close2twenty::mapping::file::{ACTIVITIES, Located};

fn rows(made: &crate::ground::Made, sheet: &str) -> usize {
    made.sheet(sheet).rows.len()
}

fn type_id(name: &str) -> &'static str {
    let one = PROPOSED.types.iter().find(|it| it.name.as_deref() == Some(name));
    &one.unwrap_or_else(|| panic!("no type {name}")).close.value
}

fn one_type(name: &str, lines: &str) -> String {
    format!("[[type]]\nclose = {:?}\n{lines}\n", type_id(name))
}

#[test]
fn each_kind_of_activity_can_be_sent_elsewhere() {
    let before = edited("");
    for kind in ACTIVITIES {
        let written = before.summary.records[kind].written as usize;
        let native = if *kind == "note" { "notes" } else { "tasks" };
        for to in ["note", "task", "archive"] {
            let made = edited(&format!("[activities]\n{kind} = \"{to}\"\n"));
            let what = format!("{kind} to {to}");
            let counts = &made.summary.records[kind];
            if to == "archive" {
                assert_eq!(
                    (counts.written, counts.archived),
                    (0, counts.read - counts.merged),
                    "{what}"
                );
                assert_eq!(rows(&made, native), rows(&before, native) - written, "{what}");
                let lines = made.archive(kind).lines().count();
                assert!(lines >= written, "{what}: {lines} lines");
                continue;
            }
            assert_eq!(counts.written as usize, written, "{what}");
            let target = if to == "note" { "notes" } else { "tasks" };
            let moved = if target == native { 0 } else { written };
            assert_eq!(rows(&made, target), rows(&before, target) + moved, "{what}");
            assert_eq!(rows(&made, native), rows(&before, native) - moved, "{what}");
            if moved > 0 {
                assert!(made.read("GUIDE.md") != before.read("GUIDE.md"), "{what}");
                assert!(made.manifest()["totals"]["rows"] != before.manifest()["totals"]["rows"]);
            }
        }
    }
}

/// What a task has fields for stands in the text of a note.
#[test]
fn a_call_as_a_note_tells_what_a_note_has_no_field_for() {
    let made = edited("[activities]\ncall = \"note\"\n");
    let before = edited("");
    let (tasks, notes) = (before.sheet("tasks"), made.sheet("notes"));
    let mut durations = 0;
    for task in tasks.find("Activity Type", "CALL") {
        let note = notes.close(&task["Close Id"]);
        assert_eq!(task["Title"], note["Title"]);
        for header in ["Duration", "Phone", "Direction"] {
            let Some(at) = tasks.header.iter().position(|h| h.contains(header)) else { continue };
            let value = &task.cells()[at];
            if !value.is_empty() && header == "Duration" {
                durations += 1;
                let body = &note["Body / Markdown"];
                assert!(body.contains(value.as_str()), "{body}");
            }
        }
    }
    assert!(durations > 0, "some calls have a duration");
    assert_eq!(made.count("call.duration", "written"), before.count("call.duration", "written"));
}

#[test]
fn a_kind_has_no_object_of_its_own() {
    let told = refused("[activities]\ncall = \"object\"\n");
    assert!(told.contains("mapping.toml:2:8:"), "{told}");
}

#[test]
fn a_custom_activity_becomes_a_note_a_task_or_nothing() {
    let before = edited("");
    for (to, sheet) in [("note", "notes"), ("task", "tasks")] {
        let made = edited(&one_type("Site Visit", &format!("to = \"{to}\"")));
        assert_eq!(rows(&made, sheet), rows(&before, sheet) + 6, "{to}");
        let objects = made.manifest()["schema"]["objects"].clone();
        assert!(objects.as_array().unwrap().iter().all(|it| it["name_singular"] != "siteVisit"));
        assert!(!made.guide().contains("siteVisit"), "{to}");
        let sheet: Sheet = made.sheet(sheet);
        let titles = sheet.column("Title");
        assert!(titles.iter().filter(|title| title.starts_with("Site Visit")).count() == 6);
        assert_eq!(made.summary.records["custom_activity"].written, 10);
        for entry in
            PROPOSED.fields.iter().filter(|it| it.close.value.contains(type_id("Site Visit")))
        {
            let line = &entry.close.value;
            assert!(made.count(line, "written") > 0, "{line} to {to}");
        }
    }
    let made = edited(&one_type("Site Visit", "to = \"archive\""));
    assert_eq!(made.summary.records["custom_activity"].archived, 6);
    assert!(made.archive("custom_activity").lines().count() >= 6);
    assert!(!made.guide().contains("siteVisit"));
}

#[test]
fn a_custom_activity_gets_other_names() {
    let lines =
        "object = \"tour\"\nobject-plural = \"tours\"\nlabel = \"Tour\"\nlabel-plural = \"Tours\"";
    let made = edited(&one_type("Site Visit", lines));
    assert_eq!(rows(&made, "tours"), 6);
    let objects = made.manifest()["schema"]["objects"].clone();
    let tour = objects
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name_singular"] == "tour" || it["nameSingular"] == "tour");
    assert!(tour.is_some(), "{objects}");
    assert!(made.field("tour", "report").is_some() && made.field("siteVisit", "report").is_none());
    assert!(made.guide().contains("`tour`") && made.guide().contains("Tours"));
    // Fields of the type are sent to the object under its new name.
    let report = PROPOSED
        .fields
        .iter()
        .find(|it| it.to.iter().flatten().any(|to| to.value == "siteVisit.report"));
    let report = &report.unwrap().close.value;
    assert_eq!(made.ledger(report, "target"), "tour.report");
    let told = refused(&one_type("Site Visit", "object = \"company\""));
    assert!(told.starts_with("C2T-E135 mapping.toml:3:10:"), "{told}");
}

#[test]
fn an_archived_custom_object_leaves_no_relation_behind() {
    let made = edited(&one_type("Installation", "to = \"archive\""));
    assert_eq!(made.summary.records["custom_object"].archived, 3);
    let manifest = made.manifest();
    for field in manifest["schema"]["fields"].as_array().unwrap() {
        assert!(field["relation"]["target"] != "installation", "{field}");
    }
    let to = |it: &Located<String>| it.value == "company.mainInstallation";
    let main = PROPOSED.fields.iter().find(|it| it.to.iter().flatten().any(to));
    let close = &main.unwrap().close.value;
    assert!(made.count(close, "written") + made.count(close, "archived") > 0);
    assert!(made.ledger(close, "note").contains("archive"), "{}", made.ledger(close, "note"));
    assert!(!made.guide().contains("`installation`"));
    let told = refused(&one_type("Installation", "to = \"note\""));
    assert!(told.starts_with("C2T-E136 mapping.toml:3:6:"), "{told}");
}

fn stage(name: &str, pipeline: &str) -> &'static str {
    let one = PROPOSED
        .stages
        .iter()
        .find(|it| it.name.as_deref() == Some(name) && it.pipeline.as_deref() == Some(pipeline));
    &one.unwrap_or_else(|| panic!("no stage {name}")).close.value
}

fn to_stage(name: &str, label: &str) -> String {
    format!("[[stage]]\nclose = {:?}\nto = {label:?}\n", stage(name, "Sales"))
}

#[test]
fn a_stage_is_renamed() {
    let made = edited(&to_stage("Qualified", "Good fit"));
    let labels = made.options("opportunity", "stage");
    assert!(labels.contains(&"Good fit".to_owned()), "{labels:?}");
    let cells = made.filled("opportunities", "Stage");
    assert_eq!(cells.iter().filter(|cell| *cell == "GOOD_FIT").count(), 2);
    assert!(made.guide().contains("Good fit"));
    // Its name is free for the stage of another pipeline.
    assert_eq!(
        labels.iter().filter(|label| label.starts_with("Qualified")).count(),
        1,
        "{labels:?}"
    );
}

#[test]
fn two_stages_become_one() {
    let made = edited(&format!(
        "{}{}",
        to_stage("Qualified", "Talking"),
        to_stage("Discovery", "Talking")
    ));
    let cells = made.filled("opportunities", "Stage");
    assert_eq!(cells.iter().filter(|cell| *cell == "TALKING").count(), 7);
    let labels = made.options("opportunity", "stage");
    assert_eq!(labels.iter().filter(|label| *label == "Talking").count(), 1);
    assert!(!labels.contains(&"Discovery".to_owned()), "{labels:?}");
}

#[test]
fn a_stage_goes_to_one_twenty_has() {
    let made = edited(&to_stage("Discovery", "Meeting"));
    let cells = made.filled("opportunities", "Stage");
    assert!(cells.iter().filter(|cell| *cell == "MEETING").count() >= 5, "{cells:?}");
    assert!(!made.options("opportunity", "stage").contains(&"Meeting".to_owned()));
}

#[test]
fn a_stage_may_take_anothers_label() {
    let made = edited(&to_stage("Discovery", "Proposal"));
    let cells = made.filled("opportunities", "Stage");
    // Nobody said that the two are one.
    assert_eq!(cells.iter().filter(|cell| *cell == "PROPOSAL").count(), 5, "{cells:?}");
    assert_eq!(cells.iter().filter(|cell| *cell == "PROPOSAL_SALES").count(), 3, "{cells:?}");
}

/// The ledger names fields of types that are told in a text.
#[test]
fn a_field_of_a_told_type_can_be_dropped() {
    let visit = type_id("Site Visit");
    let report = PROPOSED
        .fields
        .iter()
        .find(|it| it.to.iter().flatten().any(|to| to.value == "siteVisit.report"));
    let report = &report.unwrap().close.value;
    let lines = format!("[[type]]\nclose = {visit:?}\nto = \"note\"\n{}", field(report, "to = []"));
    let made = edited(&lines);
    assert_eq!(made.count(report, "written"), 0, "it was dropped");
    assert_eq!(made.count(report, "archived"), made.count(report, "values"));
}
