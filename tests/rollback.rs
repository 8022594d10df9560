//! `rollback` against the fake Twenty: afterwards the workspace is what it was, byte for byte, whatever happened in between.
//! It must not look into the journal.

#![forbid(unsafe_code)]
#![cfg(feature = "network")]

mod cases;
mod fake_twenty;
mod pushed;

use fake_twenty::{At, Effect, Fault, Victim};
use pushed::{Ground, changed};
use serde_json::{Value, json};

#[track_caller]
fn same(before: &str, ground: &Ground) {
    let after = ground.twenty.dump();
    assert!(before == after, "{}", changed(before, &after));
    assert_eq!(ground.twenty.invalid_documents(), Vec::<String>::new());
}

fn ids(list: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(list.as_bytes());
    reader.records().map(|row| row.unwrap()[2].to_owned()).collect()
}

#[test]
fn nothing_is_left_of_a_push() {
    let ground = Ground::default();
    let before = ground.twenty.dump();
    ground.push();
    let pushed = ground.twenty.dump();
    let told = ground.run("rollback", &["--dry-run"]).ends(0).outcome();
    assert!(pushed == ground.twenty.dump(), "a dry run changes nothing: {told:#}");
    let outcome = ground.run("rollback", &[]).ends(0).outcome();
    same(&before, &ground);
    assert_eq!((&outcome["complete"], &outcome["kept"]), (&json!(true), &json!(0)));
    let sum = |outcome: &Value, key: &str| {
        let steps = outcome["steps"].as_array().unwrap();
        steps.iter().map(|step| step[key].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(sum(&told, "destroyed"), sum(&outcome, "destroyed"));
    assert!(sum(&outcome, "destroyed") > 200);
    // The journal is as new: what was taken back can be pushed again.
    ground.push();
    ground.run("verify", &[]).ends(0);
}

#[test]
fn what_was_there_before_is_put_back() {
    let ground = Ground::met();
    let before = ground.twenty.dump();
    ground.push();
    let outcome = ground.run("rollback", &[]).ends(0).outcome();
    same(&before, &ground);
    let put_back = outcome["steps"].as_array().unwrap().iter().map(|step| &step["put_back"]);
    assert!(put_back.into_iter().any(|number| *number != 0), "{outcome:#}");
}

#[test]
fn what_somebody_has_changed_is_kept_unless_told() {
    let ground = Ground::met();
    ground.push();
    let person = |is: &dyn Fn(&Value) -> bool| {
        ground.twenty.records("person").into_iter().find(|one| is(one)).unwrap()
    };
    // One that the push has made, and one that it has met.
    let made = person(&|one| one["createdBy"]["source"] == "IMPORT");
    let met = person(&|one| one["name"]["firstName"] == "Odalys");
    let id = |record: &Value| record["id"].as_str().unwrap().to_owned();
    for one in [&made, &met] {
        ground.twenty.edit("person", &id(one), json!({ "jobTitle": "Captain" }));
    }
    ground.run("rollback", &[]).ends(3);
    let kept = ids(&ground.left("rollback-kept.csv").expect("a list"));
    assert!(kept.contains(&id(&made)) && kept.contains(&id(&met)), "{kept:?}");
    // Beside them there is the one that was in the trash.
    let there: Vec<String> = ground.twenty.records("person").iter().map(id).collect();
    assert_eq!(there.len(), 3, "{there:?}");
    assert_eq!(person(&|one| one["id"] == made["id"])["jobTitle"], "Captain");
    // Their fields hold values, so those stay too; told to, all of it goes.
    let fields = ground.left("rollback-kept.csv").unwrap();
    assert!(fields.contains("person.closeId"), "{fields}");
    ground.run("rollback", &["--force"]).ends(0);
    let people = ground.twenty.records("person");
    assert_eq!(people.len(), 2);
    // What the push never touched is not its to put back.
    assert_eq!(person(&|one| one["id"] == met["id"])["jobTitle"], "Captain");
    assert!(!ground.twenty.dump().contains("person.closeId"));
    assert!(ground.left("rollback-kept.csv").is_none());
}

#[test]
fn the_schema_may_stay() {
    let ground = Ground::pushed();
    let outcome = ground.run("rollback", &["--keep-schema"]).ends(0).outcome();
    assert_ne!(outcome["schema"]["left"], 0);
    assert!(ground.twenty.records("company").is_empty());
    assert!(ground.twenty.dump().contains("person.closeId"));
    ground.push();
    ground.run("verify", &[]).ends(0);
}

#[test]
fn nothing_was_pushed_nothing_is_taken_back() {
    let ground = Ground::default();
    let ran = ground.run("rollback", &[]).ends(1);
    assert!(ran.stderr.contains("C2T-E365"), "{}", ran.stderr);
}

/// Killed again and again at different requests, in the end it is all done.
#[test]
fn killed_at_any_moment_it_is_taken_up_where_it_was() {
    for after in [false, true] {
        let ground = Ground::met();
        let before = ground.twenty.dump();
        ground.push();
        let effect = |after| {
            if after { Effect::KillAfter(Victim::Told) } else { Effect::KillBefore(Victim::Told) }
        };
        for root in [
            "destroyTasks",
            "destroyTimelineActivities",
            "destroyPeople",
            "createPeople",
            "deleteOneField",
        ] {
            ground.twenty.fault(Fault::new(At::Root(root.to_owned(), 1), effect(after)));
            let ran = ground.run_as_victim("rollback", &[]);
            assert_eq!(ran.code, None, "{root}: {}\n{}", ran.stdout, ran.stderr);
        }
        // A push must wait until the rollback is done.
        let ran = ground.run("push", &["--accept-proposed-map", "--allow-workflows"]).ends(1);
        assert!(ran.stderr.contains("C2T-E333"), "{}", ran.stderr);
        let outcome = ground.run("rollback", &[]).ends(0).outcome();
        assert_eq!(outcome["complete"], true);
        same(&before, &ground);
    }
}

#[test]
fn a_push_that_was_killed_is_taken_back_too() {
    for (root, number, after) in [
        ("createOneField", 9, true),
        ("createPeople", 1, true),
        ("createTasks", 1, false),
        ("createTaskTargets", 1, true),
    ] {
        let ground = Ground::met();
        let before = ground.twenty.dump();
        let effect =
            if after { Effect::KillAfter(Victim::Told) } else { Effect::KillBefore(Victim::Told) };
        ground.twenty.fault(Fault::new(At::Root(root.to_owned(), number), effect));
        let ran = ground.run_as_victim("push", &["--accept-proposed-map", "--pause-workflows"]);
        assert_eq!(ran.code, None, "{root}: {}\n{}", ran.stdout, ran.stderr);
        ground.run("rollback", &[]).ends(0);
        same(&before, &ground);
    }
}
