//! `push` against a fake Twenty: what arrives, what is sent a second time (nothing), what is refused, and what a killed run
//! leaves.

#![cfg(feature = "network")]

mod fake_twenty;
#[path = "push/mod.rs"]
mod workbench;

use fake_twenty::FakeTwenty;
use workbench::Workbench;

/// Requests that write records.
fn writes(twenty: &FakeTwenty) -> Vec<String> {
    let calls = twenty.calls();
    let writes = calls.iter().map(|call| call.root.clone()).filter(|root| {
        ["create", "update", "delete", "destroy", "restore"]
            .iter()
            .any(|verb| root.starts_with(verb))
    });
    writes.collect()
}

#[test]
fn the_whole_sample_arrives_and_a_second_push_writes_nothing() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let said = bench.push(&twenty, &["--format", "json"], 0);
    assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
    let outcome = said.outcome();
    for (object, rows) in [("company", 39), ("person", 83), ("task", 114), ("siteVisit", 6)] {
        assert_eq!(twenty.records(object).len(), rows, "{object}: {outcome:#}");
    }
    let dump = twenty.dump();
    let before = writes(&twenty).len();
    let again = bench.push(&twenty, &["--format", "json"], 0);
    let later: Vec<String> = writes(&twenty).split_off(before);
    assert_eq!(
        later.iter().filter(|root| !root.contains("WorkflowAutomatedTrigger")).count(),
        0,
        "{later:?}"
    );
    assert_eq!(twenty.dump(), dump);
    assert_eq!(again.outcome()["rejected"], 0);
}
