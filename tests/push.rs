//! `push` against a fake Twenty: what arrives, what is sent a second time (nothing), what is refused, and what a killed run
//! leaves.

#![cfg(feature = "network")]

#[path = "push/ends.rs"]
mod ends;
mod fake_twenty;
#[path = "push/kills.rs"]
mod kills;
#[path = "push/rejects.rs"]
mod rejects;
#[path = "push/servers.rs"]
mod servers;
#[path = "push/mod.rs"]
mod workbench;

use fake_twenty::{FakeTwenty, Settings};
use serde_json::json;
use workbench::Workbench;

/// Requests that write records.
fn writes(twenty: &FakeTwenty) -> Vec<String> {
    let calls = twenty.calls();
    let writes = calls.iter().map(|call| call.root.clone()).filter(|root| {
        let verbs = ["create", "update", "delete", "destroy", "restore", "complete"];
        // Pausing the workflow and waking it is no writing of records.
        verbs.iter().any(|verb| root.starts_with(verb)) && !root.contains("AutomatedTrigger")
    });
    writes.collect()
}

#[test]
fn the_whole_sample_arrives_and_a_second_push_writes_nothing() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample_with_files());
    let said = bench.push(&twenty, &["--format", "json"], 0);
    assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
    let outcome = said.outcome();
    for (object, rows) in
        [("company", 39), ("person", 83), ("task", 114), ("siteVisit", 6), ("attachment", 23)]
    {
        assert_eq!(twenty.records(object).len(), rows, "{object}: {outcome:#}");
    }
    let dump = twenty.dump();
    assert!(!dump.contains(" loose"), "every stored file is attached");
    let before = writes(&twenty).len();
    let again = bench.push(&twenty, &["--format", "json"], 0);
    assert_eq!(writes(&twenty).split_off(before), Vec::<String>::new());
    assert_eq!(twenty.dump(), dump);
    assert_eq!(again.outcome()["rejected"], 0);
}

#[test]
fn a_number_keeps_its_decimals_in_sight() {
    // Without settings Twenty shows 12345.67 as 12346.
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    bench.push(&twenty, &["--only", "schema"], 0);
    let dump = twenty.dump();
    let shown = |field: &str| {
        let start = format!("field {field} ");
        let line = dump.lines().find(|line| line.starts_with(&start)).unwrap();
        let settings = line.split_once(r#""settings":"#).map(|(_, rest)| rest.to_owned());
        settings.map(|rest| rest.split_inclusive('}').next().unwrap().to_owned())
    };
    let float =
        |decimals| format!(r#"{{"dataType":"float","decimals":{decimals},"type":"number"}}"#);
    assert_eq!(shown("company.budget"), Some(float(2)));
    assert_eq!(shown("opportunity.discount"), Some(float(1)));
    assert_eq!(shown("task.durationSeconds"), None);
    // A field that is there is used as it is, whatever it shows.
    let again = bench.push(&twenty, &["--only", "schema", "--format", "json"], 0).outcome();
    assert_eq!(again["phases"][0]["updated"], 0, "{again:#}");
    assert_eq!(twenty.dump(), dump);
}

#[test]
fn there_and_back_with_files_and_history() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample_with_files());
    let before = twenty.dump();
    bench.push(&twenty, &["--history"], 0);
    let verified = bench.run(&twenty, "verify", &["--files"]);
    assert_eq!(verified.code, Some(0), "{}\n{}", verified.stdout, verified.stderr);
    let back = bench.run(&twenty, "rollback", &[]);
    assert_eq!(back.code, Some(0), "{}\n{}", back.stdout, back.stderr);
    let unknown = bench.run(&twenty, "verify", &[]);
    assert!(unknown.stderr.contains("C2T-E360"), "{}", unknown.stderr);
    let after = twenty.dump();
    let left: Vec<&str> = after.lines().filter(|line| !before.contains(line)).take(3).collect();
    assert!(after == before, "{left:#?}");
    assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
}

#[test]
fn a_file_that_says_something_else_is_found() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample_with_files());
    bench.push(&twenty, &[], 0);
    let attachments = twenty.records("attachment");
    twenty.edit(
        "attachment",
        attachments[3]["id"].as_str().unwrap(),
        json!({ "name": "other.pdf" }),
    );
    twenty.remove("attachment", attachments[5]["id"].as_str().unwrap());
    let verified = bench.run(&twenty, "verify", &["--format", "json"]);
    assert_eq!(verified.code, Some(3), "{}", verified.stderr);
    let found = std::fs::read_to_string(bench.journal().join("verify.csv")).unwrap();
    assert_eq!(found.lines().count(), 3, "{found}");
}

#[test]
fn owners_who_join_later_get_their_records() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let members = bench.path().join("members.json");
    std::fs::write(&members, r#"{"members":[{"email":"tom.ahlers@example.com"}]}"#).unwrap();
    bench.convert(&["--workspace", members.to_str().unwrap()]);
    let said = bench.push(&twenty, &["--format", "json"], 3).outcome();
    let waiting = |outcome: &serde_json::Value| {
        let phases = outcome["phases"].as_array().unwrap();
        phases.iter().map(|phase| phase["waiting"].as_u64().unwrap()).sum::<u64>()
    };
    assert!(waiting(&said) > 0, "{said:#}");
    assert_eq!(said["preflight"]["missing_members"], json!(["tom.ahlers@example.com"]));
    twenty.join("tom.ahlers@example.com");
    let said = bench.push(&twenty, &["--format", "json"], 0).outcome();
    assert_eq!(waiting(&said), 0, "{said:#}");
    assert!(twenty.records("task").iter().any(|task| !task["assigneeId"].is_null()));
}

#[test]
fn without_the_journal_everything_is_found_to_be_there() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample_with_files());
    bench.push(&twenty, &[], 0);
    std::fs::remove_dir_all(bench.path().join("bundle.push")).unwrap();
    let (dump, before) = (twenty.dump(), writes(&twenty).len());
    let said = bench.push(&twenty, &["--format", "json", "--no-timeline"], 0);
    assert_eq!(writes(&twenty).split_off(before), Vec::<String>::new());
    assert_eq!(twenty.dump(), dump);
    let outcome = said.outcome();
    let phases = outcome["phases"].as_array().unwrap();
    let sum = |key: &str| phases.iter().map(|phase| phase[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("created"), sum("updated"), sum("rejected")), (0, 0, 0), "{outcome:#}");
}

#[test]
fn the_timeline_tells_when_things_happened_and_who_did_them() {
    let members = ["owner@example.com", "tom.ahlers@example.com"].map(str::to_owned).to_vec();
    let twenty = FakeTwenty::with(Settings { members, worker_delay: 7, ..Settings::default() });
    Workbench::sample().push(&twenty, &[], 0);
    let lines = twenty.records("timelineActivity");
    assert!(lines.len() > 300, "{}", lines.len());
    let today = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1)).to_string();
    let soon = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)).to_string();
    let is_now = |line: &&serde_json::Value| {
        let at = line["createdAt"].as_str().unwrap();
        today.as_str() < at && at < soon.as_str()
    };
    let now: Vec<_> = lines.iter().filter(is_now).collect();
    assert_eq!(now.len(), 0, "{:#?}", now.first());
    assert!(lines.iter().all(|line| line["happensAt"] == line["createdAt"]));
    let authored = lines.iter().filter(|line| !line["workspaceMemberId"].is_null()).count();
    assert!(authored > 20, "{authored} lines have an author");
}

#[test]
fn a_bundle_converted_anew_in_its_place_pushes_what_is_different() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    bench.convert(&["--sample", "10"]);
    let few = bench.push(&twenty, &["--format", "json"], 0).outcome();
    let people = twenty.records("person").len();
    assert!(people < 83, "{few:#}");
    bench.convert(&[]);
    bench.push(&twenty, &[], 0);
    assert_eq!((twenty.records("person").len(), twenty.records("task").len()), (83, 114));
    // A smaller bundle takes nothing away, and its counts add up all the same.
    bench.convert(&["--sample", "10"]);
    bench.push(&twenty, &[], 0);
    assert_eq!((twenty.records("person").len(), twenty.records("task").len()), (83, 114));
}

#[test]
fn history_is_written_once_at_its_own_time() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    bench.push(&twenty, &["--history"], 0);
    let lines = twenty.records("timelineActivity");
    let stages = lines.iter().filter(|line| !line["properties"]["diff"]["stage"].is_null()).count();
    let done =
        lines.iter().filter(|line| line["properties"]["diff"]["status"]["after"] == "DONE").count();
    let statuses: Vec<_> =
        lines.iter().filter(|line| !line["properties"]["diff"]["leadStatus"].is_null()).collect();
    assert!(stages >= 6 && done >= 2 && statuses.len() >= 7, "{stages} {done} {}", statuses.len());
    assert!(
        statuses.iter().all(|line| line["createdAt"] == line["happensAt"]
            && line["createdBy"]["source"] == "IMPORT")
    );
    let dump = twenty.dump();
    bench.push(&twenty, &["--history"], 0);
    assert_eq!(twenty.dump(), dump);
    assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
}

#[test]
fn records_that_are_there_are_updated_filled_or_a_reason_to_stop() {
    let add = |twenty: &FakeTwenty| {
        twenty.add("company", json!({ "name": "Schluessellos", "domainName": {
            "primaryLinkUrl": "https://schluessellos.example", "primaryLinkLabel": "", "secondaryLinks": [] } }));
        twenty.add(
            "person",
            json!({ "jobTitle": "Owner", "emails": {
            "primaryEmail": "odalys@example.com", "additionalEmails": [] } }),
        );
    };
    for (existing, code, name) in [
        ("update", 0, "Schlüssellos & Partner mbB"),
        ("fill", 0, "Schluessellos"),
        ("stop", 1, "Schluessellos"),
    ] {
        let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
        add(&twenty);
        let said = bench.push(&twenty, &["--existing", existing], code);
        let companies = twenty.records("company");
        let met = companies.iter().filter(|company| {
            company["domainName"]["primaryLinkUrl"] == "https://schluessellos.example"
        });
        let met: Vec<_> = met.collect();
        assert_eq!((met.len(), met[0]["name"].as_str()), (1, Some(name)), "{existing}");
        if code == 1 {
            assert!(said.stderr.contains("C2T-E316"), "{}", said.stderr);
            assert_eq!(companies.len(), 1);
        } else {
            assert_eq!(companies.len(), 39);
            // What hangs on it hangs on the record that was there.
            let people = twenty.records("person");
            let linked = people.iter().filter(|person| person["companyId"] == met[0]["id"]).count();
            assert!(linked > 0);
            let odalys = people
                .iter()
                .find(|one| one["emails"]["primaryEmail"] == "odalys@example.com")
                .unwrap();
            assert_eq!(
                (odalys["jobTitle"].as_str(), odalys["name"]["firstName"].as_str()),
                (Some("Owner"), Some("Odalys"))
            );
        }
        assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
    }
}

#[test]
fn a_dry_run_tells_what_is_in_the_way_and_changes_nothing() {
    let webhooks = vec!["https://hooks.example.com/secret-path".to_owned()];
    let twenty = FakeTwenty::with(Settings { webhooks, ..Settings::default() });
    let (dump, bench) = (twenty.dump(), Workbench::sample());
    let said = bench.run(&twenty, "push", &["--dry-run"]);
    assert_eq!(said.code, Some(3), "{}", said.stderr);
    for told in ["C2T-E310", "C2T-E314", "C2T-E315", "Admin", "hooks.example.com", "5 objects"] {
        assert!(said.stdout.contains(told), "{told} in\n{}", said.stdout);
    }
    assert!(!said.stdout.contains("secret-path"));
    assert_eq!(twenty.dump(), dump);
    let said = bench.run(&twenty, "push", &["--accept-proposed-map", "--allow-webhooks"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.stderr.contains("C2T-E314") && said.stderr.contains("--pause-workflows"),
        "{}",
        said.stderr
    );
    assert_eq!(twenty.dump(), dump);
}

#[test]
fn a_schema_alone_wakes_nobody_who_listens_to_records() {
    let webhooks = vec!["https://hooks.example.com/secret-path".to_owned()];
    let twenty = FakeTwenty::with(Settings { webhooks, ..Settings::default() });
    let bench = Workbench::sample();
    let schema = ["--accept-proposed-map", "--only", "schema"];
    let said = bench.run(&twenty, "push", &schema);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    // Whatever else is pushed writes records.
    for phases in ["schema,records", "targets", "files", "timeline"] {
        let said = bench.run(&twenty, "push", &["--accept-proposed-map", "--only", phases]);
        assert!(said.stderr.contains("C2T-E314"), "{phases}: {}", said.stderr);
    }
    assert_eq!(twenty.records("workflowRun").len(), 0);
}

#[test]
fn paused_workflows_are_woken_also_after_a_crash() {
    use fake_twenty::{At, Effect, Fault, Victim};
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    twenty
        .fault(Fault::new(At::Root("createPeople".to_owned(), 1), Effect::KillAfter(Victim::Told)));
    let child = bench.start(&twenty, "push", &["--accept-proposed-map", "--pause-workflows"]);
    twenty.victim(child.id());
    child.wait_with_output().unwrap();
    let asleep = |twenty: &FakeTwenty| {
        let triggers = twenty.records("workflowAutomatedTrigger");
        triggers.iter().filter(|trigger| !trigger["deletedAt"].is_null()).count()
    };
    assert_eq!(asleep(&twenty), 1);
    bench.push(&twenty, &[], 0);
    assert_eq!((asleep(&twenty), twenty.records("workflowRun").len()), (0, 0));
}

#[test]
fn the_workspace_file_is_what_the_built_in_one_says() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let file = bench.path().join("workspace.json");
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_close2twenty"));
    program
        .args(["workspace", "--url", &twenty.url(), "-o"])
        .arg(&file)
        .env("TWENTY_API_KEY", twenty.key());
    let said = workbench::said(program.output().unwrap());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let saved =
        close2twenty::twenty::workspace::Workspace::parse(std::fs::read(&file).unwrap()).unwrap();
    let built_in = close2twenty::twenty::workspace::Workspace::standard().unwrap();
    assert_eq!(saved.members[0].email, "owner@example.com");
    for object in &built_in.objects {
        let mut there = saved.object(&object.name_singular).unwrap().clone();
        if object.fields.is_empty() {
            there.fields.clear();
        }
        assert_eq!(&there, object);
    }
}
