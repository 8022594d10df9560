//! Laws that hold whatever comes: random sequences of writes, and random paces of calls.

use super::Asker;
use super::fake_twenty::{Bucket, FakeTwenty};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// A write to the small world of a few people, tasks and links.
#[derive(Clone, Debug)]
enum Write {
    /// Id, e-mail, both out of a few.
    Upsert(usize, usize),
    Link(usize, usize),
    SoftDelete(usize),
    Restore(usize),
    Destroy(usize),
    DestroyTask(usize),
}

fn id(kind: usize, n: usize) -> String {
    format!("20202020-000{kind}-4000-8000-{n:012}")
}

fn write() -> impl Strategy<Value = Write> {
    let few = 0..5_usize;
    prop_oneof![
        (few.clone(), few.clone()).prop_map(|(n, mail)| Write::Upsert(n, mail)),
        (few.clone(), few.clone()).prop_map(|(n, task)| Write::Link(n, task)),
        few.clone().prop_map(Write::SoftDelete),
        few.clone().prop_map(Write::Restore),
        few.clone().prop_map(Write::Destroy),
        few.prop_map(Write::DestroyTask),
    ]
}

/// Does it; the answer, whatever it is.
fn apply(ask: &Asker, write: &Write) -> Value {
    let one = |verb: &str, object: &str, id: String| {
        ask.core(&format!("mutation($i:UUID!){{{verb}{object}(id:$i){{id}}}}"), &json!({"i": id}))
    };
    match write {
        Write::Upsert(n, mail) => {
            let mail = json!({"primaryEmail": format!("P{mail}@x.example")});
            ask.upsert("People", "Person", &json!([{"id": id(1, *n), "emails": mail}]))
        }
        Write::Link(person, task) => {
            ask.upsert("Tasks", "Task", &json!([{"id": id(2, *task), "title": "t"}]));
            let link = json!({"id": id(3, person * 10 + task), "taskId": id(2, *task),
                "targetPersonId": id(1, *person)});
            ask.upsert("TaskTargets", "TaskTarget", &json!([link]))
        }
        Write::SoftDelete(n) => one("delete", "Person", id(1, *n)),
        Write::Restore(n) => one("restore", "Person", id(1, *n)),
        Write::Destroy(n) => one("destroy", "Person", id(1, *n)),
        Write::DestroyTask(n) => one("destroy", "Task", id(2, *n)),
    }
}

fn texts(rows: &[Value], path: &str) -> Vec<String> {
    let told = |row: &Value| row.pointer(path).and_then(Value::as_str).map(str::to_owned);
    rows.iter().filter_map(told).filter(|text| !text.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn unique_values_stay_unique_and_no_link_dangles(
        writes in proptest::collection::vec(write(), 1..40),
    ) {
        let fake = FakeTwenty::start();
        let ask = Asker::new(&fake);
        for write in &writes {
            let before = fake.dump();
            let answer = apply(&ask, write);
            let refused = !answer["errors"].is_null();
            // One record at a time: what is refused has changed nothing but the task of a link.
            if refused && !matches!(write, Write::Link(..)) {
                prop_assert_eq!(fake.dump(), before, "{:?} {}", write, answer);
            }
        }
        let people = fake.records("person");
        let mails = texts(&people, "/emails/primaryEmail");
        let distinct: BTreeSet<&String> = mails.iter().collect();
        prop_assert_eq!(mails.len(), distinct.len());
        let ids: BTreeSet<String> =
            people.iter().chain(&fake.records("task")).flat_map(|row| texts(std::slice::from_ref(row), "/id")).collect();
        let mut rows = fake.records("taskTarget");
        rows.extend(fake.records("timelineActivity"));
        for path in ["/taskId", "/targetPersonId", "/targetTaskId"] {
            for to in texts(&rows, path) {
                prop_assert!(ids.contains(&to), "{} {}", path, to);
            }
        }
        prop_assert!(fake.invalid_documents().is_empty());
    }

    #[test]
    fn what_was_made_can_be_unmade_without_a_trace(
        names in proptest::collection::vec("[a-z]{1,8}", 1..20),
    ) {
        let fake = FakeTwenty::start();
        let ask = Asker::new(&fake);
        fake.add("person", json!({"id": id(1, 99), "jobTitle": "was here before"}));
        let before = fake.dump();
        let data: Vec<Value> = names
            .iter()
            .enumerate()
            .map(|(n, name)| json!({"id": id(1, n), "jobTitle": name}))
            .collect();
        let made = ask.upsert("People", "Person", &json!(data));
        prop_assert!(made["errors"].is_null(), "{}", made);
        prop_assert_ne!(&fake.dump(), &before);
        let destroy = |many: &str, kind: &str, ids: Value| {
            let query =
                format!("mutation($f:{kind}FilterInput!){{destroy{many}(filter:$f){{id}}}}");
            ask.core(&query, &json!({"f": {"id": {"in": ids}}}))
        };
        let ids: Vec<String> = (0..names.len()).map(|n| id(1, n)).collect();
        destroy("People", "Person", json!(ids));
        let runs = fake.records("workflowRun");
        let mine = |run: &&Value| {
            let about = &run["state"]["stepInfos"]["trigger"]["result"]["recordId"];
            about.as_str().is_some_and(|about| ids.iter().any(|id| id == about))
        };
        let runs: Vec<Value> = runs.iter().filter(mine).map(|run| run["id"].clone()).collect();
        destroy("WorkflowRuns", "WorkflowRun", json!(runs));
        prop_assert_eq!(fake.dump(), before);
    }

    /// `twenty-api.md §2.1`: a call a whole token apart goes on for ever, a closer pace only lives
    /// on the burst.
    #[test]
    fn a_pace_is_sustained_from_one_token_apart_on(pace in 300_u64..1300) {
        let start = Instant::now();
        let mut bucket = Bucket::new(Some((100, Duration::from_mins(1))));
        let calls = 400_u32;
        let refused = (1..=calls)
            .map(|n| start + Duration::from_secs(5) + Duration::from_millis(pace) * n)
            .filter(|at| bucket.take(*at).is_err())
            .count();
        if pace >= 600 {
            prop_assert_eq!(refused, 0);
        } else {
            prop_assert!(refused > 100, "{}", refused);
        }
    }
}
