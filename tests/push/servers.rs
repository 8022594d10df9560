//! Servers that cannot, will not, or vanish: each ends with a clear message, the right exit code, and a journal the next
//! run goes on from. The key appears nowhere.

use crate::fake_twenty::{At, Effect, FakeTwenty, Fault, Settings};
use crate::workbench::{Said, Workbench};
use std::path::Path;

const ARGS: &[&str] = &["--accept-proposed-map", "--pause-workflows"];

fn told(said: &Said, code: i32, words: &[&str]) {
    assert_eq!(said.code, Some(code), "{}\n{}", said.stdout, said.stderr);
    for word in words {
        assert!(said.stderr.contains(word), "{word} in\n{}", said.stderr);
    }
    assert!(said.stderr.contains("hint:"), "{}", said.stderr);
}

#[test]
fn keys_that_are_not_enough() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let dump = twenty.dump();
    for (key, words) in [
        (twenty.limited_key(), ["C2T-E313", "may not"]),
        (twenty.expired_key(), ["C2T-E304", "expired"]),
        (twenty.revoked_key(), ["C2T-E304", "revoked"]),
        ("garbage".to_owned(), ["C2T-E304", "invalid"]),
    ] {
        told(&bench.run_as(&twenty, &key, "push", ARGS), 1, &words);
    }
    assert_eq!(twenty.dump(), dump);
}

#[test]
fn a_full_quota_stops_the_run_and_the_next_one_goes_on() {
    let twenty = FakeTwenty::with(Settings { quota: Some(60), ..Settings::default() });
    let bench = Workbench::sample();
    told(&bench.run(&twenty, "push", ARGS), 1, &["C2T-E304", "quota"]);
    let there = twenty.records("company").len();
    assert!(there > 0);
    // Still full: nothing is lost, nothing is written twice.
    told(&bench.run(&twenty, "push", ARGS), 1, &["C2T-E304"]);
    assert_eq!(twenty.records("company").len(), there);
}

#[test]
fn a_server_that_disappears_half_way() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    twenty.fault(Fault::new(At::Root("createTasks".to_owned(), 1), Effect::Vanish));
    let said = bench.run(&twenty, "push", ARGS);
    told(&said, 1, &["C2T-E303", "goes on where it was"]);
    assert!(bench.journal().join("journal.sqlite").is_file());
}

#[test]
fn pages_instead_of_answers_and_lost_answers_are_borne() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    for (root, effect) in [
        ("createOneField", Effect::DropAfter),
        ("createCompanies", Effect::Status(502, "<html>Bad gateway</html>".to_owned())),
        ("createPeople", Effect::DropAfter),
        ("createTasks", Effect::DropBefore),
        ("createNotes", Effect::Html),
    ] {
        twenty.fault(Fault::new(At::Root(root.to_owned(), 1), effect));
    }
    bench.push(&twenty, &[], 0);
    assert_eq!((twenty.records("task").len(), twenty.records("person").len()), (114, 83));
    assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
}

#[test]
fn a_server_that_only_says_html() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    twenty.fault(Fault::new(At::Each { from: 1, times: 100 }, Effect::Html));
    told(&bench.run(&twenty, "push", ARGS), 1, &["C2T-E303"]);
}

#[test]
fn an_old_shape_is_served_or_refused_with_the_reason() {
    let twenty =
        FakeTwenty::with(Settings { old_shape: true, batch_maximum: 60, ..Settings::default() });
    let bench = Workbench::sample();
    let said = bench.run(&twenty, "push", ARGS);
    assert_eq!(said.code, Some(0), "{}\n{}", said.stdout, said.stderr);
    assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
    assert_eq!(twenty.records("task").len(), 114);
    assert!(twenty.records("taskTarget").iter().any(|target| !target["personId"].is_null()));
}

#[test]
fn the_key_appears_nowhere() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample_with_files());
    let key = twenty.key();
    let mut all = String::new();
    for args in [
        &["-v", "--dry-run"][..],
        &["-v", "--accept-proposed-map", "--pause-workflows"],
        &["-v", "--format", "json"],
    ] {
        let said = bench.run(&twenty, "push", args);
        all.push_str(&said.stdout);
        all.push_str(&said.stderr);
    }
    for command in ["verify", "rollback"] {
        let said = bench.run(&twenty, command, &["-v"]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        all.push_str(&said.stdout);
        all.push_str(&said.stderr);
    }
    let said = bench.run_as(&twenty, &format!("{key}x"), "push", ARGS);
    all.push_str(&said.stderr);
    assert!(!all.contains(&key), "printed");
    let mut seen = 0;
    search(bench.path(), key.as_bytes(), &mut seen);
    assert!(seen > 50, "{seen} files looked at");
}

fn search(folder: &Path, key: &[u8], seen: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, key, seen);
        } else {
            *seen += 1;
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(key.len()).any(|window| window == key);
            assert!(!found, "the key is in {}", path.display());
        }
    }
}

#[test]
fn a_server_that_is_away_for_a_while_is_found_where_it_was_left() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    twenty.fault(Fault::new(
        At::Run { root: "createNotes".to_owned(), from: 1, times: 6 },
        Effect::Status(503, "<html>maintenance</html>".to_owned()),
    ));
    told(&bench.run(&twenty, "push", ARGS), 1, &["C2T-E303"]);
    assert_eq!(twenty.records("note").len(), 0);
    let asleep = twenty.records("workflowAutomatedTrigger");
    assert!(
        asleep.iter().all(|trigger| trigger["deletedAt"].is_null()),
        "woken though the run failed"
    );
    bench.push(&twenty, &[], 0);
    assert_eq!((twenty.records("note").len(), twenty.records("task").len()), (45, 114));
}

#[test]
fn a_limit_is_kept_without_losing_a_row() {
    let limit = Some((30, std::time::Duration::from_secs(1)));
    let twenty = FakeTwenty::with(Settings { long_limit: limit, ..Settings::default() });
    let bench = Workbench::sample();
    bench.push(&twenty, &[], 0);
    assert_eq!((twenty.records("task").len(), twenty.records("person").len()), (114, 83));
    let calls = twenty.calls();
    let refused = calls.iter().filter(|call| call.refused).count();
    assert!(refused <= 4, "{refused} of {} requests refused", calls.len());
}
